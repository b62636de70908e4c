#!/usr/bin/python3
"""Checks of gcoap-proxy from the wire: clients and servers that share no code with it.

usage: proxy_probe.py GROUP-OF-CHECKS [CHECK]...

A group is a module of tests/net/probe: forward, ... To be run in a user and network namespace
of its own (unshare -rn, better -rnm) with gcoap-proxy in PATH. Prints TAP; a check that fails is followed by
the messages that were seen. PROBE_STRAY=1 shows what belonged to no check.
"""
import importlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "probe"))

import bed  # noqa: E402
import check  # noqa: E402


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    group = importlib.import_module(sys.argv[1])
    named = bed.net()
    b = bed.Bed(named)
    group.proxies(b)
    return 1 if check.run(b, bed.Case, sys.argv[2:]) else 0


if __name__ == "__main__":
    sys.exit(main())
