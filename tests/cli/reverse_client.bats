# The clients and a reverse-proxy that stands for a simulated group: --proxy-timeout without -P.
load helpers
load through

reverse() {
	through "--reverse /all=coap://224.0.1.187" "$@"
}

field() {
	jq -r "select(.type == \"$1\") | $2" <<<"$output"
}

@test "all answers of the group are collected until the time is up" {
	reverse gcoap-get --proxy-timeout 2s --json coap://127.0.0.1:5690/all/temp
	fails_with 0
	[ "$(field response .server | sort | tr '\n' ' ')" = \
		"127.77.0.1:5683 127.77.0.2:5683 127.77.0.3:5683 " ]
	[ "$(field response .server_from | sort -u)" = response-forwarding ]
	[ "$(field request '[.via, .group, .timeout_ms] | tostring')" = '["127.0.0.1:5690",null,4000]' ]
	[ "$(field summary .ended_by)" = timeout ]
}

@test "the option is that of the dialect, and it goes with the first request" {
	reverse gcoap-get -vv --proxy-timeout 20s -n 3 coap://127.0.0.1:5690/all/temp
	fails_with 0
	[ "$(grep -c '^->' <<<"$stderr")" -eq 1 ]
	mentions "    Multicast-Signaling: 20"
	reverse gcoap-get -vv --dialect ietf --proxy-timeout 20s -n 3 coap://127.0.0.1:5690/all/temp
	fails_with 0
	mentions "    Multicast-Timeout: 20"
	mentions "    Multicast-Timeout: 0" # all have answered: it is told so
}

@test "whole bodies, directly and by the proxy, and over TCP" {
	local how
	for how in coap://127.0.0.1:5690 "--follow-up proxy coap://127.0.0.1:5690" \
		coap+tcp://127.0.0.1:5691; do
		# shellcheck disable=SC2086 # words are meant
		through "--listen coap+tcp://127.0.0.1:5691 --reverse /all=coap://224.0.1.187" \
			gcoap-get --proxy-timeout 20s -n 3 --json $how/all/big
		fails_with 0
		[ "$(field response '[.complete, .payload_len] | join(" ")' | sort -u)" = "true 1500" ]
	done
}

@test "gcoap-observe registers and cancels with it" {
	reverse gcoap-observe -vv --proxy-timeout 20s -C 3 --json coap://127.0.0.1:5690/all/light
	fails_with 0
	[ "$(field notification .server | sort -u | wc -l)" -eq 3 ]
	[ "$(grep -c 'Multicast-Signaling: 20' <<<"$stderr")" -ge 2 ]
	mentions "    Observe: 1"
}

@test "gcoap-discover shows the links of each, and how to go on" {
	reverse gcoap-discover --proxy-timeout 20s -n 3 --rt temperature \
		coap://127.0.0.1:5690/all/.well-known/core
	fails_with 0
	mentions "next: gcoap-observe --proxy-timeout 20s 'coap://127.0.0.1:5690/all/temp'"
}

@test "gcoap-etag and gcoap-bench know each server of it" {
	reverse sh -c 'for i in 1 2; do
		gcoap-etag --state s --proxy-timeout 20s -n 3 --json coap://127.0.0.1:5690/all/light
	done'
	fails_with 0
	[ "$(field validation .state | sort | uniq -c | tr -s ' \n' ' ')" = " 3 fresh 3 new " ]
	reverse gcoap-bench --proxy-timeout 20s -N 2 -n 3 --json coap://127.0.0.1:5690/all/light
	fails_with 0
	[ "$(field server .answered)" = "$(printf '2\n2\n2')" ]
	[ "$(field summary '[.group, .complete_rounds, .expected_answers] | tostring')" = '[true,2,6]' ]
	reverse gcoap-bench --proxy-timeout 1s -N 1 -n 4 coap://127.0.0.1:5690/all/light
	fails_with 4
	mentions 'gcoap-bench: 3 of 4 expected servers answered'
	[[ "$output" == *"complete rounds 0/1"* ]]
}

@test "0: nothing is awaited but the ACK" {
	reverse gcoap-get --proxy-timeout 0 -m put -p on coap://127.0.0.1:5690/all/light
	fails_with 0
	prints_nothing
}

@test "a server that is no reverse-proxy is asked all the same, and said to be" {
	reverse gcoap-get --proxy-timeout 1s coap://127.77.0.2/temp
	fails_with 0
	mentions "gcoap-get: proxy 127.77.0.2 does not tell who answered: 1 answer is of unknown servers"
	mentions "hint: it may be a server, and no reverse-proxy: ask it without --proxy-timeout"
}

@test "a proxy that names one server and not the others is one" {
	through "--reverse /all=coap://224.0.1.187 --reverse-mode b --alias 127.0.0.11:5690=127.77.0.1" \
		gcoap-get --proxy-timeout 1s coap://127.0.0.1:5690/all/light
	fails_with 0
	mentions "gcoap-get: proxy 127.0.0.1:5690 does not tell who answered: 2 answers are of unknown servers"
	mentions "  hint: it names others; in its mode b, those that have an --alias for the transport that we use (gcoap-proxy)"
	[[ "$stderr" != *"Response-Forwarding"* && "$stderr" != *"may be a server"* ]]
}

@test "what it refuses, and silence behind it, are the proxy's" {
	reverse gcoap-get -s 127.0.0.9 --proxy-timeout 1s coap://127.0.0.1:5690/all/temp
	fails_with 7
	mentions "gcoap-get: proxy 127.0.0.1:5690 answered 4.01 Unauthorized"
	reverse gcoap-get --proxy-timeout 1s coap://127.0.0.1:5690/all/nothing
	fails_with 3
	mentions "nobody answered coap://127.0.0.1:5690/all/nothing through proxy 127.0.0.1:5690 in 3 s
  hint: check that the path is one of a group there, and that a server joined it, on the proxy's side"
}

@test "a group that is asked directly has no proxy to be told" {
	alone gcoap-get --proxy-timeout 1s 224.0.1.187/temp
	fails_with 2
	says "gcoap-get: 224.0.1.187/temp: --proxy-timeout is for a proxy, and this group is asked directly" \
		"  hint: name the proxy with -P, or ask a reverse-proxy as the target"
}

@test "the times must fit, and --follow-up needs it" {
	alone gcoap-get -t 5s --proxy-timeout 6s coap://127.0.0.1/all/temp
	fails_with 2
	mentions "--timeout 5 s leaves the proxy too little time"
	alone gcoap-get --follow-up proxy coap://127.0.0.1/all/temp
	fails_with 2
	mentions "--follow-up is for a proxy: name it with --proxy, or ask a reverse-proxy with --proxy-timeout"
	alone gcoap-etag --each --proxy-timeout 1s coap://127.0.0.1/all/temp
	fails_with 2
	mentions "--each is not for a reverse-proxy: its servers have paths of their own"
}

@test "it may challenge first, and be found to be one then" {
	local tool
	for tool in "gcoap-get -n 3" "gcoap-observe -C 3"; do
		# shellcheck disable=SC2086 # words are meant
		through "--echo on --reverse /all=coap://224.0.1.187" \
			$tool -v -t 20s coap://127.0.0.1:5690/all/light
		fails_with 0
		mentions "ACK 4.01 Unauthorized"
		mentions "ACK 4.00 Bad Request"
		mentions "3 servers answered"
	done
}
