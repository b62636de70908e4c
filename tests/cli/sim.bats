#!/usr/bin/env bats
# gcoap-sim: what it says, and what libcoap's client hears of its servers. Every group lives in
# a network namespace of its own.

load helpers

# in_group 'SIM OPTIONS' 'SHELL COMMANDS': the commands run beside the group.
in_group() {
	# shellcheck disable=SC2086
	apart gcoap-sim $1 --netns -- bash -c "
		one() { coap-client-notls -a 127.0.0.1 -B 9 \"\$@\"; }
		all() { coap-client-notls -a 127.0.0.1 -N -B 2 \"\$@\"; }
		$2"
}

# The last line of the JSON on stderr: the summary.
summary() {
	tail -n 1 <<<"$stderr" | jq -r "$1"
}

@test "one ready line tells members, group and profile" {
	alone gcoap-sim --duration 0.1s --listen 127.0.0.1:56831
	[ "$status" = 0 ]
	[ "$output" = "ready: 5 members 127.77.0.1-127.77.0.5 group 224.0.1.187:56831 profile lights" ]
	[ -z "$stderr" ]
}

@test "with --json it is a record, and a summary ends it" {
	alone gcoap-sim --duration 0.1s --listen 127.0.0.1:56831 -n 300 --json
	[ "$status" = 0 ]
	[ "${#lines[@]}" = 2 ]
	[ "$(jq -r '[.type,.members,.last,.groups[0]] | @csv' <<<"${lines[0]}")" \
		= '"ready",300,"127.77.1.44","224.0.1.187:56831"' ]
	[ "$(jq -r .type <<<"${lines[1]}")" = summary ]
}

@test "--quiet leaves the ready line out" {
	alone gcoap-sim -q --duration 0.1s --listen 127.0.0.1:56831
	[ "$status" = 0 ]
	[ -z "$output$stderr" ]
}

@test "SIGTERM and SIGINT end it with status 0" {
	for signal in TERM INT; do
		rm -f ready
		# a background job of a shell ignores SIGINT unless it is put back
		alone bash -c 'env --default-signal=INT gcoap-sim >ready & pid=$!
			eventually test -s ready
			kill -s $0 $pid
			wait $pid' $signal
		fails_with 0
	done
}

@test "the command's exit status is returned, and stdout is its own" {
	in_group "" "echo mine; exit 7"
	[ "$status" = 7 ]
	[ "$output" = mine ]
	[[ $stderr == ready:* ]]
	run -127 --separate-stderr gcoap-sim --netns -- no-such-command
	in_group "" 'kill -9 $$'
	[ "$status" = 137 ]
}

@test "five servers answer an IPv4 group request" {
	in_group "--leisure 200ms" "all coap://224.0.1.187/name"
	[ "$status" = 0 ]
	for name in kitchen hall attic garage cellar; do
		[[ $output == *$name* ]]
	done
}

@test "five servers answer over IPv6, link-local and site-local" {
	for group in ff02::fd ff05::fd; do
		in_group "--leisure 200ms --json" "all -a ::1 'coap://[$group]/name'"
		[[ $output == *kitchen* && $output == *cellar* ]]
		[ "$(summary .answers)" = 5 ]
	done
}

@test "each server has its own IPv6 address" {
	in_group "-n 300" "coap-client-notls -B 9 'coap://[fd77::77:1:2c]/name'"
	[ "$output" = member-300 ]
}

@test "temperatures come as SenML, as CBOR and as text" {
	in_group "" "one coap://127.77.0.1/temp; echo; one -A 0 coap://127.77.0.1/temp; echo
		one -A 112 coap://127.77.0.1/temp | od -An -tx1 | tr -d ' \n'"
	jq -e '.[0].n == "temp" and .[0].u == "Cel" and .[0].v > 10' <<<"${lines[0]}"
	[[ ${lines[1]} == *Cel ]]
	[[ ${lines[2]} == 81a3006474656d70016343656c02f9* ]]
}

@test "the CBOR temperature is the JSON one" {
	in_group "--every 1h --seed 3" "one coap://127.77.0.2/temp; echo
		one -A 112 coap://127.77.0.2/temp | /usr/bin/python3 -c '
import cbor2, sys
print(cbor2.load(sys.stdin.buffer)[0][2])'"
	[ "$(jq '.[0].v' <<<"${lines[0]}" | xargs printf %.2f)" \
		= "$(printf %.2f "${lines[1]}")" ]
}

@test "a light is put and toggled, and its alias follows" {
	in_group "--leisure 100ms" "one -m put -e on coap://127.77.0.2/light
		one coap://127.77.0.2/gp/gp1/light; echo
		one -m post coap://127.77.0.2/light
		one coap://127.77.0.2/light; echo
		all -m put -e on coap://224.0.1.187/gp/gp1/light
		all coap://224.0.1.187/light"
	[ "${lines[0]}" = on ]
	[ "${lines[1]}" = off ]
	[ "${lines[2]}" = ononononon ]
}

@test "a scene is created, read, deleted and gone" {
	in_group "" "one -m put -e movie coap://127.77.0.3/scene
		one coap://127.77.0.3/scene; echo
		one -m delete coap://127.77.0.3/scene
		one coap://127.77.0.3/scene 2>&1"
	[ "${lines[0]}" = movie ]
	[[ $output == *4.04* ]]
}

@test "a long body is put and read in blocks" {
	seq 1 2000 >body
	in_group "" "one -m put -f body coap://127.77.0.3/scene; one -o back coap://127.77.0.3/scene"
	cmp body back
}

@test "--big tells the length of /big" {
	in_group "--big 5000" "one -o big coap://127.77.0.4/big"
	[ "$(wc -c <big)" = 5000 ]
	[ "$(grep -c "of that body, 64 characters each" big)" = 78 ]
}

@test "the core resource lists links and filters them" {
	in_group "--profile sensors" "one 'coap://127.77.0.1/.well-known/core?rt=temp*'"
	[ "$(grep -o '<[^>]*>' <<<"$output" | paste -sd,)" = "</temp>,</gp/gp1/temperature>" ]
}

@test "a slow resource answers a CON later" {
	in_group "--profile sensors" "coap-client-notls -a 127.0.0.1 -B 20 coap://127.77.0.1/slow"
	[ "$output" = done ]
}

@test "FETCH reads the sensors that it names" {
	in_group "--profile sensors" "one -m fetch -e humidity coap://127.77.0.1/sensors"
	[ "$(jq -c 'map(.n)' <<<"$output")" = '["humidity"]' ]
}

@test "an observer is notified of a change" {
	in_group "--every 300ms" "coap-client-notls -a 127.0.0.1 -s 5 -B 6 coap://127.77.0.1/temp"
	[ "$(grep -o '"n":"temp"' <<<"$output" | wc -l)" -ge 3 ]
}

@test "--json writes one line a request" {
	in_group "--json --leisure 100ms" "all coap://224.0.1.187/temp >/dev/null
		one -m put -e on coap://127.77.0.2/light"
	[ "$(jq -s -c 'map(.type)' <<<"$stderr")" = '["ready","request","request","summary"]' ]
	[ "$(sed -n 2p <<<"$stderr" | jq -c '[.method,.group,.mtype,.taken]')" \
		= '["GET",true,"NON","request"]' ]
	[ "$(summary '[.requests,.group_requests,.answers] | @csv')" = 2,1,6 ]
}

@test "what came in is escaped in JSON" {
	in_group "--json" 'all "coap://127.77.0.1/%1b%22%c3%a9?a=%0a" >/dev/null 2>&1'
	jq -e . <<<"$stderr" >/dev/null
	! grep -q "$(printf '\033')" <<<"$stderr"
}

@test "--loss, --dup and --error are seen" {
	in_group "--json --leisure 0 --loss 100" "all coap://224.0.1.187/temp"
	[ -z "$output" ]
	[ "$(summary .lost)" = 5 ]
	in_group "--json --leisure 0 --dup 100" "all coap://224.0.1.187/temp >/dev/null"
	[ "$(summary .answers)" = 10 ]
	in_group "--json --leisure 0 --error 100" "all coap://224.0.1.187/temp 2>&1"
	[ "$(grep -o '5\.00' <<<"$output" | wc -l)" = 5 ]
	in_group "--json --leisure 0 --late 100" "all coap://224.0.1.187/temp; sleep 3"
	[ -z "$output" ]
	[ "$(summary .answers)" = 5 ]
}

etags() {
	in_group "$1 --leisure 0" "all -v 7 coap://224.0.1.187/big 2>&1 |
		grep -o 'ETag:0x[0-9a-f]*' | sort | uniq -c | wc -l"
}

@test "ETags differ between servers unless told otherwise" {
	etags ""
	[ "$output" = 5 ]
	etags --same-etag
	[ "$output" = 1 ]
	etags --no-etag
	[ "$output" = 0 ]
}

@test "the same seed gives the same group" {
	in_group "--seed 11 --every 1h" "one -A 0 coap://127.77.0.1/temp"
	first=$output
	in_group "--seed 11 --every 1h" "one -A 0 coap://127.77.0.1/temp"
	[ "$output" = "$first" ]
}

@test "mixed servers disagree" {
	in_group "--profile mixed --leisure 0" "all coap://224.0.1.187/temp 2>&1"
	[[ $output == *temp* && $output == *4.04* && $output == *5.03* ]]
}

@test "chaos does not harm the simulator" {
	in_group "--profile chaos -n 64 --leisure 0 --json" "
		for r in temp hostile errors options forwarded blocks malformed light; do
			all coap://224.0.1.187/\$r >/dev/null 2>&1
		done
		one coap://127.77.0.1/name"
	[ "$status" = 0 ]
	[[ $output == *kitchen ]]
	[ "$(summary .group_requests)" = 8 ]
}

@test "chaos has servers that say it twice, that are late, and that share ETags" {
	in_group "--profile chaos -n 4 --leisure 0 --json" "
		all -v 7 coap://224.0.1.187/name 2>&1 | grep -o 'ETag:0x[0-9a-f]*' | sort -u | wc -l
		sleep 3"
	[ "$output" = 1 ]
	[ "$(summary .answers)" = 5 ]
}

@test "a port in use is one error with a hint" {
	in_group "" gcoap-sim
	[ "$status" = 5 ]
	[ "$(grep -c 'port 5683 is in use' <<<"$stderr")" = 1 ]
	[ "$(grep -c 'hint: .*--listen' <<<"$stderr")" = 1 ]
}

@test "usage errors are named and exit 2" {
	while IFS='|' read -r args what; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr gcoap-sim $args
		[ -z "$output" ]
		[[ $stderr == *"$what"* ]]
	done <<-'END'
		-n 0|--members: 0
		-n 10001|--members: 10001
		--profile heat|heat
		--group 10.0.0.1|not a multicast address
		--group 224.0.1.187:9|port
		--listen 127.0.0.1:5684|5684
		--first-address ::1|--first-address
		--first-address 127.77.255.250 -n 10|no room
		--netns|needs a command
		extra|unexpected argument
		--option-number x|NAME=N
		--option-number Nothing=7|Nothing
		--loss 101|101
	END
}
