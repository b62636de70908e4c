/* An observation from its registration to its end. */
#include "observe.h"

#include <stdlib.h>

int gcoap__observe_init(struct gcoap__exchange *x, const struct gcoap_observe *config)
{
	struct gcoap__observation *w;

	if (x->msg.code != GCOAP_GET && x->msg.code != GCOAP_FETCH)
		return GCOAP_EINVALID;
	w = calloc(1, sizeof(*w));
	if (!w)
		return GCOAP_ENOMEM;
	x->observation = w;
	w->config = *config;
	if (!w->config.max_rate)
		w->config.max_rate = GCOAP__NOTIFICATION_RATE;
	w->register_at = GCOAP_NEVER;
	w->again_at = GCOAP_NEVER;
	/* Observe 0, register: the shortest form of 0 has no bytes. */
	gcoap_msg_remove(&x->msg, GCOAP_OBSERVE);
	return gcoap_msg_add(&x->msg, GCOAP_OBSERVE, (struct gcoap_bytes){ w->zero, 0 });
}

/* Each server of @x: a walk, as it is done rarely. */
static struct gcoap__observed *next_of(const struct gcoap__exchange *x, uint32_t *i)
{
	struct gcoap_client *c = x->client;

	while (*i < c->n_observed) {
		struct gcoap__observed *o = c->observed[(*i)++];

		if (o && o->exchange == x)
			return o;
	}
	return NULL;
}

void gcoap__observe_close_window(struct gcoap__exchange *x, gcoap_time now)
{
	if (!x->observation->in_window)
		return;
	x->observation->in_window = false;
	gcoap__exchange_give_place(x, x->answers > 0, now);
}

void gcoap__observe_halt(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap__observed *o;

	gcoap__observe_close_window(x, now);
	for (uint32_t i = 0; (o = next_of(x, &i));) {
		gcoap__timer_stop(&x->client->timers, &o->timer);
		o->stale_at = o->renew_at = GCOAP_NEVER;
		gcoap__ask_done(o, now);
		if (o->followup)
			gcoap__followup_end(o->followup, "stopped before the rest came", now);
	}
}

void gcoap__observe_free(struct gcoap__exchange *x)
{
	struct gcoap__observed *o;

	for (uint32_t i = 0; (o = next_of(x, &i));) {
		gcoap__timer_stop(&x->client->timers, &o->timer);
		gcoap_reliability_cancel(x->client->reliability, (uintptr_t)&o->party);
		o->exchange = NULL;
	}
	if (x->ask.relay)
		gcoap__observed_forget(x->client, x->id);
	free(x->observation);
}

static struct gcoap__exchange *find(struct gcoap_client *c, uint32_t id)
{
	struct gcoap__exchange *x;

	TAILQ_FOREACH(x, &c->running, entry) {
		if (x->id == id)
			return x;
	}
	TAILQ_FOREACH(x, &c->waiting, entry) {
		if (x->id == id)
			return x;
	}
	return NULL;
}

void gcoap__observe_again(struct gcoap_client *c, uint32_t id, gcoap_time now)
{
	struct gcoap__exchange *x = find(c, id);

	if (!x || x->state != GCOAP__OPEN || x->observation->leaving)
		return;
	x->observation->register_at = now;
	gcoap__observe_plan(x);
}

void gcoap__observe_leave(struct gcoap_client *c, uint32_t id, enum gcoap_ended_by why,
			  gcoap_time now)
{
	struct gcoap__exchange *x = find(c, id);

	if (x && x->state == GCOAP__WAITING)
		gcoap__exchange_close(x, why, now);
	else if (x)
		gcoap__cancel_begin(x, why, now);
}

static void open_window(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap__observation *w = x->observation;
	gcoap_time again = w->config.reregister;

	w->in_window = true;
	w->window_end = x->ask.timeout < GCOAP_NEVER - now ? now + x->ask.timeout : GCOAP_NEVER;
	w->register_at = again ? now + again : GCOAP_NEVER;
}

void gcoap__observe_started(struct gcoap__exchange *x, gcoap_time now)
{
	x->ends_at = GCOAP_NEVER;
	open_window(x, now);
}

/* The one server that was asked is known. */
static void ask_known(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap__observed *o;

	for (uint32_t i = 0; (o = next_of(x, &i));)
		gcoap__ask_one(o, 0, NULL);
	x->observation->register_at = now + x->observation->config.reregister;
}

/* The registration once more: same token, same Observe value, another Message ID. */
static void register_again(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap_client *c = x->client;
	struct gcoap__observation *w = x->observation;
	uint32_t ifindex = x->ask.group ? x->ask.ifindex : 0;
	gcoap_time when = GCOAP_NEVER;
	int r;

	if (!gcoap__many(x) && x->answers) {
		ask_known(x, now);
		return;
	}
	if (!w->in_window) {
		r = gcoap__pace_take(&c->pace, &x->ask.to, ifindex, now, &when);
		if (r <= 0) {
			w->register_at = when < GCOAP_NEVER ? when : now + GCOAP_SECOND;
			return;
		}
		x->placed = true;
	}
	if (x->ask.proxied)
		r = gcoap__proxied_send(x, NULL, now);
	else
		r = gcoap_reliability_submit(c->reliability, &x->ask.to, x->ask.ifindex,
					     &x->msg, false,
					     x->ask.group ? 0 : (uintptr_t)&x->party, now);
	if (r < 0)
		gcoap__client_fail(c, r);
	x->last_sent = now;
	open_window(x, now);
}

/* Who was expected and has not answered is asked alone. */
static void ask_silent(struct gcoap__exchange *x)
{
	for (size_t i = 0; i < x->ask.n_expect_from; i++) {
		struct gcoap__who who = { 0 };
		struct gcoap__server *s;

		who.endpoint = gcoap__endpoint(&x->ask.expect_from[i]);
		s = gcoap__table_find(&x->servers, &who);
		if (!s || s->answered || !x->n_awaited)
			continue;
		if (!s->observed) {
			s->observed = gcoap__observed_new(x);
			if (!s->observed)
				continue;
			s->observed->peer = x->ask.expect_from[i];
			s->observed->ifindex = x->ask.ifindex;
			if (!s->observed->peer.port)
				s->observed->peer.port = x->ask.to.port;
			s->observed->state.server = s->observed->peer;
		}
		gcoap__ask_one(s->observed, 0, NULL);
	}
}

void gcoap__observe_settle(struct gcoap__exchange *x, gcoap_time now)
{
	const struct gcoap__observation *w = x->observation;

	if (x->state != GCOAP__OPEN || w->leaving || w->n_active || w->n_asking ||
	    x->n_followups)
		return;
	if (w->config.reregister ||
	    (gcoap__many(x) && (w->in_window || w->config.keep_listening)))
		return;
	if (!gcoap__many(x) && w->in_window && !x->answers)
		return;
	gcoap__exchange_close(x, x->answers ? GCOAP_ENDED_SERVER : GCOAP_ENDED_TIMEOUT, now);
}

static gcoap_time idle_at(const struct gcoap__exchange *x)
{
	return x->ask.idle && x->answers ? x->last_answer + x->ask.idle : GCOAP_NEVER;
}

static gcoap_time earlier(gcoap_time a, gcoap_time b)
{
	return a < b ? a : b;
}

void gcoap__observe_plan(struct gcoap__exchange *x)
{
	const struct gcoap__observation *w = x->observation;
	gcoap_time due = earlier(idle_at(x), w->register_at);

	if (x->state != GCOAP__OPEN)
		return;
	if (w->in_window)
		due = earlier(due, earlier(w->window_end, gcoap__repeat_at(x)));
	if (w->leaving)
		due = gcoap__cancel_next(x);
	gcoap__timer_set(&x->client->timers, &x->timer, due);
}

void gcoap__observe_tick(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap__observation *w = x->observation;

	if (w->leaving) {
		gcoap__cancel_tick(x, now);
		return;
	}
	if (now >= idle_at(x)) {
		gcoap__cancel_begin(x, GCOAP_ENDED_IDLE, now);
		return;
	}
	if (w->in_window && now >= gcoap__repeat_at(x))
		gcoap__repeat(x, now);
	if (w->in_window && now >= w->window_end) {
		gcoap__observe_close_window(x, now);
		ask_silent(x);
		gcoap__observe_settle(x, now);
	}
	if (x->state == GCOAP__OPEN && now >= w->register_at)
		register_again(x, now);
	gcoap__observe_plan(x);
}

void gcoap__observe_close(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap__observed *o;

	x->observation->leaving = true;
	gcoap__observe_halt(x, now);
	for (uint32_t i = 0; (o = next_of(x, &i));)
		o->exchange = NULL;
}
