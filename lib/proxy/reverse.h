/* Path prefixes in configured URIs, for the rows of the reverse-proxy and the allow-list. */
#ifndef PROXY_REVERSE_H
#define PROXY_REVERSE_H

#include <gcoap/msg.h>

/*
 * Is @path, "/proxy/lights" in percent-encoding, the path of @m or above it? Whole segments
 * count; a '/' at the end says nothing. The number of its segments, or -1.
 */
int gcoap__path_above(struct gcoap_bytes path, const struct gcoap_msg *m);

#endif
