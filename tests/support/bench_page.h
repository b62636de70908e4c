/* Results of runs that never were, for the report. */
#ifndef BENCH_PAGE_H
#define BENCH_PAGE_H

#include "bench/bench.h"

struct page_plan {
	size_t servers;
	uint64_t rounds;
	gcoap_time gap, leisure; /* answers within so long after the first 2 ms */
	double loss;		 /* of the last server; none of the first */
	bool group;
};

struct page {
	struct page_plan plan;
	struct bench_result r;
	struct bench_own own;
	struct bench_figure figures[BENCH_FIGURES];
	struct bench_assert asserts[2];
	struct bench_compare compare;
	struct bench_report report;
	const char *targets[1];
	char *words[12];
	uint64_t seed;
};

/* All of it but the comparison is in the report. */
void page_init(struct page *p, const struct page_plan *plan);
/* An earlier run was slower. */
void page_compare(struct page *p);
void page_clear(struct page *p);
/* The whole page, on the heap. */
char *page_text(const struct bench_report *r);

#endif
