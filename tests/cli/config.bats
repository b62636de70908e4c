#!/usr/bin/env bats
# The config file: what it may say, and every fault with its file, line and column.

load helpers

bad=$TOP/tests/bad/config

@test "each bad config file is refused with its place, each odd but good one taken" {
	for file in "$bad"/*.ini; do
		expected=${file%.ini}.err
		run --separate-stderr gcoap-get --config "$file" --dry-run 127.0.0.1/x
		diff -u "$expected" - < <([ -z "$stderr" ] || sed "s|$file|@|" <<<"$stderr")
		[ "$status" = $([ -s "$expected" ] && echo 2 || echo 0) ] ||
			{ echo "$file: $status"; return 1; }
	done
}

@test "what is no regular file is refused at once" {
	mkfifo fifo
	head -c 10M /dev/zero | tr '\0' '#' >large
	for file in fifo large /dev/zero . /nonexistent; do
		apart timeout 30 gcoap-get --config "$file" --dry-run 127.0.0.1/x
		[ "$status" = 2 ]
		[[ "$stderr" == "gcoap-get: config file $file: "* ]]
	done
}

@test "a file that may not be read is refused" {
	[ "$(id -u)" != 0 ] || skip "root reads all"
	: >secret
	chmod 0 secret
	apart gcoap-get --config secret --dry-run 127.0.0.1/x
	[ "$status" = 2 ]
}

@test "--config none reads nothing, GCOAP_CONFIG names a file, XDG_CONFIG_HOME a folder" {
	config <<<'[defaults]
timeout = never'
	apart gcoap-get --dry-run 127.0.0.1/x
	[ "$status" = 2 ]
	apart gcoap-get --config none --dry-run 127.0.0.1/x
	[ "$status" = 0 ]
	GCOAP_CONFIG=none apart gcoap-get --dry-run 127.0.0.1/x
	[ "$status" = 0 ]
	printf '[defaults]\nexpect = few\n' >other
	GCOAP_CONFIG=other apart gcoap-get --dry-run 127.0.0.1/x
	[ "$status" = 2 ]
	[[ "$stderr" == *"other:2:1: expect"* ]]
}

@test "the tool's section goes before the defaults" {
	config <<<'[gcoap-get]
method = put
[defaults]
method = delete
[gcoap-observe]
live = yes'
	apart gcoap-get --dry-run 127.0.0.1/x
	[ "$status" = 0 ]
	[[ "$output" == *PUT* ]]
}

@test "an unknown group names the nearest" {
	config <<<'[group lights]
uri = coap://224.0.1.187'
	apart gcoap-get @lihgts/x
	[ "$status" = 2 ]
	[ "$stderr" = "gcoap-get: no group is called @lihgts
  hint: did you mean @lights?" ]
}

@test "a daemon reads no defaults and only the file it is told" {
	config <<<'[defaults]
nonsense = 1'
	apart gcoap-sim --netns -- true
	[ "$status" = 0 ]
}

@test "options of the environment variable GCOAP_OPTIONS" {
	GCOAP_OPTIONS="-m put -p 'a b'" apart gcoap-get --dry-run 127.0.0.1/x
	[ "$status" = 0 ]
	[[ "$output" == *PUT* ]]
	GCOAP_OPTIONS="127.0.0.1" apart gcoap-get --dry-run 127.0.0.1/x
	[ "$status" = 2 ]
	GCOAP_OPTIONS="--tiemout 1" apart gcoap-get --dry-run 127.0.0.1/x
	[ "$status" = 2 ]
	[[ "$stderr" == *"did you mean --timeout (-t)?"* ]]
}
