/* A request for one server: is there a fresh answer? */
#include "cache_item.h"
#include "cache_tags.h"

bool gcoap__cache_find(struct gcoap__cache *c, const struct gcoap__cache_key *key,
		       gcoap_time now, struct gcoap__cached *out)
{
	struct gcoap__entry *e = NULL;

	if (!key->fetch_only)
		e = gcoap__entry_find(c, key->bytes, key->len);
	if (!e || !gcoap__entry_fresh(c, e, now)) {
		c->misses++;
		return false;
	}
	c->hits++;
	e->item.used = true;
	gcoap__entry_answer(e, gcoap__client_has(key, &e->server, &e->etag), now, out);
	return true;
}
