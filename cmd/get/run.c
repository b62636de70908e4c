/* Send, wait, show. */
#include <errno.h>
#include <string.h>
#include "common/cli.h"
#include "common/progress.h"
#include "get.h"

static int open_capture(struct get *g)
{
	const char *path = g->args->run.pcap;
	int r;

	if (path == NULL)
		return CLI_OK;
	r = gcoap_capture_open(&g->capture, path);
	if (r == GCOAP_ESYSTEM)
		return cli_error(CLI_LOCAL, NULL, "%s: %s", path, strerror(errno));
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "--pcap: %s", gcoap_strerror(r));
	return CLI_OK;
}

static int close_capture(struct get *g)
{
	if (g->capture == NULL || gcoap_capture_close(&g->capture) >= 0)
		return CLI_OK;
	return cli_error(CLI_LOCAL, NULL, "%s: not all of it could be written",
			 g->args->run.pcap);
}

static int start(struct get *g)
{
	int status = open_capture(g);
	int r;

	if (status == CLI_OK)
		status = get_client_open(g);
	if (status == CLI_OK)
		status = get_endpoint_open(g);
	if (status != CLI_OK)
		return status;
	g->started = gcoap_now();
	get_rounds_init(g, g->started);
	r = gcoap_loop_new(&g->loop);
	if (r >= 0)
		r = gcoap_loop_add(g->loop, g->udp, &g->rounds.engine);
	if (r >= 0)
		r = get_watch(g);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", gcoap_strerror(r));
	return get_ask_all(g, g->started);
}

int get_run(struct get *g)
{
	struct gcoap_summary s;
	int status = start(g);

	if (status != CLI_OK)
		return cli_worse(status, close_capture(g));
	g->error = gcoap_loop_run(g->loop);
	progress_hide();
	gcoap_client_summary(g->client, &s, gcoap_now());
	s.kernel_drops = gcoap_udp_drops(g->udp);
	cli_hold();
	status = cli_worse(get_verdict(g, &s), close_capture(g));
	if (g->tally.broken == 0 && g->render->finish(g->render, &s, status) < 0)
		status = cli_worse(status, CLI_LOCAL);
	cli_release();
	return status;
}
