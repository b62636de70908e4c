/* --assert: expressions, and what is wrong with them. */
#include "bench_fixture.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "common/cli.h"

static struct bench_fixture x;
static char said[512], hinted[1024];

static void heard(void *arg, int code, const char *what, const char *const *hints, size_t n_hints)
{
	size_t n = 0;

	assert_int_equal(code, CLI_USAGE);
	snprintf(said, sizeof(said), "%s", what);
	hinted[0] = '\0';
	for (size_t i = 0; i < n_hints; i++)
		n += (size_t)snprintf(hinted + n, sizeof(hinted) - n, "%s\n", hints[i]);
}

static int setup(void **state)
{
	cli_start("gcoap-bench");
	cli_quiet(2);
	cli_on_error(heard, NULL);
	bench_fixture_init(&x);
	return 0;
}

static int teardown(void **state)
{
	bench_fixture_clear(&x);
	return 0;
}

static void every_sign_and_unit_is_read(void **state)
{
	static const struct {
		const char *text, *name;
		int op;
		double limit;
	} rows[] = {
		{ "last.p99<6s", "last.p99", '<', 6e9 },
		{ "last.p99<6", "last.p99", '<', 6e9 },
		{ " first.p50 <= 250 ms ", "first.p50", 'l', 250e6 },
		{ "rtt.p99>=90us", "rtt.p99", 'g', 90e3 },
		{ "each.p99 > .5s", "each.p99", '>', 0.5e9 },
		{ "rtt.max<1.5m", "rtt.max", '<', 90e9 },
		{ "lag.p99<100ns", "lag.p99", '<', 100 },
		{ "loss<1%", "loss", '<', 0.01 },
		{ "loss = 0", "loss", '=', 0 },
		{ "loss.mean==0.5 %", "loss.mean", '=', 0.005 },
		{ "complete>=0.99", "complete", 'g', 0.99 },
		{ "complete!=100%", "complete", '!', 1 },
		{ "answers>=10k", "answers", 'g', 1e4 },
		{ "rate>1.5k/s", "rate", '>', 1500 },
		{ "answer-rate>=30/min", "answer-rate", 'g', 0.5 },
		{ "answer-rate>200", "answer-rate", '>', 200 },
		{ "size.answer<1 kB", "size.answer", '<', 1000 },
		{ "size.request<=1KiB", "size.request", 'l', 1024 },
		{ "leisure.d<0.05", "leisure.d", '<', 0.05 },
		{ "leisure.window<5s", "leisure.window", '<', 5e9 },
		{ "drops=0", "drops", '=', 0 },
		{ "loss@hall<1%", "loss", '<', 0.01 },
	};
	struct bench_assert a;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(bench_assert_like(rows[i].text));
		assert_int_equal(bench_assert_parse(rows[i].text, &a), CLI_OK);
		assert_string_equal(a.expr, rows[i].text);
		assert_string_equal(a.name, rows[i].name);
		assert_int_equal(a.op, rows[i].op);
		assert_true(fabs(a.limit - rows[i].limit) <= 1e-9 * rows[i].limit);
		assert_false(a.checked);
	}
}

static void the_unit_of_every_figure_is_known(void **state)
{
	const char *const values[] = { [BENCH_TIME] = "5ms", [BENCH_SHARE] = "5%",
				       [BENCH_COUNT] = "5", [BENCH_RATE] = "5/s",
				       [BENCH_BYTES] = "5B" };
	struct bench_figure f[BENCH_FIGURES];
	size_t n = bench_figures(&x.result, f);
	struct bench_assert a;
	char text[80];

	assert_true(n > 20);
	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%.23s<%.8s", f[i].name, values[f[i].unit]);
		assert_int_equal(bench_assert_parse(text, &a), CLI_OK);
	}
}

static void what_is_wrong_is_said_and_where(void **state)
{
	static const struct {
		const char *text, *what, *hint;
	} rows[] = {
		{ "", "expected the name of a figure at its end", "last.p99<6s" },
		{ "<6s", "expected the name of a figure at \"<6s\" (character 1)", "" },
		{ "last.p99", "expected <, <=, >, >=, = or != at its end", "" },
		{ "last.p99 6s", "expected <, <=, >, >=, = or != at \"6s\" (character 10)", "" },
		{ "last.p99!6s", "expected <, <=, >, >=, = or != at \"!6s\" (character 9)", "" },
		{ "lsat.p99<6s", "there is no figure \"lsat.p99\"", "did you mean last.p99?" },
		{ "speed<6s", "there is no figure \"speed\"", "gcoap-bench(1)" },
		{ "last.p99<", "expected a time such as 250ms or 6s at its end", "units: h," },
		{ "last.p99<6kg", "expected a time such as 250ms or 6s at \"kg\" (character 11)", "" },
		{ "last.p99<6s5", "expected a time such as 250ms or 6s at \"s5\" (character 11)", "" },
		{ "last.p99<6s 7", "expected nothing more at \"7\" (character 13)", "" },
		{ "last.p99<-1s", "expected a time such as 250ms or 6s at \"-1s\" (character 10)", "" },
		{ "last.p99<0x10", "at \"x10\"", "" },
		{ "last.p99<inf", "at \"inf\"", "" },
		{ "last.p99<.", "at \".\"", "" },
		{ "last.p99<1%", "expected a time such as 250ms or 6s at \"%\" (character 11)", "" },
		{ "loss<6s", "expected a share such as 1% or 0.01 at \"s\" (character 7)", "" },
		{ "loss<5", "a share is at most 1, or 100%", "0.01" },
		{ "rate>5ms", "expected a rate such as 1.5k/s or 200 at \"ms\"", "" },
		{ "answers>5%", "expected a number at \"%\"", "" },
		{ "loss@<1%", "expected the name or address of a server at \"<1%\"", "" },
		{ "last.p99@hall<6s", "this figure is not of one server", "rtt.p99" },
		{ "loss@0123456789012345678901234567890123456789012345678901234567890123456789<1%",
		  "expected the name or address of a server", "" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa<1",
		  "there is no figure", "gcoap-bench(1)" },
		{ "loss<00000000000000000000000000000000000000000000000000000000000000001%",
		  "expected a share", "" },
	};
	struct bench_assert a;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		said[0] = '\0';
		assert_int_equal(bench_assert_parse(rows[i].text, &a), CLI_USAGE);
		assert_non_null(strstr(said, rows[i].what));
		assert_true(hinted[0]);
		assert_null(strchr(strchr(hinted, '\n') + 1, '\n')); /* one will do */
		assert_non_null(strstr(hinted, rows[i].hint));
	}
}

static void targets_are_not_expressions(void **state)
{
	static const char *const targets[] = {
		"coap://224.0.1.187/temp?x=1", "@lab/temp", "@lab/temp?rt=a", "10.77.0.2/temp?x=1",
		"all", "", "[ff02::fd%eth0]/a?b=c", "coap+tcp://h/x=1", "host/x=1", "host:5683/a=b",
	};

	for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
		assert_false(bench_assert_like(targets[i]));
	assert_true(bench_assert_like("lsat.p99<6s"));
	assert_true(bench_assert_like("loss@[fe80::1%eth0]:5683<1%"));
}

static bool holds(const char *expr)
{
	struct bench_assert *a = &x.asserts[0];

	assert_int_equal(bench_assert_parse(expr, a), CLI_OK);
	bench_assert_check(a, &x.result, x.figures, x.report.n_figures);
	assert_true(a->checked);
	return a->ok;
}

static void figures_are_compared_with_limits(void **state)
{
	assert_true(holds("last.p99<6s"));
	assert_false(holds("last.p99<4.95s"));
	assert_true(holds("last.p99<=4950ms"));
	assert_true(holds("last.p99=4.95s"));
	assert_false(holds("last.p99!=4.95s"));
	assert_true(holds("rate>1.9/s"));
	assert_false(holds("rate>2"));
	assert_true(holds("rate>=2"));
	assert_false(holds("loss<1%"));
	assert_string_equal(x.asserts[0].figure.of, "hall");
	assert_true(x.asserts[0].figure.value == 0.025);
}

static void what_is_not_known_does_not_hold(void **state)
{
	assert_false(holds("leisure.d<1"));
	assert_false(x.asserts[0].figure.known);
	x.figures[1].known = false;
	assert_false(holds("loss<100%"));
	assert_false(holds("lag.p99<1s"));
	x.figures[0].value = NAN;
	assert_false(holds("last.p99<1s"));
	assert_false(holds("last.p99!=1s"));
}

static void one_servers_figures_are_found_by_name_and_address(void **state)
{
	assert_true(holds("loss@kitchen=0"));
	assert_string_equal(x.asserts[0].figure.of, "kitchen");
	assert_false(holds("loss@hall<1%"));
	assert_false(holds("loss@10.77.0.3:5683<1%"));
	assert_false(holds("loss@10.77.0.3<1%"));
	assert_true(holds("loss@10.77.0.3<3%"));
	assert_true(holds("rtt.p99@hall<2s"));
	assert_true(holds("each.mean@hall=1.5s"));
	assert_true(holds("rtt.min@hall=1.5s"));
	assert_true(holds("rtt.p999@hall<=1.5s"));
	assert_false(holds("rtt.max@hall<1s"));
	assert_true(holds("answers@hall=117"));
	assert_true(holds("late@hall=1"));
	assert_true(holds("duplicates@hall=0"));
	assert_true(holds("errors@hall=0"));
	assert_false(holds("loss@attic<100%"));
	assert_false(x.asserts[0].figure.known);
	assert_false(holds("loss@10.77.0<100%"));
	strcpy(x.servers[0].text, "[fe80::1%eth0]:5683");
	x.servers[0].name = NULL;
	assert_true(holds("loss@[fe80::1%eth0]:5683<1%"));
	assert_true(holds("loss@[fe80::1%eth0]<1%"));
	assert_true(holds("loss@fe80::1%eth0<1%"));
	assert_false(holds("loss@fe80<1%"));
	x.servers[0].sent = 0;
	gcoap_histogram_clear(&x.servers[0].rtt);
	assert_false(holds("loss@fe80::1%eth0<100%"));
	assert_false(holds("rtt.p50@fe80::1%eth0<100s"));
}

static void the_round_trip_time_is_first_each_and_last_of_one_server(void **state)
{
	bench_fixture_figure(&x, "rtt.p50", BENCH_TIME, 5e6, NAN);
	assert_true(holds("first.p50<6ms"));
	assert_true(holds("last.p50<6ms"));
	assert_false(holds("leisure.window<6ms"));
	bench_fixture_figure(&x, "each.p90", BENCH_TIME, 7e6, NAN);
	assert_true(holds("rtt.p90<8ms"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		test(every_sign_and_unit_is_read),
		test(the_unit_of_every_figure_is_known),
		test(what_is_wrong_is_said_and_where),
		test(targets_are_not_expressions),
		test(figures_are_compared_with_limits),
		test(what_is_not_known_does_not_hold),
		test(one_servers_figures_are_found_by_name_and_address),
		test(the_round_trip_time_is_first_each_and_last_of_one_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
