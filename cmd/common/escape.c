/* The one escaper between the network and a terminal. */
#include "payload.h"

#include <string.h>

struct range {
	uint32_t from, to;
};

/* Characters without a shape of their own: format controls, bidi controls, separators,
 * non-characters, private use. A terminal may obey them, so they are spelled out. */
static const struct range hidden[] = {
	{ 0x80, 0x9f },	      { 0xad, 0xad },	  { 0x61c, 0x61c },   { 0x70f, 0x70f },
	{ 0x115f, 0x1160 },   { 0x180e, 0x180e }, { 0x200b, 0x200f }, { 0x2028, 0x202e },
	{ 0x2060, 0x206f },   { 0x3164, 0x3164 }, { 0xe000, 0xf8ff }, { 0xfdd0, 0xfdef },
	{ 0xfeff, 0xfeff },   { 0xfff0, 0xfffb }, { 0xfffe, 0xffff }, { 0x1d173, 0x1d17a },
	{ 0x1fffe, 0x1ffff }, { 0xe0000, 0x10ffff },
};

static const struct range wide[] = {
	{ 0x1100, 0x115e },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },	  { 0xa960, 0xa97f },
	{ 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },	  { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff },
	{ 0x20000, 0x3fffd },
};

static const struct range combining[] = {
	{ 0x300, 0x36f },     { 0x483, 0x489 },	  { 0x591, 0x5bd },   { 0x610, 0x61a },
	{ 0x64b, 0x65f },     { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f },   { 0xfe20, 0xfe2f },
};

#define IN(table, c) in_ranges(table, sizeof(table) / sizeof((table)[0]), c)

static bool in_ranges(const struct range *r, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n && c >= r[i].from; i++)
		if (c <= r[i].to)
			return true;
	return false;
}

bool payload_hidden(uint32_t cp)
{
	return cp >= 0x80 && IN(hidden, cp);
}

size_t payload_utf8(const uint8_t *p, size_t len, uint32_t *cp)
{
	static const uint32_t lowest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;
	uint32_t c;

	if (p[0] < 0x80) {
		*cp = p[0];
		return 1;
	}
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || len < n)
		return 0;
	c = p[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < lowest[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*cp = c;
	return n;
}

static size_t put_hex(char *out, const char *before, uint32_t v, int digits, const char *behind)
{
	size_t n = strlen(before), k = strlen(behind);

	memcpy(out, before, n);
	for (int i = digits - 1; i >= 0; i--)
		out[n++] = "0123456789abcdef"[v >> (4 * i) & 0xf];
	memcpy(out + n, behind, k);
	return n + k;
}

static int hex_digits(uint32_t v)
{
	int n = 2;

	while (n < 6 && v >> (4 * n))
		n++;
	return n;
}

static size_t columns_of(uint32_t c)
{
	return c < 0x300 ? 1 : IN(combining, c) ? 0 : IN(wide, c) ? 2 : 1;
}

/* What stands for the next character of @p in @out (12 bytes at most): its length, with what
 * it takes of the input and of the line. */
static size_t escape_one(const uint8_t *p, size_t len, bool one_line, bool ascii, char *out,
			 size_t *taken, size_t *width)
{
	uint32_t c;
	size_t n = payload_utf8(p, len, &c);

	*taken = n ? n : 1;
	if (!n)
		n = put_hex(out, "\\x", p[0], 2, "");
	else if (c == '\n' || c == '\t') {
		out[0] = one_line ? '\\' : (char)c;
		out[1] = c == '\n' ? 'n' : 't';
		n = one_line ? 2 : 1;
		if (!one_line) {
			*width = 0;
			return n;
		}
	} else if (c < 0x20 || c == 0x7f)
		n = put_hex(out, "\\x", c, 2, "");
	else if (c >= 0x80 && (ascii || payload_hidden(c)))
		n = put_hex(out, "\\u{", c, hex_digits(c), "}");
	else {
		memcpy(out, p, n);
		*width = columns_of(c);
		return n;
	}
	*width = n;
	return n;
}

size_t payload_escape(struct gcoap_bytes in, char *out, size_t cap, bool one_line,
		      size_t columns, bool ascii)
{
	const char *more = ascii ? "..." : "\xe2\x80\xa6";
	size_t more_width = ascii ? 3 : 1, n = 0, used = 0, back = 0, taken, width, k;
	char one[16];

	if (!cap)
		return 0;
	if (!columns)
		columns = SIZE_MAX - 8;
	for (size_t i = 0; i < in.len; i += taken) {
		if (in.ptr[i] >= 0x20 && in.ptr[i] < 0x7f) { /* nearly all there is */
			one[0] = (char)in.ptr[i];
			k = taken = width = 1;
		} else {
			k = escape_one(in.ptr + i, in.len - i, one_line, ascii, one, &taken,
				       &width);
		}
		if (used + width > columns || n + k + 1 > cap) {
			n = back;
			if (back + 4 <= cap && more_width <= columns) {
				memcpy(out + n, more, 3);
				n += 3;
			}
			break;
		}
		if (k == 1)
			out[n] = one[0];
		else
			memcpy(out + n, one, k);
		n += k;
		used += width;
		if (used + more_width <= columns && n + 4 <= cap)
			back = n;
	}
	out[n] = '\0';
	return n;
}

size_t payload_columns(const char *text)
{
	struct gcoap_bytes in = gcoap_bytes_text(text);
	size_t columns = 0, n;
	uint32_t c;

	for (size_t i = 0; i < in.len; i += n > 0 ? n : 1) {
		n = payload_utf8(in.ptr + i, in.len - i, &c);
		columns += n > 0 ? columns_of(c) : 1;
	}
	return columns;
}
