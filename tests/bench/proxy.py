"""The part of the bench that is about gcoap-proxy, beside a relay that only rewrites headers."""
import json
import os
import re
import statistics
import subprocess

CLIENTS, SERVERS, PEERS = 1000, 50, 20000
GROUP = "coap://224.0.1.187"
SERVER = "coap://127.77.0.1/t"


class Relay:
    """A program that prints its port in its first line, while the block runs, and its costs."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.port = re.search(r"ready.*?(\d+)\s*$", self.process.stdout.readline())[1]
        return self

    def read(self, name):
        with open(f"/proc/{self.process.pid}/{name}", encoding="ascii") as f:
            return f.read()

    def cpu_us(self):
        return int(self.read("schedstat").split()[0]) / 1000

    def rss_kib(self):
        return int(re.search(r"VmHWM:\s*(\d+)", self.read("status"))[1])

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def raw(bench, *options):
    return Relay([bench.tool("rawrelay"), *options])


def proxy(bench, *options):
    return Relay([os.path.join(bench.build, "bin", "gcoap-proxy"), "--config", "none",
                  "--listen", "coap://127.0.0.1:0", "--allow-client", "127.0.0.0/8",
                  "--allow-group", GROUP, "--allow-target", "127.77.0.0/16", "-i", "lo",
                  "--max-per-minute", "0", *options])


def load(bench, relay, tool, *options):
    """What the client says, with what it cost the relay."""
    before = relay.cpu_us()
    done = subprocess.run([bench.tool(tool), "-p", relay.port, *options],
                          stdout=subprocess.PIPE, text=True, check=False)
    found = json.loads(done.stdout)
    return found | {"cpu_us": relay.cpu_us() - before, "rss_kib": relay.rss_kib()}


def ping(bench, relay, window, ms, *options):
    return load(bench, relay, "rawping", "-P", SERVER, "-w", str(window), "-t", str(ms),
                *options)


def fan(bench, group):
    rounds = 1 if bench.short else 5
    whole = CLIENTS * SERVERS
    bench.say(f"## {CLIENTS:,} clients at once, each asks a group of {SERVERS} through a proxy")
    bench.say()
    bench.say("| relay | answers | CPU a message, us | p99 of an answer, ms | peak RSS, MiB |")
    bench.say("|---|---|---|---|---|")
    runs = {"bare relay": [], "gcoap-proxy": []}
    with group("-l", "1"):
        for _ in range(rounds):
            for name, start in (("bare relay", raw), ("gcoap-proxy", proxy)):
                with start(bench) as relay:
                    runs[name].append(load(bench, relay, "fanload"))
    messages = 2 * (whole + CLIENTS)
    for name, found in runs.items():
        cpu = statistics.median(r["cpu_us"] for r in found) / messages
        p99 = statistics.median(r["p99_us"] for r in found) / 1000
        bench.say(f"| {name} | {min(r['answers'] for r in found)} | {cpu:.2f} | {p99:.0f} | "
                  f"{max(r['rss_kib'] for r in found) / 1024:.1f} |")
    bench.say()
    bench.data["fan"] = runs
    mine = runs["gcoap-proxy"]
    bench.judge(f"{whole:,} of {whole:,} answers relayed in every run, none twice",
                all(r["answers"] == whole and not r["twice"] + r["errors"] for r in mine),
                [r["answers"] for r in mine])
    bench.judge("no answer to a wrong client", not any(r["wrong"] for r in mine),
                sum(r["wrong"] for r in mine))
    rss = max(r["rss_kib"] for r in mine) / 1024
    bench.judge("peak RSS at most 192 MiB", rss <= 192, f"{rss:.1f} MiB")
    pairs = list(zip(mine, runs["bare relay"]))
    bench.target("CPU of a relayed message against the bare relay",
                 statistics.median(a["cpu_us"] / b["cpu_us"] for a, b in pairs), 3, "%.2f")
    bench.target("added p99 of an answer, ms",
                 statistics.median(a["p99_us"] - b["p99_us"] for a, b in pairs) / 1000, 100,
                 "%.0f")


def single(bench, group):
    """GETs to one server: straight, through either relay, out of the cache."""
    ms = 500 if bench.short else 2000
    bench.say()
    bench.say("## GETs to one server")
    bench.say()
    bench.say("| way | outstanding | a second | p50, us | p99, us | CPU of a GET, us |")
    bench.say("|---|---|---|---|---|---|")
    rows = {}
    with group():
        for name, start, window in (
                ("straight", None, 1),
                ("gcoap-proxy", lambda: proxy(bench, "--cache", "off"), 1),
                ("bare relay", lambda: raw(bench, "-t", "127.77.0.1"), 64),
                ("gcoap-proxy", lambda: proxy(bench, "--cache", "off"), 64),
                ("gcoap-proxy, cached", lambda: proxy(bench), 64)):
            if start:
                with start() as relay:
                    found = ping(bench, relay, window, ms)
                cpu = f"{found['cpu_us'] / max(found['good'], 1):.2f}"
            else:
                out = subprocess.run([bench.tool("rawping"), "-a", "127.77.0.1", "-p", "5683",
                                      "-t", str(ms)], stdout=subprocess.PIPE, check=True)
                found, cpu = json.loads(out.stdout), "-"
            rows[name, window] = found
            bench.say(f"| {name} | {window} | {found['per_s']:,} | {found['p50_us']:.0f} | "
                      f"{found['p99_us']:.0f} | {cpu} |")
    bench.say()
    bench.data["single"] = [{"way": way, "outstanding": n} | r for (way, n), r in rows.items()]
    bench.judge("every GET was answered with 2.05",
                not any(r["bad"] + r["lost"] for r in rows.values()),
                sum(r["bad"] + r["lost"] for r in rows.values()))
    bench.target("added p99 of a GET, ms",
                 (rows["gcoap-proxy", 1]["p99_us"] - rows["straight", 1]["p99_us"]) / 1000, 2,
                 "%.2f")
    cached = rows["gcoap-proxy, cached", 64]
    bench.target("time between cached GETs, us (20,000 a second on one core)",
                 1e6 / max(cached["per_s"], 1), 50, "%.1f")
    bench.target("p99 of a cached GET, ms", cached["p99_us"] / 1000, 2, "%.2f")


def strangers(bench):
    """Endpoints that were never seen before must prove their address first."""
    bench.say()
    bench.say(f"## {PEERS:,} new clients, one after the other")
    bench.say()
    for name, options in (("refused", []), ("that prove their address", ["-e"])):
        with proxy(bench, "--echo", "on") as relay:
            before = relay.rss_kib()
            found = load(bench, relay, "newpeers", "-n", str(PEERS), *options)
        bench.data.setdefault("strangers", []).append(found)
        bench.judge(f"{name}: {PEERS:,} challenged",
                    found["challenged"] == PEERS and not found["silent"] and
                    found["served"] == (PEERS if options else 0), found["challenged"])
        grown = (found["rss_kib"] - before) / 1024
        bench.judge(f"{name}: RSS grows by 8 MiB at most", grown <= 8, f"{grown:.1f} MiB")
        bench.target(f"{name}: CPU, ms", found["cpu_us"] / 1000, 500, "%.0f")


def cache(bench):
    """The cache alone, without a network."""
    n = 20000 if bench.short else 100000
    bench.say()
    bench.say(f"## {n:,} responses of 64 bytes in the cache")
    bench.say()
    done = subprocess.run([bench.tool("cache"), str(n)], stdout=subprocess.PIPE, check=False)
    found = json.loads(done.stdout)
    bench.data["cache"] = found
    bench.judge("all of them are kept", found["entries"] == n, found["entries"])
    limit = 96 * n / 100000
    bench.judge(f"RSS at most {limit:.0f} MiB", found["rss_mib"] <= limit,
                f"{found['rss_mib']:.1f} MiB")
    bench.say(f"- a look-up: {found['lookup_few_ns']} ns among 1,000, {found['lookup_all_ns']} ns "
              f"among all; a request: {found['request_few_ns']} ns and "
              f"{found['request_all_ns']} ns; to store one: {found['store_ns']} ns")
    bench.target("a request among all against one among 1,000",
                 found["request_all_ns"] / found["request_few_ns"], 2, "%.2f")
    bench.target("longest sweep of what is stale, ms", found["sweep_ms"], 5, "%.2f")


def run(bench, group):
    """@group: a function that makes a rawgroup of SERVERS, with more options."""
    bench.say()
    bench.say("# gcoap-proxy")
    bench.say()
    fan(bench, group)
    single(bench, group)
    strangers(bench)
    cache(bench)
