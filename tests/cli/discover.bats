#!/usr/bin/env bats
# Links of a group: documents, filters, views, faults.
load helpers

# Servers that answer as the lines on stdin say (tests/cli/links.py), and a command.
links() {
	cat >"$BATS_TEST_TMPDIR/documents"
	alone /usr/bin/python3 "$TOP/tests/cli/links.py" "$BATS_TEST_TMPDIR/documents" "$@"
}

# The queries and paths that the servers were asked for.
asked() {
	cat "$BATS_TEST_TMPDIR/documents.log"
}

two() {
	links "$@" <<'END'
127.0.0.10 /.well-known/core </time>;rt="ticks";if="clock";ct=0;obs;title="Internal Clock"
127.0.0.10 /.well-known/core </temp>;rt="temperature";if="core.s";ct=110;obs;title="Kitchen"
127.0.0.11 /.well-known/core </temp>;rt="temperature probe";ct="110 60"
END
}

records() {
	jq -c "select(.type == \"$1\")" <<<"$output"
}

field() {
	jq -r "select(.type == \"$1\") | $2" <<<"$output"
}

valid() {
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
}

@test "a tree has each server with its links below it" {
	two gcoap-discover -n 2 @demo
	fails_with 0
	output=$(sed -E 's/, [0-9.]+ m?s\)/, N ms)/; s/ +$//; s/  +/  /g' <<<"$output")
	prints "SERVER / LINK  RT  IF  CT  OBS  SZ  TITLE" \
		"127.0.0.10:5683 (2 links, N ms)" \
		"├─/time  ticks  clock  text/plain  yes  Internal Clock" \
		"└─/temp  temperature  core.s  senml+json  yes  Kitchen" \
		"127.0.0.11:5683 (1 link, N ms)" \
		"└─/temp  temperature probe  senml+json cbor"
	says "2 servers, 3 links; next: gcoap-observe 'coap://224.0.1.187/temp'"
}

@test "a tree in ASCII has no other characters" {
	two gcoap-discover -n 2 --ascii @demo
	fails_with 0
	[[ $output == *'|-/time'* && $output == *'`-/temp'* ]]
	! grep -qP '[^\x00-\x7f]' <<<"$output"
}

@test "on a narrow screen cells are cut and the last columns left out, no line is longer" {
	for view in --tree --flat; do
		for width in 20 40 60 80; do
			two gcoap-discover -n 2 $view --width $width @demo
			fails_with 0
			[ -z "$(LC_ALL=C.UTF-8 grep -E ".{$((width + 1))}" <<<"$output")" ]
			[ "$(wc -l <<<"$output")" = "$([ $view = --tree ] && echo 6 || echo 4)" ]
		done
	done
	two gcoap-discover -n 2 --width 40 @demo
	[[ $output == *"/temp"*"temperatu"* && $output != *TITLE* ]]
}

@test "a flat table has a row for each link, sorted when asked" {
	two gcoap-discover -n 2 --flat --sort href -c server,href --no-headings @demo
	fails_with 0
	prints "127.0.0.10:5683  /temp" "127.0.0.11:5683  /temp" "127.0.0.10:5683  /time"
}

@test "a matrix tells who has what" {
	two gcoap-discover -n 2 --matrix @demo
	fails_with 0
	prints "LINK   .10  .11" "/temp    o    x" "/time    o    -"
}

@test "a matrix that is too wide for the screen comes in slices" {
	local i

	for i in {10..29}; do
		echo "127.0.0.$i /.well-known/core </temp>;obs,</only/$((i % 3))>"
	done >"$BATS_TEST_TMPDIR/twenty"
	links gcoap-discover -n 20 --matrix --width 60 @demo <"$BATS_TEST_TMPDIR/twenty"
	fails_with 0
	[ "$(grep -c ^LINK <<<"$output")" = 2 ]
	[ "$(grep -c '^$' <<<"$output")" = 1 ]
	[ "$(grep ^LINK <<<"$output" | tr -s ' ' '\n' | grep -v LINK | tr '\n' ' ')" = "$(printf '.%d ' {10..29})" ]
	[ -z "$(grep -E ".{61}" <<<"$output")" ]
	links gcoap-discover -n 20 --matrix @demo <"$BATS_TEST_TMPDIR/twenty"
	[ "$(grep -c ^LINK <<<"$output")" = 1 ]
}

@test "link format has absolute targets and anchors" {
	links gcoap-discover -n 1 --links @demo <<'END'
127.0.0.10 /.well-known/core </a>;rt="x \\"y\\"",<b>;anchor="/c",<coap://[2001:db8::1]/d>,<//h/e>
END
	fails_with 0
	prints '<coap://127.0.0.10/a>;rt="x \"y\"",' \
		'<coap://127.0.0.10/b>;anchor="coap://127.0.0.10/c",' \
		'<coap://[2001:db8::1]/d>,' '<coap://h/e>'
}

@test "JSON has the links behind the responses, by the schema" {
	two gcoap-discover -n 2 --json @demo
	fails_with 0
	valid
	[ "$(jq -r .type <<<"$output" | uniq | tr '\n' ' ')" = "request response link summary " ]
	[ "$(records link | head -1)" = '{"type":"link","id":"r1","server":"127.0.0.10:5683","name":null,"href":"/time","uri":"coap://127.0.0.10/time","attrs":{"rt":["ticks"],"if":["clock"],"ct":[0],"obs":true,"title":"Internal Clock"}}' ]
	[ "$(records link | tail -1 | jq -c .attrs)" = '{"rt":["temperature","probe"],"ct":[110,60]}' ]
	[ "$(field summary .links)" = 3 ]
}

@test "one JSON document has the links in a list" {
	two gcoap-discover -n 2 --format json @demo
	fails_with 0
	[ "$(jq '.links | length' <<<"$output")" = 3 ]
	[ "$(jq '.responses | length' <<<"$output")" = 2 ]
}

@test "csv and --write-out have a line for each link" {
	two gcoap-discover -n 2 --format csv -c href,ct @demo
	fails_with 0
	[ "$(tr -d '\r' <<<"$output" | sort)" = "$(printf '%s\n' href,ct /temp,senml+json '/temp,senml+json cbor' /time,text/plain | sort)" ]
	two gcoap-discover -n 2 -w '%{uri} %{obs}\n' @demo
	[ "$(sort <<<"$output")" = "$(printf '%s\n' 'coap://127.0.0.10/temp yes' 'coap://127.0.0.10/time yes' 'coap://127.0.0.11/temp ' | sort)" ]
}

@test "a filter goes out as query and is looked at again here" {
	two gcoap-discover -n 2 --rt temperature -w '%{server}%{href}\n' @demo
	fails_with 0
	[ "$(sort <<<"$output")" = "$(printf '127.0.0.10:5683/temp\n127.0.0.11:5683/temp')" ]
	[ "$(asked | sort -u)" = "/.well-known/core?rt=temperature " ]
}

@test "each filter selects" {
	for try in "--rt ticks=/time" "--rt t*=/time /temp /temp" "--if core.s=/temp" \
		"--ct cbor=/temp" "--ct 0=/time" "--obs=/time /temp" "--href /ti*=/time" \
		"--rt temperature --obs=/temp"; do
		set -f
		# shellcheck disable=SC2086 # words are meant
		two gcoap-discover -n 2 -t 20s -w '%{href}\n' ${try%%=*} @demo
		set +f
		fails_with 0
		[ "$(sort <<<"$output" | tr '\n' ' ')" = "$(tr ' ' '\n' <<<"${try#*=}" | sort | tr '\n' ' ')" ]
	done
}

@test "one filter goes out, and obs never does" {
	two gcoap-discover -n 2 -t 20s --obs --ct 110 --if core.s --rt temperature @demo
	fails_with 0
	[ "$(asked | sort -u)" = "/.well-known/core?rt=temperature " ]
	two gcoap-discover -n 2 -t 20s --obs @demo
	[ "$(asked | sort -u)" = "/.well-known/core " ]
}

@test "a filter that no link passes is silence" {
	two gcoap-discover -n 2 -t 20s --rt nothing @demo
	fails_with 3
	mentions "gcoap-discover: 2 servers answered, none has such a link"
}

@test "nobody answers: exit 3" {
	alone gcoap-discover -t 200ms @demo
	fails_with 3
	mentions "gcoap-discover: nobody answered coap://224.0.1.187/.well-known/core"
	[[ $stderr != *filter* ]]
	alone gcoap-discover -t 200ms --rt temperature @demo
	fails_with 3
	mentions "hint: servers without such a link are silent: leave the filter out to see who is there"
}

@test "a long document comes in blocks" {
	for i in $(seq 100); do
		echo "127.0.0.10 /.well-known/core </resource/number/$i>;rt=\"something\";ct=$i"
	done >long
	links gcoap-discover -n 1 -w '%{href}\n' @demo <long
	fails_with 0
	[ "$(wc -l <<<"$output")" = 100 ]
	[ "$(tail -1 <<<"$output")" = /resource/number/100 ]
}

@test "a path of the target's own is asked instead" {
	links gcoap-discover -n 1 -w '%{uri}\n' 127.0.0.10/other <<'END'
127.0.0.10 /other </x>
END
	fails_with 0
	prints coap://127.0.0.10/x
}

@test "faults are named with their byte, and the rest is shown" {
	links gcoap-discover -n 2 -t 20s -w '%{href}\n' @demo <<'END'
127.0.0.10 /.well-known/core </a>;rt=,</b>
127.0.0.10 /.well-known/core </c>
127.0.0.11 /.well-known/core </d>;anchor="/x";anchor="/y"
END
	fails_with 0
	[ "$(sort <<<"$output" | tr '\n' ' ')" = "/b /c /d " ]
	mentions "127.0.0.10:5683: link-format: a value is expected behind = at byte 8; 2 links were read"
	mentions "127.0.0.11:5683: link-format: this attribute is there twice; the first one counts at byte 17; 1 link was read"
}

@test "exit 9 when no document can be read at all" {
	links gcoap-discover -n 2 -t 20s --json @demo <<'END'
127.0.0.10 /.well-known/core <a
127.0.0.11 /.well-known/core </a>;rt="x
END
	fails_with 9
	valid
	[ "$(field error .code | sort -u)" = 9 ]
	mentions "link-format: this < is not closed at byte 0; 0 links were read"
	mentions "link-format: this quote is not closed at byte 8; 0 links were read"
}

@test "whatever a document holds, the terminal obeys none of it" {
	cat >hostile <<'END'
127.0.0.10 /.well-known/core </a\x00\x1b[2J>;rt="\x9b31m";title="\xe2\x80\xae\xc2\x9b\x07"
127.0.0.10 /.well-known/core </\xff>;title*=UTF-8''%1b%5b2J;x\x7f=1
127.0.0.10 /.well-known/core </b>;if="\x1b]0;x\x07";x="\xc2\x85"
END
	for view in --tree --flat --matrix --links --json "--format json" "--format csv" \
		"--format pairs" "--format short"; do
		# shellcheck disable=SC2086 # words are meant
		links gcoap-discover -n 1 -t 20s $view @demo <hostile
		no_controls "${output//$'\r'/}"
		no_controls "$stderr"
	done
}

@test "targets that lead elsewhere are shown and never asked" {
	links gcoap-discover -n 1 -t 20s -w '%{uri}\n' -v @demo <<'END'
127.0.0.10 /.well-known/core <//127.0.0.66/x>,<coap:>,<coap://127.0.0.67/y>,<../../z>
END
	fails_with 0
	prints coap://127.0.0.66/x coap: coap://127.0.0.67/y coap://127.0.0.10/z
	[[ $stderr != *127.0.0.66:* && $stderr != *127.0.0.67:* ]]
}

@test "an error answer is a line of the tree and exits 1" {
	links gcoap-discover -n 2 -t 20s @demo <<'END'
127.0.0.10 /.well-known/core 4.04
127.0.0.11 /.well-known/core </a>
END
	fails_with 1
	[[ $output == *"127.0.0.10:5683 (4.04 Not Found, "* ]]
	mentions "2 servers, 1 link, 1 error"
}

@test "defaults of the config file that are for payloads do not stop it" {
	printf '[defaults]\npayload-as = hex\nmethod = get\ntimeout = 200ms\n' | config
	two gcoap-discover -w '%{href}\n' @demo
	fails_with 0
	printf '[defaults]\npayload = x\nnonsense = x\n' | config
	apart gcoap-discover @demo
	fails_with 2
	mentions "unknown option nonsense"
}

@test "views exclude each other" {
	apart gcoap-discover --tree --matrix @demo
	fails_with 2
	mentions "gcoap-discover: --tree, --flat, --matrix and --links exclude each other"
}

@test "a filter that cannot be is refused" {
	apart gcoap-discover --ct nonsense @demo
	fails_with 2
	mentions "gcoap-discover: --ct: \"nonsense\" is not a Content-Format"
	apart gcoap-discover --rt "" @demo
	fails_with 2
	mentions "gcoap-discover: --rt: want 1 to 240 bytes"
}

@test "the simulated group is discovered" {
	group -n 3 --leisure 100ms --profile sensors -- gcoap-discover -n 3 --json --rt 'g.*' @demo
	fails_with 0
	valid
	[ "$(records link | wc -l)" = 3 ]
	[ "$(field link .href | sort -u)" = /gp/gp1 ]
}

@test "a thousand servers with twenty links each are a tree in 64 MiB" {
	for server in $(seq 1000); do
		for link in $(seq 20); do
			echo "127.80.$((server / 250)).$((server % 250 + 1)) /.well-known/core </s/$link>;rt=\"temperature\";if=\"core.s\";ct=110;obs"
		done
	done >many
	links /usr/bin/python3 -c 'import resource, subprocess, sys
status = subprocess.call(sys.argv[1:])
kib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(kib, file=open("kib", "w"))
sys.exit(status)' gcoap-discover -n 1000 -t 30s @demo <many
	fails_with 0
	[ "$(grep -c '/s/' <<<"$output")" = 20000 ]
	mentions "1000 servers, 20000 links"
	[ -n "${ASAN_OPTIONS:-}" ] || [[ $BUILD == *san* ]] || [ "$(cat kib)" -le 65536 ]
}
