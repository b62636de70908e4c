/* Empty ACK and RST messages that wait to be sent: a ring, without an allocation each. */
#ifndef GCOAP_ENGINE_REPLY_H
#define GCOAP_ENGINE_REPLY_H

#include <gcoap/datagram.h>

#define GCOAP__REPLIES_MAX 32768

struct gcoap__reply {
	struct gcoap_addr to;
	uint16_t mid;
	uint8_t type;
};

struct gcoap__replies {
	struct gcoap__reply *ring;
	uint32_t first, n, cap;
	uint8_t bytes[4]; /* of the one handed out last */
};

void gcoap__replies_clear(struct gcoap__replies *q);
/* GCOAP_ENOMEM, GCOAP_ELIMIT. */
int gcoap__reply_add(struct gcoap__replies *q, uint8_t type, const struct gcoap_addr *to,
		     uint16_t mid);
/* 1 and the oldest as a datagram, or 0. */
int gcoap__reply_send(struct gcoap__replies *q, struct gcoap_datagram *out);

#endif
