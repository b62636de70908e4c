#!/usr/bin/env bats
# Some thousands of mutated datagrams, always the same; make soak sends many more.
load helpers

at_simulation() {
	/usr/bin/python3 "$TOP/tests/net/mutate.py" sim 4000
}

at_waiting_client() {
	/usr/bin/python3 "$TOP/tests/net/mutate.py" get 4000
}

@test "a simulated group lives through mutated datagrams, and answers after" {
	on_lo at_simulation
}

@test "a client that waits lives through mutated datagrams, and hears the honest server after" {
	on_lo at_waiting_client
}

at_proxy() {
	/usr/bin/python3 "$TOP/tests/net/mutate.py" proxy 4000
}

@test "a proxy lives through mutated datagrams of both sides, and relays after" {
	on_lo at_proxy
}
