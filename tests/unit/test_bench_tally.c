/* What the tally makes of the answers that are handed to its sink: who sent them, who did not. */
#include "test.h"

#include "tally_play.h"

#define NOBODY GCOAP_LOAD_UNKNOWN

/* The example of the documents: 120 rounds, two servers, one of which misses three. */
static void each_server_and_each_round_has_its_numbers(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 120; k++) {
		tallied_answer(&p, k, 0, (gcoap_time)(k + 1) * 10 * GCOAP_MS);
		if (k >= 3)
			tallied_answer(&p, k, 1, 4 * GCOAP_SECOND);
		tallied_over(&p, k);
	}
	tallied_hear(&p, GCOAP_LOAD_LATE, 0, 1, 8 * GCOAP_SECOND, 0x45);
	tallied_hear(&p, GCOAP_LOAD_DUPLICATE, 5, 0, GCOAP_SECOND, 0x45);
	tallied_hear(&p, GCOAP_LOAD_FURTHER, 5, 0, GCOAP_SECOND, 0x45);
	r = tallied_result(&p);
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
	assert_true(near(tallied_figure(&p, "loss")->value, 0.025));
	assert_true(near(tallied_figure(&p, "complete")->value, 0.975));
	assert_true(near(tallied_figure(&p, "rate")->value, 2));
	assert_true(near(tallied_figure(&p, "first.p50")->value, 600e6));
	assert_string_equal(tallied_figure(&p, "loss")->of, r->servers[1].text);
	assert_true(tallied_figure(&p, "loss")->spread > 0.01);
	assert_true(tallied_figure(&p, "loss")->spread < 0.03);
	bench_tally_free(&p.t);
	assert_null(p.t);
}

static void the_warm_up_leaves_only_who_is_there(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.warmup = GCOAP_SECOND });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 4; k++) {
		tallied_answer(&p, k, 0, GCOAP_SECOND);
		if (k < 2) {
			tallied_answer(&p, k, 1, GCOAP_SECOND);
			tallied_hear(&p, GCOAP_LOAD_DUPLICATE, k, 1, GCOAP_SECOND, 0x45);
		}
		tallied_over(&p, k);
	}
	r = tallied_result(&p);
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
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;
	struct bench_glance g;

	for (uint64_t k = 0; k < 10; k++) {
		tallied_answer(&p, k, 0, GCOAP_SECOND);
		if (k >= 6)
			tallied_answer(&p, k, 1, GCOAP_SECOND);
		tallied_over(&p, k);
		bench_tally_glance(p.t, &g);
		assert_int_equal(g.complete_rounds, k < 6 ? k + 1 : k - 5);
		assert_int_equal(g.lost, k < 6 ? 0 : 6);
	}
	r = tallied_result(&p);
	assert_int_equal(r->complete_rounds, 4);
	assert_int_equal(r->servers[1].sent, 10);
	assert_int_equal(r->servers[1].answered, 4);
	bench_tally_free(&p.t);
}

static void expected_servers_come_first_and_make_a_round_complete(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	assert_int_equal(bench_tally_expect(p.t, 1, 0), 0);
	assert_int_equal(bench_tally_expect(p.t, 2, 0), 0);
	assert_int_equal(bench_tally_expect(p.t, 2, 0), 0);
	assert_int_equal(bench_tally_expect(p.t, 2, 7), GCOAP_EINVALID);
	tallied_answer(&p, 0, 1, GCOAP_SECOND);
	tallied_answer(&p, 0, 2, GCOAP_SECOND);
	tallied_over(&p, 0);
	tallied_answer(&p, 1, 1, GCOAP_SECOND);
	tallied_answer(&p, 1, 0, GCOAP_SECOND); /* a stranger does not stand in */
	tallied_over(&p, 1);
	r = tallied_result(&p);
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
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.n_requests = 2 });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 20; k++) {
		tallied_answer(&p, k, k % 2 == 0 ? 0 : 1, GCOAP_SECOND);
		tallied_answer(&p, k, 2, 2 * GCOAP_SECOND); /* this one at both */
		tallied_over(&p, k);
	}
	r = tallied_result(&p);
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
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.expect = 2 });
	struct gcoap_load_answer more = { .kind = GCOAP_LOAD_ANSWER, .round = 3, .server = 2,
					  .over = true, .due = START + 3 * GAP,
					  .at = START + 3 * GAP + GCOAP_SECOND };
	const struct bench_result *r;

	for (uint64_t k = 0; k < 10; k++) {
		tallied_answer(&p, k, 0, GCOAP_SECOND);
		tallied_answer(&p, k, 1 + k % 2, GCOAP_SECOND);
		tallied_complete(&p, k);
	}
	p.sink->answer(p.sink, &more);
	tallied_answer(&p, 10, 0, GCOAP_SECOND); /* this one had its whole time */
	tallied_over(&p, 10);
	r = tallied_result(&p);
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
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP,
								.expect = 3 });

	for (uint64_t k = 0; k < 10; k++) {
		tallied_answer(&p, k, 0, GCOAP_SECOND);
		tallied_answer(&p, k, 1, GCOAP_SECOND);
		tallied_over(&p, k);
	}
	tallied_result(&p);
	assert_true(tallied_figure(&p, "loss")->known && tallied_figure(&p, "loss")->value == 1);
	assert_null(tallied_figure(&p, "loss")->of);
	assert_true(near(tallied_figure(&p, "loss.mean")->value, 1 / 3.0));
	assert_true(tallied_figure(&p, "complete")->value == 0);
	bench_tally_free(&p.t);
}

/* Block2 of a first block of 1,024 bytes: more follow, or it is all. */
static void hear_block(struct tallied *p, uint64_t round, uint8_t block)
{
	struct gcoap_msg m;
	struct gcoap_load_answer a = { .kind = GCOAP_LOAD_ANSWER, .round = round, .code = 0x45,
				       .due = tallied_due(p, round), .sent = tallied_due(p, round),
				       .at = tallied_due(p, round) + GCOAP_MS, .size = 1040, .msg = &m };

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ &block, 1 });
	p->sink->answer(p->sink, &a);
}

static void first_blocks_are_told(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .gap = GAP });

	hear_block(&p, 0, 0x0e);
	tallied_complete(&p, 0);
	hear_block(&p, 1, 0x06);
	tallied_complete(&p, 1);
	hear_block(&p, 2, 0x0f); /* over TCP: as many blocks as fit */
	tallied_complete(&p, 2);
	tallied_answer(&p, 3, 0, GCOAP_MS);
	tallied_complete(&p, 3);
	assert_int_equal(tallied_result(&p)->answers, 4);
	assert_int_equal(p.r.incomplete, 2);
	assert_int_equal(p.r.answer_max, 1040);
	bench_tally_free(&p.t);
}

static void one_server_a_request_has_one_time(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .gap = GAP, .n_requests = 2 });
	const struct bench_result *r;

	for (uint64_t k = 0; k < 10; k++) {
		tallied_hear(&p, GCOAP_LOAD_ANSWER, k, (uint32_t)(k % 2), 20 * GCOAP_MS,
		     k == 4 ? 0x84 : 0x45);
		tallied_complete(&p, k);
	}
	tallied_over(&p, 10);
	tallied_hear(&p, GCOAP_LOAD_ANSWER, 11, 1, 20 * GCOAP_MS, 0xa0);
	tallied_complete(&p, 11);
	r = tallied_result(&p);
	assert_int_equal(r->first.count, 11);
	assert_int_equal(r->last.count, 11);
	assert_int_equal(r->complete_rounds, 11);
	assert_int_equal(r->servers[0].sent, 6);
	assert_int_equal(r->servers[0].answered, 5);
	assert_int_equal(r->servers[0].errors, 1);
	assert_int_equal(r->errors, 2);
	assert_int_equal(r->leisure.n, 0);
	assert_null(bench_figure_find(p.f, p.n, "leisure.window"));
	assert_ptr_equal(tallied_figure(&p, "last.p99"), tallied_figure(&p, "rtt.p99"));
	assert_true(tallied_figure(&p, "rtt.p50")->value == 20e6);
	bench_tally_free(&p.t);
}

static void answers_of_nobody_are_counted_apart(void **state)
{
	struct tallied p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP });
	const struct bench_result *r;

	tallied_answer(&p, 0, NOBODY, GCOAP_SECOND);
	tallied_answer(&p, 0, NOBODY, GCOAP_SECOND);
	tallied_over(&p, 0);
	r = tallied_result(&p);
	assert_int_equal(r->unnamed, 2);
	assert_int_equal(r->answers, 2);
	assert_int_equal(r->n_servers, 0);
	assert_int_equal(r->each.count, 2);
	assert_false(tallied_figure(&p, "loss")->known);
	bench_tally_free(&p.t);

	/* with -n at least their number is known */
	p = tallied(&(struct bench_tally_config){ .group = true, .gap = GAP, .expect = 3 });
	for (uint32_t i = 0; i < 5; i++)
		tallied_answer(&p, i / 3, NOBODY, GCOAP_SECOND);
	tallied_complete(&p, 0);
	tallied_over(&p, 1);
	r = tallied_result(&p);
	assert_int_equal(r->complete_rounds, 1);
	assert_int_equal(r->expected_answers, 6);
	assert_false(tallied_figure(&p, "loss")->known);
	assert_true(near(tallied_figure(&p, "loss.mean")->value, 1 / 6.0));
	bench_tally_free(&p.t);
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
		cmocka_unit_test(first_blocks_are_told),
		cmocka_unit_test(one_server_a_request_has_one_time),
		cmocka_unit_test(answers_of_nobody_are_counted_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
