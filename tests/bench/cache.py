"""Caches without a network: the proxy's in memory, a client's on disk."""
import json
import statistics
import subprocess

TITLE = "look-ups in the proxy's cache and in a client's"


def runs_of(bench, program, n, rounds):
    found = []
    for _ in range(rounds):
        done = subprocess.run([bench.tool(program), str(n)], stdout=subprocess.PIPE, check=False)
        found.append(json.loads(done.stdout))
    return found


def figures(bench, tool, found, keys):
    """A row and a figure for each key; name and unit are told by @keys."""
    rows = []
    for key, (name, unit) in keys.items():
        values = [r[key] for r in found]
        bench.figure(name, values, unit, tool=tool)
        rows.append([name, f"{statistics.median(values):g} {unit}",
                     f"{min(values):g}-{max(values):g}"])
    bench.table(["", "median", "spread"], rows)


def of_proxy(bench):
    n, rounds = (20000, 1) if bench.short else (100000, 5)
    bench.section(f"{n:,} responses of 64 bytes in the proxy's cache")
    found = runs_of(bench, "cache", n, rounds)
    figures(bench, "proxy's cache", found, {
        "lookup_few_ns": ("look-up among 1,000", "ns"),
        "lookup_all_ns": (f"look-up among {n:,}", "ns"),
        "request_few_ns": ("whole request among 1,000", "ns"),
        "request_all_ns": (f"whole request among {n:,}", "ns"),
        "store_ns": ("store one", "ns")})
    bench.judge("all of them are kept", {r["entries"] for r in found} == {n},
                [r["entries"] for r in found])
    rss, limit = max(r["rss_mib"] for r in found), 96 * n / 100000
    bench.judge(f"RSS at most {limit:.0f} MiB", rss <= limit, f"{rss:.1f} MiB")
    bench.figure(f"request among {n:,}", [r["request_all_ns"] for r in found], "ns",
                 tool="proxy's cache", peer="one among 1,000",
                 beside=[r["request_few_ns"] for r in found], at_most=2)
    bench.figure("longest sweep of what is stale", [r["sweep_ms"] for r in found], "ms",
                 tool="proxy's cache", at_most=5)


def of_client(bench):
    few, many, rounds = (1000, 5000, 1) if bench.short else (1000, 50000, 3)
    bench.section(f"{many:,} answers of 200 bytes in a client's cache on disk")
    small, large = (runs_of(bench, "store", n, rounds) for n in (few, many))
    figures(bench, "client's cache", large, {
        "put_us": ("keep one", "us"), "lookup_us": ("look-up of one", "us"),
        "each_us": ("one of all of a request", "us")})
    bench.judge("all of them are found again", {r["entries"] for r in large} == {many},
                [r["entries"] for r in large])
    bench.figure(f"look-up among {many:,}", [r["lookup_us"] for r in large], "us",
                 tool="client's cache", peer=f"one among {few:,}",
                 beside=[r["lookup_us"] for r in small], at_most=3)


def run(bench):
    of_proxy(bench)
    of_client(bench)
