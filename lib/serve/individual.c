/* A request to one member, and how its response travels. */
#include "serve/host.h"

static struct packet *packet_for(struct gcoap_serve *s, const struct gcoap_datagram *in,
				 size_t len)
{
	return gcoap__packet_new(&in->to, &in->from, in->ifindex, s->out, len);
}

/* An empty ACK or RST. */
struct packet *gcoap__push_empty(struct gcoap_serve *s, const struct gcoap_datagram *in,
				 enum gcoap_type type, uint16_t mid, gcoap_time now)
{
	struct packet *p;

	s->out[0] = (uint8_t)(0x40 | type << 4);
	s->out[1] = 0;
	s->out[2] = (uint8_t)(mid >> 8);
	s->out[3] = (uint8_t)mid;
	p = packet_for(s, in, 4);
	gcoap__push_packet(s, p, now);
	return p;
}

/* The response to a CON request rides on its ACK, that to a NON one has its own Message ID.
 * Returns the packet for the duplicates of a CON; it is owned by the queue. */
struct packet *gcoap__push_answer(struct gcoap_serve *s, const struct gcoap_datagram *in,
				  const struct gcoap_msg *m, uint32_t member, struct answer *a,
				  const struct gcoap_fate *fate, gcoap_time now)
{
	bool con = m->type == GCOAP_CON;
	uint16_t mid = con && !a->delay ? m->mid : gcoap__next_mid(s, member);
	struct packet *p;
	int len;

	if (a->silent) {
		s->stats.suppressed++;
		return con ? gcoap__push_empty(s, in, GCOAP_ACK, m->mid, now) : NULL;
	}
	len = gcoap__encode(s, a, !con ? GCOAP_NON : a->delay ? GCOAP_CON : GCOAP_ACK, mid);
	if (len < 0)
		return NULL;
	p = packet_for(s, in, (size_t)len);
	if (!p)
		return NULL;
	if (con && a->delay) {
		gcoap__sent_add(s, member, mid, &in->from, p, NULL, now + a->delay);
		return gcoap__push_empty(s, in, GCOAP_ACK, m->mid, now);
	}
	if (fate->lost) {
		s->stats.lost++;
		gcoap__packet_unref(p);
		return NULL;
	}
	if (fate->twice)
		gcoap__push_packet(s, gcoap__packet_ref(p), now + fate->late + 20 * GCOAP_MS);
	gcoap__push_packet(s, p, now + a->delay + fate->late);
	return p;
}

void gcoap__individual(struct gcoap_serve *s, const struct gcoap_datagram *in,
		       const struct gcoap_msg *m, uint32_t member, struct seen *seen,
		       gcoap_time now)
{
	struct gcoap_fate fate;
	const char *why = NULL;
	struct request *q = NULL;
	struct packet *p;
	struct answer a;
	uint8_t code = gcoap__request_check(s, m, &why);

	gcoap__fate(s, member, &fate);
	s->stats.requests++;
	if (code) {
		gcoap__answer_error(&a, m, code, why);
	} else if (gcoap__request_new(&q, s, in) < 0) {
		return;
	} else {
		if (q->observe == 1)
			gcoap__observer_remove(s, gcoap__observer_find(s, q, member));
		gcoap__answer(s, q, member, false, fate.code, &a, now);
	}
	p = gcoap__push_answer(s, in, m, member, &a, &fate, now);
	if (m->type == GCOAP_CON)
		seen->reply = gcoap__packet_ref(p);
	gcoap__request_unref(q);
}
