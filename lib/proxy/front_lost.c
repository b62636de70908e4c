/*
 * Who no longer listens: a client that answers a message with a RST, or whose port is closed, as
 * ICMP says.
 */
#include "front.h"

#include <errno.h>
#include <string.h>

/* A message that was sent: its first two bytes and its token; the key is made of its endpoint and
 * its Message ID. */
struct sent {
	uint64_t key;
	uint8_t token[GCOAP_TOKEN_MAX];
	uint8_t first, code;
	uint8_t token_len;
	bool lost; /* served has been told */
};

void gcoap__front_lost_init(struct gcoap_front *f)
{
	gcoap__aged_init(&f->sent, sizeof(struct sent), sizeof(uint64_t), f->seed,
			 f->config.transmission.exchange_lifetime, GCOAP__FRONT_SENT);
}

uint64_t gcoap__front_key(const struct gcoap_front *f, const struct gcoap_addr *endpoint,
			  uint16_t mid)
{
	struct {
		struct gcoap__endpoint endpoint;
		uint64_t mid;
	} key = { gcoap__endpoint(endpoint), mid };

	return gcoap__hash(&key, sizeof(key), f->seed);
}

void gcoap__front_remember(struct gcoap_front *f, const struct gcoap_msg *msg, uint64_t key,
			   gcoap_time now)
{
	struct sent *s = gcoap__aged_add(&f->sent, &key, now);

	if (!s)
		return;
	memcpy(s->token, msg->token, sizeof(s->token));
	s->token_len = msg->token_len;
	s->first = (uint8_t)(1u << 6 | (unsigned)msg->type << 4 | msg->token_len);
	s->code = msg->code;
	s->lost = false;
}

static void lost(struct gcoap_front *f, const struct gcoap_peer *peer, struct sent *s,
		 gcoap_time now)
{
	struct sent copy;

	s->lost = true;
	copy = *s; /* the call may send, and so make us forget */
	f->config.served->lost(f->config.served, peer, copy.token, copy.token_len, now);
}

bool gcoap__front_answered(struct gcoap_front *f, const struct gcoap_peer *from,
			   const struct gcoap_msg *msg, gcoap_time now)
{
	uint64_t key = gcoap__front_key(f, &from->addr, msg->mid);
	bool awaited = gcoap__front_unawait(f, key);
	struct sent *s;

	if (msg->type == GCOAP_ACK)
		return awaited;
	s = gcoap__aged_find(&f->sent, &key);
	if (!s || s->lost)
		return awaited;
	lost(f, from, s, now);
	return true;
}

/* Whoever forges an error has to know what was sent, as with a RST (RFC 7252, Section 4.2). */
static bool quotes(struct gcoap_bytes quoted, const struct sent *s)
{
	return quoted.len >= 4u + s->token_len && quoted.ptr[0] == s->first &&
	       quoted.ptr[1] == s->code && !memcmp(quoted.ptr + 4, s->token, s->token_len);
}

/* Other errors than that of a closed port may pass. */
void gcoap__front_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			      int error, gcoap_time now)
{
	struct gcoap_front *f = gcoap__front_of(e);
	struct gcoap_peer peer = { .way = &f->way, .transport = GCOAP_SCHEME_COAP,
				   .addr = out->to, .local = out->from };
	struct gcoap_bytes quoted = out->data;
	struct sent *s;
	uint64_t key;

	if (error != ECONNREFUSED || quoted.len < 4)
		return;
	key = gcoap__front_key(f, &out->to, (uint16_t)(quoted.ptr[2] << 8 | quoted.ptr[3]));
	s = gcoap__aged_find(&f->sent, &key);
	if (!s || s->lost || !quotes(quoted, s))
		return;
	(void)gcoap__front_unawait(f, key);
	lost(f, &peer, s, now);
}
