#!/usr/bin/env bats
# gcoap-observe over links that lose, double and delay, and with other implementations.
load helpers

# Client on node 1, behind the relay; a simulated group of 20 on node 2.
observe_through_relay() { # RELAY-OPTION... -- GCOAP-OBSERVE-OPTION...
	split "$@"
	lab exec 2 ip route add local 10.77.8.0/24 dev lo
	lab exec 2 gcoap-sim --json -n 20 --profile sensors --leisure 300ms --every 400ms --seed 5 \
		--listen 10.77.0.2 --group $GROUP4 --first-address 10.77.8.1 >sim.log 2>&1 &
	eventually grep -q ready sim.log
	relay_before_node1 --port 5683 "${relay[@]}"
	lab exec 1 gcoap-observe --json --pcap in.pcap -d 8s "${tool[@]}" "coap://$GROUP4/temp" >out.jsonl \
		2>err || echo $? >status
	stop_relay
}

loss_5() { observe_through_relay --seed 31 --loss 5 --; }
loss_20() { observe_through_relay --seed 22 --loss 20 -- --reregister 3s; }
doubling() { observe_through_relay --seed 23 --dup 50 --back-only --; }
reordering() { observe_through_relay --seed 24 --delay 900 --back-only -- --no-cancel; }

# libcoap's /time notifies each second; node 2's server is killed and started again.
restarted() {
	libcoap_servers4 1 3
	gcoap-observe --json -t 6s -d 40s "coap://$GROUP4/time" >out.jsonl 2>err &
	local observer=$!
	eventually sh -c '[ $(grep -c "\"server\":\"10.77.0.2:5683\".*\"n\":3" out.jsonl) -ge 1 ]'
	lab list >nodes || true
	lab exec 2 sh -c 'for p in /proc/[0-9]*; do
		[ "$(cat $p/comm 2>/dev/null)" = coap-server-not ] &&
		[ "$(readlink $p/ns/net)" = "$(readlink /proc/self/ns/net)" ] && kill -9 ${p#/proc/}
		done; true'
	libcoap_servers4 2 2
	wait $observer
}

# Who registers at libcoap is taken off its list by the cancellation.
cancelled() {
	libcoap_servers4 1 1
	exits 0 gcoap-observe --json -C 3 coap://10.77.0.1/time >out.jsonl
	exits 0 gcoap-observe --json -t 6s -C 3 "coap://$GROUP4/time" >group.jsonl
	exits 4 gcoap-observe --json -t 1s coap://10.77.0.1/.well-known/core >not.jsonl
}

node_observed() {
	lab exec 1 node "$TOP/tests/net/nodecoap-server.js" $GROUP4 >node1.log 2>&1 &
	lab exec 2 node "$TOP/tests/net/nodecoap-server.js" $GROUP4 >node2.log 2>&1 &
	eventually grep -q ready node1.log
	eventually grep -q ready node2.log
	eventually has_joined4 1
	eventually has_joined4 2
	exits 0 gcoap-observe --json -t 2s -C 8 "coap://$GROUP4/ticks" >out.jsonl
}

# node-coap observes what gcoap-sim serves, and is an observer like any other.
observed_by_node() {
	lab exec 1 gcoap-sim --json -n 1 --profile sensors --leisure 0 --every 300ms \
		--listen 10.77.0.1 --first-address 10.77.0.1 >sim.log 2>&1 &
	eventually grep -q ready sim.log
	timeout 20 node -e '
		const coap = require(process.argv[1] + "/tests/node_modules/coap")
		coap.request({ host: "10.77.0.1", pathname: "/temp", observe: true }).on("response", res => {
			let n = 0
			res.on("data", d => { console.log(String(d)); if (++n === 4) process.exit(0) })
		}).end()' "$TOP" >node.out
}

setup_file() {
	play 2 loss_5 observe_through_relay
	play 2 loss_20 observe_through_relay
	play 2 doubling observe_through_relay
	play 2 reordering observe_through_relay
	play 1 cancelled
	[ -n "${SHORT:-}" ] || play 3 restarted
	if [ -d "$TOP/tests/node_modules/coap" ]; then
		play 2 node_observed
		play 1 observed_by_node
	fi
	wait
}

right_by_the_ledger() {
	look "$1"
	[ ! -e status ]
	run "$TOP/tests/net/notified.py" in.pcap ledger out.jsonl
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "20 servers"* ]]
}

@test "with 5 % loss each server's sequence and losses are right by the ledger" {
	right_by_the_ledger loss_5
	[[ $output != *" lost=0"* ]]
}

@test "with 20 % loss each server's sequence and losses are right by the ledger" {
	right_by_the_ledger loss_20
	[[ $output != *" lost=0"* ]]
}

@test "doubled notifications are shown once and counted" {
	right_by_the_ledger doubling
	[[ $output == *" lost=0"* && $output != *" duplicates=0"* ]]
}

@test "notifications in any order: older ones are not shown, and not lost" {
	right_by_the_ledger reordering
	[[ $output != *" reordered=0"* ]]
}

@test "libcoap: notifications of one server and of a group, and a resource without" {
	look cancelled
	[ "$(jq -s '[.[] | select(.type == "notification") | .observe] | length' out.jsonl)" = 3 ]
	jq -se '[.[] | select(.type == "notification")] | length == 3 and
		all(.server == "10.77.0.1:5683" and .code == "2.05")' group.jsonl
	jq -se 'all(.type != "server" or .restarts == 0)' group.jsonl
	jq -se '.[-1].exit == 4' not.jsonl
}

# bats test_tags=long
@test "a libcoap server that is killed and started again is followed again" {
	[ -z "${SHORT:-}" ] || skip "long"
	look restarted
	jq -se '[.[] | select(.type == "server" and .server == "10.77.0.2:5683")][0] |
		.state == "observing" and .n >= 5 and (.stale | not)' out.jsonl
	jq -se '[.[] | select(.type == "server")] | length == 3' out.jsonl
}

@test "node-coap servers notify" {
	[ -d "$TOP/tests/node_modules/coap" ] || skip "npm package coap is not installed"
	look node_observed
	jq -se '[.[] | select(.type == "notification")] | length == 8 and
		(map(.server) | unique | length) == 2' out.jsonl
}

@test "node-coap observes a simulated server" {
	[ -d "$TOP/tests/node_modules/coap" ] || skip "npm package coap is not installed"
	look observed_by_node
	[ "$(wc -l <node.out)" -eq 4 ]
}
