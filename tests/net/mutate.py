#!/usr/bin/python3
"""Mutated datagrams for programs of gcoap, the same ones for the same seed.

mutate.py sim COUNT [SEED]   at a simulated group of 20, each server and the group in turn
mutate.py get COUNT [SEED]   as answers of 8 servers to a gcoap-get that waits
mutate.py proxy COUNT [SEED] at a gcoap-proxy, from 4 clients and as answers of 8 servers

Exits with 0 when the program lived, said nothing of its own failure, and did its work after.
To run where nothing but a loopback interface is: both bind port 5683.
"""
import json
import os
import random
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GROUP = ("224.0.1.187", 5683)
PROXY = ("127.0.0.1", 5690)


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


def member():
    group = udp(("", 5683))
    group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                     socket.inet_aton(GROUP[0]) + socket.inet_aton("127.0.0.1"))
    group.settimeout(10)
    return group


def at_waiting_client(mutator, count):
    group = member()
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


def waiting(sockets):
    """What waits at any of them: the socket, the datagram and who sent it."""
    for s in select.select(sockets, [], [], 0)[0]:
        yield s, *s.recvfrom(2048)


def proxied(target, timeout=b""):
    """CON GET with Proxy-Uri and T' (Multicast-Signaling)."""
    uri = target.encode()
    return (b"\x48\x01\x77\x77honestly\xdd\x16" + bytes([len(uri) - 13]) + uri + timeout)


def answered(client, servers, request):
    """Relay @request and the answer of the first server that is asked."""
    asked = False
    client.sendto(request, PROXY)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for s, data, peer in waiting([client, *servers]):
            if s is client and b"honestly" in data and data.endswith(b"honest"):
                return True
            token = data[4:4 + (data[0] & 15)]
            if s is not client and data[1] == 1 and not asked and len(token) == 8:
                asked = True
                servers[1].sendto(b"\x58\x45\x12\x34" + token + b"\xffhonest", peer)
        time.sleep(.01)
    return False


def at_proxy(mutator, count):
    r, group = mutator.random, member()
    servers = [udp((f"127.77.0.{i}", 5683)) for i in range(1, 9)]
    clients = [udp((a, 0)) for a in ("127.78.0.1", "127.78.0.2", "127.78.0.3", "127.79.0.1")]
    proxy = subprocess.Popen(
        ["gcoap-proxy", "--listen", f"coap://{PROXY[0]}:{PROXY[1]}", "-i", "lo",
         "--allow-client", "127.78.0.0/16", "--allow-group", f"coap://{GROUP[0]}",
         "--allow-target", "127.77.0.0/16", "--reverse", f"/lights=coap://{GROUP[0]}",
         "--max-per-minute", "0", "--max-per-client", "200", "--server-timeout", "2s",
         "--max-timeout", "3s"],
        stdout=subprocess.PIPE)
    if b"ready" not in proxy.stdout.readline():
        sys.exit("gcoap-proxy did not start")
    mutator.vectors += 20 * [proxied("coap://127.77.0.2/x"),
                             proxied("coap://224.0.1.187/x", b"\xe1\xfc\xba\x02"),
                             b"\x48\x01\x77\x78reversed\x21\x02\x96lights"]
    for n in range(count):
        data = mutator.pick()
        if len(data) > 4 and r.random() < .8:  # its own Message ID and token, or not
            end = 4 + (data[0] & 15)
            data = data[:2] + r.randbytes(2) + r.randbytes(end - 4) + data[end:]
        send(r.choice(clients), mutator.mutate(data), PROXY)
        for s, data, peer in waiting([group, *servers, *clients]):
            if s not in clients and len(data) > 4:
                token = data[4:4 + (data[0] & 15)]
                for _ in range(r.randrange(4)):
                    send(r.choice(servers), mutator.answer(token), peer)
            elif s in clients and r.random() < .2:  # ACK or RST, it may be
                send(s, bytes([r.choice((0x60, 0x70)), 0]) + data[2:4], PROXY)
        pause(n, proxy)
    time.sleep(3)
    list(waiting([group, *servers, *clients]))
    honest = udp(("127.78.0.99", 0))
    everyone = [group, *servers]
    for s in everyone:
        while select.select([s], [], [], 0)[0]:
            s.recv(2048)
    for target, timeout in (("coap://127.77.0.1/not-cached", b""),
                            ("coap://224.0.1.187/not-cached", b"\xe1\xfc\xba\x02")):
        assert answered(honest, everyone, proxied(target, timeout)), f"{target} is not relayed"
    proxy.send_signal(signal.SIGINT)
    proxy.communicate()
    return proxy.returncode


def main():
    what, count = sys.argv[1], int(sys.argv[2])
    mutator = Mutator(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    run = {"sim": at_simulation, "get": at_waiting_client,
           "proxy": at_proxy}[what]
    return run(mutator, count)


if __name__ == "__main__":
    sys.exit(main())
