/* What is known of a server under an observation, and when it becomes stale. */
#include "observe.h"

#include <stdlib.h>
#include <string.h>

/* Before a registration is renewed, so that not all clients do it at once (RFC 7641, 3.3.1). */
#define RENEW_AFTER (5 * GCOAP_SECOND)
#define RENEW_SPREAD (10 * GCOAP_SECOND)
#define RENEW_DOUBLINGS 6

const char *gcoap_observed_state_name(enum gcoap_observed_state s)
{
	switch (s) {
	case GCOAP_OBSERVED_SILENT:
		return "silent";
	case GCOAP_OBSERVED_ACTIVE:
		return "observing";
	case GCOAP_OBSERVED_NOT_OBSERVABLE:
		return "not-observable";
	case GCOAP_OBSERVED_ENDED:
		return "ended";
	}
	return "unknown";
}

/* The place of one that was forgotten, or a new one; false: out of memory. */
static bool find_place(struct gcoap_client *c, uint32_t *place)
{
	uint32_t cap = c->cap_observed ? c->cap_observed * 2 : 16;
	struct gcoap__observed **all;

	*place = c->n_observed;
	if (c->n_forgotten) {
		for (*place = 0; c->observed[*place];)
			++*place;
		c->n_forgotten--;
		return true;
	}
	c->n_observed++;
	if (c->n_observed <= c->cap_observed)
		return true;
	all = realloc(c->observed, cap * sizeof(struct gcoap__observed *));
	if (!all) {
		c->n_observed--;
		return false;
	}
	c->observed = all;
	c->cap_observed = cap;
	return true;
}

struct gcoap__observed *gcoap__observed_new(struct gcoap__exchange *x)
{
	struct gcoap_client *c = x->client;
	struct gcoap__observed *o = calloc(1, sizeof(*o));
	uint32_t place;

	if (!o)
		return NULL;
	if (!gcoap__timers_reserve(&c->timers)) {
		free(o);
		return NULL;
	}
	if (!find_place(c, &place)) {
		gcoap__timers_release(&c->timers);
		free(o);
		return NULL;
	}
	o->party.kind = GCOAP__OBSERVED;
	o->exchange = x;
	o->timer.owner = &o->party;
	o->stale_at = o->renew_at = GCOAP_NEVER;
	o->state.index = place;
	o->state.id = x->id;
	o->state.content_format = -1;
	o->state.max_age = -1;
	o->state.value = -1;
	c->observed[place] = o;
	return o;
}

static void free_one(struct gcoap__observed *o)
{
	free(o->origin);
	free(o->body);
	free(o);
}

void gcoap__observed_forget(struct gcoap_client *c, uint32_t id)
{
	for (uint32_t i = 0; i < c->n_observed; i++) {
		if (!c->observed[i] || c->observed[i]->state.id != id)
			continue;
		free_one(c->observed[i]);
		c->observed[i] = NULL;
		c->n_forgotten++;
		gcoap__timers_release(&c->timers);
	}
}

void gcoap__observed_free(struct gcoap_client *c)
{
	for (uint32_t i = 0; i < c->n_observed; i++) {
		if (c->observed[i])
			free_one(c->observed[i]);
	}
	free(c->observed);
}

void gcoap__observed_set(struct gcoap__observed *o, enum gcoap_observed_state state)
{
	struct gcoap__observation *w = o->exchange->observation;
	bool was = o->state.state == GCOAP_OBSERVED_ACTIVE;
	bool is = state == GCOAP_OBSERVED_ACTIVE;

	w->n_active = w->n_active - was + is;
	o->state.state = state;
	if (!is)
		o->stale_at = o->renew_at = GCOAP_NEVER;
}

/* The timer is only moved forward when it comes: most notifications leave it alone. */
void gcoap__observed_plan(struct gcoap__observed *o)
{
	struct gcoap__timers *timers = &o->exchange->client->timers;
	gcoap_time due = o->stale_at < o->renew_at ? o->stale_at : o->renew_at;

	if (o->asking == GCOAP__ASK_SENT && o->ask_end < due)
		due = o->ask_end;
	if (!o->timer.place || due < o->timer.due)
		gcoap__timer_set(timers, &o->timer, due);
}

static void become_stale(struct gcoap__observed *o, gcoap_time now)
{
	struct gcoap_client *c = o->exchange->client;
	uint32_t doublings = o->tries < RENEW_DOUBLINGS ? o->tries : RENEW_DOUBLINGS;
	struct gcoap_observed state;

	o->stale_at = GCOAP_NEVER;
	o->renew_at = now + ((RENEW_AFTER + (gcoap_time)gcoap_random_below(
						    c->random, RENEW_SPREAD + 1))
			     << doublings);
	if (o->state.stale)
		return;
	o->state.stale = true;
	if (c->config.sink && c->config.sink->stale &&
	    gcoap_client_observed(c, o->state.index, now, &state) >= 0)
		gcoap__deliver_stale(c, &state);
}

/* The proxy has one registration for all servers: it is renewed once for all that are stale. */
static void renew_all(struct gcoap__observed *o, gcoap_time now)
{
	struct gcoap__exchange *x = o->exchange;
	gcoap_time at = x->last_sent + x->ask.timeout;

	if (at < now)
		at = now;
	if (at < x->observation->register_at)
		x->observation->register_at = at;
	gcoap__observe_plan(x);
	o->tries++;
	gcoap__observed_retry(o, at);
}

void gcoap__observed_tick(struct gcoap__observed *o, gcoap_time now)
{
	if (!o->exchange || o->exchange->state != GCOAP__OPEN)
		return;
	if (o->asking == GCOAP__ASK_SENT && now >= o->ask_end)
		gcoap__ask_failed(o, now);
	if (!o->exchange)
		return;
	if (now >= o->stale_at)
		become_stale(o, now);
	if (now >= o->renew_at) {
		o->renew_at = GCOAP_NEVER;
		if (o->exchange->ask.proxied)
			renew_all(o, now);
		else
			gcoap__ask_one(o, 0, NULL);
	}
	gcoap__observed_plan(o);
}

/* Ask again when the answer stays away. */
void gcoap__observed_retry(struct gcoap__observed *o, gcoap_time now)
{
	if (o->state.state == GCOAP_OBSERVED_ACTIVE)
		o->stale_at = now;
	gcoap__observed_plan(o);
}

static void keep_body(struct gcoap__observed *o, struct gcoap_bytes body)
{
	size_t len = body.len < GCOAP_OBSERVED_BODY ? body.len : GCOAP_OBSERVED_BODY;
	uint8_t *more;

	o->state.body_len = body.len;
	o->state.body = (struct gcoap_bytes){ o->body, 0 };
	if (len > o->body_cap) {
		more = realloc(o->body, len);
		if (!more)
			return;
		o->body = more;
		o->body_cap = len;
	}
	if (len)
		memcpy(o->body, body.ptr, len);
	o->state.body = (struct gcoap_bytes){ o->body, len };
}

/* What two representations differ in, as one number. */
static uint64_t digest_of(const struct gcoap_client *c, const struct gcoap_response *r)
{
	uint64_t seed[2] = { c->seed[0] ^ r->msg->code,
			     c->seed[1] ^ (uint32_t)r->content_format };

	return gcoap__hash(r->body.ptr, r->body.len, seed);
}

static bool keep(struct gcoap_client *c, struct gcoap__observed *o,
		 const struct gcoap__answer *a, const struct gcoap_response *r)
{
	uint64_t digest = digest_of(c, r);
	bool changed = !o->state.at || digest != o->digest;
	gcoap_time life = (r->max_age >= 0 ? r->max_age : GCOAP__MAX_AGE) * GCOAP_SECOND;

	o->digest = digest;
	o->state.changes += changed && a->notice.n > 1;
	o->state.server_from = r->server_from;
	o->state.code = r->msg->code;
	o->state.content_format = r->content_format;
	o->state.max_age = r->max_age;
	o->state.at = r->at;
	o->state.stale = false;
	keep_body(o, r->body);
	if (r->server_from != GCOAP_FROM_SOURCE || r->server.host[0]) {
		if (!o->origin)
			o->origin = malloc(sizeof(*o->origin));
		if (o->origin)
			*o->origin = r->server;
	}
	o->state.origin = o->origin;
	o->state.server = r->server.addr;
	if (o->exchange && o->state.state == GCOAP_OBSERVED_ACTIVE) {
		o->stale_at = r->at + life;
		o->renew_at = GCOAP_NEVER;
		gcoap__observed_plan(o);
	}
	return changed;
}

void gcoap__observed_deliver(struct gcoap__exchange *x, const struct gcoap__answer *a,
			     const struct gcoap_response *r)
{
	struct gcoap__observed *o = a->notice.observed;
	struct gcoap_observed state;
	struct gcoap_notification n = { .response = r,
					.server = &state,
					.observe = a->notice.value,
					.sequence = a->notice.sequence,
					.n = a->notice.n,
					.gap = a->notice.gap };

	n.changed = keep(x->client, o, a, r);
	n.age = a->now > r->at ? a->now - r->at : 0;
	if (gcoap__sequence_lost(&o->sequence) < 0)
		n.gap = 0;
	gcoap_client_observed(x->client, o->state.index, a->now, &state);
	gcoap__deliver_notification(x->client, &n);
}

uint32_t gcoap_client_observed_count(const struct gcoap_client *c)
{
	return c->n_observed;
}

int gcoap_client_observed(const struct gcoap_client *c, uint32_t index, gcoap_time now,
			  struct gcoap_observed *out)
{
	const struct gcoap__observed *o;
	gcoap_time span;

	if (index >= c->n_observed || !c->observed[index])
		return GCOAP_ERANGE;
	o = c->observed[index];
	*out = o->state;
	out->age = o->state.at && now > o->state.at ? now - o->state.at : 0;
	out->lost = o->sequence.any ? gcoap__sequence_lost(&o->sequence) : 0;
	span = o->state.at - o->first_at;
	if (out->n > 1 && span > 0)
		out->rate = (double)(out->n - 1) * GCOAP_SECOND / (double)span;
	return 0;
}

void gcoap_client_observe_totals(const struct gcoap_client *c, gcoap_time now,
				 struct gcoap_observe_totals *out)
{
	struct gcoap_observed o;

	*out = (struct gcoap_observe_totals){ 0 };
	for (uint32_t i = 0; i < c->n_observed; i++) {
		if (gcoap_client_observed(c, i, now, &o) < 0)
			continue;
		out->active += o.state == GCOAP_OBSERVED_ACTIVE;
		out->not_observable += o.state == GCOAP_OBSERVED_NOT_OBSERVABLE;
		out->ended += o.state == GCOAP_OBSERVED_ENDED;
		out->silent += o.state == GCOAP_OBSERVED_SILENT;
		out->stale += o.stale;
		out->notifications += o.n;
		out->changes += o.changes;
		out->lost += o.lost > 0 ? (uint64_t)o.lost : 0;
		out->reordered += o.reordered;
		out->restarts += o.restarts;
		out->flooded += o.flooded;
	}
}
