# Shared by the tests in namespaces.
TOP=$(cd "${BATS_TEST_DIRNAME:-$(dirname "${BASH_SOURCE[0]}")}/../.." && pwd)
BUILD=${GCOAP_BUILD:-$TOP/build}
export TOP BUILD
source "$TOP/tests/waiting.bash"
export PATH=$BUILD/bin:$TOP/scripts:$PATH:/usr/sbin:/sbin
export GCOAP_CONFIG=none
GROUP4=224.0.1.187

# Scenes are functions of the test file that run in a network of their own, all at once, as
# they mostly wait; the tests then look at what each left in its folder.
#
# play NODES SCENE [FUNCTION-IT-CALLS]...: start one, from setup_file
play() {
	local dir=$BATS_FILE_TMPDIR/$2

	mkdir -p "$dir"
	(
		cd "$dir" || exit
		timeout 90 lab run -n "$1" bash -ec "source '$TOP/tests/net/helpers.bash'
			$(declare -f "${@:2}"); $2" >scene.log 2>&1 && echo 0 >scene.status ||
			echo $? >scene.status
	) 3>&- &
}

# look SCENE: it went well; the test goes on in its folder
look() {
	cd "$BATS_FILE_TMPDIR/$1" || return
	[ "$(cat scene.status)" = 0 ] || { tail -20 scene.log >&2 && return 1; }
}

# on_lo FUNCTION [FUNCTION-IT-CALLS]...: run one where there is nothing but a loopback
# interface, in the test's folder; what it started ends with it
on_lo() {
	cd "$BATS_TEST_TMPDIR" || return
	run timeout 90 unshare --user --map-root-user --net --mount --pid --fork --kill-child --mount-proc \
		bash -ec "source '$TOP/tests/net/helpers.bash'; ip link set lo up
			$(declare -f "$@"); $1" 3>&-
	[ "$status" -eq 0 ] || { echo "status $status: $output" >&2 && return 1; }
}

# simulate GCOAP-SIM-OPTION...: a simulated group beside the test
simulate() {
	gcoap-sim "$@" >sim.log &
	eventually grep -q ready sim.log
}

# exits STATUS CMD...: the command's exit status must be this
exits() {
	local want=$1 got=0

	shift
	"$@" || got=$?
	[ "$got" -eq "$want" ] || { echo "exit $got instead of $want: $*" >&2 && return 1; }
}

has_joined4() { lab exec "$1" grep -qi BB0100E0 /proc/net/igmp; }
has_joined6() { lab exec "$1" grep -qi "$2" /proc/net/igmp6; }

# libcoap's example server on nodes FIRST to LAST, in 224.0.1.187
libcoap_servers4() {
	local i

	for ((i = $1; i <= $2; i++)); do
		lab exec "$i" coap-server-notls -A 0.0.0.0 -g $GROUP4 -d 10 >"server$i.log" 2>&1 &
		eventually has_joined4 "$i"
	done
}

# libcoap_servers6 FIRST LAST GROUP GROUP-IN-HEX
libcoap_servers6() {
	local i

	for ((i = $1; i <= $2; i++)); do
		lab exec "$i" coap-server-notls -g "$3" -d 10 >"server$i.log" 2>&1 &
		eventually has_joined6 "$i" "$4"
	done
}

# relay_before_node1 OPTION...: the relay between node 1 and the bridge; what it did is in
# ./ledger
relay_before_node1() {
	ip link set labp1 nomaster
	ip link add ra type veth peer name rb
	ip link set rb master lab0 up
	ip link set ra up
	"$BUILD/tests/relay" --ledger ledger "$@" labp1 ra 2>relay.log &
	RELAY=$!
	eventually grep -q ready relay.log
}

# stop_relay: the ledger has what was sent before
stop_relay() {
	kill "$RELAY"
	wait "$RELAY" || true
}

# responders_on_2 NUMBER MS: so many servers on node 2, from 10.77.8.1 on, that answer a group
# within that time
responders_on_2() {
	lab exec 2 ip route add local 10.77.8.0/24 dev lo
	lab exec 2 /usr/bin/python3 "$TOP/tests/net/responders.py" 10.77.8.1 "$@" >responders.log &
	eventually grep -q ready responders.log
}

# split OPTION-OF-THE-RELAY... -- OPTION-OF-THE-TOOL...: into the arrays relay and tool
split() {
	relay=()
	while [ "$1" != -- ]; do
		relay+=("$1")
		shift
	done
	tool=("${@:2}")
}

# servers FILE: the distinct servers of the response records, sorted
servers() { jq -r 'select(.type == "response") | .server' "$1" | sort -u; }
# summary KEY FILE
summary() { jq -r "select(.type == \"summary\") | .$1" "$2"; }
