/*
 * A group-aware proxy: forward, reverse and as one of a chain (groupcomm-bis-03, Section 3.4;
 * groupcomm-proxy), with its cache. Fed with messages and time: requests come from fronts
 * (gcoap/peer.h), what goes to the servers and comes from them passes the engine. No sockets
 * and no clock.
 */
#ifndef GCOAP_PROXY_H
#define GCOAP_PROXY_H

#include <gcoap/datagram.h>
#include <gcoap/dialect.h>
#include <gcoap/origin.h>
#include <gcoap/peer.h>
#include <gcoap/random.h>

struct gcoap_proxy;

/* ---- who may do what: nothing at all without a row ---- */

/* A row of the clients that may ask groups: an authenticated identity, or a network. */
struct gcoap_proxy_client {
	const char *identity;	 /* NULL: by address */
	struct gcoap_addr net;	 /* port is not looked at */
	uint8_t prefix;		 /* bits of @net that count */
	const char *group;	 /* URI text as in --allow-group: only that one; NULL: every
				    allowed group */
};

/* A row of the group URIs: authority, and a path below which everything is allowed. */
struct gcoap_proxy_group {
	struct gcoap_uri uri; /* borrows its text */
	struct gcoap_addr addr;	   /* of the authority, resolved */
	uint32_t ifindex;	   /* egress; 0: the proxy's */
	/* Who is in it, when it is known: for the cache. */
	const struct gcoap_addr *members;
	size_t n_members;
	bool learn_members; /* else who answered a request until T' was over is all of it */
};

/* A row of the unicast targets. */
struct gcoap_proxy_target {
	struct gcoap_addr net;
	uint8_t prefix;
};

/* How a reverse-proxy stands in for the group (groupcomm-proxy, Section 6.1). */
enum gcoap_standin {
	GCOAP_STANDIN_A, /* for the group only: answers name the servers */
	GCOAP_STANDIN_B, /* for the servers too, with an address each */
	GCOAP_STANDIN_C	 /* for the servers too, with its one address */
};

/* A row of the reverse-proxy: requests for @path go to the group. */
struct gcoap_proxy_reverse {
	const char *path; /* "/proxy/lights"; "//group1.com": by Uri-Host */
	struct gcoap_uri group; /* borrows its text; its path stands in front of what is behind
				   @path in the request */
	struct gcoap_addr addr;
	uint32_t ifindex;
};

/* The address of ours that stands for a server (mode B), to clients of that transport: one row
 * for each. */
struct gcoap_proxy_alias {
	struct gcoap_addr ours, server;
	enum gcoap_scheme scheme; /* coap, coaps, coap+tcp or coaps+tcp */
};

enum gcoap_cache_model { GCOAP_CACHE_T, GCOAP_CACHE_B };

/* ---- what happens, for logs and traces ---- */

enum gcoap_proxy_what {
	GCOAP_PROXY_REQUEST,   /* a client's request came */
	GCOAP_PROXY_REFUSED,   /* answered with an error of ours: @msg */
	GCOAP_PROXY_FORWARDED, /* sent on to @to: @msg */
	GCOAP_PROXY_RELAYED,   /* a response of @server went to the client: @msg */
	GCOAP_PROXY_CACHED,    /* the same from the cache */
	GCOAP_PROXY_DROPPED,   /* a response was not relayed: @why */
	GCOAP_PROXY_ENDED      /* it is over: @why, and the counts; not told of what was REFUSED
				* and never forwarded */
};

/* Everything is borrowed for the call. */
struct gcoap_proxy_event {
	enum gcoap_proxy_what what;
	gcoap_time at;
	uint64_t id; /* of the client's request, 1 and up */
	const struct gcoap_peer *client;
	const struct gcoap_msg *msg;
	const char *uri; /* of the target, as far as it is known; else NULL */
	bool group;
	struct gcoap_addr to;
	const struct gcoap_origin *server;
	const char *why;	/* "timeout", "early stop", "token reuse" …; else NULL */
	uint32_t answers;	/* relayed so far, those of the cache included */
	uint32_t cached;	/* of these */
	uint64_t bytes;		/* payload bytes of these */
	gcoap_time elapsed;
	/* T' of a group request, seconds: as the client has it (0: not there), and as it counts,
	 * at most max_timeout (0: not known yet). */
	uint32_t timeout_asked, timeout;
};

/* ---- the proxy ---- */

/* What a resource of the proxy itself answers. */
struct gcoap_proxy_reply {
	uint8_t code; /* starts as 4.04 */
	int32_t content_format; /* -1: none */
	struct gcoap_bytes body; /* of @room, or of what outlives the call */
	uint8_t room[4096];
};

struct gcoap_proxy_config {
	const struct gcoap_registry *registry; /* borrowed, as all that follows */
	/* Spoken to the next proxy, and shown to clients whose request has no option of either. */
	const struct gcoap_dialect *dialect;
	struct gcoap_random *random; /* NULL: the kernel's */
	struct gcoap_transmission transmission; /* towards the servers */
	uint32_t ifindex; /* towards groups; 0: by route */

	bool forward; /* be a forward-proxy at all */
	const struct gcoap_proxy_client *clients;
	size_t n_clients;
	const struct gcoap_proxy_group *groups; /* none: 5.01 to group URIs */
	size_t n_groups;
	const struct gcoap_proxy_target *targets;
	size_t n_targets;
	const struct gcoap_addr *ours; /* endpoints that we listen on: never a target */
	size_t n_ours;
	const struct gcoap_proxy_reverse *reverse;
	size_t n_reverse;
	enum gcoap_standin standin;
	const struct gcoap_proxy_alias *aliases;
	size_t n_aliases;
	gcoap_time t_proxy; /* tiloca-05, Section 6.2: T' of requests without the option from
			       clients that are known; 0: none */
	struct gcoap_addr next_proxy; /* family 0: none, servers are asked directly */

	gcoap_time max_timeout;	 /* longest T' that is kept: 300 s */
	gcoap_time margin;	 /* T' - T'' for the hop behind us: 1 s */
	gcoap_time unicast_timeout; /* for an individual server: 25 s, before clients give up */
	uint32_t max_ongoing;	 /* group requests at a time, all clients: 1024 */
	uint32_t max_per_client; /* of one client: 4 */
	uint32_t max_per_minute; /* group requests of one client: 10; 0: not limited */
	uint32_t max_answers;	 /* relayed for one request: 1000 */

	size_t cache_size; /* bytes; 0: no cache */
	enum gcoap_cache_model cache_model;

	/*
	 * Find the addresses of @host. 0 and *@out when they are known; GCOAP_EAGAIN: tell
	 * later with gcoap_proxy_resolved(); GCOAP_ERESOLVE.
	 */
	int (*resolve)(void *arg, const char *host, uint16_t port, struct gcoap_addr *out);
	/* GET and the like for what is not proxied; NULL: 4.04. */
	void (*local)(void *arg, const struct gcoap_peer *from, const struct gcoap_msg *msg,
		      struct gcoap_proxy_reply *out, gcoap_time now);
	void (*event)(void *arg, const struct gcoap_proxy_event *e); /* NULL: not wanted */
	void *arg;
};

#define GCOAP_PROXY_CONFIG_DEFAULT                                                         \
	{                                                                                  \
		.dialect = &gcoap_dialects[0], .transmission = GCOAP_TRANSMISSION_DEFAULT, \
		.forward = true, .max_timeout = 300 * GCOAP_SECOND,                        \
		.margin = GCOAP_SECOND, .unicast_timeout = 25 * GCOAP_SECOND,              \
		.max_ongoing = 1024, .max_per_client = 4, .max_per_minute = 10,            \
		.max_answers = 1000, .cache_size = 64 << 20                                \
	}

struct gcoap_proxy_stats {
	uint64_t requests, group_requests, unicast_requests, refused, forwarded, relayed;
	uint64_t cached, late, dropped, timeouts, stopped;
	uint64_t ongoing, observations, observers;  /* now */
	uint64_t cache_entries, cache_bytes, cache_hits, cache_misses, cache_evicted;
	uint64_t by_code[8]; /* responses of ours by class */
};

/* GCOAP_ENOMEM, GCOAP_ESYSTEM (no random bytes). */
int gcoap_proxy_new(struct gcoap_proxy **out, const struct gcoap_proxy_config *config);
/* NULL is fine; *@p is NULL after. */
void gcoap_proxy_free(struct gcoap_proxy **p);
/* Towards the servers: to be given to the loop; lives as long as @p. */
struct gcoap_engine *gcoap_proxy_engine(struct gcoap_proxy *p);
/* For fronts: requests of clients come here. */
struct gcoap_served *gcoap_proxy_served(struct gcoap_proxy *p);
/* The answer to a resolve() that was GCOAP_EAGAIN; @n 0: there is none. */
void gcoap_proxy_resolved(struct gcoap_proxy *p, const char *host, uint16_t port,
			  const struct gcoap_addr *found, size_t n, gcoap_time now);
/* No new requests (5.03); observations are cancelled at their servers. The engine is done when
 * the ongoing exchanges have ended, at the latest @within from now. */
void gcoap_proxy_stop(struct gcoap_proxy *p, gcoap_time within, gcoap_time now);
void gcoap_proxy_stats(const struct gcoap_proxy *p, struct gcoap_proxy_stats *out);
/* Is @from in the allow-list at all? For what only clients may read. */
bool gcoap_proxy_known(const struct gcoap_proxy_config *config, const struct gcoap_peer *from);

#endif
