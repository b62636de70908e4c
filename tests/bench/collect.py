"""What it costs to collect the answers of a group: a burst of N, beside bare collectors and
other clients."""
import os
import re
import statistics

from programs import HERE, Group, has_node_coap, missing, on_core, rows_of, summary_of

TITLE = "collecting 10 to 10,000 answers beside a bare collector, libcoap and node-coap"
BARE = "bare collector"
GATHERING = "bare, gathering 200 us"
BIG = 4 << 20


def first_and_last(out):
    """What the bare programs print: distinct servers first, microseconds to the last one last."""
    words = out.split()
    return (int(words[0]), int(words[-1]) / 1000) if words else (0, None)


def from_json(out):
    servers, summary = summary_of(out)
    return servers, summary.get("rtt_ms", {}).get("max")


def collectors(bench, n):
    """Name, command, and what its output tells: how many answered, when the last did."""
    wait = 2 if n >= 10000 else 1
    ms = str(1000 * wait)
    known = [
        (BARE, [bench.tool("rawcollect"), "-n", str(n)], first_and_last),
        (GATHERING, [bench.tool("rawcollect"), "-g", "200", "-n", str(n)],
         first_and_last),
        ("gcoap-get -qq", bench.gcoap("-qq", "-n", str(n), "-t", "5s"), None),
        ("gcoap-get --json", bench.gcoap("--json", "-n", str(n), "-t", "5s"), from_json),
        ("gcoap-get (table)", bench.gcoap("-n", str(n), "-t", "5s"),
         lambda out: (rows_of(out), None)),
        ("libcoap, big buffer",
         [bench.tool("lccollect"), "-n", str(n), "-t", ms, "-b", str(BIG)], first_and_last),
        ("libcoap", [bench.tool("lccollect"), "-n", str(n), "-t", ms], first_and_last),
        ("coap-client", ["coap-client-notls", "-N", "-B", str(wait), "-a", "127.0.0.1",
                         "coap://224.0.1.187/t"],
         lambda out: (len(set(re.findall(r"server-\d{5}", out))), None)),
    ]
    if has_node_coap():
        known += [(name, ["node", os.path.join(HERE, "nodecollect.js"), str(n), str(buffer), ms],
                   first_and_last)
                  for name, buffer in (("node-coap, big buffer", BIG), ("node-coap", 0))]
    return [row for row in known if not missing(row[1][0])]


def collect(bench, n, rounds):
    """Runs of every collector, all in turn in each round."""
    runs = {name: [] for name, _, _ in collectors(bench, n)}
    with Group(bench, n, core=bench.server_core) as group:
        for _ in range(rounds):
            for name, command, read in collectors(bench, n):
                cost = bench.measure(on_core(bench.client_core, command))
                group.sent()
                cost["answered"], cost["last_ms"] = (
                    read(cost["out"]) if read else (n if cost["status"] == 0 else None, None))
                runs[name].append(cost)
    return runs


def per_answer(costs, n, startup):
    return [max(c["cpu_us"] - startup, 0) / max((c["answered"] or n) - 1, 1) for c in costs]


def counted(costs):
    """'1000', '997-1000', or '?' where it cannot be told."""
    answered = [c["answered"] for c in costs]
    if None in answered:
        return "?"
    low, high = min(answered), max(answered)
    return f"{low:,}" if low == high else f"{low:,}-{high:,}"


def limits(n, name):
    if n == 10000 and name == "gcoap-get -qq":
        return {"at_most": 1.5}
    if n == 10000 and name == "gcoap-get --json":
        return {"at_most": 4}
    return {}


def report(bench, n, runs, startup):
    rows, limited = [], []
    case = f"burst of {n:,}"
    answers = {name: per_answer(costs, n, startup[name]) for name, costs in runs.items()}
    for name, costs in runs.items():
        beside = {} if name == BARE else {"peer": BARE, "beside": answers[BARE]}
        last = [c["last_ms"] for c in costs if c["last_ms"] is not None]
        detail = {"tool": name, "case": case}
        bench.figure("answered", [c["answered"] or 0 for c in costs], "", **detail)
        run = bench.figure("CPU of a run", [c["cpu_us"] / 1000 for c in costs], "ms", **detail)
        rss = bench.figure("peak RSS", [c["rss_kib"] for c in costs], "KiB", **detail)
        cells = ["-", "-"]
        if last:
            bench.figure("last answer", last, "ms", **detail)
        if n >= 1000:
            limited.append((answers[name], detail | beside | limits(n, name)))
            cells[0] = f"{statistics.median(answers[name]):.2f}"
            ratios = [a / b for a, b in zip(answers[name], answers[BARE]) if b > 0]
            cells[1] = (f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
                        if ratios else "-")
        rows.append([f"{n:,}", name, counted(costs),
                     f"{statistics.median(last):.1f}" if last else "-",
                     f"{run.median:.1f}", *cells, f"{rss.median / 1024:.1f}"])
    bench.table(["N", "tool", "answered", "last, ms", "CPU of a run, ms", "of an answer, us",
                 "ratio", "peak RSS, MiB"], rows)
    for values, details in limited:
        bench.figure("CPU of an answer", values, "us", **details)
        if details["tool"].startswith("gcoap-get"):
            bench.figure("CPU of an answer", values, "us", tool=details["tool"], case=case,
                         peer=GATHERING, beside=answers[GATHERING])


def judge(bench, n, runs):
    if not bench.room_for(n):
        bench.skip(f"counts of {n:,}", "net.core.rmem_max is too small")
        return
    for name in ("gcoap-get --json", "gcoap-get (table)"):
        counts = [c["answered"] for c in runs[name]]
        bench.judge(f"{name}: {n:,} of {n:,} in every run", counts == [n] * len(counts), counts)
    statuses = [c["status"] for c in runs["gcoap-get -qq"]]
    bench.judge(f"gcoap-get -qq: exit 0 with {n:,} servers", set(statuses) == {0}, statuses)


def run(bench):
    rounds = 1 if bench.short else 7
    sizes = (10, 1000) if bench.short else (10, 100, 1000, 10000)
    bench.section(
        "One burst of N answers",
        "32 bytes each, all tools in turn in each round, on one core, the group on another. CPU "
        "of a run is user and system time of the whole process. Of an answer: the same less a run "
        f"with one server, where that is more than noise; ratio: to the {BARE} of the same round, "
        "median (least-greatest). *Last* is the time from the request to the last new server, "
        "where the tool tells it. Big buffer: 4 MiB asked for.")
    if not has_node_coap():
        bench.skip("node-coap", "no node, or no tests/node_modules (scripts/deps bench)")
    startup = {name: statistics.median(c["cpu_us"] for c in costs)
               for name, costs in collect(bench, 1, 2 * rounds - 1).items()}
    for n in sizes:
        runs = collect(bench, n, rounds)
        report(bench, n, runs, startup)
        judge(bench, n, runs)
        bench.say()
