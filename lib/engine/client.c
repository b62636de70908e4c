/* The client as an engine: its verbs, and the exchanges in it. */
#include "engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "observe.h"
#include "recv.h"

static struct gcoap_client *of(const struct gcoap_engine *e)
{
	return (struct gcoap_client *)e;
}

void gcoap__client_fail(struct gcoap_client *c, int err)
{
	if (!c->error)
		c->error = err;
}

/* A sink that refuses a record ends the run, once the call that made the record is over. */
static void obey_sink(struct gcoap_client *c, gcoap_time now)
{
	if (c->sink_refused && !c->over)
		gcoap_client_stop(c, GCOAP_ENDED_ERROR, now);
}

/* Start what may start; later it is only tried when something has ended or time has come. */
static void pump(struct gcoap_client *c, gcoap_time now)
{
	gcoap_time when, next = GCOAP_NEVER;
	struct gcoap__exchange *x, *after;

	c->pump = false;
	for (x = TAILQ_FIRST(&c->waiting); x; x = after) {
		after = TAILQ_NEXT(x, entry);
		if (!gcoap__exchange_start(x, now, &when) && when < next)
			next = when;
	}
	when = gcoap__followups_pump(c, now);
	next = when < next ? when : next;
	when = gcoap__asks_pump(c, now);
	gcoap__timer_set(&c->timers, &c->pump_timer, when < next ? when : next);
}

static int client_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap_client *c = of(e);

	while (c->pump)
		pump(c, now);
	obey_sink(c, now);
	return gcoap_reliability_send(c->reliability, out, now);
}

static int client_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	int r = gcoap__recv(of(e), in, now);

	obey_sink(of(e), now);
	return r;
}

static gcoap_time client_deadline(const struct gcoap_engine *e)
{
	const struct gcoap_client *c = of(e);
	gcoap_time a = gcoap__timers_next(&c->timers);
	gcoap_time b = gcoap_reliability_deadline(c->reliability);

	return a < b ? a : b;
}

static void client_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct gcoap_client *c = of(e);
	struct gcoap__party *party;
	struct gcoap__timer *t;
	uint64_t handle;

	gcoap_reliability_tick(c->reliability, now);
	while (gcoap_reliability_failed(c->reliability, &handle))
		gcoap__party_failed((struct gcoap__party *)(uintptr_t)handle, now);
	while ((t = gcoap__timers_due(&c->timers, now))) {
		party = t->owner;
		if (t == &c->pump_timer)
			c->pump = true;
		else if (t == &c->linger_timer)
			c->over = true;
		else
			gcoap__party_tick(party, now);
	}
	obey_sink(c, now);
}

static bool client_done(const struct gcoap_engine *e)
{
	return of(e)->over;
}

/* What the operating system said, in the words of this library. */
static int error_of(int error)
{
	switch (error) {
	case ENETUNREACH:
	case EHOSTUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
		return GCOAP_EROUTE;
	case ENODEV:
	case ENXIO:
		return GCOAP_EINTERFACE;
	case EPERM:
	case EACCES:
		return GCOAP_EPERMISSION;
	case EMSGSIZE:
		return GCOAP_ESPACE;
	}
	return GCOAP_ESYSTEM;
}

static void client_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			  gcoap_time now)
{
	struct gcoap_client *c = of(e);
	struct gcoap__party *party;

	if (gcoap_msg_decode(&c->in, out->data, NULL) < 0 ||
	    !GCOAP_CODE_IS_REQUEST(c->in.code))
		return;
	party = gcoap__token_find(&c->tokens, &c->in);
	/* One server of an observation that cannot be asked: it is tried again. */
	if (!party || (party->kind == GCOAP__EXCHANGE &&
		       ((struct gcoap__exchange *)party)->observation &&
		       !gcoap_addr_equal(&out->to, &((struct gcoap__exchange *)party)->ask.to)))
		return;
	errno = error;
	gcoap__client_fail(c, error_of(error));
	gcoap__party_unsent(party, now);
}

static void client_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			       int error, gcoap_time now)
{
	gcoap__unreachable(of(e), out, error, now);
	obey_sink(of(e), now);
}

int gcoap_client_new(struct gcoap_client **out, const struct gcoap_client_config *config)
{
	struct gcoap_client *c = calloc(1, sizeof(*c));
	int r;

	*out = NULL;
	if (!c)
		return GCOAP_ENOMEM;
	c->config = *config;
	if (!c->config.max_held)
		c->config.max_held = 64 << 20;
	gcoap_random_init(&c->kernel_random);
	c->random = config->random ? config->random : &c->kernel_random;
	r = gcoap_random_fill(c->random, c->seed, sizeof(c->seed));
	if (r >= 0)
		r = gcoap_reliability_new(&c->reliability, &config->transmission, c->random);
	/* Of the client itself: the timers of starting and of lingering. */
	if (r >= 0 &&
	    (!gcoap__timers_reserve(&c->timers) || !gcoap__timers_reserve(&c->timers)))
		r = GCOAP_ENOMEM;
	if (r < 0) {
		gcoap_reliability_free(&c->reliability);
		gcoap__timers_clear(&c->timers);
		free(c);
		return r;
	}
	gcoap_registry_init(&c->registry);
	gcoap__tokens_init(&c->tokens, c->random, config->transmission.token_reuse, c->seed);
	gcoap__pace_init(&c->pace, &config->transmission, c->seed);
	gcoap__stats_init(&c->stats, sizeof(struct gcoap__who), c->seed);
	TAILQ_INIT(&c->waiting);
	TAILQ_INIT(&c->running);
	TAILQ_INIT(&c->ended);
	TAILQ_INIT(&c->queued);
	TAILQ_INIT(&c->active);
	TAILQ_INIT(&c->asking);
	c->engine = (struct gcoap_engine){ .send = client_send,
					   .recv = client_recv,
					   .deadline = client_deadline,
					   .tick = client_tick,
					   .done = client_done,
					   .failed = client_failed,
					   .unreachable = client_unreachable };
	*out = c;
	return 0;
}

static void free_all(struct gcoap__exchanges *list)
{
	struct gcoap__exchange *x;

	while ((x = TAILQ_FIRST(list))) {
		TAILQ_REMOVE(list, x, entry);
		gcoap__exchange_free(x);
	}
}

void gcoap_client_free(struct gcoap_client **cp)
{
	struct gcoap_client *c = *cp;

	*cp = NULL;
	if (!c)
		return;
	gcoap__followups_free(c);
	free_all(&c->waiting);
	free_all(&c->running);
	free_all(&c->ended);
	if (c->counted)
		gcoap__table_clear(c->counted);
	gcoap__observed_free(c);
	gcoap_reliability_free(&c->reliability);
	gcoap__tokens_clear(&c->tokens);
	gcoap__pace_clear(&c->pace);
	gcoap__stats_clear(&c->stats);
	gcoap__timers_clear(&c->timers);
	free(c);
}

struct gcoap_engine *gcoap_client_engine(struct gcoap_client *c)
{
	return &c->engine;
}

int gcoap_client_ask(struct gcoap_client *c, const struct gcoap_ask *ask, gcoap_time now)
{
	struct gcoap__exchange *x;
	int r = gcoap__exchange_new(&x, c, ask, now);

	if (r < 0)
		return r;
	c->last_id = c->last_id < INT32_MAX ? c->last_id + 1 : 1;
	x->id = c->last_id;
	TAILQ_INSERT_TAIL(&c->waiting, x, entry);
	gcoap__timer_stop(&c->timers, &c->linger_timer);
	c->over = false;
	c->pump = true;
	return (int)x->id;
}

void gcoap__client_settle(struct gcoap_client *c, gcoap_time now)
{
	if (!TAILQ_EMPTY(&c->waiting) || !TAILQ_EMPTY(&c->running))
		return;
	if (c->config.linger > 0)
		gcoap__timer_set(&c->timers, &c->linger_timer, now + c->config.linger);
	else
		c->over = true;
}

void gcoap_client_stop(struct gcoap_client *c, enum gcoap_ended_by why, gcoap_time now)
{
	struct gcoap__exchange *x, *after;

	while ((x = TAILQ_FIRST(&c->waiting)))
		gcoap__exchange_close(x, why, now);
	for (x = TAILQ_FIRST(&c->running); x; x = after) {
		after = TAILQ_NEXT(x, entry);
		if (x->state == GCOAP__DRAINING)
			x->ended_by = why;
		gcoap__exchange_close(x, why, now);
	}
	gcoap__followups_stop(c, "stopped before the rest came", now);
	c->over = true;
}

static struct gcoap__exchange *find(const struct gcoap__exchanges *list, uint32_t id)
{
	struct gcoap__exchange *x;

	TAILQ_FOREACH(x, list, entry) {
		if (x->id == id)
			break;
	}
	return x;
}

void gcoap_client_end(struct gcoap_client *c, uint32_t id, enum gcoap_ended_by why,
		      gcoap_time now)
{
	struct gcoap__exchange *x = find(&c->running, id);

	x = x ? x : find(&c->waiting, id);
	if (x)
		gcoap__exchange_close(x, why, now);
}

void gcoap_client_set_local(struct gcoap_client *c, const struct gcoap_addr *local)
{
	c->local = *local;
}

int gcoap_client_error(const struct gcoap_client *c)
{
	return c->error;
}

void gcoap_client_summary(const struct gcoap_client *c, struct gcoap_summary *out,
			  gcoap_time now)
{
	gcoap__stats_summary(&c->stats, out, now,
			     !TAILQ_EMPTY(&c->waiting) || !TAILQ_EMPTY(&c->running));
}

gcoap_time gcoap_client_ends_at(const struct gcoap_client *c)
{
	const struct gcoap__exchange *x;
	gcoap_time latest = 0;

	TAILQ_FOREACH(x, &c->running, entry) {
		if (x->state == GCOAP__OPEN && x->ends_at > latest)
			latest = x->ends_at;
	}
	return latest ? latest : GCOAP_NEVER;
}
