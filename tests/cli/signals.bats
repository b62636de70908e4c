# Ctrl-C and its friends, sent to the process that the test started.
load helpers

# interrupted OPTION-OF-SIM ARG-OF-GCOAP-GET...: start it, wait until $WAIT_FOR is in its stderr,
# send it $SIGNALS.
interrupted() {
	group "$1" -n 2 --leisure 0 -- bash -c '
		gcoap-get -v "$@" >out 2>err &
		pid=$!
		eventually grep -q "$WAIT_FOR" err
		for s in $SIGNALS; do
			kill -"$s" $pid
			[ "$s" != QUIT ] || eventually grep -q "^127.77.0.1:5683 " out err
		done
		wait $pid; echo $? >status' bash "${@:2}"
}

@test "Ctrl-C before any answer exits 130" {
	export WAIT_FOR='^->' SIGNALS=INT
	alone bash -c 'gcoap-get -v -i lo -t 20s 224.0.1.187/temp >out 2>err &
		pid=$!
		eventually grep -q "^->" err
		kill -INT $pid; wait $pid; status=$?; cat err >&2; exit $status'
	fails_with 130
	mentions "0 servers answered in"
	mentions "stopped by interrupt"
}

@test "Ctrl-C after answers prints the summary and exits 0" {
	export WAIT_FOR='127.77.0.2:5683' SIGNALS=INT
	interrupted --profile=sensors -t 20s @demo/temp
	[ "$(cat status)" = 0 ]
	grep -q '2 servers answered' err
	grep -q 'stopped by interrupt' err
	[ "$(wc -l <out)" -eq 3 ]
}

@test "Ctrl-C after answers with fewer than expected exits 4" {
	export WAIT_FOR='127.77.0.2:5683' SIGNALS=INT
	interrupted --profile=sensors -t 20s -n 5 @demo/temp
	[ "$(cat status)" = 4 ]
}

@test "SIGQUIT prints the interim table and goes on" {
	export WAIT_FOR='127.77.0.2:5683' SIGNALS='QUIT INT'
	interrupted --profile=sensors -t 20s @demo/temp
	[ "$(cat status)" = 0 ]
	[ "$(cat out err | grep -c '^127.77.0.1:5683 ')" -ge 2 ]
}

@test "SIGTERM ends the wait as Ctrl-C does" {
	export WAIT_FOR='127.77.0.2:5683' SIGNALS=TERM
	interrupted --profile=sensors -t 20s @demo/temp
	[ "$(cat status)" = 0 ]
}

@test "the second Ctrl-C leaves at once, also when stdout is not read" {
	mkfifo pipe
	group -n 2000 --leisure 0 -- bash -c '
		sleep 60 <pipe &
		reader=$!
		gcoap-get -t 20s --json @demo/temp >pipe 2>err &
		pid=$!
		eventually is_blocked_by_pipe $pid
		interrupt_twice $pid
		wait $pid; echo $? >status
		kill $reader'
	[ "$(cat status)" = 130 ]
}
