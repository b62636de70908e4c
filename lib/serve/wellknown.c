/* /.well-known/core: the links of one member and the filters over them (RFC 6690). */
#include "serve/host.h"

#include <string.h>

struct writer {
	uint8_t *at;
	size_t left;
	bool full;
};

static void put(struct writer *w, const char *text, size_t len)
{
	if (w->full || len > w->left) {
		w->full = true;
		return;
	}
	memcpy(w->at, text, len);
	w->at += len;
	w->left -= len;
}

static bool value_matches(const char *value, size_t len, struct gcoap_bytes pattern)
{
	if (pattern.len && pattern.ptr[pattern.len - 1] == '*')
		return len >= pattern.len - 1 &&
		       memcmp(value, pattern.ptr, pattern.len - 1) == 0;
	return len == pattern.len && (!len || memcmp(value, pattern.ptr, len) == 0);
}

/* The whole value, or any element of a space-separated list. */
static bool list_matches(const char *value, size_t len, struct gcoap_bytes pattern)
{
	const char *end = value + len;

	if (value_matches(value, len, pattern))
		return true;
	while (value < end) {
		const char *space = memchr(value, ' ', (size_t)(end - value));
		const char *stop = space ? space : end;

		if (value_matches(value, (size_t)(stop - value), pattern))
			return true;
		value = stop + 1;
	}
	return false;
}

/* One link parameter from @p on: its name and value; returns where the next one starts. */
static const char *next_param(const char *p, struct gcoap_bytes *name,
			      struct gcoap_bytes *value)
{
	size_t n = strcspn(p, "=;");

	*name = (struct gcoap_bytes){ (const uint8_t *)p, n };
	*value = (struct gcoap_bytes){ (const uint8_t *)p, 0 };
	p += n;
	if (*p == '=') {
		bool quoted = *++p == '"';

		p += quoted;
		n = strcspn(p, quoted ? "\"" : ";");
		*value = (struct gcoap_bytes){ (const uint8_t *)p, n };
		p += n + (quoted && p[n] == '"');
	}
	return *p == ';' ? p + 1 : p;
}

static bool attr_matches(const char *attrs, struct gcoap_bytes want, struct gcoap_bytes pattern)
{
	while (*attrs) {
		struct gcoap_bytes name, value;

		attrs = next_param(attrs, &name, &value);
		if (name.len == want.len &&
		    strncasecmp((const char *)name.ptr, (const char *)want.ptr, want.len) == 0)
			return list_matches((const char *)value.ptr, value.len, pattern);
	}
	return false;
}

/* A filter "name=pattern"; a name alone asks whether the attribute is there. */
static bool filter_matches(const struct gcoap_resource *r, struct gcoap_bytes filter)
{
	const uint8_t *eq = filter.len ? memchr(filter.ptr, '=', filter.len) : NULL;
	struct gcoap_bytes name = filter, pattern = { (const uint8_t *)"*", 1 };

	if (eq) {
		name.len = (size_t)(eq - filter.ptr);
		pattern = (struct gcoap_bytes){ eq + 1, filter.len - name.len - 1 };
	}
	if (name.len == 4 && strncasecmp((const char *)name.ptr, "href", 4) == 0)
		return value_matches(r->path, strlen(r->path), pattern);
	return attr_matches(r->attrs, name, pattern);
}

/* RFC 6690 knows one filter; several are taken together, as a Resource Directory does. */
static bool link_wanted(const struct gcoap_call *c, const struct gcoap_resource *r)
{
	const struct gcoap_option *o = gcoap_msg_find(c->msg, GCOAP_URI_QUERY);

	for (; o; o = gcoap_msg_next(c->msg, o))
		if (!filter_matches(r, o->value))
			return false;
	return true;
}

static void put_link(struct writer *w, const struct gcoap_resource *r, bool first)
{
	if (!first)
		put(w, ",", 1);
	put(w, "<", 1);
	put(w, r->path, strlen(r->path));
	put(w, ">", 1);
	if (*r->attrs) {
		put(w, ";", 1);
		put(w, r->attrs, strlen(r->attrs));
	}
}

int gcoap__wellknown(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint16_t formats[] = { 40 };
	const struct gcoap_serve_config *k = &c->serve->config;
	struct writer w = { c->room, GCOAP_REPLY_ROOM, false };
	bool first = true;

	r->content_format = gcoap_call_format(c, formats, 1);
	if (r->content_format < 0) {
		r->code = GCOAP_NOT_ACCEPTABLE;
		return 0;
	}
	for (size_t i = 0; i < k->n_resources; i++) {
		const struct gcoap_resource *link = &k->resources[i];

		if (!link->attrs || !gcoap__resource_at(c->serve, link, c->member) ||
		    !link_wanted(c, link))
			continue;
		put_link(&w, link, first);
		first = false;
	}
	if (w.full)
		return GCOAP_ESPACE;
	r->body = (struct gcoap_bytes){ c->room, (size_t)(w.at - c->room) };
	if (!r->body.len) {
		r->nothing = true;
		r->content_format = -1;
	}
	return 0;
}
