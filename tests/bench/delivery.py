"""Is everything that was answered shown? Bursts, busy machines, leisure, a small buffer."""
import json
import os
import signal
import statistics
import subprocess
import time

from collect import BARE
from programs import Group, on_core, rows_of, summary_of

TITLE = "whether all answers arrive: bursts, a busy machine, leisure, a buffer too small"


def bursts(bench):
    if not bench.room_for(3000):  # small ones: 1 KiB counts as much as 2.8 of them
        bench.skip("bursts of 1,000", "net.core.rmem_max is too small")
        return
    runs = 4 if bench.short else 20
    bench.section(f"{runs} bursts of 1,000", "32 bytes each, or 1 KiB, or beside two busy loops.")
    whole(bench, "bursts", runs)
    whole(bench, "bursts of 1 KiB each", runs, "-s", "1024")
    busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(2)]
    try:
        whole(bench, "bursts with two busy processes beside", runs)
    finally:
        for process in busy:
            process.kill()
            process.wait()


def whole(bench, name, runs, *options):
    with Group(bench, 1000, *options) as group:
        costs = []
        for _ in range(runs):
            cost = bench.measure(bench.gcoap("--json", "-n", "1000", "-t", "10s"))
            group.sent()
            cost["servers"], summary = summary_of(cost["out"])
            cost["last_ms"] = summary.get("rtt_ms", {}).get("max")
            costs.append(cost)
    counts = [c["servers"] for c in costs]
    details = {"tool": "gcoap-get --json", "case": name}
    bench.figure("answered of 1,000", counts, "", **details)
    last = bench.figure("last answer", [c["last_ms"] or 0 for c in costs], "ms", **details)
    bench.judge(f"{name}: 1,000 of 1,000 in {runs} of {runs} runs", counts == [1000] * runs,
                f"{counts.count(1000)} whole, the last answer after {last.median:.1f} ms")


def stop(pid):
    """Also wait until it has stopped."""
    os.kill(pid, signal.SIGSTOP)
    while True:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            if f.read().rpartition(")")[2].split()[0] == "T":
                return
        time.sleep(.001)


def stopped(bench):
    """12,000 answers of 1 KiB while the client is stopped: the buffer cannot hold them."""
    bench.section("A receive buffer that is too small")
    with Group(bench, 12000, "-s", "1024", "-v", "-w") as group:
        process = subprocess.Popen(
            [bench.tool("measure"), bench.out, *bench.gcoap("--json", "-t", "3s")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        client = int(process.stderr.readline().split()[1])
        group.asked()
        stop(client)
        group.go()
        sent = group.sent()
        os.kill(client, signal.SIGCONT)
        cost = json.loads(process.communicate()[0])
    with open(bench.out, encoding="utf-8") as f:
        servers, last = summary_of(f.read())
    drops = last.get("kernel_drops", -1)
    bench.judge("answers were lost on this host and the exit status is 5",
                cost["status"] == 5 and drops > 0, f"exit {cost['status']}, {drops} dropped")
    bench.judge("shown and dropped are together what was sent", servers + drops == sent,
                f"{servers} + {drops} of {sent}")
    bench.figure("dropped by the kernel and counted", [drops], "", tool="gcoap-get --json",
                 case="stopped, 12,000 answers of 1 KiB")


def leisure(bench):
    """Servers that spread their answers, as they do unless they know better."""
    for n, seconds in ((1000, 1),) if bench.short else ((1000, 1), (10000, 5)):
        bench.section(f"{n:,} servers over {seconds} s of leisure",
                      "CPU of an answer, start-up included, which arrives alone: each wakes up "
                      "who waits for it.")
        runs = spread_answers(bench, n, seconds)
        report_leisure(bench, runs, n, f"{n:,} over {seconds} s")


def spread_answers(bench, n, seconds):
    """Runs of each tool, in turn."""
    tools = {BARE: [bench.tool("rawcollect"), "-n", str(n), "-t", str((seconds + 5) * 1000)]}
    for name, options in (("gcoap-get --json", ["--json"]), ("gcoap-get (table)", [])):
        tools[name] = bench.gcoap(*options, "-n", str(n), "-t", f"{seconds + 5}s")
    runs = {name: [] for name in tools}
    with Group(bench, n, "-l", str(seconds * 1000), core=bench.server_core) as group:
        for _ in range(1 if bench.short else 3):
            for name, command in tools.items():
                cost = bench.measure(on_core(bench.client_core, command))
                group.sent()
                runs[name].append(cost)
    return runs


def report_leisure(bench, runs, n, case):
    cpu = {name: [c["cpu_us"] / n for c in costs] for name, costs in runs.items()}
    bench.table(["tool", "CPU of an answer, us", "peak RSS, MiB"],
                [[name, f"{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f})",
                  f"{max(c['rss_kib'] for c in runs[name]) / 1024:.1f}"]
                 for name, values in cpu.items()])
    for name, values in cpu.items():
        beside = {} if name == BARE else {"peer": BARE, "beside": cpu[BARE]}
        bench.figure("CPU of an answer, with start-up", values, "us", tool=name, case=case,
                     **beside)
    for name, limit in (("gcoap-get --json", 16), ("gcoap-get (table)", 48)):
        for cost in runs[name]:
            judge_leisure(bench, n, name, cost, limit)


def judge_leisure(bench, n, tool, cost, limit):
    if "--json" in tool:
        servers, last = summary_of(cost["out"])
        bench.judge(f"{tool}: {n:,} of {n:,}, no duplicate",
                    servers == n and last["responses"] == n and last["duplicates"] == 0, servers)
    else:
        servers = rows_of(cost["out"])
        bench.judge(f"{tool}: {n:,} of {n:,}", servers == n, servers)
    rss = cost["rss_kib"] / 1024
    bench.judge(f"{tool}: peak RSS at most {limit} MiB", rss <= limit, f"{rss:.1f} MiB")


def run(bench):
    bursts(bench)
    stopped(bench)
    leisure(bench)
