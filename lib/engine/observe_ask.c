/* Requests to one server under the token of an observation: register again, or cancel. */
#include "observe.h"

#include <string.h>

void gcoap__ask_one(struct gcoap__observed *o, uint8_t value, const struct gcoap_option *echo)
{
	struct gcoap_client *c = o->exchange->client;

	if (!o->peer.family || o->asking == GCOAP__ASK_SENT)
		return;
	o->ask_value = value;
	o->echo_len = 0;
	if (echo) {
		o->echo_len = (uint8_t)echo->value.len;
		memcpy(o->echo, echo->value.ptr, echo->value.len);
	}
	c->pump = true;
	if (o->asking == GCOAP__ASK_QUEUED)
		return;
	o->asking = GCOAP__ASK_QUEUED;
	o->exchange->observation->n_asking++;
	TAILQ_INSERT_TAIL(&c->asking, o, entry);
}

void gcoap__ask_done(struct gcoap__observed *o, gcoap_time now)
{
	struct gcoap_client *c;

	if (o->asking == GCOAP__ASK_NOT)
		return;
	c = o->exchange->client;
	o->exchange->observation->n_asking--;
	if (o->asking == GCOAP__ASK_QUEUED) {
		TAILQ_REMOVE(&c->asking, o, entry);
	} else {
		gcoap_reliability_cancel(c->reliability, (uintptr_t)&o->party);
		gcoap__pace_give(&c->pace, &o->peer, 0, true, 0, now, now);
		c->n_asked--;
	}
	o->asking = GCOAP__ASK_NOT;
	c->pump = true;
}

void gcoap__ask_failed(struct gcoap__observed *o, gcoap_time now)
{
	struct gcoap__exchange *x = o->exchange;

	if (!x)
		return;
	gcoap__ask_done(o, now);
	o->tries++;
	if (x->observation->leaving)
		return;
	gcoap__observed_retry(o, now);
	gcoap__observe_settle(x, now);
}

static int send_one(struct gcoap__observed *o, gcoap_time now)
{
	struct gcoap__exchange *x = o->exchange;
	struct gcoap_msg m = x->msg;
	int r;

	gcoap__strip(x, &m);
	gcoap_msg_remove(&m, GCOAP_OBSERVE);
	r = gcoap_msg_add(&m, GCOAP_OBSERVE, (struct gcoap_bytes){ &o->ask_value, o->ask_value });
	if (r >= 0 && o->echo_len) {
		o->asked_at = now;
		r = gcoap_msg_add(&m, GCOAP_ECHO, (struct gcoap_bytes){ o->echo, o->echo_len });
	}
	if (r < 0)
		return r;
	m.type = GCOAP_CON;
	return gcoap_reliability_submit(x->client->reliability, &o->peer, o->ifindex, &m, false,
					(uintptr_t)&o->party, now);
}

gcoap_time gcoap__asks_pump(struct gcoap_client *c, gcoap_time now)
{
	gcoap_time when, next = GCOAP_NEVER;
	struct gcoap__observed *o, *after;

	for (o = TAILQ_FIRST(&c->asking); o && c->n_asked < GCOAP__ASKED_MAX; o = after) {
		after = TAILQ_NEXT(o, entry);
		when = now + GCOAP_SECOND; /* should memory be short */
		if (gcoap__pace_take(&c->pace, &o->peer, 0, now, &when) <= 0) {
			next = when < next ? when : next;
			continue;
		}
		TAILQ_REMOVE(&c->asking, o, entry);
		o->asking = GCOAP__ASK_SENT;
		o->ask_end = now + c->config.transmission.exchange_lifetime;
		c->n_asked++;
		if (send_one(o, now) < 0)
			gcoap__ask_failed(o, now);
		else
			gcoap__observed_plan(o);
	}
	return next;
}
