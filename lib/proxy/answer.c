/* What comes back from the servers, and how it ends. */
#include "core.h"

#include <stdio.h>
#include <string.h>

#include <gcoap/serve.h>

static struct gcoap_proxy *of(struct gcoap_sink *sink)
{
	return (struct gcoap_proxy *)((char *)sink - offsetof(struct gcoap_proxy, sink));
}

/* It is on its way: T' runs from here. */
static int sink_request(struct gcoap_sink *sink, const struct gcoap_request_record *r)
{
	struct gcoap_proxy *p = of(sink);
	struct gcoap__ongoing *o = gcoap__ongoing_by_ask(p, r->id);
	struct gcoap__watch *w = o ? NULL : gcoap__watch_by_ask(p, r->id);

	if (w)
		gcoap__watch_sent(w, r);
	if (!o)
		return 0;
	o->since = r->at;
	o->ends_at = r->timeout < GCOAP_NEVER - r->at ? r->at + r->timeout : GCOAP_NEVER;
	p->stats.forwarded++;
	gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_FORWARDED,
						    .msg = r->msg,
						    .to = r->to }, p->now);
	gcoap__cached_sent(o);
	return 0;
}

/* Of a request that has ended: T' is over, or the client has gone. */
static void late(struct gcoap_proxy *p, const struct gcoap_response *r)
{
	struct gcoap_proxy_event e = { .what = GCOAP_PROXY_DROPPED,
				       .at = r->at,
				       .msg = r->msg,
				       .server = &r->server,
				       .why = "late" };

	if (p->config.event)
		p->config.event(p->config.arg, &e);
}

/* Is there any option that names a server? */
static bool is_named(const struct gcoap__ongoing *o, const struct gcoap_msg *m)
{
	const uint16_t *draft = o->proxy->config.registry->draft;

	return gcoap_msg_find(m, draft[GCOAP_DRAFT_RESPONSE_FORWARDING]) ||
	       gcoap_msg_find(m, draft[GCOAP_DRAFT_REPLY_FROM]);
}

/*
 * Is what the next proxy says of the server left alone (groupcomm-proxy-00, Section 8.2)? Where
 * we stand in for the servers it is replaced, and for a client of the other dialect put anew.
 */
static bool named_for(const struct gcoap__ongoing *o, const struct gcoap_response *r)
{
	const struct gcoap_proxy_config *c = &o->proxy->config;

	return gcoap_msg_find(r->msg, c->registry->draft[o->dialect->server_address]) &&
	       (!o->target.reversed || c->standin == GCOAP_STANDIN_A);
}

/* Through the cache to the client. */
static void relay(struct gcoap__ongoing *o, const struct gcoap_origin *server,
		  struct gcoap__relayed *a, gcoap_time now)
{
	int r = server ? gcoap__cached_take(o, server, a, now) : 0;

	if (r >= 0) {
		gcoap__relay(o, a, now);
	} else if (r != GCOAP_EAGAIN) {
		o->proxy->stats.dropped++;
		gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_DROPPED,
							    .msg = a->msg,
							    .server = a->server,
							    .why = "unknown entity-tag" }, now);
	}
}

struct gcoap__relayed gcoap__relayed_of(const struct gcoap__ongoing *o,
					const struct gcoap_response *r)
{
	struct gcoap__relayed a = { .msg = r->msg, .body = r->body };

	if (!o->group)
		return a;
	if (o->chained && r->server_from == GCOAP_FROM_UNKNOWN) {
		a.named = is_named(o, r->msg);
		return a;
	}
	a.server = &r->server;
	a.named = o->chained && named_for(o, r);
	return a;
}

/* An answer to a group request. */
static void group_answer(struct gcoap__ongoing *o, const struct gcoap_response *r,
			 gcoap_time now)
{
	struct gcoap__relayed a = gcoap__relayed_of(o, r);

	if (r->refusal)
		gcoap__chain_refused(o, r->msg, now);
	else
		relay(o, a.server, &a, now);
}

/* @text follows who was asked: the client has to look there. */
static void give_up(struct gcoap__ongoing *o, uint8_t code, const char *why, const char *text,
		    gcoap_time now)
{
	struct gcoap__refusal refusal;

	gcoap__refuse(&refusal, code, why, "The %s%s", o->chained ? "next proxy" : "server", text);
	gcoap__refuse_request(o, &refusal, now);
}

/* A body that was put together has to be whole: what is missing could not be told from it. */
static void not_whole(struct gcoap__ongoing *o, const struct gcoap_response *r, gcoap_time now)
{
	char text[96];

	o->proxy->stats.dropped++;
	snprintf(text, sizeof(text), "'s response is not complete: %s",
		 r->problem ? r->problem : "its blocks do not fit together");
	give_up(o, GCOAP_BAD_GATEWAY, "incomplete", text, now);
}

static void single_answer(struct gcoap__ongoing *o, const struct gcoap_response *r,
			  gcoap_time now)
{
	struct gcoap__relayed a = gcoap__relayed_of(o, r);

	a.gathered = o->stream;
	if (a.gathered && !r->complete)
		not_whole(o, r, now);
	else
		relay(o, &r->server, &a, now);
}

static int sink_response(struct gcoap_sink *sink, const struct gcoap_response *r)
{
	struct gcoap_proxy *p = of(sink);
	struct gcoap__ongoing *o = r->late || r->duplicate ? NULL
							   : gcoap__ongoing_by_ask(p, r->id);
	struct gcoap__watch *w = r->refusal ? gcoap__watch_by_ask(p, r->id) : NULL;

	if (w)
		gcoap__watch_refused(w, r, p->now);
	if (!o) {
		if (!r->duplicate && !w)
			late(p, r);
		return 0;
	}
	if (o->group)
		group_answer(o, r, p->now);
	else
		single_answer(o, r, p->now);
	return 0;
}

static int sink_notification(struct gcoap_sink *sink, const struct gcoap_notification *n)
{
	struct gcoap_proxy *p = of(sink);
	struct gcoap__watch *w = gcoap__watch_by_ask(p, n->response->id);

	if (w && !w->leaving)
		gcoap__watch_notified(w, n, p->now);
	return 0;
}

/* What a server sent cannot be read: nothing else comes of a single one. */
static int sink_malformed(struct gcoap_sink *sink, const struct gcoap_malformed *m)
{
	struct gcoap_proxy *p = of(sink);
	struct gcoap__ongoing *o = m->id ? gcoap__ongoing_by_ask(p, m->id) : NULL;

	p->stats.dropped++;
	if (!o)
		return 0;
	gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_DROPPED,
						    .why = m->diag.name }, p->now);
	if (!o->group)
		give_up(o, GCOAP_BAD_GATEWAY, m->diag.name,
			"'s response cannot be read", p->now);
	return 0;
}

/*
 * Was the answer that did not come, or our word about that, not wanted? Silence may be what the
 * client asked the server for, and no fault of it (RFC 7967, Section 2).
 */
static bool unwanted(const struct gcoap__ongoing *o, const struct gcoap_ended *e)
{
	uint32_t mask = 0;

	gcoap_msg_uint(&o->target.msg, GCOAP_NO_RESPONSE, 1, &mask);
	return mask & GCOAP_CLASS_5 ||
	       (mask && e->ended_by == GCOAP_ENDED_TIMEOUT && !e->reset && !e->error);
}

/*
 * Without an answer from one server or the next proxy: say so (RFC 7252, Section 5.7.1). A
 * request that is refused before it is sent on is answered in any case: so the drafts want it.
 */
void gcoap__unanswered(struct gcoap__ongoing *o, const struct gcoap_ended *e, gcoap_time now)
{
	if (unwanted(o, e))
		gcoap__ongoing_close(o, "no response wanted", now);
	else if (e->reset)
		give_up(o, GCOAP_BAD_GATEWAY, "reset", " refused the request", now);
	else if (e->error)
		give_up(o, GCOAP_BAD_GATEWAY, "unreachable", " cannot be reached", now);
	else if (e->ended_by == GCOAP_ENDED_ERROR)
		give_up(o, GCOAP_BAD_GATEWAY, "not sent", " could not be asked", now);
	else
		give_up(o, GCOAP_GATEWAY_TIMEOUT, "timeout", " did not respond", now);
}

/*
 * The end of an exchange upstream. That of a group is silent: nobody knows whether there was
 * more to come (groupcomm-proxy, Section 5.4.1).
 */
static int sink_ended(struct gcoap_sink *sink, const struct gcoap_ended *e)
{
	struct gcoap_proxy *p = of(sink);
	struct gcoap__ongoing *o = gcoap__ongoing_by_ask(p, e->id);
	struct gcoap__watch *w = o ? NULL : gcoap__watch_by_ask(p, e->id);
	bool over;

	if (w)
		gcoap__watch_ended(w, e, p->now);
	if (!o)
		return 0;
	gcoap__ongoing_unask(o);
	over = e->ended_by == GCOAP_ENDED_TIMEOUT && p->now >= o->ends_at;
	if (over) {
		p->stats.timeouts++;
		gcoap__cached_end(o, p->now);
	}
	if (!o->answers && (!o->group || (!over && e->ended_by != GCOAP_ENDED_INTERRUPT)))
		gcoap__unanswered(o, e, p->now);
	gcoap__ongoing_close(o, gcoap_ended_by_name(e->ended_by), p->now);
	return 0;
}

void gcoap__answer_sink(struct gcoap_sink *sink)
{
	*sink = (struct gcoap_sink){ .request = sink_request,
				     .response = sink_response,
				     .malformed = sink_malformed,
				     .notification = sink_notification,
				     .ended = sink_ended };
}
