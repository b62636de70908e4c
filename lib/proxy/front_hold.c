/* ACKs that wait for a response to ride on (RFC 7252, Section 5.2.2). */
#include "front.h"

#include <stdlib.h>
#include <string.h>

struct by_key {
	uint64_t key;
	struct gcoap__held *held;
};

void gcoap__front_hold_init(struct gcoap_front *f)
{
	TAILQ_INIT(&f->held);
	gcoap__table_init(&f->held_by_key, sizeof(struct by_key), sizeof(uint64_t), f->seed);
}

void gcoap__front_held_drop(struct gcoap_front *f, struct gcoap__held *h)
{
	TAILQ_REMOVE(&f->held, h, entry);
	gcoap__table_remove(&f->held_by_key, &h->key);
	free(h);
}

void gcoap__front_hold_clear(struct gcoap_front *f)
{
	struct gcoap__held *h;

	while ((h = TAILQ_FIRST(&f->held)))
		gcoap__front_held_drop(f, h);
	gcoap__table_clear(&f->held_by_key);
}

/* Of what a response has, too. */
static uint64_t key_of(const struct gcoap_front *f, const struct gcoap_peer *peer,
		       const struct gcoap_msg *msg)
{
	struct {
		struct gcoap__endpoint peer, local;
		uint8_t token[GCOAP_TOKEN_MAX];
		uint64_t token_len;
	} key = { gcoap__endpoint(&peer->addr), gcoap__endpoint(&peer->local), { 0 },
		  msg->token_len };

	memcpy(key.token, msg->token, msg->token_len);
	return gcoap__hash(&key, sizeof(key), f->seed);
}

bool gcoap__front_hold(struct gcoap_front *f, const struct gcoap_peer *from,
		       const struct gcoap_msg *request, gcoap_time now)
{
	struct gcoap__held *h;
	struct by_key *k;
	bool added;

	if (f->config.hold_ack <= 0 || f->held_by_key.n >= GCOAP__FRONT_HELD)
		return false;
	h = calloc(1, sizeof(*h));
	if (!h)
		return false;
	h->key = key_of(f, from, request);
	k = gcoap__table_add(&f->held_by_key, &h->key, &added);
	if (!k || !added) {
		free(h);
		return false;
	}
	k->held = h;
	h->due = now + f->config.hold_ack;
	h->peer = *from;
	h->mid = request->mid;
	TAILQ_INSERT_TAIL(&f->held, h, entry);
	return true;
}

struct gcoap__held *gcoap__front_held(const struct gcoap_front *f,
				      const struct gcoap_peer *peer,
				      const struct gcoap_msg *msg)
{
	const struct by_key *k;
	uint64_t key;

	if (!f->held_by_key.n)
		return NULL;
	key = key_of(f, peer, msg);
	k = gcoap__table_find(&f->held_by_key, &key);
	return k ? k->held : NULL;
}

void gcoap__front_acknowledge(struct gcoap_front *f, const struct gcoap_peer *to, uint16_t mid,
			      gcoap_time now)
{
	if (gcoap__front_queue_empty(f, to, GCOAP_ACK, mid, now) < 0)
		f->stats.unsent++;
}

void gcoap__front_held_release(struct gcoap_front *f, struct gcoap__held *h, gcoap_time now)
{
	gcoap__front_acknowledge(f, &h->peer, h->mid, now);
	gcoap__front_held_drop(f, h);
}

gcoap_time gcoap__front_held_due(const struct gcoap_front *f)
{
	const struct gcoap__held *h = TAILQ_FIRST(&f->held); /* all wait equally long */

	return h ? h->due : GCOAP_NEVER;
}

void gcoap__front_held_tick(struct gcoap_front *f, gcoap_time now)
{
	while (gcoap__front_held_due(f) <= now)
		gcoap__front_held_release(f, TAILQ_FIRST(&f->held), now);
}
