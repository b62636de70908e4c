#!/usr/bin/env bats
# gcoap-bench -P: groups and single servers behind a proxy, in both dialects.
load helpers

# through COMMAND...: beside a group of three and a proxy on port 5690, over UDP and TCP.
through() {
	rm -f ready # of a former call
	group -n 3 --leisure 20ms -- bash -c '
		gcoap-proxy -i lo --listen coap://127.0.0.1:5690 --listen coap+tcp://127.0.0.1:5690 \
			--allow-client 127.0.0.1 --allow-group coap://224.0.1.187 --allow-target 127.0.0.0/8 \
			--max-per-minute 0 --cache off >ready 3>&- &
		eventually has_lines ready ready 2 || exit 99
		"$@"
		status=$?
		while kill $! 2>/dev/null; do sleep 0.05; done # the second does not wait for answers
		wait $!
		exit $status' bash "$@"
}

# The command beside a proxy that says what the case has it say.
proxy() {
	alone /usr/bin/python3 "$TOP/tests/cli/fakeproxy.py" "$@"
}

summary() {
	jq -r "select(.type == \"summary\") | $1" <<<"$output"
}

@test "each server behind the proxy is counted, in both dialects and over TCP" {
	for how in "--dialect tiloca-05 -P 127.0.0.1:5690" "--dialect ietf -P 127.0.0.1:5690" \
		"--dialect ietf --proxy-form scheme -P 127.0.0.1:5690" "-P coap+tcp://127.0.0.1:5690"; do
		# shellcheck disable=SC2086 # words are meant
		through gcoap-bench --json -N 10 -r 10 -n 3 -t 4s $how 224.0.1.187/light
		fails_with 0
		[ "$(summary '[.group, .rounds, .complete_rounds, .responses, .servers, .unnamed] | tostring')" = \
			'[true,10,10,30,3,0]' ]
		[ "$(jq -r 'select(.type == "server") | .server' <<<"$output" | sort | tr '\n' ' ')" = \
			"127.77.0.1:5683 127.77.0.2:5683 127.77.0.3:5683 " ]
	done
	[ "$(summary .via)" = coap+tcp://127.0.0.1:5690 ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
}

@test "one server behind the proxy, several clients" {
	through gcoap-bench --json -N 40 -r 100 --clients 4 -P coap://127.0.0.1:5690 127.77.0.2/light
	fails_with 0
	[ "$(summary '[.group, .rounds, .responses, .via] | tostring')" = '[false,40,40,"coap://127.0.0.1:5690"]' ]
	[ "$(jq -r 'select(.type == "server") | .server' <<<"$output")" = 127.77.0.2:5683 ]
}

@test "silence behind a proxy that took the requests exits 3, a proxy that is not there 7" {
	through gcoap-bench -N 2 -r 20 -t 2s -P coap://127.0.0.1:5690 224.0.1.187/none
	fails_with 3
	mentions "gcoap-bench: nobody answered coap://224.0.1.187/none through proxy 127.0.0.1:5690 in 2 s"
	proxy deaf gcoap-bench -N 2 -r 20 -t 2s -P 127.0.0.1 224.0.1.187/none
	fails_with 7
	mentions "gcoap-bench: proxy 127.0.0.1 did not answer in 2 s"
	alone gcoap-bench -N 2 -r 20 -t 2s -P 127.0.0.1 224.0.1.187/none
	fails_with 7
	mentions "gcoap-bench: no proxy at 127.0.0.1: the port is closed"
	alone gcoap-bench --json -N 2 -r 20 -t 2s -P coap+tcp://127.0.0.1 224.0.1.187/none
	fails_with 7
	mentions "gcoap-bench: proxy 127.0.0.1:5683 over coap+tcp: Connection refused"
	[ "$(jq -r '.type + " " + (.code | tostring)' <<<"$output")" = "error 7" ]
}

@test "a refusal is explained" {
	through gcoap-bench --json -N 3 -r 20 -t 2s -P coap://127.0.0.1:5690 224.0.1.190/light
	fails_with 7
	mentions 'gcoap-bench: proxy 127.0.0.1:5690 answered 4.01 Unauthorized: this client may not ask that group there ("Not allow-listed")'
	[ "$(summary '[.rounds, .refusals, .responses] | tostring')" = '[3,3,0]' ]
	proxy 5.05 gcoap-bench -N 1 -t 2s -P 127.0.0.1 192.0.2.1/x
	fails_with 7
	mentions 'gcoap-bench: proxy 127.0.0.1 answered 5.05'
}

@test "the proxy is told to stop when all have answered, where the dialect can" {
	through gcoap-bench --json -N 3 -r 2 -n 2 -t 9s --dialect ietf -P 127.0.0.1:5690 --pcap p.pcap 224.0.1.187/light
	fails_with 0
	[ "$(summary '[.complete_rounds, .early_stops, .wire.sent, .unmatched] | tostring')" = '[3,3,6,0]' ]
	# Requests have a Proxy-Uri, and these none: GET, NON, the tokens of the three.
	tshark -r p.pcap -Y 'udp.dstport == 5690 && coap.code == 1' -T fields -e coap.type -e coap.token \
		-e coap.opt.proxy_uri -d udp.port==5690,coap 2>/dev/null | sort -k 3 >asked
	[ "$(grep -c 224.0.1.187 asked)" = 3 ]
	[ "$(grep -vc 224.0.1.187 asked)" = 3 ]
	[ "$(cut -f 2 asked | sort | uniq -c | tr -s ' ' | cut -d ' ' -f 2 | sort -u)" = 2 ]
	[ "$(grep -v 224.0.1.187 asked | cut -f 1 | sort -u)" = 1 ]
	# What stands for a request's size is that of requests alone.
	[ "$(summary '.wire.request_size > 20')" = true ]
	through gcoap-bench --json -N 3 -r 2 -n 2 -t 9s -P 127.0.0.1:5690 224.0.1.187/light
	[ "$(summary '[.complete_rounds, .early_stops, .wire.sent] | tostring')" = '[3,0,3]' ]
}

@test "Ctrl-C tells the proxy to stop what is still open there" {
	through bash -c 'gcoap-bench -v --json -r 5 -d 1h -t 60s --dialect ietf -P 127.0.0.1:5690 224.0.1.187/light >out 2>err &
		until [ "$(grep -c "^<-" err)" -ge 6 ]; do sleep 0.05; done
		kill -INT $!; wait $!'
	fails_with 0
	output=$(cat out)
	[ "$(summary '.rounds == 0 and .early_stops >= 2 and .early_stops == .interrupted_rounds')" = true ]
	[ "$(summary '.wire.sent == 2 * .early_stops')" = true ]
	[[ "$(tail -1 err)" == "-> 127.0.0.1:5690 NON GET, "* ]]
}

@test "the timeout option that the proxy misses, or wants larger, is sent" {
	proxy missing-ietf gcoap-bench --json -N 2 -r 1 -n 2 -t 7s -P 127.0.0.1 224.0.1.187/temp
	fails_with 0
	[ "$(summary '[.rounds, .complete_rounds, .refusals] | tostring')" = '[2,2,0]' ]
	# Multicast-Timeout 6 instead of Multicast-Signaling, in the second and in later ones
	[ "$(sed -n 1p received | grep -c '2106dd')" = 0 ]
	[ "$(sed -n 2p received | grep -c '2106dd')" = 1 ]
	proxy missing-always gcoap-bench --json -N 1 -t 7s -P 127.0.0.1 224.0.1.187/temp
	fails_with 7
	proxy too-short gcoap-bench -N 1 -t 7s -P 127.0.0.1 224.0.1.187/temp
	fails_with 7
	mentions 'gcoap-bench: proxy 127.0.0.1 answered 5.05 with Multicast-Signaling 75: the time for its answers is too short'
	proxy missing gcoap-bench -N 1 -t 7s -P 127.0.0.1 group.example/temp
	fails_with 7
	mentions 'gcoap-bench: proxy 127.0.0.1 answered 4.00 with an empty Multicast-Signaling'
	mentions '  hint: it forwards to groups only when told for how long; add --proxy-timeout 6s'
}

@test "answers of nobody are counted, and told" {
	proxy unnamed gcoap-bench --json -N 1 -t 2s -P 127.0.0.1 224.0.1.187/x
	mentions "gcoap-bench: proxy 127.0.0.1 does not tell who answered: 3 answers are of unknown servers"
	[ "$(summary '[.servers, .unnamed] | tostring')" = '[0,3]' ]
	proxy unnamed gcoap-bench --format csv -n 3 -N 1 -t 2s -P 127.0.0.1 224.0.1.187/x
	[[ "${lines[-1]}" == all,,,3,3,0,* ]]
}
