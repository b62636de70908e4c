/*
 * Observations through the proxy (groupcomm-proxy-07, Section 5.4.2): a watch is a registration
 * at the servers, and serves all clients that sent the same request (RFC 7641, Section 5.1). Each
 * of them is an ongoing request with an observer.
 */
#ifndef PROXY_OBSERVE_H
#define PROXY_OBSERVE_H

#include <gcoap/observe.h>

#include "ongoing.h"

/* A client learns by a CON notification now and then that it is asked whether it still listens
 * (RFC 7641, Section 4.5, wants one a day): each so-manieth, and the first one after so long. */
#define GCOAP__CONFIRM_EVERY 20
#define GCOAP__CONFIRM_AFTER (3600 * GCOAP_SECOND)
/* Servers are not asked again while they may still be answering. */
#define GCOAP__RENEW_GAP (5 * GCOAP_SECOND)

struct gcoap__watch;

/* A client of a watch. It is freed with its ongoing request. */
struct gcoap__observer {
	TAILQ_ENTRY(gcoap__observer) entry;
	struct gcoap__watch *watch;
	struct gcoap__ongoing *ongoing;
	bool in_window; /* of a group: T' is not over */
	uint32_t unconfirmed;	 /* notifications since the last CON one */
	gcoap_time confirmed_at; /* when that was, or the client registered */
};
TAILQ_HEAD(gcoap__observers, gcoap__observer);

/* What a server told last. */
struct gcoap__told {
	uint32_t index; /* first: the key, from gcoap_observed.index */
	bool active;	/* it notifies */
	enum gcoap_server_from server_from;
	enum gcoap_scheme scheme;
	struct gcoap_addr server;
	gcoap_time at;
	int64_t max_age;
	uint8_t *bytes; /* the message; NULL: not kept */
	size_t len;
};

struct gcoap__watch {
	TAILQ_ENTRY(gcoap__watch) entry;
	struct gcoap_proxy *proxy;
	uint32_t ask;  /* number of the registration upstream; 0: has ended */
	bool group;
	bool leaving;  /* no more clients: the servers are being told */
	struct gcoap__observers observers;
	uint32_t n;	   /* of them that are not closed */
	uint32_t n_active; /* servers that notify */
	gcoap_time asked_at;
	struct gcoap__table tolds; /* struct gcoap__told */
	size_t bytes;		   /* of these */
	struct gcoap__recall *recall; /* NULL: what they tell is not cached */
	uint64_t opened_by; /* number of the request that registered, until its T' is over; 0 */
	size_t key_len;
	uint8_t key[]; /* of what makes requests the same */
};
TAILQ_HEAD(gcoap__watches, gcoap__watch);

/* ---- observe.c ---- */

/* Does @o register, or renew its registration? */
bool gcoap__observes(const struct gcoap__ongoing *o);
/* Register @o, upstream only when nobody did before. 0, or the code of *@refusal. */
int gcoap__observe(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal);
/*
 * A request with the token of *@old: true when it renews or ends that observation and nothing
 * else is to be done. *@old is NULL when the request goes on as any other.
 */
bool gcoap__observe_same_token(struct gcoap__ongoing *o, struct gcoap__ongoing **old,
			       gcoap_time now);
/* T' of @o is over: it goes on while servers notify. */
void gcoap__observer_due(struct gcoap__ongoing *o, gcoap_time now);
/* @o was closed; and it is freed. */
void gcoap__observer_gone(struct gcoap__ongoing *o, gcoap_time now);
void gcoap__observer_free(struct gcoap__ongoing *o);
/* End every observation with an error, as clients and servers are told. */
void gcoap__observe_stop(struct gcoap_proxy *p, const struct gcoap__refusal *refusal,
			 gcoap_time now);

/* ---- observe_watch.c ---- */

void gcoap__watches_init(struct gcoap_proxy *p, const uint64_t seed[2]);
/* A watch that @o fits, or NULL. */
struct gcoap__watch *gcoap__watch_find(struct gcoap_proxy *p, const struct gcoap__ongoing *o);
/* Is what @o asks what the watch asks? */
bool gcoap__watch_fits(const struct gcoap__watch *w, const struct gcoap__ongoing *o);
/* Register at the servers for @o. GCOAP_ENOMEM, or an error of gcoap_client_ask(). */
int gcoap__watch_new(struct gcoap__watch **out, struct gcoap__ongoing *o, gcoap_time now);
struct gcoap__watch *gcoap__watch_by_ask(struct gcoap_proxy *p, uint32_t ask);
/* Its registration has ended. */
void gcoap__watch_unask(struct gcoap__watch *w);
/* Leave the servers of watches that have lost their clients, and free those that have ended.
 * Not from within a callback of the client. */
void gcoap__watches_reap(struct gcoap_proxy *p, gcoap_time now);
void gcoap__watches_free(struct gcoap_proxy *p);

/* ---- observe_told.c ---- */

/* Keep what a server told; *@was: whether it notified before. NULL: out of memory. */
struct gcoap__told *gcoap__told_take(struct gcoap__watch *w, const struct gcoap_notification *n,
				     bool *was);
/*
 * Give the newest of each server that notifies and is fresh to the client of @o, with Observe or
 * without. Returns how many; *@renew (may be NULL): some are not fresh.
 */
uint32_t gcoap__told_give(struct gcoap__watch *w, struct gcoap__ongoing *o, bool observe,
			  bool *renew, gcoap_time now);
void gcoap__told_clear(struct gcoap__watch *w);

/* ---- observe_notify.c: what comes from the servers of a watch ---- */

void gcoap__watch_sent(struct gcoap__watch *w, const struct gcoap_request_record *r);
void gcoap__watch_notified(struct gcoap__watch *w, const struct gcoap_notification *n,
			   gcoap_time now);
/* The next proxy refused. */
void gcoap__watch_refused(struct gcoap__watch *w, const struct gcoap_response *r,
			  gcoap_time now);
void gcoap__watch_ended(struct gcoap__watch *w, const struct gcoap_ended *e, gcoap_time now);

#endif
