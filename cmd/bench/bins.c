#include "bins.h"

#include <math.h>
#include <string.h>

#define LONG_TAIL 16 /* times the median */
#define LEAST 1000.0 /* ns: steps below are not told apart */

bool bench_bins_log(const struct gcoap_histogram *h)
{
	double least = h->min > LEAST ? (double)h->min : LEAST;
	double median = (double)gcoap_histogram_at(h, 0.5);

	return (double)h->max > LONG_TAIL * (median > LEAST ? median : LEAST) &&
	       (double)h->max > LONG_TAIL * least;
}

/* 1, 2 or 5 times a power of ten, not below @v. */
static double round_up(double v)
{
	double power = pow(10, floor(log10(v)));
	double digit = v / power;

	return power * (digit <= 1.0000001 ? 1 : digit <= 2.0000001 ? 2 :
			digit <= 5.0000001		     ? 5 : 10);
}

static double next_step(double edge)
{
	double power = pow(10, floor(log10(edge) + 1e-9));
	double digit = edge / power;

	return power * (digit < 1.5 ? 2 : digit < 3 ? 5 : 10);
}

/* Edges from the least to above the greatest value; returns how many bins they make. */
static size_t linear(const struct gcoap_histogram *h, size_t n, bool round, double *edge)
{
	double from = (double)h->min, step = ((double)h->max - from) / (double)n;
	size_t used = 0;

	if (step <= 0)
		step = 1;
	if (round) {
		step = round_up(step > LEAST / 10 ? step : LEAST / 10);
		from = floor(from / step) * step;
	}
	edge[0] = from;
	do
		edge[used + 1] = from + (double)(used + 1) * step;
	while (++used < n && edge[used] < (double)h->max);
	if (edge[used] < (double)h->max)
		edge[used] = (double)h->max;
	return used;
}

static size_t growing(const struct gcoap_histogram *h, size_t n, bool round, double *edge)
{
	double from = (double)h->min > LEAST ? (double)h->min : LEAST;
	double factor = pow((double)h->max / from, 1 / (double)n);
	size_t used = 0;

	if (round)
		from = pow(10, floor(log10(from)));
	while (round && next_step(from) <= (double)h->min)
		from = next_step(from);
	edge[0] = from;
	do
		edge[used + 1] = round ? next_step(edge[used]) : edge[used] * factor;
	while (++used < n && edge[used] < (double)h->max);
	if (edge[used] < (double)h->max)
		edge[used] = (double)h->max;
	return used;
}

size_t bench_bins(const struct gcoap_histogram *h, size_t n, bool round,
		  struct bench_bin out[BENCH_BINS])
{
	double edge[BENCH_BINS + 1];
	uint64_t before = 0;
	size_t used;

	if (!h->count || !n || n > BENCH_BINS)
		return 0;
	used = bench_bins_log(h) ? growing(h, n, round, edge) : linear(h, n, round, edge);
	for (size_t i = 0; i < used; i++) {
		bool last = i + 1 == used;
		uint64_t sum = last ? h->count :
				      gcoap_histogram_below(h, (gcoap_time)edge[i + 1]);

		if (sum < before)
			sum = before;
		out[i] = (struct bench_bin){ edge[i], edge[i + 1], sum - before, sum };
		before = sum;
	}
	return used;
}

#define HIST_BINS 20

size_t bench_hist(const struct gcoap_histogram *h, struct bench_bin out[BENCH_BINS])
{
	return bench_bins(h, bench_bins_log(h) ? BENCH_BINS : HIST_BINS, true, out);
}

char *bench_spark(const struct gcoap_histogram *h, bool ascii, char *buf)
{
	static const char *const blocks[] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
	static const char *const signs[] = { ".", ":", "-", "=", "+", "*", "#", "@" };
	struct bench_bin bins[BENCH_BINS];
	size_t n = bench_bins(h, BENCH_SPARK, false, bins);
	uint64_t most = 0;
	char *at = buf;

	for (size_t i = 0; i < n; i++)
		most = bins[i].count > most ? bins[i].count : most;
	for (size_t i = 0; i < n; i++) {
		size_t level = (size_t)ceil(8.0 * (double)bins[i].count / (double)most);

		const char *sign = !level ? " " : ascii ? signs[level - 1] : blocks[level - 1];

		memcpy(at, sign, strlen(sign));
		at += strlen(sign);
	}
	*at = '\0';
	return buf;
}
