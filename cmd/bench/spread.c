/*
 * How sure a figure is: bench_figure.spread. Parts of the run stand for runs of their own; a
 * figure of the whole moves less than theirs, by the square root of their number.
 */
#include "tally.h"

#include <math.h>

#define LEAST_PARTS 5
#define LEAST_SAMPLES 4   /* of a part */
#define LEAST_EVENTS 100  /* of a part, for a rate: its edges cut a gap */

struct values {
	double list[TALLY_PARTS];
	size_t n;
};

static void values_add(struct values *v, double value)
{
	v->list[v->n++] = value;
}

static double standard_error(const struct values *v)
{
	double mean = 0, squares = 0;

	if (v->n < LEAST_PARTS)
		return NAN;
	for (size_t i = 0; i < v->n; i++)
		mean += v->list[i] / (double)v->n;
	for (size_t i = 0; i < v->n; i++)
		squares += (v->list[i] - mean) * (v->list[i] - mean);
	return sqrt(squares / (double)(v->n - 1) / (double)v->n);
}

static const struct gcoap_histogram *of_part(const struct bench_result *r, size_t i,
					     enum bench_which which)
{
	const struct bench_part *p = &r->parts[i];

	if (!r->group || which == BENCH_EACH)
		return &p->each;
	return which == BENCH_FIRST ? &p->first : &p->last;
}

static const struct gcoap_histogram *of_all(const struct bench_result *r, enum bench_which which)
{
	return which == BENCH_FIRST ? &r->first : which == BENCH_EACH ? &r->each : &r->last;
}

/* Are there samples on both sides of it? */
static bool tells(const struct gcoap_histogram *h, double q, double least)
{
	double n = (double)h->count;

	return h->count >= LEAST_SAMPLES && n * q >= least && n * (1 - q) >= least - 1e-9;
}

double bench_spread_quantile(const struct bench_result *r, enum bench_which which, double q)
{
	const struct gcoap_histogram *h = of_all(r, which);
	double by_parts, off;
	struct values v = { 0 };

	for (size_t i = 0; i < r->n_parts; i++)
		if (tells(of_part(r, i, which), q, 1))
			values_add(&v, (double)gcoap_histogram_at(of_part(r, i, which), q));
	by_parts = standard_error(&v);
	if (!isnan(by_parts))
		return by_parts;
	if (!tells(h, q, 2))
		return NAN;
	off = sqrt(q * (1 - q) / (double)h->count);
	return (double)(gcoap_histogram_at(h, q + off) - gcoap_histogram_at(h, q - off)) / 2;
}

double bench_spread_mean(const struct bench_result *r, enum bench_which which)
{
	const struct gcoap_histogram *h = of_all(r, which);
	struct values v = { 0 };
	double by_parts;

	for (size_t i = 0; i < r->n_parts; i++)
		if (of_part(r, i, which)->count >= LEAST_SAMPLES)
			values_add(&v, gcoap_histogram_mean(of_part(r, i, which)));
	by_parts = standard_error(&v);
	if (!isnan(by_parts) || h->count < LEAST_SAMPLES)
		return by_parts;
	return gcoap_histogram_deviation(h) / sqrt((double)h->count);
}

/* One more of either kind: none in ten is not surely none. */
double bench_spread_share(uint64_t k, uint64_t n)
{
	double p = ((double)k + 1) / ((double)n + 2);

	return n == 0 ? NAN : sqrt(p * (1 - p) / ((double)n + 2));
}

double bench_spread_loss_mean(const struct bench_result *r)
{
	uint64_t lost, due = r->expected_answers;
	double servers, single, by_parts;
	struct values v = { 0 };

	if (due == 0)
		return NAN;
	lost = due > r->answers ? due - r->answers : 0;
	servers = (double)due / (double)r->rounds;
	for (size_t i = 0; i < r->n_parts; i++)
		if (r->parts[i].rounds > 0)
			values_add(&v, (double)r->parts[i].answers /
					       ((double)r->parts[i].rounds * servers));
	single = bench_spread_share(lost, due);
	by_parts = standard_error(&v);
	return by_parts > single ? by_parts : single;
}

double bench_spread_rate(const struct bench_result *r, bool answers)
{
	double rate, sum = 0;
	struct values v = { 0 };
	size_t used = 0;

	for (size_t i = 0; i < r->n_parts; i++)
		if (r->parts[i].rounds > 0)
			used = i + 1;
	/* The last one may have begun late. */
	for (size_t i = 0; i + 1 < used; i++) {
		uint64_t n = answers ? r->parts[i].each.count : r->parts[i].rounds;

		if (n < LEAST_EVENTS)
			return NAN;
		values_add(&v, (double)n);
		sum += (double)n;
	}
	if (v.n < LEAST_PARTS || r->elapsed <= 0)
		return NAN;
	rate = (double)(answers ? r->answers : r->rounds) * GCOAP_SECOND / (double)r->elapsed;
	return standard_error(&v) / (sum / (double)v.n) * rate;
}
