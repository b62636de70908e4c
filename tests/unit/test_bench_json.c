/* gcoap-bench's records: JSON Lines, the one document, samples. */
#include "alloc_fail.h"
#include "bench_fixture.h"
#include "test.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cjson/cJSON.h>
#include <gcoap/net.h>
#include "common/cli.h"
#include "common/json_file.h"

static struct bench_fixture x;
static char *text;
static size_t text_len;
static struct json_file *file;

static int setup(void **state)
{
	cli_start("gcoap-bench");
	cli_quiet(2);
	bench_fixture_init(&x);
	x.output.format = "jsonl";
	return 0;
}

static int teardown(void **state)
{
	bench_fixture_clear(&x);
	json_file_free(&file);
	free(text);
	text = NULL;
	return 0;
}

/* Show, read again, and count the records. */
static size_t shown(void)
{
	FILE *out;

	json_file_free(&file);
	free(text);
	text = NULL;
	out = open_memstream(&text, &text_len);
	assert_int_equal(bench_show(&x.report, out), 0);
	fclose(out);
	assert_int_equal(json_file_parse(&file, text, text_len, NULL), 0);
	return json_file_count(file);
}

static const struct cJSON *summary(void)
{
	return json_file_value(file, json_file_count(file) - 1);
}

static double number(const struct cJSON *v, const char *key)
{
	double d;

	assert_true(json_number(v, key, &d));
	return d;
}

static void servers_come_then_the_summary(void **state)
{
	const struct cJSON *v, *rtt;

	assert_int_equal(shown(), 3);
	v = json_file_value(file, 1);
	assert_string_equal(json_text(v, "type"), "server");
	assert_string_equal(json_text(v, "server"), "10.77.0.3:5683");
	assert_string_equal(json_text(v, "name"), "hall");
	assert_true(number(v, "sent") == 120 && number(v, "answered") == 117);
	assert_true(number(v, "loss") == 0.025);
	assert_true(number(v, "late") == 1 && number(v, "duplicates") == 0);
	rtt = json_member(v, "rtt_ms");
	assert_true(number(rtt, "min") == 1500 && number(rtt, "p999") == 1500);
	assert_string_equal(json_text(summary(), "type"), "summary");
	assert_string_equal(json_text(summary(), "tool"), "gcoap-bench");
	assert_string_equal(json_text(summary(), "started"), "2026-07-01T12:00:00.000000Z");
	assert_true(number(summary(), "rounds") == 120);
	assert_true(number(summary(), "complete_rounds") == 117);
	assert_true(number(summary(), "ok") == 237);
	assert_true(number(json_member(summary(), "first_ms"), "min") == 130);
	assert_true(number(json_member(summary(), "last_ms"), "max") == 4980);
	assert_true(number(json_member(summary(), "codes"), "2.05") == 237);
	assert_true(number(json_member(summary(), "plan"), "rate_per_s") == 2);
	v = json_member(json_member(summary(), "figures"), "loss");
	assert_string_equal(json_text(v, "of"), "hall");
	assert_string_equal(json_text(v, "unit"), "share");
	v = json_member(json_member(summary(), "figures"), "last.p99");
	assert_true(number(v, "value") == 4950 && number(v, "spread") == 30);
}

static void silent_expected_servers_are_missing(void **state)
{
	x.servers[1].answered = 0;
	assert_int_equal(shown(), 4);
	assert_string_equal(json_text(json_file_value(file, 2), "type"), "missing");
	assert_string_equal(json_text(json_file_value(file, 2), "id"), "r1");
	assert_string_equal(json_text(json_file_value(file, 2), "name"), "hall");
	assert_true(number(summary(), "missing") == 1);
}

static void the_histogram_is_a_list_of_bins(void **state)
{
	const struct cJSON *bins, *bin;
	uint64_t n = 0;

	shown();
	assert_non_null(strstr(text, "\"hist\":null"));
	x.own.hist = true;
	shown();
	bins = json_member(summary(), "hist");
	assert_true(cJSON_IsArray(bins) && cJSON_GetArraySize(bins) > 1);
	for (bin = bins->child; bin; bin = bin->next) {
		if (bin->next)
			assert_true(number(bin, "to_ms") == number(bin->next, "from_ms"));
		n += (uint64_t)number(bin, "count");
	}
	assert_int_equal(n, x.result.each.count);
	gcoap_histogram_clear(&x.result.each);
	shown();
	assert_non_null(strstr(text, "\"hist\":[]"));
}

static void what_is_not_known_is_null(void **state)
{
	const struct cJSON *v;

	x.figures[0].value = NAN;
	x.figures[0].spread = INFINITY;
	x.figures[1].known = false;
	x.servers[0].sent = 0;
	gcoap_histogram_clear(&x.servers[0].rtt);
	x.result.elapsed = 0;
	x.own.gap = 0;
	shown();
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	assert_non_null(strstr(text, "\"loss\":null"));
	assert_non_null(strstr(text, "\"last.p99\":{\"value\":null,\"unit\":\"ms\",\"spread\":null"));
	assert_non_null(strstr(text, "\"rate_per_s\":null"));
	assert_non_null(strstr(text, "\"requests_per_s\":null"));
	assert_non_null(strstr(text, "\"leisure\":null"));
	assert_non_null(strstr(text, "\"growth\":null"));
	x.result.growth = (struct bench_growth){ .grows = true, .by = 4 * GCOAP_SECOND, .slope = 0.5,
						 .window = GCOAP_SECOND / 2 };
	shown();
	assert_non_null(strstr(text, "\"growth\":{\"by_ms\":4000,\"slope\":0.5,\"window_ms\":"
				     "500,\"queued\":false,\"request_ms\":null}"));
	x.result.growth.queued = true;
	x.result.growth.each = GCOAP_SECOND;
	shown();
	assert_non_null(strstr(text, "\"queued\":true,\"request_ms\":1000}"));
	v = json_member(json_file_value(file, 0), "rtt_ms");
	assert_true(v && cJSON_IsNull(v));
}

static void assertions_tell_value_limit_and_whose(void **state)
{
	struct bench_assert *a = x.asserts;
	const struct cJSON *v;

	assert_int_equal(bench_assert_parse("loss<1%", &a[0]), CLI_OK);
	assert_int_equal(bench_assert_parse("answers>0", &a[1]), CLI_OK);
	x.report.n_asserts = 2;
	for (size_t i = 0; i < 2; i++)
		bench_assert_check(&a[i], &x.result, x.figures, x.report.n_figures);
	shown();
	v = json_next(json_member(summary(), "asserts"), NULL);
	assert_string_equal(json_text(v, "expr"), "loss<1%");
	assert_true(cJSON_IsFalse(json_member(v, "ok")));
	assert_true(number(v, "value") == 0.025 && number(v, "limit") == 0.01);
	assert_string_equal(json_text(v, "of"), "hall");
	v = json_next(json_member(summary(), "asserts"), v);
	assert_true(cJSON_IsNull(json_member(v, "value")));
	assert_null(json_next(json_member(summary(), "asserts"), v));
}

static void errors_stand_before_the_summary(void **state)
{
	static const char *const hints[] = { "look there", NULL };
	static const struct bench_error errors[] = { { 3, "nobody answered", hints },
						     { 5, "no room", NULL } };

	x.report.errors = errors;
	x.report.n_errors = 2;
	assert_int_equal(shown(), 5);
	assert_string_equal(json_text(json_file_value(file, 2), "what"), "nobody answered");
	assert_string_equal(json_text(json_file_value(file, 3), "type"), "error");
	x.output.format = "json";
	assert_int_equal(shown(), 1);
	assert_int_equal(cJSON_GetArraySize(json_member(summary(), "errors")), 2);
}

static void a_document_has_lists_always(void **state)
{
	const struct cJSON *v;

	x.output.format = "json";
	assert_int_equal(shown(), 1);
	v = json_file_value(file, 0);
	assert_int_equal(cJSON_GetArraySize(json_member(v, "servers")), 2);
	assert_int_equal(cJSON_GetArraySize(json_member(v, "missing")), 0);
	assert_int_equal(cJSON_GetArraySize(json_member(v, "errors")), 0);
	assert_string_equal(json_text(json_member(v, "summary"), "type"), "summary");
}

static void a_run_that_did_not_begin_has_errors_alone(void **state)
{
	static const struct bench_error errors[] = { { 6, "no such name", NULL } };
	static const char *const formats[] = { "jsonl", "json", "table" };

	x.report.result = NULL;
	x.report.errors = errors;
	x.report.n_errors = 1;
	for (size_t i = 0; i < 3; i++) {
		FILE *out;

		free(text);
		text = NULL;
		x.output.format = formats[i];
		out = open_memstream(&text, &text_len);
		assert_int_equal(bench_show_errors(&x.report, out), 0);
		fclose(out);
		if (i == 2)
			assert_string_equal(text, "");
		else
			assert_non_null(strstr(text, "{\"type\":\"error\",\"code\":6,"
						     "\"what\":\"no such name\",\"hint\":[]}"));
	}
}

static void names_are_always_valid_json(void **state)
{
	x.servers[0].name = "\"\\\x1b\xff\xe2\x80\xae";
	x.report.ended_by = "duration";
	shown();
	for (size_t i = 0; i < text_len; i++)
		assert_true((unsigned char)text[i] >= ' ' || text[i] == '\n');
}

/* In every format, and whichever allocation it is. */
static void memory_that_fails_is_told(void **state)
{
	static const char *const formats[] = { "jsonl", "json", "csv", "table" };

	for (size_t i = 0; i < 4; i++) {
		bool failed = true;

		x.output.format = formats[i];
		for (size_t n = 1; failed; n++) {
			FILE *out = fopen("/dev/null", "w");
			int r;

			alloc_fail_at(n);
			r = bench_show(&x.report, out);
			failed = alloc_failed();
			/* A table may do without what failed. */
			assert_true(r == 0 || (failed && r == GCOAP_ENOMEM));
			assert_true(!failed || r < 0 || i == 3);
			fclose(out);
		}
	}
}

/* ---- --samples ---- */

static struct gcoap_load_answer answer(enum gcoap_load_kind kind, uint32_t server)
{
	return (struct gcoap_load_answer){ .kind = kind, .round = 7, .client = 1, .server = server,
		.due = 5 * GCOAP_SECOND, .sent = 5 * GCOAP_SECOND + 20 * GCOAP_US,
		.at = 5 * GCOAP_SECOND + 1500 * GCOAP_US, .code = 0x45, .size = 57 };
}

static char *read_samples(const char *path)
{
	static char buf[8192];
	FILE *in = fopen(path, "r");
	size_t n = fread(buf, 1, sizeof(buf) - 1, in);

	buf[n] = '\0';
	fclose(in);
	return buf;
}

static void samples_are_a_line_an_answer_and_a_round(void **state)
{
	static const struct run_args args = RUN_ARGS_DEFAULT;
	struct run run = { .args = &args };
	struct gcoap_load_answer a = answer(GCOAP_LOAD_ANSWER, GCOAP_LOAD_UNKNOWN);
	struct gcoap_load_round over = { .round = 7, .client = 1, .due = 5 * GCOAP_SECOND,
		.sent = GCOAP_NEVER, .first = GCOAP_NEVER, .last = GCOAP_NEVER, .error = 101 };
	char path[] = "/tmp/test-bench-XXXXXX";
	struct bench_samples *s;
	struct gcoap_load_sink *sink;

	close(mkstemp(path));
	assert_int_equal(bench_samples_open(&s, path, &run, 1782907200 * GCOAP_SECOND), CLI_OK);
	sink = bench_samples_sink(s);
	sink->answer(sink, &a);
	a.kind = GCOAP_LOAD_LATE;
	a.server = 3; /* there is no load that would know it */
	a.warmup = true;
	sink->answer(sink, &a);
	sink->round(sink, &over);
	assert_int_equal(bench_samples_close(&s), CLI_OK);
	assert_null(s);
	assert_string_equal(read_samples(path),
		"{\"type\":\"sample\",\"round\":7,\"server\":null,\"name\":null,"
		"\"due\":\"2026-07-01T12:00:05.000000Z\",\"rtt_ms\":1.5,\"sent_late_ms\":0.02,"
		"\"code\":\"2.05\",\"bytes\":57,\"kind\":\"answer\",\"client\":1,\"target\":0,"
		"\"warmup\":false}\n"
		"{\"type\":\"sample\",\"round\":7,\"server\":null,\"name\":null,"
		"\"due\":\"2026-07-01T12:00:05.000000Z\",\"rtt_ms\":1.5,\"sent_late_ms\":0.02,"
		"\"code\":\"2.05\",\"bytes\":57,\"kind\":\"late\",\"client\":1,\"target\":0,"
		"\"warmup\":true}\n"
		"{\"type\":\"round\",\"round\":7,\"due\":\"2026-07-01T12:00:05.000000Z\","
		"\"sent_late_ms\":null,\"first_ms\":null,\"last_ms\":null,\"answered\":0,"
		"\"complete\":false,\"interrupted\":false,"
		"\"error\":\"Network is unreachable\",\"client\":1,\"target\":0,"
		"\"warmup\":false}\n");
	unlink(path);
}

static void a_sample_of_a_forgotten_request_has_no_times(void **state)
{
	static const struct run_args args = RUN_ARGS_DEFAULT;
	struct run run = { .args = &args };
	struct gcoap_load_answer a = answer(GCOAP_LOAD_LATE, GCOAP_LOAD_UNKNOWN);
	char path[] = "/tmp/test-bench-XXXXXX";
	struct bench_samples *s;

	close(mkstemp(path));
	assert_int_equal(bench_samples_open(&s, path, &run, 1782907200 * GCOAP_SECOND), CLI_OK);
	a.sent = GCOAP_NEVER;
	bench_samples_sink(s)->answer(bench_samples_sink(s), &a);
	a.due = GCOAP_NEVER; /* without a plan */
	bench_samples_sink(s)->answer(bench_samples_sink(s), &a);
	assert_int_equal(bench_samples_close(&s), CLI_OK);
	assert_string_equal(read_samples(path),
		"{\"type\":\"sample\",\"round\":7,\"server\":null,\"name\":null,"
		"\"due\":\"2026-07-01T12:00:05.000000Z\",\"rtt_ms\":1.5,\"sent_late_ms\":null,"
		"\"code\":\"2.05\",\"bytes\":57,\"kind\":\"late\",\"client\":1,\"target\":0,"
		"\"warmup\":false}\n"
		"{\"type\":\"sample\",\"round\":7,\"server\":null,\"name\":null,"
		"\"due\":null,\"rtt_ms\":null,\"sent_late_ms\":null,"
		"\"code\":\"2.05\",\"bytes\":57,\"kind\":\"late\",\"client\":1,\"target\":0,"
		"\"warmup\":false}\n");
	unlink(path);
}

static void samples_that_cannot_be_written_are_told(void **state)
{
	static const struct run_args args = RUN_ARGS_DEFAULT;
	struct run run = { .args = &args };
	struct gcoap_load_answer a = answer(GCOAP_LOAD_ANSWER, GCOAP_LOAD_UNKNOWN);
	struct bench_samples *s;
	struct gcoap_load_sink *sink;

	assert_int_equal(bench_samples_open(&s, "/nonexistent/x", &run, 0), CLI_LOCAL);
	assert_null(s);
	assert_int_equal(bench_samples_open(&s, "/dev/full", &run, 0), CLI_OK);
	sink = bench_samples_sink(s);
	for (int i = 0; i < 1000; i++)
		sink->answer(sink, &a);
	assert_int_equal(bench_samples_close(&s), CLI_LOCAL);
	assert_int_equal(bench_samples_close(&s), CLI_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		test(servers_come_then_the_summary),
		test(silent_expected_servers_are_missing),
		test(the_histogram_is_a_list_of_bins),
		test(what_is_not_known_is_null),
		test(assertions_tell_value_limit_and_whose),
		test(errors_stand_before_the_summary),
		test(a_document_has_lists_always),
		test(a_run_that_did_not_begin_has_errors_alone),
		test(names_are_always_valid_json),
		test(memory_that_fails_is_told),
		test(samples_are_a_line_an_answer_and_a_round),
		test(a_sample_of_a_forgotten_request_has_no_times),
		test(samples_that_cannot_be_written_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
