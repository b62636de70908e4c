/*
 * A request, step by step (groupcomm-bis-03, Section 3.4.1; groupcomm-proxy-00, Section 5.2.1):
 * what is it for, is it allowed, is it complete, is there room; then it is forwarded.
 */
#include "core.h"

void gcoap__refuse_request(struct gcoap__ongoing *o, const struct gcoap__refusal *refusal,
			   gcoap_time now)
{
	o->refused = true;
	o->proxy->stats.refused++;
	gcoap__respond_error(o, refusal, now);
	gcoap__ongoing_close(o, refusal->why, now);
}

/*
 * GET with the empty timeout option and nothing that says where to: an Early Stop Request
 * (groupcomm-proxy-07, Section 5.1.3). It is not answered. The other dialect has none.
 */
static bool early_stop(const struct gcoap__ongoing *o, const struct gcoap_msg *msg)
{
	const struct gcoap__target *t = &o->target;

	return t->kind == GCOAP__LOCAL && t->timeout_empty && t->dialect &&
	       t->dialect->early_stop && msg->code == GCOAP_GET &&
	       !gcoap_msg_find(msg, GCOAP_URI_HOST) && !gcoap_msg_find(msg, GCOAP_URI_PORT) &&
	       !gcoap_msg_find(msg, GCOAP_URI_PATH) && !gcoap_msg_find(msg, GCOAP_URI_QUERY);
}

static void stop(struct gcoap__ongoing *o, const char *why, gcoap_time now)
{
	o->proxy->stats.stopped++;
	gcoap__ongoing_close(o, why, now);
}

/*
 * The token of a request that lives. In front of a reverse-proxy the client may not know that
 * there are more answers to come: neither the old nor the new request goes on
 * (groupcomm-bis-03, Section 3.4.2). Else the new one takes its place.
 */
static int token_reuse(struct gcoap__ongoing *o, struct gcoap__ongoing *old, bool valid,
		       gcoap_time now, struct gcoap__refusal *refusal)
{
	bool reverse = old->group && old->target.reversed;

	stop(old, "token reuse", now);
	if (!reverse || !valid)
		return 0;
	gcoap__refuse(refusal, GCOAP_BAD_REQUEST, "token reuse",
		      "Reverse-proxy: Token in use");
	/* Multicast-Signaling may tell why; Multicast-Timeout may not. */
	refusal->timeout_option = !o->dialect->early_stop;
	return refusal->code;
}

/* A resource of our own. */
static void answer_local(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap_proxy_reply reply = { .code = GCOAP_NOT_FOUND, .content_format = -1 };
	struct gcoap_msg *out = &p->out;

	if (p->config.local)
		p->config.local(p->config.arg, &o->peer, &o->target.msg, &reply, now);
	gcoap_msg_init(out, GCOAP_NON, reply.code);
	if (reply.content_format >= 0)
		gcoap_msg_add_uint(out, GCOAP_CONTENT_FORMAT, (uint32_t)reply.content_format,
				   p->numbers[0]);
	out->payload = reply.body;
	gcoap__respond(o, o->confirmable ? GCOAP_SEND_CON : GCOAP_SEND_NON, now);
}

void gcoap__request(struct gcoap_proxy *p, const struct gcoap_peer *from,
		    const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap__ongoing *o = &p->fresh, *old;
	struct gcoap__refusal refusal;
	bool valid;
	int r;

	p->stats.requests++;
	gcoap__ongoing_begin(p, o, from, msg, now);
	r = gcoap__target_read(&p->config, from, msg, &o->target, &refusal);
	if (o->target.dialect)
		o->dialect = o->target.dialect;
	gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_REQUEST, .msg = msg },
		     now);
	gcoap__group_etags(&o->group_etags, p->config.registry, msg);
	valid = r == 0;
	old = gcoap__ongoing_find(p, from, msg->token, msg->token_len);
	if (valid && early_stop(o, msg)) {
		if (old)
			stop(old, "early stop", now);
		gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_ENDED,
							    .why = "early stop request" },
			     now);
		return;
	}
	/* Not so its renewal or end, when it observes (groupcomm-bis-18, Section 3.5.2). */
	if (old && valid && gcoap__observe_same_token(o, &old, now))
		return;
	if (old && !r)
		r = token_reuse(o, old, valid, now, &refusal);
	else if (old)
		token_reuse(o, old, valid, now, &refusal);
	if (r)
		gcoap__refuse_request(o, &refusal, now);
	else if (o->target.kind == GCOAP__LOCAL)
		answer_local(o, now);
	else if (o->target.kind == GCOAP__NAMED) {
		r = gcoap__resolve(o, now, &refusal);
		if (r)
			gcoap__refuse_request(o, &refusal, now);
	} else {
		gcoap__decide(o, now);
	}
}

/* Forward or answer: 5.05, 5.01, 4.01, then 4.00, then what is in the cache, then 5.03. */
void gcoap__decide(struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap__refusal refusal;
	int r;

	o->target.answered = gcoap__answered(o, now);
	r = gcoap__policy(&p->config, &o->peer, &o->target, &refusal);
	o->group = o->target.kind == GCOAP__GROUP;
	if (o->group)
		p->stats.group_requests++;
	else
		p->stats.unicast_requests++;
	if (!r && o->group)
		r = gcoap__group_check(o, &refusal);
	if (!r)
		r = gcoap__stopping(p, &refusal);
	if (!r && gcoap__cached_answer(o, now))
		return;
	if (!r)
		r = gcoap__limits(o, now, &refusal);
	if (!r)
		r = gcoap__observes(o) ? gcoap__observe(o, now, &refusal)
				       : gcoap__forward(o, now, &refusal);
	if (r)
		gcoap__refuse_request(o, &refusal, now);
}
