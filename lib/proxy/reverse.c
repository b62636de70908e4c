/*
 * What stands behind a request to the proxy itself (groupcomm-bis-03, Section 3.4.2): in this
 * order an alias of a server, a row, a group URI embedded in the path, and in mode C a server
 * that Uri-Host names (groupcomm-proxy-07, Section 6.2).
 */
#include "reverse.h"

#include <gcoap/block.h>

#include <string.h>
#include <strings.h>

#include "target_read.h"
#include "wire/uri_text.h"

static void no_host_options(struct gcoap_msg *m)
{
	gcoap_msg_remove(m, GCOAP_URI_HOST);
	gcoap_msg_remove(m, GCOAP_URI_PORT);
}

/* The address that was written to: that of the URI when there was one. */
static struct gcoap_addr written_to(const struct gcoap__reading *r)
{
	struct gcoap_addr a = r->t->addr.family ? r->t->addr : r->from->local;

	gcoap__addr_unmap(&a);
	return a;
}

static const struct gcoap_proxy_alias *find_alias(const struct gcoap__reading *r)
{
	struct gcoap_addr to = written_to(r), ours;

	for (size_t i = 0; i < r->config->n_aliases; i++) {
		ours = r->config->aliases[i].ours;
		gcoap__addr_unmap(&ours);
		if (gcoap_addr_same_host(&ours, &to) && (!ours.port || ours.port == to.port))
			return &r->config->aliases[i];
	}
	return NULL;
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

/* How well the row fits: -1 not at all; a host counts more than any path. */
static int row_fits(const struct gcoap__reading *r, const struct gcoap_proxy_reverse *row,
		    size_t *segments)
{
	const char *path = row->path;
	bool host = !strncmp(path, "//", 2);
	int n;

	if (host) {
		size_t len = strcspn(path + 2, "/");

		if (!same_host(r, path + 2, len))
			return -1;
		path += 2 + len;
	}
	n = gcoap__path_above(gcoap_bytes_text(path), &r->t->msg);
	*segments = n < 0 ? 0 : (size_t)n;
	return n < 0 ? -1 : n + (host ? GCOAP_OPTIONS_MAX + 1 : 0);
}

static const struct gcoap_proxy_reverse *find_row(const struct gcoap__reading *r, size_t *skip)
{
	const struct gcoap_proxy_reverse *best = NULL;
	int fits, most = -1;
	size_t segments;

	for (size_t i = 0; i < r->config->n_reverse; i++) {
		fits = row_fits(r, &r->config->reverse[i], &segments);
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

/* Mode C: Uri-Host is the address of a server, that we told the client as the second part of
 * Reply-From. */
static bool read_behind(const struct gcoap__reading *r)
{
	const struct gcoap_option *o = gcoap_msg_find(&r->t->msg, GCOAP_URI_HOST);
	uint32_t port = GCOAP_PORT;
	struct gcoap_uri uri;

	if (!o)
		return false;
	gcoap_msg_uint(&r->t->msg, GCOAP_URI_PORT, 2, &port);
	if (gcoap__host_parse(&uri, o->value, (uint16_t)port, NULL) < 0 || uri.host_is_name ||
	    uri.zone[0])
		return false;
	uri.addr.port = uri.port;
	gcoap__addr_unmap(&uri.addr);
	if (gcoap__target_is_ours(r->config, r->from, &uri.addr) ||
	    gcoap__target_host(r, &uri) != 0)
		return false;
	no_host_options(&r->t->msg);
	return true;
}

/* Is a body asked for from its second block on? */
static bool is_follow_up(const struct gcoap__reading *r)
{
	const struct gcoap_option *o = gcoap_msg_find(&r->t->msg, GCOAP_BLOCK2);
	struct gcoap_block block;

	return o && gcoap_block_decode(o->value, &block, NULL) >= 0 && block.num > 0;
}

/* One server behind a row: its path is that of the row's group. */
static bool read_member(const struct gcoap__reading *r, const struct gcoap_proxy_reverse *row)
{
	if (!strncmp(row->path, "//", 2) ||
	    (r->config->standin != GCOAP_STANDIN_C && !is_follow_up(r)) || !read_behind(r) ||
	    r->t->kind != GCOAP__SERVER)
		return false;
	r->t->ifindex = row->ifindex;
	return true;
}

static int read_alias(const struct gcoap__reading *r)
{
	struct gcoap__target *t = r->t;
	const struct gcoap_proxy_reverse *row;
	size_t skip = 0;

	/* Clients go on with the path that they have asked the group for. */
	row = find_row(r, &skip);
	t->kind = GCOAP__SERVER;
	t->addr = t->alias->server;
	gcoap__addr_unmap(&t->addr);
	if (row)
		return gcoap__target_place(r, &row->group, skip);
	no_host_options(&t->msg);
	return 0;
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
	row = find_row(r, &skip);
	if (row && read_member(r, row))
		return gcoap__target_place(r, &row->group, skip);
	if (row)
		return read_row(r, row, skip);
	code = gcoap__embedded(r, &found);
	if (code || found || (r->config->standin == GCOAP_STANDIN_C && read_behind(r)))
		return code;
	t->reversed = false;
	t->kind = GCOAP__LOCAL;
	t->host[0] = '\0';
	return 0;
}
