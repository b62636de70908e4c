/* Driving gcoap-bench's tally without a load. */
#include "test.h"

#include "tally_play.h"

#define TIMEOUT (7 * GCOAP_SECOND)

static const struct gcoap_load_request groups[] = { { .group = true }, { .group = true } };
static const struct gcoap_load_request singles[] = { { .group = false }, { .group = false } };

struct tallied tallied(const struct bench_tally_config *like)
{
	struct bench_tally_config c = *like;
	struct tallied p = { .gap = c.gap ? c.gap : GAP, .warmup = c.warmup };

	if (c.requests == NULL)
		c.requests = c.group ? groups : singles;
	if (c.n_requests == 0)
		c.n_requests = 1;
	p.n_requests = c.n_requests;
	c.start = START;
	assert_int_equal(bench_tally_new(&p.t, &c), 0);
	p.sink = bench_tally_sink(p.t);
	return p;
}

gcoap_time tallied_due(const struct tallied *p, uint64_t round)
{
	return START + (gcoap_time)round * p->gap;
}

void tallied_hear(struct tallied *p, enum gcoap_load_kind kind, uint64_t round, uint32_t server,
		  gcoap_time rtt, uint8_t code)
{
	struct gcoap_load_answer a = { .kind = kind, .round = round, .server = server,
				       .request = (uint32_t)(round % p->n_requests),
				       .due = tallied_due(p, round),
				       .sent = tallied_due(p, round) + 1000,
				       .at = tallied_due(p, round) + rtt, .code = code,
				       .size = 10 + server % 5 };

	a.warmup = a.due < START + p->warmup;
	p->answered[round % 8] += kind == GCOAP_LOAD_ANSWER;
	p->sink->answer(p->sink, &a);
}

void tallied_answer(struct tallied *p, uint64_t round, uint32_t server, gcoap_time rtt)
{
	tallied_hear(p, GCOAP_LOAD_ANSWER, round, server, rtt, 0x45);
}

struct gcoap_load_round tallied_round(struct tallied *p, uint64_t round)
{
	struct gcoap_load_round r = { .round = round, .due = tallied_due(p, round),
				      .request = (uint32_t)(round % p->n_requests),
				      .sent = tallied_due(p, round) + 1000,
				      .ended = tallied_due(p, round) + TIMEOUT,
				      .first = GCOAP_NEVER, .last = GCOAP_NEVER,
				      .answered = p->answered[round % 8] };

	r.warmup = r.due < START + p->warmup;
	p->answered[round % 8] = 0;
	return r;
}

void tallied_over(struct tallied *p, uint64_t round)
{
	struct gcoap_load_round r = tallied_round(p, round);

	p->sink->round(p->sink, &r);
}

void tallied_complete(struct tallied *p, uint64_t round)
{
	struct gcoap_load_round r = tallied_round(p, round);

	r.complete = true;
	p->sink->round(p->sink, &r);
}

void tallied_interrupt(struct tallied *p, uint64_t round)
{
	struct gcoap_load_round r = tallied_round(p, round);

	r.interrupted = true;
	p->sink->round(p->sink, &r);
}

const struct bench_result *tallied_result(struct tallied *p)
{
	assert_int_equal(bench_tally_result(p->t, START + 1000 * GCOAP_SECOND, &p->r), 0);
	p->n = bench_figures(&p->r, p->f);
	assert_in_range(p->n, 1, BENCH_FIGURES);
	return &p->r;
}

const struct bench_figure *tallied_figure(const struct tallied *p, const char *name)
{
	const struct bench_figure *f = bench_figure_find(p->f, p->n, name);

	assert_non_null(f);
	return f;
}
