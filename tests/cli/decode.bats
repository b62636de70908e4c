#!/usr/bin/env bats
# gcoap-decode: what bytes mean, and where they go wrong.
load helpers

@test "a Multi-ETag value is explained byte by byte" {
	apart gcoap-decode --as multi-etag 8301d9010444c000020119163342a1b2
	fails_with 0
	[[ $output == "multi-etag, 16 bytes: server coap://192.0.2.1:5683, 1 entity-tag: a1b2"* ]]
	[[ $output == *"     5  44c0000201                    srv_host 192.0.2.1"* ]]
	[[ $output == *"    13  42a1b2                    entity-tag a1b2  [groupcomm-bis-03, 3.2.2]" ]]
}

@test "the fields of every golden message cover each of its bytes once" {
	cut -f2 "$TOP/tests/vectors/messages.tsv" | grep -E '^[0-9a-f]+$' >hex
	while read -r hex; do gcoap-decode --json "$hex" || true; done <hex >out
	run /usr/bin/python3 - <<'END'
import json
n = 0
for hexa, line in zip(open("hex"), open("out")):
    d = json.loads(line)
    data = bytes.fromhex(hexa)
    assert d["ok"], line
    top = [f for f in d["fields"] if f["depth"] == 0]
    seen = bytearray(len(data))
    for f in d["fields"]:
        assert data[f["offset"]:].startswith(bytes.fromhex(f["hex"])), f
        for i in range(len(f["hex"]) // 2):
            seen[f["offset"] + i] += 1
    assert all(seen), (line, seen)
    n += 1
print(n > 40)
END
	echo "$output"
	[ "$output" = True ]
}

@test "every golden message is read as its row says" {
	grep -v '^#' "$TOP/tests/vectors/messages.tsv" | cut -f2,3 >rows
	cut -f1 rows | while read -r hex; do gcoap-decode --json "$hex" || true; done >out
	run /usr/bin/python3 - <<'END'
import json, re
n = 0
for row, line in zip(open("rows"), open("out"), strict=True):
    v = json.loads(line)["value"]
    row = row.rstrip("\n").split("\t")[1]
    words = re.sub(r'"(?:[^"\\]|\\.)*"', "", row).split(" ")
    kind, code, mid = words[:3]
    said = dict(w.split("=", 1) for w in words[3:] if w.startswith("token="))
    assert v["mtype"] == kind, (row, line)
    assert code in (v["code"], v["reason"]) or code == "Empty" and v["code"] == "0.00", (row, line)
    assert mid == "mid=" + v["mid"], (row, line)
    assert said.get("token", "") == v["token"], (row, line)
    names = [w.split("=")[0] for w in words[3:] if not w.startswith(("token=", "payload="))]
    assert len(names) == len(v["options"]), (row, line)
    for name, option in zip(names, v["options"]):
        assert name in (option["name"], str(option["number"])), (row, option)
    assert ("payload=" in row) == bool(v["payload_len"]), (row, line)
    n += 1
print(n >= 170)
END
	echo "$output"
	[ "$output" = True ]
}

@test "every golden option value is read as its row says, in JSON too" {
	grep -v '^#' "$TOP/tests/vectors/values.tsv" >rows
	while IFS=$'\t' read -r name hex meaning _; do
		case $meaning in
		tp-info*) kind=response-forwarding ;;
		reply-from*) kind=reply-from ;;
		multi-etag*) kind=multi-etag ;;
		*) continue ;;
		esac
		apart gcoap-decode --json --as $kind "$hex"
		echo "$name: $status $output $meaning"
		fails_with 0
		# the host of the row is the host that was read
		server=$(jq -r '.value | if type == "object" then .server else . end' <<<"$output")
		[ -n "$server" ]
		echo "$meaning" | tr ' ' '\n' | grep -qF "$(sed 's/.*:\/\///; s/:[0-9]*$//; s/^\[//; s/\]$//' <<<"$server")"
		echo x >>count
	done <rows
	[ "$(wc -l <count)" -ge 15 ]
}

@test "the readings of a port that is left out stand side by side" {
	apart gcoap-decode --as response-forwarding 8201d9010444c0000201
	fails_with 0
	[[ $output == *"srv_port is absent; tiloca-03: the group's, bis-03: 5683, slides-05: the group's, wgp-00: 5683" ]]
	apart gcoap-decode --as response-forwarding --group-port 5685 8301d9010444c0000201f6
	[[ $output == *"srv_port is null; tiloca-03: 5683, bis-03: 5683, slides-05: 5685, wgp-00: 5685" ]]
	apart gcoap-decode --as response-forwarding --group-port 5683 8301d9010444c0000201f6
	[[ $output != *"srv_port is null"* ]]
}

@test "malformed bytes: what, where, and exit 9" {
	apart gcoap-decode 42
	fails_with 9
	[[ $output == *"malformed at byte 1: a message has a header of 4 bytes (short-header)"* ]]
	apart gcoap-decode --json --as cbor 9a10000000
	fails_with 9
	[ "$(jq -r '.problem.name' <<<"$output")" = cbor-count ]
	[ "$(jq -r '.value' <<<"$output")" = null ]
	apart gcoap-decode --as oscore 80
	fails_with 9
}

@test "what is no hex is named with its place" {
	apart gcoap-decode 5g
	fails_with 2
	[[ $stderr == "gcoap-decode: operand 1, character 2: this is no hex digit"* ]]
	apart sh -c "printf '52 01\\n6x\\n' | gcoap-decode"
	fails_with 2
	[[ $stderr == "gcoap-decode: stdin, line 2, character 2: this is no hex digit"* ]]
	apart gcoap-decode 521
	fails_with 2
	[[ $stderr == "gcoap-decode: the last byte has one hex digit only"* ]]
	apart gcoap-decode --as nonsense 00
	fails_with 2
}

@test "blanks, colons, 0x and comments may stand between bytes" {
	apart sh -c "printf '# a request\\n52:01 66,6a 0xc0 0xde # token\\nb474656d70\\n' | gcoap-decode"
	fails_with 0
	[[ $output == "message, 11 bytes: NON GET /temp, Message ID 666a, token c0de"* ]]
}

@test "a capture is shown as gcoap-get shows it" {
	group -n 3 --leisure 200ms --big 3000 -- sh -c \
		'gcoap-get -q -i lo -n 3 --json --pcap g.pcap 224.0.1.187/big | jq -c "select(.type==\"response\") | [.server,.code,.payload]" | sort >live'
	fails_with 0
	gcoap-decode --pcap g.pcap --json | jq -c 'select(.type=="response") | [.server,.code,.payload]' | sort >read
	[ "$(wc -l <read)" = 3 ]
	cmp live read
	apart gcoap-decode --pcap g.pcap
	[[ $output == "GET coap://224.0.1.187/big, 127.0.0.1:"* ]]
	apart gcoap-decode --pcap g.pcap --each
	[[ $output == *"Uri-Path \"big\""* ]]
	apart gcoap-decode --pcap g.pcap --each --json
	[ "$(jq -s 'all(.ok)' <<<"$output")" = true ]
}

@test "captures that cannot be read say why" {
	apart gcoap-decode --pcap nowhere.pcap
	fails_with 5
	[[ $stderr == "gcoap-decode: nowhere.pcap: No such file or directory"* ]]
	echo nothing >text
	apart gcoap-decode --pcap text
	fails_with 9
	apart gcoap-decode --pcap .
	fails_with 5
	[[ $stderr == "gcoap-decode: .: Is a directory"* ]]
	apart sh -c 'gcoap-decode --pcap - <text'
	fails_with 9
	[[ $stderr == "gcoap-decode: stdin: this is not a pcap file"* ]]
	apart sh -c 'gcoap-decode --pcap - <&-'
	fails_with 5
	apart gcoap-decode --columns code 00
	fails_with 2
	apart gcoap-decode --pcap text --as cbor
	fails_with 2
}

@test "a capture may come from another program" {
	"$TOP/tests/fuzz/pcap-seeds" .
	for file in ethernet ethernet-ng; do
		gcoap-decode --pcap $file --each --json >file.json || true
		cat $file | gcoap-decode --pcap - --each --json >pipe.json || true
		[ "$(wc -l <pipe.json)" = 8 ]
		cmp file.json pipe.json
	done
}

@test "captures of every link layer say the same, in pcap and in pcapng" {
	"$TOP/tests/fuzz/pcap-seeds" .
	gcoap-decode --pcap raw --each --json >raw.json || true
	[ "$(wc -l <raw.json)" = 8 ]
	for link in ethernet vlan cooked cooked2 loopback; do
		gcoap-decode --pcap $link --each --json >read.json || true
		cmp raw.json read.json
		gcoap-decode --pcap $link-ng --each --json >read.json || true
		cmp <(jq -c 'del(.ts)' raw.json) <(jq -c 'del(.ts)' read.json)
		if command -v editcap >/dev/null; then
			editcap -F pcapng $link $link.pcapng
			gcoap-decode --pcap $link.pcapng --each --json >read.json || true
			cmp raw.json read.json
		fi
	done
	gcoap-decode --pcap ipv6 --each --json >read.json || true
	cmp <(jq -c 'del(.from, .to)' raw.json) <(jq -c 'del(.from, .to)' read.json)
}

@test "a capture that holds a part of its datagrams says so" {
	"$TOP/tests/fuzz/pcap-seeds" .
	apart gcoap-decode --pcap raw-cut
	fails_with 9
	[[ $stderr == *"datagram 1 from 192.0.2.9:40000: byte 3, truncated: the capture holds only a part of this datagram"* ]]
}

@test "a block of a capture that claims more than the file holds is told" {
	"$TOP/tests/fuzz/pcap-seeds" .
	for size in 16777216 2147483632; do
		apart gcoap-decode --pcap claims-$size
		fails_with 9
		[[ $stderr == *"claims-$size: the file ends in the middle of a packet"* ]]
	done
}

@test "CoAP over TCP in a capture is told, not read" {
	command -v text2pcap >/dev/null || skip "text2pcap is not installed"
	echo '000000 00 01 c0 b4 74 65 73 74' >dump
	text2pcap -q -T 40000,5683 dump tcp.pcap 2>text2pcap.log
	apart gcoap-decode --pcap tcp.pcap
	fails_with 3
	[[ $stderr == *"1 packet of TCP on CoAP's ports: CoAP over TCP is not read from captures"* ]]
}

@test "small values are said in words" {
	while read -r kind hex meaning; do
		apart gcoap-decode --as "$kind" "$hex"
		echo "$kind: $output"
		fails_with 0
		[[ ${output%%$'\n'*} == *": $meaning" ]]
	done <<-'END'
		no-response 1a No-Response 26: no 2.xx, no 4.xx, no 5.xx
		hop-limit 10 Hop-Limit 16: the proxies that may still pass it on
		multicast-timeout 3c Multicast-Timeout 60 s
		proxy-scheme-number 01 Proxy-Scheme-Number 1 (coaps)
		proxy-cri 8420824401020304191633826173617481613d [-1, [h'01020304', 5683], ["s", "t"], ["="]]
	END
	apart gcoap-decode 54011234a1b2c3d460
	[[ $output == *"Observe 0: register"* ]]
	apart gcoap-decode 40000001
	[[ $output == *"an Empty CON is a ping: it asks for a RST"* ]]
}
