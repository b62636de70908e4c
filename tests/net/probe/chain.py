"""Chains of proxies: groupcomm-proxy, Section 8. One proxy with a next one that the probe
plays, and three real ones in a row."""
import coap
from bed import Answer
from check import check
from coap import CON, IETF, NON, TILOCA, uint

AHEAD = {TILOCA: ("10.78.50.1", 5683), IETF: ("10.78.50.2", 5683)}
FIRST = {TILOCA: ("10.78.50.11", 5683), IETF: ("10.78.50.21", 5683)}
LOOP = ("10.78.50.31", 5683)
BOTH = ["10.78.0.1:5683", "10.78.0.2:5683"]


def proxies(bed):
    common = ("--interface", "lo", "--echo", "off", "--cache", "off",
              "--allow-client", "10.78.0.0/16", "--allow-client", "127.0.0.0/8",
              "--allow-group", "coap://224.0.1.187", "--allow-target", "10.78.0.0/24")
    for dialect, first in AHEAD.items():
        bed.proxy(*common, "--dialect", dialect.name, "--next-proxy", "coap://10.78.50.99",
                  listen="coap://" + first[0])
    for dialect, (first, _) in FIRST.items():
        for hop in range(3):
            next_ = ("--next-proxy", f"coap://{first[:-1]}{hop + 2}") if hop < 2 else ()
            bed.proxy(*common, "--dialect", dialect.name, *next_,
                      listen=f"coap://{first[:-1]}{hop + 1}")
    for one, other in ((31, 32), (32, 31)):
        bed.proxy(*common, "--next-proxy", f"coap://10.78.50.{other}",
                  "--max-per-client", "100", "--max-per-minute", "0",
                  listen=f"coap://10.78.50.{one}")


def ahead(function):
    """The proxy in front of the probe that speaks the case's dialect."""
    def on(case):
        case.proxy = AHEAD[case.dialect]
        function(case)
    return on


@check("P-38", "the next hop sees 0 < T'' < T' and Proxy-Uri; the origin is left as it is")
@ahead
def shorter(case):
    origin = coap.origin_value(case.dialect, "10.78.0.77", 5690)
    case.serve(Answer("next", b"one", options=[(case.dialect.origin, origin)]), to="next")
    request = case.ask(ms=60)
    m = case.responses(request)[0]
    assert m.all(case.dialect.origin) == [origin] and m.payload == b"one", m
    heard = case.requests("next")[0].message
    assert 0 < heard.number(case.dialect.timeout) < 60, heard
    assert heard.one(coap.PROXY_URI) == case.uri.encode(), heard
    assert heard.token != request.token


@check("P-38", "T' = 0 stays 0 and nothing is relayed")
@ahead
def zero(case):
    case.serve(Answer("next", b"one"), to="next")
    case.ask(ms=0, options=[(coap.NO_RESPONSE, b"\x1a")])
    m = case.group_request(to="next")
    assert m.one(case.dialect.timeout) == b"" and m.one(coap.NO_RESPONSE) == b"\x1a", m
    case.settle(2)
    assert not case.clients[0].responses()


@check("P-38", "several responses of the next hop are all relayed, CONs acknowledged")
@ahead
def several(case):
    options = [[(case.dialect.origin, coap.origin_value(case.dialect, f"10.78.0.{i}", 5683))]
               for i in (1, 2, 2)]
    case.serve(*(Answer("next", b"%d" % i, options=o, after=.3 * i + .1, mtype=CON if i else NON)
                 for i, o in enumerate(options)), to="next")
    got = case.responses(case.ask(ms=10), 3)
    assert case.origins(got) == [BOTH[0], BOTH[1], BOTH[1]]
    assert case.until(lambda: sum(h.message.code == 0 for h in case.heard) >= 2)


@check("P-39", "T' = 1 leaves no time for the next hop: 5.05 with the smallest T'")
@ahead
def too_short(case):
    m = case.response(case.ask(ms=1), "5.05")
    least = m.number(case.dialect.timeout)
    assert least is not None and least > 1, m
    assert not case.requests("next")
    case.serve(Answer("next", b"one"), to="next")
    case.responses(case.ask(ms=least))


@check("P-40", "the next hop wants more than there is: 5.05 with a larger T' goes on")
@ahead
def next_wants_more(case):
    case.serve(Answer("next", b"T' too small", status="5.05", mtype=NON,
                      options=[(case.dialect.timeout, uint(75))]), to="next")
    m = case.response(case.ask(ms=60), "5.05")
    assert m.number(case.dialect.timeout) > 75, m


@check("P-40", "errors of the next hop are relayed")
@ahead
def next_refuses(case):
    case.serve(Answer("next", status="4.01"), to="next")
    case.response(case.ask(ms=60), "4.01")


@check("P-18", "what the next hop sends after T' is not relayed")
@ahead
def late(case):
    case.serve(Answer("next", b"one"), Answer("next", b"late", after=6), to="next")
    request = case.ask(ms=2)
    case.responses(request)
    case.settle(7)
    assert len(case.clients[0].responses()) == 1


@check("P-29", "RST of the client ends it in front of the next hop, too")
@ahead
def reset(case):
    client = case.client()
    client.reset = True
    case.serve(Answer("next", b"one"), Answer("next", b"two", after=3), to="next")
    case.responses(case.ask(ms=20, mtype=NON), 1)
    case.settle(5)
    assert len(client.responses()) == 1


@check("P-38", "three proxies in a row: one multicast, every answer with its server")
def three(case):
    case.proxy = FIRST[case.dialect]
    case.two()
    got = case.responses(case.ask(ms=20), 2)
    assert sorted(case.origins(got)) == BOTH and {m.payload for m in got} == {b"one", b"two"}
    case.settle(1)
    m = case.group_request()
    assert len(case.requests()) == 1
    assert m.mtype == NON and m.one(case.dialect.timeout) is None, m
    assert m.one(coap.PROXY_URI) is None


@check("P-39", "the third of three has no time left: 5.05 comes back with what would do")
def three_too_short(case):
    case.proxy = FIRST[case.dialect]
    case.two()
    m = case.response(case.ask(ms=2), "5.05")
    least = m.number(case.dialect.timeout)
    assert least is not None and 2 < least < 10, m
    for _ in range(3):  # each hop may know only of the one behind it
        got = case.responses(case.ask(ms=least))
        if got[0].status != "5.05":
            break
        least = got[0].number(case.dialect.timeout)
    assert got[0].status == "2.05", got[0]


@check("P-64", "proxies that are each other's next: 5.08, and an end", (TILOCA,), proxy=LOOP)
def loop(case):
    m = case.response(case.ask(ms=60), "5.08")
    assert m.size <= 200, m

