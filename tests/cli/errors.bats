# One test for each message: what is said, on which stream, with which status.
load helpers

@test "an unknown option exits 2 and names the nearest" {
	apart gcoap-get --timout 3 @demo/temp
	fails_with 2
	prints_nothing
	says "gcoap-get: unknown option --timout" "  hint: did you mean --timeout (-t)?"
}

@test "no target is a usage error" {
	apart gcoap-get
	fails_with 2
	prints_nothing
	says "gcoap-get: need a target: a URI, @name, @demo or all" \
		"  hint: try 'gcoap-get --help'"
}

@test "nobody answers a group: the address, the wait, the sender and the doctor" {
	alone gcoap-get -i lo -t 300ms coap://224.0.1.187/temp
	fails_with 3
	says "gcoap-get: nobody answered coap://224.0.1.187/temp in 0.3 s (sent from 127.0.0.1 on lo)" \
		"  hint: check that a server joined the group: gcoap doctor 224.0.1.187"
}

@test "nobody answers a request without a path: the list of resources is named" {
	for target in @demo 224.0.1.187 coap://224.0.1.187/; do
		alone gcoap-get -i lo -t 100ms "$target"
		fails_with 3
		mentions "hint: check that a server joined the group: gcoap doctor 224.0.1.187"
		mentions 'hint: no path was asked for, and few servers have "/": /.well-known/core lists'
	done
	group -n 1 --leisure 0 -- gcoap-get -t 20s -n 1 --format short @demo/.well-known/core
	fails_with 0
}

@test "nobody answers a unicast request" {
	hostile silence gcoap-get -t 300ms coap://127.0.0.1/temp
	fails_with 3
	mentions "gcoap-get: nobody answered coap://127.0.0.1/temp in 0.3 s (sent from 127."
	mentions "hint: check the address, the port (5683) and the firewalls: gcoap doctor"
}

@test "a link-local group without an interface lists those that there are" {
	apart unshare -rn sh -c 'ip link set lo up
		ip link add ga type veth peer name gb; ip link set ga up; ip link set gb up
		for i in ga gb; do until ip -6 addr show dev $i | grep -q fe80; do sleep 0.05; done; done
		exec gcoap-get -t 300ms "[ff02::fd]/temp"'
	fails_with 2
	prints_nothing
	[ "${stderr_lines[0]}" = 'gcoap-get: "ff02::fd" needs an interface' ]
	[[ "${stderr_lines[1]}" == "  hint: coap://[ff02::fd%g"?"]/temp, or -i g"?" (found: "*"ga"* ]]
}

@test "--con to a group is refused" {
	alone gcoap-get -i lo --con coap://224.0.1.187/temp
	fails_with 2
	prints_nothing
	says "gcoap-get: --con is not possible to a group" \
		"  hint: leave it out, a group request is always NON (RFC 7252, 8.1)"
}

@test "an interface that does not exist" {
	alone gcoap-get -i nope0 224.0.1.187/temp
	fails_with 5
	prints_nothing
	mentions "nope0"
}

@test "no route to the group names the interfaces" {
	apart unshare -rn sh -c 'ip link set lo up; exec gcoap-get -t 200ms 224.0.1.187/temp'
	fails_with 5
	mentions "gcoap-get: no route to 224.0.1.187"
	mentions "hint: name an interface with -i (found: lo)"
}

@test "a name that does not resolve exits 6" {
	alone gcoap-get coap://no-such-host.invalid/temp
	fails_with 6
	prints_nothing
	mentions "no-such-host.invalid"
}

@test "a bad URI is a usage error that says where" {
	for uri in 'coap://[::1/x' 'coap://u@h/x' 'coap://h/x#f' 'coap://h:0/' 'http://h/' \
		'coap://127.0.0.1/%zz' 'coap://127.0.0.1/a/../b'; do
		alone gcoap-get "$uri"
		fails_with 2
		prints_nothing
		mentions "gcoap-get: "
	done
}

@test "an unknown method, format, option and Content-Format" {
	apart gcoap-get -m steal 127.0.0.1
	fails_with 2
	apart gcoap-get --format xml 127.0.0.1
	fails_with 2
	apart gcoap-get -O Uri-Paht=1 127.0.0.1
	fails_with 2
	mentions 'option "Uri-Paht=1": no option is called "Uri-Paht"'
	mentions 'did you mean Uri-Path?'
	apart gcoap-get -T jsn 127.0.0.1
	fails_with 2
	mentions '"jsn" is not a Content-Format'
}

@test "a payload needs a method that carries one" {
	apart gcoap-get -p on 127.0.0.1/light
	fails_with 2
	says "gcoap-get: GET does not carry a payload" "  hint: try 'gcoap-get --help'" \
		"  hint: name the method: -m put (or post, fetch, patch, ipatch)"
}

@test "a payload that is not what -T says" {
	apart gcoap-get -m put -T json -p '{"a":' 127.0.0.1/light
	fails_with 2
	mentions "the payload is not JSON"
	apart gcoap-get -m put -T cbor -p '{"a":' 127.0.0.1/light
	fails_with 2
	mentions "the payload is not CBOR"
}

@test "a payload file that is not there" {
	apart gcoap-get -m put -f nowhere 127.0.0.1/light
	fails_with 5
	says "gcoap-get: nowhere: No such file or directory"
}

@test "an ETag in a group GET warns in dialect tiloca-05 only" {
	alone gcoap-get -i lo -t 200ms -O ETag=0x11 224.0.1.187/temp
	fails_with 3
	mentions "an ETag does not belong in a group request in dialect tiloca-05"
	alone gcoap-get -i lo -t 200ms --dialect ietf -O ETag=0x11 224.0.1.187/temp
	fails_with 3
	[[ "$stderr" != *"does not belong"* ]]
}

@test "malformed answers only exit 9 and name the byte" {
	for bad in reserved-length reserved-delta option-truncated marker-no-payload; do
		hostile $bad gcoap-get -t 300ms -i lo 224.0.1.187/x
		fails_with 9
		mentions "gcoap-get: only malformed answers came (1); the first from 127.0.0.1:5683, byte 1"
	done
}

@test "a reset is said" {
	for how in --con --non; do
		hostile reset gcoap-get -t 20s $how 127.0.0.1/x
		fails_with 3
		says "gcoap-get: 127.0.0.1:5683 refused the request for coap://127.0.0.1/x with a RST" \
			"  hint: it cannot process such a message; see the request with -vv"
	done
}

@test "a port where nobody is, is said at once" {
	for host in 127.0.0.1 ::1; do
		at=$host
		[ "$host" = ::1 ] && at="[::1]"
		alone gcoap-get -t 20s "coap://$at:9999/x"
		fails_with 3
		says "gcoap-get: $host refused: no server on port 9999" \
			"  hint: check that it runs, and its port (5683 when the URI names none)"
		alone gcoap-get -t 20s --non --no-response 2 "coap://$at:9999/x"
		fails_with 3
	done
}

@test "a port where nobody is does not disturb the answers of others" {
	group -n 2 --leisure 0 -- gcoap-get -t 20s --json 127.77.0.1:9/temp 127.77.0.1/temp \
		127.77.0.2:9/temp 127.77.0.2/temp
	fails_with 3
	mentions "gcoap-get: 127.77.0.1 refused: no server on port 9"
	mentions "gcoap-get: 127.77.0.2 refused: no server on port 9"
	[ "$(jq -r 'select(.type == "response") | .code' <<<"$output" | sort | uniq -c)" = "      2 2.05" ]
	[ "$(jq -r 'select(.type == "summary") | .elapsed_ms < 10000' <<<"$output")" = true ]
}

@test "a payload larger than any datagram is refused" {
	head -c 66000 /dev/zero >big
	apart gcoap-get --no-blockwise -m put -f big 127.0.0.1/x
	fails_with 2
	says "gcoap-get: 66000 bytes of payload do not fit a datagram" \
		"  hint: try 'gcoap-get --help'"
}

@test "too large values and tokens" {
	for bad in "--token xyz" "--token 010203040506070809" "--no-response 999" \
		"--block-size 100" "--hops 300" "--hops 0" "-O 0=1" "-O 70000=1" "-O Uri-Port=70000" \
		"-O ETag=123456789" "-O If-None-Match=1" "-O Block2=1/2/64" "--expect-from x" \
		"--option-number Multi-ETag" "--option-number Nope=7" "--option-number Multi-ETag=4" \
		"--rounds 0" "--max-body 0" "-t -1" "-t abc" "-t 0"; do
		apart gcoap-get $bad 127.0.0.1/x
		fails_with 2
		prints_nothing
	done
}

@test "-i and @demo: no such interface, and one that is not loopback" {
	apart gcoap-get -i nope @demo
	fails_with 5
	mentions 'no interface is called nope'
	other=$(ls /sys/class/net | grep -vx lo | head -n 1)
	[ -n "$other" ] || skip "no interface but lo"
	apart gcoap-get -i "$other" @demo
	fails_with 2
	mentions "@demo is on loopback, -i $other does not go with it"
}
