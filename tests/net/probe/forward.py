"""The forward-proxy: groupcomm-proxy, Sections 5.1 to 5.5; protocol checks P-01 to P-30."""
import time

import coap
from bed import GROUP, OTHER_GROUP, Answer, Client
from check import check
from coap import (ACK, CON, EMPTY, GET, IETF, NON, POST, RST, TILOCA, Message, uint)

CLOSED, REVERSE_ONLY = ("10.78.50.2", 5683), ("10.78.50.3", 5683)
BOTH = "10.78.0.1:5683", "10.78.0.2:5683"


def proxies(bed):
    common = ("--echo", "off", "--cache", "off", "--allow-client", "10.78.100.0/22")
    first = ("--interface", "lo", "--allow-group", "coap://224.0.1.187")
    one = ("--allow-target", "10.78.0.0/24", "--server-timeout", "5s")
    bed.proxy(*common, *one, *first, "--allow-group", "coap://224.0.1.188",
              "--allow-group", "coap://[ff05::fd]",
              "--allow-client", "10.78.110.0/24=coap://224.0.1.187")
    bed.proxy(*common, *one, listen="coap://10.78.50.2")
    bed.proxy(*common, *first, "--reverse-only", "--reverse", "/lights=coap://224.0.1.187",
              listen="coap://10.78.50.3")
    bed.proxy("--echo", "off", "--allow-client", "fd78::/64", *first, *one,
              listen="coap://[fd78::50]")


def split_options(case, port=None, host=GROUP[0]):
    return [(coap.URI_HOST, host.encode()), (coap.URI_PATH, case.name.encode()),
            (coap.PROXY_SCHEME, b"coap")] + ([(coap.URI_PORT, uint(port))] if port else [])


# ---- who may, and what it takes


@check("P-01", "5.01 to a group URI while no group is allowed", proxy=CLOSED)
def not_enabled(case):
    case.response(case.ask(), "5.01")
    case.settle(.5)
    case.nothing_sent()


@check("P-02", "5.05 of what is no forward-proxy", proxy=REVERSE_ONLY)
def no_forward_proxy(case):
    case.response(case.ask(), "5.05")
    case.response(case.ask(ms=None), "5.05")
    case.response(case.ask(split=split_options(case)), "5.05")
    case.response(case.ask(ms=None, uri=f"coap://10.78.0.1/{case.name}"), "5.05")
    case.nothing_sent()


@check("P-03", "4.01 to a client that nobody knows, nothing is multicast")
def stranger(case):
    case.client("10.78.200")
    case.response(case.ask(), "4.01")
    case.settle(.5)
    case.nothing_sent()


@check("P-04", "4.01 for a group to a client that is listed for another one")
def listed_for_another(case):
    case.two()
    case.client("10.78.110")
    case.response(case.ask(uri=f"coap://{OTHER_GROUP[0]}/{case.name}"), "4.01")
    case.nothing_sent()
    case.responses(case.ask(), 2)


@check("P-05", "4.00 with the option, empty, to a group request without it")
def no_timeout(case):
    m = case.response(case.ask(ms=None), "4.00")
    dialects = [d for d in coap.DIALECTS if m.one(d.timeout) is not None]
    assert dialects and m.one(dialects[0].timeout) == b"", m
    case.settle(.5)
    case.nothing_sent()


@check("P-06", "the 4.00 says in words what is missing", (TILOCA,))
def diagnostic(case):
    m = case.response(case.ask(ms=None), "4.00")
    assert m.payload.decode("utf-8").isprintable() and len(m.payload) > 5, m
    assert m.one(coap.CONTENT_FORMAT) is None, m


@check("P-07", "a stranger without the option is told 4.01, not 4.00")
def stranger_without_timeout(case):
    case.client("10.78.200")
    m = case.response(case.ask(ms=None), "4.01")
    assert m.one(case.dialect.timeout) is None, m
    case.nothing_sent()


# ---- the request on its way


@check("P-08", "servers hear a NON at the group's address without the proxy's options")
def multicast(case):
    request = case.ask()
    m = case.group_request()
    assert m.mtype == NON and m.code == GET, m
    assert [n for n, _ in m.options] == [coap.URI_PATH] or \
        [n for n, _ in m.options] == [coap.URI_PATH, coap.HOP_LIMIT], m
    assert m.token and m.token != request.token and len(m.token) == 8, m
    case.settle(1)
    assert len(case.requests()) == 1, "multicast more than once"


@check("P-09", "path and query of Proxy-Uri arrive as options, decoded")
def path_and_query(case):
    case.ask(uri=f"{case.uri}/b%20c/%C3%A9//?x=1&y=a%26b")
    m = case.group_request()
    assert m.all(coap.URI_PATH) == [case.name.encode(), b"b c", "é".encode(), b"", b""], m
    assert m.all(coap.URI_QUERY) == [b"x=1", b"y=a&b"], m
    assert m.one(coap.URI_HOST) is None and m.one(coap.URI_PORT) is None, m


@check("P-09", "a group's name goes on in Uri-Host; one that is not known is an error")
def group_name(case):
    if not case.bed.named:
        return
    case.two()
    got = case.responses(case.ask(uri=f"coap://group.test/{case.name}"), 2)
    assert sorted(case.origins(got)) == sorted(BOTH)
    assert case.group_request().one(coap.URI_HOST) == b"group.test"
    case.ask(split=split_options(case, host="group.test"))
    assert case.group_request(2).one(coap.URI_HOST) == b"group.test"
    case.response(case.ask(uri=f"coap://nobody.test/{case.name}"), "5.02 4.04")


@check("P-10", "Proxy-Scheme with Uri-* leads to the same request as Proxy-Uri")
def two_spellings(case):
    case.ask(method=POST, payload=b"on", options=[(coap.CONTENT_FORMAT, b"")])
    case.ask(method=POST, payload=b"on", options=[(coap.CONTENT_FORMAT, b"")],
             split=split_options(case))
    case.ask(method=POST, payload=b"on", options=[(coap.CONTENT_FORMAT, b"")],
             split=split_options(case, port=5683))
    case.group_request(3)
    seen = {(m.mtype, m.code, tuple(o for o in m.options if o[0] != coap.HOP_LIMIT), m.payload)
            for m in (h.message for h in case.requests())}
    assert len(seen) == 1, [str(h) for h in case.requests()]


@check("P-10", "Proxy-Cri and Proxy-Scheme-Number lead to it, too", (IETF,))
def cri_spellings(case):
    import cbor2
    cri = cbor2.dumps([-1, [bytes(map(int, GROUP[0].split(".")))], [case.name]])
    case.ask(split=[(coap.PROXY_CRI, cri)])
    one = case.group_request()
    case.ask(split=[(coap.URI_HOST, GROUP[0].encode()), (coap.URI_PATH, case.name.encode()),
                    (coap.PROXY_SCHEME_NUMBER, b"")])
    two = case.group_request(2)
    assert one.options == two.options, (str(one), str(two))


@check("P-19", "T' = 0: multicast once, relayed nothing, at most an empty ACK")
def fire_and_forget(case):
    case.two()
    request = case.ask(ms=0, method=POST, payload=b"on",
                       options=[(coap.NO_RESPONSE, b"\x1a")])
    m = case.group_request()
    assert m.code == POST and m.payload == b"on" and m.one(coap.NO_RESPONSE) == b"\x1a", m
    assert m.one(case.dialect.timeout) is None, m
    case.settle(2)
    assert len(case.requests()) == 1, "multicast more than once"
    got = case.clients[0].got
    assert [(m.mtype, m.code, m.mid) for m in got] in ([], [(ACK, EMPTY, request.mid)]), got


@check("P-20", "No-Response goes on to the servers")
def no_response(case):
    case.two()
    request = case.ask(options=[(coap.NO_RESPONSE, b"\x02")])
    assert case.group_request().one(coap.NO_RESPONSE) == b"\x02"
    case.responses(request, 2)


@check("P-21", "an unknown option that is safe and elective passes unchanged")
def unknown_safe(case):
    case.ask(options=[(65012, b"\x01\x02"), (65012, b""), (65001, b"critical")])
    m = case.group_request()
    assert m.all(65012) == [b"\x01\x02", b""] and m.one(65001) == b"critical", m


@check("P-22", "4.02 to an unknown option that is unsafe and elective", (TILOCA,))
def unknown_unsafe(case):
    m = case.response(case.ask(options=[(65006, b"x")]), "4.02")
    assert b"65006" in m.payload, m
    case.nothing_sent()


@check("P-23", "4.02 to an unknown option that is unsafe and critical", (TILOCA,))
def unknown_critical(case):
    m = case.response(case.ask(options=[(65011, b"x")]), "4.02")
    assert b"65011" in m.payload, m
    m = case.response(case.ask(options=[(65011, b"x")], mtype=NON), "4.02")
    case.nothing_sent()


@check("P-24", "a timeout of five bytes, or twice: 4.02 or 4.00, and the proxy lives")
def bad_timeout(case):
    number = case.dialect.timeout
    for options in ([(number, b"\0\0\0\0\5")], [(number, b"\5"), (number, b"\6")]):
        case.response(case.ask(ms=None, options=options), "4.00 4.02")
    case.settle(.5)
    case.nothing_sent()


@check("P-56", "what is protected end to end by Group OSCORE is not touched")
def end_to_end(case):
    oscore = b"\x39\x05\x08" + b"\0" * 8 + case.name.encode().rjust(8, b"k")[-8:]
    case.bed.cases[oscore[-8:]] = case
    inner = bytes(range(200, 240))
    case.two(options=[(coap.OSCORE, b"")], status="2.04")
    request = case.ask(method=POST, uri=f"coap://{GROUP[0]}", payload=inner,
                       options=[(coap.OSCORE, oscore)])
    m = case.group_request()
    assert m.one(coap.OSCORE) == oscore and m.payload == inner and m.code == POST, m
    for m in case.responses(request, 2):
        assert m.one(coap.OSCORE) == b"" and m.payload in (b"one", b"two"), m
    assert sorted(case.origins(case.responses(request, 2))) == sorted(BOTH)


@check("P-57", "Multi-ETag reaches the servers unchanged", (TILOCA,))
def multi_etag(case):
    value = coap.multi_etag("10.78.0.1", 5683, b"\xa1\xb2", b"\1\2\3\4\5\6\7\x08")
    other = coap.multi_etag("10.78.0.2", 5683, b"\xc3")
    case.play = lambda heard: [
        Answer("F1", status="2.03", options=[(coap.ETAG, b"\xa1\xb2")])] \
        if heard.to == "group" else ()
    request = case.ask(options=[(coap.MULTI_ETAG, value), (coap.MULTI_ETAG, other)])
    assert case.group_request().all(coap.MULTI_ETAG) == [value, other]
    m = case.responses(request)[0]
    assert m.status == "2.03" and m.one(coap.ETAG) == b"\xa1\xb2" and not m.payload, m


# ---- the responses


@check("P-11", "two answers are two responses: the client's token, Message IDs of their own")
def two_answers(case):
    case.two()
    client = case.client()
    request = case.ask()
    got = case.responses(request, 2)
    assert sorted(m.payload for m in got) == [b"one", b"two"]
    assert len({m.mid for m in got}) == 2 and {m.source for m in got} == {case.proxy}
    case.settle(4)
    assert len(client.responses()) == 2, "more than the servers sent"


@check("P-12", "each has the origin's option once, with the server's address and port")
def origins(case):
    case.two()
    got = case.responses(case.ask(), 2)
    other = TILOCA if case.dialect is IETF else IETF
    assert sorted(case.origins(got)) == sorted(BOTH)
    assert {m.payload: o for m, o in zip(got, case.origins(got))} == \
        {b"one": BOTH[0], b"two": BOTH[1]}
    assert all(m.one(other.origin) is None for m in got), "options of both dialects"
    if case.dialect is TILOCA:  # the port always in numbers: readings differ
        assert all(len(m.one(coap.TILOCA.origin)) == 13 for m in got)


@check("P-13", "an answer from another port names that port")
def another_port(case):
    case.serve(Answer("F1b", b"one"), Answer("F2", b"two"))
    got = case.responses(case.ask(), 2)
    assert sorted(case.origins(got)) == ["10.78.0.1:5999", BOTH[1]], case.origins(got)


@check("P-14", "an IPv6 group: 16 bytes of address")
def ipv6(case):
    case.serve(Answer("G1", b"one"), Answer("G2", b"two"), to="group6")
    got = case.responses(case.ask(uri=f"coap://[ff05::fd]/{case.name}"), 2)
    assert sorted(case.origins(got)) == ["fd78::1:5683", "fd78::2:5683"]


@check("P-15", "options and payload of a response arrive as they were; the origin is strict")
def unchanged(case):
    options = [(coap.CONTENT_FORMAT, b""), (coap.MAX_AGE, b"\x1e"), (coap.ETAG, b"\0\1"),
               (8, b"a"), (8, b"b"), (65016, b"safe")]
    case.serve(Answer("F1", b"22.3 C", options=options))
    m = case.responses(case.ask(), 1)[0]
    case.origins([m])
    rest = [o for o in m.options if o[0] != case.dialect.origin]
    assert rest == sorted(options, key=lambda o: o[0]) and m.payload == b"22.3 C", m


@check("P-16", "a second answer of one server is relayed as well")
def second_answer(case):
    case.serve(Answer("F1", b"one"), Answer("F1", b"again", after=.5))
    got = case.responses(case.ask(), 2)
    assert [m.payload for m in got] == [b"one", b"again"]
    assert case.origins(got) == [BOTH[0], BOTH[0]]


@check("P-17", "a datagram that comes twice is relayed once")
def repeated_datagram(case):
    case.serve(Answer("F1", b"one", mid=37000 + case.number),
               Answer("F1", b"one", mid=37000 + case.number, after=.5), Answer("F2", b"two", 1))
    request = case.ask()
    case.responses(request, 2)
    case.settle(1)
    assert sorted(m.payload for m in case.clients[0].responses()) == [b"one", b"two"]


@check("P-18", "what comes after T' is not relayed")
def after_the_deadline(case):
    case.serve(Answer("F1", b"one"), Answer("F2", b"late", after=6))
    request = case.ask(ms=2)
    case.responses(request, 1)
    case.settle(7)
    assert [m.payload for m in case.clients[0].responses()] == [b"one"]


@check("P-25", "nobody answers: silence, no 5.04, and the next request works")
def silence(case):
    case.ask(ms=1)
    case.settle(4)
    assert not case.clients[0].responses(), case.clients[0].got[-1]
    case.two()
    case.responses(case.ask(), 2)


@check("P-26", "errors of servers are relayed with their origins")
def errors(case):
    case.serve(Answer("F1", b"one"), Answer("F2", b"no", status="4.04"),
               Answer("F3", status="5.00"))
    got = case.responses(case.ask(), 3)
    assert {o: m.status for o, m in zip(case.origins(got), got)} == \
        {BOTH[0]: "2.05", BOTH[1]: "4.04", "10.78.0.3:5683": "5.00"}


@check("P-27", "an answer with an unknown unsafe option becomes 5.02, others are relayed")
def unsafe_answer(case):
    case.serve(Answer("F1", b"secret", options=[(65006, b"x")]), Answer("F2", b"two", after=.5))
    request = case.ask()
    got = case.responses(request, 1)
    assert case.until(lambda: any(m.payload == b"two" for m in case.clients[0].got)), got
    for m in case.clients[0].responses():
        assert m.payload == b"two" or m.status == "5.02" and b"secret" not in m.payload, m
        assert m.one(65006) is None
    case.origins(case.clients[0].responses())


@check("P-28", "a server's CON is acknowledged and relayed")
def confirmable_answer(case):
    mid = 39000 + case.number
    case.serve(Answer("F1", b"one", mtype=CON, mid=mid))
    m = case.responses(case.ask(), 1)[0]
    assert m.payload == b"one"
    assert case.until(lambda: any(h.message.mtype == ACK and h.message.mid == mid
                                  for h in case.heard)), "not acknowledged"


@check("P-29", "RST to a response ends it: nothing more for that token")
def reset(case):
    client = case.client()
    client.reset = True
    case.serve(Answer("F1", b"one"), Answer("F2", b"two", after=3))
    request = case.ask(ms=20, mtype=NON)
    case.responses(request, 1)
    case.settle(5)
    assert [m.payload for m in client.responses()] == [b"one"]


@check("P-30", "an Early Stop Request ends it, without a response", (IETF,))
def early_stop(case):
    case.serve(Answer("F1", b"one"), Answer("F2", b"two", after=4))
    request = case.ask(ms=20)
    case.responses(request, 1)
    stop = case.clients[0].send(
        Message(CON, GET, None, request.token, [(IETF.timeout, b"")]), case.proxy)
    assert case.until(lambda: any(m.mtype == ACK and m.mid == stop.mid
                                  for m in case.clients[0].got)), "not acknowledged"
    case.settle(6)
    assert [m.payload for m in case.clients[0].responses()] == [b"one"]
    assert len(case.requests()) == 1


@check("P-63", "an origin's option of the server itself is replaced")
def forged_origin(case):
    forged = [(d.origin, coap.origin_value(d, "10.78.0.9", 1)) for d in coap.DIALECTS]
    case.two(options=forged)
    got = case.responses(case.ask(), 2)
    assert sorted(case.origins(got)) == sorted(BOTH)
    other = TILOCA if case.dialect is IETF else IETF
    assert all(m.one(other.origin) is None for m in got), "a forged option got through"


# ---- the message layer


@check("P-59", "a CON that comes twice is one group request, and acknowledged twice")
def duplicate_request(case):
    case.serve(Answer("F1", b"one", after=1.5))
    request = case.ask()
    case.settle(.5)
    case.clients[0].send(request, case.proxy)
    client = case.clients[0]
    assert case.until(lambda: sum(m.mid == request.mid and m.mtype == ACK
                                  for m in client.got) == 2), "not acknowledged twice"
    case.settle(2)
    assert len(case.requests()) == 1, "multicast twice"
    assert len({m.mid for m in client.responses()}) == 1


@check("P-61", "an empty token will do, and so will one of eight bytes", (TILOCA,))
def token_lengths(case):
    case.two()
    for token in (b"", b"12345678"):
        got = case.responses(case.ask(ms=2, token=token), 2)
        assert {m.payload for m in got} == {b"one", b"two"}


@check("P-61", "a token that is in use again: the old request ends, the new one goes on")
def token_again(case):
    case.play = lambda heard: [Answer("F1", heard.message.all(coap.URI_PATH)[1], after=1)] \
        if heard.to == "group" else ()
    case.ask(ms=9, uri=case.uri + "/old", token=b"tok")
    case.group_request()
    request = case.ask(ms=9, uri=case.uri + "/new", token=b"tok")
    case.group_request(2)
    assert [m.payload for m in case.responses(request)] == [b"new"]
    case.settle(2)
    assert [m.payload for m in case.clients[0].responses()] == [b"new"]


@check("C-21", "RST and Early Stop of somebody else end nothing")
def foreign_stop(case):
    case.serve(Answer("F1", b"one"), Answer("F2", b"two", after=2.5))
    client, other = case.client(), case.client("10.78.101")
    request = case.ask(ms=9, client=client)
    first = case.responses(request)[0]
    for mid in (first.mid, request.mid):
        other.send(Message(RST, EMPTY, mid), case.proxy)
        other.send(Message(ACK, EMPTY, mid), case.proxy)
    for dialect in coap.DIALECTS:
        other.send(Message(CON, GET, None, request.token, [(dialect.timeout, b"")]), case.proxy)
    assert [m.payload for m in case.responses(request, 2)] == [b"one", b"two"]


@check("P-08", "every method reaches the group with payload and Content-Format", (TILOCA,))
def methods(case):
    for method in range(1, 8):
        client = case.client("10.78.%d" % (100 + method % 4))
        payload = b"body" if method not in (1, 4) else b""
        options = [(coap.CONTENT_FORMAT, b"\x3c")] if payload else []
        case.ask(ms=1, method=method, payload=payload, options=options, client=client)
        m = case.group_request(method)
        assert m.code == method and m.payload == payload, m
        assert m.one(coap.CONTENT_FORMAT) == (b"\x3c" if payload else None), m


@check("P-60", "an empty ACK comes before slow servers answer")
def slow_servers(case):
    case.two(after=6)
    request = case.ask(ms=10)
    client = case.client() if not case.clients else case.clients[0]
    assert case.until(lambda: client.got, 5), "nothing in 5 s"
    assert client.got[0].code == EMPTY and client.got[0].mtype == ACK, client.got[0]
    assert client.got[0].mid == request.mid and not client.got[0].token
    got = case.responses(request, 2, 12)
    assert all(m.mtype in (CON, NON) for m in got)


@check("P-61", "one token of two clients and of two ports is not mixed up")
def same_token(case):
    case.play = lambda heard: [Answer("F1", heard.message.all(coap.URI_PATH)[1])] \
        if heard.to == "group" else ()
    clients = [case.client(), case.client(), case.client("10.78.101")]
    for i, client in enumerate(clients):
        case.ask(uri=f"{case.uri}/{i}", token=b"same", client=client, mid=77)
    for i, client in enumerate(clients):
        assert case.until(lambda c=client: c.responses())
    case.settle(4)
    assert [[m.payload for m in c.responses()] for c in clients] == [[b"0"], [b"1"], [b"2"]]


@check("P-62", "URIs without sense: an error, nothing is multicast", (TILOCA,))
def bad_uris(case):
    for uri, status in (("coap:///x", "4.00"), ("coap://", "4.00"), ("x", "4.00 5.05"),
                        ("coap://224.0.1.187:99999/x", "4.00"), ("coap://[ff05::fd/x", "4.00"),
                        ("coap://224.0.1.187/%zz", "4.00"), ("http://224.0.1.187/x", "5.05"),
                        ("coap://224.0.1.187/x#f", "4.00"),
                        ("coaps://224.0.1.187/x", "4.00 5.01 5.05"),
                        ("coap+tcp://224.0.1.187/x", "4.00 5.01 5.05")):
        case.response(case.ask(uri=uri), status)
    case.nothing_sent()


@check("P-64", "Hop-Limit counts down; 1 is 5.08")
def hop_limit(case):
    m = case.response(case.ask(options=[(coap.HOP_LIMIT, b"\1")]), "5.08")
    assert m.size <= 200, m
    case.nothing_sent()
    case.ask(options=[(coap.HOP_LIMIT, b"\5")])
    assert case.group_request().one(coap.HOP_LIMIT) == b"\4"


# ---- individual servers


@check("P-41", "a request to one server: one ordinary response", (TILOCA,))
def individual(case):
    case.serve(Answer("F1", b"one", options=[(coap.CONTENT_FORMAT, b"")]), to="F1")
    request = case.ask(ms=None, uri=f"coap://10.78.0.1/{case.name}")
    m = case.response(request, "2.05")
    assert m.payload == b"one" and m.one(coap.CONTENT_FORMAT) == b"", m
    heard = case.requests("F1")[0].message
    assert [n for n, _ in heard.options] in ([coap.URI_PATH],
                                             [coap.URI_PATH, coap.HOP_LIMIT]), heard
    assert heard.token != request.token


@check("P-41", "5.04 when the server does not answer", (IETF,))
def dead_server(case):
    started = time.monotonic()
    case.response(case.ask(ms=None, uri=f"coap://10.78.0.2/{case.name}"), "5.04", 60)
    assert time.monotonic() - started > 2, "given up at once"


@check("P-42", "the timeout of a request to one server is not sent on")
def individual_with_timeout(case):
    case.serve(Answer("F1", b"one"), to="F1")
    case.response(case.ask(uri=f"coap://10.78.0.1/{case.name}"), "2.05")
    assert case.requests("F1")[0].message.one(case.dialect.timeout) is None


@check("P-41", "individual targets outside the list are refused: 5.05", (TILOCA,))
def target_not_allowed(case):
    for host in ("10.78.50.1", "10.78.50.99", "127.0.0.1", "[::1]", "localhost", "0.0.0.0",
                 "255.255.255.255", "[::ffff:127.0.0.1]", "[::]", "169.254.169.254",
                 "10.78.0.1:22", "10.78.0.1:0", "[fe80::1]", "0x7f.1", "2130706433", "127.1",
                 "0177.0.0.1", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "224.0.1.189",
                 "[ff02::fd]", "LOCALHOST", "%6cocalhost", "localhost.", "127.0.0.1%2F",
                 "[::ffff:7f00:1]", "[::ffff:10.78.50.99]"):
        client = case.client("10.78.102")
        status = {"10.78.50.1": "4.04", "224.0.1.189": "4.01", "[ff02::fd]": "4.01"}
        m = case.response(case.ask(uri=f"coap://{host}/{case.name}", client=client),
                          status.get(host, "5.05 5.02 4.00"), client=client)
        assert m.size <= 136, m
    case.nothing_sent()


@check("P-41", "names lead no further than addresses", (TILOCA,))
def names(case):
    if not case.bed.named:
        return
    case.serve(Answer("F1", b"one"), to="F1")
    m = case.response(case.ask(ms=None, uri=f"coap://server.test/{case.name}"), "2.05")
    assert case.requests("F1")[0].message.one(coap.URI_HOST) == b"server.test", m
    for host in ("inner.test", "cloud.test", "six.test", "INNER.test", "inner.test:5699",
                 "inner.test."):
        case.response(case.ask(ms=None, uri=f"coap://{host}/{case.name}"), "5.05 5.02 4.00")
    case.response(case.ask(ms=None, uri=f"coap://own.test/{case.name}"), "5.05 4.04")
    assert len(case.requests()) == 1


@check("P-14", "a client over IPv6", proxy=("fd78::50", 5683))
def ipv6_client(case):
    case.two()
    case.clients.append(Client(case, "fd78::100"))
    got = case.responses(case.ask(), 2)
    assert sorted(case.origins(got)) == sorted(BOTH)
    assert {m.payload for m in got} == {b"one", b"two"}
