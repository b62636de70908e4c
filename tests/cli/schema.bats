#!/usr/bin/env bats
# Each line that a tool writes as JSON is one object of the schema, and jq reads it too.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.."
	source tests/waiting.bash
	export PATH=$GCOAP_BUILD/bin:$PATH GCOAP_CONFIG=none
	export validate=$PWD/tests/cli/validate.py
}

# Run the words beside a simulated group: in_group "SIM OPTIONS" COMMAND...
in_group() {
	rm -f "$BATS_TEST_TMPDIR/ready" # of a former call
	unshare -rn bash -c '
		ip link set lo up
		gcoap-sim --json $1 >"$BATS_TEST_TMPDIR/ready" & sim=$!
		eventually test -s "$BATS_TEST_TMPDIR/ready"
		shift
		"$@" >"$BATS_TEST_TMPDIR/out"; status=$?
		kill $sim; exit $status' in_group "$@"
}

valid() {
	"$validate" "$BATS_TEST_TMPDIR/out"
	jq -e .type "$BATS_TEST_TMPDIR/out" >/dev/null
}

@test "the schema itself is a schema" {
	"$validate" --schema
}

@test "request, responses and summary of a group request" {
	in_group "-n 5 --leisure 100ms" gcoap-get --json -n 5 @demo/temp
	valid
	[ "$(jq -r .type "$BATS_TEST_TMPDIR/out" | sort | uniq -c | tr -s ' \n' ' ')" = \
		" 1 request 5 response 1 summary " ]
}

@test "each profile's resources" {
	for profile in lights sensors mixed; do
		in_group "-n 4 --leisure 50ms --profile $profile" \
			gcoap-get --json -n 4 @demo/.well-known/core
		valid
	done
}

@test "wrong and hostile answers" {
	in_group "-n 20 --leisure 50ms --profile chaos --seed 7" \
		gcoap-get --json -t 3s --show dup,late @demo/temp || true
	valid
}

@test "bodies in blocks, and errors of one server" {
	in_group "-n 3 --leisure 50ms --big 3000" gcoap-get --json -n 3 @demo/big
	valid
	[ "$(jq -s '[.[] | select(.type == "response") | .payload_len] | unique' -c \
		"$BATS_TEST_TMPDIR/out")" = '[3000]' ]
	in_group "-n 3 --leisure 50ms" gcoap-get --json coap://127.77.0.1/nothing || true
	valid
	jq -se 'any(.code == "4.04")' "$BATS_TEST_TMPDIR/out"
}

@test "missing servers and the error of silence" {
	in_group "-n 2 --leisure 50ms" gcoap-get --json -t 3s \
		--expect-from 127.77.0.1,127.77.0.9 @demo/temp || true
	valid
	jq -se 'any(.type == "missing" and .server == "127.77.0.9:5683")' "$BATS_TEST_TMPDIR/out"
	in_group "-n 2" gcoap-get --json -t 200ms coap://224.0.1.188/temp -i lo || true
	valid
	jq -se 'any(.type == "error" and .code == 3)' "$BATS_TEST_TMPDIR/out"
}

@test "the records of gcoap-sim" {
	unshare -rn bash -c '
		ip link set lo up
		gcoap-sim --json -n 2 --leisure 50ms >"$BATS_TEST_TMPDIR/out" & sim=$!
		eventually test -s "$BATS_TEST_TMPDIR/out"
		coap-client-notls -B 9 coap://127.77.0.1/temp >/dev/null
		printf "\xff\xff\xff" >/dev/udp/127.77.0.2/5683
		eventually grep -q malformed "$BATS_TEST_TMPDIR/out"
		kill -INT $sim
		wait $sim || true'
	valid
	[ "$(jq -r .type "$BATS_TEST_TMPDIR/out" | tr '\n' ' ')" = \
		"ready request malformed summary " ]
}

@test "one document with lists, also of one" {
	in_group "-n 1 --leisure 50ms" gcoap-get --format json -n 1 @demo/temp
	jq -e '.request.type == "request" and (.responses | length == 1) and
		(.missing == []) and .summary.exit == 0' "$BATS_TEST_TMPDIR/out"
	jq -c '.request, .responses[], .missing[], .summary' "$BATS_TEST_TMPDIR/out" \
		>"$BATS_TEST_TMPDIR/lines"
	"$validate" "$BATS_TEST_TMPDIR/lines"
}

@test "validations of a group's entity-tags" {
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache
	in_group "-n 3 --leisure 100ms" sh -c 'gcoap-etag -q -n 3 @demo/big >/dev/null; gcoap-etag --json -n 3 @demo/big'
	valid
	[ "$(jq -r 'select(.type == "validation") | .state' "$BATS_TEST_TMPDIR/out" | uniq -c | tr -s ' ')" = " 3 fresh" ]
}

@test "decoded messages, values and broken bytes" {
	for words in 5201666ac0deb474656d70 "--as multi-etag 8301d9010444c000020119163342a1b2" \
		"--as response-forwarding 8201d9010444c0000201" "--as cbor 9a10000000" 42; do
		# shellcheck disable=SC2086 # words
		gcoap-decode --json $words || [ $? = 9 ]
	done >"$BATS_TEST_TMPDIR/out"
	valid
}

@test "gcoap-bench: plan, servers, missing, summary and samples" {
	in_group "-n 3 --leisure 50ms" gcoap-bench --json -r 5 -N 3 -t 1s \
		--expect-from 127.77.0.1,127.77.0.9 --assert 'rtt.p99<9s' \
		--samples "$BATS_TEST_TMPDIR/samples" @demo/temp || true
	valid
	[ "$(jq -r .type "$BATS_TEST_TMPDIR/out" | uniq | tr '\n' ' ')" = \
		"request server missing error summary " ] ||
		[ "$(jq -r .type "$BATS_TEST_TMPDIR/out" | uniq | tr '\n' ' ')" = \
			"request server missing summary " ]
	"$validate" "$BATS_TEST_TMPDIR/samples"
}
