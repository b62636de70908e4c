/* gcoap-get: one request to a CoAP group or server, every server's answer. */
#include "common/cli.h"
#include "get/get.h"

int main(int argc, char *argv[])
{
	struct get_args args = GET_ARGS_DEFAULT;
	struct get get;
	int status;

	cli_start("gcoap-get");
	status = opt_parse(&get_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);

	status = get_open(&get, &args, argc, argv);
	if (status == CLI_OK)
		status = args.run.dry_run ? get_dry_run(&get) : get_run(&get);
	get_close(&get);
	return cli_finish(status);
}
