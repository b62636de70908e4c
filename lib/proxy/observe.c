/* Clients that observe: how they come, stay and go. */
#include "observe.h"

#include <stdlib.h>

#include "core.h"
#include "engine/observe.h"

/* The value of Observe; -1: there is none that counts. */
static int32_t value_of(const struct gcoap__ongoing *o)
{
	const struct gcoap_msg *m = &o->target.msg;
	uint32_t value;

	if ((m->code != GCOAP_GET && m->code != GCOAP_FETCH) ||
	    gcoap_msg_uint(m, GCOAP_OBSERVE, 3, &value) < 0)
		return -1;
	return value <= 1 ? (int32_t)value : -1;
}

bool gcoap__observes(const struct gcoap__ongoing *o)
{
	return value_of(o) == 0 && (!o->group || o->timeout > 0);
}

/* T' begins. */
static void open_window(struct gcoap__ongoing *o, gcoap_time now)
{
	if (!o->group)
		return;
	o->observer->in_window = true;
	o->ends_at = now + (gcoap_time)o->timeout * GCOAP_SECOND;
	gcoap__timer_set(&o->proxy->timers, &o->timer, o->ends_at);
}

/* What is known goes out at once; the servers are asked for what is not. */
static void bring_up_to_date(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap__watch *w = o->observer->watch;
	bool renew;

	gcoap__told_give(w, o, true, &renew, now);
	if (!renew || now - w->asked_at < GCOAP__RENEW_GAP)
		return;
	w->asked_at = now;
	gcoap__observe_again(o->proxy->client, w->ask, now);
}

static int join(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap__watch *w = gcoap__watch_find(p, o);
	struct gcoap__observer *ob = calloc(1, sizeof(*ob));
	bool first = !w;
	int r = ob ? 0 : GCOAP_ENOMEM;

	if (r >= 0 && first)
		r = gcoap__watch_new(&w, o, now);
	if (r < 0) {
		free(ob);
		return r;
	}
	*ob = (struct gcoap__observer){ .watch = w, .ongoing = o, .confirmed_at = now };
	TAILQ_INSERT_TAIL(&w->observers, ob, entry);
	w->n++;
	p->n_observers++;
	o->observer = ob;
	o->forwarded = true;
	open_window(o, now);
	if (!first)
		bring_up_to_date(o, now);
	return 0;
}

int gcoap__observe(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal)
{
	bool fresh = !o->kept;
	int r;

	gcoap_msg_remove(&o->target.msg, GCOAP_OBSERVE);
	o->chained = o->proxy->config.next_proxy.family != 0;
	r = gcoap__ongoing_keep(&o);
	if (r >= 0)
		r = join(o, now);
	if (r >= 0)
		return 0;
	if (fresh)
		gcoap__ongoing_close(o, "not sent", now);
	return gcoap__not_forwarded(r, refusal);
}

/* The same registration once more (RFC 7641, Section 3.3.1): who sends it listens. */
static void renew(struct gcoap__ongoing *o, struct gcoap__ongoing *old, gcoap_time now)
{
	struct gcoap__refusal refusal;

	if (o->group && gcoap__group_check(o, &refusal)) {
		gcoap__refuse_request(o, &refusal, now);
		return;
	}
	old->timeout = o->timeout;
	old->observer->confirmed_at = now;
	old->observer->unconfirmed = 0;
	open_window(old, now);
	bring_up_to_date(old, now);
}

/*
 * Its end (RFC 7641, Section 3.6), which is a request for the present representations, too. Of a
 * group those that are known are all that comes; a server is asked.
 */
static bool cancel(struct gcoap__ongoing *old, gcoap_time now)
{
	uint32_t n = gcoap__told_give(old->observer->watch, old, false, NULL, now);
	bool done = old->group || n;

	gcoap__ongoing_close(old, "cancelled", now);
	return done;
}

bool gcoap__observe_same_token(struct gcoap__ongoing *o, struct gcoap__ongoing **old,
			       gcoap_time now)
{
	int32_t value = value_of(o);
	struct gcoap__refusal refusal;

	if (!(*old)->observer || value < 0 ||
	    (o->target.kind != GCOAP__GROUP && o->target.kind != GCOAP__SERVER &&
	     o->target.kind != GCOAP__NAMED))
		return false;
	/* A name was looked up when the observation began. */
	if (o->target.kind == GCOAP__NAMED)
		gcoap__target_resolved(&o->proxy->config, &o->target, &(*old)->target.addr,
				       &refusal);
	if (gcoap__policy(&o->proxy->config, &o->peer, &o->target, &refusal))
		return false;
	o->group = o->target.kind == GCOAP__GROUP;
	if (!gcoap__watch_fits((*old)->observer->watch, o))
		return false;
	if (value == 0) {
		renew(o, *old, now);
		return true;
	}
	if (cancel(*old, now))
		return true;
	*old = NULL;
	return false;
}

void gcoap__observer_due(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap__observer *ob = o->observer;

	ob->in_window = false;
	o->ends_at = GCOAP_NEVER;
	if (ob->watch->opened_by == o->id)
		gcoap__cached_watched(ob->watch, true, now);
	if (ob->watch->n_active) {
		gcoap__ongoing_uncount(o);
		return;
	}
	o->proxy->stats.timeouts++;
	gcoap__ongoing_close(o, "timeout", now);
}

void gcoap__observer_gone(struct gcoap__ongoing *o, gcoap_time now)
{
	if (!o->observer)
		return;
	o->observer->watch->n--;
	o->proxy->n_observers--;
	if (o->observer->watch->opened_by == o->id)
		gcoap__cached_watched(o->observer->watch, false, now);
}

void gcoap__observer_free(struct gcoap__ongoing *o)
{
	if (!o->observer)
		return;
	TAILQ_REMOVE(&o->observer->watch->observers, o->observer, entry);
	free(o->observer);
	o->observer = NULL;
}

void gcoap__observe_stop(struct gcoap_proxy *p, const struct gcoap__refusal *refusal,
			 gcoap_time now)
{
	struct gcoap__ongoing *o, *after;

	for (o = TAILQ_FIRST(&p->all); o; o = after) {
		after = TAILQ_NEXT(o, entry);
		if (o->observer)
			gcoap__refuse_request(o, refusal, now);
	}
}
