/* What a received datagram is: rejected, ignored, repeated or served. */
#include "serve/host.h"

static void tell(struct gcoap_serve *s, const struct gcoap_datagram *in,
		 const struct gcoap_msg *m, enum gcoap_taken taken, const char *why)
{
	s->stats.ignored += taken == GCOAP_TAKEN_SILENT;
	s->stats.duplicates += taken == GCOAP_TAKEN_DUPLICATE;
	if (s->config.seen)
		s->config.seen(s->config.arg, in, m, taken, why);
}

static bool unicast_con(const struct gcoap_datagram *in)
{
	const uint8_t *p = in->data.ptr;

	return in->data.len >= 4 && p[0] >> 6 == 1 && (p[0] >> 4 & 3) == GCOAP_CON &&
	       !gcoap_addr_is_multicast(&in->to);
}

/* A CON that cannot be read is rejected with RST (RFC 7252, Section 4.2); nothing else is
 * answered, but for requests with more options than are looked at. */
static int malformed(struct gcoap_serve *s, const struct gcoap_datagram *in,
		     const struct gcoap_msg *m, uint32_t member, int err,
		     const struct gcoap_diag *diag, gcoap_time now)
{
	const struct gcoap_fate fate = { 0 };
	struct answer a;

	s->stats.malformed++;
	if (gcoap_addr_is_multicast(&in->to)) {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, diag->name);
	} else if (err == GCOAP_ELIMIT && GCOAP_CODE_IS_REQUEST(m->code) &&
		   m->type <= GCOAP_NON) {
		gcoap__answer_error(&a, m, GCOAP_BAD_OPTION, "too many options (64)");
		gcoap__push_answer(s, in, m, member, NULL, &a, &fate, now);
		tell(s, in, NULL, GCOAP_TAKEN_REFUSED, diag->name);
	} else if (unicast_con(in)) {
		gcoap__push_empty(s, in, GCOAP_RST,
			   (uint16_t)(in->data.ptr[2] << 8 | in->data.ptr[3]), now);
		tell(s, in, NULL, GCOAP_TAKEN_REFUSED, diag->name);
	} else {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, diag->name);
	}
	return err;
}

/* Not a request: a reply to us, a ping, or a response that nobody asked for. */
static void other(struct gcoap_serve *s, const struct gcoap_datagram *in,
		  const struct gcoap_msg *m, uint32_t member, bool group, gcoap_time now)
{
	if (group) {
		tell(s, in, m, GCOAP_TAKEN_SILENT, "not a request, to a group");
	} else if (m->type >= GCOAP_ACK) {
		if (gcoap__sent_recv(s, member, &in->from, m, now))
			tell(s, in, m, GCOAP_TAKEN_REPLY, NULL);
		else
			tell(s, in, m, GCOAP_TAKEN_SILENT, "ACK or RST to nothing of ours");
	} else if (m->type == GCOAP_CON) {
		gcoap__push_empty(s, in, GCOAP_RST, m->mid, now);
		tell(s, in, m, GCOAP_TAKEN_REFUSED, "not a request");
	} else {
		tell(s, in, m, GCOAP_TAKEN_SILENT, "not a request");
	}
}

/* A duplicate gets what the first one got; the network may lose one and not the other. */
static void again(struct gcoap_serve *s, const struct seen *seen, uint32_t member,
		  gcoap_time now)
{
	struct gcoap_fate fate = { 0 };

	if (!seen->reply)
		return;
	gcoap__fate(s, member, &fate);
	if (fate.lost)
		s->stats.lost++;
	else
		gcoap__push_packet(s, gcoap__packet_ref(seen->reply), now);
}

/* Requests: deduplicate, then serve. */
static void request(struct gcoap_serve *s, const struct gcoap_datagram *in,
		    const struct gcoap_msg *m, uint32_t member, struct leisure *group,
		    gcoap_time now)
{
	const struct gcoap_transmission *t = &s->config.transmission;
	struct seen *seen = gcoap__recent_find(&s->recent, in, m->mid, now);
	const char *why = NULL;

	if (seen) {
		again(s, seen, member, now);
		tell(s, in, m, GCOAP_TAKEN_DUPLICATE, NULL);
		return;
	}
	if (group && m->type == GCOAP_CON) {
		tell(s, in, m, GCOAP_TAKEN_SILENT, "CON to a group");
		return;
	}
	seen = gcoap__recent_add(&s->recent, in, m->mid,
				 now + (m->type == GCOAP_CON ? t->exchange_lifetime
							     : t->non_lifetime));
	if (group)
		why = gcoap__group_request(s, in, m, group, now);
	else
		gcoap__individual(s, in, m, member, seen, now);
	tell(s, in, m, why ? GCOAP_TAKEN_SILENT : GCOAP_TAKEN_REQUEST, why);
}

int gcoap__serve_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	struct gcoap_serve *s = (struct gcoap_serve *)e;
	bool group = gcoap_addr_is_multicast(&in->to);
	struct leisure *l = group ? gcoap__leisure_of(s, &in->to) : NULL;
	uint32_t member = group ? GCOAP_MEMBER_NONE
				: s->config.member_of(s->config.arg, &in->to);
	struct gcoap_diag diag = { 0 };
	struct gcoap_msg m;
	int r;

	s->stats.datagrams++;
	if (in->truncated || !gcoap_addr_is_source(&in->from)) {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, in->truncated ? "truncated" : "bad source");
		return GCOAP_EMALFORMED;
	}
	if (group ? !l : member >= s->config.members) {
		tell(s, in, NULL, GCOAP_TAKEN_SILENT, "not for a member");
		return GCOAP_ENOTFOUND;
	}
	r = gcoap_msg_decode(&m, in->data, &diag);
	if (r < 0)
		return malformed(s, in, &m, member, r, &diag, now);
	if (GCOAP_CODE_IS_REQUEST(m.code) && m.type <= GCOAP_NON)
		request(s, in, &m, member, l, now);
	else
		other(s, in, &m, member, group, now);
	return 0;
}
