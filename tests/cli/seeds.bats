#!/usr/bin/env bats
# Inputs of the fuzzers, without a fuzzer.

@test "every seed of every fuzzer is taken without a fault" {
	cd "$BATS_TEST_DIRNAME/../.."
	run make -s replay B="${GCOAP_BUILD#"$PWD/"}"
	echo "$output"
	[ "$status" = 0 ]
	[ "$(ls tests/fuzz/fuzz_*.c | wc -l)" = "$(grep -c ': [0-9]* inputs$' <<<"$output")" ]
}
