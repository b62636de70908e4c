#!/usr/bin/env bats
# gcoap-bench over links that lose, double and delay, and to other implementations: the relay's
# ledger says what reached the client, and exactly that must be counted for each server.
load helpers

# The bench on node 1, behind the relay; 50 responders on node 2.
bench_through_relay() { # RELAY-OPTION... -- GCOAP-BENCH-OPTION...
	split "$@"
	responders_on_2 50 100
	relay_before_node1 --port 5683 "${relay[@]}"
	lab exec 1 gcoap-bench --json -N 20 -r 5 -t 3s "${tool[@]}" "coap://$GROUP4/temp" >out.jsonl ||
		echo $? >status
	stop_relay
}

lossy() { bench_through_relay --seed 7 --loss 20 --back-only --; }
lossy_both_ways() { bench_through_relay --seed 12 --loss 30 -- --clients 3; }
doubling() { bench_through_relay --seed 8 --dup 40 --back-only --; }
reordering() { bench_through_relay --seed 9 --delay 1000 --back-only --; }
too_late() { bench_through_relay --seed 10 --delay 6000 --back-only --; }
warming_up() { bench_through_relay --seed 13 --loss 20 --back-only -- --warmup 1s --samples s.jsonl; }

# One libcoap server behind the relay, asked with CON.
confirmable() {
	libcoap_servers4 2 2
	relay_before_node1 --port 5683 --seed 5 --loss 15 --dup 10
	lab exec 1 gcoap-bench --json -N 40 -r 20 coap://10.77.0.2/time >out.jsonl || echo $? >status
	stop_relay
}

libcoap_group() {
	libcoap_servers4 1 3
	exits 0 gcoap-bench --json -N 3 -r 1 -n 3 "coap://$GROUP4/time" >out.jsonl
	exits 0 gcoap-bench --json -r max --outstanding 16 -N 2000 coap://10.77.0.1/time >one.jsonl
	exits 1 gcoap-bench --json -N 5 -r 50 coap://10.77.0.1/none >none.jsonl
}

libcoap_group6() {
	libcoap_servers6 1 2 ff02::fd ff0200000000000000000000000000fd
	exits 0 gcoap-bench --json -N 2 -r 1 -n 2 'coap://[ff02::fd%lab0]/time' >out.jsonl
}

# A server on each of two links, and one that is nowhere; all are expected over either.
two_links() {
	ip link add second type veth peer name eth1 netns lab2
	ip addr add 10.78.0.100/24 dev second
	ip link set second up
	lab exec 2 ip link set eth0 down
	lab exec 2 ip addr add 10.78.0.2/24 dev eth1
	lab exec 2 ip link set eth1 up
	lab exec 2 ip route add 224.0.0.0/4 dev eth1
	lab exec 1 gcoap-sim -n 1 --leisure 0 --listen 10.77.0.1 --first-address 10.77.0.1 >sim1.log &
	lab exec 2 gcoap-sim -n 1 --leisure 0 --listen 10.78.0.2 --first-address 10.78.0.2 >sim2.log &
	eventually grep -q ready sim1.log
	eventually grep -q ready sim2.log
	exits 4 gcoap-bench --json -N 10 -r 10 -t 2s -i lab0 -i second \
		--expect-from 10.77.0.1,10.78.0.2,10.78.0.9 "coap://$GROUP4/temp" >out.jsonl
}

# "10.77.8.1:5683 17" of each server, by its records and by the ledger
counted() { jq -r "select(.type == \"server\" and .$1 > 0) | .server + \" \" + (.$1 | tostring)" out.jsonl | sort; }
happened() {
	awk -v what="$1" '$1 == what && $2 == "2>1" && $3 ~ /^10\.77\.8\./ { n[$3]++ }
		END { for (s in n) print s, n[s] }' ledger | sort
}

# How many datagrams the ledger has: ledger DIRECTION WHAT...
ledger() { awk -v way="$1" -v what=" ${*:2} " '$2 == way && index(what, " " $1 " ")' ledger | wc -l; }

setup_file() {
	play 2 lossy bench_through_relay
	play 2 lossy_both_ways bench_through_relay
	play 2 doubling bench_through_relay
	wait
	play 2 reordering bench_through_relay
	play 2 too_late bench_through_relay
	play 2 warming_up bench_through_relay
	wait
	play 2 confirmable
	play 3 libcoap_group
	play 2 libcoap_group6
	play 2 two_links
	wait
}

@test "with 20 % loss each server's answers are those that arrived" {
	look lossy
	[ "$(counted answered)" = "$(happened delivered)" ]
	[ "$(summary kernel_drops out.jsonl)" = 0 ]
	jq -e -s 'map(select(.type == "server")) | length == 50 and
		all(.sent == 20 and (.loss - (1 - .answered / .sent) | fabs < 1e-9))' out.jsonl
	# All that are known are expected: no round had all fifty.
	[ "$(summary complete_rounds out.jsonl)" = 0 ]
	[ "$(summary responses out.jsonl)" -eq "$(ledger '2>1' delivered)" ]
	[ ! -e status ]
}

@test "lost requests are lost answers of every server" {
	look lossy_both_ways
	[ "$(counted answered)" = "$(happened delivered)" ]
	lost=$(ledger '1>2' lost)
	[ "$lost" -gt 0 ]
	[ "$(jq -s 'map(select(.type == "server") | .answered) | max' out.jsonl)" -le $((20 - lost)) ]
	[ "$(awk '$2 == "1>2" { print $3 }' ledger | sort -u | wc -l)" = 3 ]
}

@test "doubled answers are duplicates of their server, and no answers" {
	look doubling
	[ "$(counted answered | awk '{ print $2 }' | sort -u)" = 20 ]
	[ "$(counted duplicates)" = "$(happened doubled)" ]
	[ "$(summary complete_rounds out.jsonl)" = 20 ]
}

@test "answers in any order belong to their request" {
	look reordering
	[ "$(counted answered | awk '{ print $2 }' | sort -u)" = 20 ]
	[ "$(summary '| [.complete_rounds, .duplicates, .late, .unmatched] | @csv' out.jsonl)" = 20,0,0,0 ]
}

@test "late answers are counted as such, not as answers" {
	look too_late
	[ "$(summary late out.jsonl)" -gt 0 ]
	[ "$(summary unmatched out.jsonl)" = 0 ]
	[ "$(($(summary responses out.jsonl) + $(summary late out.jsonl)))" -le 1000 ]
	[ "$(summary responses out.jsonl)" -lt 1000 ]
	jq -e -s 'map(select(.type == "server")) | all(.answered + .late <= 20)' out.jsonl
}

@test "the warm-up's answers are not counted, and samples have all of them" {
	look warming_up
	[ "$(summary '| [.rounds, .warmup_rounds, .wire.sent] | @csv' out.jsonl)" = 20,5,20 ]
	all=$(ledger '2>1' delivered)
	[ "$(jq -r 'select(.type == "sample") | .server' s.jsonl | wc -l)" = "$all" ]
	[ "$(summary wire.received out.jsonl)" -lt "$all" ]
	[ "$(summary wire.received out.jsonl)" = \
		"$(jq -r 'select(.type == "sample" and .warmup == false) | .server' s.jsonl | wc -l)" ]
}

@test "CON requests are sent again until they are answered, and each datagram is counted" {
	look confirmable
	[ "$(summary '| [.rounds, .complete_rounds] | @csv' out.jsonl)" = 40,40 ]
	[ "$(summary wire.sent out.jsonl)" = "$(ledger '1>2' delivered lost)" ]
	# A copy of the last answer comes when all is over.
	[ "$(summary wire.received out.jsonl)" -le "$(ledger '2>1' delivered doubled)" ]
	[ "$(summary wire.received out.jsonl)" -ge "$(($(ledger '2>1' delivered doubled) - 1))" ]
	[ "$(summary retransmissions out.jsonl)" = "$(($(summary wire.sent out.jsonl) - 40))" ]
}

@test "three libcoap servers answer a group, one server 16 at a time" {
	look libcoap_group
	[ "$(summary '| [.rounds, .complete_rounds, .responses, .unmatched] | @csv' out.jsonl)" = 3,3,9,0 ]
	[ "$(summary '| [.rounds, .responses, .errors] | @csv' one.jsonl)" = 2000,2000,0 ]
	[ "$(summary '| [.rounds, .errors] | @csv' none.jsonl)" = 5,5 ]
}

@test "and over IPv6" {
	look libcoap_group6
	[ "$(summary '| [.rounds, .complete_rounds, .responses] | @csv' out.jsonl)" = 2,2,4 ]
}

@test "over two interfaces a server is expected over the one where it is" {
	look two_links
	rounds=$(($(summary rounds out.jsonl) / 2))
	[ "$rounds" -ge 5 ]
	[ "$(jq -r 'select(.type == "server") | [.server, .sent, .answered] | @csv' out.jsonl | tr -d '"')" = \
		"$(printf '%s\n' "10.77.0.1:5683,$rounds,$rounds" "10.78.0.2:5683,$rounds,$rounds" \
			"10.78.0.9:5683,$rounds,0")" ]
	[ "$(summary expected_answers out.jsonl)" = $((3 * rounds)) ]
}
