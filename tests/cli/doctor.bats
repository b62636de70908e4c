# gcoap doctor: verdicts, hints, status.
load helpers

@test "a host with loopback only: no failure, and hints" {
	alone gcoap doctor
	fails_with 0
	[[ "$output" == *"OK    interface lo "* ]]
	[[ "$output" == *"WARN  route 224.0.1.187 "*"hint: "* ]]
	[[ "$output" == *"OK    loopback multicast    a datagram to 224.0.1.187 came back"* ]]
	[[ "$output" == *"WARN  loopback multicast    IPv6"* ]]
}

@test "IPv6 multicast on loopback is seen once there is a route" {
	apart unshare -rn sh -c 'ip link set lo up; ip -6 route add local ff00::/8 dev lo
		exec gcoap doctor'
	fails_with 0
	[[ "$output" == *"OK    loopback multicast    a datagram to ff02::fd came back"* ]]
}

@test "no interface at all fails with 10" {
	apart unshare -rn gcoap doctor
	fails_with 10
	[[ "$output" == *"FAIL  loopback"* ]]
}

@test "who joined the group, and who has the port" {
	group -n 2 --leisure 0 -- gcoap doctor 224.0.1.187
	fails_with 0
	[[ "$output" == *"group 224.0.1.187     joined on this host: lo"* ]]
	[[ "$output" == *"port 5683 "*"gcoap-sim ("* ]]
}

@test "--json is one object a line" {
	alone gcoap doctor --json
	fails_with 0
	[ "$(jq -r .type <<<"$output" | sort -u | tr '\n' ' ')" = "check summary " ]
	[ "$(jq -r 'select(.type=="check" and .verdict!="ok") | .hint' <<<"$output" |
		grep -c null)" -eq 0 ]
}

@test "a group that is none is a usage error" {
	apart gcoap doctor 127.0.0.1
	fails_with 2
	apart gcoap doctor nonsense
	fails_with 2
}
