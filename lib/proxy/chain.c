/* One of several proxies in a row (groupcomm-proxy-00, Section 8). */
#include "core.h"

/* T'' ends so much before T', at least a second: for what is on its way back. */
static uint32_t margin(const struct gcoap_proxy *p)
{
	gcoap_time s = (p->config.margin + GCOAP_SECOND - 1) / GCOAP_SECOND;

	return s > 0 ? (uint32_t)s : 1;
}

/* 5.05 with the smallest T' that would do. */
static int too_small(struct gcoap__refusal *refusal, uint32_t least)
{
	gcoap__refuse(refusal, GCOAP_NOT_PROXY, "timeout too small", "T' too small");
	refusal->timeout_option = true;
	refusal->timeout = least;
	return refusal->code;
}

int gcoap__chain_timeout(struct gcoap__ongoing *o, struct gcoap__refusal *refusal)
{
	uint32_t less = margin(o->proxy);

	o->hop_timeout = 0;
	if (!o->timeout)
		return 0;
	if (o->timeout <= less)
		return too_small(refusal, less + 1);
	o->hop_timeout = o->timeout - less;
	return 0;
}

int gcoap__chain_request(struct gcoap__ongoing *o, struct gcoap_msg *msg, uint8_t store[4])
{
	const struct gcoap_proxy_config *c = &o->proxy->config;
	int r;

	*msg = o->target.msg;
	gcoap_msg_remove(msg, GCOAP_URI_HOST);
	gcoap_msg_remove(msg, GCOAP_URI_PORT);
	gcoap_msg_remove(msg, GCOAP_URI_PATH);
	gcoap_msg_remove(msg, GCOAP_URI_QUERY);
	r = gcoap_msg_add_text(msg, GCOAP_PROXY_URI, o->target.uri);
	if (r >= 0 && o->group)
		r = gcoap_msg_add_uint(msg, c->registry->draft[c->dialect->timeout],
				       o->hop_timeout, store);
	return r;
}

/* Its 5.05 may say how long T'' must be: once more with that, when T' leaves room for it. */
static bool retry(struct gcoap__ongoing *o, uint32_t wanted, gcoap_time now)
{
	if (wanted <= o->hop_timeout || wanted >= o->timeout)
		return false;
	o->hop_timeout = wanted;
	gcoap__ongoing_unask(o);
	return gcoap__forward_again(o, now) >= 0;
}

bool gcoap__chain_refusal(const struct gcoap_proxy *p, const struct gcoap_msg *msg,
			  uint32_t *wanted, struct gcoap__refusal *refusal)
{
	const struct gcoap_proxy_config *c = &p->config;

	*wanted = 0;
	if (gcoap_msg_uint(msg, c->registry->draft[c->dialect->timeout], 4, wanted) < 0)
		return false;
	if (msg->code != GCOAP_NOT_PROXY)
		*wanted = 0;
	if (*wanted)
		too_small(refusal, *wanted + margin(p));
	else
		gcoap__refuse(refusal, GCOAP_BAD_GATEWAY, "next proxy",
			      "The next proxy refused the timeout option");
	return true;
}

void gcoap__chain_refused(struct gcoap__ongoing *o, const struct gcoap_msg *msg, gcoap_time now)
{
	const struct gcoap__relayed as_it_is = { .msg = msg, .body = msg->payload };
	struct gcoap__refusal refusal;
	uint32_t wanted;

	if (!gcoap__chain_refusal(o->proxy, msg, &wanted, &refusal)) {
		gcoap__relay(o, &as_it_is, now);
		gcoap__ongoing_close(o, "next proxy", now);
	} else if (!wanted || !retry(o, wanted, now)) {
		gcoap__refuse_request(o, &refusal, now);
	}
}
