/* The parts of the screen. */
#ifndef BENCH_SCREEN_H
#define BENCH_SCREEN_H

#include "bench.h"
#include "common/grid.h"

struct screen {
	const struct bench_report *report;
	const struct bench_result *result;
	struct grid_look look;
	struct jsonw text; /* what is to be printed */
	bool failed;
};

const struct bench_figure *screen_figure(const struct screen *s, const char *name);
/* A line of words, escaped; broken between words when the screen is narrow. */
void screen_line(struct screen *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Print @g (NULL: no memory) and free it. */
void screen_grid(struct screen *s, struct grid *g);

/* Percentiles of first, each and last, or rtt. */
void screen_times(struct screen *s);
/* A row a server, beside or above what is to be said of all. */
void screen_servers(struct screen *s);
/* --hist */
void screen_hist(struct screen *s);
/* What else there is to say: lines. */
void screen_remarks(struct screen *s);
/* --compare */
void screen_compare(struct screen *s);

/* "120 requests, 60.0 s, 2.0/s; complete rounds 117/120 (97.5 %)" */
void screen_sum(const struct screen *s, char *buf, size_t cap);
/* "assert loss<1%: FAIL (hall 2.5 %)  -> exit 10"; false: it was not checked yet. */
bool screen_assert(const struct screen *s, size_t i, char *buf, size_t cap);

#endif
