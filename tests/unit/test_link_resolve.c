/* References of links against the responder's address (RFC 3986, Section 5). */
#include "test.h"

#include <gcoap/link.h>

static const char origin[] = "coap://192.0.2.1:5684";

static void becomes(const char *from, const char *ref, const char *want)
{
	struct gcoap_diag d = { 0 };
	char buf[256];
	int n = gcoap_link_resolve(from, gcoap_bytes_text(ref), buf, sizeof(buf), &d);

	if (n < 0)
		fail_msg("%s: %d, %s at %zu", ref, n, d.name, d.at);
	assert_string_equal(buf, want);
	assert_int_equal(n, strlen(want));
}

static void refused(const char *ref, int err, const char *name, size_t at)
{
	struct gcoap_diag d = { 0 };
	char buf[256];

	assert_int_equal(gcoap_link_resolve(origin, gcoap_bytes_text(ref), buf, sizeof(buf), &d),
			 err);
	assert_string_equal(d.name, name);
	assert_int_equal(d.at, at);
}

static void relative_references_get_the_responders_address(void **state)
{
	becomes(origin, "/temp", "coap://192.0.2.1:5684/temp");
	becomes(origin, "temp", "coap://192.0.2.1:5684/temp");
	becomes(origin, "", "coap://192.0.2.1:5684");
	becomes(origin, "?x=1", "coap://192.0.2.1:5684?x=1");
	becomes(origin, "/a?x=1&y#f", "coap://192.0.2.1:5684/a?x=1&y#f");
	becomes(origin, "/a//b/", "coap://192.0.2.1:5684/a//b/");
	becomes("coaps+tcp://[2001:db8::1]", "/x", "coaps+tcp://[2001:db8::1]/x");
}

static void zones_stay_as_they_are_printed(void **state)
{
	becomes("coap://[fe80::1%eth0]", "/x", "coap://[fe80::1%eth0]/x");
}

static void absolute_references_stay(void **state)
{
	becomes(origin, "coap://[2001:db8::2]:7/x", "coap://[2001:db8::2]:7/x");
	becomes(origin, "http://example.com/a/../b", "http://example.com/b");
	becomes(origin, "coap://u@[v1.x]:8?q", "coap://u@[v1.x]:8?q");
	becomes(origin, "coap://u@[::1]:8", "coap://u@[::1]:8");
	becomes(origin, "coap://[::1]", "coap://[::1]");
	becomes(origin, "coap://[::1]:?x", "coap://[::1]:?x");
	becomes(origin, "coap:x", "coap:x");
	becomes(origin, "x:a://b/c", "x:a://b/c");
	becomes(origin, "urn:dev:ow:10e2073a01080063", "urn:dev:ow:10e2073a01080063");
}

static void network_paths_get_the_scheme(void **state)
{
	becomes(origin, "//evil.example/x", "coap://evil.example/x");
	becomes("coaps://192.0.2.1", "//[2001:db8::2]/x", "coaps://[2001:db8::2]/x");
}

static void dot_segments_do_not_leave_the_origin(void **state)
{
	becomes(origin, "../../etc", "coap://192.0.2.1:5684/etc");
	becomes(origin, "/a/./b/../c", "coap://192.0.2.1:5684/a/c");
	becomes(origin, "/..", "coap://192.0.2.1:5684/");
	becomes(origin, "/%2e%2e/x", "coap://192.0.2.1:5684/%2e%2e/x");
}

static void what_is_no_reference_is_refused_by_its_byte(void **state)
{
	refused("/a b", GCOAP_EMALFORMED, "link-reference", 2);
	refused("/\xc3\xa4", GCOAP_EMALFORMED, "link-reference", 1);
	refused("/a\"", GCOAP_EMALFORMED, "link-reference", 2);
	refused("/%zz", GCOAP_EMALFORMED, "link-reference", 2);
	refused("coap://[::1", GCOAP_EMALFORMED, "link-reference", 11);
}

static void long_references_meet_limits(void **state)
{
	char ref[GCOAP_LINK_VALUE_MAX + 2], buf[2100];
	struct gcoap_diag d = { 0 };
	struct gcoap_bytes b = { (uint8_t *)ref, GCOAP_LINK_VALUE_MAX };

	memset(ref, '/', sizeof(ref));
	ref[1] = 'a';
	assert_int_equal(gcoap_link_resolve(origin, b, buf, sizeof(buf), &d), GCOAP_ELIMIT);
	assert_string_equal(d.name, "link-segments");
	memset(ref + 1, 'a', sizeof(ref) - 1);
	assert_int_equal(gcoap_link_resolve(origin, b, buf, sizeof(buf), &d),
			 GCOAP_LINK_VALUE_MAX + strlen(origin));
	b.len++;
	assert_int_equal(gcoap_link_resolve(origin, b, buf, sizeof(buf), &d), GCOAP_ELIMIT);
	b.len = 10;
	for (size_t cap = 0; cap <= 10 + strlen(origin); cap++)
		assert_true(gcoap_link_resolve(origin, b, buf, cap, &d) < 0);
}

static void an_origin_without_a_scheme_is_our_mistake(void **state)
{
	char buf[64];

	assert_int_equal(gcoap_link_resolve("192.0.2.1", gcoap_bytes_text("/x"), buf, sizeof(buf),
					    NULL), GCOAP_EINVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(relative_references_get_the_responders_address),
		cmocka_unit_test(zones_stay_as_they_are_printed),
		cmocka_unit_test(absolute_references_stay),
		cmocka_unit_test(network_paths_get_the_scheme),
		cmocka_unit_test(dot_segments_do_not_leave_the_origin),
		cmocka_unit_test(what_is_no_reference_is_refused_by_its_byte),
		cmocka_unit_test(long_references_meet_limits),
		cmocka_unit_test(an_origin_without_a_scheme_is_our_mistake),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
