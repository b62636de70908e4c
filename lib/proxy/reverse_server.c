/*
 * One server behind a reverse-proxy, as Uri-Host names it: the second part of Reply-From in mode C
 * (groupcomm-proxy-07, Section 6.2), and in any mode the address that an answer was from, when
 * the rest of its body is asked for.
 */
#include "target_read.h"

#include <gcoap/block.h>

void gcoap__no_host_options(struct gcoap_msg *m)
{
	gcoap_msg_remove(m, GCOAP_URI_HOST);
	gcoap_msg_remove(m, GCOAP_URI_PORT);
}

/* Is a body asked for from its second block on? */
static bool is_follow_up(const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_BLOCK2);
	struct gcoap_block block;

	return o && gcoap_block_decode(o->value, &block, NULL) >= 0 && block.num > 0;
}

bool gcoap__behind_wanted(const struct gcoap__reading *r)
{
	return r->config->standin == GCOAP_STANDIN_C || is_follow_up(r->request);
}

bool gcoap__host_named(const struct gcoap__reading *r, struct gcoap_uri *uri)
{
	const struct gcoap_option *o = gcoap_msg_find(&r->t->msg, GCOAP_URI_HOST);
	uint32_t port = GCOAP_PORT;

	if (!o)
		return false;
	gcoap_msg_uint(&r->t->msg, GCOAP_URI_PORT, 2, &port);
	if (gcoap__host_parse(uri, o->value, (uint16_t)port, NULL) < 0 || uri->host_is_name ||
	    uri->zone[0])
		return false;
	uri->addr.port = uri->port;
	gcoap__addr_unmap(&uri->addr);
	return true;
}

/* The same of somebody else. */
static bool named(const struct gcoap__reading *r, struct gcoap_uri *uri)
{
	return gcoap__host_named(r, uri) &&
	       !gcoap__target_is_ours(r->config, r->from, &uri->addr);
}

bool gcoap__behind(const struct gcoap__reading *r, bool group)
{
	struct gcoap_uri uri;

	if (!named(r, &uri) || (!group && gcoap_addr_is_multicast(&uri.addr)) ||
	    gcoap__target_host(r, &uri) != 0)
		return false;
	gcoap__no_host_options(&r->t->msg);
	return true;
}

int gcoap__behind_embedded(const struct gcoap__reading *r, bool *found)
{
	bool follow_up = is_follow_up(r->request);
	struct gcoap_uri uri;
	int code;

	follow_up = follow_up && named(r, &uri) && !gcoap_addr_is_multicast(&uri.addr);
	code = gcoap__embedded(r, found);
	if (code || !*found || !follow_up || r->t->kind == GCOAP__SERVER)
		return code;
	gcoap__no_host_options(&r->t->msg);
	return gcoap__target_host(r, &uri);
}
