# The clients through gcoap-proxy, to a simulated group.
load helpers
load through

field() {
	jq -r "select(.type == \"$1\") | $2" <<<"$output"
}

@test "every server's answer comes through the proxy, in both dialects" {
	for dialect in tiloca-05 ietf; do
		through "" gcoap-get -P coap://127.0.0.1:5690 --dialect $dialect --json -n 3 224.0.1.187/temp
		fails_with 0
		[ "$(field response .server | sort | tr '\n' ' ')" = \
			"127.77.0.1:5683 127.77.0.2:5683 127.77.0.3:5683 " ]
		[ "$(field response .via | sort -u)" = 127.0.0.1:5690 ]
	done
	[ "$(field response .server_from | sort -u)" = reply-from ]
}

@test "a long body is fetched from the servers, or through the proxy" {
	for how in "--follow-up direct" "--follow-up proxy" "--follow-up proxy --proxy-form scheme"; do
		# shellcheck disable=SC2086 # words are meant
		through "" gcoap-get -P coap://127.0.0.1:5690 $how --json -n 3 224.0.1.187/big
		fails_with 0
		[ "$(field response '[.complete, .payload_len, .blocks] | join(" ")' | sort -u)" = "true 1500 2" ]
		[ "$(field response .server | sort -u | wc -l)" -eq 3 ]
	done
}

@test "over TCP, too" {
	through "--listen coap+tcp://127.0.0.1:5691" \
		gcoap-get -P coap+tcp://127.0.0.1:5691 --json -n 3 224.0.1.187/big
	fails_with 0
	[ "$(field response '[.complete, .payload_len] | join(" ")' | sort -u)" = "true 1500" ]
	# What follows may leave the connection.
	through "--listen coap+tcp://127.0.0.1:5691" gcoap-get -v --follow-up direct \
		-P coap+tcp://127.0.0.1:5691 --json -n 3 224.0.1.187/big
	fails_with 0
	[ "$(field response '[.complete, .payload_len, .via] | join(" ")' | sort -u)" = \
		"true 1500 127.0.0.1:5691" ]
	[ "$(grep -c '^-> 127.77.0.[123]:5683 NON GET' <<<"$stderr")" -ge 3 ]
	through "" gcoap-get -P coap+tcp://127.0.0.1:5691 -t 3s 224.0.1.187/temp
	fails_with 7
	mentions 'gcoap-get: proxy 127.0.0.1:5691 over coap+tcp: '
}

@test "over TCP with T' = 0 it has gone out before the end" {
	local how
	for how in "" --non; do
		# shellcheck disable=SC2086 # a word or none
		through "--listen coap+tcp://127.0.0.1:5691" sh -c '
			gcoap-get -P coap+tcp://127.0.0.1:5691 --proxy-timeout 0 -m put -p on '$how' \
				224.0.1.187/light || exit
			until gcoap-get --payload-as text -c payload --no-headings \
				127.77.0.2/light | grep -qx on; do :; done'
		fails_with 0
	done
}

@test "one server behind it" {
	through "" gcoap-get -P coap://127.0.0.1:5690 --json 127.77.0.2/name
	fails_with 0
	[ "$(field response '[.server, .server_from] | join(" ")')" = "127.77.0.2:5683 request" ]
	through "" gcoap-get -P coap://127.0.0.1:5690 192.0.2.1/name
	fails_with 7
	mentions 'answered 5.05 Proxying Not Supported: it does not forward to there'
}

@test "an Echo challenge to a CON request is answered by a CON request" {
	through "--echo on" gcoap-get -v -P coap://127.0.0.1:5690 --json 127.77.0.2/name
	fails_with 0
	[ "$(grep -c '^-> 127.0.0.1:5690 CON GET' <<<"$stderr")" -ge 2 ]
	[ "$(grep -c '^-> 127.0.0.1:5690 NON' <<<"$stderr")" = 0 ]
	grep -q '^<- 127.0.0.1:5690 ACK 4.01 Unauthorized' <<<"$stderr"
	[ "$(field response '[.code, .server] | join(" ")')" = "2.05 127.77.0.2:5683" ]
	through "--echo on" gcoap-get -v -P coap://127.0.0.1:5690 --json -n 3 224.0.1.187/temp
	fails_with 0
	[ "$(field summary .servers)" = 3 ]
}

@test "what the proxy does not allow is explained" {
	through "" gcoap-get -P coap://127.0.0.1:5690 224.0.1.188/temp
	fails_with 7
	mentions 'proxy 127.0.0.1:5690 answered 4.01 Unauthorized: this client may not ask that group there'
}

@test "gcoap-observe follows the group through it" {
	through "" gcoap-observe -P coap://127.0.0.1:5690 -C 3 --json 224.0.1.187/light
	fails_with 0
	[ "$(field notification .server | sort -u | wc -l)" -eq 3 ]
	[ "$(field server .state | sort -u)" = observing ]
	[ "$(field summary .ended_by)" = count ]
}

@test "gcoap-discover shows the links of each, and how to go on" {
	through "" gcoap-discover -P coap://127.0.0.1:5690 -n 3 --rt temperature 224.0.1.187
	fails_with 0
	[[ "$output" == *"127.77.0.3:5683 (1 link, "* ]]
	mentions "next: gcoap-observe -P coap://127.0.0.1:5690 'coap://224.0.1.187/temp'"
}

@test "over DTLS the next command has the key file, too" {
	printf 'alice:00112233445566778899aabbccddeeff\n' >psk
	chmod 600 psk
	through "--listen coaps://127.0.0.1:5692 --psk-file psk --allow-client alice" \
		gcoap-discover -P coaps://127.0.0.1:5692 --psk-file psk -n 3 --rt temperature 224.0.1.187
	fails_with 0
	mentions "next: gcoap-observe -P coaps://127.0.0.1:5692 --psk-file 'psk' 'coap://224.0.1.187/temp'"
}

@test "a reverse-proxy: every answer, whole bodies and observations" {
	local option
	through "--reverse /all=coap://224.0.1.187 --t-proxy 20s" \
		gcoap-get -t 30s -n 3 --json coap://127.0.0.1:5690/all/temp
	fails_with 0
	[ "$(field response .server | sort -u | wc -l)" -eq 3 ]
	for option in "" "--reverse-mode c"; do
		through "--reverse /all=coap://224.0.1.187 --t-proxy 20s $option" \
			gcoap-get -t 30s -n 3 --json coap://127.0.0.1:5690/all/big
		fails_with 0
		[ "$(field response '[.complete, .payload_len] | join(" ")' | sort -u)" = "true 1500" ]
		[ "$(field response .server | sort -u | wc -l)" -eq 3 ]
	done
	through "--reverse /all=coap://224.0.1.187 --t-proxy 20s" \
		gcoap-observe -t 30s -C 3 --json coap://127.0.0.1:5690/all/light
	fails_with 0
	[ "$(field notification .server | sort -u | wc -l)" -eq 3 ]
}

@test "long bodies are whole though no row has the servers" {
	local reverse
	export TARGETS=
	through "" gcoap-get -P coap://127.0.0.1:5690 --follow-up proxy --json -n 3 224.0.1.187/big
	fails_with 0
	[ "$(field response '[.complete, .payload_len] | join(" ")' | sort | uniq -c | tr -s ' ')" = " 3 true 1500" ]
	for reverse in /all //127.0.0.1; do
		through "--reverse $reverse=coap://224.0.1.187" \
			gcoap-get -t 30s -n 3 --json "coap://127.0.0.1:5690${reverse%//*}/big"
		fails_with 0
		[ "$(field response '[.complete, .payload_len] | join(" ")' | sort | uniq -c | tr -s ' ')" = " 3 true 1500" ]
	done
	through "" gcoap-get -P coap://127.0.0.1:5690 127.77.0.2/name
	fails_with 7
}

@test "an address for each server, over UDP and over TCP" {
	local rows i scheme
	export TARGETS=
	rows="--listen coap+tcp://127.0.0.1:5690 --reverse /all=coap://224.0.1.187 --reverse-mode b"
	for i in 1 2 3; do
		rows+=" --alias 127.0.0.1$i:5690=127.77.0.$i --alias coap+tcp://127.0.0.1$i:5690=127.77.0.$i"
	done
	for scheme in coap coap+tcp; do
		through "$rows" gcoap-get -t 30s -n 3 --json $scheme://127.0.0.1:5690/all/big
		fails_with 0
		[ "$(field response '[.complete, .payload_len] | join(" ")' | sort -u)" = "true 1500" ]
		[ "$(field response .server | sed 's/.*:\/\///' | sort | tr '\n' ' ')" = \
			"127.0.0.11:5690 127.0.0.12:5690 127.0.0.13:5690 " ]
		through "$rows" gcoap-get --json $scheme://127.0.0.12:5690/name
		[ "$(field response .payload)" = hall ]
	done
}
