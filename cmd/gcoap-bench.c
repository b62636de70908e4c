/* gcoap-bench: latency and loss of a CoAP group, a server or a proxy under a load. */
#include "bench/tool.h"
#include "common/cli.h"

int main(int argc, char *argv[])
{
	struct bench_args args = BENCH_ARGS_DEFAULT;
	static struct bench bench;
	int status;

	cli_start("gcoap-bench");
	bench.words = argv;
	bench_options();
	status = opt_parse(&bench_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);

	status = bench_open(&bench, &args, argc, argv);
	if (status == CLI_OK)
		status = args.run.how.dry_run ? bench_dry(&bench) : bench_go(&bench);
	bench_close(&bench);
	return cli_finish(status);
}
