# What is asked, and when the wait ends.
load helpers

records() {
	jq -c "select(.type == \"$1\")" <<<"$output"
}

field() {
	jq -r "select(.type == \"$1\") | $2" <<<"$output"
}

@test "every server of the group answers, each once" {
	group -n 5 --leisure 100ms -- gcoap-get -n 5 --json @demo/temp
	fails_with 0
	[ "$(records response | wc -l)" -eq 5 ]
	[ "$(field response .server | sort -u | wc -l)" -eq 5 ]
	[ "$(field summary .ended_by)" = expect ]
	[ "$(field summary .servers)" = 5 ]
}

@test "the wait lasts to the timeout when nothing ends it sooner" {
	group -n 2 --leisure 0 -- gcoap-get -t 2s --json @demo/temp
	fails_with 0
	[ "$(field summary .ended_by)" = timeout ]
	[ "$(field summary '.elapsed_ms >= 2000')" = true ]
}

@test "--first ends at the first answer, --idle after silence" {
	group -n 3 --leisure 200ms -- gcoap-get --first --json @demo/temp
	fails_with 0
	[ "$(field summary .ended_by)" = first ]
	[ "$(records response | wc -l)" -eq 1 ]
	group -n 3 --leisure 50ms -- gcoap-get --idle 2s --json @demo/temp
	fails_with 0
	[ "$(field summary .ended_by)" = idle ]
	[ "$(field summary .servers)" = 3 ]
}

@test "fewer servers than expected exit 4 and say so" {
	group -n 2 --leisure 0 -- gcoap-get -n 3 -t 3s @demo/temp
	fails_with 4
	mentions "gcoap-get: 2 of 3 expected servers answered"
}

@test "--expect-from names the missing one in a record" {
	group -n 1 --leisure 0 -- gcoap-get --expect-from 127.77.0.1,127.99.0.9 -t 3s \
		--json @demo/temp
	fails_with 4
	[ "$(field missing .server)" = 127.99.0.9:5683 ]
	[ "$(field summary .missing)" = 1 ]
	mentions "gcoap-get: 1 of the expected servers did not answer"
}

@test "--expect-from ends the wait when all of them answered" {
	group -n 2 --leisure 0 -- gcoap-get --expect-from 127.77.0.1,127.77.0.2 -t 20s --json \
		@demo/temp
	fails_with 0
	[ "$(field summary .ended_by)" = expect ]
}

@test "-n is for each request: one with fewer is told" {
	group -n 2 --leisure 0 -- gcoap-get -n 2 -t 3s @demo/light 127.77.0.1/light
	fails_with 4
	mentions "gcoap-get: not each of the 2 requests was answered by 2 servers"
}

@test "-n is for all families of one operand together" {
	group -n 3 --leisure 0 -- gcoap-get -i lo -t 20s --json -n 6 all/temp
	fails_with 0
	[ "$(field summary .ended_by)" = expect ]
	[ "$(field summary .servers)" = 6 ]
	[ "$(field request .expect | sort -u)" = 6 ]
	# where one of them has no servers
	group -n 3 --leisure 0 --group 224.0.1.187 -- gcoap-get -i lo -t 20s --json -n 3 all/temp
	fails_with 0
	[ "$(field summary .ended_by)" = expect ]
	group -n 3 --leisure 0 -- gcoap-get -i lo -t 20s -qq -n 6 --rounds 2 --interval 10ms all/temp
	fails_with 0
	group -n 3 --leisure 0 -- gcoap-get -i lo -t 3s -n 7 all/temp
	fails_with 4
	mentions "gcoap-get: 6 of 7 expected servers answered"
}

@test "-n over several interfaces counts a server once" {
	group -n 2 --leisure 0 -- sh -c 'ip link add ga type veth peer name gb
		ip link set ga up && ip addr add 10.9.0.1/24 dev ga
		gcoap-get -i lo -i ga -t 20s -n 2 224.0.1.187/temp || exit
		gcoap-get -i lo -i ga -t 3s -n 3 224.0.1.187/temp'
	fails_with 4
	mentions "gcoap-get: 2 of 3 expected servers answered"
}

@test "--expect-from takes names, and the port that is asked" {
	config <<-END
		[names]
		127.77.0.1 = kitchen
		127.77.0.2:5690 = hall
	END
	group -n 2 --leisure 0 --listen 127.0.0.1:5690 -- gcoap-get -i lo -t 20s --json \
		--expect-from kitchen,hall coap://224.0.1.187:5690/temp
	fails_with 0
	[ "$(field summary .ended_by)" = expect ]
	group -n 1 --leisure 0 -- gcoap-get -t 3s --json --expect-from hall @demo/temp
	fails_with 4
	[ "$(field missing .name)" = hall ]
}

@test "one server is asked with a confirmable request" {
	group -n 2 --leisure 0 -- gcoap-get --json 127.77.0.2/temp
	fails_with 0
	[ "$(field request .mtype)" = CON ]
	[ "$(field response .server)" = 127.77.0.2:5683 ]
	group -n 2 --leisure 0 -- gcoap-get --non --json 127.77.0.2/temp
	fails_with 0
	[ "$(field request .mtype)" = NON ]
}

@test "an error answer exits 1, --fail decides otherwise" {
	group -n 2 --leisure 0 -- gcoap-get 127.77.0.1/nothing-here
	fails_with 1
	group -n 2 --leisure 0 -- gcoap-get --fail never 127.77.0.1/nothing-here
	fails_with 0
	hostile error gcoap-get --fail all 127.0.0.1/x
	fails_with 1
}

@test "several targets share one run" {
	group -n 2 --leisure 0 -- gcoap-get --json 127.77.0.1/temp 127.77.0.2/temp
	fails_with 0
	[ "$(records request | wc -l)" -eq 2 ]
	[ "$(field response .server | sort | tr '\n' ' ')" = "127.77.0.1:5683 127.77.0.2:5683 " ]
}

@test "one silent target of several exits 3 and is named" {
	group -n 1 --leisure 0 -- gcoap-get -t 3s 127.77.0.1/temp 127.99.0.1/temp
	fails_with 3
	mentions "nobody answered coap://127.99.0.1/temp in 3 s"
	[[ "$output" == *127.77.0.1* ]]
}

@test "--rounds asks again with another token" {
	group -n 1 --leisure 0 -- gcoap-get --rounds 3 --interval 50ms --json 127.77.0.1/temp
	fails_with 0
	[ "$(records request | wc -l)" -eq 3 ]
	[ "$(field request .token | sort -u | wc -l)" -eq 3 ]
	[ "$(records response | wc -l)" -eq 3 ]
}

@test "a write to a group: method, payload and Content-Format arrive" {
	apart gcoap-get --dry-run -m put -T json -p '{"on":true}' -O 2049=0xbeef \
		--no-response 26 --query a=b --token c0ffee 224.0.1.187/light?x=y
	fails_with 0
	[[ "$output" == *"would send "*" bytes to 224.0.1.187:5683"*"then wait 7 s for answers"* ]]
	[[ "$output" == *"NON PUT, Message ID "*", token c0ffee"* ]]
	[[ "$output" == *"Uri-Path: light"*"Content-Format: 50 (application/json)"* ]]
	[[ "$output" == *"Uri-Query: x=y"*"Uri-Query: a=b"*"No-Response: 26"* ]]
	[[ "$output" == *"option 2049 (critical): 0xbeef"*"payload: 11 bytes"* ]]
	[[ "$output" == *"7b 22 6f 6e 22"* ]]
}

@test "--dry-run sends nothing" {
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0 # which strace does not let it
	group -n 1 --leisure 0 -- strace -f -e trace=sendto,sendmsg,sendmmsg -o trace \
		gcoap-get --dry-run @demo/temp || skip "no strace"
	[ -e trace ] || skip "no strace"
	fails_with 0
	! grep -q 224.0.1.187 trace
}

@test "JSON becomes CBOR when -T says so, and CBOR stays" {
	apart gcoap-get --dry-run -m put -T cbor -p '{"on":true,"level":[1,2.5]}' 127.0.0.1/light
	fails_with 0
	[[ "$output" == *"payload: "*"a2 62 6f 6e f5"* ]]
	printf '\xa1\x61a\x01' >body
	apart gcoap-get --dry-run -m put -T cbor -f body 127.0.0.1/light
	fails_with 0
	[[ "$output" == *"payload: 4 bytes"* ]]
	apart gcoap-get --dry-run -m put -T senml+cbor -p '[{"n":"t","v":21}]' 127.0.0.1/light
	fails_with 0
	[[ "$output" == *"payload: 7 bytes"* ]]
}

@test "the payload comes from stdin" {
	printf on | { apart gcoap-get --dry-run -m post -f - 127.0.0.1/light; fails_with 0
		[[ "$output" == *"payload: 2 bytes"* ]]; }
}

@test "options by name: text, integer, hex, blocks and Content-Formats" {
	apart gcoap-get --dry-run -O Uri-Host=example -O accept=cbor -O ETag=0xa1b2 \
		-O Block2=1/0/64 -O Max-Age=300 -O 65000=7 127.0.0.1/x
	fails_with 0
	for line in "Uri-Host: example" "ETag: 0xa1b2" "Max-Age: 300" \
		"Accept: 60 (application/cbor)" "Block2: 1/0/64" "option 65000 (elective): 0x07"; do
		[[ "$output" == *"$line"* ]]
	done
}

@test "a large body is fetched by unicast from every server, and up to --max-body" {
	group -n 3 --leisure 0 --big 5000 -- gcoap-get -n 3 --json @demo/big
	fails_with 0
	[ "$(field response .payload_len | sort -u)" = 5000 ]
	[ "$(field response '.blocks > 1 and .complete' | sort -u)" = true ]
	group -n 1 --leisure 0 --big 5000 -- gcoap-get --max-body 2000 --json 127.77.0.1/big
	fails_with 1
	[ "$(field response .complete)" = false ]
	group -n 1 --leisure 0 --big 5000 -- gcoap-get --no-blockwise --json 127.77.0.1/big
	[ "$(field response .blocks)" = 1 ]
}

@test "a large body is sent in blocks to one server" {
	head -c 3000 /dev/zero | tr '\0' x >body
	group -n 1 --leisure 0 --profile lights -- gcoap-get --json -m put -f body 127.77.0.1/note
	[ "$(records response | wc -l)" -eq 1 ]
}

@test "what came twice is counted once, and shown when asked" {
	hostile duplicate gcoap-get -i lo -t 3s --json 224.0.1.187/x
	fails_with 0
	[ "$(records response | wc -l)" -eq 1 ]
	[ "$(field summary .duplicates)" = 2 ]
	hostile duplicate gcoap-get -i lo -t 3s --show dup --json 224.0.1.187/x
	[ "$(field response .duplicate | tr '\n' ' ')" = "false true true " ]
}

@test "a second answer of one server is kept, the server counts once" {
	hostile repeat gcoap-get -i lo -t 3s --json 224.0.1.187/x
	fails_with 0
	[ "$(field summary '[.servers, .responses] | @csv')" = 1,2 ]
}

@test "an answer with another token is never shown" {
	hostile wrong-token gcoap-get -i lo -t 3s --json 224.0.1.187/x
	fails_with 3
	[ -z "$(records response)" ]
	[ "$(field summary .unmatched)" = 1 ]
}

@test "a seed makes the bytes reproducible" {
	apart gcoap-get --dry-run --seed 1 224.0.1.187/x
	first=$output
	apart gcoap-get --dry-run --seed 1 224.0.1.187/x
	[ "$output" = "$first" ]
	apart gcoap-get --dry-run --seed 2 224.0.1.187/x
	[ "$output" != "$first" ]
}

@test "--pcap writes what was sent and received" {
	group -n 2 --leisure 0 -- gcoap-get -n 2 --pcap run.pcap @demo/temp
	fails_with 0
	[ "$(tshark -r run.pcap -Y coap 2>/dev/null | wc -l)" -eq 3 ]
	[ "$(tshark -r run.pcap -Y _ws.malformed 2>/dev/null | wc -l)" -eq 0 ]
}

@test "the source address and port are the ones that -s names" {
	group -n 1 --leisure 0 -- gcoap-get -s 127.0.0.5:40404 --json 127.77.0.1/temp
	fails_with 0
	[ "$(field request .local)" = 127.0.0.5:40404 ]
	for source in 127.0.0.5 127.77.0.9:40404 0.0.0.0; do
		group -n 2 --leisure 0 -- gcoap-get -s "$source" --json -n 2 @demo/temp
		fails_with 0
		[ "$(field summary .servers)" = 2 ]
	done
	alone gcoap-get -s 192.0.2.99 127.0.0.1/temp
	fails_with 5
	says "gcoap-get: --source 192.0.2.99 is not an address of this host" \
		"  hint: ip -brief address shows those of this host"
}

@test "-s is a group request's source too" {
	group -n 2 --leisure 0 -- gcoap-get -n 2 -s 127.0.0.1:40404 --json @demo/temp
	fails_with 0
	[ "$(field request .local)" = 127.0.0.1:40404 ]
	group -n 2 --leisure 0 -- gcoap-get -n 2 -s 127.0.0.5 -i lo --json 224.0.1.187/temp
	fails_with 0
	group -n 2 --leisure 0 -- gcoap-get -n 2 -s '[::1]:40404' --json 'coap://[ff02::fd%lo]/temp'
	fails_with 0
	group -n 2 --leisure 0 -- gcoap-get -n 2 -s 0.0.0.0:40404 --json @demo/temp
	fails_with 0
}

@test "IPv6: a group with a zone in either spelling" {
	for uri in 'coap://[ff02::fd%lo]/temp' 'coap://[ff02::fd%25lo]/temp'; do
		group -n 2 --leisure 0 -- gcoap-get -n 2 --json "$uri"
		fails_with 0
		[ "$(field summary .servers)" = 2 ]
		[ "$(field request .uri)" = 'coap://[ff02::fd%lo]/temp' ]
	done
}

@test "a receive buffer too small for --expect is said before sending" {
	command -v sysctl >/dev/null || skip "no sysctl"
	apart unshare -rn sh -c 'ip link set lo up
		exec gcoap-get -t 200ms -i lo -n 200000 224.0.1.187/temp'
	fails_with 3
	mentions "gcoap-get: the receive buffer holds about "
	mentions "  hint: sudo sysctl -w net.core.rmem_max="
}

@test "answers that the kernel drops are counted exactly, and the run fails" {
	group -n 5000 --leisure 300ms -- bash -c '
		some_are_dropped() { awk "NR > 1 && \$NF { n++ } END { exit !n }" /proc/net/udp; }
		gcoap-get -v -t 30s --idle 3s --no-blockwise --fail never --json @demo/big >out 2>err &
		pid=$!
		eventually grep -q "^->" err
		kill -STOP $pid; eventually some_are_dropped; kill -CONT $pid
		wait $pid; echo $? >status'
	drops=$(jq 'select(.type=="summary") | .kernel_drops' out)
	[ "$drops" -gt 0 ] || skip "the receive buffer here holds them all"
	[ "$(cat status)" = 5 ]
	[ $((drops + $(jq 'select(.type=="summary") | .servers' out))) -eq 5000 ]
	grep -q "^gcoap-get: $drops answers were lost here: the kernel dropped them" err
}

@test "silence is no error when --no-response asks for it" {
	group -n 2 --leisure 0 -- gcoap-get -t 2s -m put -p on --no-response 26 @demo/light
	fails_with 0
	[ -z "$stderr" ]
	group -n 2 --leisure 0 -- gcoap-get -t 3s -m put -p on --no-response 8 @demo/light
	fails_with 0
	mentions "2 servers answered"
}

@test "--dry-run beside --json leaves stdout to the record" {
	alone gcoap-get --dry-run --json -i lo 224.0.1.187/x
	fails_with 0
	[ "$(head -1 <<<"$output" | jq -r .type)" = request ]
	mentions "would send 14 bytes to 224.0.1.187:5683 on lo from 127.0.0.1, then wait 7 s"
	printf '%s\n' "$output" >lines
	/usr/bin/python3 "$TOP/tests/cli/validate.py" lines
}
