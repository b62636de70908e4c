#!/usr/bin/python3
"""What gcoap-observe must have shown, worked out from what reached it.

notified.py PCAP LEDGER RECORDS: a model of RFC 7641, Section 3.4, fed with the datagrams of the
capture in their order, must yield the notifications and counts of the records; and each of
those datagrams must be in the relay's ledger as delivered. Prints what happened, or fails.
"""
import collections
import json
import struct
import sys


def packets(path):
    with open(path, "rb") as f:
        data = f.read()
    little = "<" if data[0] in (0x4D, 0xD4) else ">"
    at = 24
    while at < len(data):
        size = struct.unpack(little + "I", data[at + 8:at + 12])[0]
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def datagram(packet):
    ihl = (packet[0] & 15) * 4
    source = ".".join(str(b) for b in packet[12:16])
    sport, dport, length = struct.unpack(">HHH", packet[ihl:ihl + 6])
    return f"{source}:{sport}", sport, packet[ihl + 8:ihl + length]


def message(data):
    """Code, Message ID, token and Observe (None: absent)."""
    tkl, code, mid = data[0] & 15, data[1], data[2] << 8 | data[3]
    token, at, number, observe = data[4:4 + tkl], 4 + tkl, 0, None
    while at < len(data) and data[at] != 0xFF:
        delta, length = data[at] >> 4, data[at] & 15
        at += 1
        if delta == 13:
            delta, at = data[at] + 13, at + 1
        elif delta == 14:
            delta, at = (data[at] << 8 | data[at + 1]) + 269, at + 2
        if length == 13:
            length, at = data[at] + 13, at + 1
        number += delta
        if number == 6:
            observe = int.from_bytes(data[at:at + length], "big")
        at += length
    return code, mid, token, observe


class Server:
    def __init__(self):
        self.mids, self.values, self.shown = set(), set(), []
        self.duplicates = self.reordered = 0

    def take(self, mid, value):
        if mid in self.mids:
            self.duplicates += 1
            return
        self.mids.add(mid)
        newest = self.shown[-1] if self.shown else None
        if newest is None or (value - newest) % (1 << 24) < 1 << 23:
            self.shown.append(value)
        else:
            self.reordered += 1
        self.values.add(value)

    def lost(self):
        """None when fewer than half of the values came: it need not count by one then."""
        came = len([v for v in self.values if v >= self.shown[0]])
        span = self.shown[-1] - self.shown[0] + 1
        return span - came if came * 2 >= span else None


def main():
    ledger = collections.Counter()
    with open(sys.argv[2], encoding="ascii") as f:
        for line in f:
            what, _, source, _, _, payload = line.split("\t")
            if what in ("delivered", "doubled"):
                ledger[source, payload.strip()] += 1

    servers, token = collections.defaultdict(Server), None
    for packet in packets(sys.argv[1]):
        source, port, data = datagram(packet)
        if port != 5683:
            code, _, its, observe = message(data)
            if observe == 0 and token is None:
                token = its
            if observe == 1:
                break
            continue
        ledger[source, data.hex()] -= 1
        assert ledger[source, data.hex()] >= 0, f"{source} {data.hex()} was not delivered"
        code, mid, its, observe = message(data)
        if code >> 5 == 2 and its == token and observe is not None:
            servers[source].take(mid, observe)

    shown, ends = collections.defaultdict(list), {}
    with open(sys.argv[3], encoding="utf-8") as f:
        for record in map(json.loads, f):
            if record["type"] == "notification":
                shown[record["server"]].append(record["observe"])
            elif record["type"] == "server":
                ends[record["server"]] = record
    assert set(shown) == set(servers), set(shown) ^ set(servers)
    totals = collections.Counter()
    for name, server in servers.items():
        assert shown[name] == server.shown, (name, shown[name], server.shown)
        want = {"n": len(server.shown), "lost": server.lost(), "restarts": 0,
                "reordered": server.reordered, "duplicates": server.duplicates}
        got = {key: ends[name][key] for key in want}
        assert got == want, (name, got, want)
        totals.update(want | {"lost": want["lost"] or 0, "unknown": want["lost"] is None})
    print(len(servers), "servers", *(f"{key}={value}" for key, value in totals.items()))


if __name__ == "__main__":
    main()
