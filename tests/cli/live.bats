# gcoap-observe --live on a real terminal (tmux): what it shows, and that it leaves the terminal
# as it was on every way out.
load helpers

teardown() {
	[ ! -S pane ] || tmux -S pane kill-server 2>/dev/null || true
}

pane() {
	tmux -S "$BATS_TEST_TMPDIR/pane" -f /dev/null "$@"
}

# screen WIDTH HEIGHT OPTION-OF-SIM... -- ARGUMENT...: gcoap-observe --live beside a group; its
# id is in ./pid, its exit status in ./status when it has ended.
screen() {
	local width=$1 height=$2 sim=()
	shift 2
	while [ "$1" != -- ]; do
		sim+=("$1")
		shift
	done
	shift
	cat >run <<-'END'
		stty -a | sed 's/rows.*columns [0-9]*;//' >before
		bash -c 'echo $$ >pid; exec gcoap-observe --live "$@"' sh "$@" 2>err
		echo $? >status.new
		stty -a | sed 's/rows.*columns [0-9]*;//' >after
		mv status.new status
		sleep 60
	END
	pane new-session -d -x "$width" -y "$height" \
		"$(printf '%q ' gcoap-sim -q --seed 7 --profile sensors --leisure 50ms \
			"${sim[@]}" --netns -- bash run "$@"); true"
}

# The screen into ./seen: has_shown TEXT, has_hidden TEXT
has_shown() {
	pane capture-pane -p >seen
	grep -qF -- "$1" seen
}
has_hidden() {
	! has_shown "$1"
}

# shows TEXT, hides TEXT: the screen comes to it
shows() {
	eventually has_shown "$1" || { cat seen; return 1; }
}
hides() {
	eventually has_hidden "$1" || { cat seen; return 1; }
}

press() {
	pane send-keys "$@"
}

# ended STATUS: it has, and the terminal is as it was
ended() {
	eventually test -e status
	[ "$(cat status)" = "$1" ] || { echo "status $(cat status), not $1"; cat err; return 1; }
	diff before after
	[ "$(pane display-message -p '#{alternate_on} #{cursor_flag} #{keypad_cursor_flag}')" = \
		"0 1 0" ]
}

@test "80 columns: a line for each server, the sums below" {
	screen 80 24 -n 3 --every 1s -- @demo/temp
	shows '127.77.0.3'
	shows 'servers; '
	grep -qE '^gcoap-observe @demo/temp +\(q quit, p pause, s sort, d view\)$' seen
	grep -qE '^SERVER +VALUE +AGE +N +RATE +GAPS +LAST 60 s$' seen
	grep -qE '^127\.77\.0\.1 +[0-9.]+ Cel +[0-9.]+ s!? +[0-9]+ +(-|[0-9.]+/s) +0 +[▁▂▃▄▅▆▇█]' seen
	press q
	ended 0
}

@test "40 and 120 columns, and a resize in mid-run" {
	screen 40 24 -n 3 --every 1s -- @demo/temp
	shows '127.77.0.3'
	grep -qE '^gcoap-observe @demo/temp +\(h help\)$' seen
	run ! grep -q 'LAST 60 s' seen
	pane resize-window -x 120 -y 40
	shows 'LAST 60 s'
	shows '(q quit, p pause, s sort, d view)'
	[ "$(awk '{ if (length($0) > n) n = length($0) } END { print n }' seen)" -le 120 ]
	sed -n 40p seen | grep -q servers
	pane resize-window -x 40 -y 10
	shows '(h help)'
	sed -n 10p seen | grep -q servers
	press q
	ended 0
}

@test "the ordinary end stands behind it" {
	screen 100 24 -n 3 --every 300ms -- -d 5s @demo/temp
	ended 0
	grep -q '^SERVER .*STATE' err
	[ "$(grep -c '^127.77.0.[123]:5683  observing' err)" -eq 3 ]
	grep -q 'stopped by duration' err
}

@test "names, paths of several requests, --ascii" {
	config <<<$'[names]\n127.77.0.1 = kitchen'
	screen 120 24 -n 2 --every 300ms -- --ascii -t 5s @demo/temp @demo/sensors
	shows 'kitchen/temp'
	shows 'kitchen/sensors'
	run ! grep -qP '[^\x00-\x7f]' seen
	press q
	ended 0
}

@test "a stale value is marked and named" {
	screen 120 24 -n 2 --every 1s -- @demo/temp
	shows '127.77.0.2'
	sim=$(pgrep -x -P "$(pane display-message -p '#{pane_pid}')" gcoap-sim)
	kill -STOP "$sim"
	shows '<- stale (Max-Age 1 s)'
	grep -qE ' s! ' seen
	shows '2 servers, 2 stale; '
	kill -CONT "$sim"
	press q
	ended 0
}

@test "more servers than lines: the list scrolls" {
	screen 80 13 -n 30 --every 1s -- @demo/temp
	shows '1-10 of 30 servers'
	press NPage
	shows '11-20 of 30 servers'
	press End
	shows '21-30 of 30 servers'
	shows '127.77.0.30'
	press Home
	shows '1-10 of 30 servers'
	press q
	ended 0
}

@test "keys: sort, view, pause, help" {
	screen 80 24 -n 3 --every 300ms -- @demo/temp
	shows 'by server'
	press s
	shows 'by value'
	press d
	hides RATE
	grep -q 'LAST 60 s' seen
	press d
	shows 'endpoint  '
	shows 'request        coap://224.0.1.187/temp'
	press '?'
	shows 'this help'
	press x
	shows 'endpoint  '
	press Escape
	shows 'RATE'
	press p
	shows 'PAUSED, '
	shows 'PAUSED, 4'
	press p
	shows '3 servers; '
	press q
	ended 0
}

@test "every way out restores the terminal" {
	for way in q INT TERM HUP key-INT; do
		rm -f status after pid
		screen 80 24 -n 2 --every 300ms -- @demo/temp
		shows '127.77.0.2'
		case $way in
		q) press q ;;
		key-INT) press C-c ;;
		*) kill -$way "$(cat pid)" ;;
		esac
		ended 0 || { echo "way out: $way"; false; }
		grep -q 'stopped by interrupt' err
		pane kill-server
	done
}

@test "also crashes and a second Ctrl-C do" {
	export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}handle_segv=0
	for way in ABRT:134 SEGV:139; do
		rm -f status after pid
		screen 80 24 -n 2 --every 300ms -- @demo/temp
		shows '127.77.0.2'
		kill -"${way%:*}" "$(cat pid)"
		ended "${way#*:}" || { echo "way out: $way"; false; }
		pane kill-server
	done
	rm -f status after
	screen 80 24 -n 2 --every 300ms -- @demo/temp
	shows '127.77.0.2'
	kill -STOP "$(cat pid)"
	kill -INT "$(cat pid)"
	kill -TERM "$(cat pid)"
	kill -CONT "$(cat pid)"
	ended 130
}

@test "Ctrl-Z gives the terminal to the shell, fg brings the screen back" {
	stty_of='stty -a | sed "s/rows.*columns [0-9]*;//"'
	pane new-session -d -x 120 -y 24 \
		"gcoap-sim -q --profile sensors --every 300ms -n 2 --leisure 50ms --netns -- bash --norc"
	press "PS1=ready:; $stty_of >before" Enter
	shows 'ready:'
	press 'gcoap-observe --live @demo/temp; echo "was $?"' Enter
	shows '127.77.0.2'
	press C-z
	shows 'Stopped'
	[ "$(pane display-message -p '#{alternate_on}')" = 0 ]
	press "$stty_of >after; echo writ''ten" Enter
	shows 'written'
	diff before after
	press 'fg' Enter
	shows 'servers; '
	[ "$(pane display-message -p '#{alternate_on}')" = 1 ]
	press q
	shows 'stopped by interrupt'
	press "$stty_of >after; echo again''st" Enter
	shows 'against'
	diff before after
}

@test "what is no screen is refused with a hint" {
	apart gcoap-observe --live 127.0.0.1/temp
	fails_with 2
	says 'gcoap-observe: --live needs a terminal, stdout is none' \
		'  hint: without --live a line is printed for each notification'
	apart gcoap-observe --live --json 127.0.0.1/temp
	fails_with 2
	mentions '--live shows a screen: leave out the option for another output'
}

@test "a terminal that cannot be drawn on is refused with a hint" {
	for term in dumb no-such-terminal ''; do
		run expect -c "log_user 1; spawn -noecho env TERM=$term gcoap-observe --live 127.0.0.1/temp
			expect eof; exit [lindex [wait] 3]"
		[ "$status" -eq 2 ]
		[[ "$output" == *"gcoap-observe: --live needs a terminal that can be drawn on, "*TERM* ]]
		[[ "$output" == *"hint: without --live"* ]]
	done
	run expect -c 'spawn -noecho gcoap-observe --live -v 127.0.0.1/temp
		expect eof; exit [lindex [wait] 3]'
	[ "$status" -eq 2 ]
	[[ "$output" == *"--live and -v exclude each other"* ]]
}

@test "without colour there is none, and marks tell all the same" {
	NO_COLOR=1 screen 120 24 -n 2 --every 1s -- @demo/temp
	shows '127.77.0.2'
	pane capture-pane -p -e >seen
	run ! grep -qP '\x1b\[[0-9;]*3[0-7]m' seen
	press q
	ended 0
}
