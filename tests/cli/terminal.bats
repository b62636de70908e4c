# Bytes of the network on their way to a terminal pass one escaper.
load helpers

@test "control bytes of a payload reach no view for people" {
	for view in "" "--format=csv" "--format=pairs" "--format=short" "--payload-as=text" \
		"--payload-as=hex" "--payload-as=json" "--show=opts" "-vvv" "--ascii" \
		"-w%{payload}\n"; do
		hostile escapes gcoap-get -t 9s --first $view -i lo 224.0.1.187/x
		fails_with 0
		no_controls "${output//$'\r'/}" || { echo "view $view"; printf '%s' "$output" | od -c; false; }
		no_controls "$stderr"
	done
}

@test "JSON stays one object a line and keeps the bytes" {
	hostile escapes gcoap-get -t 9s --first --json -i lo 224.0.1.187/x
	fails_with 0
	[ "${#lines[@]}" -eq 3 ]
	no_controls "$output"
	[ "$(jq -r 'select(.type=="response") | .payload_b64' <<<"$output" | base64 -d | od -An -tx1 |
		head -1)" = " 1b 5b 32 4a 1b 5d 30 3b 6f 77 6e 65 64 07 9b 33" ]
}

@test "a large integer is no number in JSON, broken JSON a string" {
	hostile integers gcoap-get --first --json -t 9s 127.0.0.1/x
	fails_with 0
	[[ "$output" != *'"big":9007199254740993'[,}]* ]]
	hostile not-json gcoap-get --first --json -t 9s 127.0.0.1/x
	[ "$(jq -r 'select(.type=="response") | .payload' <<<"$output")" = '{"open":' ]
}

@test "the chaos profile leaves the terminal alone" {
	group -n 40 --profile chaos --leisure 0 -- gcoap-get -t 3s --show opts @demo/temp
	no_controls "$output"
	no_controls "$stderr"
}

@test "an elective option with a bad length is ignored and shown" {
	hostile long-etag gcoap-get --first --json -t 9s 127.0.0.1/x
	fails_with 0
	[ "$(jq -r 'select(.type=="response") | .etag' <<<"$output")" = null ]
	[ "$(jq -r 'select(.type=="response") | .options[0].problem != null' <<<"$output")" = true ]
}

@test "control bytes of options and host names reach no view either" {
	for case in options reply-from; do
		for view in "--show=opts" "-vvv" "--json" "--format=csv" \
			"-w%{server} %{options}\n"; do
			hostile $case gcoap-get -t 9s --first $view -i lo 224.0.1.187/x
			no_controls "${output//$'\r'/}" || { echo "$case $view: $output"; false; }
			no_controls "$stderr" || { echo "$case $view: $stderr"; false; }
		done
	done
}
