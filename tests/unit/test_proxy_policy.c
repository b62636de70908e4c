/* Who may ask whom: without a row nobody anybody, and some addresses never. */
#include "test.h"

#include <stdio.h>

#include "target_fixture.h"

static struct tx x;

static int setup(void **state)
{
	tx_init(&x);
	return 0;
}

static void uri(const char *text, int code)
{
	int got = tx_uri(&x, text);

	if (got != code)
		fail_msg("%s: %d (%s), not %d", text, got, x.refusal.text, code);
	assert_int_equal(x.refusal.code, code);
}

static void nothing_is_allowed_without_rows(void **state)
{
	x.config.n_clients = x.config.n_groups = x.config.n_targets = 0;
	uri("coap://224.0.1.187/r", GCOAP_NOT_IMPLEMENTED);
	uri("coap://192.0.2.1/r", GCOAP_NOT_PROXY);
	uri("coap://sensor.example/r", GCOAP_NOT_PROXY);
	x.config.n_groups = 1;
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
	assert_string_equal(x.refusal.text, "Not allow-listed");
	assert_string_equal(x.refusal.why, "not-listed");
	uri("coap://sensor.example/r", GCOAP_UNAUTHORIZED);
	x.config.n_targets = 1;
	uri("coap://192.0.2.1/r", GCOAP_UNAUTHORIZED);
	x.config.n_clients = 1;
	uri("coap://224.0.1.187/r", 0);
	assert_ptr_equal(x.t.group, &x.groups[0]);
	uri("coap://192.0.2.1/r", 0);
	assert_null(x.t.group);
}

static void groups_off_do_not_touch_servers(void **state)
{
	x.config.n_groups = 0;
	uri("coap://224.0.1.187/r", GCOAP_NOT_IMPLEMENTED);
	assert_string_equal(x.refusal.why, "group-off");
	uri("coap://192.0.2.1/r", 0);
}

static void a_group_is_authority_port_and_path(void **state)
{
	x.config.n_groups = 0;
	tx_allow_group(&x, "coap://224.0.1.187:5690/a/b", "224.0.1.187:5690");
	uri("coap://224.0.1.187:5690/a/b", 0);
	uri("coap://224.0.1.187:5690/a/b/c?q=1", 0);
	uri("coap://224.0.1.187:5690/%61/b/", 0);
	uri("coap://[::ffff:224.0.1.187]:5690/a/b", 0);
	uri("coap://224.0.1.187:5690/a/bc", GCOAP_UNAUTHORIZED);
	uri("coap://224.0.1.187:5690/a", GCOAP_UNAUTHORIZED);
	uri("coap://224.0.1.187:5690/a%2Fb", GCOAP_UNAUTHORIZED);
	uri("coap://224.0.1.187:5690/", GCOAP_UNAUTHORIZED);
	uri("coap://224.0.1.187/a/b", GCOAP_UNAUTHORIZED);
	uri("coap://224.0.1.188:5690/a/b", GCOAP_UNAUTHORIZED);
	uri("coap://[ff02::fd]:5690/a/b", GCOAP_UNAUTHORIZED);
}

static void a_slash_at_the_end_of_a_row_says_nothing(void **state)
{
	x.config.n_groups = 0;
	tx_allow_group(&x, "coap://224.0.1.190/", "224.0.1.190");
	tx_allow_group(&x, "coap://224.0.1.191/a/", "224.0.1.191");
	tx_allow_group(&x, "coap://224.0.1.192/sp%20ce", "224.0.1.192");
	uri("coap://224.0.1.190", 0);
	uri("coap://224.0.1.190/x/y", 0);
	uri("coap://224.0.1.191/a", 0);
	uri("coap://224.0.1.191/a/", 0);
	uri("coap://224.0.1.191/b", GCOAP_UNAUTHORIZED);
	uri("coap://224.0.1.192/sp%20ce/x", 0);
	uri("coap://224.0.1.192/sp", GCOAP_UNAUTHORIZED);
}

static void a_row_with_a_name_allows_that_name_alone(void **state)
{
	struct gcoap_addr group = tx_addr("224.0.1.190");

	tx_allow_group(&x, "coap://lights.example/r", "224.0.1.190");
	uri("coap://lights.example/r", 0);
	uri("coap://224.0.1.190/r", GCOAP_UNAUTHORIZED);
	uri("coap://other.example/r", 0); /* known to be somebody, to be resolved */
	assert_int_equal(x.t.kind, GCOAP__NAMED);
	gcoap__target_resolved(&x.config, &x.t, &group, &x.refusal);
	assert_int_equal(x.t.kind, GCOAP__GROUP);
	assert_int_equal(gcoap__policy(&x.config, &x.client, &x.t, &x.refusal),
			 GCOAP_UNAUTHORIZED);
	/* one with an address allows every name that leads there */
	group = tx_addr("224.0.1.187");
	uri("coap://other.example/r", 0);
	gcoap__target_resolved(&x.config, &x.t, &group, &x.refusal);
	assert_int_equal(gcoap__policy(&x.config, &x.client, &x.t, &x.refusal), 0);
}

static void a_group_brings_zone_and_interface(void **state)
{
	tx_allow_group(&x, "coap://[ff02::fd]", "ff02::fd");
	x.groups[3].addr.scope = 4;
	x.groups[3].ifindex = 4;
	uri("coap://[ff02::fd]/r", 0);
	assert_int_equal(x.t.addr.scope, 4);
	assert_int_equal(x.t.ifindex, 4);
	assert_string_equal(x.t.uri, "coap://[ff02::fd]/r");
}

static void clients_are_networks_or_identities(void **state)
{
	x.client.addr = tx_addr("10.77.1.9:40000");
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
	assert_false(gcoap__policy_known(&x.config, &x.client));
	x.client.addr = tx_addr("10.77.0.9:1");
	x.client.addr.family = 6; /* as a dual-stack socket shows it */
	memmove(x.client.addr.bytes + 12, x.client.addr.bytes, 4);
	memcpy(x.client.addr.bytes, (uint8_t[12]){ [10] = 0xff, [11] = 0xff }, 12);
	assert_true(gcoap__policy_known(&x.config, &x.client));
	uri("coap://224.0.1.187/r", 0);
	x.client.addr = tx_addr("[2001:db8:1::1]:40000");
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
	x.clients[1] = (struct gcoap_proxy_client){ .net = tx_addr("2001:db8::"), .prefix = 47 };
	x.config.n_clients = 2;
	uri("coap://224.0.1.187/r", 0);
	x.clients[1].prefix = 48;
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
	x.clients[1] = (struct gcoap_proxy_client){ .identity = "alice" };
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
	x.client.identity = "bob";
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
	x.client.identity = "alice";
	uri("coap://224.0.1.187/r", 0);
	uri("coap://192.0.2.1/r", 0);
	assert_true(gcoap__policy_known(&x.config, &x.client));
}

static void a_client_can_be_let_to_one_group(void **state)
{
	x.clients[0].group = "coap://224.0.1.187:5685";
	uri("coap://224.0.1.187:5685/r", 0);
	assert_ptr_equal(x.t.group, &x.groups[1]);
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
	uri("coap://192.0.2.1/r", 0);
	/* the wider row of two is not his */
	tx_allow_group(&x, "coap://224.0.1.187/r/s", "224.0.1.187");
	x.clients[0].group = "coap://224.0.1.187/r/s";
	uri("coap://224.0.1.187/r/s/t", 0);
	assert_ptr_equal(x.t.group, &x.groups[3]);
	uri("coap://224.0.1.187/r", GCOAP_UNAUTHORIZED);
}

/* Nothing of ours, nothing near us and nothing that is no host, however it is spelled. */
static const char *const never[] = {
	/* loopback */
	"coap://127.0.0.1/", "coap://127.0.0.2/", "coap://127.255.255.254/", "coap://127.1/",
	"coap://127.0.1/", "coap://0x7f.1/", "coap://0x7f000001/", "coap://0X7F.0.0.1/",
	"coap://2130706433/", "coap://017700000001/", "coap://0177.0.0.1/", "coap://0177.1/",
	"coap://127.0.0.1./", "coap://127.0.0.1%2e/", "coap://127%2e0%2e0%2e1/",
	"coap://%31%32%37.0.0.1/", "coap://0x7f%2e1/", "coap://[::1]/", "coap://[0:0:0:0:0:0:0:1]/",
	"coap://[::ffff:127.0.0.1]/", "coap://[::ffff:7f00:1]/", "coap://[::FFFF:7F00:0001]/",
	"coap://[::127.0.0.1]/", "coap://[64:ff9b::127.0.0.1]/", "coap://[2002:7f00:1::]/",
	"coap://[::1%25lo]/", "coap://[::1%lo]/", "coap://[::1%251]/",
	/* this host and no host */
	"coap://0.0.0.0/", "coap://0/", "coap://0.1.2.3/", "coap://[::]/", "coap://[::ffff:0:0]/",
	"coap://10.77.0.20:5684/", "coap://[::ffff:10.77.0.20]:5690/", "coap://[2002:a4d:14::1]/",
	/* link-local and what serves instances */
	"coap://169.254.169.254/", "coap://[::ffff:169.254.169.254]/", "coap://[::ffff:a9fe:a9fe]/",
	"coap://[fe80::1]/", "coap://[fe80::1%25eth0]/", "coap://[febf::1]/", "coap://2852039166/",
	/* everybody */
	"coap://255.255.255.255/", "coap://240.0.0.1/", "coap://[::ffff:255.255.255.255]/",
	/* another host than it seems */
	"coap://192.0.2.1@127.0.0.1/", "coap://127.0.0.1@192.0.2.1/", "coap://192.0.2.1%40127.0.0.1/",
	"coap://192.0.2.1#@127.0.0.1/", "coap://192.0.2.1\\@127.0.0.1/", "coap://[::1]192.0.2.1/",
	"coap://192.0.2.1%2f@127.0.0.1/", "coap://192.0.2.1%00.x/", "coap://192.0.2.1:5683@127.0.0.1/",
	"coap://192.0.2.1 127.0.0.1/", "coap://192.0.2.1%0d%0a127.0.0.1/", "coap:127.0.0.1/",
	"coap:/127.0.0.1/", "coap:///127.0.0.1/", "coap://127.0.0.1:5683:80/", "coap://:5683/",
	/* ports of others */
	"coap://192.0.2.1:0/", "coap://192.0.2.1:1/", "coap://192.0.2.1:22/", "coap://192.0.2.1:53/",
	"coap://192.0.2.1:80/", "coap://192.0.2.1:1023/", "coap://192.0.2.1:65536/",
	"coap://192.0.2.1:+80/", "coap://192.0.2.1:0x16/", "coap://192.0.2.1:%35/",
};

static void some_addresses_are_never_asked(void **state)
{
	char text[64];

	x.targets[0] = (struct gcoap_proxy_target){ tx_addr("0.0.0.0"), 0 };
	x.targets[1] = (struct gcoap_proxy_target){ tx_addr("::"), 0 };
	uri("coap://192.0.2.1/", 0);
	uri("coap://[2001:db8::1]/", 0);
	assert_true(sizeof(never) / sizeof(never[0]) >= 40);
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		int code = tx_uri(&x, never[i]);

		if (code != GCOAP_BAD_REQUEST && code != GCOAP_NOT_PROXY)
			fail_msg("%s: %s", never[i], gcoap_code_format((uint8_t)code, text));
	}
}

/* The same, when a name leads there. */
static void names_lead_nowhere_else(void **state)
{
	static const char *const found[] = {
		"127.0.0.1", "127.8.8.8", "::1", "0.0.0.0", "::", "169.254.1.1", "10.77.0.20",
		"255.255.255.255", "192.0.3.1", "::ffff:127.0.0.1", "2001:db9::1", "::7f00:1",
		"64:ff9b::a4d:14",
	};
	struct gcoap_addr a;

	for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
		uri("coap://localhost/", 0);
		a = tx_addr(found[i]);
		assert_int_equal(gcoap__target_resolved(&x.config, &x.t, &a, &x.refusal), 0);
		if (gcoap__policy(&x.config, &x.client, &x.t, &x.refusal) != GCOAP_NOT_PROXY)
			fail_msg("%s", found[i]);
		assert_string_equal(x.refusal.why, "target");
	}
	uri("coap://localhost:80/", 0);
	a = tx_addr("192.0.2.1:5683");
	gcoap__target_resolved(&x.config, &x.t, &a, &x.refusal);
	assert_int_equal(gcoap__policy(&x.config, &x.client, &x.t, &x.refusal), GCOAP_NOT_PROXY);
}

static void servers_are_those_of_the_rows(void **state)
{
	uri("coap://192.0.2.255:5684/", 0);
	uri("coap://192.0.2.1:49152/", 0);
	uri("coap://[::ffff:192.0.2.1]/", 0);
	assert_string_equal(x.t.uri, "coap://192.0.2.1");
	uri("coap://192.0.3.0/", GCOAP_NOT_PROXY);
	uri("coap://[2001:db8:ffff::1]/", 0);
	uri("coap://[2001:db9::1]/", GCOAP_NOT_PROXY);
	assert_string_equal(x.refusal.why, "target");
	x.targets[0].prefix = 23;
	uri("coap://192.0.3.1/", 0);
	uri("coap://192.0.4.1/", GCOAP_NOT_PROXY);
	x.targets[0].prefix = 255; /* nonsense fits nothing */
	uri("coap://192.0.2.0/", GCOAP_NOT_PROXY);
}

static void loopback_must_be_named(void **state)
{
	x.targets[0] = (struct gcoap_proxy_target){ tx_addr("127.0.0.0"), 8 };
	x.targets[1] = (struct gcoap_proxy_target){ tx_addr("::1"), 128 };
	x.ours[1] = tx_addr("127.0.0.1:5683");
	x.config.n_ours = 2;
	uri("coap://127.0.0.1:5690/", 0);
	uri("coap://[::1]:5690/", 0);
	uri("coap://127.0.0.1/", 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
	uri("coap://127.0.0.1:80/", GCOAP_NOT_PROXY);
}

static void refused_with(uint16_t number, const char *value, size_t len, const char *to, int code)
{
	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, to);
	tx_option(&x, number, value, len);
	assert_int_equal(tx_judge(&x), code);
}

static void a_group_is_asked_for_first_blocks_only(void **state)
{
	static const char group[] = "coap://224.0.1.187/r", server[] = "coap://192.0.2.1/r";

	refused_with(GCOAP_BLOCK2, "\x06", 1, group, 0);
	refused_with(GCOAP_BLOCK2, "\x16", 1, group, GCOAP_BAD_REQUEST);
	assert_string_equal(x.refusal.why, "bad-block");
	refused_with(GCOAP_BLOCK1, "\x06", 1, group, 0);
	refused_with(GCOAP_BLOCK1, "\x0e", 1, group, GCOAP_BAD_REQUEST);
	refused_with(GCOAP_BLOCK1, "\x16", 1, group, GCOAP_BAD_REQUEST);
	refused_with(GCOAP_BLOCK2, "\x07", 1, group, GCOAP_BAD_REQUEST);
	refused_with(GCOAP_BLOCK2, "\x16", 1, server, 0);
	refused_with(GCOAP_BLOCK1, "\x1e", 1, server, 0);
	refused_with(GCOAP_BLOCK1, "\x07", 1, server, GCOAP_BAD_REQUEST);
	/* who may not ask at all hears that first */
	x.config.n_clients = 0;
	refused_with(GCOAP_BLOCK2, "\x16", 1, group, GCOAP_UNAUTHORIZED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_allowed_without_rows, setup),
		cmocka_unit_test_setup(groups_off_do_not_touch_servers, setup),
		cmocka_unit_test_setup(a_group_is_authority_port_and_path, setup),
		cmocka_unit_test_setup(a_slash_at_the_end_of_a_row_says_nothing, setup),
		cmocka_unit_test_setup(a_row_with_a_name_allows_that_name_alone, setup),
		cmocka_unit_test_setup(a_group_brings_zone_and_interface, setup),
		cmocka_unit_test_setup(clients_are_networks_or_identities, setup),
		cmocka_unit_test_setup(a_client_can_be_let_to_one_group, setup),
		cmocka_unit_test_setup(some_addresses_are_never_asked, setup),
		cmocka_unit_test_setup(names_lead_nowhere_else, setup),
		cmocka_unit_test_setup(servers_are_those_of_the_rows, setup),
		cmocka_unit_test_setup(loopback_must_be_named, setup),
		cmocka_unit_test_setup(a_group_is_asked_for_first_blocks_only, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
