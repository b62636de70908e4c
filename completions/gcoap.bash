# bash completion for gcoap and its tools: asks the tool for its options.
# `TOOL --complete-options` prints a row an option: name, letter, value word, choices, help.

_gcoap_tools() {
	local dir tool
	IFS=: read -ra dir <<<"$PATH"
	for tool in "${dir[@]/%//gcoap-}"; do
		compgen -G "$tool*" | sed 's|.*/gcoap-||'
	done
}

# Names of the [group NAME] sections of the config file, as @NAME.
_gcoap_groups() {
	local file=${GCOAP_CONFIG:-${XDG_CONFIG_HOME:-$HOME/.config}/gcoap/config}
	echo @demo
	[ -r "$file" ] && sed -n 's/^[ \t]*\[group[ \t]\{1,\}\([^]]*\)\].*/@\1/p' "$file"
}

_gcoap_interfaces() {
	ls /sys/class/net 2>/dev/null
}

# The value of option $1 of tool $2, given so far: $3.
_gcoap_value() {
	local name letter value choices help
	while IFS=$'\t' read -r name letter value choices help; do
		[[ $1 == "--$name" || ( -n $letter && $1 == "-$letter" ) ]] || continue
		[[ -n $value ]] || return 1
		if [[ -n $choices ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$3")
		elif [[ $name == interface ]]; then
			mapfile -t COMPREPLY < <(compgen -W "$(_gcoap_interfaces)" -- "$3")
		elif [[ $value == *FILE* || $value == F || $value == DIR || $name == config ]]; then
			compopt -o filenames 2>/dev/null
			mapfile -t COMPREPLY < <(compgen -f -- "$3")
		fi
		return 0
	done < <(_gcoap_rows "$2")
	return 1
}

_gcoap_rows() {
	"$1" --complete-options 2>/dev/null
}

_gcoap() {
	local cur=${COMP_WORDS[COMP_CWORD]} tool=${COMP_WORDS[0]} first=1 prev
	# COMP_WORDBREAKS splits --option=value at "=".
	prev=${COMP_WORDS[COMP_CWORD - 1]}
	if [[ $cur == = ]]; then
		cur=
	elif [[ $prev == = ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	COMPREPLY=()
	if [[ ${tool##*/} == gcoap ]]; then
		if ((COMP_CWORD == 1)); then
			mapfile -t COMPREPLY < <(compgen -W "demo doctor help $(_gcoap_tools)" -- "$cur")
			return
		fi
		tool=${tool%gcoap}gcoap-${COMP_WORDS[1]}
		first=2
	fi
	if ((COMP_CWORD > first)) || [[ $prev == -* ]]; then
		[[ $prev == -* ]] && _gcoap_value "$prev" "$tool" "$cur" && return
	fi
	case $cur in
	-*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(_gcoap_rows "$tool" | cut -f1 | sed 's/^/--/')" -- "$cur")
		;;
	*)
		mapfile -t COMPREPLY < <(compgen -W "all $(_gcoap_groups)" -- "$cur")
		;;
	esac
}

complete -F _gcoap gcoap gcoap-get gcoap-sim
