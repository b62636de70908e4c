# Waiting for what has to come, whatever the load: shared by tests/cli and tests/net.

# eventually CMD...: until it succeeds, at most 30 s
eventually() {
	local i

	for ((i = 0; i < 600; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	echo "never came true: $*" >&2
	return 1
}

has_lines() { [ "$(grep -c -- "$2" "$1")" -ge "$3" ]; } # has_lines FILE PATTERN NUMBER
has_ended() { ! kill -0 "$1"; }
is_blocked_by_pipe() { grep -q pipe_write "/proc/$1/wchan"; }
took_signals() { grep -q '^ShdPnd:[[:space:]]*0*$' "/proc/$1/status"; }

# interrupt_twice PID: each Ctrl-C is a signal of its own, for the first is taken before the
# second comes
interrupt_twice() {
	kill -INT "$1"
	eventually took_signals "$1"
	kill -INT "$1"
}
export -f eventually has_lines has_ended is_blocked_by_pipe took_signals interrupt_twice
