/* The order of notifications of one server (RFC 7641, Section 3.4), losses, restarts. */
#include <engine/observe.h>
#include "test.h"

static struct gcoap__sequence seq;
static uint32_t gap;

static enum gcoap_sequence take_at(uint32_t value, gcoap_time at)
{
	return gcoap__sequence_take(&seq, value, at, false, &gap);
}

static enum gcoap_sequence take(uint32_t value)
{
	return take_at(value, 0);
}

static int begin(void **state)
{
	memset(&seq, 0, sizeof(seq));
	return 0;
}

static void the_first_value_is_taken_as_it_is(void **state)
{
	assert_int_equal(take(0xffffff), GCOAP_SEQUENCE_FIRST);
	assert_int_equal(gcoap__sequence_lost(&seq), 0);
}

static void values_ascend_through_the_end_of_24_bits(void **state)
{
	take(0xfffffe);
	assert_int_equal(take(0xffffff), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(take(0), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(take(1), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(gap, 0);
	assert_int_equal(gcoap__sequence_lost(&seq), 0);
}

static void half_the_numbers_ahead_is_the_border(void **state)
{
	take(0);
	assert_int_equal(take((1 << 23) - 1), GCOAP_SEQUENCE_NEXT);
	begin(state);
	take(0);
	assert_int_equal(take(1 << 23), GCOAP_SEQUENCE_OLD);
	begin(state);
	take((1 << 23) + 1);
	assert_int_equal(take(0), GCOAP_SEQUENCE_NEXT);
}

static void what_is_skipped_is_lost(void **state)
{
	for (uint32_t v = 1; v < 10; v++)
		take(v);
	assert_int_equal(take(12), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(gap, 2);
	assert_int_equal(gcoap__sequence_lost(&seq), 2);
}

static void what_comes_late_is_not_lost(void **state)
{
	take(1);
	take(2);
	take(5);
	assert_int_equal(take(4), GCOAP_SEQUENCE_OLD);
	assert_int_equal(gcoap__sequence_lost(&seq), 1);
	assert_int_equal(take(3), GCOAP_SEQUENCE_OLD);
	assert_int_equal(gcoap__sequence_lost(&seq), 0);
	assert_int_equal(take(6), GCOAP_SEQUENCE_NEXT);
}

static void many_late_ones_are_no_restart(void **state)
{
	take(1);
	take(20);
	for (uint32_t v = 2; v < 20; v++)
		assert_int_equal(take(v), GCOAP_SEQUENCE_OLD);
	assert_int_equal(gcoap__sequence_lost(&seq), 0);
}

static void one_from_before_the_first_is_only_late(void **state)
{
	take(100);
	assert_int_equal(take(99), GCOAP_SEQUENCE_OLD);
	assert_int_equal(take(98), GCOAP_SEQUENCE_OLD);
	assert_int_equal(take(101), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(gcoap__sequence_lost(&seq), 0);
}

static void two_ascending_ones_that_came_before_are_a_restart(void **state)
{
	for (uint32_t v = 1; v < 30; v++)
		take(v);
	assert_int_equal(take(1), GCOAP_SEQUENCE_OLD);
	assert_int_equal(take(2), GCOAP_SEQUENCE_RESTART);
	assert_int_equal(take(3), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(gcoap__sequence_lost(&seq), 0);
}

static void far_behind_is_a_restart_too(void **state)
{
	take(5000);
	assert_int_equal(take(3), GCOAP_SEQUENCE_OLD);
	assert_int_equal(take(4), GCOAP_SEQUENCE_RESTART);
}

static void a_newer_one_between_them_takes_the_doubt_away(void **state)
{
	take(5000);
	assert_int_equal(take(3), GCOAP_SEQUENCE_OLD);
	assert_int_equal(take(5001), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(take(4), GCOAP_SEQUENCE_OLD);
}

static void the_answer_to_our_own_request_is_the_newest(void **state)
{
	take(50);
	assert_int_equal(gcoap__sequence_take(&seq, 2, 0, true, &gap), GCOAP_SEQUENCE_RESTART);
	assert_int_equal(take(3), GCOAP_SEQUENCE_NEXT);
}

static void after_128_seconds_any_value_is_newer(void **state)
{
	take_at(50, 0);
	assert_int_equal(take_at(40, 128 * GCOAP_SECOND), GCOAP_SEQUENCE_OLD);
	assert_int_equal(take_at(40, 128 * GCOAP_SECOND + 1), GCOAP_SEQUENCE_RESTART);
}

static void the_same_value_renews_and_loses_nothing(void **state)
{
	take(7);
	assert_int_equal(take(7), GCOAP_SEQUENCE_SAME);
	assert_int_equal(take(8), GCOAP_SEQUENCE_NEXT);
	assert_int_equal(gcoap__sequence_lost(&seq), 0);
}

static void a_server_that_does_not_count_by_one_loses_nothing(void **state)
{
	for (uint32_t v = 0; v < 10; v++)
		take(v * 1000);
	assert_int_equal(gcoap__sequence_lost(&seq), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_value_is_taken_as_it_is, begin),
		cmocka_unit_test_setup(values_ascend_through_the_end_of_24_bits, begin),
		cmocka_unit_test_setup(half_the_numbers_ahead_is_the_border, begin),
		cmocka_unit_test_setup(what_is_skipped_is_lost, begin),
		cmocka_unit_test_setup(what_comes_late_is_not_lost, begin),
		cmocka_unit_test_setup(many_late_ones_are_no_restart, begin),
		cmocka_unit_test_setup(one_from_before_the_first_is_only_late, begin),
		cmocka_unit_test_setup(two_ascending_ones_that_came_before_are_a_restart, begin),
		cmocka_unit_test_setup(far_behind_is_a_restart_too, begin),
		cmocka_unit_test_setup(a_newer_one_between_them_takes_the_doubt_away, begin),
		cmocka_unit_test_setup(the_answer_to_our_own_request_is_the_newest, begin),
		cmocka_unit_test_setup(after_128_seconds_any_value_is_newer, begin),
		cmocka_unit_test_setup(the_same_value_renews_and_loses_nothing, begin),
		cmocka_unit_test_setup(a_server_that_does_not_count_by_one_loses_nothing, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
