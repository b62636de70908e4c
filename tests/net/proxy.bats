#!/usr/bin/env bats
# gcoap-proxy between clients and servers that share no code with it: tests/net/proxy_probe.py.
# Each group of checks runs in a network of its own, all at once, as they mostly wait.
load helpers

GROUPS_OF_CHECKS='forward reverse chain observe cache bad security killed'

setup_file() {
	local group

	for group in $GROUPS_OF_CHECKS; do
		(
			cd "$BATS_FILE_TMPDIR" || exit
			timeout 170 unshare --user --map-root-user --net --mount --pid --fork \
				--kill-child --mount-proc /usr/bin/python3 -B \
				"$TOP/tests/net/proxy_probe.py" "$group" >"$group.tap" 2>"$group.err" ||
				echo $? >"$group.status"
		) 3>&- &
	done
	wait
}

# all_well GROUP: none of its checks has failed
all_well() {
	local tap=$BATS_FILE_TMPDIR/$1

	[ -e "$tap.status" ] || [ ! -s "$tap.tap" ] || return 0
	sed -n '/^not ok/,/^\(ok\|not ok\)/p' "$tap.tap" | head -150 >&2
	tail -20 "$tap.err" >&2
	return 1
}

@test "forward: requests to groups and servers, and what comes back" {
	all_well forward
}

@test "reverse: groups that stand behind a path or a name, modes A, B and C" {
	all_well reverse
}

@test "chain: a next proxy, and three in a row" {
	all_well chain
}

@test "observe: notifications to several clients, and their end" {
	all_well observe
}

@test "cache: both models, and that nobody gets the answer to something else" {
	all_well cache
}

@test "bad: datagrams that are wrong, of clients and of servers" {
	all_well bad
}

@test "security: amplification, strangers, tokens, forged answers" {
	all_well security
}

@test "killed: kill -9 in the middle of exchanges, twenty times" {
	all_well killed
}
