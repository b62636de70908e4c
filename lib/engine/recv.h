/* One datagram in: whose is it, and what becomes of it. */
#ifndef GCOAP_ENGINE_RECV_H
#define GCOAP_ENGINE_RECV_H

#include "engine.h"

/* 0 for a response that was taken; GCOAP_EDUPLICATE, GCOAP_EUNKNOWN (nobody's token),
 * GCOAP_ECLOSED (late), GCOAP_EINVALID (an endpoint that cannot be), or the decoder's error. */
int gcoap__recv(struct gcoap_client *c, const struct gcoap_datagram *in, gcoap_time now);

/* ICMP says that @out did not arrive. What it quotes must carry the token of a request to one
 * server that has not answered yet; what was asked of a group, or of others, goes on. */
void gcoap__unreachable(struct gcoap_client *c, const struct gcoap_datagram *out, int error,
			gcoap_time now);

/* To the exchange or the follow-up that @party is. */
void gcoap__party_failed(struct gcoap__party *party, gcoap_time now);
void gcoap__party_unsent(struct gcoap__party *party, gcoap_time now);
void gcoap__party_tick(struct gcoap__party *party, gcoap_time now);

#endif
