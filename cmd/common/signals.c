#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <gcoap/error.h>
#include "cli.h"

/* A handler, not a blocked signal: the second Ctrl-C must work while a write to a full pipe
 * blocks, which is no place where a loop would look. */
static struct {
	int fd; /* wakes the loop */
	volatile sig_atomic_t stops, interims;
	struct signals to;
} caught = { .fd = -1 };

static void on_signal(int signo)
{
	uint64_t one = 1;
	int saved = errno;

	if (signo == SIGQUIT)
		caught.interims = 1;
	else if (caught.stops++ > 0) {
		if (caught.to.leave_screen != NULL)
			caught.to.leave_screen();
		_exit(CLI_INTERRUPT);
	}
	if (write(caught.fd, &one, sizeof(one)) < 0)
		errno = 0; /* the counter is full: the loop will wake in any case */
	errno = saved;
}

static void on_wake(void *arg, int fd)
{
	uint64_t n;

	if (read(fd, &n, sizeof(n)) < 0)
		return;
	if (caught.interims != 0 && caught.stops == 0)
		caught.to.interim(caught.to.arg);
	caught.interims = 0;
	if (caught.stops > 0)
		caught.to.stop(caught.to.arg);
}

int signals_catch(const struct signals *s, struct gcoap_loop *loop)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGQUIT };
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

	caught.to = *s;
	caught.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (caught.fd < 0)
		return GCOAP_ESYSTEM;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
	if (s->leave_screen != NULL)
		sigaction(SIGHUP, &action, NULL);
	return gcoap_loop_add_fd(loop, caught.fd, on_wake, NULL);
}
