/* The attributes that are known, and what their values say. */
#include <gcoap/link.h>

#include <string.h>
#include <strings.h>

static const struct gcoap_link_attr attrs[] = {
	{ "rt", GCOAP_LINK_WORDS, "RFC 6690" },
	{ "if", GCOAP_LINK_WORDS, "RFC 6690" },
	{ "sz", GCOAP_LINK_UINT, "RFC 6690" },
	{ "ct", GCOAP_LINK_FORMATS, "RFC 7252" },
	{ "obs", GCOAP_LINK_FLAG, "RFC 7641" },
	{ "osc", GCOAP_LINK_FLAG, "RFC 8613" },
	{ "gosc", GCOAP_LINK_FLAG, "draft-ietf-core-oscore-groupcomm" },
	{ "title", GCOAP_LINK_TEXT, "RFC 8288" },
	{ "title*", GCOAP_LINK_EXT, "RFC 8288" },
	{ "rel", GCOAP_LINK_WORDS, "RFC 8288" },
	{ "rev", GCOAP_LINK_WORDS, "RFC 8288" },
	{ "anchor", GCOAP_LINK_URI, "RFC 8288" },
	{ "hreflang", GCOAP_LINK_TEXT, "RFC 8288" },
	{ "media", GCOAP_LINK_TEXT, "RFC 8288" },
	{ "type", GCOAP_LINK_TEXT, "RFC 8288" },
	{ "ep", GCOAP_LINK_TEXT, "RFC 9176" },
	{ "d", GCOAP_LINK_TEXT, "RFC 9176" },
	{ "base", GCOAP_LINK_URI, "RFC 9176" },
	{ "et", GCOAP_LINK_TEXT, "RFC 9176" },
	{ "lt", GCOAP_LINK_UINT, "RFC 9176" },
	{ "gp", GCOAP_LINK_TEXT, "draft-ietf-core-resource-directory-13" },
	{ "con", GCOAP_LINK_URI, "draft-ietf-core-resource-directory-13" },
	{ "ins", GCOAP_LINK_TEXT, "draft-ietf-core-resource-directory-13" },
	{ "exp", GCOAP_LINK_FLAG, "draft-ietf-core-resource-directory-13" },
	{ "gpt", GCOAP_LINK_TEXT, "draft-ietf-core-groupcomm-bis" },
	{ "hct", GCOAP_LINK_TEXT, "RFC 8075" },
};
#define N_ATTRS (sizeof(attrs) / sizeof(*attrs))

const struct gcoap_link_attr *gcoap_link_attr_find(struct gcoap_bytes name)
{
	for (size_t i = 0; i < N_ATTRS; i++) {
		if (strlen(attrs[i].name) == name.len &&
		    strncasecmp(attrs[i].name, (const char *)name.ptr, name.len) == 0)
			return &attrs[i];
	}
	return NULL;
}

const struct gcoap_link_attr *gcoap_link_attr_at(unsigned i)
{
	return i < N_ATTRS ? &attrs[i] : NULL;
}

bool gcoap_link_word_next(struct gcoap_bytes value, size_t *pos, struct gcoap_bytes *word)
{
	size_t i = *pos;

	while (i < value.len && value.ptr[i] == ' ')
		i++;
	*pos = i;
	while (*pos < value.len && value.ptr[*pos] != ' ')
		++*pos;
	*word = (struct gcoap_bytes){ value.ptr + i, *pos - i };
	return word->len > 0;
}

int gcoap_link_uint(struct gcoap_bytes text, uint64_t *out)
{
	uint64_t v = 0;

	if (text.len == 0)
		return GCOAP_EMALFORMED;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return GCOAP_EMALFORMED;
		v = 10 * v + (uint64_t)(text.ptr[i] - '0');
		if (v > UINT64_C(1) << 53)
			return GCOAP_EMALFORMED;
	}
	*out = v;
	return 0;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int bad_charset(struct gcoap_diag *diag, size_t at)
{
	return gcoap_fail(diag, GCOAP_EMALFORMED, at, "link-charset",
			  "UTF-8'language'text is expected here");
}

int gcoap_link_ext(struct gcoap_bytes value, uint8_t *buf, size_t cap, struct gcoap_diag *diag)
{
	const uint8_t *quote;
	size_t n = 0, start;

	if (value.len < 6 || strncasecmp((const char *)value.ptr, "UTF-8'", 6) != 0)
		return bad_charset(diag, 0);
	quote = memchr(value.ptr + 6, '\'', value.len - 6);
	if (!quote)
		return bad_charset(diag, 0);
	start = (size_t)(quote - value.ptr) + 1;
	for (size_t i = start; i < value.len; i++) {
		int c = value.ptr[i];

		if (c == '%') {
			int high = i + 2 < value.len ? hex_digit(value.ptr[i + 1]) : -1;
			int low = i + 2 < value.len ? hex_digit(value.ptr[i + 2]) : -1;

			if (high < 0 || low < 0)
				return gcoap_fail(diag, GCOAP_EMALFORMED, i, "link-percent",
						  "two hexadecimal digits belong behind %");
			c = high << 4 | low;
			i += 2;
		}
		if (n == cap)
			return GCOAP_ESPACE;
		buf[n++] = (uint8_t)c;
	}
	if (!gcoap_utf8_valid((struct gcoap_bytes){ buf, n }))
		return bad_charset(diag, start);
	return (int)n;
}

bool gcoap_link_flag(const struct gcoap_link *link, const char *name)
{
	struct gcoap_link_param p;

	return gcoap_link_param_find(link, name, &p) ||
	       (strcasecmp(name, "osc") == 0 && gcoap_link_param_find(link, "gosc", &p));
}

static int check_formats(struct gcoap_bytes value)
{
	struct gcoap_bytes word;
	uint64_t number;
	size_t pos = 0;

	while (gcoap_link_word_next(value, &pos, &word)) {
		if (gcoap_link_uint(word, &number) < 0 || number > UINT16_MAX)
			return GCOAP_EMALFORMED;
	}
	return 0;
}

static int check_value(const struct gcoap_link_attr *attr, const struct gcoap_link_param *p,
		       size_t at, struct gcoap_diag *diag)
{
	uint8_t text[GCOAP_LINK_VALUE_MAX];
	uint64_t number;
	int r = 0;

	switch (attr->type) {
	case GCOAP_LINK_FORMATS:
		r = check_formats(p->value);
		break;
	case GCOAP_LINK_UINT:
		r = gcoap_link_uint(p->value, &number);
		break;
	case GCOAP_LINK_EXT:
		r = gcoap_link_ext(p->value, text, sizeof(text), diag);
		if (r < 0 && diag)
			diag->at += at;
		return r < 0 ? r : 0;
	case GCOAP_LINK_TEXT:
	case GCOAP_LINK_FLAG:
	case GCOAP_LINK_WORDS:
	case GCOAP_LINK_URI:
		return 0;
	}
	return r < 0 ? gcoap_fail(diag, r, at, "link-number", "a number is expected here") : 0;
}

int gcoap_link_check(const struct gcoap_link *link, struct gcoap_diag *diag)
{
	const uint8_t *start = link->target.ptr - 1;
	struct gcoap_link_param p;
	uint64_t seen = 0;
	size_t pos = 0;

	while (gcoap_link_param_next(link, &pos, &p)) {
		const struct gcoap_link_attr *attr = gcoap_link_attr_find(p.name);
		int r;

		if (!attr)
			continue;
		if (seen >> (attr - attrs) & 1)
			return gcoap_fail(diag, GCOAP_EMALFORMED,
					  link->at + (size_t)(p.name.ptr - start),
					  "link-repeated",
					  "this attribute is there twice; the first one counts");
		seen |= UINT64_C(1) << (attr - attrs);
		r = p.has_value ? check_value(attr, &p, link->at + (size_t)(p.value.ptr - start),
					      diag) : 0;
		if (r < 0)
			return r;
	}
	return 0;
}
