/* A request to one member, and how its response travels. */
#include "serve/host.h"

static struct packet *packet_for(struct gcoap_serve *s, const struct gcoap_datagram *in,
				 size_t len)
{
	return gcoap__packet_new(&in->to, &in->from, in->ifindex, s->out, len);
}

/* An empty ACK or RST. */
static struct packet *empty_for(struct gcoap_serve *s, const struct gcoap_datagram *in,
				enum gcoap_type type, uint16_t mid)
{
	s->out[0] = (uint8_t)(0x40 | type << 4);
	s->out[1] = 0;
	s->out[2] = (uint8_t)(mid >> 8);
	s->out[3] = (uint8_t)mid;
	return packet_for(s, in, 4);
}

void gcoap__push_empty(struct gcoap_serve *s, const struct gcoap_datagram *in,
		       enum gcoap_type type, uint16_t mid, gcoap_time now)
{
	gcoap__push_packet(s, empty_for(s, in, type, mid), now);
}

/* The duplicates of a CON get the same again; each is lost or not by itself. */
static void remember(struct seen *seen, const struct gcoap_msg *m, struct packet *p)
{
	if (seen && m->type == GCOAP_CON)
		seen->reply = gcoap__packet_ref(p);
}

static void push_ack(struct gcoap_serve *s, const struct gcoap_datagram *in,
		     const struct gcoap_msg *m, struct seen *seen, gcoap_time now)
{
	struct packet *p = empty_for(s, in, GCOAP_ACK, m->mid);

	remember(seen, m, p);
	gcoap__push_packet(s, p, now);
}

/* The response to a CON request rides on its ACK, that to a NON one has its own Message ID.
 * @seen, or NULL, keeps it for duplicates. */
void gcoap__push_answer(struct gcoap_serve *s, const struct gcoap_datagram *in,
			const struct gcoap_msg *m, uint32_t member, struct seen *seen,
			struct answer *a, const struct gcoap_fate *fate, gcoap_time now)
{
	bool con = m->type == GCOAP_CON;
	uint16_t mid = con && !a->delay ? m->mid : gcoap__next_mid(s, member);
	struct packet *p;
	int len;

	if (a->silent) {
		s->stats.suppressed++;
		if (con)
			push_ack(s, in, m, seen, now);
		return;
	}
	len = gcoap__encode(s, a, !con ? GCOAP_NON : a->delay ? GCOAP_CON : GCOAP_ACK, mid);
	p = len < 0 ? NULL : packet_for(s, in, (size_t)len);
	if (!p)
		return;
	if (con && a->delay) {
		gcoap__sent_add(s, member, mid, &in->from, p, NULL, now + a->delay);
		push_ack(s, in, m, seen, now);
		return;
	}
	remember(seen, m, p);
	if (fate->lost) {
		s->stats.lost++;
		gcoap__packet_unref(p);
		return;
	}
	if (fate->twice)
		gcoap__push_packet(s, gcoap__packet_ref(p), now + fate->late + 20 * GCOAP_MS);
	gcoap__push_packet(s, p, now + a->delay + fate->late);
}

void gcoap__individual(struct gcoap_serve *s, const struct gcoap_datagram *in,
		       const struct gcoap_msg *m, uint32_t member, struct seen *seen,
		       gcoap_time now)
{
	struct gcoap_fate fate;
	const char *why = NULL;
	struct request *q = NULL;
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
	gcoap__push_answer(s, in, m, member, seen, &a, &fate, now);
	gcoap__request_unref(q);
}
