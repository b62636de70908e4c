/* The proxy as an engine towards the servers: made, driven, freed. */
#include "core.h"

#include <stdlib.h>

static struct gcoap_proxy *of(const struct gcoap_engine *e)
{
	return (struct gcoap_proxy *)e;
}

/* The proxy, called at @now. */
static struct gcoap_proxy *called(struct gcoap_engine *e, gcoap_time now)
{
	struct gcoap_proxy *p = of(e);

	p->now = now;
	return p;
}

static int proxy_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap_proxy *p = called(e, now);
	int r = p->upstream->send(p->upstream, out, now);

	gcoap__ongoing_reap(p, now);
	return r;
}

static int proxy_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap_proxy *p = called(e, now);
	int r = p->upstream->recv(p->upstream, in, now);

	gcoap__ongoing_reap(p, now);
	return r;
}

static gcoap_time earlier(gcoap_time a, gcoap_time b)
{
	return a < b ? a : b;
}

static gcoap_time proxy_deadline(const struct gcoap_engine *e)
{
	const struct gcoap_proxy *p = of(e);
	gcoap_time due = earlier(p->upstream->deadline(p->upstream),
				 gcoap__timers_next(&p->timers));

	if (p->cache)
		due = earlier(due, gcoap__cache_deadline(p->cache));
	return earlier(due, p->stop_at);
}

/* T' is nearly over, or the name that a request waits for did not come. */
static void due(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap__refusal refusal;

	if (o->holding)
		gcoap__cached_due(o, now);
	if (o->observer)
		gcoap__observer_due(o, now);
	if (o->stage != GCOAP__RESOLVING)
		return;
	gcoap__refuse(&refusal, GCOAP_BAD_GATEWAY, "not resolved", "%s is not resolved in time",
		      o->target.host);
	gcoap__refuse_request(o, &refusal, now);
}

static void proxy_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct gcoap_proxy *p = called(e, now);
	struct gcoap__timer *t;

	while ((t = gcoap__timers_due(&p->timers, now)))
		due(t->owner, now);
	p->upstream->tick(p->upstream, now);
	if (p->cache)
		gcoap__cache_tick(p->cache, now);
	gcoap__stop_tick(p, now);
	gcoap__ongoing_reap(p, now);
}

static bool proxy_done(const struct gcoap_engine *e)
{
	return gcoap__stop_done(of(e));
}

static void proxy_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			 gcoap_time now)
{
	struct gcoap_proxy *p = called(e, now);

	p->upstream->failed(p->upstream, out, error, now);
	gcoap__ongoing_reap(p, now);
}

static void proxy_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			      int error, gcoap_time now)
{
	struct gcoap_proxy *p = called(e, now);

	p->upstream->unreachable(p->upstream, out, error, now);
	gcoap__ongoing_reap(p, now);
}

/* Of its own clients the proxy keeps the numbers down; they do not wait for one another. */
static int make_client(struct gcoap_proxy *p)
{
	struct gcoap_client_config config = { .transmission = p->config.transmission,
					      .random = p->config.random,
					      .sink = &p->sink };

	config.transmission.nstart = UINT32_MAX;
	config.transmission.probing_rate = 0;
	return gcoap_client_new(&p->client, &config);
}

static void set_up(struct gcoap_proxy *p, const uint64_t seed[2])
{
	gcoap__table_init(&p->by_key, sizeof(struct gcoap__ongoing_key) + sizeof(void *),
			  sizeof(struct gcoap__ongoing_key), seed);
	gcoap__table_init(&p->by_ask, sizeof(uint64_t) + sizeof(void *), sizeof(uint64_t), seed);
	gcoap__table_init(&p->asker_table, sizeof(struct gcoap__asker),
			  sizeof(((struct gcoap__asker *)0)->key), seed);
	TAILQ_INIT(&p->all);
	TAILQ_INIT(&p->closed);
	TAILQ_INIT(&p->askers);
	gcoap__watches_init(p, seed);
	gcoap__answered_init(p, seed);
	p->stop_at = GCOAP_NEVER;
	p->upstream = gcoap_client_engine(p->client);
	p->engine = (struct gcoap_engine){ .send = proxy_send,
					   .recv = proxy_recv,
					   .deadline = proxy_deadline,
					   .tick = proxy_tick,
					   .done = proxy_done,
					   .failed = proxy_failed,
					   .unreachable = proxy_unreachable };
}

int gcoap_proxy_new(struct gcoap_proxy **out, const struct gcoap_proxy_config *config)
{
	struct gcoap_proxy *p = calloc(1, sizeof(*p));
	uint64_t seed[2];
	int r;

	*out = NULL;
	if (!p)
		return GCOAP_ENOMEM;
	p->config = *config;
	gcoap_random_init(&p->kernel_random);
	if (!p->config.random)
		p->config.random = &p->kernel_random;
	gcoap_registry_init(&p->registry);
	if (!p->config.registry)
		p->config.registry = &p->registry;
	gcoap__answer_sink(&p->sink);
	gcoap__served_init(&p->served);
	r = gcoap_random_fill(p->config.random, seed, sizeof(seed));
	if (r >= 0)
		r = gcoap__cached_open(p, seed);
	if (r >= 0)
		r = make_client(p);
	if (r < 0) {
		gcoap__cache_free(&p->cache);
		free(p);
		return r;
	}
	set_up(p, seed);
	*out = p;
	return 0;
}

void gcoap_proxy_free(struct gcoap_proxy **pp)
{
	struct gcoap_proxy *p = *pp;

	*pp = NULL;
	if (!p)
		return;
	gcoap__ongoing_free_all(p);
	gcoap_client_free(&p->client);
	gcoap__watches_free(p);
	gcoap__cache_free(&p->cache);
	gcoap__askers_clear(p);
	gcoap__answered_clear(p);
	gcoap__table_clear(&p->by_key);
	gcoap__table_clear(&p->by_ask);
	gcoap__timers_clear(&p->timers);
	free(p);
}

struct gcoap_engine *gcoap_proxy_engine(struct gcoap_proxy *p)
{
	return &p->engine;
}

struct gcoap_served *gcoap_proxy_served(struct gcoap_proxy *p)
{
	return &p->served;
}

void gcoap_proxy_stats(const struct gcoap_proxy *p, struct gcoap_proxy_stats *out)
{
	struct gcoap_summary sum;

	gcoap_client_summary(p->client, &sum, 0);
	*out = p->stats;
	out->late = sum.late;
	out->dropped += sum.dropped;
	out->ongoing = p->n_groups + p->n_singles;
	out->observations = p->n_watches;
	out->observers = p->n_observers;
	if (p->cache)
		gcoap__cache_stats(p->cache, out);
}
