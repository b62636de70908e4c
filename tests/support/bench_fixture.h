/* A run that never was: two servers of a group, 120 requests in a minute. */
#ifndef BENCH_FIXTURE_H
#define BENCH_FIXTURE_H

#include "bench/bench.h"

struct bench_fixture {
	struct bench_report report;
	struct bench_result result;
	struct bench_figure figures[BENCH_FIGURES];
	struct bench_server servers[8];
	struct bench_assert asserts[4];
	struct output_args output;
	struct bench_own own;
};

void bench_fixture_init(struct bench_fixture *x);
void bench_fixture_clear(struct bench_fixture *x);
/* A figure that is known. */
struct bench_figure *bench_fixture_figure(struct bench_fixture *x, const char *name,
					  enum bench_unit unit, double value, double spread);

#endif
