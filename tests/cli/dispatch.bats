# gcoap, the front door.
load helpers

@test "gcoap alone lists what there is" {
	apart gcoap
	fails_with 0
	[ -z "$stderr" ]
	[[ "$output" == *"gcoap demo"*"get  "*"sim  "*"doctor"* ]]
}

@test "each tool that was built is in the list" {
	apart gcoap
	for tool in "$BUILD"/bin/gcoap-*; do
		grep -q "^  ${tool##*/gcoap-}  " <<<"$output" || { echo "not listed: $tool"; false; }
	done
}

@test "gcoap get is gcoap-get" {
	apart gcoap get --dry-run --seed 1 224.0.1.187/x
	fails_with 0
	first=$output
	apart gcoap-get --dry-run --seed 1 224.0.1.187/x
	[ "$output" = "$first" ]
	apart gcoap get --nope
	fails_with 2
	[ "${stderr_lines[0]}" = "gcoap-get: unknown option --nope" ]
}

@test "gcoap etag and gcoap decode run their tools, and have pages" {
	apart gcoap decode --as multi-etag 8301d9010444c000020119163342a1b2
	fails_with 0
	[[ "$output" == "multi-etag, 16 bytes: server coap://192.0.2.1:5683, 1 entity-tag: a1b2"* ]]
	apart gcoap etag --group 224.0.1.187/x
	fails_with 2
	[ "${stderr_lines[0]}" = "gcoap-etag: --group needs a proxy: a Group-ETag names what a proxy's cache holds" ]
	for tool in etag decode; do
		apart gcoap help $tool
		fails_with 0
		[[ "$output" == *gcoap-$tool* ]]
	done
}

@test "an unknown command names the nearest" {
	apart gcoap gte
	fails_with 2
	prints_nothing
	says "gcoap: unknown command gte" "  hint: did you mean gcoap get?"
	apart gcoap xyzzy
	fails_with 2
	says "gcoap: unknown command xyzzy" "  hint: see the list: gcoap --help"
}

@test "a tool of another folder is found in PATH" {
	mkdir other
	printf '#!/bin/sh\necho "$0 $*"\n' >other/gcoap-mine
	chmod +x other/gcoap-mine
	PATH=$PWD/other:$PATH apart gcoap mine a b
	fails_with 0
	[[ "$output" == *"gcoap-mine a b" ]]
}

@test "gcoap help shows the page of a tool" {
	command -v mandoc >/dev/null || command -v man >/dev/null || skip "no man"
	apart gcoap help get
	fails_with 0
	[[ "$output" == *GCOAP-GET\(1\)* ]]
	apart gcoap help nothing
	fails_with 2
	says "gcoap: no manual page on nothing" "  hint: see the list: gcoap --help"
}

@test "gcoap --version" {
	apart gcoap --version
	fails_with 0
	[[ "$output" == "gcoap "* ]]
}
