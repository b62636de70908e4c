/* JSON out, and JSON from the network that is passed on. */
#include "test.h"

#include <stdio.h>
#include <cjson/cJSON.h>
#include "common/json_scan.h"

static const char *text_of(struct jsonw *w)
{
	jsonw_raw(w, "", 1);
	w->len = 0;
	return w->buf;
}

static void strings_are_escaped_and_always_utf8(void **state)
{
	struct jsonw w = { 0 };

	jsonw_text(&w, "a\"b\\c\n\t\x01\x7f");
	assert_string_equal(text_of(&w), "\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\"");
	jsonw_text(&w, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
	assert_string_equal(text_of(&w), "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
	jsonw_text(&w, "\xff" "a\xc3");
	assert_string_equal(text_of(&w), "\"\xef\xbf\xbd" "a\xef\xbf\xbd\"");
	jsonw_text(&w, "\xc2\x9b");
	assert_string_equal(text_of(&w), "\"\\u009b\"");
	/* bidi controls, a line separator, an invisible tag beyond the first plane */
	jsonw_text(&w, "\xe2\x80\xae\xe2\x81\xa6\xe2\x80\xa8\xf3\xa0\x80\x81");
	assert_string_equal(text_of(&w), "\"\\u202e\\u2066\\u2028\\udb40\\udc01\"");
	jsonw_bytes(&w, bytes(0, 'x'));
	assert_string_equal(text_of(&w), "\"\\u0000x\"");
	jsonw_text(&w, NULL);
	assert_string_equal(text_of(&w), "null");
	jsonw_clear(&w);
}

static void numbers_hex_and_base64(void **state)
{
	struct jsonw w = { 0 };

	jsonw_uint(&w, 0);
	assert_string_equal(text_of(&w), "0");
	jsonw_uint(&w, UINT64_MAX);
	assert_string_equal(text_of(&w), "18446744073709551615");
	jsonw_hex(&w, bytes(0x63, 0x0a));
	assert_string_equal(text_of(&w), "\"630a\"");
	jsonw_base64(&w, bytes(0xff));
	assert_string_equal(text_of(&w), "\"/w==\"");
	jsonw_base64(&w, bytes('M', 'a'));
	assert_string_equal(text_of(&w), "\"TWE=\"");
	jsonw_base64(&w, bytes('M', 'a', 'n'));
	assert_string_equal(text_of(&w), "\"TWFu\"");
	jsonw_base64(&w, (struct gcoap_bytes){ (const uint8_t *)"", 0 });
	assert_string_equal(text_of(&w), "\"\"");
	jsonw_clear(&w);
}

static void milliseconds_are_rounded_and_short(void **state)
{
	static const struct {
		gcoap_time t;
		unsigned decimals;
		const char *want;
	} rows[] = {
		{ 566259 * GCOAP_US, 3, "566.259" }, { 566300 * GCOAP_US, 3, "566.3" },
		{ 7 * GCOAP_SECOND, 3, "7000" },     { 7000449 * GCOAP_US, 1, "7000.4" },
		{ 7000450 * GCOAP_US, 1, "7000.5" }, { 499, 3, "0" },
		{ 1500, 3, "0.002" },		     { 40 * GCOAP_US, 3, "0.04" },
		{ -1500 * GCOAP_US, 3, "-1.5" },     { 0, 1, "0" },
	};
	struct jsonw w = { 0 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		jsonw_ms(&w, rows[i].t, rows[i].decimals);
		assert_string_equal(text_of(&w), rows[i].want);
	}
	jsonw_clear(&w);
}

static void json_without_loss_is_copied_without_blanks(void **state)
{
	static const char *const rows[][2] = {
		{ " { \"a\" : [ 1 , -2.5e3 , true,false , null ] } ",
		  "{\"a\":[1,-2.5e3,true,false,null]}" },
		{ "[]", "[]" }, { "{ }", "{}" }, { "\"x\"", "\"x\"" }, { "0", "0" },
		{ "9007199254740992", "9007199254740992" }, { "-0", "-0" },
		{ "\"\\u0041\\u00e9\\ud83d\\ude00\\/\"", "\"A\xc3\xa9\xf0\x9f\x98\x80/\"" },
		{ "\"\\u001b\\n\"", "\"\\u001b\\n\"" },
		{ "[[[[[[[[]]]]]]]]", "[[[[[[[[]]]]]]]]" },
		{ "{\"a\":1,\"b\":{\"a\":1}}", "{\"a\":1,\"b\":{\"a\":1}}" },
		{ "123456789012345.0", NULL }, { "0.12345678901234", "0.12345678901234" },
	};
	struct jsonw w = { 0 };
	cJSON *parsed;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w.len = 0;
		assert_int_equal(json_copy(&w, gcoap_bytes_text(rows[i][0]), NULL),
				 rows[i][1] != NULL);
		if (!rows[i][1])
			continue;
		assert_string_equal(text_of(&w), rows[i][1]);
		parsed = cJSON_Parse(w.buf);
		assert_non_null(parsed);
		cJSON_Delete(parsed);
	}
	jsonw_clear(&w);
}

static void json_that_would_lose_or_is_none_is_refused(void **state)
{
	static const char *const rows[] = {
		"", " ", "{", "[", "[1", "[1,", "[1,]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
		"\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"",
		"\"\\u0000\"", "\"\x01\"", "\"\n\"", "\"\xff\"", "tru", "nul", "truex", "1 2", "[] x", "01",
		"-", "+1", "1.", ".5", "1e", "1e+", "9007199254740993", "-9007199254740993",
		"12345678901234567890", "1e999", "0.1234567890123456789", "{\"a\":1,\"a\":2}",
		"{\"a\":1,\"\\u0061\":2}", "[[[[[[[[[]]]]]]]]]", "NaN", "Infinity", "'a'", "/**/1",
	};
	struct jsonw w = { 0 };
	struct gcoap_diag diag;

	jsonw_lit(&w, "before");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		diag.what = NULL;
		if (json_copy(&w, gcoap_bytes_text(rows[i]), &diag))
			fail_msg("taken: %s", rows[i]);
		assert_non_null(diag.what);
		assert_true(diag.at <= strlen(rows[i]));
		assert_int_equal(w.len, 6);
	}
	jsonw_clear(&w);
}

static void more_than_1024_items_are_refused(void **state)
{
	char text[4096] = "[0";
	struct jsonw w = { 0 };
	size_t n = 2;

	for (int i = 1; i < 1024; i++, n += 2)
		memcpy(text + n, ",0", 2);
	memcpy(text + n, "]", 2);
	assert_true(json_copy(&w, gcoap_bytes_text(text), NULL));
	memcpy(text + n, ",0]", 4);
	assert_false(json_copy(&w, gcoap_bytes_text(text), NULL));
	jsonw_clear(&w);
}

static void every_prefix_of_a_document_is_refused(void **state)
{
	static const char text[] = "{\"a\":[1,-2.5,\"\\u00e9\\n\",{\"b\":null}],\"c\":true}";
	struct jsonw w = { 0 };

	for (size_t n = 0; n < sizeof(text) - 1; n++)
		assert_false(json_copy(&w, (struct gcoap_bytes){ (const uint8_t *)text, n }, NULL));
	assert_true(json_copy(&w, gcoap_bytes_text(text), NULL));
	jsonw_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped_and_always_utf8),
		cmocka_unit_test(numbers_hex_and_base64),
		cmocka_unit_test(milliseconds_are_rounded_and_short),
		cmocka_unit_test(json_without_loss_is_copied_without_blanks),
		cmocka_unit_test(json_that_would_lose_or_is_none_is_refused),
		cmocka_unit_test(more_than_1024_items_are_refused),
		cmocka_unit_test(every_prefix_of_a_document_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
