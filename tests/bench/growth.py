"""Does an answer cost more when there are more servers?"""
import statistics

from programs import GROUP, Group, on_core

TITLE = "the cost of an answer at 100, 1,000 and 10,000 servers"
MOST = 10000
WHOLE = {"gcoap-get -qq": MOST, "gcoap-get --json": MOST, "gcoap-bench": 10 * MOST}


def asking(bench, tool, servers, times):
    """The command that asks so often, each time until all have answered."""
    if tool == "gcoap-bench":
        return [bench.program(tool), "--config", "none", "-qq", "-i", "lo", "-n", str(servers),
                "-N", str(times), "-r", "max", "-t", "5s", GROUP]
    return bench.gcoap(tool.split()[1], "-n", str(servers), "-t", "5s", "--rounds", str(times),
                       "--interval", "5ms")


def collect(bench, servers, n, rounds):
    """CPU of runs that ask @servers as often as @n of them give all answers, None for those that
    lost some."""
    found = {name: [] for name in WHOLE}
    with Group(bench, servers, "-q", core=bench.server_core):
        for _ in range(rounds):
            for name, whole in WHOLE.items():
                cost = bench.measure(on_core(bench.client_core,
                                             asking(bench, name, servers, whole // n)))
                found[name].append(cost["cpu_us"] if cost["status"] == 0 else None)
    return found


def run(bench):
    rounds = 1 if bench.short else 9
    sizes = (100, 10000) if bench.short else (100, 1000, 10000)
    bench.section("An answer among more servers",
                  f"CPU of {MOST:,} answers, of gcoap-bench {WHOLE['gcoap-bench']:,}, collected in "
                  "as many rounds of one process as it takes, less that of as many rounds with one "
                  "server.")
    answers = {name: {} for name in WHOLE}
    for n in sizes:
        least, all_of_them = (collect(bench, servers, n, rounds) for servers in (1, n))
        for name, whole in WHOLE.items():
            known = [v for v in least[name] if v is not None]
            base = statistics.median(known) if known else 0
            answers[name][n] = [(v - base) / (whole // n) / (n - 1) for v in all_of_them[name]
                                if v is not None]
    bench.table(["tool", *(f"{n:,} servers, us" for n in sizes)],
                [[name, *(f"{statistics.median(v):.2f} ({min(v):.2f}-{max(v):.2f})" if v else "-"
                          for v in by_size.values())] for name, by_size in answers.items()])
    bench.judge("every round with one server was answered", None not in
                [v for values in least.values() for v in values], f"{rounds} runs of each tool")
    for name, by_size in answers.items():
        if not all(by_size.values()):
            bench.skip(name, "answers were lost in each run of a size")
            continue
        for n in sizes[:-1]:
            bench.figure("CPU of an answer", by_size[n], "us", tool=name, case=f"among {n:,}")
        middle = statistics.median(by_size[sizes[0]])
        bench.figure("CPU of an answer", by_size[MOST], "us", tool=name, case=f"among {MOST:,}",
                     peer=f"one among {sizes[0]}", beside=[middle] * len(by_size[MOST]),
                     at_most=1.2)
