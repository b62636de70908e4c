"""Is everything that was answered shown? Bursts, busy machines, leisure, a small buffer."""
import json
import os
import signal
import subprocess
import time

from programs import Group, rows_of, summary_of

TITLE = "whether all answers arrive: bursts, a busy machine, leisure, a buffer too small"


def bursts(bench):
    runs = 4 if bench.short else 20
    bench.section(f"{runs} bursts of 1,000")
    whole(bench, "bursts", runs)
    busy = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(2)]
    try:
        whole(bench, "bursts with two busy processes beside", runs)
    finally:
        for process in busy:
            process.kill()
            process.wait()


def whole(bench, name, runs):
    with Group(bench, 1000) as group:
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


def stopped(bench):
    """12,000 answers of 1 KiB while the client is stopped: the buffer cannot hold them."""
    bench.section("A receive buffer that is too small")
    with Group(bench, 12000, "-s", "1024", "-d", "300") as group:
        process = subprocess.Popen(
            [bench.tool("measure"), bench.out, *bench.gcoap("--json", "-t", "2s")],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        client = int(process.stderr.readline().split()[1])
        time.sleep(0.2)
        os.kill(client, signal.SIGSTOP)
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
        bench.section(f"{n:,} servers over {seconds} s of leisure")
        with Group(bench, n, "-l", str(seconds * 1000)) as group:
            for name, options, limit in (("--json", ["--json"], 16), ("(table)", [], 48)):
                cost = bench.measure(bench.gcoap(*options, "-n", str(n), "-t",
                                                 f"{seconds + 5}s"))
                group.sent()
                judge_leisure(bench, n, seconds, f"gcoap-get {name}", cost, limit)


def judge_leisure(bench, n, seconds, tool, cost, limit):
    detail = {"tool": tool, "case": f"{n:,} over {seconds} s"}
    if "--json" in tool:
        servers, last = summary_of(cost["out"])
        bench.judge(f"{tool}: {n:,} of {n:,}, no duplicate",
                    servers == n and last["responses"] == n and last["duplicates"] == 0, servers)
    else:
        servers = rows_of(cost["out"])
        bench.judge(f"{tool}: {n:,} of {n:,}", servers == n, servers)
    rss = cost["rss_kib"] / 1024
    bench.judge(f"{tool}: peak RSS at most {limit} MiB", rss <= limit, f"{rss:.1f} MiB")
    cpu = bench.figure("CPU of an answer, with start-up", [cost["cpu_us"] / n], "us", **detail)
    bench.say(f"- {tool}: {cpu.median:.1f} us of CPU an answer, start-up included")


def run(bench):
    bursts(bench)
    stopped(bench)
    leisure(bench)
