/* Completion scripts: thin ones that ask the tool for its rows. */
#include "opt_internal.h"

#include <stdio.h>
#include <string.h>
#include "cli.h"

/* In the scripts @T@ is the tool, @F@ its name as part of a function's name. */
static const char bash[] =
	"# bash completion for @T@: it asks the tool for its options.\n"
	"_@F@() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal name letter value choices help words=()\n"
	"\t[[ $cur == = ]] && cur=\n"
	"\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	"\twhile IFS=$'\\037' read -r name letter value choices help; do\n"
	"\t\tif [[ $prev == \"--$name\" || ( -n $letter && $prev == \"-$letter\" ) ]] && [[ -n $value ]]; then\n"
	"\t\t\tcase $value in\n"
	"\t\t\t*FILE*|F|'F|'*) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
	"\t\t\tDIR) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n"
	"\t\t\tIF) COMPREPLY=($(compgen -W \"$(ls /sys/class/net 2>/dev/null)\" -- \"$cur\")); return ;;\n"
	"\t\t\tesac\n"
	"\t\t\tCOMPREPLY=($(compgen -W \"$choices\" -- \"$cur\")); return\n"
	"\t\tfi\n"
	"\t\twords+=(\"--$name\")\n"
	"\tdone < <(@T@ --complete-options 2>/dev/null | tr '\\t' '\\037')\n"
	"\tif [[ $cur == -* ]]; then\n"
	"\t\tCOMPREPLY=($(compgen -W \"${words[*]}\" -- \"$cur\")); return\n"
	"\tfi\n"
	"\twords=$(@T@ --complete-targets 2>/dev/null)\n"
	/* COMP_WORDS is broken at @, the word that readline replaces is not */
	"\t[[ $prev == @ ]] && cur=@$cur\n"
	"\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	"}\n"
	"complete -o default -F _@F@ @T@\n";

static const char zsh[] =
	"#compdef @T@\n"
	"# zsh completion for @T@: it asks the tool for its options.\n"
	"_@F@() {\n"
	"\tlocal line name letter value choices help spec action\n"
	"\tlocal -a specs f targets\n"
	"\tfor line in ${(f)\"$(@T@ --complete-options 2>/dev/null)\"}; do\n"
	"\t\tf=(\"${(@s:\t:)line}\")\n"
	"\t\tname=$f[1] letter=$f[2] value=$f[3] choices=$f[4] help=${f[5]//[\\[\\]:]/ }\n"
	"\t\taction=\n"
	"\t\tif [[ -n $value ]]; then\n"
	"\t\t\tcase $value in\n"
	"\t\t\t(*FILE*|F|F\\|*) action=_files ;;\n"
	"\t\t\t(DIR) action='_files -/' ;;\n"
	"\t\t\t(IF) action=_net_interfaces ;;\n"
	"\t\t\t(*) action=\"(${choices:- })\" ;;\n"
	"\t\t\tesac\n"
	"\t\t\tspec=\"[$help]:${value//:/ }:$action\"\n"
	"\t\t\tspecs+=(\"*--$name=$spec\")\n"
	"\t\telse\n"
	"\t\t\tspec=\"[$help]\"\n"
	"\t\t\tspecs+=(\"*--$name$spec\")\n"
	"\t\tfi\n"
	"\t\t[[ -n $letter ]] && specs+=(\"*-$letter$spec\")\n"
	"\tdone\n"
	"\ttargets=(${(f)\"$(@T@ --complete-targets 2>/dev/null)\"})\n"
	"\t_arguments -s $specs \"*:target:(${targets:- })\"\n"
	"}\n"
	"if [[ ${funcstack[1]-} == _@F@ ]]; then _@F@ \"$@\"; else compdef _@F@ @T@; fi\n";

static const char fish[] =
	"# fish completion for @T@: it asks the tool for its options.\n"
	"complete -c @T@ -e\n"
	"for line in (@T@ --complete-options 2>/dev/null)\n"
	"\tset -l f (string split \\t -- $line)\n"
	"\tset -l args -c @T@ -l $f[1] -d \"$f[5]\"\n"
	"\ttest -n \"$f[2]\"; and set -a args -s $f[2]\n"
	"\tswitch \"$f[3]\"\n"
	"\tcase ''\n"
	"\tcase '*FILE*' F 'F|*' DIR\n"
	"\t\tset -a args -r -F\n"
	"\tcase IF\n"
	"\t\tset -a args -x -a '(ls /sys/class/net 2>/dev/null)'\n"
	"\tcase '*'\n"
	"\t\tset -a args -x -a \"$f[4]\"\n"
	"\tend\n"
	"\tcomplete $args\n"
	"end\n"
	"complete -c @T@ -f -a '(@T@ --complete-targets 2>/dev/null)'\n";

static void print_script(const char *script, const char *tool)
{
	for (const char *p = script; *p; p++) {
		if (p[0] != '@' || (p[1] != 'T' && p[1] != 'F') || p[2] != '@') {
			putchar(*p);
			continue;
		}
		for (const char *t = tool; *t; t++)
			putchar(p[1] == 'F' && *t == '-' ? '_' : *t);
		p += 2;
	}
}

int opt__print_completion(const struct opt_table *t, const char *shell)
{
	static const struct {
		const char *shell, *script;
	} scripts[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (strcmp(shell, scripts[i].shell))
			continue;
		print_script(scripts[i].script, t->cmd->name);
		return CLI_OK;
	}
	return cli_usage("--completion: \"%s\" is none of bash, zsh, fish", shell);
}
