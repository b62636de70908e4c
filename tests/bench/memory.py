"""What a server of the group costs in memory, whether it answers or not."""
import statistics

from programs import Group

TITLE = "peak memory at 10, 1,000 and 10,000 servers, answering and silent"
SIZES = (10, 1000, 10000)
AS = {"-qq": ["-qq"], "--json": ["--json"], "(table)": []}


def each(runs, few, many, servers):
    """Bytes of a server, round by round."""
    return [(b - a) * 1024 / servers for a, b in zip(runs[few], runs[many])]


def show(bench, runs, unit="servers"):
    bench.table(["output", *(f"{n:,} {unit}, MiB" for n in SIZES), "of one more, bytes"],
                [[name, *(f"{statistics.median(rss[n]) / 1024:.2f}" for n in SIZES),
                  f"{statistics.median(each(rss, 1000, 10000, 9000)):.0f}"]
                 for name, rss in runs.items()])
    for name, rss in runs.items():
        for n in SIZES:
            bench.figure("peak RSS", rss[n], "KiB", tool=f"gcoap-get {name}",
                         case=f"{n:,} {unit}")


def answering(bench, rounds):
    bench.section("Memory with servers that answer",
                  "Peak RSS of a process that collects a burst of 32 bytes from each; what one "
                  "more costs is told by 1,000 and 10,000.")
    runs, whole = {name: {n: [] for n in SIZES} for name in AS}, []
    for n in SIZES:
        with Group(bench, n, "-q"):
            for _ in range(rounds):
                for name, options in AS.items():
                    cost = bench.measure(bench.gcoap(*options, "-n", str(n), "-t", "5s"), "-f")
                    runs[name][n].append(cost["rss_kib"])
                    whole.append(not bench.room_for(n) or cost["status"] == 0)
    show(bench, runs)
    bench.judge("all answers came in every run", all(whole),
                f"{len(whole)} runs")
    for name, rss in runs.items():
        bench.figure("memory of a server that answers", each(rss, 1000, 10000, 9000), "bytes",
                     tool=f"gcoap-get {name}", **({} if name == "(table)" else {"at_most": 128}))


def silent(bench, rounds):
    """Nobody is there: so many are expected, or so many are named."""
    bench.section("Memory with servers that are silent",
                  "Expected by number (-n), or by name (--expect-from), whose list and report "
                  "are held.")
    runs = {"-n": {n: [] for n in SIZES}, "--expect-from": {n: [] for n in SIZES}}
    for n in SIZES:
        names = ",".join(f"10.9.{i >> 8}.{i & 255}" for i in range(n))
        for _ in range(rounds):
            for name, value in (("-n", str(n)), ("--expect-from", names)):
                cost = bench.measure(bench.gcoap("-qq", name, value, "-t", "50ms"), "-f")
                runs[name][n].append(cost["rss_kib"])
    show(bench, runs, "silent")
    # None at all; a page or two come and go with each run
    bench.figure("memory of a silent server", each(runs["-n"], 1000, 10000, 9000), "bytes",
                 tool="gcoap-get -n", at_most=4)
    bench.figure("memory of a silent server", each(runs["--expect-from"], 1000, 10000, 9000),
                 "bytes", tool="gcoap-get --expect-from")


def run(bench):
    rounds = 1 if bench.short else 7
    answering(bench, rounds)
    silent(bench, rounds)
