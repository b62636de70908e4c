#!/usr/bin/env bats
# The installed library as others use it.

bats_require_minimum_version 1.5.0

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.."
	source tests/waiting.bash
	export prefix=$BATS_FILE_TMPDIR/prefix
	make -s install PREFIX="$prefix" B="${GCOAP_BUILD#"$PWD/"}" >/dev/null
	export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
	# The C program of the README.
	sed -n '/^```c$/,/^```$/p' README.md | sed '1d;$d' >"$BATS_FILE_TMPDIR/example.c"
}

@test "the README's program is about 30 lines" {
	[ "$(grep -c . "$BATS_FILE_TMPDIR/example.c")" -le 60 ]
	[ "$(grep -c . "$BATS_FILE_TMPDIR/example.c")" -ge 15 ]
}

@test "the README's program builds with pkg-config without warnings and hears the group" {
	cd "$BATS_FILE_TMPDIR"
	${CC:-cc} -std=c11 -Wall -Wextra -Werror -Wno-unused-parameter -o example example.c \
		$(pkg-config --cflags --libs gcoap)
	unshare -rn bash -c '
		ip link set lo up
		"$0/bin/gcoap-sim" -n 5 --leisure 200ms >ready & sim=$!
		eventually test -s ready
		./example >out; status=$?
		kill $sim; exit $status' "$prefix"
	[ "$(sort -u out | grep -c '^127\.77\.')" = 5 ]
}

@test "pkg-config tells version and flags" {
	[ "$(pkg-config --modversion gcoap)" = "$("$prefix/bin/gcoap-get" -V | awk 'NR == 1 { print $2 }')" ]
	[[ $(pkg-config --libs gcoap) == *-lgcoap* ]]
}

@test "the library exports its headers' names and no other" {
	run nm -D --defined-only "$prefix/lib/libgcoap.so"
	[ "$(awk '$3 ~ /^gcoap_/' <<<"$output" | wc -l)" -ge 50 ]
	! awk '{ print $3 }' <<<"$output" | grep -vE '^gcoap_[a-z]|^GCOAP_0'
}

@test "a program is linked with the soname" {
	cd "$BATS_FILE_TMPDIR"
	echo '#include <gcoap/gcoap.h>
		int main(void) { return !gcoap_version()[0]; }' >version.c
	${CC:-cc} -o version version.c $(pkg-config --cflags --libs gcoap)
	./version
	readelf -d version | grep -q 'NEEDED.*\[libgcoap.so.0\]'
}

@test "the static library alone is enough" {
	cd "$BATS_FILE_TMPDIR"
	echo '#include <gcoap/gcoap.h>
		int main(void) { return !gcoap_strerror(-1)[0]; }' >static.c
	${CC:-cc} -I"$prefix/include" -o static static.c "$prefix/lib/libgcoap.a" -luriparser -lm
	LD_LIBRARY_PATH= ./static
}
