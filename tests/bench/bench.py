#!/usr/bin/python3
"""Figures of gcoap-get beside a bare collector and Debian's coap-client, and of gcoap-proxy
beside a bare relay, in one run.

    tests/bench/bench.py --build build [--short]

Everything happens on the loopback of a network namespace of its own. Counts are judged and
decide the exit status; times and costs are reported with their targets and decide nothing.
Writes BUILD/bench/bench.md and bench.json and ends in "bench: N passed, N failed".
"""
import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import time

import proxy

GROUP = "coap://224.0.1.187/t"
ONE = "coap://127.77.0.1/t"


class Bench:
    def __init__(self, build, short):
        self.build = os.path.abspath(build)
        self.dir = os.path.join(self.build, "bench")
        self.out = os.path.join(self.dir, "stdout")
        self.short = short
        self.passed = self.failed = 0
        self.lines = []
        self.data = {}

    def tool(self, name):
        return os.path.join(self.dir, name)

    def gcoap(self, *options, target=GROUP):
        where = ["-i", "lo"] if target == GROUP else []
        return [os.path.join(self.build, "bin", "gcoap-get"), "--config", "none", *where,
                *options, target]

    def say(self, line=""):
        print(line, flush=True)
        self.lines.append(line)

    def judge(self, what, ok, seen):
        self.passed += ok
        self.failed += not ok
        self.say(f"- {'ok' if ok else 'FAILED'}: {what} ({seen})")

    def target(self, what, value, limit, form):
        met = "met" if value <= limit else "not met"
        self.data.setdefault("targets", []).append(
            {"what": what, "value": value, "limit": limit, "met": value <= limit})
        self.say(f"- target {met}: {what}: {form % value}, at most {form % limit}")

    def measure(self, command, runs=1):
        """Cost of each run, and the standard output of the last."""
        done = subprocess.run([self.tool("measure"), "-r", str(runs), self.out, *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        costs = [json.loads(line) for line in done.stdout.splitlines()]
        for cost in costs:
            cost["cpu_us"] = cost["user_us"] + cost["sys_us"]
        with open(self.out, encoding="utf-8", errors="replace") as f:
            return costs, f.read()


class Group:
    """rawgroup while the block runs."""

    def __init__(self, bench, servers, *options):
        self.command = [bench.tool("rawgroup"), "-n", str(servers), *options]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"
        return self

    def sent(self):
        return int(self.process.stdout.readline().split()[1])

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def summary_of(text):
    """Distinct servers and the summary of JSON Lines."""
    records = [json.loads(line) for line in text.splitlines()]
    servers = {r["server"] for r in records if r["type"] == "response"}
    summaries = [r for r in records if r["type"] == "summary"]
    return len(servers), summaries[-1] if summaries else {}


def rows_of(text):
    return len(set(re.findall(r"127\.77\.\d+\.\d+(?=:5683\s)", text)))


def tools(bench, n):
    """Name, command, and how many answered as its output tells."""
    wait = "2" if n >= 10000 else "1"
    return [
        ("bare, poll + recvmmsg", [bench.tool("rawcollect"), "-n", str(n)],
         lambda out: int(out.split()[0])),
        ("bare, gathering 200 us", [bench.tool("rawcollect"), "-g", "200", "-n", str(n)],
         lambda out: int(out.split()[0])),
        ("gcoap-get -qq", bench.gcoap("-qq", "-n", str(n), "-t", "5s"), None),
        ("gcoap-get --json", bench.gcoap("--json", "-n", str(n), "-t", "5s"),
         lambda out: summary_of(out)[0]),
        ("gcoap-get (table)", bench.gcoap("-n", str(n), "-t", "5s"), rows_of),
        ("coap-client-notls",
         ["coap-client-notls", "-N", "-B", wait, "-a", "127.0.0.1", GROUP],
         lambda out: len(set(re.findall(r"server-\d{5}", out)))),
    ]


def cost_table(bench):
    """Answers, CPU an answer and memory, all tools in turn in each round."""
    rounds = 2 if bench.short else 7
    sizes = (10, 1000) if bench.short else (10, 100, 1000, 10000)
    startup = {}
    bench.say("## One burst of N answers (32 bytes each)")
    bench.say()
    bench.say("CPU of a run is user and system time of the whole process. Of an answer: the same "
              "less a run with one server, where that is more than noise; ratio: the median over "
              "pairs with the bare collector.")
    for n in (1, *sizes):
        runs = {name: [] for name, _, _ in tools(bench, n)}
        with Group(bench, n) as group:
            for _ in range(rounds):
                for name, command, count in tools(bench, n):
                    costs, out = bench.measure(command)
                    group.sent()
                    cost = costs[0]
                    cost["answered"] = (count(out) if count else
                                        n if cost["status"] == 0 else None)
                    runs[name].append(cost)
        if n == 1:
            startup = {name: statistics.median(c["cpu_us"] for c in costs)
                       for name, costs in runs.items()}
            continue
        cost_rows(bench, n, runs, startup)


def cost_rows(bench, n, runs, startup):
    bench.say()
    bench.say("| N | tool | answered | CPU of a run, ms | of an answer, us | ratio | peak RSS, MiB |")
    bench.say("|---|---|---|---|---|---|---|")
    per_answer = {name: [max(c["cpu_us"] - startup[name], 0) / max((c["answered"] or n) - 1, 1)
                         for c in costs] for name, costs in runs.items()}
    bare = per_answer["bare, poll + recvmmsg"]
    for name, costs in runs.items():
        pairs = [mine / base for mine, base in zip(per_answer[name], bare) if base > 0]
        answered = sorted(-1 if c["answered"] is None else c["answered"] for c in costs)
        shown = (str(answered[0]) if answered[0] == answered[-1]
                 else f"{answered[0]}-{answered[-1]}").replace("-1", "?")
        row = {"n": n, "tool": name, "answered": answered,
               "run_ms": statistics.median(c["cpu_us"] for c in costs) / 1000,
               "answer_us": statistics.median(per_answer[name]),
               "ratio": statistics.median(pairs) if pairs else None,
               "rss_kib": max(c["rss_kib"] for c in costs)}
        bench.data.setdefault("burst", []).append(row)
        answer = f"{row['answer_us']:.2f} | {row['ratio']:.2f}" if n >= 1000 and pairs else "- | -"
        bench.say(f"| {n} | {name} | {shown} | {row['run_ms']:.1f} | {answer} | "
                  f"{row['rss_kib'] / 1024:.1f} |")
    bench.say()
    for name in ("gcoap-get --json", "gcoap-get (table)"):
        counts = [c["answered"] for c in runs[name]]
        bench.judge(f"{name}: {n} of {n} in every run", counts == [n] * len(counts), counts)
    statuses = [c["status"] for c in runs["gcoap-get -qq"]]
    bench.judge(f"gcoap-get -qq: exit 0 with {n} servers", set(statuses) == {0}, statuses)
    if n == 10000:
        for name, limit in (("gcoap-get -qq", 1.5), ("gcoap-get --json", 4)):
            pairs = [mine / base for mine, base in zip(per_answer[name], bare) if base > 0]
            bench.target(f"CPU of {name} against the bare collector",
                         statistics.median(pairs), limit, "%.2f")


def bursts(bench):
    runs = 5 if bench.short else 20
    bench.say()
    bench.say(f"## {runs} bursts of 1,000")
    bench.say()
    whole = []
    with Group(bench, 1000) as group:
        for _ in range(runs):
            _, out = bench.measure(bench.gcoap("--json", "-n", "1000", "-t", "5s"))
            group.sent()
            whole.append(summary_of(out)[0])
    bench.judge(f"1,000 of 1,000 in {runs} of {runs} runs", whole == [1000] * runs,
                f"{whole.count(1000)} whole")
    bench.data["bursts"] = whole


def stopped(bench):
    """12,000 answers of 1 KiB while the client is stopped: the buffer cannot hold them."""
    bench.say()
    bench.say("## A receive buffer that is too small")
    bench.say()
    with Group(bench, 12000, "-s", "1024", "-d", "400") as group:
        command = [bench.tool("measure"), bench.out,
                   *bench.gcoap("--json", "-t", "4s")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   text=True)
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
    bench.data["stopped"] = {"sent": sent, "servers": servers, "kernel_drops": drops}


def leisure(bench):
    n, spread = (2000, 1000) if bench.short else (10000, 5000)
    bench.say()
    bench.say(f"## {n} servers over {spread // 1000} s of leisure")
    bench.say()
    with Group(bench, n, "-l", str(spread)) as group:
        for name, options, limit in (("JSON Lines", ["--json"], 16), ("table", [], 48)):
            costs, out = bench.measure(
                bench.gcoap(*options, "-n", str(n), "-t", f"{spread + 3000}ms"))
            group.sent()
            if options:
                servers, last = summary_of(out)
                bench.judge(f"{name}: {n} of {n}, no duplicate",
                            servers == n and last["responses"] == n and
                            last["duplicates"] == 0, servers)
            else:
                servers = rows_of(out)
                bench.judge(f"{name}: {n} of {n}", servers == n, servers)
            rss = costs[0]["rss_kib"] / 1024
            bench.judge(f"{name}: peak RSS at most {limit} MiB", rss <= limit,
                        f"{rss:.1f} MiB")
            bench.data.setdefault("leisure", []).append(
                {"n": n, "as": name, "servers": servers, **costs[0]})


def startup(bench):
    pairs = 20 if bench.short else 200
    bench.say()
    bench.say(f"## Start-up and one unicast GET, {pairs} pairs")
    bench.say()
    wall = {"gcoap-get": [], "coap-client-notls": []}
    status = set()
    with Group(bench, 1):
        for _ in range(pairs):
            for name, command in (("gcoap-get", bench.gcoap("-q", target=ONE)),
                                  ("coap-client-notls", ["coap-client-notls", ONE])):
                costs, _ = bench.measure(command)
                wall[name].append(costs[0]["wall_us"] / 1000)
                if name == "gcoap-get":
                    status.add(costs[0]["status"])
    bench.judge("every unicast GET was answered", status == {0}, f"statuses {sorted(status)}")
    mine, theirs = (statistics.median(wall[name]) for name in wall)
    bench.say(f"- gcoap-get {mine:.2f} ms, coap-client-notls {theirs:.2f} ms (medians)")
    bench.target("start-up and one GET against coap-client",
                 statistics.median(a / b for a, b in zip(*wall.values())), 2, "%.2f")
    bench.data["startup_ms"] = {name: statistics.median(v) for name, v in wall.items()}


def inside(bench):
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    bench.say(f"# gcoap bench, {time.strftime('%Y-%m-%d', time.gmtime())}, "
              f"{os.cpu_count()} processors, Linux {os.uname().release}")
    bench.say()
    cost_table(bench)
    bursts(bench)
    stopped(bench)
    leisure(bench)
    startup(bench)
    proxy.run(bench, lambda *options: Group(bench, proxy.SERVERS, "-q", *options))
    bench.data.update(passed=bench.passed, failed=bench.failed)
    with open(bench.tool("bench.md"), "w", encoding="utf-8") as f:
        f.write("\n".join(bench.lines) + "\n")
    with open(bench.tool("bench.json"), "w", encoding="utf-8") as f:
        json.dump(bench.data, f, indent=1)
    print(f"bench: {bench.passed} passed, {bench.failed} failed")
    return bench.failed > 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside:
        os.execvp("unshare", ["unshare", "-rn", sys.executable, *sys.argv, "--inside"])
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    return inside(Bench(args.build, args.short))


if __name__ == "__main__":
    sys.exit(main())
