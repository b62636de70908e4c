#include "test.h"

#include <gcoap/error.h>
#include <gcoap/format.h>

#include <stdio.h>
#include <strings.h>

static int parse(const char *text)
{
	uint16_t number = 0;
	int r = gcoap_format_parse(text, &number);

	return r < 0 ? r : number;
}

static void the_formats_of_rfc_7252_have_their_numbers(void **state)
{
	assert_string_equal(gcoap_format_find(0)->media_type, "text/plain;charset=utf-8");
	assert_string_equal(gcoap_format_find(40)->media_type, "application/link-format");
	assert_string_equal(gcoap_format_find(41)->media_type, "application/xml");
	assert_string_equal(gcoap_format_find(42)->media_type, "application/octet-stream");
	assert_string_equal(gcoap_format_find(47)->media_type, "application/exi");
	assert_string_equal(gcoap_format_find(50)->media_type, "application/json");
	assert_null(gcoap_format_find(1));
	assert_null(gcoap_format_find(65535));
	assert_null(gcoap_format_find(65536));
	assert_null(gcoap_format_find(UINT32_MAX));
}

static void rows_are_in_order_with_names_of_their_own(void **state)
{
	const struct gcoap_format_info *f, *g;

	for (unsigned i = 0; (f = gcoap_format_at(i)); i++) {
		assert_ptr_equal(gcoap_format_find(f->number), f);
		assert_int_not_equal(f->kind, GCOAP_KIND_NONE);
		for (unsigned k = 0; (g = gcoap_format_at(k)) && k < i; k++) {
			assert_true(g->number < f->number);
			assert_int_not_equal(strcasecmp(g->name, f->name), 0);
			assert_int_not_equal(strcasecmp(g->media_type, f->media_type), 0);
		}
	}
	assert_null(gcoap_format_at(1000));
}

static void every_row_is_found_by_each_of_its_names(void **state)
{
	const struct gcoap_format_info *f;
	char decimal[8];

	for (unsigned i = 0; (f = gcoap_format_at(i)); i++) {
		snprintf(decimal, sizeof(decimal), "%u", f->number);
		assert_int_equal(parse(f->name), f->number);
		assert_int_equal(parse(f->media_type), f->number);
		assert_int_equal(parse(decimal), f->number);
	}
}

static void media_types_may_differ_in_case_blanks_and_absent_parameters(void **state)
{
	assert_int_equal(parse("TEXT/Plain"), 0);
	assert_int_equal(parse("text/plain; charset=UTF-8"), 0);
	assert_int_equal(parse("text/plain ;\tcharset=utf-8"), 0);
	assert_int_equal(parse("Application/SenML+JSON"), 110);
	assert_int_equal(parse("application/yang-data+cbor"), 340);
	assert_int_equal(parse("application/yang-data+cbor; id=sid"), 140);
	assert_int_equal(parse("application/cose; cose-type=\"cose-sign1\""), 18);
}

static void what_is_not_one_format_is_not_found(void **state)
{
	static const char *const texts[] = { "",	    "plain",	       "text/",
					     "application/cose", "application/pkcs7-mime",
					     "text/plain;charset=latin1", "text/plain;",
					     "app lication/json", "0x32", "50 ", "50x",
					     "application/jso", "application/jsonx", " json" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (parse(texts[i]) != GCOAP_ENOTFOUND)
			fail_msg("\"%s\": %d", texts[i], parse(texts[i]));
}

static void numbers_go_up_to_65535_known_or_not(void **state)
{
	assert_int_equal(parse("1"), 1);
	assert_int_equal(parse("65535"), 65535);
	assert_int_equal(parse("65536"), GCOAP_ERANGE);
	assert_int_equal(parse("99999999999999999999"), GCOAP_ERANGE);
}

static void kinds_tell_the_syntax(void **state)
{
	assert_int_equal(gcoap_format_find(0)->kind, GCOAP_KIND_TEXT);
	assert_int_equal(gcoap_format_find(40)->kind, GCOAP_KIND_LINK);
	assert_int_equal(gcoap_format_find(42)->kind, GCOAP_KIND_OPAQUE);
	assert_int_equal(gcoap_format_find(60)->kind, GCOAP_KIND_CBOR);
	assert_int_equal(gcoap_format_find(63)->kind, GCOAP_KIND_CBOR_SEQ);
	assert_int_equal(gcoap_format_find(110)->kind, GCOAP_KIND_SENML_JSON);
	assert_int_equal(gcoap_format_find(112)->kind, GCOAP_KIND_SENML_CBOR);
	assert_int_equal(gcoap_format_find(310)->kind, GCOAP_KIND_XML);
	assert_int_equal(gcoap_format_find(432)->kind, GCOAP_KIND_JSON);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_formats_of_rfc_7252_have_their_numbers),
		cmocka_unit_test(rows_are_in_order_with_names_of_their_own),
		cmocka_unit_test(every_row_is_found_by_each_of_its_names),
		cmocka_unit_test(media_types_may_differ_in_case_blanks_and_absent_parameters),
		cmocka_unit_test(what_is_not_one_format_is_not_found),
		cmocka_unit_test(numbers_go_up_to_65535_known_or_not),
		cmocka_unit_test(kinds_tell_the_syntax),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
