/* Items of the cache: found by key, forgotten by age, by use and by share. */
#include "cache_item.h"

#include <stdlib.h>
#include <string.h>

#define CHANCES 16 /* items passed over, because they were used, before one goes */

void gcoap__cache_hash(const struct gcoap__cache *c, const void *data, size_t len,
		       uint64_t out[2])
{
	out[0] = gcoap__hash(data, len, c->seed);
	out[1] = gcoap__hash(data, len, c->seed2);
}

struct gcoap__item *gcoap__item_find(const struct gcoap__cache *c, const void *key,
				     size_t len)
{
	return gcoap__index_find(&c->items, gcoap__hash(key, len, c->seed), key, len);
}

/* ---- owners ---- */

static void disown(struct gcoap__cache *c, struct gcoap__item *item)
{
	struct gcoap__owner *o = item->owner;

	TAILQ_REMOVE(&o->items, item, owned);
	o->size -= item->size;
	if (!--o->n)
		gcoap__table_remove(&c->owners, o->key);
}

/* The owner with @key, with one item more than it has. */
static struct gcoap__owner *own(struct gcoap__cache *c, const uint8_t key[16])
{
	bool added;
	struct gcoap__owner *o = gcoap__table_add(&c->owners, key, &added);

	if (o && added)
		TAILQ_INIT(&o->items);
	if (o)
		o->n++;
	return o;
}

/* ---- room ---- */

void gcoap__item_remove(struct gcoap__cache *c, struct gcoap__item *item)
{
	gcoap__index_remove(&c->items, item);
	TAILQ_REMOVE(&c->all, item, entry);
	gcoap__timer_stop(&c->timers, &item->timer);
	gcoap__timers_release(&c->timers);
	c->used -= item->size;
	if (item->pins)
		c->pinned -= item->size;
	disown(c, item);
	if (item->kind == GCOAP__ENTRY) {
		c->n_entries--;
		gcoap__entry_free(c, (struct gcoap__entry *)item);
	} else {
		free(((struct gcoap__set *)item)->servers);
		free(item);
	}
}

/* To the end of both lists. */
static void put_off(struct gcoap__cache *c, struct gcoap__item *item)
{
	item->used = false;
	TAILQ_REMOVE(&c->all, item, entry);
	TAILQ_INSERT_TAIL(&c->all, item, entry);
	TAILQ_REMOVE(&item->owner->items, item, owned);
	TAILQ_INSERT_TAIL(&item->owner->items, item, owned);
}

/*
 * Which item goes, of @owner or of all: the eldest that was not used since it was in front
 * before. A look-up so leaves nothing but a mark.
 */
static struct gcoap__item *eldest(struct gcoap__cache *c, struct gcoap__owner *owner,
				  const struct gcoap__item *but)
{
	struct gcoap__items *list = owner ? &owner->items : &c->all;
	struct gcoap__item *item, *after;
	int chances = CHANCES;

	for (item = TAILQ_FIRST(list); item; item = after) {
		after = owner ? TAILQ_NEXT(item, owned) : TAILQ_NEXT(item, entry);
		if (item->pins || item == but)
			continue;
		if (!item->used || !after || !chances)
			return item;
		chances--;
		put_off(c, item);
	}
	return NULL;
}

/* Let others go until @more bytes fit, in @owner's share and in all; @but stays. */
static bool make_room(struct gcoap__cache *c, struct gcoap__owner *owner, size_t more,
		      const struct gcoap__item *but)
{
	size_t share = c->size / GCOAP__CACHE_SHARES;
	struct gcoap__item *item;

	if (more > share)
		return false;
	while (owner->size + more > share || c->used + more > c->size) {
		item = eldest(c, owner->size + more > share ? owner : NULL, but);
		if (!item)
			return false;
		gcoap__item_remove(c, item);
		c->evicted++;
	}
	return true;
}

/* ---- in and out ---- */

bool gcoap__item_add(struct gcoap__cache *c, struct gcoap__item *item,
		     const uint8_t owner[16], gcoap_time forget)
{
	struct gcoap__owner *o;
	struct gcoap__item *old;

	if (item->size > GCOAP__CACHE_ENTRY_MAX)
		return false;
	o = own(c, owner);
	if (!o)
		return false;
	/* It goes first, as its share may be just what is needed. */
	old = gcoap__item_find(c, item->key, item->key_len);
	if (old) {
		item->pins = old->pins;
		gcoap__item_remove(c, old);
	}
	item->hash = gcoap__hash(item->key, item->key_len, c->seed);
	if (!make_room(c, o, item->size, NULL) || !gcoap__timers_reserve(&c->timers))
		goto no_room;
	if (!gcoap__index_add(&c->items, item)) {
		gcoap__timers_release(&c->timers);
		goto no_room;
	}
	item->owner = o;
	item->timer.owner = item;
	gcoap__timer_set(&c->timers, &item->timer, forget);
	TAILQ_INSERT_TAIL(&c->all, item, entry);
	TAILQ_INSERT_TAIL(&o->items, item, owned);
	o->size += item->size;
	c->used += item->size;
	if (item->pins)
		c->pinned += item->size;
	c->n_entries += item->kind == GCOAP__ENTRY;
	return true;
no_room:
	if (!--o->n)
		gcoap__table_remove(&c->owners, o->key);
	return false;
}

bool gcoap__item_resize(struct gcoap__cache *c, struct gcoap__item *item, size_t size)
{
	if (size > item->size && (size > GCOAP__CACHE_ENTRY_MAX ||
				  !make_room(c, item->owner, size - item->size, item)))
		return false;
	item->owner->size += size - item->size;
	c->used += size - item->size;
	if (item->pins)
		c->pinned += size - item->size;
	item->size = size;
	return true;
}

bool gcoap__item_pin(struct gcoap__cache *c, struct gcoap__item *item)
{
	if (!item->pins && c->pinned + item->size > c->size / GCOAP__CACHE_PINNED)
		return false;
	if (!item->pins++)
		c->pinned += item->size;
	return true;
}

void gcoap__item_unpin(struct gcoap__cache *c, struct gcoap__item *item)
{
	if (item->pins && !--item->pins)
		c->pinned -= item->size;
}
