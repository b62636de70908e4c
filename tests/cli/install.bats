#!/usr/bin/env bats
# make install and make uninstall.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
	B=${GCOAP_BUILD#"$PWD/"}
	dest=$BATS_TEST_TMPDIR/dest
}

install_to() {
	make -s install B="$B" DESTDIR="$dest" "$@"
}

@test "everything that belongs to the product is installed under DESTDIR and PREFIX" {
	install_to PREFIX=/opt/gcoap
	cd "$dest/opt/gcoap"
	[ "$(ls "$dest")" = opt ]
	for file in bin/gcoap bin/gcoap-get bin/gcoap-sim lib/libgcoap.so.0 lib/libgcoap.a \
		include/gcoap/gcoap.h lib/pkgconfig/gcoap.pc share/gcoap/gcoap-json.schema.json \
		bin/gcoap-proxy share/gcoap/gcoap-proxy.service share/man/man1/gcoap-proxy.1 \
		bin/gcoap-etag share/man/man1/gcoap-etag.1 lib/gcoap/store.so \
		bin/gcoap-decode share/man/man1/gcoap-decode.1 lib/gcoap/capture.so \
		share/bash-completion/completions/gcoap-etag \
		share/fish/vendor_completions.d/gcoap-decode.fish \
		share/man/man1/gcoap-get.1 share/man/man1/gcoap-sim.1 share/man/man1/gcoap.1 \
		share/man/man3/libgcoap.3 share/man/man5/gcoap-json.5 \
		share/man/man5/gcoap-config.5 share/man/man7/gcoap.7 \
		share/man/man7/gcoap-performance.7 \
		share/zsh/site-functions/_gcoap \
		share/bash-completion/completions/gcoap-get \
		share/fish/vendor_completions.d/gcoap-get.fish; do
		[ -s "$file" ] || { echo "missing: $file"; false; }
	done
	grep -q '^prefix=/opt/gcoap$' lib/pkgconfig/gcoap.pc
}

@test "soname links lead to the library, and the build directory is named nowhere" {
	install_to PREFIX=/usr
	[ "$(readlink "$dest/usr/lib/libgcoap.so.0")" = libgcoap.so.0.1.0 ]
	[ "$(readlink "$dest/usr/lib/libgcoap.so")" = libgcoap.so.0.1.0 ]
	! readelf -d "$dest"/usr/bin/* "$dest"/usr/lib/libgcoap.so | grep -E 'R(UN)?PATH.*build'
}

@test "installed tools run from anywhere, also when the tree is moved" {
	install_to
	mv "$dest/usr/local" "$BATS_TEST_TMPDIR/moved"
	cd /
	"$BATS_TEST_TMPDIR/moved/bin/gcoap-get" --version
	"$BATS_TEST_TMPDIR/moved/bin/gcoap" get --version
}

@test "-V says which libraries' modules are not installed" {
	install_to
	rm "$dest/usr/local/lib/gcoap/stream.so"
	run "$dest/usr/local/bin/gcoap-get" -V
	[ "$status" = 0 ]
	[[ "$output" == *"libcoap not installed"*"OpenSSL not installed"*"SQLite 3"* ]]
}

@test "a module is found beside the installed library" {
	install_to
	cd "$BATS_TEST_TMPDIR"
	unshare -rn sh -c 'ip link set lo up
		"$0/bin/gcoap-get" --config none -t 100ms --pcap out.pcap coap://127.0.0.1/x' \
		"$dest/usr/local" || true
	[ "$(tshark -r out.pcap 2>/dev/null | grep -c CoAP)" -ge 1 ]
}

@test "uninstall removes every file that install made" {
	install_to
	make -s uninstall B="$B" DESTDIR="$dest"
	run find "$dest" ! -type d
	[ -z "$output" ]
}

@test "the rules for what is missing name packages that a step needs" {
	[ "$(scripts/deps --list build | grep -c .)" -ge 8 ]
	[[ $(scripts/deps --list fuzz) == *clang* ]]
	run -2 scripts/deps nonsense
}

@test "without root and with something missing the line to run is printed" {
	bare=$BATS_TEST_TMPDIR/bare
	mkdir "$bare"
	for tool in bash env dirname grep apt-get dpkg-query; do
		ln -s "$(command -v $tool)" "$bare/$tool"
	done
	printf '#!/bin/bash\necho 1000\n' >"$bare/id"
	chmod +x "$bare/id"
	PATH=$bare run -1 bash scripts/deps bench
	[[ $output == *"sudo apt-get install"*libcoap3-bin* ]]
}

@test "--check names what is missing to root too, and installs nothing" {
	run -0 scripts/deps --check build
	[ -z "$output" ]
	bare=$BATS_TEST_TMPDIR/bare
	mkdir "$bare"
	for tool in bash dirname grep dpkg-query id; do
		ln -s "$(command -v $tool)" "$bare/$tool"
	done
	printf '#!/bin/bash\necho called >&2\n' >"$bare/apt-get"
	chmod +x "$bare/apt-get"
	PATH=$bare run -1 bash scripts/deps --check bench
	[[ $output == "deps: missing: "*"libcoap3-bin (the client to compare with), "* ]]
	[[ $output != *called* ]]
}
