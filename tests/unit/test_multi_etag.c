/* Multi-ETag values, alone and as options of a group request. */
#include "guard.h"
#include "test.h"
#include "vectors.h"

#include <gcoap/etag.h>
#include <gcoap/option.h>

#include <stdio.h>

static struct vectors vectors;
static struct guard guard;

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

/* "coap://192.0.2.1:5683 a1b2 ..." */
static void multi_etag_text(const struct gcoap_multi_etag *m, char *buf, size_t cap)
{
	size_t n = (size_t)gcoap_origin_format(&m->server, buf, cap);

	for (size_t i = 0; i < m->n; i++) {
		buf[n++] = ' ';
		n += gcoap_hex_encode(m->tags[i], buf + n, cap - n);
	}
}

static void examples_decode_and_encode_to_the_same_bytes(void **state)
{
	struct gcoap_multi_etag m;
	char text[256];
	int n = 0;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		struct gcoap_bytes b = { guard_copy(&guard, v->data.ptr, v->data.len), v->data.len };
		uint8_t out[64];

		if (strncmp(v->meaning, "multi-etag ", 11) != 0)
			continue;
		assert_int_equal(gcoap_multi_etag_decode(b, &m, NULL), 0);
		multi_etag_text(&m, text, sizeof(text));
		assert_string_equal(text, v->meaning + 11);
		assert_int_equal(gcoap_multi_etag_encode(&m, out, sizeof(out)), v->data.len);
		assert_memory_equal(out, v->data.ptr, v->data.len);
		gcoap_multi_etag_decode(v->data, &m, NULL); /* the guard is needed again */
		for (size_t cap = 0; cap < v->data.len; cap++)
			assert_int_equal(gcoap_multi_etag_encode(&m, guard_space(&guard, cap), cap),
					 GCOAP_ESPACE);
		n++;
	}
	assert_int_equal(n, 2);
}

static void every_prefix_that_cuts_an_item_is_refused(void **state)
{
	const struct vector *v = vectors_find(&vectors, "multi-etag-two");
	struct gcoap_multi_etag m;
	struct gcoap_diag d;

	for (size_t len = 0; len < v->data.len; len++) {
		struct gcoap_bytes b = { guard_copy(&guard, v->data.ptr, len), len };
		int r = gcoap_multi_etag_decode(b, &m, &d);

		assert_int_equal(r, len == 28 ? 0 : GCOAP_EMALFORMED);
	}
}

/* The messages of groupcomm-bis-03 hold what their rows list, option by option. */
static void messages_carry_the_values(void **state)
{
	char text[512], hex[128];
	struct gcoap_msg m;
	size_t n;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];

		if (strncmp(v->meaning, "message ", 8) != 0)
			continue;
		assert_int_equal(gcoap_msg_decode(&m, v->data, NULL), 0);
		n = (size_t)snprintf(text, sizeof(text), "message");
		for (size_t o = 0; o < m.n_options; o++) {
			gcoap_hex_encode(m.options[o].value, hex, sizeof(hex));
			n += (size_t)snprintf(text + n, sizeof(text) - n, " %u=%s",
					      m.options[o].number, hex);
		}
		assert_string_equal(text, v->meaning);
	}
}

/* Multicast-Signaling, Multicast-Timeout and No-Response as the first option of a message. */
static void uint_options_have_the_drafts_bytes(void **state)
{
	unsigned number, value;
	uint32_t decoded;
	int n = 0;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		uint8_t message[16] = { 0x50, 0x01, 0x00, 0x01 }, out[16], store[4];
		struct gcoap_msg m;

		if (sscanf(v->meaning, "option %u uint %u", &number, &value) != 2)
			continue;
		memcpy(message + 4, v->data.ptr, v->data.len);
		assert_int_equal(gcoap_msg_decode(&m,
						  (struct gcoap_bytes){ message, 4 + v->data.len },
						  NULL), 0);
		assert_int_equal(gcoap_msg_uint(&m, (uint16_t)number, 4, &decoded), 0);
		assert_int_equal(decoded, value);
		gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
		m.mid = 1;
		gcoap_msg_add_uint(&m, (uint16_t)number, value, store);
		assert_int_equal(gcoap_msg_encode(&m, out, sizeof(out)), 4 + v->data.len);
		assert_memory_equal(out, message, 4 + v->data.len);
		n++;
	}
	assert_int_equal(n, 9);
}

static void refused(struct gcoap_bytes b, int err, const char *name, size_t at)
{
	struct gcoap_multi_etag m;
	struct gcoap_diag d = { 0 };

	assert_int_equal(gcoap_multi_etag_decode(b, &m, &d), err);
	assert_string_equal(d.name, name);
	assert_int_equal(d.at, at);
}

#define SERVER 0x82, 1, 0xd9, 1, 4, 0x44, 192, 0, 2, 1

static void values_without_a_proper_tag_are_refused(void **state)
{
	refused(bytes(SERVER), GCOAP_EMALFORMED, "multi-etag-none", 10);
	refused(bytes(SERVER, 0x40), GCOAP_EMALFORMED, "multi-etag-tag", 10);
	refused(bytes(SERVER, 0x41, 1, 0x49, 1, 2, 3, 4, 5, 6, 7, 8, 9), GCOAP_EMALFORMED,
		"multi-etag-tag", 12);
	refused(bytes(SERVER, 0x61, 'a'), GCOAP_EMALFORMED, "multi-etag-tag", 10);
	refused(bytes(SERVER, 0x5f, 0x41, 1, 0xff), GCOAP_EMALFORMED, "multi-etag-tag", 10);
	refused(bytes(0x41, 1), GCOAP_EMALFORMED, "tp-info-array", 0);
}

static void sixteen_tags_are_the_limit(void **state)
{
	uint8_t v[10 + 2 * 17] = { SERVER };
	struct gcoap_multi_etag m;

	for (int i = 0; i < 17; i++) {
		v[10 + 2 * i] = 0x41;
		v[11 + 2 * i] = (uint8_t)i;
	}
	assert_int_equal(gcoap_multi_etag_decode((struct gcoap_bytes){ v, 10 + 2 * 16 }, &m, NULL),
			 0);
	assert_int_equal(m.n, 16);
	refused((struct gcoap_bytes){ v, sizeof(v) }, GCOAP_ELIMIT, "multi-etag-limit", 42);
}

static void values_that_cannot_be_are_not_encoded(void **state)
{
	struct gcoap_multi_etag m = { .server = { .addr = { .family = 4, .port = 1 } }, .n = 1 };
	uint8_t out[64];

	assert_int_equal(gcoap_multi_etag_encode(&m, out, sizeof(out)), GCOAP_EINVALID);
	m.tags[0] = bytes(1, 2, 3, 4, 5, 6, 7, 8, 9);
	assert_int_equal(gcoap_multi_etag_encode(&m, out, sizeof(out)), GCOAP_EINVALID);
	m.tags[0].len = 8;
	assert_int_equal(gcoap_multi_etag_encode(&m, out, sizeof(out)), 11 + 9);
	m.n = 0;
	assert_int_equal(gcoap_multi_etag_encode(&m, out, sizeof(out)), GCOAP_EINVALID);
	m.n = 17;
	assert_int_equal(gcoap_multi_etag_encode(&m, out, sizeof(out)), GCOAP_EINVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_decode_and_encode_to_the_same_bytes),
		cmocka_unit_test(every_prefix_that_cuts_an_item_is_refused),
		cmocka_unit_test(messages_carry_the_values),
		cmocka_unit_test(uint_options_have_the_drafts_bytes),
		cmocka_unit_test(values_without_a_proper_tag_are_refused),
		cmocka_unit_test(sixteen_tags_are_the_limit),
		cmocka_unit_test(values_that_cannot_be_are_not_encoded),
	};

	return cmocka_run_group_tests(tests, open_vectors, close_vectors);
}
