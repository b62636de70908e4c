/* The request that options describe: values by name, payloads, what a target gets. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "common/ask.h"
#include "common/cli.h"

static struct gcoap_registry registry;
static struct ask_message message;

static int setup(void **state)
{
	cli_start("test");
	cli_quiet(2);
	gcoap_registry_init(&registry);
	memset(&message, 0, sizeof(message));
	message.registry = &registry;
	gcoap_msg_init(&message.msg, GCOAP_NON, GCOAP_GET);
	return 0;
}

static void expect_option(const char *text, uint16_t number, const char *hex)
{
	char have[128];
	const struct gcoap_option *o;

	setup(NULL);
	assert_int_equal(ask_add_option(&message, text), CLI_OK);
	o = gcoap_msg_find(&message.msg, number);
	assert_non_null(o);
	gcoap_hex_encode(o->value, have, sizeof(have));
	assert_string_equal(have, hex);
}

static void option_values_follow_the_registry(void **state)
{
	expect_option("Uri-Path=temp", GCOAP_URI_PATH, "74656d70");
	expect_option("uri-path=12", GCOAP_URI_PATH, "3132");
	expect_option("Max-Age=0", GCOAP_MAX_AGE, "");
	expect_option("Max-Age=300", GCOAP_MAX_AGE, "012c");
	expect_option("14=300", GCOAP_MAX_AGE, "012c");
	expect_option("Accept=cbor", GCOAP_ACCEPT, "3c");
	expect_option("Content-Format=application/senml+json", GCOAP_CONTENT_FORMAT, "6e");
	expect_option("ETag=0xA1b2", GCOAP_ETAG, "a1b2");
	expect_option("ETag=ab", GCOAP_ETAG, "6162");
	expect_option("If-None-Match", GCOAP_IF_NONE_MATCH, "");
	expect_option("Block2=1/0/64", GCOAP_BLOCK2, "12");
	expect_option("Block1=2/1/1024", GCOAP_BLOCK1, "2e");
}

static void unknown_options_take_text_integers_and_bytes(void **state)
{
	expect_option("65001=7", 65001, "07");
	expect_option("65001=x7", 65001, "7837");
	expect_option("65001=0x", 65001, "");
	expect_option("65001", 65001, "");
}

static void bytes_may_be_wrong_on_purpose(void **state)
{
	expect_option("ETag=0x010203040506070809", GCOAP_ETAG, "010203040506070809");
	expect_option("Multi-ETag=0xff", registry.draft[GCOAP_DRAFT_MULTI_ETAG], "ff");
}

static void wrong_values_are_refused(void **state)
{
	static const char *const rows[] = {
		"", "=x", "Nope=1", "0=1", "65536=1", "99999999999=1", "Max-Age=abc",
		"Max-Age=4294967296", "Uri-Port=65536", "ETag=123456789", "ETag=", "ETag=0x1",
		"ETag=0xzz", "If-None-Match=x", "Block2=1/2/64", "Block2=1/0/65", "Block2=x",
		"Block2=1048576/0/64", "Multi-ETag=text", "Accept=nope",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		setup(NULL);
		if (ask_add_option(&message, rows[i]) != CLI_USAGE)
			fail_msg("\"%s\" was taken", rows[i]);
		assert_int_equal(message.msg.n_options, 0);
	}
}

static struct target target(const char *uri, bool group)
{
	struct target t = { .text = uri, .uri = uri, .group = group };

	assert_int_equal(gcoap_uri_parse(&t.parsed, uri, NULL), 0);
	t.to = t.parsed.addr;
	t.to.port = t.parsed.port;
	return t;
}

static void a_target_gets_its_uri_first_and_the_queries_of_the_line_behind(void **state)
{
	static const char *const queries[] = { "c=d" };
	struct ask_args args = ASK_ARGS_DEFAULT;
	struct target t = target("coap://224.0.1.187/a/b?x=y", true);
	const struct gcoap_option *o;
	struct ask_store store;
	struct gcoap_msg msg;
	struct gcoap_ask ask;

	args.request.query = (struct opt_list){ (const char **)queries, 1 };
	assert_int_equal(ask_message_init(&message, &args, &registry), CLI_OK);
	assert_int_equal(ask_target(&message, &args, &t, &msg, &store, &ask), CLI_OK);
	o = gcoap_msg_find(&msg, GCOAP_URI_QUERY);
	assert_memory_equal(o->value.ptr, "x=y", 3);
	o = gcoap_msg_next(&msg, o);
	assert_memory_equal(o->value.ptr, "c=d", 3);
	assert_true(ask.group);
	assert_false(ask.confirmable);
	assert_int_equal(ask.timeout, 7 * GCOAP_SECOND);
	ask_message_clear(&message);
}

static void repeats_prolong_the_default_wait(void **state)
{
	struct target group = target("coap://224.0.1.187/a", true);
	struct target one = target("coap://192.0.2.1/a", false);
	struct ask_args args = { .wait = { .repeat = 2 } };

	assert_int_equal(ask_timeout(&args, &group), 17 * GCOAP_SECOND);
	assert_int_equal(ask_timeout(&args, &one), 30 * GCOAP_SECOND);
	args.wait.timeout = GCOAP_SECOND;
	assert_int_equal(ask_timeout(&args, &group), GCOAP_SECOND);
}

static void what_cannot_go_to_a_group_is_refused(void **state)
{
	struct target t = target("coap://224.0.1.187/a", true);
	struct ask_args args = ASK_ARGS_DEFAULT;
	struct ask_store store;
	struct gcoap_msg msg;
	struct gcoap_ask ask;
	char large[1026];

	args.request.con = true;
	assert_int_equal(ask_message_init(&message, &args, &registry), CLI_OK);
	assert_int_equal(ask_target(&message, &args, &t, &msg, &store, &ask), CLI_USAGE);
	ask_message_clear(&message);

	memset(large, 'x', sizeof(large) - 1);
	large[sizeof(large) - 1] = '\0';
	args.request.con = false;
	args.request.method = "put";
	args.request.payload = large;
	assert_int_equal(ask_message_init(&message, &args, &registry), CLI_OK);
	assert_int_equal(ask_target(&message, &args, &t, &msg, &store, &ask), CLI_USAGE);
	args.body.no_blockwise = true;
	assert_int_equal(ask_target(&message, &args, &t, &msg, &store, &ask), CLI_OK);
	ask_message_clear(&message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(option_values_follow_the_registry, setup),
		cmocka_unit_test_setup(unknown_options_take_text_integers_and_bytes, setup),
		cmocka_unit_test_setup(bytes_may_be_wrong_on_purpose, setup),
		cmocka_unit_test_setup(wrong_values_are_refused, setup),
		cmocka_unit_test_setup(
			a_target_gets_its_uri_first_and_the_queries_of_the_line_behind, setup),
		cmocka_unit_test_setup(repeats_prolong_the_default_wait, setup),
		cmocka_unit_test_setup(what_cannot_go_to_a_group_is_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
