/* groupcomm-bis-03, Section 3.1, and RFC 7967: what a group does not hear. */
#include "test.h"

#include "serve/host.h"

static struct suppress usual(void)
{
	return (struct suppress){ .sends = GCOAP_CLASS_2, .no_response_known = true,
				  .no_response = -1 };
}

static void errors_and_nothing_useful_are_suppressed_by_default(void **state)
{
	struct suppress s = usual();

	(void)state;
	assert_false(gcoap__suppressed(&s, GCOAP_CONTENT));
	assert_true(gcoap__suppressed(&s, GCOAP_NOT_FOUND));
	assert_true(gcoap__suppressed(&s, GCOAP_SERVER_ERROR));
	s.nothing = true;
	assert_true(gcoap__suppressed(&s, GCOAP_CONTENT));
}

static void a_policy_speaks_for_a_whole_class(void **state)
{
	struct suppress s = usual();

	(void)state;
	s.sends = GCOAP_CLASS_4;
	assert_true(gcoap__suppressed(&s, GCOAP_CONTENT));
	for (uint8_t detail = 0; detail < 32; detail++)
		assert_false(gcoap__suppressed(&s, GCOAP_CODE(4, detail)));
}

static void each_bit_of_no_response_silences_its_class(void **state)
{
	static const uint8_t bits[] = { 2, 8, 16 };
	static const uint8_t codes[] = { GCOAP_CONTENT, GCOAP_NOT_FOUND, GCOAP_SERVER_ERROR };
	struct suppress s = usual();

	(void)state;
	s.sends = GCOAP_CLASS_2 | GCOAP_CLASS_4 | GCOAP_CLASS_5;
	for (int mask = 0; mask < 32; mask++)
		for (int i = 0; i < 3; i++) {
			s.no_response = mask;
			assert_int_equal(gcoap__suppressed(&s, codes[i]), (mask & bits[i]) != 0);
		}
}

static void a_clear_bit_overrides_the_default_where_the_dialect_says_so(void **state)
{
	struct suppress s = usual();

	(void)state;
	s.no_response = 0;
	assert_false(gcoap__suppressed(&s, GCOAP_NOT_FOUND));
	s.only_adds = true;
	assert_true(gcoap__suppressed(&s, GCOAP_NOT_FOUND));
	assert_false(gcoap__suppressed(&s, GCOAP_CONTENT));
}

static void a_resource_that_does_not_know_no_response_ignores_it(void **state)
{
	struct suppress s = usual();

	(void)state;
	s.no_response_known = false;
	s.no_response = 2;
	assert_false(gcoap__suppressed(&s, GCOAP_CONTENT));
	s.no_response = 0;
	assert_true(gcoap__suppressed(&s, GCOAP_NOT_FOUND));
}

static void a_new_observer_hears_of_it(void **state)
{
	struct suppress s = usual();

	(void)state;
	s.new_observer = true;
	s.nothing = true;
	assert_false(gcoap__suppressed(&s, GCOAP_CONTENT));
	s.no_response = 2;
	assert_false(gcoap__suppressed(&s, GCOAP_CONTENT));
	s.only_adds = true;
	assert_true(gcoap__suppressed(&s, GCOAP_CONTENT));
}

static void an_individual_request_is_answered_but_for_no_response(void **state)
{
	struct suppress s = usual();

	(void)state;
	assert_false(gcoap__suppressed_unicast(&s, GCOAP_NOT_FOUND));
	s.no_response = 8;
	assert_true(gcoap__suppressed_unicast(&s, GCOAP_NOT_FOUND));
	assert_false(gcoap__suppressed_unicast(&s, GCOAP_CONTENT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_and_nothing_useful_are_suppressed_by_default),
		cmocka_unit_test(a_policy_speaks_for_a_whole_class),
		cmocka_unit_test(each_bit_of_no_response_silences_its_class),
		cmocka_unit_test(a_clear_bit_overrides_the_default_where_the_dialect_says_so),
		cmocka_unit_test(a_resource_that_does_not_know_no_response_ignores_it),
		cmocka_unit_test(a_new_observer_hears_of_it),
		cmocka_unit_test(an_individual_request_is_answered_but_for_no_response),
	};

	return cmocka_run_group_tests_name("suppress", tests, NULL, NULL);
}
