#!/usr/bin/python3
"""Two readers of one capture: tshark_agrees.py FILE. Prints the messages, differences, malformed."""
import json, re, subprocess, sys

# Typed fields of tshark that hold options' values
BYTES = {4: "coap.opt.etag", 1: "coap.opt.if_match"}
TEXT = {3: "coap.opt.uri_host", 8: "coap.opt.location_path", 11: "coap.opt.uri_path",
        15: "coap.opt.uri_query", 20: "coap.opt.location_query", 35: "coap.opt.proxy_uri",
        39: "coap.opt.proxy_scheme"}
UINT = {6: "coap.opt.observe", 7: "coap.opt.uri_port", 14: "coap.opt.max_age",
        16: "coap.opt.hop_limit", 60: "coap.opt.size1"}
BLOCK = (23, 27)
SIZE2 = 28
FIELDS = ["frame.number", "coap.type", "coap.code", "coap.mid", "coap.token", "coap.opt.name",
          "coap.opt.delta", "coap.opt.delta_ext", "coap.opt.length", "coap.opt.length_ext",
          "coap.payload_length", "udp.payload",
          "coap.opt.block_number", "coap.opt.block_mflag", "coap.opt.block_size",
          "_ws.malformed", "_ws.expert.message"]
TYPES = ["CON", "NON", "ACK", "RST"]


def by_tshark(path):
    fields = FIELDS + [*BYTES.values(), *TEXT.values(), *UINT.values()]
    args = [a for f in fields for a in ("-e", f)]
    run = subprocess.run(["tshark", "-r", path, "-T", "fields", "-E", "aggregator=|", *args],
                         capture_output=True, text=True, check=True)
    for line in run.stdout.splitlines():
        yield dict(zip(fields, line.split("\t")))


def extended(values, more):
    """Deltas or lengths, with their extensions."""
    more = iter(more)
    for v in values:
        yield v if v < 13 else 13 + next(more) if v == 13 else 269 + next(more)


def numbers(text):
    return [int(v) for v in text.split("|")] if text else []


def payload_of(row):
    length = int(row["coap.payload_length"] or 0)
    return row["udp.payload"].replace(":", "")[-2 * length:] if length else ""


def theirs(row):
    number, options = 0, []
    lengths = extended(numbers(row["coap.opt.length"]), numbers(row["coap.opt.length_ext"]))
    deltas = extended(numbers(row["coap.opt.delta"]), numbers(row["coap.opt.delta_ext"]))
    names = row["coap.opt.name"].split("|") if row["coap.opt.name"] else []
    for name, delta, length in zip(names, deltas, lengths, strict=True):
        number += delta
        options.append((number, length, re.sub(r"^#\d+: ", "", name)))
    return {"type": TYPES[int(row["coap.type"])], "code": int(row["coap.code"]),
            "mid": int(row["coap.mid"]), "token": row["coap.token"].replace(":", ""),
            "options": options, "payload": payload_of(row)}


def ours(d, names):
    v = d["value"]
    heads = [f["meaning"] for f in d["fields"] if f["meaning"].startswith("option ")]
    options = []
    for option, head in zip(v["options"], heads, strict=True):
        length = int(re.search(r", (\d+) bytes?$", head)[1])
        name = option["name"].lower() if option["number"] in names else None
        options.append((option["number"], length, name))
    cls, detail = v["code"].split(".")
    return {"type": v["mtype"], "code": int(cls) * 32 + int(detail), "mid": int(v["mid"], 16),
            "token": v["token"], "options": options,
            "payload": v["payload_hex"] or ""}


def values(d, row):
    """Pairs of a typed value of ours and theirs."""
    for table, key in ((BYTES, "hex"), (TEXT, "value"), (UINT, "value")):
        for number, field in table.items():
            mine = [str(o.get(key, "")) for o in d["value"]["options"] if o["number"] == number]
            theirs_are = row[field].replace("<MISSING>", "")
            yield "|".join(mine), theirs_are.replace(":", "") if table is BYTES else theirs_are
    blocks = [o["value"] for o in d["value"]["options"] if o["number"] in BLOCK]
    yield ("|".join(str(b["num"]) for b in blocks), row["coap.opt.block_number"])
    yield ("|".join(str(int(b["more"])) for b in blocks), row["coap.opt.block_mflag"])
    if not any(o["number"] == SIZE2 for o in d["value"]["options"]):  # its field has the same name
        yield ("|".join(str(b["size"]) for b in blocks),
               "|".join(str(16 << n) for n in numbers(row["coap.opt.block_size"])))


def is_malformed(row):
    """Options that are newer than the reader do not count."""
    said = [text for text in row["_ws.expert.message"].split("|") if text]
    newer = [re.fullmatch(r"(?:Invalid|Unknown) Option Number (\d+)", text) for text in said]
    return bool(row["_ws.malformed"]) and not all(m and int(m[1]) not in KNOWN for m in newer)


KNOWN = {*BYTES, *TEXT, *UINT, *BLOCK, 5, 12, 17}
path = sys.argv[1]
lines = subprocess.run(["gcoap-decode", "--pcap", path, "--each", "--json"], text=True,
                       capture_output=True, check=True).stdout.splitlines()
n = differences = malformed = 0
for line, row in zip(lines, by_tshark(path), strict=True):
    d = json.loads(line)
    mine, other = ours(d, KNOWN), theirs(row)
    other["options"] = [(number, length, name.lower() if number in KNOWN else None)
                        for number, length, name in other["options"]]
    n += 1
    malformed += is_malformed(row)
    wrong = [pair for pair in values(d, row) if pair[0] != pair[1]]
    if mine != other or wrong:
        differences += 1
        print("frame", row["frame.number"], mine, other, wrong, file=sys.stderr)
print(n, differences, malformed)
