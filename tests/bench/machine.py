"""The machine and the versions of what runs on it."""
import os
import platform
import re
import subprocess
import time


def said(command, pattern=r"(.*)"):
    """What the first match of @pattern in the output of @command captures, else None."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1].strip() if found else None


def from_file(path, pattern):
    try:
        with open(path, encoding="utf-8") as f:
            found = re.search(pattern, f.read())
    except OSError:
        return None
    return found[1].strip() if found else None


def describe(bench):
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    node = os.path.join(top, "tests/node_modules/coap/package.json")
    return {
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": said(["git", "-C", top, "describe", "--always", "--dirty", "--tags"]),
        "cpu": from_file("/proc/cpuinfo", r"model name\s*:\s*(.*)"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mib": int(from_file("/proc/meminfo", r"MemTotal:\s*(\d+)")) // 1024,
        "kernel": platform.release(),
        "rmem_max": int(from_file("/proc/sys/net/core/rmem_max", r"(\d+)")),
        "load": os.getloadavg()[0],
        "system": from_file("/etc/os-release", r'PRETTY_NAME="(.*)"'),
        "gcc": said(["cc", "-dumpfullversion"]),
        "gcoap": said([bench.program("gcoap-get"), "-V"], r"^gcoap(?:-get)? (\S+)"),
        "libcoap": said(["coap-client-notls", "-h"], r"coap-client(?:-notls)? v(\S+)"),
        "node": said(["node", "--version"]),
        "node_coap": from_file(node, r'"version":\s*"([^"]*)"'),
        "python": platform.python_version(),
    }
