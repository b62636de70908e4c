/* Which requests were received (RFC 7252, Section 4.5), and what their duplicates get. */
#include "front.h"

#include <stdlib.h>
#include <string.h>

void gcoap__front_seen_init(struct gcoap_front *f)
{
	const gcoap_time life = f->config.transmission.exchange_lifetime;

	gcoap__aged_init(&f->seen, sizeof(struct gcoap__front_seen), sizeof(uint64_t), f->seed,
			 life, GCOAP__FRONT_SEEN);
	gcoap__aged_init(&f->strangers, sizeof(struct gcoap__front_seen), sizeof(uint64_t),
			 f->seed, life, GCOAP__FRONT_STRANGERS);
}

void gcoap__front_seen_clear(struct gcoap_front *f)
{
	gcoap__aged_clear(&f->seen);
	gcoap__aged_clear(&f->strangers);
	free(f->kept.bytes);
	f->kept.bytes = NULL;
}

/*
 * The token counts too: a client that uses its Message IDs faster than it may still means
 * another request by it, and a retransmission has the same one.
 */
static uint64_t key_of(const struct gcoap_front *f, const struct gcoap_peer *from,
		       const struct gcoap_msg *msg)
{
	struct {
		struct gcoap__endpoint from, to;
		uint8_t token[GCOAP_TOKEN_MAX];
		uint32_t mid, token_len;
	} key = { gcoap__endpoint(&from->addr), gcoap__endpoint(&from->local), { 0 },
		  msg->mid, msg->token_len };

	memcpy(key.token, msg->token, sizeof(key.token));
	return gcoap__hash(&key, sizeof(key), f->seed);
}

struct gcoap__front_seen *gcoap__front_seen_take(struct gcoap_front *f, struct gcoap__aged *in,
						 const struct gcoap_peer *from,
						 const struct gcoap_msg *msg, gcoap_time now,
						 bool *added)
{
	const struct gcoap_transmission *t = &f->config.transmission;
	uint64_t key = key_of(f, from, msg);
	struct gcoap__front_seen *s = gcoap__aged_take(in, &key, now, added);

	if (s && (*added || now >= s->until)) {
		*added = true;
		s->until = now + (msg->type == GCOAP_CON ? t->exchange_lifetime
							 : t->non_lifetime);
		s->reply_len = 0;
	}
	return s;
}

struct gcoap__front_seen *gcoap__front_seen_find(const struct gcoap_front *f,
						 const struct gcoap_peer *peer,
						 const struct gcoap_msg *msg)
{
	uint64_t key = key_of(f, peer, msg);

	return gcoap__aged_find(&f->seen, &key);
}

bool gcoap__front_was_challenged(struct gcoap_front *f, const struct gcoap_peer *from,
				 const struct gcoap_msg *msg, gcoap_time now)
{
	const struct gcoap__front_seen *s;
	uint64_t key;

	if (!f->strangers.young.n)
		return false;
	key = key_of(f, from, msg);
	s = gcoap__aged_find(&f->strangers, &key);
	return s && now < s->until;
}

void gcoap__front_keep(struct gcoap_front *f, struct gcoap__front_seen *s,
		       struct gcoap_bytes reply)
{
	struct gcoap__front_kept *k = &f->kept;
	size_t at = k->end % GCOAP__FRONT_KEPT;

	if (!k->bytes)
		k->bytes = malloc(GCOAP__FRONT_KEPT);
	if (!k->bytes)
		return;
	if (at + reply.len > GCOAP__FRONT_KEPT) {
		k->end += GCOAP__FRONT_KEPT - at;
		at = 0;
	}
	memcpy(k->bytes + at, reply.ptr, reply.len);
	s->reply = k->end;
	s->reply_len = (uint32_t)reply.len;
	k->end += reply.len;
}

struct gcoap_bytes gcoap__front_kept(const struct gcoap_front *f,
				     const struct gcoap__front_seen *s)
{
	if (!s->reply_len || f->kept.end - s->reply > GCOAP__FRONT_KEPT)
		return (struct gcoap_bytes){ 0 };
	return (struct gcoap_bytes){ f->kept.bytes + s->reply % GCOAP__FRONT_KEPT,
				     s->reply_len };
}
