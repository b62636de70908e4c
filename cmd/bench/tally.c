#include "tally.h"

#include <stdlib.h>
#include <string.h>

/* What was sent before the warm-up ends does not count: when is the first due that does? */
static gcoap_time measured_from(const struct bench_tally_config *c)
{
	gcoap_time rounds = c->gap > 0 ? (c->warmup + c->gap - 1) / c->gap : 0;

	return c->start + (c->gap > 0 ? rounds * c->gap : c->warmup);
}

/* The first target where it is heard takes over from the one where it was looked for. */
static bool settles(struct bench_tally *t, uint32_t server, uint32_t target)
{
	struct tally_any *a = t->any, *end = a + t->n_any;
	uint32_t first;

	while (a < end && (a->server != server || target < a->first || target >= a->end))
		a++;
	if (a == end)
		return false;
	first = a->first;
	*a = t->any[--t->n_any];
	if (target == first)
		return false;
	tally_known_withdraw(&t->known, server, first);
	t->targets[first].known--;
	t->targets[first].expected--;
	return true;
}

int tally_belongs(struct bench_tally *t, uint32_t server, uint32_t target, bool expected)
{
	struct tally_target *to = &t->targets[target];
	enum tally_place before;

	if (tally_server_known(t, server) < 0)
		return GCOAP_ENOMEM;
	if (t->servers[server].target == target + 1 && !expected)
		return 0;
	expected |= settles(t, server, target);
	before = tally_known_find(&t->known, server, target);
	if (before == TALLY_STRANGE || (expected && before == TALLY_HEARD))
		if (tally_known_add(&t->known, server, target, expected) < 0)
			return GCOAP_ENOMEM;
	if (before == TALLY_STRANGE) {
		to->known++;
		/* It was missing in all rounds so far. */
		if (to->many && t->config.expect == 0 && to->expected == 0)
			to->complete = 0;
	}
	to->expected += expected && before != TALLY_EXPECTED;
	t->servers[server].target = target + 1;
	t->servers[server].expected = expected || before == TALLY_EXPECTED;
	t->servers[server].expected_any |= expected;
	return 0;
}

int bench_tally_expect(struct bench_tally *t, uint32_t server, uint32_t request)
{
	if (request >= t->config.n_requests)
		return GCOAP_EINVALID;
	return tally_belongs(t, server, request, true);
}

int bench_tally_expect_any(struct bench_tally *t, uint32_t server, uint32_t first, uint32_t end)
{
	struct tally_any *more = realloc(t->any, (t->n_any + 1) * sizeof(*more));
	int r;

	if (more == NULL)
		return GCOAP_ENOMEM;
	t->any = more;
	r = bench_tally_expect(t, server, first);
	if (r < 0)
		return r;
	t->any[t->n_any++] = (struct tally_any){ server, first, end };
	t->servers[server].target = 0; /* its first answer is looked at */
	return 0;
}

static void on_malformed(struct gcoap_load_sink *sink, const struct gcoap_datagram *d,
			 const struct gcoap_diag *diag)
{
	struct bench_tally *t = (struct bench_tally *)sink;

	if (t->config.also != NULL && t->config.also->malformed != NULL)
		t->config.also->malformed(t->config.also, d, diag);
}

int bench_tally_new(struct bench_tally **out, const struct bench_tally_config *config)
{
	struct bench_tally *t = calloc(1, sizeof(*t));

	*out = NULL;
	if (t == NULL)
		return GCOAP_ENOMEM;
	t->sink = (struct gcoap_load_sink){ tally_answer, tally_round, on_malformed };
	t->config = *config;
	t->targets = calloc(config->n_requests, sizeof(*t->targets));
	if (t->targets == NULL) {
		free(t);
		return GCOAP_ENOMEM;
	}
	for (size_t i = 0; i < config->n_requests; i++)
		t->targets[i].many = config->requests[i].group || config->requests[i].proxied;
	tally_open_init(&t->open);
	tally_cells_init(&t->cells, config, measured_from(config));
	*out = t;
	return 0;
}

void bench_tally_free(struct bench_tally **tally)
{
	struct bench_tally *t = *tally;

	if (t == NULL)
		return;
	for (size_t i = 0; i < t->config.n_requests; i++)
		free(t->targets[i].cells);
	gcoap_histogram_clear(&t->sum.first);
	gcoap_histogram_clear(&t->sum.each);
	gcoap_histogram_clear(&t->interrupted);
	gcoap_histogram_clear(&t->sum.last);
	gcoap_histogram_clear(&t->sum.lag);
	tally_cells_clear(&t->cells);
	tally_open_clear(&t->open);
	tally_known_clear(&t->known);
	tally_servers_clear(t);
	free(t->any);
	free(t->targets);
	free(t->out);
	free(t->out_cells);
	free(t);
	*tally = NULL;
}

struct gcoap_load_sink *bench_tally_sink(struct bench_tally *t)
{
	return &t->sink;
}

/* Is @s the one that @q asks? */
static bool asks(const struct gcoap_load_request *q, const struct gcoap_load_server *s)
{
	char name[GCOAP_URI_MAX];

	if (q->server == NULL)
		return gcoap_addr_equal(&q->to, &s->addr);
	if (q->server->addr.family != 0)
		return gcoap_addr_equal(&q->server->addr, &s->addr);
	return s->name != NULL && gcoap_origin_format(q->server, name, sizeof(name)) >= 0 &&
	       !strcmp(name, s->name);
}

int bench_tally_load(struct bench_tally *t, const struct gcoap_load *load)
{
	uint32_t n = gcoap_load_servers(load), at = 0;

	t->load = load;
	for (size_t k = 0; k < t->config.n_requests; k++) {
		/* They come in the order of the requests: the next one is mostly it. */
		for (uint32_t i = 0; i < n && !t->targets[k].many; i++, at = (at + 1) % n) {
			if (!asks(&t->config.requests[k], gcoap_load_server(load, at)))
				continue;
			if (tally_belongs(t, at, (uint32_t)k, false) < 0)
				return GCOAP_ENOMEM;
			at = (at + 1) % n;
			break;
		}
	}
	return 0;
}

uint32_t tally_target_servers(const struct bench_tally *t, const struct tally_target *to)
{
	uint32_t least = to->many ? t->config.expect : 1;

	return to->known > least ? to->known : least;
}

void bench_tally_glance(const struct bench_tally *t, struct bench_glance *out)
{
	struct gcoap_histogram each = { 0 };

	*out = (struct bench_glance){ .rounds = t->sum.rounds, .answers = t->heard };
	if (tally_each(t, &each) >= 0)
		out->p50 = gcoap_histogram_at(&each, 0.5);
	gcoap_histogram_clear(&each);
	for (size_t i = 0; i < t->config.n_requests; i++) {
		const struct tally_target *to = &t->targets[i];
		uint64_t due = to->rounds * tally_target_servers(t, to);

		out->complete_rounds += to->complete;
		out->lost += due > to->answered ? due - to->answered : 0;
	}
}
