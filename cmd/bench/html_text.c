/* Text and numbers of the page. */
#include "bench/html.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>
#include "common/payload.h"

void html_put(struct html *h, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(h->out, format, ap);
	va_end(ap);
}

static void put_char(struct html *h, const char *p, size_t n, uint32_t c)
{
	const char *entity = c == '&'	 ? "&amp;"
			     : c == '<'	 ? "&lt;"
			     : c == '>'	 ? "&gt;"
			     : c == '"'	 ? "&quot;"
			     : c == '\'' ? "&#39;"
					 : NULL;

	if (!n)
		html_put(h, "\\x%02x", (uint8_t)*p);
	else if (entity)
		fputs(entity, h->out);
	else if (c < 0x20 || c == 0x7f)
		html_put(h, "\\x%02x", c);
	else if (payload_hidden(c))
		html_put(h, "\\u{%x}", c);
	else
		fwrite(p, 1, n, h->out);
}

/* The next character of @p: its bytes, at least 1. */
static size_t step(const char *p, size_t len, size_t *valid, uint32_t *c)
{
	*c = 0;
	*valid = payload_utf8((const uint8_t *)p, len, c);
	return *valid ? *valid : 1;
}

void html_text(struct html *h, const char *text)
{
	size_t len, n, valid;
	uint32_t c;

	text = text ? text : "-";
	len = strlen(text);
	for (size_t i = 0; i < len; i += n) {
		n = step(text + i, len - i, &valid, &c);
		put_char(h, text + i, valid, c);
	}
}

void html_short(struct html *h, const char *text, size_t columns)
{
	size_t len, n, valid, all = 0, at = 0, head;
	uint32_t c;

	text = text ? text : "-";
	len = strlen(text);
	for (size_t i = 0; i < len; i += n, all++)
		n = step(text + i, len - i, &valid, &c);
	head = columns / 2;
	for (size_t i = 0; i < len; i += n, at++) {
		n = step(text + i, len - i, &valid, &c);
		if (all <= columns || at < head || at >= all - (columns - head - 1))
			put_char(h, text + i, valid, c);
		else if (at == head)
			fputs("\xe2\x80\xa6", h->out);
	}
}

void html_label(struct html *h, const struct bench_server *s)
{
	char text[sizeof(s->text)];
	size_t n = strlen(s->text);

	if (s->name || n < 5 || strcmp(s->text + n - 5, ":5683") != 0) {
		html_short(h, s->name ? s->name : s->text, 16);
		return;
	}
	memcpy(text, s->text, n - 5);
	text[n - 5] = '\0';
	html_short(h, text, 16);
}

static int digits(double v)
{
	return v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
}

char *html_duration(double ns, char buf[HTML_NUMBER])
{
	static const struct {
		double below, unit;
		const char *name;
	} rows[] = {
		{ 999.5, 1, "ns" },	    { 999500, 1e3, "\xc2\xb5s" }, { 999.5e6, 1e6, "ms" },
		{ 119.5e9, 1e9, "s" },	    { 7170e9, 60e9, "min" },	  { HUGE_VAL, 3600e9, "h" },
	};
	size_t i = 0;
	double v;

	if (!isfinite(ns)) {
		memcpy(buf, "-", 2);
		return buf;
	}
	while (fabs(ns) >= rows[i].below && i + 1 < sizeof(rows) / sizeof(rows[0]))
		i++;
	v = ns / rows[i].unit;
	if (i == 0 || v == floor(v))
		snprintf(buf, HTML_NUMBER, "%.0f %s", v, rows[i].name);
	else
		snprintf(buf, HTML_NUMBER, "%.*f %s", digits(fabs(v)), v, rows[i].name);
	return buf;
}

char *html_count(uint64_t n, char buf[HTML_NUMBER])
{
	char plain[24];
	int len = snprintf(plain, sizeof(plain), "%llu", (unsigned long long)n);
	char *p = buf;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*p++ = ',';
		*p++ = plain[i];
	}
	*p = '\0';
	return buf;
}

char *html_share(double share, char buf[HTML_NUMBER])
{
	double v = share * 100;

	if (!isfinite(v))
		memcpy(buf, "-", 2);
	else if (v != 0 && fabs(v) < 0.095)
		snprintf(buf, HTML_NUMBER, "%.2g %%", v);
	else if (share < 1 && v > 99.9) /* not all */
		snprintf(buf, HTML_NUMBER, "%.3f %%", fmin(v, 99.999));
	else
		snprintf(buf, HTML_NUMBER, "%.1f %%", v);
	return buf;
}

char *html_bytes(double bytes, char buf[HTML_NUMBER])
{
	static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
	size_t i = 0;

	if (!isfinite(bytes)) {
		memcpy(buf, "-", 2);
		return buf;
	}
	for (; fabs(bytes) >= 999.5 && i < 4; i++)
		bytes /= 1000;
	snprintf(buf, HTML_NUMBER, "%.*f %s", i ? digits(bytes) : 0, bytes, units[i]);
	return buf;
}

char *html_value(const struct bench_figure *f, char buf[HTML_NUMBER])
{
	char number[HTML_NUMBER];

	if (!f || !f->known || !isfinite(f->value)) {
		memcpy(buf, "-", 2);
		return buf;
	}
	switch (f->unit) {
	case BENCH_TIME:
		return html_duration(f->value, buf);
	case BENCH_SHARE:
		return html_share(f->value, buf);
	case BENCH_BYTES:
		return html_bytes(f->value, buf);
	case BENCH_RATE:
		if (f->value >= 1000 && f->value < 1e18)
			snprintf(buf, HTML_NUMBER, "%.37s/s",
				 html_count((uint64_t)(f->value + 0.5), number));
		else
			snprintf(buf, HTML_NUMBER, "%.*f/s", digits(f->value), f->value);
		return buf;
	case BENCH_COUNT:
		break;
	}
	if (f->value >= 0 && f->value < 1e18 && f->value == floor(f->value))
		return html_count((uint64_t)f->value, buf);
	snprintf(buf, HTML_NUMBER, "%.3g", f->value);
	return buf;
}

const struct bench_figure *html_find(const struct html *h, const char *name)
{
	for (size_t i = 0; i < h->report->n_figures; i++)
		if (strcmp(h->report->figures[i].name, name) == 0)
			return &h->report->figures[i];
	return NULL;
}

char *html_figure(const struct html *h, const char *name, char buf[HTML_NUMBER])
{
	return html_value(html_find(h, name), buf);
}

const char *html_plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

double html_loss(const struct bench_server *s)
{
	if (!s->sent)
		return NAN;
	return s->answered < s->sent ? (double)(s->sent - s->answered) / (double)s->sent : 0;
}
