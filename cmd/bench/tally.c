/*
 * Answers wait in tally_open.c until their round is over. Then it is known whether the round
 * counts, and everything is counted in one go: what is shown while the run goes on is of whole
 * rounds, too.
 */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

/* What was sent before the warm-up ends does not count: when is the first due that does? */
static gcoap_time measured_from(const struct bench_tally_config *c)
{
	gcoap_time rounds = c->gap > 0 ? (c->warmup + c->gap - 1) / c->gap : 0;

	return c->start + (c->gap > 0 ? rounds * c->gap : c->warmup);
}

int tally_server_known(struct bench_tally *t, uint32_t server)
{
	uint32_t cap = t->cap_servers > 0 ? t->cap_servers : 16;
	struct tally_server *more;

	if (server < t->n_servers)
		return 0;
	while (cap <= server)
		cap *= 2;
	if (cap > t->cap_servers) {
		more = realloc(t->servers, cap * sizeof(*more));
		if (more == NULL)
			return GCOAP_ENOMEM;
		t->servers = more;
		t->cap_servers = cap;
	}
	memset(&t->servers[t->n_servers], 0, (server + 1 - t->n_servers) * sizeof(*t->servers));
	t->n_servers = server + 1;
	return 0;
}

/* @server belongs to @target. */
static int belongs(struct bench_tally *t, uint32_t server, uint32_t target, bool expected)
{
	struct tally_target *to = &t->targets[target];
	enum tally_place before;

	if (tally_server_known(t, server) < 0)
		return GCOAP_ENOMEM;
	if (t->servers[server].target == target + 1 && !expected)
		return 0;
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
	return belongs(t, server, request, true);
}

static void count_other(struct bench_tally *t, const struct gcoap_load_answer *a)
{
	struct bench_result *r = &t->sum;
	struct tally_server none = { 0 }, *s = &none;

	if (a->server != GCOAP_LOAD_UNKNOWN && a->server < t->n_servers)
		s = &t->servers[a->server];
	r->further += a->kind == GCOAP_LOAD_FURTHER;
	s->further += a->kind == GCOAP_LOAD_FURTHER;
	r->duplicates += a->kind == GCOAP_LOAD_DUPLICATE;
	s->duplicates += a->kind == GCOAP_LOAD_DUPLICATE;
	r->late += a->kind == GCOAP_LOAD_LATE;
	s->late += a->kind == GCOAP_LOAD_LATE;
}

static void add(struct bench_tally *t, struct gcoap_histogram *h, gcoap_time value)
{
	if (gcoap_histogram_add(h, value, 1) < 0)
		t->dropped++;
}

/* What holds of an answer whether or not its round counts. */
static void count_answer(struct bench_tally *t, const struct tally_answer *a)
{
	struct bench_result *r = &t->sum;
	bool error = a->code >> 5 == 4 || a->code >> 5 == 5;

	r->answers++;
	r->errors += error;
	r->codes[a->code]++;
	t->answer_bytes += a->size;
	if (a->size < r->answer_min || r->answers == 1)
		r->answer_min = a->size;
	if (a->size > r->answer_max)
		r->answer_max = a->size;
	add(t, &r->each, a->rtt);
	if (a->server == GCOAP_LOAD_UNKNOWN) {
		r->unnamed++;
		return;
	}
	t->servers[a->server].errors += error;
	add(t, &t->servers[a->server].rtt, a->rtt);
}

/* What came of one round. */
struct came {
	uint32_t answers, expected, known; /* all, of expected servers, of known ones */
	bool refused;
	bool early; /* others might have answered, too, had there been the time */
	gcoap_time first, last;
};

static struct came count_answers(struct bench_tally *t, const struct gcoap_load_round *r,
				 uint32_t head)
{
	struct came came = { .early = r->complete && t->targets[r->request].many };
	size_t cell = tally_cell_at(t, r->due);
	struct bench_part *part = tally_part_at(t, r->due);

	for (uint32_t i = head; i != TALLY_NONE; i = t->open.pool[i].next) {
		const struct tally_answer *a = &t->open.pool[i];

		came.refused |= a->refusal;
		if (a->refusal)
			continue;
		if (came.answers == 0 || a->rtt < came.first)
			came.first = a->rtt;
		if (came.answers == 0 || a->rtt > came.last)
			came.last = a->rtt;
		came.answers++;
		count_answer(t, a);
		add(t, &part->each, a->rtt);
		tally_cell_answer(t, cell, a, came.early);
		if (a->server == GCOAP_LOAD_UNKNOWN)
			continue;
		belongs(t, a->server, r->request, false);
		t->servers[a->server].answered++;
		t->servers[a->server].early += came.early;
		came.known++;
		came.expected += t->servers[a->server].expected;
	}
	return came;
}

/* An answer in its time, to a request that had enough of them. */
static void count_after(struct bench_tally *t, const struct gcoap_load_answer *a,
			const struct tally_answer *one)
{
	size_t cell = tally_cell_at(t, a->due);
	struct bench_part *part = tally_part_at(t, a->due);

	t->heard++;
	count_answer(t, one);
	add(t, &part->each, one->rtt);
	tally_cell_answer(t, cell, one, true);
	if (a->server == GCOAP_LOAD_UNKNOWN)
		return;
	part->answers++;
	t->servers[a->server].answered++;
	t->servers[a->server].early++;
	t->targets[a->request].early++;
}

static void on_answer(struct gcoap_load_sink *sink, const struct gcoap_load_answer *a)
{
	struct bench_tally *t = (struct bench_tally *)sink;
	struct tally_answer one = { .rtt = a->at - a->due, .server = a->server, .code = a->code,
				    .size = (uint32_t)a->size,
				    .refusal = a->kind == GCOAP_LOAD_REFUSAL };

	if (t->config.also != NULL)
		t->config.also->answer(t->config.also, a);
	if (a->server != GCOAP_LOAD_UNKNOWN && !one.refusal &&
	    belongs(t, a->server, a->request, false) < 0) {
		t->dropped++;
		return;
	}
	if (a->warmup)
		return;
	if (a->kind != GCOAP_LOAD_ANSWER && !one.refusal) {
		count_other(t, a);
		return;
	}
	if (a->over)
		count_after(t, a, &one);
	else if (tally_open_add(&t->open, a->round, &one) < 0)
		t->dropped++;
	else
		t->heard += !one.refusal;
}

static bool is_complete(const struct bench_tally *t, const struct tally_target *to,
			const struct came *came)
{
	if (!to->many)
		return came->answers > 0;
	if (t->config.expect > 0)
		return came->answers >= t->config.expect;
	if (to->expected > 0)
		return came->expected >= to->expected;
	return came->answers > 0 && came->known >= to->known;
}

static void count_round(struct bench_tally *t, const struct gcoap_load_round *r, uint32_t head)
{
	struct tally_target *to = &t->targets[r->request];
	struct came came = count_answers(t, r, head);
	struct bench_part *part = tally_part_at(t, r->due);

	t->sum.rounds++;
	t->sum.answered_rounds += came.answers > 0;
	t->sum.refused_rounds += came.refused;
	t->sum.refusals += came.refused;
	to->complete += is_complete(t, to, &came);
	part->rounds++;
	part->answers += came.known;
	add(t, &t->sum.lag, r->sent - r->due);
	if (r->sent > t->last_sent)
		t->last_sent = r->sent;
	if (came.early) {
		to->early += came.known;
	} else if (!came.refused || came.answers > 0) {
		to->rounds++;
		to->answered += came.known;
		tally_cell_round(t, tally_cell_at(t, r->due), r->request);
	}
	if (came.answers == 0 || !t->config.group)
		return;
	add(t, &t->sum.first, came.first);
	add(t, &t->sum.last, came.last);
	add(t, &part->first, came.first);
	add(t, &part->last, came.last);
}

static void count_interrupted(struct bench_tally *t, uint32_t head)
{
	t->sum.interrupted_rounds++;
	for (uint32_t i = head; i != TALLY_NONE && t->sum.rounds == 0; i = t->open.pool[i].next)
		if (!t->open.pool[i].refusal)
			count_answer(t, &t->open.pool[i]);
}

static void on_round(struct gcoap_load_sink *sink, const struct gcoap_load_round *r)
{
	struct bench_tally *t = (struct bench_tally *)sink;
	uint32_t head = tally_open_take(&t->open, r->round);

	if (t->config.also != NULL)
		t->config.also->round(t->config.also, r);
	if (r->sent == GCOAP_NEVER && r->error != 0 && t->sum.send_error == 0)
		t->sum.send_error = r->error;
	if (r->warmup) {
		t->sum.warmup_rounds++;
	} else if (r->interrupted) {
		count_interrupted(t, head);
	} else {
		t->planned++;
		if (r->due > t->last_due || t->planned == 1)
			t->last_due = r->due;
		if (r->ended > t->last_end)
			t->last_end = r->ended;
		t->sum.retransmissions += r->retransmissions;
		t->sum.resets += r->reset;
		t->sum.unreachable += r->sent != GCOAP_NEVER && r->error != 0;
		if (r->sent == GCOAP_NEVER)
			t->sum.unsent_rounds++;
		else
			count_round(t, r, head);
	}
	tally_open_free(&t->open, head);
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
	t->sink = (struct gcoap_load_sink){ on_answer, on_round, on_malformed };
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
	for (uint32_t i = 0; i < t->n_servers; i++) {
		gcoap_histogram_clear(&t->servers[i].rtt);
		free(t->servers[i].cells);
	}
	for (size_t i = 0; i < t->config.n_requests; i++)
		free(t->targets[i].cells);
	gcoap_histogram_clear(&t->sum.first);
	gcoap_histogram_clear(&t->sum.each);
	gcoap_histogram_clear(&t->sum.last);
	gcoap_histogram_clear(&t->sum.lag);
	tally_cells_clear(&t->cells);
	tally_open_clear(&t->open);
	tally_known_clear(&t->known);
	free(t->servers);
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
			if (belongs(t, at, (uint32_t)k, false) < 0)
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
	*out = (struct bench_glance){ .rounds = t->sum.rounds, .answers = t->heard,
				      .p50 = gcoap_histogram_at(&t->sum.each, 0.5) };
	for (size_t i = 0; i < t->config.n_requests; i++) {
		const struct tally_target *to = &t->targets[i];
		uint64_t due = to->rounds * tally_target_servers(t, to);

		out->complete_rounds += to->complete;
		out->lost += due > to->answered ? due - to->answered : 0;
	}
}
