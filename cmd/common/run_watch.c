/* While it waits: Ctrl-C, SIGQUIT and the progress line. */
#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "cli.h"
#include "progress.h"
#include "run.h"

#define FLUSH_EVERY (100 * GCOAP_MS)

/* A handler, not a blocked signal: the second Ctrl-C must work while a write to a full pipe
 * blocks, which is no place where a loop would look. */
static struct {
	int fd; /* wakes the loop */
	volatile sig_atomic_t stops, interims;
	void (*leave_screen)(void);
} caught = { .fd = -1 };

static void on_signal(int signo)
{
	uint64_t one = 1;
	int saved = errno;

	if (signo == SIGQUIT)
		caught.interims = 1;
	else if (caught.stops++ > 0) {
		if (caught.leave_screen != NULL)
			caught.leave_screen();
		_exit(CLI_INTERRUPT);
	}
	if (write(caught.fd, &one, sizeof(one)) < 0)
		errno = 0; /* the counter is full: the loop will wake in any case */
	errno = saved;
}

static void show_interim(struct run *run)
{
	struct gcoap_summary s;

	if (run->render->interim == NULL)
		return;
	gcoap_client_summary(run->client, &s, gcoap_now());
	if (run->udp != NULL)
		s.kernel_drops = gcoap_udp_drops(run->udp);
	progress_hide();
	run->render->interim(run->render, &s);
}

static void on_wake(void *arg, int fd)
{
	struct run *run = arg;
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;
	if (caught.interims != 0 && caught.stops == 0)
		show_interim(run);
	caught.interims = 0;
	if (caught.stops == 0)
		return;
	run->rounds.left = 0;
	run->rounds.open = false;
	if (run->interrupt != NULL) {
		run->interrupt(run, gcoap_now());
		return;
	}
	gcoap_client_stop(run->client, GCOAP_ENDED_INTERRUPT, gcoap_now());
	gcoap_loop_stop(run->loop);
}

static int catch_signals(struct run *run)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGQUIT };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	caught.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (caught.fd < 0)
		return GCOAP_ESYSTEM;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	caught.leave_screen = run->leave_screen;
	if (run->leave_screen != NULL)
		sigaction(SIGHUP, &action, NULL);
	return gcoap_loop_add_fd(run->loop, caught.fd, on_wake, run);
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
	int r = catch_signals(run);

	if (r == 0 && run->render->flush != NULL && run->args->output.quiet < 2)
		r = gcoap_loop_add_timer(run->loop, FLUSH_EVERY, FLUSH_EVERY, on_flush, run);
	if (r < 0 || run->args->output.quiet > 0 || run->leave_screen != NULL ||
	    !isatty(STDERR_FILENO))
		return r;
	progress_start(true, run->started);
	return gcoap_loop_add_timer(run->loop, 300 * GCOAP_MS, 100 * GCOAP_MS, on_progress, run);
}
