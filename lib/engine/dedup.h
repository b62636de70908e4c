/* Deduplication by source endpoint and Message ID (RFC 7252, Section 4.5), in bounded memory. */
#ifndef GCOAP_ENGINE_DEDUP_H
#define GCOAP_ENGINE_DEDUP_H

#include <gcoap/msg.h>
#include <gcoap/time.h>
#include "table.h"

struct gcoap__mid_key {
	struct gcoap__endpoint endpoint;
	uint32_t mid;
};
struct gcoap__mid_key gcoap__mid_key(const struct gcoap_addr *endpoint, uint16_t mid);

void gcoap__seen_init(struct gcoap__aged *seen, const struct gcoap_transmission *params,
		      const uint64_t seed[2]);
/*
 * Was this message received before? If so, *@reply is how it was answered (GCOAP_ACK, GCOAP_RST,
 * GCOAP_NON: not at all). If not, it is remembered from now on, unless memory is short.
 */
bool gcoap__seen_take(struct gcoap__aged *seen, const struct gcoap_transmission *params,
		      const struct gcoap_addr *from, const struct gcoap_msg *msg,
		      uint8_t *reply, gcoap_time now);
void gcoap__seen_answered(struct gcoap__aged *seen, const struct gcoap_addr *from, uint16_t mid,
			  uint8_t reply);

#endif
