/* tp_info and Reply-From against the drafts' bytes (tests/vectors/values.tsv). */
#include "guard.h"
#include "test.h"
#include "vectors.h"

#include <gcoap/origin.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define GROUP_PORT 61000

static struct vectors vectors;
static struct guard guard;

/* A first CRI to put before a reference: coap://192.0.2.1. */
static const uint8_t first_cri[] = { 0x82, 0x20, 0x81, 0x44, 0xc0, 0x00, 0x02, 0x01 };

static int open_vectors(void **state)
{
	vectors_open(&vectors, "tests/vectors/values.tsv");
	guard_open(&guard, 1 << 16);
	return 0;
}

static int close_vectors(void **state)
{
	vectors_close(&vectors);
	guard_close(&guard);
	return 0;
}

/* Split "KIND REST"; true when the kind is @kind. */
static bool is_kind(const struct vector *v, const char *kind, const char **rest)
{
	size_t len = strlen(kind);

	if (strncmp(v->meaning, kind, len) != 0 || v->meaning[len] != ' ')
		return false;
	*rest = v->meaning + len + 1;
	return true;
}

static struct gcoap_bytes guarded(struct gcoap_bytes b, size_t len)
{
	return (struct gcoap_bytes){ guard_copy(&guard, b.ptr, len), len };
}

/* The table of how an absent and a null port read, for UDP and a group on port 61000. */
static const struct {
	enum gcoap_port_reading reading;
	unsigned absent, null;
} readings[] = {
	{ GCOAP_PORT_TILOCA_03, GROUP_PORT, 5683 },
	{ GCOAP_PORT_BIS_03, 5683, 5683 },
	{ GCOAP_PORT_SLIDES_05, GROUP_PORT, GROUP_PORT },
	{ GCOAP_PORT_WGP_00, 5683, GROUP_PORT },
};

static void check_tp_info(const struct vector *v, const char *meaning)
{
	char scheme[16], host[64], port[16], text[96], want[160];
	struct gcoap_origin o;
	unsigned number;

	assert_int_equal(sscanf(meaning, "%15s %63s %15s", scheme, host, port), 3);
	for (size_t i = 0; i < 4; i++) {
		if (gcoap_tp_info_decode(guarded(v->data, v->data.len), readings[i].reading,
					 GROUP_PORT, &o, NULL) != 0)
			fail_msg("%s: not decoded", v->name);
		number = !strcmp(port, "absent") ? readings[i].absent
			 : !strcmp(port, "null") ? readings[i].null
						 : (unsigned)strtoul(port, NULL, 10);
		snprintf(want, sizeof(want), strchr(host, ':') ? "%s://[%s]:%u" : "%s://%s:%u",
			 scheme, host, number);
		assert_int_equal(gcoap_origin_format(&o, text, sizeof(text)), strlen(want));
		assert_string_equal(text, want);
	}
}

static void tp_info_examples_read_as_each_text_says(void **state)
{
	const char *meaning;
	int n = 0;

	for (size_t i = 0; i < vectors.n; i++) {
		if (is_kind(&vectors.rows[i], "tp-info", &meaning)) {
			check_tp_info(&vectors.rows[i], meaning);
			n++;
		}
	}
	assert_int_equal(n, 8);
}

static void an_absent_port_of_tcp_with_tls_is_5684_in_wgp_00(void **state)
{
	struct gcoap_bytes v = bytes(0x82, 4, 0xd9, 1, 4, 0x44, 192, 0, 2, 1);
	struct gcoap_origin o;

	assert_int_equal(gcoap_tp_info_decode(v, GCOAP_PORT_WGP_00, 1, &o, NULL), 0);
	assert_int_equal(o.scheme, GCOAP_SCHEME_COAPS_TCP);
	assert_int_equal(o.addr.port, 5684);
}

static void tp_info_is_encoded_with_an_explicit_port(void **state)
{
	const struct vector *bare = vectors_find(&vectors, "tp-info-ipv6-absent");
	const struct vector *full = vectors_find(&vectors, "tp-info-ipv6-5683");
	struct gcoap_origin o;
	uint8_t *out;

	assert_int_equal(gcoap_tp_info_decode(bare->data, GCOAP_PORT_BIS_03, 1, &o, NULL), 0);
	for (size_t cap = 0; cap < full->data.len; cap++) {
		out = guard_space(&guard, cap);
		assert_int_equal(gcoap_tp_info_encode(&o, out, cap), GCOAP_ESPACE);
	}
	out = guard_space(&guard, full->data.len);
	assert_int_equal(gcoap_tp_info_encode(&o, out, full->data.len), full->data.len);
	assert_memory_equal(out, full->data.ptr, full->data.len);
	o.transport_unknown = true;
	assert_int_equal(gcoap_tp_info_encode(&o, out, full->data.len), GCOAP_EINVALID);
}

static void tp_info_accepts_longer_integers_and_unknown_transports(void **state)
{
	struct gcoap_bytes longer = bytes(0x98, 3, 0x18, 1, 0xda, 0, 0, 1, 4, 0x58, 4, 192, 0, 2, 1,
					  0x1a, 0, 0, 0x16, 0x33);
	struct gcoap_bytes tp_9 = bytes(0x82, 9, 0xd9, 1, 4, 0x44, 192, 0, 2, 1);
	struct gcoap_origin o;
	char text[64];

	assert_int_equal(gcoap_tp_info_decode(longer, GCOAP_PORT_BIS_03, 1, &o, NULL), 0);
	gcoap_origin_format(&o, text, sizeof(text));
	assert_string_equal(text, "coap://192.0.2.1:5683");
	assert_int_equal(gcoap_tp_info_decode(tp_9, GCOAP_PORT_BIS_03, 1, &o, NULL), 0);
	assert_true(o.transport_unknown);
	gcoap_origin_format(&o, text, sizeof(text));
	assert_string_equal(text, "unknown://192.0.2.1:5683");
}

static void check_reply_from(const struct vector *v, const char *meaning)
{
	struct gcoap_diag d = { 0 };
	struct gcoap_origin o;
	char text[512];
	uint8_t out[256];
	size_t n;

	if (gcoap_reply_from_decode(guarded(v->data, v->data.len), &o, &d) != 0)
		fail_msg("%s: %s at %zu", v->name, d.name, d.at);
	n = (size_t)gcoap_origin_format(&o, text, sizeof(text));
	assert_memory_equal(text, meaning, n);
	assert_true(meaning[n] == '\0' || meaning[n] == ' ');
	assert_int_equal(gcoap_reply_from_encode(&o, out, sizeof(out)), v->data.len);
	assert_memory_equal(out, v->data.ptr, v->data.len);
	for (size_t cap = 0; cap < v->data.len; cap++)
		assert_int_equal(gcoap_reply_from_encode(&o, guard_space(&guard, cap), cap),
				 GCOAP_ESPACE);
}

static void reply_from_examples_decode_and_encode_to_the_same_bytes(void **state)
{
	const char *meaning;
	int n = 0;

	for (size_t i = 0; i < vectors.n; i++) {
		if (is_kind(&vectors.rows[i], "reply-from", &meaning)) {
			check_reply_from(&vectors.rows[i], meaning);
			n++;
		}
	}
	assert_int_equal(n, 12);
}

/* "//host:port/path" of what stands behind the proxy. */
static void behind_text(const struct gcoap_origin *o, char *buf, size_t cap)
{
	struct gcoap_origin b = { .addr = o->behind };
	char host[GCOAP_ADDR_TEXT] = "";

	if (b.addr.family && b.addr.port)
		snprintf(host, sizeof(host), "//%s", gcoap_addr_format(&b.addr, (char[80]){ 0 }));
	else if (b.addr.family)
		snprintf(host, sizeof(host), "//%s",
			 gcoap_addr_format_host(&b.addr, (char[80]){ 0 }));
	snprintf(buf, cap, "%s%s", host, o->behind_path);
}

static void references_tell_what_is_behind_the_proxy(void **state)
{
	uint8_t value[128], out[128];
	struct gcoap_origin o;
	const char *meaning;
	char text[1200];
	int n = 0;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		bool exact = is_kind(v, "reference", &meaning);
		size_t len = sizeof(first_cri) + v->data.len;

		if (!exact && !is_kind(v, "reference-read", &meaning))
			continue;
		memcpy(value, first_cri, sizeof(first_cri));
		memcpy(value + sizeof(first_cri), v->data.ptr, v->data.len);
		assert_int_equal(gcoap_reply_from_decode((struct gcoap_bytes){ value, len }, &o,
							 NULL), 0);
		behind_text(&o, text, sizeof(text));
		assert_string_equal(text, meaning);
		n++;
		if (!exact)
			continue;
		assert_int_equal(gcoap_reply_from_encode(&o, out, sizeof(out)), len);
		assert_memory_equal(out, value, len);
	}
	assert_int_equal(n, 5);
}

static void a_hostile_host_name_is_percent_encoded(void **state)
{
	/* ["\x1b[2J", "..\/", "a\0b", "A.b"] */
	struct gcoap_bytes v = bytes(0x82, 0x20, 0x84, 0x64, 0x1b, '[', '2', 'J', 0x63, '.', '.',
				     '/', 0x63, 'a', 0, 'b', 0x63, 'A', '.', 'b');
	struct gcoap_origin o;
	uint8_t out[64];

	assert_int_equal(gcoap_reply_from_decode(v, &o, NULL), 0);
	assert_string_equal(o.host, "%1B%5B2j.%2E%2E%2F.a%00b.a%2Eb");
	assert_int_equal(gcoap_reply_from_encode(&o, out, sizeof(out)), v.len);
	assert_int_equal(out[7], 'j');
	assert_int_equal(out[17], 'a');
}

static void a_host_name_has_at_most_255_characters(void **state)
{
	uint8_t fits[300] = { 0x82, 0x20, 0x81, 0x78, 255 };
	uint8_t above[300] = { 0x82, 0x20, 0x81, 0x79, 1, 0 };
	struct gcoap_diag d;
	struct gcoap_origin o;

	memset(fits + 5, 'a', 255);
	memset(above + 6, 'a', 256);
	assert_int_equal(gcoap_reply_from_decode((struct gcoap_bytes){ fits, 260 }, &o, &d), 0);
	assert_int_equal(strlen(o.host), 255);
	assert_int_equal(gcoap_reply_from_decode((struct gcoap_bytes){ above, 262 }, &o, &d),
			 GCOAP_ELIMIT);
	assert_string_equal(d.name, "cri-long");
	assert_int_equal(d.at, 3);
}

static void a_second_authority_needs_an_address_in_the_first(void **state)
{
	struct gcoap_bytes v = bytes(0x82, 0x20, 0x81, 0x61, 'a', 0x82, 0xf6, 0x81, 0x61, 'b');
	struct gcoap_bytes path = bytes(0x82, 0x20, 0x81, 0x61, 'a', 0x82, 0xf5, 0x81, 0x61, 'b');
	struct gcoap_diag d;
	struct gcoap_origin o;

	assert_int_equal(gcoap_reply_from_decode(v, &o, &d), GCOAP_EMALFORMED);
	assert_string_equal(d.name, "reply-from-behind");
	assert_int_equal(d.at, 7);
	assert_int_equal(gcoap_reply_from_decode(path, &o, &d), 0);
	assert_string_equal(o.behind_path, "/b");
}

static void schemes_have_numbers_or_names(void **state)
{
	struct gcoap_bytes name = bytes(0x82, 0x65, 'c', 'o', 'a', 'p', 's', 0x81, 0x61, 'a');
	struct gcoap_bytes other = bytes(0x82, 0x61, 'x', 0x81, 0x61, 'a');
	struct gcoap_bytes number = bytes(0x82, 0x24, 0x81, 0x61, 'a');
	struct gcoap_origin o;
	char text[32];

	assert_int_equal(gcoap_reply_from_decode(name, &o, NULL), 0);
	gcoap_origin_format(&o, text, sizeof(text));
	assert_string_equal(text, "coaps://a:5684");
	assert_int_equal(gcoap_reply_from_decode(other, &o, NULL), 0);
	assert_true(o.transport_unknown);
	assert_int_equal(gcoap_reply_from_decode(number, &o, NULL), 0);
	assert_true(o.transport_unknown);
	gcoap_origin_format(&o, text, sizeof(text));
	assert_string_equal(text, "unknown://a:5683");
	assert_int_equal(gcoap_reply_from_encode(&o, (uint8_t *)text, sizeof(text)),
			 GCOAP_EINVALID);
}

static void origins_that_no_cri_can_say_are_not_encoded(void **state)
{
	struct gcoap_origin none = { .host = "" }, percent = { .host = "a%4" };
	struct gcoap_origin path = { .host = "a", .behind_path = "x" };
	struct gcoap_origin two_names = { .host = "a", .behind_host = "b" };
	struct gcoap_origin zone = { .addr = { .family = 6 }, .zone = "%" };
	struct gcoap_origin behind = { .addr = { .family = 4 }, .behind_host = "%zz" };
	uint8_t out[64];

	assert_int_equal(gcoap_reply_from_encode(&none, out, sizeof(out)), GCOAP_EINVALID);
	assert_int_equal(gcoap_reply_from_encode(&percent, out, sizeof(out)), GCOAP_EINVALID);
	assert_int_equal(gcoap_reply_from_encode(&path, out, sizeof(out)), GCOAP_EINVALID);
	assert_int_equal(gcoap_reply_from_encode(&two_names, out, sizeof(out)), GCOAP_EINVALID);
	assert_int_equal(gcoap_reply_from_encode(&zone, out, sizeof(out)), GCOAP_EINVALID);
	assert_int_equal(gcoap_reply_from_encode(&behind, out, sizeof(out)), GCOAP_EINVALID);
	assert_int_equal(gcoap_tp_info_encode(&none, out, sizeof(out)), GCOAP_EINVALID);
	none.scheme = GCOAP_SCHEME_HTTP;
	assert_int_equal(gcoap_tp_info_encode(&none, out, sizeof(out)), GCOAP_EINVALID);
}

static void other_transports_are_encoded_by_their_tp_id(void **state)
{
	struct gcoap_origin o = { .scheme = GCOAP_SCHEME_COAP_TCP,
				  .addr = { .family = 6, .port = 5683, .bytes = { 0x20, 0x01, 0x0d,
					    0xb8, [15] = 0xd1 } } };
	const struct vector *v = vectors_find(&vectors, "tp-info-tcp-ipv6-5683");
	uint8_t out[32];

	assert_int_equal(gcoap_tp_info_encode(&o, out, sizeof(out)), v->data.len);
	assert_memory_equal(out, v->data.ptr, v->data.len);
}

/* Every shorter beginning is refused, but for the one that ends between two CRIs. */
static void every_prefix_is_refused_without_reading_on(void **state)
{
	struct gcoap_origin o;
	struct gcoap_diag d;
	const char *meaning;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		bool tp_info = is_kind(v, "tp-info", &meaning);

		if (!tp_info && !is_kind(v, "reply-from", &meaning))
			continue;
		for (size_t len = 0; len < v->data.len; len++) {
			struct gcoap_bytes b = guarded(v->data, len);
			int r = tp_info ? gcoap_tp_info_decode(b, GCOAP_PORT_WGP_00, 1, &o, &d)
					: gcoap_reply_from_decode(b, &o, &d);

			if (r == 0 && !tp_info && len == 20)
				continue;
			if (r != GCOAP_EMALFORMED || d.at > len)
				fail_msg("%s cut at %zu: %d, %s at %zu", v->name, len, r, d.name, d.at);
		}
	}
}

static void an_origin_without_room_is_cut_and_says_so(void **state)
{
	struct gcoap_origin o = { .addr = { .family = 4, .port = 1, .bytes = { 10, 0, 0, 1 } } };
	char *buf = (char *)guard_space(&guard, 8);

	assert_int_equal(gcoap_origin_format(&o, buf, 8), GCOAP_ESPACE);
	assert_string_equal(buf, "coap://");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tp_info_examples_read_as_each_text_says),
		cmocka_unit_test(an_absent_port_of_tcp_with_tls_is_5684_in_wgp_00),
		cmocka_unit_test(tp_info_is_encoded_with_an_explicit_port),
		cmocka_unit_test(tp_info_accepts_longer_integers_and_unknown_transports),
		cmocka_unit_test(reply_from_examples_decode_and_encode_to_the_same_bytes),
		cmocka_unit_test(references_tell_what_is_behind_the_proxy),
		cmocka_unit_test(a_hostile_host_name_is_percent_encoded),
		cmocka_unit_test(a_host_name_has_at_most_255_characters),
		cmocka_unit_test(a_second_authority_needs_an_address_in_the_first),
		cmocka_unit_test(schemes_have_numbers_or_names),
		cmocka_unit_test(origins_that_no_cri_can_say_are_not_encoded),
		cmocka_unit_test(other_transports_are_encoded_by_their_tp_id),
		cmocka_unit_test(every_prefix_is_refused_without_reading_on),
		cmocka_unit_test(an_origin_without_room_is_cut_and_says_so),
	};

	return cmocka_run_group_tests(tests, open_vectors, close_vectors);
}
