/* gcoap-discover: which servers of a group have which resources. */
#include "common/cli.h"
#include "discover/discover.h"

int main(int argc, char *argv[])
{
	struct discover_args args = DISCOVER_ARGS_DEFAULT;
	struct discover discover;
	int status;

	cli_start("gcoap-discover");
	discover_options();
	status = opt_parse(&discover_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);

	status = discover_open(&discover, &args, argc, argv);
	if (status == CLI_OK)
		status = args.run.how.dry_run ? run_dry(&discover.run) : run_go(&discover.run);
	discover_close(&discover);
	return cli_finish(status);
}
