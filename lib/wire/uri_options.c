/* URIs to options and back (RFC 7252, Sections 6.4 and 6.5). */
#include <gcoap/uri.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <gcoap/option.h>

#include "uri_text.h"

/* Percent-decode @part, which starts at offset @at, into @store and add it as an option. */
static int add_decoded(struct gcoap_msg *m, uint16_t number, struct gcoap_bytes part, size_t at,
		       struct gcoap_uri_store *store, struct gcoap_diag *diag)
{
	const uint8_t *p = part.ptr, *end = p + part.len;
	struct gcoap_bytes value = { store->text + store->used, 0 };
	size_t took;
	uint8_t c;
	int r;

	for (; p < end; p += took) {
		took = gcoap__percent_get(p, end, &c);
		if (!took)
			return gcoap_fail(diag, GCOAP_EMALFORMED, at + (size_t)(p - part.ptr),
					  "bad-percent",
					  "a percent sign needs two hexadecimal digits behind it");
		if (store->used == sizeof(store->text))
			return gcoap_fail(diag, GCOAP_ELIMIT, at + (size_t)(p - part.ptr),
					  "long-uri", "a URI has at most 1034 bytes here");
		store->text[store->used++] = c;
		value.len++;
	}
	if (value.len > 255)
		return gcoap_fail(diag, GCOAP_EMALFORMED, at, "long-segment",
				  "a path segment or query argument has at most 255 bytes");
	if (!gcoap_utf8_valid(value))
		return gcoap_fail(diag, GCOAP_EMALFORMED, at, "bad-utf8",
				  "the decoded bytes are not UTF-8");
	r = gcoap_msg_add(m, number, value);
	if (r < 0)
		return gcoap_fail(diag, r, at, "too-many-options",
				  "a message has at most 64 options here");
	return 0;
}

/* One option for each part of @all between separators. */
static int add_parts(struct gcoap_msg *m, uint16_t number, struct gcoap_bytes all, size_t from,
		     char separator, struct gcoap_uri_store *store, struct gcoap_diag *diag)
{
	size_t start = from;
	int r;

	for (size_t i = from; i <= all.len; i++) {
		if (i < all.len && all.ptr[i] != separator)
			continue;
		r = add_decoded(m, number, (struct gcoap_bytes){ all.ptr + start, i - start },
				start, store, diag);
		if (r < 0)
			return r;
		start = i + 1;
	}
	return 0;
}

int gcoap_uri_to_options(const struct gcoap_uri *uri, struct gcoap_msg *m,
			 struct gcoap_uri_store *store, struct gcoap_diag *diag)
{
	size_t len = strlen(uri->host);
	int r;

	store->used = 0;
	if (uri->host_is_name) {
		memcpy(store->text, uri->host, len);
		store->used = len;
		r = gcoap_msg_add(m, GCOAP_URI_HOST, (struct gcoap_bytes){ store->text, len });
		if (r < 0)
			return gcoap_fail(diag, r, 0, "too-many-options",
					  "a message has at most 64 options here");
	}
	if (uri->path.len > 1) {
		r = gcoap__uri_check(uri->path, true, 0, diag);
		if (r < 0)
			return r;
		r = add_parts(m, GCOAP_URI_PATH, uri->path, 1, '/', store, diag);
		if (r < 0)
			return r;
	}
	if (!uri->query.ptr)
		return 0;
	return add_parts(m, GCOAP_URI_QUERY, uri->query, 0, '&', store, diag);
}

/* "192.0.2.1" or "[fe80::1%eth0]", and the port unless it is the default one. */
static void put_authority(struct gcoap__text *t, const struct gcoap_addr *a)
{
	char host[GCOAP_ADDR_TEXT], port[8];

	gcoap_addr_format_host(a, host);
	gcoap__text_put(t, a->family == 6 ? "[" : "");
	gcoap__text_put(t, host);
	gcoap__text_put(t, a->family == 6 ? "]" : "");
	if (a->port && a->port != GCOAP_PORT) {
		snprintf(port, sizeof(port), ":%u", a->port);
		gcoap__text_put(t, port);
	}
}

/* Uri-Host may hold a literal as well as a name (RFC 7252, Section 5.10.1). */
static bool is_ipv6_literal(struct gcoap_bytes host)
{
	char text[INET6_ADDRSTRLEN] = "";
	uint8_t address[16];

	if (host.len < 4 || host.len - 2 >= sizeof(text) || host.ptr[0] != '[' ||
	    host.ptr[host.len - 1] != ']' || memchr(host.ptr, '\0', host.len))
		return false;
	memcpy(text, host.ptr + 1, host.len - 2);
	return inet_pton(AF_INET6, text, address) == 1;
}

static void put_host_options(struct gcoap__text *t, const struct gcoap_msg *m,
			     const struct gcoap_option *host)
{
	uint32_t port;
	char text[8];

	gcoap__text_put_percent(t, host->value,
				is_ipv6_literal(host->value) ? "[]:" : "!$&'()*+,;=");
	if (!gcoap_msg_uint(m, GCOAP_URI_PORT, 2, &port) && port != GCOAP_PORT) {
		snprintf(text, sizeof(text), ":%u", (unsigned)port);
		gcoap__text_put(t, text);
	}
}

int gcoap_uri_from_options(const struct gcoap_msg *m, const struct gcoap_addr *authority,
			   char *buf, size_t cap)
{
	struct gcoap__text t = { buf, cap, 0 };
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_HOST);
	char before = '?';

	gcoap__text_put(&t, "coap://");
	if (authority && authority->family)
		put_authority(&t, authority);
	else if (o)
		put_host_options(&t, m, o);
	else
		return gcoap__text_end(&t) < 0 ? GCOAP_ESPACE : GCOAP_EINVALID;

	o = gcoap_msg_find(m, GCOAP_URI_PATH);
	for (; o; o = gcoap_msg_next(m, o)) {
		gcoap__text_put_char(&t, '/');
		gcoap__text_put_percent(&t, o->value, "!$&'()*+,;=:@");
	}
	o = gcoap_msg_find(m, GCOAP_URI_QUERY);
	for (; o; o = gcoap_msg_next(m, o)) {
		gcoap__text_put_char(&t, before);
		gcoap__text_put_percent(&t, o->value, "!$'()*+,;=:@/?"); /* '&' separates */
		before = '&';
	}
	return gcoap__text_end(&t);
}
