/* What a decoder keeps when it fails, and where each fault is. tests/bad/coap has them all. */
#include "guard.h"
#include "test.h"

#include <gcoap/msg.h>

#include <stdlib.h>

static struct gcoap_msg m;
static struct gcoap_diag diag;

static int decode(struct gcoap_bytes b)
{
	memset(&m, 0xff, sizeof(m));
	memset(&diag, 0, sizeof(diag));
	return gcoap_msg_decode(&m, b, &diag);
}

static void a_whole_message_has_all_its_parts(void **state)
{
	struct gcoap_bytes b = bytes(0x52, 0x45, 0x12, 0x34, 0xca, 0xfe, 0x42, 0xa1, 0xb2, 0x80,
				     0x21, 0x1e, 0xff, 'h', 'i');

	assert_int_equal(decode(b), 0);
	assert_int_equal(m.type, GCOAP_NON);
	assert_int_equal(m.code, GCOAP_CONTENT);
	assert_int_equal(m.mid, 0x1234);
	assert_int_equal(m.token_len, 2);
	assert_memory_equal(m.token, "\xca\xfe\0\0\0\0\0\0", 8);
	assert_int_equal(m.n_options, 3);
	assert_int_equal(m.options[0].number, 4);
	assert_int_equal(m.options[0].at, 7);
	assert_int_equal(m.options[1].number, 12);
	assert_int_equal(m.options[1].value.len, 0);
	assert_int_equal(m.options[2].number, 14);
	assert_ptr_equal(m.payload.ptr, b.ptr + 13);
	assert_int_equal(m.payload.len, 2);
}

static void success_leaves_the_diagnosis_alone(void **state)
{
	struct gcoap_diag kept = { 77, "kept", "kept" };

	assert_int_equal(gcoap_msg_decode(&m, bytes(0x40, 1, 0, 0), &kept), 0);
	assert_int_equal(kept.at, 77);
	assert_string_equal(kept.name, "kept");
}

static void a_diagnosis_is_not_needed(void **state)
{
	assert_int_equal(gcoap_msg_decode(&m, bytes(0x40), NULL), GCOAP_ESHORT);
	assert_int_equal(gcoap_msg_decode(&m, bytes(0x49, 1, 0, 0), NULL), GCOAP_EMALFORMED);
}

static void nothing_at_all_is_too_short(void **state)
{
	assert_int_equal(decode((struct gcoap_bytes){ NULL, 0 }), GCOAP_ESHORT);
	assert_string_equal(diag.name, "short-header");
	assert_int_equal(diag.at, 0);
	assert_int_equal(m.n_options, 0);
	assert_int_equal(m.token_len, 0);
}

static void another_version_leaves_nothing_to_answer(void **state)
{
	assert_int_equal(decode(bytes(0x80, 1, 0x12, 0x34)), GCOAP_EUNSUPPORTED);
	assert_string_equal(diag.name, "bad-version");
	assert_int_equal(m.mid, 0);
}

static void a_fault_behind_the_header_leaves_the_header(void **state)
{
	assert_int_equal(decode(bytes(0x49, 1, 0x12, 0x34)), GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "reserved-tkl");
	assert_int_equal(m.type, GCOAP_CON);
	assert_int_equal(m.code, GCOAP_GET);
	assert_int_equal(m.mid, 0x1234);
	assert_int_equal(m.token_len, 0);
	assert_int_equal(decode(bytes(0x50, 0xe1, 0x12, 0x35)), GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "reserved-class");
	assert_int_equal(m.type, GCOAP_NON);
	assert_int_equal(m.mid, 0x1235);
}

static void a_fault_in_the_options_leaves_those_before_it(void **state)
{
	assert_int_equal(decode(bytes(0x41, 1, 0, 1, 0x99, 0xb1, 'a', 0x01, 'b', 0xf0, 0)),
			 GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "reserved-delta");
	assert_int_equal(diag.at, 9);
	assert_int_equal(m.token[0], 0x99);
	assert_int_equal(m.n_options, 2);
	assert_int_equal(m.options[1].value.ptr[0], 'b');
	assert_int_equal(m.payload.len, 0);
}

static void sixty_four_options_are_kept_of_sixty_five(void **state)
{
	uint8_t wire[4 + 65] = { 0x40, 1, 0, 1 };

	assert_int_equal(decode((struct gcoap_bytes){ wire, 4 + 64 }), 0);
	assert_int_equal(m.n_options, 64);
	assert_int_equal(decode((struct gcoap_bytes){ wire, 4 + 65 }), GCOAP_ELIMIT);
	assert_string_equal(diag.name, "too-many-options");
	assert_int_equal(diag.at, 68);
	assert_int_equal(m.n_options, 64);
}

static void a_marker_behind_the_last_allowed_option_is_no_option(void **state)
{
	uint8_t wire[4 + 64 + 2] = { 0x40, 1, 0, 1 };

	wire[68] = 0xff;
	wire[69] = 'x';
	assert_int_equal(decode((struct gcoap_bytes){ wire, sizeof(wire) }), 0);
	assert_int_equal(m.payload.len, 1);
}

static void the_largest_option_number_is_65535(void **state)
{
	assert_int_equal(decode(bytes(0x40, 1, 0, 1, 0xe0, 0xfe, 0xf2)), 0);
	assert_int_equal(m.options[0].number, 65535);
	assert_int_equal(decode(bytes(0x40, 1, 0, 1, 0xe0, 0xfe, 0xf3)), GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "option-wrap");
	assert_int_equal(decode(bytes(0x40, 1, 0, 1, 0xe0, 0xfe, 0xf2, 0x00)), 0);
	assert_int_equal(m.n_options, 2);
	assert_int_equal(decode(bytes(0x40, 1, 0, 1, 0xe0, 0xfe, 0xf2, 0x10)),
			 GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "option-wrap");
	assert_int_equal(diag.at, 7);
}

static void long_forms_of_short_numbers_are_read(void **state)
{
	assert_int_equal(decode(bytes(0x40, 1, 0, 1, 0xdd, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
				      11, 12, 13)),
			 0);
	assert_int_equal(m.options[0].number, 13);
	assert_int_equal(m.options[0].value.len, 13);
}

/* One byte less than a value needs, for the lengths where its form changes. */
static void a_value_ends_with_the_datagram_or_before(void **state)
{
	static const size_t lengths[] = { 1, 12, 13, 268, 269, 65000 };
	uint8_t *value = calloc(1, 70000), *wire = calloc(1, 70000);
	struct guard guard;

	guard_open(&guard, 70000);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct gcoap_msg built;
		struct gcoap_bytes b;

		gcoap_msg_init(&built, GCOAP_CON, GCOAP_GET);
		gcoap_msg_add(&built, 11, (struct gcoap_bytes){ value, lengths[i] });
		b.len = (size_t)gcoap_msg_encode(&built, wire, 70000);
		b.ptr = guard_copy(&guard, wire, b.len);
		assert_int_equal(decode(b), 0);
		assert_int_equal(m.options[0].value.len, lengths[i]);
		b.len--;
		b.ptr = guard_copy(&guard, wire, b.len);
		assert_int_equal(decode(b), GCOAP_EMALFORMED);
		assert_string_equal(diag.name, "option-truncated");
		assert_int_equal(diag.at, 4);
	}
	guard_close(&guard);
	free(value);
	free(wire);
}

static void the_empty_message_has_four_bytes(void **state)
{
	assert_int_equal(decode(bytes(0x60, 0, 1, 2)), 0);
	assert_int_equal(decode(bytes(0x60, 0, 1, 2, 0)), GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "bad-empty");
	assert_int_equal(diag.at, 4);
	assert_int_equal(m.type, GCOAP_ACK);
	assert_int_equal(m.mid, 0x0102);
}

static void every_fault_says_what_was_expected(void **state)
{
	static const uint8_t wires[][5] = { { 0x00 }, { 0x49, 1 }, { 0x48, 1 }, { 0x41 },
					    { 0x40, 0x20 }, { 0x40, 1, 0, 0, 0xf0 },
					    { 0x40, 1, 0, 0, 0x0f }, { 0x40, 1, 0, 0, 0xff },
					    { 0x40, 1, 0, 0, 0x01 }, { 0x40, 1, 0, 0, 0xe0 } };

	for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
		assert_true(decode((struct gcoap_bytes){ wires[i], 5 }) < 0);
		assert_non_null(diag.what);
		assert_true(strlen(diag.what) > 20);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_message_has_all_its_parts),
		cmocka_unit_test(success_leaves_the_diagnosis_alone),
		cmocka_unit_test(a_diagnosis_is_not_needed),
		cmocka_unit_test(nothing_at_all_is_too_short),
		cmocka_unit_test(another_version_leaves_nothing_to_answer),
		cmocka_unit_test(a_fault_behind_the_header_leaves_the_header),
		cmocka_unit_test(a_fault_in_the_options_leaves_those_before_it),
		cmocka_unit_test(sixty_four_options_are_kept_of_sixty_five),
		cmocka_unit_test(a_marker_behind_the_last_allowed_option_is_no_option),
		cmocka_unit_test(the_largest_option_number_is_65535),
		cmocka_unit_test(long_forms_of_short_numbers_are_read),
		cmocka_unit_test(a_value_ends_with_the_datagram_or_before),
		cmocka_unit_test(the_empty_message_has_four_bytes),
		cmocka_unit_test(every_fault_says_what_was_expected),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
