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

/* As the screen has it, in a buffer of another size. */
static char *shown(enum bench_unit unit, double value, char buf[HTML_NUMBER])
{
	const struct bench_figure f = { .unit = unit, .known = true, .value = value };

	return bench_figure_format(&f, buf, HTML_NUMBER);
}

char *html_duration(double ns, char buf[HTML_NUMBER])
{
	return shown(BENCH_TIME, ns, buf);
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
	return shown(BENCH_SHARE, share, buf);
}

char *html_bytes(double bytes, char buf[HTML_NUMBER])
{
	return shown(BENCH_BYTES, bytes, buf);
}

char *html_value(const struct bench_figure *f, char buf[HTML_NUMBER])
{
	bool whole = f && f->known && f->unit == BENCH_COUNT && f->value >= 0 &&
		     f->value < 1e18 && f->value == floor(f->value);

	if (whole)
		return html_count((uint64_t)f->value, buf);
	return f ? bench_figure_format(f, buf, HTML_NUMBER) : memcpy(buf, "-", 2);
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
