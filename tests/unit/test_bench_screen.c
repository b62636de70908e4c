/* gcoap-bench's screen, from a run that never was. */
#include "bench_fixture.h"
#include "test.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "bench/bins.h"
#include "bench/format.h"
#include "common/cli.h"
#include "common/grid.h"
#include "common/payload.h"

static struct bench_fixture x;
static char *text;
static size_t text_len;

static int setup(void **state)
{
	cli_start("gcoap-bench");
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return -1;
	unsetenv("COLUMNS");
	unsetenv("CLICOLOR_FORCE");
	bench_fixture_init(&x);
	return 0;
}

static int teardown(void **state)
{
	bench_fixture_clear(&x);
	free(text);
	text = NULL;
	return 0;
}

static const char *shown(void)
{
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &text_len);
	assert_int_equal(bench_show(&x.report, out), 0);
	fclose(out);
	return text;
}

static void add_assert(const char *expr)
{
	struct bench_assert *a = &x.asserts[x.report.n_asserts++];

	assert_int_equal(bench_assert_parse(expr, a), CLI_OK);
	bench_assert_check(a, &x.result, x.figures, x.report.n_figures);
}

#define assert_shows(part) assert_non_null(strstr(shown(), part))
#define assert_not_shows(part) assert_null(strstr(shown(), part))

static void a_group_has_first_and_last_with_notes_beside_its_servers(void **state)
{
	x.report.status = CLI_CONDITION;
	x.result.sent = 0; /* no traffic to speak of */
	add_assert("last.p99<6s");
	add_assert("loss<1%");
	assert_string_equal(shown(),
		"            min     p50     p90     p99     max\n"
		"first    0.13 s  0.61 s  1.43 s  2.21 s  2.31 s  ▄▇█ ▂  ▁\n"
		"last     1.90 s  4.11 s  4.80 s  4.97 s  4.98 s  ▁   ▄▇█▃\n"
		"server   answered   loss  dup  late     120 requests, 60.0 s, 2.0/s; "
		"complete rounds 117/120 (97.5 %)\n"
		"kitchen  120/120   0.0 %    0     0     assert last.p99<6s: pass\n"
		"hall     117/120   2.5 %    0     1     assert loss<1%: FAIL (hall 2.5 %)  "
		"-> exit 10\n");
}

static void on_a_narrow_screen_notes_go_below_and_columns_go(void **state)
{
	x.result.sent = 0;
	x.output.width = 40;
	x.output.ascii = true;
	add_assert("loss<1%");
	assert_string_equal(shown(),
		"            p50     p90     p99     max\n"
		"first    0.61 s  1.43 s  2.21 s  2.31 s\n"
		"last     4.11 s  4.80 s  4.97 s  4.98 s\n"
		"server   answered   loss  dup  late\n"
		"kitchen  120/120   0.0 %    0     0\n"
		"hall     117/120   2.5 %    0     1\n"
		"120 requests, 60.0 s, 2.0/s; complete\n"
		"  rounds 117/120 (97.5 %)\n"
		"assert loss<1%: FAIL (hall 2.5 %)\n");
}

static void no_line_is_wider_than_the_screen(void **state)
{
	static const uint32_t widths[] = { 30, 40, 60, 80, 120, 160 };

	x.own.hist = true;
	x.result.leisure = (struct bench_leisure){ .n = 237, .window = 4900 * GCOAP_MS,
						   .d = 0.021, .p = 0.61, .uniform = true };
	x.result.codes[0x84] = 12;
	x.result.kernel_drops = 3;
	x.servers[1].name = "a name so long that it does not fit anywhere near the screen's edge";
	add_assert("last.p99<6s");
	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
		x.output.width = widths[i];
		shown();
		for (char *line = text; line && *line;) {
			char *end = strchr(line, '\n');

			assert_non_null(end);
			*end = '\0';
			assert_true(payload_columns(line) <= widths[i]);
			if (end > line)
				assert_true(end[-1] != ' ');
			line = end + 1;
		}
	}
}

static void one_server_has_a_round_trip_time(void **state)
{
	x.result.group = false;
	x.result.n_servers = 1;
	x.result.answered_rounds = 118;
	x.figures[2].known = false; /* complete */
	assert_shows("rtt ");
	assert_not_shows("first");
	assert_shows("120 requests, 60.0 s, 2.0/s; answered 118/120 (98.3 %)");
}

static void each_is_told_when_answers_are_neither_first_nor_last(void **state)
{
	assert_not_shows("each");
	gcoap_histogram_add(&x.result.each, 3 * GCOAP_SECOND, 100);
	assert_shows("\neach     0.13 s");
}

static void nothing_answered_shows_no_numbers(void **state)
{
	bench_fixture_clear(&x);
	memset(&x.result.first, 0, sizeof(x.result.first));
	memset(&x.result.each, 0, sizeof(x.result.each));
	memset(&x.result.last, 0, sizeof(x.result.last));
	x.servers[0].answered = x.servers[1].answered = 0;
	x.result.answered_rounds = x.result.complete_rounds = x.result.answers = 0;
	x.own.hist = true;
	assert_shows("first      -    -    -    -    -\n");
	assert_shows("kitchen  0/120     100 %");
	assert_shows("complete rounds 0/120 (0.0 %)");
	x.result.rounds = 0;
	x.result.elapsed = 0;
	x.servers[0].sent = 0;
	assert_shows("0 requests, 0.0 ms, 0.0/s; complete rounds 0/0 (-)");
	assert_shows("kitchen  0/0           -");
}

static void a_run_cut_short_before_any_round_tells_what_has_come(void **state)
{
	x.result.rounds = x.result.answered_rounds = x.result.complete_rounds = 0;
	x.result.interrupted_rounds = 1;
	x.result.elapsed = 3 * GCOAP_SECOND;
	x.result.answers = 1;
	assert_shows("1 request, cut short after 3.0 s; 1 answer so far\n");
	assert_not_shows("not counted");
	x.result.rounds = 2;
	assert_shows("2 requests, 3.0 s");
	assert_shows("\n1 request was cut short, and is not counted\n");
}

static void numbers_of_answers_stand_below_each_other(void **state)
{
	x.servers[0].answered = 9;
	x.servers[1].sent = 1200;
	x.servers[1].answered = 1111;
	assert_shows("kitchen     9/120");
	assert_shows("hall     1111/1200");
}

static void many_servers_stand_without_notes_beside(void **state)
{
	static struct bench_server many[1000];

	for (size_t i = 0; i < 1000; i++) {
		snprintf(many[i].text, sizeof(many[i].text), "10.0.%zu.%zu:5683", i / 256, i % 256);
		many[i].sent = 5;
		many[i].answered = i % 6;
	}
	x.result.servers = many;
	x.result.n_servers = 1000;
	assert_shows("\n10.0.3.231:5683  ");
	assert_shows("\n120 requests, 60.0 s");
	/* Those that lost all of it, 2 of 5, ... none; else as they came. */
	shown();
	assert_true(strstr(text, "\n10.0.0.0:5683 ") < strstr(text, "\n10.0.0.6:5683 "));
	assert_true(strstr(text, "\n10.0.3.228:5683 ") < strstr(text, "\n10.0.0.1:5683 "));
	assert_true(strstr(text, "\n10.0.0.2:5683 ") < strstr(text, "\n10.0.0.5:5683 "));
	x.result.servers = x.servers;
	x.result.n_servers = 2; /* what the fixture clears */
}

static void what_there_is_to_say_stands_below(void **state)
{
	struct bench_result *r = &x.result;

	r->leisure = (struct bench_leisure){ .n = 237, .window = 4900 * GCOAP_MS, .d = 0.021,
					     .p = 0.61, .uniform = true };
	assert_shows("\nanswers lie evenly over 0.0 ... 4.9 s (D 0.021, p 0.61)\n");
	r->leisure.uniform = false;
	assert_shows("\nanswers do not lie evenly over 0.0 ... 4.9 s");
	r->leisure.from = 340 * GCOAP_US;
	r->leisure.window = 9 * GCOAP_MS;
	assert_shows("evenly over 0.3 ... 9.3 ms (");
	r->leisure.window = 60 * GCOAP_US;
	assert_shows("evenly over 340.0 ... 400.0 us (");
	r->leisure = (struct bench_leisure){ .n = 237, .window = 2 * GCOAP_MS, .d = 1 };
	assert_shows("\nanswers come together, in 2.00 ms\n");
	assert_shows("\n237 answers, 4.0/s; request 20 B, answers 39 ... 41 B; sent 5760 B, "
		     "received 16.2 kB with UDP and IP\n");
	r->sent_wire = r->received_wire = 0;
	r->answer_min = 41;
	assert_shows("request 20 B, answer 41 B; sent 2400 B, received 9520 B\n");
	r->codes[0x84] = 12;
	r->codes[0xa3] = 1;
	assert_shows("\nerrors: 12 x 4.04, 1 x 5.03\n");
	r->kernel_drops = 1;
	r->malformed = 2;
	r->refused_rounds = 3;
	assert_shows("\n1 answer was lost here: the kernel had no room for it\n");
	assert_shows("\n2 malformed answers\n");
	assert_shows("\n3 requests were refused by the proxy\n");
	gcoap_histogram_add(&r->lag, 5 * GCOAP_MS, 100);
	assert_not_shows("planned times"); /* it cannot be seen beside seconds */
	gcoap_histogram_add(&r->lag, 300 * GCOAP_MS, 100);
	assert_shows("behind their planned times: p99 0.30 s");
	x.output.summary = "off";
	assert_not_shows("errors:");
	assert_shows("complete rounds");
}

static void answers_that_come_later_and_later_are_explained(void **state)
{
	struct bench_growth *g = &x.result.growth;

	assert_not_shows("later and later");
	*g = (struct bench_growth){ .grows = true, .by = 4 * GCOAP_SECOND, .window = GCOAP_SECOND };
	assert_shows("\nanswers come later and later, by 4.00 s: no leisure is told of them\n");
	g->queued = true;
	g->each = 5 * GCOAP_SECOND;
	assert_shows("\nanswers come later and later, by 4.00 s: servers begin a leisure when the "
		     "last one is over (RFC 7252, 8.2); try -r 0.18\n");
}

static void a_failed_assertion_without_a_value_says_so(void **state)
{
	add_assert("answers>1");
	x.report.n_asserts++; /* one that was not checked yet */
	assert_shows("assert answers>1: FAIL (no value)");
	assert_not_shows("->");
	x.report.status = CLI_CONDITION;
	assert_shows("FAIL (no value)  -> exit 10");
}

static void each_failed_assertion_tells_the_exit_status(void **state)
{
	x.report.status = CLI_CONDITION;
	x.output.width = 200;
	add_assert("loss<1%");
	add_assert("last.p99<6s");
	add_assert("complete>99%");
	assert_shows("assert loss<1%: FAIL (hall 2.5 %)  -> exit 10\n");
	assert_shows("assert last.p99<6s: pass\n");
	assert_shows("assert complete>99%: FAIL (97.5 %)  -> exit 10\n");
	/* Answers with an error come first, and the status is another one. */
	x.report.status = CLI_SOME_ERROR;
	assert_not_shows("->");
}

static void names_cannot_obey_the_terminal(void **state)
{
	x.servers[0].name = "\x1b[2Jkitchen\n";
	strcpy(x.servers[1].text, "\xe2\x80\xae" "gnp.exe");
	x.servers[1].name = NULL;
	shown();
	assert_null(strchr(text, '\x1b'));
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_non_null(strstr(text, "kitchen\\n"));
}

static void colour_never_tells_alone(void **state)
{
	x.output.color = "always";
	add_assert("loss<1%");
	assert_shows("\x1b[31m");
	assert_shows("FAIL");
	x.output.color = "never";
	assert_null(strchr(shown(), '\x1b'));
}

static void headings_can_be_left_out(void **state)
{
	x.output.no_headings = true;
	assert_not_shows("answered   loss");
	assert_not_shows("p50");
	assert_shows("120 requests, 60.0 s");
}

static void quiet_twice_shows_nothing(void **state)
{
	x.output.quiet = 2;
	assert_string_equal(shown(), "");
}

static void times_that_are_near_share_equal_steps(void **state)
{
	x.own.hist = true;
	x.output.ascii = true;
	x.output.width = 80;
	assert_shows("each                                                count   share     sum\n");
	assert_shows("0.50 s  1.00 s  ####################################     86  35.8 %  44.6 %\n");
	assert_shows("4.50 s  5.00 s  ######                                   13   5.4 %   100 %\n");
}

static void a_long_tail_gets_growing_steps(void **state)
{
	struct gcoap_histogram h = { 0 };
	struct bench_bin bins[BENCH_BINS];
	uint64_t sum = 0;
	size_t n;

	gcoap_histogram_add(&h, 300 * GCOAP_US, 1000);
	gcoap_histogram_add(&h, 3 * GCOAP_SECOND, 1);
	assert_true(bench_bins_log(&h));
	n = bench_bins(&h, BENCH_BINS, true, bins);
	assert_in_range(n, 12, 16);
	assert_true(fabs(bins[0].from - 200e3) < 1 && fabs(bins[0].to - 500e3) < 1);
	assert_int_equal(bins[0].count, 1000);
	for (size_t i = 0; i < n; i++) {
		sum += bins[i].count;
		assert_int_equal(bins[i].sum, sum);
	}
	assert_int_equal(sum, 1001);
	assert_true(bins[n - 1].to >= 3e9);
	gcoap_histogram_clear(&h);
}

static void bins_hold_every_value_whatever_it_is(void **state)
{
	static const gcoap_time values[] = { 0, 1, 999, GCOAP_US, 17 * GCOAP_MS, GCOAP_SECOND,
					     3600 * GCOAP_SECOND };
	char spark[3 * BENCH_SPARK + 1];

	for (unsigned set = 1; set < 128; set++) {
		for (int round = 0; round < 2; round++) {
			struct gcoap_histogram h = { 0 };
			struct bench_bin bins[BENCH_BINS];
			uint64_t sum = 0;
			size_t n;

			for (unsigned i = 0; i < 7; i++)
				if (set & 1u << i)
					gcoap_histogram_add(&h, values[i], i + 1);
			n = bench_bins(&h, 20, round, bins);
			assert_in_range(n, 1, 20);
			for (size_t i = 0; i < n; i++) {
				sum += bins[i].count;
				assert_true(bins[i].to > bins[i].from);
			}
			assert_int_equal(sum, h.count);
			assert_true(strlen(bench_spark(&h, false, spark)) <= 3 * BENCH_SPARK);
			assert_true(strlen(bench_spark(&h, true, spark)) <= BENCH_SPARK);
			gcoap_histogram_clear(&h);
		}
	}
}

static const char *formatted(enum bench_unit unit, double value)
{
	static char buf[2][40];
	static int turn;
	struct bench_figure f = { .unit = unit, .known = true, .value = value };

	turn = !turn;
	return bench_figure_format(&f, buf[turn], sizeof(buf[turn]));
}

static void figures_read_as_the_screen_has_them(void **state)
{
	static const struct {
		enum bench_unit unit;
		double value;
		const char *text;
	} rows[] = {
		{ BENCH_TIME, 0.61e9, "0.61 s" },   { BENCH_TIME, 99.9e6, "99.9 ms" },
		{ BENCH_TIME, 99.96e6, "0.10 s" },  { BENCH_TIME, 1.234e6, "1.23 ms" },
		{ BENCH_TIME, 85e3, "85.0 us" },    { BENCH_TIME, 300, "0.30 us" },
		{ BENCH_TIME, 0, "0.00 s" },	    { BENCH_TIME, 3600e9, "60.0 min" },
		{ BENCH_SHARE, 0, "0.0 %" },	    { BENCH_SHARE, 0.025, "2.5 %" },
		{ BENCH_SHARE, 1, "100 %" },	    { BENCH_SHARE, 0.9999, "99.99 %" },
		{ BENCH_SHARE, 0.0004, "0.04 %" },  { BENCH_SHARE, 1e-9, "0.000000 %" },
		{ BENCH_COUNT, 120, "120" },	    { BENCH_COUNT, 0.0213, "0.021" },
		{ BENCH_RATE, 2, "2.0/s" },	    { BENCH_RATE, 1 / 60.0, "1.0/min" },
		{ BENCH_RATE, 0.5, "0.50/s" },	    { BENCH_RATE, 12345, "12345/s" },
		{ BENCH_RATE, 152000, "152 k/s" },  { BENCH_BYTES, 57, "57 B" },
		{ BENCH_BYTES, 15000, "15.0 kB" },  { BENCH_BYTES, 2.1e9, "2100 MB" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_string_equal(formatted(rows[i].unit, rows[i].value), rows[i].text);
	assert_string_equal(formatted(BENCH_TIME, NAN), "-");
}

static void a_grid_without_memory_fails(void **state)
{
	static const struct grid_column columns[] = { { "a" }, { "b" } };
	static const struct grid_look look = { 0 };
	struct grid *g = grid_new(columns, 2, &look);
	struct jsonw out = { 0 };

	assert_non_null(g);
	assert_int_equal(grid_print(g, &out), 0); /* no row: nothing at all */
	assert_int_equal(out.len, 0);
	grid_cell(g, GRID_PLAIN, "1");
	grid_cell(g, GRID_PLAIN, "2");
	assert_int_equal(grid_rows(g), 1);
	assert_int_equal(grid_width(g), 4);
	assert_int_equal(grid_print(g, &out), 0);
	jsonw_raw(&out, "", 1);
	assert_string_equal(out.buf, "a  b\n1  2\n");
	jsonw_clear(&out);
	grid_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		test(a_group_has_first_and_last_with_notes_beside_its_servers),
		test(on_a_narrow_screen_notes_go_below_and_columns_go),
		test(no_line_is_wider_than_the_screen),
		test(one_server_has_a_round_trip_time),
		test(each_is_told_when_answers_are_neither_first_nor_last),
		test(nothing_answered_shows_no_numbers),
		test(a_run_cut_short_before_any_round_tells_what_has_come),
		test(numbers_of_answers_stand_below_each_other),
		test(many_servers_stand_without_notes_beside),
		test(what_there_is_to_say_stands_below),
		test(answers_that_come_later_and_later_are_explained),
		test(a_failed_assertion_without_a_value_says_so),
		test(each_failed_assertion_tells_the_exit_status),
		test(names_cannot_obey_the_terminal),
		test(colour_never_tells_alone),
		test(headings_can_be_left_out),
		test(quiet_twice_shows_nothing),
		test(times_that_are_near_share_equal_steps),
		test(a_long_tail_gets_growing_steps),
		test(bins_hold_every_value_whatever_it_is),
		test(figures_read_as_the_screen_has_them),
		test(a_grid_without_memory_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
