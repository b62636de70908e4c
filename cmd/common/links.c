/* Links as JSON, and what their references mean. */
#include "links.h"

#include <stdio.h>
#include <string.h>

const char *link_change_name(enum link_change_kind k)
{
	static const char *const names[] = { "new", "lost", "changed" };

	return names[k];
}

static bool has_scheme(struct gcoap_bytes ref)
{
	size_t n = 0;

	while (n < ref.len && ref.ptr[n] != '\0' && strchr(":/?#", ref.ptr[n]) == NULL)
		n++;
	return n > 0 && n < ref.len && ref.ptr[n] == ':';
}

const char *link_uri(const struct link_record *l, char *buf, size_t cap)
{
	struct gcoap_bytes target = l->link->target;
	const char *origin = l->origin;

	if (origin[0] == '\0' && has_scheme(target))
		origin = "coap://h"; /* any: it does not matter */
	return gcoap_link_resolve(origin, target, buf, cap, NULL) < 0 ? NULL : buf;
}

bool link_href_matches(const struct link_record *l, const char *pattern)
{
	char uri[2 * GCOAP_LINK_VALUE_MAX], filter[GCOAP_LINK_VALUE_MAX];
	struct gcoap_link path = *l->link;
	const char *at;

	snprintf(filter, sizeof(filter), "href=%s", pattern);
	if (gcoap_link_matches(l->link, gcoap_bytes_text(filter)))
		return true;
	at = link_uri(l, uri, sizeof(uri)) != NULL ? strstr(uri, "://") : NULL;
	at = at != NULL ? strchr(at + 3, '/') : NULL;
	if (at == NULL)
		return false;
	path.target = gcoap_bytes_text(at);
	return gcoap_link_matches(&path, gcoap_bytes_text(filter));
}

static struct gcoap_bytes value_of(const struct gcoap_link_param *p, uint8_t *buf, size_t cap)
{
	return (struct gcoap_bytes){ buf, gcoap_link_param_value(p, buf, cap) };
}

static void put_words(struct jsonw *w, struct gcoap_bytes value, bool numbers)
{
	struct gcoap_bytes word;
	size_t pos = 0, n = 0;
	uint64_t number;

	jsonw_lit(w, "[");
	while (gcoap_link_word_next(value, &pos, &word)) {
		if (numbers && gcoap_link_uint(word, &number) < 0)
			continue; /* the record has a problem */
		if (n++ > 0)
			jsonw_lit(w, ",");
		if (numbers)
			jsonw_uint(w, number);
		else
			jsonw_bytes(w, word);
	}
	jsonw_lit(w, "]");
}

static void put_value(struct jsonw *w, enum gcoap_link_type type, struct gcoap_bytes value)
{
	uint8_t text[GCOAP_LINK_VALUE_MAX];
	uint64_t number;
	int n;

	switch (type) {
	case GCOAP_LINK_FLAG:
		jsonw_lit(w, "true");
		return;
	case GCOAP_LINK_WORDS:
		put_words(w, value, false);
		return;
	case GCOAP_LINK_FORMATS:
		put_words(w, value, true);
		return;
	case GCOAP_LINK_UINT:
		if (gcoap_link_uint(value, &number) == 0)
			jsonw_uint(w, number);
		else
			jsonw_lit(w, "null");
		return;
	case GCOAP_LINK_EXT:
		n = gcoap_link_ext(value, text, sizeof(text), NULL);
		if (n >= 0)
			value = (struct gcoap_bytes){ text, (size_t)n };
		break;
	case GCOAP_LINK_TEXT:
	case GCOAP_LINK_URI:
		break;
	}
	jsonw_bytes(w, value);
}

/* Is there an attribute of that name before the one at @pos? */
static bool repeated(const struct gcoap_link *link, const struct gcoap_link_param *p)
{
	char name[64];
	struct gcoap_link_param first;

	if (p->name.len >= sizeof(name))
		return false;
	memcpy(name, p->name.ptr, p->name.len);
	name[p->name.len] = '\0';
	return gcoap_link_param_find(link, name, &first) && first.name.ptr != p->name.ptr;
}

void link_attrs_json(struct jsonw *w, const struct gcoap_link *link)
{
	uint8_t buf[GCOAP_LINK_VALUE_MAX];
	struct gcoap_link_param p;
	size_t pos = 0, n = 0;

	jsonw_lit(w, "{");
	while (gcoap_link_param_next(link, &pos, &p)) {
		const struct gcoap_link_attr *attr = gcoap_link_attr_find(p.name);

		if (repeated(link, &p))
			continue;
		if (n++ > 0)
			jsonw_lit(w, ",");
		if (attr != NULL)
			jsonw_text(w, attr->name);
		else
			jsonw_bytes(w, p.name);
		jsonw_lit(w, ":");
		if (attr != NULL)
			put_value(w, attr->type, value_of(&p, buf, sizeof(buf)));
		else if (p.has_value)
			jsonw_bytes(w, value_of(&p, buf, sizeof(buf)));
		else
			jsonw_lit(w, "true");
	}
	jsonw_lit(w, "}");
}
