"""Datagrams that are wrong: tests/bad/proxy, the message layer's of tests/bad/server, and wrong
answers of servers. The proxy says what the files say, forwards what is right, and lives."""
import glob
import os

import coap
from bed import Answer
from check import check
from coap import (ACK, BLOCK2, CON, EMPTY, ETAG, GET, MAX_AGE, NON, RST, TILOCA, Message)

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../..")


def proxies(bed):
    bed.proxy("--interface", "lo", "--echo", "off", "--cache", "1M",
              "--allow-client", "10.78.100.0/22", "--allow-group", "coap://224.0.1.187",
              "--allow-target", "10.78.0.0/24")


def read(path):
    title, data, wants = "", "", {}
    with open(path) as lines:
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            if word == "#":
                title = rest
            elif word in ("answer", "servers", "unicast", "group"):
                wants[word] = rest
            else:
                data += word
    return title, bytes.fromhex(data), wants


def answers(case, data, wanted):
    """Send the bytes; what comes back must be one of the @wanted."""
    client = case.client()
    case.say(f"> {data[:200].hex()}{'...' if len(data) > 200 else ''}")
    client.socket.sendto(data, case.proxy)
    if "silent" in wanted:
        case.settle(2)
        assert not [m for m in client.got if m.mtype != ACK or m.code != EMPTY], client.got[0]
        return
    assert case.until(lambda: [m for m in client.got if m.mtype != ACK or m.code != EMPTY]), \
        f"no answer instead of {wanted}"
    m = [m for m in client.got if m.mtype != ACK or m.code != EMPTY][0]
    said = "RST" if m.mtype == RST else m.status
    assert said in wanted.split(), f"{said} instead of {wanted}: {m}"
    assert m.mid == int.from_bytes(data[2:4], "big") or m.mtype == NON, m


def of_proxy(case, data, wants):
    answers(case, data, wants["answer"])
    if wants["servers"] == "silent":
        case.nothing_sent()
        return
    m = case.group_request()
    segment = wants["servers"].partition(" ")[2]
    assert not segment or bytes.fromhex(segment) in m.all(coap.URI_PATH), m


for _path in sorted(glob.glob(TOP + "/tests/bad/proxy/*.txt")):
    _name = os.path.basename(_path)[:-4]
    _title, _data, _wants = read(_path)
    check(_name[:4], f"{_name[5:]}: {_title}", (TILOCA,), name=_name.lower())(
        lambda case, d=_data, w=_wants: of_proxy(case, d, w))

for _row in ("0", "10", "11", "12", "13", "18", "20"):
    for _path in sorted(glob.glob(f"{TOP}/tests/bad/server/C-{_row}*.txt")):
        _name = os.path.basename(_path)[:-4]
        _title, _data, _wants = read(_path)
        check(_name[:4], f"{_name[5:]}: {_title}", (TILOCA,), name=_name.lower())(
            lambda case, d=_data, w=_wants: answers(case, d, w["unicast"]))


# ---- answers of servers


def relayed(case, *answer, ms=2):
    """What a client gets of wrong answers of F1, and the right one of F2."""
    case.serve(*answer, Answer("F2", b"honest", after=.6))
    request = case.ask(ms=ms)
    assert case.until(lambda: any(m.payload == b"honest" for m in case.clients[0].got)), \
        "the honest answer is lost"
    case.settle(.5)
    return [m for m in case.clients[0].responses(request.token) if m.payload != b"honest"]


@check("C-28", "ETags of 9 and of 0 bytes in a response: it is relayed all the same")
def etag_length(case):
    got = relayed(case, Answer("F1", b"v", options=[(ETAG, b"123456789"), (ETAG, b"")]))
    assert len(got) == 1 and got[0].payload == b"v", got


@check("C-32", "a Max-Age of five bytes is left out, or that response is 5.02")
def max_age_length(case):
    got = relayed(case, Answer("F1", b"v", options=[(MAX_AGE, b"\1\0\0\0\0")]))
    assert len(got) == 1 and (got[0].payload == b"v" or got[0].status == "5.02"), got
    assert got[0].one(MAX_AGE) in (None, b"\x3c"), got[0]
    case.origins(got)


@check("C-34", "the last of all blocks from the start is passed on, nothing is reserved")
def last_block(case):
    options = [(BLOCK2, b"\xff\xff\xfe"), (28, b"\xff" * 4)]
    got = relayed(case, Answer("F1", b"x" * 1024, options=options))
    assert all(m.code == 0x45 or m.status == "5.02" for m in got), got


@check("O-14", "two Group-ETags and one of nine bytes in an answer: at most the first is kept")
def group_etags(case):
    number = case.dialect.group_etag
    got = relayed(case, Answer("F1", b"v", options=[(number, b"a"), (number, b"b")]),
                  Answer("F3", b"w", options=[(number, b"123456789")]))
    assert {m.payload for m in got} == {b"v", b"w"}, got
    assert all(m.all(number) in ([], [b"a"]) for m in got), got


@check("C-20", "garbage, requests and empty messages to the upstream port change nothing")
def garbage(case):
    def garble(heard):
        s = case.bed.sockets["F1"]
        m = heard.message
        for data in (b"", b"\x40", b"\xff" * 40, bytes([0x48]) + b"x" * 200,
                     Message(CON, EMPTY).encode(), Message(RST, EMPTY, m.mid).encode(),
                     Message(ACK, EMPTY, m.mid).encode(),
                     Message(ACK, 0x45, m.mid, m.token, (), b"ack").encode(),
                     Message(CON, GET, 1, m.token, [(coap.URI_PATH, b"x")]).encode(),
                     Message(NON, 0x45, 2, m.token + b"x"[:8 - len(m.token)]).encode() + b"\xff",
                     Message(NON, 0x25, 3, m.token).encode(), b"\x00" * 3,
                     Message(NON, 0xE1, 4, m.token).encode(), os.urandom(60)):
            s.sendto(data, heard.source)
        return [Answer("F2", b"honest", after=.6)] if heard.to == "group" else ()

    case.play = lambda heard: garble(heard) if heard.to == "group" else ()
    request = case.ask(ms=3)
    assert case.until(lambda: case.clients[0].responses(request.token)), "the answer is lost"
    case.settle(3)
    got = case.clients[0].responses(request.token)
    assert got[-1].payload == b"honest" and len(got) <= 2, [str(m) for m in got]
    assert not [h for h in case.heard if h.to == "group" and h.message.code == EMPTY]
