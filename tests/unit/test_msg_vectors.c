/* Every golden message: what it means, and that we would write the same bytes. */
#include "guard.h"
#include "msg_text.h"
#include "test.h"
#include "vectors.h"

#include <stdio.h>
#include <stdlib.h>

static struct vectors vectors;
static struct gcoap_registry registry;
static struct guard guard;

static int open_vectors(void **state)
{
	vectors_open(&vectors, "tests/vectors/messages.tsv");
	gcoap_registry_init(&registry);
	guard_open(&guard, GCOAP_DATAGRAM_MAX);
	return 0;
}

static int close_vectors(void **state)
{
	vectors_close(&vectors);
	guard_close(&guard);
	return 0;
}

static void every_vector_means_what_its_row_says(void **state)
{
	static char text[1 << 16];

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		struct gcoap_diag diag = { 0 };
		struct gcoap_msg m;

		if (gcoap_msg_decode(&m, v->data, &diag) != 0)
			fail_msg("%s: %s at %zu", v->name, diag.name, diag.at);
		assert_string_equal(msg_text(&registry, &m, text, sizeof(text)), v->meaning);
	}
}

static void every_vector_is_encoded_to_the_same_bytes(void **state)
{
	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		uint8_t *out = guard_space(&guard, v->data.len);
		struct gcoap_msg m;

		assert_int_equal(gcoap_msg_decode(&m, v->data, NULL), 0);
		assert_int_equal(gcoap_msg_size(&m), v->data.len);
		if (gcoap_msg_encode(&m, out, v->data.len) != (int)v->data.len)
			fail_msg("%s: another length", v->name);
		assert_memory_equal(out, v->data.ptr, v->data.len);
	}
}

static void options_point_to_their_values_in_the_datagram(void **state)
{
	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		struct gcoap_msg m;

		assert_int_equal(gcoap_msg_decode(&m, v->data, NULL), 0);
		for (size_t o = 0; o < m.n_options; o++)
			assert_ptr_equal(m.options[o].value.ptr,
					 v->data.ptr + m.options[o].at);
	}
}

/* A prefix is a message too when it ends between options or in the payload; then it encodes
 * to itself. Otherwise the fault lies inside of it. */
static void every_prefix_of_every_vector_is_read_within_its_bounds(void **state)
{
	static uint8_t again[1 << 16];
	size_t n = 0;

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];

		for (size_t len = 0; len < v->data.len; len++, n++) {
			const uint8_t *p = guard_copy(&guard, v->data.ptr, len);
			struct gcoap_diag diag = { 0 };
			struct gcoap_msg m;

			if (gcoap_msg_decode(&m, (struct gcoap_bytes){ p, len }, &diag) < 0) {
				assert_non_null(diag.name);
				assert_true(diag.at <= len);
				continue;
			}
			assert_int_equal(gcoap_msg_encode(&m, again, sizeof(again)), len);
			assert_memory_equal(again, p, len);
		}
	}
	assert_true(n > 2400);
}

static void every_byte_of_every_vector_may_be_any_other(void **state)
{
	static uint8_t again[1 << 17];

	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		uint8_t *p = guard_space(&guard, v->data.len);

		memcpy(p, v->data.ptr, v->data.len);
		for (size_t at = 0; at < v->data.len && at < 64; at++) {
			for (unsigned byte = 0; byte < 256; byte++) {
				struct gcoap_bytes b = { p, v->data.len };
				struct gcoap_msg m;

				p[at] = (uint8_t)byte;
				if (gcoap_msg_decode(&m, b, NULL) == 0)
					assert_in_range(gcoap_msg_encode(&m, again,
									 sizeof(again)),
							4, v->data.len);
			}
			p[at] = v->data.ptr[at];
		}
	}
}

static void every_space_that_is_too_small_is_refused(void **state)
{
	for (size_t i = 0; i < vectors.n; i++) {
		const struct vector *v = &vectors.rows[i];
		struct gcoap_msg m;

		assert_int_equal(gcoap_msg_decode(&m, v->data, NULL), 0);
		for (size_t cap = 0; cap < v->data.len; cap++)
			assert_int_equal(gcoap_msg_encode(&m, guard_space(&guard, cap), cap),
					 GCOAP_ESPACE);
	}
}

static void vectors_are_found_by_name(void **state)
{
	const struct vector *v = vectors_find(&vectors, "get-con-no-token");

	assert_int_equal(v->data.len, 16);
	assert_string_equal(v->source, "RFC 7252, Appendix A, Figure 16");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_vector_means_what_its_row_says),
		cmocka_unit_test(every_vector_is_encoded_to_the_same_bytes),
		cmocka_unit_test(options_point_to_their_values_in_the_datagram),
		cmocka_unit_test(every_prefix_of_every_vector_is_read_within_its_bounds),
		cmocka_unit_test(every_byte_of_every_vector_may_be_any_other),
		cmocka_unit_test(every_space_that_is_too_small_is_refused),
		cmocka_unit_test(vectors_are_found_by_name),
	};

	return cmocka_run_group_tests(tests, open_vectors, close_vectors);
}
