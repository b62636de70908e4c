/* URIs to structures, to options and back (RFC 3986; RFC 7252, Section 6). */
#include "guard.h"
#include "test.h"

#include <gcoap/option.h>
#include <gcoap/uri.h>

#include <stdio.h>

static struct guard guard;

static int open_guard(void **state)
{
	guard_open(&guard, 1 << 13);
	return 0;
}

static int close_guard(void **state)
{
	guard_close(&guard);
	return 0;
}

/* "scheme|host|zone|port|path|query", the host in <> when it is a name. */
static void parsed(const char *text, const char *want)
{
	struct gcoap_diag d = { 0 };
	struct gcoap_uri u;
	char got[2048];

	if (gcoap_uri_parse(&u, (const char *)guard_copy(&guard, text, strlen(text) + 1), &d) != 0)
		fail_msg("%s: %s at %zu", text, d.name, d.at);
	snprintf(got, sizeof(got), "%s|%s%s%s|%s|%u|%.*s|%s%.*s", gcoap_scheme_name(u.scheme),
		 u.host_is_name ? "<" : "", u.host, u.host_is_name ? ">" : "", u.zone, u.port,
		 (int)u.path.len, u.path.ptr, u.query.ptr ? "?" : "", (int)u.query.len,
		 u.query.ptr);
	assert_string_equal(got, want);
}

static void refused(const char *text, int err, const char *name, size_t at)
{
	struct gcoap_diag d = { 0 };
	struct gcoap_uri u;
	int r = gcoap_uri_parse(&u, (const char *)guard_copy(&guard, text, strlen(text) + 1), &d);

	if (r != err || strcmp(d.name ? d.name : "", name) != 0 || d.at != at)
		fail_msg("%s: %d, %s at %zu; expected %s at %zu", text, r, d.name, d.at, name, at);
	assert_non_null(d.what);
}

static void addresses_and_names_are_told_apart(void **state)
{
	parsed("coap://192.0.2.1/temp", "coap|192.0.2.1||5683|/temp|");
	parsed("coap://224.0.1.187:61616/r?a=1&b", "coap|224.0.1.187||61616|/r|?a=1&b");
	parsed("coap://[2001:DB8:0::1]", "coap|2001:db8::1||5683||");
	parsed("coap://[::ffff:192.0.2.1]:5/", "coap|::ffff:192.0.2.1||5|/|");
	parsed("coap://Group1.COM/r", "coap|<group1.com>||5683|/r|");
	parsed("coap://b%C3%BCro-1.example", "coap|<b\xc3\xbcro-1.example>||5683||");
	parsed("coap://1and1.example", "coap|<1and1.example>||5683||");
	parsed("coap://host:/x", "coap|<host>||5683|/x|");
}

static void schemes_bring_their_ports(void **state)
{
	parsed("COAPS://h", "coaps|<h>||5684||");
	parsed("coap+tcp://h", "coap+tcp|<h>||5683||");
	parsed("coaps+tcp://h", "coaps+tcp|<h>||5684||");
	parsed("coap+ws://h", "coap+ws|<h>||80||");
	parsed("coaps+ws://h", "coaps+ws|<h>||443||");
	parsed("http://h", "http|<h>||80||");
	parsed("https://h:8443", "https|<h>||8443||");
}

static void coap_is_assumed_without_a_scheme(void **state)
{
	parsed("192.0.2.1/temp", "coap|192.0.2.1||5683|/temp|");
	parsed("[ff02::fd%eth0]/x", "coap|ff02::fd|eth0|5683|/x|");
	parsed("localhost:5685", "coap|<localhost>||5685||");
	parsed("h?u=coap://x", "coap|<h>||5683||?u=coap://x");
	parsed("h/coap://x", "coap|<h>||5683|/coap://x|");
}

static void zones_have_two_spellings(void **state)
{
	parsed("coap://[fe80::1%eth0]/", "coap|fe80::1|eth0|5683|/|");
	parsed("coap://[fe80::1%25eth0]/", "coap|fe80::1|eth0|5683|/|");
	parsed("coap://[fe80::1%2]/", "coap|fe80::1|2|5683|/|");
	parsed("coap://[fe80::1%252]/", "coap|fe80::1|2|5683|/|");
	parsed("coap://[fe80::1%25]/", "coap|fe80::1|25|5683|/|");
	parsed("coap://[fe80::1%25a%40b]/", "coap|fe80::1|a@b|5683|/|");
	refused("coap://[fe80::1%]/", GCOAP_EMALFORMED, "bad-zone", 15);
	refused("coap://[fe80::1%et h0]/", GCOAP_EMALFORMED, "bad-zone", 18);
	refused("[::1%abcdefghijklmnopqrstuvwxyz012345]", GCOAP_EMALFORMED, "bad-zone", 36);
}

static void what_cannot_be_a_host_is_refused(void **state)
{
	refused("", GCOAP_EMALFORMED, "empty-host", 0);
	refused("/temp", GCOAP_EMALFORMED, "empty-host", 0);
	refused("coap:///temp", GCOAP_EMALFORMED, "empty-host", 7);
	refused("coap://:5683", GCOAP_EMALFORMED, "empty-host", 7);
	refused("coap://user@h/", GCOAP_EMALFORMED, "user-info", 11);
	refused("user:pw@h", GCOAP_EMALFORMED, "user-info", 7);
	refused("coap://[2001:db8::1", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://[2001:db8::1/]", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://[2001:db8::g]/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://[]/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://[192.0.2.1]/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://[v1.x]/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://[::1]x/", GCOAP_EMALFORMED, "bad-host", 12);
	refused("coap://a b/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://a\tb/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://b\xc3\xbcro/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://a%2Fb/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://a%40b/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://%5B::1%5D/", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://a%00b/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://a%0d%0ab/", GCOAP_EMALFORMED, "bad-host", 8);
	refused("coap://a%c3%28/", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://a%4/", GCOAP_EMALFORMED, "bad-percent", 8);
	refused("fe80::1/x", GCOAP_EMALFORMED, "bad-port", 5);
}

static void numbers_that_are_no_ipv4_address_are_not_names(void **state)
{
	refused("coap://192.0.2.256/", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://192.0.2/", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://192.0.2.01/", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://2130706433/", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://0x7f.1/", GCOAP_EMALFORMED, "bad-host", 7);
	refused("coap://127.0.0.0x1/", GCOAP_EMALFORMED, "bad-host", 7);
	parsed("coap://0xfg", "coap|<0xfg>||5683||");
}

static void ports_are_1_to_65535(void **state)
{
	parsed("h:65535", "coap|<h>||65535||");
	parsed("h:0005683", "coap|<h>||5683||");
	refused("h:0", GCOAP_EMALFORMED, "port-zero", 2);
	refused("h:65536", GCOAP_EMALFORMED, "bad-port", 2);
	refused("h:99999999999999999999", GCOAP_EMALFORMED, "bad-port", 2);
	refused("h:56x3", GCOAP_EMALFORMED, "bad-port", 4);
	refused("h:-1", GCOAP_EMALFORMED, "bad-port", 2);
	refused("[::1]:1:2", GCOAP_EMALFORMED, "bad-port", 7);
}

static void paths_and_queries_hold_what_uris_hold(void **state)
{
	refused("ftp://h/", GCOAP_EUNSUPPORTED, "bad-scheme", 0);
	refused("javascript://h/", GCOAP_EUNSUPPORTED, "bad-scheme", 0);
	refused("://h/", GCOAP_EUNSUPPORTED, "bad-scheme", 0);
	refused("h/a#b", GCOAP_EMALFORMED, "fragment", 3);
	refused("h?a#b", GCOAP_EMALFORMED, "fragment", 3);
	refused("h#", GCOAP_EMALFORMED, "fragment", 1);
	refused("h/a b", GCOAP_EMALFORMED, "bad-character", 3);
	refused("h/a\"b", GCOAP_EMALFORMED, "bad-character", 3);
	refused("h/[x]", GCOAP_EMALFORMED, "bad-character", 2);
	refused("h/\x1b", GCOAP_EMALFORMED, "bad-character", 2);
	refused("h/\xc3\xbc", GCOAP_EMALFORMED, "bad-character", 2);
	refused("h?\\", GCOAP_EMALFORMED, "bad-character", 2);
	refused("h/a%", GCOAP_EMALFORMED, "bad-percent", 3);
	refused("h/a%2", GCOAP_EMALFORMED, "bad-percent", 3);
	refused("h/a%2g", GCOAP_EMALFORMED, "bad-percent", 3);
	refused("h?%zz", GCOAP_EMALFORMED, "bad-percent", 2);
	parsed("h/a:@!$&'()*+,;=-._~b?c/?d", "coap|<h>||5683|/a:@!$&'()*+,;=-._~b|?c/?d");
}

static void dot_segments_are_refused_in_every_spelling(void **state)
{
	refused("h/.", GCOAP_EMALFORMED, "dot-segment", 2);
	refused("h/a/../b", GCOAP_EMALFORMED, "dot-segment", 4);
	refused("h/%2e", GCOAP_EMALFORMED, "dot-segment", 2);
	refused("h/a/%2E%2e", GCOAP_EMALFORMED, "dot-segment", 4);
	refused("h/.%2e/", GCOAP_EMALFORMED, "dot-segment", 2);
	parsed("h/.../.a/a./..a", "coap|<h>||5683|/.../.a/a./..a|");
	parsed("h/.well-known/core?..", "coap|<h>||5683|/.well-known/core|?..");
}

static void long_texts_are_refused_not_cut(void **state)
{
	char text[1200] = "coap://";
	struct gcoap_uri u;

	memset(text + 7, 'a', 256);
	refused(text, GCOAP_ELIMIT, "long-host", 262);
	text[262] = '\0';
	assert_int_equal(gcoap_uri_parse(&u, text, NULL), 0);
	assert_int_equal(strlen(u.host), 255);
	memset(text + 262, '/', 1034 - 262);
	assert_int_equal(gcoap_uri_parse(&u, text, NULL), 0);
	text[1034] = '/';
	refused(text, GCOAP_ELIMIT, "long-uri", 1034);
}

/* The options of @uri as "number=value ..."; bytes that are not printed as "<hex>". */
static int options_text(const char *uri, char *buf, size_t cap, struct gcoap_diag *d)
{
	struct gcoap_uri_store store;
	struct gcoap_uri u;
	struct gcoap_msg m;
	size_t n = 0;
	int r;

	assert_int_equal(gcoap_uri_parse(&u, uri, NULL), 0);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	r = gcoap_uri_to_options(&u, &m, &store, d);
	buf[0] = '\0';
	for (size_t i = 0; r == 0 && i < m.n_options; i++) {
		struct gcoap_bytes v = m.options[i].value;

		n += (size_t)snprintf(buf + n, cap - n, "%s%u=", i ? " " : "",
				      m.options[i].number);
		for (size_t k = 0; k < v.len; k++)
			n += (size_t)snprintf(buf + n, cap - n, v.ptr[k] > ' ' && v.ptr[k] < 0x7f
					      ? "%c" : "<%02x>", v.ptr[k]);
	}
	return r;
}

static void becomes(const char *uri, const char *want)
{
	char got[2048];

	assert_int_equal(options_text(uri, got, sizeof(got), NULL), 0);
	assert_string_equal(got, want);
}

static void options_are_decoded_segment_by_segment(void **state)
{
	becomes("coap://192.0.2.1:5683/temp", "11=temp");
	becomes("coap://group1.com/r", "3=group1.com 11=r");
	becomes("coap://192.0.2.1", "");
	becomes("coap://192.0.2.1/", "");
	becomes("coap://192.0.2.1//", "11= 11=");
	becomes("coap://192.0.2.1/a/", "11=a 11=");
	becomes("coap://192.0.2.1/a%2Fb/%00/%0d%0a/c%26d", "11=a/b 11=<00> 11=<0d><0a> 11=c&d");
	becomes("coap://192.0.2.1/?a=b%26c&&d?/", "15=a=b&c 15= 15=d?/");
	becomes("coap://192.0.2.1?", "15=");
	becomes("coap://192.0.2.1/a+b%20c", "11=a+b<20>c");
}

static void options_that_cannot_be_are_refused(void **state)
{
	char uri[1100] = "[::1]/x/", got[2048];
	struct gcoap_diag d;

	memset(uri + 8, 'a', 256);
	assert_int_equal(options_text(uri, got, sizeof(got), &d), GCOAP_EMALFORMED);
	assert_string_equal(d.name, "long-segment");
	assert_int_equal(d.at, 3);
	uri[263] = '\0';
	assert_int_equal(options_text(uri, got, sizeof(got), &d), 0);
	assert_int_equal(options_text("h/a/%c3%28", got, sizeof(got), &d), GCOAP_EMALFORMED);
	assert_string_equal(d.name, "bad-utf8");
	assert_int_equal(d.at, 3);
	memset(uri + 5, '/', 65);
	uri[70] = '\0';
	assert_int_equal(options_text(uri, got, sizeof(got), &d), GCOAP_ELIMIT);
	assert_string_equal(d.name, "too-many-options");
}

static void structures_made_by_hand_are_checked_too(void **state)
{
	static const uint8_t path[] = "/a/..", query[] = "a%4";
	static uint8_t long_query[1100];
	struct gcoap_uri u = { .host = "h", .host_is_name = true, .path = { path, 5 } };
	struct gcoap_uri_store store;
	struct gcoap_diag d;
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	assert_int_equal(gcoap_uri_to_options(&u, &m, &store, &d), GCOAP_EMALFORMED);
	assert_string_equal(d.name, "dot-segment");
	assert_int_equal(d.at, 3);
	u.path.len = 0;
	u.query = (struct gcoap_bytes){ query, 3 };
	assert_int_equal(gcoap_uri_to_options(&u, &m, &store, &d), GCOAP_EMALFORMED);
	assert_string_equal(d.name, "bad-percent");
	memset(long_query, 'q', sizeof(long_query));
	u.query = (struct gcoap_bytes){ long_query, sizeof(long_query) };
	assert_int_equal(gcoap_uri_to_options(&u, &m, &store, &d), GCOAP_ELIMIT);
	assert_string_equal(d.name, "long-uri");
}

/* URI, options, URI: the same text when it is in normal form. */
static void comes_back(const char *uri, const char *want)
{
	struct gcoap_uri_store store;
	struct gcoap_uri u;
	struct gcoap_msg m;
	char got[512];

	assert_int_equal(gcoap_uri_parse(&u, uri, NULL), 0);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	assert_int_equal(gcoap_uri_to_options(&u, &m, &store, NULL), 0);
	assert_int_equal(gcoap_uri_from_options(&m, u.addr.family ? &u.addr : NULL, got,
						sizeof(got)), strlen(want));
	assert_string_equal(got, want);
}

static void options_become_the_uri_again(void **state)
{
	comes_back("coap://192.0.2.1/temp", "coap://192.0.2.1/temp");
	comes_back("coap://192.0.2.1:5685/a/?b=c&d", "coap://192.0.2.1:5685/a/?b=c&d");
	comes_back("[2001:db8:0::1]/x", "coap://[2001:db8::1]/x");
	comes_back("coap://B%C3%BCro/r", "coap://b%C3%BCro/r");
	comes_back("192.0.2.1/%41%2f%00%26?%26%3D%23/?", "coap://192.0.2.1/A%2F%00&?%26=%23/?");
	comes_back("192.0.2.1?", "coap://192.0.2.1?");
}

static void the_responders_address_replaces_the_group(void **state)
{
	struct gcoap_addr server = { .family = 4, .port = 5683, .bytes = { 10, 77, 0, 2 } };
	struct gcoap_uri_store store;
	struct gcoap_uri u;
	struct gcoap_msg m;
	char got[64], *cut;

	gcoap_uri_parse(&u, "coap://group1.com/temp", NULL);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_uri_to_options(&u, &m, &store, NULL);
	assert_int_equal(gcoap_uri_from_options(&m, &server, got, sizeof(got)), 21);
	assert_string_equal(got, "coap://10.77.0.2/temp");
	for (size_t cap = 0; cap < 22; cap++) {
		cut = (char *)guard_space(&guard, cap);
		assert_int_equal(gcoap_uri_from_options(&m, &server, cut, cap), GCOAP_ESPACE);
	}
	assert_string_equal(cut, "coap://10.77.0.2/tem");
	gcoap_msg_remove(&m, GCOAP_URI_HOST);
	assert_int_equal(gcoap_uri_from_options(&m, NULL, got, sizeof(got)), GCOAP_EINVALID);
}

static void a_host_option_keeps_its_port_option(void **state)
{
	struct gcoap_msg m;
	uint8_t store[4];
	char got[64];

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_HOST, "[ff02::fd]");
	gcoap_msg_add_uint(&m, GCOAP_URI_PORT, 61616, store);
	gcoap_uri_from_options(&m, NULL, got, sizeof(got));
	assert_string_equal(got, "coap://[ff02::fd]:61616");
	gcoap_msg_remove(&m, GCOAP_URI_HOST);
	gcoap_msg_add_text(&m, GCOAP_URI_HOST, "[evil]/@:");
	gcoap_uri_from_options(&m, NULL, got, sizeof(got));
	assert_string_equal(got, "coap://%5Bevil%5D%2F%40%3A:61616");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_and_names_are_told_apart),
		cmocka_unit_test(schemes_bring_their_ports),
		cmocka_unit_test(coap_is_assumed_without_a_scheme),
		cmocka_unit_test(zones_have_two_spellings),
		cmocka_unit_test(what_cannot_be_a_host_is_refused),
		cmocka_unit_test(numbers_that_are_no_ipv4_address_are_not_names),
		cmocka_unit_test(ports_are_1_to_65535),
		cmocka_unit_test(paths_and_queries_hold_what_uris_hold),
		cmocka_unit_test(dot_segments_are_refused_in_every_spelling),
		cmocka_unit_test(long_texts_are_refused_not_cut),
		cmocka_unit_test(options_are_decoded_segment_by_segment),
		cmocka_unit_test(options_that_cannot_be_are_refused),
		cmocka_unit_test(structures_made_by_hand_are_checked_too),
		cmocka_unit_test(options_become_the_uri_again),
		cmocka_unit_test(the_responders_address_replaces_the_group),
		cmocka_unit_test(a_host_option_keeps_its_port_option),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
