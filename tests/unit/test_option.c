/* Checks of received options (RFC 7252, Section 5.4), each length at its limits. */
#include "test.h"

#include <gcoap/option.h>

static struct gcoap_registry r;
static struct gcoap_diag diag;
static struct gcoap_msg m;
static uint8_t zeros[65535];

static int fresh(void **state)
{
	gcoap_registry_init(&r);
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	diag = (struct gcoap_diag){ 0 };
	return 0;
}

static void add(uint16_t number, size_t len)
{
	assert_int_equal(gcoap_msg_add(&m, number, (struct gcoap_bytes){ zeros, len }), 0);
}

static bool accepted(uint16_t number, size_t len)
{
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	add(number, len);
	return gcoap_option_usable(&r, &m, &m.options[0], &diag);
}

static void lengths_are_accepted_from_least_to_most(void **state)
{
	for (size_t i = 0; i < r.n; i++) {
		const struct gcoap_option_info *o = &r.rows[i];
		uint16_t number = (uint16_t)o->number;

		assert_true(accepted(number, o->min_len));
		assert_true(accepted(number, o->max_len));
		if (o->min_len > 0)
			assert_false(accepted(number, o->min_len - 1u));
		if (o->max_len < UINT16_MAX)
			assert_false(accepted(number, o->max_len + 1u));
	}
}

static void only_critical_options_make_a_message_bad(void **state)
{
	add(GCOAP_ETAG, 9);
	add(GCOAP_MAX_AGE, 5);
	add(65000, 3);
	assert_null(gcoap_option_bad_critical(&r, &m, &diag));
	assert_null(diag.name);
	add(GCOAP_ACCEPT, 3);
	assert_int_equal(gcoap_option_bad_critical(&r, &m, &diag)->number, GCOAP_ACCEPT);
	assert_string_equal(diag.name, "bad-length");
}

static void the_first_bad_critical_option_is_named(void **state)
{
	add(65001, 0);
	add(GCOAP_URI_PORT, 3);
	add(GCOAP_URI_HOST, 0);
	assert_int_equal(gcoap_option_bad_critical(&r, &m, NULL)->number, GCOAP_URI_HOST);
}

static void an_unknown_critical_option_is_bad_and_an_unknown_elective_unusable(void **state)
{
	add(65000, 0);
	add(65001, 0);
	assert_ptr_equal(gcoap_option_bad_critical(&r, &m, &diag), &m.options[1]);
	assert_string_equal(diag.name, "unknown-option");
	assert_false(gcoap_option_usable(&r, &m, &m.options[0], &diag));
	assert_string_equal(diag.name, "unknown-option");
}

static void the_second_of_an_option_that_does_not_repeat_is_bad(void **state)
{
	add(GCOAP_URI_HOST, 1);
	assert_null(gcoap_option_bad_critical(&r, &m, &diag));
	add(GCOAP_URI_HOST, 1);
	assert_ptr_equal(gcoap_option_bad_critical(&r, &m, &diag), &m.options[1]);
	assert_string_equal(diag.name, "repeated-option");
}

static void the_first_of_a_repeated_elective_option_stays_usable(void **state)
{
	add(GCOAP_MAX_AGE, 1);
	add(GCOAP_MAX_AGE, 1);
	add(GCOAP_ETAG, 1);
	add(GCOAP_ETAG, 1);
	assert_null(gcoap_option_bad_critical(&r, &m, NULL));
	assert_true(gcoap_option_usable(&r, &m, &m.options[0], NULL));
	assert_true(gcoap_option_usable(&r, &m, &m.options[1], NULL));
	assert_true(gcoap_option_usable(&r, &m, &m.options[2], NULL));
	assert_false(gcoap_option_usable(&r, &m, &m.options[3], &diag));
	assert_string_equal(diag.name, "repeated-option");
}

static void an_etag_of_nine_bytes_has_its_own_name(void **state)
{
	assert_false(accepted(GCOAP_ETAG, 9));
	assert_string_equal(diag.name, "bad-etag");
}

static void a_changed_number_is_checked_under_its_new_one(void **state)
{
	assert_int_equal(gcoap_registry_set(&r, "Multicast-Timeout", 65003), 0);
	add(65003, 5);
	assert_int_equal(gcoap_option_bad_critical(&r, &m, &diag)->number, 65003);
	assert_string_equal(diag.name, "bad-length");
	assert_false(accepted(2, 1));
}

static bool segment_accepted(uint16_t number, const char *text)
{
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_add_text(&m, number, text);
	return gcoap_option_usable(&r, &m, &m.options[0], &diag);
}

static void dots_are_no_path_segments(void **state)
{
	static const char *const bad[] = { ".", "..", "%2e", "%2E%2e", ".%2e", "%2E." };
	static const char *const good[] = { "",	  "...",  "a",	 "..a", "a..", "%2",  "%2f",
					    "%2e%2", ".%",  "%2e%2e%2e", "%%2e", ". " };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(segment_accepted(GCOAP_URI_PATH, bad[i]));
		assert_string_equal(diag.name, "dot-segment");
		assert_false(segment_accepted(GCOAP_LOCATION_PATH, bad[i]));
		assert_true(segment_accepted(GCOAP_URI_QUERY, bad[i]));
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!segment_accepted(GCOAP_URI_PATH, good[i]))
			fail_msg("%s", good[i]);
}

static void the_byte_of_the_value_is_told(void **state)
{
	struct gcoap_bytes b = bytes(0x40, 1, 0, 1, 0x31, 'h', 0x41, 0x16, 0x10, 0x00);

	assert_int_equal(gcoap_msg_decode(&m, b, NULL), 0);
	assert_null(gcoap_option_bad_critical(&r, &m, &diag));
	b = bytes(0x40, 1, 0, 1, 0x31, 'h', 0x43, 0, 0x16, 0x33);
	assert_int_equal(gcoap_msg_decode(&m, b, NULL), 0);
	assert_non_null(gcoap_option_bad_critical(&r, &m, &diag));
	assert_int_equal(diag.at, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(lengths_are_accepted_from_least_to_most, fresh),
		cmocka_unit_test_setup(only_critical_options_make_a_message_bad, fresh),
		cmocka_unit_test_setup(the_first_bad_critical_option_is_named, fresh),
		cmocka_unit_test_setup(
			an_unknown_critical_option_is_bad_and_an_unknown_elective_unusable,
			fresh),
		cmocka_unit_test_setup(the_second_of_an_option_that_does_not_repeat_is_bad,
				       fresh),
		cmocka_unit_test_setup(the_first_of_a_repeated_elective_option_stays_usable,
				       fresh),
		cmocka_unit_test_setup(an_etag_of_nine_bytes_has_its_own_name, fresh),
		cmocka_unit_test_setup(a_changed_number_is_checked_under_its_new_one, fresh),
		cmocka_unit_test_setup(dots_are_no_path_segments, fresh),
		cmocka_unit_test_setup(the_byte_of_the_value_is_told, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
