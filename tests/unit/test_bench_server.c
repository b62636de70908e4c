/* Answers wait for the sums of their server (bench/tally_server.c): none is lost on the way. */
#include "test.h"

#include "bench/tally.h"

#include <stdint.h>

#define START (100 * GCOAP_SECOND)
#define GAP (10 * GCOAP_MS)

static const struct gcoap_load_request group = { .group = true };

static struct bench_tally *tally_new(gcoap_time length)
{
	struct bench_tally_config c = { .requests = &group, .n_requests = 1, .group = true,
					.start = START, .gap = GAP, .length = length };
	struct bench_tally *t;

	assert_int_equal(bench_tally_new(&t, &c), 0);
	return t;
}

static void round_of_one(struct bench_tally *t, uint64_t round, gcoap_time rtt, uint8_t code)
{
	struct gcoap_load_sink *sink = bench_tally_sink(t);
	gcoap_time due = START + (gcoap_time)round * GAP;
	struct gcoap_load_answer a = { .kind = GCOAP_LOAD_ANSWER, .round = round, .due = due,
				       .sent = due, .at = due + rtt, .code = code, .size = 20 };
	struct gcoap_load_round r = { .round = round, .due = due, .sent = due, .answered = 1,
				      .ended = due + GCOAP_SECOND };

	sink->answer(sink, &a);
	sink->round(sink, &r);
}

static struct bench_result result(struct bench_tally *t)
{
	struct bench_result r;

	assert_int_equal(bench_tally_result(t, START + GCOAP_SECOND, &r), 0);
	assert_int_equal(r.n_servers, 1);
	return r;
}

/* Also while some wait, and again after that. */
static void every_answer_is_in_every_result(void **state)
{
	struct bench_tally *t = tally_new(GCOAP_SECOND);
	struct bench_result r;
	uint64_t errors = 0;

	for (uint64_t k = 0; k < 5 * TALLY_WAITING; k++) {
		errors += k % 3 == 0;
		round_of_one(t, k, (gcoap_time)k + 1, k % 3 == 0 ? 0x84 : 0x45);
		r = result(t);
		assert_int_equal(r.servers[0].answered, k + 1);
		assert_int_equal(r.servers[0].errors, errors);
		assert_int_equal(r.servers[0].rtt.count, k + 1);
		assert_int_equal(r.servers[0].rtt.min, 1);
		assert_int_equal(r.servers[0].rtt.max, k + 1);
		assert_int_equal(r.servers[0].cells[k].answered, 1);
		assert_int_equal(r.servers[0].cells[k].typical, r.cells[k].typical);
	}
	bench_tally_free(&t);
}

/* What waits belongs to cells as they were when it came. */
static void cells_become_wider_under_those_that_wait(void **state)
{
	struct bench_tally *t = tally_new(0);
	struct bench_result r;
	uint64_t sum = 0;

	for (uint64_t k = 0; k < TALLY_WAITING - 1; k++)
		round_of_one(t, k, 1000, 0x45);
	round_of_one(t, 100, 1000, 0x45); /* beyond 120 cells of 1 ms */
	r = result(t);
	for (size_t i = 0; i < r.n_cells; i++) {
		assert_int_equal(r.servers[0].cells[i].answered, r.cells[i].answered);
		assert_int_equal(r.servers[0].cells[i].due, r.cells[i].answered);
		sum += r.servers[0].cells[i].answered;
	}
	assert_int_equal(sum, TALLY_WAITING);
	bench_tally_free(&t);
}

static void times_without_end_and_before_the_plan_are_times(void **state)
{
	const gcoap_time odd[] = { -5, 7, INT64_MAX - START - GCOAP_SECOND, 9,
				   (gcoap_time)1 << 48, ((gcoap_time)1 << 48) - 1, 11 };
	struct bench_tally *t = tally_new(GCOAP_SECOND);
	struct bench_result r;

	for (uint64_t k = 0; k < sizeof(odd) / sizeof(odd[0]); k++)
		round_of_one(t, k, odd[k], 0x45);
	r = result(t);
	assert_int_equal(r.servers[0].answered, 7);
	assert_int_equal(r.servers[0].errors, 0);
	assert_int_equal(r.servers[0].rtt.count, r.each.count);
	assert_int_equal(r.servers[0].rtt.min, 0);
	assert_int_equal(r.servers[0].rtt.max, r.each.max);
	assert_true(r.servers[0].rtt.mean == r.each.mean);
	for (size_t i = 0; i < r.n_cells; i++)
		assert_int_equal(r.servers[0].cells[i].typical, r.cells[i].typical);
	bench_tally_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_answer_is_in_every_result),
		cmocka_unit_test(cells_become_wider_under_those_that_wait),
		cmocka_unit_test(times_without_end_and_before_the_plan_are_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
