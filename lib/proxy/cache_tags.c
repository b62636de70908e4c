/* Does the client have it already? */
#include "cache_tags.h"

#include <string.h>

#include <gcoap/etag.h>

bool gcoap__tag_equal(const struct gcoap__tag *a, const struct gcoap__tag *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool gcoap__tags_hold(const struct gcoap__tag *tags, size_t n, const struct gcoap__tag *tag)
{
	for (size_t i = 0; tag->len && i < n; i++)
		if (gcoap__tag_equal(&tags[i], tag))
			return true;
	return false;
}

struct gcoap__tag gcoap__tag_of(const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_ETAG);
	struct gcoap__tag tag = { 0 };

	if (o && o->value.len >= 1 && o->value.len <= sizeof(tag.bytes)) {
		tag.len = (uint8_t)o->value.len;
		memcpy(tag.bytes, o->value.ptr, tag.len);
	}
	return tag;
}

/* One Multi-ETag value: is it of @server, with @tag? A value that does not decode says
 * nothing (groupcomm-bis-03, Section 3.2.2.3). */
static bool multi_has(struct gcoap_bytes value, const struct gcoap_addr *server,
		      const struct gcoap__tag *tag)
{
	struct gcoap_multi_etag m;

	/* most are of others: look for the address before anything is decoded */
	if (!memmem(value.ptr, value.len, server->bytes, gcoap_addr_size(server)) ||
	    gcoap_multi_etag_decode(value, &m, NULL) < 0 ||
	    m.server.scheme != GCOAP_SCHEME_COAP || m.server.addr.port != server->port ||
	    m.server.addr.family != server->family ||
	    memcmp(m.server.addr.bytes, server->bytes, sizeof(server->bytes)) != 0)
		return false;
	for (size_t i = 0; i < m.n; i++)
		if (m.tags[i].len == tag->len &&
		    memcmp(m.tags[i].ptr, tag->bytes, tag->len) == 0)
			return true;
	return false;
}

bool gcoap__client_has(const struct gcoap__cache_key *key, const struct gcoap_addr *server,
		       const struct gcoap__tag *tag)
{
	const uint8_t *p = key->bytes + key->len, *end = p + key->multi_len;

	if (!tag->len)
		return false;
	if (gcoap__tags_hold(key->etags, key->n_etags, tag))
		return true;
	for (size_t len; key->group && p < end; p += len) {
		len = (size_t)p[0] << 8 | p[1];
		p += 2;
		if (multi_has((struct gcoap_bytes){ p, len }, server, tag))
			return true;
	}
	return false;
}
