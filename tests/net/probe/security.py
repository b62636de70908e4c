"""What a hostile client, server or bystander can get: amplification (A-...), tokens (T-...),
load of one client. RFC 9175, Section 2.4; RFC 7252, Section 11."""
import os
import time

import coap
from bed import PATIENCE, Answer, udp
from check import check
from coap import (ACK, CON, ECHO, EMPTY, FETCH, GET, HOP_LIMIT, NON, NO_RESPONSE, OBSERVE,
                  POST, RST, TILOCA, Message)

OPEN, ALONE = ("10.78.50.2", 5683), ("10.78.50.3", 5683)


def proxies(bed):
    common = ("--interface", "lo", "--allow-client", "10.78.100.0/22",
              "--allow-client", "127.0.0.0/8", "--allow-group", "coap://224.0.1.187",
              "--allow-target", "10.78.0.0/24", "--cache", "1M")
    bed.proxy(*common)
    bed.proxy(*common, "--echo", "off", listen="coap://10.78.50.2")
    bed.proxy(*common, "--echo", "off", listen="coap://10.78.50.3")
    bed.proxy(*common, listen="coap://127.0.0.1:5699")


def big(case):
    """Servers with much to say, to the group and alone."""
    case.play = lambda heard: [Answer("F%d" % (i % 3 + 1), b"x" * 1000, after=.02 * i)
                               for i in range(20)]


UNPROVED = {
    "a group request": {},
    "a group request, NON": {"mtype": NON},
    "a group request without the option": {"ms": None},
    "T' = 0": {"ms": 0},
    "a long T'": {"ms": 200},
    "No-Response 0": {"options": [(NO_RESPONSE, b"")]},
    "POST with a payload": {"method": POST, "payload": b"x" * 20},
    "FETCH": {"method": FETCH, "payload": b"x"},
    "an observation": {"options": [(OBSERVE, b"")]},
    "one server": {"ms": None, "uri": "one"},
    "one server, NON": {"ms": None, "uri": "one", "mtype": NON},
    "an unknown critical option": {"options": [(65011, b"x")]},
    "Hop-Limit 1": {"options": [(HOP_LIMIT, b"\1")]},
    "a scheme of others": {"uri": "http://x/"},
    "a name": {"uri": "coap://nobody.test/"},
    "a resource of the proxy": {"ms": None, "split": [(coap.URI_PATH, b".well-known"),
                                                      (coap.URI_PATH, b"core")]},
    "its statistics": {"ms": None, "split": [(coap.URI_PATH, b".well-known"),
                                             (coap.URI_PATH, b"gcoap"),
                                             (coap.URI_PATH, b"stats")]},
    "nothing at all": {"ms": None, "split": []},
    "an Echo of its own making": {"options": [(ECHO, b"\0" * 8)]},
    "a method that does not exist": {"method": 31},
}


def unproved(case, ask, stranger=False):
    """All that one request makes the proxy send to an address that nobody has proved."""
    big(case)
    client = case.client("10.78.200" if stranger else "10.78.100")
    ask = dict(ask, client=client, token=ask.get("token", b"tok"))
    if ask.get("uri") == "one":
        ask["uri"] = f"coap://10.78.0.1/{case.name}"
    size = len(case.ask(**ask).encode())
    case.settle(9)
    out = [m.size for m in client.got]
    assert sum(out) <= 3 * size, f"{sum(out)} bytes for {size}: {[str(m) for m in client.got]}"
    assert all(n <= 136 for n in out), f"{out} bytes"
    assert len(client.responses()) <= 5
    case.nothing_sent()


for _n, (_title, _ask) in enumerate(UNPROVED.items()):
    check("A-1", f"unproved address, {_title}: at most 3 bytes for one, and 136",
          (TILOCA,), name=f"a-1-{_n}")(lambda case, a=_ask: unproved(case, a))
    check("A-3", f"stranger, {_title}: the same, and nothing is sent on", (TILOCA,),
          name=f"a-3-{_n}")(lambda case, a=_ask: unproved(case, a, stranger=True))


def at_most_three_times(case, data):
    client = case.client()
    case.say("> " + data.hex())
    client.socket.sendto(data, case.proxy)
    case.settle(4)
    assert sum(m.size for m in client.got) <= 3 * len(data), [str(m) for m in client.got]


for _n, (_title, _data) in enumerate({
        "a ping": Message(CON, EMPTY, 1).encode(),
        "a GET of four bytes": Message(CON, GET, 1).encode(),
        "a NON GET of four bytes": Message(NON, GET, 1).encode(),
        "a token alone": Message(CON, GET, 1, b"12345678").encode(),
        "bytes without sense": b"\x40\x01\0\1\xff",
        "a response": Message(CON, 0x45, 1, b"1", (), b"x").encode()}.items()):
    check("A-1", f"unproved address, {_title}: at most 3 bytes for one", (TILOCA,),
          name=f"a-1-raw-{_n}")(lambda case, d=_data: at_most_three_times(case, d))


def echo_of(case, request, client=None):
    m = case.response(request, "4.01", client=client)
    value = m.one(ECHO)
    assert value is not None and 1 <= len(value) <= 40, m
    assert m.size <= 136, m
    return value


@check("A-2", "a challenge, its answer, and then the group is asked and all is relayed")
def proved(case):
    case.two()
    request = case.ask()
    value = echo_of(case, request)
    case.nothing_sent()
    got = case.responses(case.ask(options=[(ECHO, value)]), 2)
    assert case.group_request().one(ECHO) is None, "Echo went on to the group"
    assert {m.status for m in got} == {"2.05"}
    case.responses(case.ask(), 2)  # the proof lasts


@check("A-2", "a proof is that of one endpoint", (TILOCA,))
def stolen_proof(case):
    case.two()
    one, other = case.client(), case.client("10.78.101")
    value = echo_of(case, case.ask(client=one), client=one)
    m = case.response(case.ask(client=other, options=[(ECHO, value)]), "4.01", client=other)
    assert m.one(ECHO) is not None
    case.nothing_sent()


@check("A-2", "a client on loopback is not challenged", (TILOCA,), proxy=("127.0.0.1", 5699))
def loopback(case):
    case.two()
    client = case.client("127.0.0")
    case.responses(case.ask(client=client), 2, client=client)


@check("A-4", "nothing is ever answered to a group", (TILOCA,), proxy=OPEN)
def to_the_group(case):
    case.play = lambda heard: (
        Answer("F1", b"x", mtype=CON, options=[(65003, b"critical and unsafe")]),
        Answer("F2", status="0.01", mtype=CON), Answer("F3", mtype=CON, token=b"wrong")) \
        if heard.to == "group" else ()
    case.ask(ms=2)
    case.group_request()
    client = case.client()
    for data in (b"\x40\x01\0\1\xff", Message(CON, GET, 5, b"x").encode(),
                 Message(CON, EMPTY, 6).encode(), Message(NON, GET, 7, b"y").encode()):
        client.socket.sendto(data, ("224.0.1.187", 5683))
    case.settle(3)
    assert not client.got, client.got[0]
    assert len([h for h in case.heard if h.to == "group"]) == 1, [str(h) for h in case.heard]


# ---- one client among others


@check("P-58", "more group requests at once than one client may have: 5.03 with Max-Age",
       proxy=OPEN)
def too_many_at_once(case):
    requests = [case.ask(ms=20) for _ in range(5)]
    client = case.clients[0]
    m = case.response(requests[4], "5.03 4.29")
    assert m.number(coap.MAX_AGE), m
    case.settle(1)
    assert len(case.requests()) == 4 and len(client.responses()) == 1
    other = case.client("10.78.101")
    case.two()
    case.responses(case.ask(client=other), 2, client=other)


@check("P-58", "more group requests in a minute than one client may have: 5.03 with Max-Age",
       (TILOCA,), proxy=OPEN)
def too_many_in_a_minute(case):
    client = case.client()
    for _ in range(10):
        case.ask(ms=0, options=[(NO_RESPONSE, b"\x1a")])
        case.settle(.1)
    case.group_request(10)
    m = case.response(case.ask(ms=1), "5.03 4.29", client=client)
    assert m.number(coap.MAX_AGE), m
    assert len(case.requests()) == 10


@check("P-58", "servers that do not stop: some of it is relayed, and the proxy serves on",
       (TILOCA,), proxy=OPEN)
def too_many_answers(case):
    case.serve(*(Answer("F%d" % (i % 3 + 1), b"%d" % i, after=.5 + i / 1000)
                 for i in range(1200)))
    case.say = lambda line: None
    request = case.ask(ms=20)
    case.responses(request, 100)
    case.settle(6)
    got = case.clients[0].responses(request.token)
    assert len(got) <= 1000, f"{len(got)} relayed"
    case.two()
    case.responses(case.ask(), 2)


# ---- tokens

TOKENS = int(os.environ.get("PROBE_TOKENS", "100000"))
GUESSES = int(os.environ.get("PROBE_GUESSES", "100000"))


@check("T-1", f"{TOKENS} tokens towards a server: 8 bytes, none twice, evenly spread", (TILOCA,),
       proxy=ALONE)
def tokens(case):
    seen = []
    for start in range(0, TOKENS, 50000):  # endpoints of their own: Message IDs are used up
        server = udp((f"10.78.0.{20 + start // 50000}", 5683))
        client = udp((f"10.78.101.{20 + start // 50000}", 0))
        server.settimeout(PATIENCE)
        uri = f"coap://{server.getsockname()[0]}/{case.name}".encode()
        for n in range(0, min(TOKENS - start, 50000), 50):
            for i in range(n, n + 50):
                m = Message(NON, POST, i, i.to_bytes(4, "big"), [(coap.PROXY_URI, uri)])
                client.sendto(m.encode(), case.proxy)
            for i in range(n, n + 50):
                data, source = server.recvfrom(2048)
                seen.append(Message.decode(data).token)
                server.sendto(Message(NON, 0x43, i, seen[-1]).encode(), source)
    assert all(len(token) == 8 for token in seen)
    assert len(set(seen)) == len(seen), "a token came twice"
    for at in range(8):  # chi-square with 255 degrees of freedom: above 400 is no chance
        counts = [0] * 256
        for token in seen:
            counts[token[at]] += 1
        mean = len(seen) / 256
        assert sum((c - mean) ** 2 / mean for c in counts) < 400, f"byte {at} is not random"


@check("T-1", "two processes begin with different tokens and Message IDs", (TILOCA,))
def first_tokens(case):
    case.proxy = OPEN
    one = case.ask(ms=0)
    case.group_request()
    client = case.client("127.0.0")
    two = case.ask(ms=0, client=client, proxy=("127.0.0.1", 5699))
    case.group_request(2)
    a, b = (h.message for h in case.requests("group")[:2])
    assert a.token != b.token and a.mid != b.mid and one.token != two.token


@check("T-2", f"{GUESSES} guessed answers at the upstream port: none is accepted", (TILOCA,),
       proxy=OPEN)
def guesses(case):
    request = case.ask(ms=60)
    m = case.group_request()
    to = case.requests("group")[0].source
    case.say = lambda line: None
    s = udp(("10.78.0.66", 5683))
    s.setblocking(True)
    for n in range(GUESSES):
        kind, mid = ((NON, n & 0xFFFF), (CON, n & 0xFFFF), (ACK, m.mid), (RST, m.mid))[n % 4]
        known = 0 if n % 8 else n % 5  # bytes; with six of them some guess would be right
        token = m.token[:known] + os.urandom(8 - known)
        if kind == RST:
            s.sendto(Message(RST, EMPTY, mid).encode(), to)
        else:
            s.sendto(Message(kind, 0x45, mid, token, (), b"forged").encode(), to)
        if n % 200 == 0:
            time.sleep(.002)
    answer = Message(NON, 0x45, None, m.token, (), b"honest")
    for _ in range(20):  # the proxy's queue may still be full
        case.settle(.5)
        case.bed.sockets["F1"].sendto(answer.encode(), to)
        if case.clients[0].responses(request.token):
            break
    got = case.clients[0].responses(request.token)
    assert [m.payload for m in got] == [b"honest"], [str(m) for m in got[:5]]
