#!/usr/bin/env bats
# gcoap-get -P over links that lose, double and delay, on either side of the proxy, and a proxy
# that is killed. The relay's ledger says what reached whom: exactly that must be reported.
load helpers

# proxy_on NODE|- OPTION...: gcoap-proxy on a node or on this machine, for all of 10.77.0.0/16
proxy_on() {
	local on=() interface=lab0 address=10.77.0.100

	[ "$1" = - ] || { on=(lab exec "$1") && interface=eth0 && address=10.77.0.$1; }
	"${on[@]}" gcoap-proxy --listen "coap://$address" -i "$interface" --cache off \
		--allow-client 10.77.0.0/16 --allow-group "coap://$GROUP4" "${@:2}" \
		>proxy.log 2>proxy.err &
	PROXY=$!
	eventually grep -q ready proxy.log
}

# Client on node 1 behind the relay; proxy here
client_side() { # RELAY-OPTION... -- GCOAP-GET-OPTION...
	split "$@"
	responders_on_2 100 200
	proxy_on -
	relay_before_node1 --port 5683 "${relay[@]}"
	lab exec 1 gcoap-get --json -t 5s --proxy-timeout 2s -P coap://10.77.0.100 "${tool[@]}" \
		"coap://$GROUP4/temp" >out.jsonl 2>err || echo $? >status
	stop_relay
}

# Proxy on node 1 behind the relay; client here
server_side() { # RELAY-OPTION...
	responders_on_2 100 200
	proxy_on 1 --echo off
	relay_before_node1 --port 5683 "$@"
	lab exec 3 gcoap-get --json -t 5s --proxy-timeout 2s -P coap://10.77.0.1 \
		"coap://$GROUP4/temp" >out.jsonl 2>err || echo $? >status
	stop_relay
}

client_loses() { client_side --seed 21 --loss 20 --back-only --; }
client_doubles() { client_side --seed 22 --dup 50 --back-only --; }
client_reorders() { client_side --seed 23 --delay 800 --back-only --; }
client_loses_both_ways() { client_side --seed 24 --loss 30 --; }
servers_lose() { server_side --seed 25 --loss 20 --back-only; }
servers_double() { server_side --seed 26 --dup 50 --back-only; }
servers_reorder() { server_side --seed 27 --delay 800 --back-only; }

# Eight clients ask while the proxy is killed and started again
killed() {
	local i clients=()

	responders_on_2 100 200
	proxy_on -
	for ((i = 1; i <= 8; i++)); do
		lab exec 3 gcoap-get --json -n 100 -t 6s --proxy-timeout 4s -P coap://10.77.0.100 \
			"coap://$GROUP4/temp" >"out$i.jsonl" 2>"err$i" &
		clients+=($!)
		[ "$i" != 4 ] || sleep 0.1
	done
	kill -9 "$PROXY"
	wait "$PROXY" || true
	proxy_on -
	for ((i = 1; i <= 8; i++)); do
		local status=0
		wait "${clients[i - 1]}" || status=$?
		echo "$status" >>statuses
	done
	# another client: those of node 3 may still have all requests that one may have
	exits 0 lab exec 1 gcoap-get --json -n 100 -P coap://10.77.0.100 "coap://$GROUP4/temp" >after.jsonl
}

nobody_there() {
	exits 7 lab exec 1 gcoap-get --json -t 3s -P coap://10.77.0.100 "coap://$GROUP4/temp" >out.jsonl 2>err
}

setup_file() {
	local scene

	for scene in client_loses client_doubles client_reorders client_loses_both_ways; do
		play 2 $scene client_side proxy_on
	done
	wait
	for scene in servers_lose servers_double servers_reorder; do
		play 3 $scene server_side proxy_on
	done
	play 3 killed proxy_on
	play 1 nobody_there
	wait
}

# Servers whose answer reached the client, by the ledger: the option with which the proxy names them
reached_the_client() {
	local number

	awk '$1 == "delivered" && $2 == "2>1" && $3 ~ /^10\.77\.0\.100:/ { print $6 }' ledger |
		sed -n 's/.*8301d90104440a4d08\(..\)191633.*/\1/p' | while read -r number; do
		echo "10.77.8.$((16#$number)):5683"
	done | sort -u
}

# Servers whose answer reached the proxy, by the ledger
reached_the_proxy() {
	awk '$1 == "delivered" && $2 == "2>1" && $3 ~ /^10\.77\.8\./ { print $3 }' ledger | sort -u
}

@test "what the client's link loses is not reported, the rest is" {
	look client_loses
	[ "$(servers out.jsonl)" = "$(reached_the_client)" ]
	[ "$(servers out.jsonl | wc -l)" -lt 100 ]
	[ "$(summary duplicates out.jsonl)" = 0 ]
}

@test "what the client's link doubles is shown once" {
	look client_doubles
	[ "$(grep -c '"type":"response"' out.jsonl)" -eq 100 ]
	[ "$(servers out.jsonl | wc -l)" -eq 100 ]
}

@test "what the client's link reorders is all there, each answer with its server" {
	look client_reorders
	[ "$(jq -r 'select(.type == "response") | .server + " " + (.payload | tostring)' out.jsonl |
		sort -u | wc -l)" -eq 100 ]
	jq -e -s 'map(select(.type == "response")) |
		all((.server | split(":")[0] | split(".")[3] | tonumber) == (.payload | tonumber) + 1)' out.jsonl
}

@test "with losses both ways the request is repeated, and no server is told twice" {
	look client_loses_both_ways
	[ "$(servers out.jsonl)" = "$(reached_the_client)" ]
	[ "$(grep -c '"type":"response"' out.jsonl)" -eq "$(servers out.jsonl | wc -l)" ]
}

@test "what is lost between servers and proxy is not relayed, the rest is" {
	look servers_lose
	[ "$(servers out.jsonl)" = "$(reached_the_proxy)" ]
	[ "$(servers out.jsonl | wc -l)" -lt 100 ]
}

@test "what is doubled between servers and proxy is relayed once" {
	look servers_double
	[ "$(grep -c '"type":"response"' out.jsonl)" -eq 100 ]
	[ "$(summary duplicates out.jsonl)" = 0 ]
}

@test "what is reordered between servers and proxy is all relayed" {
	look servers_reorder
	[ "$(servers out.jsonl)" = "$(reached_the_proxy)" ]
	[ "$(servers out.jsonl | wc -l)" -eq 100 ]
}

@test "a proxy that is killed: its clients end in time, with what they have, the next one serves" {
	look killed
	# all, fewer than expected, no proxy (any more)
	[ "$(sort -u statuses | grep -vxE '0|4|7')" = "" ]
	[ "$(wc -l <statuses)" -eq 8 ]
	cat out?.jsonl | jq -e -s 'map(select(.type == "response" and .server != "10.77.0.100:5683")) |
		all((.server | split(":")[0] | split(".")[3] | tonumber) == (.payload | tonumber) + 1)'
	[ "$(servers after.jsonl | wc -l)" -eq 100 ]
}

@test "no proxy at all is exit 7, with a word about it" {
	look nobody_there
	grep -q 'proxy' err
	grep -q '^  hint: ' err
}

no_source() {
	ip route add 224.0.0.0/4 dev lo # an address of host scope is not chosen by itself
	gcoap-proxy --duration 0.1s --listen coap://127.0.0.1:0 --allow-client 127.0.0.1 \
		--allow-group "coap://$GROUP4" 2>err
	grep -q "^gcoap-proxy: no way to coap://$GROUP4: its route has no address to send from$" err
	grep -q '^  hint: name the interface with -i$' err
	gcoap-proxy --duration 0.1s --listen coap://127.0.0.1:0 --allow-client 127.0.0.1 \
		--allow-group "coap://$GROUP4" -i lo 2>err
	[ ! -s err ]
	{ gcoap doctor "$GROUP4" || true; } | grep "^WARN *route $GROUP4"
}

@test "that a group's route has no address to send from is said at once" {
	on_lo no_source
}
