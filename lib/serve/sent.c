/* Messages of ours that may be acknowledged or reset: CON ones and notifications. */
#include "serve/host.h"

#include <stdlib.h>

static struct sent **bucket(struct gcoap_serve *s, uint32_t member, uint16_t mid)
{
	return (struct sent **)&s->sents.bucket[gcoap__serve_table_hash(&s->sents, member, mid)];
}

static int queue(struct gcoap_serve *s, struct sent *e, gcoap_time at)
{
	int r = gcoap__due_push(&s->dues, (struct due){ .at = at, .kind = DUE_RETRY,
							.member = e->member, .sent = e });

	e->queued = r == 0;
	return r;
}

struct sent *gcoap__sent_add(struct gcoap_serve *s, uint32_t member, uint16_t mid,
			     const struct gcoap_addr *peer, struct packet *take_packet,
			     struct observer *o, gcoap_time at)
{
	struct sent **head = bucket(s, member, mid);
	struct sent *e = calloc(1, sizeof(*e));

	if (!e) {
		gcoap__packet_unref(take_packet);
		return NULL;
	}
	e->member = member;
	e->mid = mid;
	e->peer = *peer;
	e->packet = take_packet;
	e->observer = o;
	if (e->packet && queue(s, e, at) < 0) {
		gcoap__packet_unref(e->packet);
		free(e);
		return NULL;
	}
	e->next = *head;
	*head = e;
	return e;
}

void gcoap__sent_remove(struct gcoap_serve *s, struct sent *e)
{
	struct sent **p;

	if (!e)
		return;
	for (p = bucket(s, e->member, e->mid); *p != e; p = &(*p)->next)
		;
	*p = e->next;
	gcoap__packet_unref(e->packet);
	e->packet = NULL;
	if (e->queued)
		e->gone = true;
	else
		free(e);
}

static struct sent *find(struct gcoap_serve *s, uint32_t member, uint16_t mid,
			 const struct gcoap_addr *peer)
{
	struct sent *e = *bucket(s, member, mid);

	while (e && !(e->member == member && e->mid == mid && gcoap_addr_equal(&e->peer, peer)))
		e = e->next;
	return e;
}

/* The observer is alive, and the round trip is known: what waited may go. */
static void acknowledged(struct gcoap_serve *s, struct sent *e, gcoap_time now)
{
	struct observer *o = e->observer;
	bool changed = o->dirty;

	if (e->tries == 1)
		o->rtt = now - e->first_at > GCOAP_MS ? now - e->first_at : GCOAP_MS;
	gcoap__packet_unref(e->packet);
	e->packet = NULL;
	o->dirty = false;
	gcoap__observer_arm(s, o, changed, now);
}

bool gcoap__sent_recv(struct gcoap_serve *s, uint32_t member, const struct gcoap_addr *peer,
		      const struct gcoap_msg *m, gcoap_time now)
{
	struct sent *e = find(s, member, m->mid, peer);

	if (!e || (m->type == GCOAP_ACK && !e->packet))
		return false;
	if (!e->observer)
		gcoap__sent_remove(s, e);
	else if (m->type == GCOAP_RST)
		gcoap__observer_remove(s, e->observer);
	else
		acknowledged(s, e, now);
	return true;
}

static gcoap_time first_timeout(struct gcoap_serve *s)
{
	const struct gcoap_transmission *t = &s->config.transmission;
	uint32_t span = t->ack_random_percent > 100 ? t->ack_random_percent - 100 : 0;
	uint64_t range = (uint64_t)t->ack_timeout / 100 * span;

	return t->ack_timeout + (gcoap_time)gcoap_random_below(&s->random, range + 1);
}

int gcoap__sent_retry(struct gcoap_serve *s, struct sent *e, struct gcoap_datagram *out,
		      gcoap_time now)
{
	struct gcoap_fate fate;

	e->queued = false;
	if (e->gone || !e->packet) {
		if (e->gone)
			free(e);
		return 0;
	}
	if (e->tries > s->config.transmission.max_retransmit) {
		if (e->observer)
			gcoap__observer_remove(s, e->observer);
		else
			gcoap__sent_remove(s, e);
		return 0;
	}
	if (e->tries++ == 0) {
		e->first_at = now;
		e->timeout = first_timeout(s);
	} else {
		e->timeout *= 2;
		s->stats.retransmissions++;
	}
	if (queue(s, e, now + e->timeout) < 0)
		s->stats.dropped++;
	gcoap__fate(s, e->member, &fate);
	if (fate.lost) {
		s->stats.lost++;
		return 0;
	}
	return gcoap__out_packet(s, out, e->packet);
}
