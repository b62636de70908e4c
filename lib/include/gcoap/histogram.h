/*
 * Durations counted in buckets no wider than 1/128 of their value, so that a percentile of ten
 * samples or of ten million is found in a bounded place. Minimum, maximum and mean are exact.
 */
#ifndef GCOAP_HISTOGRAM_H
#define GCOAP_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <gcoap/error.h>
#include <gcoap/time.h>

#define GCOAP_HISTOGRAM_PARTS 40

/* All zero is an empty one; what it holds is freed by gcoap_histogram_clear(). */
struct gcoap_histogram {
	uint64_t count;
	gcoap_time min, max; /* of @count > 0 */
	double sum, squares; /* of the values in nanoseconds */
	uint32_t *part[GCOAP_HISTOGRAM_PARTS]; /* counts of an octave, as far as they go; NULL:
						 * none yet */
};

void gcoap_histogram_clear(struct gcoap_histogram *h);
/* Count @value, @n times. Negative values count as 0 and those above 2^46 ns (19 hours) as that.
 * GCOAP_ENOMEM: nothing was counted. */
int gcoap_histogram_add(struct gcoap_histogram *h, gcoap_time value, uint64_t n);
/* Add all of @from. GCOAP_ENOMEM: part of it is missing. */
int gcoap_histogram_merge(struct gcoap_histogram *h, const struct gcoap_histogram *from);

/* The smallest value that a part @q (0 ... 1) of all is not above, never beyond min and max; 0
 * when nothing was counted. */
gcoap_time gcoap_histogram_at(const struct gcoap_histogram *h, double q);
double gcoap_histogram_mean(const struct gcoap_histogram *h);
double gcoap_histogram_deviation(const struct gcoap_histogram *h); /* standard, of the sample */
/* How many are at or below @value, as exactly as the buckets tell. */
uint64_t gcoap_histogram_below(const struct gcoap_histogram *h, gcoap_time value);

struct gcoap_bucket {
	gcoap_time low, high; /* low <= values < high */
	uint64_t count;
};
/* The next bucket that is not empty: true and *@out; *@at is 0 to begin with. */
bool gcoap_histogram_next(const struct gcoap_histogram *h, size_t *at,
			  struct gcoap_bucket *out);

#endif
