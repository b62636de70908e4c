#!/usr/bin/python3
"""Read a .hgrm as HdrHistogram's plotter does, and beside it the samples of the same run.

hgrm.py F.hgrm SAMPLES.jsonl: prints how many points the plotter draws; fails when one of them, or
what stands below them, is not what the samples say.
"""
import json
import math
import re
import sys


def points(text):
    """plotFiles.html: four columns between blanks, none of a line that begins with #."""
    for line in text.split("\n"):
        columns = re.split(" +", line.strip())
        if not line.startswith("#") and len(columns) == 4:
            try:
                yield tuple(float(c) for c in columns)
            except ValueError:
                continue  # the headings


def footer(text):
    """#[Name    =   value, Other   =   value]"""
    return {name.strip(): float(value) for line in re.findall(r"^#\[(.*)\]$", text, re.M)
            for name, value in re.findall(r"([A-Za-z ]+)=\s*([0-9.]+)", line)}


def same(a, b):
    """A bucket is 1/128 of an octave wide; times have three digits."""
    return abs(a - b) <= b / 100 + 0.002


def main():
    with open(sys.argv[1], encoding="ascii") as f:
        text = f.read()
    with open(sys.argv[2], encoding="utf-8") as f:
        records = [json.loads(line) for line in f]
    times = sorted(r["rtt_ms"] for r in records
                   if r["type"] == "sample" and r["kind"] == "answer" and not r["warmup"])
    n = 0
    below = -1
    for value, share, total, inverse in points(text):
        rank = max(math.ceil(share * len(times)), 1)
        assert same(value, times[rank - 1]), (value, share, times[rank - 1])
        assert abs(inverse - 1 / (1 - share)) < 0.01, (share, inverse)
        # All in the value's bucket are counted, which ends within 1/128 of it.
        assert rank <= total <= sum(t <= value * 1.01 + 0.002 for t in times), (total, rank)
        assert share > below
        below = share
        n += 1
    last = text[:text.index("#")].rstrip().split("\n")[-1].split()
    assert [float(c) for c in last[1:]] == [1, len(times)] and same(float(last[0]), times[-1]), last
    told = footer(text)
    mean = sum(times) / len(times)
    deviation = math.sqrt(sum((t - mean) ** 2 for t in times) / len(times))
    assert told["Total count"] == len(times), told
    assert same(told["Mean"], mean) and same(told["Max"], times[-1]), (told, mean)
    assert abs(told["StdDeviation"] - deviation) <= 0.005 * deviation + 0.002, (told, deviation)
    print(n)


main()
