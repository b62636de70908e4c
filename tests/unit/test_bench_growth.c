/* Do answers come later and later? Groups whose leisures queue, and such as do not. */
#include "test.h"

#include "bench/tally.h"

#include <gcoap/random.h>
#include <math.h>
#include <stdlib.h>

#define TIMEOUT (7 * GCOAP_SECOND)
#define SEEDS 2000

struct group_run {
	uint32_t servers;
	uint64_t rounds;
	gcoap_time gap, leisure;
	bool queue;	     /* RFC 7252, Section 8.2, with at most 8 windows waiting */
	gcoap_time straggle; /* every 50th answer comes so much later */
};

/* What would be told of @run: answers in and behind their time until the last request had its. */
static struct bench_growth growth_of(const struct group_run *run, uint64_t seed)
{
	gcoap_time busy_until = 0, end = (gcoap_time)run->rounds * run->gap + TIMEOUT;
	struct tally_growth g = { 0 };
	struct bench_growth out;
	struct gcoap_random r;

	gcoap_random_init_seed(&r, seed);
	for (uint64_t k = 0; k < run->rounds; k++) {
		gcoap_time due = (gcoap_time)k * run->gap, first = 0, last = 0, from = due;
		uint32_t in_time = 0;

		if (run->queue && busy_until > due)
			from = busy_until;
		if (from - due >= 8 * run->leisure)
			continue;
		busy_until = from + run->leisure;
		for (uint32_t s = 0; s < run->servers; s++) {
			gcoap_time rtt = from - due + GCOAP_MS +
				(gcoap_time)gcoap_random_below(&r, (uint64_t)run->leisure + 1);

			if (gcoap_random_below(&r, 50) == 0)
				rtt += run->straggle;
			if (due + rtt > end)
				continue;
			tally_growth_answer(&g, k, due, rtt);
			if (rtt > TIMEOUT)
				continue;
			first = in_time == 0 || rtt < first ? rtt : first;
			last = rtt > last ? rtt : last;
			in_time++;
		}
		tally_growth_round(&g, in_time, last - first);
	}
	bench_growth(&g, (double)run->gap, &out);
	return out;
}

static void leisures_in_a_row_are_told(void **state)
{
	static const struct group_run runs[] = {
		{ 5, 10, GCOAP_SECOND, 5 * GCOAP_SECOND, true, 0 }, /* all defaults */
		{ 2, 30, GCOAP_SECOND, 5 * GCOAP_SECOND, true, 0 },
		{ 5, 80, GCOAP_SECOND / 4, GCOAP_SECOND / 2, true, 0 },
		{ 1000, 10, GCOAP_SECOND, 5 * GCOAP_SECOND, true, GCOAP_SECOND },
		{ 3, 36000, GCOAP_SECOND, 5 * GCOAP_SECOND, true, 0 },
		{ 1, 60, GCOAP_SECOND / 4, GCOAP_SECOND / 2, true, 0 },
	};

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		uint64_t told = 0, near = 0;

		for (uint64_t seed = 0; seed < 100; seed++) {
			struct bench_growth g = growth_of(&runs[i], seed);
			double each = (double)g.each / (double)runs[i].leisure;

			assert_true(g.grows || !g.queued);
			told += g.queued;
			near += each > 0.8 && each < 1.3;
		}
		assert_true(told >= 90);
		assert_true(near >= 60 || runs[i].servers == 1); /* without others to compare with */
	}
}

static void a_group_that_keeps_up_is_left_alone(void **state)
{
	static const struct group_run runs[] = {
		{ 5, 10, GCOAP_SECOND, 5 * GCOAP_SECOND, false, 0 }, /* it does not queue */
		{ 1, 10, GCOAP_SECOND, 5 * GCOAP_SECOND, false, 0 },
		{ 5, 200, GCOAP_SECOND / 4, 5 * GCOAP_SECOND, false, 10 * GCOAP_SECOND },
		{ 2, 5, 6 * GCOAP_SECOND, 5 * GCOAP_SECOND, true, 0 }, /* or has the time */
		{ 10, 50, 6 * GCOAP_SECOND, 5 * GCOAP_SECOND, true, GCOAP_SECOND },
		{ 10, 50, GCOAP_SECOND, 2 * GCOAP_MS, true, 0 },
		{ 3, 5000, GCOAP_SECOND, 5 * GCOAP_SECOND, false, 5 * GCOAP_SECOND },
	};

	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		uint64_t told = 0;

		for (uint64_t seed = 0; seed < SEEDS; seed++)
			told += growth_of(&runs[i], seed).grows;
		assert_true(told <= SEEDS / 1000);
	}
}

/* Slower by half with each second, and asked slowly enough: something else is the matter. */
static void what_grows_without_a_queue_is_not_called_one(void **state)
{
	struct tally_growth g = { 0 };
	struct bench_growth out;

	for (int k = 0; k < 20; k++) {
		for (int s = 0; s < 3; s++)
			tally_growth_answer(&g, (uint64_t)k, k * GCOAP_SECOND, (50 + 5 * k + s) * GCOAP_MS);
		tally_growth_round(&g, 3, 2 * GCOAP_MS);
	}
	bench_growth(&g, 1e9, &out);
	assert_true(out.grows && !out.queued);
	assert_int_equal(out.each, 0);
	assert_true(llabs(out.window - 4 * GCOAP_MS) < GCOAP_US);
	assert_true(fabs(out.slope - 0.005) < 1e-6);
	assert_true(llabs(out.by - 95 * GCOAP_MS) < GCOAP_US);
	/* Without a plan nobody asks too soon. */
	bench_growth(&g, 0, &out);
	assert_true(out.grows && !out.queued);
}

static void too_few_or_equal_answers_say_nothing(void **state)
{
	struct tally_growth g = { 0 };
	struct bench_growth out;

	for (int k = 0; k < 7; k++) {
		bench_growth(&g, 1e9, &out);
		assert_false(out.grows);
		tally_growth_answer(&g, (uint64_t)k, k * GCOAP_SECOND, k * GCOAP_SECOND);
	}
	g = (struct tally_growth){ 0 };
	for (int k = 0; k < 100; k++)
		tally_growth_answer(&g, (uint64_t)k, k * GCOAP_SECOND, GCOAP_SECOND);
	bench_growth(&g, 1e9, &out);
	assert_false(out.grows);
	g = (struct tally_growth){ 0 };
	for (int k = 0; k < 100; k++)
		tally_growth_answer(&g, (uint64_t)k, 0, k * GCOAP_SECOND);
	bench_growth(&g, 1e9, &out);
	assert_false(out.grows);
	tally_growth_round(&g, 1, 0);
	assert_true(g.spans == 0);
}

static void a_rate_that_would_do_is_told_as_it_is_typed(void **state)
{
	static const struct {
		gcoap_time each;
		size_t targets;
		const char *rate;
	} rows[] = {
		{ 5 * GCOAP_SECOND, 1, "0.18" },  { GCOAP_SECOND / 2, 1, "1.8" },
		{ 5 * GCOAP_SECOND, 3, "0.54" },  { 8 * GCOAP_MS, 1, "110" },
		{ GCOAP_SECOND / 9000, 1, "8100" }, { 500 * GCOAP_SECOND, 1, "6.4/h" },
	};
	char rate[32];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_growth g = { .each = rows[i].each };

		assert_string_equal(bench_growth_rate(&g, rows[i].targets, rate), rows[i].rate);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leisures_in_a_row_are_told),
		cmocka_unit_test(a_group_that_keeps_up_is_left_alone),
		cmocka_unit_test(what_grows_without_a_queue_is_not_called_one),
		cmocka_unit_test(too_few_or_equal_answers_say_nothing),
		cmocka_unit_test(a_rate_that_would_do_is_told_as_it_is_typed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
