# bash completion for gcoap and its tools. Each tool prints its own (--completion bash), which
# asks the tool for its options; here they are joined to `gcoap TOOL`.

_gcoap_tools() {
	local dirs dir tool
	IFS=: read -ra dirs <<<"$PATH"
	for dir in "${dirs[@]}"; do
		for tool in "$dir"/gcoap-*; do
			[[ -x $tool ]] && echo "${tool##*/gcoap-}"
		done
	done | sort -u
}

# Define the completion of gcoap-$1 unless it is there; its function is _gcoap_$1.
_gcoap_load() {
	declare -F "_gcoap_$1" >/dev/null && return
	source /dev/stdin <<<"$("gcoap-$1" --completion bash 2>/dev/null)"
	declare -F "_gcoap_$1" >/dev/null
}

_gcoap() {
	local tool=${COMP_WORDS[1]}
	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W "demo doctor help $(_gcoap_tools)" -- "$tool")
		return
	fi
	_gcoap_load "$tool" || return
	COMP_WORDS=("gcoap-$tool" "${COMP_WORDS[@]:2}")
	COMP_CWORD=$((COMP_CWORD - 1))
	"_gcoap_$tool"
}

# bash-completion sources this file under the name of the command that is completed.
for _gcoap_tool in $(_gcoap_tools); do
	_gcoap_load "$_gcoap_tool"
done
unset _gcoap_tool
complete -o default -F _gcoap gcoap
