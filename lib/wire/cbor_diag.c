/*
 * Diagnostic notation (RFC 8949, Section 8), written straight from the bytes: a tree in memory,
 * as libcbor builds one, would need the heap, has lost how the sender encoded numbers and
 * lengths, which is what the one who asks for this notation may want to see, and does not hold
 * simple values without a name.
 */
#include <gcoap/cbor.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cbor_read.h"
#include "number.h"

struct out {
	char *buf;
	size_t cap, len; /* @len counts what does not fit, too */
};

struct walk {
	struct gcoap__cbor_reader r;
	struct out out;
};

static void put(struct out *o, const char *text, size_t len)
{
	if (o->len < o->cap)
		memcpy(o->buf + o->len, text, len < o->cap - o->len ? len : o->cap - o->len);
	o->len += len;
}

static void put_text(struct out *o, const char *text)
{
	put(o, text, strlen(text));
}

/* "_1" behind a head that takes 2 bytes where fewer would do (Section 8.1). */
static void put_width(struct out *o, const struct gcoap__cbor_head *h)
{
	char text[4] = { '_', (char)('0' + h->info - 24), '\0' };

	if (!h->shortest)
		put_text(o, text);
}

static void put_integer(struct out *o, const struct gcoap__cbor_head *h)
{
	char text[24];

	if (h->major == CBOR_UINT)
		snprintf(text, sizeof(text), "%" PRIu64, h->arg);
	else if (h->arg == UINT64_MAX)
		snprintf(text, sizeof(text), "-18446744073709551616");
	else
		snprintf(text, sizeof(text), "-%" PRIu64, h->arg + 1);
	put_text(o, text);
	put_width(o, h);
}

static void put_bytes(struct out *o, struct gcoap_bytes b)
{
	static const char hex[] = "0123456789abcdef";
	char two[2];

	put_text(o, "h'");
	for (size_t i = 0; i < b.len; i++) {
		two[0] = hex[b.ptr[i] >> 4];
		two[1] = hex[b.ptr[i] & 0x0f];
		put(o, two, 2);
	}
	put_text(o, "'");
}

/* One character of valid UTF-8; returns its length. */
static size_t get_char(const uint8_t *p, uint32_t *c)
{
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	*c = n == 1 ? p[0] : p[0] & (0xffu >> (n + 1));
	for (size_t i = 1; i < n; i++)
		*c = *c << 6 | (p[i] & 0x3f);
	return n;
}

/* What a terminal or reader could obey or not see: controls, line and paragraph separators,
 * marks and overrides of writing direction, zero-width characters. */
static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

/* "\u001b": one unit of UTF-16. */
static void put_unit(struct out *o, uint32_t unit)
{
	static const char hex[] = "0123456789abcdef";
	const char text[6] = { '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15],
			       hex[unit >> 4 & 15], hex[unit & 15] };

	put(o, text, sizeof(text));
}

static void put_escape(struct out *o, uint32_t c)
{
	static const char letters[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
	const char *letter = c && c < 0x80 ? strchr(letters, (int)c) : NULL;

	if (letter) {
		put(o, (const char[]){ '\\', names[letter - letters] }, 2);
	} else if (c < 0x10000) {
		put_unit(o, c);
	} else {
		put_unit(o, 0xd800 + ((c - 0x10000) >> 10));
		put_unit(o, 0xdc00 + ((c - 0x10000) & 0x3ff));
	}
}

/* As a JSON string (Section 8). */
static void put_string(struct out *o, struct gcoap_bytes b)
{
	uint32_t c;
	size_t n;

	put_text(o, "\"");
	for (size_t i = 0; i < b.len; i += n) {
		n = get_char(b.ptr + i, &c);
		if (c == '"' || c == '\\' || is_hidden(c))
			put_escape(o, c);
		else
			put(o, (const char *)b.ptr + i, n);
	}
	put_text(o, "\"");
}

static void walk_item(struct walk *w);

static void walk_string(struct walk *w, const struct gcoap__cbor_head *h)
{
	struct gcoap_bytes b = gcoap__cbor_string(&w->r, h);

	if (h->major == CBOR_BYTES)
		put_bytes(&w->out, b);
	else
		put_string(&w->out, b);
	put_width(&w->out, h);
}

/* True when a break comes; steps over it. */
static bool at_break(struct walk *w)
{
	if (w->r.data.ptr[w->r.pos] != 0xff)
		return false;
	w->r.pos++;
	return true;
}

/* "(_ h'01', h'02')"; without chunks ''_ or ""_. */
static void walk_chunks(struct walk *w, const struct gcoap__cbor_head *h)
{
	struct gcoap__cbor_head chunk;

	if (at_break(w)) {
		put_text(&w->out, h->major == CBOR_BYTES ? "''_" : "\"\"_");
		return;
	}
	put_text(&w->out, "(_ ");
	do {
		gcoap__cbor_head(&w->r, &chunk);
		walk_string(w, &chunk);
		if (at_break(w))
			break;
		put_text(&w->out, ", ");
	} while (true);
	put_text(&w->out, ")");
}

static void walk_container(struct walk *w, const struct gcoap__cbor_head *h)
{
	bool map = h->major == CBOR_MAP;
	uint64_t i;

	put_text(&w->out, map ? "{" : "[");
	if (h->indefinite)
		put_text(&w->out, "_ ");
	else if (!h->shortest) {
		put_width(&w->out, h);
		put_text(&w->out, " ");
	}
	for (i = 0; h->indefinite ? !at_break(w) : i < h->arg; i++) {
		if (i > 0)
			put_text(&w->out, ", ");
		walk_item(w);
		if (map) {
			put_text(&w->out, ": ");
			walk_item(w);
		}
	}
	put_text(&w->out, map ? "}" : "]");
}

static void walk_simple(struct walk *w, const struct gcoap__cbor_head *h)
{
	static const char *const names[] = { "false", "true", "null", "undefined" };
	char text[NUMBER_TEXT];

	if (gcoap__cbor_is_float(h)) {
		put_text(&w->out, gcoap__double_format(gcoap__cbor_float(h), text));
		return;
	}
	if (h->arg >= CBOR_FALSE && h->arg <= CBOR_UNDEFINED) {
		put_text(&w->out, names[h->arg - CBOR_FALSE]);
		return;
	}
	snprintf(text, sizeof(text), "simple(%u)", (unsigned)h->arg);
	put_text(&w->out, text);
}

static void walk_tag(struct walk *w, const struct gcoap__cbor_head *h)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, h->arg);
	put_text(&w->out, text);
	put_width(&w->out, h);
	put_text(&w->out, "(");
	walk_item(w);
	put_text(&w->out, ")");
}

/* The scan has passed: heads cannot fail, and the depth is bounded. */
static void walk_item(struct walk *w)
{
	struct gcoap__cbor_head h;

	gcoap__cbor_head(&w->r, &h);
	switch ((enum gcoap__cbor_major)h.major) {
	case CBOR_UINT:
	case CBOR_NINT:
		put_integer(&w->out, &h);
		break;
	case CBOR_BYTES:
	case CBOR_TEXT:
		if (h.indefinite)
			walk_chunks(w, &h);
		else
			walk_string(w, &h);
		break;
	case CBOR_ARRAY:
	case CBOR_MAP:
		walk_container(w, &h);
		break;
	case CBOR_TAG:
		walk_tag(w, &h);
		break;
	case CBOR_SIMPLE:
		walk_simple(w, &h);
		break;
	}
}

/* NUL behind the text, or "..." and NUL behind as many whole characters of it as fit. */
static void finish(struct out *o)
{
	size_t end;

	if (o->len < o->cap) {
		o->buf[o->len] = '\0';
		return;
	}
	if (o->cap == 0)
		return;
	end = o->cap > 4 ? o->cap - 4 : 0;
	while (end > 0 && ((uint8_t)o->buf[end] & 0xc0) == 0x80)
		end--;
	snprintf(o->buf + end, o->cap - end, "...");
}

int gcoap_cbor_diagnose(struct gcoap_bytes data, bool sequence, char *buf, size_t cap,
			struct gcoap_diag *diag)
{
	struct gcoap_cbor_limits limits = GCOAP_CBOR_LIMITS;
	struct walk w = { { data, 0, NULL }, { buf, cap, 0 } };
	int r;

	limits.sequence = sequence;
	r = gcoap_cbor_scan(data, &limits, diag);
	if (r < 0)
		return r;
	while (w.r.pos < data.len) {
		if (w.r.pos > 0)
			put_text(&w.out, ", ");
		walk_item(&w);
	}
	finish(&w.out);
	return (int)w.out.len;
}
