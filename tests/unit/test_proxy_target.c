/* What a proxy reads out of a request: where to, and what is sent there. */
#include "test.h"

#include <stdio.h>

#include "target_fixture.h"

static struct tx x;

static int setup(void **state)
{
	tx_init(&x);
	return 0;
}

static void goes_to(const char *uri, enum gcoap__kind kind, const char *addr)
{
	char text[GCOAP_ADDR_TEXT];

	assert_int_equal(x.refusal.code, 0);
	assert_string_equal(x.t.uri, uri);
	assert_int_equal(x.t.kind, kind);
	assert_string_equal(gcoap_addr_format(&x.t.addr, text), addr);
}

static void refused(int code, const char *why, const char *text)
{
	assert_int_equal(x.refusal.code, code);
	assert_string_equal(x.refusal.why, why);
	if (!strstr(x.refusal.text, text))
		fail_msg("\"%s\" without \"%s\"", x.refusal.text, text);
	assert_false(x.refusal.timeout_option);
	assert_int_equal(x.refusal.max_age, -1);
}

static void sends(uint16_t mid, uint16_t token, const char *hex)
{
	char got[4096];

	assert_string_equal(tx_sent(&x, mid, token, got, sizeof(got)), hex);
}

static void timeout_is(const char *dialect, uint32_t seconds)
{
	assert_non_null(x.t.dialect);
	assert_string_equal(x.t.dialect->name, dialect);
	assert_true(x.t.has_timeout);
	assert_int_equal(x.t.timeout, seconds);
	assert_int_equal(x.t.timeout_empty, seconds == 0);
}

/* Bytes of both dialects: Proxy-Uri and the timeout go, Uri-* come. */
static void a_proxy_uri_becomes_a_group_request(void **state)
{
	tx_hex(&x, "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c");
	assert_int_equal(tx_judge(&x), 0);
	goes_to("coap://224.0.1.187/r", GCOAP__GROUP, "224.0.1.187:5683");
	timeout_is("tiloca-05", 60);
	sends(0x5001, 0x9a01, "520150019a01b172");
	tx_hex(&x, "42011001c0de213cdd1407636f61703a2f2f3232342e302e312e3138372f72");
	assert_int_equal(tx_judge(&x), 0);
	timeout_is("ietf", 60);
	sends(0x5001, 0x9a01, "520150019a01b172");
	tx_hex(&x, "42011040c4dedd1619636f61703a2f2f5b666633353a33303a323030313a6462383a3a"
		   "313233345d3a353638352f72e1fcba3c");
	assert_int_equal(tx_judge(&x), 0);
	goes_to("coap://[ff35:30:2001:db8::1234]:5685/r", GCOAP__GROUP,
		"[ff35:30:2001:db8::1234]:5685");
	sends(0x5001, 0x9a01, "520150019a01b172");
}

static void a_timeout_of_0_and_no_response_go_their_ways(void **state)
{
	tx_hex(&x, "42021002c0dedd1607636f61703a2f2f3232342e302e312e3138372f72d1d21ae0fbdbff6f6e");
	assert_int_equal(tx_judge(&x), 0);
	timeout_is("tiloca-05", 0);
	sends(0x5002, 0x9a02, "520250029a02b172d1ea1aff6f6e");
	tx_hex(&x, "42021002c0de20dd1407636f61703a2f2f3232342e302e312e3138372f72d1d21aff6f6e");
	assert_int_equal(tx_judge(&x), 0);
	timeout_is("ietf", 0);
	sends(0x5002, 0x9a02, "520250029a02b172d1ea1aff6f6e");
}

static void a_proxy_scheme_says_the_same(void **state)
{
	tx_hex(&x, "42011006c0de3b3232342e302e312e3138374216354172d40f636f6170e1fcb63c");
	assert_int_equal(tx_judge(&x), 0);
	goes_to("coap://224.0.1.187:5685/r", GCOAP__GROUP, "224.0.1.187:5685");
	timeout_is("tiloca-05", 60);
	sends(0x5001, 0x9a01, "520150019a01b172");
}

static void an_early_stop_request_is_seen(void **state)
{
	tx_hex(&x, "42011005c0de20");
	assert_int_equal(tx_read(&x), 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
	timeout_is("ietf", 0);
	assert_int_equal(x.t.msg.n_options, 0);
}

static void an_observation_is_kept_as_asked(void **state)
{
	tx_hex(&x, "42011010c1de60dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c");
	assert_int_equal(tx_judge(&x), 0);
	sends(0x5001, 0x9a01, "520150019a01605172");
	tx_hex(&x, "42011011c1de6101dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c");
	assert_int_equal(tx_judge(&x), 0);
	sends(0x5001, 0x9a01, "520150019a0161015172");
}

static void faulty_timeouts_are_as_none(void **state)
{
	static const uint8_t five[5] = { 1 };

	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	assert_int_equal(tx_judge(&x), 0);
	assert_null(x.t.dialect);
	tx_option(&x, 65002, five, 5);
	assert_int_equal(tx_judge(&x), 0);
	assert_false(x.t.has_timeout);
	assert_string_equal(x.t.dialect->name, "tiloca-05");
	assert_null(gcoap_msg_find(&x.t.msg, 65002));
	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	tx_option(&x, 2, five, 1);
	tx_option(&x, 2, five, 1);
	assert_int_equal(tx_judge(&x), 0);
	assert_false(x.t.has_timeout);
	assert_string_equal(x.t.dialect->name, "ietf");
	/* one of them is usable: that counts */
	tx_option(&x, 65002, five, 1);
	assert_int_equal(tx_judge(&x), 0);
	timeout_is("tiloca-05", 1);
	assert_int_equal(x.t.msg.n_options, 1);
}

static void numbers_of_draft_options_can_be_others(void **state)
{
	static const uint8_t nine = 9;

	assert_int_equal(gcoap_registry_set(&x.registry, "Multicast-Signaling", 65006), 0);
	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	tx_option(&x, 65006, &nine, 1);
	assert_int_equal(tx_judge(&x), 0);
	timeout_is("tiloca-05", 9);
	tx_option(&x, 65002, &nine, 1);
	assert_int_equal(tx_judge(&x), GCOAP_BAD_OPTION);
	refused(GCOAP_BAD_OPTION, "bad-option", "option 65002");
}

static void what_is_safe_goes_through_and_what_ends_here_does_not(void **state)
{
	static const uint8_t v[2] = { 0xa1, 0xb2 };
	static const uint16_t kept[] = { GCOAP_ETAG, GCOAP_OBSERVE, GCOAP_OSCORE, GCOAP_ACCEPT,
					 GCOAP_BLOCK2, GCOAP_NO_RESPONSE, 65004, 65012, 65001 };
	static const uint16_t gone[] = { 2, 24, GCOAP_MAX_AGE, 65002, 65008 };

	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		tx_option(&x, kept[i], kept[i] == GCOAP_BLOCK2 ? (const void *)"\x06" : v, 1);
	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
		tx_option(&x, gone[i], v, 1);
	assert_int_equal(tx_judge(&x), 0);
	assert_int_equal(x.t.msg.n_options, sizeof(kept) / sizeof(kept[0]) + 1);
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		assert_non_null(gcoap_msg_find(&x.t.msg, kept[i]));
	for (size_t i = 1; i < x.t.msg.n_options; i++)
		assert_true(x.t.msg.options[i - 1].number <= x.t.msg.options[i].number);
}

static void elective_options_with_faults_are_ignored(void **state)
{
	uint8_t v[41] = { 0 };

	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	tx_option(&x, GCOAP_OBSERVE, v, 4);	/* unsafe: not sent on */
	tx_option(&x, GCOAP_NO_RESPONSE, v, 2);
	tx_option(&x, GCOAP_ECHO, v, 41);	/* safe: sent on */
	tx_option(&x, GCOAP_REQUEST_TAG, v, 9);
	tx_option(&x, GCOAP_CONTENT_FORMAT, v, 3);
	assert_int_equal(tx_judge(&x), 0);
	assert_int_equal(x.t.msg.n_options, 4);
	assert_null(gcoap_msg_find(&x.t.msg, GCOAP_OBSERVE));
	assert_null(gcoap_msg_find(&x.t.msg, GCOAP_NO_RESPONSE));
}

static void one_option_is_refused(uint16_t number, size_t len, const char *text)
{
	static const uint8_t v[1200];

	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	tx_option(&x, number, v, len);
	assert_int_equal(tx_judge(&x), GCOAP_BAD_OPTION);
	refused(GCOAP_BAD_OPTION, "bad-option", text);
}

static void what_is_unsafe_and_not_known_is_named(void **state)
{
	one_option_is_refused(65006, 0, "option 65006: not known");
	one_option_is_refused(65011, 1, "option 65011: not known");
	one_option_is_refused(GCOAP_ACCEPT, 3, "option 17: ");
	one_option_is_refused(GCOAP_IF_MATCH, 9, "option 1: ");
	one_option_is_refused(GCOAP_Q_BLOCK1, 1, "option 19: not supported");
	one_option_is_refused(GCOAP_Q_BLOCK2, 1, "option 31: not supported");
	one_option_is_refused(GCOAP_URI_HOST, 1, "option 3: another");
	one_option_is_refused(GCOAP_URI_PORT, 1, "option 7: another");
	one_option_is_refused(GCOAP_URI_PATH, 1, "option 11: another");
	one_option_is_refused(GCOAP_URI_PATH_ABBREV, 1, "option 13: another");
	one_option_is_refused(GCOAP_URI_QUERY, 1, "option 15: another");
	one_option_is_refused(GCOAP_PROXY_CRI, 8, "option 235: another");
	one_option_is_refused(GCOAP_PROXY_SCHEME, 4, "option 39: another");
	one_option_is_refused(GCOAP_PROXY_SCHEME_NUMBER, 0, "option 239: another");
	one_option_is_refused(65004, 1025, "option 65004: more than 1024 bytes");
}

static void etags_have_a_limit(void **state)
{
	static const uint16_t etags[] = { GCOAP_ETAG, 24, 65008 };

	for (size_t i = 0; i < 3; i++) {
		tx_get(&x);
		tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
		for (uint8_t n = 1; n <= 8; n++)
			tx_option(&x, etags[i], &n, 1);
		assert_int_equal(tx_judge(&x), 0);
		tx_option(&x, etags[i], "9", 1);
		assert_int_equal(tx_judge(&x), GCOAP_BAD_OPTION);
		refused(GCOAP_BAD_OPTION, "bad-option", "more than 8");
	}
}

static void uri(const char *text, int code)
{
	int got = tx_uri(&x, text);

	if (got != code)
		fail_msg("%s: %d, not %d", text, got, code);
}

static void bad_uris_are_bad_requests(void **state)
{
	char longest[GCOAP_URI_MAX + 1] = "coap://";

	uri("coap://", GCOAP_BAD_REQUEST);
	uri("coap:///r", GCOAP_BAD_REQUEST);
	uri("coap:/r", GCOAP_BAD_REQUEST);
	uri("coap:224.0.1.187", GCOAP_BAD_REQUEST);
	uri("coap://224.0.1.187/a b", GCOAP_BAD_REQUEST);
	uri("coap://224.0.1.187/%zz", GCOAP_BAD_REQUEST);
	uri("coap://224.0.1.187/r#f", GCOAP_BAD_REQUEST);
	uri("coap://224.0.1.187/../r", GCOAP_BAD_REQUEST);
	uri("coap://224.0.1.187:0/r", GCOAP_BAD_REQUEST);
	uri("coap://224.0.1.187:65536/r", GCOAP_BAD_REQUEST);
	uri("coap://u@224.0.1.187/r", GCOAP_BAD_REQUEST);
	uri("coap://[ff02::fd%25eth0]/r", GCOAP_BAD_REQUEST);
	uri("coap://224.0.1.187/%ff", GCOAP_BAD_REQUEST);
	memset(longest + 7, 'a', 900);
	uri(longest, GCOAP_BAD_REQUEST);
	assert_int_equal(tx_uri(&x, "coaps://224.0.1.187/r"), GCOAP_BAD_REQUEST);
	refused(GCOAP_BAD_REQUEST, "scheme", "coaps does not go to a group");
	tx_get(&x);
	tx_option(&x, GCOAP_PROXY_URI, "coap://224.0.1.187\0/r", 21);
	assert_int_equal(tx_judge(&x), GCOAP_BAD_REQUEST);
}

static void schemes_that_are_not_spoken_are_refused(void **state)
{
	uri("http://192.0.2.1/", GCOAP_NOT_PROXY);
	uri("https://224.0.1.187/", GCOAP_NOT_PROXY);
	uri("javascript:alert(1)", GCOAP_NOT_PROXY);
	uri("//192.0.2.1/r", GCOAP_NOT_PROXY);
	uri("192.0.2.1/r", GCOAP_NOT_PROXY);
	uri("192.0.2.1:5683/r", GCOAP_NOT_PROXY);
	uri("host:5683/r", GCOAP_NOT_PROXY);
	uri("r", GCOAP_NOT_PROXY);
	uri("file:///etc/passwd", GCOAP_NOT_PROXY);
	uri("coaps://192.0.2.1/r", GCOAP_NOT_PROXY);
	uri("coap+tcp://192.0.2.1/r", GCOAP_NOT_PROXY);
	uri("coap+tcp://192.0.2.1/a b", GCOAP_NOT_PROXY);
	uri("COAP://192.0.2.1/r", 0);
}

static void a_name_goes_along_as_uri_host(void **state)
{
	struct gcoap_addr found = tx_addr("192.0.2.7:9");

	assert_int_equal(tx_uri(&x, "coap://Group2.COM:5690/a/b%2Fc?x=%26&y"), 0);
	assert_int_equal(x.t.kind, GCOAP__NAMED);
	assert_string_equal(x.t.host, "group2.com");
	assert_string_equal(x.t.uri, "coap://group2.com:5690/a/b%2Fc?x=%26&y");
	sends(1, 0x0102, "5201000101023a67726f7570322e636f6d8161"
			 "03622f6343783d260179");
	assert_int_equal(gcoap__target_resolved(&x.config, &x.t, &found, &x.refusal), 0);
	goes_to("coap://group2.com:5690/a/b%2Fc?x=%26&y", GCOAP__SERVER, "192.0.2.7:5690");
	assert_int_equal(gcoap__policy(&x.config, &x.client, &x.t, &x.refusal), 0);
	assert_int_equal(gcoap__target_resolved(&x.config, &x.t, NULL, &x.refusal),
			 GCOAP_BAD_GATEWAY);
	refused(GCOAP_BAD_GATEWAY, "resolve", "no address");
}

static void a_name_of_the_allow_list_is_not_looked_up(void **state)
{
	tx_allow_group(&x, "coap://group1.com/r", "224.0.1.190");
	x.groups[3].ifindex = 7;
	assert_int_equal(tx_uri(&x, "coap://GROUP1.com/r/x"), 0);
	goes_to("coap://group1.com/r/x", GCOAP__GROUP, "224.0.1.190:5683");
	assert_int_equal(x.t.ifindex, 7);
	assert_ptr_equal(x.t.group, &x.groups[3]);
	assert_int_equal(tx_uri(&x, "coap://group1.com:5999/r"), 0);
	assert_int_equal(x.t.kind, GCOAP__NAMED);
}

static void scheme_get(const char *host, const char *scheme)
{
	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_SCHEME, scheme);
	if (host)
		tx_text(&x, GCOAP_URI_HOST, host);
	tx_text(&x, GCOAP_URI_PATH, "a%2e/b");
	tx_text(&x, GCOAP_URI_QUERY, "q");
}

static void a_scheme_goes_with_hosts_of_every_kind(void **state)
{
	scheme_get("[FF35:30:2001:DB8:0::1234]", "coap");
	tx_option(&x, GCOAP_URI_PORT, "\x16\x35", 2);
	assert_int_equal(tx_judge(&x), 0);
	goes_to("coap://[ff35:30:2001:db8::1234]:5685/a%252e%2Fb?q", GCOAP__GROUP,
		"[ff35:30:2001:db8::1234]:5685");
	scheme_get("2001:db8::5", "CoAP");
	assert_int_equal(tx_judge(&x), 0);
	goes_to("coap://[2001:db8::5]/a%252e%2Fb?q", GCOAP__SERVER, "[2001:db8::5]:5683");
	scheme_get("Sensor.Example", "coap");
	assert_int_equal(tx_judge(&x), 0);
	assert_int_equal(x.t.kind, GCOAP__NAMED);
	assert_string_equal(x.t.uri, "coap://sensor.example/a%252e%2Fb?q");
	assert_true(gcoap_bytes_equal(gcoap_msg_find(&x.t.msg, GCOAP_URI_HOST)->value,
				      gcoap_bytes_text("sensor.example")));
}

static void a_scheme_with_a_bad_host_is_refused(void **state)
{
	static const char *const hosts[] = {
		"a/b", "u@h", "h:80", "fe80::1%eth0", "[::1", "[::1]x", "127.1", "x..y",
		"x.", "a\nb", "0x7f.0.0.1", "[127.0.0.1]", "::ffff:1:2:3:4:5:6:7:8", "a\xff",
		"127%2e0.0.1",
	};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		scheme_get(hosts[i], "coap");
		if (tx_judge(&x) != GCOAP_BAD_REQUEST)
			fail_msg("%s", hosts[i]);
	}
	scheme_get("192.0.2.1", "http");
	assert_int_equal(tx_judge(&x), GCOAP_NOT_PROXY);
	scheme_get("192.0.2.1", "gopher");
	assert_int_equal(tx_judge(&x), GCOAP_NOT_PROXY);
	scheme_get("224.0.1.187", "coaps");
	assert_int_equal(tx_judge(&x), GCOAP_BAD_REQUEST);
	scheme_get("192.0.2.1", "coap");
	tx_option(&x, GCOAP_URI_PORT, "", 0);
	assert_int_equal(tx_judge(&x), GCOAP_BAD_REQUEST);
	scheme_get("192.0.2.1", "coap");
	tx_option(&x, GCOAP_URI_PORT, "\1\0\0", 3);
	assert_int_equal(tx_judge(&x), GCOAP_BAD_OPTION);
}

static void a_scheme_number_is_a_scheme(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int code;
	} cases[] = { { "", 0, 0 },
		      { "\1", 1, GCOAP_BAD_REQUEST }, /* coaps, to a group */
		      { "\2", 1, GCOAP_NOT_PROXY },
		      { "\x63", 1, GCOAP_NOT_PROXY },
		      { "\1\2\3\4", 4, GCOAP_BAD_OPTION } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tx_get(&x);
		tx_text(&x, GCOAP_URI_HOST, "224.0.1.187");
		tx_option(&x, GCOAP_PROXY_SCHEME_NUMBER, cases[i].bytes, cases[i].len);
		assert_int_equal(tx_judge(&x), cases[i].code);
	}
}

static void cri(const char *hex, int code, const char *text)
{
	uint8_t buf[256];
	int n = gcoap_hex_decode(hex, strlen(hex), buf, sizeof(buf));

	tx_get(&x);
	tx_option(&x, GCOAP_PROXY_CRI, buf, (size_t)n);
	if (tx_judge(&x) != code)
		fail_msg("%s: %d (%s), not %d", hex, x.refusal.code, x.refusal.text, code);
	if (!strstr(code ? x.refusal.text : x.t.uri, text))
		fail_msg("%s: %s", hex, code ? x.refusal.text : x.t.uri);
}

static void a_cri_names_the_target(void **state)
{
	cri("82208144e00001bb", 0, "coap://224.0.1.187");
	cri("83208244e00001bb191635816172", 0, "coap://224.0.1.187:5685/r");
	cri("832082"
	    "50ff35003020010db80000000000001234"
	    "191635816172", 0, "coap://[ff35:30:2001:db8::1234]:5685/r");
	cri("8320826667726f75703263636f6d826161632f2e2e", 0, "coap://group2.com/a/%2F..");
	cri("84208144e00001bb8161728263612662617a", 0, "coap://224.0.1.187/r?a%26b");
	cri("84208144c0000201f6816171", 0, "coap://192.0.2.1?q");
	cri("85208144c000020180816171f6", 0, "coap://192.0.2.1?q");
	cri("8264636f61708144c0000201", 0, "coap://192.0.2.1");
	/* mapped, and made of labels */
	cri("82208150" "00000000000000000000ffffe00001bb", 0, "coap://224.0.1.187");
	cri("82208463323234613061316331383700", GCOAP_BAD_REQUEST, "Proxy-Cri");
	cri("8220846332323461306131633138" "37", 0, "coap://224.0.1.187");
}

static void a_bad_cri_is_a_bad_request(void **state)
{
	cri("20", GCOAP_BAD_REQUEST, "a CRI of scheme and authority");
	cri("8120", GCOAP_BAD_REQUEST, "a CRI of scheme and authority");
	cri("82f68144c0000201", GCOAP_BAD_REQUEST, "a scheme");
	cri("82208143c00002", GCOAP_BAD_REQUEST, "an address has");
	cri("82208244c000020100", GCOAP_BAD_REQUEST, "a port");
	cri("822083f461" "7544c0000201", GCOAP_BAD_REQUEST, "user information");
	cri("83208144c000020181622e2e", GCOAP_BAD_REQUEST, "not path segments");
	cri("85208144c0000201f6f66166", GCOAP_BAD_REQUEST, "a fragment");
	cri("8220824" "4c000020163" "657468", GCOAP_BAD_REQUEST, "");
	cri("82208250fe8000000000000000000000000000016465746830", GCOAP_BAD_REQUEST, "zone");
	cri("82208144c000020100", GCOAP_BAD_REQUEST, "");
	cri("9bffffffffffffffff", GCOAP_BAD_REQUEST, "");
	cri("82228144c0000201", GCOAP_NOT_PROXY, "http");
	cri("8266676f706865728144c0000201", GCOAP_NOT_PROXY, "unknown scheme");
	cri("82218144e00001bb", GCOAP_BAD_REQUEST, "does not go to a group");
	cri("82208163610062", GCOAP_BAD_REQUEST, ""); /* a NUL in a label */
}

static void our_own_authority_is_local(void **state)
{
	assert_int_equal(tx_uri(&x, "coap://10.77.0.20/.well-known/core?rt=x"), 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
	assert_string_equal(x.t.uri, "");
	assert_int_equal(x.t.msg.n_options, 3);
	assert_int_equal(tx_uri(&x, "coap://[::ffff:10.77.0.20]:5683/"), 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
	/* another port of ours is nobody's business */
	assert_int_equal(tx_uri(&x, "coap://10.77.0.20:5690/"), GCOAP_NOT_PROXY);
	scheme_get(NULL, "coap");
	assert_int_equal(tx_judge(&x), GCOAP_BAD_REQUEST);
	refused(GCOAP_BAD_REQUEST, "bad-uri", "needs a Uri-Host");
}

static void requests_to_ourselves_must_be_known_wholly(void **state)
{
	tx_get(&x);
	tx_option(&x, 65001, "", 0);
	assert_int_equal(tx_read(&x), GCOAP_BAD_OPTION);
	refused(GCOAP_BAD_OPTION, "bad-option", "option 65001");
	tx_get(&x);
	tx_option(&x, GCOAP_OSCORE, "", 0);
	assert_int_equal(tx_read(&x), GCOAP_BAD_OPTION);
	tx_get(&x);
	tx_option(&x, GCOAP_BLOCK2, "\7", 1);
	assert_int_equal(tx_read(&x), GCOAP_BAD_REQUEST);
	tx_get(&x);
	tx_option(&x, GCOAP_URI_PATH_ABBREV, "\5", 1);
	assert_int_equal(tx_read(&x), GCOAP_BAD_OPTION);
	tx_get(&x);
	tx_option(&x, GCOAP_URI_PATH_ABBREV, "", 0);
	assert_int_equal(tx_read(&x), 0);
	sends(1, 0x0102, "520100010102bb2e77656c6c2d6b6e6f776e04636f7265");
	tx_text(&x, GCOAP_URI_PATH, "a");
	assert_int_equal(tx_read(&x), GCOAP_BAD_OPTION);
}

static void no_forward_proxy_refuses_all_of_them(void **state)
{
	x.config.forward = false;
	uri("coap://224.0.1.187/r", GCOAP_NOT_PROXY);
	uri("coap://u@", GCOAP_NOT_PROXY);
	refused(GCOAP_NOT_PROXY, "not-forward", "not a forward-proxy");
	scheme_get("192.0.2.1", "coap");
	assert_int_equal(tx_judge(&x), GCOAP_NOT_PROXY);
	cri("82208144e00001bb", GCOAP_NOT_PROXY, "not a forward-proxy");
	uri("coap://10.77.0.20/", 0);
	assert_int_equal(x.t.kind, GCOAP__LOCAL);
}

static void hop(const char *value, size_t len, int code, int left)
{
	const struct gcoap_option *o;

	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	if (value)
		tx_option(&x, GCOAP_HOP_LIMIT, value, len);
	assert_int_equal(tx_judge(&x), code);
	o = gcoap_msg_find(&x.t.msg, GCOAP_HOP_LIMIT);
	if (!code && left)
		assert_int_equal(o->value.ptr[0], left);
	else if (!code)
		assert_null(o);
}

static void hops_are_counted(void **state)
{
	hop("\2", 1, 0, 1);
	hop("\xff", 1, 0, 254);
	hop("\1", 1, GCOAP_HOP_LIMIT_REACHED, 0);
	assert_true(strlen(x.refusal.text) <= 200);
	hop("\0", 1, GCOAP_BAD_REQUEST, 0);
	hop("", 0, GCOAP_BAD_REQUEST, 0);
	hop("\0\2", 2, GCOAP_BAD_REQUEST, 0);
	hop(NULL, 0, 0, 0);
	x.config.next_proxy = tx_addr("10.77.0.21");
	hop(NULL, 0, 0, 16);
	hop("\3", 1, 0, 2);
	/* a resource of ours is no hop further */
	tx_get(&x);
	tx_option(&x, GCOAP_HOP_LIMIT, "\1", 1);
	assert_int_equal(tx_read(&x), 0);
}

static void the_longest_uri_fits_and_no_longer_one(void **state)
{
	char text[GCOAP_URI_MAX + 2] = "coap://192.0.2.1";
	uint8_t wide[255];

	for (size_t n = strlen(text); n < GCOAP_URI_MAX; n++)
		text[n] = n % 200 == 16 ? '/' : 'a';
	uri(text, 0);
	assert_string_equal(x.t.uri, text);
	/* each byte is written as three */
	memset(wide, 1, sizeof(wide));
	tx_get(&x);
	tx_text(&x, GCOAP_PROXY_SCHEME, "coap");
	tx_text(&x, GCOAP_URI_HOST, "192.0.2.1");
	tx_option(&x, GCOAP_URI_PATH, wide, 255);
	assert_int_equal(tx_judge(&x), 0);
	tx_option(&x, GCOAP_URI_PATH, wide, 255);
	assert_int_equal(tx_judge(&x), GCOAP_BAD_REQUEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_proxy_uri_becomes_a_group_request, setup),
		cmocka_unit_test_setup(a_timeout_of_0_and_no_response_go_their_ways, setup),
		cmocka_unit_test_setup(a_proxy_scheme_says_the_same, setup),
		cmocka_unit_test_setup(an_early_stop_request_is_seen, setup),
		cmocka_unit_test_setup(an_observation_is_kept_as_asked, setup),
		cmocka_unit_test_setup(faulty_timeouts_are_as_none, setup),
		cmocka_unit_test_setup(numbers_of_draft_options_can_be_others, setup),
		cmocka_unit_test_setup(what_is_safe_goes_through_and_what_ends_here_does_not, setup),
		cmocka_unit_test_setup(elective_options_with_faults_are_ignored, setup),
		cmocka_unit_test_setup(what_is_unsafe_and_not_known_is_named, setup),
		cmocka_unit_test_setup(etags_have_a_limit, setup),
		cmocka_unit_test_setup(bad_uris_are_bad_requests, setup),
		cmocka_unit_test_setup(schemes_that_are_not_spoken_are_refused, setup),
		cmocka_unit_test_setup(a_name_goes_along_as_uri_host, setup),
		cmocka_unit_test_setup(a_name_of_the_allow_list_is_not_looked_up, setup),
		cmocka_unit_test_setup(a_scheme_goes_with_hosts_of_every_kind, setup),
		cmocka_unit_test_setup(a_scheme_with_a_bad_host_is_refused, setup),
		cmocka_unit_test_setup(a_scheme_number_is_a_scheme, setup),
		cmocka_unit_test_setup(a_cri_names_the_target, setup),
		cmocka_unit_test_setup(a_bad_cri_is_a_bad_request, setup),
		cmocka_unit_test_setup(our_own_authority_is_local, setup),
		cmocka_unit_test_setup(requests_to_ourselves_must_be_known_wholly, setup),
		cmocka_unit_test_setup(no_forward_proxy_refuses_all_of_them, setup),
		cmocka_unit_test_setup(hops_are_counted, setup),
		cmocka_unit_test_setup(the_longest_uri_fits_and_no_longer_one, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
