# gcoap demo: within a minute, and nothing left behind.
load helpers

@test "the demo shows the group as a table and as JSON, explains, and stops" {
	alone gcoap demo
	fails_with 0
	[[ "$output" == *'$ gcoap-get -n 5 @demo/temp'*SERVER*PAYLOAD* ]]
	[ "$(grep -c '^{"type":"response"' <<<"$output")" -eq 5 ]
	[[ "$output" == *'$ gcoap-proxy --listen '*'$ gcoap-get -n 5 -P coap://127.0.0.1:'*' @demo/temp'*SERVER*'relayed each answer'* ]]
	[[ "$output" == *"The group is stopped"* ]]
	for cwd in /proc/[0-9]*/cwd; do # none of its processes goes on
		[ "$(readlink "$cwd")" != "$PWD" ] || [[ $(cat "${cwd%cwd}comm") != gcoap* ]]
	done
}

@test "a taken port 5683 does not stop the demo" {
	alone /usr/bin/python3 -c 'import socket,subprocess,sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("", 5683))
sys.exit(subprocess.call(["gcoap", "demo"]))'
	fails_with 0
	[ "$(grep -c '^{"type":"response"' <<<"$output")" -eq 5 ]
}

@test "the demo ends in lines that work where it was started" {
	local folder=$BUILD/bin
	PATH=/usr/sbin:/usr/bin:/sbin:/bin alone "$folder/gcoap" demo
	fails_with 0
	[[ "$output" == *"\$ export PATH=\"$(realpath "$folder"):\$PATH\""* ]]
	[[ "$output" == *'$ gcoap-sim &'*'$ gcoap-get @demo/temp'* ]]
}

@test "a reader of the demo that goes is no error" {
	alone sh -c 'gcoap demo | head -1'
	fails_with 0
	[[ "$output" == '$ gcoap-sim'* ]]
	[[ "$stderr" != *"cannot write"* ]]
}
