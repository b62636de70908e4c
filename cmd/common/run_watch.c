/* While it waits: Ctrl-C, SIGQUIT and the progress line. */
#include <unistd.h>
#include "progress.h"
#include "run.h"
#include "signals.h"

#define FLUSH_EVERY (100 * GCOAP_MS)

static void show_interim(void *arg)
{
	struct run *run = arg;
	struct gcoap_summary s;

	if (run->render->interim == NULL)
		return;
	gcoap_client_summary(run->client, &s, gcoap_now());
	if (run->udp != NULL)
		s.kernel_drops = gcoap_udp_drops(run->udp);
	progress_hide();
	run->render->interim(run->render, &s);
}

static void stop(void *arg)
{
	struct run *run = arg;

	run->rounds.left = 0;
	run->rounds.open = false;
	if (run->interrupt != NULL) {
		run->interrupt(run, gcoap_now());
		return;
	}
	gcoap_client_stop(run->client, GCOAP_ENDED_INTERRUPT, gcoap_now());
	gcoap_loop_stop(run->loop);
}

static void on_progress(void *arg, gcoap_time now)
{
	struct run *run = arg;
	struct gcoap_summary s;

	gcoap_client_summary(run->client, &s, now);
	progress_show(now, gcoap_client_ends_at(run->client), s.servers,
		      run->args->ask.wait.expect);
}

/* Records come in bursts and are written together; the last of a burst shall not wait. */
static void on_flush(void *arg, gcoap_time now)
{
	struct run *run = arg;
	int r = run->render->flush(run->render);

	if (r < 0 && run->tally.broken == 0) {
		run->tally.broken = r;
		gcoap_loop_stop(run->loop);
	}
}

int run_watch(struct run *run)
{
	const struct signals signals = { stop, show_interim, run, run->leave_screen };
	int r = signals_catch(&signals, run->loop);

	if (r == 0 && run->render->flush != NULL && run->args->output.quiet < 2)
		r = gcoap_loop_add_timer(run->loop, FLUSH_EVERY, FLUSH_EVERY, on_flush, run);
	if (r < 0 || run->args->output.quiet > 0 || run->leave_screen != NULL ||
	    !isatty(STDERR_FILENO))
		return r;
	progress_start(true, run->started);
	return gcoap_loop_add_timer(run->loop, 300 * GCOAP_MS, 100 * GCOAP_MS, on_progress, run);
}
