/* --compare: what is read of an earlier run, and what has become of it. */
#include "bench_fixture.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <locale.h>
#include "bench/compare.h"
#include "common/cli.h"
#include "common/json_file.h"

static struct bench_fixture x;
static struct bench_compare c;
static char said[512], path[64];

static void heard(void *arg, int code, const char *what, const char *const *hints, size_t n_hints)
{
	snprintf(said, sizeof(said), "%s", what);
}

static int setup(void **state)
{
	int fd;

	cli_start("gcoap-bench");
	cli_quiet(2);
	cli_on_error(heard, NULL);
	setlocale(LC_CTYPE, "C.UTF-8");
	snprintf(path, sizeof(path), "/tmp/test-bench-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	said[0] = '\0';
	bench_fixture_init(&x);
	return 0;
}

static int teardown(void **state)
{
	bench_fixture_clear(&x);
	unlink(path);
	return 0;
}

static void save(const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* What the fixture's run would have written. */
static void save_run(const char *format)
{
	FILE *out = fopen(path, "w");

	x.output.format = format;
	assert_int_equal(bench_show(&x.report, out), 0);
	x.output.format = "table";
	fclose(out);
}

static struct bench_figure *figure(const char *name)
{
	for (size_t i = 0; i < x.report.n_figures; i++)
		if (!strcmp(x.figures[i].name, name))
			return &x.figures[i];
	fail();
	return NULL;
}

static const struct bench_change *change(const char *name)
{
	for (size_t i = 0; i < c.n; i++)
		if (!strcmp(c.list[i].now->name, name))
			return &c.list[i];
	return NULL;
}

static void a_run_compared_with_itself_is_the_same(void **state)
{
	static const char *const formats[] = { "jsonl", "json" };
	char other[256];

	for (size_t i = 0; i < 2; i++) {
		save_run(formats[i]);
		assert_int_equal(bench_compare_open(&c, path), CLI_OK);
		assert_string_equal(c.ts, "2026-07-01T12:00:00.000000Z");
		assert_int_equal(c.n_before, x.report.n_figures);
		assert_false(bench_compare_differs(&c, &x.result, other, sizeof(other)));
		bench_compare_with(&c, x.figures, x.report.n_figures);
		bench_compare_with(&c, x.figures, x.report.n_figures);
		assert_int_equal(c.n, x.report.n_figures);
		for (size_t k = 0; k < c.n; k++) {
			assert_true(fabs(c.list[k].ratio - 1) < 1e-9);
			assert_int_equal(bench_change_verdict(&c.list[k]), BENCH_SAME);
		}
	}
}

static void ratio_and_spread_follow_both_runs(void **state)
{
	save_run("jsonl");
	assert_int_equal(bench_compare_open(&c, path), CLI_OK);
	figure("last.p99")->value = 2475e6;
	figure("last.p99")->spread = 30e6;
	figure("loss")->value = 0.055;
	figure("complete")->value = 0.9;
	figure("rate")->value = 4;
	bench_compare_with(&c, x.figures, x.report.n_figures);
	assert_true(fabs(change("last.p99")->ratio - 0.5) < 1e-9);
	assert_true(fabs(change("last.p99")->spread - 0.5 * hypot(30 / 4950.0, 30 / 2475.0)) < 1e-9);
	assert_int_equal(bench_change_verdict(change("last.p99")), BENCH_BETTER);
	assert_int_equal(bench_change_verdict(change("loss")), BENCH_WORSE);
	/* One run's spread stands for that of both; with none there is no telling. */
	assert_true(isnan(change("complete")->spread));
	assert_int_equal(bench_change_verdict(change("complete")), BENCH_OTHER);
	figure("complete")->spread = 0.02;
	bench_compare_with(&c, x.figures, x.report.n_figures);
	assert_int_equal(bench_change_verdict(change("complete")), BENCH_WORSE);
	figure("complete")->spread = 0.03;
	bench_compare_with(&c, x.figures, x.report.n_figures);
	assert_int_equal(bench_change_verdict(change("complete")), BENCH_SAME);
	assert_int_equal(bench_change_verdict(change("rate")), BENCH_OTHER);
	figure("loss")->value = 0; /* within two standard errors */
	assert_int_equal(bench_change_verdict(change("loss")), BENCH_SAME);
	figure("loss")->value = 0.02;
	assert_int_equal(bench_change_verdict(change("loss")), BENCH_SAME);
	figure("last.p99")->known = false;
	bench_compare_with(&c, x.figures, x.report.n_figures);
	assert_null(change("last.p99"));
}

static void events_are_as_uncertain_as_their_number(void **state)
{
	static const struct {
		enum bench_unit unit;
		enum bench_better better;
		double before, now;
		enum bench_verdict verdict;
	} rows[] = {
		{ BENCH_COUNT, BENCH_LESS, 0, 1, BENCH_SAME },
		{ BENCH_COUNT, BENCH_LESS, 0, 5, BENCH_WORSE },
		{ BENCH_COUNT, BENCH_LESS, 130, 100, BENCH_SAME },
		{ BENCH_COUNT, BENCH_LESS, 140, 100, BENCH_BETTER },
		{ BENCH_COUNT, BENCH_MORE, 3, 2, BENCH_WORSE }, /* servers */
		{ BENCH_COUNT, BENCH_NEITHER, 10, 20, BENCH_OTHER },
		{ BENCH_BYTES, BENCH_LESS, 30, 40, BENCH_WORSE },
		{ BENCH_TIME, BENCH_LESS, 30e6, 60e6, BENCH_OTHER },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench_figure now = { .unit = rows[i].unit, .better = rows[i].better,
					    .known = true, .value = rows[i].now, .spread = NAN };
		struct bench_change change = { .now = &now, .before = now };

		change.before.value = rows[i].before;
		assert_int_equal(bench_change_verdict(&change), rows[i].verdict);
	}
}

static void from_nothing_there_is_no_ratio(void **state)
{
	figure("loss")->value = 0;
	save_run("jsonl");
	assert_int_equal(bench_compare_open(&c, path), CLI_OK);
	figure("loss")->value = 0.25;
	bench_compare_with(&c, x.figures, x.report.n_figures);
	assert_true(isnan(change("loss")->ratio));
	assert_int_equal(bench_change_verdict(change("loss")), BENCH_WORSE);
}

static void another_plan_is_told(void **state)
{
	static const char *const others[] = { "coap://h/x" };
	char other[256];

	save_run("jsonl");
	assert_int_equal(bench_compare_open(&c, path), CLI_OK);
	x.result.clients = 4;
	assert_true(bench_compare_differs(&c, &x.result, other, sizeof(other)));
	assert_string_equal(other, "--clients 1, then 4");
	x.result.gap = GCOAP_SECOND / 10;
	assert_true(bench_compare_differs(&c, &x.result, other, sizeof(other)));
	assert_string_equal(other, "-r 2, then -r 10");
	x.result.gap = 60 * GCOAP_SECOND;
	assert_true(bench_compare_differs(&c, &x.result, other, sizeof(other)));
	assert_string_equal(other, "-r 2, then -r 1/m");
	x.result.gap = 0;
	assert_true(bench_compare_differs(&c, &x.result, other, sizeof(other)));
	assert_string_equal(other, "-r 2, then -r max");
	x.result.targets = others;
	assert_true(bench_compare_differs(&c, &x.result, other, sizeof(other)));
	assert_string_equal(other, "coap://224.0.1.187/temp, then coap://h/x");
}

static void the_screen_tells_what_became_better_and_worse(void **state)
{
	char *text = NULL;
	size_t len;
	FILE *out;

	save_run("jsonl");
	assert_int_equal(bench_compare_open(&c, path), CLI_OK);
	figure("last.p99")->value = 2475e6;
	figure("complete")->value = 0.9;
	figure("complete")->spread = 0.02;
	bench_compare_with(&c, x.figures, x.report.n_figures);
	c.path = "before.json";
	x.report.compare = &c;
	x.result.gap = GCOAP_SECOND / 10;
	out = open_memstream(&text, &len);
	assert_int_equal(bench_show(&x.report, out), 0);
	fclose(out);
	assert_non_null(strstr(text, "\ncompared with before.json of 2026-07-01T12:00:00.000000Z\n"
		"compared with another plan: -r 2, then -r 10\n"
		"figure    before     now        ratio\n"
		"last.p99  4.95 s  2.48 s  0.50 ± 0.01  + better\n"
		"loss       2.5 %   2.5 %  1.00 ± 0.57  = same\n"
		"complete  97.5 %  90.0 %         0.92  - worse\n"));
	free(text);
}

static void wrong_files_are_refused(void **state)
{
	static const struct {
		const char *text, *what;
	} rows[] = {
		{ "", "the file is empty" },
		{ " \n\n ", "this is not JSON" },
		{ "{\"type\":\"summary\",\n\"v\":1,,}", "line 2, byte 8: this is not JSON" },
		{ "{\"type\":\"request\"}\n{\"type\":\"summ", "line 2, byte " },
		{ "[1,2]", "there is no summary in it" },
		{ "{\"type\":\"request\",\"tool\":\"gcoap-bench\"}", "there is no summary in it" },
		{ "{\"type\":\"request\",\"tool\":\"gcoap-get\"}\n{\"type\":\"summary\",\"v\":1}",
		  "it was written by gcoap-get, not by gcoap-bench" },
		{ "{\"type\":\"summary\",\"v\":1}", "written by another tool" },
		{ "{\"type\":\"summary\",\"v\":2,\"tool\":\"gcoap-bench\"}", "version 2 of the records" },
		{ "{\"type\":\"summary\",\"v\":1,\"tool\":\"gcoap-bench\"}", "no figures" },
		{ "{\"type\":\"summary\",\"v\":1,\"tool\":\"gcoap-bench\",\"figures\":[]}", "no figures" },
		{ "{\"type\":\"summary\",\"v\":1,\"tool\":7,\"figures\":{}}", "another tool" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		save(rows[i].text);
		assert_int_equal(bench_compare_open(&c, path), CLI_USAGE);
		assert_non_null(strstr(said, rows[i].what));
		assert_non_null(strstr(said, path));
	}
	unlink(path);
	assert_int_equal(bench_compare_open(&c, path), CLI_USAGE);
	assert_non_null(strstr(said, "No such file"));
	assert_int_equal(bench_compare_open(&c, "/tmp"), CLI_USAGE);
	assert_non_null(strstr(said, "directory"));
}

static void figures_that_make_no_sense_are_left_out(void **state)
{
	save("{\"type\":\"summary\",\"v\":1,\"tool\":\"gcoap-bench\",\"started\":5,\"figures\":{"
	     "\"a\":1,\"b\":{\"value\":null,\"unit\":\"ms\"},\"c\":{\"value\":1,\"unit\":\"kg\"},"
	     "\"d\":{\"value\":1e999,\"unit\":\"ms\"},\"012345678901234567890123456789\":"
	     "{\"value\":1,\"unit\":\"ms\"},\"loss\":{\"value\":1,\"unit\":\"ms\"},"
	     "\"last.p99\":{\"value\":5,\"unit\":\"ms\",\"spread\":\"x\"}},"
	     "\"plan\":{\"targets\":[1,\"a\"],\"clients\":-1}}");
	assert_int_equal(bench_compare_open(&c, path), CLI_OK);
	assert_int_equal(c.n_before, 2);
	assert_string_equal(c.ts, "");
	assert_string_equal(c.targets, "? a");
	assert_true(c.rate < 0);
	assert_int_equal(c.clients, 0);
	bench_compare_with(&c, x.figures, x.report.n_figures);
	assert_int_equal(c.n, 1); /* loss is no time */
	assert_true(c.list[0].before.value == 5e6);
	assert_true(isnan(c.list[0].before.spread));
}

static void a_json_file_is_its_values(void **state)
{
	static const char text[] = "{\"a\":1}\n[2,3]\r\n\"x\" 4";
	struct json_file *f;
	struct json_place place;
	double v;

	assert_int_equal(json_file_parse(&f, text, sizeof(text) - 1, NULL), 0);
	assert_int_equal(json_file_count(f), 4);
	assert_true(json_number(json_file_value(f, 0), "a", &v) && v == 1);
	assert_false(json_number(json_file_value(f, 1), "a", &v));
	assert_string_equal(json_string(json_file_value(f, 2)), "x");
	assert_null(json_file_value(f, 4));
	assert_null(json_next(json_file_value(f, 3), NULL));
	assert_null(json_text(NULL, "a"));
	json_file_free(&f);
	assert_null(f);
	for (size_t n = 1; n < 7; n++) {
		assert_int_equal(json_file_parse(&f, text, n, &place), GCOAP_EMALFORMED);
		assert_null(f);
		assert_int_equal(place.line, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		test(a_run_compared_with_itself_is_the_same),
		test(ratio_and_spread_follow_both_runs),
		test(events_are_as_uncertain_as_their_number),
		test(from_nothing_there_is_no_ratio),
		test(another_plan_is_told),
		test(the_screen_tells_what_became_better_and_worse),
		test(wrong_files_are_refused),
		test(figures_that_make_no_sense_are_left_out),
		test(a_json_file_is_its_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
