/* What is due now goes out: one datagram a call. */
#include "serve/host.h"

static int send_answer(struct gcoap_serve *s, const struct due *d, struct gcoap_datagram *out,
		       gcoap_time now)
{
	struct request *q = d->request;
	struct gcoap_addr from;
	struct answer a;
	int len;

	gcoap__answer(s, q, d->member, false, d->error, &a, now);
	if (a.silent) {
		s->stats.suppressed++;
		return 0;
	}
	len = gcoap__encode(s, &a, GCOAP_NON, gcoap__next_mid(s, d->member));
	if (len < 0)
		return 0;
	s->config.address_of(s->config.arg, d->member, q->from.family, &from);
	gcoap__out(s, out, &from, &q->from, q->ifindex, (size_t)len);
	if (d->twice)
		gcoap__push_packet(s, gcoap__packet_new(&from, &q->from, q->ifindex, s->out,
						 (size_t)len), now + 20 * GCOAP_MS);
	return 1;
}

static int send_due(struct gcoap_serve *s, const struct due *d, struct gcoap_datagram *out,
		    gcoap_time now)
{
	int r = 0;

	switch ((enum due_kind)d->kind) {
	case DUE_ANSWER:
		r = send_answer(s, d, out, now);
		gcoap__request_unref(d->request);
		break;
	case DUE_PACKET:
		r = gcoap__out_packet(s, out, d->packet);
		gcoap__packet_unref(d->packet);
		break;
	case DUE_RETRY:
		r = gcoap__sent_retry(s, d->sent, out, now);
		break;
	case DUE_NOTIFY:
		d->observer->refs--;
		if (d->observer->gone) {
			gcoap__observer_release(d->observer);
		} else if (d->observer->armed == d->seq) {
			d->observer->armed = 0;
			r = gcoap__observer_notify(s, d->observer, out, now);
		}
		break;
	}
	return r;
}

int gcoap__serve_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap_serve *s = (struct gcoap_serve *)e;
	struct due d;

	while (gcoap__due_pop(&s->dues, now, &d))
		if (send_due(s, &d, out, now))
			return 1;
	return 0;
}
