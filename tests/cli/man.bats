#!/usr/bin/env bats
# Pages, layers, headers and binaries, as `make lint` checks them.

bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.."
}

@test "each page names the options of its tool and no other, and is clean mdoc" {
	scripts/check-man "$GCOAP_BUILD"
}

@test "each page can be shown as text of 80 columns" {
	for page in man/*.[1-8]; do
		[ "$(MANWIDTH=80 mandoc -T utf8 -O width=78 "$page" | sed 's/.\x08//g' | wc -l)" -gt 30 ]
	done
}

@test "includes go one way" {
	scripts/check-layers
}

@test "each public header compiles alone, in C and in C++" {
	scripts/check-headers
}

@test "exports are what the headers declare, and binaries are hardened" {
	case $GCOAP_BUILD in *-san) skip "a sanitized build is not for release" ;; esac
	scripts/check-elf "$GCOAP_BUILD"
}
