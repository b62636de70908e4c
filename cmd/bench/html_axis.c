/* Scales, axes and the frame of a picture. */
#include "bench/html.h"

#include <math.h>
#include <string.h>

double html_at(const struct html_scale *s, double value)
{
	double part;

	if (s->log)
		part = value > s->low ? log(value / s->low) / log(s->high / s->low) : 0;
	else
		part = (value - s->low) / (s->high - s->low);
	if (!(part > 0)) /* also NAN */
		part = 0;
	return s->from + fmin(part, 1) * (s->to - s->from);
}

/* 1, 2 or 5 times a power of ten, not below @v. */
static double round_step(double v)
{
	double ten = pow(10, floor(log10(v)));
	double m = v / ten;

	return ten * (m < 1.0001 ? 1 : m < 2.0001 ? 2 : m < 5.0001 ? 5 : 10);
}

double html_round_up(double high, int parts)
{
	double step;

	if (!(high > 0) || !isfinite(high))
		return 1;
	step = round_step(high / parts);
	return step * ceil(high / step - 1e-9);
}

/* Decades, with 2 and 5 between them where there is room. */
static size_t log_ticks(const struct html_scale *s, size_t most, double out[HTML_TICKS])
{
	static const double between[] = { 1, 2, 5 };
	double first = floor(log10(s->low)), last = ceil(log10(s->high));
	double decades = log10(s->high / s->low);
	int stride = decades > (double)most ? (int)ceil(decades / (double)most) : 1;
	size_t each = decades * 3 <= (double)most ? 3 : 1, n = 0;

	for (double d = first; d <= last; d += stride)
		for (size_t i = 0; i < each && n < most; i++) {
			double v = pow(10, d) * between[i];

			if (v >= s->low * 0.999 && v <= s->high * 1.001)
				out[n++] = v;
		}
	return n;
}

size_t html_ticks(const struct html_scale *s, size_t most, double out[HTML_TICKS])
{
	double step, first;
	size_t n = 0;

	most = most < HTML_TICKS ? most : HTML_TICKS;
	if (s->log) {
		n = log_ticks(s, most, out);
		if (n >= 2)
			return n;
		n = 0; /* less than a decade: as if it were linear */
	}
	step = round_step((s->high - s->low) / (double)(most - 1));
	first = ceil(s->low / step - 1e-6) * step;
	for (double v = first; v <= s->high + step * 1e-6 && n < most; v += step)
		out[n++] = v;
	return n;
}

char *html_tick_time(double ns, double high, bool log, char buf[HTML_NUMBER])
{
	static const struct {
		double from;
		const char *name;
	} rows[] = { { 1e9, "s" }, { 1e6, "ms" }, { 1e3, "\xc2\xb5s" }, { 1, "ns" } };
	double of = log ? ns : high;
	size_t i = 0;

	if (!(ns > 0)) {
		memcpy(buf, "0", 2);
		return buf;
	}
	while (i < 3 && of < rows[i].from * 0.9999)
		i++;
	snprintf(buf, HTML_NUMBER, "%.4g %s", ns / rows[i].from, rows[i].name);
	return buf;
}

/* Names of ticks as far as there is room for them: at its largest, a letter is 7.4 wide. */
static void time_labels(struct html *h, const struct html_scale *s, double y, const double *tick,
			size_t n)
{
	double free_from = -HUGE_VAL;
	char buf[HTML_NUMBER];

	for (size_t i = 0; i < n; i++) {
		double x = html_at(s, tick[i]);
		const char *text = html_tick_time(tick[i], s->high, s->log, buf);
		double width = 7.4 * (double)strlen(text);
		bool end = x + width / 2 > HTML_WIDTH - 2;
		double left = end ? x - width : x - width / 2;

		if (left < free_from)
			continue;
		html_put(h, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y,
			 end ? "end" : "mid", text);
		free_from = left + width + 3;
	}
}

void html_time_axis(struct html *h, const struct html_scale *s, double y, double top,
		    bool labels)
{
	double tick[HTML_TICKS];
	size_t n = html_ticks(s, 6, tick);

	for (size_t i = 0; i < n; i++)
		html_put(h, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>\n", html_at(s, tick[i]),
			 y, top);
	html_put(h, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>\n", s->from, y, s->to);
	if (labels)
		time_labels(h, s, y + 15, tick, n);
}

void html_share_axis(struct html *h, const struct html_scale *s, double left, double right)
{
	double tick[HTML_TICKS];
	size_t n = html_ticks(s, fabs(s->to - s->from) > 120 ? 6 : 3, tick);

	for (size_t i = 0; i < n; i++) {
		double y = html_at(s, tick[i]);

		html_put(h, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>\n", left, y, right);
		html_put(h, "<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%.3g %%</text>\n", left - 5,
			 y + 4, fabs(tick[i]) * 100);
	}
}

void html_picture_open(struct html *h, const char *id, const char *class, double height,
		       const char *title)
{
	html_put(h,
		 "<svg id=\"%s\"%s%s%s viewBox=\"0 0 %d %.0f\" role=\"img\" "
		 "aria-labelledby=\"%s-t\" aria-describedby=\"%s-d\">\n"
		 "<title id=\"%s-t\">%s</title>\n<desc id=\"%s-d\">",
		 id, class ? " class=\"" : "", class ? class : "", class ? "\"" : "", HTML_WIDTH,
		 height, id, id, id, title, id);
}

void html_picture(struct html *h)
{
	fputs("</desc>\n", h->out);
}

void html_picture_close(struct html *h)
{
	fputs("</svg>\n", h->out);
}

void html_swatch(struct html *h, const char *shape)
{
	html_put(h, "<svg class=\"swatch\" viewBox=\"0 0 20 10\" aria-hidden=\"true\">%s</svg>",
		 shape);
}
