/* The resources of the proxy itself: /.well-known/core and /.well-known/gcoap/stats. */
#include "proxy.h"

#include <string.h>

#define LINKS_MAX 4096

static const char *const core_path[] = { ".well-known", "core", NULL };
static const char *const stats_path[] = { ".well-known", "gcoap", "stats", NULL };

static bool path_is(const struct gcoap_msg *m, const char *const *segments)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_PATH);

	for (; *segments && o; segments++, o = gcoap_msg_next(m, o)) {
		if (!gcoap_bytes_equal(o->value, gcoap_bytes_text(*segments)))
			return false;
	}
	return !*segments && !o;
}

/* The link at the end of @w, from @at: does it pass the filters (RFC 6690, Section 4.1)? */
static bool wanted(const struct gcoap_msg *m, struct gcoap_bytes text)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_QUERY);
	struct gcoap_link_reader reader;
	struct gcoap_link link;

	gcoap_link_reader_init(&reader, text);
	if (gcoap_link_next(&reader, &link, NULL) != 1)
		return false;
	for (; o; o = gcoap_msg_next(m, o)) {
		if (!gcoap_link_matches(&link, o->value))
			return false;
	}
	return true;
}

static void put_link(struct jsonw *w, const struct gcoap_msg *m, const char *path,
		     const char *attrs)
{
	size_t before = w->len, at;

	if (w->len)
		jsonw_lit(w, ",");
	at = w->len;
	jsonw_lit(w, "<");
	jsonw_raw(w, path, strlen(path));
	jsonw_lit(w, ">");
	jsonw_raw(w, attrs, strlen(attrs));
	if (w->failed || w->len > LINKS_MAX ||
	    !wanted(m, (struct gcoap_bytes){ (const uint8_t *)w->buf + at, w->len - at }))
		w->len = before;
}

/* Rows by Uri-Host ("//name") have no path of ours. */
static void links(struct proxy *p, const struct gcoap_msg *m)
{
	put_link(&p->local, m, "/.well-known/gcoap/stats", ";rt=\"gcoap.stats\";ct=50");
	for (size_t i = 0; i < p->config.n_reverse; i++) {
		const char *path = p->config.reverse[i].path;

		if (strncmp(path, "//", 2) != 0)
			put_link(&p->local, m, path, ";rt=\"gcoap.group\"");
	}
}

static void answer(struct proxy *p, const struct gcoap_peer *from, const struct gcoap_msg *m,
		   struct gcoap_proxy_reply *out, gcoap_time now)
{
	bool core = path_is(m, core_path);

	p->local.len = 0;
	if (!core && !path_is(m, stats_path))
		return;
	if (m->code != GCOAP_GET) {
		out->code = GCOAP_METHOD_NOT_ALLOWED;
		return;
	}
	if (!core && !gcoap_proxy_known(&p->config, from)) {
		out->code = GCOAP_UNAUTHORIZED;
		return;
	}
	if (core)
		links(p, m);
	else
		proxy_stats_json(p, &p->local, now);
	out->code = p->local.failed ? GCOAP_SERVER_ERROR : GCOAP_CONTENT;
	out->content_format = core ? GCOAP_CF_LINK : GCOAP_CF_JSON;
}

void proxy_local(void *arg, const struct gcoap_peer *from, const struct gcoap_msg *msg,
		 struct gcoap_proxy_reply *out, gcoap_time now)
{
	char uri[GCOAP_URI_MAX * 3];
	struct proxy *p = arg;

	answer(p, from, msg, out, now);
	if (out->code == GCOAP_CONTENT)
		out->body = (struct gcoap_bytes){ (uint8_t *)p->local.buf, p->local.len };
	if (gcoap_uri_from_options(msg, &from->local, uri, sizeof(uri)) < 0)
		uri[0] = '\0';
	proxy_access_local(p, from, uri, out->code, out->body.len, now);
}
