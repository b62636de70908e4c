/* Signals, and what happens by the clock. */
#include "proxy.h"

#include <inttypes.h>
#include <signal.h>
#include "common/cli.h"

#define LOOK_AT_DROPS (5 * GCOAP_SECOND)

/* The first one lets ongoing exchanges end, for a while; the second one does not. */
static void end(void *arg, int signo)
{
	struct proxy *p = arg;

	if (p->stopping) {
		gcoap_loop_stop(p->loop);
		return;
	}
	p->stopping = true;
	gcoap_proxy_stop(p->core, PROXY_STOP, gcoap_now());
}

static void time_is_up(void *arg, gcoap_time now)
{
	struct proxy *p = arg;

	if (!p->stopping)
		end(p, SIGTERM);
}

static void statistics(void *arg, int signo)
{
	proxy_stats_say(arg);
}

/* A file that was renamed is left, and begun anew. */
static void hang_up(void *arg, int signo)
{
	(void)proxy_log_open(arg);
}

/* What the kernel had no room for never reaches the clients: it must be said. */
static void look_at_drops(void *arg, gcoap_time now)
{
	struct proxy *p = arg;
	uint64_t drops = gcoap_udp_drops(p->upstream);

	if (drops == p->drops)
		return;
	cli_warn("%" PRIu64 " answers of servers were lost here: the receive buffer was full",
		 drops - p->drops);
	cli_hint("sudo sysctl -w net.core.rmem_max=16777216");
	p->drops = drops;
}

int proxy_signals(struct proxy *p)
{
	const struct {
		int signo;
		void (*caught)(void *arg, int signo);
	} rows[] = {
		{ SIGINT, end }, { SIGTERM, end }, { SIGUSR1, statistics }, { SIGHUP, hang_up },
	};
	int r = 0;

	for (size_t i = 0; r >= 0 && i < sizeof(rows) / sizeof(rows[0]); i++)
		r = gcoap_loop_add_signal(p->loop, rows[i].signo, rows[i].caught, p);
	if (r >= 0)
		r = gcoap_loop_add_timer(p->loop, LOOK_AT_DROPS, LOOK_AT_DROPS, look_at_drops, p);
	if (r >= 0 && p->args->duration)
		r = gcoap_loop_add_timer(p->loop, p->args->duration, p->args->duration,
					 time_is_up, p);
	return r;
}
