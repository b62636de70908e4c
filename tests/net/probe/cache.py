"""The cache: groupcomm-proxy, Section 7 (model T); groupcomm-bis-03, Section 3.4.3 (model B);
and that no two requests share an answer that are not the same (X-...)."""
from bed import Answer, OTHER_GROUP
from check import check
from coap import ACCEPT, ETAG, FETCH, MAX_AGE, POST, TILOCA, uint

MEMBERS, MODEL_B = ("10.78.50.2", 5683), ("10.78.50.3", 5683)
BOTH = ["10.78.0.1:5683", "10.78.0.2:5683"]
MINUTE = (MAX_AGE, b"\x3c")


def proxies(bed):
    common = ("--interface", "lo", "--echo", "off", "--cache", "1M",
              "--allow-client", "10.78.100.0/22", "--allow-group", "coap://224.0.1.187",
              "--allow-group", "coap://224.0.1.188", "--allow-target", "10.78.0.0/24")
    known = ("--members", "coap://224.0.1.187=10.78.0.1,10.78.0.2")
    bed.proxy(*common)
    bed.proxy(*common, *known, listen="coap://10.78.50.2")
    bed.proxy(*common, *known, "--cache-model", "b", listen="coap://10.78.50.3")


def rounds(case, *answers):
    """The first group request is answered with answers[0], the next with answers[1] ..."""
    case.play = lambda heard: answers[min(len(case.requests("group")), len(answers)) - 1] \
        if heard.to == "group" else ()


def one_and_two(suffix=b"", age=60):
    return (Answer("F1", b"one" + suffix, options=[(MAX_AGE, uint(age)), (ETAG, b"\1" + suffix)]),
            Answer("F2", b"two" + suffix, options=[(MAX_AGE, uint(age)), (ETAG, b"\2" + suffix)]))


def fill(case, **kw):
    """A first request whose two answers are kept, until its T' has passed."""
    got = case.responses(case.ask(ms=1, **kw), 2)
    case.settle(2)
    return got


@check("P-47", "members unknown: multicast again; who is silent is represented in time")
def represented(case):
    rounds(case, one_and_two(), (Answer("F1", b"one again", options=[MINUTE]),))
    fill(case)
    got = case.responses(case.ask(ms=2), 2)
    assert len(case.requests("group")) == 2, "not multicast again"
    case.settle(3)
    got = case.clients[0].responses()[2:]
    assert {(o, m.payload) for o, m in zip(case.origins(got), got)} == \
        {(BOTH[0], b"one again"), (BOTH[1], b"two")} and len(got) == 2, [str(m) for m in got]
    kept = [m for m in got if m.payload == b"two"][0]
    assert kept.number(MAX_AGE) < 60, kept


@check("P-52", "members unknown: no Group-ETag and no 2.03")
def no_group_etag(case):
    rounds(case, one_and_two())
    got = fill(case)
    got = got + case.responses(case.ask(ms=2, options=[(case.dialect.group_etag, b"\0")]), 2)
    assert all(m.status == "2.05" and m.one(case.dialect.group_etag) is None for m in got)


@check("P-48", "all members fresh: from the cache alone, with origins and aged", proxy=MEMBERS)
def complete(case):
    rounds(case, one_and_two())
    fill(case)
    request = case.ask(ms=2)
    got = case.responses(request, 2)
    assert len(case.requests()) == 1, "multicast although all is known"
    assert sorted(case.origins(got)) == BOTH and {m.payload for m in got} == {b"one", b"two"}
    assert all(m.number(MAX_AGE) <= 59 for m in got), [str(m) for m in got]
    assert all(m.number(ETAG) is not None for m in got)
    case.settle(3)
    assert len(case.clients[0].responses(request.token)) == 2


@check("P-50", "a Group-ETag that matches: one 2.03 without payload", proxy=MEMBERS)
def group_validated(case):
    number = case.dialect.group_etag
    rounds(case, one_and_two())
    fill(case)
    tags = {m.one(number) for m in case.responses(case.ask(ms=2), 2)} - {None}
    assert len(tags) == 1, f"{len(tags)} Group-ETags of one set"
    tag = tags.pop()
    assert 1 <= len(tag) <= 8
    request = case.ask(ms=2, options=[(number, b"\xee"), (number, tag)])
    m = case.response(request, "2.03")
    case.settle(3)
    assert len(case.clients[0].responses(request.token)) == 1, "more than the one 2.03"
    assert m.one(number) == tag and not m.payload, m
    assert len(case.requests()) == 1


@check("P-51", "a wrong Group-ETag: all of it, at most one tag in each", proxy=MEMBERS)
def group_changed(case):
    rounds(case, one_and_two())
    fill(case)
    got = case.responses(case.ask(ms=2, options=[(case.dialect.group_etag, b"wrong")]), 2)
    assert {m.status for m in got} == {"2.05"} and sorted(case.origins(got)) == BOTH
    assert len({m.one(case.dialect.group_etag) for m in got}) == 1


@check("P-55", "a new response of a member changes the Group-ETag", proxy=MEMBERS)
def new_group_etag(case):
    number = case.dialect.group_etag
    rounds(case, (one_and_two()[0], Answer("F2", b"two", options=[(MAX_AGE, b"\5")])),
           one_and_two(b"new"))
    fill(case)
    old = {m.one(number) for m in case.responses(case.ask(ms=1), 2)} - {None}
    case.settle(6)
    case.responses(case.ask(ms=1), 2)
    case.settle(2)
    got = case.responses(case.ask(ms=1), 2)
    new = {m.one(number) for m in got} - {None}
    assert len(old) == 1 and len(new) == 1 and old != new, (old, new)
    assert {m.payload for m in got} == {b"onenew", b"twonew"}
    request = case.ask(ms=1, options=[(number, old.pop())])
    assert {m.status for m in case.responses(request, 2)} == {"2.05"}


@check("P-53", "model B: the first time without Group-ETag, then kept and with it",
       proxy=MODEL_B)
def aggregated(case):
    number = case.dialect.group_etag
    rounds(case, one_and_two())
    assert all(m.one(number) is None for m in fill(case))
    got = case.responses(case.ask(ms=2), 2)
    assert len(case.requests()) == 1 and sorted(case.origins(got)) == BOTH
    tag = {m.one(number) for m in got}
    assert len(tag) == 1 and None not in tag, tag
    m = case.response(case.ask(ms=2, options=[(number, tag.pop())]), "2.03")
    assert not m.payload and len(case.requests()) == 1


@check("P-53", "model B: what has expired is asked for again", (TILOCA,), proxy=MODEL_B)
def aggregated_expired(case):
    rounds(case, one_and_two(age=3), one_and_two(b"new"))
    fill(case)
    case.settle(3)
    got = case.responses(case.ask(ms=2), 2)
    assert len(case.requests("group")) == 2 and {m.payload for m in got} == {b"onenew", b"twonew"}


@check("P-49", "one server's part answers a request to that server, and only the same one",
       (TILOCA,))
def individual(case):
    rounds(case, one_and_two())
    fill(case)
    case.play = lambda heard: [Answer("F1", b"fresh")]
    m = case.response(case.ask(ms=None, uri=f"coap://10.78.0.1/{case.name}"), "2.05")
    assert m.payload in (b"one", b"fresh"), m
    assert m.payload == b"fresh" or m.number(MAX_AGE) < 60, m
    before = len(case.requests("F1"))
    m = case.response(case.ask(ms=None, uri=f"coap://10.78.0.1/{case.name}",
                               options=[(ACCEPT, b"\x3c")]), "2.05")
    assert m.payload == b"fresh" and len(case.requests("F1")) == before + 1, m


@check("P-54", "Max-Age 0 is not kept")
def not_cacheable(case):
    rounds(case, one_and_two(age=0), ())
    fill(case)
    request = case.ask(ms=1)
    case.settle(4)
    assert not case.clients[0].responses(request.token), "answered from the cache"
    assert len(case.requests()) == 2


@check("P-54", "what has expired is not used", (TILOCA,))
def expired(case):
    rounds(case, one_and_two(age=2), ())
    fill(case)
    case.settle(2)
    request = case.ask(ms=1)
    case.settle(4)
    assert not case.clients[0].responses(request.token), "answered from the cache"


@check("C-31", "Max-Age 2^32-1 does not wrap", (TILOCA,), proxy=MEMBERS)
def long_age(case):
    rounds(case, one_and_two(age=0xFFFFFFFF))
    fill(case)
    got = case.responses(case.ask(ms=1), 2)
    assert all(60 < m.number(MAX_AGE) <= 0xFFFFFFFF for m in got), [str(m) for m in got]


@check("P-54", "errors are kept like everything else; 2.04 is not", (TILOCA,))
def codes(case):
    rounds(case, (Answer("F1", b"no", status="4.04", options=[MINUTE]),
                  Answer("F2", b"done", status="2.04", options=[MINUTE])), ())
    fill(case)
    request = case.ask(ms=1)
    case.settle(4)
    assert [m.status for m in case.clients[0].responses(request.token)] in ([], ["4.04"])


# ---- never the answer to something else


def twice(case, first, second):
    """Two requests that differ in something: the second one must reach the servers, and get
    what they say to it."""
    case.play = lambda heard: [
        Answer("F1", b"to %d" % len(case.requests()), options=[MINUTE]),
        Answer("F2", b"to %d" % len(case.requests()), options=[MINUTE])] \
        if heard.to in ("group", "other") else [Answer(heard.to, b"alone", options=[MINUTE])]
    def ask(more="", **kw):
        return case.ask(ms=1, client=client, uri=case.uri + more, **kw)

    client = case.client()
    case.responses(ask(**first), 2)
    case.settle(2)
    request = ask(**second)
    case.responses(request, 2)
    assert len(case.requests()) == 2, "the second request did not reach the servers"
    case.settle(2)
    got = client.responses(request.token)
    assert [m.payload for m in got] == [b"to 2", b"to 2"], [str(m) for m in got]


DIFFERENT = {
    "another query": ({"more": "?a=1"}, {"more": "?a=2"}),
    "a query in two options and in one": ({"more": "?a&b"}, {"more": "?a%26b"}),
    "an empty query and none": ({}, {"more": "?"}),
    "another payload of FETCH": ({"method": FETCH, "payload": b"a"},
                                 {"method": FETCH, "payload": b"b"}),
    "a payload of FETCH that is longer by NUL": ({"method": FETCH, "payload": b"a"},
                                                 {"method": FETCH, "payload": b"a\0"}),
    "FETCH after GET": ({}, {"method": FETCH}),
    "another Accept": ({"options": [(ACCEPT, b"\x28")]}, {"options": [(ACCEPT, b"\x3c")]}),
    "an Accept of 0 and none": ({}, {"options": [(ACCEPT, b"")]}),
    "an unknown safe option": ({"options": [(65012, b"\1")]}, {"options": [(65012, b"\0\1")]}),
}
for _ident, (_title, _pair) in enumerate(DIFFERENT.items(), 1):
    check(f"X-{_ident}", f"no shared answer: {_title}", (TILOCA,), proxy=MEMBERS)(
        lambda case, pair=_pair: twice(case, *pair))


@check("X-10", "no shared answer: a slash within a segment", (TILOCA,), proxy=MEMBERS)
def slashes(case):
    twice(case, {"more": "/a/b"}, {"more": "/a%2Fb"})


@check("X-11", "no shared answer: the same path of another group", (TILOCA,))
def groups(case):
    def first_only(heard):
        return [Answer("F1", b"first", options=[MINUTE])] if heard.to == "group" else ()
    case.play = first_only
    case.responses(case.ask(ms=1))
    case.settle(2)
    request = case.ask(ms=1, uri=f"coap://{OTHER_GROUP[0]}/{case.name}")
    case.group_request(to="other")
    case.settle(4)
    got = case.clients[0].responses(request.token)
    # F1 has answered for the same individual URI: that may stand in (RFC 7252, 8.2.1)
    assert [m.payload for m in got] in ([], [b"first"]), got


@check("X-12", "no shared answer: a POST is never answered from the cache", (TILOCA,),
       proxy=MEMBERS)
def post(case):
    twice(case, {"method": POST, "payload": b"x"}, {"method": POST, "payload": b"x"})


@check("X-13", "what is kept is not for clients that may not ask", (TILOCA,), proxy=MEMBERS)
def forbidden(case):
    rounds(case, one_and_two())
    fill(case)
    stranger = case.client("10.78.200")
    case.response(case.ask(ms=1, client=stranger), "4.01", client=stranger)
    m = case.response(case.ask(ms=None, uri=f"coap://10.78.0.1/{case.name}", client=stranger),
                      "4.01 5.05 4.03", client=stranger)
    assert b"one" not in m.payload, m


@check("C-30", "ETags 01 and 0001 are two", (TILOCA,))
def etags(case):
    case.play = lambda heard: [Answer("F1", b"v", options=[(ETAG, b"\1"), MINUTE])] \
        if heard.message.one(ETAG) is None else \
        [Answer("F1", status="2.03", options=[(ETAG, heard.message.one(ETAG)), MINUTE])]
    uri = f"coap://10.78.0.1/{case.name}"
    case.response(case.ask(ms=None, uri=uri), "2.05")
    m = case.response(case.ask(ms=None, uri=uri, options=[(ETAG, b"\0\1")]), "2.05 2.03")
    assert m.status == "2.05" or m.one(ETAG) == b"\0\1" and len(case.requests()) == 2, m
    m = case.response(case.ask(ms=None, uri=uri, options=[(ETAG, b"\1")]), "2.03")
    assert m.one(ETAG) == b"\1" and not m.payload, m


@check("P-49", "two clients ask one thing: each gets its own token and all of it", (TILOCA,),
       proxy=MEMBERS)
def two_clients(case):
    rounds(case, one_and_two())
    clients = [case.client(), case.client("10.78.101")]
    for i, client in enumerate(clients):
        case.ask(ms=2, client=client, token=bytes([i, i]))
    for i, client in enumerate(clients):
        assert case.until(lambda c=client: len(c.responses()) == 2)
        assert {m.token for m in client.responses()} == {bytes([i, i])}

