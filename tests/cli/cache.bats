#!/usr/bin/env bats
# --cache: what is fresh of before, beside what comes now.
load helpers

answers() {
	jq -r 'select(.type == "response") | [.server, .cached // false, .code] | @tsv' "$1" | sort
}

@test "a silent server is represented by what is fresh of it" {
	run_group "-n 3" 'gcoap-get --cache -q -n 3 @demo/big >0'
	run_group "-n 2" 'gcoap-get --cache --json -t 4 @demo/big >1'
	fails_with 0
	[ "$(answers 1)" = "$(printf '127.77.0.%s\n' "1:5683	false	2.05" "2:5683	false	2.05" "3:5683	true	2.05")" ]
	[ "$(jq -r 'select(.type == "summary") | [.servers, .cached] | @tsv' 1)" = "3	1" ]
}

@test "an answer to a group serves a request to its server: nothing is sent" {
	run_group "-n 3" '
		gcoap-get --cache -q -n 3 @demo/big >0
		gcoap-get --cache --json -v 127.77.0.2/big >1 2>trace
		gcoap-get --cache-only @demo/big >2
		gcoap-get --cache-only --json 127.77.0.2/temp >3'
	[ "$status" = 3 ]
	[ "$(answers 1)" = "127.77.0.2:5683	true	2.05" ]
	[ "$(grep -c '^->' trace)" = 0 ]
	[ "$(grep -c "2.05 Content" 2)" = 3 ]
	[ "$(answers 3)" = "" ]
}

@test "an answer to a group with a name serves a request to its server, which has none" {
	run_group "-n 2" '
		gcoap-get --cache -q -n 2 -O Uri-Host=lights.example @demo/big >0
		gcoap-get --cache-only @demo/big; echo $? >group
		gcoap-get --cache-only --json 127.77.0.2/big >1'
	fails_with 0
	[ "$(cat group)" = 3 ]
	[ "$(answers 1)" = "127.77.0.2:5683	true	2.05" ]
}

@test "what is held of before has neither a round trip nor a Message ID" {
	run_group "-n 2" '
		gcoap-get --cache -q -n 2 @demo/big >0
		gcoap-get --cache-only --json @demo/big >1
		gcoap-get --cache-only @demo/big >2 2>summary
		gcoap-get --cache-only --format csv @demo/big >3
		gcoap-get --cache-only -w "%{mid}/%{mtype}/%{rtt}\n" @demo/big >4
		gcoap-get --cache-only --json @demo/temp >5'
	[ "$status" = 3 ]
	[ "$(jq -c 'select(.type == "response") | [.rtt_ms, .mtype, .mid]' 1 | sort -u)" = '[null,null,null]' ]
	[ "$(jq -r 'select(.type == "summary") | .ended_by' 1 5 | sort -u)" = cache ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" 1
	/usr/bin/python3 "$TOP/tests/cli/validate.py" 5
	[ "$(cat summary)" = "2 servers answered in 0.0 ms (2 ok), 2 from the cache" ]
	[ "$(sed -n 2p 3 | cut -d, -f1-6)" = "127.77.0.1:5683,,2.05,Content,,text" ]
	[ "$(head -1 4)" = "//" ]
}

@test "hosts of one address share nothing" {
	run_group "-n 1" '
		gcoap-get --cache -q -O Uri-Host=a 127.77.0.1/big >0
		gcoap-get --cache-only -O Uri-Host=b 127.77.0.1/big; echo $? >b
		gcoap-get --cache-only 127.77.0.1/big; echo $? >none
		gcoap-get --cache-only -O Uri-Host=a 127.77.0.1/big'
	fails_with 0
	[ "$(cat b none)" = "3
3" ]
}

@test "one server confirms what is no longer fresh: its 2.03 is shown as what is held" {
	run_group "-n 1 --profile sensors --every 600s" '
		gcoap-get --cache --json 127.77.0.1/temp >0
		sqlite3 "$XDG_CACHE_HOME/gcoap/cache.db" "update entry set fresh_until = at" 2>/dev/null ||
			/usr/bin/python3 -c "import sqlite3, os; d = sqlite3.connect(os.environ[\"XDG_CACHE_HOME\"] + \"/gcoap/cache.db\"); d.execute(\"update entry set fresh_until = at\"); d.commit()"
		gcoap-get --cache --json --pcap p 127.77.0.1/temp >1'
	fails_with 0
	[ "$(answers 1)" = "127.77.0.1:5683	true	2.05" ]
	[ "$(jq -c 'select(.type == "response") | .payload' 0)" = "$(jq -c 'select(.type == "response") | .payload' 1)" ]
	[ "$(gcoap-decode --pcap p --each --json | jq -r .value.code | tr '\n' ' ')" = "0.01 2.03 " ]
	[ "$(jq -c 'select(.type == "response") | [.rtt_ms > 0, .mid]' 1)" = \
		"$(jq -c 'select(.type == "request") | [true, .mid]' 1)" ]
}

@test "--no-store keeps nothing, and has no sense alone" {
	run_group "-n 2" 'gcoap-get --cache --no-store -q -n 2 @demo/big >0; gcoap-get --cache-only @demo/big'
	fails_with 3
	apart gcoap-get --no-store 127.0.0.1/x
	fails_with 2
	says "gcoap-get: --no-store goes with --cache" "  hint: try 'gcoap-get --help'"
}
