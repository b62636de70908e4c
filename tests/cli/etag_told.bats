#!/usr/bin/env bats
# What gcoap-etag and --cache say when a run is not as it should be.
load helpers

@test "an error of one server is told, and is not silence" {
	run_group "-n 1" 'gcoap-etag 127.77.0.1/none'
	fails_with 1
	mentions '1 server: 1 error; 0 bytes of bodies saved, 1 request'
	mentions 'gcoap-etag: 127.77.0.1:5683 answered 4.04 Not Found'
	mentions '  hint: an error confirms nothing: see all of them with --json, or with gcoap-get'
	run_group "-n 2" 'gcoap-etag -q -n 2 @demo/big'
	run_group "-n 2 --error 100" 'gcoap-etag -n 2 @demo/big'
	fails_with 1
	[[ $output != *SILENT* ]]
	mentions '2 servers: 2 errors; 0 bytes of bodies saved, 1 request'
	mentions 'gcoap-etag: 2 servers answered with an error'
}

@test "a run that is broken off before any answer counts nobody" {
	run_group "-n 1" 'gcoap-etag -t 60s -v @demo/none 2>err & eventually grep -q "^->" err; kill -INT $!; wait $!'
	fails_with 130
	[ "$(tail -n 1 err)" = '0 servers; 0 bytes of bodies saved, 1 request' ]
}

@test "--each asks through the proxy that is named" {
	run_group "-n 2" '
		gcoap-proxy --listen coap://127.0.0.1:0 -i lo --allow-client 127.0.0.1 \
			--allow-group @demo --allow-target 127.77.0.0/16 >ready & proxy=$!
		eventually test -s ready
		at=$(sed "s/ready: //" ready)
		gcoap-etag -q -n 2 @demo/big >0
		gcoap-etag --json --each -P "$at" 224.0.1.187/big >1
		kill $proxy; wait $proxy
		gcoap-etag -qq --each -P "$at" 224.0.1.187/big'
	fails_with 7
	[ "$(jq -r 'select(.type == "validation") | .state + " " + .means' 1 | sort | uniq -c | tr -s ' ')" = " 2 fresh unicast" ]
	[ "$(jq -r 'select(.type == "response") | .via' 1 | grep -c 127.0.0.1)" = 2 ]
}

@test "--each before anything is held" {
	run_group "-n 1" 'gcoap-etag --each @demo/big'
	fails_with 2
	mentions 'gcoap-etag: --each: nothing is held of the servers of @demo/big yet'
	mentions '  hint: ask the group first: leave --each out'
}

@test "a Group-ETag that is right is summed up, too" {
	run_group "-n 2" '
		gcoap-proxy --listen coap://127.0.0.1:0 -i lo --allow-client 127.0.0.1 --allow-group @demo \
			--members @demo=127.77.0.1,127.77.0.2 >ready & proxy=$!
		eventually test -s ready
		at=$(sed "s/ready: //" ready)
		for i in 1 2; do gcoap-etag -q -n 2 -t 6s -P "$at" 224.0.1.187/big >$i; done
		gcoap-etag --json -n 2 -t 300s --proxy-timeout 290s -P "$at" 224.0.1.187/big >3
		gcoap-etag -n 2 -t 300s -P "$at" 224.0.1.187/big 2>said >4
		gcoap-etag --json -t 300s --expect-from 127.77.0.1,127.77.0.9 -P "$at" 224.0.1.187/big >5 2>five
		status=$?
		kill $proxy; cat said; exit $status'
	# nothing more can come behind one 2.03 for all: it is not waited for
	fails_with 4
	[[ $output == *'2 servers: 2 fresh; 3000 bytes of bodies saved, 1 request'* ]]
	[ "$(jq -c 'select(.type == "summary") | [.servers, .responses, .ended_by, .exit]' 3)" = '[2,1,"expect",0]' ]
	[ "$(jq -r 'select(.type == "missing") | .server' 5)" = 127.77.0.9:5683 ]
	[ "$(jq -c 'select(.type == "summary") | [.servers, .missing, .exit]' 5)" = '[2,1,4]' ]
	grep -q '1 of the expected servers did not answer' five
}

@test "--save keeps bodies, of which 2.03 has none" {
	run_group "-n 2" 'gcoap-etag -q -n 2 --save first @demo/big >0; gcoap-etag -q -n 2 --save second @demo/big'
	fails_with 0
	[ "$(find first -type f -size +1 | wc -l)" = 2 ]
	[ "$(find second -type f 2>/dev/null | wc -l)" = 0 ]
}

@test "--cache-only: what is not held, and how many are" {
	run_group "-n 2" '
		gcoap-get --cache-only @demo/light; echo "exit $?"
		gcoap-get -q -n 2 --cache @demo/light
		gcoap-get -q -n 2 --cache-only @demo/light
		gcoap-get -q -n 3 --cache-only @demo/light'
	fails_with 4
	[[ $output == *'exit 3'* ]]
	mentions 'gcoap-get: nothing fresh is held of coap://224.0.1.187/light'
	mentions '  hint: --cache in its place asks the servers'
	mentions 'gcoap-get: fresh answers of 2 of 3 expected servers are held'
	apart gcoap-get --cache-only --expect-from 127.77.0.1 @demo/light
	fails_with 2
	mentions 'gcoap-get: --cache-only asks nobody: --expect-from goes with --cache'
}

@test "--cache: what is fresh of a silent server counts as expected" {
	run_group "-n 3" 'gcoap-get -q -n 3 --cache @demo/light >0'
	run_group "-n 2" 'gcoap-get -t 3s -n 3 --cache @demo/light'
	fails_with 0
	[[ $stderr =~ '3 servers answered in 3.'[0-9]+' s (3 ok), 1 from the cache' ]]
	run_group "-n 2" 'gcoap-get -q -t 3s -n 4 --cache @demo/light'
	fails_with 4
	mentions 'gcoap-get: 3 of 4 expected servers answered'
}

@test "links from the cache have no round trip" {
	run_group "-n 1" 'gcoap-discover -q -n 1 --cache @demo >0; gcoap-discover --cache-only @demo'
	fails_with 0
	[[ $output == *'127.77.0.1:5683 (7 links)'* ]]
}

@test "several targets are told apart, in silence too" {
	run_group "-n 2" 'gcoap-etag -n 2 @demo/big @demo/temp'
	fails_with 0
	[ "$(head -1 <<<"$output" | cut -d" " -f1)" = URI ]
	[ "$(cut -d" " -f1 <<<"$output" | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = \
		" 1 URI; 2 coap://224.0.1.187/big; 2 coap://224.0.1.187/temp;" ]
	run_group "-n 1" 'gcoap-etag -t 1s --json @demo/none @demo/temp | jq -r "select(.type == \"validation\" and .state == \"silent\") | .id" | sort -u'
	prints r2
	run_group "-n 1" 'gcoap-etag -n 1 @demo/big'
	[[ $output == SERVER* ]]
}

@test "an expected server of which nothing is held is silent" {
	run_group "-n 2" 'gcoap-etag -q -n 2 @demo/big'
	run_group "-n 1" 'gcoap-etag -t 3s --expect-from 127.77.0.2,127.77.0.9 @demo/big'
	fails_with 4
	grep -qE '^127.77.0.2:5683 +SILENT +\(was ' <<<"$output"
	grep -qE '^127.77.0.9:5683 +SILENT +- ' <<<"$output"
	[ "$(grep -c SILENT <<<"$output")" = 2 ]
	mentions '3 servers: 1 fresh, 2 silent'
}

@test "--show opts and payload are of other tools" {
	for word in opts payload; do
		apart gcoap-etag --show req,$word 127.0.0.1/x
		fails_with 2
		mentions "gcoap-etag: --show $word: a line tells what became of what is held, not what came"
	done
	mkdir -p config/gcoap
	printf '[defaults]\nshow = opts\n' | config
	run_group "-n 1" 'gcoap-etag -n 1 @demo/big'
	fails_with 0
}

# Servers and their states, in one line.
told() {
	jq -r 'select(.type == "validation") | .server + " " + .state' "$1" | sort | tr '\n' ';'
}

@test "a Group-ETag confirms what came with it, and only when it is the one that was sent" {
	local a=192.0.2.1:5683 b=192.0.2.2:5683

	alone /usr/bin/python3 "$TOP/tests/cli/fakeproxy.py" group-etag sh -c '
		for i in 1 2 3 4 5; do
			gcoap-etag --json -t 3s --proxy-timeout 1s -P 127.0.0.1 224.0.1.187/r >$i
		done'
	fails_with 0
	[ "$(told 1)" = "$a new;$b new;" ]
	[ "$(told 2)" = "$a fresh;$b fresh;" ]
	# b's answer with the second tag was lost: that tag is not of what is held of it
	[ "$(told 3)" = "$a changed;$b silent;" ]
	[ "$(told 4)" = "$a fresh;$b silent;" ]
	# a 2.03 with another tag than the one that was sent confirms nothing: asked again without
	[ "$(told 5)" = "$a changed;$b no-tag;" ]
	[ "$(grep -c e1fcba01 received)" = 6 ]
	[ "$(sed -n 6p received | grep -c badca)" = 0 ]
}
