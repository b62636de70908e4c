/* Latency: histograms on a common axis, and percentiles. */
#include "bench/html.h"

#include <math.h>

size_t html_series(const struct bench_result *r, struct html_series out[3])
{
	const struct html_series group[] = {
		{ "first", "s-first", "first answer", &r->first },
		{ "each", "s-each", "each answer", &r->each },
		{ "last", "s-last", "last answer", &r->last },
	};

	if (!r->group) {
		out[0] = (struct html_series){ "rtt", "s-each", "answer", &r->each };
		return 1;
	}
	for (size_t i = 0; i < 3; i++)
		out[i] = group[i];
	return 3;
}

/* What all series have between them; false: no answer at all. */
static bool range(const struct html_series *s, size_t n, double *low, double *high)
{
	bool any = false;

	for (size_t i = 0; i < n; i++) {
		if (!s[i].of->count)
			continue;
		*low = any ? fmin(*low, (double)s[i].of->min) : (double)s[i].of->min;
		*high = any ? fmax(*high, (double)s[i].of->max) : (double)s[i].of->max;
		any = true;
	}
	return any;
}

/* Most within an eighth of the picture: it says more in logarithms. */
static bool wants_log(const struct html_series *s, size_t n, double high)
{
	for (size_t i = 0; i < n; i++)
		if (s[i].of->count && high > 8 * fmax((double)gcoap_histogram_at(s[i].of, 0.5), 1))
			return n == 1 || s[i].of != s[0].of; /* the first of many is early */
	return false;
}

static struct html_scale time_scale(double low, double high, bool log)
{
	struct html_scale x = { 0, html_round_up(high, 5), 46, HTML_WIDTH - 10, log };

	if (log) {
		x.low = fmax(fmax(low, high * 1e-6), 1) * 0.95;
		x.high = fmax(high, x.low * 2) * 1.05;
	}
	return x;
}

static void mark_name(struct html *h, const char *name, double x, double y, bool left)
{
	html_put(h, "<text class=\"%shalo\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", left ? "end " : "",
		 left ? x - 3 : x + 3, y, name);
}

/* Lines at the median and the 99th percentile; their names stay inside the picture and beside
 * each other, or one below the other. */
static void marks(struct html *h, const struct html_series *s, const struct html_scale *x,
		  double bottom, double top)
{
	double p50 = html_at(x, (double)gcoap_histogram_at(s->of, 0.5));
	double p99 = html_at(x, (double)gcoap_histogram_at(s->of, 0.99));
	bool close = p99 - p50 < 70, p50_left = close && p50 - x->from > 36;
	bool p99_left = p99 > HTML_WIDTH - 42;

	html_put(h, "<path class=\"mark\" d=\"M%.1f %.1fV%.1fM%.1f %.1fV%.1f\"/>\n", p50, bottom,
		 top, p99, bottom, top);
	mark_name(h, "p50", p50, top + 9, p50_left);
	mark_name(h, "p99", p99, top + (close && p50_left == p99_left ? 25 : 9), p99_left);
}

static void describe(struct html *h, const struct html_series *s, size_t n)
{
	char p50[HTML_NUMBER], p99[HTML_NUMBER], max[HTML_NUMBER];

	for (size_t i = 0; i < n; i++) {
		if (!s[i].of->count)
			continue;
		html_put(h, "%s: half within %s, 99 %% within %s, the slowest %s. ", s[i].words,
			 html_duration((double)gcoap_histogram_at(s[i].of, 0.5), p50),
			 html_duration((double)gcoap_histogram_at(s[i].of, 0.99), p99),
			 html_duration((double)s[i].of->max, max));
	}
}

/* One panel below the other, so that times stand above each other. */
static void histogram(struct html *h, const struct html_series *s, size_t n,
		      const struct html_scale *x, const char *class)
{
	double each = n == 1 ? 200 : 78, gap = n == 1 ? 10 : 24, y = 0;
	double height = (double)n * (each + gap) + 22;
	struct html_bins bins;

	html_picture_open(h, x->log ? "hist-log" : "hist-lin", class, height,
			  "Histogram of latency");
	describe(h, s, n);
	html_picture(h);
	for (size_t i = 0; i < n; i++) {
		struct html_scale share = { 0, 1, y + gap + each, y + gap, false };

		html_bins(&bins, s[i].of, x, HTML_BINS);
		share.high = html_round_up(bins.all > 0 ? bins.highest / bins.all : 1, n == 1 ? 5 : 2);
		html_share_axis(h, &share, x->from, x->to);
		if (n > 1)
			html_put(h, "<text class=\"name\" x=\"%.1f\" y=\"%.1f\">%s%s</text>\n", x->from,
				 y + gap - 9, s[i].words, s[i].of->count ? "" : ": none");
		html_time_axis(h, x, share.from, share.to, i + 1 == n);
		if (s[i].of->count) {
			html_bars(h, &bins, x, &share, s[i].class, "answers");
			marks(h, &s[i], x, share.from, share.to);
		}
		y += each + gap;
	}
	html_picture_close(h);
}

static void legend(struct html *h, const struct html_series *s, size_t n)
{
	static const char *const lines[] = {
		"<path class=\"s-first line\" d=\"M0 5h20\"/>",
		"<path class=\"s-each line\" d=\"M0 5h20\"/>",
		"<path class=\"s-last line\" d=\"M0 5h20\"/>",
	};

	if (n == 1)
		return;
	html_put(h, "<p class=\"legend\">");
	for (size_t i = 0; i < n; i++) {
		html_put(h, "<span>");
		html_swatch(h, lines[i]);
		html_put(h, " %s</span> ", s[i].words);
	}
	html_put(h, "</p>\n");
}

void html_latency(struct html *h)
{
	struct html_series s[3];
	size_t n = html_series(h->r, s);
	double low = 0, high = 0;
	struct html_scale lin, log;
	bool first_log;

	html_put(h, "<section class=\"axes\"><h2>Latency</h2>\n");
	if (!range(s, n, &low, &high)) {
		html_put(h, "<p>Nobody answered.</p></section>\n");
		return;
	}
	first_log = wants_log(s, n, high);
	lin = time_scale(low, high, false);
	log = time_scale(low, high, true);
	html_put(h,
		 "<input type=\"radio\" name=\"axis\" id=\"axis-lin\"%s><label for=\"axis-lin\">linear"
		 " time axis</label>\n<input type=\"radio\" name=\"axis\" id=\"axis-log\"%s><label "
		 "for=\"axis-log\">logarithmic</label>\n<div class=\"grid2\">\n",
		 first_log ? "" : " checked", first_log ? " checked" : "");
	html_put(h, "<figure><figcaption><h3>Histogram</h3><p>Share of the answers over the time "
		    "from when their request was due.</p></figcaption>\n");
	histogram(h, s, n, &lin, "lin");
	histogram(h, s, n, &log, "log");
	html_put(h, "</figure>\n<figure><figcaption><h3>Percentiles</h3><p>So much of the answers "
		    "came within this time.</p>");
	legend(h, s, n);
	html_put(h, "</figcaption>\n");
	html_percentiles(h, "lin", false);
	html_percentiles(h, "log", true);
	html_put(h, "</figure>\n</div></section>\n");
}

/* ---- percentiles: 90, 99, 99.9 ... at equal distances ---- */

#define NINES 6

static struct html_scale nines_scale(uint64_t samples)
{
	double most = samples ? log10((double)samples) : 0;

	return (struct html_scale){ 0, fmin(fmax(ceil(most), 2), NINES), 58, HTML_WIDTH - 14, false };
}

static double part_at(double nines)
{
	return 1 - pow(10, -nines);
}

static void curve(struct html *h, const struct html_series *s, const struct html_scale *x,
		  const struct html_scale *y)
{
	double own = fmin(log10((double)s->of->count), x->high);
	int steps = 80;
	double before = -1;

	html_put(h, "<path class=\"%s line\" d=\"M", s->class);
	for (int i = 0; i <= steps; i++) {
		double nines = own * i / steps;
		double at = html_at(y, (double)gcoap_histogram_at(s->of, part_at(nines)));

		if (i == steps)
			at = html_at(y, (double)s->of->max);
		if (i == 0)
			html_put(h, "%.1f %.1f", html_at(x, 0), at);
		else if (fabs(at - before) >= 0.05 || i == steps)
			html_put(h, "L%.1f %.1f", html_at(x, nines), at);
		before = at;
	}
	html_put(h, "\"/>\n<circle class=\"%s dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"/>\n", s->class,
		 html_at(x, own), html_at(y, (double)s->of->max));
}

/* Under the pointer: what all series have at a percentile. */
static void hits(struct html *h, const struct html_series *s, size_t n, const struct html_scale *x,
		 const struct html_scale *y)
{
	char buf[HTML_NUMBER];
	double step = 0.25;

	html_put(h, "<g class=\"hit\">\n");
	for (double nines = 0; nines < x->high + step / 2; nines += step) {
		double at = html_at(x, nines), half = (html_at(x, step) - x->from) / 2;

		html_put(h, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%.6g %%",
			 fmax(at - half, x->from), y->to, half * 2, y->from - y->to,
			 part_at(nines) * 100);
		for (size_t i = 0; i < n; i++)
			if (s[i].of->count && nines <= log10((double)s[i].of->count) + step)
				html_put(h, ", %s %s", s[i].words,
					 html_duration((double)gcoap_histogram_at(s[i].of, part_at(nines)),
						       buf));
		html_put(h, "</title></rect>\n");
	}
	html_put(h, "</g>\n");
}

static void time_ticks(struct html *h, const struct html_scale *y, double left, double right)
{
	double tick[HTML_TICKS];
	size_t n = html_ticks(y, 8, tick);
	char buf[HTML_NUMBER];

	for (size_t i = 0; i < n; i++) {
		html_put(h, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", left,
			 html_at(y, tick[i]), right);
		html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", left - 5,
			 html_at(y, tick[i]) + 4, html_tick_time(tick[i], y->high, y->log, buf));
	}
}

static void nines_ticks(struct html *h, const struct html_scale *x, double bottom, double top)
{
	static const struct {
		double nines;
		const char *text;
	} ticks[] = {
		{ 0, "0" },	  { 0.30103, "50 %" },  { 1, "90 %" },	 { 2, "99 %" },
		{ 3, "99.9 %" },  { 4, "99.99 %" },   { 5, "99.999" }, { 6, "99.9999" },
	};

	html_put(h, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", x->from, bottom, x->to);
	for (size_t i = 0; i < sizeof(ticks) / sizeof(ticks[0]) && ticks[i].nines <= x->high; i++) {
		double at = html_at(x, ticks[i].nines);

		html_put(h, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>\n", at, bottom, top);
		if (x->high > 4 && (i == 1 || i == 5 || i == 7))
			continue; /* no room */
		html_put(h, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			 at > x->to - 20 ? "end" : "mid", at > x->to - 20 ? x->to + 12 : at,
			 bottom + 15, ticks[i].text);
	}
}

void html_percentiles(struct html *h, const char *class, bool log)
{
	struct html_series s[3];
	size_t n = html_series(h->r, s);
	double low = 0, high = 0;
	struct html_scale x = nines_scale(h->r->each.count), y;

	if (!range(s, n, &low, &high))
		return;
	y = time_scale(low, high, log);
	y.from = n == 1 ? 226 : 312;
	y.to = 12;
	html_picture_open(h, log ? "perc-log" : "perc-lin", class, y.from + 24,
			  "Percentiles of latency");
	describe(h, s, n);
	html_picture(h);
	time_ticks(h, &y, x.from, x.to);
	nines_ticks(h, &x, y.from, y.to);
	for (size_t i = 0; i < n; i++)
		if (s[i].of->count)
			curve(h, &s[i], &x, &y);
	hits(h, s, n, &x, &y);
	html_picture_close(h);
}
