/*
 * Observers: one entry per member, resource, client endpoint and token (RFC 7641, Section
 * 4.1), also when a group request registered it; notifications and their pace.
 */
#include "serve/host.h"

#include <stdlib.h>
#include <string.h>

int gcoap__serve_table_init(struct table *t, uint32_t want)
{
	uint32_t n = 64;

	while (n < want && n < 1u << 17)
		n *= 2;
	t->bucket = calloc(n, sizeof(*t->bucket));
	t->mask = n - 1;
	return t->bucket ? 0 : GCOAP_ENOMEM;
}

uint32_t gcoap__serve_table_hash(const struct table *t, uint64_t a, uint64_t b)
{
	return (uint32_t)gcoap_serve_hash(1, a, b) & t->mask;
}

static struct observer **watched(struct gcoap_serve *s, uint32_t member,
				 const struct gcoap_resource *r)
{
	uint32_t h = gcoap__serve_table_hash(&s->watched, member, (uintptr_t)r);

	return (struct observer **)&s->watched.bucket[h];
}

static struct observer **bucket(struct gcoap_serve *s, const struct request *q, uint32_t member)
{
	uint64_t key = (uintptr_t)q->resource ^ (uint64_t)gcoap_addr_hash(&q->from) << 20;

	for (size_t i = 0; i < q->msg.token_len; i++)
		key = key * 257 + q->msg.token[i];
	return (struct observer **)&s->observers.bucket[gcoap__serve_table_hash(&s->observers,
										member, key)];
}

struct observer *gcoap__observer_find(struct gcoap_serve *s, const struct request *q,
				      uint32_t member)
{
	struct observer *o = *bucket(s, q, member);

	for (; o; o = o->next)
		if (o->member == member && o->request->resource == q->resource &&
		    gcoap_addr_equal(&o->request->from, &q->from) &&
		    gcoap_msg_same_token(&o->request->msg, &q->msg))
			return o;
	return NULL;
}

static void link_in(struct gcoap_serve *s, struct observer *o, const struct request *q)
{
	struct observer **head = bucket(s, q, o->member);

	o->next = *head;
	*head = o;
	head = watched(s, o->member, q->resource);
	o->beside = *head;
	o->beside_link = head;
	if (o->beside)
		o->beside->beside_link = &o->beside;
	*head = o;
	s->stats.observers++;
}

static void link_out(struct gcoap_serve *s, struct observer *o)
{
	struct observer **p;

	for (p = bucket(s, o->request, o->member); *p != o; p = &(*p)->next)
		;
	*p = o->next;
	*o->beside_link = o->beside;
	if (o->beside)
		o->beside->beside_link = o->beside_link;
	s->stats.observers--;
}

struct observer *gcoap__observer_add(struct gcoap_serve *s, struct request *q, uint32_t member,
				     gcoap_time now)
{
	struct observer *o = gcoap__observer_find(s, q, member);

	if (!o && s->stats.observers < OBSERVERS_MAX) {
		o = calloc(1, sizeof(*o));
		if (!o)
			return NULL;
		o->member = member;
		o->value = s->observe_floor;
		o->last_con = now;
		o->since_con = s->config.con_every; /* the first notification proves life */
		link_in(s, o, q);
	} else if (o) {
		o->value = (o->value + 1) & 0xffffff;
		gcoap__request_unref(o->request);
	} else {
		return NULL;
	}
	q->refs++;
	o->request = q;
	o->last_sent = now;
	gcoap__observer_arm(s, o, false, now);
	return o;
}

void gcoap__observer_remove(struct gcoap_serve *s, struct observer *o)
{
	if (!o)
		return;
	link_out(s, o);
	/* An observer that comes back with the same token must not see older numbers. */
	if (o->value >= s->observe_floor)
		s->observe_floor = (o->value + 1) & 0xffffff;
	gcoap__sent_remove(s, o->sent);
	o->sent = NULL;
	gcoap__request_unref(o->request);
	o->request = NULL;
	o->gone = true;
	gcoap__observer_release(o);
}

/* Free it when it is gone and no due speaks of it any more. */
void gcoap__observer_release(struct observer *o)
{
	if (o->gone && o->refs == 0)
		free(o);
}

static bool wants_con(const struct gcoap_serve *s, const struct observer *o, gcoap_time now)
{
	return (s->config.con_every && o->since_con >= s->config.con_every) ||
	       now - o->last_con >= s->config.con_within;
}

/* Not more than one NON a round trip, nor one in 3 s while that is unknown (RFC 7641,
 * Section 4.5.1); a CON one waits for the one before it only. */
static gcoap_time earliest(const struct gcoap_serve *s, const struct observer *o, gcoap_time now)
{
	if (wants_con(s, o, now))
		return now;
	return o->last_sent + (o->rtt ? o->rtt : s->config.notify_gap);
}

void gcoap__observer_arm(struct gcoap_serve *s, struct observer *o, bool changed,
			 gcoap_time now)
{
	gcoap_time at, first = earliest(s, o, now);

	if (o->sent && o->sent->packet) {
		o->dirty |= changed;
		return;
	}
	at = gcoap__period_end(s, o->request->resource, o->member, now);
	if (changed) {
		at = now;
		if (o->request->group)
			at += (gcoap_time)gcoap_random_below(
				&s->random, (uint64_t)s->config.transmission.leisure + 1);
	}
	if (at == GCOAP_NEVER)
		return;
	if (at < first)
		at = first;
	if (o->armed && o->due_at <= at)
		return;
	if (gcoap__due_push(&s->dues, (struct due){ .at = at, .kind = DUE_NOTIFY,
						    .member = o->member, .observer = o }) < 0) {
		s->stats.dropped++;
		return;
	}
	o->refs++;
	o->armed = s->dues.seq;
	o->due_at = at;
}

/* A notification that is not 2.xx is the last one (RFC 7641, Section 4.2). */
static int last_words(struct gcoap_serve *s, struct observer *o, struct answer *a,
		      struct gcoap_datagram *out)
{
	const struct request *q = o->request;
	struct gcoap_addr from, to = q->from;
	uint32_t ifindex = q->ifindex;
	int len = gcoap__encode(s, a, GCOAP_NON, gcoap__next_mid(s, o->member));

	s->config.address_of(s->config.arg, o->member, to.family, &from);
	gcoap__observer_remove(s, o);
	if (len < 0)
		return 0;
	gcoap__out(s, out, &from, &to, ifindex, (size_t)len);
	return 1;
}

static int send_con(struct gcoap_serve *s, struct observer *o, const struct gcoap_addr *from,
		    uint16_t mid, size_t len, gcoap_time now)
{
	struct packet *p = gcoap__packet_new(from, &o->request->from, o->request->ifindex,
					     s->out, len);

	o->since_con = 1;
	o->last_con = now;
	if (p)
		o->sent = gcoap__sent_add(s, o->member, mid, &o->request->from, p, o, now);
	return 0;
}

static int send_non(struct gcoap_serve *s, struct observer *o, const struct gcoap_addr *from,
		    uint16_t mid, size_t len, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap_fate fate;

	o->since_con++;
	o->sent = gcoap__sent_add(s, o->member, mid, &o->request->from, NULL, o, now);
	gcoap__observer_arm(s, o, false, now);
	gcoap__fate(s, o->member, &fate);
	if (fate.lost) {
		s->stats.lost++;
		return 0;
	}
	gcoap__out(s, out, from, &o->request->from, o->request->ifindex, len);
	return 1;
}

int gcoap__observer_notify(struct gcoap_serve *s, struct observer *o,
			   struct gcoap_datagram *out, gcoap_time now)
{
	bool con = wants_con(s, o, now);
	struct gcoap_addr from;
	struct answer a;
	uint16_t mid;
	int len;

	if (o->sent && o->sent->packet) {
		o->dirty = true;
		return 0;
	}
	gcoap__answer(s, o->request, o->member, true, 0, &a, now);
	s->stats.notifications++;
	if (GCOAP_CODE_CLASS(a.msg.code) != 2)
		return last_words(s, o, &a, out);
	o->value = (o->value + 1) & 0xffffff;
	gcoap__answer_uint(&a, GCOAP_OBSERVE, o->value);
	mid = gcoap__next_mid(s, o->member);
	len = gcoap__encode(s, &a, con ? GCOAP_CON : GCOAP_NON, mid);
	if (len < 0)
		return 0;
	gcoap__sent_remove(s, o->sent);
	o->sent = NULL;
	o->last_sent = now;
	s->config.address_of(s->config.arg, o->member, o->request->from.family, &from);
	if (con)
		return send_con(s, o, &from, mid, (size_t)len, now);
	return send_non(s, o, &from, mid, (size_t)len, out, now);
}

void gcoap_serve_changed(struct gcoap_serve *s, uint32_t member,
			 const struct gcoap_resource *resource, gcoap_time now)
{
	struct observer *o = *watched(s, member, resource);

	for (; o; o = o->beside)
		if (o->member == member && o->request->resource == resource)
			gcoap__observer_arm(s, o, true, now);
}
