/*
 * Durations counted in buckets no wider than 1/128 of their value, so that a percentile of ten
 * samples or of ten million is found in a bounded place: 512 bytes for each power of two that
 * occurs. Minimum, maximum and mean are exact; durations under 256 ns are, too.
 */
#ifndef GCOAP_HISTOGRAM_H
#define GCOAP_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <gcoap/error.h>
#include <gcoap/time.h>

#define GCOAP_HISTOGRAM_PARTS 40

/* All zero is an empty one; what it holds is freed by gcoap_histogram_clear(). A copy of the
 * struct may be read as long as the original is neither changed nor cleared. */
struct gcoap_histogram {
	uint64_t count;
	gcoap_time min, max; /* of @count > 0 */
	double mean, squares; /* of the values; of their distances from the mean, in sum */
	uint64_t wide; /* bit by part: counts have outgrown 32 bits, high words follow */
	uint32_t *part[GCOAP_HISTOGRAM_PARTS]; /* counts of an octave; NULL: none yet */
};

void gcoap_histogram_clear(struct gcoap_histogram *h);
/* Count @value, @n times. Negative values count as 0, those of 2^46 ns (19.5 hours) and above as
 * 2^46 - 1. GCOAP_ENOMEM: nothing was counted. */
int gcoap_histogram_add(struct gcoap_histogram *h, gcoap_time value, uint64_t n);
/* Add all of @from, another one. GCOAP_ENOMEM: nothing was counted. */
int gcoap_histogram_merge(struct gcoap_histogram *h, const struct gcoap_histogram *from);

/*
 * The smallest value that a part @q (0 ... 1) of all is not above: of n values in order the one
 * at rank ceil(q n), at least 1 (nearest rank, no interpolation). Exact for the first and the
 * last; else the highest value of its bucket, so never too low, and never beyond min and max. 0
 * when nothing was counted.
 */
gcoap_time gcoap_histogram_at(const struct gcoap_histogram *h, double q);
double gcoap_histogram_mean(const struct gcoap_histogram *h);
/* Standard deviation of the sample (n - 1); 0 of fewer than two. */
double gcoap_histogram_deviation(const struct gcoap_histogram *h);
/* How many are at or below @value, as exactly as the buckets tell: inside one, in proportion. */
uint64_t gcoap_histogram_below(const struct gcoap_histogram *h, gcoap_time value);

struct gcoap_bucket {
	gcoap_time low, high; /* low <= values < high */
	uint64_t count;
};
/* The next bucket that is not empty, in rising order: true and *@out; *@at is 0 to begin with. */
bool gcoap_histogram_next(const struct gcoap_histogram *h, size_t *at,
			  struct gcoap_bucket *out);

#endif
