/* Who is in the allow-list, for resources beside the proxy. */
#include "target.h"

bool gcoap_proxy_known(const struct gcoap_proxy_config *config, const struct gcoap_peer *from)
{
	return gcoap__policy_known(config, from);
}
