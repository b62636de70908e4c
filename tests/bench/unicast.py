"""Requests a second to one server: gcoap-bench beside a bare ping-pong, libcoap's client and
node-coap."""
import json
import os
import re
import statistics

from programs import HERE, Running, Server, has_node_coap, missing, on_core

TITLE = "requests a second to one server, with 1 and 64 outstanding"
BARE = "bare ping-pong"
HALF = "bare, 32 at a time"
COAP_SERVER_PORT = 5699


NOTHING = {"good": 0, "bad": 0, "lost": 0, "per_s": 0, "cpu_us": 0}


def of_json(cost):
    """Of a peer that fails there is nothing."""
    return json.loads(cost["out"] or json.dumps(NOTHING))


def of_gcoap_bench(cost):
    """Its last record has all of the run; its CPU is that of the whole process."""
    records = [json.loads(line) for line in cost["out"].splitlines()]
    last = next((r for r in reversed(records) if r["type"] == "summary"), None)
    if not last:
        return NOTHING | {"bad": 1}
    good = last["answered_rounds"] - last["errors"]
    return {"good": good, "bad": last["errors"], "lost": last["rounds"] - last["answered_rounds"],
            "per_s": last["throughput"]["requests_per_s"], "cpu_us": cost["cpu_us"]}


def clients(bench, port, outstanding, kind, ms):
    """Name, command, and what its output tells."""
    raw = ["-p", port, "-w", str(outstanding), "-t", str(ms), *(["-N"] if kind == "non" else [])]
    known = [
        (BARE, [bench.tool("rawping"), "-u", "time", *raw], of_json),
        ("gcoap-bench", [bench.program("gcoap-bench"), "--config", "none", "--outstanding",
                         str(outstanding), "-r", "max", "-d", f"{ms}ms", "--json", f"--{kind}",
                         f"coap://127.0.0.1:{port}/time"], of_gcoap_bench),
        ("libcoap", [bench.tool("lcping"), "-u", "time", *raw], of_json),
    ]
    if outstanding > 32:
        known.insert(1, (HALF, [bench.tool("rawping"), "-u", "time", "-b", "32", *raw], of_json))
    if has_node_coap():
        known.append(("node-coap", ["node", os.path.join(HERE, "nodeping.js"), port, "time",
                                    str(outstanding), kind, str(ms)], of_json))
    return [row for row in known if not missing(row[1][0])]


def in_turn(bench, server, cases, core):
    """Runs of each client in each case, all in turn in each round."""
    rounds, ms = (1, 300) if bench.short else (9, 800)
    runs = {}
    for _ in range(rounds):
        for outstanding, kind in cases:
            for name, command, read in clients(bench, server.port, outstanding, kind, ms):
                before = server.cpu_us()
                found = read(bench.measure(on_core(core(outstanding), command)))
                found["server_us"] = server.cpu_us() - before
                runs.setdefault((outstanding, kind, name), []).append(found)
    return runs


def each(found, key):
    """A request's share of @key in each run."""
    return [r[key] / max(r["good"], 1) for r in found]


def row(key, found, bare):
    rates = [r["per_s"] for r in found]
    ratios = [a / b["per_s"] for a, b in zip(rates, bare) if b["per_s"]] or [0]
    outstanding, kind, name = key
    return [outstanding, kind.upper(), name, f"{statistics.median(rates):,.0f}",
            f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})",
            f"{statistics.median(each(found, 'cpu_us')):.2f}",
            f"{statistics.median(each(found, 'server_us')):.2f}"]


def report(bench, where, runs):
    bench.table(["outstanding", "type", "client", "requests a second", "ratio",
                 "client's CPU of one, us", "server's, us"],
                [row(key, found, runs[(*key[:2], BARE)]) for key, found in runs.items()])
    for (outstanding, kind, name), found in runs.items():
        bare = runs[outstanding, kind, BARE]
        detail = {"tool": name, "case": f"{kind.upper()}, {outstanding} outstanding, {where}"}
        limit = {}
        if name != BARE:
            detail["peer"] = BARE
        if name == "gcoap-bench" and outstanding == 64 and where == "bare server":
            limit = {"at_least": .8}
        bench.figure("requests", [r["per_s"] for r in found], "a second",
                     beside=[r["per_s"] for r in bare], **detail, **limit)
        bench.figure("CPU of a request", each(found, "cpu_us"), "us",
                     beside=each(bare, "cpu_us"), **detail)
    judge(bench, where, runs)


def judge(bench, where, runs):
    """Ours and the bare one: every request is answered; of others that is only told."""
    for wanted in (BARE, "gcoap-bench"):
        found = [r for (_, _, name), rs in runs.items() if name == wanted for r in rs]
        bad = sum(r["bad"] + r["lost"] for r in found)
        if found:
            bench.judge(f"{wanted}, {where}: every request was answered with 2.05",
                        not bad and all(r["good"] for r in found),
                        f"{sum(r['good'] for r in found):,} answers, {bad} others")


def run(bench):
    cases = [(n, kind) for n in (1, 64) for kind in ("con", "non")]

    def core(outstanding):
        return bench.server_core if outstanding == 1 else bench.client_core

    bench.section(
        "Requests to one bare server",
        "GETs that are answered with 32 bytes; all clients in turn in each round. With one "
        "outstanding both ends share a core, as only one of them can run at a time; with 64 each "
        "has its own. The bare client takes all answers that are there, up to 64; with 32 at a "
        "time client and server can work at once. Ratio: to the "
        f"{BARE} of the same round, median (least-greatest).")
    if missing(bench.program("gcoap-bench")):
        bench.skip("gcoap-bench", "not built")
    if not has_node_coap():
        bench.skip("node-coap", "no node, or no tests/node_modules (scripts/deps bench)")
    with Running([bench.tool("rawserve")], bench.server_core) as server:
        report(bench, "bare server", in_turn(bench, server, cases, core))
    if missing("coap-server-notls"):
        bench.skip("coap-server", "not installed")
        return
    bench.section("Requests to coap-server", "The server of libcoap, which is the limit here.")
    command = ["coap-server-notls", "-A", "127.0.0.1", "-p", str(COAP_SERVER_PORT), "-v", "0"]
    with Server(command, COAP_SERVER_PORT, bench.server_core) as server:
        if not server.listens:
            bench.skip("coap-server", "does not open its port")
            return
        report(bench, "coap-server", in_turn(bench, server, cases[-2:], core))
