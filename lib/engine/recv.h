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

/* Say of what @from sent why it is not used: to gcoap_log(), when anybody listens. */
void gcoap__tell(const struct gcoap_addr *from, const char *what);

/* A zone counts where both sides know it: the egress interface may have stood for it. */
bool gcoap__same_endpoint(const struct gcoap_addr *a, const struct gcoap_addr *b);
/*
 * May a response from there belong to a request to @to? To a group: from anywhere, through the
 * interface the request left by (0: any), or from this host itself. To one server: from there
 * only.
 */
bool gcoap__may_answer(const struct gcoap_addr *to, uint32_t ifindex, bool group,
		       const struct gcoap_datagram *in);

/* To the exchange or the follow-up that @party is. */
void gcoap__party_failed(struct gcoap__party *party, gcoap_time now);
void gcoap__party_unsent(struct gcoap__party *party, gcoap_time now);
void gcoap__party_tick(struct gcoap__party *party, gcoap_time now);

#endif
