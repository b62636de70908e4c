/* A load as engines: its plan, the clients that carry it out, and what came of it. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

static struct gcoap__load_client *of(const struct gcoap_engine *e)
{
	return (struct gcoap__load_client *)(uintptr_t)e;
}

static int load_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	return gcoap__load_send(of(e), out, now);
}

static int load_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	return gcoap__load_recv(of(e), in, now);
}

static gcoap_time load_deadline(const struct gcoap_engine *e)
{
	const struct gcoap__load_client *c = of(e);
	gcoap_time next = gcoap__timers_next(&c->timers);
	const struct gcoap__load_round *r;

	for (uint32_t i = 0; i < c->load->n_queues; i++) {
		r = TAILQ_FIRST(&c->queues[i]);
		if (r && r->asked.limit < next)
			next = r->asked.limit;
	}
	return c->due < next && gcoap__load_is_due(c, c->due) ? c->due : next;
}

/*
 * Requests whose time is over end one tick after the first that comes then: what came in time
 * may not have been read yet, and is so between the two.
 */
static void load_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct gcoap__load_client *c = of(e);
	struct gcoap__load_end how = { 0 };
	struct gcoap__load_round *r;

	gcoap__load_retransmit(c, now);
	for (uint32_t i = 0; i < c->load->n_queues; i++) {
		while ((r = TAILQ_FIRST(&c->queues[i])) && r->asked.limit <= c->checked) {
			how.at = r->asked.limit;
			gcoap__load_round_end(r, &how, now);
		}
	}
	c->checked = now;
}

static bool load_done(const struct gcoap_engine *e)
{
	const struct gcoap_load *l = of(e)->load;

	return !l->n_planned && !l->count.open && !l->n_stops;
}

static void load_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			gcoap_time now)
{
	gcoap__load_failed(of(e), out, error, now);
}

static void load_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			     int error, gcoap_time now)
{
	gcoap__load_unreachable(of(e), out, error, now);
}

static int client_new(struct gcoap_load *l, uint32_t index)
{
	struct gcoap__load_client *c = calloc(1, sizeof(*c));

	l->clients[index] = c;
	if (!c)
		return GCOAP_ENOMEM;
	c->load = l;
	c->index = index;
	c->bytes_of = UINT32_MAX;
	c->checked = INT64_MIN;
	c->engine = (struct gcoap_engine){ .send = load_send,
					   .recv = load_recv,
					   .deadline = load_deadline,
					   .tick = load_tick,
					   .done = load_done,
					   .failed = load_failed,
					   .unreachable = load_unreachable };
	TAILQ_INIT(&c->again);
	c->queues = calloc(l->n_queues, sizeof(*c->queues));
	c->bytes = malloc(l->largest);
	if (!c->queues || !c->bytes)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < l->n_queues; i++)
		TAILQ_INIT(&c->queues[i]);
	if (gcoap_random_fill(l->config.random, &c->mid, sizeof(c->mid)) < 0)
		return GCOAP_ESYSTEM;
	return gcoap__load_plan_init(c);
}

static void client_free(struct gcoap__load_client *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < 256; i++)
		free(c->mids[i]);
	gcoap__replies_clear(&c->replies);
	gcoap__timers_clear(&c->timers);
	free(c->free_since);
	free(c->stops);
	free(c->queues);
	free(c->bytes);
	free(c);
}

static int seed(struct gcoap_load *l)
{
	uint64_t jitter = 0;
	int r;

	gcoap_random_init(&l->kernel_random);
	if (!l->config.random)
		l->config.random = &l->kernel_random;
	r = gcoap_random_fill(l->config.random, l->seed, sizeof(l->seed));
	if (r >= 0)
		r = gcoap_random_fill(l->config.random, l->token_key, sizeof(l->token_key));
	if (r >= 0)
		r = gcoap_random_fill(l->config.random, &l->token_pad, sizeof(l->token_pad));
	if (r >= 0)
		r = gcoap_random_fill(l->config.random, &jitter, sizeof(jitter));
	gcoap_random_init_seed(&l->jitter, jitter);
	return r;
}

/* Defaults; GCOAP_EINVALID. */
static int check(struct gcoap_load_config *f)
{
	if (!f->n_requests || f->n_requests > UINT32_MAX || !f->clients || f->gap < 0 ||
	    f->start < 0 || f->duration < 0 || !f->sink || !f->sink->answer || !f->sink->round ||
	    f->outstanding > GCOAP__LOAD_OUTSTANDING_MAX)
		return GCOAP_EINVALID;
	if (!f->outstanding)
		f->outstanding = f->gap ? GCOAP__LOAD_OUTSTANDING : 1;
	if (!f->max_servers)
		f->max_servers = GCOAP__LOAD_SERVERS;
	return f->gap > GCOAP_NEVER / f->clients ? GCOAP_EINVALID : 0;
}

int gcoap_load_new(struct gcoap_load **out, const struct gcoap_load_config *config)
{
	struct gcoap_load *l = calloc(1, sizeof(*l));
	const struct gcoap_load_config *f;
	int r;

	*out = NULL;
	if (!l)
		return GCOAP_ENOMEM;
	l->config = *config;
	f = &l->config;
	gcoap_registry_init(&l->registry);
	r = check(&l->config);
	if (r >= 0)
		r = seed(l);
	gcoap__table_init(&l->by_who, sizeof(struct gcoap__load_who), sizeof(struct gcoap__who),
			  l->seed);
	l->end = f->duration && f->duration < GCOAP_NEVER - f->start ? f->start + f->duration
								      : GCOAP_NEVER;
	if (r >= 0)
		r = gcoap__load_rounds_init(l);
	if (r >= 0)
		r = gcoap__load_targets(l);
	if (r >= 0)
		l->clients = calloc(f->clients, sizeof(struct gcoap__load_client *));
	if (r >= 0 && !l->clients)
		r = GCOAP_ENOMEM;
	for (uint32_t i = 0; i < f->clients && r >= 0; i++)
		r = client_new(l, i);
	l->config.requests = NULL; /* the caller's */
	*out = l;
	if (r < 0)
		gcoap_load_free(out);
	return r;
}

void gcoap_load_free(struct gcoap_load **lp)
{
	struct gcoap_load *l = *lp;

	*lp = NULL;
	if (!l)
		return;
	for (uint32_t i = 0; l->clients && i < l->config.clients; i++)
		client_free(l->clients[i]);
	free(l->clients);
	gcoap__load_rounds_clear(l);
	gcoap__load_servers_clear(l);
	gcoap__load_targets_clear(l);
	free(l);
}

struct gcoap_engine *gcoap_load_client(struct gcoap_load *l, uint32_t i)
{
	return i < l->config.clients ? &l->clients[i]->engine : NULL;
}

void gcoap_load_stop(struct gcoap_load *l, bool wait, gcoap_time now)
{
	const struct gcoap__load_end how = { .interrupted = true, .at = now };
	struct gcoap__load_client *c;
	struct gcoap__load_round *r;

	if (!l->stopped)
		l->due_when_stopped = gcoap__load_due(l, now);
	l->stopped = true;
	for (uint32_t i = 0; i < l->config.clients; i++) {
		c = l->clients[i];
		gcoap__load_plan_end(c);
		for (uint32_t k = 0; k < l->n_queues && !wait; k++) {
			while ((r = TAILQ_FIRST(&c->queues[k])))
				gcoap__load_round_end(r, &how, now);
		}
	}
}

void gcoap_load_count(const struct gcoap_load *l, struct gcoap_load_count *out, gcoap_time now)
{
	*out = l->count;
	out->due = gcoap__load_due(l, now);
}
