#!/usr/bin/env bats
# The unit tests of the endpoint and the loop where there is nothing but a loopback interface
# with routes for both families.
load helpers

on_bare_loopback() {
	run unshare -rn sh -c "ip link set lo up && ip -6 route add local ff00::/8 dev lo &&
		CMOCKA_MESSAGE_OUTPUT=tap '$BUILD/tests/$1'"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *'not ok'* && $output != *'# no '* ]]
}

@test "the endpoint reaches groups of both families on a bare loopback interface" {
	on_bare_loopback test_udp
}

@test "the loop runs on a bare loopback interface" {
	on_bare_loopback test_loop
}

@test "interfaces are found on a machine that has only one" {
	on_bare_loopback test_iface
}
