/* What the files of the cache share: items, whose they are, and how they are stored. */
#ifndef PROXY_CACHE_ITEM_H
#define PROXY_CACHE_ITEM_H

#include "proxy/cache.h"

#include <sys/queue.h>

#include "cache_index.h"
#include "engine/table.h"
#include "engine/timer.h"

#define GCOAP__CACHE_SHARES 4		 /* one client may have a fourth of the memory */
#define GCOAP__CACHE_PINNED 8		 /* an eighth may be kept from eviction */
#define GCOAP__CACHE_MAX_AGE 31536000u	 /* longest lifetime: a year */
/* How long what is stale is kept to be validated: 10 times its lifetime, within these. */
#define GCOAP__CACHE_KEEP_LEAST (60 * GCOAP_SECOND)
#define GCOAP__CACHE_KEEP (300 * GCOAP_SECOND)
#define GCOAP__CACHE_SERVERS_MAX 1500	 /* of one group request */

/* Bytes that an item takes in the tables, the heap and malloc, beside its own. */
#define GCOAP__CACHE_OVERHEAD 176

struct gcoap__owner;

enum gcoap__item_kind { GCOAP__ENTRY = 'I', GCOAP__SET = 'G' };

/* What a look-up needs comes last, next to the key. */
struct gcoap__item {
	TAILQ_ENTRY(gcoap__item) entry; /* of all, those that go next in front */
	TAILQ_ENTRY(gcoap__item) owned; /* of its owner, likewise */
	struct gcoap__owner *owner;
	struct gcoap__timer timer; /* when it is forgotten */
	size_t size;
	enum gcoap__item_kind kind;
	uint32_t pins; /* requests that wait for a 2.03 to it */
	uint64_t hash;
	uint8_t *key;
	uint16_t key_len;
	bool used; /* since it was last to go */
};
TAILQ_HEAD(gcoap__items, gcoap__item);

/* A client that has something in the cache. */
struct gcoap__owner {
	uint8_t key[16];
	size_t size;
	struct gcoap__items items;
	uint32_t n;
};

/* A resource of a server or a group, whoever asks for it and however. */
struct gcoap__resource {
	uint64_t hash[2];
	uint64_t changed; /* stamp: what is older is stale */
	uint32_t n;	  /* entries that lead here */
};

/* The answer of one server to one request. */
struct gcoap__entry {
	struct gcoap__item item;
	gcoap_time expires;
	uint64_t stamp; /* of the answer: another one for each */
	struct gcoap__resource *resource, *via; /* via: of the group; NULL: never asked so */
	gcoap_time least; /* the earliest end since the group was asked last */
	uint64_t mark;	  /* the walk that has met it */
	struct gcoap_addr server;
	enum gcoap_scheme scheme;
	struct gcoap__tag etag; /* len 0: none */
	bool has_max_age;
	uint8_t code;
	uint32_t msg_len;
	const uint8_t *msg; /* encoded, without Max-Age */
	uint8_t bytes[];    /* key, message */
};

/* A server that has answered a group request. */
struct gcoap__set_server {
	struct gcoap_addr addr;
	uint16_t scheme;
	bool aggregated; /* in the aggregated entry */
};

/* A group request, and who answered it. */
struct gcoap__set {
	struct gcoap__item item;
	gcoap_time aggregated; /* model B: when the aggregated entry is stale; 0: there is none */
	bool whole; /* all that answered a request to its end are in it */
	uint32_t n, cap;
	struct gcoap__set_server *servers;
	uint8_t bytes[]; /* key */
};

struct gcoap__cache {
	size_t size, used, pinned;
	enum gcoap_cache_model model;
	const struct gcoap_registry *registry;
	uint32_t ifindex;
	uint64_t seed[2], seed2[2];
	uint64_t stamp, mark;
	uint64_t changed; /* the last change of any resource */
	struct gcoap__index items;
	struct gcoap__table owners;    /* struct gcoap__owner */
	struct gcoap__table resources; /* struct gcoap__resource */
	struct gcoap__items all;
	struct gcoap__timers timers;
	struct gcoap__entry **found; /* by gcoap__set_entries */
	size_t found_cap;
	uint64_t n_entries, hits, misses, evicted;
};

/* ---- cache_item.c ---- */

void gcoap__cache_hash(const struct gcoap__cache *c, const void *data, size_t len,
		       uint64_t out[2]);
struct gcoap__item *gcoap__item_find(const struct gcoap__cache *c, const void *key,
				     size_t len);
/* Take @item, whose key, kind and size are set, in place of one with the same key: true. False:
 * there is no room, or no memory, and nothing has changed but that older ones went. */
bool gcoap__item_add(struct gcoap__cache *c, struct gcoap__item *item,
		     const uint8_t owner[16], gcoap_time forget);
void gcoap__item_remove(struct gcoap__cache *c, struct gcoap__item *item);
/* Make it @size bytes; false: there is no room for so many. */
bool gcoap__item_resize(struct gcoap__cache *c, struct gcoap__item *item, size_t size);
/* Keep it from eviction; false: too much is kept so. Undone by _unpin, or when it is removed. */
bool gcoap__item_pin(struct gcoap__cache *c, struct gcoap__item *item);
void gcoap__item_unpin(struct gcoap__cache *c, struct gcoap__item *item);

/* ---- cache_entry.c ---- */

void gcoap__entry_free(struct gcoap__cache *c, struct gcoap__entry *e);
struct gcoap__entry *gcoap__entry_find(const struct gcoap__cache *c, const uint8_t *key,
				       size_t len);
/* The entry of @server that answers the request of @key. */
struct gcoap__entry *gcoap__entry_of(const struct gcoap__cache *c, const uint8_t *key,
				     size_t len, size_t common, enum gcoap_scheme scheme,
				     const struct gcoap_addr *server);
bool gcoap__entry_fresh(const struct gcoap__cache *c, const struct gcoap__entry *e,
			gcoap_time now);
/* Fill @out: the whole answer, or 2.03 when @valid. */
void gcoap__entry_answer(const struct gcoap__entry *e, bool valid, gcoap_time now,
			 struct gcoap__cached *out);

/* ---- cache_key.c ---- */

/* The key of the same request to one server: its length, which is at most @len. */
size_t gcoap__key_of_server(const uint8_t *key, size_t len, size_t common,
			    enum gcoap_scheme scheme, const struct gcoap_addr *server,
			    uint8_t out[GCOAP__CACHE_KEY_MAX]);
/* The path of a request: what gcoap__cache_changed() goes by. */
void gcoap__key_path(const struct gcoap__cache *c, const struct gcoap_msg *request,
		     uint64_t out[2]);

/* ---- cache_changed.c ---- */

/* A reference to the resource of @path at @addr; NULL: out of memory. */
struct gcoap__resource *gcoap__resource_take(struct gcoap__cache *c, const uint64_t path[2],
					     enum gcoap_scheme scheme,
					     const struct gcoap_addr *addr);
/* NULL is fine. */
void gcoap__resource_drop(struct gcoap__cache *c, struct gcoap__resource *r);

#endif
