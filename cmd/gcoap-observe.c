/* gcoap-observe: follow a resource on every member of a CoAP group. */
#include "common/cli.h"
#include "observe/observe.h"

int main(int argc, char *argv[])
{
	struct observe_args args = OBSERVE_ARGS_DEFAULT;
	struct observe o;
	int status;

	cli_start("gcoap-observe");
	status = opt_parse(&observe_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);

	status = observe_open(&o, &args, argc, argv);
	if (status == CLI_OK)
		status = args.run.how.dry_run ? run_dry(&o.run) : run_go(&o.run);
	observe_close(&o);
	return cli_finish(status);
}
