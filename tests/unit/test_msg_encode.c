#include "guard.h"
#include "test.h"

#include <gcoap/msg.h>

#include <stdlib.h>

#define VALUE_MAX 65804

static struct guard guard;
static uint8_t *zeros;

static int open_all(void **state)
{
	guard_open(&guard, 1 << 17);
	zeros = calloc(1, VALUE_MAX + 1);
	return 0;
}

static int close_all(void **state)
{
	guard_close(&guard);
	free(zeros);
	return 0;
}

static struct gcoap_msg request(void)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	return m;
}

static void a_message_of_each_part_is_written(void **state)
{
	uint8_t out[64], store[4];
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_POST);
	m.mid = 0x7d45;
	gcoap_msg_set_token(&m, "\x86", 1);
	gcoap_msg_add_uint(&m, 258, 26, store);
	gcoap_msg_add_text(&m, 11, "gp");
	gcoap_msg_add_text(&m, 11, "light");
	m.payload = gcoap_bytes_text("on");
	assert_int_equal(gcoap_msg_encode(&m, out, sizeof(out)), 20);
	assert_memory_equal(out, "\x51\x02\x7d\x45\x86\xb2gp\x05light\xd1\xea\x1a\xffon", 20);
}

static void a_message_without_anything_has_four_bytes(void **state)
{
	struct gcoap_msg m = request();
	uint8_t out[4];

	m.mid = 0xffff;
	assert_int_equal(gcoap_msg_encode(&m, out, sizeof(out)), 4);
	assert_memory_equal(out, "\x40\x01\xff\xff", 4);
}

/* What the shortest header of an option with this delta or length has. */
static size_t header_of(size_t delta, size_t len)
{
	return 1 + (delta < 13 ? 0 : delta < 269 ? 1 : 2) + (len < 13 ? 0 : len < 269 ? 1 : 2);
}

static void deltas_and_lengths_take_the_shortest_form(void **state)
{
	static const size_t edges[] = { 0, 1, 12, 13, 14, 268, 269, 270, 65535, VALUE_MAX };
	const size_t n = sizeof(edges) / sizeof(edges[0]);

	for (size_t d = 0; d < n - 1; d++) {
		for (size_t l = 0; l < n; l++) {
			size_t expected = 4 + header_of(edges[d], edges[l]) + edges[l];
			struct gcoap_msg m = request(), back;
			uint8_t *out = guard_space(&guard, expected);

			gcoap_msg_add(&m, (uint16_t)edges[d],
				      (struct gcoap_bytes){ zeros, edges[l] });
			assert_int_equal(gcoap_msg_size(&m), expected);
			assert_int_equal(gcoap_msg_encode(&m, out, expected), expected);
			assert_int_equal(gcoap_msg_decode(
						 &back, (struct gcoap_bytes){ out, expected },
						 NULL),
					 0);
			assert_int_equal(back.options[0].number, edges[d]);
			assert_int_equal(back.options[0].value.len, edges[l]);
		}
	}
}

static void a_value_longer_than_any_length_is_invalid(void **state)
{
	struct gcoap_msg m = request();

	gcoap_msg_add(&m, 11, (struct gcoap_bytes){ zeros, VALUE_MAX + 1 });
	assert_int_equal(gcoap_msg_encode(&m, guard_space(&guard, 100000), 100000),
			 GCOAP_EINVALID);
}

static void options_out_of_order_are_invalid(void **state)
{
	struct gcoap_msg m = request();
	uint8_t out[64];

	gcoap_msg_add_text(&m, 11, "a");
	gcoap_msg_add_text(&m, 15, "b");
	m.options[1].number = 10;
	assert_int_equal(gcoap_msg_encode(&m, out, sizeof(out)), GCOAP_EINVALID);
}

static void a_structure_beyond_its_bounds_is_invalid(void **state)
{
	struct gcoap_msg m = request();
	uint8_t out[64];

	m.token_len = 9;
	assert_int_equal(gcoap_msg_encode(&m, out, sizeof(out)), GCOAP_EINVALID);
	m.token_len = 0;
	m.n_options = GCOAP_OPTIONS_MAX + 1;
	assert_int_equal(gcoap_msg_encode(&m, out, sizeof(out)), GCOAP_EINVALID);
}

static void no_byte_is_written_past_the_space(void **state)
{
	struct gcoap_msg m = request();
	size_t size;

	gcoap_msg_set_token(&m, "12345678", 8);
	gcoap_msg_add_text(&m, 3, "example.net");
	gcoap_msg_add(&m, 292, (struct gcoap_bytes){ zeros, 300 });
	m.payload = (struct gcoap_bytes){ zeros, 1000 };
	size = gcoap_msg_size(&m);
	for (size_t cap = 0; cap <= size + 1; cap++) {
		uint8_t *out = guard_space(&guard, cap);
		int r = gcoap_msg_encode(&m, out, cap);

		assert_int_equal(r, cap < size ? GCOAP_ESPACE : (int)size);
	}
}

static void a_token_never_shows_more_than_its_length(void **state)
{
	struct gcoap_msg m = request();
	uint8_t out[16];

	memcpy(m.token, "abcdefgh", 8);
	for (uint8_t len = 0; len <= 8; len++) {
		m.token_len = len;
		assert_int_equal(gcoap_msg_encode(&m, out, sizeof(out)), 4 + len);
		assert_memory_equal(out + 4, "abcdefgh", len);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_of_each_part_is_written),
		cmocka_unit_test(a_message_without_anything_has_four_bytes),
		cmocka_unit_test(deltas_and_lengths_take_the_shortest_form),
		cmocka_unit_test(a_value_longer_than_any_length_is_invalid),
		cmocka_unit_test(options_out_of_order_are_invalid),
		cmocka_unit_test(a_structure_beyond_its_bounds_is_invalid),
		cmocka_unit_test(no_byte_is_written_past_the_space),
		cmocka_unit_test(a_token_never_shows_more_than_its_length),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
