#!/usr/bin/env bats
# gcoap-proxy as a program: what it says, its logs, its signals. libcoap's clients ask it, beside
# a simulated group in a network namespace.

load helpers

validate=$TOP/tests/cli/validate.py

# through 'PROXY OPTIONS' 'SHELL COMMANDS': the commands run in a namespace with a group of three
# and the proxy at port 5690, whose stdout is the file out, its stderr err, its status proxied.
through() {
	rm -f sim out err proxied # of a former call
	apart unshare -rn bash -c '
		one() { coap-client-notls -B 20 -P coap://127.0.0.1:5690 "$@"; }
		own() { coap-client-notls -B 20 "$@" 2>&1; }
		ready() { eventually grep -qs ready "$1"; }
		lines() { eventually has_lines "$@"; }
		ip link set lo up
		gcoap-sim -n 3 --leisure 100ms >sim 2>&1 & sim=$!
		ready sim
		gcoap-proxy --listen coap://127.0.0.1:5690 $1 >out 2>err & proxy=$!
		ready out
		eval "$2"
		kill $proxy 2>/dev/null
		wait $proxy
		echo $? >proxied
		kill $sim' through "$@"
}

# The options with which the group and its servers may be asked.
open="--allow-client 127.0.0.0/8 --allow-group @demo --allow-target 127.77.0.0/16"
# A group request of libcoap's client, which knows nothing of groups: T' = 2 s.
group='one -O 65002,0x02 coap://224.0.1.187/temp'
# One that stays for all answers: libcoap's leaves after the first, and its port is closed.
whole_group='gcoap-get -q -P coap://127.0.0.1:5690 --proxy-timeout 2s -t 20s 224.0.1.187/temp >got & got=$!'

@test "one ready line tells each URI, with the port that was found" {
	alone gcoap-proxy -q -q --duration 0.1s --listen coap://127.0.0.1:5690
	fails_with 0
	prints_nothing
	alone gcoap-proxy --allow-client ::1 --allow-target 127.0.0.1 --duration 0.1s --listen coap://127.0.0.1:5690 \
		--listen 'coap://[::1]:0' --listen coap+tcp://127.0.0.1
	fails_with 0
	[ "${lines[0]}" = "ready: coap://127.0.0.1:5690" ]
	[[ ${lines[1]} =~ ^ready:\ coap://\[::1\]:[1-9][0-9]+$ ]]
	[ "${lines[2]}" = "ready: coap+tcp://127.0.0.1:5683" ]
	[ -z "$stderr" ]
}

@test "without --listen it is coap://127.0.0.1:5683" {
	alone gcoap-proxy --duration 0.1s
	prints "ready: coap://127.0.0.1:5683"
}

@test "that nothing is allowed yet is said, with a hint" {
	alone gcoap-proxy --duration 0.1s
	fails_with 0
	says "gcoap-proxy: nothing is allowed yet, every request is refused" \
		"  hint: --allow-client with --allow-group or --allow-target"
}

@test "ready records are of the schema" {
	alone gcoap-proxy --json --duration 0.1s --allow-client ::1 --allow-target ::1 --listen coap://127.0.0.1:0,coap+tcp://127.0.0.1:0
	echo "$output" >out
	"$validate" out
	[ "$(jq -r .type out | sort | uniq -c | tr -s ' ')" = " 2 ready" ]
}

@test "what cannot be listened at is one error with a hint, status 5" {
	through "" 'gcoap-proxy --listen coap://127.0.0.1:5690; echo $?'
	prints 5
	says "gcoap-proxy: --listen coap://127.0.0.1:5690: the port is in use" \
		"  hint: end what listens there, or choose another port; 0 is any free one"
	through "--listen coap+tcp://127.0.0.1:7000" 'gcoap-proxy --listen coap+tcp://127.0.0.1:7000; echo $?'
	prints 5
	mentions "coap+tcp://127.0.0.1:7000: the port is in use"
	alone gcoap-proxy --listen coap://192.0.2.1
	fails_with 5
	says "gcoap-proxy: --listen coap://192.0.2.1 is not an address of this host" \
		"  hint: an address of this host, or 0.0.0.0 or [::] for all of them"
	alone gcoap-proxy --allow-client ::1 --allow-group @demo --reverse /x=@demo --reverse-mode b \
		--alias 192.0.2.1=127.77.0.1 --listen coap://127.0.0.1:0
	fails_with 5
	mentions "--alias 192.0.2.1=127.77.0.1 is not an address of this host"
}

@test "a name that does not resolve is status 6" {
	alone gcoap-proxy --listen coap://no-such-host.invalid
	fails_with 6
	says "gcoap-proxy: --listen: cannot resolve no-such-host.invalid" \
		"  hint: an address works without a name service"
}

@test "a key file that others can read is status 8" {
	echo alice:0123456789 >psk
	chmod 644 psk
	alone gcoap-proxy --listen coaps://127.0.0.1 --psk-file psk
	fails_with 8
	chmod 600 psk
	alone gcoap-proxy --listen coaps://127.0.0.1 --psk-file psk --allow-client ::1 --allow-target ::1 --duration 0.1s
	fails_with 0
	prints "ready: coaps://127.0.0.1:5684"
	[[ $output$stderr != *0123456789* ]]
}

@test "usage errors are named and exit 2" {
	while IFS='|' read -r args what; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr gcoap-proxy $args
		[ -z "$output" ]
		[[ $stderr == *"$what"* ]] || { echo "$args: $stderr"; false; }
		[[ $stderr == *"  hint: "* ]] || { echo "$args: no hint: $stderr"; false; }
	done <<-'END'
		extra|unexpected argument "extra"
		--listen http://127.0.0.1|only coap, coaps, coap+tcp and coaps+tcp
		--listen coaps://127.0.0.1|need a key or a certificate
		--allow-group @demo|--allow-group and --allow-target have no effect without --allow-client
		--allow-client 10.0.0.0/33|want 0 to 32 bits
		--allow-client 10.0.0.1/8|has bits beyond those of the network
		--members coap://224.0.1.187=127.0.0.1|that group is not allowed
		--reverse /x=coap://224.0.1.187|that group is not allowed
		--t-proxy 7s|--t-proxy has no effect without --reverse
		--cache-model b|--cache-model has no effect without --allow-group
		--alias 127.0.0.2=127.0.0.3|--alias has no effect without --reverse-mode b
		--next-proxy coap://127.0.0.1|--next-proxy is this proxy itself
		--cache-modl b|unknown option --cache-modl
		--listen coap://[fe80::1]|--listen: "fe80::1" needs an interface
		--listen coap://0.0.0.0 --listen coap://127.0.0.1|--listen coap://0.0.0.0 is for all addresses, also for that of coap://127.0.0.1
		--next-proxy http://127.0.0.1|--next-proxy http://127.0.0.1: a proxy is asked over UDP
		--next-proxy coaps://127.0.0.1|--next-proxy coaps://127.0.0.1: a proxy is asked over UDP
		--option-number foo=1|no option is called "foo"
		--option-number Multicast-Timeout=1|Multicast-Timeout=1: that is the number of If-Match
		--option-number Multicast-Timeout=70000|Multicast-Timeout=70000: want a number of 1 to 65535
		--cache 0|--cache 0: less than 4K, nothing could be kept
		--max-per-client 0|--max-per-client is at least 1
		--max-answers 0|--max-answers is at least 1
		--max-sessions 0|--max-sessions is at least 1
		--allow-client ::1 --allow-group @demo --members @demo=foo|"foo" is no server's address
	END
}

@test "interfaces and log files that are not there are status 5, with a hint" {
	alone gcoap-proxy --listen 'coap://[fe80::1%nope]'
	fails_with 5
	says "gcoap-proxy: --listen: no interface is called nope" \
		"  hint: gcoap doctor lists the interfaces"
	alone gcoap-proxy --log-file /nonexistent/log --listen coap://127.0.0.1:0
	fails_with 5
	says "gcoap-proxy: --log-file /nonexistent/log: No such file or directory" \
		"  hint: a file in a folder that we may write to; no symbolic link"
	apart unshare -rn sh -c 'ip link set lo up && ip link add d0 type veth peer name d1 && exec "$@"' sh \
		gcoap-proxy -i d0 --allow-client ::1 --allow-group coap://224.0.1.187 --listen coap://127.0.0.1:0 --duration 0.1s
	fails_with 0
	mentions "interface d0 is down: nothing reaches a group until it is up"
	mentions "  hint: ip link set d0 up"
}

@test "what is wrong with keys is status 8, with a hint" {
	secure() { alone gcoap-proxy --listen coaps://127.0.0.1:0 --allow-target ::1 "$@"; }
	secure --psk-file nope --allow-client ::1
	fails_with 8
	says "gcoap-proxy: nope: No such file or directory" \
		"  hint: it is named by --psk-file: a file of yours, mode 0600"
	install -m 600 /dev/null psk
	secure --psk-file psk --allow-client ::1
	fails_with 8
	mentions "psk:1: no key in it"
	echo 'alice:012' >psk
	secure --psk-file psk --allow-client ::1
	fails_with 8
	says "gcoap-proxy: psk:1: the key has an odd number of hex digits" \
		'  hint: IDENTITY:HEX or IDENTITY:"TEXT", 1 to 64 bytes of key'
	printf '[certificate]\ncert=a.pem\nkey=a.key\n' >cred
	echo nothing >a.pem
	cp a.pem a.key
	chmod 600 cred a.key
	secure --credentials cred --allow-client ::1
	fails_with 8
	says "gcoap-proxy: the certificate file holds no certificate in PEM" \
		"  hint: --credentials: cert a.pem, key a.key, ca -"
}

@test "an identity that nobody can prove is said" {
	echo alice:0123 >psk
	chmod 600 psk
	alone gcoap-proxy --listen coaps://127.0.0.1:0 --psk-file psk --allow-client alice \
		--allow-client bob --allow-target ::1 --duration 0.1s
	fails_with 0
	says "gcoap-proxy: --allow-client bob: nobody can prove that identity" \
		"  hint: add its key to --psk-file, or a ca to --credentials"
}

@test "a server is asked, and so is a group" {
	through "$open" "one coap://127.77.0.1/temp; echo; $group"
	[[ ${lines[0]} == *'"n":"temp"'* ]]
	[[ ${lines[1]} == *'"n":"temp"'* ]]
	[ "$(cat proxied)" = 0 ]
}

@test "what is not allowed is refused" {
	through "" "$group 2>&1; one coap://127.77.0.1/temp 2>&1"
	[[ ${lines[0]} == 5.01* ]]
	[[ ${lines[1]} == 5.05* ]]
	through "--allow-client 10.0.0.0/8 --allow-group @demo --allow-target 127.77.0.1" \
		"$group 2>&1; one coap://127.77.0.2/temp 2>&1"
	[[ ${lines[0]} == 4.01* ]]
	[[ ${lines[1]} == 5.05* ]]
	through "--allow-client 10.0.0.0/8 --allow-target 127.77.0.1" "one coap://127.77.0.1/temp 2>&1"
	[[ ${lines[0]} == 4.01* ]]
}

@test "the access log has a record of each request, of the schema" {
	through "$open --json" "one coap://127.77.0.1/temp; one coap://192.0.2.1/x; one coap://127.77.0.1/none
		own coap://127.0.0.1:5690/.well-known/core; own coap://127.0.0.1:5690/nothing
		one -m put -e x coap://127.77.0.1/temp; $whole_group; lines out '\"answers\":3' 1
		kill \$got"
	"$validate" out
	[ "$(jq -c 'select(.type == "access") | [.id, .method, .code, .group, .answers, .ended_by]' out)" = \
		'["p1","GET","2.05",false,1,"first"]
["p2","GET","5.05",false,0,"target"]
["p3","GET","4.04",false,1,"first"]
["p4","GET","2.05",false,1,"answered"]
["p5","GET","4.04",false,1,"answered"]
["p6","PUT","4.05",false,1,"first"]
["p7","GET",null,true,3,"timeout"]' ]
	[ "$(jq -r 'select(.id == "p7") | .uri' out)" = coap://224.0.1.187/temp ]
	jq -se 'map(select(.type == "access")) | all(.transport == "coap" and .identity == null)' out
}

@test "--log-file takes the access log, and SIGHUP begins it anew" {
	through "$open --log-file log" 'one coap://127.77.0.1/name; lines log name 1; mv log old
		kill -HUP $proxy; eventually test -e log; one coap://127.77.0.2/name; lines log name 1'
	[ "$(wc -l <old)" = 1 ]
	[ "$(wc -l <log)" = 1 ]
	[ "$(stat -c %a log)" = 600 ]
	grep -qE '^[0-9T:.-]+Z 127\.0\.0\.1:[0-9]+ \(coap\) GET coap://127\.77\.0\.2/name: 2\.05, [0-9]+ bytes, [0-9.]+ ms, first$' log
	[ "$(wc -l <out)" = 1 ]
	through "$open --json --log-file json" 'one coap://127.77.0.1/name; lines json access 1'
	"$validate" json
	[ "$(jq -r .type out)" = ready ]
	ln -s /etc/passwd link
	alone gcoap-proxy --log-file link
	fails_with 5
	mentions "--log-file link: "
}

@test "-v says on stderr how each request ended, escaped" {
	through "-v" 'own -O 35,0x636f61703a2f2f3132372e37372e302e312f1b5b33316d coap://127.0.0.1:5690
		own "coap://127.0.0.1:5690/%1b%5b31m%c2%9b"'
	[ "$(grep -c '127\.0\.0\.1:[0-9]* (coap) GET ' err)" = 2 ]
	no_controls "$(cat err)"
}

@test "--trace shows both sides with the number of the request" {
	through "$open --trace" "$whole_group; lines out 'ended after' 1; kill \$got"
	grep -qE '^[0-9:.]{15} #1 +client -> proxy 127\.0\.0\.1:[0-9]+: CON [0-9a-f]{4} GET token [0-9a-f]+; .*Proxy-Uri: coap://224\.0\.1\.187/temp; Multicast-Signaling: 2$' out
	grep -qE '^[0-9:.]{15} #1 +proxy -> server 224\.0\.1\.187:5683: NON [0-9a-f]{4} GET token [0-9a-f]{16}; Uri-Path: temp' out
	[ "$(grep -cE '#1 +server -> proxy 127\.77\.0\.[123]:5683: NON [0-9a-f]{4} 2\.05 Content' out)" = 3 ]
	[ "$(grep -cE '#1 +proxy -> client .*Response-Forwarding: coap://127\.77\.0\.[123]:5683' out)" = 3 ]
	grep -qE '#1 +ended after 2\.[0-9]+ s: timeout, 3 answers$' out
	through "$open --trace --json" 'one coap://127.77.0.1/temp; lines out access 1'
	"$validate" out
	[ "$(jq -r 'select(.type == "message") | select(.code != "0.00") | "\(.id) \(.leg) \(.sent) \(.code)"' out)" = \
		"p1 client false 0.01
p1 server true 0.01
p1 server false 2.05
p1 client true 2.05" ]
}

@test "a reverse-proxy stands in for the group, and with --alias for its servers" {
	reverse="--allow-client 127.0.0.1 --allow-group @demo --reverse /lights=coap://224.0.1.187/light --t-proxy 1s --trace"
	through "$reverse" 'gcoap-get -q -t 20s -n 3 coap://127.0.0.1:5690/lights >got; lines out "ended after" 1'
	[ "$(grep -c 'proxy -> client .*Response-Forwarding: coap://127\.77\.0\.[123]:5683' out)" = 3 ]
	through "$reverse --reverse-mode b --alias 127.0.0.11:5690=127.77.0.1,127.0.0.12:5690=127.77.0.2,127.0.0.13:5690=127.77.0.3" '
		gcoap-get -q -t 20s -n 3 coap://127.0.0.1:5690/lights >got; lines out "ended after" 1
		own coap://127.0.0.11:5690/name; own coap://127.0.0.12:5690/name'
	[ "$(grep -c 'proxy -> client .*Response-Forwarding: coap://127\.0\.0\.1[123]:5690' out)" = 3 ]
	prints kitchen hall
	[ "$(grep -c ^ready: out)" = 1 ]
}

@test "a name server that is silent holds up only those who wait for it" {
	echo nameserver 127.0.0.1 >resolv.conf
	through "" '
		/usr/bin/python3 -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind((\"127.0.0.1\", 53))
print(\"ready\", flush=True)
s.recv(512)
print(\"asked\", flush=True)
time.sleep(60)" >dns & dns=$!
		ready dns
		unshare -m sh -c "mount --bind resolv.conf /etc/resolv.conf && exec gcoap-proxy --listen coap://127.0.0.1:5691 \
			--allow-client 127.0.0.1 --allow-target 127.77.0.0/16 --json" >out2 & second=$!
		ready out2
		coap-client-notls -B 60 -P coap://127.0.0.1:5691 coap://silent.example/name >slow 2>&1 & slow=$!
		lines dns asked 1
		coap-client-notls -B 20 -P coap://127.0.0.1:5691 coap://127.77.0.1/name
		kill -0 $slow && echo waits
		kill $slow $dns $second; wait $second'
	prints kitchen waits
}

@test "SIGUSR1 prints what was counted" {
	through "$open" 'one coap://127.77.0.1/temp >/dev/null; kill -USR1 $proxy; lines err "datagrams of servers" 1'
	grep -qE '^requests +1$' err
	grep -qE '^answers relayed +1$' err
	through "$open --json" 'one coap://127.77.0.1/temp >/dev/null; kill -USR1 $proxy; lines out stats 1'
	"$validate" out
	[ "$(jq -c 'select(.type == "stats") | [.requests, .forwarded, .relayed]' out)" = "[1,1,1]" ]
}

@test "statistics are for clients that are allowed" {
	stats='own coap://127.0.0.1:5690/.well-known/gcoap/stats'
	through "$open" "$stats"
	echo "$output" >stats
	"$validate" stats
	[ "$(jq .requests stats)" = 1 ]
	through "$open" 'one coap://127.0.0.1:5690/.well-known/gcoap/stats'
	[ "$(jq .requests <<<"$output")" = 1 ]
	through "--allow-client 10.0.0.0/8 --allow-group @demo" "$stats"
	[[ $output == 4.01* ]]
	through "$open" 'own -m post -e x coap://127.0.0.1:5690/.well-known/gcoap/stats'
	[[ $output == 4.05* ]]
}

@test "the core resource lists what is here, and filters it" {
	through "$open --reverse /lights=coap://224.0.1.187/light" \
		'own coap://127.0.0.1:5690/.well-known/core; own "coap://127.0.0.1:5690/.well-known/core?rt=gcoap.g*"'
	prints '</.well-known/gcoap/stats>;rt="gcoap.stats";ct=50,</lights>;rt="gcoap.group"' \
		'</lights>;rt="gcoap.group"'
}

@test "SIGTERM and SIGINT end it with status 0, the second one at once" {
	for signal in TERM INT; do
		through "$open" "kill -$signal \$proxy"
		[ "$(cat proxied)" = 0 ]
	done
	# an exchange of 60 s has 3 s left, but for a second signal
	long='coap-client-notls -B 9 -P coap://127.0.0.1:5690 -N -O 65002,0x3c coap://224.0.1.187/nothing & long=$!; lines out message 2'
	through "$open --json --trace" "$long"'; kill $proxy; sleep 0.3; kill -0 $proxy && echo lives
		kill $proxy; eventually has_ended $proxy; echo ended; kill $long'
	prints lives ended
	[ "$(cat proxied)" = 0 ]
	through "$open --json --trace" "$long"'; kill $proxy; eventually has_ended $proxy; echo ended; kill $long'
	prints ended
	[ "$(jq -r 'select(.type == "access") | .ended_by' out)" = stopped ]
}

@test "who is killed is back at once" {
	through "$open" 'kill -9 $proxy; wait $proxy 2>/dev/null; rm out; start=$(date +%s%N)
		gcoap-proxy --listen coap://127.0.0.1:5690 --listen coap+tcp://127.0.0.1:5690 --allow-client 127.0.0.1 --allow-target 127.77.0.0/16 >out 2>err & proxy=$!
		ready out; one coap://127.77.0.1/name; echo $(( ($(date +%s%N) - start) / 1000000000 < 20 ))'
	prints kitchen 1
}

@test "a reader of stdout that leaves ends it" {
	through "" '
		gcoap-proxy --json --listen coap://127.0.0.1:5691 2>err2 | head -n 1 >first & reader=$!
		ready first
		own coap://127.0.0.1:5691/x; own coap://127.0.0.1:5691/x; wait $reader; echo done'
	[[ $output == *done ]]
	[ "$(grep -c "the reader of stdout has left: ending" err2)" = 1 ]
	grep -q "^  hint: --log-file" err2
}

@test "a reader of stderr that does not read holds up nothing" {
	apart unshare -rn bash -c '
		ip link set lo up
		mkfifo err
		exec 3<>err
		dd if=/dev/zero bs=4096 count=16 >&3 2>/dev/null
		gcoap-proxy -v --allow-client ::1 --allow-target ::1 --duration 20s --listen coap://127.0.0.1:5690 >out 2>&3 & proxy=$!
		eventually grep -qs ready out
		coap-client-notls -B 20 coap://127.0.0.1:5690/.well-known/core
		kill -USR1 $proxy
		coap-client-notls -B 20 coap://127.0.0.1:5690/.well-known/core
		kill $proxy
		wait $proxy'
	fails_with 0
	[ "$(grep -o rt= <<<"$output" | wc -l)" = 2 ]
}

@test "a reader of stdout that does not read holds up nothing" {
	cat >flood.py <<-'END'
		import socket
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.settimeout(30)
		for n in range(600):
		    s.sendto(bytes([0x50, 1, n >> 8, n & 255]) + b"\xb1x", ("127.0.0.1", 5691))
		    s.recv(1500)
		print("answered")
	END
	through "" '
		mkfifo pipe
		sh -c "exec sleep 300" <pipe & reader=$!
		gcoap-proxy --json --trace --listen coap://127.0.0.1:5691 2>err2 >pipe & second=$!
		lines err2 nothing 1
		/usr/bin/python3 flood.py
		kill $second; wait $second; echo $?; kill $reader'
	prints answered 0
	grep -q "the log is not read: lines are left out" err2
}

@test "TCP, DTLS and TLS reach it, and an identity is one of the log" {
	echo alice:31323334 >psk
	chmod 600 psk
	through "--listen coap+tcp://127.0.0.1:5690 --listen coaps://127.0.0.1:5691,coaps+tcp://127.0.0.1:5691
		--psk-file psk --allow-client alice --allow-group @demo --allow-target 127.77.0.0/16 --json" '
		ask() { coap-client-openssl -B 20 "$@" coap://127.77.0.1/name; }
		ask -P coap+tcp://127.0.0.1:5690 2>&1
		ask -u alice -k 1234 -P coaps://127.0.0.1:5691
		ask -u alice -k 1234 -P coaps+tcp://127.0.0.1:5691
		lines out access 3'
	prints "4.01 Not allow-listed" kitchen kitchen
	"$validate" out
	[ "$(jq -c 'select(.type == "access") | [.transport, .identity]' out)" = \
		'["coap+tcp",null]
["coaps","alice"]
["coaps+tcp","alice"]' ]
	! grep -r 31323334 out err
}

@test "only an allowed identity asks the group" {
	printf 'alice:31323334\nmallory:31323334\n' >psk
	chmod 600 psk
	through "--listen coaps://127.0.0.1:5691 --psk-file psk --allow-client alice --allow-group @demo" '
		ask() { coap-client-openssl -B 20 -k 1234 -P coaps://127.0.0.1:5691 -O 65002,0x02 "$@" coap://224.0.1.187/name 2>&1; echo; }
		ask -u alice; ask -u mallory; one -O 65002,0x02 coap://224.0.1.187/name 2>&1'
	[[ ${lines[0]} != *4.0* ]]
	[[ ${lines[1]} == *4.01* ]]
	[[ ${lines[2]} == *4.01* ]]
}

@test "the config file's section is read, and nothing for clients" {
	config <<-'END'
		[defaults]
		timeout = 1s
		json = yes
		[gcoap-proxy]
		listen = coap://127.0.0.1:5701
		listen = coap://127.0.0.1:5702
		allow-client = 127.0.0.1
		allow-group = @lab
		[group lab]
		uri = coap://224.0.1.187/temp
		interface = lo
	END
	GCOAP_OPTIONS="--json -t 1s" alone gcoap-proxy --duration 0.1s
	fails_with 0
	prints "ready: coap://127.0.0.1:5701" "ready: coap://127.0.0.1:5702"
	[ -z "$stderr" ]
}

@test "it cannot gain a privilege, and with a key it cannot be looked into" {
	echo alice:31323334 >psk
	chmod 600 psk
	through "--listen coaps://127.0.0.1:5691 --psk-file psk" '
		grep -c "^NoNewPrivs:.1" /proc/$proxy/status; stat -c %U /proc/$proxy/environ'
	[ "${lines[0]}" = 1 ]
}

@test "the unit file is hardened" {
	sed "s|@PREFIX@/bin/gcoap-proxy|/bin/true|" "$TOP/scripts/gcoap-proxy.service" >gcoap-proxy.service
	command -v systemd-analyze >/dev/null || skip "no systemd-analyze here"
	systemd-analyze security --offline=true --threshold=20 ./gcoap-proxy.service
	grep -q '^RestartSec=200ms$' gcoap-proxy.service
	grep -q '^LogsDirectory=gcoap$' gcoap-proxy.service
}

@test "T' above --max-timeout is logged as asked and as it counted" {
	through "$open --json --max-timeout 1s" "$group >/dev/null; lines out access 1"
	"$validate" out
	[ "$(jq -c 'select(.type == "access") | [.timeout_asked_ms, .timeout_ms]' out)" = "[2000,1000]" ]
	through "$open --max-timeout 1s --log-file log" "$group >/dev/null; lines log temp 1"
	grep -q "T' 1 of 2 s, " log
}

@test "an Early Stop Request is a record of its own" {
	through "$open --json" 'gcoap-get -q -P coap://127.0.0.1:5690 --dialect ietf -n 3 224.0.1.187/temp >/dev/null
		lines out access 2'
	"$validate" out
	[ "$(jq -r 'select(.type == "access") | .ended_by' out | tr '\n' ,)" = "early stop,early stop request," ]
}
