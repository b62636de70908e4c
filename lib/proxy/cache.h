/*
 * The cache of a proxy (RFC 7252, Section 5.6; groupcomm-bis-03, Section 3.4.3;
 * groupcomm-proxy-07, Section 7): individual entries, one for each origin server and request, and
 * of each group request the list of the servers that answered it. A structure without sockets
 * and clock; everything in it is bounded by its size in bytes.
 *
 * A request has a key (gcoap__cache_key). What is fresh is asked for with it
 * (gcoap__cache_find, gcoap__cache_find_group). A request that has to be forwarded keeps a
 * struct gcoap__recall, which takes its answers and gives what was held back.
 */
#ifndef PROXY_CACHE_H
#define PROXY_CACHE_H

#include "proxy/target.h"

#define GCOAP__CACHE_ENTRY_MAX 65536 /* bytes of an entry: threat model, P3 */
#define GCOAP__CACHE_KEY_MAX 3072    /* a request with a longer key is not cached */
#define GCOAP__CACHE_TAGS 8	     /* ETag or Group-ETag options of a request: P4 */
#define GCOAP__CACHE_MULTI_MAX 1024  /* bytes of its Multi-ETag options: P4 */
/* What was held back goes to the client so long before the end of T'. */
#define GCOAP__CACHE_BEFORE (200 * GCOAP_MS)

struct gcoap__cache;
struct gcoap__recall;

struct gcoap__tag {
	uint8_t len, bytes[8];
};

/* The Group-ETag options of a request, which end at the proxy. */
struct gcoap__group_etags {
	uint8_t n;
	struct gcoap__tag tags[GCOAP__CACHE_TAGS];
};

/* ---- the cache ---- */

/* @size in bytes; @ifindex is the egress of requests that name none; @registry is borrowed;
 * @seed is secret and random. GCOAP_ENOMEM. */
int gcoap__cache_new(struct gcoap__cache **out, size_t size, enum gcoap_cache_model model,
		     const struct gcoap_registry *registry, uint32_t ifindex,
		     const uint64_t seed[2]);
/* NULL is fine; *@c is NULL after. Recalls are freed before it. */
void gcoap__cache_free(struct gcoap__cache **c);
/* When gcoap__cache_tick() has something to forget; GCOAP_NEVER. */
gcoap_time gcoap__cache_deadline(const struct gcoap__cache *c);
/* Forget what is too old even to be validated: some at a time, so that nobody waits. */
void gcoap__cache_tick(struct gcoap__cache *c, gcoap_time now);
/* The members of @out that begin with cache_. */
void gcoap__cache_stats(const struct gcoap__cache *c, struct gcoap_proxy_stats *out);

/* ---- keys ---- */

/* Which stored answers are for a request, and what its client has of them already. */
struct gcoap__cache_key {
	bool group;
	bool fetch_only; /* answers are stored, but it wants one of the server's (Observe, Echo) */
	bool notified;	 /* of a group that is observed, whose T' is over: one answer at a time */
	const struct gcoap_dialect *dialect; /* NULL: no Group-ETag for this client */
	uint8_t owner[16];		     /* whose share of the memory its answers take */
	uint64_t path[2];		     /* hash of the path: what of a host changes */
	enum gcoap_scheme scheme;
	struct gcoap_addr addr; /* of the target */
	struct gcoap__group_etags group_etags;
	uint8_t n_etags;
	struct gcoap__tag etags[GCOAP__CACHE_TAGS];
	uint16_t len, common; /* the part from @common on does not name the server */
	uint16_t multi_len;   /* Multi-ETag values behind it, 2 bytes of length before each */
	uint8_t bytes[GCOAP__CACHE_KEY_MAX + GCOAP__CACHE_MULTI_MAX];
};

/* Take the Group-ETags of a request, as long as they are there; what is no such option is
 * ignored. */
void gcoap__group_etags(struct gcoap__group_etags *out, const struct gcoap_registry *registry,
			const struct gcoap_msg *request);
/*
 * The key of a request whose target has been read: method, options byte by byte but those that
 * are NoCacheKey or interpreted here, payload, target, egress interface, and the security realm
 * of the client. Clients that are authenticated have a realm each. Those that are not share
 * one, since nothing of them reaches a server, and each is held against the allow-list before
 * it gets here.
 * GCOAP_EUNSUPPORTED: answers to such a request are not cached.
 */
int gcoap__cache_key(struct gcoap__cache_key *key, const struct gcoap__cache *c,
		     const struct gcoap__target *t, const struct gcoap_peer *from,
		     const struct gcoap__group_etags *group_etags);

/* ---- answers that are there ---- */

/* An answer from the cache, as its server sent it but for Max-Age, which is reduced by its age;
 * 2.03 when the client has it. Borrowed until the next call that changes the cache; a copy is
 * of no use. */
struct gcoap__cached {
	struct gcoap_msg msg; /* without token */
	enum gcoap_scheme scheme;
	struct gcoap_addr server;
	uint8_t max_age[4]; /* what @msg borrows */
	struct gcoap__tag group_etag;
};
/* Must not call the cache. */
typedef void gcoap__cache_give(void *arg, const struct gcoap__cached *answer);

/* A fresh answer to a request for one server. */
bool gcoap__cache_find(struct gcoap__cache *c, const struct gcoap__cache_key *key,
		       gcoap_time now, struct gcoap__cached *out);

enum gcoap__cache_found {
	GCOAP__CACHE_MISS,   /* ask the group; see gcoap__recall_new */
	GCOAP__CACHE_HIT,    /* answered: @give was called for each server */
	GCOAP__CACHE_VALID   /* *@out is the single 2.03 with the Group-ETag */
};
/* Who is in the group, as far as that is known. */
struct gcoap__members {
	const struct gcoap_addr *addrs; /* as configured; their port 0 is the group's */
	size_t n;			/* 0: not configured */
	/* Those that answered the same request before are taken for its members. */
	bool learned;
};
/*
 * Can a group request be answered without the group? Model T: its members are known, and there
 * is a fresh entry for each. Model B: there is a fresh aggregated entry.
 */
enum gcoap__cache_found gcoap__cache_find_group(struct gcoap__cache *c,
						const struct gcoap__cache_key *key,
						const struct gcoap__members *members,
						gcoap_time now, gcoap__cache_give *give,
						void *arg, struct gcoap__cached *out);

/* ---- a request that is forwarded ---- */

/* NULL when there is no memory: the exchange goes on without the cache. */
struct gcoap__recall *gcoap__recall_new(const struct gcoap__cache *c,
					const struct gcoap__cache_key *key);
/* NULL is fine. */
void gcoap__recall_free(struct gcoap__cache *c, struct gcoap__recall **r);

/*
 * Model T, when the group request goes out: entries that will be stale before @timeout is over
 * are given now, the others are held back. Returns how many are held.
 */
size_t gcoap__recall_hold(struct gcoap__cache *c, struct gcoap__recall *r,
			  const struct gcoap__members *members, gcoap_time timeout,
			  gcoap_time now, gcoap__cache_give *give, void *arg);

#define GCOAP__VALIDATE_SERVERS 8
/* Values of the options that gcoap__recall_validate() adds. */
struct gcoap__validators {
	uint8_t bytes[GCOAP__VALIDATE_SERVERS][48];
};
/*
 * Ask for a 2.03 of what is there but stale: ETag to one server; to a group ETag or Multi-ETag,
 * as @dialect has it. Nothing is added when the client has entity-tags of its own in the
 * request. Returns how many options were added to @m, which borrows from @store.
 */
size_t gcoap__recall_validate(struct gcoap__cache *c, struct gcoap__recall *r,
			      const struct gcoap_dialect *dialect, struct gcoap_msg *m,
			      struct gcoap__validators *store, gcoap_time now);

/*
 * An answer of @server, before any option of ours is in it: store it, refresh an entry, or drop
 * one that it contradicts. 0: relay @msg; 1: relay *@out instead, the whole that a 2.03 to our
 * own entity-tag stands for; GCOAP_ENOTFOUND: such a 2.03 whose entry is not there.
 */
int gcoap__recall_answer(struct gcoap__cache *c, struct gcoap__recall *r,
			 const struct gcoap_origin *server, const struct gcoap_msg *msg,
			 gcoap_time now, struct gcoap__cached *out);

/* Just before the end of T': give what is held of servers that have not answered. */
void gcoap__recall_release(struct gcoap__cache *c, struct gcoap__recall *r, gcoap_time now,
			   gcoap__cache_give *give, void *arg);
/* T' is over: who was silent and has nothing fresh is forgotten. Model B: the answers become an
 * aggregated entry. */
void gcoap__recall_end(struct gcoap__cache *c, struct gcoap__recall *r, gcoap_time now);
/*
 * What comes from now on are notifications (RFC 7641, Section 5.1): each is stored by itself, a
 * server that is new is one of the group, and in model B the aggregated entry is kept up as by an
 * answer to a request for that server alone. Nothing is remembered of servers in @r any more.
 */
void gcoap__recall_notified(struct gcoap__cache *c, struct gcoap__recall *r);

/* ---- changes ---- */

/*
 * A request that is not safe was sent to the group @addr, or the server @addr has answered one
 * with 2.01, 2.02 or 2.04: what is stored of the resource, and of what was asked through the
 * group, is stale (RFC 7252, Section 5.9.1).
 */
void gcoap__cache_changed(struct gcoap__cache *c, const struct gcoap_msg *request,
			  enum gcoap_scheme scheme, const struct gcoap_addr *addr);

#endif
