#!/usr/bin/env bats
# Group requests over a link that loses, doubles, delays and spoils datagrams. The relay's
# ledger says what reached the client: exactly that must be reported.
load helpers

# Client on node 1, behind the relay; 100 responders on node 2.
ask_through_relay() { # RELAY-OPTION... -- GCOAP-GET-OPTION...
	split "$@"
	responders_on_2 100 200
	relay_before_node1 --port 5683 "${relay[@]}"
	lab exec 1 gcoap-get --json -t 2s "${tool[@]}" "coap://$GROUP4/temp" >out.jsonl || echo $? >status
	stop_relay
}

lossy() { ask_through_relay --seed 7 --loss 20 --back-only --; }
doubling() { ask_through_relay --seed 8 --dup 50 --back-only --; }
reordering() { ask_through_relay --seed 9 --delay 1500 --back-only -- -t 5s; }
too_late() { ask_through_relay --seed 10 --delay 4000 --back-only --; }
repeating() { ask_through_relay --seed 12 --loss 40 -- --repeat 3 --repeat-mid new -t 20s; }
spoiling() { ask_through_relay --seed 11 --corrupt 20 --back-only --; }

# The answers that reached the client whole, by the ledger
arrived() { awk '$1 == "delivered" && $2 == "2>1" && $4 ~ /^10\.77\.0\.1:/ { print $3 }' ledger | sort -u; }

setup_file() {
	play 2 lossy ask_through_relay
	play 2 doubling ask_through_relay
	play 2 reordering ask_through_relay
	play 2 too_late ask_through_relay
	play 2 spoiling ask_through_relay
	[ -n "${SHORT:-}" ] || play 2 repeating ask_through_relay
	wait
}

@test "with 20 % loss exactly the answers that arrived are reported" {
	look lossy
	[ "$(servers out.jsonl)" = "$(arrived)" ]
	[ "$(arrived | wc -l)" -lt 100 ]
	[ "$(summary servers out.jsonl)" -eq "$(arrived | wc -l)" ]
	[ "$(summary duplicates out.jsonl)" = 0 ]
	[ "$(summary kernel_drops out.jsonl)" = 0 ]
}

@test "doubled answers are counted and shown once" {
	look doubling
	[ "$(summary responses out.jsonl)" = 100 ]
	[ "$(grep -c '"type":"response"' out.jsonl)" -eq 100 ]
	[ "$(summary duplicates out.jsonl)" -eq "$(grep -c '^doubled' ledger)" ]
}

@test "answers in any order are all reported" {
	look reordering
	[ "$(servers out.jsonl | wc -l)" -eq 100 ]
	[ "$(summary duplicates out.jsonl)" = 0 ]
}

@test "answers after the deadline are not shown" {
	look too_late
	[ "$(summary servers out.jsonl)" -lt 100 ]
	[ "$(summary ended_by out.jsonl)" = timeout ]
	[ "$(summary responses out.jsonl)" -eq "$(servers out.jsonl | wc -l)" ]
}

@test "spoiled datagrams never show under a wrong token, and each is accounted for" {
	look spoiling
	spoiled=$(grep -c '^corrupted' ledger)
	[ "$spoiled" -gt 0 ]
	# all that arrived whole is there
	[ -z "$(comm -13 <(servers out.jsonl) <(arrived))" ]
	jq -e -s 'map(select(.type == "summary"))[0]
		| .responses + .malformed + .unmatched + .duplicates == 100' out.jsonl
}

# bats test_tags=long
@test "repeats reach more servers over a link that loses both ways, and each counts once" {
	look repeating
	[ "$(servers out.jsonl)" = "$(arrived)" ]
	[ "$(summary servers out.jsonl)" -eq "$(arrived | wc -l)" ]
	[ "$(grep -c '1>2' ledger)" -eq 4 ]
}
