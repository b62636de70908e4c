/* The ring of empty messages. */
#include "reply.h"

#include <stdlib.h>
#include <string.h>
#include <gcoap/error.h>
#include <gcoap/msg.h>

void gcoap__replies_clear(struct gcoap__replies *q)
{
	free(q->ring);
	memset(q, 0, sizeof(*q));
}

static int grow(struct gcoap__replies *q)
{
	uint32_t cap = q->cap ? q->cap * 2 : 32;
	struct gcoap__reply *ring;

	if (cap > GCOAP__REPLIES_MAX)
		return GCOAP_ELIMIT;
	ring = malloc(cap * sizeof(*ring));
	if (!ring)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < q->n; i++)
		ring[i] = q->ring[(q->first + i) % q->cap];
	free(q->ring);
	q->ring = ring;
	q->cap = cap;
	q->first = 0;
	return 0;
}

int gcoap__reply_add(struct gcoap__replies *q, uint8_t type, const struct gcoap_addr *to,
		     uint16_t mid)
{
	int r = q->n == q->cap ? grow(q) : 0;

	if (r < 0)
		return r;
	q->ring[(q->first + q->n++) % q->cap] =
		(struct gcoap__reply){ .to = *to, .mid = mid, .type = type };
	return 0;
}

int gcoap__reply_send(struct gcoap__replies *q, struct gcoap_datagram *out)
{
	const struct gcoap__reply *p;

	if (!q->n)
		return 0;
	p = &q->ring[q->first];
	q->first = (q->first + 1) % q->cap;
	q->n--;
	q->bytes[0] = (uint8_t)(1 << 6 | p->type << 4);
	q->bytes[1] = GCOAP_EMPTY;
	q->bytes[2] = (uint8_t)(p->mid >> 8);
	q->bytes[3] = (uint8_t)p->mid;
	memset(out, 0, sizeof(*out));
	out->to = p->to;
	out->data = (struct gcoap_bytes){ q->bytes, sizeof(q->bytes) };
	return 1;
}
