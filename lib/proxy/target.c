#include "target.h"

#include <string.h>

#include "target_read.h"

/* Port 0 stands for every port. */
static bool is_endpoint(struct gcoap_addr ours, const struct gcoap_addr *addr)
{
	gcoap__addr_unmap(&ours);
	return gcoap_addr_same_host(&ours, addr) && (!ours.port || ours.port == addr->port);
}

bool gcoap__target_is_ours(const struct gcoap_proxy_config *config,
			   const struct gcoap_peer *from, const struct gcoap_addr *addr)
{
	for (size_t i = 0; i < config->n_ours; i++)
		if (is_endpoint(config->ours[i], addr))
			return true;
	for (size_t i = 0; i < config->n_aliases; i++)
		if (is_endpoint(config->aliases[i].ours, addr))
			return true;
	return is_endpoint(from->local, addr);
}

/* Proxy-*: 0 with the target's host, or the code of a refusal. */
static int read_proxied(const struct gcoap__reading *r, bool *found)
{
	const struct gcoap_msg *m = r->request;
	const struct gcoap_option *uri = gcoap_msg_find(m, GCOAP_PROXY_URI);
	const struct gcoap_option *cri = gcoap_msg_find(m, GCOAP_PROXY_CRI);

	*found = true;
	if (uri)
		return gcoap__target_text(r, uri->value, 0);
	if (cri)
		return gcoap__target_cri(r, cri->value);
	if (gcoap_msg_find(m, GCOAP_PROXY_SCHEME) || gcoap_msg_find(m, GCOAP_PROXY_SCHEME_NUMBER))
		return gcoap__target_by_scheme(r);
	*found = false;
	return 0;
}

/* Nothing but ourselves is reached when we are no forward-proxy (RFC 7252, Section 5.7.2). */
static int read_target(const struct gcoap__reading *r)
{
	bool forward, ours;
	int code = read_proxied(r, &forward);

	ours = !forward || (!code && r->t->kind == GCOAP__SERVER &&
			    gcoap__target_is_ours(r->config, r->from, &r->t->addr));
	if (!ours && !r->config->forward)
		return gcoap__refuse(r->refusal, GCOAP_NOT_PROXY, "not-forward",
				     "not a forward-proxy");
	return code || !ours ? code : gcoap__reverse(r);
}

/* A name of the allow-list is not looked up. */
static void pin_name(const struct gcoap__reading *r)
{
	struct gcoap__target *t = r->t;

	for (size_t i = 0; i < r->config->n_groups && t->kind == GCOAP__NAMED; i++) {
		const struct gcoap_proxy_group *g = &r->config->groups[i];

		if (!g->uri.host_is_name || strcmp(g->uri.host, t->host) != 0 ||
		    g->uri.port != t->addr.port || !g->addr.family)
			continue;
		t->addr = g->addr;
		t->addr.port = g->uri.port;
		t->ifindex = g->ifindex;
		t->kind = gcoap_addr_is_multicast(&t->addr) ? GCOAP__GROUP : GCOAP__SERVER;
	}
}

/* The URI of what is sent. Uri-Port is there only while it is written. */
static int write_uri(const struct gcoap__reading *r)
{
	struct gcoap__target *t = r->t;
	struct gcoap_addr shown = t->addr;
	uint8_t port[4];
	int err = 0;

	shown.scope = 0;
	if (t->host[0])
		err = gcoap_msg_add_uint(&t->msg, GCOAP_URI_PORT, t->addr.port, port);
	if (err >= 0)
		err = gcoap_uri_from_options(&t->msg, t->host[0] ? NULL : &shown, t->uri,
					     sizeof(t->uri));
	gcoap_msg_remove(&t->msg, GCOAP_URI_PORT);
	if (err < 0)
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri",
				     "a URI has at most 1034 bytes here");
	return 0;
}

static int finish(const struct gcoap__reading *r)
{
	int code = gcoap__options_hop_limit(r);

	if (code || r->t->kind == GCOAP__LOCAL)
		return code ? code : gcoap__options_local(r);
	pin_name(r);
	return write_uri(r);
}

int gcoap__target_read(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
		       const struct gcoap_msg *request, struct gcoap__target *out,
		       struct gcoap__refusal *refusal)
{
	const struct gcoap__reading r = { config, from, request, out, refusal };
	uint32_t port;
	int code;

	memset(out, 0, sizeof(*out));
	*refusal = (struct gcoap__refusal){ .max_age = -1 };
	gcoap__options_timeout(&r);
	code = gcoap__options_check(&r);
	if (code)
		return code;
	if (gcoap_msg_uint(request, GCOAP_URI_PORT, 2, &port) >= 0 && port == 0)
		return gcoap__refuse(refusal, GCOAP_BAD_REQUEST, "bad-uri",
				     "nothing can be sent to port 0");
	gcoap__options_strip(&r);
	code = read_target(&r);
	return code ? code : finish(&r);
}

int gcoap__target_resolved(const struct gcoap_proxy_config *config, struct gcoap__target *t,
			   const struct gcoap_addr *addr, struct gcoap__refusal *refusal)
{
	uint16_t port = t->addr.port;

	if (!addr || !addr->family)
		return gcoap__refuse(refusal, GCOAP_BAD_GATEWAY, "resolve",
				     "the host name has no address");
	t->addr = *addr;
	t->addr.port = port;
	gcoap__addr_unmap(&t->addr);
	t->kind = gcoap_addr_is_multicast(&t->addr) ? GCOAP__GROUP : GCOAP__SERVER;
	return 0;
}
