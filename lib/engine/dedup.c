/* Which messages were received, and how they were answered. */
#include "dedup.h"

#define SEEN_CAP 32768 /* remembered, twice at most */

/* A message that was received, and until when its Message ID means this one: small, as every
 * answer leaves one. */
struct seen {
	struct gcoap__mid_key key;
	uint32_t reply : 2;
	uint32_t until : 30; /* s */
};

static uint32_t seconds_up(gcoap_time t)
{
	return (uint32_t)((t + GCOAP_SECOND - 1) / GCOAP_SECOND);
}

struct gcoap__mid_key gcoap__mid_key(const struct gcoap_addr *endpoint, uint16_t mid)
{
	return (struct gcoap__mid_key){ .endpoint = gcoap__endpoint(endpoint), .mid = mid };
}

void gcoap__seen_init(struct gcoap__aged *seen, const struct gcoap_transmission *params,
		      const uint64_t seed[2])
{
	gcoap__aged_init(seen, sizeof(struct seen), sizeof(struct gcoap__mid_key), seed,
			 params->exchange_lifetime, SEEN_CAP);
}

bool gcoap__seen_take(struct gcoap__aged *seen, const struct gcoap_transmission *params,
		      const struct gcoap_addr *from, const struct gcoap_msg *msg,
		      uint8_t *reply, gcoap_time now)
{
	struct gcoap__mid_key key = gcoap__mid_key(from, msg->mid);
	bool added;
	struct seen *s = gcoap__aged_take(seen, &key, now, &added);

	if (s && !added && now / GCOAP_SECOND < s->until) {
		*reply = (uint8_t)s->reply;
		return true;
	}
	if (s) {
		s->reply = GCOAP_NON;
		s->until = seconds_up(now + (msg->type == GCOAP_CON ? params->exchange_lifetime
								    : params->non_lifetime));
	}
	return false;
}

void gcoap__seen_answered(struct gcoap__aged *seen, const struct gcoap_addr *from, uint16_t mid,
			  uint8_t reply)
{
	struct gcoap__mid_key key = gcoap__mid_key(from, mid);
	struct seen *s = gcoap__aged_find(seen, &key);

	if (s)
		s->reply = reply & 3;
}
