/* Open addressing with linear probing; an item is looked at only when its whole hash is equal. */
#include "cache_item.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 64

void gcoap__index_clear(struct gcoap__index *x)
{
	free(x->slots);
	*x = (struct gcoap__index){ 0 };
}

struct gcoap__item *gcoap__index_find(const struct gcoap__index *x, uint64_t hash,
				      const void *key, size_t len)
{
	size_t mask = x->n_slots - 1;

	if (!x->n)
		return NULL;
	for (size_t s = hash & mask; x->slots[s].item; s = (s + 1) & mask) {
		struct gcoap__item *item = x->slots[s].item;

		if (x->slots[s].hash == hash && item->key_len == len &&
		    memcmp(item->key, key, len) == 0)
			return item;
	}
	return NULL;
}

static void place(struct gcoap__index *x, struct gcoap__index_slot slot)
{
	size_t mask = x->n_slots - 1, s = slot.hash & mask;

	while (x->slots[s].item)
		s = (s + 1) & mask;
	x->slots[s] = slot;
}

static bool grow(struct gcoap__index *x)
{
	struct gcoap__index old = *x;

	x->n_slots = old.n_slots ? old.n_slots * 2 : FIRST_SLOTS;
	x->slots = calloc(x->n_slots, sizeof(*x->slots));
	if (!x->slots) {
		*x = old;
		return false;
	}
	for (size_t i = 0; i < old.n_slots; i++)
		if (old.slots[i].item)
			place(x, old.slots[i]);
	free(old.slots);
	return true;
}

bool gcoap__index_add(struct gcoap__index *x, struct gcoap__item *item)
{
	if ((x->n + 1) * 2 > x->n_slots && !grow(x))
		return false;
	place(x, (struct gcoap__index_slot){ item->hash, item });
	x->n++;
	return true;
}

void gcoap__index_remove(struct gcoap__index *x, const struct gcoap__item *item)
{
	size_t mask = x->n_slots - 1, hole = item->hash & mask;

	while (x->slots[hole].item != item)
		hole = (hole + 1) & mask;
	x->n--;
	/* Close the gap: pull back what would no longer be reached from its home. */
	for (size_t s = (hole + 1) & mask; x->slots[s].item; s = (s + 1) & mask) {
		size_t home = x->slots[s].hash & mask;

		if (((s - home) & mask) >= ((s - hole) & mask)) {
			x->slots[hole] = x->slots[s];
			hole = s;
		}
	}
	x->slots[hole].item = NULL;
}
