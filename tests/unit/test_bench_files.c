/* What gcoap-bench writes for other programs: CSV, and HdrHistogram's text. */
#include "bench_fixture.h"
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/cli.h"

static struct bench_fixture x;
static char path[64], text[65536];

static int setup(void **state)
{
	int fd;

	cli_start("gcoap-bench");
	cli_quiet(2);
	snprintf(path, sizeof(path), "/tmp/test-bench-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	bench_fixture_init(&x);
	return 0;
}

static int teardown(void **state)
{
	bench_fixture_clear(&x);
	unlink(path);
	return 0;
}

static const char *contents(void)
{
	FILE *in = fopen(path, "r");
	size_t n;

	assert_non_null(in);
	n = fread(text, 1, sizeof(text) - 1, in);
	text[n] = '\0';
	fclose(in);
	return text;
}

#define HEAD "row,server,name,sent,answered,loss,duplicates,late,errors,min_ms,p50_ms,p90_ms," \
	     "p99_ms,p999_ms,max_ms,mean_ms"

static void csv_has_a_row_a_server_and_one_for_all(void **state)
{
	x.servers[0].name = "a \"big\", old\nkitchen";
	x.figures[2].known = false;
	assert_int_equal(bench_write_csv(&x.report, path), CLI_OK);
	assert_string_equal(contents(),
		HEAD ",last.p99_ms,loss_share,complete_share,rate_per_s\r\n"
		"server,10.77.0.2:5683,\"a \"\"big\"\", old\nkitchen\",120,120,0,0,0,0,1500,1500,"
		"1500,1500,1500,1500,1500,,,,\r\n"
		"server,10.77.0.3:5683,hall,120,117,0.025,0,1,0,1500,1500,1500,1500,1500,1500,"
		"1500,,,,\r\n"
		"all,,,240,237,0.0125,0,1,0,130,2214.593,4429.185,4966.056,4980,4980,2485.042,"
		"4950,0.025,,2\r\n");
}

static void every_row_of_csv_has_as_many_fields(void **state)
{
	size_t commas = 0, n = 0;

	x.report.n_figures = bench_figures(&x.result, x.figures);
	gcoap_histogram_clear(&x.servers[0].rtt);
	x.servers[0].sent = x.servers[0].answered = 0;
	assert_int_equal(bench_write_csv(&x.report, path), CLI_OK);
	for (const char *p = contents(); *p; p++) {
		n += *p == ',';
		if (*p != '\n')
			continue;
		if (!commas)
			commas = n;
		assert_int_equal(n, commas);
		n = 0;
	}
	assert_true(commas > 40);
}

static void csv_is_a_format_of_the_screen(void **state)
{
	char *shown = NULL;
	size_t len;
	FILE *out = open_memstream(&shown, &len);

	x.output.format = "csv";
	assert_int_equal(bench_show(&x.report, out), 0);
	fclose(out);
	assert_int_equal(bench_write_csv(&x.report, path), CLI_OK);
	assert_string_equal(shown, contents());
	free(shown);
}

static void csv_without_headings_begins_with_a_server(void **state)
{
	x.output.no_headings = true;
	assert_int_equal(bench_write_csv(&x.report, path), CLI_OK);
	assert_int_equal(strncmp(contents(), "server,", 7), 0);
}

static void hgrm_reads_as_hdrhistogram_writes_it(void **state)
{
	gcoap_histogram_clear(&x.result.each);
	for (int ms = 1; ms <= 10; ms++)
		gcoap_histogram_add(&x.result.each, ms * GCOAP_MS, 1);
	assert_int_equal(bench_write_hgrm(&x.report, path), CLI_OK);
	contents();
	assert_int_equal(strncmp(text,
		"       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
		"       1.000 0.000000000000          1           1.00\n", 110), 0);
	assert_non_null(strstr(text, "\n      10.000 1.000000000000         10\n#[Mean    = "));
	assert_non_null(strstr(text,
		"#[Mean    =        5.500, StdDeviation   =        2.872]\n"
		"#[Max     =       10.000, Total count    =           10]\n"));
}

/* A plotter takes lines of four numbers that do not begin with '#'. */
static void values_of_hgrm_only_grow(void **state)
{
	double value, part, inverse, last_value = 0, last_part = -1;
	unsigned long long count, last_count = 0;
	size_t lines = 0;

	assert_int_equal(bench_write_hgrm(&x.report, path), CLI_OK);
	contents();
	for (const char *p = strstr(text, "\n\n") + 2; *p != '#'; p = strchr(p, '\n') + 1) {
		int n = sscanf(p, "%lf %lf %llu %lf", &value, &part, &count, &inverse);

		assert_in_range(n, 3, 4);
		assert_true(value >= last_value && part > last_part && count >= last_count);
		if (part < 1)
			assert_true(n == 4 && fabs(inverse - 1 / (1 - part)) < 0.01);
		last_value = value;
		last_part = part;
		last_count = count;
		lines++;
	}
	assert_true(last_part == 1 && last_count == 240 && last_value == 4980);
	assert_in_range(lines, 20, 60);
}

static void no_answer_makes_an_empty_hgrm(void **state)
{
	gcoap_histogram_clear(&x.result.each);
	memset(&x.result.each, 0, sizeof(x.result.each));
	assert_int_equal(bench_write_hgrm(&x.report, path), CLI_OK);
	assert_non_null(strstr(contents(), "Total count    =            0]\n"));
}

static void files_that_cannot_be_written_are_told(void **state)
{
	assert_int_equal(bench_write_csv(&x.report, "/nonexistent/x"), CLI_LOCAL);
	assert_int_equal(bench_write_hgrm(&x.report, "/nonexistent/x"), CLI_LOCAL);
	assert_int_equal(bench_write_csv(&x.report, "/dev/full"), CLI_LOCAL);
	assert_int_equal(bench_write_hgrm(&x.report, "/dev/full"), CLI_LOCAL);
	assert_int_equal(bench_write_hgrm(&x.report, "/dev/null"), CLI_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		test(csv_has_a_row_a_server_and_one_for_all),
		test(every_row_of_csv_has_as_many_fields),
		test(csv_is_a_format_of_the_screen),
		test(csv_without_headings_begins_with_a_server),
		test(hgrm_reads_as_hdrhistogram_writes_it),
		test(values_of_hgrm_only_grow),
		test(no_answer_makes_an_empty_hgrm),
		test(files_that_cannot_be_written_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
