#!/usr/bin/env bats
# The client's cache on disk: killed at any write, on a full disk, with another process beside
# it, and with a damaged page.
bats_require_minimum_version 1.5.0
load helpers

setup() {
	cd "$BATS_TEST_TMPDIR" || return 1
	command -v strace >/dev/null || skip "strace is not installed"
	unset LD_PRELOAD
	export PATH=$BUILD/tests:$PATH ASAN_OPTIONS=detect_leaks=0
}

# each_write FAULT CALL STRIDE: 200 steps with the fault at the first, then so many later, call
# of that name, to the last; what is there afterwards is what was committed, as tests/store/storing.c says
each_write() {
	local n status exact runs=0

	for ((n = 1; ; n += $3)); do
		rm -rf at && mkdir at
		status=0
		(strace -qq -o at/trace -e trace="$2" -e inject="$2:$1:when=$n" \
			storing script at/db at/ledger 200 >at/said; exit $?) 2>/dev/null || status=$?
		exact=
		case $status in
		0) grep -q INJECTED at/trace || break ;;
		5) exact=exact ;;
		137) [ "$1" = signal=KILL ] ;;
		*) false ;;
		esac || { echo "write $n: exit $status: $(cat at/said)" >&2 && return 1; }
		storing check at/db at/ledger $exact ||
			{ echo "write $n: exit $status: $(cat at/said)" >&2 && return 1; }
		[ ! -e at/db.damaged* ] || return 1
		[[ $status != 5 || $1 = *EIO ]] || cat at/said >>said
		runs=$((runs + 1))
	done
	echo "$runs runs"
}

killed_at_every() { # write, but pwrite64 with this stride
	local call

	each_write signal=KILL pwrite64 "$1"
	for call in ftruncate unlink fdatasync; do
		each_write signal=KILL $call 1
	done
}

refused_at() { # every STRIDE-th write
	each_write error=ENOSPC pwrite64 "$1"
	each_write error=EDQUOT pwrite64 "$1"
	each_write error=ENOSPC ftruncate 1
	[ "$(grep -v ^open: said | sort -u)" = "the disk is full" ]
	each_write error=EIO pwrite64 "$1"
	each_write error=EIO fdatasync 1
}

@test "killed at some writes: what was committed is there, and nothing else" {
	killed_at_every 97
}

# bats test_tags=long
@test "killed at every write" {
	killed_at_every 1
}

@test "no space, a quota or an error at some writes: nothing is lost, and it works again" {
	refused_at 211
}

# bats test_tags=long
@test "no space, a quota or an error at every ninth write" {
	refused_at 9
}

on_full_disk() {
	mkdir disk
	mount -t tmpfs -o size=64k none disk
	exits 5 storing fill disk/small a 300
	mkdir disk/new
	dd if=/dev/zero of=disk/filler bs=1k 2>/dev/null || true
	exits 5 gcoap-etag --state disk/new/db --forget 2>said
	grep -q "gcoap-etag: disk/new/db: the disk is full" said
	rm -r disk/filler disk/new
	[ -n "$(storing count disk/small a)" ]
	umount disk
	mount -t tmpfs -o size=512k none disk
	simulate -n 3 --big 900 --leisure 50ms
	gcoap-etag -q --state disk/db -n 3 @demo/big
	dd if=/dev/zero of=disk/filler bs=1k 2>/dev/null || true
	# what is held is read and confirmed; that it is confirmed cannot be kept
	exits 5 gcoap-etag --json --state disk/db -n 3 @demo/big >full 2>said
	[ "$(jq -r 'select(.type == "validation") | .state' full | sort | uniq -c | tr -s " ")" = " 3 fresh" ]
	grep -q "answers were not kept: the disk is full" said
	rm disk/filler
	gcoap-etag --json --state disk/db -n 3 @demo/big >again
	[ "$(jq -r 'select(.type == "validation") | .state' again | sort | uniq -c | tr -s " ")" = " 3 fresh" ]
	[ -z "$(ls disk | grep damaged)" ]
}

@test "a disk that is really full: said, exit 5, what is held is read" {
	on_lo on_full_disk
}

@test "two processes that write at once: the entries of both are there" {
	local i a b c

	for i in 1 2 3 4 5; do
		rm -f db*
		storing fill db a 300 & a=$!
		storing fill db b 300 & b=$!
		storing fill db c 300 & c=$!
		wait $a && wait $b && wait $c
		[ "$(storing count db a) $(storing count db b) $(storing count db c)" = "300 300 300" ]
	done
	[ -z "$(ls | grep damaged)" ]
}

@test "a damaged page in the middle: set aside with a message, never emptied" {
	local size

	storing fill db a 300
	size=$(stat -c %s db)
	for ((at = 4096; at < size; at += 4096)); do
		dd if=/dev/urandom of=db bs=1 seek=$((at + at / 4096 % 3)) count=300 conv=notrunc 2>/dev/null
	done
	run --separate-stderr -0 gcoap-etag --state db --forget
	[[ $stderr == *"db was damaged: it is db.damaged-"*", and a new one was begun"* ]]
	[ "$(stat -c %s db.damaged-*)" = "$size" ]
	storing fill db a 10
	[ "$(storing count db a)" = 10 ]
}

@test "another program's database is left alone" {
	/usr/bin/python3 -c 'import sqlite3; d = sqlite3.connect("db"); d.execute("create table mine(a)"); d.commit()'
	chmod 600 db
	cp db before
	run --separate-stderr -5 gcoap-etag --state db --forget
	[[ $stderr == *"db: the file is another program's database"* ]]
	/usr/bin/python3 -c 'import sqlite3; assert sqlite3.connect("db").execute("select name from sqlite_master").fetchall() == [("mine",)]'
}
