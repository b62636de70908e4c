#!/usr/bin/env bats
# gcoap-bench beside a simulated group: what is sent, what is counted, and the exit status.
load helpers

# Of the summary record: summary JQ-FILTER
summary() {
	jq -r "select(.type == \"summary\") | $1" <<<"$output"
}

# Of each server: server KEY
server() {
	jq -r "select(.type == \"server\") | .server + \" \" + (.$1 | tostring)" <<<"$output" | sort
}

# A short leisure, so that requests at this rate do not wait for each other's
@test "each server answers each request, and each round is complete" {
	group -n 3 --leisure 10ms -- gcoap-bench --json -N 20 -r 40 -n 3 @demo/light
	fails_with 0
	[ "$(summary '[.requests, .rounds, .complete_rounds, .responses, .servers, .ended_by, .exit] | join(" ")')" = \
		"20 20 20 60 3 requests 0" ]
	[ "$(server answered)" = "$(printf '127.77.0.%s:5683 20\n' 1 2 3)" ]
	[ "$(server loss | sort -u | wc -l)" = 3 ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
}

@test "the table has first, each and last, the servers and the conditions" {
	group -n 3 --leisure 10ms -- gcoap-bench -N 10 -r 40 -n 3 --assert 'servers>=3' 'loss<1%' @demo/light
	fails_with 0
	[[ "$output" == *first*each*last*"server "*answered*"complete rounds 10/10 (100 %)"* ]]
	[[ "$output" == *"127.77.0.1:5683  10/10 "* ]]
	[[ "$output" == *"assert servers>=3: pass"*"assert loss<1%: pass"* ]]
}

@test "a condition that does not hold exits 10, an error of a server 1, and 1 goes first" {
	group -n 2 --leisure 0 -- gcoap-bench --json -N 2 -r 20 -n 2 --assert 'servers>=3,loss<1%' @demo/light
	fails_with 10
	mentions 'gcoap-bench: assert servers>=3 failed: 2'
	[ "$(summary '.asserts | map(.ok) | tostring')" = '[false,true]' ]
	group -n 1 -- gcoap-bench --json -N 2 -r 20 127.77.0.1/none
	fails_with 1
	[ "$(summary .errors)" = 2 ]
	group -n 1 -- gcoap-bench -q -N 2 -r 20 --fail never 127.77.0.1/none
	fails_with 0
	group -n 1 -- gcoap-bench -qq -N 2 -r 20 --assert 'servers>=3' 127.77.0.1/none
	fails_with 1
	prints_nothing
	[ -z "$stderr" ]
}

@test "silence exits 3, a closed port says so, and fewer exit 4" {
	group -n 2 -- gcoap-bench -N 2 -r 20 -t 500ms @demo/none
	fails_with 3
	mentions "gcoap-bench: nobody answered coap://224.0.1.187/none in 0.5 s (sent from 127.0.0.1 on lo)"
	alone gcoap-bench -N 2 -r 20 -t 5s 127.0.0.1:9/x
	fails_with 3
	mentions "gcoap-bench: 127.0.0.1 refused: no server on port 9"
	group -n 2 --leisure 0 -- gcoap-bench -N 2 -r 20 -t 3s -n 5 @demo/light
	fails_with 4
	mentions "gcoap-bench: 2 of 5 expected servers answered
  hint: wait longer with -t, or ask more often with -N"
}

@test "servers that must answer have a row, and a missing one exits 4" {
	group -n 2 --leisure 0 -- gcoap-bench --json -N 3 -r 20 -t 3s --expect-from 127.77.0.2,127.77.0.9 @demo/light
	fails_with 4
	mentions "gcoap-bench: 1 of the expected servers never answered: 127.77.0.9:5683"
	[ "$(server answered)" = "$(printf '127.77.0.%s\n' '1:5683 3' '2:5683 3' '9:5683 0')" ]
	[ "$(server loss | grep 0.9)" = "127.77.0.9:5683 1" ]
	[ "$(summary .complete_rounds)" = 0 ]
}

@test "a request is over when all who must answer have" {
	group -n 3 --leisure 0 -- timeout 20 gcoap-bench --json -N 20 -r max -t 10s --expect-from 127.77.0.2,127.77.0.3 @demo/light
	fails_with 0
	[ "$(summary '[.rounds, .complete_rounds, .missing] | tostring')" = '[20,20,0]' ]
}

@test "members of the config file are expected, and named" {
	config <<-'END'
		[group lab]
		uri = coap://224.0.1.187
		interface = lo
		members = 127.77.0.1, hall
		[names]
		127.77.0.9 = hall
		[defaults]
		idle = 2s
		columns = server
		follow-up = proxy
		save = there
	END
	group -n 1 --leisure 0 -- gcoap-bench -N 2 -r 20 -t 3s @lab/light
	fails_with 4
	mentions "never answered: hall"
	[[ "$output" == *"hall"*"0/2"* ]]
}

@test "nothing can be sent, no name, no file: 5, 6, 5" {
	alone gcoap-bench -N 2 -r 20 224.0.1.187/x
	fails_with 5
	mentions "gcoap-bench: no route to 224.0.1.187"
	alone gcoap-bench nosuch.invalid/x
	fails_with 6
	alone gcoap-bench --csv /nowhere/x.csv -N 1 127.0.0.1/x
	fails_with 5
	says 'gcoap-bench: --csv /nowhere/x.csv: No such file or directory' \
		'  hint: the folder that it is in must be there'
	alone gcoap-bench --json --html /nowhere/x.html -N 1 127.0.0.1/x
	fails_with 5
	[ "$(jq -r '.type + " " + (.code | tostring)' <<<"$output")" = "error 5" ]
	alone gcoap-bench --compare nowhere.json -N 1 127.0.0.1/x
	[ "$status" -ne 0 ]
	says 'gcoap-bench: --compare nowhere.json: No such file or directory' \
		'  hint: such a file is made with gcoap-bench --json TARGET > FILE'
	alone gcoap-bench --pcap /nowhere/x.pcap -N 1 127.0.0.1/x
	fails_with 5
	says 'gcoap-bench: --pcap /nowhere/x.pcap: No such file or directory' \
		'  hint: the folder that it is in must be there'
	for option in --samples --log-file --hgrm; do
		alone gcoap-bench $option /nowhere/x -N 1 127.0.0.1/x
		fails_with 5
		says "gcoap-bench: $option /nowhere/x: No such file or directory" \
			'  hint: the folder that it is in must be there'
	done
	group -n 1 --leisure 0 -- gcoap-bench --samples /dev/full --log-file /dev/full -N 1 127.77.0.1/light
	fails_with 5
	says 'gcoap-bench: --samples /dev/full: No space left on device' \
		'  hint: df shows which disk is full' \
		'gcoap-bench: --log-file /dev/full: not all of it could be written' \
		'  hint: df shows which disk is full'
}

@test "-r max keeps as many open as told, and counts by -N" {
	group -n 1 -- gcoap-bench --json -r max --outstanding 8 -N 500 127.77.0.1/light
	fails_with 0
	[ "$(summary '[.rounds, .responses, .wire.sent] | join(" ")')" = "500 500 500" ]
	group -n 3 --leisure 0 -- gcoap-bench --json -r max -n 3 -N 10 @demo/light
	fails_with 0
	[ "$(summary .complete_rounds)" = 10 ]
}

@test "requests of the warm-up are sent and not counted" {
	group -n 2 --leisure 0 -- gcoap-bench --json -N 5 -r 50 --warmup 200ms -n 2 @demo/light
	fails_with 0
	[ "$(summary '[.rounds, .warmup_rounds, .wire.sent] | join(" ")')" = "5 10 5" ]
	[ "$(server answered)" = "$(printf '127.77.0.%s:5683 5\n' 1 2)" ]
}

@test "each client has a port of its own, in turn" {
	group -n 1 --leisure 0 -- gcoap-bench -q -v -N 8 -r 50 --clients 4 -n 1 --pcap p.pcap @demo/light
	fails_with 0
	tshark -r p.pcap -Y 'ip.dst == 224.0.1.187' -T fields -e udp.srcport 2>/dev/null >ports
	[ "$(wc -l <ports)" = 8 ]
	[ "$(sort -u ports | wc -l)" = 4 ]
	diff <(head -4 ports) <(tail -4 ports)
}

@test "in a capture no answer is older than its request" {
	group -n 1 -- gcoap-bench -q -r max -N 200 --pcap p.pcap 127.77.0.1/light
	fails_with 0
	tshark -r p.pcap -T fields -e coap.response_time 2>/dev/null >times
	[ "$(grep -c '^[0-9]' times)" = 200 ]
	[ "$(grep -c '^-' times)" = 0 ]
}

@test "several targets are asked in turn" {
	group -n 2 --leisure 0 -- gcoap-bench --json -N 6 -r 50 127.77.0.1/light 127.77.0.2/light
	fails_with 0
	[ "$(server sent)" = "$(printf '127.77.0.%s:5683 3\n' 1 2)" ]
}

@test "samples have a line for each answer, and stdout for themselves" {
	group -n 3 --leisure 0 -- gcoap-bench --samples - -N 4 -r 50 -n 3 @demo/light
	fails_with 0
	[ "$(grep -c '^{' <<<"$output")" = "$(wc -l <<<"$output")" ]
	[ "$(jq -r 'select(.server) | .server' <<<"$output" | sort | uniq -c | tr -s ' ')" = \
		"$(printf ' 4 127.77.0.%s:5683\n' 1 2 3)" ]
	group -n 3 -- gcoap-bench --samples - --json -N 4 @demo/light
	fails_with 2
	mentions "gcoap-bench: --samples - has stdout for itself: no --json or --format"
}

@test "a report is on stdout when its file is -, and nothing else" {
	group -n 1 --leisure 0 -- gcoap-bench --csv - -N 1 127.77.0.1/light
	fails_with 0
	[[ $output = row,server,* && $(wc -l <<<"$output") = 3 ]]
	group -n 1 --leisure 0 -- gcoap-bench --hgrm - -N 1 127.77.0.1/light
	fails_with 0
	[[ $output = *Value*Percentile*rom\ the\ planned\ time* && $output != *answers* ]]
	group -n 1 --leisure 0 -- gcoap-bench --html - -N 1 127.77.0.1/light
	fails_with 0
	[[ $output = '<!DOCTYPE html>'*'</html>' && ! -e - ]]
	group -n 1 --leisure 0 -- sh -c 'gcoap-bench --html - -N 1 127.77.0.1/light >/dev/full'
	fails_with 5
	says 'gcoap-bench: cannot write to stdout: No space left on device'
	group -n 1 --leisure 0 -- gcoap-bench -q --html /dev/full -N 1 127.77.0.1/light
	fails_with 5
	mentions 'gcoap-bench: --html /dev/full: No space left on device'
	alone gcoap-bench --csv - --html - -N 1 127.0.0.1/x
	fails_with 2
	mentions "gcoap-bench: --csv - has stdout for itself: no --html -"
	alone gcoap-bench --html - --json -N 1 127.0.0.1/x
	fails_with 2
	mentions "gcoap-bench: --html - has stdout for itself: no --json or --format"
}

@test "a histogram goes with the table and JSON" {
	group -n 2 --leisure 0 -- gcoap-bench --hist --json -N 10 -r 50 -n 2 @demo/light
	fails_with 0
	[ "$(summary '.hist | map(.count) | add')" = 20 ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
	alone gcoap-bench --hist --format csv -N 1 127.0.0.1/x
	fails_with 2
	says "gcoap-bench: --hist goes with the table and JSON, not with --format csv" \
		"  hint: --json has it, --hgrm F and --html F all of it"
	alone gcoap-bench --hist --csv - -N 1 127.0.0.1/x
	fails_with 2
	mentions "gcoap-bench: --hist goes with the table and JSON, not with --csv -"
}

@test "first blocks of longer bodies are told, and counted as what came" {
	group -n 2 --leisure 0 --big 3000 -- gcoap-bench --json -N 4 -r 50 -n 2 @demo/big
	fails_with 0
	[ "$(summary '[.responses, .incomplete, .wire.answer_max > 1024, .wire.answer_max < 1200] | tostring')" = \
		'[8,8,true,true]' ]
	group -n 2 --leisure 0 --big 3000 -- gcoap-bench -N 4 -r 50 -n 2 @demo/big
	[[ $output = *"8 answers are the first blocks of longer bodies, of which no more was asked"* ]]
}

@test "all files of one run, whole" {
	group -n 2 --leisure 0 -- gcoap-bench -q -N 10 -r 50 -n 2 --html a.html --csv a.csv --hgrm a.hgrm --samples a.jsonl @demo/light
	fails_with 0
	[ "$(tail -1 a.html)" = "</html>" ] || tail -c 100 a.html
	[ -s a.csv ] && [ -s a.hgrm ]
	[ "$(jq -r 'select(.server) | .server' a.jsonl | wc -l)" = 20 ]
	[ "$(echo ./a*)" = "./a.csv ./a.hgrm ./a.html ./a.jsonl" ]
}

@test "HdrHistogram's plotter reads the .hgrm, and it is what the samples say" {
	group -n 5 --leisure 300ms -- gcoap-bench -q -N 30 -r 20 -t 9s --hgrm a.hgrm --samples a.jsonl @demo/light
	fails_with 0
	apart /usr/bin/python3 "$TOP/tests/cli/hgrm.py" a.hgrm a.jsonl
	fails_with 0
	[ "$output" -ge 20 ]
	group -n 1 -- gcoap-bench -q -N 300 -r max --outstanding 4 --warmup 0 --hgrm a.hgrm --samples a.jsonl 127.77.0.1/light
	fails_with 0
	apart /usr/bin/python3 "$TOP/tests/cli/hgrm.py" a.hgrm a.jsonl
	fails_with 0
}

@test "a file may be a pipe, which is opened once" {
	mkfifo pipe
	group -n 1 -- bash -c 'cat pipe >got & cat=$!
		timeout -s KILL 30 gcoap-bench -q --csv pipe -N 2 -r 50 127.77.0.1/light
		status=$?; wait $cat; exit $status'
	fails_with 0
	grep -q '^all,' got
}

@test "--compare with a run before" {
	group -n 2 --leisure 0 -- sh -c 'gcoap-bench --json -N 10 -r 50 -n 2 @demo/light >before.json
		gcoap-bench -N 10 -r 50 -n 2 --compare before.json @demo/light'
	fails_with 0
	[[ "$output" == *"compared with before.json"*"each.p50"* ]]
	[[ "$stderr" != *"another plan"* ]]
	group -n 2 --leisure 0 -- gcoap-bench -N 10 -r 100 -n 2 --compare before.json @demo/light
	fails_with 0
	mentions "gcoap-bench: --compare before.json: another plan: -r 50, then -r 100"
}

@test "leisures that follow each other are told, and a rate that leaves them time" {
	group -n 5 --leisure 500ms -- gcoap-bench --json -N 16 -r 8 -t 2s @demo/light
	fails_with 0
	mentions "gcoap-bench: answers come later and later: a group takes "
	mentions "  hint: servers begin a leisure when the last one is over (RFC 7252, Section 8.2): try -r "
	[ "$(summary '[.growth.queued, .leisure] | tostring')" = '[true,null]' ]
}

@test "never more requests than the rate" {
	group -n 1 -- gcoap-bench --json -r 300 -d 200ms 127.77.0.1/light
	fails_with 0
	[ "$(summary .rounds)" = 60 ]
}

@test "malformed answers alone exit 9" {
	hostile short gcoap-bench -N 2 -r 20 -t 1s 127.0.0.1/temp
	fails_with 9
	mentions "gcoap-bench: only malformed answers came (2); the first from 127.0.0.1:5683, byte "
}

@test "duplicates are no answers, and a second answer is another one" {
	hostile duplicate gcoap-bench --json -N 3 -r 50 --non 127.0.0.1/temp
	fails_with 0
	# Those of the last request may come when all is over.
	[ "$(summary '[.responses, .duplicates >= 4, .further, .unmatched] | tostring')" = '[3,true,0,0]' ]
	hostile repeat gcoap-bench --json -N 3 -r 50 --non 127.0.0.1/temp
	fails_with 0
	[ "$(summary '[.responses, .duplicates, .further >= 2] | tostring')" = '[3,0,true]' ]
	hostile wrong-token gcoap-bench --json -N 3 -r 50 -t 200ms --non 127.0.0.1/temp
	fails_with 3
	[ "$(summary '[.responses, .unmatched] | tostring')" = '[0,3]' ]
}

@test "a server that answers with a RST refuses" {
	hostile reset gcoap-bench -N 3 -r 50 127.0.0.1/temp
	fails_with 3
	mentions "gcoap-bench: 127.0.0.1:5683 refused the request for coap://127.0.0.1/temp with a RST"
}

@test "over coap+tcp the bytes are those of the messages, and nothing else" {
	alone /usr/bin/python3 "$TOP/tests/cli/tcpserver.py" 300 gcoap-bench --json -N 10 -r max --outstanding 4 coap+tcp://127.0.0.1/x
	fails_with 0
	[ "$(summary '.wire | [.sent, .received, .sent_bytes, .received_bytes, .request_size, .answer_max] | tostring')" = \
		"$(cat carried)" ]
	# 10 requests of 12 bytes; answers of 4 + 8 + 1 + 300
	[ "$(cat carried)" = '[10,10,120,3130,12,313]' ]
}

@test "coap+tcp to one server, one session" {
	group -n 1 -- bash -c 'gcoap-proxy --listen coap+tcp://127.0.0.1:5690 --allow-client 127.0.0.1 \
			--allow-target 127.0.0.0/8 >ready & eventually test -s ready
		gcoap-bench --json -N 10 -r max --outstanding 4 -P coap+tcp://127.0.0.1:5690 127.77.0.1/light
		status=$?; kill %1; exit $status'
	fails_with 0
	[ "$(summary '[.rounds, .responses, .wire.sent_wire_bytes] | tostring')" = "[10,10,null]" ]
	alone gcoap-bench --clients 2 coap+tcp://127.0.0.1/x
	fails_with 2
	mentions "gcoap-bench: --clients goes with coap:// alone: over coap+tcp there is one session"
	alone gcoap-bench --json coap+tcp://127.0.0.1:9/x
	fails_with 5
	[ "$(jq -r .type <<<"$output")" = error ]
}
