/* A request of a client that is being worked on (the draft's ongoing request), and its client. */
#ifndef PROXY_ONGOING_H
#define PROXY_ONGOING_H

#include <sys/queue.h>

#include "engine/table.h"
#include "engine/timer.h"
#include "engine/token.h"
#include "cache.h"
#include "target.h"

/* Whose request it is: a client's endpoint at one of our own, and the client's token. */
struct gcoap__ongoing_key {
	uint64_t way, session;
	struct gcoap__endpoint from, local; /* empty: the session tells */
	struct gcoap__token token;
};

enum gcoap__stage {
	GCOAP__FRESH,	  /* being read; nothing is kept yet */
	GCOAP__RESOLVING, /* its target is a name that somebody looks up */
	GCOAP__HELD,	  /* answered without asking anybody, or to be asked later */
	GCOAP__ASKED,	  /* sent on; @ask is its number upstream */
	GCOAP__CLOSED	  /* given up; freed when no callback can see it any more */
};

/* What one client has, by identity or by address. */
struct gcoap__asker {
	uint64_t key[4];
	TAILQ_ENTRY(gcoap__asker) entry; /* least recently used first */
	uint32_t n;	   /* ongoing requests */
	uint32_t n_groups; /* of these, to groups */
	size_t bytes;	   /* that they hold */
	gcoap_time paid;   /* group requests so far are paid for by then (max_per_minute) */
};
TAILQ_HEAD(gcoap__askers, gcoap__asker);

struct gcoap__observer; /* of an observation that several clients share */

struct gcoap__ongoing {
	TAILQ_ENTRY(gcoap__ongoing) entry;
	struct gcoap_proxy *proxy;
	struct gcoap__ongoing_key key;
	struct gcoap__timer timer; /* what comes next before T': a name, what is held back */
	enum gcoap__stage stage;
	uint64_t id; /* for events */
	struct gcoap_peer peer; /* its identity is in @kept */
	enum gcoap_send_as as;	/* how answers of servers go to the client */
	bool confirmable;	/* the request was CON */
	bool stream;		/* it came over a connection, and asks for no block */
	const struct gcoap_dialect *dialect; /* of the client's options, else ours */
	struct gcoap__group_etags group_etags;
	struct gcoap__target target;	     /* what @target.msg borrows is in @kept */
	uint8_t *kept;
	size_t size; /* bytes that it holds */
	struct gcoap__asker *asker;

	bool group;
	bool chained;	   /* asked of the next proxy */
	uint32_t timeout;  /* T', seconds */
	uint32_t hop_timeout; /* T'', as told to the next proxy */
	uint64_t ask;	   /* number of the request upstream; 0: none */
	bool forwarded;	   /* handed to the client of the servers */
	bool refused;	   /* answered with an error of ours */
	bool counted;	   /* in the figures of @asker and of the proxy */
	gcoap_time since;  /* it came, or was sent upstream */
	gcoap_time ends_at; /* T', once it was sent */
	uint32_t answers, cached;
	uint64_t bytes;	 /* of payload, relayed */
	const char *why; /* of its end */

	struct gcoap__recall *recall; /* NULL: answers are not cached */
	bool holding; /* the cache has answers for the end of T' */
	bool asked_again; /* without entity-tags of ours */
	struct gcoap__observer *observer; /* NULL: does not observe */
};
TAILQ_HEAD(gcoap__ongoings, gcoap__ongoing);

#define GCOAP__ASKERS_MAX 4096		/* clients whose figures are remembered */
#define GCOAP__CLIENT_BYTES (1u << 20)	/* held for one client, and for what it may have */
#define GCOAP__ALL_BYTES (256u << 20)	/* held for all */
#define GCOAP__SINGLES_MAX 4096		/* requests to individual servers, all clients */
#define GCOAP__RESOLVING_MAX 256
#define GCOAP__RESOLVE_TIME (10 * GCOAP_SECOND)

/* ---- ongoing.c ---- */

/* Start to read a request in @o, which nothing is kept for. */
void gcoap__ongoing_begin(struct gcoap_proxy *p, struct gcoap__ongoing *o,
			  const struct gcoap_peer *from, const struct gcoap_msg *msg,
			  gcoap_time now);
/*
 * Keep a FRESH request beyond the call that brought it, with all that it borrows: *@o is then
 * a copy on the heap. GCOAP_ENOMEM, GCOAP_ELIMIT (bytes of the client, or of all): nothing has
 * changed. What is kept already stays as it is.
 */
int gcoap__ongoing_keep(struct gcoap__ongoing **o);
/* NULL: no such request. */
struct gcoap__ongoing *gcoap__ongoing_find(struct gcoap_proxy *p, const struct gcoap_peer *from,
					   const uint8_t *token, size_t token_len);
struct gcoap__ongoing *gcoap__ongoing_by_ask(struct gcoap_proxy *p, uint64_t ask);
/* @o was asked upstream under number @ask. GCOAP_ENOMEM. */
int gcoap__ongoing_asked(struct gcoap__ongoing *o, uint64_t ask);
/* Its name has been looked up: it is HELD, and counted anew when it is kept. */
void gcoap__ongoing_resolved(struct gcoap__ongoing *o);
/* It goes on without being counted as a request that waits for answers. */
void gcoap__ongoing_uncount(struct gcoap__ongoing *o);
/* Forget its number upstream: nothing of it arrives any more. */
void gcoap__ongoing_unask(struct gcoap__ongoing *o);
/*
 * End: @why goes to the log. Its token is free at once, its memory when the call from outside
 * is over, so that callers may still look at it. Upstream it is stopped by then.
 */
void gcoap__ongoing_close(struct gcoap__ongoing *o, const char *why, gcoap_time now);
/* Stop and free what was closed. Not from within a callback of the client. */
void gcoap__ongoing_reap(struct gcoap_proxy *p, gcoap_time now);
void gcoap__ongoing_free_all(struct gcoap_proxy *p);

/* ---- limits.c ---- */

/* Whose figures are whose: a client with an identity is known by it, else by its host. */
void gcoap__asker_key(const uint64_t seed[2], const struct gcoap_peer *from, uint64_t key[4]);

/* The figures of this client, made when there are none; NULL: out of memory. */
struct gcoap__asker *gcoap__asker_of(struct gcoap_proxy *p, const struct gcoap_peer *from,
				     gcoap_time now);
/* Is there room for one request more? A group request is counted against its client's rate.
 * 0, or the code of *@refusal: 5.03 with Max-Age (RFC 7252, Section 5.9.3.4). */
int gcoap__limits(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal);
void gcoap__askers_clear(struct gcoap_proxy *p);

#endif
