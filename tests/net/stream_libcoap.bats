#!/usr/bin/env bats
# DTLS, TCP and TLS: libcoap's clients at libcoap's servers through gcoap-proxy, what gcoap-bench
# counts there, and servers that go away.
bats_require_minimum_version 1.5.0
load helpers
load keys

# "NAME PROXY OPTION..." of libcoap's client, over each transport
ways() {
	cat <<-END
		udp coap://10.77.0.100
		tcp coap+tcp://10.77.0.100
		dtls-psk coaps://10.77.0.100 -u alice -k $SECRET
		dtls-cert coaps://10.77.0.100 -c alice.pem -j alice.key -C ca.pem
		tls-psk coaps+tcp://10.77.0.100 -u alice -k $SECRET
		tls-cert coaps+tcp://10.77.0.100 -c alice.pem -j alice.key -C ca.pem
	END
}

# ask NAME PROXY OPTION... -- OPTION... URI: libcoap's client on node 4
ask() {
	local client=coap-client-openssl

	[ "${1#*.}" != udp ] || client=coap-client-notls
	lab exec 4 timeout 30 $client -B 12 -P "${@:2}" >"$1.out" 2>&1 || echo "$?" >"$1.failed"
}

# Three servers on nodes 1 to 3; the proxy here; node 4 is for clients
through_proxy() {
	local name how

	source "$TOP/tests/net/keys.bash"
	make_keys
	issue proxy proxy ca IP:10.77.0.100
	credentials proxy.cred cert=proxy.pem key=proxy.key ca=ca.pem
	libcoap_servers4 1 3
	gcoap-proxy --listen coap://10.77.0.100 --listen coap+tcp://10.77.0.100 \
		--listen coaps://10.77.0.100 --listen coaps+tcp://10.77.0.100 -i lab0 --echo off \
		--cache off --psk-file alice.psk --credentials proxy.cred --allow-client alice \
		--allow-client 10.77.0.0/16 --allow-group "coap://$GROUP4" --allow-target 10.77.0.0/24 \
		--max-per-minute 0 >proxy.log 2>proxy.err &
	eventually grep -q 'ready: coaps+tcp' proxy.log
	head -c 1125 /dev/urandom | base64 -w0 >body
	while read -r name how; do
		# shellcheck disable=SC2086 # one word an option
		{
			ask "one.$name" $how coap://10.77.0.1/time
			ask "put.$name" $how -m put -f body "coap://10.77.0.2/$name"
			ask "get.$name" $how -o "got.$name" "coap://10.77.0.2/$name"
			ask "non.$name" $how -N -O 65002,0x07 "coap://$GROUP4/time"
			ask "observe.$name" $how -s 4 coap://10.77.0.3/time
		} </dev/null
	done < <(ways)
}

benched() {
	local scheme

	make_keys
	libcoap_server openssl -k "$SECRET" -c server.pem -j server.key -C ca.pem -n
	for scheme in coaps coaps+tcp; do
		exits 0 gcoap-bench --json -N 300 -r max --outstanding 16 --psk-file alice.psk \
			"$scheme://127.0.0.1/time" >"psk.$scheme"
		exits 0 gcoap-bench --json -N 30 -r 50 --warmup 300ms --credentials alice.cred \
			"$scheme://127.0.0.1/time" >"cert.$scheme"
	done
	end_server
	psk_file server.psk "alice:\"$SECRET\""
	simulate -n 3 --leisure 100ms
	gcoap-proxy --listen coaps://127.0.0.1:5702 --listen coaps+tcp://127.0.0.1:5702 -i lo \
		--psk-file server.psk --allow-client alice --allow-group @demo \
		--allow-target 127.77.0.0/16 --max-per-minute 0 --max-per-client 64 --cache off \
		>proxy.log 2>&1 &
	eventually grep -q 'ready: coaps+tcp' proxy.log
	for scheme in coaps coaps+tcp; do
		set -- --json --psk-file alice.psk -P "$scheme://127.0.0.1:5702"
		exits 0 gcoap-bench "$@" -N 5 -r 5 -t 3s @demo/temp >"group.$scheme"
		exits 0 gcoap-bench "$@" -N 50 -r 50 coap://127.77.0.1/temp >"one.$scheme"
	done
}

# ended STATUS COMMAND...: the server is killed when it has the client's request
ended() {
	local client

	: >server.log
	libcoap_server openssl -k "$SECRET" -v 7
	"${@:2}" >out 2>err &
	client=$!
	eventually grep -q 'c:GET' server.log
	kill -9 "$server"
	exits "$1" wait $client
	wait "$server" || true
	grep ^gcoap- err >>said
}

killed() {
	local scheme

	make_keys
	for scheme in coap+tcp coaps+tcp; do
		set -- --psk-file alice.psk -t 20s
		[ "$scheme" != coap+tcp ] || set -- -t 20s
		ended 5 gcoap-get "$@" "$scheme://127.0.0.1/async?9"
		ended 5 gcoap-observe "$@" "$scheme://127.0.0.1/time"
	done
}

wrong_key() {
	local scheme tool

	make_keys
	psk_file wrong.psk 'alice:"another"'
	libcoap_server openssl -k "$SECRET"
	for scheme in coaps coaps+tcp; do
		for tool in get observe discover 'bench -N 1'; do
			# shellcheck disable=SC2086 # -N 1
			exits 8 gcoap-$tool -t 2s --psk-file wrong.psk "$scheme://127.0.0.1/time" 2>>err
		done
	done
}

# A proxy with room for one: who was quiet for longest goes.
room_for_one() {
	local client

	simulate -n 3 --every 60s
	gcoap-proxy --listen coap+tcp://127.0.0.1:5701 --max-sessions 1 --allow-client 127.0.0.1 \
		--allow-target 127.77.0.0/16 >proxy.log 2>&1 &
	eventually grep -q ready proxy.log
	gcoap-observe --json -P coap+tcp://127.0.0.1:5701 coap://127.77.0.1/temp >first 2>first.err &
	client=$!
	eventually grep -q notification first
	exits 0 gcoap-get --json -P coap+tcp://127.0.0.1:5701 coap://127.77.0.2/temp >second
	exits 7 wait $client
}

setup_file() {
	play 4 through_proxy ask ways
	wait
}

@test "libcoap's clients reach libcoap's servers through the proxy over each transport" {
	look through_proxy
	ways | while read -r name _; do
		echo "$name"
		cmp body "got.$name"
		[ "$(grep -aoE '[0-9]{2}:[0-9]{2}:[0-9]{2}' "one.$name.out" | wc -l)" -eq 1 ]
		[ "$(grep -aoE '[0-9]{2}:[0-9]{2}:[0-9]{2}' "non.$name.out" | wc -l)" -ge 1 ]
		[ "$(grep -aoE '[0-9]{2}:[0-9]{2}:[0-9]{2}' "observe.$name.out" | wc -l)" -ge 3 ]
	done
	run ! ls ./*.failed
}

@test "gcoap-bench counts each message over DTLS and TLS once" {
	on_lo benched simulate make_keys authority key issue credentials psk_file libcoap_server \
		is_bound end_server
	wire='| [.rounds, .complete_rounds, .responses, .unmatched, .wire.sent, .wire.received] | @csv'
	for scheme in coaps coaps+tcp; do
		[ "$(summary "$wire" "psk.$scheme")" = 300,300,300,0,300,300 ]
		[ "$(summary "$wire" "cert.$scheme")" = 30,30,30,0,30,30 ]
		[ "$(summary "$wire" "group.$scheme")" = 5,5,15,0,5,15 ]
		[ "$(summary "$wire" "one.$scheme")" = 50,50,50,0,50,50 ]
		[ "$(jq -r 'select(.type == "server") | [.sent, .answered] | @csv' "group.$scheme" |
			sort -u)" = 5,5 ]
	done
}

@test "a server that is killed is said to have closed the connection" {
	on_lo killed ended make_keys authority key issue credentials psk_file libcoap_server is_bound
	cat said
	[ "$(grep -c 'it closed the connection' said)" -eq 4 ]
	[ "$(wc -l <said)" -eq 4 ]
}

@test "a wrong key is said in a line by each client" {
	on_lo wrong_key make_keys authority key issue credentials psk_file libcoap_server is_bound
	[ "$(grep -c 'it ended the handshake\|another key' err)" -eq 8 ]
	[ "$(wc -l <err)" -eq 16 ]
	run ! grep -rE --exclude='*.psk' "$SECRET" .
}

@test "a proxy with room for one session ends the one that is quiet" {
	on_lo room_for_one simulate
	[ "$(jq -r 'select(.type == "response") | .code' second)" = 2.05 ]
	grep -q 'closed the connection' first.err
}
