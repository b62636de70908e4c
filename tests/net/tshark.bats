#!/usr/bin/env bats
# What the library emits, read by tshark and by gcoap-decode.
bats_require_minimum_version 1.5.0
load helpers

# 1,000 messages of the seed, or 20,000: no difference and nothing malformed.
@test "tshark and gcoap-decode agree on what the library emits" {
	cd "$BATS_TEST_TMPDIR"
	count=$([ -n "${SHORT:-}" ] && echo 1000 || echo 20000)
	GCOAP_EMIT=emitted.pcap GCOAP_EMIT_COUNT=$count "$GCOAP_BUILD/tests/test_emitted"
	run --separate-stderr /usr/bin/python3 "$BATS_TEST_DIRNAME/tshark_agrees.py" emitted.pcap
	head -5 <<<"$stderr"
	[ "$status" = 0 ]
	[ "$output" = "$count 0 0" ]
}
