/*
 * Follow-ups of answers through a proxy: to the server that it has named, or through the proxy
 * to that server alone (groupcomm-proxy-07, Sections 5.5 and 6.2).
 */
#include "followup.h"

#include <stdio.h>
#include <stdlib.h>

static bool is_behind(const struct gcoap_origin *o)
{
	return o->behind.family || o->behind_host[0] || o->behind_path[0];
}

/* Was the proxy asked as if it were the server? */
static bool is_reversed(const struct gcoap__exchange *x)
{
	return x->ask.proxied && !gcoap_msg_find(&x->msg, GCOAP_PROXY_URI) &&
	       !gcoap_msg_find(&x->msg, GCOAP_PROXY_SCHEME) &&
	       !gcoap_msg_find(&x->msg, GCOAP_PROXY_SCHEME_NUMBER);
}

/* Is it the proxy that is to send it on? What is behind an origin is asked of that origin. */
static bool by_proxy(const struct gcoap__followup *f, const struct gcoap_origin *o)
{
	return (f->exchange->ask.follow_up == GCOAP_FOLLOW_UP_PROXY || f->by_proxy) &&
	       !is_behind(o);
}

/* The proxy itself, whose connection there is. */
static bool is_proxy(const struct gcoap__exchange *x, const struct gcoap_origin *o)
{
	return is_behind(o) && gcoap_addr_equal(&o->addr, &x->ask.to);
}

int gcoap__followup_reach(struct gcoap__followup *f)
{
	const struct gcoap__exchange *x = f->exchange;
	const struct gcoap_response *rec = &x->client->record;
	const struct gcoap_origin *o = &rec->server;

	if ((!o->addr.family && !o->host[0]) || o->transport_unknown ||
	    gcoap_msg_find(&x->msg, GCOAP_PROXY_CRI))
		return GCOAP_EROUTE;
	if (by_proxy(f, o) || is_proxy(x, o)) {
		f->peer = x->ask.to;
	} else {
		if (!o->addr.family || o->scheme != GCOAP_SCHEME_COAP)
			return GCOAP_EROUTE;
		f->peer = o->addr;
	}
	f->origin = malloc(sizeof(*f->origin));
	if (!f->origin)
		return GCOAP_ENOMEM;
	*f->origin = *o;
	f->server_from = rec->server_from;
	return 0;
}

static void strip_target(struct gcoap_msg *m)
{
	static const uint16_t gone[] = { GCOAP_PROXY_URI, GCOAP_PROXY_SCHEME,
					 GCOAP_PROXY_SCHEME_NUMBER, GCOAP_URI_HOST,
					 GCOAP_URI_PORT };

	for (size_t i = 0; i < sizeof(gone) / sizeof(*gone); i++)
		gcoap_msg_remove(m, gone[i]);
}

/* A host as Uri-Host has it: IPv6 in brackets (RFC 7252, Section 5.10.1). */
static struct gcoap_bytes host_of(const struct gcoap_addr *a, struct gcoap__origin_store *store)
{
	struct gcoap_addr plain = *a;
	char host[GCOAP_ADDR_TEXT];

	plain.scope = 0;
	gcoap_addr_format_host(&plain, host);
	snprintf(store->host, sizeof(store->host), a->family == 6 ? "[%s]" : "%s", host);
	return gcoap_bytes_text(store->host);
}

/* Uri-Path and Uri-Query that the group was asked for, behind @path. */
static int add_path(const struct gcoap__exchange *x, const char *path, struct gcoap_msg *m,
		    struct gcoap__origin_store *store)
{
	struct gcoap_uri uri;
	int r;

	if (snprintf(store->text, sizeof(store->text), "coap://0.0.0.0%s%s", path, x->suffix) >=
	    (int)sizeof(store->text))
		return GCOAP_EINVALID;
	gcoap_msg_remove(m, GCOAP_URI_PATH);
	gcoap_msg_remove(m, GCOAP_URI_QUERY);
	r = gcoap_uri_parse(&uri, store->text, NULL);
	return r < 0 ? r : gcoap_uri_to_options(&uri, m, &store->uri, NULL);
}

/* To the server itself, or to what stands for it and finds it by Uri-Host and path. */
static int aim_direct(const struct gcoap__followup *f, struct gcoap_msg *m,
		      struct gcoap__origin_store *store)
{
	const struct gcoap_origin *o = f->origin;
	int r = 0;

	strip_target(m);
	if (o->behind_host[0])
		r = gcoap_msg_add_text(m, GCOAP_URI_HOST, o->behind_host);
	else if (o->behind.family)
		r = gcoap_msg_add(m, GCOAP_URI_HOST, host_of(&o->behind, store));
	if (r >= 0 && o->behind.port)
		r = gcoap_msg_add_uint(m, GCOAP_URI_PORT, o->behind.port, store->port);
	return r < 0 ? r : add_path(f->exchange, o->behind_path, m, store);
}

/* In the form that the proxy was asked in before. */
static int aim_by_proxy(const struct gcoap__followup *f, struct gcoap_msg *m,
			struct gcoap__origin_store *store)
{
	const struct gcoap_origin *o = f->origin;
	bool split = gcoap_msg_find(m, GCOAP_PROXY_URI) == NULL;
	struct gcoap_origin plain = *o;
	int r;

	strip_target(m);
	if (split) {
		r = o->host[0] ? gcoap_msg_add_text(m, GCOAP_URI_HOST, o->host)
			       : gcoap_msg_add(m, GCOAP_URI_HOST, host_of(&o->addr, store));
		if (r >= 0 && o->addr.port != gcoap_scheme_port(o->scheme))
			r = gcoap_msg_add_uint(m, GCOAP_URI_PORT, o->addr.port, store->port);
		if (r >= 0 && !is_reversed(f->exchange))
			r = gcoap_msg_add_text(m, GCOAP_PROXY_SCHEME,
					       gcoap_scheme_name(o->scheme));
		return r;
	}
	gcoap_msg_remove(m, GCOAP_URI_PATH);
	gcoap_msg_remove(m, GCOAP_URI_QUERY);
	plain.addr.scope = 0;
	plain.zone[0] = '\0';
	snprintf(store->text, sizeof(store->text), "%s",
		 gcoap__server_uri(f->exchange, &plain));
	return gcoap_msg_add_text(m, GCOAP_PROXY_URI, store->text);
}

int gcoap__followup_aim(const struct gcoap__followup *f, struct gcoap_msg *m,
			struct gcoap__origin_store *store)
{
	return by_proxy(f, f->origin) ? aim_by_proxy(f, m, store) : aim_direct(f, m, store);
}

bool gcoap__followup_turn(struct gcoap__followup *f)
{
	if (!f->origin || !is_reversed(f->exchange) ||
	    by_proxy(f, f->origin) || is_behind(f->origin))
		return false;
	f->by_proxy = true;
	return true;
}
