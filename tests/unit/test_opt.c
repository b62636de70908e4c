/* Options: rows, precedence, refusals. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "common/cli.h"
#include "common/config.h"
#include "common/opt.h"
#include "common/suggest.h"

struct ask {
	gcoap_time timeout;
	uint32_t expect;
	bool first;
	int verbose;
	const char *format, *payload;
	struct opt_list interfaces, options;
	uint64_t body;
	double loss;
	const char *called;
};

static int call(void *group, const char *text)
{
	struct ask *a = group;

	if (!strcmp(text, "bad")) {
		cli_usage("--call: bad");
		return -1;
	}
	a->called = text;
	return 0;
}

#define AT(member) offsetof(struct ask, member)
static const struct opt rows[] = {
	{ 't', "timeout", "DUR", "last moment", OPT_DURATION, AT(timeout), "T_TIMEOUT", "7s" },
	{ 'n', "expect", "N", "servers", OPT_UINT, AT(expect) },
	{ 0, "first", NULL, "first answer", OPT_FLAG, AT(first) },
	{ 'v', "verbose", NULL, "more", OPT_COUNT, AT(verbose) },
	{ 0, "format", "FORMAT", "format", OPT_CHOICE, AT(format), .choices = "table jsonl json" },
	{ 'p', "payload", "X", "payload", OPT_STRING, AT(payload) },
	{ 'i', "interface", "IF", "interface", OPT_LIST, AT(interfaces), "T_IF" },
	{ 'O', "option", "NAME=VAL", "option", OPT_MULTI, AT(options), "T_OPTIONS" },
	{ 0, "max-body", "SIZE", "size", OPT_SIZE, AT(body) },
	{ 0, "loss", "%", "loss", OPT_PERCENT, AT(loss) },
	{ 0, "call", "X", "call", OPT_CALL, .call = call },
	{ 0, "netns", NULL, "run", OPT_FLAG, AT(first), .end_of_options = true },
	{ 0 },
};
static const struct opt_group groups[] = { { "Ask", rows, 0 }, { 0 } };
static const struct opt_command command = { "gcoap-get", "[OPTION]... TARGET...", "promise",
					    NULL, groups };

static char **operands;
static int n_operands;

static int run(struct ask *a, ...)
{
	static char *argv[32];
	va_list ap;
	int argc = 0, r;

	argv[argc++] = "gcoap-get";
	va_start(ap, a);
	while ((argv[argc] = va_arg(ap, char *)))
		argc++;
	va_end(ap);
	memset(a, 0, sizeof(*a));
	operands = argv;
	r = opt_parse(&command, &argc, &operands, a);
	n_operands = argc;
	return r;
}
#define RUN(...) run(&a, __VA_ARGS__, NULL)

static int setup(void **state)
{
	setenv("GCOAP_CONFIG", "none", 1);
	cli_start("gcoap-get");
	cli_quiet(2);
	return 0;
}

static void every_type_of_row_fills_its_member(void **state)
{
	struct ask a;

	assert_int_equal(RUN("-t", "300ms", "-n5", "--first", "-vvv", "--format", "json", "-p", "",
			     "-i", "eth0,eth1", "-i", "lo", "-O", "a=b,c", "-O", "d", "--max-body=64k",
			     "--loss", "2.5%", "--call", "x", "coap://x/y"), OPT_RUN);
	assert_int_equal(a.timeout, 300 * GCOAP_MS);
	assert_int_equal(a.expect, 5);
	assert_true(a.first);
	assert_int_equal(a.verbose, 3);
	assert_string_equal(a.format, "json");
	assert_string_equal(a.payload, "");
	assert_int_equal(a.interfaces.n, 3);
	assert_string_equal(a.interfaces.items[1], "eth1");
	assert_string_equal(a.interfaces.items[2], "lo");
	assert_int_equal(a.options.n, 2);
	assert_string_equal(a.options.items[0], "a=b,c");
	assert_int_equal(a.body, 65536);
	assert_true(a.loss == 2.5);
	assert_string_equal(a.called, "x");
	assert_int_equal(n_operands, 1);
	assert_string_equal(operands[0], "coap://x/y");
	assert_true(opt_given("timeout"));
	assert_false(opt_given("netns"));
}

static void letters_combine_and_two_dashes_end_the_options(void **state)
{
	struct ask a;

	assert_int_equal(RUN("-vvt", "2", "one", "-v", "--", "-v", "two"), OPT_RUN);
	assert_int_equal(a.verbose, 3);
	assert_int_equal(a.timeout, 2 * GCOAP_SECOND);
	assert_int_equal(n_operands, 3);
	assert_string_equal(operands[1], "-v");
}

static void a_command_behind_netns_keeps_its_options(void **state)
{
	struct ask a;

	assert_int_equal(RUN("--netns", "-v", "ls", "-l", "-v"), OPT_RUN);
	assert_int_equal(a.verbose, 1);
	assert_int_equal(n_operands, 3);
	assert_string_equal(operands[1], "-l");
}

static void what_is_not_an_option_is_refused(void **state)
{
	struct ask a;

	assert_int_equal(RUN("--timout", "3"), CLI_USAGE);
	assert_int_equal(RUN("-x"), CLI_USAGE);
	assert_int_equal(RUN("-vx"), CLI_USAGE);
	assert_int_equal(RUN("--f"), CLI_USAGE);
	assert_int_equal(RUN("--first=yes"), CLI_USAGE);
	assert_int_equal(RUN("--timeout"), CLI_USAGE);
	assert_int_equal(RUN("-t"), CLI_USAGE);
}

static void bad_values_are_refused(void **state)
{
	static const char *const bad[][2] = {
		{ "-t", "7x" },	    { "-t", "" },	  { "-t", "-1" },      { "-t", "1e3" },
		{ "-n", "-1" },	    { "-n", "4294967296" }, { "-n", "1.0" },	 { "-n", " 1" },
		{ "--format", "xml" }, { "--max-body", "1.5M" }, { "--max-body", "k" },
		{ "--loss", "101" }, { "--loss", "5%%" },   { "-i", "a,,b" },	 { "--call", "bad" },
		{ "-t", "99999999999999999999s" },
	};
	struct ask a;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(RUN(bad[i][0], bad[i][1]), CLI_USAGE);
}

static void durations_have_units_and_fractions(void **state)
{
	static const struct {
		const char *text;
		gcoap_time want;
	} good[] = {
		{ "300ms", 300 * GCOAP_MS }, { "7s", 7 * GCOAP_SECOND }, { "2m", 120 * GCOAP_SECOND },
		{ "7", 7 * GCOAP_SECOND },   { "0.5", GCOAP_SECOND / 2 }, { "1.5ms", 1500 * GCOAP_US },
		{ ".25", GCOAP_SECOND / 4 }, { "1.5m", 90 * GCOAP_SECOND }, { "0", 0 },
		{ "1h", 3600 * GCOAP_SECOND }, { "10us", 10 * GCOAP_US },
	};
	gcoap_time t;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(opt_duration(good[i].text, &t), 0);
		assert_int_equal(t, good[i].want);
	}
}

static void flags_go_before_the_environment_and_that_before_the_config(void **state)
{
	char path[] = "/tmp/gcoap-test-opt-XXXXXX";
	int fd = mkstemp(path);
	static const char text[] = "[defaults]\ntimeout = 3s\nexpect = 7\ninterface = c0\n"
				   "[gcoap-get]\nexpect = 8\nfirst = yes\n";
	struct ask a;

	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	close(fd);
	assert_int_equal(RUN("--config", path), OPT_RUN);
	assert_int_equal(a.timeout, 3 * GCOAP_SECOND);
	assert_int_equal(a.expect, 8);
	assert_true(a.first);
	setenv("T_TIMEOUT", "4s", 1);
	setenv("T_IF", "e0,e1", 1);
	assert_int_equal(RUN("--config", path), OPT_RUN);
	assert_int_equal(a.timeout, 4 * GCOAP_SECOND);
	assert_int_equal(a.interfaces.n, 2);
	setenv("GCOAP_OPTIONS", "-t 5s --payload 'a b' -v", 1);
	assert_int_equal(RUN("--config", path, "-i", "f0"), OPT_RUN);
	assert_int_equal(a.timeout, 5 * GCOAP_SECOND);
	assert_string_equal(a.payload, "a b");
	assert_int_equal(a.interfaces.n, 1);
	assert_int_equal(RUN("--config", path, "-t", "6s"), OPT_RUN);
	assert_int_equal(a.timeout, 6 * GCOAP_SECOND);
	setenv("GCOAP_OPTIONS", "operand", 1);
	assert_int_equal(RUN("-v"), CLI_USAGE);
	setenv("GCOAP_OPTIONS", "-t 'x", 1);
	assert_int_equal(RUN("-v"), CLI_USAGE);
	unsetenv("GCOAP_OPTIONS");
	setenv("T_TIMEOUT", "x", 1);
	assert_int_equal(RUN("-v"), CLI_USAGE);
	unsetenv("T_TIMEOUT");
	unsetenv("T_IF");
	unlink(path);
	config_clear();
}

static void a_variable_holds_several_values_with_commas(void **state)
{
	struct ask a;

	setenv("T_OPTIONS", "a=1,b=2", 1);
	assert_int_equal(RUN("-v"), OPT_RUN);
	assert_int_equal(a.options.n, 2);
	assert_string_equal(a.options.items[1], "b=2");
	setenv("T_OPTIONS", "a=1,,b=2", 1);
	assert_int_equal(RUN("-v"), CLI_USAGE);
	unsetenv("T_OPTIONS");
}

static void the_nearest_word_is_suggested(void **state)
{
	struct suggest s = { .word = "timout" };

	suggest_try(&s, "interface");
	assert_null(s.best);
	suggest_try(&s, "time");
	suggest_try(&s, "timeout");
	assert_string_equal(s.best, "timeout");
}

static void the_worse_status_follows_the_table(void **state)
{
	static const int order[] = { 70, 2, 5, 6, 8, 7, 3, 4, 9, 1, 10, 0 };

	for (size_t i = 0; i + 1 < sizeof(order) / sizeof(order[0]); i++) {
		assert_int_equal(cli_worse(order[i], order[i + 1]), order[i]);
		assert_int_equal(cli_worse(order[i + 1], order[i]), order[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_of_row_fills_its_member),
		cmocka_unit_test(letters_combine_and_two_dashes_end_the_options),
		cmocka_unit_test(a_command_behind_netns_keeps_its_options),
		cmocka_unit_test(what_is_not_an_option_is_refused),
		cmocka_unit_test(bad_values_are_refused),
		cmocka_unit_test(durations_have_units_and_fractions),
		cmocka_unit_test(flags_go_before_the_environment_and_that_before_the_config),
		cmocka_unit_test(a_variable_holds_several_values_with_commas),
		cmocka_unit_test(the_nearest_word_is_suggested),
		cmocka_unit_test(the_worse_status_follows_the_table),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
