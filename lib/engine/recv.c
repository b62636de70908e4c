/* Receiving: format, token, deduplication and critical options, in this order. */
#include "recv.h"

#include <errno.h>
#include <gcoap/log.h>

#include "observe.h"

static struct gcoap__followup *followup_of(struct gcoap__party *party)
{
	return (struct gcoap__followup *)party;
}

static struct gcoap__observed *observed_of(struct gcoap__party *party)
{
	return (struct gcoap__observed *)party;
}

/* The exchange that @party is, or belongs to. */
static struct gcoap__exchange *exchange_of(struct gcoap__party *party)
{
	if (party->kind == GCOAP__FOLLOWUP)
		return followup_of(party)->exchange;
	if (party->kind == GCOAP__OBSERVED)
		return observed_of(party)->exchange;
	return (struct gcoap__exchange *)party;
}

void gcoap__party_failed(struct gcoap__party *party, gcoap_time now)
{
	if (party->kind == GCOAP__FOLLOWUP)
		gcoap__followup_lost(followup_of(party), "the request for the rest failed", now);
	else if (party->kind == GCOAP__OBSERVED)
		gcoap__ask_failed(observed_of(party), now);
	else
		gcoap__exchange_failed(exchange_of(party), now);
}

void gcoap__party_unsent(struct gcoap__party *party, gcoap_time now)
{
	/* What has gone out before may still be answered. */
	if (party->kind == GCOAP__FOLLOWUP)
		gcoap__followup_lost(followup_of(party),
				     "the request for the rest was not sent", now);
	else if (!exchange_of(party)->answers)
		gcoap__exchange_close(exchange_of(party), GCOAP_ENDED_ERROR, now);
}

void gcoap__party_tick(struct gcoap__party *party, gcoap_time now)
{
	if (party->kind == GCOAP__FOLLOWUP)
		gcoap__followup_tick(followup_of(party), now);
	else if (party->kind == GCOAP__OBSERVED)
		gcoap__observed_tick(observed_of(party), now);
	else
		gcoap__exchange_tick(exchange_of(party), now);
}

void gcoap__tell(const struct gcoap_addr *from, const char *what)
{
	char text[GCOAP_ADDR_TEXT];

	if (gcoap_log_wanted())
		gcoap_log(GCOAP_LOG_INFO, "%s %s", gcoap_addr_format(from, text), what);
}

static void tell(const struct gcoap_datagram *in, const char *what)
{
	gcoap__tell(&in->from, what);
}

/* The same of what cannot be read. */
static void tell_fault(const struct gcoap_datagram *in, const struct gcoap_diag *diag)
{
	char from[GCOAP_ADDR_TEXT];

	if (gcoap_log_wanted())
		gcoap_log(GCOAP_LOG_INFO, "%s sent what cannot be used, %s at byte %zu: %s",
			  gcoap_addr_format(&in->from, from), diag->name, diag->at, diag->what);
}

static void refuse(struct gcoap_client *c, const struct gcoap_datagram *in,
		   const struct gcoap_msg *msg)
{
	/* Only a CON message is rejected with a RST (RFC 7252, Sections 4.2 and 4.3). */
	if (msg->type == GCOAP_CON)
		gcoap_reliability_reset(c->reliability, &in->from, msg->mid);
}

/* Bytes that are no message: shown; a CON is rejected where its header can be trusted. */
static int undecodable(struct gcoap_client *c, const struct gcoap_datagram *in,
		       const struct gcoap_diag *diag, int err)
{
	struct gcoap__party *party = NULL;
	bool version_one = in->data.len >= 4 && in->data.ptr[0] >> 6 == 1;

	if (version_one && c->in.token_len && diag->at >= 4u + c->in.token_len)
		party = gcoap__token_find(&c->tokens, &c->in);
	gcoap__deliver_malformed(c, party ? exchange_of(party) : NULL, in, diag);
	if (version_one)
		refuse(c, in, &c->in);
	return err;
}

bool gcoap__same_endpoint(const struct gcoap_addr *a, const struct gcoap_addr *b)
{
	struct gcoap_addr c = *b;

	if (!a->scope || !b->scope)
		c.scope = a->scope;
	return gcoap_addr_equal(a, &c);
}

bool gcoap__may_answer(const struct gcoap_addr *to, uint32_t ifindex, bool group,
		       const struct gcoap_datagram *in)
{
	if (!group)
		return gcoap__same_endpoint(&in->from, to);
	return !ifindex || !in->ifindex || in->ifindex == ifindex ||
	       gcoap_addr_same_host(&in->from, &in->to);
}

static bool plausible(const struct gcoap__exchange *x, const struct gcoap_datagram *in)
{
	return gcoap__may_answer(&x->ask.to, x->ask.ifindex, x->ask.group, in);
}

void gcoap__unreachable(struct gcoap_client *c, const struct gcoap_datagram *out, int error,
			gcoap_time now)
{
	struct gcoap__exchange *x;
	struct gcoap__party *party;
	bool ping;

	/* What is quoted may end anywhere: header and token are enough. */
	ping = gcoap_msg_decode(&c->in, out->data, NULL) >= 0 && c->in.code == GCOAP_EMPTY &&
	       c->in.type == GCOAP_CON;
	x = ping ? gcoap__pinged(c, c->in.mid) : NULL;
	party = x ? &x->party : c->in.token_len ? gcoap__token_find(&c->tokens, &c->in) : NULL;
	if (!party || (!x && !GCOAP_CODE_IS_REQUEST(c->in.code)))
		return;
	if (party->kind == GCOAP__FOLLOWUP) {
		if (gcoap__same_endpoint(&out->to, &followup_of(party)->peer))
			gcoap__followup_lost(followup_of(party), "the server is gone: the rest "
					     "cannot be asked for", now);
		return;
	}
	x = exchange_of(party);
	if (x->ask.group || x->answers || !gcoap__same_endpoint(&out->to, &x->ask.to))
		return;
	x->error = error;
	gcoap__exchange_close(x, GCOAP_ENDED_ERROR, now);
}

/* A response under a token that was closed. */
static int recv_old(struct gcoap_client *c, const struct gcoap_datagram *in,
		    struct gcoap__old_token *old, gcoap_time now)
{
	struct gcoap__exchange *x = old->party ? exchange_of(old->party) : NULL;
	uint64_t handle;

	if (gcoap_reliability_recv(c->reliability, in, &c->in, &handle, now) ==
	    GCOAP_DUPLICATE) {
		tell(in, "sent the same message again: counted");
		if (x)
			gcoap__answer_extra(x, in, &c->in, true, now);
		else
			c->stats.sum.duplicates++;
		return GCOAP_EDUPLICATE;
	}
	tell(in, "answers after the end: late, or of a request that is no more");
	/* A proxy that goes on is told by RST that nobody listens, also to a NON message (RFC
	 * 7252, Section 4.3; groupcomm-proxy-07, Section 5.1.3). */
	if (x && x->ask.proxied && gcoap__same_endpoint(&in->from, &x->ask.to))
		gcoap_reliability_reset(c->reliability, &in->from, c->in.mid);
	else
		refuse(c, in, &c->in);
	if (x)
		gcoap__answer_extra(x, in, &c->in, false, now);
	else if (old->counts)
		c->stats.sum.late++;
	else
		c->stats.sum.unmatched++;
	return GCOAP_ECLOSED;
}

static int stranger(struct gcoap_client *c, const struct gcoap_datagram *in, const char *what)
{
	tell(in, what);
	refuse(c, in, &c->in);
	c->stats.sum.unmatched++;
	return GCOAP_EUNKNOWN;
}

/* A block under the token of a follow-up, but not from the server that was asked. */
static int wrong_source(struct gcoap_client *c, const struct gcoap__exchange *x,
			const struct gcoap_datagram *in)
{
	static const struct gcoap_diag diag = {
		.name = "wrong-source", .what = "a block from another endpoint than was asked"
	};

	tell_fault(in, &diag);
	gcoap__deliver_malformed(c, x, in, &diag);
	refuse(c, in, &c->in);
	return GCOAP_EUNKNOWN;
}

/* Can the options be worked with (RFC 7252, Section 5.4.1; RFC 7959, Section 2.2)? */
static bool acceptable(const struct gcoap__exchange *x, const struct gcoap_msg *msg,
		       struct gcoap_diag *diag)
{
	const struct gcoap_option *bad, *o;
	struct gcoap_block b;

	if (x->ask.relay) /* for its client to judge */
		return true;
	bad = gcoap_option_bad_critical(x->registry, msg, diag);
	o = gcoap_msg_find(msg, GCOAP_BLOCK2);
	/* Servers name the option that they refuse by sending it back. */
	if (bad && (msg->code != GCOAP_BAD_OPTION || !gcoap_msg_find(&x->msg, bad->number)))
		return false;
	if (o && gcoap_block_decode(o->value, &b, diag) < 0) {
		diag->at += o->at;
		return false;
	}
	return true;
}

/* To whom it is given, once type and Message ID are dealt with. */
static int dispatch(struct gcoap_client *c, struct gcoap__party *party,
		    const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap__exchange *x = exchange_of(party);
	struct gcoap_diag diag;

	if (!acceptable(x, &c->in, &diag)) {
		tell_fault(in, &diag);
		gcoap__deliver_malformed(c, x, in, &diag);
		refuse(c, in, &c->in);
		/* Nothing follows what came on the ACK, but the answers of other servers. */
		if (c->in.type == GCOAP_ACK && !x->ask.proxied)
			gcoap__party_failed(party, now);
		return GCOAP_EMALFORMED;
	}
	if (c->in.type == GCOAP_CON && !gcoap__cancel_refuses(x, &c->in))
		gcoap_reliability_ack(c->reliability, &in->from, c->in.mid);
	if (party->kind == GCOAP__FOLLOWUP)
		gcoap__followup_recv(followup_of(party), in, &c->in, now);
	else
		gcoap__answer_recv(x, in, &c->in, now);
	return 0;
}

/* CON or NON: a response of its own. */
static int recv_message(struct gcoap_client *c, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap__token token = gcoap__token_of(&c->in);
	struct gcoap__old_token *old;
	struct gcoap__party *party;
	uint64_t handle;

	if (!GCOAP_CODE_IS_RESPONSE(c->in.code))
		return stranger(c, in, "asks, and this is no server: ignored");
	party = gcoap__token_find(&c->tokens, &c->in);
	/* It may have come after the end, and still be read before the tick. */
	if (party && party->kind == GCOAP__EXCHANGE && in->at >= exchange_of(party)->ends_at) {
		gcoap__exchange_tick(exchange_of(party), in->at);
		party = gcoap__token_find(&c->tokens, &c->in);
	}
	if (!party) {
		old = gcoap__token_find_old(&c->tokens, &token);
		return old ? recv_old(c, in, old, now)
			   : stranger(c, in, "answers with a token that is not ours: ignored");
	}
	if (party->kind == GCOAP__FOLLOWUP &&
	    !gcoap__same_endpoint(&in->from, &followup_of(party)->peer))
		return wrong_source(c, exchange_of(party), in);
	if (party->kind == GCOAP__EXCHANGE && !plausible(exchange_of(party), in))
		return stranger(c, in, "was not asked, or not over this interface: ignored");
	if (gcoap_reliability_recv(c->reliability, in, &c->in, &handle, now) ==
	    GCOAP_DUPLICATE) {
		tell(in, "sent the same message again: counted");
		if (party->kind == GCOAP__FOLLOWUP)
			c->stats.sum.duplicates++;
		else
			gcoap__answer_extra(exchange_of(party), in, &c->in, true, now);
		return GCOAP_EDUPLICATE;
	}
	return dispatch(c, party, in, now);
}

/* An ACK of nothing in flight: through a proxy it may be one that came late, or twice. */
static int recv_stray(struct gcoap_client *c, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap__party *party = GCOAP_CODE_IS_RESPONSE(c->in.code)
					     ? gcoap__token_find(&c->tokens, &c->in)
					     : NULL;
	struct gcoap__exchange *x = party ? exchange_of(party) : NULL;

	if (x && x->ask.proxied && party == &x->party && plausible(x, in)) {
		tell(in, "sent the same answer again: counted");
		gcoap__answer_extra(x, in, &c->in, true, now);
		return GCOAP_EDUPLICATE;
	}
	tell(in, "acknowledges or rejects nothing that was sent: ignored");
	c->stats.sum.unmatched++;
	return GCOAP_EUNKNOWN;
}

/* ACK or RST: only of what we sent as an individual request. */
static int recv_reply(struct gcoap_client *c, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap__party *party = NULL;
	uint64_t handle;

	switch (gcoap_reliability_recv(c->reliability, in, &c->in, &handle, now)) {
	case GCOAP_DELIVER:
		party = (struct gcoap__party *)(uintptr_t)handle;
		if (!GCOAP_CODE_IS_RESPONSE(c->in.code))
			break;
		return dispatch(c, party, in, now);
	case GCOAP_RESET:
		party = (struct gcoap__party *)(uintptr_t)handle;
		if (party->kind == GCOAP__EXCHANGE && gcoap__pong(exchange_of(party)))
			return 0;
		tell(in, "refused the request with a RST");
		c->stats.sum.refused++;
		exchange_of(party)->reset |= party->kind == GCOAP__EXCHANGE;
		gcoap__party_failed(party, now);
		return 0;
	case GCOAP_ACKED:
		party = (struct gcoap__party *)(uintptr_t)handle;
		if (party->kind == GCOAP__EXCHANGE)
			gcoap__proxied_acked(exchange_of(party), now);
		return 0;
	case GCOAP_DUPLICATE:
		break;
	case GCOAP_STRAY:
		return recv_stray(c, in, now);
	}
	c->stats.sum.unmatched++;
	return GCOAP_EUNKNOWN;
}

int gcoap__recv(struct gcoap_client *c, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap_diag diag = { .name = "truncated",
				   .what = "the datagram is longer than the receive buffer" };
	int r;

	if (!gcoap_addr_is_source(&in->from) || gcoap_addr_is_multicast(&in->to)) {
		tell(in, "is no endpoint that could answer, or writes to a group: ignored");
		c->stats.sum.unmatched++;
		return GCOAP_EINVALID;
	}
	if (in->truncated) {
		tell_fault(in, &diag);
		gcoap__deliver_malformed(c, NULL, in, &diag);
		return GCOAP_EMALFORMED;
	}
	r = gcoap_msg_decode(&c->in, in->data, &diag);
	if (r < 0)
		return undecodable(c, in, &diag, r);
	if (c->in.type == GCOAP_ACK || c->in.type == GCOAP_RST)
		return recv_reply(c, in, now);
	return recv_message(c, in, now);
}
