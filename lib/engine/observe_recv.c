/* A response under the token of an observation (RFC 7641, Section 3). */
#include "observe.h"
#include "recv.h"

int32_t gcoap__observe_value(const struct gcoap__exchange *x, const struct gcoap_msg *msg)
{
	const struct gcoap_option *o = gcoap_msg_find(msg, GCOAP_OBSERVE);
	uint32_t value;

	/* One that is too long or repeated is ignored (RFC 7252, Section 5.4.3). */
	if (!o || !gcoap_option_usable(x->registry, msg, o, NULL) ||
	    gcoap_uint_decode(o->value, 3, &value) < 0)
		return -1;
	return (int32_t)value;
}

static struct gcoap__observed *observed_of(struct gcoap__exchange *x, struct gcoap__server *s,
					   const struct gcoap_datagram *in)
{
	struct gcoap__observed *o = s->observed;

	if (!o)
		o = s->observed = gcoap__observed_new(x);
	if (!o)
		return NULL;
	if (!o->state.server.family)
		o->state.server = x->client->record.server.addr;
	o->named = x->client->record.server_from != GCOAP_FROM_UNKNOWN;
	/* One of a group behind a proxy cannot be asked with the token that the proxy knows. */
	if (!x->ask.proxied && x->client->record.server_from != GCOAP_FROM_RESPONSE_FORWARDING &&
	    x->client->record.server_from != GCOAP_FROM_REPLY_FROM) {
		o->peer = in->from;
		o->ifindex = x->ask.ifindex;
	}
	return o;
}

/* More of them in a second than are shown? */
static bool floods(struct gcoap__observed *o, gcoap_time at)
{
	if (at - o->second >= GCOAP_SECOND || at < o->second) {
		o->second = at;
		o->in_second = 0;
	}
	return ++o->in_second > o->exchange->observation->config.max_rate;
}

/* No Observe, or an error: the server does not have us in its list (RFC 7641, Section 4.2). */
static void not_granted(struct gcoap__observed *o)
{
	bool before = o->state.state == GCOAP_OBSERVED_ACTIVE ||
		      o->state.state == GCOAP_OBSERVED_ENDED;

	o->state.n += o->state.state == GCOAP_OBSERVED_ACTIVE;
	o->state.value = -1;
	gcoap__observed_set(o, before ? GCOAP_OBSERVED_ENDED : GCOAP_OBSERVED_NOT_OBSERVABLE);
}

static void granted(struct gcoap__observed *o, int32_t value, gcoap_time at)
{
	if (!o->state.n++)
		o->first_at = at;
	o->state.value = value;
	gcoap__observed_set(o, GCOAP_OBSERVED_ACTIVE);
}

/* Where it stands in the sequence; false: it is not shown. */
static bool classify(struct gcoap__observed *o, const struct gcoap_datagram *in,
		     struct gcoap__answer *a)
{
	struct gcoap__notice *n = &a->notice;
	bool causal = a->msg->type == GCOAP_ACK;

	n->sequence = GCOAP_SEQUENCE_NONE;
	/* Several servers that are not told apart have no common order. */
	if (n->value >= 0 && !o->named && o->exchange->ask.proxied)
		n->sequence = o->state.n ? GCOAP_SEQUENCE_NEXT : GCOAP_SEQUENCE_FIRST;
	else if (n->value >= 0)
		n->sequence = gcoap__sequence_take(&o->sequence, (uint32_t)n->value, in->at,
						   causal, &n->gap);
	if (n->sequence == GCOAP_SEQUENCE_OLD) {
		gcoap__tell(&in->from, "sent an older notification than its last: not shown");
		o->state.reordered++;
		return false;
	}
	o->state.restarts += n->sequence == GCOAP_SEQUENCE_RESTART;
	if (floods(o, in->at)) {
		gcoap__tell(&in->from, "sent too many notifications in a second: not shown");
		o->state.flooded++;
		o->exchange->client->stats.sum.dropped++;
		return false;
	}
	if (n->value >= 0)
		granted(o, n->value, in->at);
	else
		not_granted(o);
	n->n = o->state.n;
	return true;
}

/* After what has come: is this the end? */
static void check_end(struct gcoap__exchange *x, gcoap_time now)
{
	if (x->state != GCOAP__OPEN)
		return;
	if (x->ask.first)
		gcoap__cancel_begin(x, GCOAP_ENDED_FIRST, now);
	else
		gcoap__observe_settle(x, now);
	if (x->state == GCOAP__OPEN && x->answers == 1)
		gcoap__observe_plan(x);
}

void gcoap__observe_recv(struct gcoap__exchange *x, struct gcoap__server *s,
			 const struct gcoap_datagram *in, struct gcoap__answer *a,
			 gcoap_time now)
{
	const struct gcoap_option *echo = gcoap__echo_of(a->msg);
	struct gcoap__observed *o = observed_of(x, s, in);

	if (!o) {
		x->client->stats.sum.dropped++;
		gcoap__client_fail(x->client, GCOAP_ENOMEM);
		return;
	}
	gcoap__ask_done(o, now);
	o->tries = 0;
	if (!gcoap__many(x)) {
		gcoap_reliability_cancel(x->client->reliability, (uintptr_t)&x->party);
		gcoap__observe_close_window(x, now);
	}
	if (echo && gcoap__many(x) && !s->challenged && o->peer.family && !x->ask.relay) {
		s->challenged = true;
		gcoap__ask_one(o, 0, echo);
		return;
	}
	s->challenged = true;
	if (o->asked_at) {
		a->rtt = gcoap__rtt(o->asked_at, in->at);
		a->nth--; /* the challenge is none */
	}
	a->notice.observed = o;
	a->notice.value = GCOAP_CODE_CLASS(a->msg->code) == 2 ? gcoap__observe_value(x, a->msg)
							      : -1;
	a->now = now;
	if (!classify(o, in, a))
		return;
	if (o->followup)
		gcoap__followup_end(o->followup, "a newer notification came before the rest",
				    now);
	if (!gcoap__answer_follow_up(x, in, a, s))
		gcoap__deliver(x, a);
	check_end(x, now);
}

void gcoap__observe_duplicate(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			      const struct gcoap_msg *msg)
{
	const char *problem = NULL;
	struct gcoap__server *s;
	struct gcoap__who who;
	size_t at;

	if (x->observation->leaving)
		return;
	gcoap__identify(x, msg, &in->from, &who, &problem, &at);
	s = gcoap__table_find(&x->servers, &who);
	if (s && s->observed)
		s->observed->state.duplicates++;
}
