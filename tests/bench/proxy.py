"""gcoap-proxy beside a relay that only rewrites headers."""
import json
import os
import statistics
import subprocess

from programs import Group, Running, on_core

TITLE = "gcoap-proxy beside a bare relay"
BARE = "bare relay"
CLIENTS, SERVERS, PEERS = 1000, 50, 20000
GROUP = "coap://224.0.1.187"
SERVER = "coap://127.77.0.1/t"


def raw(bench, *options):
    return Running([bench.tool("rawrelay"), *options], bench.server_core)


def proxy(bench, *options):
    return Running([os.path.join(bench.build, "bin", "gcoap-proxy"), "--config", "none",
                  "--listen", "coap://127.0.0.1:0", "--allow-client", "127.0.0.0/8",
                  "--allow-group", GROUP, "--allow-target", "127.77.0.0/16", "-i", "lo",
                  "--max-per-minute", "0", *options], bench.server_core)


def group(bench, core, *options):
    return Group(bench, SERVERS, "-q", *options, core=core)


def load(bench, relay, core, tool, *options):
    """What the client says, with what it cost the relay."""
    before = relay.cpu_us()
    done = subprocess.run(on_core(core, [bench.tool(tool), "-p", relay.port, *options]),
                          stdout=subprocess.PIPE, text=True, check=False)
    found = json.loads(done.stdout)
    return found | {"relay_cpu_us": relay.cpu_us() - before, "rss_kib": relay.rss_kib()}


def ping(bench, relay, window, ms, *options):
    """With one request outstanding only one end can run at a time: they share a core."""
    core = bench.server_core if window == 1 else bench.client_core
    return load(bench, relay, core, "rawping", "-P", SERVER, "-w", str(window), "-t", str(ms),
                *options)


def fan(bench):
    rounds = 1 if bench.short else 5
    whole = CLIENTS * SERVERS
    bench.section(f"{CLIENTS:,} clients at once, each asks a group of {SERVERS} through a proxy")
    runs = {BARE: [], "gcoap-proxy": []}
    with group(bench, bench.client_core, "-l", "1"):
        for _ in range(rounds):
            for name, start in ((BARE, raw), ("gcoap-proxy", proxy)):
                with start(bench) as relay:
                    runs[name].append(load(bench, relay, bench.client_core, "fanload"))
    cpu = {name: [r["relay_cpu_us"] / (2 * (whole + CLIENTS)) for r in found]
           for name, found in runs.items()}
    bench.table(
        ["relay", "answers", "CPU a message, us", "p99 of an answer, ms", "peak RSS, MiB"],
        [[name, min(r["answers"] for r in found), f"{statistics.median(cpu[name]):.2f}",
          f"{statistics.median(r['p99_us'] for r in found) / 1000:.0f}",
          f"{max(r['rss_kib'] for r in found) / 1024:.1f}"] for name, found in runs.items()])
    judge_fan(bench, runs, cpu, whole)


def judge_fan(bench, runs, cpu, whole):
    mine, case = runs["gcoap-proxy"], f"{CLIENTS:,} clients, {SERVERS} servers"
    bench.judge(f"{whole:,} of {whole:,} answers relayed in every run, none twice",
                all(r["answers"] == whole and not r["twice"] + r["errors"] for r in mine),
                [r["answers"] for r in mine])
    bench.judge("no answer to a wrong client", not any(r["wrong"] for r in mine),
                sum(r["wrong"] for r in mine))
    rss = max(r["rss_kib"] for r in mine) / 1024
    bench.judge("peak RSS at most 192 MiB", rss <= 192, f"{rss:.1f} MiB")
    bench.figure("CPU of a relayed message", cpu[BARE], "us", tool=BARE, case=case)
    bench.figure("CPU of a relayed message", cpu["gcoap-proxy"], "us", tool="gcoap-proxy",
                 case=case, peer=BARE, beside=cpu[BARE], at_most=3)
    bench.figure("added p99 of an answer",
                 [(a["p99_us"] - b["p99_us"]) / 1000 for a, b in zip(mine, runs[BARE])], "ms",
                 tool="gcoap-proxy", case=case, at_most=100)
    bench.figure("peak RSS", [r["rss_kib"] for r in mine], "KiB", tool="gcoap-proxy", case=case)


def ways(bench):
    """Name, the relay, and how many requests are outstanding."""
    return (("straight", None, 1),
            ("gcoap-proxy", lambda: proxy(bench, "--cache", "off"), 1),
            (BARE, lambda: raw(bench, "-t", "127.77.0.1"), 64),
            ("gcoap-proxy", lambda: proxy(bench, "--cache", "off"), 64),
            ("gcoap-proxy, cached", lambda: proxy(bench), 64))


def straight(bench, ms):
    command = [bench.tool("rawping"), "-a", "127.77.0.1", "-p", "5683", "-t", str(ms)]
    out = subprocess.run(on_core(bench.server_core, command), stdout=subprocess.PIPE, check=True)
    return json.loads(out.stdout)


def one_way(bench, start, window, ms):
    if not start:
        return straight(bench, ms) | {"relay_us": 0}
    with start() as relay:
        found = ping(bench, relay, window, ms)
    found["relay_us"] = found["relay_cpu_us"] / max(found["good"], 1)
    return found


def single(bench):
    """GETs to one server: straight, through either relay, out of the cache."""
    ms, rounds = (300, 1) if bench.short else (1000, 5)
    bench.section("GETs to one server", "With 64 outstanding the relay has a core of its own.")
    runs = {(name, window): [] for name, _, window in ways(bench)}
    for _ in range(rounds):
        for name, start, window in ways(bench):
            core = bench.server_core if window == 1 else bench.client_core
            with group(bench, core):
                runs[name, window].append(one_way(bench, start, window, ms))
    rows = []
    for (name, window), found in runs.items():
        middle = {key: statistics.median(r[key] for r in found)
                  for key in ("per_s", "p50_us", "p99_us", "relay_us")}
        rows.append([name, window, f"{middle['per_s']:,.0f}", f"{middle['p50_us']:.0f}",
                     f"{middle['p99_us']:.0f}",
                     f"{middle['relay_us']:.2f}" if middle["relay_us"] else "-"])
    bench.table(["way", "outstanding", "a second", "p50, us", "p99, us", "relay's CPU a GET, us"],
                rows)
    judge_single(bench, runs)


def judge_single(bench, runs):
    bad = sum(r["bad"] + r["lost"] for found in runs.values() for r in found)
    bench.judge("every GET was answered with 2.05", not bad, bad)
    for (name, window), found in runs.items():
        beside = {}
        if window == 64 and name != BARE:
            beside = {"peer": BARE, "beside": [r["per_s"] for r in runs[BARE, 64]]}
        bench.figure("GETs", [r["per_s"] for r in found], "a second", tool=name,
                     case=f"{window} outstanding", **beside)
    bench.figure("CPU of a relayed GET",
                 [r["relay_us"] for r in runs["gcoap-proxy", 64]], "us", tool="gcoap-proxy",
                 case="64 outstanding", peer=BARE,
                 beside=[r["relay_us"] for r in runs[BARE, 64]])
    cached = runs["gcoap-proxy, cached", 64]
    bench.figure("added p99 of a GET",
                 [(a["p99_us"] - b["p99_us"]) / 1000 for a, b in
                  zip(runs["gcoap-proxy", 1], runs["straight", 1])], "ms", tool="gcoap-proxy",
                 case="1 outstanding", at_most=2)
    bench.figure("answers from the cache", [r["per_s"] for r in cached], "a second",
                 tool="gcoap-proxy", case="64 outstanding", at_least=20000)
    bench.figure("p99 of a cached GET", [r["p99_us"] / 1000 for r in cached], "ms",
                 tool="gcoap-proxy", case="64 outstanding", at_most=2)


def strangers(bench):
    """Endpoints that were never seen before must prove their address first."""
    bench.section(f"{PEERS:,} new clients, one after the other")
    for name, options in (("refused", []), ("that prove their address", ["-e"])):
        with proxy(bench, "--echo", "on") as relay:
            before = relay.rss_kib()
            found = load(bench, relay, bench.server_core, "newpeers",
                         "-n", str(PEERS), *options)
        bench.judge(f"{name}: {PEERS:,} challenged",
                    found["challenged"] == PEERS and not found["silent"] and
                    found["served"] == (PEERS if options else 0), found["challenged"])
        grown = (found["rss_kib"] - before) / 1024
        bench.judge(f"{name}: RSS grows by 8 MiB at most", grown <= 8, f"{grown:.1f} MiB")
        bench.figure("CPU of new clients", [found["relay_cpu_us"] / 1000], "ms",
                     tool="gcoap-proxy", case=f"{PEERS:,} {name}", at_most=500)


def run(bench):
    fan(bench)
    single(bench)
    strangers(bench)
