/* Bytes, errors, the log and the version. */
#include "test.h"

#include <gcoap/bytes.h>
#include <gcoap/error.h>
#include <gcoap/log.h>
#include <gcoap/version.h>

#include <stdio.h>

static void bytes_are_equal_by_length_and_content(void **state)
{
	struct gcoap_bytes none = { NULL, 0 };

	assert_true(gcoap_bytes_equal(none, none));
	assert_true(gcoap_bytes_equal(none, gcoap_bytes_text("")));
	assert_true(gcoap_bytes_equal(bytes(1, 2), bytes(1, 2)));
	assert_false(gcoap_bytes_equal(bytes(1, 2), bytes(1, 3)));
	assert_false(gcoap_bytes_equal(bytes(1, 2), bytes(1, 2, 3)));
	assert_int_equal(gcoap_bytes_text("abc").len, 3);
}

static void hex_is_written_in_lower_case(void **state)
{
	char buf[7];

	assert_int_equal(gcoap_hex_encode(bytes(0x00, 0xab, 0xff), buf, sizeof(buf)), 6);
	assert_string_equal(buf, "00abff");
	assert_int_equal(gcoap_hex_encode((struct gcoap_bytes){ NULL, 0 }, buf, 1), 0);
	assert_string_equal(buf, "");
}

static void hex_that_does_not_fit_is_cut_at_a_byte(void **state)
{
	char buf[8];

	for (size_t cap = 0; cap <= sizeof(buf); cap++) {
		size_t n;

		memset(buf, '#', sizeof(buf));
		n = gcoap_hex_encode(bytes(0x12, 0x34, 0x56), buf, cap);
		assert_int_equal(n, cap == 0 ? 0 : cap > 7 ? 6 : (cap - 1) / 2 * 2);
		if (cap > 0)
			assert_int_equal(buf[n], '\0');
		for (size_t i = cap; i < sizeof(buf); i++)
			assert_int_equal(buf[i], '#');
	}
}

static void hex_is_read_in_either_case(void **state)
{
	uint8_t out[3];

	assert_int_equal(gcoap_hex_decode("00aBFf", 6, out, sizeof(out)), 3);
	assert_memory_equal(out, "\x00\xab\xff", 3);
	assert_int_equal(gcoap_hex_decode("", 0, out, 0), 0);
}

static void hex_with_odd_or_other_characters_is_malformed(void **state)
{
	static const char *const texts[] = { "0", "000", "0g", "g0", "0x00", " 0", "00 0", "-1",
					     "/0", ":0", "@0", "`0" };
	uint8_t out[4];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(gcoap_hex_decode(texts[i], strlen(texts[i]), out, 4),
				 GCOAP_EMALFORMED);
}

static void hex_for_more_than_the_buffer_is_refused(void **state)
{
	uint8_t out[3] = { 7, 7, 7 };

	assert_int_equal(gcoap_hex_decode("0102", 4, out, 2), 2);
	assert_int_equal(gcoap_hex_decode("010203", 6, out, 2), GCOAP_ESPACE);
	assert_int_equal(out[2], 7);
}

static void utf8_is_valid_up_to_the_last_scalar(void **state)
{
	static const char *const texts[] = {
		"", "plain", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
		"\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
		"a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80z",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_true(gcoap_utf8_valid(gcoap_bytes_text(texts[i])));
	assert_true(gcoap_utf8_valid(bytes(0)));
}

static void utf8_overlong_surrogate_or_cut_is_not_valid(void **state)
{
	static const char *const texts[] = {
		"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\xc0", "\xe0",
		"\xe0\x9f\xbf", "\xe0\xa0", "\xe1\x80", "\xe1\x80\x7f", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf1\x80\x80\xc0",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "ok\xfe",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (gcoap_utf8_valid(gcoap_bytes_text(texts[i])))
			fail_msg("text %zu", i);
}

static void every_error_has_its_text(void **state)
{
	assert_string_equal(gcoap_strerror(0), "success");
	for (int err = GCOAP_EAGAIN; err < 0; err++)
		assert_string_not_equal(gcoap_strerror(err), "unknown error");
	assert_string_equal(gcoap_strerror(GCOAP_EAGAIN - 1), "unknown error");
	assert_string_equal(gcoap_strerror(1), "unknown error");
	assert_string_equal(gcoap_strerror(GCOAP_EMALFORMED), "message format error");
}

static void a_fault_fills_what_the_caller_passed(void **state)
{
	struct gcoap_diag diag = { 0 };

	assert_int_equal(gcoap_fail(&diag, GCOAP_ESHORT, 3, "name", "what"), GCOAP_ESHORT);
	assert_int_equal(diag.at, 3);
	assert_string_equal(diag.name, "name");
	assert_string_equal(diag.what, "what");
	assert_int_equal(gcoap_fail(NULL, GCOAP_ELIMIT, 0, "name", "what"), GCOAP_ELIMIT);
}

static void keep_log(void *arg, enum gcoap_log_level level, const char *text)
{
	snprintf(arg, 600, "%d %s", level, text);
}

static void the_log_goes_to_the_callback_or_nowhere(void **state)
{
	char got[600] = "", long_text[1000];

	assert_false(gcoap_log_wanted());
	gcoap_log(GCOAP_LOG_WARN, "nobody listens");
	gcoap_log_set(keep_log, got);
	assert_true(gcoap_log_wanted());
	gcoap_log(GCOAP_LOG_INFO, "%s %d", "port", 7);
	assert_string_equal(got, "1 port 7");
	memset(long_text, 'x', sizeof(long_text));
	long_text[999] = '\0';
	gcoap_log(GCOAP_LOG_DEBUG, "%s", long_text);
	assert_int_equal(strlen(got), 2 + 511);
	gcoap_log_set(NULL, NULL);
	memcpy(got, "kept", 5);
	gcoap_log(GCOAP_LOG_WARN, "nobody listens");
	assert_string_equal(got, "kept");
}

static void the_library_has_the_version_of_its_headers(void **state)
{
	assert_string_equal(gcoap_version(), GCOAP_VERSION);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_equal_by_length_and_content),
		cmocka_unit_test(hex_is_written_in_lower_case),
		cmocka_unit_test(hex_that_does_not_fit_is_cut_at_a_byte),
		cmocka_unit_test(hex_is_read_in_either_case),
		cmocka_unit_test(hex_with_odd_or_other_characters_is_malformed),
		cmocka_unit_test(hex_for_more_than_the_buffer_is_refused),
		cmocka_unit_test(utf8_is_valid_up_to_the_last_scalar),
		cmocka_unit_test(utf8_overlong_surrogate_or_cut_is_not_valid),
		cmocka_unit_test(every_error_has_its_text),
		cmocka_unit_test(a_fault_fills_what_the_caller_passed),
		cmocka_unit_test(the_log_goes_to_the_callback_or_nowhere),
		cmocka_unit_test(the_library_has_the_version_of_its_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
