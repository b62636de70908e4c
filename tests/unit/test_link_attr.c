/* What the attributes of links mean, faults stepped over, links as text. */
#include "guard.h"
#include "test.h"

#include <gcoap/link.h>

#include <stdio.h>

static struct gcoap_bytes text(const char *s)
{
	return gcoap_bytes_text(s);
}

static void assert_bytes_equal(struct gcoap_bytes a, struct gcoap_bytes b)
{
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.ptr, b.ptr, a.len);
}

static struct gcoap_link one(const char *document)
{
	struct gcoap_link_reader r;
	struct gcoap_link link;

	gcoap_link_reader_init(&r, text(document));
	assert_int_equal(gcoap_link_next(&r, &link, NULL), 1);
	return link;
}

static void known_attributes_have_types_in_either_case(void **state)
{
	assert_int_equal(gcoap_link_attr_find(text("RT"))->type, GCOAP_LINK_WORDS);
	assert_int_equal(gcoap_link_attr_find(text("ct"))->type, GCOAP_LINK_FORMATS);
	assert_int_equal(gcoap_link_attr_find(text("gosc"))->type, GCOAP_LINK_FLAG);
	assert_int_equal(gcoap_link_attr_find(text("title*"))->type, GCOAP_LINK_EXT);
	assert_int_equal(gcoap_link_attr_find(text("base"))->type, GCOAP_LINK_URI);
	assert_null(gcoap_link_attr_find(text("r")));
	assert_null(gcoap_link_attr_find(text("rtx")));
	for (unsigned i = 0; gcoap_link_attr_at(i); i++)
		assert_ptr_equal(gcoap_link_attr_find(text(gcoap_link_attr_at(i)->name)),
				 gcoap_link_attr_at(i));
}

static void words_are_separated_by_blanks(void **state)
{
	struct gcoap_bytes word, value = text("  a bc  d ");
	size_t pos = 0;

	assert_true(gcoap_link_word_next(value, &pos, &word));
	assert_bytes_equal(word, text("a"));
	assert_true(gcoap_link_word_next(value, &pos, &word));
	assert_bytes_equal(word, text("bc"));
	assert_true(gcoap_link_word_next(value, &pos, &word));
	assert_bytes_equal(word, text("d"));
	assert_false(gcoap_link_word_next(value, &pos, &word));
	pos = 0;
	assert_false(gcoap_link_word_next(text(""), &pos, &word));
}

static void numbers_are_digits_up_to_two_to_the_53(void **state)
{
	uint64_t v = 0;

	assert_int_equal(gcoap_link_uint(text("9007199254740992"), &v), 0);
	assert_true(v == UINT64_C(9007199254740992));
	assert_int_equal(gcoap_link_uint(text("9007199254740993"), &v), GCOAP_EMALFORMED);
	assert_int_equal(gcoap_link_uint(text("184467440737095516160"), &v), GCOAP_EMALFORMED);
	assert_int_equal(gcoap_link_uint(text(""), &v), GCOAP_EMALFORMED);
	assert_int_equal(gcoap_link_uint(text("-1"), &v), GCOAP_EMALFORMED);
	assert_int_equal(gcoap_link_uint(text("1x"), &v), GCOAP_EMALFORMED);
}

static void ext_is(const char *value, const char *want)
{
	uint8_t buf[64];
	struct gcoap_diag d = { 0 };
	int n = gcoap_link_ext(text(value), buf, sizeof(buf), &d);

	if (n < 0)
		fail_msg("%s: %s at %zu", value, d.name, d.at);
	assert_bytes_equal(((struct gcoap_bytes){ buf, (size_t)n }), text(want));
}

static void ext_fails(const char *value, const char *name, size_t at)
{
	uint8_t buf[64];
	struct gcoap_diag d = { 0 };

	assert_int_equal(gcoap_link_ext(text(value), buf, sizeof(buf), &d), GCOAP_EMALFORMED);
	assert_string_equal(d.name, name);
	assert_int_equal(d.at, at);
}

static void extended_values_are_utf8_with_percents(void **state)
{
	uint8_t two[2];

	ext_is("UTF-8'en'%e2%82%AC rates", "\xe2\x82\xac rates");
	ext_is("utf-8''", "");
	ext_fails("ISO-8859-1'en'%A3", "link-charset", 0);
	ext_fails("plain", "link-charset", 0);
	ext_fails("UTF-8'en", "link-charset", 0);
	ext_fails("UTF-8''%e2%82", "link-charset", 7);
	ext_fails("UTF-8''a%2", "link-percent", 8);
	ext_fails("UTF-8''a%", "link-percent", 8);
	ext_fails("UTF-8''%zz", "link-percent", 7);
	assert_int_equal(gcoap_link_ext(text("UTF-8''abc"), two, 2, NULL), GCOAP_ESPACE);
}

static void gosc_implies_osc(void **state)
{
	struct gcoap_link link = one("</a>;gosc;obs");

	assert_true(gcoap_link_flag(&link, "osc"));
	assert_true(gcoap_link_flag(&link, "gosc"));
	assert_true(gcoap_link_flag(&link, "obs"));
	link = one("</a>;osc");
	assert_true(gcoap_link_flag(&link, "osc"));
	assert_false(gcoap_link_flag(&link, "gosc"));
	assert_false(gcoap_link_flag(&link, "obs"));
}

static void faulty(const char *document, const char *name, size_t at)
{
	struct gcoap_link link = one(document);
	struct gcoap_diag d = { 0 };
	int r = gcoap_link_check(&link, &d);

	if (!name) {
		assert_int_equal(r, 0);
		return;
	}
	assert_int_equal(r, GCOAP_EMALFORMED);
	assert_string_equal(d.name, name);
	assert_int_equal(d.at, at);
}

static void faults_of_values_are_told_by_their_byte(void **state)
{
	faulty("</a>;rt=\"x y\";ct=\"0 65535\";sz=5;x;x;obs", NULL, 0);
	faulty("</a>;anchor=\"/x\";anchor=\"/y\"", "link-repeated", 17);
	faulty("</a>;RT=x;rt=y", "link-repeated", 10);
	faulty("</a>;ct=\"0 65536\"", "link-number", 9);
	faulty("</a>;ct=text", "link-number", 8);
	faulty("</a>;sz=\"1 2\"", "link-number", 9);
	faulty("</a>;title*=UTF-8''%4", "link-percent", 19);
	faulty("</a>;title*=latin'x", "link-charset", 12);
}

/* The targets that are read when faults are stepped over. */
static void reads_on(const char *document, const char *want)
{
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_diag d = { 0 };
	char got[256] = "";
	size_t n = 0;
	int e;

	gcoap_link_reader_init(&r, text(document));
	while ((e = gcoap_link_next(&r, &link, &d)) != 0) {
		if (e > 0)
			n += (size_t)snprintf(got + n, sizeof(got) - n, "%.*s ",
					      (int)link.target.len, link.target.ptr);
		else if (!gcoap_link_resume(&r, d.at))
			break;
	}
	assert_string_equal(got, want);
}

static void links_behind_a_fault_can_be_read(void **state)
{
	reads_on("</a>;=x,</b>", "/b ");
	reads_on("</a>;rt=\"x,</b>,</c>", "/b /c ");
	reads_on("x,</b>", "/b ");
	reads_on(",</b>", "/b ");
	reads_on("</a>,</b>;;,\n </c>", "/a /c ");
	reads_on("<a,<b", "");
	reads_on("</a></b>,</c>", "/a /c ");
	reads_on("</a>;rt=", "");
}

static void faults_are_stepped_over_a_hundred_times(void **state)
{
	char document[3 * 200 + 1];
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_diag d = { 0 };
	int faults = 0;

	for (size_t i = 0; i < sizeof(document); i++)
		document[i] = ",<x"[i % 3];
	gcoap_link_reader_init(&r, (struct gcoap_bytes){ (uint8_t *)document, 600 });
	while (gcoap_link_next(&r, &link, &d) < 0) {
		faults++;
		if (!gcoap_link_resume(&r, d.at))
			break;
	}
	assert_int_equal(faults, 101);
}

static void written(const char *document, const char *origin, const char *want)
{
	struct gcoap_link link = one(document);
	char buf[128];
	int n = gcoap_link_format(&link, origin, buf, sizeof(buf));

	assert_int_equal(n, strlen(want));
	assert_string_equal(buf, want);
	for (size_t cap = 0; cap <= strlen(want); cap++)
		assert_int_equal(gcoap_link_format(&link, origin, buf, cap), GCOAP_ESPACE);
}

static void links_are_written_as_they_were_read(void **state)
{
	written("</a>;rt=\"x \\\"y\\\"\";ct=40;obs;t=\"\"", NULL, "</a>;rt=\"x \\\"y\\\"\";ct=40;obs;t=\"\"");
	written(" < > ; a = b", NULL, "< >;a");
	written("</a>;anchor=\"/b\";obs", "coap://192.0.2.1",
		"<coap://192.0.2.1/a>;anchor=\"coap://192.0.2.1/b\";obs");
	written("<a b>;anchor=\"http://x/\"", "coap://192.0.2.1", "<a b>;anchor=\"http://x/\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_attributes_have_types_in_either_case),
		cmocka_unit_test(words_are_separated_by_blanks),
		cmocka_unit_test(numbers_are_digits_up_to_two_to_the_53),
		cmocka_unit_test(extended_values_are_utf8_with_percents),
		cmocka_unit_test(gosc_implies_osc),
		cmocka_unit_test(faults_of_values_are_told_by_their_byte),
		cmocka_unit_test(links_behind_a_fault_can_be_read),
		cmocka_unit_test(faults_are_stepped_over_a_hundred_times),
		cmocka_unit_test(links_are_written_as_they_were_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
