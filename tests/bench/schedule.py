"""How well gcoap-bench keeps its own time, and what an answer of a group costs it."""
import json
import statistics

from programs import GROUP, Group, Running, missing, on_core

TITLE = "gcoap-bench: sends against their plan, rounds of a group"


def gcoap_bench(bench, target, *options):
    """Its summary, with what it cost."""
    cost = bench.measure(on_core(bench.client_core, [
        bench.program("gcoap-bench"), "--config", "none", "--json", *options, target]))
    records = [json.loads(line) for line in cost["out"].splitlines()]
    return {**cost, **next(r for r in reversed(records) if r["type"] == "summary")}


def at_rates(bench):
    rounds = 1 if bench.short else 5
    bench.section("Sends against their plan",
                  "How far behind its planned time a request leaves, at a bare server on another "
                  "core: latencies count from the planned time.")
    runs = {}
    with Running([bench.tool("rawserve")], bench.server_core) as server:
        for _ in range(rounds):
            for rate in (100, 1000, 10000):
                n = str(min(rate, 5000) // (5 if bench.short else 1))
                found = gcoap_bench(bench, f"coap://127.0.0.1:{server.port}/t", "-N", n, "-r",
                                    str(rate), "-t", "5s")
                found["whole"] = found["answered_rounds"] == found["rounds"] == int(n)
                runs.setdefault(rate, []).append(found)
    rows = []
    for rate, found in runs.items():
        lag = {key: [r["lag_ms"][key] for r in found] for key in ("median", "p99")}
        for key, values in lag.items():
            bench.figure(f"{key} of sends behind their plan", values, "ms", tool="gcoap-bench",
                         case=f"{rate:,} a second")
        rows.append([f"{rate:,}", *(f"{statistics.median(v):.3f}" for v in lag.values())])
    bench.table(["a second", "median, ms", "p99, ms"], rows)
    bench.judge("every planned request was sent and answered",
                all(r["whole"] for found in runs.values() for r in found),
                f"{sum(r['rounds'] for found in runs.values() for r in found):,} requests")


def of_a_group(bench):
    n, times, runs = 1000, 20, []
    bench.section(f"{times} rounds of a group of {n:,}")
    if not bench.room_for(n):
        bench.skip("rounds of a group", "net.core.rmem_max is too small")
        return
    with Group(bench, n, "-q", core=bench.server_core):
        for _ in range(1 if bench.short else 5):
            runs.append(gcoap_bench(bench, GROUP, "-i", "lo", "-n", str(n), "-N", str(times),
                                    "-r", "20", "-t", "5s"))
    cpu = bench.figure("CPU of an answer, with start-up",
                       [r["cpu_us"] / n / times for r in runs], "us", tool="gcoap-bench",
                       case=f"{times} rounds of {n:,}")
    bench.say(f"- {cpu.median:.2f} us of CPU an answer, start-up included")
    bench.judge(f"{times} of {times} rounds are complete in every run",
                all(r["complete_rounds"] == times for r in runs),
                [r["complete_rounds"] for r in runs])


def run(bench):
    if missing(bench.program("gcoap-bench")):
        bench.skip("gcoap-bench", "not built")
        return
    at_rates(bench)
    of_a_group(bench)
