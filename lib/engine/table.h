/* Hash tables of fixed-size items with their key in front, in chunks that never move. */
#ifndef GCOAP_ENGINE_TABLE_H
#define GCOAP_ENGINE_TABLE_H

#include <gcoap/addr.h>

/* Keyed hash (SipHash-1-3): who does not know @seed cannot choose keys that collide. */
uint64_t gcoap__hash(const void *data, size_t len, const uint64_t seed[2]);

/* An endpoint as bytes to compare and to hash: no padding, unlike struct gcoap_addr. */
struct gcoap__endpoint {
	uint8_t bytes[16];
	uint32_t scope;
	uint16_t port;
	uint16_t family;
};
struct gcoap__endpoint gcoap__endpoint(const struct gcoap_addr *a);

struct gcoap__table {
	uint64_t *slots;   /* hash << 32 | index of an item + 1; 0: empty */
	uint32_t n_slots;  /* power of two, a quarter or more of them empty */
	uint32_t n;	   /* items in use */
	uint32_t n_made;   /* items ever made */
	uint32_t unused;   /* removed items, linked by their first bytes; index + 1 */
	uint32_t n_chunks;
	uint8_t **chunks;
	uint32_t item_size, key_size;
	uint64_t seed[2];
};

/* Items begin with a key of @key_size bytes without padding and are @item_size bytes. */
void gcoap__table_init(struct gcoap__table *t, size_t item_size, size_t key_size,
		       const uint64_t seed[2]);
/* Free everything; the table may be used again. */
void gcoap__table_clear(struct gcoap__table *t);
void *gcoap__table_find(const struct gcoap__table *t, const void *key);
/* Find or make the item with @key; a new one is zero behind its key. NULL: out of memory, and
 * nothing has changed. */
void *gcoap__table_add(struct gcoap__table *t, const void *key, bool *added);
void gcoap__table_remove(struct gcoap__table *t, const void *key);
/* The item at @i of those ever made, for walks over tables that nothing is removed from. */
void *gcoap__table_at(const struct gcoap__table *t, uint32_t i);

/*
 * A set that forgets: two tables, of which the older is thrown away as a whole, so that an item
 * stays for one to two @life unless more than @cap come in that time.
 */
struct gcoap__aged {
	struct gcoap__table young, old;
	int64_t since; /* when @young was begun */
	int64_t life;
	uint32_t cap; /* of each table */
};

void gcoap__aged_init(struct gcoap__aged *a, size_t item_size, size_t key_size,
		      const uint64_t seed[2], int64_t life, uint32_t cap);
void gcoap__aged_clear(struct gcoap__aged *a);
void *gcoap__aged_find(const struct gcoap__aged *a, const void *key);
/* A new item in the younger table; NULL: out of memory. */
void *gcoap__aged_add(struct gcoap__aged *a, const void *key, int64_t now);
/* Find or add, with one look at the key in the common case; NULL: out of memory. */
void *gcoap__aged_take(struct gcoap__aged *a, const void *key, int64_t now, bool *added);

#endif
