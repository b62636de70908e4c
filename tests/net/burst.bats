#!/usr/bin/env bats
# Many answers at once, on a loopback interface of their own.
load helpers

twenty_bursts() {
	local i

	simulate -n 1000 --leisure 0s --profile lights
	for ((i = 0; i < 20; i++)); do
		exits 0 gcoap-get --json -i lo -n 1000 "coap://$GROUP4/light" >out.jsonl
		summary '| [.servers, .duplicates, .kernel_drops] | @csv' out.jsonl >>counts
	done
}

# overrun GCOAP-TOOL OPTION...: it sleeps while 10,000 answers of 500 bytes come: more than its
# buffer holds
overrun() {
	local client

	"$BUILD/bench/rawgroup" -n 10000 -s 500 -d 1000 >group.log &
	eventually grep -q ready group.log
	"$@" -v --json -i lo -t 8s "coap://$GROUP4/x" >out.jsonl 2>err &
	client=$!
	eventually grep -q GET err
	kill -STOP "$client"
	eventually grep -q sent group.log
	kill -CONT "$client"
	wait "$client" || echo $? >status
}
get_overrun() { overrun gcoap-get; }
bench_overrun() { overrun gcoap-bench -N 1 -n 10000; }

has_servers() { [ "$(servers out.jsonl | wc -l)" -ge "$1" ]; }
servers() { jq -r 'select(.type == "notification") | .server' "$1" | sort -u; }
# The sockets whose datagrams were dropped; those that have some to be read
dropping() { awk 'NR > 1 && $NF > 0 { n++ } END { exit !n }' /proc/net/udp; }
all_read() { awk 'NR > 1 && $5 !~ /:00000000$/ { n++ } END { exit n > 0 }' /proc/net/udp; }

# gcoap-observe sleeps until notifications were dropped, and reads the rest when the group is gone.
observe_overrun() {
	local client

	simulate --json -n 3000 --leisure 500ms --every 500ms
	sim=$!
	gcoap-observe --json -i lo -t 5s -d 60s --no-cancel --pcap in.pcap "coap://$GROUP4/temp" \
		>out.jsonl 2>err &
	client=$!
	eventually has_servers 2900
	kill -STOP $client
	eventually dropping
	kill $sim
	wait $sim || true
	kill -CONT $client
	eventually all_read
	kill -INT $client
	wait $client || echo $? >status
}

with_leisure() {
	simulate -n 10000 --leisure 5s --profile lights
	exits 0 /usr/bin/time -f %M -o rss gcoap-get --json -i lo -n 10000 "coap://$GROUP4/light" >out.jsonl
}

@test "twenty bursts of 1,000 answers arrive whole" {
	on_lo twenty_bursts
	[ "$(sort "counts" | uniq -c | tr -s ' ')" = ' 20 1000,0,0' ]
}

# Of 10,000 answers those that are not among the summary's KIND were dropped, and that is said.
counted_with_dropped() { # KIND
	local dropped

	dropped=$(summary kernel_drops out.jsonl)
	[ "$dropped" -gt 0 ] && [ "$(($(summary "$1" out.jsonl) + dropped))" -eq 10000 ] &&
		[ "$(cat status)" = 5 ] && grep -q "$dropped" err
}

@test "what this host's buffer dropped is counted exactly, and the status is 5" {
	on_lo get_overrun overrun
	counted_with_dropped servers
}

@test "gcoap-bench counts what was dropped here exactly, and the status is 5" {
	on_lo bench_overrun overrun
	counted_with_dropped responses
}

@test "gcoap-observe counts notifications that were dropped here" {
	on_lo observe_overrun simulate has_servers servers dropping all_read
	dropped=$(summary kernel_drops out.jsonl)
	[ "$dropped" -gt 0 ]
	read=$(tshark -r in.pcap -Y 'udp.srcport == 5683' 2>/dev/null | wc -l)
	sent=$(jq 'select(.type == "summary") | .answers' sim.log)
	echo "$read read, $dropped dropped, $sent sent"
	[ "$((read + dropped))" -eq "$sent" ]
	[ "$(cat status)" = 5 ]
	grep -q "$dropped" err
}

# bats test_tags=long
@test "10,000 servers over 5 s of leisure are all there, in 16 MiB" {
	on_lo with_leisure
	[ "$(servers out.jsonl | wc -l)" -eq 10000 ]
	[ "$(summary duplicates out.jsonl)" = 0 ]
	[ "$(cat rss)" -le 16384 ]
}
