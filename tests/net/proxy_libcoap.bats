#!/usr/bin/env bats
# gcoap-proxy among programs of others: libcoap's server and clients, its proxy, node-coap, and
# tshark, which reads every message of every leg.
load helpers

# Three servers on nodes 1 to 3; the proxy here; node 4 is for clients
proxy_and_three() {
	libcoap_servers4 1 3
	gcoap-proxy --listen coap://10.77.0.100 -i lab0 --echo off --cache off \
		--allow-client 10.77.0.0/16 --allow-group "coap://$GROUP4" \
		--allow-target 10.77.0.0/24 >proxy.log 2>proxy.err &
	eventually grep -q ready proxy.log
}

# Keep all of what passes this machine, until stop_capture
capture() {
	tshark -q -i lab0 -w all.pcap -f 'udp or tcp' >/dev/null 2>tshark.log &
	TSHARK=$!
	eventually grep -q 'Capture started' tshark.log
}

stop_capture() {
	echo the-last-datagram >/dev/udp/10.77.0.1/9
	eventually grep -qa the-last-datagram all.pcap
	kill "$TSHARK"
	wait "$TSHARK" || true
}

# ask OUT COAP-CLIENT-OPTION...: libcoap's client on node 4, through the proxy
ask() {
	lab exec 4 timeout 30 coap-client-notls -B 12 -v 7 -P coap://10.77.0.100 "${@:2}" >"$1" 2>&1 || true
}

libcoap_client_udp() {
	local u=coap://$GROUP4/time

	proxy_and_three
	capture
	ask without.out "$u"
	ask con.out -O 65002,0x07 "$u"
	ask non.out -N -O 65002,0x07 "$u"
	ask ietf.out -N -O 2,0x07 "$u"
	ask one.out coap://10.77.0.1/time
	ask none.out coap://10.77.0.1/nothing
	ask refused.out coap://192.0.2.1/time
	lab exec 4 timeout 30 coap-client-notls -B 12 -v 7 -U -N -O 39,coap -O "3,$GROUP4" \
		-O 65002,0x07 coap://10.77.0.100/time >split.out 2>&1 || true
	stop_capture
}

libcoap_client_bodies() {
	proxy_and_three
	head -c 3000 /dev/urandom | base64 -w0 >body
	capture
	lab exec 4 timeout 30 coap-client-notls -B 12 -P coap://10.77.0.100 -m put -b 256 -f body \
		coap://10.77.0.1/kept >put.out 2>&1
	# NON, as it cannot read bodies from separate CONs
	lab exec 4 timeout 30 coap-client-notls -N -B 12 -P coap://10.77.0.100 -b 256 -o got \
		coap://10.77.0.1/kept >get.out 2>&1
	stop_capture
}

libcoap_client_observes() {
	proxy_and_three
	capture
	lab exec 4 timeout 40 coap-client-notls -s 12 -B 20 -v 7 -P coap://10.77.0.100 \
		-O 65002,0x07 "coap://$GROUP4/time" >observe.out 2>&1 || true
	sleep 2
	stop_capture
}

node_client() {
	proxy_and_three
	capture
	lab exec 4 node "$TOP/tests/net/nodecoap-proxied.js" 10.77.0.100 "coap://$GROUP4/time" 7 8 >all.out
	lab exec 4 node "$TOP/tests/net/nodecoap-proxied.js" 10.77.0.100 "coap://$GROUP4/time" - 3 >without.out
	stop_capture
}

our_client() {
	proxy_and_three
	capture
	exits 0 lab exec 4 gcoap-get --json -n 3 -P coap://10.77.0.100 "coap://$GROUP4/time" >tiloca.jsonl
	exits 0 lab exec 4 gcoap-get --json -n 3 --dialect ietf -P coap://10.77.0.100 \
		"coap://$GROUP4/time" >ietf.jsonl
	stop_capture
}

three_proxies() {
	local common=(--echo off --cache off --allow-client 10.77.0.0/16 --allow-group "coap://$GROUP4"
		-i eth0)

	libcoap_servers4 1 2
	lab exec 3 gcoap-proxy --listen coap://10.77.0.3 "${common[@]}" >proxy3.log 2>&1 &
	lab exec 4 gcoap-proxy --listen coap://10.77.0.4 --next-proxy coap://10.77.0.3 "${common[@]}" \
		>proxy4.log 2>&1 &
	gcoap-proxy --listen coap://10.77.0.100 --next-proxy coap://10.77.0.4 "${common[@]:0:8}" -i lab0 \
		>proxy5.log 2>&1 &
	eventually grep -q ready proxy3.log
	eventually grep -q ready proxy4.log
	eventually grep -q ready proxy5.log
	exits 0 lab exec 5 gcoap-get --json -n 2 -t 12s -P coap://10.77.0.100 "coap://$GROUP4/time" >out.jsonl
	lab exec 5 timeout 30 coap-client-notls -B 12 -v 7 -N -P coap://10.77.0.100 -O 65002,0x0a \
		"coap://$GROUP4/time" >libcoap.out 2>&1 || true
}

is_bound() { ss -Hlun "sport = :$1" | grep -q .; }

# libcoap's own proxy, which knows nothing of groups, before our client
libcoap_proxy() {
	libcoap_servers4 1 2
	coap-server-notls -P ',proxy,10.77.0.100' -A 10.77.0.100 >server.log 2>&1 &
	eventually is_bound 5683
	lab exec 4 gcoap-get --json -t 9s -P coap://10.77.0.100 "coap://$GROUP4/time" >con.jsonl 2>con.err ||
		echo $? >con.status
	lab exec 4 gcoap-get --json -t 9s --non -P coap://10.77.0.100 "coap://$GROUP4/time" \
		>non.jsonl 2>non.err || echo $? >non.status
	lab exec 4 gcoap-get --json -t 9s -P coap://10.77.0.100 coap://10.77.0.1/time >one.jsonl 2>one.err ||
		echo $? >one.status
}

# realm_asks NAME OUT: a client with a key of its own, or "anybody" without, asks for what servers
# keep for a minute
realm_asks() {
	local how=(-P coaps://10.77.0.100 --psk-file "$1.psk")

	[ "$1" != anybody ] || how=(-P coap://10.77.0.100)
	exits 0 lab exec 4 gcoap-get --json -n 2 -t 7s --proxy-timeout 6s "${how[@]}" \
		"coap://$GROUP4/kept" >"$2.jsonl"
}

realms() {
	local i

	libcoap_servers4 1 2
	for i in 1 2; do
		timeout 20 coap-client-notls -m put -e "body of $i" "coap://10.77.0.$i/kept"
		timeout 20 coap-client-notls -m put -e "body of $i" "coap://10.77.0.$i/kept"
	done
	(umask 077
		echo 'alice:616c696365' >alice.psk
		echo 'bob:626f62' >bob.psk
		cat alice.psk bob.psk >both.psk)
	gcoap-proxy --listen coap://10.77.0.100 --listen coaps://10.77.0.100 -i lab0 --echo off \
		--psk-file both.psk --allow-client alice --allow-client bob --allow-client 10.77.0.0/16 \
		--allow-group "coap://$GROUP4" --members "coap://$GROUP4=10.77.0.1,10.77.0.2" \
		>proxy.log 2>proxy.err &
	eventually grep -q coaps: proxy.log
	capture
	realm_asks alice first
	realm_asks alice first_again
	realm_asks bob other
	realm_asks bob other_again
	realm_asks anybody third
	realm_asks anybody third_again
	stop_capture
}

setup_file() {
	play 4 libcoap_client_udp proxy_and_three capture stop_capture ask
	play 4 libcoap_client_bodies proxy_and_three capture stop_capture ask
	play 4 libcoap_client_observes proxy_and_three capture stop_capture ask
	[ ! -d "$TOP/tests/node_modules/coap" ] ||
		play 4 node_client proxy_and_three capture stop_capture ask
	play 4 our_client proxy_and_three capture stop_capture ask
	play 5 three_proxies
	play 4 libcoap_proxy is_bound
	play 4 realms realm_asks capture stop_capture
	wait
}

# tshark finds at least so many messages in all.pcap, none malformed, no checksum of ours wrong; it
# only does not know the options' numbers
reads_well() {
	[ "$(tshark -r all.pcap -Y coap 2>/dev/null | wc -l)" -ge "$1" ]
	tshark -r all.pcap -Y _ws.malformed -T fields -e _ws.expert.message 2>/dev/null |
		tr ',' '\n' | grep -vxE 'Invalid Option Number (2|96|248|292|65002)' >malformed || true
	cat malformed
	[ ! -s malformed ]
}

# has_time FILE: the client has shown the time of one server
has_time() { grep -aqE '[A-Z][a-z]{2} [0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}' "$1"; }

# messages FILTER TSHARK-OPTION...: of the capture
messages() { tshark -r all.pcap -Y "coap && ($1)" -T fields "${@:2}" 2>/dev/null; }

@test "libcoap's client, which knows no groups behind proxies, gets an answer over CON and NON" {
	look libcoap_client_udp
	for out in con non ietf split one; do
		grep -aqE '^v:1 t:(CON|NON|ACK) c:2.05 ' $out.out
		has_time $out.out
	done
}

@test "it is told why there is none: 4.00, 4.04 of the server, 5.05" {
	look libcoap_client_udp
	grep -aq '^4.00 Multicast-Signaling required' without.out
	grep -aq '^4.04' none.out
	grep -aq '^5.05' refused.out
}

@test "tshark reads all legs of that: each group request once, NON, without the proxy's options" {
	look libcoap_client_udp
	reads_well 30
	messages "ip.dst == $GROUP4" -e coap.type -e coap.opt.name >group
	[ "$(sort -u group)" = "$(printf '1\t#1: Uri-Path,#2: Hop-Limit')" ]
	[ "$(wc -l <group)" -eq 4 ]
	messages 'ip.src == 10.77.0.100 && ip.dst == 10.77.0.4 && coap.code == 69' -e coap.opt.unknown >origins
	[ "$(wc -l <origins)" -ge 5 ]
}

@test "bodies in blocks pass both ways" {
	look libcoap_client_bodies
	cmp body got
	[ "$(wc -c <got)" -eq 4000 ]
	reads_well 100
}

@test "libcoap's client observes the group through the proxy, and what it leaves ends" {
	look libcoap_client_observes
	for i in 1 2 3; do
		[ "$(grep -acE "^v:1 t:(CON|NON) c:2.05 .*Observe:.*96:.x83.x01.xD9.x01.x04.x44.x0A.x4D.x00.x0$i" \
			observe.out)" -ge 5 ]
	done
	reads_well 100
	# the cancellation went on to the group, and then it was quiet; what the client asks after it
	# is another request
	messages "ip.dst == $GROUP4" -e frame.time_relative -e coap.opt.name | tee group.txt
	[ "$(grep Observe group.txt | tail -1 | cut -d. -f1)" -ge 11 ] || { tail -40 observe.out && false; }
	[ "$(messages 'ip.dst == 10.77.0.4' -e frame.time_relative | tail -1 | cut -d. -f1)" -le 16 ]
}

@test "node-coap gets every server's answer, with its origin" {
	[ -d "$TOP/tests/node_modules/coap" ] || skip "npm package coap is not installed"
	look node_client
	[ "$(cut -d' ' -f1,2 all.out | sort)" = "$(printf '2.05 8301d90104440a4d000%d191633\n' 1 2 3)" ]
	[ "$(cat without.out)" = '4.00 - Multicast-Signaling required' ]
	reads_well 10
}

@test "our client gets them in both dialects" {
	look our_client
	for dialect in tiloca ietf; do
		[ "$(servers $dialect.jsonl)" = "$(printf '10.77.0.%d:5683\n' 1 2 3)" ]
		[ "$(jq -r 'select(.type == "response") | .via' $dialect.jsonl | sort -u)" = 10.77.0.100:5683 ]
	done
	[ "$(jq -r 'select(.type == "response") | .server_from' ietf.jsonl | sort -u)" = reply-from ]
	reads_well 18
}

@test "three proxies in a row lead to the group and back" {
	look three_proxies
	[ "$(servers out.jsonl)" = "$(printf '10.77.0.%d:5683\n' 1 2)" ]
	has_time libcoap.out
}

@test "libcoap's own proxy before our client: what it lacks is said" {
	look libcoap_proxy
	[ "$(cat con.status)" -eq 3 ] || [ "$(cat con.status)" -eq 7 ]
	grep -q '^  hint: ' con.err
	[ "$(jq -r 'select(.type == "response") | .server_from' non.jsonl | sort -u)" = unknown ]
	grep -q 'does not tell who answered' non.err
	[ "$(jq -r 'select(.type == "response") | .code' one.jsonl)" = 2.05 ]
}

@test "what one identity has fetched is not another's, nor anybody's" {
	look realms
	for out in first first_again other other_again third third_again; do
		[ "$(servers $out.jsonl)" = "$(printf '10.77.0.%d:5683\n' 1 2)" ]
	done
	# those of the servers have no Max-Age, those of the cache what is left of the 60 s
	for out in first other third; do
		[ "$(jq -r 'select(.type == "response") | .max_age' $out.jsonl | sort -u)" = null ]
		jq -e -s 'map(select(.type == "response")) | all(.max_age <= 60 and .max_age > 0)' "${out}_again.jsonl"
	done
	[ "$(messages "ip.dst == $GROUP4" -e coap.mid | wc -l)" -eq 3 ]
}
