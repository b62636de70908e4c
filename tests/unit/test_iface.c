/* Interfaces of this host, names and clocks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <gcoap/net.h>

static void the_loopback_interface_is_found_by_name_index_and_address(void **state)
{
	struct gcoap_iface by_name, by_index, by_addr;

	assert_int_equal(gcoap_iface_find("lo", &by_name), 0);
	assert_true(by_name.loopback && by_name.up);
	assert_int_equal(by_name.index, 1);
	assert_int_equal(by_name.v4.family, 4);
	assert_int_equal(by_name.v4.bytes[0], 127);
	assert_int_equal(gcoap_iface_find("1", &by_index), 0);
	assert_string_equal(by_index.name, "lo");
	assert_int_equal(gcoap_iface_find("127.0.0.1", &by_addr), 0);
	assert_string_equal(by_addr.name, "lo");
}

static void what_is_no_interface_is_an_error(void **state)
{
	struct gcoap_iface found;

	assert_int_equal(gcoap_iface_find("nosuchif0", &found), GCOAP_EINTERFACE);
	assert_int_equal(gcoap_iface_find("", &found), GCOAP_EINTERFACE);
	assert_int_equal(gcoap_iface_find("1x", &found), GCOAP_EINTERFACE);
	assert_int_equal(gcoap_iface_find("192.0.2.77", &found), GCOAP_EINTERFACE);
}

static void the_list_says_how_many_there_are_beyond_the_room(void **state)
{
	struct gcoap_iface list[64];
	int all = gcoap_iface_list(list, 64);

	assert_true(all >= 1);
	assert_int_equal(gcoap_iface_list(list, 0), all);
	assert_int_equal(gcoap_iface_list(list, 1), all);
	for (int i = 0; i < all; i++) {
		assert_true(list[i].name[0]);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(list[i].name, list[j].name);
	}
}

static void numeric_hosts_resolve_once_each(void **state)
{
	struct gcoap_addr a[8];

	assert_int_equal(gcoap_resolve("127.0.0.1", 5683, 0, a, 8), 1);
	assert_int_equal(a[0].family, 4);
	assert_int_equal(a[0].port, 5683);
	assert_int_equal(gcoap_resolve("::1", 7, 6, a, 8), 1);
	assert_int_equal(a[0].family, 6);
	assert_int_equal(gcoap_resolve("::1", 7, 4, a, 8), GCOAP_ERESOLVE);
	assert_int_equal(gcoap_resolve("127.0.0.1", 7, 0, a, 0), GCOAP_ERESOLVE);
}

static void the_monotonic_clock_goes_on(void **state)
{
	gcoap_time a = gcoap_now(), b = gcoap_now();

	assert_true(b >= a);
	/* after 2020 */
	assert_true(gcoap_wall_offset() + b > 1577836800 * GCOAP_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_loopback_interface_is_found_by_name_index_and_address),
		cmocka_unit_test(what_is_no_interface_is_an_error),
		cmocka_unit_test(the_list_says_how_many_there_are_beyond_the_room),
		cmocka_unit_test(numeric_hosts_resolve_once_each),
		cmocka_unit_test(the_monotonic_clock_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
