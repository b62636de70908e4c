/* Signals as events of the loop. */
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "loop.h"

static void signals_ready(struct gcoap__watch *w, uint32_t events)
{
	struct gcoap_loop *l = w->owner;
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		for (size_t i = 0; i < l->n_signals; i++) {
			if (l->signals[i].signo == (int)info.ssi_signo)
				l->signals[i].caught(l->signals[i].arg, l->signals[i].signo);
		}
	}
}

/* Block the signals of the list and let the descriptor report them. */
static int signals_apply(struct gcoap_loop *l)
{
	struct gcoap__watch *w;
	bool first = l->signal_fd < 0;
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < l->n_signals; i++)
		sigaddset(&set, l->signals[i].signo);
	fd = signalfd(l->signal_fd, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		return GCOAP_ESYSTEM;
	l->signal_fd = fd;
	if (sigprocmask(SIG_BLOCK, &set, first ? &l->old_mask : NULL) < 0)
		return GCOAP_ESYSTEM;
	return first ? gcoap__loop_watch(&w, l, fd, signals_ready, l) : 0;
}

int gcoap_loop_add_signal(struct gcoap_loop *l, int signo, void (*caught)(void *arg, int signo),
			  void *arg)
{
	struct gcoap__signal *more = realloc(l->signals, (l->n_signals + 1) * sizeof(*more));

	if (!more)
		return GCOAP_ENOMEM;
	l->signals = more;
	l->signals[l->n_signals++] = (struct gcoap__signal){ signo, caught, arg };
	return signals_apply(l);
}

void gcoap__loop_clear_signals(struct gcoap_loop *l)
{
	if (l->signal_fd >= 0) {
		(void)sigprocmask(SIG_SETMASK, &l->old_mask, NULL);
		close(l->signal_fd);
	}
	free(l->signals);
}
