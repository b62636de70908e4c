/* What the tally makes of answers and rounds that are handed to its sink. */
#include "test.h"

#include "bench/tally.h"

#include <gcoap/random.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "alloc_fail.h"

#define START (100 * GCOAP_SECOND)
#define GAP (500 * GCOAP_MS)
#define TIMEOUT (7 * GCOAP_SECOND)
#define NOBODY GCOAP_LOAD_UNKNOWN

struct play {
	struct bench_tally *t;
	struct gcoap_load_sink *sink;
	struct bench_result r;
	struct bench_figure f[BENCH_FIGURES];
	size_t n;
	gcoap_time gap, warmup;
	size_t n_requests;
	uint32_t answered[8]; /* of the rounds that are open, by round modulo 8 */
};

static const struct gcoap_load_request groups[] = { { .group = true }, { .group = true } };
static const struct gcoap_load_request singles[] = { { .group = false }, { .group = false } };

static struct play play_new(const struct bench_tally_config *like)
{
	struct bench_tally_config c = *like;
	struct play p = { .gap = c.gap ? c.gap : GAP, .warmup = c.warmup };

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

static gcoap_time due_at(const struct play *p, uint64_t round)
{
	return START + (gcoap_time)round * p->gap;
}

static void hear(struct play *p, enum gcoap_load_kind kind, uint64_t round, uint32_t server,
		 gcoap_time rtt, uint8_t code)
{
	struct gcoap_load_answer a = { .kind = kind, .round = round, .server = server,
				       .request = (uint32_t)(round % p->n_requests),
				       .due = due_at(p, round), .sent = due_at(p, round) + 1000,
				       .at = due_at(p, round) + rtt, .code = code,
				       .size = 10 + server % 5 };

	a.warmup = a.due < START + p->warmup;
	p->answered[round % 8] += kind == GCOAP_LOAD_ANSWER;
	p->sink->answer(p->sink, &a);
}

static void answer(struct play *p, uint64_t round, uint32_t server, gcoap_time rtt)
{
	hear(p, GCOAP_LOAD_ANSWER, round, server, rtt, 0x45);
}

static struct gcoap_load_round round_of(struct play *p, uint64_t round)
{
	struct gcoap_load_round r = { .round = round, .due = due_at(p, round),
				      .request = (uint32_t)(round % p->n_requests),
				      .sent = due_at(p, round) + 1000,
				      .ended = due_at(p, round) + TIMEOUT,
				      .first = GCOAP_NEVER, .last = GCOAP_NEVER,
				      .answered = p->answered[round % 8] };

	r.warmup = r.due < START + p->warmup;
	p->answered[round % 8] = 0;
	return r;
}

static void over(struct play *p, uint64_t round)
{
	struct gcoap_load_round r = round_of(p, round);

	p->sink->round(p->sink, &r);
}

static void complete(struct play *p, uint64_t round)
{
	struct gcoap_load_round r = round_of(p, round);

	r.complete = true;
	p->sink->round(p->sink, &r);
}

static void interrupt(struct play *p, uint64_t round)
{
	struct gcoap_load_round r = round_of(p, round);

	r.interrupted = true;
	p->sink->round(p->sink, &r);
}

static const struct bench_result *result(struct play *p)
{
	assert_int_equal(bench_tally_result(p->t, START + 1000 * GCOAP_SECOND, &p->r), 0);
	p->n = bench_figures(&p->r, p->f);
	assert_in_range(p->n, 1, BENCH_FIGURES);
	return &p->r;
}

static const struct bench_figure *figure(const struct play *p, const char *name)
{
	const struct bench_figure *f = bench_figure_find(p->f, p->n, name);

	assert_non_null(f);
	return f;
}

static bool near(double a, double b)
{
	return fabs(a - b) <= 0.01 * fabs(b) + 1e-12;
}

/* The example of the documents: 120 rounds, two servers, one of which misses three. */
static void each_server_and_each_round_has_its_numbers(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 120; k++) {
		answer(&p, k, 0, (gcoap_time)(k + 1) * 10 * GCOAP_MS);
		if (k >= 3)
			answer(&p, k, 1, 4 * GCOAP_SECOND);
		over(&p, k);
	}
	hear(&p, GCOAP_LOAD_LATE, 0, 1, 8 * GCOAP_SECOND, 0x45);
	hear(&p, GCOAP_LOAD_DUPLICATE, 5, 0, GCOAP_SECOND, 0x45);
	hear(&p, GCOAP_LOAD_FURTHER, 5, 0, GCOAP_SECOND, 0x45);
	r = result(&p);
	assert_int_equal(r->rounds, 120);
	assert_int_equal(r->answered_rounds, 120);
	assert_int_equal(r->complete_rounds, 117);
	assert_int_equal(r->answers, 237);
	assert_int_equal(r->expected_answers, 240);
	assert_int_equal(r->elapsed, 60 * GCOAP_SECOND);
	assert_int_equal(r->n_servers, 2);
	assert_int_equal(r->n_answering, 2);
	assert_int_equal(r->servers[0].sent, 120);
	assert_int_equal(r->servers[0].answered, 120);
	assert_int_equal(r->servers[1].sent, 120);
	assert_int_equal(r->servers[1].answered, 117);
	assert_int_equal(r->servers[1].late, 1);
	assert_int_equal(r->servers[0].duplicates, 1);
	assert_int_equal(r->servers[0].further, 1);
	assert_int_equal(r->first.count, 120);
	assert_int_equal(r->each.count, 237);
	assert_int_equal(r->last.count, 120);
	assert_int_equal(r->first.max, 1200 * GCOAP_MS);
	assert_int_equal(r->last.min, 10 * GCOAP_MS);
	assert_int_equal(r->last.max, 4 * GCOAP_SECOND);
	assert_int_equal(r->lag.count, 120);
	assert_int_equal(r->answer_min, 10);
	assert_int_equal(r->answer_max, 11);
	assert_int_equal(r->codes[0x45], 237);
	assert_true(near(figure(&p, "loss")->value, 0.025));
	assert_true(near(figure(&p, "complete")->value, 0.975));
	assert_true(near(figure(&p, "rate")->value, 2));
	assert_true(near(figure(&p, "first.p50")->value, 600e6));
	assert_string_equal(figure(&p, "loss")->of, r->servers[1].text);
	assert_true(figure(&p, "loss")->spread > 0.01 && figure(&p, "loss")->spread < 0.03);
	bench_tally_free(&p.t);
	assert_null(p.t);
}

static void the_warm_up_leaves_only_who_is_there(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.warmup = GCOAP_SECOND });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 4; k++) {
		answer(&p, k, 0, GCOAP_SECOND);
		if (k < 2) {
			answer(&p, k, 1, GCOAP_SECOND);
			hear(&p, GCOAP_LOAD_DUPLICATE, k, 1, GCOAP_SECOND, 0x45);
		}
		over(&p, k);
	}
	r = result(&p);
	assert_int_equal(r->warmup_rounds, 2);
	assert_int_equal(r->rounds, 2);
	assert_int_equal(r->answers, 2);
	assert_int_equal(r->duplicates, 0);
	assert_int_equal(r->started, START + GCOAP_SECOND);
	assert_int_equal(r->elapsed, GCOAP_SECOND);
	assert_int_equal(r->servers[1].sent, 2);
	assert_int_equal(r->servers[1].answered, 0);
	assert_int_equal(r->complete_rounds, 0);
	assert_int_equal(r->n_answering, 1);
	bench_tally_free(&p.t);
}

static void a_server_that_comes_late_was_missing_before(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;
	struct bench_glance g;

	for (uint64_t k = 0; k < 10; k++) {
		answer(&p, k, 0, GCOAP_SECOND);
		if (k >= 6)
			answer(&p, k, 1, GCOAP_SECOND);
		over(&p, k);
		bench_tally_glance(p.t, &g);
		assert_int_equal(g.complete_rounds, k < 6 ? k + 1 : k - 5);
		assert_int_equal(g.lost, k < 6 ? 0 : 6);
	}
	r = result(&p);
	assert_int_equal(r->complete_rounds, 4);
	assert_int_equal(r->servers[1].sent, 10);
	assert_int_equal(r->servers[1].answered, 4);
	bench_tally_free(&p.t);
}

static void expected_servers_come_first_and_make_a_round_complete(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	assert_int_equal(bench_tally_expect(p.t, 1, 0), 0);
	assert_int_equal(bench_tally_expect(p.t, 2, 0), 0);
	assert_int_equal(bench_tally_expect(p.t, 2, 0), 0);
	assert_int_equal(bench_tally_expect(p.t, 2, 7), GCOAP_EINVALID);
	answer(&p, 0, 1, GCOAP_SECOND);
	answer(&p, 0, 2, GCOAP_SECOND);
	over(&p, 0);
	answer(&p, 1, 1, GCOAP_SECOND);
	answer(&p, 1, 0, GCOAP_SECOND); /* a stranger does not stand in */
	over(&p, 1);
	r = result(&p);
	assert_int_equal(r->complete_rounds, 1);
	assert_int_equal(r->n_expected, 2);
	assert_true(r->servers[0].expected && r->servers[1].expected);
	assert_false(r->servers[2].expected);
	assert_int_equal(r->servers[0].answered, 2);
	assert_int_equal(r->servers[1].answered, 1);
	assert_int_equal(r->servers[2].answered, 1);
	assert_int_equal(r->servers[2].sent, 2);
	bench_tally_free(&p.t);
}

static void who_is_known_at_one_target_is_not_lost_for_another(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.n_requests = 2 });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 20; k++) {
		answer(&p, k, k % 2 == 0 ? 0 : 1, GCOAP_SECOND);
		answer(&p, k, 2, 2 * GCOAP_SECOND); /* this one at both */
		over(&p, k);
	}
	r = result(&p);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(r->servers[i].sent, i < 2 ? 10 : 20);
		assert_int_equal(r->servers[i].answered, r->servers[i].sent);
	}
	assert_int_equal(r->complete_rounds, 20);
	assert_int_equal(r->expected_answers, 40);
	bench_tally_free(&p.t);
}

static void enough_answers_end_a_round_without_loss_for_the_others(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.expect = 2 });
	struct gcoap_load_answer more = { .kind = GCOAP_LOAD_ANSWER, .round = 3, .server = 2,
					  .over = true, .due = START + 3 * GAP,
					  .at = START + 3 * GAP + GCOAP_SECOND };
	const struct bench_result *r;

	for (uint64_t k = 0; k < 10; k++) {
		answer(&p, k, 0, GCOAP_SECOND);
		answer(&p, k, 1 + k % 2, GCOAP_SECOND);
		complete(&p, k);
	}
	p.sink->answer(p.sink, &more);
	answer(&p, 10, 0, GCOAP_SECOND); /* this one had its whole time */
	over(&p, 10);
	r = result(&p);
	assert_int_equal(r->complete_rounds, 10);
	assert_int_equal(r->answers, 22);
	assert_int_equal(r->servers[0].sent, 11);
	assert_int_equal(r->servers[0].answered, 11);
	assert_int_equal(r->servers[1].sent, 6);
	assert_int_equal(r->servers[1].answered, 5);
	assert_int_equal(r->servers[2].sent, 7);
	assert_int_equal(r->servers[2].answered, 6);
	assert_int_equal(r->expected_answers, 24);
	bench_tally_free(&p.t);
}

static void whom_n_counts_and_nobody_heard_has_lost_all(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.expect = 3 });

	for (uint64_t k = 0; k < 10; k++) {
		answer(&p, k, 0, GCOAP_SECOND);
		answer(&p, k, 1, GCOAP_SECOND);
		over(&p, k);
	}
	result(&p);
	assert_true(figure(&p, "loss")->known && figure(&p, "loss")->value == 1);
	assert_null(figure(&p, "loss")->of);
	assert_true(near(figure(&p, "loss.mean")->value, 1 / 3.0));
	assert_true(figure(&p, "complete")->value == 0);
	bench_tally_free(&p.t);
}

static void silence_is_loss_and_no_time_is_known(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });

	result(&p);
	assert_false(figure(&p, "loss")->known);
	assert_false(figure(&p, "complete")->known);
	assert_false(figure(&p, "rate")->known);
	over(&p, 0);
	result(&p);
	assert_true(figure(&p, "loss")->known && figure(&p, "loss")->value == 1);
	assert_true(figure(&p, "loss.mean")->value == 1);
	assert_false(figure(&p, "last.p99")->known);
	bench_tally_free(&p.t);
}

static void what_is_not_sent_or_refused_is_nobodys_loss(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });
	struct gcoap_load_round r = round_of(&p, 1);
	const struct bench_result *out;

	answer(&p, 0, 0, GCOAP_SECOND);
	over(&p, 0);
	r.sent = GCOAP_NEVER;
	r.error = ENETUNREACH;
	p.sink->round(p.sink, &r);
	hear(&p, GCOAP_LOAD_REFUSAL, 2, GCOAP_LOAD_UNKNOWN, GCOAP_MS, 0xa3);
	over(&p, 2);
	out = result(&p);
	assert_int_equal(out->rounds, 2);
	assert_int_equal(out->unsent_rounds, 1);
	assert_int_equal(out->refused_rounds, 1);
	assert_int_equal(out->send_error, ENETUNREACH);
	assert_int_equal(out->answers, 1);
	assert_int_equal(out->servers[0].sent, 1);
	assert_int_equal(out->complete_rounds, 1);
	assert_true(figure(&p, "loss")->value == 0);
	bench_tally_free(&p.t);
}

static void interrupted_rounds_make_no_loss(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	answer(&p, 0, 0, GCOAP_SECOND);
	answer(&p, 1, 0, GCOAP_SECOND);
	answer(&p, 1, 1, GCOAP_SECOND);
	answer(&p, 2, 0, GCOAP_MS);
	over(&p, 0);
	over(&p, 1);
	interrupt(&p, 2);
	interrupt(&p, 3);
	r = result(&p);
	assert_int_equal(r->rounds, 2);
	assert_int_equal(r->interrupted_rounds, 2);
	assert_int_equal(r->answers, 3);
	assert_int_equal(r->each.min, GCOAP_SECOND);
	assert_int_equal(r->servers[0].sent, 2);
	assert_int_equal(r->servers[1].answered, 1);
	assert_int_equal(r->elapsed, GCOAP_SECOND);
	bench_tally_free(&p.t);

	/* unless there is nothing else */
	p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });
	answer(&p, 0, 0, GCOAP_SECOND);
	interrupt(&p, 0);
	r = result(&p);
	assert_int_equal(r->rounds, 0);
	assert_int_equal(r->answers, 1);
	assert_int_equal(r->each.count, 1);
	assert_int_equal(r->servers[0].rtt.count, 1);
	assert_int_equal(r->servers[0].sent, 1);
	assert_int_equal(r->servers[0].answered, 1);
	assert_int_equal(r->n_answering, 1);
	assert_int_equal(r->expected_answers, 1);
	assert_false(figure(&p, "loss")->known);
	assert_false(figure(&p, "loss.mean")->known);
	bench_tally_free(&p.t);
}

/* Block2 of a first block of 1,024 bytes: more follow, or it is all. */
static void hear_block(struct play *p, uint64_t round, uint8_t block)
{
	struct gcoap_msg m;
	struct gcoap_load_answer a = { .kind = GCOAP_LOAD_ANSWER, .round = round, .code = 0x45,
				       .due = due_at(p, round), .sent = due_at(p, round),
				       .at = due_at(p, round) + GCOAP_MS, .size = 1040, .msg = &m };

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ &block, 1 });
	p->sink->answer(p->sink, &a);
}

static void first_blocks_are_told(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .gap = GAP });

	hear_block(&p, 0, 0x0e);
	complete(&p, 0);
	hear_block(&p, 1, 0x06);
	complete(&p, 1);
	hear_block(&p, 2, 0x0f); /* over TCP: as many blocks as fit */
	complete(&p, 2);
	answer(&p, 3, 0, GCOAP_MS);
	complete(&p, 3);
	assert_int_equal(result(&p)->answers, 4);
	assert_int_equal(p.r.incomplete, 2);
	assert_int_equal(p.r.answer_max, 1040);
	bench_tally_free(&p.t);
}

static void one_server_a_request_has_one_time(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .gap = GAP, .n_requests = 2 });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 10; k++) {
		hear(&p, GCOAP_LOAD_ANSWER, k, (uint32_t)(k % 2), 20 * GCOAP_MS,
		     k == 4 ? 0x84 : 0x45);
		complete(&p, k);
	}
	over(&p, 10);
	hear(&p, GCOAP_LOAD_ANSWER, 11, 1, 20 * GCOAP_MS, 0xa0);
	complete(&p, 11);
	r = result(&p);
	assert_int_equal(r->first.count, 11);
	assert_int_equal(r->last.count, 11);
	assert_int_equal(r->complete_rounds, 11);
	assert_int_equal(r->servers[0].sent, 6);
	assert_int_equal(r->servers[0].answered, 5);
	assert_int_equal(r->servers[0].errors, 1);
	assert_int_equal(r->errors, 2);
	assert_int_equal(r->leisure.n, 0);
	assert_null(bench_figure_find(p.f, p.n, "leisure.window"));
	assert_ptr_equal(figure(&p, "last.p99"), figure(&p, "rtt.p99"));
	assert_true(figure(&p, "rtt.p50")->value == 20e6);
	bench_tally_free(&p.t);
}

static void answers_of_nobody_are_counted_apart(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	answer(&p, 0, NOBODY, GCOAP_SECOND);
	answer(&p, 0, NOBODY, GCOAP_SECOND);
	over(&p, 0);
	r = result(&p);
	assert_int_equal(r->unnamed, 2);
	assert_int_equal(r->answers, 2);
	assert_int_equal(r->n_servers, 0);
	assert_int_equal(r->each.count, 2);
	assert_false(figure(&p, "loss")->known);
	bench_tally_free(&p.t);

	/* with -n at least their number is known */
	p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP, .expect = 3 });
	for (uint32_t i = 0; i < 5; i++)
		answer(&p, i / 3, NOBODY, GCOAP_SECOND);
	complete(&p, 0);
	over(&p, 1);
	r = result(&p);
	assert_int_equal(r->complete_rounds, 1);
	assert_int_equal(r->expected_answers, 6);
	assert_false(figure(&p, "loss")->known);
	assert_true(near(figure(&p, "loss.mean")->value, 1 / 6.0));
	bench_tally_free(&p.t);
}

static void end_after(struct play *p, uint64_t round, gcoap_time length)
{
	struct gcoap_load_round r = round_of(p, round);

	answer(p, round, 0, length);
	r.complete = true;
	r.ended = r.due + length;
	p->sink->round(p->sink, &r);
}

/* One after the other for so long, and the last answer takes its time: -r max. */
static void without_a_plan_time_goes_on_until_the_last_is_over(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .length = 8 * GAP });

	for (uint64_t k = 0; k < 8; k++)
		end_after(&p, k, GAP);
	assert_int_equal(result(&p)->elapsed, 8 * GAP);
	assert_true(near(figure(&p, "rate")->value, 2));
	end_after(&p, 8, 12 * GAP);
	assert_int_equal(result(&p)->elapsed, 20 * GAP);
	assert_true(near(figure(&p, "rate")->value, 9.0 / 10));
	assert_true(near(figure(&p, "answer-rate")->value, 9.0 / 10));
	interrupt(&p, 50);
	assert_int_equal(result(&p)->elapsed, 20 * GAP);
	bench_tally_free(&p.t);

	/* One is enough; what the warm-up had to wait for does not count. */
	p = play_new(&(struct bench_tally_config){ .warmup = 3 * GAP + GAP / 2 });
	end_after(&p, 0, 6 * GAP);
	end_after(&p, 6, GAP / 5);
	assert_int_equal(result(&p)->rounds, 1);
	assert_int_equal(p.r.started, START + 6 * GAP);
	assert_int_equal(p.r.elapsed, GAP / 5);
	bench_tally_free(&p.t);
}

/* More requests or fewer a second are the plan's doing, where there is one. */
static void a_rate_is_better_only_without_a_plan(void **state)
{
	static const gcoap_time gaps[] = { GAP, 0 };

	for (int i = 0; i < 2; i++) {
		struct play p = play_new(&(struct bench_tally_config){ .gap = gaps[i] });
		enum bench_better better = i ? BENCH_MORE : BENCH_NEITHER;

		end_after(&p, 0, GAP);
		result(&p);
		p.r.gap = gaps[i];
		p.n = bench_figures(&p.r, p.f);
		assert_int_equal(figure(&p, "rate")->better, better);
		assert_int_equal(figure(&p, "answer-rate")->better, better);
		bench_tally_free(&p.t);
	}
}

/* 500 ms of leisure, asked every 250 ms, behind each other; what comes after 2 s is late. */
static void leisures_in_a_row_have_no_shape(void **state)
{
	static const gcoap_time gaps[] = { 250 * GCOAP_MS, 500 * GCOAP_MS };

	for (int i = 0; i < 2; i++) {
		struct play p = play_new(&(struct bench_tally_config){ .group = true,
								       .gap = gaps[i] });

		for (uint64_t k = 0; k < 12; k++) {
			gcoap_time wait = (gcoap_time)k * (500 * GCOAP_MS - gaps[i]);

			for (uint32_t s = 0; s < 5; s++)
				hear(&p, wait < 2 * GCOAP_SECOND ? GCOAP_LOAD_ANSWER :
								   GCOAP_LOAD_LATE,
				     k, s, wait + (50 + 100 * (gcoap_time)s) * GCOAP_MS, 0x45);
			over(&p, k);
		}
		result(&p);
		assert_int_equal(p.r.growth.grows, i == 0);
		assert_int_equal(p.r.growth.queued, i == 0);
		assert_int_equal(p.r.leisure.n, i == 0 ? 0 : 60);
		assert_int_equal(figure(&p, "leisure.window")->known, i == 1);
		if (i == 0)
			assert_true(llabs(p.r.growth.each - 600 * GCOAP_MS) < GCOAP_MS);
		bench_tally_free(&p.t);
	}
}

/* Rounds that are open at the same time, ending in any order. */
static void rounds_may_overlap(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .gap = GCOAP_US });
	const uint64_t n = 50000;

	for (uint64_t k = 0; k < n; k++)
		answer(&p, k, 0, GCOAP_MS);
	for (uint64_t k = 0; k < n; k++)
		over(&p, k % 2 ? n - k : k);
	assert_int_equal(result(&p)->answered_rounds, n);
	assert_int_equal(p.r.servers[0].answered, n);
	assert_int_equal(p.r.elapsed, (gcoap_time)n * GCOAP_US);
	bench_tally_free(&p.t);
}

static void cells_are_planned_or_grow(void **state)
{
	static const gcoap_time lengths[] = { 60 * GCOAP_SECOND, 0 };

	for (size_t i = 0; i < 2; i++) {
		struct play p = play_new(&(struct bench_tally_config){ .group = true,
				.gap = 10 * GCOAP_MS, .length = lengths[i] });
		const struct bench_result *r;
		uint64_t due = 0, answered = 0;

		for (uint64_t k = 0; k < 6000; k++) {
			if (k / 1000 != 2)
				answer(&p, k, 0, 20 * GCOAP_MS);
			answer(&p, k, 1, 80 * GCOAP_MS);
			over(&p, k);
		}
		r = result(&p);
		assert_in_range(r->n_cells, 60, BENCH_CELLS);
		assert_true(r->cell * (gcoap_time)r->n_cells >= r->elapsed);
		assert_true(r->cell * (gcoap_time)(r->n_cells - 1) < r->elapsed);
		for (size_t c = 0; c < r->n_cells; c++) {
			const struct bench_cell *cell = &r->servers[0].cells[c];
			gcoap_time at = r->cell * (gcoap_time)c;

			due += cell->due;
			answered += cell->answered;
			assert_int_equal(r->cells[c].due, 2 * cell->due);
			assert_int_equal(r->cells[c].answered,
					 cell->answered + r->servers[1].cells[c].answered);
			if (at < 19 * GCOAP_SECOND || at > 31 * GCOAP_SECOND) {
				assert_int_equal(cell->due, cell->answered);
				assert_true(near((double)cell->typical, 20e6));
				assert_true(near((double)r->cells[c].typical, 40e6));
			}
			if (at > 21 * GCOAP_SECOND && at < 29 * GCOAP_SECOND)
				assert_int_equal(cell->typical, 0);
		}
		assert_int_equal(due, 6000);
		assert_int_equal(answered, 5000);
		assert_int_equal(r->n_parts, TALLY_PARTS);
		bench_tally_free(&p.t);
	}
}

static void a_few_rounds_have_a_cell_each(void **state)
{
	struct play p = play_new(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.length = 20 * GAP });

	for (uint64_t k = 0; k < 20; k++) {
		answer(&p, k, 0, GCOAP_SECOND);
		over(&p, k);
	}
	assert_int_equal(result(&p)->n_cells, 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(p.r.cells[i].due, 1);
	bench_tally_free(&p.t);
}

/* ---- the same by brute force: every answer of every round is kept ---- */

#define ROUNDS 200
#define SERVERS 6
#define OVERLAP 4

struct model {
	uint32_t expect;
	bool named; /* servers are expected by name */
	bool heard[ROUNDS][SERVERS];
	bool early[ROUNDS]; /* ended with enough answers */
	size_t n_rounds;
};

/* A server's answers to rounds @k - OVERLAP ... @k come in any order; the oldest is over then. */
static void play_model(struct model *m, struct play *p, struct gcoap_random *r)
{
	bool member[2][SERVERS];

	for (int i = 0; i < 2 * SERVERS; i++)
		member[i / SERVERS][i % SERVERS] = gcoap_random_below(r, 3) > 0;
	for (uint64_t k = 0; k < m->n_rounds + OVERLAP; k++) {
		for (int i = 0; i < 12; i++) {
			uint64_t of = k - gcoap_random_below(r, OVERLAP);
			uint32_t s = (uint32_t)gcoap_random_below(r, SERVERS);
			struct gcoap_load_answer a = { .round = of, .server = s, .code = 0x45,
						       .request = of % 2, .due = due_at(p, of),
						       .at = due_at(p, of) + GCOAP_MS };

			if (of >= m->n_rounds || m->heard[of][s] || !member[of % 2][s] ||
			    s >= 3 + of / 40) /* some come later */
				continue;
			m->heard[of][s] = true;
			a.over = m->early[of];
			a.warmup = a.due < START + p->warmup;
			p->sink->answer(p->sink, &a);
			p->answered[of % 8] += !a.over;
			if (m->expect && !m->early[of] && p->answered[of % 8] >= m->expect) {
				m->early[of] = true;
				complete(p, of);
			}
		}
		if (k >= OVERLAP - 1 && k - (OVERLAP - 1) < m->n_rounds &&
		    !m->early[k - (OVERLAP - 1)])
			over(p, k - (OVERLAP - 1));
	}
}

static bool model_complete(const struct model *m, size_t k)
{
	if (m->early[k])
		return true;
	if (m->expect)
		return false;
	for (int s = 0; s < SERVERS; s++)
		for (size_t i = k % 2; i < m->n_rounds && !m->heard[k][s]; i += 2)
			if (m->named ? s < 2 : m->heard[i][s])
				return false;
	for (int s = 0; s < SERVERS; s++)
		if (m->heard[k][s])
			return true;
	return false;
}

static void check_model(const struct model *m, struct play *p)
{
	size_t warm = p->warmup / p->gap, complete_rounds = 0;
	const struct bench_result *r = result(p);
	uint64_t answered[SERVERS] = { 0 }, sent[SERVERS] = { 0 }, all = 0;

	for (size_t k = warm; k < m->n_rounds; k++)
		complete_rounds += model_complete(m, k);
	for (int s = 0; s < SERVERS; s++) {
		bool known[2] = { m->named && s < 2, m->named && s < 2 };

		for (size_t k = 0; k < m->n_rounds; k++)
			known[k % 2] |= m->heard[k][s];
		for (size_t k = warm; k < m->n_rounds; k++) {
			answered[s] += m->heard[k][s];
			sent[s] += m->early[k] ? m->heard[k][s] : known[k % 2];
		}
	}
	assert_int_equal(r->rounds, m->n_rounds - warm);
	assert_int_equal(r->complete_rounds, complete_rounds);
	for (uint32_t i = 0; i < r->n_servers; i++) {
		assert_int_equal(r->servers[i].answered, answered[i]);
		assert_int_equal(r->servers[i].rtt.count, answered[i]);
		assert_int_equal(r->servers[i].sent, sent[i]);
		all += answered[i];
	}
	assert_int_equal(r->answers, all);
	assert_int_equal(r->each.count, all);
}

static void random_runs_are_counted_as_by_hand(void **state)
{
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct model m = { .expect = seed % 3 == 1 ? 2 : 0, .named = seed % 3 == 2 };
		struct gcoap_random r;
		struct play p = play_new(&(struct bench_tally_config){
			.group = true, .gap = GAP, .n_requests = 2, .expect = m.expect,
			.warmup = seed % 2 ? 10 * GAP : 0 });

		gcoap_random_init_seed(&r, seed);
		m.n_rounds = 20 + gcoap_random_below(&r, ROUNDS - 20);
		for (uint32_t i = 0; m.named && i < 4; i++)
			assert_int_equal(bench_tally_expect(p.t, i / 2, i % 2), 0);
		play_model(&m, &p, &r);
		check_model(&m, &p);
		bench_tally_free(&p.t);
	}
}

static void all_of_it_with_every_allocation_failing(void)
{
	struct bench_tally_config c = { .group = true, .requests = groups, .n_requests = 1,
					.start = START, .gap = GAP };
	struct bench_result r;
	struct play p = { .gap = GAP, .n_requests = 1 };

	if (bench_tally_new(&p.t, &c) < 0)
		return;
	p.sink = bench_tally_sink(p.t);
	bench_tally_expect(p.t, 3, 0);
	for (uint64_t k = 0; k < 200; k++) {
		answer(&p, k, (uint32_t)k, GCOAP_SECOND + (gcoap_time)k * GCOAP_MS);
		answer(&p, k, 3, GCOAP_MS);
		over(&p, k);
	}
	if (bench_tally_result(p.t, START, &r) == 0)
		assert_int_equal(r.rounds, 200);
	bench_tally_free(&p.t);
}

static void want_of_memory_loses_no_more_than_numbers(void **state)
{
	size_t n = 1;

	for (; alloc_fail_at(n), all_of_it_with_every_allocation_failing(), alloc_failed(); n++)
		;
	assert_true(n > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_server_and_each_round_has_its_numbers),
		cmocka_unit_test(the_warm_up_leaves_only_who_is_there),
		cmocka_unit_test(a_server_that_comes_late_was_missing_before),
		cmocka_unit_test(expected_servers_come_first_and_make_a_round_complete),
		cmocka_unit_test(who_is_known_at_one_target_is_not_lost_for_another),
		cmocka_unit_test(enough_answers_end_a_round_without_loss_for_the_others),
		cmocka_unit_test(whom_n_counts_and_nobody_heard_has_lost_all),
		cmocka_unit_test(silence_is_loss_and_no_time_is_known),
		cmocka_unit_test(what_is_not_sent_or_refused_is_nobodys_loss),
		cmocka_unit_test(interrupted_rounds_make_no_loss),
		cmocka_unit_test(first_blocks_are_told),
		cmocka_unit_test(one_server_a_request_has_one_time),
		cmocka_unit_test(answers_of_nobody_are_counted_apart),
		cmocka_unit_test(without_a_plan_time_goes_on_until_the_last_is_over),
		cmocka_unit_test(a_rate_is_better_only_without_a_plan),
		cmocka_unit_test(leisures_in_a_row_have_no_shape),
		cmocka_unit_test(rounds_may_overlap),
		cmocka_unit_test(cells_are_planned_or_grow),
		cmocka_unit_test(a_few_rounds_have_a_cell_each),
		cmocka_unit_test(random_runs_are_counted_as_by_hand),
		cmocka_unit_test(want_of_memory_loses_no_more_than_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
