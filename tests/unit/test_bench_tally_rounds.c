/* The tally's rounds and their time: silence, what was not sent, interrupted, without a plan. */
#include "test.h"

#include <errno.h>
#include <stdlib.h>

#include "tally_play.h"

static void silence_is_loss_and_no_time_is_known(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });

	tallied_result(&p);
	assert_false(tallied_figure(&p, "loss")->known);
	assert_false(tallied_figure(&p, "complete")->known);
	assert_false(tallied_figure(&p, "rate")->known);
	tallied_over(&p, 0);
	tallied_result(&p);
	assert_true(tallied_figure(&p, "loss")->known && tallied_figure(&p, "loss")->value == 1);
	assert_true(tallied_figure(&p, "loss.mean")->value == 1);
	assert_false(tallied_figure(&p, "last.p99")->known);
	bench_tally_free(&p.t);
}

static void what_is_not_sent_or_refused_is_nobodys_loss(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });
	struct gcoap_load_round r = tallied_round(&p, 1);
	const struct bench_result *out;

	tallied_answer(&p, 0, 0, GCOAP_SECOND);
	tallied_over(&p, 0);
	r.sent = GCOAP_NEVER;
	r.error = ENETUNREACH;
	p.sink->round(p.sink, &r);
	tallied_hear(&p, GCOAP_LOAD_REFUSAL, 2, GCOAP_LOAD_UNKNOWN, GCOAP_MS, 0xa3);
	tallied_over(&p, 2);
	out = tallied_result(&p);
	assert_int_equal(out->rounds, 2);
	assert_int_equal(out->unsent_rounds, 1);
	assert_int_equal(out->refused_rounds, 1);
	assert_int_equal(out->send_error, ENETUNREACH);
	assert_int_equal(out->answers, 1);
	assert_int_equal(out->servers[0].sent, 1);
	assert_int_equal(out->complete_rounds, 1);
	assert_true(tallied_figure(&p, "loss")->value == 0);
	bench_tally_free(&p.t);
}

static void interrupted_rounds_make_no_loss(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	tallied_answer(&p, 0, 0, GCOAP_SECOND);
	tallied_answer(&p, 1, 0, GCOAP_SECOND);
	tallied_answer(&p, 1, 1, GCOAP_SECOND);
	tallied_answer(&p, 2, 0, GCOAP_MS);
	tallied_over(&p, 0);
	tallied_over(&p, 1);
	tallied_interrupt(&p, 2);
	tallied_interrupt(&p, 3);
	r = tallied_result(&p);
	assert_int_equal(r->rounds, 2);
	assert_int_equal(r->interrupted_rounds, 2);
	assert_int_equal(r->answers, 3);
	assert_int_equal(r->each.min, GCOAP_SECOND);
	assert_int_equal(r->servers[0].sent, 2);
	assert_int_equal(r->servers[1].answered, 1);
	assert_int_equal(r->elapsed, GCOAP_SECOND);
	bench_tally_free(&p.t);

	/* unless there is nothing else */
	p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });
	tallied_answer(&p, 0, 0, GCOAP_SECOND);
	tallied_interrupt(&p, 0);
	r = tallied_result(&p);
	assert_int_equal(r->rounds, 0);
	assert_int_equal(r->answers, 1);
	assert_int_equal(r->each.count, 1);
	assert_int_equal(r->servers[0].rtt.count, 1);
	assert_int_equal(r->servers[0].sent, 1);
	assert_int_equal(r->servers[0].answered, 1);
	assert_int_equal(r->n_answering, 1);
	assert_int_equal(r->expected_answers, 1);
	assert_false(tallied_figure(&p, "loss")->known);
	assert_false(tallied_figure(&p, "loss.mean")->known);
	bench_tally_free(&p.t);
}

static void end_after(struct tallied *p, uint64_t round, gcoap_time length)
{
	struct gcoap_load_round r = tallied_round(p, round);

	tallied_answer(p, round, 0, length);
	r.complete = true;
	r.ended = r.due + length;
	p->sink->round(p->sink, &r);
}

/* One after the other for so long, and the last answer takes its time: -r max. */
static void without_a_plan_time_goes_on_until_the_last_is_over(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .length = 8 * GAP });

	for (uint64_t k = 0; k < 8; k++)
		end_after(&p, k, GAP);
	assert_int_equal(tallied_result(&p)->elapsed, 8 * GAP);
	assert_true(near(tallied_figure(&p, "rate")->value, 2));
	end_after(&p, 8, 12 * GAP);
	assert_int_equal(tallied_result(&p)->elapsed, 20 * GAP);
	assert_true(near(tallied_figure(&p, "rate")->value, 9.0 / 10));
	assert_true(near(tallied_figure(&p, "answer-rate")->value, 9.0 / 10));
	tallied_interrupt(&p, 50);
	assert_int_equal(tallied_result(&p)->elapsed, 20 * GAP);
	bench_tally_free(&p.t);

	/* One is enough; what the warm-up had to wait for does not count. */
	p = tallied(&(struct bench_tally_config){ .warmup = 3 * GAP + GAP / 2 });
	end_after(&p, 0, 6 * GAP);
	end_after(&p, 6, GAP / 5);
	assert_int_equal(tallied_result(&p)->rounds, 1);
	assert_int_equal(p.r.started, START + 6 * GAP);
	assert_int_equal(p.r.elapsed, GAP / 5);
	bench_tally_free(&p.t);
}

/* More requests or fewer a second are the plan's doing, where there is one. */
static void a_rate_is_better_only_without_a_plan(void **state)
{
	static const gcoap_time gaps[] = { GAP, 0 };

	for (int i = 0; i < 2; i++) {
		struct tallied p = tallied(&(struct bench_tally_config){ .gap = gaps[i] });
		enum bench_better better = i ? BENCH_MORE : BENCH_NEITHER;

		end_after(&p, 0, GAP);
		tallied_result(&p);
		p.r.gap = gaps[i];
		p.n = bench_figures(&p.r, p.f);
		assert_int_equal(tallied_figure(&p, "rate")->better, better);
		assert_int_equal(tallied_figure(&p, "answer-rate")->better, better);
		bench_tally_free(&p.t);
	}
}

/* 500 ms of leisure, asked every 250 ms, behind each other; what comes after 2 s is late. */
static void leisures_in_a_row_have_no_shape(void **state)
{
	static const gcoap_time gaps[] = { 250 * GCOAP_MS, 500 * GCOAP_MS };

	for (int i = 0; i < 2; i++) {
		struct tallied p = tallied(&(struct bench_tally_config){ .group = true,
								       .gap = gaps[i] });

		for (uint64_t k = 0; k < 12; k++) {
			gcoap_time wait = (gcoap_time)k * (500 * GCOAP_MS - gaps[i]);

			for (uint32_t s = 0; s < 5; s++)
				tallied_hear(&p, wait < 2 * GCOAP_SECOND ? GCOAP_LOAD_ANSWER :
								   GCOAP_LOAD_LATE,
				     k, s, wait + (50 + 100 * (gcoap_time)s) * GCOAP_MS, 0x45);
			tallied_over(&p, k);
		}
		tallied_result(&p);
		assert_int_equal(p.r.growth.grows, i == 0);
		assert_int_equal(p.r.growth.queued, i == 0);
		assert_int_equal(p.r.leisure.n, i == 0 ? 0 : 60);
		assert_int_equal(tallied_figure(&p, "leisure.window")->known, i == 1);
		if (i == 0)
			assert_true(llabs(p.r.growth.each - 600 * GCOAP_MS) < GCOAP_MS);
		bench_tally_free(&p.t);
	}
}

/* Rounds that are open at the same time, ending in any order. */
static void rounds_may_overlap(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .gap = GCOAP_US });
	const uint64_t n = 50000;

	for (uint64_t k = 0; k < n; k++)
		tallied_answer(&p, k, 0, GCOAP_MS);
	for (uint64_t k = 0; k < n; k++)
		tallied_over(&p, k % 2 ? n - k : k);
	assert_int_equal(tallied_result(&p)->answered_rounds, n);
	assert_int_equal(p.r.servers[0].answered, n);
	assert_int_equal(p.r.elapsed, (gcoap_time)n * GCOAP_US);
	bench_tally_free(&p.t);
}

static void cells_are_planned_or_grow(void **state)
{
	static const gcoap_time lengths[] = { 60 * GCOAP_SECOND, 0 };

	for (size_t i = 0; i < 2; i++) {
		struct tallied p = tallied(&(struct bench_tally_config){ .group = true,
				.gap = 10 * GCOAP_MS, .length = lengths[i] });
		const struct bench_result *r;
		uint64_t due = 0, answered = 0;

		for (uint64_t k = 0; k < 6000; k++) {
			if (k / 1000 != 2)
				tallied_answer(&p, k, 0, 20 * GCOAP_MS);
			tallied_answer(&p, k, 1, 80 * GCOAP_MS);
			tallied_over(&p, k);
		}
		r = tallied_result(&p);
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
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.length = 20 * GAP });

	for (uint64_t k = 0; k < 20; k++) {
		tallied_answer(&p, k, 0, GCOAP_SECOND);
		tallied_over(&p, k);
	}
	assert_int_equal(tallied_result(&p)->n_cells, 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(p.r.cells[i].due, 1);
	bench_tally_free(&p.t);
}

/* One operand over two interfaces: server 0 is behind the first, 1 behind the second, 2 behind both,
 * and 3 is not there. */
static void a_server_is_expected_over_one_interface(void **state)
{
	static const struct gcoap_load_request groups[] = { { .group = true }, { .group = true } };
	static const uint64_t sent[] = { 10, 10, 20, 10 }, answered[] = { 10, 10, 20, 0 };
	struct tallied p = tallied(&(struct bench_tally_config){
		.group = true, .gap = GAP, .requests = groups, .n_requests = 2 });
	const struct bench_result *r;

	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(bench_tally_expect_any(p.t, i, 0, 2), 0);
	for (uint64_t round = 0; round < 20; round++) {
		tallied_answer(&p, round, (uint32_t)(round % 2), GCOAP_SECOND);
		tallied_answer(&p, round, 2, GCOAP_SECOND);
		tallied_over(&p, round);
	}
	r = tallied_result(&p);
	assert_int_equal(r->n_expected, 4);
	assert_int_equal(r->expected_answers, 50);
	assert_int_equal(r->complete_rounds, 10); /* over the second */
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(r->servers[i].sent, sent[i]);
		assert_int_equal(r->servers[i].answered, answered[i]);
	}
	bench_tally_free(&p.t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(silence_is_loss_and_no_time_is_known),
		cmocka_unit_test(what_is_not_sent_or_refused_is_nobodys_loss),
		cmocka_unit_test(interrupted_rounds_make_no_loss),
		cmocka_unit_test(without_a_plan_time_goes_on_until_the_last_is_over),
		cmocka_unit_test(a_rate_is_better_only_without_a_plan),
		cmocka_unit_test(leisures_in_a_row_have_no_shape),
		cmocka_unit_test(rounds_may_overlap),
		cmocka_unit_test(cells_are_planned_or_grow),
		cmocka_unit_test(a_few_rounds_have_a_cell_each),
		cmocka_unit_test(a_server_is_expected_over_one_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
