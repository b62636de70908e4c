#!/usr/bin/env bats
# gcoap-bench: options that make no sense, the flood guard, and --dry-run. Nothing is sent.
load helpers

refuses() { # TEXT ARG...
	alone gcoap-bench "${@:2}"
	fails_with 2
	prints_nothing
	[ "${stderr_lines[0]}" = "gcoap-bench: $1" ] || {
		echo "$stderr"
		return 1
	}
}

plans() { # TEXT ARG...
	alone gcoap-bench --dry-run "${@:2}"
	fails_with 0
	[ "${lines[-1]}" = "$1" ] || {
		echo "$output"
		return 1
	}
}

@test "numbers of which nothing would come" {
	refuses '--requests 0: nothing would be sent' -N 0 127.0.0.1/x
	refuses '--duration 0: nothing would be sent' -d 0 127.0.0.1/x
	refuses '--outstanding 0: nothing would be sent' --outstanding 0 127.0.0.1/x
	refuses '--outstanding 16777217: want 1 to 16777216' --outstanding 16777217 127.0.0.1/x
	refuses '--clients 0: want 1 to 1000' --clients 0 127.0.0.1/x
	refuses '--outstanding 3 is not one for each of --clients 4' --clients 4 --outstanding 3 127.0.0.1/x
	refuses 'need a target: a URI, @name, @demo or all' -N 1
	refuses '--timeout 0: nobody can answer in no time' -t 0 127.0.0.1/x
	refuses '--source 127.0.0.1:9999 is one endpoint, --clients wants 2: leave its port out' \
		--source 127.0.0.1:9999 --clients 2 127.0.0.1/x
	refuses '--warmup with -r max: how many requests it takes is not known, --requests does not go with it' \
		--warmup 1s -r max -N 5 127.0.0.1/x
}

@test "rates that are none" {
	for rate in 0 -1 x 1/d 0x10 1e3 10kk /s '' 2G 5000M nan inf; do
		refuses "--rate: bad value \"$rate\"" "--rate=$rate" 127.0.0.1/x
		mentions "expected a rate such as 2, 0.5, 30/m, 1/h, 10k/s, or max"
	done
}

@test "rates, and what they plan" {
	plans '10 requests in 10 s, one every 1 s, from 1 endpoint' 127.0.0.1/x
	plans '120 requests in 60 s, one every 500 ms, from 1 endpoint' -r 2 -d 60s 127.0.0.1/x
	plans '1 request in 60 s, one every 60 s, from 1 endpoint' -r 1/m -d 10s 127.0.0.1/x
	plans '24 requests in 24 h, one every 60 min, from 1 endpoint' -r 1/h -d 24h 127.0.0.1/x
	plans '60 requests in 2 min, one every 2 s, from 1 endpoint' -r 30/m -d 2m 127.0.0.1/x
	plans '5 requests in 10 s, one every 2 s, from 1 endpoint' -r 0.5 -N 5 127.0.0.1/x
	plans '3 requests in 6 s, one every 2 s, from 1 endpoint' -r .5/s -N 5 -d 6s 127.0.0.1/x
	plans '100000 requests in 10 s, one every 100 us, from 8 endpoints' -r 10k/s --clients 8 127.0.0.1/x
	plans '1000 requests in 1 s, one every 1 ms, at most 4 open at a time, from 1 endpoint' \
		-r 1k -d 1s --outstanding 4 127.0.0.1/x
	plans 'requests for 5 s, 64 open at a time, from 1 endpoint' -r max --outstanding 64 -d 5s 127.0.0.1/x
	plans '4294967295 requests in 1.281e+06 h, one every 60 min, from 1 endpoint' -r 1/h -N 4294967295 127.0.0.1/x
	plans '7 requests, 2 open at a time, from 2 endpoints' -r max -N 7 --clients 2 127.0.0.1/x
	plans '15 requests in 15 s, one every 1 s, from 1 endpoint, those of the first 5 s not counted' \
		--warmup 5s 127.0.0.1/x
}

@test "--dry-run shows each target's bytes and sends nothing" {
	alone gcoap-bench --dry-run --seed 1 -i lo -N 3 --pcap p.pcap --html h.html 224.0.1.187/temp 127.0.0.1:5690/x
	fails_with 0
	[[ "${lines[0]}" == "would send 17 bytes to 224.0.1.187:5683 on lo from 127.0.0.1, then wait 7 s for answers" ]]
	[[ "$output" == *"would send 14 bytes to 127.0.0.1:5690 on lo from 127.0.0.1, then wait 30 s for the answer"* ]]
	[[ "$output" == *"  NON GET, Message ID "*"Uri-Path: temp"*"  CON GET, Message ID "*"Uri-Path: x"* ]]
	[ ! -e p.pcap ] && [ ! -e h.html ]
}

# The default route of this namespace is a tunnel that leads nowhere.
elsewhere() {
	apart unshare -rn sh -c 'ip link set lo up; ip link add d0 type veth peer name d1
		ip addr add 192.0.2.1/24 dev d0; ip link set d0 up; ip link set d1 up
		ip route add default dev d0; exec "$@"' sh "$@"
}

@test "more than 10 group requests a second outside loopback are a flood" {
	elsewhere gcoap-bench --dry-run -r 10.5 224.0.1.187/x
	fails_with 2
	says 'gcoap-bench: 10.5 group requests/s flood coap://224.0.1.187/x, which is not on loopback' \
		'  hint: every server answers each: give --allow-flood if the network is yours'
	elsewhere gcoap-bench --dry-run -r max -i d0 224.0.1.187/x
	fails_with 2
	[ "${stderr_lines[0]}" = 'gcoap-bench: -r max floods coap://224.0.1.187/x, which is not on loopback' ]
	elsewhere gcoap-bench --dry-run -r 11 -s 127.0.0.1 -i d0 224.0.1.187/x
	fails_with 2
	elsewhere gcoap-bench --dry-run -r 11 'coap://[ff02::fd%d0]/x'
	fails_with 2
}

@test "and these are none" {
	elsewhere gcoap-bench --dry-run -r 10 224.0.1.187/x
	fails_with 0
	elsewhere gcoap-bench --dry-run -r 10.5 --allow-flood 224.0.1.187/x
	fails_with 0
	elsewhere gcoap-bench --dry-run -r max -N 10 224.0.1.187/x
	fails_with 0
	elsewhere gcoap-bench --dry-run -r 1k -i lo 224.0.1.187/x
	fails_with 0
	elsewhere gcoap-bench --dry-run -r 1k -s 127.0.0.1 224.0.1.187/x
	fails_with 0
	elsewhere gcoap-bench --dry-run -r 1k 192.0.2.9/x
	fails_with 0
	# Every other request goes to the group.
	elsewhere gcoap-bench --dry-run -r 20 224.0.1.187/x 192.0.2.9/x
	fails_with 0
	elsewhere gcoap-bench --dry-run -r 21 224.0.1.187/x 192.0.2.9/x
	fails_with 2
}

@test "a group behind a proxy is never on loopback" {
	refuses '11 group requests/s flood coap://224.0.1.187/x, through a proxy' \
		--dry-run -r 11 -P 127.0.0.1 @demo/x
	alone gcoap-bench --dry-run -r 11 -P 127.0.0.1 192.0.2.1/x
	fails_with 0
}

@test "what a proxy cannot be asked" {
	refuses '--proxy-timeout 0 asks for no answers: there is nothing to measure' \
		-P 127.0.0.1 --proxy-timeout 0 @demo/x
	refuses '--timeout 1 s leaves the proxy no time' -P 127.0.0.1 -t 1s @demo/x
	refuses '--con is not possible to a group' --con @demo/x
}

@test "conditions behind --assert are no targets, and without it they are told" {
	refuses '"loss<1%" is no target; to state a condition: --assert '"'loss<1%'" @demo/x 'loss<1%'
	alone gcoap-bench --dry-run --assert 'last.p99<6s' 'loss<1%' 'complete>=99%,servers>2' @demo/x
	fails_with 0
	alone gcoap-bench --dry-run --assert 'nosuch<6s' @demo/x
	fails_with 2
	mentions nosuch
}

@test "options of gcoap-get that would do nothing are not there" {
	for option in --idle=1s --first --repeat=1 --token=01 --save=d --columns=server --sort=server \
		--cache --no-blockwise --block-size=64 --payload-as=hex --show=dup --write-out=x --follow-up=direct; do
		alone gcoap-bench --dry-run "$option" 127.0.0.1/x
		fails_with 2
		mentions "unknown option ${option%%=*}"
	done
	refuses '--format: bad value "pairs"' --format pairs 127.0.0.1/x
}

@test "--json and --format of one place exclude each other" {
	refuses '--json and --format table exclude each other' --json --format table 127.0.0.1/x
	GCOAP_FORMAT=json alone gcoap-bench --json -N 1 -t 100ms 127.0.0.1:9/x
	fails_with 3
	[ "$(jq -r .type <<<"$output" | tail -1)" = summary ]
}


@test "two reports do not go to one file" {
	alone gcoap-bench -N 1 -t 100ms --html same --csv same 127.0.0.1:9/x
	fails_with 2
	mentions '--html and --csv: both to same'
	[ ! -e same ]
}

@test "the plan that JSON tells is the one that is carried out" {
	GCOAP_FORMAT=jsonl alone gcoap-bench -r max -d 100ms -t 100ms 127.0.0.1:9/x
	[ "$(jq -c 'select(.type == "summary").plan | [.requests, .duration_ms, .outstanding]' \
		<<<"$output")" = '[null,100,1]' ]
}
