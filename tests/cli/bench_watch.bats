#!/usr/bin/env bats
# gcoap-bench while it runs: signals, and the progress line.
load helpers

# Start it in the background, wait until so many datagrams came, send the signals:
# interrupted "SIGNALS" LINES ARG...
interrupted() {
	rm -f out err
	group -n 2 --leisure 0 -- bash -c '
		signals=$1 lines=$2
		shift 2
		gcoap-bench -v "$@" >out 2>err &
		pid=$!
		eventually has_lines err "^[<-]" $lines
		for s in $signals; do
			kill -"$s" $pid
			# The table of SIGQUIT has to be there before the next signal comes.
			[ "$s" != QUIT ] || eventually grep -q "^server  *answered" out err
		done
		wait $pid; echo $? >status' bash "$@"
}

@test "Ctrl-C shows the statistics so far, and exits as usual" {
	interrupted INT 6 --json -r 20 -d 1h -n 2 @demo/light
	[ "$(cat status)" = 0 ]
	[ "$(jq -r 'select(.type == "summary") | [.ended_by, .servers, .exit, .rounds > 0] | tostring' out)" = \
		'["interrupt",2,0,true]' ]
}

@test "before any request had its time the figures are those of the answers so far" {
	interrupted INT 3 --json -r 1 -d 1h -t 60s -n 3 @demo/light
	[ "$(cat status)" = 4 ]
	grep -qx 'gcoap-bench: 2 of 3 expected servers answered' err
	jq -e -s '[.[] | select(.type == "server")] as $servers | .[-1] |
		.rounds == 0 and .interrupted_rounds >= 1 and .servers == 2 and
		.responses == ($servers | map(.answered) | add) and
		($servers | all(.answered >= 1 and .sent == .answered and .rtt_ms.max != null)) and
		.figures.loss.value == null and .figures["each.p50"].value != null' out
	interrupted INT 3 -r 1 -d 1h -t 60s -n 3 @demo/light
	grep -qE '[1-9] requests?, cut short after [0-9.]+ m?s; [2-9] answers so far' out
	[ "$(grep -c '0 requests' out)" = 0 ]
}

@test "so does SIGTERM, and fewer than expected exit 4" {
	interrupted TERM 6 --json -r 20 -d 1h -n 3 -t 2s @demo/light
	[ "$(cat status)" = 4 ]
	[ "$(jq -r 'select(.type == "summary") | .exit' out)" = 4 ]
}

@test "Ctrl-C before any answer exits 130, also while it connects" {
	interrupted INT 1 -r 1 -d 1h @demo/none
	[ "$(cat status)" = 130 ]
	alone bash -c '/usr/bin/python3 -c "
import socket, time
s = socket.socket(); s.bind((\"127.0.0.1\", 5683)); s.listen(0); print(flush=True)
c = s.accept()[0]; c.recv(1); print(\"greeted\", flush=True); time.sleep(60)" >ready &
		eventually test -s ready
		gcoap-bench coaps+tcp://127.0.0.1:5683/x & pid=$!
		eventually grep -q greeted ready
		kill -INT $pid; wait $pid; status=$?; kill %1; exit $status'
	fails_with 130
}

@test "the second Ctrl-C leaves at once" {
	mkfifo pipe
	group -n 2 --leisure 0 -- bash -c '
		sleep 60 <pipe & reader=$!
		gcoap-bench --samples - -r max --outstanding 64 -d 1h 127.77.0.1/light >pipe & pid=$!
		eventually is_blocked_by_pipe $pid
		interrupt_twice $pid
		wait $pid; echo $? >status
		kill $reader'
	[ "$(cat status)" = 130 ]
}

@test "SIGQUIT shows the table and goes on" {
	interrupted "QUIT INT" 6 -r 20 -d 1h -n 2 @demo/light
	[ "$(cat status)" = 0 ]
	[ "$(grep -c '^server  *answered' out)" = 2 ]
	interrupted "QUIT INT" 6 --json -r 20 -d 1h -n 2 @demo/light
	[ "$(grep -c '^server  *answered' out)" = 0 ]
	[ "$(grep -c '^server  *answered' err)" = 1 ]
	[ "$(jq -r .type out | sort -u | tr '\n' ' ')" = "request server summary " ]
}

@test "a terminal has one line that tells how it stands, and is left clean" {
	group -n 2 --leisure 0 -- script -qec 'gcoap-bench -r 20 -N 20 -n 2 @demo/light' typescript
	fails_with 0
	grep -qE 's: [0-9]+ sent, [0-9]+ complete, 0 lost, p50 [0-9.]+ m?s' typescript
	# What stays: the table alone.
	[ "$(tr '\r' '\n' <typescript | grep ' sent, ' | grep -vc $'^\033\[K')" = 0 ]
	tail -c 400 typescript | grep -q 'requests'
	group -n 2 --leisure 0 -- script -qec 'gcoap-bench -q -r 20 -N 20 -n 2 @demo/light' typescript
	run ! grep -q ' sent, .* complete, ' typescript
	group -n 2 --leisure 0 -- gcoap-bench -r 20 -N 20 -n 2 @demo/light
	[[ "$output$stderr" != *' complete, '* ]]
}
