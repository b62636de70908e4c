/* The parts of gcoap__policy(). */
#ifndef PROXY_POLICY_H
#define PROXY_POLICY_H

#include "target.h"

/* Do the first @prefix bits of @a and @net agree? */
bool gcoap__net_contains(const struct gcoap_addr *net, uint8_t prefix, const struct gcoap_addr *a);
/* Does the client's row fit the client? */
bool gcoap__client_fits(const struct gcoap_proxy_client *row, const struct gcoap_peer *from);
/* Is this individual server one that the proxy may ask? */
bool gcoap__server_allowed(const struct gcoap_proxy_config *config,
			   const struct gcoap_peer *from, const struct gcoap__target *t);

#endif
