/* A histogram in a few bins for the eye. */
#ifndef BENCH_BINS_H
#define BENCH_BINS_H

#include <gcoap/histogram.h>

#define BENCH_BINS 32

struct bench_bin {
	double from, to; /* ns */
	uint64_t count, sum; /* and of all up to here */
};

/* Do few long times make equal steps useless? */
bool bench_bins_log(const struct gcoap_histogram *h);
/* At most @n bins of equal or equally growing width from the least to the greatest, at round
 * numbers with @round; returns how many. */
size_t bench_bins(const struct gcoap_histogram *h, size_t n, bool round,
		  struct bench_bin out[BENCH_BINS]);
/* Those of --hist, at round numbers. */
size_t bench_hist(const struct gcoap_histogram *h, struct bench_bin out[BENCH_BINS]);
#define BENCH_SPARK 8
/* Eight bins as "▁▃▇█▆▃▂▁"; "" when there is nothing. @buf: 3 * BENCH_SPARK + 1. */
char *bench_spark(const struct gcoap_histogram *h, bool ascii, char *buf);

#endif
