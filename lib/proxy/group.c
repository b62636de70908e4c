/* What a request to a group must have, and must not. */
#include "core.h"

uint16_t gcoap__timeout_option(const struct gcoap__ongoing *o)
{
	return o->proxy->config.registry->draft[o->dialect->timeout];
}

/*
 * Without the option: a reverse-proxy may take a T' that was agreed on, where the client is
 * known and so can take several responses (groupcomm-proxy-00, Section 6.2; not in -07).
 */
static bool agreed(const struct gcoap__ongoing *o)
{
	const struct gcoap_proxy_config *c = &o->proxy->config;

	return c->t_proxy > 0 && o->target.reversed && !c->dialect->early_stop &&
	       gcoap__policy_known(c, &o->peer);
}

static int missing(const struct gcoap__ongoing *o, struct gcoap__refusal *refusal)
{
	const struct gcoap_option_info *info =
		gcoap_registry_find(o->proxy->config.registry, gcoap__timeout_option(o));
	const char *name = info ? info->name : "timeout option";

	if (o->dialect->early_stop)
		gcoap__refuse(refusal, GCOAP_BAD_REQUEST, "no timeout", "Please use %s", name);
	else
		gcoap__refuse(refusal, GCOAP_BAD_REQUEST, "no timeout", "%s required", name);
	refusal->timeout_option = true;
	return refusal->code;
}

/*
 * A client that is known by its address alone does not make a whole group say what it would
 * leave unsaid (groupcomm-bis-03, Section 6.4).
 */
static void drop_wish_for_all(struct gcoap__ongoing *o)
{
	uint32_t no_response = 1;

	gcoap_msg_uint(&o->target.msg, GCOAP_NO_RESPONSE, 1, &no_response);
	if (!o->peer.identity && !no_response)
		gcoap_msg_remove(&o->target.msg, GCOAP_NO_RESPONSE);
}

int gcoap__group_check(struct gcoap__ongoing *o, struct gcoap__refusal *refusal)
{
	const struct gcoap_proxy_config *c = &o->proxy->config;
	const gcoap_time most = c->max_timeout / GCOAP_SECOND;

	if (o->target.has_timeout)
		o->timeout = o->target.timeout;
	else if (agreed(o))
		o->timeout = (uint32_t)((c->t_proxy + GCOAP_SECOND - 1) / GCOAP_SECOND);
	else
		return missing(o, refusal);
	if (o->timeout > most)
		o->timeout = most > 0 ? (uint32_t)most : 1;
	drop_wish_for_all(o);
	/* No body in blocks to a group, and be it the only one (RFC 7959, Section 2.8). */
	if (gcoap_msg_find(&o->target.msg, GCOAP_BLOCK1))
		return gcoap__refuse(refusal, GCOAP_BAD_REQUEST, "bad-block", GCOAP__NO_BLOCK1);
	return c->next_proxy.family ? gcoap__chain_timeout(o, refusal) : 0;
}
