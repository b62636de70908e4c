# The corpus of malformed datagrams (tests/bad/coap), sent to a waiting client.
load helpers

# One JSON object a line, nothing that moves a terminal.
intact() {
	jq -e . <<<"$output" >/dev/null
	no_controls "$output"
	no_controls "$stderr"
}

@test "malformed datagrams of the whole corpus hide no good answer" {
	hostile corpus gcoap-get -t 4s --json -i lo 224.0.1.187/x
	fails_with 0
	intact
	[ "$(jq -r 'select(.type=="response") | .payload' <<<"$output")" = good ]
	[ "$(jq -r 'select(.type=="summary") | .malformed > 30' <<<"$output")" = true ]
}

@test "the same with the request's token: shown, counted, never fatal" {
	hostile corpus-token gcoap-get -t 4s --json -i lo 224.0.1.187/x
	[ "$status" -eq 0 ] || [ "$status" -eq 1 ]
	intact
	jq -r 'select(.type=="response") | .payload' <<<"$output" | grep -qx good
	hostile corpus-token gcoap-get -t 4s -vvv --show opts -i lo 224.0.1.187/x
	no_controls "$output"
	no_controls "$stderr"
}

@test "the corpus in answer to a confirmable request" {
	hostile corpus-token gcoap-get -t 4s --json 127.0.0.1/x
	[ "$status" -ne 70 ] && [ "$status" -lt 128 ]
	intact
}
