"""The programs of the bench: where they are, how they are started, and what they cost."""
import json
import os
import re
import shutil
import subprocess
import time

from record import Record

GROUP = "coap://224.0.1.187/t"
ONE = "coap://127.77.0.1/t"
HERE = os.path.dirname(os.path.abspath(__file__))
CHARGE = 832  # bytes that the kernel counts for a datagram of up to 100
PATIENCE = 120  # seconds after which a program hangs


class Bench(Record):
    def __init__(self, build, short):
        super().__init__()
        self.build = os.path.abspath(build)
        self.dir = os.path.join(self.build, "bench")
        self.out = os.path.join(self.dir, "stdout")
        self.short = short
        cores = sorted(os.sched_getaffinity(0))
        self.server_core, self.client_core = cores[0], cores[-1]

    def tool(self, name):
        """A program of the bench."""
        return os.path.join(self.dir, name)

    def program(self, name):
        """A program of the product."""
        return os.path.join(self.build, "bin", name)

    def gcoap(self, *options, target=GROUP):
        where = ["-i", "lo"] if target == GROUP else []
        return [self.program("gcoap-get"), "--config", "none", *where, *options, target]

    def room_for(self, answers):
        """Does the largest receive buffer of this system hold so many small ones?"""
        with open("/proc/sys/net/core/rmem_max", encoding="ascii") as f:
            return 2 * int(f.read()) >= answers * CHARGE

    def measure(self, command, *options):
        """What the command cost, with its standard output."""
        done = subprocess.run([self.tool("measure"), *options, self.out, *command],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE, check=True)
        cost = json.loads(done.stdout)
        cost["cpu_us"] = cost["user_us"] + cost["sys_us"]
        with open(self.out, encoding="utf-8", errors="replace") as f:
            cost["out"] = f.read()
        return cost


def missing(command):
    return not shutil.which(command)


def has_node_coap():
    return (not missing("node") and
            os.path.exists(os.path.join(HERE, "../node_modules/coap/package.json")))


def on_core(core, command):
    return ["taskset", "-c", str(core), *command]


class Running:
    """A program while the block runs, with what it costs; its first line has "ready" and may
    end in its port."""
    stdin = subprocess.DEVNULL

    def __init__(self, command, core=None):
        self.command = command if core is None else on_core(core, command)
        self.port = None

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE,
                                        stdin=self.stdin, text=True)
        self.wait_until_ready()
        return self

    def wait_until_ready(self):
        line = self.process.stdout.readline()
        if "ready" not in line:
            self.__exit__()
            raise RuntimeError(f"{self.command[0]} says {line!r}")
        port = re.search(r"(\d+)\s*$", line)
        self.port = port and port[1]

    def read(self, name):
        with open(f"/proc/{self.process.pid}/{name}", encoding="ascii") as f:
            return f.read()

    def settle(self):
        """Wait until it rests: what it still does is not of the next load."""
        before, now = -1, self.cpu_us()
        while now != before:
            time.sleep(.02)
            before, now = now, self.cpu_us()

    def cpu_us(self):
        return int(self.read("schedstat").split()[0]) / 1000

    def rss_kib(self):
        return int(re.search(r"VmHWM:\s*(\d+)", self.read("status"))[1])

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        if self.process.stdin:
            self.process.stdin.close()


class Group(Running):
    """rawgroup."""
    stdin = subprocess.PIPE

    def __init__(self, bench, servers, *options, core=None):
        super().__init__([bench.tool("rawgroup"), "-n", str(servers), *options], core)

    def sent(self):
        """Answers to the request that was last taken; waits until they have left."""
        return int(self.process.stdout.readline().split()[1])

    def asked(self):
        """With -v: waits until a request has come."""
        return self.process.stdout.readline() == "asked\n"

    def go(self):
        """With -w: the answers leave now."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()


class Server(Running):
    """A server that says nothing, once its UDP port is open."""

    def __init__(self, command, port, core=None):
        super().__init__(command, core)
        self.port, self.listens = str(port), False

    def wait_until_ready(self):
        wanted = f":{int(self.port):04X} "
        for _ in range(500):
            with open("/proc/net/udp", encoding="ascii") as f:
                self.listens = wanted in f.read()
            if self.listens:
                return
            time.sleep(.01)


def summary_of(text):
    """Distinct servers and the summary of JSON Lines."""
    records = [json.loads(line) for line in text.splitlines()]
    servers = {r["server"] for r in records if r["type"] == "response"}
    summaries = [r for r in records if r["type"] == "summary"]
    return len(servers), summaries[-1] if summaries else {}


def rows_of(text):
    """Distinct servers of a table."""
    return len(set(re.findall(r"127\.77\.\d+\.\d+(?=:5683\s)", text)))
