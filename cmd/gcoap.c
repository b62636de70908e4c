/* gcoap: the front door of the family. */
#include <string.h>
#include "common/cli.h"
#include "common/opt.h"
#include "shell/shell.h"

const struct shell_command shell_commands[] = {
	{ "demo", "", "a simulated group on loopback, and one request to it", shell_demo },
	{ "doctor", "[GROUP]", "why does nobody answer? checks of this host", shell_doctor },
	{ "help", "[TOPIC]", "the manual: gcoap help get", shell_help },
	{ 0 },
};

static const struct opt_group no_groups[] = { { 0 } };

static const struct opt_command gcoap_command = {
	.name = "gcoap",
	.usage = "COMMAND [ARGUMENT]...",
	.promise = "CoAP group communication: one request, every server's answer",
	.groups = no_groups,
	.no_config = true,
};

/* -V, --completion and what no word begins with. */
static int options(int argc, char **argv)
{
	char none;
	int status = opt_parse(&gcoap_command, &argc, &argv, &none);

	return status == OPT_RUN ? cli_usage("need a command") : status;
}

static bool is_help(const char *word)
{
	return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
}

int main(int argc, char *argv[])
{
	cli_start("gcoap");
	if (argc < 2 || is_help(argv[1])) {
		shell_list();
		return cli_finish(CLI_OK);
	}
	if (argv[1][0] == '-')
		return cli_finish(options(argc, argv));
	for (const struct shell_command *c = shell_commands; c->word != NULL; c++) {
		if (strcmp(c->word, argv[1]) == 0)
			return cli_finish(c->run(argc - 1, argv + 1));
	}
	return cli_finish(shell_dispatch(argc - 1, argv + 1));
}
