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

# The client sleeps while 10,000 answers of 500 bytes come: more than its buffer holds.
overrun() {
	"$BUILD/bench/rawgroup" -n 10000 -s 500 -d 1000 >group.log &
	eventually grep -q ready group.log
	gcoap-get -v --json -i lo -t 8s "coap://$GROUP4/x" >out.jsonl 2>err &
	client=$!
	eventually grep -q GET err
	kill -STOP "$client"
	eventually grep -q sent group.log
	kill -CONT "$client"
	wait "$client" || echo $? >status
}

with_leisure() {
	simulate -n 10000 --leisure 5s --profile lights
	exits 0 /usr/bin/time -f %M -o rss gcoap-get --json -i lo -n 10000 "coap://$GROUP4/light" >out.jsonl
}

@test "twenty bursts of 1,000 answers arrive whole" {
	on_lo twenty_bursts
	[ "$(sort "counts" | uniq -c | tr -s ' ')" = ' 20 1000,0,0' ]
}

@test "what this host's buffer dropped is counted exactly, and the status is 5" {
	on_lo overrun
	dropped=$(summary kernel_drops out.jsonl)
	[ "$dropped" -gt 0 ]
	[ "$(($(summary servers out.jsonl) + dropped))" -eq 10000 ]
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
