#!/usr/bin/env bats
# gcoap-etag beside a simulated group: who still has what we hold.
load helpers

states() {
	jq -r 'select(.type == "validation") | .state + " " + (.means // "-") + " " + (.saved | tostring)' "$1" | sort | uniq -c | tr -s ' '
}

@test "first everything is new, then fresh by Multi-ETag" {
	run_group "-n 3 --big 3000" 'gcoap-etag --json -n 3 @demo/big >1; gcoap-etag --json -n 3 @demo/big >2; gcoap-etag -n 3 @demo/big'
	fails_with 0
	[ "$(states 1)" = " 3 new - 0" ]
	[ "$(states 2)" = " 3 fresh multi-etag 3000" ]
	[[ $output == *"127.77.0.1:5683  FRESH"*"3 kB     -"* ]]
	says '3 servers: 3 fresh; 9000 bytes of bodies saved, 1 request'
}

@test "--plain in dialect ietf, --each, and one server" {
	run_group "-n 3 --big 900 --dialect ietf" '
		gcoap-etag -q -n 3 @demo/big >0
		gcoap-etag --json --dialect ietf -n 3 @demo/big >1
		gcoap-etag --json --each -n 3 @demo/big >2
		gcoap-etag --json 127.77.0.2/big >3'
	fails_with 0
	[ "$(states 1)" = " 3 fresh etag 900" ]
	[ "$(states 2)" = " 3 fresh unicast 900" ]
	[ "$(states 3)" = " 1 fresh unicast 900" ]
}

@test "Multi-ETags that do not fit go into further requests" {
	run_group "-n 5 --big 100" '
		gcoap-etag -q -n 5 @demo/big >0
		gcoap-etag --json -t 4 --multi --max-request 64 --pcap p @demo/big >1'
	fails_with 0
	[ "$(states 1)" = " 5 fresh multi-etag 100" ]
	gcoap-decode --pcap p --each --json | jq -r 'select(.value.code == "0.01") | [.length, ([.value.options[] | select(.name == "Multi-ETag")] | length)] | @tsv' >sent
	[ "$(awk '{ n += $2; if ($1 > 64) bad = 1 } END { print n, bad + 0, (NR > 1) }' sent)" = "5 0 1" ]
}

@test "changed and silent servers are told, and exit 10 is for scripts" {
	run_group "-n 3 --profile sensors --every 1s" '
		gcoap-etag -q -n 3 @demo/temp >0; sleep 2.5
		gcoap-etag --json --exit-code -n 3 @demo/temp >1'
	fails_with 10
	[ "$(states 1 | cut -d" " -f3 | sort -u)" = changed ]
	run_group "-n 2 --seed 1" 'gcoap-etag -q -n 2 --state s @demo/big >0'
	run_group "-n 1 --seed 1" 'gcoap-etag --state s -t 4 @demo/big'
	fails_with 0
	[[ $output == *"127.77.0.2:5683  SILENT  (was "* ]]
}

@test "entity-tags that cannot be trusted are warned of" {
	run_group "-n 3 --same-etag" 'gcoap-etag -n 3 @demo/big'
	fails_with 0
	mentions "gcoap-etag: 3 servers have an entity-tag that another one has, too"
	run_group "-n 2 --no-etag" 'gcoap-etag -q --state t -n 2 @demo/big >0; gcoap-etag --json --state t -n 2 @demo/big >1'
	[ "$(states 1)" = " 2 no-tag - 0" ]
}

@test "a tag that lies: confirmed by Multi-ETag, found out by a plain look" {
	run_group "-n 2 --profile sensors --every 1s --lying-etag" '
		gcoap-etag -q -n 2 @demo/temp >0; sleep 1.5
		gcoap-etag --json -n 2 @demo/temp >1
		gcoap-get --json -n 2 @demo/temp >2'
	fails_with 0
	[ "$(states 1 | cut -d" " -f3 | sort -u)" = fresh ]
	[ "$(jq -r 'select(.type == "response") | .etag' 2 | sort)" = \
		"$(jq -r 'select(.type == "validation") | .etag' 1 | sort)" ]
}

@test "--plain: a tag of several servers is not sent; who confirms a foreign one is asked again" {
	run_group "-n 3 --big 900 --same-etag --dialect ietf" '
		gcoap-etag -q --state all --dialect ietf -n 3 @demo/big >0
		gcoap-etag --json --state all --dialect ietf -n 3 --pcap p @demo/big >1 2>said'
	grep -q "3 servers have an entity-tag that another one has, too" said
	[ "$(states 1)" = " 3 fresh - 0" ]
	[ "$(gcoap-decode --pcap p --each --json | jq -r 'select(.value.code == "0.01") | .value.options[].name' | grep -c ETag)" = 0 ]
	run_group "-n 1 --big 900 --same-etag --dialect ietf" 'gcoap-etag -q --state one --dialect ietf -n 1 @demo/big'
	run_group "-n 3 --big 900 --same-etag --dialect ietf" '
		gcoap-etag --json --state one --dialect ietf -t 4 --pcap q @demo/big >2'
	[ "$(states 2)" = "$(printf ' 1 fresh etag 900\n 2 new - 0')" ]
	[ "$(gcoap-decode --pcap q --each --json | jq -r '.value.code' | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = " 2 0.01; 3 2.03; 3 2.05;" ]
}

@test "Group-ETag through a proxy: one 2.03 for all" {
	run_group "-n 3 --big 500" '
		gcoap-proxy --listen coap://127.0.0.1:0 -i lo --allow-client 127.0.0.1 --allow-group @demo \
			--members @demo=127.77.0.1,127.77.0.2,127.77.0.3 >ready & proxy=$!
		eventually test -s ready
		at=$(sed "s/ready: //" ready)
		for i in 1 2 3; do gcoap-etag --json -t 6s -P "$at" 224.0.1.187/big >$i; done
		kill $proxy'
	fails_with 0
	[ "$(states 1)" = " 3 new - 0" ]
	[ "$(states 3)" = " 3 fresh group-etag 500" ]
	[ "$(jq -r 'select(.type == "response") | .code' 3)" = 2.03 ]
}

# The bytes of all CoAP messages in a capture of what went to and from the proxy.
bytes_of() {
	gcoap-decode --pcap "$1" --port "$(cut -d: -f3 at)" --each --json | jq -s 'map(.length) | add'
}

@test "1,000 servers that kept 200 bytes each: validated with less than a tenth of a GET's bytes" {
	printf '127.77.%d.%d\n' $(seq 1 1000 | awk '{ print int($1 / 256), $1 % 256 }') | paste -sd, >members
	run_group "-n 1000 --big 200" '
		gcoap-proxy --listen coap://127.0.0.1:0 -i lo --allow-client 127.0.0.1 --allow-group @demo \
			--max-timeout 300s --members "@demo=$(cat members)" >ready & proxy=$!
		until [ -s ready ] || ! kill -0 $proxy; do sleep 0.05; done
		sed "s/ready: //" ready >at
		ask() { "$@" -P "$(cat at)" -t 250s --proxy-timeout 240s 224.0.1.187/big; }
		ask gcoap-etag -q -n 1000 >0
		ask gcoap-get -q -n 1000 --pcap get >0
		ask gcoap-etag -q -n 1000 >0
		ask gcoap-etag --json --pcap validate >1
		kill $proxy'
	fails_with 0
	[ "$(states 1)" = " 1000 fresh group-etag 200" ]
	[ "$(bytes_of get)" -gt 200000 ]
	[ $((10 * $(bytes_of validate))) -le "$(bytes_of get)" ]
}

@test "the file: private, forgotten on request, set aside when damaged" {
	run_group "-n 1" 'gcoap-etag -q -n 1 @demo/big'
	[ "$(stat -c %a cache/gcoap/cache.db)" = 600 ]
	chmod 644 cache/gcoap/cache.db
	apart gcoap-etag --forget
	fails_with 8
	mentions "others may read or write the file"
	chmod 600 cache/gcoap/cache.db
	apart gcoap-etag --forget
	fails_with 0
	says "gcoap-etag: forgot 2 entries of $PWD/cache/gcoap/cache.db"
	echo "what somebody wrote" >cache/gcoap/cache.db
	rm -f cache/gcoap/cache.db-*
	apart gcoap-etag --forget
	mentions "cache.db was damaged: it is"
	grep -q "what somebody wrote" cache/gcoap/cache.db.damaged-*
}

@test "means that do not fit are refused with a hint" {
	apart gcoap-etag --plain 224.0.1.187/x
	fails_with 2
	mentions "--plain is not of dialect tiloca-05"
	apart gcoap-etag --multi --dialect ietf 224.0.1.187/x
	fails_with 2
	apart gcoap-etag --group 224.0.1.187/x
	fails_with 2
	mentions "--group needs a proxy"
	apart gcoap-etag --multi --each 224.0.1.187/x
	fails_with 2
	apart gcoap-etag -m post 224.0.1.187/x
	fails_with 2
	mentions "only answers to GET and FETCH are held"
}
