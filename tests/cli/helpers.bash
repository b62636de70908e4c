# Shared by the tool tests. Each test keeps stdout, stderr and status apart, runs in network
# namespaces of its own, and reads no configuration but its own.
bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
source "$TOP/tests/waiting.bash"
BUILD=${GCOAP_BUILD:-$TOP/build}
export PATH=$BUILD/bin:$PATH
unset "${!GCOAP_@}" COLUMNS NO_COLOR CLICOLOR_FORCE
export GCOAP_BUILD=$BUILD # bats reads this file for a test file and for each of its tests
export LC_ALL=C.UTF-8 TERM=xterm

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	export HOME=$BATS_TEST_TMPDIR
	export XDG_CONFIG_HOME=$HOME/config XDG_CACHE_HOME=$HOME/cache
	mkdir -p "$XDG_CONFIG_HOME/gcoap"
}

# A config file, from stdin.
config() {
	cat >"$XDG_CONFIG_HOME/gcoap/config"
}

# Run a command; $output, $stderr and $status tell.
apart() {
	run --separate-stderr "$@"
}

# The same in a namespace where only loopback is.
alone() {
	apart unshare -rn bash -c 'ip link set lo up && exec "$@"' bash "$@"
}

# The same beside a simulated group: group [OPTION of gcoap-sim]... -- COMMAND...
group() {
	apart gcoap-sim -q --netns --seed 7 "$@"
}

# run_group "OPTION-OF-GCOAP-SIM..." SCRIPT: a script beside a simulated group
run_group() {
	# shellcheck disable=SC2086 # words
	apart gcoap-sim -q --netns --seed 7 --leisure 100ms $1 -- bash -c "$2"
}

# The same beside one server that answers as the case says: hostile CASE COMMAND...
hostile() {
	alone /usr/bin/python3 "$TOP/tests/cli/hostile.py" "$@"
}

fails_with() {
	[ "$status" -eq "$1" ] || {
		echo "status $status, not $1"
		echo "stdout: $output"
		echo "stderr: $stderr"
		return 1
	}
}

# The whole of stderr, line by line.
says() {
	local want
	want=$(printf '%s\n' "$@")
	[ "$stderr" = "$want" ] || {
		diff <(echo "$want") <(echo "$stderr")
		return 1
	}
}

# stderr has this text somewhere.
mentions() {
	[[ "$stderr" == *"$1"* ]] || {
		echo "stderr: $stderr"
		return 1
	}
}

prints() {
	local want
	want=$(printf '%s\n' "$@")
	[ "$output" = "$want" ] || {
		diff <(echo "$want") <(echo "$output")
		return 1
	}
}

prints_nothing() {
	[ -z "$output" ] || {
		echo "stdout: $output"
		return 1
	}
}

# True when stdin (or $output) holds nothing that moves a terminal.
no_controls() {
	! printf '%s' "$1" | LC_ALL=C grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]'
}
