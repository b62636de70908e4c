/*
 * What the loop waits for: epoll, but for the sockets of its first pairs. Epoll is told of each
 * datagram that comes or has left, also while nobody waits: a tenth of what a busy socket costs,
 * half of it at the other end of a local one. ppoll() listens only while it sleeps, at a price for
 * each descriptor.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>
#include "loop.h"

#define EVENTS 32

_Static_assert(POLLIN == EPOLLIN && POLLOUT == EPOLLOUT && POLLERR == EPOLLERR &&
		       POLLHUP == EPOLLHUP,
	       "both speak of the same events");

static struct gcoap__watch *watch_new(struct gcoap_loop *l, int fd,
				      void (*ready)(struct gcoap__watch *w, uint32_t events),
				      void *owner)
{
	struct gcoap__watch *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	*w = (struct gcoap__watch){ .fd = fd, .ready = ready, .owner = owner, .next = l->watches };
	l->watches = w;
	return w;
}

static void watch_drop(struct gcoap_loop *l)
{
	struct gcoap__watch *w = l->watches;

	l->watches = w->next;
	free(w);
}

int gcoap__loop_watch(struct gcoap__watch **out, struct gcoap_loop *l, int fd,
		      void (*ready)(struct gcoap__watch *w, uint32_t events), void *owner)
{
	struct epoll_event ev = { .events = EPOLLIN };

	*out = ev.data.ptr = watch_new(l, fd, ready, owner);
	if (!*out)
		return GCOAP_ENOMEM;
	if (epoll_ctl(l->epfd, EPOLL_CTL_ADD, fd, &ev) == 0)
		return 0;
	watch_drop(l);
	*out = NULL;
	return GCOAP_ESYSTEM;
}

int gcoap__loop_watch_socket(struct gcoap__watch **out, struct gcoap_loop *l, int fd,
			     void (*ready)(struct gcoap__watch *w, uint32_t events), void *owner)
{
	if (l->n_polled == LOOP_POLLED)
		return gcoap__loop_watch(out, l, fd, ready, owner);
	*out = watch_new(l, fd, ready, owner);
	if (!*out)
		return GCOAP_ENOMEM;
	l->polled[l->n_polled++] = *out;
	return 0;
}

/* Its place among those of ppoll(), or -1. */
static int polled_at(const struct gcoap_loop *l, const struct gcoap__watch *w)
{
	for (int i = 0; i < l->n_polled; i++)
		if (l->polled[i] == w)
			return i;
	return -1;
}

void gcoap__loop_watch_out(struct gcoap_loop *l, struct gcoap__watch *w, bool on)
{
	struct epoll_event ev = { .events = EPOLLIN | (on ? EPOLLOUT : 0), .data.ptr = w };

	w->out = on;
	if (polled_at(l, w) < 0 && epoll_ctl(l->epfd, EPOLL_CTL_MOD, w->fd, &ev) < 0)
		l->error = GCOAP_ESYSTEM;
}

void gcoap__loop_unwatch(struct gcoap_loop *l, struct gcoap__watch *w)
{
	int i = polled_at(l, w);

	if (i >= 0)
		l->polled[i] = l->polled[--l->n_polled];
	else
		(void)epoll_ctl(l->epfd, EPOLL_CTL_DEL, w->fd, NULL);
	w->dead = true;
}

static void free_dead(struct gcoap_loop *l)
{
	struct gcoap__watch **at = &l->watches, *w;

	while ((w = *at)) {
		if (w->dead) {
			*at = w->next;
			free(w);
		} else {
			at = &w->next;
		}
	}
}

static void call(struct gcoap__watch *w, uint32_t events)
{
	if (events && !w->dead)
		w->ready(w, events);
}

/* Call those that epoll has. */
static int call_others(struct gcoap_loop *l)
{
	struct epoll_event ev[EVENTS];
	int n = epoll_wait(l->epfd, ev, EVENTS, 0);

	for (int i = 0; i < n; i++)
		call(ev[i].data.ptr, ev[i].events);
	return n < 0 && errno != EINTR ? GCOAP_ESYSTEM : 0;
}

/* Wait for the first: how many of @fds, or -1. */
static int sleep_until(struct pollfd *fds, int n, gcoap_time until)
{
	gcoap_time left = until == GCOAP_NEVER ? 0 : until - gcoap_now();
	struct timespec ts;

	left = left > 0 ? left : 0;
	ts = (struct timespec){ left / GCOAP_SECOND, left % GCOAP_SECOND };
	n = ppoll(fds, (nfds_t)n, until == GCOAP_NEVER ? NULL : &ts, NULL);
	return n < 0 && errno == EINTR ? 0 : n;
}

int gcoap__loop_wait(struct gcoap_loop *l, gcoap_time until)
{
	struct pollfd fds[1 + LOOP_POLLED] = { { .fd = l->epfd, .events = POLLIN } };
	struct gcoap__watch *polled[LOOP_POLLED];
	int n = l->n_polled, ready, r = 0;

	for (int i = 0; i < n; i++) {
		polled[i] = l->polled[i];
		fds[1 + i] = (struct pollfd){ polled[i]->fd,
					      POLLIN | (polled[i]->out ? POLLOUT : 0), 0 };
	}
	ready = sleep_until(fds, 1 + n, until);
	if (ready < 0)
		return GCOAP_ESYSTEM;
	if (ready > 0 && fds[0].revents)
		r = call_others(l);
	for (int i = 0; i < n && ready > 0; i++)
		call(polled[i], (uint32_t)(uint16_t)fds[1 + i].revents);
	free_dead(l);
	return r;
}
