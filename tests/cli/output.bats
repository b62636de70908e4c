# Formats, precedence, and where the words go.
load helpers

five() {
	group -n 3 --leisure 0 --profile sensors -- gcoap-get -n 3 "$@" @demo/temp
}

@test "the table has headings, a row a server, and a summary on stderr" {
	five
	fails_with 0
	[[ "${lines[0]}" == SERVER*CODE*RTT*FORMAT*PAYLOAD* ]]
	[ "${#lines[@]}" -eq 4 ]
	mentions "3 servers answered in "
	mentions "stopped by expect"
}

@test "without -n the summary tells how to stop sooner" {
	group -n 3 --leisure 0 -- gcoap-get -t 3s @demo/temp
	fails_with 0
	mentions "stopped by timeout"
	mentions "[try -n 3 to stop sooner]"
}

@test "JSON Lines: request, responses, summary, in this order, in the order of the contract" {
	five --json
	fails_with 0
	[ "$(jq -r .type <<<"$output" | uniq | tr '\n' ' ')" = "request response summary " ]
	[ "$(jq -r 'select(.type=="request") | keys_unsorted | join(" ")' <<<"$output")" = \
		"type v tool ts id method uri group interface local via dialect mtype mid token timeout_ms expect" ]
	keys=$(jq -r 'select(.type=="response") | keys_unsorted | join(" ")' <<<"$output" | head -1)
	[[ "$keys" == "type id seq ts rtt_ms server server_from from name uri via code reason ok mtype mid options etag max_age content_format content_type blocks complete duplicate late secured payload_len payload_kind payload"* ]]
	keys=$(jq -r 'select(.type=="summary") | keys_unsorted | join(" ")' <<<"$output")
	[[ "$keys" == "type v id elapsed_ms servers responses ok errors missing duplicates late incomplete malformed unmatched kernel_drops bytes rtt_ms ended_by exit"* ]]
}

@test "--json prints the same bytes on a terminal" {
	command -v script >/dev/null || skip "no script"
	apart script -qec "gcoap-get --dry-run --seed 1 224.0.1.187/x" /dev/null
	tty=$(tr -d '\r' <<<"$output")
	apart gcoap-get --dry-run --seed 1 224.0.1.187/x
	[ "$tty" = "$output" ]
}

@test "--format json is one document with lists" {
	five --format json
	fails_with 0
	[ "$(jq -r '[(.responses | length), (.missing | length), .summary.exit] | @csv' \
		<<<"$output")" = 3,0,0 ]
}

@test "csv, pairs, short and raw" {
	five --format csv
	fails_with 0
	[ "${#lines[@]}" -eq 4 ]
	five --format pairs
	fails_with 0
	[[ "$output" == *SERVER=* ]]
	five --format short
	fails_with 0
	[ -n "$output" ]
	group -n 1 --leisure 0 -- gcoap-get --format raw 127.77.0.1/.well-known/core
	fails_with 0
	[[ "$output" == *"</temp>"* ]]
}

@test "--write-out has the fields and escapes" {
	five -w '%{server} %{code}\n'
	fails_with 0
	[ "${#lines[@]}" -eq 3 ]
	[[ "${lines[0]}" =~ ^127\.77\.0\.[1-3]:5683\ 2\.05$ ]]
}

@test "columns, sort and no headings" {
	five -c server,code --sort server --no-headings
	fails_with 0
	[[ "${lines[0]}" =~ ^127\.77\.0\.1:5683\ +2\.05 ]]
	[ "${#lines[@]}" -eq 3 ]
}

@test "-q prints data only, -qq nothing" {
	five -q
	fails_with 0
	[ -z "$stderr" ]
	[ -n "$output" ]
	five -qq
	fails_with 0
	[ -z "$stderr" ]
	prints_nothing
}

@test "-v tells each message on stderr, -vv its options, -vvv its bytes" {
	five -v
	fails_with 0
	mentions "-> 224.0.1.187:5683 NON GET, Message ID "
	mentions "<- 127.77.0.1:5683 NON 2.05 Content, Message ID "
	five -vv
	mentions "    Uri-Path: temp"
	five -vvv
	mentions "    0000  "
}

@test "the strongest of --format, --json and --write-out wins, flags before the rest" {
	printf '[defaults]\njson = true\nsort = server\n' | config
	five --format csv
	fails_with 0
	[[ $output == server,name,* ]]
	GCOAP_FORMAT=short five
	[[ $output == 127.77.0.*" 2.05 "* ]]
	five -w '%{server}\n'
	[[ $output == 127.77.0.* ]]
	five
	[[ $output == '{"type":"request"'* ]]
	GCOAP_FORMAT=csv five --json
	fails_with 0
	[[ $output == '{"type":"request"'* ]]
}

@test "what a format cannot do is refused" {
	for bad in "--json --format csv" "--json -w x" "--format table -w x" \
		"--sort server --format csv" "--sort rtt -w x" "-c server --json"; do
		apart gcoap-get $bad 127.0.0.1/x
		fails_with 2
	done
}

@test "help is stdout and 0, versions list the libraries" {
	apart gcoap-get --help
	fails_with 0
	[ -z "$stderr" ]
	[[ "$output" == "Usage: gcoap-get "* ]]
	apart gcoap-get -V
	fails_with 0
	[[ "$output" == "gcoap-get "*libgcoap*libsmartcols* ]]
}

@test "-V names the libraries of the modules that a tool uses, and of no other" {
	modules() {
		"$@" -V | sed -nE 's/^(libpcap|libcoap|OpenSSL|SQLite) [0-9][0-9.]*.*/\1/p' | xargs
	}
	[ "$(modules gcoap-get)" = "libpcap libcoap OpenSSL SQLite" ]
	[ "$(modules gcoap-etag)" = "libpcap libcoap OpenSSL SQLite" ]
	[ "$(modules gcoap-observe)" = "libpcap libcoap OpenSSL" ]
	[ "$(modules gcoap-proxy)" = "libcoap OpenSSL" ]
	[ "$(modules gcoap-decode)" = libpcap ]
	[ -z "$(modules gcoap-sim)" ]
	[ "$(modules gcoap)" = "libpcap libcoap OpenSSL SQLite" ]
}

@test "flags go before the environment, the environment before the config file" {
	printf '[gcoap-get]\ntimeout = 1s\n[defaults]\ntimeout = 2s\n' | config
	apart gcoap-get --dry-run 224.0.1.187/x
	[[ "$output" == *"then wait 1 s"* ]]
	GCOAP_TIMEOUT=3s apart gcoap-get --dry-run 224.0.1.187/x
	[[ "$output" == *"then wait 3 s"* ]]
	GCOAP_TIMEOUT=3s apart gcoap-get --dry-run -t 4s 224.0.1.187/x
	[[ "$output" == *"then wait 4 s"* ]]
	apart gcoap-get --config none --dry-run 224.0.1.187/x
	[[ "$output" == *"then wait 7 s"* ]]
	apart gcoap-get --dry-run --config none 127.0.0.1/x
	[[ "$output" == *"then wait 30 s"* ]]
}

@test "a group of the config file, its members and its names" {
	printf '%s\n' '[group lab]' 'uri = coap://224.0.1.187' 'interface = lo' \
		'members = 127.77.0.1, 127.77.0.2' '[names]' '127.77.0.1 = kitchen' | config
	group -n 2 --leisure 0 -- gcoap-get @lab/temp
	fails_with 0
	[[ "$output" == *NAME*kitchen* ]]
	mentions "stopped by expect"
	group -n 1 --leisure 0 -- gcoap-get -t 3s @lab/temp
	fails_with 4
	apart gcoap-get @lap/temp
	fails_with 2
	mentions "did you mean @lab?"
}

@test "an option number of the config file is sent" {
	printf '[options]\nMulti-ETag = 2050\n' | config
	apart gcoap-get --dry-run -O Multi-ETag=0x01 127.0.0.1/x
	fails_with 0
	[[ "$output" == *"Multi-ETag: 0x01"* ]]
	GCOAP_OPTION_NUMBERS=Multi-ETag=2052,Group-ETag=2056 \
		apart gcoap-get --dry-run -O 2052=0x01 127.0.0.1/x
	[[ "$output" == *"Multi-ETag: 0x01"* ]]
}

@test "a closed stdout ends the run with 5 and without a word" {
	group -n 3 --leisure 0 -- bash -c 'gcoap-get -t 5s --json @demo/temp 2>err | true
		echo "${PIPESTATUS[0]}" >status'
	[ "$(cat status)" = 5 ]
	[ ! -s err ]
}

@test "a full disk exits 5 and says so" {
	[ -e /dev/full ] || skip "no /dev/full"
	group -n 1 --leisure 0 -- bash -c 'gcoap-get -n 1 --json @demo/temp >/dev/full'
	fails_with 5
	mentions "gcoap-get: cannot write to stdout: No space left on device"
}

@test "--log-file has what stderr had" {
	alone gcoap-get -i lo -t 200ms -q --log-file log 224.0.1.187/temp
	fails_with 3
	grep -q "gcoap-get: nobody answered coap://224.0.1.187/temp" log
}

@test "--log-file has the messages of -v with their times, and says when it is full" {
	group -n 1 --leisure 0 -- gcoap-get -n 1 -vv --log-file log @demo/temp
	fails_with 0
	grep -q "^20[-0-9T:]*Z -> 224.0.1.187:5683 NON GET" log
	grep -q "^20[-0-9T:]*Z <- 127.77.0.1:5683 NON 2.05 Content" log
	grep -q "^    Uri-Path: temp" log
	group -n 1 --leisure 0 -- gcoap-get -n 1 --log-file /dev/full @demo/temp
	fails_with 5
	mentions "gcoap-get: --log-file /dev/full: not all of it could be written"
}

@test "an error is a record too" {
	alone gcoap-get -i lo -t 200ms --json 224.0.1.187/temp
	fails_with 3
	[ "$(jq -r .type <<<"$output" | tr '\n' ' ')" = "request error summary " ]
	[ "$(jq -r 'select(.type=="error") | .code' <<<"$output")" = 3 ]
	[ "$(jq -r 'select(.type=="summary") | .exit' <<<"$output")" = 3 ]
	[ "gcoap-get: $(jq -r 'select(.type=="error") | .what' <<<"$output")" = "${stderr_lines[0]}" ]
}

@test "the reason of the status stands below the table and its summary" {
	group -n 2 --leisure 0 -- bash -c 'gcoap-get -n 3 -t 3s @demo/temp 2>&1'
	fails_with 4
	[[ "${lines[0]}" == SERVER* ]]
	[[ "${lines[3]}" == "2 servers answered in "* ]]
	[ "${lines[4]}" = "gcoap-get: 2 of 3 expected servers answered" ]
	[[ "${lines[5]}" == "  hint: "* ]]
}
