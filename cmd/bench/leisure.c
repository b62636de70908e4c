#include "tally.h"

#include <math.h>

#define ENOUGH 20	  /* answers, to say anything */
#define ENOUGH_TO_CUT 40  /* to leave one out */
#define CUT_SHARE 200	  /* one in so many */
#define NARROW 8	  /* part of its end that a window must be to have a shape */
#define LIKELY 0.01
#define SMALL 0.05

/* Stephens' approximation of Kolmogorov's series for any @n. */
double bench_kolmogorov(double d, uint64_t n)
{
	double root = sqrt((double)n), x = (root + 0.12 + 0.11 / root) * d, sum = 0, term;

	if (x < 0.2)
		return 1;
	for (int k = 1; k < 100; k++) {
		term = exp(-2 * k * k * x * x);
		sum += k % 2 ? term : -term;
		if (term < 1e-12)
			break;
	}
	sum *= 2;
	return sum < 0 ? 0 : sum > 1 ? 1 : sum;
}

/*
 * How many lie far behind the others: beyond where an even spread ends that has as many up to its
 * 98th percentile, and a margin, since that percentile of few is uncertain. When there are many
 * out there they are the shape, and none is left out.
 */
static uint64_t stragglers(const struct gcoap_histogram *h)
{
	double w = (double)(gcoap_histogram_at(h, 0.98) - h->min) / 0.98;
	double margin = 0.02 + 1.5 / sqrt((double)h->count);
	uint64_t most = h->count / CUT_SHARE > 0 ? h->count / CUT_SHARE : 1, n;

	if (h->count < ENOUGH_TO_CUT)
		return 0;
	n = h->count - gcoap_histogram_below(h, h->min + (gcoap_time)(w * (1 + margin)));
	return n <= most ? n : 0;
}

static void further(double *d, double seen, double even)
{
	double apart = fabs(seen - even);

	if (apart > *d)
		*d = apart;
}

/*
 * D of those between @min and @max, the least and the greatest of @n: both are taken out of
 * their buckets. Inside a bucket nobody knows, so its two ends are looked at.
 */
static double distance(const struct gcoap_histogram *h, uint64_t n, gcoap_time max)
{
	double width = (double)(max - h->min), inner = (double)(n - 2), d = 0;
	uint64_t seen = 0; /* with the least */
	struct gcoap_bucket b;
	size_t at = 0;

	while (seen < n && gcoap_histogram_next(h, &at, &b)) {
		if (seen > 0)
			further(&d, (double)(seen - 1) / inner,
				(double)(b.low - h->min) / width);
		seen += b.count;
		if (seen < n && b.high <= max)
			further(&d, (double)(seen - 1) / inner,
				(double)(b.high - h->min) / width);
	}
	return d < 1 ? d : 1;
}

void bench_leisure(const struct gcoap_histogram *each, struct bench_leisure *out)
{
	uint64_t n;
	gcoap_time max;
	double width;

	*out = (struct bench_leisure){ 0 };
	if (each->count < ENOUGH)
		return;
	out->n = each->count;
	out->outside = stragglers(each);
	n = out->n - out->outside;
	max = gcoap_histogram_at(each, (double)n / (double)each->count);
	width = (double)(max - each->min);
	out->window = (gcoap_time)(width * ((double)n + 1) / ((double)n - 1));
	out->from = each->min - (gcoap_time)(width / ((double)n - 1));
	if (out->from < 0)
		out->from = 0;
	out->d = 1;
	if (max - each->min < max / NARROW || max == each->min)
		return;
	out->d = distance(each, n, max);
	out->p = bench_kolmogorov(out->d, n - 2);
	out->uniform = out->p >= LIKELY || out->d < SMALL;
}
