# fish completion for gcoap and its tools. Each tool prints its own (--completion fish), which
# asks the tool for its options; here they are joined to `gcoap TOOL`.

function __gcoap_tools
    printf '%s\n' demo doctor help
    for tool in $PATH/gcoap-*
        string replace -r '.*/gcoap-' '' $tool
    end
end

# What gcoap-TOOL would complete behind the words so far.
function __gcoap_join
    set -l words (commandline -opc) (commandline -ct)
    complete -C "gcoap-$words[2] "(string join ' ' -- $words[3..-1])
end

for tool in (__gcoap_tools)
    if type -q gcoap-$tool
        gcoap-$tool --completion fish 2>/dev/null | source
    end
end
complete -c gcoap -f -n __fish_use_subcommand -a '(__gcoap_tools)'
complete -c gcoap -f -n 'not __fish_use_subcommand' -a '(__gcoap_join)'
