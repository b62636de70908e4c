/* Entity-tags that a client sent: opaque, 01 is not 0001. */
#ifndef PROXY_CACHE_TAGS_H
#define PROXY_CACHE_TAGS_H

#include "proxy/cache.h"

bool gcoap__tag_equal(const struct gcoap__tag *a, const struct gcoap__tag *b);
/* Is @tag, which may be none, one of @tags? */
bool gcoap__tags_hold(const struct gcoap__tag *tags, size_t n, const struct gcoap__tag *tag);
/* Did the client of @key say that it has @tag of @server, by ETag or Multi-ETag? */
bool gcoap__client_has(const struct gcoap__cache_key *key, const struct gcoap_addr *server,
		       const struct gcoap__tag *tag);
/* The entity-tag of a message: its first ETag option of 1 … 8 bytes; len 0 when there is none. */
struct gcoap__tag gcoap__tag_of(const struct gcoap_msg *m);

#endif
