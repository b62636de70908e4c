# -P: requests through a proxy that says what the case has it say.
load helpers

# The command beside a proxy on 127.0.0.1: proxy CASE COMMAND...
proxy() {
	alone /usr/bin/python3 "$TOP/tests/cli/fakeproxy.py" "$@"
}

# One request to a group
refused() {
	proxy "$1" gcoap-get -P 127.0.0.1 -t 20s --proxy-timeout 1s "${@:2}" 224.0.1.187/temp
	fails_with 7
}

# The same to one server: one_server CASE [URI]
one_server() {
	proxy "$1" gcoap-get -P 127.0.0.1 -t 20s "${2:-coap://192.0.2.1/temp}"
	fails_with 7
}

field() {
	jq -r "select(.type == \"$1\") | $2" <<<"$output"
}

@test "the proxy is told where, and for how long" {
	proxy answers gcoap-get -P 127.0.0.1 -t 20s --proxy-timeout 1s --token c0de -n 2 224.0.1.187/temp
	fails_with 0
	[ "$(head -1 received)" = 4201xxxxc0dedd160a636f61703a2f2f3232342e302e312e3138372f74656d70e1fcba01 ]
	proxy answers gcoap-get -P 127.0.0.1 -t 20s --proxy-timeout 1s --token c0de -n 2 --dialect ietf 224.0.1.187/temp
	fails_with 0
	[ "$(head -1 received)" = 4201xxxxc0de2101dd140a636f61703a2f2f3232342e302e312e3138372f74656d70 ]
	# All have answered: it need not wait for more.
	[ "$(sed -n 2p received)" = 4201xxxxc0de20 ]
}

@test "--proxy-form scheme, a port and a query" {
	proxy answers gcoap-get -P 127.0.0.1 --proxy-timeout 60s --token c0de -n 2 \
		--proxy-form scheme 224.0.1.187:5685/r
	fails_with 0
	[ "$(head -1 received)" = 4201xxxxc0de3b3232342e302e312e3138374216354172d40f636f6170e1fcb63c ]
	proxy one gcoap-get -P 127.0.0.1 --token c0de 'coap://sensor.example/a?b=c' --query d=e
	fails_with 0
	[ "$(head -1 received)" = 4201xxxxc0dedd1612636f61703a2f2f73656e736f722e6578616d706c652f613f623d6326643d65 ]
}

@test "answers are of the servers that the proxy names" {
	proxy answers gcoap-get -P 127.0.0.1 -t 20s --json -n 2 224.0.1.187/temp
	fails_with 0
	[ "$(field request '[.via, .group, .mtype] | join(" ")')" = "127.0.0.1:5683 224.0.1.187:5683 CON" ]
	[ "$(field response '[.server, .server_from, .from, .via, .uri] | join(" ")' | head -1)" = \
		"192.0.2.1:5683 response-forwarding 127.0.0.1:5683 127.0.0.1:5683 coap://192.0.2.1/temp" ]
	[ "$(field summary '[.servers, .ended_by] | join(" ")')" = "2 expect" ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
	proxy reply-from gcoap-get -P 127.0.0.1 -t 20s --json --first 224.0.1.187/temp
	[ "$(field response .server_from)" = reply-from ]
	proxy californium gcoap-get -P 127.0.0.1 -t 20s --json --first 224.0.1.187/temp
	[ "$(field response .server)" = 192.0.2.1:5683 ]
}

@test "a label of [names] and --expect-from are for the servers" {
	config <<-'END'
		[names]
		192.0.2.1 = kitchen
	END
	proxy answers gcoap-get -P 127.0.0.1 -t 2s --json --expect-from kitchen,192.0.2.9 224.0.1.187/temp
	fails_with 4
	[ "$(field response .name | head -1)" = kitchen ]
	[ "$(field missing .server)" = 192.0.2.9:5683 ]
	mentions "  hint: wait longer with -t"
	[[ "$stderr" != *--repeat* ]] # the proxy is asked once
}

@test "an answer without its server is of an unknown one" {
	proxy unnamed gcoap-get -P 127.0.0.1 -t 2s 224.0.1.187/temp
	fails_with 0
	mentions "3 answers of unknown servers in 2.0 s (3 ok)"
	mentions "gcoap-get: proxy 127.0.0.1 does not tell who answered: 3 answers are of unknown servers
  hint: it adds neither Response-Forwarding nor Reply-From; --option-number sets other numbers of them"
	proxy unnamed gcoap-get -P 127.0.0.1 -t 2s --json 224.0.1.187/temp
	[ "$(field response '[.server, .server_from, .uri] | tostring' | head -1)" = \
		'[null,"unknown","coap://224.0.1.187/temp"]' ]
	[ "$(field summary '[.servers, .unnamed] | tostring')" = '[0,3]' ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
}

@test "so it is when the proxy is a reverse-proxy" {
	proxy missing-unnamed gcoap-get -t 2s coap://127.0.0.1/temp
	fails_with 0
	mentions "gcoap-get: proxy 127.0.0.1 does not tell who answered: 1 answer is of unknown servers"
}

@test "one server behind a proxy is the one of the URI" {
	proxy one gcoap-get -P 127.0.0.1 --json coap://sensor.example/temp
	fails_with 0
	[ "$(field response '[.server, .server_from, .via] | join(" ")')" = \
		"coap://sensor.example:5683 request 127.0.0.1:5683" ]
	[ "$(field request .group)" = null ]
}

@test "4.00 with the empty option: asked again with it, in the proxy's dialect" {
	proxy missing-ietf gcoap-get -P 127.0.0.1 -t 20s --proxy-timeout 1s --token c0de --json -n 2 224.0.1.187/temp
	fails_with 0
	[ "$(sed -n 2p received)" = 4201xxxxc0de2101dd140a636f61703a2f2f3232342e302e312e3138372f74656d70 ]
	[ "$(field summary .servers)" = 2 ]
	# A name that turns out to be a group's.
	proxy missing gcoap-get -P 127.0.0.1 -t 20s --json -n 2 coap://group.example/temp
	fails_with 0
	[ "$(field summary .servers)" = 2 ]
	proxy missing gcoap-get -t 20s --json -n 2 127.0.0.1/temp
	fails_with 0
	[ "$(field response .server | head -1)" = 192.0.2.1:5683 ]
}

@test "4.00: the refusals" {
	refused missing-always
	mentions 'proxy 127.0.0.1 answered 4.00 with an empty Multicast-Signaling: the request'"'"'s token is in use there'
	refused 4.00
	mentions 'gcoap-get: proxy 127.0.0.1 answered 4.00 Bad Request: it cannot read the request ("no")
  hint: see what was sent with -vv; --proxy-form scheme names the target in another way'
}

@test "4.00 without time for another request" {
	proxy missing gcoap-get -P 127.0.0.1 -t 1s coap://group.example/temp
	fails_with 7
	mentions 'gcoap-get: proxy 127.0.0.1 answered 4.00 with an empty Multicast-Signaling'
	mentions '  hint: it forwards to groups only when told for how long; add --proxy-timeout 1s -t 3s'
	proxy missing gcoap-get -P 127.0.0.1 -t 1.2s coap://group.example/temp
	fails_with 7
	[[ "$stderr" == *"; add --proxy-timeout 1s" ]] # whole seconds, and fewer than -t
	proxy missing gcoap-get -P 127.0.0.1 -t 3s --proxy-timeout 1s coap://group.example/temp
	[[ "$stderr" != *"leaves the proxy"* ]]
}

@test "4.00 once more to the request with the timeout option" {
	one_server missing-always coap://group.example/temp
	mentions "proxy 127.0.0.1 answered 4.00 with an empty Multicast-Signaling: the request's token is in use there"
	[[ "$stderr" != *--proxy-timeout* ]] # it was sent
}

@test "4.01" {
	refused 4.01
	mentions 'gcoap-get: proxy 127.0.0.1 answered 4.01 Unauthorized: this client may not ask that group there ("Not allow-listed")
  hint: its lists must have the group, and this host or our identity (gcoap-proxy: --allow-group, --allow-client)
  hint: an identity is told over coaps or coaps+tcp: --psk-file'
}

@test "4.02" {
	refused 4.02
	mentions 'gcoap-get: proxy 127.0.0.1 answered 4.02 Bad Option: it does not know an option of the request
  hint: it may speak the other dialect (--dialect ietf), have other numbers (--option-number), or know no groups'
	refused 4.02 --dialect ietf
	mentions '(--dialect tiloca-05)'
}

@test "4.03 and 5.00" {
	refused 4.03
	mentions 'proxy 127.0.0.1 answered 4.03 Forbidden: it does not allow that'
	refused 5.00
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.00 Internal Server Error: it could not do that
  hint: some proxies take NON requests for groups only: try --non'
}

@test "5.01" {
	refused 5.01
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.01 Not Implemented: it does not forward to groups
  hint: gcoap-proxy does when told so: --allow-group coap://224.0.1.187'
	refused aiocoap
	mentions '  hint: add --proxy-form scheme'
}

@test "5.02" {
	refused 5.02
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.02 Bad Gateway: it could not find the target, or not use what came from there
  hint: its log may tell why (gcoap-proxy: --trace)'
	one_server 5.02
	mentions '  hint: is the server there? ask it without --proxy'
	one_server 5.02 coap://sensor.example/temp
	mentions '  hint: a name is looked up by the proxy: try the address'
}

@test "5.02 with its cause" {
	one_server 5.02-name coap://sensor.example/temp
	mentions 'answered 5.02 Bad Gateway: it could not find the target ("the host name has no address")
  hint: a name is looked up by the proxy: try the address'
	one_server 5.02-next
	mentions 'answered 5.02 Bad Gateway: the proxy behind it is the one that fails ("The next proxy cannot be reached")
  hint: see where it sends requests next (gcoap-proxy: --next-proxy)'
	one_server 5.02-reset
	mentions 'the server rejects such messages with a RST ("The server refused the request")
  hint: see the request with -vv'
	one_server 5.02-response
	mentions '  hint: ask the server without --proxy to see it'
}

@test "5.03" {
	refused 5.03
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.03 Service Unavailable: it has too much to do
  hint: ask again in 30 s'
}

@test "5.04" {
	refused 5.04
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.04 Gateway Timeout: nobody answered it in its own time
  hint: to a group silence is no error: this proxy takes it for one server'
	one_server 5.04
	mentions '  hint: is the server there? ask it without --proxy'
	one_server 5.04-next
	mentions 'the proxy behind it is silent ("The next proxy did not respond")
  hint: see where it sends requests next (gcoap-proxy: --next-proxy)'
}

@test "5.05" {
	refused 5.05
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.05 Proxying Not Supported: it does not forward to there
  hint: is it a forward-proxy at all? its address and port may be a server'"'"'s'
	refused too-short
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.05 with Multicast-Signaling 75: the time for its answers is too short
  hint: add --proxy-timeout 75s -t 77s'
	one_server 5.05
	mentions '  hint: is it a forward-proxy at all? its address and port may be a server'"'"'s'
	one_server 5.05-reverse
	mentions 'it forwards nothing ("not a forward-proxy")
  hint: a reverse-proxy is asked for its own resources, without --proxy'
	one_server 5.05-scheme
	mentions '  hint: name the target with coap://'
	one_server 5.05-target
	mentions '  hint: gcoap-proxy forwards to single servers when told so: --allow-target 192.0.2.1'
}

@test "5.08" {
	refused 5.08
	mentions 'gcoap-get: proxy 127.0.0.1 answered 5.08 Hop Limit Reached: too many proxies on the way, or a loop of them
  hint: see where it sends requests next (gcoap-proxy: --next-proxy)'
}

@test "a refusal is a record, and no server" {
	proxy 4.01 gcoap-get -P 127.0.0.1 -t 20s --json 224.0.1.187/temp
	fails_with 7
	[ "$(field response '[.server, .server_from, .code] | join(" ")')" = "127.0.0.1:5683 source 4.01" ]
	[ "$(field summary '[.servers, .ended_by, .exit] | join(" ")')" = "0 proxy 7" ]
	[ "$(field error .code)" = 7 ]
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
	proxy 4.01 gcoap-get -P 127.0.0.1 -t 20s -qq 224.0.1.187/temp
	fails_with 7
	proxy 4.01 gcoap-discover -P 127.0.0.1 -t 20s 224.0.1.187
	fails_with 7
	[[ "$output" != *127.0.0.1* ]]
	mentions "0 servers, 0 links, 1 error"
	proxy 4.01 gcoap-observe -P 127.0.0.1 -t 20s --time none 224.0.1.187/temp
	fails_with 7
	[[ "$output" == *"4.01  -    (proxy) Not allow-listed"* ]]
}

@test "what the proxy says to a request for one server is not of that server" {
	for case in 5.02 5.04 5.05 5.08; do
		proxy "$case" gcoap-get -P 127.0.0.1 -t 20s --json 192.0.2.1/temp
		fails_with 7
		[ "$(field response '[.server, .server_from, .code] | join(" ")')" = "127.0.0.1:5683 source $case" ]
		[ "$(field summary '[.servers, .ended_by, .exit] | join(" ")')" = "0 proxy 7" ]
		/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
	done
	proxy 5.04 gcoap-observe -P 127.0.0.1 -t 20s --json 192.0.2.1/temp
	fails_with 7
	mentions 'gcoap-observe: proxy 127.0.0.1 answered 5.04 Gateway Timeout'
	# These may be either's.
	proxy 4.03 gcoap-get -P 127.0.0.1 -t 20s --json 192.0.2.1/temp
	fails_with 1
	[ "$(field response '[.server, .server_from] | join(" ")')" = "192.0.2.1:5683 request" ]
}

@test "an Echo challenge of the proxy is answered" {
	proxy echo gcoap-get -P 127.0.0.1 -t 20s --proxy-timeout 1s --json --token c0de -n 2 224.0.1.187/temp
	fails_with 0
	[ "$(wc -l <received)" -eq 2 ]
	[[ "$(sed -n 2p received)" == 4201xxxxc0de*d8cc0102030405060708* ]]
	[ "$(field summary .servers)" = 2 ]
}

@test "a proxy that is not there, is deaf, or resets" {
	alone gcoap-get -P 127.0.0.1 -t 2s 224.0.1.187/temp
	fails_with 7
	mentions 'gcoap-get: no proxy at 127.0.0.1: the port is closed
  hint: check that it runs, and its port (5683 when the URI names none)'
	refused deaf -t 2s
	mentions 'gcoap-get: proxy 127.0.0.1 did not answer in 2 s
  hint: check that it runs, its address and port, and the firewalls: gcoap doctor
  hint: some proxies take NON requests for groups only: try --non'
	refused reset
	mentions 'gcoap-get: proxy 127.0.0.1 refused the request for coap://224.0.1.187/temp with a RST
  hint: it cannot process such a message; see the request with -vv'
}

@test "silence behind the proxy is silence" {
	proxy silence gcoap-get -P 127.0.0.1 -t 2s 224.0.1.187/temp
	fails_with 3
	mentions 'gcoap-get: nobody answered coap://224.0.1.187/temp through proxy 127.0.0.1 in 2 s
  hint: check that a server joined the group, on the proxy'"'"'s side: gcoap doctor 224.0.1.187'
	proxy deaf gcoap-get -P 127.0.0.1 -t 2s --non 224.0.1.187/temp
	fails_with 3
	mentions '  hint: without --non the proxy would say that it is there'
	proxy silence gcoap-get -P 127.0.0.1 -t 2s --no-response 26 -m put -p x 224.0.1.187/temp
	fails_with 0
	proxy deaf gcoap-get -P 127.0.0.1 -t 2s --no-response 26 -m put -p x 224.0.1.187/temp
	fails_with 7
}

@test "a proxy that took the request and is gone is asked once, and named" {
	refused dies
	mentions 'gcoap-get: proxy 127.0.0.1 does not answer any more: its port is closed
  hint: it took the request, and has ended or lost its network since: ask again'
	refused hangs -t 2s
	mentions 'gcoap-get: proxy 127.0.0.1 does not answer any more
  hint: it took the request'
	[ "$(sed -n 2p received)" = 4000xxxx ]
	[ "$(wc -l <received)" = 2 ]
}

@test "--proxy-timeout 0 waits for the ACK alone" {
	proxy silence gcoap-get -P 127.0.0.1 -t 60s --proxy-timeout 0 -m put -p on --token c0de \
		224.0.1.187/light --json
	fails_with 0
	[ "$(field summary '.elapsed_ms < 60000')" = true ]
	[[ "$(head -1 received)" == 4203xxxxc0de*d1d21ae0fbdbff6f6e ]]
}

@test "gcoap-observe -P: registers and cancels at the proxy" {
	proxy notifies gcoap-observe -P 127.0.0.1 -t 20s --proxy-timeout 1s -C 1 --json --token c1de 224.0.1.187/temp
	fails_with 0
	[ "$(field notification '[.server, .observe, .via] | join(" ")')" = "192.0.2.1:5683 12 127.0.0.1:5683" ]
	# Register, ACK of the notification, cancel.
	[ "$(sed -n 1p received)" = 4201xxxxc1de60dd100a636f61703a2f2f3232342e302e312e3138372f74656d70e1fcba01 ]
	grep -q '^4201xxxxc1de6101dd100a636f61703a2f2f3232342e302e312e3138372f74656d70e1fcba01$' received
	proxy 5.01 gcoap-observe -P 127.0.0.1 -t 20s 224.0.1.187/temp
	fails_with 7
	mentions 'proxy 127.0.0.1 answered 5.01'
}

@test "times that do not fit, and options without a proxy" {
	apart gcoap-get -P 127.0.0.1 -t 1s 224.0.1.187/temp
	fails_with 2
	mentions '--timeout 1 s leaves the proxy no time'
	apart gcoap-get -P 127.0.0.1 -t 1s --proxy-timeout 1s 224.0.1.187/temp
	fails_with 2
	[[ "$stderr" == *"its proxy: make --timeout longer" ]] # a second is the shortest
	apart gcoap-get -P 127.0.0.1 -t 5s --proxy-timeout 5s 224.0.1.187/temp
	fails_with 2
	mentions '--timeout 5 s leaves the proxy too little time
  hint: the client must wait longer than its proxy: make --timeout longer, or --proxy-timeout shorter'
	apart gcoap-get -P 127.0.0.1 -t 500s 224.0.1.187/temp
	fails_with 2
	mentions 'through a proxy --timeout must be below 500 s'
	apart gcoap-get -P 127.0.0.1 --proxy-timeout 1500ms 224.0.1.187/temp
	fails_with 2
	mentions '--proxy-timeout: want whole seconds'
	apart gcoap-get --proxy-form scheme 224.0.1.187/temp
	fails_with 2
	mentions '--proxy-form is for a proxy: name it with --proxy'
	apart gcoap-get --follow-up proxy 224.0.1.187/temp
	fails_with 2
	apart gcoap-get -P 127.0.0.1 --proxy-timeout 0 -n 2 224.0.1.187/temp
	fails_with 2
}

@test "what is no proxy is said" {
	apart gcoap-get -P 224.0.1.187 192.0.2.1/temp
	fails_with 2
	mentions 'a group is no proxy'
	apart gcoap-get -P http://127.0.0.1 192.0.2.1/temp
	fails_with 2
	mentions 'http is not supported'
	apart gcoap-get -P coap://127.0.0.1/path 192.0.2.1/temp
	fails_with 2
	mentions 'want a scheme and a host'
	apart gcoap-get -P coap://no-such-proxy.invalid 192.0.2.1/temp
	fails_with 6
	mentions 'cannot resolve the proxy no-such-proxy.invalid'
	apart gcoap-get -P 127.0.0.1 'coap://[ff02::fd%lo]/temp'
	fails_with 2
	mentions 'zone lo means nothing to a proxy'
}

@test "GCOAP_PROXY names it, and none is none" {
	GCOAP_PROXY=coap://127.0.0.1 proxy answers gcoap-get -t 20s --json -n 2 224.0.1.187/temp
	fails_with 0
	[ "$(field request .via)" = 127.0.0.1:5683 ]
	GCOAP_PROXY=coap://127.0.0.1 proxy one gcoap-get -P none --json 127.0.0.1/temp
	fails_with 0
	[ "$(field request .via)" = null ]
}

@test "--dry-run shows the bytes to the proxy" {
	alone gcoap-get -P 127.0.0.1 --dry-run --token c0de 224.0.1.187/temp
	fails_with 0
	[[ "$output" == "would send "*" bytes to 127.0.0.1:5683 on lo from 127.0.0.1, then wait 7 s for answers"* ]]
	[[ "$output" == *"Multicast-Signaling: 6"* ]]
}
