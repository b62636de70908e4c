/* gcoap-etag: validate what is held of a group's answers. */
#include "common/cli.h"
#include "etag/etag.h"

static int forget(struct etag *e)
{
	int n = held_forget(&e->held);

	if (n < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", e->held.path, gcoap_strerror(n));
	cli_note("forgot %d entries of %s", n, e->held.path);
	return CLI_OK;
}

int main(int argc, char *argv[])
{
	struct etag_args args = ETAG_ARGS_DEFAULT;
	static struct etag e;
	int status;

	cli_start("gcoap-etag");
	etag_options();
	status = opt_parse(&etag_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);

	status = etag_open(&e, &args, argc, argv);
	if (status == CLI_OK && args.own.forget)
		status = forget(&e);
	else if (status == CLI_OK)
		status = args.run.how.dry_run ? run_dry(&e.run) : run_go(&e.run);
	return cli_finish(cli_worse(status, etag_close(&e)));
}
