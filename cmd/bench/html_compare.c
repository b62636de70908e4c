/* Beside an earlier run: the ratio of each figure with its uncertainty. */
#include "bench/compare.h"
#include "bench/html.h"

#include <math.h>
#include <string.h>

static bool has_ratio(const struct bench_change *c)
{
	return isfinite(c->ratio) && c->ratio > 0;
}

/* Figures without a good direction are in the table alone. */
static bool drawn(const struct bench_change *c)
{
	return has_ratio(c) && c->now->better != BENCH_NEITHER;
}

static double spread_of(const struct bench_change *c)
{
	return isfinite(c->spread) && c->spread > 0 ? c->spread : 0;
}

static const char *verdict(const struct bench_change *c)
{
	switch (bench_change_verdict(c)) {
	case BENCH_SAME:
		return "no clear change";
	case BENCH_BETTER:
		return "better";
	case BENCH_WORSE:
		return "worse";
	case BENCH_OTHER:
		break;
	}
	return c->now->value < c->before.value ? "less" : "more";
}

/* As far to the left of 1 as to the right, at most to a hundredth and a hundredfold. */
static struct html_scale ratio_scale(const struct bench_compare *c)
{
	double far = 1.1;

	for (size_t i = 0; i < c->n; i++)
		if (drawn(&c->list[i])) {
			double r = c->list[i].ratio, s = spread_of(&c->list[i]);

			far = fmax(far, fmax(r + s, 1 / fmax(r - s, r / 2)));
		}
	far = fmin(far, 100);
	return (struct html_scale){ 1 / far, far, 100, HTML_WIDTH - 62, true };
}

static void ratio_ticks(struct html *h, const struct html_scale *x, double bottom)
{
	static const double all[] = { 0.01, 0.1, 0.2, 0.5, 0.8, 0.9, 1, 1.11, 1.25, 2, 5, 10, 100 };
	double last = -100;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		double at = html_at(x, all[i]);

		if (all[i] < x->low * 0.999 || all[i] > x->high * 1.001 ||
		    (all[i] != 1 && (at - last < 34 || fabs(at - html_at(x, 1)) < 34)))
			continue;
		html_put(h, "<path class=\"%s\" d=\"M%.1f 4V%.1f\"/>\n", all[i] == 1 ? "axis" : "grid",
			 at, bottom);
		html_put(h, "<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">\xc3\x97%.3g</text>\n", at,
			 bottom + 15, all[i]);
		last = at;
	}
}

static void point(struct html *h, const struct bench_change *c, const struct html_scale *x, double y)
{
	double s = spread_of(c), at = html_at(x, c->ratio);
	char ratio[HTML_NUMBER];

	html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x->from - 8, y + 4,
		 c->now->name);
	if (s > 0)
		html_put(h, "<path class=\"error\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv6M%.1f %.1fv6\"/>\n",
			 html_at(x, c->ratio - s), y, html_at(x, c->ratio + s),
			 html_at(x, c->ratio - s), y - 3, html_at(x, c->ratio + s), y - 3);
	html_put(h, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.6\"><title>%s: ",
		 verdict(c), at, y, c->now->name);
	html_put(h, "\xc3\x97%.3f, %s</title></circle>\n", c->ratio, verdict(c));
	snprintf(ratio, sizeof(ratio), "\xc3\x97%.*f", c->ratio < 10 ? 2 : 0, c->ratio);
	html_put(h, "<text class=\"end value\" x=\"%d\" y=\"%.1f\">%s</text>\n", HTML_WIDTH - 6, y + 4,
		 ratio);
}

static void picture(struct html *h, const struct bench_compare *c, size_t n)
{
	struct html_scale x = ratio_scale(c);
	double pitch = 18, y = 14;

	html_picture_open(h, "compare", NULL, pitch * (double)n + 32, "Ratio of this run to the earlier");
	html_put(h, "Right of 1 is more than before, left of it less; the same numbers are in the "
		    "table below.");
	html_picture(h);
	ratio_ticks(h, &x, pitch * (double)n + 8);
	for (size_t i = 0; i < c->n; i++)
		if (drawn(&c->list[i])) {
			point(h, &c->list[i], &x, y);
			y += pitch;
		}
	html_picture_close(h);
}

static void table(struct html *h, const struct bench_compare *c)
{
	char now[HTML_NUMBER], before[HTML_NUMBER];

	html_put(h, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Comparison in "
		    "numbers\"><table>\n<thead><tr><th scope=\"col\">Figure<th scope=\"col\">Before"
		    "<th scope=\"col\">Now<th scope=\"col\">Ratio<th scope=\"col\" class=\"word\">Change</thead>\n"
		    "<tbody>\n");
	for (size_t i = 0; i < c->n; i++) {
		const struct bench_change *k = &c->list[i];

		html_put(h, "<tr><th scope=\"row\"><code>%s</code><td>%s<td>%s<td>", k->now->name,
			 html_value(&k->before, before), html_value(k->now, now));
		if (!has_ratio(k))
			html_put(h, "-");
		else if (spread_of(k) > 0)
			html_put(h, "%.3f \xc2\xb1 %.3f", k->ratio, spread_of(k));
		else
			html_put(h, "%.3f", k->ratio);
		html_put(h, "<td class=\"word\">%s\n", verdict(k));
	}
	html_put(h, "</tbody></table></div>\n");
}

/* Runs that asked something else are no fair comparison. */
static void other_plan(struct html *h, const struct bench_compare *c)
{
	char other[700];

	if (!bench_compare_differs(c, h->r, other, sizeof(other)))
		return;
	html_put(h, ". <strong>It had another plan</strong>: ");
	html_text(h, other);
}

void html_compare(struct html *h)
{
	const struct bench_compare *c = h->report->compare;
	size_t n = 0;

	if (!c)
		return;
	html_put(h, "<section><h2>Beside an earlier run</h2>\n<p>");
	html_text(h, c->path);
	if (c->ts[0]) {
		html_put(h, " of ");
		html_text(h, c->ts);
	}
	other_plan(h, c);
	html_put(h, ". A ratio of 1 is no change; the bars are its uncertainty.</p>\n"
		    "<div class=\"grid2 roomy\">\n");
	for (size_t i = 0; i < c->n; i++)
		n += drawn(&c->list[i]);
	if (n) {
		html_put(h, "<figure><figcaption><h3>Now by before</h3></figcaption>\n");
		picture(h, c, n);
		html_put(h, "</figure>\n");
	}
	table(h, c);
	html_put(h, "</div></section>\n");
}
