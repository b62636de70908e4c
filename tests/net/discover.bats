#!/usr/bin/env bats
# gcoap-discover and the servers and the Resource Directory of libcoap, one to a namespace.
load helpers

find_servers() {
	libcoap_servers4 1 3
	exits 0 gcoap-discover --json -n 3 coap://$GROUP4 >all.jsonl
	exits 0 gcoap-discover -n 3 --matrix coap://$GROUP4 >matrix
	exits 0 gcoap-discover --json -n 3 --rt ticks coap://$GROUP4 >ticks.jsonl
	exits 3 gcoap-discover --rt nothing -t 6 coap://$GROUP4 >/dev/null 2>none
	exits 0 gcoap-discover -n 3 --save before.json coap://$GROUP4 >/dev/null
	timeout 20 coap-client-notls -m put -e x coap://10.77.0.2/new
	exits 10 gcoap-discover -n 3 --diff before.json coap://$GROUP4 >changes
}

ask_directory() {
	lab exec 1 coap-rd-notls -A 0.0.0.0 -g $GROUP4 -v 0 >rd.log 2>&1 &
	eventually has_joined4 1
	timeout 20 coap-client-notls -m post -t 40 -e '</light>;rt="light",<coap://10.77.0.3/x>' \
		'coap://10.77.0.1/rd?ep=lights&et=core.rd-group&base=coap://224.0.1.190'
	exits 0 gcoap-discover -n 1 --groups --json coap://$GROUP4 >groups.jsonl 2>groups.said
	exits 0 gcoap-discover -n 1 --groups coap://$GROUP4 >/dev/null 2>tree.said
}

setup_file() {
	play 3 find_servers
	play 2 ask_directory
	wait
}

links() {
	jq -r 'select(.type == "link") | .uri' "$1" | sort
}

@test "the links of three libcoap servers, each on its own address" {
	look find_servers
	[ "$(links all.jsonl | wc -l)" = 12 ]
	[ "$(links ticks.jsonl)" = "$(printf 'coap://10.77.0.%d/time\n' 1 2 3)" ]
	[ "$(tr -s ' ' <matrix)" = "$(printf '%s\n' 'LINK .1 .2 .3' '/ x x x' '/async x x x' \
		'/example_data o o o' '/time o o o')" ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" all.jsonl
}

@test "libcoap servers answer a filter that nothing passes with an empty document" {
	look find_servers
	grep -q '3 servers answered, none has such a link' none
}

@test "a resource that is made on one server is a new link" {
	look find_servers
	[ "$(tr -s ' ' <changes)" = "NEW 10.77.0.2:5683 /new" ]
}

@test "libcoap's directory is found in its group, and what it knows is shown" {
	look ask_directory
	[ "$(jq -r 'select(.type == "group") | [.server, .base, .links] | @csv' groups.jsonl)" = \
		'"10.77.0.1:5683",,2' ]
	[ "$(links groups.jsonl)" = "$(printf '%s\n' coap://10.77.0.3/x null)" ]
	grep -q 'it may not say which are groups' groups.said
	grep -q '^1 registration, 2 links' tree.said
	/usr/bin/python3 "$TOP/tests/cli/validate.py" groups.jsonl
}
