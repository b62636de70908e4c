/*
 * Part 0 counts 0 ... 127 each by itself; part p >= 1 the octave from 2^(p+6) in 128 steps. A part
 * is made when it is first hit, with 32 bits a count; one that overflows gets as many high words
 * behind.
 */
#include <gcoap/histogram.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEP_BITS 7
#define STEPS (1u << STEP_BITS)
#define HIGHEST (((gcoap_time)1 << (GCOAP_HISTOGRAM_PARTS - 1 + STEP_BITS)) - 1)

static unsigned part_of(uint64_t value)
{
	return value < STEPS ? 0 : 64 - STEP_BITS - (unsigned)__builtin_clzll(value);
}

static unsigned step_of(uint64_t value, unsigned part)
{
	return part == 0 ? (unsigned)value : (unsigned)(value >> (part - 1)) - STEPS;
}

static struct gcoap_bucket bucket_at(unsigned part, unsigned step)
{
	struct gcoap_bucket b = { 0 };

	b.low = part == 0 ? step : (gcoap_time)(STEPS + step) << (part - 1);
	b.high = b.low + ((gcoap_time)1 << (part == 0 ? 0 : part - 1));
	return b;
}

static uint64_t count_of(const struct gcoap_histogram *h, unsigned part, unsigned step)
{
	const uint32_t *p = h->part[part];

	if (h->wide >> part & 1)
		return p[step] | (uint64_t)p[STEPS + step] << 32;
	return p[step];
}

/* Make room in @part for counts of as much as @most each. */
static int reserve(struct gcoap_histogram *h, unsigned part, uint64_t most)
{
	bool wide = most > UINT32_MAX;
	uint32_t *p = h->part[part];

	if (p != NULL && (!wide || h->wide >> part & 1))
		return 0;
	p = realloc(p, (wide ? 2 : 1) * STEPS * sizeof(*p));
	if (p == NULL)
		return GCOAP_ENOMEM;
	if (h->part[part] == NULL)
		memset(p, 0, STEPS * sizeof(*p));
	if (wide) {
		memset(p + STEPS, 0, STEPS * sizeof(*p));
		h->wide |= (uint64_t)1 << part;
	}
	h->part[part] = p;
	return 0;
}

/* There is room. */
static void count_more(struct gcoap_histogram *h, unsigned part, unsigned step, uint64_t n)
{
	uint64_t now = count_of(h, part, step) + n;

	h->part[part][step] = (uint32_t)now;
	if (h->wide >> part & 1)
		h->part[part][STEPS + step] = (uint32_t)(now >> 32);
}

/* The sums of two samples as those of one: @n values with @mean and @squares join. */
static void join(struct gcoap_histogram *h, uint64_t n, double mean, double squares)
{
	double apart = mean - h->mean, part = (double)n / ((double)h->count + (double)n);

	h->squares += squares + apart * apart * (double)h->count * part;
	h->mean += apart * part;
	h->count += n;
}

static void widen(struct gcoap_histogram *h, gcoap_time min, gcoap_time max)
{
	if (h->count == 0 || min < h->min)
		h->min = min;
	if (h->count == 0 || max > h->max)
		h->max = max;
}

void gcoap_histogram_clear(struct gcoap_histogram *h)
{
	for (unsigned i = 0; i < GCOAP_HISTOGRAM_PARTS; i++)
		free(h->part[i]);
	memset(h, 0, sizeof(*h));
}

/* There is room: @value once more. */
static void add_one(struct gcoap_histogram *h, uint32_t *count, gcoap_time value)
{
	double n = (double)(int64_t)h->count, apart = (double)value - h->mean, part = 1 / (n + 1);

	++*count;
	widen(h, value, value);
	h->squares += apart * apart * n * part;
	h->mean += apart * part;
	h->count++;
}

/* Out of line: what is seldom needed is not to cost registers. */
static __attribute__((noinline)) int
add_many(struct gcoap_histogram *h, unsigned part, unsigned step, gcoap_time value,
		    uint64_t n)
{
	if (n > UINT64_MAX - h->count)
		n = UINT64_MAX - h->count;
	if (n == 0)
		return 0;
	if (reserve(h, part, h->part[part] == NULL ? n : count_of(h, part, step) + n) < 0)
		return GCOAP_ENOMEM;
	count_more(h, part, step, n);
	widen(h, value, value);
	join(h, n, (double)value, 0);
	return 0;
}

int gcoap_histogram_add(struct gcoap_histogram *h, gcoap_time value, uint64_t n)
{
	unsigned part, step;
	uint32_t *p;

	value = value < 0 ? 0 : value > HIGHEST ? HIGHEST : value;
	part = part_of((uint64_t)value);
	step = step_of((uint64_t)value, part);
	p = h->part[part];
	/* Almost always; the sums of as many as fit into 32 bits a bucket. */
	if (n != 1 || p == NULL || p[step] == UINT32_MAX || h->wide != 0)
		return add_many(h, part, step, value, n);
	add_one(h, &p[step], value);
	return 0;
}

int gcoap_histogram_merge(struct gcoap_histogram *h, const struct gcoap_histogram *from)
{
	if (from->count == 0)
		return 0;
	for (unsigned p = 0; p < GCOAP_HISTOGRAM_PARTS; p++)
		if (from->part[p] != NULL && reserve(h, p, h->count + from->count) < 0)
			return GCOAP_ENOMEM;
	for (unsigned p = 0; p < GCOAP_HISTOGRAM_PARTS; p++)
		for (unsigned s = 0; from->part[p] != NULL && s < STEPS; s++)
			count_more(h, p, s, count_of(from, p, s));
	widen(h, from->min, from->max);
	join(h, from->count, from->mean, from->squares);
	return 0;
}

/* Rank @q n, without the rounding that makes 0.07 * 100 more than 7. */
static uint64_t rank_of(double q, uint64_t n)
{
	double x = q * (double)n;

	x = ceil(x - x * 1e-12);
	if (!(x > 1))
		return 1;
	return x >= (double)n ? n : (uint64_t)x;
}

gcoap_time gcoap_histogram_at(const struct gcoap_histogram *h, double q)
{
	uint64_t rank = rank_of(q, h->count), seen = 0;
	struct gcoap_bucket b;
	size_t at = 0;

	if (h->count == 0 || rank == 1)
		return h->min;
	while (rank < h->count && gcoap_histogram_next(h, &at, &b)) {
		seen += b.count;
		if (seen >= rank)
			return b.high - 1 < h->max ? b.high - 1 : h->max;
	}
	return h->max;
}

double gcoap_histogram_mean(const struct gcoap_histogram *h)
{
	return h->mean;
}

double gcoap_histogram_deviation(const struct gcoap_histogram *h)
{
	return h->count < 2 ? 0 : sqrt(h->squares / (double)(h->count - 1));
}

uint64_t gcoap_histogram_below(const struct gcoap_histogram *h, gcoap_time value)
{
	struct gcoap_bucket b;
	uint64_t n = 0;
	size_t at = 0;

	if (h->count == 0 || value < h->min)
		return 0;
	if (value >= h->max)
		return h->count;
	while (gcoap_histogram_next(h, &at, &b) && b.low <= value) {
		if (b.high - 1 > value)
			b.count = (uint64_t)((double)b.count * (double)(value + 1 - b.low) /
					     (double)(b.high - b.low));
		n += b.count;
	}
	return n > 0 ? n : 1;
}

bool gcoap_histogram_next(const struct gcoap_histogram *h, size_t *at, struct gcoap_bucket *out)
{
	while (*at < (size_t)GCOAP_HISTOGRAM_PARTS * STEPS) {
		unsigned part = (unsigned)(*at / STEPS), step = (unsigned)(*at % STEPS);

		if (h->part[part] == NULL) {
			*at += STEPS - step;
			continue;
		}
		++*at;
		if (count_of(h, part, step) == 0)
			continue;
		*out = bucket_at(part, step);
		out->count = count_of(h, part, step);
		return true;
	}
	return false;
}
