/*
 * What stands behind a request to the proxy itself (groupcomm-bis-03, Section 3.4.2): in this
 * order an alias of a server, a row, a group URI embedded in the path, and in mode C a server
 * that Uri-Host names (groupcomm-proxy-07, Section 6.2).
 */
#include "reverse.h"

#include <string.h>
#include <strings.h>

#include "target_read.h"
#include "wire/uri_text.h"

/* The address that was written to: that of the URI when there was one. */
static struct gcoap_addr written_to(const struct gcoap__reading *r)
{
	struct gcoap_addr a = r->t->addr.family ? r->t->addr : r->from->local;

	gcoap__addr_unmap(&a);
	return a;
}

/* The transport that was written by, likewise. */
static enum gcoap_scheme written_by(const struct gcoap__reading *r)
{
	return r->t->addr.family ? r->t->scheme : r->from->transport;
}

static const struct gcoap_proxy_alias *alias_at(const struct gcoap__reading *r,
						const struct gcoap_addr *to)
{
	enum gcoap_scheme scheme = written_by(r);

	for (size_t i = 0; i < r->config->n_aliases; i++) {
		const struct gcoap_proxy_alias *a = &r->config->aliases[i];
		struct gcoap_addr ours = a->ours;

		gcoap__addr_unmap(&ours);
		if (a->scheme == scheme && gcoap_addr_same_host(&ours, to) &&
		    (!ours.port || ours.port == to->port))
			return a;
	}
	return NULL;
}

/* It is written to, or (by who has a connection to us) named by Uri-Host. */
static const struct gcoap_proxy_alias *find_alias(const struct gcoap__reading *r)
{
	struct gcoap_addr to = written_to(r);
	const struct gcoap_proxy_alias *a = alias_at(r, &to);
	struct gcoap_uri uri;

	if (a || !r->config->n_aliases || !gcoap__host_named(r, &uri))
		return a;
	if (!gcoap_msg_find(&r->t->msg, GCOAP_URI_PORT))
		uri.addr.port = gcoap_scheme_port(written_by(r));
	return alias_at(r, &uri.addr);
}

/* Is @host, of @len characters, what the request names as its host? */
static bool same_host(const struct gcoap__reading *r, const char *host, size_t len)
{
	const struct gcoap_option *o = gcoap_msg_find(&r->t->msg, GCOAP_URI_HOST);
	char text[GCOAP_ADDR_TEXT];
	struct gcoap_addr to = written_to(r);

	if (o)
		return o->value.len == len &&
		       !strncasecmp((const char *)o->value.ptr, host, len);
	to.scope = 0;
	gcoap_addr_format_host(&to, text);
	if (len > 2 && host[0] == '[') {
		host++;
		len -= 2;
	}
	return strlen(text) == len && !strncasecmp(text, host, len);
}

static bool is_of_host(const struct gcoap_proxy_reverse *row)
{
	return !strncmp(row->path, "//", 2);
}

/* How well the row fits: -1 not at all; a host, when it is looked at, counts more than any
 * path. */
static int row_fits(const struct gcoap__reading *r, const struct gcoap_proxy_reverse *row,
		    bool any_host, size_t *segments)
{
	const char *path = row->path;
	bool host = is_of_host(row);
	int n;

	if (host) {
		size_t len = strcspn(path + 2, "/");

		if (!any_host && !same_host(r, path + 2, len))
			return -1;
		path += 2 + len;
	}
	n = gcoap__path_above(gcoap_bytes_text(path), &r->t->msg);
	*segments = n < 0 ? 0 : (size_t)n;
	return n < 0 ? -1 : n + (host ? GCOAP_OPTIONS_MAX + 1 : 0);
}

static const struct gcoap_proxy_reverse *find_row(const struct gcoap__reading *r, bool any_host,
						  size_t *skip)
{
	const struct gcoap_proxy_reverse *best = NULL;
	int fits, most = -1;
	size_t segments;

	for (size_t i = 0; i < r->config->n_reverse; i++) {
		fits = row_fits(r, &r->config->reverse[i], any_host, &segments);
		if (fits <= most)
			continue;
		most = fits;
		*skip = segments;
		best = &r->config->reverse[i];
	}
	return best;
}

static int read_row(const struct gcoap__reading *r, const struct gcoap_proxy_reverse *row,
		    size_t skip)
{
	struct gcoap__target *t = r->t;
	int code = gcoap__target_scheme(r, &row->group.scheme, false);

	if (!code)
		code = gcoap__target_place(r, &row->group, skip);
	if (code)
		return code;
	t->reverse = row;
	t->ifindex = row->ifindex;
	t->addr = row->addr;
	t->addr.port = row->group.port;
	gcoap__addr_unmap(&t->addr);
	t->host[0] = '\0';
	if (row->group.host_is_name)
		memcpy(t->host, row->group.host, sizeof(t->host));
	t->kind = !t->addr.family			? GCOAP__NAMED
		  : gcoap_addr_is_multicast(&t->addr) ? GCOAP__GROUP
							: GCOAP__SERVER;
	return 0;
}

/* In the place of the row's host stands that of the server. */
static const struct gcoap_proxy_reverse *find_member_row(const struct gcoap__reading *r,
							 size_t *skip)
{
	const struct gcoap_proxy_reverse *row = find_row(r, true, skip);

	return row && is_of_host(row) ? row : NULL;
}

static int read_alias(const struct gcoap__reading *r)
{
	struct gcoap__target *t = r->t;
	const struct gcoap_proxy_reverse *row;
	size_t skip = 0;

	/* Clients go on with the path that they have asked the group for. */
	row = find_row(r, false, &skip);
	if (!row)
		row = find_member_row(r, &skip);
	t->kind = GCOAP__SERVER;
	t->addr = t->alias->server;
	gcoap__addr_unmap(&t->addr);
	if (row)
		return gcoap__target_place(r, &row->group, skip);
	gcoap__no_host_options(&t->msg);
	return 0;
}

/* One server behind a row: its path is that of the row's group. */
static bool read_member(const struct gcoap__reading *r, const struct gcoap_proxy_reverse *row)
{
	if (!row || !gcoap__behind_wanted(r) || !gcoap__behind(r, false))
		return false;
	r->t->ifindex = row->ifindex;
	return true;
}

int gcoap__reverse(const struct gcoap__reading *r)
{
	struct gcoap__target *t = r->t;
	const struct gcoap_proxy_reverse *row;
	bool found = false;
	size_t skip = 0;
	int code;

	t->reversed = true;
	t->alias = find_alias(r);
	if (t->alias)
		return read_alias(r);
	row = find_row(r, false, &skip);
	if (row && !is_of_host(row) && read_member(r, row))
		return gcoap__target_place(r, &row->group, skip);
	if (row)
		return read_row(r, row, skip);
	code = gcoap__behind_embedded(r, &found);
	if (code || found)
		return code;
	row = find_member_row(r, &skip);
	if (read_member(r, row))
		return gcoap__target_place(r, &row->group, skip);
	if (r->config->standin == GCOAP_STANDIN_C && gcoap__behind(r, true))
		return 0;
	t->reversed = false;
	t->kind = GCOAP__LOCAL;
	t->host[0] = '\0';
	return 0;
}
