#!/usr/bin/env bats
# What has changed: saved files, rounds; and the groups of Resource Directories.
load helpers

# links FIRST [LATER]: files of documents (tests/cli/links.py); then the command.
links() {
	local documents=$1
	shift
	alone /usr/bin/python3 "$TOP/tests/cli/links.py" "$documents" "$@"
}

documents() {
	cat >"$BATS_TEST_TMPDIR/$1"
}

field() {
	jq -r "select(.type == \"$1\") | $2" <<<"$output"
}

valid() {
	/usr/bin/python3 "$TOP/tests/cli/validate.py" /dev/stdin <<<"$output"
}

yesterday() {
	documents before <<'END'
127.0.0.10 /.well-known/core </temp>;rt="temperature";ct=110
127.0.0.10 /.well-known/core </light>;rt="light"
127.0.0.11 /.well-known/core </temp>
END
	documents after <<'END'
127.0.0.10 /.well-known/core </fan>
127.0.0.10 /.well-known/core </temp>;rt="temperature";ct="110 60";obs
127.0.0.12 /.well-known/core </temp>,</x>
END
	links before gcoap-discover -n 2 --save saved.json @demo
	fails_with 0
}

@test "a saved file compared with the same group differs in nothing" {
	yesterday
	links before gcoap-discover -n 2 --diff saved.json @demo
	fails_with 0
	prints_nothing
	says "2 servers, 3 links"
}

@test "new, lost and changed servers and links are told, and exit 10" {
	yesterday
	links after gcoap-discover -n 2 --diff saved.json @demo
	fails_with 10
	prints "NEW      127.0.0.10:5683  /fan" \
		"LOST     127.0.0.10:5683  /light" \
		"CHANGED  127.0.0.10:5683  /temp  ct [110] -> [110,60], obs - -> true" \
		"LOST     127.0.0.11:5683  (1 link)" \
		"NEW      127.0.0.12:5683  (2 links)"
	says "2 servers, 4 links, 5 changes"
}

@test "changes are records, by the schema" {
	yesterday
	links after gcoap-discover -n 2 --diff saved.json --json @demo
	fails_with 10
	valid
	[ "$(field change .what | sort | uniq -c | tr -s ' ' | tr '\n' ,)" = " 1 changed, 2 lost, 2 new," ]
	[ "$(field change 'select(.what == "changed") | [.href, .attrs.ct, .old_attrs.ct] | tojson')" = '["/temp",[110,60],[110]]' ]
}

@test "the order of links and attributes does not matter" {
	documents one <<'END'
127.0.0.10 /.well-known/core </a>;rt="x";obs,</b>
END
	documents two <<'END'
127.0.0.10 /.well-known/core </b>,</a>;obs;rt=x
END
	links one gcoap-discover -n 1 --save saved.json @demo
	links two gcoap-discover -n 1 --diff saved.json @demo
	fails_with 0
	prints_nothing
}

@test "--diff and --save may name one file" {
	yesterday
	links after gcoap-discover -n 2 --diff saved.json --save saved.json @demo
	fails_with 10
	links after gcoap-discover -n 2 --diff saved.json @demo
	fails_with 0
}

@test "a file that was not saved is refused" {
	echo '{"servers":[]}' >other.json
	alone gcoap-discover --diff other.json @demo
	fails_with 2
	mentions "gcoap-discover: other.json does not hold saved links"
	alone gcoap-discover --diff nothing.json @demo
	fails_with 2
	mentions "gcoap-discover: nothing.json: No such file or directory"
	for text in '{"type":"links","servers":[1]}' '{"type":"links","servers":[{"server":"x"}]}' \
		'{"type":"links","servers":[{"server":"x","links":[{"href":1}]}]}' '[' '' null; do
		echo "$text" >other.json
		alone gcoap-discover --diff other.json @demo
		fails_with 2
	done
}

@test "a file that cannot be written is exit 5" {
	yesterday
	links before gcoap-discover -n 2 --save /nowhere/saved.json @demo
	fails_with 5
	mentions "gcoap-discover: /nowhere/saved.json: No such file or directory"
	links before gcoap-discover -n 2 --save /dev/full @demo
	fails_with 5
	mentions "/dev/full: not all of it could be written"
}

@test "--follow shows the first round, then what changes" {
	documents rounds <<'END'
127.0.0.10 /.well-known/core </temp>
127.0.0.11 /.well-known/core </temp>
LATER 3
127.0.0.10 /.well-known/core </temp>;obs
END
	links rounds bash -c '
		gcoap-discover -t 2s --follow 3s --flat --no-headings -c server,href @demo >out & pid=$!
		eventually grep -q ^LOST out
		kill -INT $pid; wait $pid; status=$?; cat out; exit $status'
	fails_with 0
	prints "127.0.0.10:5683  /temp" "127.0.0.11:5683  /temp" \
		"CHANGED  127.0.0.10:5683  /temp  obs - -> true" \
		"LOST     127.0.0.11:5683  (1 link)"
}

directory() {
	documents rd <<'END'
127.0.0.20 /.well-known/core </rd>;rt="core.rd";ct=40
127.0.0.20 /.well-known/core </rd-lookup/ep>;rt="core.rd-lookup-ep";ct=40
127.0.0.20 /.well-known/core </rd-lookup/res>;rt="core.rd-lookup-res";ct=40
127.0.0.20 /rd-lookup/ep </rd/12>;ep="lights";et="core.rd-group";base="coap://[ff35:30:2001:db8:f1::8000:1]";rt="core.rd-ep"
127.0.0.20 /rd-lookup/ep </rd/13>;ep="node1";base="coap://127.0.0.9"
127.0.0.20 /rd-lookup/ep </rd/14>;ep="all/lamps";d="r2";et="core.rd-group";base="coap://224.0.1.188:5690"
127.0.0.20 /rd-lookup/res?ep=lights <coap://[ff35:30:2001:db8:f1::8000:1]/light>;rt="light"
127.0.0.20 /rd-lookup/res?ep=all/lamps?d=r2 <coap://224.0.1.188:5690/lamp>;rt="lamp"
END
}

@test "the groups of a Resource Directory, with their base and links" {
	directory
	links rd gcoap-discover -n 1 -t 20s --groups @demo
	fails_with 0
	output=$(sed -E 's/ +$//; s/  +/  /g' <<<"$output")
	prints "SERVER / LINK  RT  IF  CT  OBS  SZ  TITLE" \
		"lights coap://[ff35:30:2001:db8:f1::8000:1] (1 link, known to 127.0.0.20:5683)" \
		"└─coap://[ff35:30:2001:db8:f1::8000:1]/light  light" \
		"all/lamps.r2 coap://224.0.1.188:5690 (1 link, known to 127.0.0.20:5683)" \
		"└─coap://224.0.1.188:5690/lamp  lamp"
	says "2 groups, 2 links"
	[ "$(sed 's/ .*//' rd.log | tr '\n' ' ')" = "/.well-known/core?rt=core.rd* /rd-lookup/ep?et=core.rd-group /rd-lookup/res?ep=lights /rd-lookup/res?ep=all/lamps?d=r2 " ]
}

@test "a flat table and a matrix tell groups of one directory apart" {
	directory
	links rd gcoap-discover -n 1 -t 20s --groups --flat @demo
	[ "$(sed -E 's/  .*//' <<<"$output")" = "$(printf '%s\n' GROUP lights all/lamps.r2)" ]
	links rd gcoap-discover -n 1 -t 20s --groups --matrix @demo
	[ "$(head -n 1 <<<"$output" | tr -s ' ')" = "LINK lights all/lamps.r2" ]
}

@test "groups are records, by the schema" {
	directory
	links rd gcoap-discover -n 1 -t 20s --groups --json @demo
	fails_with 0
	valid
	[ "$(field group '[.group, .base, .links] | tojson' | head -1)" = '["lights","coap://[ff35:30:2001:db8:f1::8000:1]",1]' ]
	[ "$(field link .group | tail -1)" = "all/lamps.r2" ]
}

@test "look-ups are paged, and a directory that does not page is asked twice at most" {
	for bang in "" "!"; do
		{
			printf '127.0.0.20 /.well-known/core %s\n' '</ep>;rt="core.rd-lookup-ep"' \
				'</res>;rt="core.rd-lookup-res"'
			for i in $(seq 100); do
				echo "127.0.0.20 /ep$bang </rd/$i>;ep=\"g$i\";et=\"core.rd-group\";base=\"coap://224.0.1.188\""
			done
			echo "127.0.0.20 /res <coap://224.0.1.188/x>"
		} | documents rd
		links rd gcoap-discover -n 1 -t 20s --groups --json @demo
		fails_with 0
		[ "$(field group .group | sort -u | wc -l)" = 100 ]
		[ "$(grep -c '^/ep' rd.log)" = "$([ -z "$bang" ] && echo 3 || echo 1)" ]
	done
}

@test "look-ups that lead away from the directory are not followed" {
	documents rd <<'END'
127.0.0.20 /.well-known/core <coap://127.0.0.66/ep>;rt="core.rd-lookup-ep",</rd>;rt="core.rd"
END
	links rd gcoap-discover -n 1 -t 20s --groups -v @demo
	mentions "127.0.0.20:5683: a link leads away from this server and is not followed"
	[[ $stderr != *"127.0.0.66:"* ]]
}

@test "no Resource Directory: exit 3" {
	documents rd <<'END'
127.0.0.20 /.well-known/core </x>
END
	links rd gcoap-discover -n 1 -t 20s --groups @demo
	fails_with 3
	mentions "gcoap-discover: no Resource Directory answered"
}

@test "libcoap's directory has its registrations read one by one" {
	command -v coap-rd-notls || skip "no coap-rd-notls"
	cat >lab <<'END'
coap-rd-notls -A 127.0.0.1 -v 0 &
trap 'kill $!' EXIT
eventually gcoap-get -qq -t 2s 127.0.0.1/.well-known/core
gcoap-get -qq -m post -T link-format -p '</light>;rt="light",</temp>;rt="temperature"' \
	'127.0.0.1/rd?ep=lights&et=core.rd-group' --query 'base=coap://[ff35:30:2001:db8:f1::8000:1]'
gcoap-discover --groups --json 127.0.0.1
END
	alone bash lab
	fails_with 0
	valid
	[ "$(field link .href | tr '\n' ' ')" = "/light /temp " ]
	[ "$(field link .uri | sort -u)" = null ] # it keeps no base
	[ "$(field group .links)" = 2 ]
	mentions "registrations are read one by one, and it may not say which are groups"
}
