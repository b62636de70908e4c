/* The inside of a carrier: what it sends past its session. */
#ifndef NET_CARRIER_H
#define NET_CARRIER_H

#include <gcoap/net.h>

struct gcoap__beside;

/* Send by @udp, under @l, and give to @inner what comes there. GCOAP_ENOMEM, GCOAP_ESYSTEM. */
int gcoap__beside_new(struct gcoap__beside **out, struct gcoap_loop *l, struct gcoap_udp *udp,
		      struct gcoap_engine *inner);
/* Not before the loop has run for the last time. NULL is fine. */
void gcoap__beside_free(struct gcoap__beside *b);
/* @d is copied. 0, or an errno value: it was not taken. */
int gcoap__beside_give(struct gcoap__beside *b, const struct gcoap_datagram *d);

#endif
