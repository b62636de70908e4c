#!/usr/bin/env bats
# System calls that fail while gcoap-get asks a simulated group, and hosts that cannot send.
load helpers

setup() {
	command -v strace >/dev/null || skip "strace is not installed"
}

ask() {
	simulate -n 5 --leisure 100ms
	ASAN_OPTIONS=detect_leaks=0 timeout 20 strace -qq -o /dev/null "${INJECT[@]}" \
		gcoap-get --json -i lo -n 5 -t 5s "coap://$GROUP4/light" >out.jsonl 2>err || echo $? >status
}

# ask_with INJECTION...: gcoap-get under strace asks a group of 5
ask_with() {
	local inject=() one

	for one in "$@"; do
		inject+=(-e "inject=$one")
	done
	cd "$BATS_TEST_TMPDIR"
	echo 0 >status
	eval "injected() { INJECT=($(printf '%q ' "${inject[@]}")); ask; }"
	on_lo injected ask
	status=$(cat status)
}

all_five() {
	cat err
	[ "$status" -eq 0 ]
	[ "$(summary servers out.jsonl)" -eq 5 ]
}

@test "interrupted calls are made again" {
	ask_with sendmmsg:error=EINTR:when=1 recvmmsg:error=EINTR:when=1..3 \
		ppoll:error=EINTR:when=1..3
	all_five
}

@test "a full send buffer and a full device queue are waited for" {
	ask_with sendmmsg:error=EAGAIN:when=1
	all_five
	ask_with sendmmsg:error=ENOBUFS:when=1..5
	all_five
}

@test "a refused send is told at once, with its reason" {
	for error in EPERM ENETUNREACH EMSGSIZE; do
		ask_with "sendmmsg:error=$error"
		[ "$status" -eq 5 ]
		[ "$(grep -c '^gcoap-get: ' err)" -eq 1 ]
		[ "$(summary ended_by out.jsonl)" = error ]
	done
}

@test "a host that is not there is told by the network, not waited for" {
	cd "$BATS_TEST_TMPDIR"
	run lab run -n 1 lab exec 1 bash -c 'gcoap-get -t 60s 10.77.0.200/x 2>err; echo $?; cat err
		gcoap-get -t 60s "coap://[fd77::200]/x" 2>err; echo $?; cat err'
	[ "$output" = "5
gcoap-get: no route to 10.77.0.200
  hint: check that it is on, and the way there: gcoap doctor
5
gcoap-get: no route to fd77::200
  hint: check that it is on, and the way there: gcoap doctor" ]
}

@test "no socket, no loop: told with the call that failed" {
	ask_with socket:error=EMFILE
	[ "$status" -eq 5 ]
	ask_with bind:error=EACCES
	[ "$status" -eq 5 ]
	ask_with epoll_create1:error=EMFILE
	[ "$status" -eq 5 ]
	grep -qx 'gcoap-get: cannot start: Too many open files' err
	ask_with socket:error=ENOMEM
	[ "$status" -eq 5 ]
	grep -q 'Cannot allocate memory' err
}

@test "a receive call that only fails ends the run" {
	ask_with recvmmsg:error=EIO
	[ "$status" -eq 5 ]
}

@test "without a route to the group the send fails at once, with a hint" {
	run unshare -rn bash -c "ip link set lo up; time -p gcoap-get coap://$GROUP4/x"
	[ "$status" -eq 5 ]
	[[ $output == *'gcoap-get: '*'hint: '* ]]
}

@test "an interface that is down cannot be asked" {
	run unshare -rn bash -c "gcoap-get -i lo coap://$GROUP4/x"
	[ "$status" -eq 5 ]
	[[ $output == *'gcoap-get: '* ]]
}

@test "the interface vanishes while answers are awaited: those that came are shown" {
	cat >"$BATS_TEST_TMPDIR/scene" <<-END
		source '$TOP/tests/net/helpers.bash'
		cd '$BATS_TEST_TMPDIR'
		libcoap_servers4 1 2
		exits 0 gcoap-get --json -t 20s coap://$GROUP4/time >out.jsonl &
		client=\$!
		eventually has_lines out.jsonl '"response"' 2
		ip link set lab0 down
		wait \$client
	END
	run lab run -n 2 bash -e "$BATS_TEST_TMPDIR/scene"
	[ "$status" -eq 0 ]
	[ "$(summary servers "$BATS_TEST_TMPDIR/out.jsonl")" -eq 2 ]
}
