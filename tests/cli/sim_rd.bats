#!/usr/bin/env bats
# gcoap-sim --profile rd: libcoap's client registers and looks up; libcoap's directory beside it.

bats_require_minimum_version 1.5.0

setup() {
	rd=coap://127.77.0.1 sim=$GCOAP_BUILD/bin/gcoap-sim
	cd "$BATS_TEST_TMPDIR"
}

# beside 'SIM OPTIONS' 'SHELL COMMANDS'
beside() {
	# shellcheck disable=SC2086
	run --separate-stderr "$sim" --leisure 100ms $1 --netns -- bash -c "
		rd=$rd
		one() { coap-client-notls -a 127.0.0.1 -B 9 \"\$@\"; echo; }
		all() { coap-client-notls -N -B 2 \"\$@\"; echo; }
		location() { one -v 7 \"\$@\" 2>&1 | grep -o 'Location-Path:[^],]*' | sed 's/.*://; s/ *\$//' | paste -sd/; }
		$2"
}

targets() {
	grep -o '<[^>]*>' <<<"$1" | paste -sd' '
}

@test "only the directory answers rt=core.rd*, on both addresses" {
	beside "--profile rd --json" "
		all -a 127.0.0.1 'coap://224.0.1.187/.well-known/core?rt=core.rd*'
		all -a 127.0.0.1 coap://224.0.1.190/.well-known/core
		all -a ::1 'coap://[ff05::fe]/.well-known/core'"
	[ "${#lines[@]}" = 3 ]
	for line in "${lines[@]}"; do
		[ "$line" = '</rd>;rt=core.rd;ct=40,</rd-lookup/ep>;rt="core.rd-lookup-ep";ct=40,</rd-lookup/res>;rt="core.rd-lookup-res";ct=40' ]
	done
	[ "$(tail -n 1 <<<"$stderr" | jq .answers)" = 3 ]
}

@test "the other members and two groups are registered" {
	beside "--profile rd -n 4" "one $rd/rd-lookup/ep; one '$rd/rd-lookup/ep?et=core.rd-group'
		one '$rd/rd-lookup/res?et=core.rd-group&rt=g.*'; one '$rd/rd-lookup/res?ep=hall&rt=light'"
	[ "$(targets "${lines[0]}")" = "</rd/1> </rd/2> </rd/3> </rd/4> </rd/5>" ]
	[ "${lines[1]}" = '</rd/4>;ep="lights";et="core.rd-group";base="coap://224.0.1.187";rt="core.rd-ep",</rd/5>;ep="sensors";et="core.rd-group";base="coap://[ff05::fd]";rt="core.rd-ep"' ]
	[ "${lines[2]}" = '<coap://224.0.1.187/gp/gp1>;rt="g.light"' ]
	[ "$(targets "${lines[3]}")" = "<coap://127.77.0.2/light> <coap://127.77.0.2/gp/gp1/light>" ]
}

@test "what is registered for a group is answered by the group" {
	beside "--profile rd -n 4" '
		for link in $(one "$rd/rd-lookup/res?et=core.rd-group&rt=light" | grep -o "coap:[^>]*"); do
			all -a 127.0.0.1 "$link"
		done'
	[ "${lines[*]}" = "offoffoff offoffoff" ]
}

@test "libcoap's client registers, updates and removes" {
	beside "--profile rd -n 1" "
		location -m post -t 40 -e '</t>;rt=\"temp x\",</l>;rt=light;anchor=\"/t\"' '$rd/rd?ep=n1&d=lab&base=coap://192.0.2.9&lt=600'
		location -m post -t 40 -e '</new>;rt=temp' '$rd/rd?ep=n1&d=lab&base=coap://192.0.2.9'
		one '$rd/rd-lookup/res?d=lab'
		one -m post '$rd/rd/3?base=coap://192.0.2.10'
		one '$rd/rd-lookup/res?rt=temp&ep=n1'
		one -m delete $rd/rd/3
		one -m delete $rd/rd/3 2>&1
		one -m post -e '</x>' '$rd/rd?d=nobody' 2>&1
		one '$rd/rd-lookup/ep?ep=n1'"
	[ "${lines[0]}" = rd/3 ]
	[ "${lines[1]}" = rd/3 ]
	[ "${lines[2]}" = '<coap://192.0.2.9/new>;rt=temp' ]
	[ "${lines[3]}" = '<coap://192.0.2.10/new>;rt=temp' ]
	[[ ${lines[4]} == 4.04* ]]
	[[ ${lines[5]} == 4.00* ]]
	[ "${#lines[@]}" = 6 ]
}

@test "long registrations and long look-ups come in blocks" {
	for i in {1..200}; do printf '%s</r%d>;rt="r %d"' "$([ "$i" = 1 ] || echo ,)" "$i" "$i"; done >links
	beside "--profile rd -n 200" "location -m post -t 40 -f links '$rd/rd?ep=n1&base=coap://h'
		one '$rd/rd-lookup/res?ep=n1'; one $rd/rd-lookup/ep
		one '$rd/rd-lookup/ep?count=3&page=66'"
	[ "${lines[0]}" = rd/202 ]
	[ "$(sed 's,coap://h,,g' <<<"${lines[1]}")" = "$(cat links)" ]
	[ "$(grep -o '</rd/' <<<"${lines[2]}" | wc -l)" = 202 ]
	[ "$(targets "${lines[3]}")" = "</rd/199> </rd/200> </rd/201>" ]
}

@test "a body that is too long is refused" {
	head -c 70000 /dev/zero | tr '\0' x >links
	beside "--profile rd" "one -v 7 -m post -t 40 -f links '$rd/rd?ep=n1' 2>&1 | grep -o 'c:4.13' | head -n 1"
	[ "$output" = c:4.13 ]
}

@test "libcoap's directory is found and takes registrations in the same way" {
	beside "--profile rd -n 1" "
		coap-rd-notls -A 127.0.0.2 -p 5690 & peer=\$!
		for i in {1..50}; do [ -z \"\$(one -B 1 coap://127.0.0.2:5690/.well-known/core)\" ] || break; done
		for d in $rd coap://127.0.0.2:5690; do
			one \"\$d/.well-known/core\" | grep -o '^</rd>[^,]*' | tr -d '\"' | tr ';' '\n' | grep -E '^(<|rt|ct)' | sort | paste -sd' '
			location -m post -t 40 -e '</t>;rt=temp' \"\$d/rd?ep=n1&lt=600\" | tr -d '\n' | sed 's,/.*,/LOCATION,'; echo
		done
		kill \$peer"
	[ "${lines[0]} ${lines[1]}" = "${lines[2]} ${lines[3]}" ]
	[ "${lines[0]}" = "</rd> ct=40 rt=core.rd" ]
	[ "${lines[1]}" = rd/LOCATION ]
}

@test "--links adds links that lead somewhere, in blocks" {
	beside "-n 3 --links 1000" "one coap://127.77.0.3/.well-known/core
		one 'coap://127.77.0.3/.well-known/core?rt=odd&href=/extra/99*'
		one coap://127.77.0.3/extra/1000"
	[ "$(grep -o '</extra/[0-9]*>' <<<"${lines[0]}" | sort -u | wc -l)" = 1000 ]
	[ "$(targets "${lines[1]}")" = "</extra/990> </extra/994> </extra/998>" ]
	[ "${lines[2]}" = attic ]
}

@test "one kind of chaos has link documents that are not link format" {
	beside "--profile chaos -n 104 --links 3" '
		for i in 1 3 11 19 27 75 83 91 99; do one coap://127.77.0.$i/.well-known/core | head -c 100 | od -c -An | tr -d " \n"; echo; done
		one coap://127.77.0.99/.well-known/core | grep -o "</" | wc -l'
	[[ ${lines[0]} == '</temp>;rt="temperature'* ]]
	[[ ${lines[1]} == *'<unclosed'* ]]
	[[ ${lines[4]} == *'"nocomma'* ]]
	[[ ${lines[5]} == '{"e"'* ]]
	[[ ${lines[7]} == '</xxxxxx'* ]]
	[[ ${lines[8]} == '</00000>,</00001>'* ]]
	[ "${lines[9]}" = 10001 ]
}

@test "more links than there may be is a usage error" {
	run -2 --separate-stderr "$sim" --links 10001
	[[ $stderr == *--links* ]]
}
