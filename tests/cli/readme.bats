#!/usr/bin/env bats
# The README does what it says.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	PATH=$GCOAP_BUILD/bin:$PATH
	export XDG_CACHE_HOME=$BATS_TEST_TMPDIR/cache GCOAP_CONFIG=none B=${GCOAP_BUILD#"$PWD/"}
}

@test "each command of the README prints what the README shows" {
	tests/cli/readme.py README.md "$BATS_TEST_TMPDIR/prefix" >"$BATS_TEST_TMPDIR/tap" ||
		{ cat "$BATS_TEST_TMPDIR/tap"; false; }
}

@test "the README names every tool that is built, and no other" {
	for tool in "$GCOAP_BUILD"/bin/*; do
		grep -q "^| \`$(basename "$tool")\`" README.md
	done
	for tool in $(sed -n 's/^| `\(gcoap[a-z-]*\)`.*/\1/p' README.md); do
		[ -x "$GCOAP_BUILD/bin/$tool" ]
	done
}

@test "the README and the pages name no file that is not there" {
	for file in $(grep -oE '\]\([A-Za-z][^):#]*\)' README.md | tr -d '])('); do
		[ -e "$file" ]
	done
}
