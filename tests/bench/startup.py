"""What a start costs: one GET, and --help of each tool."""
import glob
import os
import statistics

from programs import ONE, Group, missing

TITLE = "start-up beside coap-client and /bin/true"


def in_turn(bench, commands, rounds):
    """Wall time of each run in milliseconds, and the exit statuses."""
    wall = {name: [] for name in commands}
    status = {name: set() for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            cost = bench.measure(command)
            wall[name].append(cost["wall_us"] / 1000)
            status[name].add(cost["status"])
    return wall, status


def one_get(bench):
    rounds = 10 if bench.short else 200
    bench.section("Start-up and one unicast GET", f"Wall time, {rounds} rounds.")
    commands = {"gcoap-get": bench.gcoap("-q", target=ONE), "/bin/true": ["/bin/true"]}
    if missing("coap-client-notls"):
        bench.skip("coap-client", "not installed")
    else:
        commands["coap-client"] = ["coap-client-notls", ONE]
    with Group(bench, 1):
        wall, status = in_turn(bench, commands, rounds)
    show(bench, wall)
    bench.judge("every unicast GET was answered", status["gcoap-get"] == {0},
                f"statuses {sorted(status['gcoap-get'])}")
    for name, values in wall.items():
        beside, bound = {}, {}
        if name == "gcoap-get" and "coap-client" in wall:
            beside, bound = {"peer": "coap-client", "beside": wall["coap-client"]}, {"at_most": 2}
        bench.figure("start-up and one GET" if name != "/bin/true" else "start-up", values, "ms",
                     tool=name, **beside, **bound)


def helps(bench):
    rounds = 3 if bench.short else 50
    bench.section("--help of each tool", f"Wall time, {rounds} rounds.")
    tools = sorted(os.path.basename(t) for t in glob.glob(bench.program("gcoap*")))
    commands = {"/bin/true": ["/bin/true"]} | {t: [bench.program(t), "--help"] for t in tools}
    wall, status = in_turn(bench, commands, rounds)
    show(bench, wall)
    for name in tools:
        bench.figure("--help", wall[name], "ms", tool=name, peer="/bin/true",
                     beside=wall["/bin/true"])
    bench.judge("--help of every tool ends with 0",
                all(status[name] == {0} for name in tools), f"{len(tools)} tools")


def show(bench, wall):
    base = statistics.median(wall["/bin/true"])
    bench.table(["program", "ms, median (min-max)", "above /bin/true, ms"],
                [[name, f"{statistics.median(v):.2f} ({min(v):.2f}-{max(v):.2f})",
                  f"{statistics.median(v) - base:.2f}"] for name, v in wall.items()])


def run(bench):
    one_get(bench)
    helps(bench)
