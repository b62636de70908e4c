/* What changes by a request that is not safe (RFC 7252, Section 5.9.1): marked, not looked for. */
#include "cache_item.h"

#include <string.h>

static void hash_of(const struct gcoap__cache *c, const uint64_t path[2],
		    enum gcoap_scheme scheme, const struct gcoap_addr *addr, uint64_t out[2])
{
	struct {
		uint64_t path[2];
		struct gcoap__endpoint at;
		uint64_t scheme;
	} key = { { path[0], path[1] }, gcoap__endpoint(addr), scheme };

	gcoap__cache_hash(c, &key, sizeof(key), out);
}

struct gcoap__resource *gcoap__resource_take(struct gcoap__cache *c, const uint64_t path[2],
					     enum gcoap_scheme scheme,
					     const struct gcoap_addr *addr)
{
	struct gcoap__resource *r;
	uint64_t hash[2];
	bool added;

	hash_of(c, path, scheme, addr, hash);
	r = gcoap__table_add(&c->resources, hash, &added);
	if (r)
		r->n++;
	return r;
}

void gcoap__resource_drop(struct gcoap__cache *c, struct gcoap__resource *r)
{
	if (r && !--r->n)
		gcoap__table_remove(&c->resources, r->hash);
}

void gcoap__cache_changed(struct gcoap__cache *c, const struct gcoap_msg *request,
			  enum gcoap_scheme scheme, const struct gcoap_addr *addr)
{
	struct gcoap__resource *r;
	uint64_t path[2], hash[2];

	gcoap__key_path(c, request, path);
	hash_of(c, path, scheme, addr, hash);
	r = gcoap__table_find(&c->resources, hash);
	if (r)
		r->changed = c->changed = ++c->stamp;
}
