# --save: a raw file a server, and nothing else touched.
load helpers

@test "--save writes one raw file per server, mode 0600" {
	mkdir out
	group -n 3 --leisure 0 -- gcoap-get -n 3 --save out @demo/.well-known/core
	fails_with 0
	[ "$(ls out | wc -l)" -eq 3 ]
	for f in out/*; do
		[ "$(stat -c %a "$f")" = 600 ]
		grep -q '</temp>' "$f"
	done
}

@test "a file is never overwritten without --force" {
	mkdir out
	for i in 1 2; do
		group -n 1 --leisure 0 -- gcoap-get --token 0102 --save out 127.77.0.1/temp
	done
	fails_with 5
	mentions "out"
	group -n 1 --leisure 0 -- gcoap-get --token 0102 --save out --force 127.77.0.1/temp
	fails_with 0
	[ "$(ls out | wc -l)" -eq 1 ]
}

@test "a symbolic link in the folder is not followed" {
	mkdir out
	group -n 1 --leisure 0 -- gcoap-get --token 0102 --save out 127.77.0.1/temp
	name=$(ls out)
	echo mine >victim
	ln -sf ../victim "out/$name"
	group -n 1 --leisure 0 -- gcoap-get --token 0102 --save out --force 127.77.0.1/temp
	[ "$(cat victim)" = mine ]
}

@test "servers behind one address have a file each, even with --force" {
	mkdir out
	hostile two-behind gcoap-get -n 2 --save out --force -t 9s -i lo 224.0.1.187/x
	fails_with 0
	[ "$(ls out | wc -l)" -eq 2 ]
	[ "$(cat out/* | fold -w1 | sort | tr -d '\n')" = ab ]
}

@test "a folder that cannot be made exits 5" {
	: >file
	group -n 1 --leisure 0 -- gcoap-get --save file/out 127.77.0.1/temp
	fails_with 5
	mentions "file/out"
}
