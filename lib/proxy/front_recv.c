/* What a received datagram is: rejected, ignored, repeated, challenged or handed over. */
#include "front.h"

#include <string.h>

static void refuse(struct gcoap_front *f, const struct gcoap_peer *from, uint16_t mid,
		   gcoap_time now)
{
	f->stats.refused++;
	if (gcoap__front_queue_empty(f, from, GCOAP_RST, mid, now) < 0)
		f->stats.unsent++;
}

/* A request with more options than are looked at. */
static void too_many_options(struct gcoap_front *f, const struct gcoap_peer *from,
			     const struct gcoap_msg *request, gcoap_time now)
{
	bool con = request->type == GCOAP_CON;
	struct gcoap_msg *m = &f->out;

	gcoap_msg_init(m, con ? GCOAP_ACK : GCOAP_NON, GCOAP_BAD_OPTION);
	m->mid = con ? request->mid : gcoap__front_mid(f, &from->addr);
	gcoap_msg_set_token(m, request->token, request->token_len);
	m->payload = gcoap_bytes_text("too many options (64)");
	f->stats.refused++;
	if (gcoap__front_queue(f, from, m, now, NULL) < 0)
		f->stats.unsent++;
}

/* A CON that cannot be read is rejected with RST (RFC 7252, Section 4.2); all else that cannot
 * be read is ignored. */
static void malformed(struct gcoap_front *f, const struct gcoap_peer *from,
		      const struct gcoap_msg *m, int err, gcoap_time now)
{
	f->stats.malformed++;
	if (err == GCOAP_ESHORT || err == GCOAP_EUNSUPPORTED)
		return;
	if (err == GCOAP_ELIMIT && GCOAP_CODE_IS_REQUEST(m->code) && m->type <= GCOAP_NON)
		too_many_options(f, from, m, now);
	else if (m->type == GCOAP_CON)
		refuse(f, from, m->mid, now);
}

/* An answer to a message of ours, a ping (Section 4.3), or what only a client is sent. */
static void other(struct gcoap_front *f, const struct gcoap_peer *from,
		  const struct gcoap_msg *m, gcoap_time now)
{
	if (m->type >= GCOAP_ACK)
		f->stats.ignored += m->code != GCOAP_EMPTY ||
				    !gcoap__front_answered(f, from, m, now);
	else if (m->type == GCOAP_CON)
		refuse(f, from, m->mid, now);
	else
		f->stats.ignored++;
}

/* What the first one got, if it was CON and got anything yet; the rest went its own way. */
static void duplicate(struct gcoap_front *f, const struct gcoap_peer *from,
		      const struct gcoap_msg *m, const struct gcoap__front_seen *s,
		      gcoap_time now)
{
	const struct gcoap__held *held = gcoap__front_held(f, from, m);
	struct gcoap_bytes reply = gcoap__front_kept(f, s);

	f->stats.duplicates++;
	if (m->type != GCOAP_CON || (held && held->mid == m->mid))
		return;
	if (!reply.len)
		gcoap__front_acknowledge(f, from, m->mid, now);
	else if (gcoap__front_queue_bytes(f, from, reply) < 0)
		f->stats.unsent++;
}

static void hand_over(struct gcoap_front *f, const struct gcoap_peer *from,
		      const struct gcoap_msg *m, struct gcoap__front_seen *s, gcoap_time now)
{
	struct gcoap__held *held = gcoap__front_held(f, from, m);

	/* What answers this one must not ride on the ACK of an earlier one. */
	if (held)
		gcoap__front_held_release(f, held, now);
	f->stats.requests++;
	f->now = (struct gcoap__front_now){ .peer = from, .msg = m, .seen = s };
	f->config.served->request(f->config.served, from, m, now);
	f->now.peer = NULL;
	if (m->type == GCOAP_CON && !f->now.answered && !gcoap__front_hold(f, from, m, now))
		gcoap__front_acknowledge(f, from, m->mid, now);
}

static void challenge(struct gcoap_front *f, const struct gcoap_peer *from,
		      const struct gcoap_msg *m, size_t len, gcoap_time now)
{
	bool added;

	(void)gcoap__front_seen_take(f, &f->strangers, from, m, now, &added);
	gcoap__front_challenge(f, from, m, len, now);
}

static void request(struct gcoap_front *f, const struct gcoap_peer *from, struct gcoap_msg *m,
		    size_t len, gcoap_time now)
{
	bool proved = gcoap__front_proved(f, &from->addr, now), added;
	struct gcoap__front_seen *s;

	if (gcoap__front_echoed(f, &from->addr, m, now)) {
		f->stats.proved += !proved;
	} else if (!proved || gcoap__front_was_challenged(f, from, m, now)) {
		challenge(f, from, m, len, now);
		return;
	}
	s = gcoap__front_seen_take(f, &f->seen, from, m, now, &added);
	if (s && !added)
		duplicate(f, from, m, s, now);
	else
		hand_over(f, from, m, s, now);
}

int gcoap__front_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap_front *f = gcoap__front_of(e);
	struct gcoap_peer from = { .way = &f->way, .transport = GCOAP_SCHEME_COAP,
				   .addr = in->from, .local = in->to,
				   .ifindex = in->ifindex };
	struct gcoap_msg *m = &f->in;
	int r;

	f->stats.datagrams++;
	f->stats.bytes_in += in->data.len;
	/* Nobody is proxied who asks a group (groupcomm-bis-03, Section 3.4). */
	if (in->truncated || !gcoap_addr_is_source(&in->from) ||
	    gcoap_addr_is_multicast(&in->to)) {
		f->stats.ignored++;
		return GCOAP_EINVALID;
	}
	r = gcoap_msg_decode(m, in->data, NULL);
	if (r < 0) {
		malformed(f, &from, m, r, now);
		return r;
	}
	if (f->config.seen)
		f->config.seen(f->config.arg, false, &from, m, now);
	if (GCOAP_CODE_IS_REQUEST(m->code) && m->type <= GCOAP_NON)
		request(f, &from, m, in->data.len, now);
	else
		other(f, &from, m, now);
	return 0;
}
