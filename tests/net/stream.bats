#!/usr/bin/env bats
# DTLS, TCP and TLS: our clients at Debian's libcoap servers, its clients at gcoap-proxy, and what
# must not be believed. The keys below are found in no output.
bats_require_minimum_version 1.5.0
load helpers
load keys

over_tcp() {
	local flavour

	for flavour in notls openssl gnutls; do
		"coap-server-$flavour" -A 127.0.0.1 >>server.log 2>&1 &
		server=$!
		eventually is_bound 5683
		exits 0 gcoap-get --json coap+tcp://127.0.0.1/time >"$flavour.jsonl"
		exits 1 gcoap-get --json coap+tcp://127.0.0.1/none >"$flavour.none.jsonl"
		exits 0 gcoap-discover --flat coap+tcp://127.0.0.1 >"$flavour.links"
		exits 0 gcoap-observe --json -C 2 coap+tcp://127.0.0.1/time >"$flavour.observed"
		end_server
	done
}

over_tcp_in_blocks() {
	coap-server-notls -A 127.0.0.1 -d 10 >server.log 2>&1 &
	eventually is_bound 5683
	head -c 5000 /dev/zero | tr '\0' x >body
	exits 0 gcoap-get -m put -f body coap+tcp://127.0.0.1/big
	exits 0 gcoap-get --format raw coap+tcp://127.0.0.1/big >fetched
}

over_tls() {
	local flavour scheme

	make_keys
	for flavour in openssl gnutls; do
		libcoap_server "$flavour" -k "$SECRET"
		for scheme in coaps coaps+tcp; do
			exits 0 gcoap-get --json --psk-file alice.psk "$scheme://127.0.0.1/time" \
				>"psk.$flavour.$scheme"
			exits 0 gcoap-observe --json -C 2 --psk-file alice.psk \
				"$scheme://127.0.0.1/time" >"observed.$flavour.$scheme"
		done
		end_server
		libcoap_server "$flavour" -c server.pem -j server.key -C ca.pem
		for scheme in coaps coaps+tcp; do
			exits 0 gcoap-get --json --credentials alice.cred "$scheme://localhost/time" -4 \
				>"cert.$flavour.$scheme"
		done
		end_server
	done
}

# refused WHAT COMMAND...: exits with 8, before any answer, and says why in $1.err
refused() {
	exits 8 "${@:2}" >>answers 2>>"$1.err"
	tail -2 "$1.err"
}

certificates_of_servers() {
	local flavour scheme name

	make_keys
	authority evil
	issue forged server evil
	issue named elsewhere ca DNS:elsewhere.example
	DAYS=0 issue expired server ca
	openssl req -x509 -new -key server.key -subj /CN=server -days 9 -out self.pem \
		-addext subjectAltName=IP:127.0.0.1 2>/dev/null
	cp server.key self.key
	sleep 1.1 # the one of 0 days ends
	for flavour in openssl gnutls; do
		for name in forged named expired self; do
			"coap-server-$flavour" -A 127.0.0.1 -c $name.pem -j $name.key -n \
				>>server.log 2>&1 &
			server=$!
			eventually is_bound 5684
			for scheme in coaps coaps+tcp; do
				refused "$name" gcoap-get --credentials alice.cred "$scheme://127.0.0.1/time"
			done
			end_server
		done
	done
	credentials any.cred ca=ca.pem any-name=yes
	libcoap_server openssl -c named.pem -j named.key -n
	exits 0 gcoap-get --credentials any.cred coaps://127.0.0.1/time >any
	refused system gcoap-get coaps://127.0.0.1/time
}

credentials_of_clients() {
	local scheme

	make_keys
	authority evil
	issue mallory alice evil
	credentials mallory.cred cert=mallory.pem key=mallory.key ca=ca.pem
	credentials none.cred ca=ca.pem
	psk_file wrong.psk 'alice:"another"'
	psk_file nobody.psk "carol:\"$SECRET\""
	proxy
	for scheme in coaps coaps+tcp; do
		exits 0 gcoap-get --credentials alice.cred "$scheme://127.0.0.1:5702$STATS" >right
		exits 0 gcoap-get --psk-file alice.psk "$scheme://127.0.0.1:5702$STATS" >right
		refused forged gcoap-get --credentials mallory.cred "$scheme://127.0.0.1:5702$STATS"
		refused missing gcoap-get --credentials none.cred "$scheme://127.0.0.1:5702$STATS"
		refused key gcoap-get -t 3s --psk-file wrong.psk "$scheme://127.0.0.1:5702$STATS"
		refused identity gcoap-get --psk-file nobody.psk "$scheme://127.0.0.1:5702$STATS"
	done
}

STATS=/.well-known/gcoap/stats
export STATS

# A proxy with alice and bob, of whom alice may ask; make_keys comes first
proxy() {
	psk_file server.psk "bob:\"b$SECRET\"" "alice:\"$SECRET\""
	credentials server.cred cert=server.pem key=server.key ca=ca.pem
	gcoap-proxy --listen coap+tcp://127.0.0.1:5701 --listen coaps://127.0.0.1:5702 \
		--listen coaps+tcp://127.0.0.1:5702 --psk-file server.psk --credentials server.cred \
		--allow-client alice --allow-group @demo --allow-target 127.0.0.0/8 \
		--max-per-minute 0 --cache off "$@" \
		>proxy.log 2>&1 &
	eventually is_bound 5702
}

libcoap_clients() {
	local flavour scheme

	make_keys
	psk_file bob.psk "bob:\"b$SECRET\""
	simulate -n 3 --leisure 200ms
	proxy
	for flavour in openssl gnutls notls; do
		"coap-client-$flavour" -B 5 -P coap+tcp://127.0.0.1:5701 coap://127.77.0.1/temp
	done >tcp 2>&1
	for flavour in openssl gnutls; do
		for scheme in coaps coaps+tcp; do
			"coap-client-$flavour" -B 5 -u alice -k "$SECRET" -P "$scheme://127.0.0.1:5702" \
				coap://127.77.0.1/temp
			"coap-client-$flavour" -B 5 -c alice.pem -j alice.key -C ca.pem \
				-P "$scheme://127.0.0.1:5702" coap://127.77.0.1/temp
		done
	done >one 2>&1
	for scheme in coaps coaps+tcp; do
		"coap-client-openssl" -B 5 -u alice -k "$SECRET" -P "$scheme://127.0.0.1:5702" \
			-o "big.$scheme" coap://127.77.0.1/big
	done
	# Multicast-Signaling 2: answers for two seconds; libcoap's client ends with the first one.
	for scheme in coaps coaps+tcp; do
		"coap-client-openssl" -B 5 -u alice -k "$SECRET" -O 65002,0x02 \
			-P "$scheme://127.0.0.1:5702" coap://224.0.1.187/temp
	done >group 2>&1
	for scheme in coaps coaps+tcp; do
		"coap-client-openssl" -B 2 -u bob -k "b$SECRET" -O 65002,0x02 \
			-P "$scheme://127.0.0.1:5702" coap://224.0.1.187/temp
	done >stranger 2>&1
}

# con MID URI: a CON request with Proxy-Uri, of less than 269 bytes
con() {
	printf "\\x41\\x01\\x00\\x$1\\xaa\\xdd\\x16\\x$(printf %02x $((${#2} - 13)))%s" "$2"
}

is_silent() { ss -Hlun | grep -q 127.0.0.9; }
# What went to descriptor 4 has been read.
is_read() {
	python3 -c 'import fcntl, sys, termios; sys.exit(any(fcntl.ioctl(4, termios.FIONREAD, b"0000")))'
}
has_come() { od -An -v -tx1 acks | tr -d ' \n' | grep -q "$1"; }
acks() {
	local client

	make_keys
	simulate
	proxy
	python3 -c 'if True:
		import socket, time
		s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		s.bind(("127.0.0.9", 5699))
		time.sleep(60)' &
	eventually is_silent
	mkfifo requests
	openssl s_client -dtls1_2 -quiet -state -connect 127.0.0.1:5702 \
		-psk_identity alice -psk "$(printf %s "$SECRET" | od -An -tx1 | tr -d ' \n')" \
		<requests >acks 2>client.err &
	client=$!
	exec 4>requests
	eventually grep -q 'read finished' client.err
	con 01 coap://127.77.0.1/temp >&4
	eventually has_come 61450001aa
	con 01 coap://127.77.0.1/temp >&4
	eventually is_read # each is a record of its own
	con 02 coap://127.0.0.9:5699/silent >&4
	eventually has_come 60000002
	kill "$client"
	od -An -v -tx1 acks | tr -d ' \n' >acks.hex
}

# dtls_client <REQUESTS >ANSWERS: alice's, by hand
dtls_client() {
	timeout 30 openssl s_client -dtls1_2 -quiet -connect 127.0.0.1:5702 \
		-psk_identity alice -psk "$(printf %s "$SECRET" | od -An -tx1 | tr -d ' \n')" 2>client.err
}

# notices FILE: the Message IDs of the NON 2.05 in it, with token aa
notices() { od -An -v -tx1 "$1" | tr -d ' \n' | grep -oE '5145....aa' | cut -c5-8; }
has_notices() { [ "$(notices "$1" | wc -l)" -ge "$2" ]; }

# A NON registration of a server's resource; RST to its first notification, then nothing more
resets() {
	make_keys
	simulate --every 300ms
	proxy --trace
	mkfifo to
	dtls_client <to >from &
	exec 9>to
	printf '\x51\x01\x00\x01\xaa\x60\xdd\x10\x09coap://127.77.0.1/temp' >&9
	eventually has_notices from 2
	printf "\\x70\\x00\\x$(notices from | head -1 | cut -c1-2)\\x$(notices from | head -1 | cut -c3-4)" >&9
	eventually grep -q 'ended after .*: reset' proxy.log
	eventually grep -q 'proxy -> server 127.77.0.1:5683: CON .* Observe: 1;' proxy.log
	exec 9>&-
}

our_clients_and_the_proxy() {
	local proxy

	make_keys
	psk_file bob.psk "bob:\"b$SECRET\""
	psk_file wrong.psk 'alice:"another"'
	simulate -n 3 --leisure 200ms
	proxy
	for proxy in coaps coaps+tcp; do
		set -- -P "$proxy://127.0.0.1:5702" --psk-file alice.psk
		exits 0 gcoap-get --json -n 3 "$@" @demo/temp >"get.$proxy"
		exits 0 gcoap-get --json "$@" coap://127.77.0.1/big >"big.$proxy"
		exits 0 gcoap-observe --json -C 6 "$@" @demo/temp >"observe.$proxy"
		exits 0 gcoap-discover --flat -n 3 --credentials alice.cred -P "$proxy://localhost:5702" \
			@demo >"discover.$proxy"
		exits 7 gcoap-get -P "$proxy://127.0.0.1:5702" --psk-file bob.psk @demo/temp 2>"bob.$proxy"
		exits 8 gcoap-get -t 3s -P "$proxy://127.0.0.1:5702" --psk-file wrong.psk @demo/temp \
			2>"wrong.$proxy"
	done
	exits 7 gcoap-get -P coap+tcp://127.0.0.1:9 @demo/temp 2>gone
	exits 7 gcoap-get -P coap+tcp://127.0.0.1:5701 @demo/temp 2>nobody
}

odd_ends() {
	make_keys
	exits 5 gcoap-get coap+tcp://127.0.0.1:9/x 2>refused.err
	exits 5 gcoap-get --psk-file alice.psk coaps://127.0.0.1:9/x 2>dtls.err
	exits 2 gcoap-get coap+tcp://224.0.1.187/x 2>group.err
	exits 2 gcoap-get coaps://127.0.0.1/x coap://127.0.0.1/x 2>two.err
	chmod 640 alice.psk
	exits 8 gcoap-get --psk-file alice.psk coaps://127.0.0.1/x 2>mode.err
	coap-server-notls -A 127.0.0.1 >server.log 2>&1 &
	eventually is_bound 5683
	exits 0 gcoap-get --pcap no.pcap -v coap+tcp://127.0.0.1/time >out 2>pcap.err
	LD_DEBUG=files exits 0 gcoap-get coap://127.0.0.1/time >out 2>udp.files
	LD_DEBUG=files exits 0 gcoap-get coap+tcp://127.0.0.1/time >out 2>tcp.files
}

@test "our clients ask, observe and discover over TCP" {
	on_lo over_tcp libcoap_server is_bound end_server
	for flavour in notls openssl gnutls; do
		[ "$(jq -r 'select(.type == "response") | .code' $flavour.jsonl)" = 2.05 ]
		[ "$(jq -r 'select(.type == "response") | .code' $flavour.none.jsonl)" = 4.04 ]
		grep -q ticks $flavour.links
		[ "$(jq -r 'select(.type == "notification") | .code' $flavour.observed | wc -l)" -ge 2 ]
	done
}

@test "a body in blocks goes and comes over TCP" {
	on_lo over_tcp_in_blocks is_bound
	cmp body fetched
}

@test "our clients over DTLS and TLS, with PSK and certificates" {
	on_lo over_tls make_keys authority key issue credentials psk_file libcoap_server is_bound \
		end_server
	for file in psk.* cert.*; do
		[ "$(jq -r 'select(.type == "response") | .code' "$file")" = 2.05 ]
	done
	for file in observed.*; do
		[ "$(jq -r 'select(.type == "notification") | .code' "$file" | wc -l)" -ge 2 ]
	done
}

@test "no server is believed with a certificate that proves nothing" {
	on_lo certificates_of_servers make_keys authority key issue credentials psk_file \
		libcoap_server is_bound end_server refused
	[ ! -s answers ]
	[ "$(grep -c 'its certificate is refused' forged.err)" -eq 4 ]
	[ "$(grep -c 'its certificate is not for 127.0.0.1' named.err)" -eq 4 ]
	[ "$(grep -c 'certificate has expired' expired.err)" -eq 4 ]
	[ "$(grep -c 'self-signed certificate' self.err)" -eq 4 ]
	grep -q 'its certificate is refused' system.err
}

@test "no client is let in with a wrong certificate, none, a wrong key or identity" {
	on_lo credentials_of_clients make_keys authority key issue credentials psk_file proxy is_bound \
		refused
	[ ! -s answers ]
	[ "$(grep -c 'it ended the handshake' forged.err)" -eq 2 ]
	[ "$(grep -c 'it ended the handshake' missing.err)" -eq 2 ]
	[ "$(grep -cE 'it ended the handshake|another key' key.err)" -eq 2 ]
	[ "$(grep -cE 'it ended the handshake|another key' identity.err)" -eq 2 ]
	run ! grep -rE --exclude='*.psk' "$SECRET|another-secret" .
}

@test "libcoap's clients reach one server and a group through gcoap-proxy" {
	on_lo libcoap_clients make_keys authority key issue credentials psk_file proxy is_bound simulate
	[ "$(grep -o '"n":"temp"' one | wc -l)" -eq 8 ]
	[ "$(wc -c <big.coaps)" -eq 1500 ]
	cmp big.coaps big.coaps+tcp
	[ "$(grep -o '"n":"temp"\|4.01' tcp | wc -l)" -eq 3 ]
	[ "$(grep -o '"n":"temp"' group | wc -l)" -eq 2 ]
	[ "$(grep -c 4.01 stranger)" -eq 2 ]
	run ! grep -q '"n":"temp"' stranger
	run ! grep -rE --exclude='*.psk' "$SECRET" .
}

@test "an ACK over DTLS carries a fast answer, and does not wait for a slow one" {
	on_lo acks make_keys authority key issue credentials psk_file proxy is_bound con is_silent \
		is_read has_come
	[ "$(grep -o 61450001aa acks.hex | wc -l)" -eq 2 ] # the request came twice
	[ "$(grep -o 60000002 acks.hex | wc -l)" -eq 1 ]
	run ! grep -q 60000001 acks.hex
}

@test "a RST over DTLS to a NON notification ends the observation" {
	on_lo resets make_keys authority key issue credentials psk_file proxy is_bound simulate \
		dtls_client notices has_notices
}

@test "our clients ask, observe and discover a group through a proxy over DTLS and TLS" {
	on_lo our_clients_and_the_proxy make_keys authority key issue credentials psk_file proxy \
		is_bound simulate
	for proxy in coaps coaps+tcp; do
		[ "$(servers "get.$proxy" | wc -l)" -eq 3 ]
		[ "$(jq -r 'select(.type == "summary") | .bytes' "big.$proxy")" = 1500 ]
		[ "$(jq -r 'select(.type == "notification") | .server' "observe.$proxy" | sort -u |
			wc -l)" -eq 3 ]
		[ "$(grep -c /temp "discover.$proxy")" -eq 3 ]
		grep -q 'proxy 127.0.0.1:5702.*4.01' "bob.$proxy"
	done
	grep -q 'Connection refused' gone
	grep -q 4.01 nobody
	run ! grep -rE --exclude='*.psk' "$SECRET" .
}

@test "what cannot be is said, and UDP loads nothing of it" {
	on_lo odd_ends make_keys authority key issue credentials psk_file is_bound
	grep -q 'Connection refused' refused.err
	grep -q 'Connection refused' dtls.err
	grep -q 'a group cannot be asked over coap+tcp' group.err
	grep -q 'not one session' two.err
	grep -q 'mode 0640' mode.err
	grep -q 'hint: chmod 600' mode.err
	[ "$(grep -c -- --pcap pcap.err)" -eq 1 ]
	grep -q -- '-> 127.0.0.1:5683 coap+tcp GET, token' pcap.err
	[ ! -e no.pcap ]
	run ! grep -qE 'libcoap|libssl|libcrypto' udp.files
	grep -q libcoap tcp.files
}
