/* The report of gcoap-bench as a page. */
#include "bench/html.h"
#include "bench_page.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "test.h"

static const struct page_plan three = { 3, 120, 500 * GCOAP_MS, 5 * GCOAP_SECOND, 0.03, true };
static const struct page_plan alone = { 1, 20000, 10 * GCOAP_US, 0, 0.002, false };

static void has(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("the page has no \"%s\"", what);
}

static void lacks(const char *text, const char *what)
{
	const char *at = strstr(text, what);

	if (at)
		fail_msg("the page has \"%.60s\"", at);
}

/* "nan" and "inf" are in no coordinate and no cell; the script and the style are left out. */
static void numbers_are_finite(char *text)
{
	char *script = strstr(text, "<script>"), *body = strstr(text, "<body>");

	assert_non_null(script);
	assert_non_null(body);
	*script = '\0';
	lacks(body, "nan");
	lacks(body, "NaN");
	lacks(body, "\"inf");
	lacks(body, " inf");
	lacks(body, "-inf");
	*script = '<';
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	while ((text = strstr(text, what))) {
		n++;
		text++;
	}
	return n;
}

static void a_group_has_all_its_parts(void **state)
{
	struct page p;
	char *text;

	page_init(&p, &three);
	page_compare(&p);
	text = page_text(&p.report);
	has(text, "<!DOCTYPE html>\n<html lang=\"en\">");
	has(text, "default-src 'none'");
	has(text, "<h1>coap://224.0.1.187/temp</h1>");
	has(text, "Group requests at 2.0/s for 60.0 s, from 1 client.");
	has(text, "<dt>Requests<dd>120");
	has(text, "first answer</span>");
	has(text, "id=\"hist-lin\"");
	has(text, "id=\"perc-log\"");
	has(text, "id=\"heat\"");
	has(text, "id=\"loss\"");
	has(text, "id=\"leisure\"");
	has(text, "D = 0.012, p = 0.41");
	has(text, "id=\"compare\"");
	has(text, "before.json");
	lacks(text, "another plan");
	has(text, "2.05 Content<td>");
	has(text, "gcoap-bench -r 2 -d 60s -n 3 coap://224.0.1.187/temp &#39;last.p99&lt;6s&#39;");
	lacks(text, "id=\"over-time\"");
	numbers_are_finite(text);
	free(text);
	p.r.clients = 4;
	p.r.growth = (struct bench_growth){ .grows = true, .by = 4 * GCOAP_SECOND,
						 .queued = true, .each = 5 * GCOAP_SECOND };
	text = page_text(&p.report);
	has(text, "the group takes 5.00 s for a request");
	has(text, "<code>-r 0.18</code>");
	has(text, "<strong>It had another plan</strong>: --clients 1, then 4");
	has(text, "Answers come later and later, by 4.00 s in all");
	lacks(text, "id=\"leisure\"");
	free(text);
	page_clear(&p);
}

static void one_server_has_neither_heat_map_nor_leisure(void **state)
{
	struct page p;
	char *text;

	page_init(&p, &alone);
	text = page_text(&p.report);
	has(text, "id=\"over-time\"");
	has(text, "<dt>Answered<dd>");
	has(text, "at 100 k/s for 0.20 s");
	lacks(text, "id=\"heat\"");
	lacks(text, "id=\"leisure\"");
	lacks(text, "first answer");
	lacks(text, "<section><h2>Beside");
	numbers_are_finite(text);
	free(text);
	page_clear(&p);
}

static void nobody_answered_is_a_page_too(void **state)
{
	static const struct page_plan plan = { 3, 0, GCOAP_SECOND, GCOAP_SECOND, 0, true };
	struct page p;
	char *text;

	page_init(&p, &plan);
	p.report.words = NULL;
	text = page_text(&p.report);
	has(text, "Nobody answered.");
	has(text, "<dt>Complete rounds<dd>-");
	has(text, "<dt>Last answer<dd>-");
	numbers_are_finite(text);
	free(text);
	page_clear(&p);
}

static void an_empty_result_is_a_page_too(void **state)
{
	struct bench_result r = { .leisure = { .d = NAN, .p = NAN } };
	struct bench_report report = { .result = &r };
	char *text = page_text(&report);

	has(text, "<h1>no target</h1>");
	numbers_are_finite(text);
	free(text);
}

static void ten_thousand_servers_fit(void **state)
{
	static const struct page_plan plan = { 10000, 20, GCOAP_SECOND, 5 * GCOAP_SECOND, 0.1, true };
	struct page p;
	char *text;

	page_init(&p, &plan);
	text = page_text(&p.report);
	assert_true(strlen(text) < 2000000);
	has(text, "1,000 servers are folded into 200 bands of 5");
	has(text, "The other 9,000 servers are in the table alone.");
	has(text, "the table has 1,000 of them");
	assert_int_equal(count(text, "<li data-y="), 201);
	numbers_are_finite(text);
	free(text);
	page_clear(&p);
}

#define HOSTILE "<script>alert(1)</script>\"'&\x01\x1b[2J\xff\xc3(\xe2\x80\xae</title>"
#define HARMLESS                                                                           \
	"&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\\x01\\x1b[2J\\xff\\xc3("    \
	"\\u{202e}&lt;/title&gt;"

static void hostile_text_stays_text(void **state)
{
	const char *hints[] = { NULL };
	struct bench_error error = { 5, HOSTILE, hints };
	char *words[] = { "gcoap-bench", HOSTILE, NULL };
	struct page p;
	char *text;

	page_init(&p, &three);
	page_compare(&p);
	p.targets[0] = HOSTILE;
	p.r.via = HOSTILE;
	p.r.servers[1].name = HOSTILE;
	snprintf(p.r.servers[2].text, sizeof(p.r.servers[2].text), "%s", HOSTILE);
	p.r.servers[2].name = NULL;
	p.asserts[0] = (struct bench_assert){ .expr = HOSTILE, .checked = true };
	p.asserts[0].figure.of = HOSTILE;
	for (size_t i = 0; i < p.report.n_figures; i++)
		p.figures[i].of = HOSTILE;
	p.report.n_asserts = 1;
	p.report.words = words;
	p.report.errors = &error;
	p.report.n_errors = 1;
	p.compare.path = HOSTILE;
	snprintf(p.compare.ts, sizeof(p.compare.ts), "%.30s", HOSTILE);
	snprintf(p.compare.targets, sizeof(p.compare.targets), "%s", HOSTILE);
	text = page_text(&p.report);
	assert_int_equal(count(text, "<script"), 1);
	assert_int_equal(count(text, "</script"), 1);
	assert_int_equal(count(text, "</title>"), count(text, "<title"));
	lacks(text, "\x1b");
	lacks(text, "\x01");
	lacks(text, "\xff");
	has(text, "<h1>" HARMLESS "</h1>");
	has(text, "through the proxy " HARMLESS);
	has(text, "<strong>Error:</strong> " HARMLESS);
	has(text, "<code>" HARMLESS "</code><td class=\"word\"><b class=\"fail\">FAIL</b>");
	free(text);
	page_clear(&p);
}

static void assertions_are_words(void **state)
{
	struct page p;
	char *text;

	page_init(&p, &three);
	p.asserts[0] = (struct bench_assert){ .expr = "last.p99<6s", .checked = true, .ok = true,
					      .figure = { .unit = BENCH_TIME, .known = true,
							  .value = 4.95e9 } };
	p.asserts[1] = (struct bench_assert){ .expr = "loss<1%", .checked = true,
					      .figure = { .unit = BENCH_SHARE, .known = true,
							  .value = 0.025, .of = "hall" } };
	p.report.n_asserts = 2;
	text = page_text(&p.report);
	has(text, "<h2>Assertions: FAIL</h2>");
	has(text, "<code>last.p99&lt;6s</code><td class=\"word\"><b class=\"pass\">pass</b><td class=\"word\">4.95 s\n");
	has(text, "<code>loss&lt;1%</code><td class=\"word\"><b class=\"fail\">FAIL</b><td class=\"word\">2.5 % (hall)\n");
	free(text);
	page_clear(&p);
}

static void what_went_wrong_is_said(void **state)
{
	struct page p;
	char *text;

	page_init(&p, &three);
	p.r.kernel_drops = 1;
	p.r.interrupted = true;
	p.r.unsent_rounds = 1200;
	p.r.send_error = 101;
	gcoap_histogram_add(&p.r.lag, 200 * GCOAP_MS, 50);
	text = page_text(&p.report);
	has(text, "<li>1 datagram was dropped by this host's kernel");
	has(text, "the run was interrupted");
	has(text, "<li>1,200 requests could not be sent.");
	has(text, "The first failed send: Network is unreachable.");
	has(text, "left 0.20 s or more behind its planned time");
	free(text);
	gcoap_histogram_clear(&p.r.lag);
	page_clear(&p);
}

static void a_run_cut_short_says_that_no_request_had_its_time(void **state)
{
	struct page p;
	char *text;

	page_init(&p, &three);
	p.r.interrupted = true;
	p.r.rounds = 0;
	p.r.interrupted_rounds = 2;
	text = page_text(&p.report);
	has(text, "<dt>Requests<dd>2 <small>cut short</small>");
	has(text, "<li>No request had its time: what is told is of the answers so far.");
	lacks(text, "not counted");
	free(text);
	page_clear(&p);
}

static void numbers_have_units(void **state)
{
	char buf[HTML_NUMBER];

	assert_string_equal(html_duration(0, buf), "0.00 s");
	assert_string_equal(html_duration(850, buf), "0.85 us");
	assert_string_equal(html_duration(12500, buf), "12.5 us");
	assert_string_equal(html_duration(566e6, buf), "0.57 s");
	assert_string_equal(html_duration(1.857e9, buf), "1.86 s");
	assert_string_equal(html_duration(60e9, buf), "60.0 s");
	assert_string_equal(html_duration(300e9, buf), "300 s");
	assert_string_equal(html_duration(7200e9, buf), "120 min");
	assert_string_equal(html_duration(NAN, buf), "-");
	assert_string_equal(html_duration(INFINITY, buf), "-");
	assert_string_equal(html_share(0.025, buf), "2.5 %");
	assert_string_equal(html_share(0, buf), "0.0 %");
	assert_string_equal(html_share(0.0001, buf), "0.01 %");
	assert_string_equal(html_share(0.99999, buf), "99.999 %");
	assert_string_equal(html_share(1, buf), "100 %");
	assert_string_equal(html_share(NAN, buf), "-");
	assert_string_equal(html_count(0, buf), "0");
	assert_string_equal(html_count(999, buf), "999");
	assert_string_equal(html_count(UINT64_MAX, buf), "18,446,744,073,709,551,615");
	assert_string_equal(html_bytes(21, buf), "21 B");
	assert_string_equal(html_bytes(123456, buf), "123 kB");
	assert_string_equal(html_bytes(NAN, buf), "-");
}

static void scales_never_leave_the_picture(void **state)
{
	static const double values[] = { 0, -1, 1e300, -1e300, NAN, INFINITY, -INFINITY, 5 };
	struct html_scale lin = { 0, 10, 40, 390, false }, log = { 1, 1000, 200, 10, true };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		double x = html_at(&lin, values[i]), y = html_at(&log, values[i]);

		assert_true(x >= 40 && x <= 390);
		assert_true(y >= 10 && y <= 200);
	}
	assert_true(fabs(html_at(&lin, 5) - 215) < 1e-9);
	assert_true(fabs(html_at(&log, 10) - (200 - 190.0 / 3)) < 1e-9);
}

static void ticks_are_round(void **state)
{
	struct html_scale s = { 0, 5e9, 0, 100, false };
	double tick[HTML_TICKS];
	char buf[HTML_NUMBER];

	assert_int_equal(html_ticks(&s, 6, tick), 6);
	assert_string_equal(html_tick_time(tick[3], s.high, false, buf), "3 s");
	s = (struct html_scale){ 12e3, 40e6, 0, 100, true };
	assert_int_equal(html_ticks(&s, 6, tick), 3);
	assert_string_equal(html_tick_time(tick[0], s.high, true, buf), "100 \xc2\xb5s");
	s = (struct html_scale){ 1e9, 1.01e9, 0, 100, true }; /* no decade in it */
	assert_true(html_ticks(&s, 6, tick) >= 2);
	assert_true(html_round_up(0, 5) > 0);
	assert_true(html_round_up(NAN, 5) > 0);
	assert_true(fabs(html_round_up(4.3e9, 5) - 5e9) < 1);
}

/* For tests/cli/bench_html.bats: the pages themselves, to be looked at. */
static void pages_are_written(void **state)
{
	static const struct {
		const char *name;
		struct page_plan plan;
	} rows[] = {
		{ "three", { 3, 120, 500 * GCOAP_MS, 5 * GCOAP_SECOND, 0.03, true } },
		{ "fifty", { 50, 300, 200 * GCOAP_MS, 2 * GCOAP_SECOND, 0.15, true } },
		{ "many", { 10000, 60, GCOAP_SECOND, 5 * GCOAP_SECOND, 0.1, true } },
		{ "unicast", { 1, 200000, 10 * GCOAP_US, 0, 0.002, false } },
		{ "silent", { 2, 0, GCOAP_SECOND, GCOAP_SECOND, 0, true } },
	};
	const char *dir = getenv("GCOAP_PAGES");
	char path[512];
	struct page p;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		page_init(&p, &rows[i].plan);
		if (i < 2)
			page_compare(&p);
		p.asserts[0] = (struct bench_assert){ .expr = "loss<1%", .checked = true,
						      .figure = *html_find(&(struct html){ .report = &p.report }, "loss") };
		p.report.n_asserts = i < 2;
		p.r.warmup_rounds = 10;
		snprintf(path, sizeof(path), "%s/%s.html", dir, rows[i].name);
		assert_int_equal(bench_write_html(&p.report, path), 0);
		page_clear(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_has_all_its_parts),
		cmocka_unit_test(one_server_has_neither_heat_map_nor_leisure),
		cmocka_unit_test(nobody_answered_is_a_page_too),
		cmocka_unit_test(an_empty_result_is_a_page_too),
		cmocka_unit_test(ten_thousand_servers_fit),
		cmocka_unit_test(hostile_text_stays_text),
		cmocka_unit_test(assertions_are_words),
		cmocka_unit_test(what_went_wrong_is_said),
		cmocka_unit_test(a_run_cut_short_says_that_no_request_had_its_time),
		cmocka_unit_test(numbers_have_units),
		cmocka_unit_test(scales_never_leave_the_picture),
		cmocka_unit_test(ticks_are_round),
	};
	const struct CMUnitTest by_hand[] = { cmocka_unit_test(pages_are_written) };

	if (getenv("GCOAP_PAGES"))
		return cmocka_run_group_tests(by_hand, NULL, NULL);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
