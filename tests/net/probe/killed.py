"""kill -9 in the middle of exchanges: the next process takes over the port, knows nothing of
them, and what is still on its way reaches no client, least of all a wrong one."""
import os
import random
import time

import coap
from bed import Answer, Client
from check import check
from coap import CON, IETF, NON, TILOCA

ROUNDS = int(os.environ.get("PROBE_KILLS", "20"))
WORDS = ("--interface", "lo", "--echo", "off", "--cache", "1M", "--max-per-client", "100",
         "--max-per-minute", "0", "--allow-client", "10.78.100.0/22", "--allow-group",
         "coap://224.0.1.187", "--allow-target", "10.78.0.0/24")


def proxies(bed):
    bed.first = bed.proxy(*WORDS)


def ask(case, client, n):
    """A request whose answer names client and request; half of them in each dialect."""
    case.dialect = (TILOCA, IETF)[n % 2]
    case.ask(ms=5, uri=f"{case.uri}/{client.address[1]}/{n}", token=b"%04d" % (n % 3),
             client=client, mtype=(CON, NON)[n // 2 % 2])


@check("I-9", f"killed {ROUNDS} times: there again at once, no answer to a wrong client",
       (TILOCA,))
def kill(case):
    dice = random.Random(9)
    case.say = lambda line: None
    case.play = lambda heard: [
        Answer(server, b"/".join(heard.message.all(coap.URI_PATH)[1:]),
               after=dice.random() * .8, mtype=(CON, NON)[dice.randrange(2)])
        for server in ("F1", "F2", "F3")] if heard.to == "group" else ()
    process, slowest, whole = case.bed.first, 0, 0
    for n in range(ROUNDS):
        clients = [Client(case, f"10.78.101.{i + 1}") for i in range(10)]
        for i, client in enumerate(clients):
            ask(case, client, n + i)
        time.sleep(dice.random() * .7)
        process.kill()
        process.wait()
        case.bed.proxies.remove(process)
        started = time.monotonic()
        process = case.bed.proxy(*WORDS)
        slowest = max(slowest, time.monotonic() - started)
        late = Client(case, "10.78.101.99")
        ask(case, late, n)
        assert case.until(lambda c=late: len(c.responses()) == 3), "does not work again"
        time.sleep(.3)
        for client in clients + [late]:
            own = b"%d/" % client.address[1]
            for m in client.responses():
                assert m.payload.startswith(own) or m.code >= 0x80, f"{client.address}: {m}"
        whole += sum(len(c.responses()) for c in clients)
    assert slowest < 5, f"took {slowest:.1f} s to come back"
    assert 0 < whole < ROUNDS * 30, f"{whole} answers: nothing was interrupted"
