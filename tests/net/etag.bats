#!/usr/bin/env bats
# gcoap-etag beside Debian's libcoap servers, whose entity-tags count answers and are the same
# on several servers, so that none of them ever says 2.03.
load helpers

counting_tags() {
	libcoap_servers4 1 3
	local i
	for i in 1 2 3; do
		head -c 1500 /dev/zero | tr '\0' "$i" >"body$i"
		timeout 20 coap-client-notls -m put -b 1024 -f "body$i" "coap://10.77.0.$i/big"
	done
	exits 0 gcoap-etag --state s -n 3 --json "coap://$GROUP4/big" >first.jsonl 2>first
	exits 10 gcoap-etag --state s -n 3 --exit-code --json "coap://$GROUP4/big" >multi.jsonl 2>multi
	exits 0 gcoap-etag --state s -n 3 --dialect ietf --pcap p "coap://$GROUP4/big" >plain 2>&1
	exits 0 gcoap-etag --state s --each --json "coap://$GROUP4/big" >each.jsonl 2>each
}

setup_file() {
	play 3 counting_tags
	wait
}

states() {
	jq -r 'select(.type == "validation") | .server + " " + .state' "$1" | sort | cut -d' ' -f2 | uniq -c | tr -s ' '
}

@test "tags that several servers have, and that change while the body does not, are warned of" {
	look counting_tags
	[ "$(states first.jsonl)" = " 3 new" ]
	grep -q '3 servers have an entity-tag that another one has, too' first
	[ "$(states multi.jsonl)" = " 3 changed" ]
	[ "$(jq -r 'select(.type == "validation") | .same_body' multi.jsonl | sort -u)" = true ]
	grep -q '3 servers sent the same body under another entity-tag' multi
}

@test "an ETag that three servers share is left out of a group request" {
	look counting_tags
	gcoap-decode --pcap p --each --json >sent.jsonl
	[ "$(jq -r 'select(.value.code == "0.01") | .value.options[].name' sent.jsonl | grep -c ETag)" = 0 ]
}

@test "each server by itself: a body that came, and who it is of, is right" {
	look counting_tags
	[ "$(states each.jsonl)" = " 3 changed" ]
	[ "$(jq -r 'select(.type == "response") | .payload_len' each.jsonl | sort -u)" = 1500 ]
}
