/* The set of addresses by which servers of one operand are counted. */
#include <common/addr_set.h>

#include "test.h"

static struct gcoap_addr nth(uint32_t i)
{
	return (struct gcoap_addr){ .family = 4, .port = 5683,
				    .bytes = { 10, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i } };
}

static void each_address_counts_once(void **state)
{
	struct addr_set s = { 0 };

	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 1000; i++) {
			struct gcoap_addr a = nth(i);

			assert_int_equal(addr_set_has(&s, &a), round);
			assert_int_equal(addr_set_add(&s, &a), !round);
		}
		assert_int_equal(s.n, 1000);
	}
	addr_set_clear(&s);
	assert_int_equal(s.n, 0);
}

static void port_and_zone_tell_servers_apart(void **state)
{
	struct gcoap_addr a = { .family = 6, .port = 5683, .bytes = { 0xfe, 0x80, [15] = 1 } };
	struct addr_set s = { 0 };

	assert_int_equal(addr_set_add(&s, &a), 1);
	a.port++;
	assert_int_equal(addr_set_add(&s, &a), 1);
	a.scope = 2;
	assert_int_equal(addr_set_add(&s, &a), 1);
	assert_int_equal(addr_set_add(&s, &a), 0);
	addr_set_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_address_counts_once),
		cmocka_unit_test(port_and_zone_tell_servers_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
