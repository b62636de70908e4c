/* /.well-known/core: the links of one member and the filters over them (RFC 6690). */
#include "serve/host.h"

#include <gcoap/format.h>
#include <gcoap/link.h>
#include <string.h>

/* The part of the document that is wanted; what is outside is only counted. */
struct window {
	size_t from, len;
	uint8_t *out;
	size_t at;
};

static void put(struct window *w, const uint8_t *p, size_t len)
{
	size_t skip = w->from > w->at ? w->from - w->at : 0;
	size_t end = w->from + w->len > w->at ? w->from + w->len - w->at : 0;

	if (end > len)
		end = len;
	if (skip < end)
		memcpy(w->out + (w->at + skip - w->from), p + skip, end - skip);
	w->at += len;
}

/* One link as text in the call's room; its length, or GCOAP_ESPACE. */
static int format_link(const struct gcoap_call *c, const struct gcoap_resource *r)
{
	const char *const parts[] = { "<", r->path, ">", *r->attrs ? ";" : "", r->attrs };
	size_t n = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t len = strlen(parts[i]);

		if (len > GCOAP_REPLY_ROOM - n)
			return GCOAP_ESPACE;
		memcpy(c->room + n, parts[i], len);
		n += len;
	}
	return (int)n;
}

/* RFC 6690 knows one filter; several are taken together, as a Resource Directory does. */
static bool link_wanted(const struct gcoap_call *c, struct gcoap_bytes text)
{
	const struct gcoap_option *o = gcoap_msg_find(c->msg, GCOAP_URI_QUERY);
	struct gcoap_link_reader reader;
	struct gcoap_link link;

	if (!o)
		return true;
	gcoap_link_reader_init(&reader, text);
	if (gcoap_link_next(&reader, &link, NULL) != 1)
		return false;
	for (; o; o = gcoap_msg_next(c->msg, o))
		if (!gcoap_link_matches(&link, o->value))
			return false;
	return true;
}

static int write_links(const struct gcoap_call *c, struct window *w)
{
	const struct gcoap_serve_config *k = &c->serve->config;

	for (size_t i = 0; i < k->n_resources; i++) {
		const struct gcoap_resource *r = &k->resources[i];
		int len;

		if (!r->attrs || !gcoap__resource_at(c->serve, r, c->member))
			continue;
		len = format_link(c, r);
		if (len < 0)
			return len;
		if (!link_wanted(c, (struct gcoap_bytes){ c->room, (size_t)len }))
			continue;
		if (w->at)
			put(w, (const uint8_t *)",", 1);
		put(w, c->room, (size_t)len);
	}
	return 0;
}

static void fill(const struct gcoap_call *c, size_t offset, uint8_t *out, size_t len)
{
	struct window w = { .from = offset, .len = len, .out = out };

	write_links(c, &w);
}

int gcoap_call_links(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint16_t formats[] = { GCOAP_CF_LINK };
	struct window all = { 0 };
	int err;

	r->content_format = gcoap_call_format(c, formats, 1);
	if (r->content_format < 0) {
		r->code = GCOAP_NOT_ACCEPTABLE;
		return 0;
	}
	err = write_links(c, &all);
	if (err < 0)
		return err;
	r->body.len = all.at;
	r->fill = fill;
	if (!all.at) {
		r->nothing = true;
		r->content_format = -1;
	}
	return 0;
}
