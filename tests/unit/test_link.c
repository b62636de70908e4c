/* CoRE Link Format: links, attributes and filters (RFC 6690). */
#include "guard.h"
#include "test.h"

#include <gcoap/link.h>

#include <stdio.h>
#include <stdlib.h>

static struct guard guard;

static int open_guard(void **state)
{
	guard_open(&guard, 1 << 17);
	return 0;
}

static int close_guard(void **state)
{
	guard_close(&guard);
	return 0;
}

static void start(struct gcoap_link_reader *r, const char *text, size_t len)
{
	gcoap_link_reader_init(r, (struct gcoap_bytes){ guard_copy(&guard, text, len), len });
}

/* "target{name=value,name}" for each link, as the reader sees it. */
static int links_text(const char *text, char *buf, size_t cap, struct gcoap_diag *d)
{
	struct gcoap_link_reader reader;
	struct gcoap_link link;
	struct gcoap_link_param p;
	size_t n = 0, pos;
	int r;

	buf[0] = '\0';
	start(&reader, text, strlen(text));
	while ((r = gcoap_link_next(&reader, &link, d)) > 0) {
		n += (size_t)snprintf(buf + n, cap - n, "%.*s{", (int)link.target.len,
				      link.target.ptr);
		for (pos = 0; gcoap_link_param_next(&link, &pos, &p);)
			n += (size_t)snprintf(buf + n, cap - n, "%.*s%s%.*s;", (int)p.name.len,
					      p.name.ptr, p.has_value ? "=" : "",
					      (int)p.value.len, p.value.ptr);
		n += (size_t)snprintf(buf + n, cap - n, "}");
	}
	return r;
}

static void reads(const char *text, const char *want)
{
	struct gcoap_diag d = { 0 };
	char got[1024];

	if (links_text(text, got, sizeof(got), &d) != 0)
		fail_msg("%s: %s at %zu", text, d.name, d.at);
	assert_string_equal(got, want);
}

static void refused(const char *text, int err, const char *name, size_t at)
{
	struct gcoap_diag d = { 0 };
	char got[1024];
	int r = links_text(text, got, sizeof(got), &d);

	if (r != err || strcmp(d.name, name) != 0 || d.at != at)
		fail_msg("%s: %d, %s at %zu; expected %s at %zu", text, r, d.name, d.at, name, at);
}

static void links_and_attributes_are_read_in_order(void **state)
{
	reads("", "");
	reads("</temp>", "/temp{}");
	reads("</sensors>;ct=40;title=\"Sensor Index\",</t>;rt=\"a b\";if=s;obs",
	      "/sensors{ct=40;title=Sensor Index;}/t{rt=a b;if=s;obs;}");
	reads("<coap://[2001:db8::1]/x>;anchor=\"/y\";title*=UTF-8''%e2%82%ac",
	      "coap://[2001:db8::1]/x{anchor=/y;title*=UTF-8''%e2%82%ac;}");
	reads("<>;rel=\"self\"", "{rel=self;}");
}

static void separators_inside_quotes_and_brackets_part_nothing(void **state)
{
	reads("</a,b;c>;title=\"x,</y>;z=\\\"1\\\"\",</d>", "/a,b;c{title=x,</y>;z=\\\"1\\\";}/d{}");
	reads("</a>;title=\"\"", "/a{title=;}");
	reads("</a>;title=\"\\\\\"", "/a{title=\\\\;}");
}

static void white_space_between_the_parts_is_passed_over(void **state)
{
	reads(" </a> ; rt=x ,\r\n </b>\n", "/a{rt=x;}/b{}");
}

static void faults_are_told_by_their_byte(void **state)
{
	refused("<a", GCOAP_EMALFORMED, "link-unclosed", 0);
	refused("</a>,<b", GCOAP_EMALFORMED, "link-unclosed", 5);
	refused("</a>;rt=\"x", GCOAP_EMALFORMED, "link-unclosed", 8);
	refused("</a>;rt=\"x\\\"", GCOAP_EMALFORMED, "link-unclosed", 8);
	refused("</a>;rt=\"x\\", GCOAP_EMALFORMED, "link-unclosed", 8);
	refused("/a", GCOAP_EMALFORMED, "link-expected", 0);
	refused("</a>,", GCOAP_EMALFORMED, "link-expected", 5);
	refused(",</a>", GCOAP_EMALFORMED, "link-expected", 0);
	refused("</a></b>", GCOAP_EMALFORMED, "link-separator", 4);
	refused("</a>;rt=\"x\"y", GCOAP_EMALFORMED, "link-separator", 11);
	refused("</a>;", GCOAP_EMALFORMED, "link-attribute", 5);
	refused("</a>;=x", GCOAP_EMALFORMED, "link-attribute", 5);
	refused("</a>;;rt=x", GCOAP_EMALFORMED, "link-attribute", 5);
	refused("</a>;rt=", GCOAP_EMALFORMED, "link-attribute", 8);
	refused("</a>;rt=,</b>", GCOAP_EMALFORMED, "link-attribute", 8);
}

static void every_prefix_is_read_within_its_bounds(void **state)
{
	static const char text[] = "</a>;rt=\"x\\\"y z\";ct=40;obs , <b/c>;title*=UTF-8''a";
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_diag d;

	for (size_t len = 0; len < sizeof(text); len++) {
		start(&r, text, len);
		d.at = 0;
		while (gcoap_link_next(&r, &link, &d) > 0)
			gcoap_link_matches(&link, bytes('r', 't', '=', 'z', '*'));
		assert_true(d.at <= len);
	}
}

static void links_and_values_have_their_limits(void **state)
{
	size_t len = 4 * GCOAP_LINKS_MAX - 1;
	char *text = malloc(len + 5);
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_diag d;
	int got;

	for (size_t i = 0; i < len + 4; i++)
		text[i] = "<a>,"[i % 4];
	gcoap_link_reader_init(&r, (struct gcoap_bytes){ (uint8_t *)text, len });
	while ((got = gcoap_link_next(&r, &link, &d)) > 0)
		continue;
	assert_int_equal(got, 0);
	assert_int_equal(r.n, GCOAP_LINKS_MAX);
	gcoap_link_reader_init(&r, (struct gcoap_bytes){ (uint8_t *)text, len + 4 });
	while ((got = gcoap_link_next(&r, &link, &d)) > 0)
		continue;
	assert_int_equal(got, GCOAP_ELIMIT);
	assert_string_equal(d.name, "link-limit");

	memcpy(text, "<a>;rt=\"", 8);
	memset(text + 8, 'x', 1025);
	text[8 + 1024] = '"';
	start(&r, text, 8 + 1025);
	assert_int_equal(gcoap_link_next(&r, &link, &d), 1);
	text[8 + 1024] = 'x';
	text[8 + 1025] = '"';
	start(&r, text, 8 + 1026);
	assert_int_equal(gcoap_link_next(&r, &link, &d), GCOAP_ELIMIT);
	assert_string_equal(d.name, "link-long");
	assert_int_equal(d.at, 8);
	free(text);
}

static void of_repeated_attributes_the_first_counts(void **state)
{
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_link_param p;
	uint8_t value[8];

	start(&r, "</a>;Anchor=\"\\/1\";anchor=/2", 27);
	assert_int_equal(gcoap_link_next(&r, &link, NULL), 1);
	assert_true(gcoap_link_param_find(&link, "anchor", &p));
	assert_int_equal(gcoap_link_param_value(&p, value, sizeof(value)), 2);
	assert_memory_equal(value, "/1", 2);
	assert_int_equal(gcoap_link_param_value(&p, value, 1), 1);
	assert_false(gcoap_link_param_find(&link, "rt", &p));
}

static bool passes(const char *text, const char *filter)
{
	struct gcoap_link_reader r;
	struct gcoap_link link;

	start(&r, text, strlen(text));
	assert_int_equal(gcoap_link_next(&r, &link, NULL), 1);
	return gcoap_link_matches(&link, gcoap_bytes_text(filter));
}

static void filters_match_as_rfc_6690_section_4_1_says(void **state)
{
	const char *link = "</sensors/temp>;rt=\"temperature-c core.s\";if=\"sensor\";"
			   "title=\"a b\";ct=\"40 112\";obs";

	assert_true(passes(link, "rt=temperature-c"));
	assert_true(passes(link, "rt=core.s"));
	assert_true(passes(link, "rt=temp*"));
	assert_true(passes(link, "rt=*"));
	assert_true(passes(link, "RT=core.s"));
	assert_true(passes(link, "ct=112"));
	assert_true(passes(link, "title=a b"));
	assert_true(passes(link, "title=a*"));
	assert_true(passes(link, "href=/sensors/temp"));
	assert_true(passes(link, "href=/sensors*"));
	assert_true(passes(link, "obs"));
	assert_false(passes(link, "rt=temperature"));
	assert_false(passes(link, "rt=temperature-c core.s"));
	assert_false(passes(link, "rt="));
	assert_false(passes(link, "title=b"));
	assert_false(passes(link, "ct=4"));
	assert_false(passes(link, "href=/sensors"));
	assert_false(passes(link, "sz=*"));
	assert_false(passes(link, ""));
	assert_false(passes(link, "=x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_and_attributes_are_read_in_order),
		cmocka_unit_test(separators_inside_quotes_and_brackets_part_nothing),
		cmocka_unit_test(white_space_between_the_parts_is_passed_over),
		cmocka_unit_test(faults_are_told_by_their_byte),
		cmocka_unit_test(every_prefix_is_read_within_its_bounds),
		cmocka_unit_test(links_and_values_have_their_limits),
		cmocka_unit_test(of_repeated_attributes_the_first_counts),
		cmocka_unit_test(filters_match_as_rfc_6690_section_4_1_says),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
