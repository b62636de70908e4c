#!/usr/bin/env bats
# The golden values of options, read by python3-cbor2: they mean what their rows say.

read_values() {
	/usr/bin/python3 - "$@"
}

@test "another reader of CBOR sees the same servers in the golden values" {
	run read_values <<'EOF'
import cbor2, io, ipaddress

def items(data):
    stream = io.BytesIO(data)
    while stream.tell() < len(data):
        yield cbor2.CBORDecoder(stream).decode()

def host(value):
    if isinstance(value, bytes):
        value = ipaddress.ip_address(value)
    return f"[{value}]" if getattr(value, "version", 4) == 6 else str(value)

SCHEMES = {-1: "coap", -2: "coaps", -7: "coap+tcp", -8: "coaps+tcp", -25: "coap+ws", -26: "coaps+ws"}
PORTS = {"coap": 5683, "coaps": 5684, "coap+tcp": 5683, "coaps+tcp": 5684,
         "coap+ws": 80, "coaps+ws": 443}
TRANSPORTS = {1: "coap", 3: "coap+tcp"}

def tp_info(array):
    port = array[2] if len(array) > 2 else "absent"
    return f"{TRANSPORTS[array[0]]} {array[1]} {'null' if port is None else port}"

def cri(scheme, authority):
    scheme = SCHEMES[scheme]
    port = authority.pop() if isinstance(authority[-1], int) else PORTS[scheme]
    if isinstance(authority[0], str):
        return f"{scheme}://{'.'.join(authority)}:{port}"
    zone = f"%{authority[1]}]" if len(authority) > 1 else "]"
    return f"{scheme}://{host(authority[0]).replace(']', zone)}:{port}"

checked = 0
for line in open("tests/vectors/values.tsv"):
    if line.startswith("#"):
        continue
    name, data, meaning, _ = line.rstrip("\n").split("\t")
    kind, meaning = meaning.split(" ", 1)
    if kind not in ("tp-info", "reply-from", "multi-etag"):
        continue
    values = list(items(bytes.fromhex(data)))
    if kind == "tp-info":
        got = tp_info(*values)
    elif kind == "reply-from":
        got, meaning = cri(*values[0]), meaning.split()[0]
    else:
        scheme, address, port = tp_info(values[0]).split()
        address = host(ipaddress.ip_address(address))
        got = " ".join([f"{scheme}://{address}:{port}"] + [tag.hex() for tag in values[1:]])
    assert got == meaning, f"{name}: {got}"
    checked += 1
print(checked)
EOF
	[ "$status" = 0 ] || { echo "$output"; false; }
	[ "$output" = 22 ]
}

@test "another reader of CBOR reads every golden item to its end" {
	run read_values <<'EOF'
import cbor2, io

for line in open("tests/vectors/cbor.tsv"):
    if line.startswith("#"):
        continue
    name, data, _, _ = line.rstrip("\n").split("\t")
    data = bytes.fromhex(data)
    stream = io.BytesIO(data)
    cbor2.CBORDecoder(stream, tag_hook=lambda _, tag: str(tag)).decode()
    assert stream.tell() == len(data), name
EOF
	[ "$status" = 0 ] || { echo "$output"; false; }
}
