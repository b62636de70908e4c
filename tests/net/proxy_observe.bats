#!/usr/bin/env bats
# gcoap-observe through gcoap-proxy: clients share one registration with the group, and the last one
# to go takes it along.
load helpers

proxy() {
	gcoap-proxy -i lo --listen coap://127.0.0.1:5690 --listen coap+tcp://127.0.0.1:5691 \
		--allow-client 127.0.0.1 --allow-group coap://224.0.1.187 \
		--allow-target 127.77.0.0/24 --trace "$@" >proxy.log 2>&1 &
	proxy=$!
	eventually grep -q 'ready: coap+tcp' proxy.log
}
servers() { jq -r 'select(.type == "notification").server' "$1" | sort -u | wc -l; }
has_servers() { [ "$(servers "$1")" -ge "$2" ]; }
lines() { wc -l <"$1"; }
has_more_than() { [ "$(lines "$1")" -gt "$2" ]; }
sent() { grep -c "proxy -> server 224.0.1.187:5683: NON .* Observe: $1;" proxy.log || true; }
has_sent() { [ "$(sent "$1")" -ge 1 ]; }
leave() {
	kill -INT "$1"
	wait "$1" || true
}

two_clients() {
	local udp tcp before

	simulate
	proxy
	gcoap-observe --json -t 20s -P coap://127.0.0.1:5690 coap://224.0.1.187/temp >udp.jsonl &
	udp=$!
	eventually has_servers udp.jsonl 5
	gcoap-observe --json -t 20s --dialect ietf -P coap+tcp://127.0.0.1:5691 \
		coap://224.0.1.187/temp >tcp.jsonl &
	tcp=$!
	eventually has_servers tcp.jsonl 3
	leave $udp
	before=$(lines tcp.jsonl)
	eventually has_more_than tcp.jsonl "$before"
	[ "$(sent 1)" = 0 ]
	leave $tcp
	eventually has_sent 1
	[ "$(sent 0)" = 1 ]
	kill $proxy
	wait $proxy
}
@test "clients over UDP and TCP share one registration, which ends with the last" {
	on_lo two_clients proxy servers has_servers lines has_more_than sent has_sent leave
}

# Nobody listens at the client's port any more: ICMP says so at the next message.
gone() {
	local client

	simulate -n 20
	proxy
	gcoap-get --json -t 20s -P coap://127.0.0.1:5690 coap://224.0.1.187/temp >get.jsonl &
	client=$!
	eventually grep -q '"type":"response"' get.jsonl
	kill -9 $client
	eventually grep -q 'ended after .*: reset' proxy.log
	gcoap-observe --json -t 20s -P coap://127.0.0.1:5690 coap://224.0.1.187/temp >udp.jsonl &
	client=$!
	eventually has_servers udp.jsonl 20
	kill -9 $client
	eventually has_sent 1
	kill $proxy
	wait $proxy
}
@test "a client that was killed is not answered any more, and the group is told" {
	on_lo gone proxy servers has_servers sent has_sent
}

one_server() {
	local client

	simulate
	proxy
	gcoap-observe --json -P coap://127.0.0.1:5690 coap://127.77.0.3/temp >one.jsonl &
	client=$!
	eventually has_more_than one.jsonl 2
	leave $client
	eventually grep -q 'proxy -> server 127.77.0.3:5683: CON .* Observe: 1;' proxy.log
	[ "$(grep -c 'proxy -> server 127.77.0.3:5683: CON .* Observe: 0;' proxy.log)" = 1 ]
	kill $proxy
	wait $proxy
}
@test "a server of its own is observed through the proxy" {
	on_lo one_server proxy lines has_more_than leave
}

stopped() {
	local client

	simulate
	proxy
	gcoap-observe --json -t 20s -P coap://127.0.0.1:5690 coap://224.0.1.187/temp >udp.jsonl &
	client=$!
	eventually has_servers udp.jsonl 5
	kill $proxy
	wait $proxy
	[ "$(sent 1)" -ge 1 ]
	exits 7 wait $client
	grep -q '"code":"5.03"' udp.jsonl
}
@test "a proxy that is stopped tells the group" {
	on_lo stopped proxy servers has_servers sent
}
