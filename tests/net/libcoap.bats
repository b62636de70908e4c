#!/usr/bin/env bats
# Debian's libcoap server in a group, one to a namespace.
load helpers

bodies_of_all_three() {
	local i

	libcoap_servers4 1 3
	for i in 1 2 3; do
		head -c 1500 /dev/zero | tr '\0' "$i" >"body$i"
		timeout 20 coap-client-notls -m put -b 1024 -f "body$i" "coap://10.77.0.$i/big"
	done
	exits 0 gcoap-get --json -n 3 --save saved "coap://$GROUP4/big" >out.jsonl
}

ask_time4() {
	libcoap_servers4 1 3
	exits 0 gcoap-get --json -n 3 "coap://$GROUP4/time" >out.jsonl
	exits 0 gcoap-get --format table -n 3 -i lab0 "coap://$GROUP4/time" >out.table
}

ask_time6() {
	libcoap_servers6 1 3 ff02::fd ff0200000000000000000000000000fd
	exits 0 gcoap-get --json -n 3 'coap://[ff02::fd%lab0]/time' >zone.jsonl
	exits 0 gcoap-get --json -n 3 'coap://[ff02::fd%25lab0]/time' >zone25.jsonl
	exits 0 gcoap-get --json -n 3 -i lab0 'coap://[ff02::fd]/time' >option.jsonl
	exits 0 gcoap-get --json 'coap://[fe80::2%lab0]/time' >unicast.jsonl
}

ask_site6() {
	libcoap_servers6 1 3 ff05::fd ff0500000000000000000000000000fd
	exits 0 gcoap-get --json -n 3 -i lab0 'coap://[ff05::fd]/time' >out.jsonl
}

ask_what_is_not_there() {
	libcoap_servers4 1 2
	exits 1 gcoap-get --json coap://10.77.0.1/none >unicast.jsonl
	exits 3 gcoap-get --json "coap://$GROUP4/none" >group.jsonl
}

ask_more_than_there_are() {
	libcoap_servers4 1 2
	exits 4 gcoap-get --json -n 3 "coap://$GROUP4/time" >fewer.jsonl
}

ask_certain_servers() {
	libcoap_servers4 1 2
	exits 4 gcoap-get --json --expect-from 10.77.0.1,10.77.0.9 "coap://$GROUP4/time" >from.jsonl
}

ask_two_networks() {
	libcoap_servers4 1 2
	lab --name two --net 78 -n 2 up
	local i
	for i in 1 2; do
		lab --name two exec "$i" coap-server-notls -A 0.0.0.0 -g $GROUP4 >/dev/null 2>&1 &
		eventually lab --name two exec "$i" grep -qi BB0100E0 /proc/net/igmp
	done
	exits 0 gcoap-get --json -i lab0 -i two0 "coap://$GROUP4/time" >both.jsonl &
	local both=$!
	exits 0 gcoap-get --json -i two0 -n 2 "coap://$GROUP4/time" >one.jsonl
	exits 0 gcoap-get --json -i 10.78.0.100 -n 2 "coap://$GROUP4/time" >address.jsonl
	wait "$both"
	lab --name two down
}

capture_both_families() {
	libcoap_servers4 1 1
	libcoap_servers6 2 2 ff02::fd ff0200000000000000000000000000fd
	exits 0 gcoap-get --json -n 1 --pcap four.pcap "coap://$GROUP4/time" >/dev/null
	exits 0 gcoap-get --json -n 1 --pcap six.pcap 'coap://[ff02::fd%lab0]/time' >/dev/null
}

# tshark finds so many packets, none malformed, no checksum wrong
reads_well() {
	local file=$1 checks=(-o udp.check_checksum:TRUE -o ip.check_checksum:TRUE)

	[ "$(tshark -r "$file" -Y coap 2>/dev/null | wc -l)" -eq "$2" ]
	[ -z "$(tshark -r "$file" "${checks[@]}" -Y \
		'_ws.malformed || udp.checksum.status == 0 || ip.checksum.status == 0' 2>/dev/null)" ]
}

setup_file() {
	play 3 bodies_of_all_three
	play 3 ask_time4
	play 3 ask_time6
	play 3 ask_site6
	play 2 ask_what_is_not_there
	play 2 ask_more_than_there_are
	play 2 ask_certain_servers
	play 2 ask_two_networks
	play 2 capture_both_families
	wait
}

@test "three servers of an IPv4 group answer and each is shown" {
	look ask_time4
	[ "$(servers out.jsonl)" = "$(printf '10.77.0.%d:5683\n' 1 2 3)" ]
	[ "$(summary ended_by out.jsonl)" = expect ]
	[ "$(summary kernel_drops out.jsonl)" = 0 ]
	[ "$(grep -c '^10\.77\.0\.[123]:5683 .* 2.05 Content' out.table)" -eq 3 ]
}

@test "answers with the request's Message ID are no duplicates of each other" {
	look ask_time4
	[ "$(summary duplicates out.jsonl)" = 0 ]
	[ "$(summary responses out.jsonl)" = 3 ]
}

@test "a body of 1,500 bytes arrives whole from all three servers" {
	look bodies_of_all_three
	[ "$(jq -r 'select(.type == "response") | [.payload_len, .complete, .blocks > 1] | @csv' \
		out.jsonl | sort -u)" = '1500,true,true' ]
	[ "$(summary incomplete out.jsonl)" = 0 ]
	for i in 1 2 3; do
		jq -rj "select(.server == \"10.77.0.$i:5683\") | .payload" out.jsonl | cmp - "body$i"
	done
	[ "$(find saved -type f | wc -l)" -eq 3 ]
}

@test "IPv6 groups are asked by zone in both spellings and by interface" {
	look ask_time6
	for way in zone zone25 option; do
		[ "$(servers "$way.jsonl")" = "$(printf '[fe80::%d%%lab0]:5683\n' 1 2 3)" ]
	done
	[ "$(servers unicast.jsonl)" = '[fe80::2%lab0]:5683' ]
}

@test "a site-local IPv6 group is asked over one interface" {
	look ask_site6
	[ "$(servers out.jsonl)" = "$(printf '[fd77::%d]:5683\n' 1 2 3)" ]
}

@test "4.04 to one is shown, to a group it is silence" {
	look ask_what_is_not_there
	[ "$(jq -r 'select(.type == "response") | .code' unicast.jsonl)" = 4.04 ]
	[ "$(summary responses group.jsonl)" = 0 ]
}

@test "fewer servers than expected are exit 4" {
	look ask_more_than_there_are
	[ "$(summary servers fewer.jsonl)" = 2 ]
}

@test "a server that must answer and does not is named" {
	look ask_certain_servers
	[ "$(jq -r 'select(.type == "missing") | .server' from.jsonl)" = 10.77.0.9:5683 ]
	[ "$(servers from.jsonl | wc -l)" -eq 2 ]
}

@test "several interfaces are asked at once" {
	look ask_two_networks
	[ "$(servers both.jsonl | wc -l)" -eq 4 ]
	[ "$(servers one.jsonl)" = "$(printf '10.78.0.%d:5683\n' 1 2)" ]
	[ "$(servers address.jsonl)" = "$(printf '10.78.0.%d:5683\n' 1 2)" ]
}

@test "tshark reads our captures of both families: nothing malformed, checksums right" {
	look capture_both_families
	reads_well four.pcap 2
	reads_well six.pcap 2
}
