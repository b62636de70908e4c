"""The report: Markdown to read, JSON to compare."""
import json

from record import bound, number, shown, verdict


def lines_of_machine(machine):
    known = {
        "processor": f"{machine['cpu']}, {machine['cores']} cores",
        "memory": f"{machine['memory_mib'] / 1024:.0f} GiB",
        "system": f"{machine['system']}, Linux {machine['kernel']}",
        "load": f"{machine['load']:.1f} before, {machine['load_after']:.1f} after",
        "gcoap": f"{machine['gcoap']} ({machine['commit']}), gcc {machine['gcc']}",
        "libcoap": machine["libcoap"] or "not installed",
        "node-coap": (f"{machine['node_coap']}, node {machine['node']}"
                      if machine["node_coap"] and machine["node"] else "not installed"),
    }
    return ["| | |", "|---|---|", *(f"| {k} | {v} |" for k, v in known.items())]


def lines_of_limits(bench):
    rows = ["| figure | median | peer | ratio (min-max) | limit | |", "|---|---|---|---|---|---|"]
    for f in bench.figures:
        if not f.limited:
            continue
        ratio = (f"{number(f.judged)} ({number(min(f.ratios))}-{number(max(f.ratios))})"
                 if f.ratios else "-")
        rows.append(f"| {f.title} | {number(f.median)} {f.unit} | {f.peer or '-'} | {ratio} | "
                    f"{bound(f)} | {verdict(f).removeprefix('target ')} |")
    return rows


def markdown(bench, machine, took_s):
    short = ", short" if bench.short else ""
    lines = [f"# gcoap bench, {machine['date'][:10]}{short}", "", *lines_of_machine(machine), ""]
    if any(f.limited for f in bench.figures):
        lines += ["## Limits", "", *lines_of_limits(bench), ""]
    failed = [c for c in bench.counts if not c["ok"]]
    lines += ["## Counts", "", f"{bench.passed} passed, {bench.failed} failed.", "",
              *(f"- FAILED: {c['what']} ({c['seen']})" for c in failed),
              *(f"- skipped: {s['what']}: {s['why']}" for s in bench.skipped)]
    lines += bench.lines + ["", f"Repeat with `make bench{' BENCH=short' if bench.short else ''}`;"
                            f" it took {took_s:.0f} s."]
    return "\n".join(lines) + "\n"


def write(bench, machine, took_s):
    data = {"v": 1, "short": bench.short, "took_s": round(took_s, 1), "subjects": bench.took_s,
            "machine": machine, "figures": [f.as_json() for f in bench.figures],
            "counts": bench.counts, "skipped": bench.skipped, "passed": bench.passed,
            "failed": bench.failed}
    with open(bench.tool("bench.md"), "w", encoding="utf-8") as f:
        f.write(markdown(bench, machine, took_s))
    with open(bench.tool("bench.json"), "w", encoding="utf-8") as f:
        json.dump(data, f, indent=1)
        f.write("\n")


def summary(bench):
    print()
    for f in bench.figures:
        if f.limited:
            print(f"{verdict(f)}: {f.title}: {shown(f)}, {bound(f)}")
    print(f"bench: {bench.passed} passed, {bench.failed} failed")
