#!/usr/bin/env bats
# The completions in the shells they are for.

bats_require_minimum_version 1.5.0

setup() {
	PATH=$GCOAP_BUILD/bin:$PATH
	completions=$BATS_TEST_DIRNAME/../../completions
	export GCOAP_CONFIG=$BATS_TEST_TMPDIR/config
	printf '[group lights]\nuri = coap://224.0.1.187/light\n' >"$GCOAP_CONFIG"
}

# Complete the words in bash and print the candidates.
in_bash() {
	bash --norc -c 'source "$0/gcoap.bash"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		complete=$(complete -p "$1") || exit 1
		function=${complete##*-F }
		"${function%% *}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' "$completions" "$@"
}

in_fish() {
	fish --no-config -c 'source $argv[1]/gcoap.fish; complete -C $argv[2]' "$completions" "$1"
}

# A real zsh on a terminal of its own: type the words, press tab, wait for the candidates.
# in_zsh WORDS CANDIDATE...
in_zsh() {
	timeout 60 zsh -f -c '
		zmodload zsh/zpty
		zpty z zsh -f -i
		completions=$1 words=$2
		shift 2
		zpty -w z "PS1=; COLUMNS=200; fpath=($completions \$fpath); autoload -Uz compinit; compinit -u -D"
		zpty -w z "zstyle \":completion:*\" list-prompt \"\"; LISTMAX=0; setopt auto_list; unsetopt beep"
		zpty -w z "echo rea\"\"dy"
		zpty -r -m z line "*ready*"
		zpty -w -n z "$words"$'"'\t\t'"'
		for candidate; do
			[[ $seen == *$candidate* ]] || zpty -r -m z line "*$candidate*" || exit
			seen+=$line
		done
		zpty -d z' zsh "$completions" "$@"
}

@test "bash completes the long options of gcoap-get" {
	run -0 in_bash gcoap-get --expect
	[[ $output == *--expect* ]]
	[[ $output == *--expect-from* ]]
	[[ $output != *--timeout* ]]
}

@test "bash completes the choices of an option" {
	run -0 in_bash gcoap-get --dialect ""
	[ "$output" = "$(printf 'tiloca-05\nietf')" ]
	run -0 in_bash gcoap-get --method i
	[ "$output" = ipatch ]
}

@test "bash completes a choice behind an equals sign" {
	run -0 in_bash gcoap-get --dialect = i
	[ "$output" = ietf ]
}

@test "bash completes interfaces" {
	run -0 in_bash gcoap-get -i l
	[[ $output == *lo* ]]
}

@test "bash completes the groups of the config file" {
	run -0 in_bash gcoap-get @l
	[ "$output" = @lights ]
}

@test "bash completes the tools of gcoap, and their options behind them" {
	run -0 in_bash gcoap ""
	[[ $output == *demo* && $output == *doctor* && $output == *get* && $output == *sim* ]]
	run -0 in_bash gcoap get --dialect ""
	[ "$output" = "$(printf 'tiloca-05\nietf')" ]
}

@test "bash completes the options of gcoap-sim" {
	run -0 in_bash gcoap-sim --profile ""
	[[ $output == *sensors* && $output == *chaos* ]]
}

@test "bash completes filters and views of gcoap-discover" {
	run -0 in_bash gcoap-discover --matr
	[ "$output" = --matrix ]
	run -0 in_bash gcoap discover --f
	[[ $output == *--flat* && $output == *--follow* && $output == *--first* ]]
}

@test "bash completes kinds and capture files of gcoap-decode, and what gcoap-etag has" {
	cd "$BATS_TEST_TMPDIR"
	touch group.pcap
	run -0 in_bash gcoap-decode --as m
	[ "$output" = "$(printf 'message\nmulti-etag')" ]
	run -0 in_bash gcoap-decode --pcap gro
	[ "$output" = group.pcap ]
	run -0 in_bash gcoap decode --as link
	[ "$output" = link-format ]
	run -0 in_bash gcoap-etag --state gro
	[ "$output" = group.pcap ]
	run -0 in_bash gcoap etag --ea
	[ "$output" = --each ]
	run -0 in_bash gcoap-etag @l
	[ "$output" = @lights ]
}

@test "fish and zsh complete kinds and capture files of gcoap-decode" {
	cd "$BATS_TEST_TMPDIR"
	touch group.pcap
	run -0 in_fish "gcoap-decode --as multi"
	[[ $output == multi-etag* ]]
	run -0 in_fish "gcoap-decode --pcap gro"
	[[ $output == group.pcap* ]]
	run -0 in_fish "gcoap etag --exit-c"
	[[ $output == --exit-code$'\t'* ]]
	in_zsh "gcoap-decode --as " link-format multi-etag
	in_zsh "cd $BATS_TEST_TMPDIR; gcoap-decode --pcap gro" group.pcap
	in_zsh "gcoap-etag --max-" --max-request
}

@test "each option that a tool accepts is completed by bash" {
	for tool in gcoap-get gcoap-discover gcoap-observe gcoap-etag gcoap-bench gcoap-decode gcoap-proxy gcoap-sim; do
		[ "$(in_bash $tool -- | sort)" = "$($tool --complete-options | cut -f1 | sed 's/^/--/' | sort)" ]
	done
}

@test "fish completes options with their help" {
	run -0 in_fish "gcoap-get --expect-f"
	[[ $output == --expect-from$'\t'* ]]
}

@test "fish completes choices and groups" {
	run -0 in_fish "gcoap-get --dialect "
	[[ $output == *tiloca-05* && $output == *ietf* ]]
	run -0 in_fish "gcoap-get @l"
	[[ $output == @lights* ]]
}

@test "fish completes the tools of gcoap, and their options behind them" {
	run -0 in_fish "gcoap ge"
	[[ $output == get* ]]
	run -0 in_fish "gcoap get --expect-f"
	[[ $output == --expect-from$'\t'* ]]
}

@test "zsh completes options with their help" {
	in_zsh "gcoap-get --expect" --expect-from
}

@test "fish and zsh complete options of gcoap-discover with their help" {
	run -0 in_fish "gcoap-discover --grou"
	[[ $output == --groups$'\t'* ]]
	in_zsh "gcoap-discover --grou" --groups
}

@test "fish and zsh complete options of gcoap-observe with their help" {
	run -0 in_fish "gcoap-observe --rereg"
	[[ $output == --reregister$'\t'* ]]
	in_zsh "gcoap-observe --rereg" --reregister
}

@test "zsh completes choices" {
	in_zsh "gcoap-get --dialect " tiloca-05 ietf
}

@test "zsh completes the tools of gcoap, and their options behind them" {
	in_zsh "gcoap do" doctor
	in_zsh "gcoap get --expect" --expect-from
}

@test "a tool prints the script for each shell, which the shell accepts" {
	gcoap-get --completion bash | bash -n
	gcoap-get --completion zsh | zsh -n
	gcoap-get --completion fish | fish --no-execute
}

@test "an unknown shell exits 2 and names the known ones" {
	run -2 --separate-stderr gcoap-get --completion tcsh
	[ -z "$output" ]
	[[ $stderr == *bash*zsh*fish* ]]
}
