/* Cells of links. */
#include "columns_link.h"

#include <string.h>

#define CELL(name) \
	size_t link_cell_##name(struct render_base *b, const struct row *row, char *buf, size_t cap)

static size_t put(struct render_base *b, struct gcoap_bytes text, char *buf, size_t cap)
{
	return payload_escape(text, buf, cap, true, 256, b->ascii);
}

/* A value as it is shown, decoded and escaped; "" when there is none. */
static size_t put_value(struct render_base *b, const struct row *row, const char *name, char *buf,
			size_t cap)
{
	uint8_t text[GCOAP_LINK_VALUE_MAX];
	struct gcoap_link_param p;

	buf[0] = '\0';
	if (row->link == NULL || !gcoap_link_param_find(row->link->link, name, &p))
		return 0;
	return put(b, (struct gcoap_bytes){ text, gcoap_link_param_value(&p, text, sizeof(text)) },
		   buf, cap);
}

CELL(href)
{
	buf[0] = '\0';
	return row->link != NULL ? put(b, row->link->link->target, buf, cap) : 0;
}

CELL(uri)
{
	char uri[2 * GCOAP_LINK_VALUE_MAX];
	const char *text = link_uri(row->link, uri, sizeof(uri));

	return put(b, gcoap_bytes_text(text != NULL ? text : "-"), buf, cap);
}

CELL(rt)
{
	return put_value(b, row, "rt", buf, cap);
}

CELL(if)
{
	return put_value(b, row, "if", buf, cap);
}

/* "senml+json": the media type without "application/" and its parameters. */
static size_t put_format(struct gcoap_bytes word, char *buf, size_t cap)
{
	const struct gcoap_format_info *f = NULL;
	const char *text;
	uint64_t number;

	if (gcoap_link_uint(word, &number) == 0 && number <= UINT16_MAX)
		f = gcoap_format_find((uint32_t)number);
	if (f == NULL)
		return (size_t)snprintf(buf, cap, "%.*s", (int)word.len, (const char *)word.ptr);
	text = f->media_type;
	if (strncmp(text, "application/", 12) == 0)
		text += 12;
	return (size_t)snprintf(buf, cap, "%.*s", (int)strcspn(text, ";"), text);
}

CELL(ct)
{
	char text[GCOAP_LINK_VALUE_MAX] = "";
	struct gcoap_link_param p;
	struct gcoap_bytes word;
	size_t pos = 0, n = 0;

	if (row->link == NULL || !gcoap_link_param_find(row->link->link, "ct", &p))
		return put(b, gcoap_bytes_text(""), buf, cap);
	while (gcoap_link_word_next(p.value, &pos, &word) && n + 80 < sizeof(text)) {
		if (n > 0)
			text[n++] = ' ';
		n += put_format(word, text + n, sizeof(text) - n);
		if (n >= sizeof(text))
			n = sizeof(text) - 1;
	}
	return put(b, gcoap_bytes_text(text), buf, cap);
}

CELL(obs)
{
	bool is = row->link != NULL && gcoap_link_flag(row->link->link, "obs");

	return put(b, gcoap_bytes_text(is ? "yes" : ""), buf, cap);
}

CELL(sz)
{
	return put_value(b, row, "sz", buf, cap);
}

/* title* goes before title (RFC 8288, Section 3.4.1). */
CELL(title)
{
	uint8_t text[GCOAP_LINK_VALUE_MAX];
	struct gcoap_link_param p;
	int n;

	if (row->link != NULL && gcoap_link_param_find(row->link->link, "title*", &p)) {
		n = gcoap_link_ext(p.value, text, sizeof(text), NULL);
		return put(b, n < 0 ? p.value : (struct gcoap_bytes){ text, (size_t)n }, buf, cap);
	}
	return put_value(b, row, "title", buf, cap);
}

CELL(group)
{
	const char *group = row->link != NULL ? row->link->server->group : NULL;

	return put(b, gcoap_bytes_text(group != NULL ? group : ""), buf, cap);
}

/* All attributes as they were read. */
CELL(attrs)
{
	struct gcoap_bytes all = { NULL, 0 };

	if (row->link != NULL)
		all = row->link->link->params;
	if (all.len > 0 && all.ptr[0] == ';')
		all = (struct gcoap_bytes){ all.ptr + 1, all.len - 1 };
	return put(b, all, buf, cap);
}

double link_cell_size(const struct row *row)
{
	struct gcoap_link_param p;
	uint64_t size;

	if (!gcoap_link_param_find(row->link->link, "sz", &p) ||
	    gcoap_link_uint(p.value, &size) < 0)
		return -1;
	return (double)size;
}
