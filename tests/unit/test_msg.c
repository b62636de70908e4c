/* Messages as structures, and the names of codes and types. */
#include "test.h"

#include <gcoap/msg.h>
#include <gcoap/option.h>

static void a_new_message_is_empty(void **state)
{
	struct gcoap_msg m;

	memset(&m, 0xff, sizeof(m));
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	assert_int_equal(m.type, GCOAP_NON);
	assert_int_equal(m.code, GCOAP_GET);
	assert_int_equal(m.mid, 0);
	assert_int_equal(m.token_len, 0);
	assert_memory_equal(m.token, "\0\0\0\0\0\0\0\0", 8);
	assert_int_equal(m.n_options, 0);
	assert_int_equal(m.payload.len, 0);
}

static void tokens_have_at_most_eight_bytes(void **state)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	assert_int_equal(gcoap_msg_set_token(&m, "12345678", 8), 0);
	assert_int_equal(gcoap_msg_set_token(&m, "123456789", 9), GCOAP_ERANGE);
	assert_int_equal(m.token_len, 8);
	assert_int_equal(gcoap_msg_set_token(&m, "1234567", 7), 0);
	assert_memory_equal(m.token, "1234567", 8);
	assert_int_equal(gcoap_msg_set_token(&m, NULL, 0), 0);
	assert_int_equal(m.token_len, 0);
}

static void tokens_are_the_same_by_length_and_bytes(void **state)
{
	struct gcoap_msg a, b;

	gcoap_msg_init(&a, GCOAP_CON, GCOAP_GET);
	gcoap_msg_init(&b, GCOAP_CON, GCOAP_GET);
	assert_true(gcoap_msg_same_token(&a, &b));
	gcoap_msg_set_token(&a, "\0", 1);
	assert_false(gcoap_msg_same_token(&a, &b));
	gcoap_msg_set_token(&b, "\0\0", 2);
	assert_false(gcoap_msg_same_token(&a, &b));
	gcoap_msg_set_token(&b, "\0", 1);
	assert_true(gcoap_msg_same_token(&a, &b));
}

static void options_are_kept_in_order_of_their_numbers(void **state)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	assert_int_equal(gcoap_msg_add_text(&m, GCOAP_URI_QUERY, "q"), 0);
	assert_int_equal(gcoap_msg_add_text(&m, GCOAP_URI_PATH, "a"), 0);
	assert_int_equal(gcoap_msg_add_text(&m, GCOAP_URI_HOST, "h"), 0);
	assert_int_equal(gcoap_msg_add_text(&m, GCOAP_URI_PATH, "b"), 0);
	assert_int_equal(m.n_options, 4);
	assert_int_equal(m.options[0].number, GCOAP_URI_HOST);
	assert_int_equal(m.options[1].value.ptr[0], 'a');
	assert_int_equal(m.options[2].value.ptr[0], 'b');
	assert_int_equal(m.options[3].number, GCOAP_URI_QUERY);
}

static void the_sixty_fifth_option_is_refused(void **state)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	for (int i = 0; i < GCOAP_OPTIONS_MAX; i++)
		assert_int_equal(gcoap_msg_add_text(&m, GCOAP_URI_PATH, ""), 0);
	assert_int_equal(gcoap_msg_add_text(&m, GCOAP_URI_PATH, ""), GCOAP_ELIMIT);
	assert_int_equal(m.n_options, GCOAP_OPTIONS_MAX);
}

static void options_are_found_and_followed_by_number(void **state)
{
	const struct gcoap_option *o;
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	assert_null(gcoap_msg_find(&m, GCOAP_URI_PATH));
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "a");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "b");
	gcoap_msg_add_text(&m, GCOAP_URI_QUERY, "q");
	o = gcoap_msg_find(&m, GCOAP_URI_PATH);
	assert_int_equal(o->value.ptr[0], 'a');
	o = gcoap_msg_next(&m, o);
	assert_int_equal(o->value.ptr[0], 'b');
	assert_null(gcoap_msg_next(&m, o));
	assert_null(gcoap_msg_next(&m, gcoap_msg_find(&m, GCOAP_URI_QUERY)));
	assert_null(gcoap_msg_find(&m, GCOAP_ETAG));
	assert_null(gcoap_msg_find(&m, 65535));
}

static void removing_takes_every_occurrence(void **state)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "a");
	gcoap_msg_add_text(&m, GCOAP_URI_HOST, "h");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "b");
	gcoap_msg_add_text(&m, GCOAP_URI_QUERY, "q");
	assert_int_equal(gcoap_msg_remove(&m, GCOAP_URI_PATH), 2);
	assert_int_equal(gcoap_msg_remove(&m, GCOAP_URI_PATH), 0);
	assert_int_equal(m.n_options, 2);
	assert_int_equal(m.options[0].number, GCOAP_URI_HOST);
	assert_int_equal(m.options[1].number, GCOAP_URI_QUERY);
}

static void uints_are_as_short_as_can_be(void **state)
{
	static const struct {
		uint32_t value;
		size_t len;
	} rows[] = { { 0, 0 },	       { 1, 1 },	  { 255, 1 },	      { 256, 2 },
		     { 65535, 2 },     { 65536, 3 },	  { 16777215, 3 },    { 16777216, 4 },
		     { 0x01000000, 4 }, { 0xffffffff, 4 } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t store[4];
		uint32_t back = 7;

		assert_int_equal(gcoap_uint_encode(rows[i].value, store), rows[i].len);
		assert_true(rows[i].len == 0 || store[0] != 0);
		assert_int_equal(gcoap_uint_decode((struct gcoap_bytes){ store, rows[i].len },
						   4, &back),
				 0);
		assert_int_equal(back, rows[i].value);
	}
}

static void uints_may_have_leading_zeros_but_not_too_many_bytes(void **state)
{
	uint32_t n;

	assert_int_equal(gcoap_uint_decode(bytes(0, 0, 5), 3, &n), 0);
	assert_int_equal(n, 5);
	n = 9;
	assert_int_equal(gcoap_uint_decode(bytes(0, 0, 5), 2, &n), GCOAP_EMALFORMED);
	assert_int_equal(gcoap_uint_decode(bytes(0, 0, 0, 0, 5), 8, &n), GCOAP_EMALFORMED);
	assert_int_equal(n, 9);
}

static void a_uint_option_is_read_by_number(void **state)
{
	uint8_t store[4];
	struct gcoap_msg m;
	uint32_t n;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_CONTENT);
	assert_int_equal(gcoap_msg_uint(&m, GCOAP_MAX_AGE, 4, &n), GCOAP_ENOTFOUND);
	assert_int_equal(gcoap_msg_add_uint(&m, GCOAP_MAX_AGE, 70000, store), 0);
	assert_int_equal(gcoap_msg_uint(&m, GCOAP_MAX_AGE, 4, &n), 0);
	assert_int_equal(n, 70000);
	assert_int_equal(gcoap_msg_uint(&m, GCOAP_MAX_AGE, 2, &n), GCOAP_EMALFORMED);
}

static void codes_are_written_with_two_digits(void **state)
{
	char buf[5];

	assert_string_equal(gcoap_code_format(0, buf), "0.00");
	assert_string_equal(gcoap_code_format(GCOAP_CONTENT, buf), "2.05");
	assert_string_equal(gcoap_code_format(GCOAP_CONTINUE, buf), "2.31");
	assert_string_equal(gcoap_code_format(255, buf), "7.31");
}

static void codes_have_the_registered_names(void **state)
{
	static const char *const names[] = {
		"0.00 Empty", "0.01 GET", "0.02 POST", "0.03 PUT", "0.04 DELETE", "0.05 FETCH",
		"0.06 PATCH", "0.07 iPATCH", "2.01 Created", "2.02 Deleted", "2.03 Valid",
		"2.04 Changed", "2.05 Content", "2.31 Continue", "4.00 Bad Request",
		"4.01 Unauthorized", "4.02 Bad Option", "4.03 Forbidden", "4.04 Not Found",
		"4.05 Method Not Allowed", "4.06 Not Acceptable",
		"4.08 Request Entity Incomplete", "4.09 Conflict", "4.12 Precondition Failed",
		"4.13 Request Entity Too Large", "4.15 Unsupported Content-Format",
		"4.22 Unprocessable Entity", "4.29 Too Many Requests",
		"5.00 Internal Server Error", "5.01 Not Implemented", "5.02 Bad Gateway",
		"5.03 Service Unavailable", "5.04 Gateway Timeout",
		"5.05 Proxying Not Supported", "5.08 Hop Limit Reached",
	};
	size_t n = 0;

	for (unsigned code = 0; code < 256; code++) {
		const char *name = gcoap_code_name((uint8_t)code);
		char number[5];

		if (!name)
			continue;
		gcoap_code_format((uint8_t)code, number);
		assert_memory_equal(names[n], number, 4);
		assert_string_equal(names[n] + 5, name);
		n++;
	}
	assert_int_equal(n, sizeof(names) / sizeof(names[0]));
}

static void codes_are_requests_or_responses_by_class(void **state)
{
	unsigned requests = 0, responses = 0;

	for (unsigned code = 0; code < 256; code++) {
		requests += GCOAP_CODE_IS_REQUEST(code);
		responses += GCOAP_CODE_IS_RESPONSE(code);
	}
	assert_int_equal(requests, 31);
	assert_int_equal(responses, 4 * 32);
}

static void methods_are_read_in_either_case(void **state)
{
	uint8_t code = 99;

	assert_int_equal(gcoap_method_parse("get", &code), 0);
	assert_int_equal(code, GCOAP_GET);
	assert_int_equal(gcoap_method_parse("iPatch", &code), 0);
	assert_int_equal(code, GCOAP_IPATCH);
	assert_int_equal(gcoap_method_parse("FETCH", &code), 0);
	assert_int_equal(code, GCOAP_FETCH);
	assert_int_equal(gcoap_method_parse("head", &code), GCOAP_ENOTFOUND);
	assert_int_equal(gcoap_method_parse("", &code), GCOAP_ENOTFOUND);
	assert_int_equal(gcoap_method_parse("Empty", &code), GCOAP_ENOTFOUND);
	assert_int_equal(code, GCOAP_FETCH);
}

static void types_have_three_letters(void **state)
{
	assert_string_equal(gcoap_type_name(GCOAP_CON), "CON");
	assert_string_equal(gcoap_type_name(GCOAP_NON), "NON");
	assert_string_equal(gcoap_type_name(GCOAP_ACK), "ACK");
	assert_string_equal(gcoap_type_name(GCOAP_RST), "RST");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_message_is_empty),
		cmocka_unit_test(tokens_have_at_most_eight_bytes),
		cmocka_unit_test(tokens_are_the_same_by_length_and_bytes),
		cmocka_unit_test(options_are_kept_in_order_of_their_numbers),
		cmocka_unit_test(the_sixty_fifth_option_is_refused),
		cmocka_unit_test(options_are_found_and_followed_by_number),
		cmocka_unit_test(removing_takes_every_occurrence),
		cmocka_unit_test(uints_are_as_short_as_can_be),
		cmocka_unit_test(uints_may_have_leading_zeros_but_not_too_many_bytes),
		cmocka_unit_test(a_uint_option_is_read_by_number),
		cmocka_unit_test(codes_are_written_with_two_digits),
		cmocka_unit_test(codes_have_the_registered_names),
		cmocka_unit_test(codes_are_requests_or_responses_by_class),
		cmocka_unit_test(methods_are_read_in_either_case),
		cmocka_unit_test(types_have_three_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
