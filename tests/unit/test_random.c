#include "test.h"

#include <gcoap/error.h>
#include <gcoap/random.h>

#include <stdbool.h>

static void a_seed_always_gives_the_same_bytes(void **state)
{
	struct gcoap_random a, b;
	uint8_t x[16], y[16];

	gcoap_random_init_seed(&a, 42);
	gcoap_random_init_seed(&b, 42);
	assert_int_equal(gcoap_random_fill(&a, x, sizeof(x)), 0);
	assert_int_equal(gcoap_random_fill(&b, y, sizeof(y)), 0);
	assert_memory_equal(x, y, sizeof(x));
	gcoap_random_fill(&a, x, sizeof(x));
	assert_memory_not_equal(x, y, sizeof(x));
}

/* First numbers of the published generator for seed 1234567, low byte first. */
static void the_seeded_source_is_splitmix64(void **state)
{
	static const uint64_t expected[] = { 6457827717110365317u, 3203168211198807973u,
					     9817491932198370423u };
	struct gcoap_random r;
	uint8_t raw[24];

	gcoap_random_init_seed(&r, 1234567);
	gcoap_random_fill(&r, raw, sizeof(raw));
	for (size_t i = 0; i < sizeof(raw); i++)
		assert_int_equal(raw[i], (uint8_t)(expected[i / 8] >> 8 * (i % 8)));
}

static void the_kernel_gives_other_bytes_each_time(void **state)
{
	struct gcoap_random r;
	uint8_t x[8], y[8];

	gcoap_random_init(&r);
	assert_int_equal(gcoap_random_fill(&r, x, sizeof(x)), 0);
	assert_int_equal(gcoap_random_fill(&r, y, sizeof(y)), 0);
	assert_memory_not_equal(x, y, sizeof(x));
	assert_int_equal(gcoap_random_fill(&r, x, 0), 0);
}

static void large_requests_are_filled_to_the_end(void **state)
{
	static uint8_t buf[100000];
	struct gcoap_random r;
	unsigned zeros = 0;

	gcoap_random_init(&r);
	assert_int_equal(gcoap_random_fill(&r, buf, sizeof(buf)), 0);
	for (size_t i = sizeof(buf) - 1000; i < sizeof(buf); i++)
		zeros += buf[i] == 0;
	assert_in_range(zeros, 0, 40);
}

static void below_a_bound_every_value_comes_up(void **state)
{
	unsigned seen[7] = { 0 };
	struct gcoap_random r;

	gcoap_random_init_seed(&r, 1);
	for (int i = 0; i < 7000; i++) {
		uint64_t n = gcoap_random_below(&r, 7);

		assert_true(n < 7);
		seen[n]++;
	}
	for (int i = 0; i < 7; i++)
		assert_in_range(seen[i], 850, 1150);
	assert_int_equal(gcoap_random_below(&r, 1), 0);
	assert_int_equal(gcoap_random_below(&r, 0), 0);
	assert_true(gcoap_random_below(&r, UINT64_MAX) < UINT64_MAX);
}

static int no_entropy(struct gcoap_random *from, void *buf, size_t len)
{
	return GCOAP_ESYSTEM;
}

static void a_source_that_fails_is_reported(void **state)
{
	struct gcoap_random r = { no_entropy, 0 };
	uint8_t x[8];

	assert_int_equal(gcoap_random_fill(&r, x, sizeof(x)), GCOAP_ESYSTEM);
	assert_int_equal(gcoap_random_below(&r, 10), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_seed_always_gives_the_same_bytes),
		cmocka_unit_test(the_seeded_source_is_splitmix64),
		cmocka_unit_test(the_kernel_gives_other_bytes_each_time),
		cmocka_unit_test(large_requests_are_filled_to_the_end),
		cmocka_unit_test(below_a_bound_every_value_comes_up),
		cmocka_unit_test(a_source_that_fails_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
