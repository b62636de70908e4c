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

# Their entity-tags are "0000", on every server and for every body, and 2.03 is not known to them.
ask_tags() {
	node_servers 1 3
	exits 0 gcoap-etag --state s -n 3 --json "coap://$GROUP4/big" >new.jsonl 2>new
	exits 0 gcoap-etag --state s -n 3 --exit-code --json "coap://$GROUP4/big" >multi.jsonl 2>multi
	exits 0 gcoap-etag --state s -n 3 --dialect ietf --pcap p "coap://$GROUP4/big" >plain 2>&1
	exits 0 gcoap-etag --state s --each --json "coap://$GROUP4/big" >each.jsonl 2>each
	exits 0 gcoap-etag --state s -n 3 "coap://$GROUP4/turn" >turn 2>&1
	exits 10 gcoap-etag --state s -n 3 --exit-code "coap://$GROUP4/turn" >turned 2>&1
}

setup_file() {
	[ -d "$TOP/tests/node_modules/coap" ] || return 0
	play 3 ask_node node_servers
	play 4 ask_mixed node_servers
	play 3 ask_tags node_servers
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

states() {
	jq -r 'select(.type == "validation") | .state + " " + (.saved | tostring)' "$1" | sort | uniq -c | tr -s ' '
}

@test "an entity-tag that is the same on every server is warned of, and never sent to the group" {
	look ask_tags
	[ "$(states new.jsonl)" = " 3 new 0" ]
	grep -q '3 servers have an entity-tag that another one has, too' new
	[ "$(states multi.jsonl)" = " 3 fresh 0" ]
	[ "$(states each.jsonl)" = " 3 fresh 0" ]
	gcoap-decode --pcap p --each --json >sent.jsonl
	[ "$(jq -r 'select(.value.code == "0.01") | .value.options[].name' sent.jsonl | grep -c ETag)" = 0 ]
}

@test "an entity-tag that stays while the body changes is warned of" {
	look ask_tags
	[ "$(grep -c CHANGED turned)" = 3 ]
	grep -q '3 servers changed the body and kept the entity-tag' turned
}
