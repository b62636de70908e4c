#include <gcoap/origin.h>

#include <stdio.h>

#include "uri_text.h"

int gcoap_origin_format(const struct gcoap_origin *origin, char *buf, size_t cap)
{
	struct gcoap__text t = { buf, cap, 0 };
	char text[GCOAP_ADDR_TEXT];

	gcoap__text_put(&t, origin->transport_unknown ? "unknown"
						      : gcoap_scheme_name(origin->scheme));
	gcoap__text_put(&t, "://");
	if (origin->addr.family) {
		gcoap__text_put(&t, origin->addr.family == 6 ? "[" : "");
		gcoap__text_put(&t, gcoap_addr_format_host(&origin->addr, text));
		if (origin->zone[0] && !origin->addr.scope) {
			gcoap__text_put_char(&t, '%');
			gcoap__text_put(&t, origin->zone);
		}
		gcoap__text_put(&t, origin->addr.family == 6 ? "]" : "");
	} else {
		gcoap__text_put(&t, origin->host);
	}
	snprintf(text, sizeof(text), ":%u", origin->addr.port);
	gcoap__text_put(&t, text);
	return gcoap__text_end(&t);
}
