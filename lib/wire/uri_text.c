#include "uri_text.h"

#include <string.h>

bool gcoap__is_unreserved(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~", c));
}

bool gcoap__is_sub_delim(uint8_t c)
{
	return c && strchr("!$&'()*+,;=", c);
}

bool gcoap__is_pchar(uint8_t c)
{
	return gcoap__is_unreserved(c) || gcoap__is_sub_delim(c) || c == ':' || c == '@';
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t gcoap__percent_get(const uint8_t *p, const uint8_t *end, uint8_t *out)
{
	int high, low;

	*out = p[0];
	if (p[0] != '%')
		return 1;
	if (end - p < 3)
		return 0;
	high = hex_digit(p[1]);
	low = hex_digit(p[2]);
	if (high < 0 || low < 0)
		return 0;
	*out = (uint8_t)(high << 4 | low);
	return 3;
}

bool gcoap__is_dot_segment(struct gcoap_bytes segment)
{
	const uint8_t *p = segment.ptr, *end = p + segment.len;
	size_t dots = 0, took;
	uint8_t c;

	for (; p < end; p += took) {
		took = gcoap__percent_get(p, end, &c);
		if (!took || c != '.' || ++dots > 2)
			return false;
	}
	return dots > 0;
}

static int check_chars(struct gcoap_bytes part, bool path, size_t base, struct gcoap_diag *diag)
{
	const uint8_t *p = part.ptr, *end = p + part.len;
	size_t took;
	uint8_t c;

	for (; p < end; p += took) {
		took = gcoap__percent_get(p, end, &c);
		if (!took)
			return gcoap_fail(diag, GCOAP_EMALFORMED, base + (size_t)(p - part.ptr),
					  "bad-percent",
					  "a percent sign needs two hexadecimal digits behind it");
		if (took == 1 && !gcoap__is_pchar(c) && c != '/' && (path || c != '?'))
			return gcoap_fail(diag, GCOAP_EMALFORMED, base + (size_t)(p - part.ptr),
					  "bad-character",
					  "a URI cannot hold this byte; write it as %XX");
	}
	return 0;
}

int gcoap__uri_check(struct gcoap_bytes part, bool path, size_t base, struct gcoap_diag *diag)
{
	size_t start = 1, i;
	int r;

	r = check_chars(part, path, base, diag);
	if (r < 0 || !path)
		return r;
	for (i = 1; i <= part.len; i++) {
		if (i < part.len && part.ptr[i] != '/')
			continue;
		if (gcoap__is_dot_segment((struct gcoap_bytes){ part.ptr + start, i - start }))
			return gcoap_fail(diag, GCOAP_EMALFORMED, base + start, "dot-segment",
					  "\".\" and \"..\" cannot be sent as path segments "
					  "(RFC 7252, Section 5.10.1)");
		start = i + 1;
	}
	return 0;
}

void gcoap__text_put_char(struct gcoap__text *t, char c)
{
	if (t->len < t->cap)
		t->buf[t->len] = c;
	t->len++;
}

void gcoap__text_put(struct gcoap__text *t, const char *text)
{
	while (*text)
		gcoap__text_put_char(t, *text++);
}

void gcoap__text_put_percent(struct gcoap__text *t, struct gcoap_bytes b, const char *also)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < b.len; i++) {
		uint8_t c = b.ptr[i];

		if (gcoap__is_unreserved(c) || (c && strchr(also, c))) {
			gcoap__text_put_char(t, (char)c);
			continue;
		}
		gcoap__text_put_char(t, '%');
		gcoap__text_put_char(t, hex[c >> 4]);
		gcoap__text_put_char(t, hex[c & 0x0f]);
	}
}

int gcoap__text_end(struct gcoap__text *t)
{
	if (t->len < t->cap) {
		t->buf[t->len] = '\0';
		return (int)t->len;
	}
	if (t->cap)
		t->buf[t->cap - 1] = '\0';
	return GCOAP_ESPACE;
}
