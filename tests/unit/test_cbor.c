/* The scan and the diagnostic notation of CBOR, with libcbor as the second opinion. */
#include "guard.h"
#include "test.h"
#include "vectors.h"

#include <gcoap/cbor.h>

#include <cbor.h>
#include <stdlib.h>

static struct vectors vectors;
static struct guard guard;
static const struct gcoap_cbor_limits one_item = GCOAP_CBOR_LIMITS;
static const struct gcoap_cbor_limits sequence = { 8, 1024, true };

static int open_vectors(void **state)
{
	vectors_open(&vectors, "tests/vectors/cbor.tsv");
	guard_open(&guard, 1 << 17);
	return 0;
}

static int close_vectors(void **state)
{
	vectors_close(&vectors);
	guard_close(&guard);
	return 0;
}

static struct gcoap_bytes guarded(struct gcoap_bytes b, size_t len)
{
	return (struct gcoap_bytes){ guard_copy(&guard, b.ptr, len), len };
}

static void examples_print_in_diagnostic_notation(void **state)
{
	char text[512];
	int n;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];

		n = gcoap_cbor_diagnose(guarded(v->data, v->data.len), false, text, sizeof(text),
					NULL);
		if (n < 0 || strcmp(text, v->meaning) != 0)
			fail_msg("%s: %d, %s", v->name, n, n < 0 ? "" : text);
		assert_int_equal(n, strlen(text));
	}
}

static void every_prefix_is_refused_without_reading_on(void **state)
{
	struct gcoap_diag d;
	char text[512];

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];

		for (size_t len = 0; len < v->data.len; len++) {
			struct gcoap_bytes b = guarded(v->data, len);
			int r = gcoap_cbor_scan(b, &one_item, &d);

			if (r >= 0 || d.at > len)
				fail_msg("%s cut at %zu: %d at %zu", v->name, len, r, d.at);
			assert_int_equal(gcoap_cbor_diagnose(b, true, text, sizeof(text), NULL), r);
		}
	}
}

/* libcbor 0.8 refuses simple values without a name, and tags 6 to 20. */
static bool is_nameless(struct gcoap_bytes b, size_t at)
{
	return at < b.len && ((b.ptr[at] >= 0xe0 && b.ptr[at] <= 0xf3) || b.ptr[at] == 0xf8 ||
			      (b.ptr[at] >= 0xc6 && b.ptr[at] <= 0xd4));
}

/* Whatever passes here, libcbor reads to the end: each byte of each example, any value. */
static void libcbor_reads_what_passes_the_scan(void **state)
{
	struct cbor_load_result loaded;
	uint8_t data[128];
	cbor_item_t *item;
	size_t passed = 0;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];

		for (size_t at = 0; at < v->data.len; at++) {
			memcpy(data, v->data.ptr, v->data.len);
			for (int byte = 0; byte < 256; byte += 3) {
				struct gcoap_bytes b = { data, v->data.len };

				data[at] = (uint8_t)byte;
				if (gcoap_cbor_scan(b, &one_item, NULL) < 0)
					continue;
				item = cbor_load(data, b.len, &loaded);
				if (!item && is_nameless(b, loaded.error.position))
					continue;
				if (!item || loaded.read != b.len)
					fail_msg("%s, byte %zu as %02x", v->name, at, byte);
				cbor_decref(&item);
				passed++;
			}
		}
	}
	assert_true(passed > 1000);
}

static void sequences_are_counted_and_parted_by_commas(void **state)
{
	struct gcoap_bytes three = bytes(0x01, 0x61, 'a', 0x80);
	struct gcoap_diag d = { 0 };
	char text[32];

	assert_int_equal(gcoap_cbor_scan(three, &sequence, NULL), 3);
	assert_int_equal(gcoap_cbor_scan(three, &one_item, &d), GCOAP_EMALFORMED);
	assert_string_equal(d.name, "cbor-trailing");
	assert_int_equal(d.at, 1);
	assert_int_equal(gcoap_cbor_diagnose(three, true, text, sizeof(text), NULL), 10);
	assert_string_equal(text, "1, \"a\", []");
}

static void a_text_that_does_not_fit_is_cut_at_a_whole_character(void **state)
{
	struct gcoap_bytes umlauts = bytes(0x66, 0xc3, 0xbc, 0xc3, 0xbc, 0xc3, 0xbc);
	static const char *const want[] = { "", ".", "..", "...", "\"...", "\"...",
					    "\"\xc3\xbc...", "\"\xc3\xbc...",
					    "\"\xc3\xbc\xc3\xbc\xc3\xbc\"" };
	char *buf;

	for (size_t cap = 0; cap <= 9; cap++) {
		buf = (char *)guard_space(&guard, cap);
		assert_int_equal(gcoap_cbor_diagnose(umlauts, false, buf, cap, NULL), 8);
		if (cap)
			assert_string_equal(buf, want[cap - 1]);
	}
}

static void limits_hold_at_the_limit_and_not_above(void **state)
{
	uint8_t array[1100] = { 0x99, 0x03, 0xff }; /* itself and 1023 items */
	struct gcoap_cbor_limits small = { 2, 4, false };
	struct gcoap_diag d;

	assert_int_equal(gcoap_cbor_scan((struct gcoap_bytes){ array, 3 + 1023 }, &one_item, NULL),
			 1);
	array[1] = 0x04;
	array[2] = 0x00;
	assert_int_equal(gcoap_cbor_scan((struct gcoap_bytes){ array, 3 + 1024 }, &one_item, &d),
			 GCOAP_ELIMIT);
	assert_string_equal(d.name, "cbor-items");
	assert_int_equal(d.at, 3 + 1023);

	assert_int_equal(gcoap_cbor_scan(bytes(0x81, 0x82, 0, 0), &small, NULL), 1);
	assert_int_equal(gcoap_cbor_scan(bytes(0x81, 0x83, 0, 0, 0), &small, NULL), GCOAP_ELIMIT);
	assert_int_equal(gcoap_cbor_scan(bytes(0x81, 0x81, 0x80), &small, NULL), GCOAP_ELIMIT);
}

static void a_map_may_have_as_many_keys_as_items_are_allowed(void **state)
{
	uint8_t map[3 + 511 * 4] = { 0xb9, 511 >> 8, 511 & 0xff };
	struct gcoap_diag d;

	for (size_t i = 0; i < 511; i++) {
		uint8_t *p = map + 3 + 4 * i;

		p[0] = 0x19;
		p[1] = (uint8_t)((i + 256) >> 8);
		p[2] = (uint8_t)(i + 256);
	}
	assert_int_equal(gcoap_cbor_scan((struct gcoap_bytes){ map, sizeof(map) }, &one_item, NULL),
			 1);
	memcpy(map + sizeof(map) - 4, map + 3, 3);
	assert_int_equal(gcoap_cbor_scan((struct gcoap_bytes){ map, sizeof(map) }, &one_item, &d),
			 GCOAP_EMALFORMED);
	assert_string_equal(d.name, "cbor-duplicate-key");
	assert_int_equal(d.at, sizeof(map) - 4);
}

static void the_longest_notation_is_bounded_by_its_input(void **state)
{
	static uint8_t data[65536] = { 0x79, 0xff, 0xfd };
	static char text[7 * 65536];

	memset(data + 3, 0x01, 65533);
	assert_int_equal(gcoap_cbor_diagnose((struct gcoap_bytes){ data, 65536 }, false, text,
					     sizeof(text), NULL), 65533 * 6 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_print_in_diagnostic_notation),
		cmocka_unit_test(every_prefix_is_refused_without_reading_on),
		cmocka_unit_test(libcbor_reads_what_passes_the_scan),
		cmocka_unit_test(sequences_are_counted_and_parted_by_commas),
		cmocka_unit_test(a_text_that_does_not_fit_is_cut_at_a_whole_character),
		cmocka_unit_test(limits_hold_at_the_limit_and_not_above),
		cmocka_unit_test(a_map_may_have_as_many_keys_as_items_are_allowed),
		cmocka_unit_test(the_longest_notation_is_bounded_by_its_input),
	};

	return cmocka_run_group_tests(tests, open_vectors, close_vectors);
}
