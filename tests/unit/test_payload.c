/* Bytes from the network on their way to people: the escaper and the views. */
#include "test.h"

#include <stdlib.h>
#include <gcoap/random.h>
#include "common/jsonw.h"
#include "common/payload.h"

static const char *escaped(const char *in, size_t len, bool one_line, size_t columns, bool ascii)
{
	static char out[4096];

	payload_escape((struct gcoap_bytes){ (const uint8_t *)in, len }, out, sizeof(out),
		       one_line, columns, ascii);
	return out;
}
#define ESCAPED(in, columns, ascii) escaped(in, sizeof(in) - 1, true, columns, ascii)

static void what_a_terminal_obeys_is_spelled_out(void **state)
{
	assert_string_equal(ESCAPED("a\x1b[31mb\x7f\a", 0, false), "a\\x1b[31mb\\x7f\\x07");
	assert_string_equal(ESCAPED("\xc2\x9b" "31m", 0, false), "\\u{9b}31m");
	assert_string_equal(ESCAPED("\x9b" "31m", 0, false), "\\x9b31m");
	assert_string_equal(ESCAPED("\xe2\x80\xae" "exe", 0, false), "\\u{202e}exe");
	assert_string_equal(ESCAPED("\xe2\x81\xa6\xef\xbb\xbf", 0, false), "\\u{2066}\\u{feff}");
	assert_string_equal(ESCAPED("a\nb\tc\r\0", 0, false), "a\\nb\\tc\\x0d\\x00");
	assert_string_equal(escaped("a\nb\tc", 5, false, 0, false), "a\nb\tc");
}

static void what_is_not_utf8_is_shown_byte_by_byte(void **state)
{
	assert_string_equal(ESCAPED("\xff\xc3\x28", 0, false), "\\xff\\xc3(");
	assert_string_equal(ESCAPED("\xc0\xaf\xed\xa0\x80", 0, false),
			    "\\xc0\\xaf\\xed\\xa0\\x80");
	assert_string_equal(ESCAPED("\xf5\x80\x80\x80", 0, false), "\\xf5\\x80\\x80\\x80");
	assert_string_equal(ESCAPED("\xe2\x82", 0, false), "\\xe2\\x82");
}

static void printable_utf8_passes_and_ascii_spells_it_out(void **state)
{
	assert_string_equal(ESCAPED("Grad \xc2\xb0" "C \xe2\x82\xac", 0, false),
			    "Grad \xc2\xb0" "C \xe2\x82\xac");
	assert_string_equal(ESCAPED("\xc2\xb0" "C", 0, true), "\\u{b0}C");
}

static void cells_are_cut_at_display_columns(void **state)
{
	assert_string_equal(ESCAPED("0123456789", 10, false), "0123456789");
	assert_string_equal(ESCAPED("0123456789a", 10, false), "012345678\xe2\x80\xa6");
	assert_string_equal(ESCAPED("0123456789a", 10, true), "0123456...");
	assert_string_equal(ESCAPED("4.04 Not Found", 13, true), "4.04 Not F...");
	/* two columns each */
	assert_string_equal(ESCAPED("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 5, false),
			    "\xe6\x97\xa5\xe6\x9c\xac\xe2\x80\xa6");
	/* an escape is never cut in two */
	assert_string_equal(ESCAPED("ab\x1b" "cdef", 5, false), "ab\xe2\x80\xa6");
}

static void the_buffer_bounds_the_text(void **state)
{
	char out[32];
	const uint8_t esc[16] = { 0 };

	for (size_t cap = 1; cap < sizeof(out); cap++) {
		memset(out, 'x', sizeof(out));
		size_t n = payload_escape((struct gcoap_bytes){ esc, 16 }, out, cap, true, 0, false);

		assert_true(n < cap);
		assert_int_equal(out[n], '\0');
		assert_int_equal(out[cap], 'x');
	}
}

static const char *cell(struct gcoap_bytes body, int32_t format, const char *as)
{
	static char out[2048];

	payload_cell(body, format, (enum payload_as)payload_as_parse(as), out, sizeof(out), 0, false);
	return out;
}
#define TEXT(s) ((struct gcoap_bytes){ (const uint8_t *)(s), sizeof(s) - 1 })

static void cells_follow_the_content_format(void **state)
{
	assert_string_equal(cell(TEXT("[{\"n\":\"temp\",\"u\":\"Cel\",\"v\":21.25}]"), 110, "auto"),
			    "temp 21.25 Cel");
	assert_string_equal(cell(bytes(0xa2, 0x61, 't', 0xf9, 0x4c, 0xe0, 0x62, 'i', 'd', 0x44, 1, 2, 3,
				       4), 60, "auto"), "{\"t\": 19.5, \"id\": h'01020304'}");
	assert_string_equal(cell(TEXT("{ \"a\" : [ 1, 2 ] }"), 50, "auto"), "{\"a\":[1,2]}");
	assert_string_equal(cell(TEXT("on\r\n"), 0, "auto"), "on");
	assert_string_equal(cell(TEXT("Not Found"), -1, "auto"), "Not Found");
	assert_string_equal(cell(bytes(0, 1, 0xfe), -1, "auto"), "0001fe");
	assert_string_equal(cell(TEXT("</temp>;rt=\"t\""), 40, "auto"), "</temp>;rt=\"t\"");
	/* broken ones are shown as what they are */
	assert_string_equal(cell(TEXT("{\"a\":"), 50, "auto"), "{\"a\":");
	assert_string_equal(cell(bytes(0x9f, 0xff, 0xff), 60, "auto"), "9fffff");
}

static void a_view_can_be_asked_for(void **state)
{
	struct gcoap_bytes body = TEXT("{\"a\": 1}");

	assert_string_equal(cell(body, 50, "text"), "{\"a\": 1}");
	assert_string_equal(cell(body, -1, "json"), "{\"a\":1}");
	assert_string_equal(cell(body, 50, "hex"), "7b2261223a20317d");
	assert_string_equal(cell(body, 50, "b64"), "eyJhIjogMX0=");
	assert_string_equal(cell(body, 50, "none"), "");
	assert_string_equal(cell(bytes(0x01), 0, "diag"), "1");
	assert_int_equal(payload_as_parse("xml"), -1);
}

static void kinds_have_the_names_of_the_contract(void **state)
{
	assert_string_equal(payload_kind(TEXT(""), 0), "empty");
	assert_string_equal(payload_kind(TEXT("x"), 0), "text");
	assert_string_equal(payload_kind(TEXT("x"), -1), "text");
	assert_string_equal(payload_kind(bytes(0xff), -1), "opaque");
	assert_string_equal(payload_kind(TEXT("x"), 40), "link");
	assert_string_equal(payload_kind(TEXT("x"), 50), "json");
	assert_string_equal(payload_kind(TEXT("x"), 60), "cbor");
	assert_string_equal(payload_kind(TEXT("x"), 110), "senml");
	assert_string_equal(payload_kind(TEXT("x"), 112), "senml");
	assert_string_equal(payload_kind(TEXT("x"), 42), "opaque");
	assert_string_equal(payload_kind(TEXT("x"), 65000), "opaque");
}

/* Is every character one that a terminal only draws? */
static bool harmless(const char *text, bool lines)
{
	const uint8_t *p = (const uint8_t *)text;

	if (!gcoap_utf8_valid(gcoap_bytes_text(text)))
		return false;
	for (; *p; p++) {
		if (*p < 0x20 && !(lines && (*p == '\n' || *p == '\t')))
			return false;
		if (*p == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0))
			return false;
		/* U+200B … 200F, 2028 … 202E, 2060 … 206F */
		if (p[0] == 0xe2 && p[1] == 0x80 &&
		    ((p[2] >= 0x8b && p[2] <= 0x8f) || (p[2] >= 0xa8 && p[2] <= 0xae)))
			return false;
		if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf)
			return false;
	}
	return true;
}

static size_t hostile(struct gcoap_random *r, uint8_t *out)
{
	static const char *const parts[] = {
		"\x1b]0;title\a", "\x1b[2J", "\xc2\x9b" "6n", "\x9b", "\xe2\x80\xae", "\xe2\x81\xa9",
		"\xef\xbb\xbf", "\r", "\n", "\t", "\b\b\b", "\x7f", "\xff", "\xc3", "\xe2\x80\xa8",
		"\"", "\\", "{\"a\":", "[", "\x1bP+q", "\x0e", "\xed\xa0\x80", "text", "\xc3\xa9",
		"\x83\x01\x02", "\xa1\x61\x1b\x01", "}", "]", "\\u001b", "\xf0\x9f\x98\x80",
	};
	size_t n = 0, want = 1 + gcoap_random_below(r, 12);

	for (size_t i = 0; i < want; i++) {
		const char *p = parts[gcoap_random_below(r, sizeof(parts) / sizeof(parts[0]))];

		memcpy(out + n, p, strlen(p));
		n += strlen(p);
		if (gcoap_random_below(r, 3) == 0)
			out[n++] = (uint8_t)gcoap_random_below(r, 256);
	}
	return n;
}

static void three_hundred_hostile_payloads_are_harmless_in_every_view(void **state)
{
	static const int32_t formats[] = { -1, 0, 40, 41, 50, 60, 63, 110, 112, 42, 65000 };
	static const char *const views[] = { "auto", "text", "json", "diag", "hex", "b64", "none" };
	struct gcoap_random random;
	struct jsonw w = { 0 };
	uint8_t body[256];

	gcoap_random_init_seed(&random, 14);
	for (int i = 0; i < 300; i++) {
		struct gcoap_bytes b = { body, hostile(&random, body) };

		assert_true(harmless(escaped((char *)body, b.len, false, 0, false), true));
		for (size_t f = 0; f < sizeof(formats) / sizeof(formats[0]); f++) {
			for (size_t v = 0; v < sizeof(views) / sizeof(views[0]); v++) {
				assert_true(harmless(cell(b, formats[f], views[v]), false));
				w.len = 0;
				payload_write(&w, b, formats[f], (enum payload_as)v, v & 1);
				jsonw_raw(&w, "", 1);
				assert_true(harmless(w.buf, false));
			}
		}
	}
	jsonw_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_terminal_obeys_is_spelled_out),
		cmocka_unit_test(what_is_not_utf8_is_shown_byte_by_byte),
		cmocka_unit_test(printable_utf8_passes_and_ascii_spells_it_out),
		cmocka_unit_test(cells_are_cut_at_display_columns),
		cmocka_unit_test(the_buffer_bounds_the_text),
		cmocka_unit_test(cells_follow_the_content_format),
		cmocka_unit_test(a_view_can_be_asked_for),
		cmocka_unit_test(kinds_have_the_names_of_the_contract),
		cmocka_unit_test(three_hundred_hostile_payloads_are_harmless_in_every_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
