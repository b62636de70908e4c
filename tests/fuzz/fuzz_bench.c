/* F1: any text as an --assert expression, and any file as the earlier run of --compare. */
#include "bench/bench.h"
#include "bench/compare.h"
#include "common/cli.h"
#include "common/json_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

static void try_assert(const char *text, const struct bench_figure *f, size_t n)
{
	struct bench_assert a;

	bench_assert_like(text);
	if (bench_assert_parse(text, &a) != CLI_OK)
		return;
	must(bench_assert_like(text));
	must(isfinite(a.limit) && a.limit >= 0);
	must(strlen(a.name) < sizeof(a.name) && strlen(a.server) < sizeof(a.server));
	bench_assert_check(&a, &(struct bench_result){ 0 }, f, n);
	must(a.checked && (!a.ok || a.figure.known));
}

static void try_file(const uint8_t *data, size_t size, const struct bench_figure *f, size_t n)
{
	static struct bench_compare c;
	struct json_file *file;
	char other[700];

	if (json_file_parse(&file, (const char *)data, size, NULL) < 0)
		return;
	if (bench_compare_values(&c, "fuzz", file) == CLI_OK) {
		must(c.n_before <= BENCH_FIGURES);
		bench_compare_with(&c, f, n);
		for (size_t i = 0; i < c.n; i++)
			must(*bench_verdict_name(bench_change_verdict(&c.list[i])));
		bench_compare_differs(&c, &(struct bench_result){ .clients = 1 }, other,
				      sizeof(other));
	}
	json_file_free(&file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench_figure f[BENCH_FIGURES];
	struct bench_result empty = { .group = size % 2 };
	size_t n = bench_figures(&empty, f);
	char *text = malloc(size + 1);

	cli_start("fuzz");
	cli_quiet(2);
	for (size_t i = 0; i < n; i++) {
		f[i].known = true;
		f[i].value = (double)i;
	}
	if (text) {
		memcpy(text, data, size);
		text[size] = '\0';
		try_assert(text, f, n);
	}
	free(text);
	try_file(data, size, f, n);
	return 0;
}
