"""Observation through the proxy: groupcomm-proxy, Section 5.4.2; RFC 7641."""
import coap
from bed import Answer
from check import check
from coap import ACK, CON, GET, NON, OBSERVE, RST

BOTH = ["10.78.0.1:5683", "10.78.0.2:5683"]


def proxies(bed):
    bed.proxy("--interface", "lo", "--echo", "off", "--cache", "off",
              "--allow-client", "10.78.100.0/22", "--allow-group", "coap://224.0.1.187")


def noted(server, n, after=.05, **kw):
    """A notification, the @n-th of its server."""
    return Answer(server, b"%s %d" % (server.encode(), n), after,
                  options=[(OBSERVE, coap.uint(n))], **kw)


def register(case, ms=2, client=None, token=None, value=b"", **kw):
    return case.ask(ms=ms, client=client, token=token, options=[(OBSERVE, value)], **kw)


def observed(case, *later):
    """Servers that register who asks with Observe 0, notify @later, and forget with 1."""
    case.play = lambda heard: (noted("F1", 1), noted("F2", 1), *later) \
        if heard.to == "group" and heard.message.one(OBSERVE) == b"" else ()


def deregistered(case):
    return [h for h in case.requests() if h.message.one(OBSERVE) == b"\1"]


@check("P-43", "notifications after T' are relayed with origin and Observe")
def after_the_deadline(case):
    observed(case, noted("F1", 2, 5), noted("F2", 2, 5.2), noted("F2", 3, 5.5, mtype=CON))
    request = register(case)
    got = case.responses(request, 5, 15)
    assert case.group_request().one(OBSERVE) == b"", case.requests()[0]
    assert {(o, m.payload) for o, m in zip(case.origins(got), got)} == {
        (BOTH[0], b"F1 1"), (BOTH[1], b"F2 1"), (BOTH[0], b"F1 2"), (BOTH[1], b"F2 2"),
        (BOTH[1], b"F2 3")}
    for name in (b"F1", b"F2"):
        numbers = [m.number(OBSERVE) for m in got if m.payload.startswith(name)]
        assert None not in numbers and numbers == sorted(set(numbers)), numbers
    assert case.until(lambda: any(h.message.mtype == ACK for h in case.heard)), \
        "the server's CON was not acknowledged"


@check("P-44", "without Observe in the answers the token is closed at T'")
def not_accepted(case):
    case.serve(Answer("F1", b"one"), noted("F2", 7, 6))
    request = register(case)
    m = case.responses(request)[0]
    assert m.one(OBSERVE) is None, m
    case.settle(7)
    assert len(case.clients[0].responses()) == 1, "relayed after T'"


@check("P-43", "an error instead of a notification is relayed, with its origin")
def ends_with_an_error(case):
    observed(case, Answer("F1", b"gone", 4, status="4.04"), noted("F2", 2, 4.5))
    got = case.responses(register(case), 4, 15)
    assert dict(zip(case.origins(got), got))[BOTH[0]].status == "4.04"


@check("P-45", "RST to a notification: no more of them, and the servers are told")
def lost_interest(case):
    observed(case, noted("F1", 2, 4), noted("F2", 2, 6), noted("F1", 3, 8, mtype=CON),
             noted("F2", 3, 8, mtype=CON))
    client = case.client()
    register(case)
    assert case.until(lambda: len(client.responses()) >= 2)
    client.reset = True
    assert case.until(lambda: len(client.responses()) >= 3), "no notification"
    assert case.until(lambda: deregistered(case) or
                      any(h.message.mtype == RST for h in case.heard), 12), "nobody was told"
    case.settle(3)
    assert len(client.responses()) == 3, "more after the RST"


@check("P-45", "the client's cancellation is forwarded to the group when nobody is left")
def cancelled(case):
    observed(case, noted("F1", 2, 6))
    request = register(case, ms=2)
    case.responses(request, 2)
    case.settle(3)
    register(case, token=request.token, value=b"\1")
    assert case.until(lambda: deregistered(case)), "not cancelled at the group"
    m = deregistered(case)[0].message
    assert m.token == case.requests()[0].message.token and m.code == GET, m
    case.settle(5)
    assert all(m.payload != b"F1 2" for m in case.clients[0].responses())


@check("P-43", "several clients, one registration; the newcomer gets what is fresh")
def shared(case):
    observed(case, noted("F1", 2, 6), noted("F2", 2, 6))
    one, two = case.client(), case.client("10.78.101")
    first = register(case, client=one)
    case.responses(first, 2, client=one)
    case.settle(3)
    second = register(case, client=two)
    got = case.responses(second, 2, client=two)
    assert sorted(case.origins(got)) == BOTH, got
    assert case.until(lambda: len(one.responses()) >= 4 and len(two.responses()) >= 4), \
        "a notification did not reach both"
    upstream = {h.message.token for h in case.requests() if h.message.one(OBSERVE) == b""}
    assert len(upstream) == 1, "registered twice"
    register(case, client=one, token=first.token, value=b"\1")
    case.settle(1.5)
    assert not deregistered(case), "cancelled although a client is left"
    register(case, client=two, token=second.token, value=b"\1")
    assert case.until(lambda: deregistered(case)), "not cancelled after the last one"


@check("P-43", "a repeat of the registration is no reuse of the token")
def repeated(case):
    observed(case, noted("F1", 2, 5))
    request = register(case)
    case.responses(request, 2)
    register(case, token=request.token)
    assert case.until(lambda: any(m.payload == b"F1 2" for m in case.clients[0].responses()))
    assert all(m.status == "2.05" for m in case.clients[0].responses())

@check("P-46", "among many notifications one is confirmable; who acknowledges it hears on")
def asked_whether_it_listens(case):
    observed(case, *(noted("F1", n, 2 + n / 10) for n in range(2, 27)))
    got = case.responses(register(case, mtype=NON), 27, 20)
    kinds = [m.mtype for m in got]
    assert CON in kinds and kinds.index(CON) < 24, kinds
    assert kinds.count(NON) >= 20, kinds
