#include "test.h"

#include <gcoap/histogram.h>
#include <gcoap/random.h>

#include <math.h>
#include <stdlib.h>

#include "alloc_fail.h"

#define HIGHEST (((gcoap_time)1 << 46) - 1)

static int by_value(const void *a, const void *b)
{
	const gcoap_time *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* @n values over all magnitudes, as many in each. */
static gcoap_time *some_values(size_t n, uint64_t seed)
{
	gcoap_time *v = calloc(n, sizeof(*v));
	struct gcoap_random r;

	assert_non_null(v);
	gcoap_random_init_seed(&r, seed);
	for (size_t i = 0; i < n; i++)
		v[i] = (gcoap_time)gcoap_random_below(&r, (uint64_t)1 << gcoap_random_below(&r, 46));
	return v;
}

static void nothing_counted_gives_zeros(void **state)
{
	struct gcoap_histogram h = { 0 };
	struct gcoap_bucket b;
	size_t at = 0;

	assert_int_equal(gcoap_histogram_at(&h, 0.5), 0);
	assert_int_equal(gcoap_histogram_below(&h, GCOAP_NEVER), 0);
	assert_true(gcoap_histogram_mean(&h) == 0 && gcoap_histogram_deviation(&h) == 0);
	assert_false(gcoap_histogram_next(&h, &at, &b));
	assert_int_equal(gcoap_histogram_add(&h, 5, 0), 0);
	assert_int_equal(h.count, 0);
	gcoap_histogram_clear(&h);
}

static void a_single_value_is_every_quantile(void **state)
{
	static const gcoap_time values[] = { 0, 1, 127, 128, 255, 256, 123456789, HIGHEST };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		struct gcoap_histogram h = { 0 };

		assert_int_equal(gcoap_histogram_add(&h, values[i], 1), 0);
		for (double q = 0; q <= 1; q += 0.125)
			assert_int_equal(gcoap_histogram_at(&h, q), values[i]);
		assert_true(gcoap_histogram_mean(&h) == (double)values[i]);
		assert_true(gcoap_histogram_deviation(&h) == 0);
		assert_int_equal(gcoap_histogram_below(&h, values[i]), 1);
		assert_int_equal(gcoap_histogram_below(&h, values[i] - 1), 0);
		gcoap_histogram_clear(&h);
	}
}

static void quantiles_lie_within_a_128th_of_the_sorted_samples(void **state)
{
	static const size_t sizes[] = { 2, 3, 10, 99, 100, 1000, 30000 };
	static const double qs[] = { 0, 0.001, 0.07, 0.25, 0.5, 0.9, 0.99, 0.999, 1 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i];
		gcoap_time *v = some_values(n, i + 1);
		struct gcoap_histogram h = { 0 };

		for (size_t k = 0; k < n; k++)
			assert_int_equal(gcoap_histogram_add(&h, v[k], 1), 0);
		qsort(v, n, sizeof(*v), by_value);
		for (size_t k = 0; k < sizeof(qs) / sizeof(qs[0]); k++) {
			size_t rank = (size_t)ceil(qs[k] * (double)n - 1e-9);
			gcoap_time exact = v[rank == 0 ? 0 : rank - 1];
			gcoap_time seen = gcoap_histogram_at(&h, qs[k]);

			assert_true(seen >= exact);
			assert_true(seen - exact <= exact / 128);
			assert_true(gcoap_histogram_below(&h, seen) >= rank);
		}
		assert_int_equal(h.min, v[0]);
		assert_int_equal(h.max, v[n - 1]);
		gcoap_histogram_clear(&h);
		free(v);
	}
}

static void durations_under_256_ns_are_exact(void **state)
{
	struct gcoap_histogram h = { 0 };

	for (gcoap_time v = 0; v < 256; v++)
		assert_int_equal(gcoap_histogram_add(&h, v, 1), 0);
	for (int k = 1; k <= 256; k++)
		assert_int_equal(gcoap_histogram_at(&h, k / 256.0), k - 1);
	for (gcoap_time v = 0; v < 256; v++)
		assert_int_equal(gcoap_histogram_below(&h, v), v + 1);
	gcoap_histogram_clear(&h);
}

static void extremes_count_as_what_can_be_told(void **state)
{
	struct gcoap_histogram h = { 0 };

	assert_int_equal(gcoap_histogram_add(&h, -1, 1), 0);
	assert_int_equal(gcoap_histogram_add(&h, INT64_MIN, 1), 0);
	assert_int_equal(h.max, 0);
	assert_int_equal(gcoap_histogram_add(&h, GCOAP_NEVER, 1), 0);
	assert_int_equal(gcoap_histogram_add(&h, HIGHEST + 1, 1), 0);
	assert_int_equal(h.min, 0);
	assert_int_equal(h.max, HIGHEST);
	assert_int_equal(gcoap_histogram_at(&h, 0.5), 0);
	assert_int_equal(gcoap_histogram_at(&h, 0.51), HIGHEST);
	assert_int_equal(gcoap_histogram_at(&h, -1), 0);
	assert_int_equal(gcoap_histogram_at(&h, 2), HIGHEST);
	assert_int_equal(gcoap_histogram_at(&h, NAN), 0);
	gcoap_histogram_clear(&h);
}

static void mean_and_deviation_are_exact_for_close_values_far_from_zero(void **state)
{
	struct gcoap_histogram h = { 0 };
	const gcoap_time base = 40 * GCOAP_SECOND;

	for (int i = 0; i < 100000; i++)
		assert_int_equal(gcoap_histogram_add(&h, base + i % 2 * 2, 1), 0);
	assert_true(fabs(gcoap_histogram_mean(&h) - (double)base - 1) < 1e-3);
	assert_true(fabs(gcoap_histogram_deviation(&h) - 1) < 1e-3);
	gcoap_histogram_clear(&h);
}

static void counts_may_be_larger_than_32_bits(void **state)
{
	const uint64_t many = 1000000000000;
	struct gcoap_histogram h = { 0 }, sum = { 0 };
	struct gcoap_bucket b;
	size_t at = 0;

	assert_int_equal(gcoap_histogram_add(&h, 1000, 7), 0);
	assert_int_equal(gcoap_histogram_add(&h, 1000, many), 0);
	assert_int_equal(gcoap_histogram_add(&h, 1008, UINT32_MAX), 0);
	assert_int_equal(gcoap_histogram_add(&h, 1008, 2), 0);
	assert_int_equal(gcoap_histogram_add(&h, 90000, many), 0);
	assert_int_equal(h.count, 2 * many + 7 + 2 + UINT32_MAX);
	assert_int_equal(gcoap_histogram_below(&h, 1003), many + 7);
	assert_true(gcoap_histogram_next(&h, &at, &b));
	assert_int_equal(b.count, many + 7);
	assert_true(gcoap_histogram_next(&h, &at, &b));
	assert_int_equal(b.count, (uint64_t)UINT32_MAX + 2);
	assert_int_equal(gcoap_histogram_at(&h, 0.49), 1003);
	assert_int_equal(gcoap_histogram_at(&h, 0.51), 90000);

	assert_int_equal(gcoap_histogram_add(&sum, 1000, 1), 0);
	assert_int_equal(gcoap_histogram_merge(&sum, &h), 0);
	assert_int_equal(gcoap_histogram_below(&sum, 1003), many + 8);
	assert_int_equal(gcoap_histogram_add(&sum, 5, UINT64_MAX), 0);
	assert_true(sum.count == UINT64_MAX);
	gcoap_histogram_clear(&sum);
	gcoap_histogram_clear(&h);
}

static void a_merged_one_is_that_of_all_values(void **state)
{
	struct gcoap_histogram a = { 0 }, b = { 0 }, all = { 0 };
	struct gcoap_bucket x, y;
	size_t i = 0, k = 0;
	gcoap_time *v = some_values(5000, 99);

	for (size_t n = 0; n < 5000; n++) {
		assert_int_equal(gcoap_histogram_add(n % 3 ? &a : &b, v[n], 1), 0);
		assert_int_equal(gcoap_histogram_add(&all, v[n], 1), 0);
	}
	assert_int_equal(gcoap_histogram_merge(&a, &b), 0);
	assert_int_equal(a.count, all.count);
	assert_int_equal(a.min, all.min);
	assert_int_equal(a.max, all.max);
	assert_true(fabs(a.mean / all.mean - 1) < 1e-9);
	assert_true(fabs(gcoap_histogram_deviation(&a) / gcoap_histogram_deviation(&all) - 1) <
		    1e-9);
	while (gcoap_histogram_next(&all, &i, &x)) {
		assert_true(gcoap_histogram_next(&a, &k, &y));
		assert_memory_equal(&x, &y, sizeof(x));
	}
	assert_false(gcoap_histogram_next(&a, &k, &y));
	gcoap_histogram_clear(&b);
	assert_int_equal(gcoap_histogram_merge(&a, &b), 0);
	assert_int_equal(a.count, 5000);
	gcoap_histogram_clear(&a);
	gcoap_histogram_clear(&all);
	free(v);
}

static void buckets_are_no_wider_than_a_128th_and_hold_all(void **state)
{
	gcoap_time *v = some_values(2000, 5), last = 0;
	struct gcoap_histogram h = { 0 };
	struct gcoap_bucket b;
	uint64_t n = 0;
	size_t at = 0;

	for (size_t i = 0; i < 2000; i++)
		assert_int_equal(gcoap_histogram_add(&h, v[i], 1), 0);
	while (gcoap_histogram_next(&h, &at, &b)) {
		assert_true(b.low >= last && b.high > b.low);
		assert_true(b.high - b.low <= (b.low < 128 ? 1 : b.low / 128));
		last = b.high;
		n += b.count;
	}
	assert_int_equal(n, 2000);
	gcoap_histogram_clear(&h);
	free(v);
}

static void inside_a_bucket_counts_are_in_proportion(void **state)
{
	struct gcoap_histogram h = { 0 };

	/* 2^20 ... 2^20 + 2^13 - 1 is one bucket */
	assert_int_equal(gcoap_histogram_add(&h, 1 << 20, 500), 0);
	assert_int_equal(gcoap_histogram_add(&h, (1 << 20) + 8191, 500), 0);
	assert_int_equal(gcoap_histogram_below(&h, (1 << 20) - 1), 0);
	assert_int_equal(gcoap_histogram_below(&h, (1 << 20) + 4095), 500);
	assert_int_equal(gcoap_histogram_below(&h, (1 << 20) + 8191), 1000);
	assert_true(gcoap_histogram_below(&h, 1 << 20) >= 1);
	gcoap_histogram_clear(&h);
}

static void without_memory_nothing_is_counted(void **state)
{
	struct gcoap_histogram h = { 0 }, from = { 0 };

	assert_int_equal(gcoap_histogram_add(&from, 3, 1), 0);
	assert_int_equal(gcoap_histogram_add(&from, 3000, 1), 0);
	assert_int_equal(gcoap_histogram_add(&h, 200, 1), 0);
	alloc_fail_at(1);
	assert_int_equal(gcoap_histogram_add(&h, 5000, 1), GCOAP_ENOMEM);
	assert_true(alloc_failed());
	alloc_fail_at(1); /* high words */
	assert_int_equal(gcoap_histogram_add(&h, 200, UINT32_MAX), GCOAP_ENOMEM);
	assert_true(alloc_failed());
	alloc_fail_at(2);
	assert_int_equal(gcoap_histogram_merge(&h, &from), GCOAP_ENOMEM);
	assert_true(alloc_failed());
	assert_int_equal(h.count, 1);
	assert_int_equal(gcoap_histogram_at(&h, 1), 200);
	assert_int_equal(gcoap_histogram_merge(&h, &from), 0);
	assert_int_equal(h.count, 3);
	gcoap_histogram_clear(&h);
	gcoap_histogram_clear(&from);
}

/* What 10,000 servers of a group cost that answer over five seconds. */
static void a_leisure_of_five_seconds_takes_a_few_kilobytes(void **state)
{
	struct gcoap_histogram h = { 0 };
	struct gcoap_random r;

	gcoap_random_init_seed(&r, 3);
	alloc_fail_at(0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(gcoap_histogram_add(
					 &h, (gcoap_time)gcoap_random_below(&r, 5000000000), 1),
				 0);
	assert_in_range(alloc_count(), 1, 16); /* of 512 bytes */
	gcoap_histogram_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_counted_gives_zeros),
		cmocka_unit_test(a_single_value_is_every_quantile),
		cmocka_unit_test(quantiles_lie_within_a_128th_of_the_sorted_samples),
		cmocka_unit_test(durations_under_256_ns_are_exact),
		cmocka_unit_test(extremes_count_as_what_can_be_told),
		cmocka_unit_test(mean_and_deviation_are_exact_for_close_values_far_from_zero),
		cmocka_unit_test(counts_may_be_larger_than_32_bits),
		cmocka_unit_test(a_merged_one_is_that_of_all_values),
		cmocka_unit_test(buckets_are_no_wider_than_a_128th_and_hold_all),
		cmocka_unit_test(inside_a_bucket_counts_are_in_proportion),
		cmocka_unit_test(without_memory_nothing_is_counted),
		cmocka_unit_test(a_leisure_of_five_seconds_takes_a_few_kilobytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
