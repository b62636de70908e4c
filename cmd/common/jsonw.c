#include "jsonw.h"

#include <stdlib.h>
#include <string.h>
#include "payload.h"

void jsonw_clear(struct jsonw *w)
{
	free(w->buf);
	memset(w, 0, sizeof(*w));
}

char *jsonw_room(struct jsonw *w, size_t n)
{
	size_t cap = w->cap ? w->cap : 4096;
	char *buf;

	if (w->cap - w->len >= n)
		return w->buf + w->len;
	while (cap - w->len < n)
		cap *= 2;
	buf = realloc(w->buf, cap);
	if (!buf) {
		w->failed = true;
		return NULL;
	}
	w->buf = buf;
	w->cap = cap;
	return buf + w->len;
}

/* How many bytes stand for themselves in a JSON string and on a terminal. */
static size_t plain(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (n < len && p[n] >= 0x20 && p[n] < 0x7f && p[n] != '"' && p[n] != '\\')
		n++;
	return n;
}

static size_t escape(uint8_t c, char *out)
{
	static const char hex[] = "0123456789abcdef";
	static const char from[] = "\"\\\n\t\r\b\f", to[] = "\"\\ntrbf";
	const char *p = c ? strchr(from, c) : NULL;

	out[0] = '\\';
	if (p) {
		out[1] = to[p - from];
		return 2;
	}
	memcpy(out + 1, "u00", 3);
	out[4] = hex[c >> 4];
	out[5] = hex[c & 15];
	return 6;
}

static size_t escape_unit(uint32_t unit, char *out)
{
	memcpy(out, "\\u", 2);
	for (int i = 0; i < 4; i++)
		out[2 + i] = "0123456789abcdef"[unit >> (12 - 4 * i) & 15];
	return 6;
}

/* A character beyond ASCII: as it is, but for what a terminal would obey. */
static size_t beyond_ascii(const uint8_t *p, size_t len, char *out, size_t *taken)
{
	uint32_t c;
	size_t n = payload_utf8(p, len, &c);

	*taken = n ? n : 1;
	if (!n) {
		memcpy(out, "\xef\xbf\xbd", 3);
		return 3;
	}
	if (!payload_hidden(c)) {
		memcpy(out, p, n);
		return n;
	}
	if (c < 0x10000)
		return escape_unit(c, out);
	c -= 0x10000; /* as a pair of surrogates: RFC 8259, Section 7 */
	return escape_unit(0xd800 | c >> 10, out) + escape_unit(0xdc00 | (c & 0x3ff), out + 6);
}

void jsonw_inner(struct jsonw *w, struct gcoap_bytes text)
{
	size_t i = plain(text.ptr, text.len), taken;
	char *at;

	if (i == text.len) { /* nearly always */
		jsonw_raw(w, (const char *)text.ptr, i);
		return;
	}
	at = jsonw_room(w, i + (text.len - i) * 6);
	if (!at)
		return;
	memcpy(at, text.ptr, i);
	at += i;
	while (i < text.len) {
		uint8_t c = text.ptr[i];

		if (c >= 0x80) {
			at += beyond_ascii(text.ptr + i, text.len - i, at, &taken);
			i += taken;
		} else {
			if (plain(&c, 1))
				*at++ = (char)c;
			else
				at += escape(c, at);
			i++;
		}
	}
	w->len = (size_t)(at - w->buf);
}

void jsonw_bytes(struct jsonw *w, struct gcoap_bytes text)
{
	jsonw_lit(w, "\"");
	jsonw_inner(w, text);
	jsonw_lit(w, "\"");
}

void jsonw_text(struct jsonw *w, const char *text)
{
	if (text)
		jsonw_bytes(w, gcoap_bytes_text(text));
	else
		jsonw_lit(w, "null");
}

void jsonw_uint(struct jsonw *w, uint64_t v)
{
	char digits[20], *p = digits + sizeof(digits);

	if (v < 10) {
		*--p = (char)('0' + v);
		jsonw_raw(w, p, 1);
		return;
	}
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	jsonw_raw(w, p, (size_t)(digits + sizeof(digits) - p));
}

void jsonw_bool(struct jsonw *w, bool v)
{
	if (v)
		jsonw_lit(w, "true");
	else
		jsonw_lit(w, "false");
}

void jsonw_hex(struct jsonw *w, struct gcoap_bytes b)
{
	char *out = jsonw_room(w, 2 * b.len + 3);

	if (!out)
		return;
	out[0] = '"';
	gcoap_hex_encode(b, out + 1, 2 * b.len + 1);
	out[2 * b.len + 1] = '"';
	w->len += 2 * b.len + 2;
}

void jsonw_base64(struct jsonw *w, struct gcoap_bytes b)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = jsonw_room(w, (b.len + 2) / 3 * 4 + 2);

	if (!out)
		return;
	w->len += (b.len + 2) / 3 * 4 + 2;
	*out++ = '"';
	for (size_t i = 0; i < b.len; i += 3) {
		size_t n = b.len - i < 3 ? b.len - i : 3;
		uint32_t v = (uint32_t)b.ptr[i] << 16 | (n > 1 ? b.ptr[i + 1] << 8 : 0) |
			     (n > 2 ? b.ptr[i + 2] : 0);

		*out++ = digits[v >> 18];
		*out++ = digits[v >> 12 & 63];
		*out++ = n > 1 ? digits[v >> 6 & 63] : '=';
		*out++ = n > 2 ? digits[v & 63] : '=';
	}
	*out = '"';
}

void jsonw_ms(struct jsonw *w, gcoap_time t, unsigned decimals)
{
	static const gcoap_time units[] = { GCOAP_MS, GCOAP_MS / 10, GCOAP_MS / 100, GCOAP_US };
	uint64_t v = (uint64_t)(t < 0 ? -t : t), unit = (uint64_t)units[decimals], scale = 1;
	char digits[4];

	v = (v + unit / 2) / unit;
	if (t < 0 && v)
		jsonw_lit(w, "-");
	for (unsigned i = 0; i < decimals; i++)
		scale *= 10;
	jsonw_uint(w, v / scale);
	v %= scale;
	if (!v)
		return;
	while (v % 10 == 0) {
		v /= 10;
		decimals--;
	}
	digits[0] = '.';
	for (unsigned i = decimals; i; i--, v /= 10)
		digits[i] = (char)('0' + v % 10);
	jsonw_raw(w, digits, decimals + 1);
}
