/*
 * A straight line through the times of answers. A queue that is full grows no more, so the line
 * is laid through the first 2, 4, 8 ... requests of the run and all of them, and the one that
 * rises most is told.
 */
#include "tally.h"

#include <math.h>
#include <stdio.h>

#define ENOUGH 8 /* answers, to say anything */

void tally_growth_answer(struct tally_growth *g, uint64_t round, gcoap_time due, gcoap_time rtt)
{
	double x = (double)due / GCOAP_SECOND, y = (double)rtt / GCOAP_SECOND, from_x, from_y;
	struct tally_line *l = &g->lines[0];

	for (; round > 1 && l < &g->lines[TALLY_LINES - 1]; round /= 2)
		l++;
	if (l->n == 0 || x < l->from)
		l->from = x;
	if (l->n == 0 || x > l->to)
		l->to = x;
	from_x = x - l->x;
	from_y = y - l->y;
	l->n++;
	l->x += from_x / l->n;
	l->y += from_y / l->n;
	l->xx += from_x * (x - l->x);
	l->yy += from_y * (y - l->y);
	l->xy += from_x * (y - l->y);
}

void tally_growth_round(struct tally_growth *g, uint32_t answers, gcoap_time spanned)
{
	if (answers < 2)
		return;
	g->spanned += (double)spanned;
	g->spans += (double)(answers - 1) / (answers + 1);
}

/* The points of @b go to @a. */
static void join(struct tally_line *a, const struct tally_line *b)
{
	double n = a->n + b->n, x = b->x - a->x, y = b->y - a->y, both;

	if (b->n == 0)
		return;
	both = a->n * b->n / n;
	a->from = a->n == 0 || b->from < a->from ? b->from : a->from;
	a->to = a->n == 0 || b->to > a->to ? b->to : a->to;
	a->xx += b->xx + x * x * both;
	a->yy += b->yy + y * y * both;
	a->xy += b->xy + x * y * both;
	a->x += x * b->n / n;
	a->y += y * b->n / n;
	a->n = n;
}

/* Would it rise like this by chance less than once in 1,000? Student's t, a little high. */
static bool rises(const struct tally_line *l)
{
	double free = l->n - 2, told;

	if (l->n < ENOUGH || l->xx <= 0 || l->yy <= 0 || l->xy <= 0)
		return false;
	told = l->xy * l->xy / (l->xx * l->yy);
	return told >= 1 || sqrt(told / (1 - told) * free) > 3.5 * (1 + 4 / free);
}

void bench_growth(const struct tally_growth *g, double gap, struct bench_growth *out)
{
	double window = g->spans > 0 ? g->spanned / g->spans : 0, slope, by, each;
	struct tally_line l = { 0 };

	*out = (struct bench_growth){ .window = (gcoap_time)window };
	for (size_t i = 0; i < TALLY_LINES; i++) {
		join(&l, &g->lines[i]);
		if (!rises(&l))
			continue;
		slope = l.xy / l.xx;
		by = slope * (l.to - l.from) * GCOAP_SECOND;
		/* Who takes longer than a gap for a request is behind by so much more each time. */
		each = gap * (1 + slope);
		if (by <= (window > 0 ? window : each) || by <= (double)out->by)
			continue;
		out->grows = true;
		out->slope = slope;
		out->by = (gcoap_time)by;
		out->each = (gcoap_time)(each > window ? each : window);
	}
	if (window == 0)
		out->window = out->each;
	out->queued = out->grows && gap > 0 && gap < (double)out->window;
	if (!out->queued)
		out->each = 0;
}

/* A tenth slower than it could be, with two digits. */
char *bench_growth_rate(const struct bench_growth *g, size_t targets, char buf[32])
{
	double rate = 0.9 * (double)targets * GCOAP_SECOND / (double)g->each, step;
	bool hourly = rate < 0.01;

	rate *= hourly ? 3600 : 1;
	step = pow(10, floor(log10(rate)) - 1);
	snprintf(buf, 32, "%.10g%s", floor(rate / step) * step, hourly ? "/h" : "");
	return buf;
}
