/* gcoap-proxy: one request to a CoAP group through a proxy, every server's answer relayed. */
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include "common/cli.h"
#include "proxy/proxy.h"

static int run(struct proxy *p)
{
	int r = gcoap_loop_run(p->loop);

	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", gcoap_strerror(r), strerror(errno));
	return 0;
}

int main(int argc, char *argv[])
{
	struct proxy_args args = PROXY_ARGS_DEFAULT;
	struct proxy proxy = { 0 };
	int status;

	cli_start("gcoap-proxy");
	/* Nothing that is started from here on, and nothing is, can gain a privilege. */
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	status = opt_parse(&proxy_command, &argc, &argv, &args);
	if (status != OPT_RUN)
		return cli_finish(status);
	cli_quiet(args.quiet);
	if (argc > 0)
		return cli_finish(cli_usage("unexpected argument \"%s\"", argv[0]));
	status = proxy_setup(&proxy, &args);
	if (!status)
		status = proxy_open(&proxy);
	if (!status) {
		proxy_ready(&proxy);
		status = run(&proxy);
	}
	proxy_close(&proxy);
	return cli_finish(status);
}
