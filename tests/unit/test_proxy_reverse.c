/* Requests to the proxy itself that go to a group, and who its clients are told answered. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "target_fixture.h"

static struct tx x;
static struct gcoap_proxy_reverse rows[4];
static struct gcoap_proxy_alias aliases[2];

static void add_row(const char *path, const char *group, const char *addr)
{
	struct gcoap_proxy_reverse *row = &rows[x.config.n_reverse++];

	*row = (struct gcoap_proxy_reverse){ .path = path, .addr = tx_addr(addr), .ifindex = 3 };
	assert_int_equal(gcoap_uri_parse(&row->group, group, NULL), 0);
}

static int setup(void **state)
{
	tx_init(&x);
	x.config.forward = false;
	x.config.reverse = rows;
	x.config.aliases = aliases;
	add_row("/proxy/lights", "coap://224.0.1.187/r", "224.0.1.187");
	return 0;
}

/* GET of the path, split at its slashes, and of "?query". */
static int path_get(const char *path)
{
	char copy[512], *rest = copy, *part;

	tx_get(&x);
	snprintf(copy, sizeof(copy), "%s", path);
	part = strchr(copy, '?');
	if (part) {
		*part = '\0';
		tx_text(&x, GCOAP_URI_QUERY, part + 1);
	}
	while ((part = strsep(&rest, "/")))
		tx_text(&x, GCOAP_URI_PATH, part);
	return tx_judge(&x);
}

static void goes_to(const char *path, const char *uri)
{
	int code = path_get(path);

	if (code || !x.t.reversed || strcmp(x.t.uri, uri) != 0)
		fail_msg("%s: %d (%s), %s instead of %s", path, code, x.refusal.text, x.t.uri, uri);
}

static void is_local(const char *path)
{
	int code = path_get(path);

	if (code || x.t.kind != GCOAP__LOCAL || x.t.reversed)
		fail_msg("%s: %d, %s", path, code, x.t.uri);
}

static void a_resource_stands_for_a_group(void **state)
{
	char sent[256];

	goes_to("proxy/lights", "coap://224.0.1.187/r");
	assert_int_equal(x.t.kind, GCOAP__GROUP);
	assert_ptr_equal(x.t.reverse, &rows[0]);
	assert_int_equal(x.t.ifindex, 3);
	assert_string_equal(tx_sent(&x, 0x5001, 0x9a01, sent, sizeof(sent)), "520150019a01b172");
	goes_to("proxy/lights/on/2?q=1", "coap://224.0.1.187/r/on/2?q=1");
	goes_to("proxy/lights/", "coap://224.0.1.187/r/");
	is_local("proxy");
	is_local("proxy/lightsx");
	is_local("x/proxy/lights");
	is_local("");
}

static void the_longest_path_wins(void **state)
{
	add_row("/proxy", "coap://[ff35:30:2001:db8::1234]:5685/all/?a",
		"[ff35:30:2001:db8::1234]:5685");
	add_row("/proxy/lights/blue/", "coap://224.0.1.187:5685", "224.0.1.187:5685");
	goes_to("proxy/x", "coap://[ff35:30:2001:db8::1234]:5685/all/x?a");
	goes_to("proxy/x?b", "coap://[ff35:30:2001:db8::1234]:5685/all/x?a&b");
	goes_to("proxy", "coap://[ff35:30:2001:db8::1234]:5685/all/?a");
	goes_to("proxy/lights/b", "coap://224.0.1.187/r/b");
	goes_to("proxy/lights/blue", "coap://224.0.1.187:5685");
	goes_to("proxy/lights/blue/1", "coap://224.0.1.187:5685/1");
}

static void rows_need_the_allow_list_too(void **state)
{
	rows[0].addr = tx_addr("224.0.1.199");
	assert_int_equal(path_get("proxy/lights"), GCOAP_UNAUTHORIZED);
	x.config.n_groups = 0;
	assert_int_equal(path_get("proxy/lights"), GCOAP_NOT_IMPLEMENTED);
	setup(NULL);
	x.config.n_clients = 0;
	assert_int_equal(path_get("proxy/lights"), GCOAP_UNAUTHORIZED);
}

static void a_host_stands_for_a_group(void **state)
{
	add_row("//group1.com", "coap://224.0.1.187:5685", "224.0.1.187:5685");
	add_row("//10.77.0.30", "coap://224.0.1.187/all", "224.0.1.187");
	tx_get(&x);
	tx_text(&x, GCOAP_URI_HOST, "GROUP1.com");
	tx_text(&x, GCOAP_URI_PATH, "proxy");
	tx_text(&x, GCOAP_URI_PATH, "lights");
	assert_int_equal(tx_judge(&x), 0);
	assert_string_equal(x.t.uri, "coap://224.0.1.187:5685/proxy/lights");
	assert_null(gcoap_msg_find(&x.t.msg, GCOAP_URI_HOST));
	/* an address of ours for each group */
	x.client.local = tx_addr("10.77.0.30");
	goes_to("x", "coap://224.0.1.187/all/x");
	tx_get(&x);
	tx_text(&x, GCOAP_URI_HOST, "group2.com");
	assert_int_equal(tx_judge(&x), 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
}

static void a_row_can_name_its_group(void **state)
{
	tx_allow_group(&x, "coap://lights.example/r", "224.0.1.190");
	add_row("/l", "coap://lights.example/r", "224.0.1.190");
	goes_to("l/1", "coap://lights.example/r/1");
	assert_int_equal(x.t.kind, GCOAP__GROUP);
	assert_non_null(gcoap_msg_find(&x.t.msg, GCOAP_URI_HOST));
	assert_ptr_equal(x.t.group, &x.groups[3]);
	rows[1].addr = (struct gcoap_addr){ 0 };
	goes_to("l/1", "coap://lights.example/r/1"); /* has its address from the allow-list */
	assert_int_equal(x.t.kind, GCOAP__GROUP);
}

static void a_group_uri_is_embedded_in_the_path(void **state)
{
	tx_allow_group(&x, "coap://group1.com", "224.0.1.190");
	goes_to("cp/coap://group1.com/r", "coap://group1.com/r");
	assert_int_equal(x.t.kind, GCOAP__GROUP);
	goes_to("cp/coap://224.0.1.187:5685/r/x?q=1", "coap://224.0.1.187:5685/r/x?q=1");
	goes_to("cp/coap://[ff35:30:2001:db8::1234]:5685", "coap://[ff35:30:2001:db8::1234]:5685");
	goes_to("cp/COAP://224.0.1.187/", "coap://224.0.1.187/");
	/* as one segment */
	tx_get(&x);
	tx_text(&x, GCOAP_URI_PATH, "cp");
	tx_text(&x, GCOAP_URI_PATH, "coap://224.0.1.187/r?a=1");
	tx_text(&x, GCOAP_URI_QUERY, "b");
	assert_int_equal(tx_judge(&x), 0);
	assert_string_equal(x.t.uri, "coap://224.0.1.187/r?a=1&b");
	assert_true(x.t.reversed);
	is_local("cp");
	is_local("cp/x");
	is_local("cp/coap:");
	is_local("x/coap://224.0.1.187/r");
}

static void embedded_uris_are_judged_like_others(void **state)
{
	static const struct {
		const char *path;
		int code;
	} cases[] = {
		{ "cp/coap://224.0.1.188/r", GCOAP_UNAUTHORIZED },
		{ "cp/coap://127.0.0.1/r", GCOAP_NOT_PROXY },
		{ "cp/coap://127.1/r", GCOAP_BAD_REQUEST },
		{ "cp/coap://10.77.0.20/r", GCOAP_NOT_PROXY },
		{ "cp/http://192.0.2.1/r", GCOAP_NOT_PROXY },
		{ "cp/javascript:", 0 },
		{ "cp/x y://192.0.2.1/r", GCOAP_NOT_PROXY },
		{ "cp/coaps://224.0.1.187/r", GCOAP_BAD_REQUEST },
		{ "cp/coap://u@224.0.1.187/r", GCOAP_BAD_REQUEST },
		{ "cp/coap:///r", GCOAP_BAD_REQUEST },
		{ "cp/coap://192.0.2.9/r", 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (path_get(cases[i].path) != cases[i].code)
			fail_msg("%s: %d", cases[i].path, x.refusal.code);
	/* a slash inside the segment of the authority is not one that parts it */
	tx_get(&x);
	tx_text(&x, GCOAP_URI_PATH, "cp");
	tx_text(&x, GCOAP_URI_PATH, "coap:");
	tx_text(&x, GCOAP_URI_PATH, "");
	tx_text(&x, GCOAP_URI_PATH, "224.0.1.187/r");
	assert_int_equal(tx_judge(&x), GCOAP_BAD_REQUEST);
}

static void a_forward_proxy_reads_its_own_paths_too(void **state)
{
	x.config.forward = true;
	assert_int_equal(tx_uri(&x, "coap://10.77.0.20/proxy/lights/on"), 0);
	assert_string_equal(x.t.uri, "coap://224.0.1.187/r/on");
	assert_true(x.t.reversed);
	assert_int_equal(tx_uri(&x, "coap://224.0.1.187/r"), 0);
	assert_false(x.t.reversed);
}

static void use_aliases(void)
{
	aliases[0] = (struct gcoap_proxy_alias){ tx_addr("[2001:db8::d1]:5683"),
						 tx_addr("[2001:db8::1]:5683") };
	aliases[1] = (struct gcoap_proxy_alias){ tx_addr("10.77.0.32"), tx_addr("127.0.0.1:5690") };
	x.config.n_aliases = 2;
	x.config.standin = GCOAP_STANDIN_B;
}

static void an_alias_stands_for_its_server(void **state)
{
	use_aliases();
	x.client.local = tx_addr("2001:db8::d1");
	goes_to("lights", "coap://[2001:db8::1]/lights");
	/* below a row the path is that of the row's group */
	goes_to("proxy/lights/1?a=b", "coap://[2001:db8::1]/r/1?a=b");
	goes_to("lights", "coap://[2001:db8::1]/lights");
	assert_int_equal(x.t.kind, GCOAP__SERVER);
	assert_ptr_equal(x.t.alias, &aliases[0]);
	x.client.local = tx_addr("10.77.0.32");
	goes_to("r", "coap://127.0.0.1:5690/r");
	x.client.local = tx_addr("10.77.0.32:5999");
	is_local("r");
	/* the servers behind are reached by these addresses alone */
	x.client.local = tx_addr("10.77.0.20");
	assert_int_equal(path_get("cp/coap://127.0.0.1:5690/r"), GCOAP_NOT_PROXY);
	x.config.forward = true;
	assert_int_equal(tx_uri(&x, "coap://10.77.0.32/r"), 0);
	assert_string_equal(x.t.uri, "coap://127.0.0.1:5690/r");
	/* and by clients that are known */
	x.config.n_clients = 0;
	x.client.local = tx_addr("10.77.0.32");
	assert_int_equal(path_get("r"), GCOAP_UNAUTHORIZED);
}

/* By the transport that it is for, or over a connection to us by Uri-Host. */
static void an_alias_is_of_one_transport(void **state)
{
	use_aliases();
	x.client.local = tx_addr("2001:db8::d1");
	x.client.transport = GCOAP_SCHEME_COAP_TCP;
	is_local("lights");
	aliases[0].scheme = GCOAP_SCHEME_COAP_TCP;
	goes_to("lights", "coap://[2001:db8::1]/lights");
	x.client.local = tx_addr("10.77.0.20");
	is_local("lights");
	tx_get(&x);
	tx_text(&x, GCOAP_URI_HOST, "[2001:db8::d1]");
	tx_text(&x, GCOAP_URI_PATH, "lights");
	assert_int_equal(tx_judge(&x), 0);
	assert_string_equal(x.t.uri, "coap://[2001:db8::1]/lights");
	assert_null(gcoap_msg_find(&x.t.msg, GCOAP_URI_HOST));
	x.client.transport = GCOAP_SCHEME_COAP;
}

static int behind_get(const char *host, const char *port)
{
	tx_get(&x);
	tx_text(&x, GCOAP_URI_HOST, host);
	if (port)
		tx_option(&x, GCOAP_URI_PORT, port, 2);
	tx_text(&x, GCOAP_URI_PATH, "r");
	return tx_judge(&x);
}

static void a_server_behind_the_proxy_is_named_by_uri_host(void **state)
{
	struct gcoap_addr member = tx_addr("198.51.100.7:5685");

	assert_int_equal(behind_get("192.0.2.1", NULL), 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
	x.config.standin = GCOAP_STANDIN_C;
	assert_int_equal(behind_get("192.0.2.1", "\x16\x35"), 0);
	assert_string_equal(x.t.uri, "coap://192.0.2.1:5685/r");
	assert_int_equal(x.t.kind, GCOAP__SERVER);
	assert_int_equal(x.t.msg.n_options, 1);
	assert_int_equal(behind_get("[2001:db8::1]", NULL), 0);
	assert_string_equal(x.t.uri, "coap://[2001:db8::1]/r");
	assert_int_equal(behind_get("10.77.0.20", NULL), 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
	assert_int_equal(behind_get("127.0.0.1", NULL), GCOAP_NOT_PROXY);
	/* members of the group need no row of their own */
	assert_int_equal(behind_get("198.51.100.7", "\x16\x35"), GCOAP_NOT_PROXY);
	x.groups[0].members = &member;
	x.groups[0].n_members = 1;
	assert_int_equal(behind_get("198.51.100.7", "\x16\x35"), 0);
	assert_int_equal(path_get("cp/coap://198.51.100.7:5685/r"), 0);
	assert_int_equal(behind_get("224.0.1.187", NULL), 0);
	assert_int_equal(x.t.kind, GCOAP__GROUP);
}

/* Block @num of a body of the row's group, asked of one server. */
static int member_get(const char *host, uint8_t num)
{
	char block = (char)(num << 4 | 6);

	tx_get(&x);
	tx_text(&x, GCOAP_URI_HOST, host);
	tx_text(&x, GCOAP_URI_PATH, "proxy");
	tx_text(&x, GCOAP_URI_PATH, "lights");
	tx_option(&x, GCOAP_BLOCK2, &block, 1);
	return tx_judge(&x);
}

static void the_rest_of_a_body_is_that_of_one_server_below_the_row(void **state)
{
	assert_int_equal(member_get("192.0.2.1", 1), 0);
	assert_int_equal(x.t.kind, GCOAP__SERVER);
	assert_string_equal(x.t.uri, "coap://192.0.2.1/r");
	assert_int_equal(member_get("127.0.0.1", 1), GCOAP_NOT_PROXY);
	assert_int_equal(member_get("10.77.0.20", 1), GCOAP_BAD_REQUEST);
	assert_int_equal(member_get("192.0.2.1", 0), 0);
	assert_int_equal(x.t.kind, GCOAP__GROUP);
	x.config.standin = GCOAP_STANDIN_C;
	assert_int_equal(member_get("192.0.2.1", 0), 0);
	assert_string_equal(x.t.uri, "coap://192.0.2.1/r");
}

/* ---- who answered ---- */

static void stands_in(enum gcoap_standin mode, const char *server, const char *tiloca,
		      const char *ietf)
{
	const char *want[2] = { tiloca, ietf };
	struct gcoap_origin origin = { .addr = tx_addr(server) };
	uint8_t buf[128];
	char hex[257];

	x.config.standin = mode;
	for (size_t i = 0; i < 2; i++) {
		int n = gcoap__standin(&x.config, &x.t, &x.client, &gcoap_dialects[i], &origin, buf,
				       sizeof(buf));

		if (!want[i]) {
			assert_int_equal(n, GCOAP_ENOTFOUND);
			continue;
		}
		assert_true(n > 0);
		gcoap_hex_encode((struct gcoap_bytes){ buf, (size_t)n }, hex, sizeof(hex));
		assert_string_equal(hex, want[i]);
		assert_int_equal(gcoap__standin(&x.config, &x.t, &x.client, &gcoap_dialects[i],
						&origin, buf, (size_t)n - 1), GCOAP_ESPACE);
	}
}

static void over_tcp(const char *local)
{
	x.client.transport = GCOAP_SCHEME_COAP_TCP;
	x.client.local = tx_addr(local);
	x.t.reversed = true;
}

static void in_mode_a_servers_are_themselves(void **state)
{
	x.t.reversed = true;
	stands_in(GCOAP_STANDIN_A, "192.0.2.1:5685", "8301d9010444c0000201191635",
		  "82208244c0000201191635");
	stands_in(GCOAP_STANDIN_A, "192.0.2.1", "8301d9010444c0000201191633", "82208144c0000201");
	over_tcp("2001:db8::100");
	stands_in(GCOAP_STANDIN_A, "2001:db8::1",
		  "8301d901045020010db8000000000000000000000001191633",
		  "8220815020010db8000000000000000000000001");
	stands_in(GCOAP_STANDIN_A, "[2001:db8::1]:5685",
		  "8301d901045020010db8000000000000000000000001191635",
		  "8220825020010db8000000000000000000000001191635");
}

static void in_mode_b_aliases_stand_for_them(void **state)
{
	use_aliases();
	over_tcp("2001:db8::100");
	/* what clients of another transport are told is of no use to this one */
	stands_in(GCOAP_STANDIN_B, "2001:db8::1", NULL, NULL);
	aliases[0].scheme = GCOAP_SCHEME_COAP_TCP;
	stands_in(GCOAP_STANDIN_B, "2001:db8::1",
		  "8303d901045020010db80000000000000000000000d1191633",
		  "8226815020010db80000000000000000000000d1");
	stands_in(GCOAP_STANDIN_B, "[2001:db8::1]:5685", NULL, NULL);
	/* an alias for every port is told with the one that was used */
	aliases[0].ours.port = 0;
	x.client.local = tx_addr("[2001:db8::100]:5699");
	stands_in(GCOAP_STANDIN_B, "2001:db8::1",
		  "8303d901045020010db80000000000000000000000d1191643",
		  "8226825020010db80000000000000000000000d1191643");
}

static void in_mode_c_they_are_behind_the_proxy(void **state)
{
	over_tcp("2001:db8::100");
	stands_in(GCOAP_STANDIN_C, "2001:db8::1",
		  "8303d901045020010db8000000000000000000000001191633",
		  "8226815020010db800000000000000000000010082f682"
		  "5020010db8000000000000000000000001191633");
}

static void a_forward_proxy_stands_for_nobody(void **state)
{
	use_aliases();
	over_tcp("2001:db8::100");
	x.t.reversed = false;
	for (int mode = GCOAP_STANDIN_A; mode <= GCOAP_STANDIN_C; mode++)
		stands_in((enum gcoap_standin)mode, "192.0.2.1:5685",
			  "8301d9010444c0000201191635", "82208244c0000201191635");
}

/* What a client of mode C makes of Reply-From leads back to the server. */
static void the_way_back_leads_to_the_server(void **state)
{
	struct gcoap_origin origin = { .addr = tx_addr("[2001:db8::7]:61616") }, told;
	char host[GCOAP_ADDR_TEXT], text[GCOAP_ADDR_TEXT + 2];
	uint8_t buf[128], port[2];
	int n;

	x.config.standin = GCOAP_STANDIN_C;
	x.t.reversed = true;
	n = gcoap__standin(&x.config, &x.t, &x.client, &gcoap_dialects[1], &origin, buf,
			   sizeof(buf));
	assert_int_equal(gcoap_reply_from_decode((struct gcoap_bytes){ buf, (size_t)n }, &told,
						 NULL), 0);
	assert_true(gcoap_addr_equal(&told.addr, &x.client.local));
	snprintf(text, sizeof(text), "[%s]", gcoap_addr_format_host(&told.behind, host));
	port[0] = (uint8_t)(told.behind.port >> 8);
	port[1] = (uint8_t)told.behind.port;
	assert_int_equal(behind_get(text, (const char *)port), 0);
	assert_true(gcoap_addr_equal(&x.t.addr, &origin.addr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_resource_stands_for_a_group, setup),
		cmocka_unit_test_setup(the_longest_path_wins, setup),
		cmocka_unit_test_setup(rows_need_the_allow_list_too, setup),
		cmocka_unit_test_setup(a_host_stands_for_a_group, setup),
		cmocka_unit_test_setup(a_row_can_name_its_group, setup),
		cmocka_unit_test_setup(a_group_uri_is_embedded_in_the_path, setup),
		cmocka_unit_test_setup(embedded_uris_are_judged_like_others, setup),
		cmocka_unit_test_setup(a_forward_proxy_reads_its_own_paths_too, setup),
		cmocka_unit_test_setup(an_alias_stands_for_its_server, setup),
		cmocka_unit_test_setup(an_alias_is_of_one_transport, setup),
		cmocka_unit_test_setup(the_rest_of_a_body_is_that_of_one_server_below_the_row,
				       setup),
		cmocka_unit_test_setup(a_server_behind_the_proxy_is_named_by_uri_host, setup),
		cmocka_unit_test_setup(in_mode_a_servers_are_themselves, setup),
		cmocka_unit_test_setup(in_mode_b_aliases_stand_for_them, setup),
		cmocka_unit_test_setup(in_mode_c_they_are_behind_the_proxy, setup),
		cmocka_unit_test_setup(a_forward_proxy_stands_for_nobody, setup),
		cmocka_unit_test_setup(the_way_back_leads_to_the_server, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
