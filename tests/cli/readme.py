#!/usr/bin/python3
"""Run the commands of the README's console blocks and compare what they print.

    tests/cli/readme.py README.md PREFIX

Blocks run one after another in one shell each, in a network namespace of their own. A block
behind an HTML comment "not run: WHY" is left out. Times, ports, tokens and the order of lines
differ from run to run and are not compared. Prints TAP.
"""
import os
import re
import subprocess
import sys

# A line of output after which a background command counts as ready.
PRELUDE = """
sudo() { "$@"; }
ip link set lo up
"""
EPILOGUE = """
kill $(jobs -p) 2>/dev/null
wait 2>/dev/null
"""
WILD = [
    (r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME"),
    (r"\d+(\.\d+)?/\d+(\.\d+)?/\d+(\.\d+)? (ms|s)\b", "SPREAD"),
    (r"\d+(\.\d+)? (ms|us|s)\b", "DURATION"),
    (r'"(token|mid|id|etag)":"[0-9a-f]*"', r'"\1":HEX'),
    (r'"(rtt_ms|elapsed_ms|min|median|p99|max|seq|v)":[0-9.]+', r'"\1":NUMBER'),
    (r'"(payload|value)":-?[0-9.]+', r'"\1":NUMBER'),
    (r"-?\d+(\.\d+)? Cel", "NUMBER Cel"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\[\d+\] \d+", "[JOB]"),
    (r"[ \u2581-\u2588]+$", ""),
    (r"[ \t]+", " "),
]
# Not of every run: these lines are left out.
LEFT_OUT = ("[JOB]", "ready: ", "gcoap-bench: this machine sends late")


def blocks(path):
    """Each console block as (line number, text) with the reason for leaving it out, or None."""
    with open(path, encoding="utf-8") as f:
        lines = f.read().split("\n")
    reason = None
    i = 0
    while i < len(lines):
        comment = re.match(r"<!-- not run: (.*) -->", lines[i])
        if comment:
            reason = comment[1]
        if lines[i] == "```console":
            end = lines.index("```", i)
            yield i + 1, lines[i + 1:end], reason
            reason = None
            i = end
        i += 1


def commands(block):
    """(command, expected output lines) of a block; a trailing backslash goes on."""
    found = []
    for line in block:
        if line.startswith("$ "):
            found.append([line[2:], []])
        elif found and found[-1][0].endswith("\\"):
            found[-1][0] += "\n" + line
        elif found:
            found[-1][1].append(line)
    return found


def plain(lines):
    out = []
    for line in lines:
        for pattern, word in WILD:
            line = re.sub(pattern, word, line)
        if line.strip() and not line.startswith(LEFT_OUT):
            out.append(line.strip())
    return sorted(out)


def run(block, prefix):
    """What each command printed, by running all of them in one shell."""
    script = PRELUDE
    for command, _ in commands(block):
        script += f"{command}\necho '@@@'$?\n"
        if command.rstrip().endswith("&"):
            script += "sleep 1\n"
    done = subprocess.run(["unshare", "-rn", "bash", "-c", script + EPILOGUE], text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=600, check=False,
                          env={**os.environ, "PREFIX": prefix})
    return done.stdout


def check(block, prefix):
    """None, or what differs."""
    wanted = commands(block)
    text = run(block, prefix)
    parts = re.split(r"^@@@(\d+)\n", text, flags=re.M)
    # A command in the background may print after its prompt: compare the block as a whole.
    expected = plain(line for _, lines in wanted for line in lines)
    if any("..." == line for line in expected):
        expected = None
    got = plain(line for i, part in enumerate(parts) if i % 2 == 0 for line in part.split("\n"))
    statuses = parts[1::2]
    if len(statuses) != len(wanted):
        return f"{len(statuses)} of {len(wanted)} commands ended\n{text}"
    for (command, _), status in zip(wanted, statuses):
        said = re.search(r"# exit (\d+)", command)
        if status != (said[1] if said else "0"):
            return f"{command}: exit {status}\n{text}"
    if expected is not None and expected != got:
        return "\n".join(["expected:", *expected, "got:", *got])
    return None


def main():
    path, prefix = sys.argv[1:]
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    found = list(blocks(path))
    print(f"1..{len(found)}")
    failed = 0
    for number, (line, block, reason) in enumerate(found, 1):
        name = f"line {line}: {block[0][2:60]}"
        if reason:
            print(f"ok {number} - {name} # skip {reason}")
            continue
        problem = check(block, prefix)
        print(f"{'not ok' if problem else 'ok'} {number} - {name}", flush=True)
        if problem:
            failed += 1
            print(re.sub("^", "# ", problem, flags=re.M))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
