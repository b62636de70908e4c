#!/usr/bin/env bats
# node-coap, a second implementation, in a group with libcoap.
load helpers

node_servers() { # FIRST LAST
	local i

	for ((i = $1; i <= $2; i++)); do
		lab exec "$i" node "$TOP/tests/net/nodecoap-server.js" $GROUP4 >"node$i.log" 2>&1 &
		eventually grep -q ready "node$i.log"
		eventually has_joined4 "$i"
	done
}

ask_node() {
	node_servers 1 3
	exits 0 gcoap-get --json -n 3 "coap://$GROUP4/temp" >temp.jsonl
	exits 0 gcoap-get --json -n 3 "coap://$GROUP4/big" >big.jsonl
	exits 1 gcoap-get --json -n 3 "coap://$GROUP4/none" >none.jsonl
}

ask_mixed() {
	node_servers 1 2
	libcoap_servers4 3 4
	exits 1 gcoap-get --json -n 4 "coap://$GROUP4/time" >out.jsonl
}

setup_file() {
	[ -d "$TOP/tests/node_modules/coap" ] || return 0
	play 3 ask_node node_servers
	play 4 ask_mixed node_servers
	wait
}

setup() {
	[ -d "$TOP/tests/node_modules/coap" ] || skip "npm package coap is not installed"
}

@test "three node-coap servers answer with one Message ID and are three servers" {
	look ask_node
	[ "$(servers temp.jsonl)" = "$(printf '10.77.0.%d:5683\n' 1 2 3)" ]
	[ "$(jq -r 'select(.type == "response") | .payload' temp.jsonl | sort -u)" = 21.5 ]
	[ "$(summary duplicates temp.jsonl)" = 0 ]
}

@test "bodies in blocks with the same ETag on every server are not mixed" {
	look ask_node
	[ "$(jq -r 'select(.type == "response") | [.payload_len, .complete] | @csv' big.jsonl |
		sort | uniq -c | tr -s ' ')" = ' 3 2000,true' ]
}

@test "their 4.04 to a group is shown" {
	look ask_node
	[ "$(jq -r 'select(.type == "response") | .code' none.jsonl |
		sort | uniq -c | tr -s ' ')" = ' 3 4.04' ]
}

@test "both implementations answer one request" {
	look ask_mixed
	[ "$(jq -r 'select(.type == "response") | .server + " " + .code' out.jsonl | sort)" = \
		"$(printf '10.77.0.%s\n' '1:5683 4.04' '2:5683 4.04' '3:5683 2.05' '4:5683 2.05')" ]
}
