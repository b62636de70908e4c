/* What a forwarded request knows of the cache until its answers have come. */
#ifndef PROXY_CACHE_RECALL_H
#define PROXY_CACHE_RECALL_H

#include "proxy/cache_item.h"

/* A server of which the request has something in hand. */
struct gcoap__recalled {
	struct gcoap__endpoint at;
	uint32_t scheme;
	bool answered;
	bool held;	 /* its entry waits for the end of T' */
	bool pinned;	 /* its entry waits for a 2.03 */
	bool aggregated; /* model B: its answer is in the list L */
	struct gcoap_addr addr;
};

struct gcoap__recall {
	bool validating;       /* entity-tags of ours are in the request */
	bool cannot_aggregate; /* an answer came that can not be kept */
	bool overflow;	       /* a server is not remembered */
	gcoap_time least;      /* model B: the shortest lifetime in L ends here */
	struct gcoap__recalled one;  /* of a request to one server */
	struct gcoap__table servers; /* struct gcoap__recalled, of a group */
	struct gcoap__cache_key key; /* as long as it is used */
};

/* The record of a server, made when there is none; NULL: out of memory. */
struct gcoap__recalled *gcoap__recalled(struct gcoap__recall *r, enum gcoap_scheme scheme,
					const struct gcoap_addr *addr);

/* Nothing is kept from eviction for it any more. */
void gcoap__recall_unpin(struct gcoap__cache *c, struct gcoap__recall *r);

/* ---- cache_store.c ---- */

/* Keep @msg as the answer of the server; NULL when it cannot be kept, and what was there is
 * gone. */
struct gcoap__entry *gcoap__entry_store(struct gcoap__cache *c,
					const struct gcoap__cache_key *key,
					enum gcoap_scheme scheme,
					const struct gcoap_addr *server,
					const struct gcoap_msg *msg, gcoap_time now);
/* A 2.03 of the server to @e: fresh again. NULL when it can no longer be kept. */
struct gcoap__entry *gcoap__entry_refresh(struct gcoap__cache *c,
					  const struct gcoap__cache_key *key,
					  struct gcoap__entry *e, const struct gcoap_msg *msg,
					  gcoap_time now);

/* ---- cache_set.c ---- */

/* The servers that are known to have answered the request; NULL. */
struct gcoap__set *gcoap__set_find(const struct gcoap__cache *c,
				   const struct gcoap__cache_key *key);
/* Make it when there is none; NULL: no room. */
struct gcoap__set *gcoap__set_make(struct gcoap__cache *c, const struct gcoap__cache_key *key,
				   gcoap_time forget);
/* @server has answered; NULL: there is no room to remember it. */
struct gcoap__set_server *gcoap__set_add(struct gcoap__cache *c, struct gcoap__set *s,
					 enum gcoap_scheme scheme,
					 const struct gcoap_addr *server);

/*
 * The entries that answer a group request, fresh and stale, each once, in c->found: of those that
 * answered before (@aggregated: only of these in the aggregated entry) and of @members. Returns
 * how many; *@complete (may be NULL) says whether all that must be fresh are.
 */
size_t gcoap__set_entries(struct gcoap__cache *c, const struct gcoap__cache_key *key,
			  const struct gcoap__members *members, bool aggregated,
			  gcoap_time now, bool *complete);
/* @server (NULL: it is not remembered) has told something that is fresh until @expires; 0: it
 * cannot be kept. */
void gcoap__set_notified(struct gcoap__set *s, struct gcoap__set_server *server,
			 gcoap_time expires, gcoap_time now);
/* Forget those that @keep does not want. */
void gcoap__set_keep(struct gcoap__set *s,
		     bool (*keep)(void *arg, const struct gcoap__set_server *server), void *arg);

#endif
