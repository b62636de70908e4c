"""Beside a command, servers with documents of links: links.py FILE COMMAND...

A line of FILE is "ADDRESS PATH DOCUMENT": python escapes in DOCUMENT stand for bytes; several
lines with one address and path are links of one document, with a comma between them. A PATH may
have the query that it is for. page and count in a query take a part of the lines (RFC 9176,
Section 6.2), but of a PATH that ends in "!". "4.04" as DOCUMENT is that code. "LATER N" starts
what holds from the Nth request for /.well-known/core on. Documents are sent in blocks of 1024.
"""
import socket
import struct
import subprocess
import sys
import threading

GROUPS = "224.0.1.187", "224.0.1.190"
rounds = [{}]
starts = [0]
for line in open(sys.argv[1], encoding="utf-8"):
    words = line.rstrip("\n").split(" ", 2)
    if words[0] == "LATER":
        rounds.append({})
        starts.append(int(words[1]))
    elif len(words) >= 2:
        text = words[2] if len(words) > 2 else ""
        lines = rounds[-1].setdefault(words[0], {}).setdefault(words[1], [])
        lines.append(text.encode().decode("unicode_escape").encode("latin-1"))


def options(data):
    at, number = 4 + (data[0] & 15), 0
    while at < len(data) and data[at] != 0xff:
        delta, length = data[at] >> 4, data[at] & 15
        at += 1
        if delta == 13:
            delta, at = data[at] + 13, at + 1
        if length == 13:
            length, at = data[at] + 13, at + 1
        elif length == 14:
            length, at = struct.unpack("!H", data[at:at + 2])[0] + 269, at + 2
        number += delta
        yield number, data[at:at + length]
        at += length


def option(number, before, value):
    return bytes([(number - before) << 4 | len(value)]) + value


def answer(documents, data, group):
    path, query, paging, block = "", [], {}, 0
    for number, value in options(data):
        if number == 11:
            path += "/" + value.decode()
        elif number == 15:
            key, _, rest = value.decode().partition("=")
            if key in ("page", "count"):
                paging[key] = int(rest)
            else:
                query.append(value.decode())
        elif number == 23:
            block = int.from_bytes(value, "big") >> 4
    if not block:
        log.write(path + "".join("?" + q for q in query) + " %s\n" % (paging or ""))
        log.flush()
    lines = documents.get(path + "".join("?" + q for q in query))
    if lines is None:
        lines = documents.get(path)
    if lines is None and path + "!" in documents:
        lines, paging = documents[path + "!"], {}
    kind = 1 if group or data[0] >> 4 & 3 == 1 else 2
    mid = data[2:4] if kind == 2 else struct.pack("!H", int.from_bytes(data[2:4], "big") ^ 1)
    head = bytes([0x40 | kind << 4 | data[0] & 15]), mid + data[4:4 + (data[0] & 15)]
    if lines is None or lines == [b"4.04"]:
        return None if group and lines is None else head[0] + b"\x84" + head[1]
    if len(paging) == 2:
        first = paging["page"] * paging["count"]
        lines = lines[first:first + paging["count"]]
    body = b",".join(lines)
    part = body[1024 * block:1024 * block + 1024]
    out = head[0] + b"\x45" + head[1] + option(12, 0, b"\x28")
    if len(body) > 1024:
        more = len(body) > 1024 * (block + 1)
        value = block << 4 | more << 3 | 6
        out += option(23, 12, value.to_bytes((value.bit_length() + 7) // 8, "big"))
    return out + (b"\xff" + part if part else b"")


asked = 0


def turn(group, path):
    """The documents that hold now."""
    global asked
    if group and path:
        asked += 1
    now = [r for r, start in zip(rounds, starts) if start <= max(asked, 1)]
    return now[-1]


def send(source, peer, data):
    sock.sendmsg([data], [(socket.IPPROTO_IP, 8,
                           struct.pack("=I4s4s", 0, socket.inet_aton(source), b"\0" * 4))],
                 0, peer)


def serve():
    while True:
        data, ancillary, _, peer = sock.recvmsg(65536, 1024)
        if len(data) < 4 or data[1] == 0:
            continue
        to = next(socket.inet_ntoa(value[8:12]) for _, kind, value in ancillary if kind == 8)
        group = to in GROUPS
        servers = turn(group, True)
        for address in servers if group else [to]:
            out = answer(servers.get(address, {}), data, group)
            if out is not None:
                send(address, peer, out)


log = open(sys.argv[1] + ".log", "w", encoding="utf-8")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_IP, 8, 1)  # IP_PKTINFO
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
sock.bind(("", 5683))
for joined in GROUPS:
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                    socket.inet_aton(joined) + socket.inet_aton("127.0.0.1"))
threading.Thread(target=serve, daemon=True).start()
sys.exit(subprocess.call(sys.argv[2:]))
