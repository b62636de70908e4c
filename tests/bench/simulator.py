"""Answers a second of gcoap-sim on one core."""
import json
import statistics
import subprocess

from programs import Running, on_core

TITLE = "answers a second of gcoap-sim"
ENOUGH = 200000


def sim(bench, members):
    return Running([bench.program("gcoap-sim"), "--config", "none", "-n", str(members),
                    "--leisure", "0"], bench.server_core)


def load(bench, server, tool, *options):
    server.settle()
    before = server.cpu_us()
    done = subprocess.run(on_core(bench.client_core, [bench.tool(tool), *options]),
                          stdout=subprocess.PIPE, check=True)
    found = json.loads(done.stdout)
    found["server_us"] = server.cpu_us() - before
    return found


def loads(ms, members):
    """What is asked, and by which program."""
    # As many answers as the receive buffer of the asking program holds
    yield "a group", ["rawask", "-n", str(members), "-w", "2" if members <= 4000 else "1",
                      "-t", ms]
    yield "one member, CON, 64 outstanding", [
        "rawping", "-p", "5683", "-a", "127.77.0.1", "-u", "temp", "-w", "64", "-t", ms]
    yield "one member, NON, 64 outstanding", [
        "rawping", "-N", "-p", "5683", "-a", "127.77.0.1", "-u", "temp", "-w", "64", "-t", ms]


def run(bench):
    rounds, ms = (1, "200") if bench.short else (7, "500")
    sizes = (100, 1000) if bench.short else (10, 100, 1000, 10000)
    bench.section("gcoap-sim on one core",
                  "Without leisure, asked by bare programs on another core. A second of CPU: what "
                  "the simulator could do if it never had to wait.")
    rows, found, bad = [], {}, 0
    for members in sizes:
        with sim(bench, members) as server:
            for _ in range(rounds):
                for asked, command in loads(ms, members):
                    found.setdefault((members, asked), []).append(
                        load(bench, server, *command))
            rss = server.rss_kib()
        bench.figure("peak RSS", [rss], "KiB", tool="gcoap-sim", case=f"{members:,} members")
    for (members, asked), runs in found.items():
        wall = [r["per_s"] for r in runs]
        of_cpu = [r["good"] / r["server_us"] * 1e6 for r in runs]
        case = f"{members:,} members, asked: {asked}"
        bad += sum(r["bad"] + r["lost"] for r in runs)
        rows.append([f"{members:,}", asked, f"{statistics.median(wall):,.0f}",
                     f"{statistics.median(of_cpu):,.0f} ({min(of_cpu):,.0f}-{max(of_cpu):,.0f})"])
        bench.figure("answers", wall, "a second", tool="gcoap-sim", case=case)
    bench.table(["members", "asked", "answers a second", "a second of CPU"], rows)
    for (members, asked), runs in found.items():
        bench.figure("answers", [r["good"] / r["server_us"] * 1e6 for r in runs],
                     "a second of CPU", tool="gcoap-sim",
                     case=f"{members:,} members, asked: {asked}",
                     **({"at_least": ENOUGH} if members == 1000 or
                        (members == 10000 and asked == "a group") else {}))
    answers = sum(r["good"] for runs in found.values() for r in runs)
    bench.judge("no answer was wrong or missing", answers and not bad,
                f"{answers:,} answers, {bad} others")
