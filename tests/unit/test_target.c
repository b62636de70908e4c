/* Operands to destinations, with what every host has: loopback. */
#include "test.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/config.h"
#include "common/target.h"

static struct target *list;
static size_t n;
static char path[] = "/tmp/gcoap-test-target-XXXXXX";

static int setup(void **state)
{
	static const char text[] =
		"[group lab]\nuri = coap://224.0.1.187/\ninterface = lo\nmembers = 127.0.0.2 hall\n"
		"[group base]\nuri = 224.0.1.187:5690/a\n[group query]\nuri = 224.0.1.187/?a\n"
		"[group odd]\nuri = 224.0.1.187\nmembers = nobody\n"
		"[names]\n127.0.0.3:5700 = hall\n127.0.0.4 = attic\n";
	int fd = mkstemp(path);

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	cli_start("gcoap-get");
	assert_non_null(freopen("/dev/null", "w", stderr));
	return config_load(path, "gcoap-get");
}

static int teardown(void **state)
{
	config_clear();
	return unlink(path);
}

static int resolve(const char *text, const struct target_args *args)
{
	static const struct target_args none;

	target_free(list, n);
	list = NULL;
	n = 0;
	return target_resolve(text, args ? args : &none, &list, &n);
}

static void an_address_goes_by_the_route(void **state)
{
	assert_int_equal(resolve("127.0.0.1/temp?a=b", NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].uri, "coap://127.0.0.1/temp?a=b");
	assert_int_equal(list[0].to.port, 5683);
	assert_int_equal(list[0].ifindex, 0);
	assert_false(list[0].group);
	assert_int_equal(list[0].parsed.path.len, 5);
	assert_int_equal(resolve("coap://224.0.1.187:5690/x", NULL), 0);
	assert_string_equal(list[0].uri, "coap://224.0.1.187:5690/x");
	assert_true(list[0].group);
}

static void a_bare_ipv6_address_needs_no_brackets(void **state)
{
	assert_int_equal(resolve("2001:db8::1/x", NULL), 0);
	assert_string_equal(list[0].uri, "coap://[2001:db8::1]/x");
	assert_int_equal(resolve("::1", NULL), 0);
	assert_string_equal(list[0].uri, "coap://[::1]");
	assert_int_equal(resolve("ff02::fd%lo/x", NULL), 0);
	assert_string_equal(list[0].uri, "coap://[ff02::fd%lo]/x");
	assert_int_equal(list[0].ifindex, if_nametoindex("lo"));
	assert_int_equal(list[0].to.scope, if_nametoindex("lo"));
}

static void both_spellings_of_a_zone_are_printed_as_one(void **state)
{
	assert_int_equal(resolve("coap://[ff02::fd%25lo]/x", NULL), 0);
	assert_string_equal(list[0].uri, "coap://[ff02::fd%lo]/x");
	assert_int_equal(resolve("coap://[ff02::fd%none9]/x", NULL), CLI_LOCAL);
}

static void each_interface_is_a_destination(void **state)
{
	const char *items[] = { "lo", "127.0.0.1" };
	struct target_args args = { .interfaces = { items, 2 } };

	assert_int_equal(resolve("224.0.1.187/temp", &args), 0);
	assert_int_equal(n, 2);
	assert_int_equal(list[1].ifindex, if_nametoindex("lo"));
	items[1] = "none9";
	assert_int_equal(resolve("224.0.1.187/temp", &args), CLI_LOCAL);
}

static void a_group_has_a_uri_an_interface_and_members(void **state)
{
	assert_int_equal(resolve("@lab/temp", NULL), 0);
	assert_string_equal(list[0].uri, "coap://224.0.1.187/temp");
	assert_string_equal(list[0].text, "@lab/temp");
	assert_int_equal(list[0].ifindex, if_nametoindex("lo"));
	assert_int_equal(list[0].n_members, 2);
	assert_int_equal(list[0].members[0].port, 5683);
	assert_int_equal(list[0].members[1].port, 5700);
	assert_int_equal(resolve("@base/temp?x", NULL), 0);
	assert_string_equal(list[0].uri, "coap://224.0.1.187:5690/a/temp?x");
	assert_int_equal(resolve("@query", NULL), 0);
	assert_int_equal(resolve("@query/x", NULL), CLI_USAGE);
	assert_int_equal(resolve("@odd", NULL), CLI_USAGE);
	assert_int_equal(resolve("@lap", NULL), CLI_USAGE);
	assert_int_equal(resolve("@", NULL), CLI_USAGE);
}

static void the_demo_is_on_loopback(void **state)
{
	assert_int_equal(resolve("@demo/temp", NULL), 0);
	assert_string_equal(list[0].uri, "coap://224.0.1.187/temp");
	assert_int_equal(list[0].ifindex, if_nametoindex("lo"));
}

static void names_of_this_host_resolve(void **state)
{
	struct target_args four = { .v4 = true };

	assert_int_equal(resolve("localhost/x", &four), 0);
	assert_string_equal(list[0].uri, "coap://localhost/x");
	assert_int_equal(list[0].to.family, 4);
	assert_true(list[0].parsed.host_is_name);
	assert_int_equal(resolve("no-such-host.invalid", NULL), CLI_RESOLVE);
}

static void what_is_no_target_is_refused(void **state)
{
	static const char *const bad[] = { "", "coap://", "http://x/", "coaps+ws://127.0.0.1", "a b",
					   "127.0.0.1:0", "coap://127.0.0.1/#f", "coap://u@127.0.0.1",
					   "coap://127.0.0.1/%zz", "1:2", "ff02::fd" };
	struct target_args six = { .v6 = true };
	char long_text[2000];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]) - 1; i++)
		if (resolve(bad[i], NULL) != CLI_USAGE)
			fail_msg("%s is taken", bad[i]);
	assert_int_equal(resolve("127.0.0.1", &six), CLI_USAGE);
	memset(long_text, 'a', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(resolve(long_text, NULL), CLI_USAGE);
}

static void all_asks_each_interface_named(void **state)
{
	const char *items[] = { "lo" };
	struct target_args args = { .interfaces = { items, 1 }, .v4 = true };

	assert_int_equal(resolve("all/x", &args), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].uri, "coap://224.0.1.187/x");
	assert_int_equal(resolve("alley", &args), CLI_RESOLVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_goes_by_the_route),
		cmocka_unit_test(a_bare_ipv6_address_needs_no_brackets),
		cmocka_unit_test(both_spellings_of_a_zone_are_printed_as_one),
		cmocka_unit_test(each_interface_is_a_destination),
		cmocka_unit_test(a_group_has_a_uri_an_interface_and_members),
		cmocka_unit_test(the_demo_is_on_loopback),
		cmocka_unit_test(names_of_this_host_resolve),
		cmocka_unit_test(what_is_no_target_is_refused),
		cmocka_unit_test(all_asks_each_interface_named),
	};
	int r = cmocka_run_group_tests(tests, setup, teardown);

	target_free(list, n);
	return r;
}
