# -v and --log-file: what the library has to say, on lines that begin with an asterisk.
load helpers

ignored="* 127.0.0.1:5683 answers with a token that is not ours: ignored"

@test "-v tells which datagram is ignored, and why" {
	hostile wrong-token gcoap-get -v -t 2s 127.0.0.1/x
	fails_with 3
	mentions "$ignored"
	hostile duplicate gcoap-get -v -t 3s -i lo 224.0.1.187/x
	fails_with 0
	[ "$(grep -c '^\* 127.0.0.1:5683 sent the same message again: counted' <<<"$stderr")" -eq 2 ]
	hostile observe-order gcoap-observe --no-cancel -v -C 3 @demo/x
	mentions "* 127.0.0.1:5683 sent an older notification than its last: not shown"
}

@test "without it nothing is said" {
	hostile wrong-token gcoap-get -t 2s 127.0.0.1/x
	fails_with 3
	[[ "$stderr" != *"* "* ]]
}

@test "--log-file has it, also without -v, and with -qq" {
	hostile wrong-token gcoap-get -qq --log-file log -t 2s 127.0.0.1/x
	fails_with 3
	says ""
	grep -qxE '[0-9T:-]{19}Z \* 127.0.0.1:5683 answers with a token that is not ours: ignored' log
}

@test "what cannot be used is named with its byte" {
	hostile corpus-token gcoap-get -v -t 4s 127.0.0.1/x
	mentions "* 127.0.0.1:5683 sent what cannot be used, "
	no_controls "$stderr"
}

# A copy of gcoap-get and the library whose modules are elsewhere: bare/bin, bare/lib
bare() {
	local build
	build=$(dirname "$(dirname "$(command -v gcoap-get)")")
	mkdir -p bare/bin bare/lib/gcoap
	cp "$build/bin/gcoap-get" bare/bin
	cp -P "$build"/lib/libgcoap.so* bare/lib
}

@test "-v tells why a module was not loaded" {
	bare
	echo "no library" >bare/lib/gcoap/stream.so
	alone bare/bin/gcoap-get coap+tcp://127.0.0.1/x
	[ "$status" -ne 0 ]
	[[ "$stderr" != *"* "* ]]
	alone bare/bin/gcoap-get -v coap+tcp://127.0.0.1/x
	[ "$status" -ne 0 ]
	[[ "$stderr" == *"* module stream: $PWD/bare/"*"/gcoap/stream.so: "* ]]
}

@test "-vv tells where it was looked for" {
	bare
	alone bare/bin/gcoap-get -vv coap+tcp://127.0.0.1/x
	[[ "$stderr" == *"* module stream: $PWD/bare/"*"/gcoap/stream.so: cannot open"* ]]
	# An installed one may be found behind these.
	[ "$status" -ne 5 ] || mentions "  hint: -v says where it was looked for"
}
