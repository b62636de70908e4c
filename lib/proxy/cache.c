/* The cache as a whole: made, swept, counted, freed. */
#include "cache_item.h"

#include <stdlib.h>
#include <string.h>

#define SWEEP 256 /* items forgotten at a time: well below 5 ms */

int gcoap__cache_new(struct gcoap__cache **out, size_t size, enum gcoap_cache_model model,
		     const struct gcoap_registry *registry, uint32_t ifindex,
		     const uint64_t seed[2])
{
	struct gcoap__cache *c = calloc(1, sizeof(*c));

	*out = c;
	if (!c)
		return GCOAP_ENOMEM;
	c->size = size;
	c->model = model;
	c->registry = registry;
	c->ifindex = ifindex;
	memcpy(c->seed, seed, sizeof(c->seed));
	c->seed2[0] = ~seed[0];
	c->seed2[1] = ~seed[1];
	gcoap__table_init(&c->owners, sizeof(struct gcoap__owner), 16, seed);
	gcoap__table_init(&c->resources, sizeof(struct gcoap__resource), 16, seed);
	TAILQ_INIT(&c->all);
	return 0;
}

void gcoap__cache_free(struct gcoap__cache **cache)
{
	struct gcoap__cache *c = *cache;

	*cache = NULL;
	if (!c)
		return;
	while (!TAILQ_EMPTY(&c->all))
		gcoap__item_remove(c, TAILQ_FIRST(&c->all));
	gcoap__index_clear(&c->items);
	gcoap__table_clear(&c->owners);
	gcoap__table_clear(&c->resources);
	gcoap__timers_clear(&c->timers);
	free(c->found);
	free(c);
}

gcoap_time gcoap__cache_deadline(const struct gcoap__cache *c)
{
	return gcoap__timers_next(&c->timers);
}

void gcoap__cache_tick(struct gcoap__cache *c, gcoap_time now)
{
	struct gcoap__timer *t;

	for (int i = 0; i < SWEEP && (t = gcoap__timers_due(&c->timers, now)); i++)
		gcoap__item_remove(c, t->owner);
}

void gcoap__cache_stats(const struct gcoap__cache *c, struct gcoap_proxy_stats *out)
{
	out->cache_entries = c->n_entries;
	out->cache_bytes = c->used;
	out->cache_hits = c->hits;
	out->cache_misses = c->misses;
	out->cache_evicted = c->evicted;
}
