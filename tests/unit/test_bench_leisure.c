/* Shapes of answers in time: who is told to be even, and over which window. */
#include "test.h"

#include "bench/tally.h"

#include <gcoap/random.h>
#include <math.h>

#define LEISURE (5.0 * GCOAP_SECOND)
#define DELAY (2.0 * GCOAP_MS)

static double even(struct gcoap_random *r)
{
	return ((double)(gcoap_random_below(r, 1u << 31)) + 0.5) / (1u << 31);
}

/* Shares of the leisure. */
static double uniform(struct gcoap_random *r)
{
	return even(r);
}

static double exponential(struct gcoap_random *r)
{
	return -log(even(r)) / 3;
}

static double triangular(struct gcoap_random *r)
{
	return (even(r) + even(r)) / 2;
}

static double fixed(struct gcoap_random *r)
{
	return 0.4 + 0.0002 * even(r);
}

static double two_clusters(struct gcoap_random *r)
{
	return (gcoap_random_below(r, 2) ? 0.1 : 0.8) + 0.02 * even(r);
}

typedef double shape(struct gcoap_random *r);

static struct bench_leisure leisure_of(shape *draw, size_t n, uint64_t seed, size_t n_far)
{
	struct gcoap_histogram h = { 0 };
	struct bench_leisure l;
	struct gcoap_random r;

	gcoap_random_init_seed(&r, seed);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(gcoap_histogram_add(
					 &h, (gcoap_time)(DELAY + LEISURE * draw(&r)), 1),
				 0);
	for (size_t i = 0; i < n_far; i++)
		assert_int_equal(gcoap_histogram_add(&h, (gcoap_time)(1.5 * LEISURE), 1), 0);
	bench_leisure(&h, &l);
	gcoap_histogram_clear(&h);
	return l;
}

static void an_even_leisure_is_told_with_its_window(void **state)
{
	static const size_t sizes[] = { 60, 1000, 100000 };

	for (size_t i = 0; i < 3; i++) {
		struct bench_leisure l = leisure_of(uniform, sizes[i], 7, 0);
		double end = (double)(l.from + l.window), off = 5 / (double)sizes[i] + 1.0 / 128;

		assert_int_equal(l.n, sizes[i]);
		assert_int_equal(l.outside, 0);
		assert_true(l.uniform && l.p > 0.01 && l.d < 0.2);
		assert_true(fabs((double)l.window / LEISURE - 1) < off);
		assert_true(fabs(end / (LEISURE + DELAY) - 1) < off);
	}
}

/* How often is what is even said not to be, at p < 0.05 and p < 0.01? Never more than that: the
 * buckets hide a little of D. Of 2,000 samples of 60: 4.5 % and 1.0 %; 500 of 1,000: 3.8 %
 * and 0.4 %. */
static void the_test_errs_no_more_often_than_its_p_says(void **state)
{
	static const size_t sizes[] = { 60, 1000 };

	for (size_t i = 0; i < 2; i++) {
		size_t n = i == 0 ? 2000 : 500, below_5 = 0, below_1 = 0;

		for (size_t k = 0; k < n; k++) {
			struct bench_leisure l = leisure_of(uniform, sizes[i], 1000 + k, 0);

			below_5 += l.p < 0.05;
			below_1 += l.p < 0.01;
		}
		print_message("n %zu: %zu of %zu below 0.05, %zu below 0.01\n", sizes[i], below_5,
			      n, below_1);
		assert_in_range(below_5, n / 100, n * 6 / 100);
		assert_in_range(below_1, 0, n * 15 / 1000);
	}
}

static void other_shapes_are_found_out_with_enough_answers(void **state)
{
	static const struct {
		shape *draw;
		size_t enough;
	} shapes[] = { { exponential, 60 }, { triangular, 1000 }, { two_clusters, 60 } };
	static const size_t sizes[] = { 60, 1000, 100000 };

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; k < 3; k++) {
			struct bench_leisure l = leisure_of(shapes[i].draw, sizes[k], 3 + k, 0);

			if (sizes[k] < shapes[i].enough)
				continue;
			assert_false(l.uniform);
			assert_true(l.d > 0.1 && l.p < 0.01);
		}
}

static void a_fixed_delay_has_no_shape(void **state)
{
	struct bench_leisure l = leisure_of(fixed, 1000, 9, 0);

	assert_false(l.uniform);
	assert_true(l.d == 1 && l.p == 0);
	assert_true(l.window < 2 * GCOAP_MS);
	assert_true(fabs((double)l.from / (0.4 * LEISURE + DELAY) - 1) < 0.001);
}

static void a_few_stragglers_do_not_bend_the_window(void **state)
{
	struct bench_leisure l = leisure_of(uniform, 1000, 5, 3);

	assert_int_equal(l.n, 1003);
	assert_int_equal(l.outside, 3);
	assert_true(l.uniform);
	assert_true(fabs((double)l.window / LEISURE - 1) < 0.02);
	/* many are not stragglers */
	l = leisure_of(uniform, 1000, 5, 50);
	assert_int_equal(l.outside, 0);
	assert_false(l.uniform);
	l = leisure_of(uniform, 60, 5, 1);
	assert_int_equal(l.outside, 1);
	assert_true(l.uniform);
}

static void too_few_answers_say_nothing(void **state)
{
	struct bench_leisure l = leisure_of(uniform, 19, 5, 0);

	assert_int_equal(l.n, 0);
	assert_false(l.uniform);
	l = leisure_of(uniform, 20, 5, 0);
	assert_int_equal(l.n, 20);
	assert_true(l.uniform);
}

static void equal_answers_are_not_divided_by(void **state)
{
	struct gcoap_histogram h = { 0 };
	struct bench_leisure l;

	assert_int_equal(gcoap_histogram_add(&h, 0, 100), 0);
	bench_leisure(&h, &l);
	assert_true(l.d == 1 && l.p == 0 && l.window == 0 && !l.uniform);
	gcoap_histogram_clear(&h);
}

/* Critical values: 1.3581 and 1.6276 over the root of a large n; 0.29408 of n = 20. */
static void kolmogorovs_distribution_is_that_of_the_tables(void **state)
{
	assert_true(fabs(bench_kolmogorov(1.3581 / 1000, 1000000) - 0.05) < 0.0002);
	assert_true(fabs(bench_kolmogorov(1.6276 / 1000, 1000000) - 0.01) < 0.0001);
	assert_true(fabs(bench_kolmogorov(0.29408, 20) - 0.05) < 0.002);
	assert_true(bench_kolmogorov(0, 20) == 1);
	assert_true(bench_kolmogorov(1, 20) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_even_leisure_is_told_with_its_window),
		cmocka_unit_test(the_test_errs_no_more_often_than_its_p_says),
		cmocka_unit_test(other_shapes_are_found_out_with_enough_answers),
		cmocka_unit_test(a_fixed_delay_has_no_shape),
		cmocka_unit_test(a_few_stragglers_do_not_bend_the_window),
		cmocka_unit_test(too_few_answers_say_nothing),
		cmocka_unit_test(equal_answers_are_not_divided_by),
		cmocka_unit_test(kolmogorovs_distribution_is_that_of_the_tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
