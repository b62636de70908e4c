# fish completion for gcoap and its tools: asks the tool for its options.
# `TOOL --complete-options` prints a row an option: name, letter, value word, choices, help.

function __gcoap_tools
    printf '%s\n' demo doctor help
    for dir in $PATH
        for tool in $dir/gcoap-*
            string replace -r '.*/gcoap-' '' $tool
        end
    end
end

function __gcoap_targets
    set -l file $GCOAP_CONFIG
    if test -z "$file"
        set -l home $XDG_CONFIG_HOME
        test -n "$home"; or set home $HOME/.config
        set file $home/gcoap/config
    end
    printf '%s\n' all @demo
    if test -r "$file"
        sed -n 's/^[ \t]*\[group[ \t]\{1,\}\([^]]*\)\].*/@\1/p' $file
    end
end

function __gcoap_interfaces
    command ls /sys/class/net 2>/dev/null
end

# Complete $tool's options under $command when $condition holds.
function __gcoap_load --argument-names tool command condition
    set -l when
    test -n "$condition"; and set when -n $condition
    for row in (command $tool --complete-options 2>/dev/null)
        set -l field (string split \t -- $row)
        set -l spec -c $command $when -l $field[1] -d $field[5]
        test -n "$field[2]"; and set -a spec -s $field[2]
        if test -n "$field[3]"
            if test -n "$field[4]"
                set -a spec -x -a $field[4]
            else if test $field[1] = interface
                set -a spec -x -a '(__gcoap_interfaces)'
            else if string match -qr 'FILE|^F$|^DIR$' -- $field[3]; or test $field[1] = config
                set -a spec -r -F
            else
                set -a spec -x
            end
        end
        complete $spec
    end
end

for tool in gcoap-get gcoap-sim
    if type -q $tool
        __gcoap_load $tool $tool ''
        complete -c $tool -f -a '(__gcoap_targets)'
        set -l word (string replace gcoap- '' $tool)
        __gcoap_load $tool gcoap "__fish_seen_subcommand_from $word"
    end
end
complete -c gcoap -f -n __fish_use_subcommand -a '(__gcoap_tools)'
complete -c gcoap -f -n 'not __fish_use_subcommand' -a '(__gcoap_targets)'
