# gcoap-observe beside a simulated group: what it shows, how it ends, what it runs.
load helpers

observing() {
	group -n 3 --profile sensors --leisure 50ms --every 300ms -- gcoap-observe "$@"
}

# Where nothing changes: the three responses to the registration.
still() {
	group -n 3 --profile sensors --leisure 50ms --every 600s -- gcoap-observe "$@"
}

@test "a line for each notification, with its Observe value, and a table of servers" {
	observing -C 9 --time none @demo/temp
	fails_with 0
	[ "${#lines[@]}" -eq 9 ]
	[[ "${lines[8]}" =~ ^127\.77\.0\.[123]:5683\ \ 2\.05\ \ #[0-9]+\ +temp\ [0-9.]+\ Cel$ ]]
	mentions "SERVER           STATE "
	[ "$(grep -c '^127.77.0.[123]:5683  observing ' <<<"$stderr")" -eq 3 ]
	mentions "stopped by count"
}

@test "the duration ends it, and -q leaves the data alone" {
	observing -d 3s -q --time none @demo/temp
	fails_with 0
	says ''
	[ "${#lines[@]}" -ge 6 ]
}

@test "JSON notifications count up for each server and fit the schema" {
	observing -C 12 --json --stale @demo/temp
	fails_with 0
	echo "$output" >records
	"$TOP/tests/cli/validate.py" records
	jq -se '[.[] | select(.type == "notification")] |
		length == 12 and all(.ok and .observe >= 0 and .state == "observing") and
		(group_by(.server) | all(map(.n) == [range(1; length + 1)]))' records
	jq -se '[.[] | select(.type == "server")] | length == 3 and all(.lost == 0)' records
	jq -se '.[-1].type == "summary" and .[-1].ended_by == "count" and .[-1].exit == 0' records
}

@test "one document holds notifications and servers as lists" {
	still -C 3 --format json @demo/temp
	fails_with 0
	jq -e '(.notifications | length) == 3 and (.servers | length) == 3' <<<"$output"
}

@test "columns, write-out and raw have notifications too" {
	still -C 3 --format csv -c server,observe,n,state @demo/temp
	[ "${lines[0]}" = $'server,observe,n,state\r' ]
	[[ "${lines[1]}" =~ ^127.77.0.[123]:5683,[0-9]+,1,observing ]]
	still -C 3 -w '%{server} %{n}\n' @demo/temp
	[[ "${lines[2]}" =~ ^127.77.0.[123]:5683\ 1$ ]]
	observing -C 1 --format raw @demo/temp
	[[ "$output" =~ ^\[\{\"n\":\"temp\" ]]
}

@test "FETCH is observed as GET is" {
	observing -C 6 -m fetch -p temp -T text/plain --time none @demo/sensors
	fails_with 0
	[ "${#lines[@]}" -eq 6 ]
}

@test "two resources at once are told apart by their path" {
	observing -t 3s -d 4s --time none @demo/temp @demo/time
	fails_with 0
	grep -q '^127.77.0.1:5683/temp ' <<<"$output"
	grep -q '^127.77.0.1:5683/time ' <<<"$output"
	grep -q '^127.77.0.1:5683/temp  *observing ' <<<"$stderr" # and in the table at the end
	grep -q '^127.77.0.1:5683/time  *observing ' <<<"$stderr"
}

@test "one server alone" {
	observing -C 3 --time none 127.77.0.2/temp
	fails_with 0
	[ "$(grep -c '^127.77.0.2:5683 ' <<<"$output")" -eq 3 ]
}

@test "a resource that cannot be observed is said to be so, status 4" {
	observing -t 3s --time none @demo/.well-known/core
	fails_with 4
	[ "$(grep -c '2.05  -    (not observable here)' <<<"$output")" -eq 3 ]
	mentions "gcoap-observe: 3 servers answered, but the resource is not observable there"
}

@test "nobody answers: status 3 at the timeout" {
	alone gcoap-observe -i lo -t 300ms 224.0.1.187/temp
	fails_with 3
	mentions "nobody answered coap://224.0.1.187/temp"
}

@test "a member that was expected and is silent is missing, status 4" {
	observing -t 3s -d 4s --expect-from 127.77.0.1,127.77.0.9 @demo/temp
	fails_with 4
	grep -q '^127.77.0.9:5683  silent ' <<<"$stderr"
	mentions "1 of the expected servers did not answer"
}

@test "changes only: never the same value twice in a row" {
	observing -d 2s --changes-only --json @demo/temp
	fails_with 0
	jq -se '[.[] | select(.type == "notification")] | group_by(.server) | map(map(.payload)) |
		all(. as $p | [range(1; length)] | all($p[.] != $p[. - 1]))' <<<"$output"
}

@test "Ctrl-C cancels everywhere: the servers have no observers left" {
	group -n 3 --profile sensors --leisure 0 --every 200ms -- bash -c '
		gcoap-observe @demo/temp >out 2>err & pid=$!
		eventually has_lines out "" 6
		kill -INT $pid; wait $pid; echo $? >status
		gcoap-get -n 3 -q @demo/temp >/dev/null'
	[ "$(cat status)" = 0 ]
	grep -q 'stopped by interrupt' err
}

@test "SIGQUIT prints the table of servers and goes on" {
	group -n 3 --profile sensors --leisure 0 --every 200ms -- bash -c '
		gcoap-observe @demo/temp >out 2>err & pid=$!
		eventually has_lines out "" 6
		kill -QUIT $pid
		eventually grep -q "servers answered" err
		kill -INT $pid; wait $pid; echo $? >status'
	[ "$(cat status)" = 0 ]
	[ "$(grep -c '^127.77.0.[123]:5683  observing' err)" -eq 6 ]
}

@test "each server can be told by itself" {
	still -C 3 --cancel each -v @demo/temp
	fails_with 0
	[ "$(grep -c '^-> 127.77.0.*CON GET' <<<"$stderr")" -eq 3 ]
}

@test "no word at the end with --no-cancel" {
	still -C 3 --no-cancel -v @demo/temp
	fails_with 0
	[ "$(grep -c '^-> .* GET' <<<"$stderr")" -eq 1 ]
}

@test "the command gets server, code and payload, and no shell" {
	observing -C 4 -qq --exec 'sh -c "echo \"$GCOAP_SERVER $GCOAP_CODE $(cat)\" >>seen"' @demo/temp
	fails_with 0
	[ "$(wc -l <seen)" -eq 4 ]
	grep -qE '^127.77.0.[123]:5683 2.05 \[\{"n":"temp"' seen
	observing -C 1 -q --time none --exec 'echo $HOME ; "a b"' @demo/temp
	[ "${lines[1]}" = '$HOME ; a b' ]
}

@test "a command that fails is said once, and does not change the status" {
	observing -C 5 --summary off --exec 'sh -c "exit 7"' @demo/temp
	fails_with 0
	[ "$(grep -c 'exited with 7' <<<"$stderr")" -eq 1 ]
	mentions '"sh" failed 5 times'
}

@test "a slow command never delays the lines" {
	observing -C 30 -q --time unix --exec 'sleep 3' @demo/temp
	[ "${#lines[@]}" -eq 30 ]
	first=${lines[0]%%.*} last=${lines[29]%%.*}
	[ $((last - first)) -le 40 ] # one after the other they would take 90
}

# One server that answers wrongly: wrong CASE OPTION...
wrong() {
	hostile "$1" gcoap-observe --no-cancel --time none "${@:2}" @demo/x
}

@test "a server that floods is shown, bounded and counted, status 5" {
	wrong observe-flood -d 2s
	fails_with 5
	[ "${#lines[@]}" -eq 100 ]
	mentions "400 flooded"
	mentions "400 answers were given up here"
}

@test "Observe of four bytes is ignored (C-44)" {
	wrong observe-long -t 2s
	fails_with 4
	[[ "$output" == *"(not observable here) x" ]]
}

@test "an older notification is not shown, and what is missing is said" {
	wrong observe-order -d 2s --json
	[ "$(jq -c 'select(.type == "notification") | [.observe, .sequence, .gap]' <<<"$output")" = \
		"$(printf '%s\n' '[5,"first",0]' '[7,"next",1]' '[9,"next",1]' '[9,"same",0]')" ]
	jq -se '.[] | select(.type == "server") | .reordered == 1 and .lost == 1' <<<"$output"
}

@test "a server that counts from a new start is followed" {
	wrong observe-restart -d 2s
	fails_with 0
	[ "$(grep -o '#[0-9]*' <<<"$output" | tr '\n' ' ')" = '#200 #201 #202 #2 #3 ' ]
	grep -q '#2 .*(counts from a new start) 2$' <<<"$output"
	mentions "1 late, 1 restart"
}

@test "what a terminal could obey is escaped" {
	wrong observe-escapes -d 2s
	no_controls "$output"
	no_controls "$stderr"
	[ "${#lines[@]}" -eq 1 ]
}

@test "an error ends the observation of that server, status 1" {
	wrong observe-ends -t 2s
	fails_with 1
	[[ "${lines[2]}" == *"4.04  -    (ended by the server)"* ]]
	mentions "stopped by server"
}

@test "usage errors" {
	alone gcoap-observe -m put 127.0.0.1/x
	fails_with 2
	mentions "--method put: only get and fetch observe"
	alone gcoap-observe --exec "a 'b" 127.0.0.1/x
	fails_with 2
	mentions 'a quote is not closed'
	alone gcoap-observe --exec no-such-program 127.0.0.1/x
	fails_with 2
	mentions '--exec: no program "no-such-program"'
	alone gcoap-observe --no-cancel --cancel each 127.0.0.1/x
	fails_with 2
	alone gcoap-observe -C 0 127.0.0.1/x
	fails_with 2
	alone gcoap-observe
	fails_with 2
}

@test "a dry run shows the registration" {
	alone gcoap-observe --dry-run -i lo 224.0.1.187/temp
	fails_with 0
	[[ "$output" == *"NON GET"* ]]
	[[ "$output" == *"Observe: 0"* ]]
}
