#!/usr/bin/env bats
# scripts/lab itself.
load helpers

nodes_talk() {
	local i

	lab exec 1 coap-server-notls -A 10.77.0.1 >/dev/null 2>&1 &
	lab exec 2 coap-server-notls -A fd77::2 >/dev/null 2>&1 &
	for i in 1 2; do
		eventually lab exec "$i" grep -qi ':1633 ' /proc/net/udp /proc/net/udp6
	done
	lab exec 2 coap-client-notls -B 5 coap://10.77.0.1/time >four
	lab exec 1 coap-client-notls -B 5 'coap://[fd77::2]/time' >six
	coap-client-notls -B 5 coap://10.77.0.1/time >outside
}

setup_file() {
	play 2 nodes_talk
	wait
}

@test "nodes reach each other over IPv4 and IPv6, and this side reaches them" {
	look nodes_talk
	for file in four six outside; do
		grep -q '[0-9][0-9]:[0-9][0-9]:[0-9][0-9]' "$file"
	done
}

@test "the command's exit status is that of lab run" {
	run lab run -n 1 sh -c 'exit 42'
	[ "$status" -eq 42 ]
}

@test "what runs in the network ends with the command" {
	mark=$BATS_TEST_TMPDIR/mark
	lab run -n 1 sh -c "lab exec 1 sh -c 'sleep 3; touch $mark' & exit 0"
	sleep 4
	[ ! -e "$mark" ]
}

@test "two networks stand side by side" {
	run lab run -n 2 sh -c 'lab --name two --net 78 -n 1 up; lab list; lab --name two list
		lab --name two down; lab --name two list'
	[ "$status" -eq 0 ]
	[ "$output" = "lab1: 10.77.0.1/16 fd77::1/64 fe80::1/64
lab2: 10.77.0.2/16 fd77::2/64 fe80::2/64
two1: 10.78.0.1/16 fd78::1/64 fe80::1/64" ]
}

@test "a network that is up is not built again" {
	run lab run -n 1 lab up
	[ "$status" -eq 1 ]
	[[ $output == *"lab is up already"* ]]
}

@test "lab --help is on stdout and names every command" {
	run lab --help
	[ "$status" -eq 0 ]
	for word in up down exec run list; do
		[[ $output == *"lab $word"* ]]
	done
}

@test "wrong use is told with a hint" {
	run lab frobnicate
	[ "$status" -eq 1 ]
	[[ $output == *"unknown command \"frobnicate\""*"hint: lab --help"* ]]
	run lab run -n 0 true
	[ "$status" -eq 1 ]
	run lab run -n 1 lab exec 7 true
	[ "$status" -eq 1 ]
	[[ $output == *"no node 7"* ]]
}
