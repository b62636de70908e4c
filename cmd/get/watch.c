/* While it waits: Ctrl-C, SIGQUIT and the progress line. */
#include <signal.h>
#include <unistd.h>
#include "common/progress.h"
#include "get.h"

/* The first one ends the wait and shows what came; the next one finds the default action. */
static void on_stop(void *arg, int signo)
{
	struct get *g = arg;
	sigset_t set;

	g->rounds.left = 0;
	gcoap_client_stop(g->client, GCOAP_ENDED_INTERRUPT, gcoap_now());
	gcoap_loop_stop(g->loop);
	signal(signo, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, signo);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void on_interim(void *arg, int signo)
{
	struct get *g = arg;
	struct gcoap_summary s;

	if (g->render->interim == NULL)
		return;
	gcoap_client_summary(g->client, &s, gcoap_now());
	s.kernel_drops = gcoap_udp_drops(g->udp);
	progress_hide();
	g->render->interim(g->render, &s);
}

static void on_progress(void *arg, gcoap_time now)
{
	struct get *g = arg;
	struct gcoap_summary s;

	gcoap_client_summary(g->client, &s, now);
	progress_show(now, gcoap_client_ends_at(g->client), s.servers, g->args->ask.wait.expect);
}

int get_watch(struct get *g)
{
	int r = gcoap_loop_add_signal(g->loop, SIGINT, on_stop, g);

	if (r == 0)
		r = gcoap_loop_add_signal(g->loop, SIGTERM, on_stop, g);
	if (r == 0)
		r = gcoap_loop_add_signal(g->loop, SIGQUIT, on_interim, g);
	if (r < 0 || g->args->output.quiet > 0 || !isatty(STDERR_FILENO))
		return r;
	progress_start(true, g->started);
	return gcoap_loop_add_timer(g->loop, 300 * GCOAP_MS, 100 * GCOAP_MS, on_progress, g);
}
