"""The test bed: clients, servers of a group and gcoap-proxy in one network of its own.

All addresses are on lo (net() makes them local), none of them in 127/8, so that nothing here
depends on what a proxy thinks of loopback:

  10.78.0.N        server FN, port 5683; F1 also on 5999. fd78::N, server FN of IPv6 groups
  10.78.50.N       proxies, port 5683; 10.78.50.99 is a next proxy that the probe plays
  10.78.100-109.N  clients that may ask every group; 10.78.110.N only the first group
  10.78.200.N      clients that nobody knows

One thread moves all datagrams. What reaches a server is told apart by the first segment of the
path, which is the name of the case that asked.
"""
import heapq
import itertools
import os
import selectors
import socket
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse

import coap
from coap import ACK, CON, EMPTY, GET, NON, RST, Message, code

GROUP = ("224.0.1.187", 5683)
OTHER_GROUP = ("224.0.1.188", 5683)
GROUP6 = ("ff05::fd", 5683)
SERVERS = {
    "F1": ("10.78.0.1", 5683), "F2": ("10.78.0.2", 5683), "F3": ("10.78.0.3", 5683),
    "F1b": ("10.78.0.1", 5999), "G1": ("fd78::1", 5683), "G2": ("fd78::2", 5683),
    "next": ("10.78.50.99", 5683)}
NAMES = {"group.test": GROUP[0], "server.test": "10.78.0.1", "own.test": "10.78.50.1",
         "inner.test": "127.0.0.1", "cloud.test": "169.254.169.254", "six.test": "fe80::1"}
PATIENCE = 8  # seconds for what comes at once on an idle machine


def run(*words):
    subprocess.run(words, check=True)


def net():
    """Make the addresses local. To be called in a network namespace of one's own; in a mount
    namespace, too, the names are known. Says whether they are."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "route", "add", "local", "10.78.0.0/16", "dev", "lo")
    run("ip", "-6", "route", "add", "local", "ff00::/8", "dev", "lo")
    for i in (1, 2, 50, 100):
        run("ip", "-6", "addr", "add", f"fd78::{i}/128", "dev", "lo", "nodad")
    with tempfile.NamedTemporaryFile("w", delete=False) as hosts:
        hosts.writelines(f"{address} {name}\n" for name, address in NAMES.items())
    mounted = subprocess.run(("mount", "--bind", hosts.name, "/etc/hosts"),
                             stderr=subprocess.DEVNULL).returncode == 0
    os.unlink(hosts.name)
    return mounted


def udp(address, reuse=False):
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    s = socket.socket(family, socket.SOCK_DGRAM)
    if reuse:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
    s.bind(address)
    s.setblocking(False)
    return s


def joined(group):
    s = udp(group, reuse=True)
    lo = socket.if_nametoindex("lo")
    if s.family == socket.AF_INET6:
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                     socket.inet_pton(socket.AF_INET6, group[0]) + struct.pack("@I", lo))
    else:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                     struct.pack("=4s4si", socket.inet_aton(group[0]), b"\0" * 4, lo))
    return s


class Answer:
    """What a server sends, and when. @token and @mid: None for the request's and the next one."""

    def __init__(self, server, payload=b"", after=.05, status="2.05", options=(), mtype=NON,
                 mid=None, token=None):
        self.server, self.payload, self.after, self.status = server, payload, after, status
        self.options, self.mtype, self.mid, self.token = options, mtype, mid, token

    def message(self, request):
        return Message(self.mtype, code(self.status), self.mid,
                       request.token if self.token is None else self.token, self.options,
                       self.payload)


class Heard:
    """A message that reached a server, or the group."""

    def __init__(self, to, source, message):
        self.to, self.source, self.message, self.at = to, source, message, time.monotonic()

    def __str__(self):
        return f"{self.to} < {self.source[0]}:{self.source[1]} {self.message}"


class Bed:
    def __init__(self, named=False):
        self.named = named  # are NAMES known?
        self.selector = selectors.DefaultSelector()
        self.timers, self.order, self.lock = [], itertools.count(), threading.Lock()
        self.cases, self.answers, self.stray = {}, {}, []
        self.sockets, self.proxies = {}, []
        for name, address in SERVERS.items():
            self.listen(name, udp(address))
        for name, address in (("group", GROUP), ("other", OTHER_GROUP), ("group6", GROUP6)):
            self.listen(name, joined(address))
        self.wake, waker = socket.socketpair()
        self.wake.setblocking(False)
        self.selector.register(waker, selectors.EVENT_READ, lambda: waker.recv(64))
        threading.Thread(target=self.loop, daemon=True).start()

    def listen(self, name, s):
        self.sockets[name] = s
        self.selector.register(s, selectors.EVENT_READ, lambda: self.arrived(name, s))

    def loop(self):
        while True:
            wait = 1.0
            if self.timers:
                wait = max(0, self.timers[0][0] - time.monotonic())
            for key, _ in self.selector.select(wait):
                key.data()
            while self.timers and self.timers[0][0] <= time.monotonic():
                with self.lock:
                    todo = heapq.heappop(self.timers)[2]
                todo()

    def later(self, seconds, todo):
        with self.lock:
            heapq.heappush(self.timers, (time.monotonic() + seconds, next(self.order), todo))
        try:
            self.wake.send(b".")
        except BlockingIOError:
            pass  # it is told already

    def arrived(self, name, s):
        data, source = s.recvfrom(65536)
        try:
            message = Message.decode(data)
        except coap.Malformed as error:
            self.stray.append(f"{name} < {source} malformed ({error}): {data.hex()}")
            return
        heard = Heard(name, source[:2], message)
        case = self.case_of(heard)
        if case is None:
            self.stray.append(str(heard))
        else:
            case.server_heard(heard)

    def case_of(self, heard):
        m = heard.message
        if m.code == EMPTY:
            return self.answers.get((heard.to, m.mid))
        if m.one(coap.OSCORE) is not None:
            name = m.one(coap.OSCORE)[-8:]
        elif m.one(coap.PROXY_URI) is not None:
            path = urllib.parse.urlsplit(m.one(coap.PROXY_URI).decode()).path
            name = path.split("/")[1].encode() if "/" in path else b""
        else:
            name = (m.all(coap.URI_PATH) or [b""])[0]
        return self.cases.get(name)

    def proxy(self, *words, listen="coap://10.78.50.1", trace=None):
        """Start gcoap-proxy and wait for its ready line."""
        log = tempfile.TemporaryFile(mode="w+") if trace is None else trace
        process = subprocess.Popen(["gcoap-proxy", "--listen", listen, *words], stderr=log,
                                   stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        process.log, process.words = log, words
        line = process.stdout.readline()
        if "ready" not in line:
            process.wait(10)
            log.seek(0)
            raise SystemExit(f"gcoap-proxy {' '.join(words)}: {line}{log.read()}")
        self.proxies.append(process)
        return process

    def close(self):
        """End the proxies; what is wrong with how they ended, as lines."""
        wrong = []
        for process in self.proxies:
            if process.poll() is None:
                process.terminate()
        for process in self.proxies:
            try:
                status = process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                status = "nothing: it had to be killed"
            if status != 0:
                process.log.seek(0)
                wrong.append(f"gcoap-proxy {' '.join(process.words)} ended with {status}: "
                             + process.log.read()[-3000:])
        return wrong


class Client:
    """A socket with all that it got, confirmed as RFC 7252 wants it."""

    def __init__(self, case, address):
        self.case, self.got, self.sent = case, [], {}
        self.reset = False  # answer with RST instead of ACK
        self.socket = udp((address, 0))
        case.bed.selector.register(self.socket, selectors.EVENT_READ, self.arrived)
        self.address = self.socket.getsockname()[:2]

    def arrived(self):
        try:
            data, source = self.socket.recvfrom(65536)
        except OSError:
            return  # an ICMP error for something that we sent
        message = Message.decode(data)
        with self.case.changed:
            self.case.say(f"{self.address[0]}:{self.address[1]} < {message}")
            message.at, message.source, message.size = time.monotonic(), source[:2], len(data)
            self.got.append(message)
            self.case.changed.notify_all()
        if message.code != EMPTY and (self.reset or message.mtype == CON):
            kind = RST if self.reset else ACK
            self.socket.sendto(Message(kind, EMPTY, message.mid).encode(), source)

    def send(self, message, proxy):
        self.case.say(f"{self.address[0]}:{self.address[1]} > {proxy[0]} {message}")
        self.socket.sendto(message.encode(), proxy)
        return message

    def responses(self, token=None):
        return [m for m in self.got if m.code != EMPTY and token in (None, m.token)]


class Case:
    """One check in one dialect: its clients, what its servers heard, and how they answer."""

    def __init__(self, bed, name, number, dialect, proxy=("10.78.50.1", 5683)):
        self.bed, self.name, self.dialect, self.proxy = bed, name, dialect, proxy
        self.number, self.clients, self.heard, self.log = number, [], [], []
        self.changed = threading.Condition()
        self.started = time.monotonic()
        self.play = lambda heard: ()
        bed.cases[name.encode()] = self
        self.uri = f"coap://{GROUP[0]}/{name}"

    def say(self, line):
        self.log.append(f"{time.monotonic() - self.started:6.2f} {line}")

    def client(self, net="10.78.100", number=None):
        number = self.number if number is None else number
        self.clients.append(Client(self, f"{net}.{number}"))
        return self.clients[-1]

    # ---- servers

    def server_heard(self, heard):
        with self.changed:
            self.say(str(heard))
            self.heard.append(heard)
            self.changed.notify_all()
        if heard.message.code == EMPTY or heard.message.code >= 32:
            return
        for answer in self.play(heard):
            self.bed.later(answer.after, lambda a=answer: self.reply(a, heard))

    def reply(self, answer, heard):
        m = answer.message(heard.message)
        self.bed.answers[answer.server, m.mid] = self
        self.say(f"{answer.server} > {heard.source[0]}:{heard.source[1]} {m}")
        self.bed.sockets[answer.server].sendto(m.encode(), heard.source)

    def serve(self, *answers, to="group"):
        """Answer so to each request to one destination."""
        self.play = lambda heard: answers if heard.to == to else ()

    def two(self, **kw):
        self.serve(Answer("F1", b"one", **kw), Answer("F2", b"two", **kw))

    def requests(self, to=None):
        return [h for h in self.heard if 0 < h.message.code < 32 and to in (None, h.to)]

    # ---- requests

    def timeout(self, seconds):
        return self.dialect.timeout, coap.uint(seconds)

    def ask(self, ms=3, uri=None, options=(), method=GET, payload=b"", mtype=CON, token=None,
            client=None, proxy=None, split=None, mid=None):
        """Send a request to the proxy. @split: the options of the Proxy-Scheme form."""
        client = client or (self.clients[0] if self.clients else self.client())
        options = list(options)
        if split is not None:
            options += split
        else:
            options.append((coap.PROXY_URI, (uri or self.uri).encode()))
        if ms is not None:
            options.append(self.timeout(ms))
        token = os.urandom(4) if token is None else token
        return client.send(Message(mtype, method, mid, token, options, payload),
                           proxy or self.proxy)

    # ---- looking

    def until(self, true, seconds=PATIENCE):
        """Wait until @true() is; False when it is not in time."""
        with self.changed:
            return self.changed.wait_for(true, seconds)

    def responses(self, request, n=1, seconds=PATIENCE, client=None):
        """At least @n responses to @request: the first ones of them."""
        client = client or self.clients[0]
        assert self.until(lambda: len(client.responses(request.token)) >= n, seconds), \
            f"{len(client.responses(request.token))} responses instead of {n}"
        return client.responses(request.token)

    def response(self, request, status, seconds=PATIENCE, client=None):
        m = self.responses(request, 1, seconds, client)[0]
        assert m.status in status.split(), f"{m.status} instead of {status}"
        return m

    def settle(self, seconds):
        time.sleep(seconds)

    def nothing_sent(self):
        assert not self.requests(), f"reached the servers: {self.requests()[0]}"

    def group_request(self, n=1, to="group"):
        assert self.until(lambda: len(self.requests(to)) >= n), \
            f"{len(self.requests(to))} requests to {to} instead of {n}"
        return self.requests(to)[n - 1].message

    def origins(self, messages):
        """Where the responses say that they come from: "address:port" in order."""
        found = []
        for m in messages:
            value = m.one(self.dialect.origin)
            assert value is not None, f"no option {self.dialect.origin}: {m}"
            address, port = coap.origin(self.dialect, value)
            found.append(f"{address}:{5683 if port is None else port}")
        return found
