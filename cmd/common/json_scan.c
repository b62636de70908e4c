#include "json_scan.h"

#include <string.h>

struct key {
	size_t at, len; /* in the output */
	uint32_t object;
};

struct scan {
	const uint8_t *p, *start, *end;
	struct jsonw *w;
	unsigned depth, items;
	uint32_t objects;
	size_t n_keys;
	struct key keys[JSON_ITEMS_MAX];
	struct gcoap_diag *diag;
};

static bool value(struct scan *s);

static bool refuse(struct scan *s, const char *name, const char *what)
{
	gcoap_fail(s->diag, GCOAP_EMALFORMED, (size_t)(s->p - s->start), name, what);
	return false;
}

static void blanks(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r'))
		s->p++;
}

static int hex4(const struct scan *s, const uint8_t *p)
{
	uint8_t b[2];

	if (s->end - p < 4 || gcoap_hex_decode((const char *)p, 4, b, 2) != 2)
		return -1;
	return b[0] << 8 | b[1];
}

/* UTF-8 of @c; returns its length. */
static size_t utf8_put(uint32_t c, uint8_t *out)
{
	if (c < 0x80) {
		out[0] = (uint8_t)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (uint8_t)(0xe0 | c >> 12);
		out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | c >> 18);
	out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (c & 0x3f));
	return 4;
}

/* Behind a backslash: the character, and what is taken is skipped. -1: refused. */
static int32_t escaped(struct scan *s)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at;
	int32_t c, low;

	if (s->p == s->end)
		return -1;
	if (*s->p != 'u') {
		at = *s->p ? strchr(from, *s->p) : NULL;
		s->p++;
		return at ? to[at - from] : -1;
	}
	c = hex4(s, s->p + 1);
	if (c <= 0)
		return -1;
	s->p += 5;
	if (c < 0xd800 || c > 0xdfff)
		return c;
	if (c > 0xdbff || s->end - s->p < 6 || s->p[0] != '\\' || s->p[1] != 'u')
		return -1;
	low = hex4(s, s->p + 2);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	s->p += 6;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

static bool string(struct scan *s)
{
	const uint8_t *from = ++s->p;
	uint8_t utf8[4];
	int32_t c;

	jsonw_lit(s->w, "\"");
	for (;;) {
		while (s->p < s->end && *s->p >= 0x20 && *s->p != '"' && *s->p != '\\')
			s->p++;
		if (s->p == s->end || *s->p < 0x20)
			return refuse(s, "json-string", "a string that does not end");
		jsonw_inner(s->w, (struct gcoap_bytes){ from, (size_t)(s->p - from) });
		if (*s->p++ == '"')
			break;
		c = escaped(s);
		if (c < 0)
			return refuse(s, "json-escape", "an escape that no reader keeps");
		jsonw_inner(s->w, (struct gcoap_bytes){ utf8, utf8_put((uint32_t)c, utf8) });
		from = s->p;
	}
	jsonw_lit(s->w, "\"");
	return true;
}

static size_t digits(struct scan *s)
{
	const uint8_t *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return (size_t)(s->p - from);
}

/* Above 2^53 a double skips integers. */
static bool integer_exact(const uint8_t *from, size_t len)
{
	return len < 16 || (len == 16 && memcmp(from, "9007199254740992", 16) <= 0);
}

static bool number(struct scan *s)
{
	const uint8_t *from = s->p, *whole;
	size_t n_whole, n_rest = 0, n_exponent;
	bool integer = true, exact;

	s->p += *s->p == '-';
	whole = s->p;
	n_whole = digits(s);
	if (!n_whole || (n_whole > 1 && *whole == '0'))
		return refuse(s, "json-number", "expected a number");
	exact = integer_exact(whole, n_whole);
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		integer = false;
		n_rest = digits(s);
		if (!n_rest)
			return refuse(s, "json-number", "no digit behind the point");
	}
	if (s->p < s->end && (*s->p | 0x20) == 'e') {
		s->p++;
		integer = false;
		if (s->p < s->end && (*s->p == '-' || *s->p == '+'))
			s->p++;
		n_exponent = digits(s);
		if (!n_exponent || n_exponent > 2)
			return refuse(s, "json-number", "an exponent out of range");
	}
	if (integer ? !exact : n_whole + n_rest > 15)
		return refuse(s, "json-number", "a number that a double does not hold");
	jsonw_raw(s->w, (const char *)from, (size_t)(s->p - from));
	return true;
}

static bool word(struct scan *s, const char *text, size_t n)
{
	if ((size_t)(s->end - s->p) < n || memcmp(s->p, text, n))
		return refuse(s, "json-value", "expected a value");
	s->p += n;
	jsonw_raw(s->w, text, n);
	return true;
}

/* The key just written from @at on: not there before in this object. */
static bool key_new(struct scan *s, size_t at, uint32_t object)
{
	size_t len = s->w->len - at;

	if (s->w->failed)
		return false;
	for (size_t i = 0; i < s->n_keys; i++) {
		const struct key *k = &s->keys[i];

		if (k->object == object && k->len == len &&
		    !memcmp(s->w->buf + k->at, s->w->buf + at, len))
			return refuse(s, "json-key", "a key is there twice");
	}
	s->keys[s->n_keys++] = (struct key){ at, len, object };
	return true;
}

static bool member(struct scan *s, uint32_t object)
{
	size_t at = s->w->len;

	if (s->p == s->end || *s->p != '"')
		return refuse(s, "json-key", "expected a key");
	if (!string(s) || !key_new(s, at, object))
		return false;
	blanks(s);
	if (s->p == s->end || *s->p != ':')
		return refuse(s, "json-key", "expected a colon");
	s->p++;
	jsonw_lit(s->w, ":");
	return value(s);
}

/* An array or an object, up to @close. */
static bool nest(struct scan *s, uint8_t close)
{
	uint32_t object = ++s->objects;
	char brace[1] = { (char)*s->p++ };

	if (++s->depth > JSON_DEPTH_MAX)
		return refuse(s, "json-depth", "more than 8 levels");
	jsonw_raw(s->w, brace, 1);
	blanks(s);
	while (s->p < s->end && *s->p != close) {
		if (s->items++ == JSON_ITEMS_MAX)
			return refuse(s, "json-items", "more than 1,024 items");
		if (!(close == '}' ? member(s, object) : value(s)))
			return false;
		blanks(s);
		if (s->p == s->end || *s->p != ',')
			break;
		s->p++;
		jsonw_lit(s->w, ",");
		blanks(s);
		if (s->p < s->end && *s->p == close)
			return refuse(s, "json-comma", "a comma before the end");
	}
	if (s->p == s->end || *s->p != close)
		return refuse(s, "json-end", "a list or an object that does not end");
	s->p++;
	s->depth--;
	brace[0] = (char)close;
	jsonw_raw(s->w, brace, 1);
	return true;
}

static bool value(struct scan *s)
{
	blanks(s);
	if (s->p == s->end)
		return refuse(s, "json-value", "expected a value");
	switch (*s->p) {
	case '{':
		return nest(s, '}');
	case '[':
		return nest(s, ']');
	case '"':
		return string(s);
	case 't':
		return word(s, "true", 4);
	case 'f':
		return word(s, "false", 5);
	case 'n':
		return word(s, "null", 4);
	default:
		return number(s);
	}
}

bool json_copy(struct jsonw *w, struct gcoap_bytes text, struct gcoap_diag *diag)
{
	struct scan s;
	size_t before = w->len;
	bool ok;

	s.p = s.start = text.ptr;
	s.end = text.ptr + text.len;
	s.w = w;
	s.depth = s.items = s.objects = 0;
	s.n_keys = 0;
	s.diag = diag;
	if (!gcoap_utf8_valid(text))
		ok = refuse(&s, "json-utf8", "the text is not UTF-8");
	else
		ok = value(&s);
	blanks(&s);
	if (ok && s.p != s.end)
		ok = refuse(&s, "json-end", "bytes behind the value");
	if (!ok || w->failed)
		w->len = before;
	return ok && !w->failed;
}
