/* Writing CBOR: RFC 8949, Appendix A, and JSON turned into it. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>
#include <gcoap/cbor.h>
#include "common/ask.h"

#define HEX(w) hex_of((w)->buf, (w)->len)

static char hex[512];

static const char *hex_of(const uint8_t *buf, size_t len)
{
	gcoap_hex_encode((struct gcoap_bytes){ buf, len }, hex, sizeof(hex));
	return hex;
}

static void integers_take_the_shortest_form(void **state)
{
	static const struct {
		int64_t v;
		const char *want;
	} rows[] = {
		{ 0, "00" }, { 1, "01" }, { 10, "0a" }, { 23, "17" }, { 24, "1818" },
		{ 25, "1819" }, { 100, "1864" }, { 1000, "1903e8" }, { 1000000, "1a000f4240" },
		{ 1000000000000, "1b000000e8d4a51000" }, { -1, "20" }, { -10, "29" },
		{ -100, "3863" }, { -1000, "3903e7" }, { INT64_MIN, "3b7fffffffffffffff" },
	};
	uint8_t buf[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct gcoap_cbor_writer w = { buf, sizeof(buf), 0 };

		gcoap_cbor_write_int(&w, rows[i].v);
		assert_string_equal(HEX(&w), rows[i].want);
	}
}

static void floats_take_the_shortest_exact_form(void **state)
{
	static const struct {
		double v;
		const char *want;
	} rows[] = {
		{ 0.0, "f90000" }, { -0.0, "f98000" }, { 1.0, "f93c00" }, { 1.5, "f93e00" },
		{ 65504.0, "f97bff" }, { 100000.0, "fa47c35000" }, { -4.0, "f9c400" },
		{ 1.1, "fb3ff199999999999a" }, { 3.4028234663852886e+38, "fa7f7fffff" },
		{ 1.0e+300, "fb7e37e43c8800759c" }, { 0.00006103515625, "f90400" },
		{ -4.1, "fbc010666666666666" }, { INFINITY, "f97c00" }, { -INFINITY, "f9fc00" },
		{ NAN, "f97e00" },
	};
	uint8_t buf[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct gcoap_cbor_writer w = { buf, sizeof(buf), 0 };

		gcoap_cbor_write_double(&w, rows[i].v);
		assert_string_equal(HEX(&w), rows[i].want);
	}
}

static void nothing_is_written_beyond_the_buffer_but_all_is_counted(void **state)
{
	uint8_t buf[4] = { 0xaa, 0xaa, 0xaa, 0xaa };
	struct gcoap_cbor_writer w = { buf, 2, 0 };

	gcoap_cbor_write_text(&w, gcoap_bytes_text("abc"));
	gcoap_cbor_write_uint(&w, 1000);
	assert_int_equal(w.len, 7);
	assert_int_equal(buf[2], 0xaa);
	assert_int_equal(buf[3], 0xaa);
}

static void check(const char *json, bool senml, const char *want)
{
	uint8_t *out = NULL;
	size_t len = 0;

	assert_int_equal(ask_cbor_from_json(json, strlen(json), senml, &out, &len), 0);
	assert_string_equal(hex_of(out, len), want);
	free(out);
}

static void json_becomes_cbor(void **state)
{
	check("[1,[2,3],[4,5]]", false, "8301820203820405");
	check("{\"a\":1,\"b\":[2,3]}", false, "a26161016162820203");
	check("{\"on\":true,\"x\":null,\"t\":21.5}", false, "a3626f6ef56178f66174f94d60");
	check("[]", false, "80");
	check("\"\\u00fc\"", false, "62c3bc");
}

static void senml_json_becomes_senml_cbor(void **state)
{
	check("[{\"bn\":\"urn:x\",\"n\":\"t\",\"u\":\"Cel\",\"v\":21}]", true,
	      "81a42165" "75726e3a78" "006174" "016343656c" "0215");
	check("[{\"n\":\"d\",\"vd\":\"AQID\"}]", true, "81a20061640843010203");
}

static void what_is_no_json_is_refused(void **state)
{
	uint8_t *out = NULL;
	size_t len = 0;

	assert_int_equal(ask_cbor_from_json("{", 1, false, &out, &len), GCOAP_EMALFORMED);
	assert_int_equal(ask_cbor_from_json("[{\"vd\":\"*\"}]", 12, true, &out, &len),
			 GCOAP_EMALFORMED);
	assert_null(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_take_the_shortest_form),
		cmocka_unit_test(floats_take_the_shortest_exact_form),
		cmocka_unit_test(nothing_is_written_beyond_the_buffer_but_all_is_counted),
		cmocka_unit_test(json_becomes_cbor),
		cmocka_unit_test(senml_json_becomes_senml_cbor),
		cmocka_unit_test(what_is_no_json_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
