/* Deduplication: a ring of the last messages, found by a hash of endpoint and Message ID. */
#include "serve/host.h"

#include <stdlib.h>

#define BUCKETS 16384u
#define NIL UINT32_MAX

static uint32_t bucket_of(const struct gcoap_addr *from, const struct gcoap_addr *to,
			  uint16_t mid)
{
	uint32_t h = gcoap_addr_hash(from) * 31 + gcoap_addr_hash(to);

	return (h ^ mid * 2654435761u) % BUCKETS;
}

int gcoap__recent_init(struct recent *r)
{
	r->ring = calloc(RECENT_MAX, sizeof(*r->ring));
	r->bucket = malloc(BUCKETS * sizeof(*r->bucket));
	if (!r->ring || !r->bucket) {
		gcoap__recent_clear(r);
		return GCOAP_ENOMEM;
	}
	for (uint32_t i = 0; i < BUCKETS; i++)
		r->bucket[i] = NIL;
	return 0;
}

void gcoap__recent_clear(struct recent *r)
{
	/* filled from the start on */
	for (uint32_t i = 0; r->ring && i < RECENT_MAX && r->ring[i].until; i++)
		gcoap__packet_unref(r->ring[i].reply);
	free(r->ring);
	free(r->bucket);
	r->ring = NULL;
	r->bucket = NULL;
}

struct seen *gcoap__recent_find(struct recent *r, const struct gcoap_datagram *in,
				uint16_t mid, gcoap_time now)
{
	uint32_t i = r->bucket[bucket_of(&in->from, &in->to, mid)];

	for (; i != NIL; i = r->ring[i].next) {
		struct seen *s = &r->ring[i];

		if (s->mid == mid && s->until > now && gcoap_addr_equal(&s->from, &in->from) &&
		    gcoap_addr_equal(&s->to, &in->to))
			return s;
	}
	return NULL;
}

static void unlink_entry(struct recent *r, uint32_t at)
{
	struct seen *s = &r->ring[at];
	uint32_t *p = &r->bucket[bucket_of(&s->from, &s->to, s->mid)];

	while (*p != at)
		p = &r->ring[*p].next;
	*p = s->next;
	gcoap__packet_unref(s->reply);
	s->reply = NULL;
	s->used = false;
}

struct seen *gcoap__recent_add(struct recent *r, const struct gcoap_datagram *in, uint16_t mid,
			       gcoap_time until)
{
	uint32_t *head = &r->bucket[bucket_of(&in->from, &in->to, mid)];
	struct seen *s = &r->ring[r->at];

	if (s->used)
		unlink_entry(r, r->at);
	s->from = in->from;
	s->to = in->to;
	s->mid = mid;
	s->until = until;
	s->used = true;
	s->next = *head;
	*head = r->at;
	r->at = (r->at + 1) % RECENT_MAX;
	return s;
}
