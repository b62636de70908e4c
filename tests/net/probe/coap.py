"""CoAP messages and the options of group proxying, from the standards' text alone.

Nothing here is shared with the programs under test: RFC 7252, Section 3, is written once more.
"""
import collections
import io
import ipaddress
import itertools

import cbor2

CON, NON, ACK, RST = range(4)
TYPES = ("CON", "NON", "ACK", "RST")
EMPTY, GET, POST, PUT, DELETE, FETCH = range(6)


def code(text):
    """The code of "2.05"."""
    return int(text[0]) << 5 | int(text[2:])


(ETAG, OBSERVE, URI_HOST, URI_PORT, OSCORE, URI_PATH, CONTENT_FORMAT, MAX_AGE, URI_QUERY,
 HOP_LIMIT, ACCEPT, BLOCK2, BLOCK1, PROXY_URI, PROXY_SCHEME, PROXY_CRI, PROXY_SCHEME_NUMBER,
 ECHO, NO_RESPONSE, REQUEST_TAG) = (
    4, 6, 3, 7, 9, 11, 12, 14, 15, 16, 17, 23, 27, 35, 39, 235, 239, 252, 258, 292)
MULTI_ETAG = 65004

# The two drafts' names for one thing each: the timeout and the origin's address.
Dialect = collections.namedtuple("Dialect", "name timeout origin group_etag")
TILOCA = Dialect("tiloca-05", 65002, 96, 65008)
IETF = Dialect("ietf", 2, 248, 24)
DIALECTS = (TILOCA, IETF)


MIDS = itertools.cycle(range(65536))  # none twice in an endpoint's EXCHANGE_LIFETIME


class Malformed(Exception):
    """A message or an option that breaks its format."""


def uint(number):
    """Shortest form, RFC 7252, Section 3.2: 0 is empty."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _extend(value):
    if value < 13:
        return value, b""
    if value < 269:
        return 13, bytes([value - 13])
    return 14, (value - 269).to_bytes(2, "big")


def _extended(nibble, data, at):
    if nibble == 13:
        return data[at] + 13, at + 1
    if nibble == 14:
        return int.from_bytes(data[at:at + 2], "big") + 269, at + 2
    if nibble == 15:
        raise Malformed("reserved nibble 15")
    return nibble, at


class Message:
    def __init__(self, mtype, code_, mid=None, token=b"", options=(), payload=b""):
        self.mtype, self.code, self.token, self.payload = mtype, code_, token, payload
        self.mid = next(MIDS) if mid is None else mid
        self.options = sorted(options, key=lambda o: o[0])

    def encode(self):
        out = bytearray([0x40 | self.mtype << 4 | len(self.token), self.code])
        out += self.mid.to_bytes(2, "big") + self.token
        last = 0
        for number, value in self.options:
            delta, more = _extend(number - last)
            length, longer = _extend(len(value))
            out += bytes([delta << 4 | length]) + more + longer + value
            last = number
        return bytes(out) + (b"\xff" + self.payload if self.payload else b"")

    @classmethod
    def decode(cls, data):
        if len(data) < 4 or data[0] >> 6 != 1 or data[0] & 15 > 8:
            raise Malformed("header")
        mtype, length = data[0] >> 4 & 3, data[0] & 15
        token, at, number, options = data[4:4 + length], 4 + length, 0, []
        if len(token) != length:
            raise Malformed("token")
        try:
            while at < len(data) and data[at] != 0xFF:
                first = data[at]
                delta, at = _extended(first >> 4, data, at + 1)
                size, at = _extended(first & 15, data, at)
                number += delta
                if at + size > len(data) or number > 65535:
                    raise Malformed("option")
                options.append((number, bytes(data[at:at + size])))
                at += size
        except IndexError:
            raise Malformed("option") from None
        if at < len(data) and at + 1 == len(data):
            raise Malformed("marker without payload")
        return cls(mtype, data[1], int.from_bytes(data[2:4], "big"), token, options,
                   bytes(data[at + 1:]))

    def all(self, number):
        return [value for n, value in self.options if n == number]

    def one(self, number):
        """The option's value, None when it is absent; it must not be there twice."""
        values = self.all(number)
        assert len(values) < 2, f"option {number} {len(values)} times in {self}"
        return values[0] if values else None

    def number(self, number):
        value = self.one(number)
        return None if value is None else int.from_bytes(value, "big")

    @property
    def status(self):
        return f"{self.code >> 5}.{self.code & 31:02}"

    def __str__(self):
        parts = [TYPES[self.mtype], self.status, f"mid={self.mid:04x}"]
        if self.token:
            parts.append("token=" + self.token.hex())
        parts += [f"{n}={v.hex() or '-'}" for n, v in self.options]
        if self.payload:
            parts.append(repr(self.payload)[1:])
        return " ".join(parts)


def _sequence(value):
    """The items of a CBOR sequence, which must be in the shortest and definite form."""
    stream, items = io.BytesIO(value), []
    try:
        while stream.tell() < len(value):
            items.append(cbor2.load(stream))
    except Exception as error:
        raise Malformed(f"CBOR: {error}: {value.hex()}") from None
    if b"".join(cbor2.dumps(item) for item in items) != value:
        raise Malformed(f"CBOR is not in its shortest form: {value.hex()}")
    return items


def origin(dialect, value):
    """Address and port in the option that a proxy adds: Response-Forwarding's tp_info, or
    the first CRI of Reply-From. The port is None where it was left out."""
    items = _sequence(value)
    if dialect is TILOCA:
        if not 10 <= len(value) <= 25 or len(items) != 1 or len(items[0]) not in (2, 3):
            raise Malformed(f"tp_info: {value.hex()}")
        transport, address, *port = items[0]
        if transport not in range(1, 7) or not isinstance(
                address, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
            raise Malformed(f"tp_info: {value.hex()}")
        return str(address), port[0] if port else None
    if not 5 <= len(value) <= 1034 or len(items) not in (1, 2):
        raise Malformed(f"Reply-From: {value.hex()}")
    scheme, (address, *port) = items[0]
    if scheme != -1 or len(address) not in (4, 16):
        raise Malformed(f"Reply-From: {value.hex()}")
    return str(ipaddress.ip_address(address)), port[0] if port else None


def origin_value(dialect, address, port):
    """The option's value for a server, as a proxy that is the next hop would write it."""
    address = ipaddress.ip_address(address)
    if dialect is TILOCA:
        return cbor2.dumps([1, address, port])
    return cbor2.dumps([-1, [address.packed] + ([] if port == 5683 else [port])])


def multi_etag(address, port, *tags):
    """tp_info and entity-tags: groupcomm-bis-03, Section 3.2.2.1."""
    head = cbor2.dumps([1, ipaddress.ip_address(address), port])
    return head + b"".join(cbor2.dumps(tag) for tag in tags)


def vectors(path):
    """Names and bytes of a file of vectors."""
    with open(path) as rows:
        for row in rows:
            if row.strip() and not row.startswith("#"):
                fields = row.rstrip("\n").split("\t")
                yield fields[0], bytes.fromhex(fields[1]), fields[2]
