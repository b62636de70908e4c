"""Does an answer cost more when there are more servers?"""
import statistics

from programs import Group, on_core

TITLE = "the cost of an answer at 100, 1,000 and 10,000 servers"
WHOLE = 10000
AS = {"gcoap-get -qq": "-qq", "gcoap-get --json": "--json"}


def collect(bench, servers, times, rounds):
    """CPU of runs that ask so many times, None for those that lost answers."""
    found = {name: [] for name in AS}
    with Group(bench, servers, "-q", core=bench.server_core):
        for _ in range(rounds):
            for name, option in AS.items():
                cost = bench.measure(on_core(bench.client_core, bench.gcoap(
                    option, "-n", str(servers), "-t", "5s", "--rounds", str(times),
                    "--interval", "5ms")))
                found[name].append(cost["cpu_us"] if cost["status"] == 0 else None)
    return found


def run(bench):
    rounds = 1 if bench.short else 9
    sizes = (100, 10000) if bench.short else (100, 1000, 10000)
    bench.section("An answer among more servers",
                  f"CPU of {WHOLE:,} answers, collected in as many rounds of one process as it "
                  "takes, less that of as many rounds with one server.")
    answers = {name: {} for name in AS}
    for n in sizes:
        times = WHOLE // n
        least, all_of_them = (collect(bench, servers, times, rounds) for servers in (1, n))
        for name in AS:
            whole = [v for v in least[name] if v is not None]
            base = statistics.median(whole) if whole else 0
            answers[name][n] = [(v - base) / times / (n - 1) for v in all_of_them[name]
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
        bench.figure("CPU of an answer", by_size[WHOLE], "us", tool=name, case=f"among {WHOLE:,}",
                     peer=f"one among {sizes[0]}", beside=[middle] * len(by_size[WHOLE]),
                     at_most=1.2)
