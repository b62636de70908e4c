/* A cache with a clock of its own: requests and answers in a line each. */
#ifndef CACHE_PLAY_H
#define CACHE_PLAY_H

#include <proxy/cache.h>

#define CACHE_GIVEN 64

struct cache_play {
	struct gcoap__cache *cache;
	struct gcoap_registry registry;
	gcoap_time now;
	/* what the next request is */
	const struct gcoap_dialect *dialect;
	const char *identity; /* NULL: none */
	struct gcoap_addr client;
	uint32_t ifindex;
	struct gcoap_msg extra; /* options that it has beside its path */
	struct gcoap_bytes payload;
	uint8_t method;
	const char *host;
	bool learned; /* who answered is a member */
	/* what came of it */
	struct gcoap__cache_key key;
	struct gcoap__cached out;
	size_t n_given;
	char given[CACHE_GIVEN][160]; /* "1 2.05 etag=a1 age=17 tag=0badcafe payload" */
};

void cache_play_init(struct cache_play *p, size_t size, enum gcoap_cache_model model);
void cache_play_clear(struct cache_play *p);

/* Server @n: 192.0.2.@n, port 5683. */
struct gcoap_addr cache_server(unsigned n);
struct gcoap_addr cache_group(void);

/* Make p->key for a GET (or p->method) of /@path at @server, of the group when it is 0. */
int cache_key(struct cache_play *p, unsigned server, const char *path);
/* As above, then look it up: how many answers are given, into p->given. -1: it has no key. */
int cache_get(struct cache_play *p, unsigned server, const char *path);
/* The same of the group, whose @n members are known: servers 1 … n. */
int cache_get_members(struct cache_play *p, const char *path, unsigned n);

/* A 2.05 (or another code) with ETag as hex ("" none), Max-Age (-1: none) and a payload. */
struct gcoap_msg *cache_answer(uint8_t code, const char *etag, int64_t max_age,
			       const char *payload);
/* What the cache makes of it for a request with p->key that was forwarded. */
int cache_store(struct cache_play *p, unsigned server, const struct gcoap_msg *msg);
/* For @r, with p->out. */
int cache_recalled(struct cache_play *p, struct gcoap__recall *r, unsigned server,
		   const struct gcoap_msg *msg);
/* For gcoap__recall_hold() and _release(): p is @arg. */
void cache_give(void *arg, const struct gcoap__cached *answer);
/* p->given of @msg: what a client is told. */
void cache_given(struct cache_play *p, const struct gcoap_msg *msg, unsigned server);

#endif
