/* How a group's answers lie in time, against an evenly filled leisure. */
#include "bench/html.h"

#include <math.h>

#define BINS 40

static void uniform_line(struct html *h, const struct bench_leisure *l, const struct html_bins *b,
			 const struct html_scale *x, const struct html_scale *y)
{
	double bin = b->edge[1] - b->edge[0];
	double top = html_at(y, bin / (double)l->window);
	double from = html_at(x, (double)l->from), to = html_at(x, (double)(l->from + l->window));

	html_put(h, "<path class=\"uniform\" d=\"M%.1f %.1fH%.1fV%.1fH%.1fV%.1fH%.1f\"/>\n", x->from,
		 y->from, from, top, to, y->from, x->to);
}

static void picture(struct html *h, const struct bench_leisure *l)
{
	double end = fmax((double)(l->from + l->window), (double)h->r->each.max);
	struct html_scale x = { 0, html_round_up(end, 5), 46, HTML_WIDTH - 10, false };
	struct html_scale y = { 0, 1, 196, 12, false };
	struct html_bins bins;

	html_bins(&bins, &h->r->each, &x, BINS);
	y.high = html_round_up(fmax(bins.highest / bins.all,
				    (bins.edge[1] - bins.edge[0]) / (double)l->window), 5);
	html_picture_open(h, "leisure", NULL, 220, "Answers within the leisure");
	html_put(h, "Answers over time since their request was due, with the line that an even "
		    "spread would give.");
	html_picture(h);
	html_share_axis(h, &y, x.from, x.to);
	html_time_axis(h, &x, y.from, y.to, true);
	html_bars(h, &bins, &x, &y, "s-each", "answers");
	uniform_line(h, l, &bins, &x, &y);
	html_picture_close(h);
}

static char *probability(double p, char buf[HTML_NUMBER])
{
	if (!isfinite(p))
		snprintf(buf, HTML_NUMBER, "-");
	else if (p < 0.0001)
		snprintf(buf, HTML_NUMBER, "under 0.0001");
	else
		snprintf(buf, HTML_NUMBER, "%.2g", p);
	return buf;
}

void html_leisure(struct html *h)
{
	const struct bench_leisure *l = &h->r->leisure;
	char from[HTML_NUMBER], window[HTML_NUMBER], n[HTML_NUMBER], p[HTML_NUMBER];

	if (!h->r->group)
		return;
	html_put(h, "<figure><figcaption><h3>Leisure</h3>\n");
	if (h->r->growth.grows) {
		html_put(h, "<p>Answers come later and later, by %s in all: how they are spread over a "
			    "leisure cannot be told.</p></figcaption></figure>\n",
			 html_duration((double)h->r->growth.by, window));
		return;
	}
	if (!l->n || l->window <= 0 || !h->r->each.count) {
		html_put(h, "<p>Too few answers to say how they are spread.</p></figcaption></figure>\n");
		return;
	}
	html_put(h, "<p><strong>%s</strong> %s answers suggest a window of %s that begins after %s.",
		 l->uniform ? "Evenly spread." : "Not evenly spread.", html_count(l->n, n),
		 html_duration((double)l->window, window), html_duration((double)l->from, from));
	if (isfinite(l->d))
		html_put(h, " Kolmogorov\xe2\x80\x93Smirnov against uniform: D = %.3f, p = %s.", l->d,
			 probability(l->p, p));
	html_put(h, "</p><p class=\"legend\"><span>");
	html_swatch(h, "<path class=\"s-each\" d=\"M2 10v-6h16v6z\"/>");
	html_put(h, " answers</span> <span>");
	html_swatch(h, "<path class=\"uniform\" d=\"M0 5h20\"/>");
	html_put(h, " evenly spread</span></p></figcaption>\n");
	picture(h, l);
	html_put(h, "</figure>\n");
}
