/* A response with a token of ours: from which server, and is it the first, another, too late? */
#include "load.h"
#include "followup.h"

#include <string.h>

#define MARK 0x10000	 /* with a Message ID: there is one */
#define MARK_ACK 0x20000 /* on an ACK, where the Message ID is ours */

/* What a gateway says of itself (RFC 7252, Sections 5.9.3.3, 5.9.3.5 and 5.9.3.6; RFC 8768). */
static bool is_gateways(uint8_t code)
{
	return code == GCOAP_BAD_GATEWAY || code == GCOAP_GATEWAY_TIMEOUT ||
	       code == GCOAP_NOT_PROXY || code == GCOAP_HOP_LIMIT_REACHED;
}

/* Of what comes through @t for one server: is it the proxy's word? */
static bool is_of_proxy(const struct gcoap__load_target *t, const struct gcoap_msg *msg)
{
	return is_gateways(msg->code) ||
	       (msg->code == GCOAP_BAD_REQUEST && gcoap__load_wants_time(t, msg));
}

/* The server's number; GCOAP_LOAD_UNKNOWN; GCOAP_ENOMEM. */
static int64_t server_of(struct gcoap__load_client *c, const struct gcoap__load_target *t,
			 const struct gcoap_datagram *in)
{
	struct gcoap_load *l = c->load;
	struct gcoap_diag diag = { 0 };

	if (!t->many)
		return t->via && is_of_proxy(t, &c->in) ? GCOAP_LOAD_UNKNOWN : t->server;
	switch (gcoap__named(t->registry, t->port_reading, t->group_port, &c->in, &l->origin,
			     &diag)) {
	case GCOAP_FROM_RESPONSE_FORWARDING:
	case GCOAP_FROM_REPLY_FROM:
		return gcoap__load_server_of(l, &l->origin);
	case GCOAP_FROM_UNKNOWN:
		gcoap__load_malformed(c, in, &diag);
		break;
	case GCOAP_FROM_SOURCE:
	case GCOAP_FROM_REQUEST:
		break;
	}
	return t->proxied ? GCOAP_LOAD_UNKNOWN : gcoap__load_server_at(l, &in->from);
}

/* Is it the proxy that speaks? */
static bool is_proxys(const struct gcoap__load_target *t, const struct gcoap__load_round *r,
		      int64_t server, const struct gcoap_msg *msg)
{
	if (server != GCOAP_LOAD_UNKNOWN)
		return false;
	return t->via ? is_of_proxy(t, msg)
		      : t->proxied && !r->unnamed && gcoap__proxy_code(msg->code);
}

/* Ask once more, with the Echo value that was given (RFC 9175, Section 2.3). */
static bool is_challenge(struct gcoap__load_client *c, struct gcoap__load_target *t,
			 struct gcoap__load_round *r, int64_t server)
{
	const struct gcoap_option *echo = gcoap__echo_of(&c->in);

	if (!echo || r->echoed || t->group || (t->proxied && server != GCOAP_LOAD_UNKNOWN))
		return false;
	if (gcoap__load_echo(c->load, t, echo->value) < 0) {
		c->load->count.dropped++;
		return false;
	}
	r->echoed = true;
	gcoap__load_ask_again(r);
	return true;
}

static enum gcoap_load_kind kind_of(struct gcoap__load_mark *mark, const struct gcoap_msg *msg,
				    bool known, bool late)
{
	uint32_t id = msg->mid | MARK | (msg->type == GCOAP_ACK ? MARK_ACK : 0);
	bool first = !mark->first;

	if (mark->first == id || mark->last == id)
		return GCOAP_LOAD_DUPLICATE;
	if (first)
		mark->first = id;
	mark->last = id;
	if (late)
		return GCOAP_LOAD_LATE;
	return first || !known ? GCOAP_LOAD_ANSWER : GCOAP_LOAD_FURTHER;
}

static void deliver(struct gcoap__load_client *c, struct gcoap_load_answer *a,
		    const struct gcoap_datagram *in)
{
	struct gcoap_load_sink *s = c->load->config.sink;

	a->client = c->index;
	a->code = c->in.code;
	a->size = gcoap__load_size(c->load, in->data);
	a->msg = &c->in;
	s->answer(s, a);
}

/* Of a request that was over long ago: what is known of it without having been remembered. */
static void deliver_forgotten(struct gcoap__load_client *c, uint64_t number,
			      const struct gcoap__load_target *t, int64_t server,
			      const struct gcoap_datagram *in)
{
	const struct gcoap_load_config *f = &c->load->config;
	struct gcoap_load_answer a = { .kind = GCOAP_LOAD_LATE,
				       .round = number,
				       .request = (uint32_t)(t - c->load->targets),
				       .server = (uint32_t)server,
				       .due = GCOAP_NEVER,
				       .sent = GCOAP_NEVER,
				       .at = in->at };

	if (f->gap) {
		a.due = f->start + (gcoap_time)number * f->gap;
		a.warmup = gcoap__load_in_warmup(c->load, a.due);
	}
	deliver(c, &a, in);
}

/* A server that has not answered before. */
static void count(const struct gcoap__load_target *t, struct gcoap__load_round *r,
		  uint32_t server, gcoap_time at)
{
	r->answered++;
	r->awaited += server < t->n_marked && t->awaited[server];
	if (r->first == GCOAP_NEVER)
		r->first = at;
	r->last = at;
}

static bool is_complete(const struct gcoap__load_target *t, const struct gcoap__load_round *r)
{
	if (!t->many)
		return r->answered;
	return (t->expect || t->n_awaited) && r->answered >= t->expect &&
	       r->awaited >= t->n_awaited;
}

/* What the first answer of a server, or of nobody who is known, means to a request that is open.
 * False: it is asked again, and there is none yet. */
static bool take_first(struct gcoap__load_client *c, struct gcoap__load_round *r,
		       struct gcoap_load_answer *a, gcoap_time now)
{
	struct gcoap__load_target *t = &c->load->targets[r->asked.target];

	gcoap__load_settle(r);
	if (is_challenge(c, t, r, a->server))
		return false;
	if (is_proxys(t, r, a->server, &c->in)) {
		if (gcoap__load_retry(c, r, now))
			return false;
		a->kind = GCOAP_LOAD_REFUSAL;
		return true;
	}
	r->unnamed |= t->proxied && a->server == GCOAP_LOAD_UNKNOWN;
	count(t, r, a->server, a->at);
	return true;
}

static void take(struct gcoap__load_client *c, struct gcoap__load_asked *q,
		 struct gcoap__load_mark *mark, struct gcoap_load_answer *a,
		 const struct gcoap_datagram *in, gcoap_time now)
{
	const struct gcoap__load_target *t = &c->load->targets[q->target];
	struct gcoap__load_end how = { .at = a->at };
	struct gcoap__load_round *r = q->round;

	a->kind = kind_of(mark, &c->in, a->server != GCOAP_LOAD_UNKNOWN, a->at >= q->limit);
	if (r && a->kind == GCOAP_LOAD_ANSWER && !take_first(c, r, a, now)) {
		mark->first = 0; /* the answer is still to come */
		return;
	}
	deliver(c, a, in);
	/* The sink may have stopped the load, and so ended it. */
	if (!r || !r->asked.round)
		return;
	how.complete = a->kind == GCOAP_LOAD_ANSWER && is_complete(t, r);
	if (how.complete || a->kind == GCOAP_LOAD_REFUSAL)
		gcoap__load_round_end(r, &how, now);
}

void gcoap__load_answer(struct gcoap__load_client *c, struct gcoap__load_asked *q,
			uint64_t number, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap_load *l = c->load;
	const struct gcoap__load_target *t = &l->targets[number % l->n_targets];
	int64_t server = server_of(c, t, in);
	struct gcoap__load_mark *mark = NULL;
	struct gcoap_load_answer a;

	if (q && server >= 0)
		mark = gcoap__load_mark(l, q, (uint32_t)server);
	if (server < 0 || (q && !mark)) {
		l->count.dropped++;
		return;
	}
	/* A word about the Early Stop Request: it is not to be answered. */
	if (q && q->stopped && server == GCOAP_LOAD_UNKNOWN && gcoap__proxy_code(c->in.code)) {
		l->count.unmatched++;
		return;
	}
	if (!q) {
		deliver_forgotten(c, number, t, server, in);
		return;
	}
	a = (struct gcoap_load_answer){ .round = number,
					.request = q->target,
					.server = (uint32_t)server,
					.warmup = q->warmup,
					.over = !q->round,
					.due = q->due,
					.sent = q->sent,
					.at = gcoap__load_stamp(q, in) };
	take(c, q, mark, &a, in, now);
}
