#!/usr/bin/python3
"""Mutated datagrams for programs of gcoap, the same ones for the same seed.

mutate.py sim COUNT [SEED]   at a simulated group of 20, each server and the group in turn
mutate.py get COUNT [SEED]   as answers of 8 servers to a gcoap-get that waits

Exits with 0 when the program lived, said nothing of its own failure, and did its work after.
To run where nothing but a loopback interface is: both bind port 5683.
"""
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GROUP = ("224.0.1.187", 5683)


def vectors():
    """The messages of tests/vectors, and responses that carry its option values."""
    found = []
    for name in ("messages.tsv", "values.tsv"):
        with open(os.path.join(TOP, "tests/vectors", name)) as rows:
            for row in rows:
                if row.startswith("#") or not row.strip():
                    continue
                data = bytes.fromhex(row.split("\t")[1])
                found.append(data if name == "messages.tsv" else
                             b"\x58\x45\x00\x01ABCDEFGH" + data + b"\xffx")
    return found


class Mutator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.vectors = vectors()

    def pick(self):
        return self.random.choice(self.vectors)

    def mutate(self, data):
        """Zero to four changes: of a byte or a bit, cut, insert, splice or leave out."""
        r, d = self.random, bytearray(data)
        for _ in range(r.choice((0, 1, 1, 2, 4))):
            kind, at = r.randrange(6), r.randrange(len(d) + 1)
            if kind == 0 and at < len(d):
                d[at] = r.randrange(256)
            elif kind == 1 and at < len(d):
                d[at] ^= 1 << r.randrange(8)
            elif kind == 2:
                del d[at:]
            elif kind == 3:
                d[at:at] = bytes(r.randrange(256) for _ in range(r.randrange(1, 9)))
            elif kind == 4:
                other = self.pick()
                d[at:] = other[r.randrange(len(other) + 1):]
            else:
                del d[at:at + r.randrange(1, 5)]
        return bytes(d)

    def answer(self, token):
        """A vector as a response to @token, mostly mutated only behind the token."""
        m = self.pick()
        if len(m) < 4 or self.random.random() < .1:
            return self.mutate(m)
        code = self.random.choice((m[1], 0x45, 0x45, 0x84, 0x41))
        head = bytes([m[0] & 0xf0 | len(token), code])
        head += struct.pack("!H", self.random.randrange(65536)) + token
        rest = m[4 + (m[0] & 15):]
        return head + self.mutate(rest) if self.random.random() < .8 else self.mutate(head + rest)


def udp(address):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(address)
    return s


def send(s, data, to):
    try:
        s.sendto(data, to)
    except OSError:
        pass  # an empty queue of the interface, or an ICMP error for an earlier one


def pause(n, program):
    """Now and then let the program catch up; it must be alive."""
    if n % 50 == 0:
        time.sleep(.001)
        if program.poll() is not None:
            sys.exit(f"ended with {program.returncode} after {n} datagrams")


def at_simulation(mutator, count):
    sim = subprocess.Popen(["gcoap-sim", "-n", "20", "--profile", "mixed", "--leisure", "10ms"],
                           stdout=subprocess.PIPE)
    while b"ready" not in sim.stdout.readline():
        if sim.poll() is not None:
            sys.exit("gcoap-sim did not start")
    s = udp(("127.0.0.1", 0))
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    to = [(f"127.77.0.{i}", 5683) for i in range(1, 21)] + [GROUP]
    for n in range(count):
        send(s, mutator.mutate(mutator.pick()), mutator.random.choice(to))
        pause(n, sim)
    s.close()
    asked = subprocess.run(["gcoap-get", "--json", "127.77.0.3/.well-known/core"],
                           stdout=subprocess.PIPE, check=True)
    assert b'"2.05"' in asked.stdout, asked.stdout
    sim.send_signal(signal.SIGINT)
    sim.communicate()
    return sim.returncode


def at_waiting_client(mutator, count):
    group = udp(("", 5683))
    group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                     socket.inet_aton(GROUP[0]) + socket.inet_aton("127.0.0.1"))
    group.settimeout(10)
    servers = [udp((f"127.77.0.{i}", 5683)) for i in range(1, 9)]
    honest = udp(("127.77.0.99", 5683))
    with tempfile.TemporaryFile() as out:
        get = subprocess.Popen(["gcoap-get", "--json", "-i", "lo", "-t", "10m", GROUP[0] + "/x"],
                               stdout=out)
        request, client = group.recvfrom(2048)
        token = request[4:4 + (request[0] & 15)]
        for n in range(count):
            send(mutator.random.choice(servers), mutator.answer(token), client)
            pause(n, get)
        time.sleep(.2)  # room in the socket's buffer
        honest.sendto(bytes([0x50 | len(token), 0x45, 0, 1]) + token + b"\xffhonest", client)
        time.sleep(.2)
        get.send_signal(signal.SIGINT)
        status = get.wait(20)
        out.seek(0)
        records = [json.loads(line) for line in out]
    assert any(r.get("server") == "127.77.0.99:5683" for r in records), "the answer is lost"
    return 0 if status in (0, 1, 5, 130) else status


def main():
    what, count = sys.argv[1], int(sys.argv[2])
    mutator = Mutator(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    run = {"sim": at_simulation, "get": at_waiting_client}[what]
    return run(mutator, count)


if __name__ == "__main__":
    sys.exit(main())
