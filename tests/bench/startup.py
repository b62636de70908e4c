"""What a start costs: one GET, and --help of each tool."""
import glob
import os
import statistics

from programs import ONE, Group, missing

TITLE = "start-up beside coap-client and /bin/true"


def in_turn(bench, commands, rounds):
    """Costs of each run."""
    runs = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(bench.measure(command))
    return runs


def ms(runs, name, what="wall_us"):
    return [cost[what] / 1000 for cost in runs[name]]


def one_get(bench):
    rounds = 10 if bench.short else 200
    bench.section("Start-up and one unicast GET", f"Wall time, {rounds} rounds.")
    commands = {"gcoap-get": bench.gcoap("-q", target=ONE), "/bin/true": ["/bin/true"]}
    if missing("coap-client-notls"):
        bench.skip("coap-client", "not installed")
    else:
        commands["coap-client"] = ["coap-client-notls", ONE]
    with Group(bench, 1):
        runs = in_turn(bench, commands, rounds)
    show(bench, runs)
    statuses = sorted({cost["status"] for cost in runs["gcoap-get"]})
    bench.judge("every unicast GET was answered", statuses == [0], f"statuses {statuses}")
    for what, key in (("start-up", "wall_us"), ("CPU of a start", "cpu_us")):
        for name in runs:
            title = f"{what} and one GET" if name != "/bin/true" else what
            beside = {}
            if name == "gcoap-get" and "coap-client" in runs:
                beside = {"peer": "coap-client", "beside": ms(runs, "coap-client", key)}
                if key == "wall_us":
                    beside["at_most"] = 2
            bench.figure(title, ms(runs, name, key), "ms", tool=name, **beside)


def helps(bench):
    rounds = 3 if bench.short else 50
    bench.section("--help of each tool", f"Wall time, {rounds} rounds.")
    tools = sorted(os.path.basename(t) for t in glob.glob(bench.program("gcoap*")))
    commands = {"/bin/true": ["/bin/true"]} | {t: [bench.program(t), "--help"] for t in tools}
    runs = in_turn(bench, commands, rounds)
    show(bench, runs)
    for name in tools:
        bench.figure("--help", ms(runs, name), "ms", tool=name, peer="/bin/true",
                     beside=ms(runs, "/bin/true"))
    bench.judge("--help of every tool ends with 0",
                not any(cost["status"] for name in tools for cost in runs[name]),
                f"{len(tools)} tools")


def show(bench, runs):
    rows = []
    for name in runs:
        wall = ms(runs, name)
        rows.append([name, f"{statistics.median(wall):.2f} ({min(wall):.2f}-{max(wall):.2f})",
                     f"{statistics.median(ms(runs, name, 'cpu_us')):.2f}"])
    bench.table(["program", "ms, median (min-max)", "CPU, ms"], rows)


def run(bench):
    one_get(bench)
    helps(bench)
