/* A document of links (RFC 6690). */
#include "decode.h"

#include <gcoap/link.h>

#define CLAUSE "RFC 6690, 2"

static void attributes(struct map *m, const struct gcoap_link *link, struct gcoap_bytes doc,
		       size_t shift, unsigned depth)
{
	struct gcoap_link_param p;
	const struct gcoap_link_attr *attr;
	char name[80], value[120];
	size_t pos = 0;

	while (gcoap_link_param_next(link, &pos, &p)) {
		size_t at = (size_t)(p.name.ptr - doc.ptr);
		size_t end = (size_t)((p.has_value ? p.value.ptr + p.value.len
						   : p.name.ptr + p.name.len) -
				      doc.ptr);

		attr = gcoap_link_attr_find(p.name);
		payload_escape(p.name, name, sizeof(name), true, 40, false);
		payload_escape(p.value, value, sizeof(value), true, 60, false);
		map_field(m, shift + at, end - at, depth + 1, attr ? attr->source : CLAUSE,
			  p.has_value ? "%s \"%s\"" : "%s", name, value);
	}
}

static void put_link(struct map *m, const struct gcoap_link *link)
{
	char text[4096];
	int n = gcoap_link_format(link, NULL, text, sizeof(text));

	if (n < 0)
		return;
	jsonw_bytes(&m->value, (struct gcoap_bytes){ (uint8_t *)text, (size_t)n });
}

void explain_links(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth)
{
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct gcoap_diag diag = { 0 };
	char target[MAP_MEANING];
	uint32_t n = 0;
	int got;

	if (!depth)
		jsonw_lit(&m->value, "[");
	gcoap_link_reader_init(&r, value);
	while ((got = gcoap_link_next(&r, &link, &diag)) != 0) {
		if (got < 0) {
			map_fail(m, got, &diag, shift);
			map_field(m, shift + diag.at, diag.at < value.len, depth, CLAUSE, "%s: %s", diag.name,
				  diag.what);
			if (!gcoap_link_resume(&r, diag.at))
				break;
			continue;
		}
		payload_escape(link.target, target, sizeof(target) - 16, true, 100, false);
		map_field(m, shift + link.at, link.target.len + 2, depth, CLAUSE, "link <%s>",
			  target);
		attributes(m, &link, value, shift, depth);
		if (gcoap_link_check(&link, &diag) < 0)
			map_note(m, "byte %zu: %s", shift + diag.at, diag.what);
		if (depth)
			continue;
		if (n++)
			jsonw_lit(&m->value, ",");
		put_link(m, &link);
	}
	if (depth)
		return;
	jsonw_lit(&m->value, "]");
	map_line(m, "%u link%s", n, n == 1 ? "" : "s");
}
