/* Items by the hash of their key: slots that tell by themselves what is not meant. */
#ifndef PROXY_CACHE_INDEX_H
#define PROXY_CACHE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gcoap__item;

struct gcoap__index {
	struct gcoap__index_slot {
		uint64_t hash;
		struct gcoap__item *item; /* NULL: empty */
	} *slots;
	size_t n_slots; /* power of two, at least twice as many as items */
	size_t n;
};

void gcoap__index_clear(struct gcoap__index *x);
struct gcoap__item *gcoap__index_find(const struct gcoap__index *x, uint64_t hash,
				      const void *key, size_t len);
/* @item is not in it. False: out of memory. */
bool gcoap__index_add(struct gcoap__index *x, struct gcoap__item *item);
/* @item is in it. */
void gcoap__index_remove(struct gcoap__index *x, const struct gcoap__item *item);

#endif
