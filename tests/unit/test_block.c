#include "test.h"

#include <gcoap/block.h>

static struct gcoap_block b;
static struct gcoap_diag diag;

static void blocks_are_read_by_their_bits(void **state)
{
	assert_int_equal(gcoap_block_decode(bytes(0x02), &b, &diag), 0);
	assert_int_equal(b.num, 0);
	assert_false(b.more);
	assert_int_equal(gcoap_block_size(&b), 64);
	assert_int_equal(gcoap_block_decode(bytes(0x0a), &b, &diag), 0);
	assert_true(b.more);
	assert_int_equal(gcoap_block_decode(bytes(0x12), &b, &diag), 0);
	assert_int_equal(b.num, 1);
	assert_int_equal(gcoap_block_decode(bytes(0xff, 0xff, 0xfe), &b, &diag), 0);
	assert_int_equal(b.num, 0xfffff);
	assert_true(b.more);
	assert_int_equal(gcoap_block_size(&b), 1024);
}

static void an_empty_value_is_block_zero_of_sixteen_bytes(void **state)
{
	assert_int_equal(gcoap_block_decode((struct gcoap_bytes){ NULL, 0 }, &b, NULL), 0);
	assert_int_equal(b.num, 0);
	assert_false(b.more);
	assert_int_equal(gcoap_block_size(&b), 16);
}

static void size_exponent_seven_is_refused(void **state)
{
	assert_int_equal(gcoap_block_decode(bytes(0x07), &b, &diag), GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "bad-block");
	assert_int_equal(diag.at, 0);
	assert_int_equal(gcoap_block_decode(bytes(0x01, 0x0f), &b, &diag), GCOAP_EMALFORMED);
	assert_int_equal(diag.at, 1);
}

static void four_bytes_are_refused(void **state)
{
	assert_int_equal(gcoap_block_decode(bytes(0, 0, 0x06), &b, &diag), 0);
	assert_int_equal(gcoap_block_decode(bytes(0, 0, 0, 0x06), &b, &diag),
			 GCOAP_EMALFORMED);
	assert_string_equal(diag.name, "bad-block");
}

static void every_block_is_written_in_the_shortest_form(void **state)
{
	static const uint32_t nums[] = { 0, 1, 15, 16, 4095, 4096, 0xffffe, 0xfffff };

	for (size_t i = 0; i < sizeof(nums) / sizeof(nums[0]); i++) {
		for (uint8_t low = 0; low < 14; low++) {
			struct gcoap_block in = { nums[i], low & 1, low >> 1 };
			uint8_t store[4];
			size_t len = gcoap_block_encode(&in, store);

			assert_in_range(len, 0, 3);
			assert_true(len == 0 || store[0] != 0);
			assert_int_equal(gcoap_block_decode((struct gcoap_bytes){ store, len },
							    &b, NULL),
					 0);
			assert_int_equal(b.num, in.num);
			assert_int_equal(b.more, in.more);
			assert_int_equal(b.szx, in.szx);
		}
	}
}

static void sizes_are_powers_of_two_from_16_to_1024(void **state)
{
	unsigned n = 0;
	uint8_t szx;

	for (uint32_t size = 0; size <= 4096; size++) {
		if (gcoap_block_szx(size, &szx) < 0)
			continue;
		b.szx = szx;
		assert_int_equal(gcoap_block_size(&b), size);
		n++;
	}
	assert_int_equal(n, 7);
	assert_int_equal(gcoap_block_szx(2048, &szx), GCOAP_ERANGE);
	assert_int_equal(gcoap_block_szx(8, &szx), GCOAP_ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_read_by_their_bits),
		cmocka_unit_test(an_empty_value_is_block_zero_of_sixteen_bytes),
		cmocka_unit_test(size_exponent_seven_is_refused),
		cmocka_unit_test(four_bytes_are_refused),
		cmocka_unit_test(every_block_is_written_in_the_shortest_form),
		cmocka_unit_test(sizes_are_powers_of_two_from_16_to_1024),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
