/* Towards the servers: how a request is asked of a group, of one server, of the next proxy. */
#include "core.h"

/* Options that the servers have no use for as long as nothing here serves them. */
static void trim(struct gcoap_msg *m)
{
	gcoap_msg_remove(m, GCOAP_OBSERVE);
}

static struct gcoap_ask ask_of(const struct gcoap__ongoing *o, const struct gcoap_msg *msg,
			       const struct gcoap_observe *observe)
{
	const struct gcoap_proxy_config *c = &o->proxy->config;
	struct gcoap_ask ask = { .request = msg,
				 .uri = o->target.uri,
				 .to = o->target.addr,
				 .ifindex = o->target.ifindex,
				 .group = o->group,
				 .relay = true,
				 .dialect = o->dialect,
				 .registry = c->registry,
				 .port_reading = GCOAP_PORT_WGP_00,
				 .timeout = c->unicast_timeout,
				 .max_answers = c->max_answers,
				 .show_late = true,
				 .block_szx = 6,
				 .max_body = 1 << 20,
				 .max_blocks = 4096 };

	if (o->group)
		ask.timeout = (gcoap_time)o->timeout * GCOAP_SECOND;
	if (o->group && !ask.ifindex)
		ask.ifindex = c->ifindex;
	if (o->chained) {
		ask.to = c->next_proxy;
		ask.ifindex = 0;
		ask.dialect = c->dialect;
		ask.group = false;
		ask.proxied = o->group;
		ask.group_port = o->target.addr.port;
		if (o->group && !o->timeout) /* until it is acknowledged */
			ask.timeout = c->unicast_timeout;
	}
	if (!ask.group)
		ask.confirmable = o->confirmable || o->stream;
	ask.observe = observe;
	if (observe) {
		ask.confirmable = !ask.group;
		return ask;
	}
	/* Blocks pass end to end, but for clients whose transport has no need of them. */
	if (!o->group && o->stream) {
		ask.relay = false;
		ask.blockwise = true;
	}
	return ask;
}

int gcoap__not_forwarded(int err, struct gcoap__refusal *refusal)
{
	if (err == GCOAP_EINVALID || err == GCOAP_ESPACE)
		return gcoap__refuse(refusal, GCOAP_TOO_LARGE, "too large",
				     "The request does not fit a datagram");
	gcoap__refuse(refusal, GCOAP_UNAVAILABLE, "no room", "%s", gcoap_strerror(err));
	refusal->max_age = 10;
	return refusal->code;
}

static int send_on(struct gcoap__ongoing *o, const struct gcoap_observe *observe,
		   gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap_msg msg = o->target.msg;
	struct gcoap__validators validators;
	struct gcoap_ask ask;
	uint8_t store[4];
	int r = 0;

	if (o->chained)
		r = gcoap__chain_request(o, &msg, store);
	if (r < 0)
		return r;
	if (!observe)
		gcoap__cached_validate(o, &msg, &validators, now);
	ask = ask_of(o, &msg, observe);
	return gcoap_client_ask(p->client, &ask, now);
}

int gcoap__forward_observing(struct gcoap__ongoing *o, const struct gcoap_observe *observe,
			     gcoap_time now)
{
	return send_on(o, observe, now);
}

/* T' = 0: sent, and forgotten (groupcomm-proxy, Section 5.2.1, Step 5). */
static int send_and_forget(struct gcoap__ongoing *o, gcoap_time now)
{
	int r = send_on(o, NULL, now);

	if (r < 0)
		return r;
	o->proxy->stats.forwarded++;
	gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_FORWARDED,
						    .msg = &o->target.msg,
						    .to = o->target.addr }, now);
	gcoap__cached_forwarded(o, now);
	gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_ENDED,
						    .why = "no response wanted" }, now);
	gcoap__ongoing_close(o, "no response wanted", now);
	return 0;
}

int gcoap__forward_again(struct gcoap__ongoing *o, gcoap_time now)
{
	int ask = send_on(o, NULL, now);
	int r = ask < 0 ? ask : gcoap__ongoing_asked(o, (uint64_t)ask);

	if (ask >= 0 && r < 0)
		gcoap_client_end(o->proxy->client, (uint32_t)ask, GCOAP_ENDED_ERROR, now);
	return r;
}

int gcoap__forward(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal)
{
	struct gcoap_proxy *p = o->proxy;
	bool fresh = !o->kept;
	int r;

	trim(&o->target.msg);
	/* Of a group answers may be many: what is lost is not sent again. */
	o->as = o->confirmable && !o->group ? GCOAP_SEND_CON : GCOAP_SEND_NON;
	o->chained = p->config.next_proxy.family != 0;
	if (o->group && !o->timeout) {
		r = send_and_forget(o, now);
		return r < 0 ? gcoap__not_forwarded(r, refusal) : 0;
	}
	r = gcoap__ongoing_keep(&o);
	if (r >= 0)
		gcoap__cached_forward(o);
	if (r >= 0)
		r = gcoap__forward_again(o, now);
	if (r >= 0) {
		o->forwarded = true;
		gcoap__cached_forwarded(o, now);
		return 0;
	}
	if (fresh)
		gcoap__ongoing_close(o, "not sent", now);
	return gcoap__not_forwarded(r, refusal);
}
