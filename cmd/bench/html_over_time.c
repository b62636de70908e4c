/* One server, or what is not told apart: typical latency over time as a line. */
#include "bench/html.h"

#include <math.h>

struct over {
	const struct bench_cell *cells;
	size_t n;
	struct html_scale x, y, lost;
};

static gcoap_time highest(const struct over *o)
{
	gcoap_time high = 0;

	for (size_t i = 0; i < o->n; i++)
		if (o->cells[i].answered && o->cells[i].typical > high)
			high = o->cells[i].typical;
	return high;
}

static double lost_part(const struct bench_cell *c)
{
	return c->answered < c->due ? (double)(c->due - c->answered) / (double)c->due : 0;
}

/* A gap where nobody answered. */
static void line(struct html *h, const struct over *o)
{
	double step = (o->x.high - o->x.low) / (double)o->n;
	bool drawing = false;

	html_put(h, "<path class=\"s-each line\" d=\"");
	for (size_t i = 0; i < o->n; i++) {
		const struct bench_cell *c = &o->cells[i];
		double y = html_at(&o->y, (double)c->typical);

		if (c->answered)
			html_put(h, "%s%.1f %.1fH%.1f", drawing ? "L" : "M",
				 html_at(&o->x, step * (double)i), y,
				 html_at(&o->x, step * (double)(i + 1)));
		drawing = c->answered > 0;
	}
	html_put(h, "\"/>\n");
}

static void lost_bars(struct html *h, const struct over *o)
{
	double step = (o->x.high - o->x.low) / (double)o->n;

	html_put(h, "<path class=\"lost\" d=\"");
	for (size_t i = 0; i < o->n; i++) {
		double part = lost_part(&o->cells[i]);
		double left = html_at(&o->x, step * (double)i);
		double wide = html_at(&o->x, step * (double)(i + 1)) - left;
		double top = html_at(&o->lost, part);

		if (part > 0)
			html_put(h, "M%.1f %.1fh%.1fV%.1fh-%.1fz", left, fmin(top, o->lost.from - 1),
				 wide * 0.9, o->lost.from, wide * 0.9);
	}
	html_put(h, "\"/>\n");
}

static void hits(struct html *h, const struct over *o)
{
	double step = (o->x.high - o->x.low) / (double)o->n;
	char from[HTML_NUMBER], to[HTML_NUMBER], median[HTML_NUMBER];

	html_put(h, "<g class=\"hit\">\n");
	for (size_t i = 0; i < o->n; i++) {
		const struct bench_cell *c = &o->cells[i];
		double left = html_at(&o->x, step * (double)i);

		html_put(h,
			 "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s to %s: "
			 "%llu of %llu answered, typically after %s</title></rect>\n",
			 left, o->y.to, html_at(&o->x, step * (double)(i + 1)) - left,
			 o->lost.from - o->y.to, html_duration(step * (double)i, from),
			 html_duration(step * (double)(i + 1), to), (unsigned long long)c->answered,
			 (unsigned long long)c->due,
			 html_duration(c->answered ? (double)c->typical : NAN, median));
	}
	html_put(h, "</g>\n");
}

static void axes(struct html *h, const struct over *o)
{
	double tick[HTML_TICKS];
	size_t n = html_ticks(&o->y, 6, tick);
	char buf[HTML_NUMBER];

	html_time_axis(h, &o->x, o->lost.from, o->y.to, true);
	for (size_t i = 0; i < n; i++) {
		html_put(h, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", o->x.from,
			 html_at(&o->y, tick[i]), o->x.to);
		html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", o->x.from - 5,
			 html_at(&o->y, tick[i]) + 4,
			 html_tick_time(tick[i], o->y.high, false, buf));
	}
	html_put(h, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", o->x.from, o->y.from, o->x.to);
	html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">lost</text>\n", o->x.from - 5,
		 o->lost.to + 12);
	html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">100 %%</text>\n", o->x.from - 5,
		 o->lost.to + 26);
}

void html_over_time(struct html *h)
{
	const struct bench_result *r = h->r;
	struct over o = { .cells = r->cells, .n = r->n_cells };
	bool any_lost = false;
	gcoap_time high;

	if (r->n_servers > 1 || !r->n_cells || !r->cells || r->cell <= 0)
		return;
	high = highest(&o);
	for (size_t i = 0; i < o.n; i++)
		any_lost = any_lost || lost_part(&o.cells[i]) > 0;
	o.x = (struct html_scale){ 0, (double)r->cell * (double)o.n, 58, HTML_WIDTH - 10, false };
	o.y = (struct html_scale){ 0, html_round_up((double)high, 5), 180, 12, false };
	o.lost = (struct html_scale){ 0, 1, 222, 190, false };
	html_put(h, "<figure><figcaption><h3>Answers over time</h3><p>The typical latency (geometric mean) in "
		    "each part of the run; below it the share of requests without an answer%s.</p>"
		    "</figcaption>\n", any_lost ? "" : ": none");
	html_picture_open(h, "over-time", NULL, 246, "Answers over time");
	html_put(h, "Typical latency in %zu parts of the run.", o.n);
	html_picture(h);
	axes(h, &o);
	line(h, &o);
	lost_bars(h, &o);
	hits(h, &o);
	html_picture_close(h);
	html_put(h, "</figure>\n");
}
