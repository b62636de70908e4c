/* Send, wait, show. */
#include <errno.h>
#include <string.h>
#include "cli.h"
#include "progress.h"
#include "run.h"

int run_capture_open(struct run *run)
{
	const char *path = run->args->how.pcap;
	int r;

	if (path == NULL || run_stream_wanted(run))
		return CLI_OK;
	r = gcoap_capture_open(&run->capture, path);
	if (r == GCOAP_ESYSTEM)
		return cli_file_error("--pcap", path, errno);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "--pcap: %s", gcoap_strerror(r));
	return CLI_OK;
}

int run_capture_close(struct run *run)
{
	if (run->capture == NULL || gcoap_capture_close(&run->capture) >= 0)
		return CLI_OK;
	return cli_file_error("--pcap", run->args->how.pcap, 0);
}

static int start(struct run *run)
{
	int status = run_capture_open(run);
	int r;

	if (status == CLI_OK)
		status = run_client_open(run);
	if (status == CLI_OK && !run_stream_wanted(run))
		status = run_endpoint_open(run);
	if (status != CLI_OK)
		return status;
	run->started = gcoap_now();
	run_rounds_init(run, run->started);
	r = gcoap_loop_new(&run->loop);
	if (r >= 0 && run->udp != NULL)
		r = gcoap_loop_add(run->loop, run->udp, &run->rounds.engine);
	if (r >= 0)
		r = run_watch(run);
	if (r < 0)
		return cli_error(CLI_LOCAL, NULL, "cannot start: %s", run_why(r, errno));
	if (run_stream_wanted(run))
		status = run_stream_open(run);
	if (status == CLI_OK && run->begin != NULL)
		status = run->begin(run);
	return status == CLI_OK ? run_ask_all(run, run->started) : status;
}

/* The rest of the output; memory that is short is said here, a failed write by cli_finish(). */
static int finish(struct run *run, const struct gcoap_summary *s, int status)
{
	int r = run->tally.broken == 0 ? run->render->finish(run->render, s, status) : 0;

	if (r == GCOAP_ENOMEM)
		cli_error(CLI_LOCAL, NULL, "the output is not whole: %s", gcoap_strerror(r));
	return r < 0 ? cli_worse(status, CLI_LOCAL) : status;
}

int run_go(struct run *run)
{
	struct gcoap_summary s;
	int status = start(run);

	if (status != CLI_OK)
		return cli_worse(status, run_capture_close(run));
	if (run->n_asked > 0 || run->n_rounds > 1) { /* else all of it was in the cache */
		run->error = gcoap_loop_run(run->loop);
		run->why = errno;
	}
	progress_hide();
	gcoap_client_summary(run->client, &s, gcoap_now());
	if (run->udp != NULL)
		s.kernel_drops = gcoap_udp_drops(run->udp);
	run_cache_count(run, &s);
	if (run->count != NULL)
		run->count(run, &s);
	if (run->ended != NULL)
		run->ended(run);
	cli_hold();
	status = cli_worse(run_verdict(run, &s), run_capture_close(run));
	status = cli_worse(status, run_cache_close(run));
	if (run->judge != NULL && run->tally.broken == 0)
		status = cli_worse(status, run->judge(run, &s));
	status = finish(run, &s, status);
	cli_release();
	return status;
}
