/* Proxy-Uri (RFC 7252, Section 5.10.2), and other texts that name a target. */
#include "target_read.h"

#include <string.h>

static int bad_uri(const struct gcoap__reading *r, const char *what)
{
	return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri", "%s", what);
}

void gcoap__addr_unmap(struct gcoap_addr *a)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (a->family != 6 || memcmp(a->bytes, mapped, sizeof(mapped)) != 0)
		return;
	a->family = 4;
	a->scope = 0;
	memcpy(a->bytes, a->bytes + 12, 4);
	memset(a->bytes + 4, 0, 12);
}

int gcoap__target_scheme(const struct gcoap__reading *r, const enum gcoap_scheme *scheme,
			 bool multicast)
{
	if (scheme && *scheme == GCOAP_SCHEME_COAP)
		return 0;
	if (scheme && multicast && *scheme != GCOAP_SCHEME_HTTP && *scheme != GCOAP_SCHEME_HTTPS)
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "scheme",
				     "%s does not go to a group", gcoap_scheme_name(*scheme));
	return gcoap__refuse(r->refusal, GCOAP_NOT_PROXY, "scheme", "%s: only coap is served",
			     scheme ? gcoap_scheme_name(*scheme) : "unknown scheme");
}

/* A dot at the end, or two in a row: resolvers take "127.0.0.1." for what it is not here. */
static bool has_empty_label(const char *host)
{
	size_t n = strlen(host);

	return host[0] == '.' || host[n - 1] == '.' || strstr(host, "..");
}

int gcoap__target_host(const struct gcoap__reading *r, const struct gcoap_uri *uri)
{
	struct gcoap__target *t = r->t;

	if (uri->zone[0])
		return bad_uri(r, "a zone means nothing to another host");
	if (uri->host_is_name && has_empty_label(uri->host))
		return bad_uri(r, "a label of the host is empty");
	t->scheme = uri->scheme;
	t->addr = uri->addr;
	t->addr.port = uri->port;
	t->host[0] = '\0';
	t->kind = GCOAP__NAMED;
	if (uri->host_is_name) {
		memcpy(t->host, uri->host, sizeof(t->host));
		return 0;
	}
	gcoap__addr_unmap(&t->addr);
	t->kind = gcoap_addr_is_multicast(&t->addr) ? GCOAP__GROUP : GCOAP__SERVER;
	return 0;
}

/* Move the options of @m with @number into @kept, but for the first @skip. */
static size_t take(struct gcoap_msg *m, uint16_t number, size_t skip, struct gcoap_bytes *kept)
{
	const struct gcoap_option *o = gcoap_msg_find(m, number);
	size_t n = 0;

	for (; o; o = gcoap_msg_next(m, o)) {
		if (skip)
			skip--;
		else
			kept[n++] = o->value;
	}
	gcoap_msg_remove(m, number);
	return n;
}

static int put_back(struct gcoap_msg *m, uint16_t number, const struct gcoap_bytes *kept,
		    size_t n)
{
	int err = 0;

	for (size_t i = 0; i < n && err >= 0; i++)
		err = gcoap_msg_add(m, number, kept[i]);
	return err;
}

int gcoap__target_place(const struct gcoap__reading *r, const struct gcoap_uri *uri, size_t skip)
{
	struct gcoap_bytes path[GCOAP_OPTIONS_MAX], query[GCOAP_OPTIONS_MAX];
	struct gcoap_msg *m = &r->t->msg;
	size_t n_path = take(m, GCOAP_URI_PATH, skip, path);
	size_t n_query = take(m, GCOAP_URI_QUERY, 0, query);
	struct gcoap_uri base = *uri;
	struct gcoap_diag d = { 0 };

	gcoap_msg_remove(m, GCOAP_URI_HOST);
	gcoap_msg_remove(m, GCOAP_URI_PORT);
	if (n_path && base.path.len && base.path.ptr[base.path.len - 1] == '/')
		base.path.len--;
	if (gcoap_uri_to_options(&base, m, &r->t->store, &d) < 0)
		return bad_uri(r, d.what);
	if (put_back(m, GCOAP_URI_PATH, path, n_path) < 0 ||
	    put_back(m, GCOAP_URI_QUERY, query, n_query) < 0)
		return bad_uri(r, "more than 64 options");
	return 0;
}

/* The length of the scheme that @text begins with; 0: none (RFC 3986, Section 3.1). */
static size_t scheme_len(const char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strspn(text, letters);

	if (n == 0)
		return 0;
	n += strspn(text + n, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
	return text[n] == ':' ? n : 0;
}

int gcoap__target_text(const struct gcoap__reading *r, struct gcoap_bytes value, size_t skip)
{
	char text[GCOAP_URI_MAX + 1];
	enum gcoap_scheme scheme;
	struct gcoap_diag d = { 0 };
	struct gcoap_uri uri;
	size_t n;
	int code, err;

	if (value.len > GCOAP_URI_MAX || memchr(value.ptr, '\0', value.len))
		return bad_uri(r, "not a URI");
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	n = scheme_len(text);
	if (!n || gcoap_scheme_parse(text, n, &scheme) < 0)
		return gcoap__target_scheme(r, NULL, false);
	err = gcoap_uri_parse(&uri, text, &d);
	if (!err)
		gcoap__addr_unmap(&uri.addr);
	code = gcoap__target_scheme(r, &scheme, !err && gcoap_addr_is_multicast(&uri.addr));
	if (code)
		return code;
	if (err || strncmp(text + n, "://", 3) != 0)
		return bad_uri(r, err ? d.what : "two slashes are expected behind the scheme");
	code = gcoap__target_host(r, &uri);
	return code ? code : gcoap__target_place(r, &uri, skip);
}
