/* Open addressing with linear probing over 32-bit indexes; items live in chunks. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 128
#define FIRST_SLOTS 64

void gcoap__table_init(struct gcoap__table *t, size_t item_size, size_t key_size,
		       const uint64_t seed[2])
{
	memset(t, 0, sizeof(*t));
	t->item_size = (uint32_t)((item_size + 7) & ~(size_t)7);
	t->key_size = (uint32_t)key_size;
	memcpy(t->seed, seed, sizeof(t->seed));
}

void gcoap__table_clear(struct gcoap__table *t)
{
	const uint64_t seed[2] = { t->seed[0], t->seed[1] };

	for (uint32_t i = 0; i < t->n_chunks; i++)
		free(t->chunks[i]);
	free(t->chunks);
	free(t->slots);
	gcoap__table_init(t, t->item_size, t->key_size, seed);
}

void *gcoap__table_at(const struct gcoap__table *t, uint32_t i)
{
	return t->chunks[i / CHUNK] + (size_t)(i % CHUNK) * t->item_size;
}

static uint32_t index_of(uint64_t slot)
{
	return (uint32_t)slot - 1;
}

static uint32_t hash_of(const struct gcoap__table *t, const void *key)
{
	return (uint32_t)gcoap__hash(key, t->key_size, t->seed);
}

/* The slot that holds @key, or the empty one where it belongs. */
static uint32_t probe(const struct gcoap__table *t, const void *key, uint32_t hash)
{
	uint32_t s = hash & (t->n_slots - 1);

	for (; t->slots[s]; s = (s + 1) & (t->n_slots - 1)) {
		if (t->slots[s] >> 32 == hash &&
		    !memcmp(gcoap__table_at(t, index_of(t->slots[s])), key, t->key_size))
			break;
	}
	return s;
}

void *gcoap__table_find(const struct gcoap__table *t, const void *key)
{
	uint32_t s;

	if (!t->n)
		return NULL;
	s = probe(t, key, hash_of(t, key));
	return t->slots[s] ? gcoap__table_at(t, index_of(t->slots[s])) : NULL;
}

static bool grow_slots(struct gcoap__table *t)
{
	uint32_t n = t->n_slots ? t->n_slots * 2 : FIRST_SLOTS;
	uint64_t *slots = calloc(n, sizeof(*slots));

	if (!slots)
		return false;
	for (uint32_t i = 0; i < t->n_slots; i++) {
		uint32_t s = (uint32_t)(t->slots[i] >> 32) & (n - 1);

		if (!t->slots[i])
			continue;
		while (slots[s])
			s = (s + 1) & (n - 1);
		slots[s] = t->slots[i];
	}
	free(t->slots);
	t->slots = slots;
	t->n_slots = n;
	return true;
}

/* Index of an item that nobody uses, or -1. */
static int64_t take_item(struct gcoap__table *t)
{
	uint8_t **chunks, *chunk;
	uint32_t i;

	if (t->unused) {
		i = t->unused - 1;
		memcpy(&t->unused, gcoap__table_at(t, i), sizeof(t->unused));
		return i;
	}
	if (t->n_made == t->n_chunks * CHUNK) {
		if (!(t->n_chunks & (t->n_chunks - 1))) {
			size_t cap = t->n_chunks ? (size_t)t->n_chunks * 2 : 1;

			chunks = realloc(t->chunks, cap * sizeof(*chunks));
			if (!chunks)
				return -1;
			t->chunks = chunks;
		}
		chunk = malloc((size_t)CHUNK * t->item_size);
		if (!chunk)
			return -1;
		t->chunks[t->n_chunks++] = chunk;
	}
	return t->n_made++;
}

void *gcoap__table_add(struct gcoap__table *t, const void *key, bool *added)
{
	uint32_t hash = hash_of(t, key), s;
	uint8_t *item;
	int64_t i;

	*added = false;
	if ((uint64_t)(t->n + 1) * 4 > (uint64_t)t->n_slots * 3 && !grow_slots(t))
		return NULL;
	s = probe(t, key, hash);
	if (t->slots[s])
		return gcoap__table_at(t, index_of(t->slots[s]));
	i = take_item(t);
	if (i < 0)
		return NULL;
	item = gcoap__table_at(t, (uint32_t)i);
	memset(item, 0, t->item_size);
	memcpy(item, key, t->key_size);
	t->slots[s] = (uint64_t)hash << 32 | ((uint32_t)i + 1);
	t->n++;
	*added = true;
	return item;
}

void gcoap__table_remove(struct gcoap__table *t, const void *key)
{
	uint32_t mask = t->n_slots - 1, hole, s, i;

	if (!t->n)
		return;
	hole = probe(t, key, hash_of(t, key));
	if (!t->slots[hole])
		return;
	i = index_of(t->slots[hole]);
	memcpy(gcoap__table_at(t, i), &t->unused, sizeof(t->unused));
	t->unused = i + 1;
	t->n--;
	/* Close the gap: pull back what would no longer be reached from its home. */
	for (s = (hole + 1) & mask; t->slots[s]; s = (s + 1) & mask) {
		uint32_t home = (uint32_t)(t->slots[s] >> 32) & mask;

		if (((s - home) & mask) >= ((s - hole) & mask)) {
			t->slots[hole] = t->slots[s];
			hole = s;
		}
	}
	t->slots[hole] = 0;
}

void gcoap__aged_init(struct gcoap__aged *a, size_t item_size, size_t key_size,
		      const uint64_t seed[2], int64_t life, uint32_t cap)
{
	gcoap__table_init(&a->young, item_size, key_size, seed);
	gcoap__table_init(&a->old, item_size, key_size, seed);
	a->since = 0;
	a->life = life;
	a->cap = cap;
}

void gcoap__aged_clear(struct gcoap__aged *a)
{
	gcoap__table_clear(&a->young);
	gcoap__table_clear(&a->old);
}

void *gcoap__aged_find(const struct gcoap__aged *a, const void *key)
{
	void *item = gcoap__table_find(&a->young, key);

	return item ? item : gcoap__table_find(&a->old, key);
}

static bool is_full(const struct gcoap__aged *a, int64_t now)
{
	return a->young.n && (a->young.n >= a->cap || now - a->since >= a->life);
}

void *gcoap__aged_add(struct gcoap__aged *a, const void *key, int64_t now)
{
	bool added;

	if (!a->young.n) {
		a->since = now;
	} else if (is_full(a, now)) {
		struct gcoap__table t = a->old;

		gcoap__table_clear(&t);
		a->old = a->young;
		a->young = t;
		a->since = now;
	}
	return gcoap__table_add(&a->young, key, &added);
}

void *gcoap__aged_take(struct gcoap__aged *a, const void *key, int64_t now, bool *added)
{
	void *item = NULL;

	*added = false;
	if (a->old.n)
		item = gcoap__table_find(&a->old, key);
	if (!item && is_full(a, now))
		item = gcoap__table_find(&a->young, key);
	if (item)
		return item;
	if (a->young.n && !is_full(a, now))
		return gcoap__table_add(&a->young, key, added);
	*added = true;
	return gcoap__aged_add(a, key, now);
}
