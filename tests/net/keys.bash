# Shared by the tests over DTLS and TLS: keys, certificates, and libcoap's servers that have them.
SECRET=a-canary-in-a-key
export SECRET

# key NAME: a private key; issue NAME CN CA [SAN]: a certificate for it, by that CA
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key" && chmod 600 "$1.key"; }
issue() {
	key "$1"
	openssl req -new -key "$1.key" -subj "/CN=$2" |
		openssl x509 -req -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days "${DAYS-9}" \
			-extfile <(echo "subjectAltName=${4-DNS:localhost,IP:127.0.0.1}") \
			-out "$1.pem" 2>/dev/null
}
authority() {
	key "$1"
	openssl req -x509 -new -key "$1.key" -subj "/CN=$1" -days 9 -out "$1.pem" 2>/dev/null
}
# credentials NAME LINE...: a file for --credentials
credentials() {
	printf '%s\n' '[certificate]' "${@:2}" >"$1"
	chmod 600 "$1"
}
psk_file() {
	printf '%s\n' "${@:2}" >"$1"
	chmod 600 "$1"
}
make_keys() {
	authority ca
	issue server server ca
	issue alice alice ca
	credentials alice.cred cert=alice.pem key=alice.key ca=ca.pem
	psk_file alice.psk "alice:\"$SECRET\""
}

# libcoap_server FLAVOUR OPTION...: coap at port 5683, coaps at 5684, UDP and TCP; $server to
# end it
libcoap_server() {
	"coap-server-$1" -A 127.0.0.1 -v 4 "${@:2}" >>server.log 2>&1 &
	server=$!
	eventually is_bound 5684 || eventually is_bound 5683
}
is_bound() { ss -Hltn "sport = :$1" | grep -q .; }
end_server() {
	kill "$server"
	wait "$server" || true
}
