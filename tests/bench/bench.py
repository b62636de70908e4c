#!/usr/bin/python3
"""Figures of the gcoap tools beside bare programs, libcoap and node-coap, in one run.

    tests/bench/bench.py --build build [--short] [--only SUBJECT]... [--list]

Everything happens on the loopback of a network namespace of its own. Counts are judged and
decide the exit status; times and costs are reported with their targets and decide nothing.
Writes BUILD/bench/bench.md and bench.json and ends in "bench: N passed, N failed".
"""
import argparse
import importlib
import os
import signal
import subprocess
import sys
import time
import traceback

import machine
import report
from programs import Bench

SUBJECTS = ("collect", "growth", "delivery", "unicast", "schedule", "simulator", "proxy",
            "cache", "startup", "memory")


def give_up(*_):
    raise TimeoutError("took too long")


def measure_subject(bench, name):
    """A subject that cannot be measured is a failure of its own; the others go on."""
    bench.subject, start = name, time.monotonic()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(120 if bench.short else 600)
    try:
        importlib.import_module(name).run(bench)
    except BrokenPipeError:  # nobody reads on
        raise
    except Exception as e:  # pylint: disable=broad-except
        traceback.print_exc()
        bench.judge(f"{name} could be measured", False, f"{type(e).__name__}: {e}")
    signal.alarm(0)
    bench.took_s[name] = round(time.monotonic() - start, 1)


def inside(args):
    """In a network of our own, where groups are reached by loopback."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    subprocess.run(["ip", "route", "add", "224.0.0.0/4", "dev", "lo"], check=True)
    bench, start = Bench(args.build, args.short), time.monotonic()
    described = machine.describe(bench)
    for name in args.only or SUBJECTS:
        measure_subject(bench, name)
    described["load_after"] = os.getloadavg()[0]
    report.write(bench, described, time.monotonic() - start)
    report.summary(bench)
    return bench.failed > 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--short", action="store_true", help="fewer rounds, within a minute")
    parser.add_argument("--only", action="append", choices=SUBJECTS, help="repeatable")
    parser.add_argument("--list", action="store_true", help="name the subjects")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.list:
        for name in SUBJECTS:
            print(f"{name:10} {importlib.import_module(name).TITLE}")
        return 0
    if not args.inside:
        os.execvp("unshare", ["unshare", "-rn", sys.executable, *sys.argv, "--inside"])
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    return inside(args)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        os._exit(1)
