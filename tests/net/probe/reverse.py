"""The reverse-proxy: groupcomm-bis-03, Section 3.4.2; groupcomm-proxy, Section 6."""
import io

import cbor2

import coap
from bed import Answer, GROUP
from check import check
from coap import ACK, CON, EMPTY, GET, IETF, TILOCA, Message, uint

MODE_A, MODE_B, MODE_C, T_PROXY = (("10.78.50.%d" % i, 5683) for i in (1, 2, 3, 4))
BOTH = ["10.78.0.1:5683", "10.78.0.2:5683"]


def proxies(bed):
    common = ("--interface", "lo", "--echo", "off", "--cache", "off",
              "--allow-client", "10.78.100.0/22", "--allow-group", "coap://224.0.1.187",
              "--reverse", "/lights=coap://224.0.1.187",
              "--reverse", "//lights.test=coap://224.0.1.187")
    bed.proxy(*common, "--reverse-mode", "a")
    bed.proxy(*common, "--reverse-mode", "b", "--alias", "10.78.60.1=10.78.0.1",
              "--alias", "10.78.60.2=10.78.0.2", listen="coap://10.78.50.2")
    bed.proxy(*common, "--reverse-mode", "c", "--allow-target", "10.78.0.0/24",
              listen="coap://10.78.50.3")
    bed.proxy(*common, "--reverse-mode", "a", "--t-proxy", "2", listen="coap://10.78.50.4")


def below(case, *more):
    """The path that is mapped to the group, and the case's own."""
    path = (b"lights", case.name.encode()) + more
    return [(coap.URI_PATH, segment) for segment in path]


@check("P-31", "a token that is in use: 4.00, the old request stops, the new one goes nowhere")
def token_in_use(case):
    case.serve(Answer("F1", b"one"), Answer("F2", b"two", after=4))
    first = case.ask(ms=20, split=below(case))
    case.responses(first, 1)
    case.clients[0].got.clear()
    second = case.ask(ms=20, split=below(case, b"other"), token=first.token)
    m = case.response(second, "4.00")
    assert m.mid == second.mid or m.mtype != ACK
    case.settle(6)
    assert len(case.clients[0].responses()) == 1, case.clients[0].responses()[1]
    assert len(case.requests()) == 1, "the second one was forwarded"


@check("P-32", "that 4.00 says why")
def token_in_use_text(case):
    first = case.ask(ms=10, split=below(case))
    case.group_request()
    m = case.response(case.ask(split=below(case), token=first.token), "4.00")
    assert b"oken" in m.payload, m
    value = m.one(TILOCA.timeout)
    assert value in (None, b"") and (case.dialect is TILOCA or value is None), m
    assert m.one(IETF.timeout) is None, m


@check("P-31", "a duplicate of the request is none of these", (TILOCA,))
def duplicate(case):
    case.serve(Answer("F1", b"one", after=1.5))
    first = case.ask(split=below(case))
    case.settle(.4)
    case.clients[0].send(first, case.proxy)
    assert case.responses(first)[0].payload == b"one"
    assert len(case.requests()) == 1


@check("P-33", "4.00 with the empty option to a request that maps to a group without it",
       (TILOCA,))
def no_timeout(case):
    m = case.response(case.ask(ms=None, split=below(case)), "4.00")
    assert b"" in (m.one(TILOCA.timeout), m.one(IETF.timeout)) and m.payload, m
    case.settle(.5)
    case.nothing_sent()


@check("P-33", "4.01 to a client that nobody knows")
def stranger(case):
    case.client("10.78.200")
    case.response(case.ask(split=below(case)), "4.01")
    case.nothing_sent()


@check("P-34", "T_PROXY stands in for the option", (TILOCA,), proxy=T_PROXY)
def t_proxy(case):
    case.serve(Answer("F1", b"one"), Answer("F2", b"late", after=6))
    request = case.ask(ms=None, split=below(case))
    m = case.responses(request)[0]
    assert m.payload == b"one"
    assert m.one(TILOCA.origin) is not None or m.one(IETF.origin) is not None, m
    case.settle(7)
    assert len(case.clients[0].responses()) == 1


@check("P-34", "the option takes precedence over T_PROXY", proxy=T_PROXY)
def overrides_t_proxy(case):
    case.two(after=5)
    case.responses(case.ask(ms=12, split=below(case)), 2, 14)


@check("P-35", "mode A: the origin is the real server; path and query go below the group's")
def mode_a(case):
    case.two()
    got = case.responses(case.ask(split=below(case, b"x") + [(coap.URI_QUERY, b"q=1")]), 2)
    assert sorted(case.origins(got)) == BOTH
    m = case.group_request()
    assert m.all(coap.URI_PATH) == [case.name.encode(), b"x"], m
    assert m.all(coap.URI_QUERY) == [b"q=1"] and m.one(case.dialect.timeout) is None, m


@check("P-35", "a group is meant by its name in Uri-Host, too")
def by_host(case):
    case.two()
    got = case.responses(case.ask(split=[(coap.URI_HOST, b"lights.test"),
                                         (coap.URI_PATH, case.name.encode())]), 2)
    assert sorted(case.origins(got)) == BOTH
    assert case.group_request().one(coap.URI_HOST) is None


@check("P-36", "mode B: an address of the proxy for each server; it leads there", proxy=MODE_B)
def mode_b(case):
    case.play = lambda heard: \
        [Answer("F1", b"one"), Answer("F2", b"two")] if heard.to == "group" else \
        [Answer(heard.to, b"alone at " + heard.to.encode())]
    got = case.responses(case.ask(split=below(case)), 2)
    assert sorted(case.origins(got)) == ["10.78.60.1:5683", "10.78.60.2:5683"]
    for address, server in (("10.78.60.1", b"F1"), ("10.78.60.2", b"F2")):
        m = case.response(case.ask(ms=None, proxy=(address, 5683),
                                   split=[(coap.URI_PATH, case.name.encode())]), "2.05")
        assert m.payload == b"alone at " + server, m


@check("P-37", "mode C: the proxy and behind it the server; Uri-Host leads there", (IETF,),
       proxy=MODE_C)
def mode_c(case):
    case.play = lambda heard: \
        [Answer("F1", b"one"), Answer("F2", b"two")] if heard.to == "group" else \
        [Answer(heard.to, b"alone at " + heard.to.encode())]
    for m in case.responses(case.ask(split=below(case)), 2):
        value, items = io.BytesIO(m.one(IETF.origin)), []
        while value.tell() < len(value.getvalue()):
            items.append(cbor2.load(value))
        assert len(items) == 2 and items[0][0] == -1, items
        assert items[0][1][0] == bytes((10, 78, 50, 3)), items
        assert items[1][0] is None, items
        host = ".".join(str(b) for b in items[1][1][0])
        assert host in ("10.78.0.1", "10.78.0.2"), items
        follow = case.ask(ms=None, split=[(coap.URI_HOST, host.encode()),
                                          (coap.URI_PATH, case.name.encode())]
                          + [(coap.URI_PORT, uint(port)) for port in items[1][1][1:]])
        server = {"10.78.0.1": b"F1", "10.78.0.2": b"F2"}[host]
        m = case.response(follow, "2.05")
        assert m.payload == b"alone at " + server, m


@check("P-35", "a group URI embedded in the path is the same as Proxy-Uri")
def embedded(case):
    case.two()
    path = [b"cp", b"coap:", b"", GROUP[0].encode(), case.name.encode()]
    got = case.responses(case.ask(split=[(coap.URI_PATH, s) for s in path]), 2)
    assert sorted(case.origins(got)) == BOTH


@check("P-33", "a path of nobody is 4.04", (TILOCA,))
def nobody(case):
    case.response(case.ask(ms=None, split=[(coap.URI_PATH, b"lightsout")]), "4.04")
    case.nothing_sent()


@check("P-30", "an Early Stop Request is none of the reuses of a token", (IETF,))
def early_stop(case):
    case.serve(Answer("F1", b"one"), Answer("F2", b"two", after=4))
    request = case.ask(ms=20, split=below(case))
    case.responses(request, 1)
    stop = case.clients[0].send(
        Message(CON, GET, None, request.token, [(IETF.timeout, b"")]), case.proxy)
    case.settle(6)
    got = [m for m in case.clients[0].got if m.mid == stop.mid]
    assert got and got[0].mtype == ACK and got[0].code == EMPTY, got
    assert [m.payload for m in case.clients[0].responses()] == [b"one"]
