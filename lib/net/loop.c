/* The loop: turns of engines and timers, and a wait until the earliest of their deadlines. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>
#include "loop.h"

#define CARRIED_A_TURN 1024

int gcoap_loop_new(struct gcoap_loop **out)
{
	struct gcoap_loop *l = calloc(1, sizeof(*l));

	*out = NULL;
	if (!l)
		return GCOAP_ENOMEM;
	l->signal_fd = -1;
	l->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (l->epfd < 0) {
		free(l);
		return GCOAP_ESYSTEM;
	}
	*out = l;
	return 0;
}

void gcoap_loop_free(struct gcoap_loop **l)
{
	struct gcoap__watch *w, *next_w;
	struct gcoap__pair *p, *next_p;

	if (!*l)
		return;
	gcoap__loop_clear_signals(*l);
	close((*l)->epfd);
	for (w = (*l)->watches; w; w = next_w) {
		next_w = w->next;
		free(w);
	}
	for (p = (*l)->pairs; p; p = next_p) {
		next_p = p->next;
		free(p);
	}
	free((*l)->timers);
	free(*l);
	*l = NULL;
}

int gcoap_loop_add(struct gcoap_loop *l, struct gcoap_udp *udp, struct gcoap_engine *engine)
{
	struct gcoap__pair *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return GCOAP_ENOMEM;
	*p = (struct gcoap__pair){ .loop = l, .udp = udp, .engine = engine };
	for (int i = 0; i < 2; i++) {
		if (udp->sock[i].fd < 0)
			continue;
		r = gcoap__loop_watch_socket(&p->watch[i], l, udp->sock[i].fd, gcoap__pair_ready,
					     p);
		if (r < 0) {
			if (p->watch[0])
				gcoap__loop_unwatch(l, p->watch[0]);
			free(p);
			return r;
		}
	}
	p->next = l->pairs;
	l->pairs = p;
	return 0;
}

static void fd_ready(struct gcoap__watch *w, uint32_t events)
{
	w->call(w->arg, w->fd);
}

int gcoap_loop_add_fd(struct gcoap_loop *l, int fd, void (*ready)(void *arg, int fd), void *arg)
{
	struct gcoap__watch *w;
	int r = gcoap__loop_watch(&w, l, fd, fd_ready, l);

	if (r < 0)
		return r;
	w->call = ready;
	w->arg = arg;
	return 0;
}

void gcoap_loop_remove_fd(struct gcoap_loop *l, int fd)
{
	for (struct gcoap__watch *w = l->watches; w; w = w->next) {
		if (w->fd == fd && w->ready == fd_ready && !w->dead)
			gcoap__loop_unwatch(l, w);
	}
}

int gcoap_loop_add_timer(struct gcoap_loop *l, gcoap_time delay, gcoap_time period,
			 void (*fire)(void *arg, gcoap_time now), void *arg)
{
	struct gcoap__timer *more = realloc(l->timers, (l->n_timers + 1) * sizeof(*more));

	if (!more)
		return GCOAP_ENOMEM;
	l->timers = more;
	l->timers[l->n_timers++] = (struct gcoap__timer){ gcoap_now() + delay, period, fire, arg };
	return 0;
}

void gcoap_loop_stop(struct gcoap_loop *l)
{
	l->stop = true;
}

/* Fire what is due, each once: periods that were slept through are not made up for. */
static void fire_timers(struct gcoap_loop *l, gcoap_time now)
{
	for (size_t i = 0; i < l->n_timers; i++) {
		struct gcoap__timer *t = &l->timers[i];

		if (t->at > now)
			continue;
		t->at = t->period ? t->at + t->period : GCOAP_NEVER;
		if (t->at <= now)
			t->at = now + t->period;
		t->fire(t->arg, now); /* may add timers, and so move the array */
	}
}

/* Tick when it is due, then take all there is, or as much as a turn allows: then true. */
static bool drive_carried(struct gcoap__carried *c, gcoap_time now)
{
	struct gcoap_datagram d;
	int n;

	if (c->engine->deadline(c->engine) <= now)
		c->engine->tick(c->engine, now);
	for (n = 0; n < CARRIED_A_TURN; n++) {
		d = (struct gcoap_datagram){ 0 };
		if (c->engine->send(c->engine, &d, now) <= 0)
			break;
		c->take(c->owner, &d, now);
	}
	return n == CARRIED_A_TURN;
}

/* All engines' and timers' turn; returns when to have the next at the latest. */
static gcoap_time turn(struct gcoap_loop *l, gcoap_time now)
{
	gcoap_time next = GCOAP_NEVER, at;
	bool more = false;

	fire_timers(l, now);
	for (struct gcoap__pair *p = l->pairs; p; p = p->next)
		more |= gcoap__pair_drive(p, now);
	for (struct gcoap__carried *c = l->carried; c; c = c->next)
		more |= drive_carried(c, now);
	for (struct gcoap__pair *p = l->pairs; p; p = p->next) {
		at = gcoap__pair_deadline(p);
		next = at < next ? at : next;
	}
	for (struct gcoap__carried *c = l->carried; c; c = c->next) {
		at = c->engine->deadline(c->engine);
		next = at < next ? at : next;
	}
	for (size_t i = 0; i < l->n_timers; i++)
		next = l->timers[i].at < next ? l->timers[i].at : next;
	return more ? now : next;
}

/* False: not yet; *@any: it does say when. */
static bool is_done(const struct gcoap_engine *e, bool *any)
{
	if (!e->done)
		return true;
	*any = true;
	return e->done(e);
}

static bool all_done(const struct gcoap_loop *l)
{
	bool any = false;

	for (struct gcoap__pair *p = l->pairs; p; p = p->next) {
		if (!is_done(p->engine, &any))
			return false;
	}
	for (struct gcoap__carried *c = l->carried; c; c = c->next) {
		if (!is_done(c->engine, &any))
			return false;
	}
	return any;
}

int gcoap_loop_run(struct gcoap_loop *l)
{
	gcoap_time next;

	l->stop = false;
	l->error = 0;
	for (;;) {
		next = turn(l, gcoap_now());
		if (l->error)
			return l->error;
		if (l->stop || all_done(l))
			return 0;
		if (gcoap__loop_wait(l, next) < 0)
			return GCOAP_ESYSTEM;
	}
}
