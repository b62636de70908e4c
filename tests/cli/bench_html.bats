#!/usr/bin/env bats
# gcoap-bench --html: the page, for a parser and for a browser.

load helpers

# Pages of real runs in the working directory, and those of the unit test where it is built.
pages() {
	group -n 8 --leisure 100ms --loss 10 --dup 5 -- sh -c '
		gcoap-bench -r 10 -N 40 -n 8 -t 400ms --json @demo/temp >before.json
		gcoap-bench -r 10 -N 40 -n 8 -t 400ms --compare before.json --html group.html \
			--assert "loss<1%" @demo/temp
		gcoap-bench -r 200 -N 200 -t 1s --html one.html 127.77.0.1/temp'
	[ -s group.html ] && [ -s one.html ]
	if [ -x "$BUILD/tests/test_bench_html" ]; then
		GCOAP_PAGES=$PWD "$BUILD/tests/test_bench_html" >/dev/null
	fi
}

@test "--html: a strict parser finds nothing to mend" {
	/usr/bin/python3 -c 'import html5lib' 2>/dev/null || skip "no python3-html5lib"
	pages
	run /usr/bin/python3 "$TOP/tests/cli/page.py" ./*.html
	[ "$status" = 0 ] && [ -z "$output" ] || { echo "$output"; false; }
}

@test "--html: the page has what was asked, the verdict and how to repeat it" {
	pages
	grep -q '<h1>coap://224.0.1.187/temp</h1>' group.html
	grep -q '<h2>Assertions: FAIL</h2>' group.html
	grep -q 'id="compare"' group.html
	grep -q "gcoap-bench -r 10 -N 40 -n 8 -t 400ms --compare before.json --html group.html" group.html
	grep -q 'id="heat"' group.html
	grep -q 'id="over-time"' one.html
	! grep -q 'id="heat"' one.html
}

@test "--html: a place that cannot be written is said" {
	group -n 1 --leisure 10ms -- gcoap-bench -N 1 -t 200ms --html no/such/page.html 127.77.0.1/temp
	fails_with 5
	[[ $stderr == *"--html no/such/page.html: No such file or directory"* ]]
}

@test "--html: an older page stays until the new one is whole" {
	mkdir there
	echo old >there/page.html
	ln -s there/page.html link.html
	group -n 1 --leisure 10ms -- gcoap-bench -N 1 -t 200ms --html link.html 127.77.0.1/temp
	[ -L link.html ]
	grep -q '<h1>coap://127.77.0.1/temp</h1>' there/page.html
	[ "$(ls there)" = page.html ]
}

@test "--html: in Chromium on all widths, light and dark, without scripts, on paper" {
	command -v chromium >/dev/null || skip "no chromium (scripts/deps browser)"
	pages
	run /usr/bin/python3 "$TOP/tests/cli/browser.py" group.html ./one.html \
		$(ls three.html many.html unicast.html silent.html 2>/dev/null)
	[ "$status" = 0 ] && [ -z "$output" ] || { echo "$output"; false; }
}
