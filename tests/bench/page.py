#!/usr/bin/python3
"""Write the figures of a run into the page that quotes them.

    tests/bench/page.py build/bench/bench.json man/gcoap-performance.7

Each table stands between comments, .\\" begin NAME and .\\" end NAME.
"""
import json
import re
import sys

WIDTH = 73  # of 78 columns, with the indentation of man(1)


def number(value):
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def short(value):
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def ratio(figure):
    found = figure["ratio"]
    return "%s (%s-%s)" % tuple(short(found[k]) for k in ("median", "min", "max")) if found else "-"


def spread(figure):
    low, high = number(figure["min"]), number(figure["max"])
    return low if low == high else f"{low}-{high}"


def literal(rows):
    """Columns of text; numbers to the right. The first row is the heading."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    right = [all(re.match(r"-?[\d.,]+( |$)|-$", row[i]) for row in rows[1:])
             for i in range(len(rows[0]))]
    lines = ["  ".join(cell.rjust(w) if r else cell.ljust(w)
                       for cell, w, r in zip(row, widths, right)).rstrip() for row in rows]
    for line in lines:
        if len(line) > WIDTH:
            sys.exit(f"page.py: too wide by {len(line) - WIDTH}: {line}")
    return [".Bd -literal", *lines, ".Ed"]


class Run:
    def __init__(self, data):
        self.machine, self.figures, self.took_s = data["machine"], data["figures"], data["took_s"]

    def of(self, subject, name, **wanted):
        """Figures of a subject with that name, and with those details."""
        return [f for f in self.figures if f["subject"] == subject and f["name"] == name and
                all(f[k] == v for k, v in wanted.items())]

    def one(self, subject, name, **wanted):
        found = self.of(subject, name, **wanted)
        return found[0] if found else None


def machine(run):
    m = run.machine
    node = f"{m['node_coap']}, node {m['node']}" if m["node_coap"] else "none"
    return literal([
        ["processor", f"{m['cpu']}, {m['cores']} cores"],
        ["system", f"{m['system']}, Linux {m['kernel']}"],
        ["gcoap", f"{m['gcoap']}, gcc {m['gcc']} -O2"],
        ["libcoap", m["libcoap"] or "none"], ["node-coap", node],
        ["date", f"{m['date'][:10]}, commit {m['commit']}, in {run.took_s / 60:.0f} minutes"],
        ["load", f"{m['load']:.1f} before, {m['load_after']:.1f} after"]])


def limits(run):
    rows = [["", "median", "limit", ""]]
    for f in run.figures:
        if not f["limit"]:
            continue
        unit = " x" if f["limit"]["of"] == "ratio" else ""
        value = f["ratio"]["median"] if unit and f["ratio"] else f["median"]
        sign, bound = ((">=", f["limit"]["at_least"]) if "at_least" in f["limit"]
                       else ("<=", f["limit"]["at_most"]))
        rows.append([brief(f), number(value) + unit, f"{sign} {number(bound)}{unit}",
                     "met" if f["met"] else "not met"])
    return literal(rows)


def brief(figure):
    """What a figure is about, short enough for a line."""
    words = {"of a relayed message": "of a message", " outstanding": " open", "bare server": "",
             "burst of 10,000": "", "gcoap-": "", "memory of a server that answers":
             "bytes of a server that answers", "memory of a silent server":
             "bytes of a silent server", "1,000 clients, 50 servers": "",
             "start-up and one GET": "start and one GET", "1,000 members, asked: ": "",
             "10,000 members, asked: a group": "10,000 members", "among 10,000": "growth",
             "longest sweep of what is stale": "longest sweep, ms",
             "CPU of new clients": "20,000 new clients", "20,000 refused": "refused, ms",
             "20,000 that prove their address": "proved, ms", "requests": "",
             "added p99 of an answer": "added p99 of an answer, ms",
             "added p99 of a GET": "added p99 of a GET, ms",
             "p99 of a cached GET": "p99 of a cached GET, ms",
             "answers from the cache": "cached answers a second"}
    parts = [figure["tool"], figure["name"], *figure["case"].split(", ")]
    text = ", ".join(parts) if figure["case"] else ", ".join(parts[:2])
    for long, short in words.items():
        text = text.replace(long, short)
    return re.sub(r"(, )+", ", ", text).strip(", ")


def collect(run):
    rows = [["N", "", "answered", "ms", "us", "to the bare one"]]
    for n in ("100", "1,000", "10,000"):
        case = f"burst of {n}"
        for f in run.of("collect", "answered", case=case):
            tool = f["tool"]
            last = run.one("collect", "last answer", case=case, tool=tool)
            each = run.one("collect", "CPU of an answer", case=case, tool=tool)
            rows.append([n, tool.removesuffix(" 200 us").removesuffix(" buffer"),
                         "-" if tool.endswith("-qq") else spread(f),
                         f"{last['median']:.1f}" if last else "-",
                         f"{each['median']:.2f}" if each else "-",
                         ratio(each) if each and each["peer"] else "-"])
    return literal(rows)


def unicast(run):
    rows = [["open", "type", "", "a second", "to the bare one", "CPU, us", "ratio"]]
    for f in run.of("unicast", "requests"):
        kind, outstanding, where = f["case"].split(", ")
        if where != "bare server":
            continue
        cpu = run.one("unicast", "CPU of a request", tool=f["tool"], case=f["case"])
        tool = f["tool"].removesuffix(" at a time")
        rows.append([outstanding.split()[0], kind, tool, number(f["median"]),
                     ratio(f) if f["peer"] else "-", f"{cpu['median']:.2f}",
                     short(cpu["ratio"]["median"]) if cpu["peer"] else "-"])
    return literal(rows)


def simulator(run):
    rows = [["members", "asked", "a second", "a second of CPU"]]
    for f in run.of("simulator", "answers", unit="a second of CPU"):
        members, asked = f["case"].split(" members, asked: ")
        wall = run.one("simulator", "answers", unit="a second", case=f["case"])
        rows.append([members, asked.replace(" outstanding", " open"), number(wall["median"]),
                     f"{number(f['median'])} ({spread(f)})"])
    return literal(rows)


def proxy(run):
    rows = [["", "open", "a second", "to the bare one"]]
    for f in run.of("proxy", "GETs"):
        rows.append([f["tool"], f["case"].split()[0], number(f["median"]),
                     ratio(f) if f["peer"] else "-"])
    lines = literal(rows)
    rows = [["CPU", "us", "to the bare one"]]
    for name in ("CPU of a relayed message", "CPU of a relayed GET"):
        f = run.one("proxy", name, tool="gcoap-proxy")
        rows.append([name.removeprefix("CPU "), f"{f['median']:.2f}", ratio(f)])
    return lines + literal(rows)


def cache(run):
    rows = [["", "", "median", "spread"]]
    for f in run.figures:
        if f["subject"] == "cache" and not f["limit"]:
            rows.append([f["tool"], f["name"], f"{number(f['median'])} {f['unit']}", spread(f)])
    return literal(rows)


def startup(run):
    rows = [["", "ms", "CPU, ms"]]
    for tool in ("/bin/true", "coap-client", "gcoap-get"):
        wall = next(f for f in run.figures if f["subject"] == "startup" and f["tool"] == tool and
                    f["name"].startswith("start-up"))
        cpu = next(f for f in run.figures if f["subject"] == "startup" and f["tool"] == tool and
                   f["name"].startswith("CPU of a start"))
        name = tool if tool == "/bin/true" else f"{tool}, one GET"
        rows.append([name, f"{wall['median']:.2f}", f"{cpu['median']:.2f}"])
    for f in run.of("startup", "--help"):
        rows.append([f"{f['tool']} --help", f"{f['median']:.2f}", "-"])
    return literal(rows)


def memory(run):
    cases = ("10", "1,000", "10,000")
    rows = [["MiB with", *cases, "bytes of one more"]]
    for tool in ("gcoap-get -qq", "gcoap-get --json", "gcoap-get (table)"):
        more = run.one("memory", "memory of a server that answers", tool=tool)
        rows.append([f"{tool}, answering", *cells(run, tool, "servers", cases),
                     number(more["median"])])
    for tool in ("gcoap-get -n", "gcoap-get --expect-from"):
        more = run.one("memory", "memory of a silent server", tool=tool)
        rows.append([f"{tool}, silent", *cells(run, tool, "silent", cases),
                     number(more["median"])])
    return literal(rows)


def cells(run, tool, what, cases):
    return [f"{run.one('memory', 'peak RSS', tool=tool, case=f'{n} {what}')['median'] / 1024:.2f}"
            for n in cases]


TABLES = (machine, limits, collect, unicast, simulator, proxy, cache, startup, memory)


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        run = Run(json.load(f))
    with open(sys.argv[2], encoding="utf-8") as f:
        page = f.read()
    for table in TABLES:
        name = table.__name__
        begin, end = f'.\\" begin {name}\n', f'.\\" end {name}\n'
        before, _, rest = page.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            sys.exit(f"page.py: no table {name} in {sys.argv[2]}")
        page = before + begin + "\n".join(table(run)) + "\n" + end + after
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write(page)


if __name__ == "__main__":
    main()
