/* A histogram's buckets as bars of equal width. */
#include "bench/html.h"

#include <math.h>

static double edge_of(const struct html_scale *s, double part)
{
	return s->log ? s->low * pow(s->high / s->low, part) : s->low + (s->high - s->low) * part;
}

/* A bucket over several bars is shared out by width. */
static void share_out(struct html_bins *b, const struct gcoap_bucket *k)
{
	double low = (double)k->low, width = (double)(k->high - k->low);

	for (size_t i = 0; i < b->n; i++) {
		double from = i ? b->edge[i] : -HUGE_VAL; /* the outer bars take what is beyond */
		double to = i + 1 < b->n ? b->edge[i + 1] : HUGE_VAL;
		double common = fmin(low + width, to) - fmax(low, from);

		if (common > 0)
			b->count[i] += (double)k->count * common / width;
	}
}

void html_bins(struct html_bins *b, const struct gcoap_histogram *of,
	       const struct html_scale *over, size_t n)
{
	struct gcoap_bucket k;
	size_t at = 0;

	*b = (struct html_bins){ .n = n, .all = (double)of->count };
	for (size_t i = 0; i <= n; i++)
		b->edge[i] = edge_of(over, (double)i / (double)n);
	while (gcoap_histogram_next(of, &at, &k))
		if (k.high > k.low)
			share_out(b, &k);
	for (size_t i = 0; i < n; i++)
		b->highest = fmax(b->highest, b->count[i]);
}

void html_bars(struct html *h, const struct html_bins *b, const struct html_scale *x,
	       const struct html_scale *y, const char *class, const char *what)
{
	char low[HTML_NUMBER], high[HTML_NUMBER], share[HTML_NUMBER];

	html_put(h, "<g class=\"%s\">\n", class);
	for (size_t i = 0; i < b->n; i++) {
		double left = html_at(x, b->edge[i]), right = html_at(x, b->edge[i + 1]);
		double top = html_at(y, b->count[i] / b->all);

		if (!(b->count[i] > 0))
			continue;
		top = fmin(top, y->from - 0.8); /* what is there is seen */
		html_put(h,
			 "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s to "
			 "%s: %.0f %s (%s)</title></rect>\n",
			 left + 0.3, top, fmax(right - left - 0.6, 0.4), y->from - top,
			 html_duration(b->edge[i], low), html_duration(b->edge[i + 1], high),
			 fmax(b->count[i], 1), what, html_share(b->count[i] / b->all, share));
	}
	fputs("</g>\n", h->out);
}
