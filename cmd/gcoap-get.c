/* gcoap-get: one request to a CoAP group or server, every server's answer. */
#include "common/cli.h"
#include "get/get.h"

int main(int argc, char *argv[])
{
	struct get_args args = GET_ARGS_DEFAULT;
	struct run run;
	int status;

	cli_start("gcoap-get");
	status = opt_parse(&get_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);
	if (args.rounds.rounds == 0)
		return cli_finish(cli_usage("--rounds 0: want 1 or more"));

	run_init(&run, &args.run);
	run.n_rounds = args.rounds.rounds;
	run.interval = args.rounds.interval;
	status = run_open(&run, argc, argv);
	if (status == CLI_OK)
		status = args.run.how.dry_run ? run_dry(&run) : run_go(&run);
	run_close(&run);
	return cli_finish(status);
}
