#!/usr/bin/python3
"""One CoAP server on 127.0.0.1:5683 that answers wrongly, and a command to run beside it.

hostile.py CASE COMMAND...: the command's status is returned. Each case makes the datagrams
that answer one request, from its type, Message ID and token.
"""
import glob
import os
import socket
import struct
import subprocess
import sys
import threading

GROUP = "224.0.1.187"
CON, NON, ACK, RST = range(4)


def message(kind, code, mid, token=b"", rest=b""):
    return struct.pack("!BBH", 0x40 | kind << 4 | len(token), code, mid) + token + rest


def content(req, payload, options=b"", mid=None):
    """2.05 with a payload: piggybacked on a CON, else a NON of its own."""
    kind, req_mid, token = req
    if kind == CON:
        return message(ACK, 69, req_mid, token, options + b"\xff" + payload)
    return message(NON, 69, 0x1000 if mid is None else mid, token, options + b"\xff" + payload)


def raw(kind_free, rest):
    """Bytes behind the token of a 2.05 as they are."""
    kind, mid, token = kind_free
    return message(ACK if kind == CON else NON, 69, mid, token, rest)


def option(delta, value):
    """One option, with the extended forms that it needs (RFC 7252, Section 3.1)."""
    def part(n):
        if n < 13:
            return n, b""
        if n < 269:
            return 13, bytes([n - 13])
        return 14, struct.pack("!H", n - 269)
    (d, dx), (l, lx) = part(delta), part(len(value))
    return bytes([d << 4 | l]) + dx + lx + value


REPLY_FROM = 248
ESCAPES = (b"\x1b[2J\x1b]0;owned\x07" + b"\x9b31m" + "\u009b\u202e\u2066".encode()
           + b"\x00\x7f\r\nnext\ttab\xff\xfe")

def bad(path):
    """A file of tests/bad: hex words on its first line, "61*1024" repeats a byte."""
    data = b""
    with open(path, encoding="utf-8") as f:
        for word in f.readline().split():
            digits, _, times = word.partition("*")
            data += bytes.fromhex(digits) * int(times or 1)
    return data


def corpus():
    here = os.path.dirname(os.path.abspath(__file__))
    return [bad(p) for p in sorted(glob.glob(here + "/../bad/coap/*.hex"))]


def with_token(data, token):
    """The same datagram with our token in it, when it has a header and can have one."""
    if len(data) < 4 or data[0] & 15 > 8:
        return data
    return (bytes([data[0] & 0xf0 | len(token)]) + data[1:4] + token
            + data[4 + (data[0] & 15):])


CASES = {
    # Every bad datagram, then a good one.
    "corpus": lambda r: corpus() + [content(r, b"good", mid=0xffff)],
    "corpus-token": lambda r: [with_token(d, r[2]) for d in corpus()]
    + [content(r, b"good", mid=0xffff)],
    "plain": lambda r: [content(r, b"21.5")],
    "escapes": lambda r: [content(r, ESCAPES, b"\xc0")],
    # Location-Path, Location-Query and an unknown elective option full of control bytes.
    "options": lambda r: [raw(r, option(8, ESCAPES) + option(20 - 8, ESCAPES)
                              + option(65000 - 20, ESCAPES))],
    # Reply-From (the default number) naming a host with control bytes.
    "reply-from": lambda r: [raw(r, option(REPLY_FROM, b"\x82\x20\x81\x67\x1b[2J\x00/." ))],
    "two-behind": lambda r: [message(NON, 69, n, r[2], option(REPLY_FROM, b"\x82\x20\x81\x61" + c)
                                     + b"\xff" + c) for n, c in enumerate([b"a", b"b"])],
    "json-escapes": lambda r: [content(r, b'{"a":"\x7f\xc2\x9b \\u001b[2J"}', b"\xc1\x32")],
    "short": lambda r: [b"\x40"],
    "version": lambda r: [b"\x01" + content(r, b"x")[1:]],
    "reserved-tkl": lambda r: [b"\x5f" + content(r, b"x")[1:]],
    "reserved-length": lambda r: [raw(r, b"\x4f\x00")],
    "reserved-delta": lambda r: [raw(r, b"\xf1\x00")],
    "option-truncated": lambda r: [raw(r, b"\x4d\xff")],
    "marker-no-payload": lambda r: [raw(r, b"\xff")],
    "reserved-class": lambda r: [message(NON, 0x20, 1, r[2])],
    "wrong-token": lambda r: [message(NON, 69, 9, b"\x00" * 8, b"\xffno")],
    "duplicate": lambda r: [content(r, b"once")] * 3,
    "repeat": lambda r: [content(r, b"one", mid=1), content(r, b"two", mid=2)],
    "error": lambda r: [message(ACK if r[0] == CON else NON, 132, r[1], r[2])],
    "reset": lambda r: [message(RST, 0, r[1])],
    "long-etag": lambda r: [content(r, b"x", b"\x49123456789")],
    "integers": lambda r: [content(r, b'{"big":9007199254740993,"n":1}', b"\xc1\x32")],
    "not-json": lambda r: [content(r, b'{"open":', b"\xc1\x32")],
    "silence": lambda r: [],
    # Notifications: 500 at once; a value of four bytes; older, again, from a new start.
    "observe-flood": lambda r: notifications(r, range(500)),
    "observe-long": lambda r: [content(r, b"x", b"\x64\x01\x02\x03\x04")],
    "observe-order": lambda r: notifications(r, [5, 7, 6, 9, 9]),
    "observe-restart": lambda r: notifications(r, [200, 201, 202, 1, 2, 3]),
    "observe-escapes": lambda r: [content(r, ESCAPES, b"\x61\x05")],
    "observe-ends": lambda r: notifications(r, [1, 2]) + [message(NON, 132, 77, r[2])],
}


def notifications(req, values):
    """NON ones with these Observe values; a cancellation is answered without."""
    return [message(NON, 69, 0x2000 + n, req[2], option(6, v.to_bytes(3, "big")) + b"\xff%d" % v)
            for n, v in enumerate(values)]



def serve(sock, case):
    while True:
        data, peer = sock.recvfrom(65536)
        if len(data) < 4 or not 0 < data[1] < 32:
            continue  # not a request: an ACK or RST for what we sent
        kind, tkl = data[0] >> 4 & 3, data[0] & 15
        request = kind, struct.unpack("!H", data[2:4])[0], data[4:4 + tkl]
        for answer in CASES[case](request):
            answers.sendto(answer[:65507], peer)


sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("", 5683))
sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                socket.inet_aton(GROUP) + socket.inet_aton("127.0.0.1"))
answers = sock
threading.Thread(target=serve, args=(sock, sys.argv[1]), daemon=True).start()
sys.exit(subprocess.call(sys.argv[2:]))
