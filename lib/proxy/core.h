/*
 * What the files of the proxy share.
 *
 *	fronts -> served.c -> request.c: forward or answer -> upstream.c, chain.c -> gcoap_client
 *	fronts <- relay.c: every answer <- answer.c <- gcoap_client
 */
#ifndef PROXY_CORE_H
#define PROXY_CORE_H

#include <gcoap/client.h>

#include "cache.h"
#include "observe.h"
#include "ongoing.h"

struct gcoap_proxy {
	struct gcoap_engine engine; /* first: the loop drives it */
	struct gcoap_served served;
	struct gcoap_sink sink; /* of @client */
	struct gcoap_proxy_config config;
	struct gcoap_registry registry; /* when config has none */
	struct gcoap_random kernel_random;
	struct gcoap_client *client; /* towards the servers */
	struct gcoap_engine *upstream; /* its engine */

	struct gcoap__table by_key, by_ask;
	struct gcoap__ongoings all, closed;
	struct gcoap__timers timers;
	struct gcoap__table asker_table;
	struct gcoap__askers askers;
	uint32_t n_groups, n_singles, n_resolving;
	size_t bytes;
	struct gcoap__aged answered; /* of keys without items */
	uint64_t last_id;
	gcoap_time now; /* of the call from outside: stamps of datagrams are older */
	struct gcoap__watches watches;
	struct gcoap__table watch_by_ask;
	uint32_t n_watches, n_observers;
	bool stopping, stop_over;
	gcoap_time stop_at;
	struct gcoap_proxy_stats stats;

	struct gcoap__cache *cache; /* NULL: none */
	uint64_t cache_key_of;	    /* number of the request that the key is of; 0: none */
	struct gcoap__cache_key cache_key;
	struct gcoap__cached cached; /* the answer at hand, from the cache */

	struct gcoap__ongoing fresh; /* the request at hand, until it is kept */
	struct gcoap_msg out;	     /* the response at hand */
	uint8_t address[GCOAP_URI_MAX]; /* its option that names the server */
	uint8_t numbers[2][4];
};

/* ---- served.c ---- */

void gcoap__served_init(struct gcoap_served *s);

/* ---- request.c ---- */

/* A request of a client, from its first check on. */
void gcoap__request(struct gcoap_proxy *p, const struct gcoap_peer *from,
		    const struct gcoap_msg *msg, gcoap_time now);

/* A request that is read and whose target is known: forward or answer it. */
void gcoap__decide(struct gcoap__ongoing *o, gcoap_time now);
/* Answer with an error of ours, and end @o when it is kept. */
void gcoap__refuse_request(struct gcoap__ongoing *o, const struct gcoap__refusal *refusal,
			   gcoap_time now);

/* ---- resolve.c ---- */

/* Find the addresses of a NAMED target, now or later; then gcoap__decide(). 0, or the code of
 * *@refusal. */
int gcoap__resolve(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal);

/* ---- group.c ---- */

/* The timeout option of a group request and what else it must or must not have (4.00, 5.05).
 * Sets T' and, in a chain, T''. 0, or the code of *@refusal. */
int gcoap__group_check(struct gcoap__ongoing *o, struct gcoap__refusal *refusal);

/* ---- upstream.c ---- */

/* Send it on, to the group, the server or the next proxy. 0, or the code of *@refusal. */
int gcoap__forward(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal);
/* The same as an observation. Its number upstream, or GCOAP_E*. */
int gcoap__forward_observing(struct gcoap__ongoing *o, const struct gcoap_observe *observe,
			     gcoap_time now);
/* It could not be sent on: the code of *@refusal. */
int gcoap__not_forwarded(int err, struct gcoap__refusal *refusal);
/* Ask again under a new token, as gcoap__forward() did; @o is kept. */
int gcoap__forward_again(struct gcoap__ongoing *o, gcoap_time now);
/* The option that tells the client's dialect of T': empty, or @timeout > 0. */
uint16_t gcoap__timeout_option(const struct gcoap__ongoing *o);

/* ---- chain.c ---- */

/* Choose T'' < T' (groupcomm-proxy, Section 8.1). 0, or 5.05 with the smallest T'. */
int gcoap__chain_timeout(struct gcoap__ongoing *o, struct gcoap__refusal *refusal);
/* Make the request for the next proxy out of @o's: Proxy-Uri, and T'' for a group. */
int gcoap__chain_request(struct gcoap__ongoing *o, struct gcoap_msg *msg, uint8_t store[4]);
/* What the client is told when the next proxy's error @msg speaks of T''; *@wanted: what that is
 * to be, 0 when it does not tell. False: it does not speak of it. */
bool gcoap__chain_refusal(const struct gcoap_proxy *p, const struct gcoap_msg *msg,
			  uint32_t *wanted, struct gcoap__refusal *refusal);
/* The next proxy answered with an error of its own: once more, or pass it on. */
void gcoap__chain_refused(struct gcoap__ongoing *o, const struct gcoap_msg *msg,
			  gcoap_time now);

/* ---- relay.c ---- */

/* An answer on its way to the client. */
struct gcoap__relayed {
	const struct gcoap_msg *msg; /* code and options as the server sent them */
	struct gcoap_bytes body;
	const struct gcoap_origin *server; /* NULL: not to be named */
	bool named;    /* by options that are left alone: of a chain */
	bool gathered; /* @body was put together: without Block2 and Size2 */
	bool cached;
};

/*
 * Every answer passes here, from a server, from the next proxy and from the cache. What is
 * not the client's business is taken out, who answers is put in (groupcomm-proxy, Section 5.4).
 */
void gcoap__relay(struct gcoap__ongoing *o, const struct gcoap__relayed *a, gcoap_time now);
/* Send p->out, whose code, options and payload are set, to the client of @o. */
int gcoap__respond(struct gcoap__ongoing *o, enum gcoap_send_as as, gcoap_time now);
/* Send an error of ours to the client of @o. */
void gcoap__respond_error(struct gcoap__ongoing *o, const struct gcoap__refusal *refusal,
			  gcoap_time now);

/* ---- answered.c: who sent the begin of a long body to whom ---- */

void gcoap__answered_init(struct gcoap_proxy *p, const uint64_t seed[2]);
void gcoap__answered_clear(struct gcoap_proxy *p);
/* @a went to the client of @o: there may be more to come. */
void gcoap__answered_note(struct gcoap__ongoing *o, const struct gcoap__relayed *a,
			  gcoap_time now);
/* Is one server asked for more of what it sent to this client when a group was asked? Who
 * answers is a member, and that may be all that is known of the members. */
bool gcoap__answered(const struct gcoap__ongoing *o, gcoap_time now);

/* ---- cached.c: nothing, where there is no cache ---- */

/* GCOAP_ENOMEM. */
int gcoap__cached_open(struct gcoap_proxy *p, const uint64_t seed[2]);
/* Answer from the cache alone: true, and @o has ended. */
bool gcoap__cached_answer(struct gcoap__ongoing *o, gcoap_time now);
/* @o, which is kept, is to be forwarded: its answers will be, too. */
void gcoap__cached_forward(struct gcoap__ongoing *o);
/* Put entity-tags of the cache into the request the first time it is sent. */
void gcoap__cached_validate(struct gcoap__ongoing *o, struct gcoap_msg *msg,
			    struct gcoap__validators *store, gcoap_time now);
/* It was forwarded: what the cache has is given now, or held back. */
void gcoap__cached_forwarded(struct gcoap__ongoing *o, gcoap_time now);
/* It was sent, and T' runs. */
void gcoap__cached_sent(struct gcoap__ongoing *o);
/* T' is nearly over: give what is held back. */
void gcoap__cached_due(struct gcoap__ongoing *o, gcoap_time now);
/*
 * An answer of @server, before it is relayed: it is stored, and *@a is changed when it stands for
 * what is stored. 0: relay @a; GCOAP_EAGAIN: the server is asked once more; GCOAP_ENOTFOUND: it is
 * of no use.
 */
int gcoap__cached_take(struct gcoap__ongoing *o, const struct gcoap_origin *server,
		       struct gcoap__relayed *a, gcoap_time now);
/* T' is over. */
void gcoap__cached_end(struct gcoap__ongoing *o, gcoap_time now);
/* @o has registered at the servers of @w: what they tell is stored for requests without Observe,
 * too (RFC 7641, Section 5.1). */
void gcoap__cached_watch(struct gcoap__watch *w, const struct gcoap__ongoing *o);
/* T' of that registration is over, or (@whole false) was not waited for. */
void gcoap__cached_watched(struct gcoap__watch *w, bool whole, gcoap_time now);
/* A server of @w has told something, before it is relayed. */
void gcoap__cached_notified(struct gcoap__watch *w, const struct gcoap_response *r,
			    gcoap_time now);

/* ---- answer.c ---- */

/* The sink of the proxy's client. */
void gcoap__answer_sink(struct gcoap_sink *sink);
/* What is relayed of a response to @o, with its server when the client is to be told. */
struct gcoap__relayed gcoap__relayed_of(const struct gcoap__ongoing *o,
					const struct gcoap_response *r);
/* The exchange upstream has ended without an answer from the one who was asked: say so. */
void gcoap__unanswered(struct gcoap__ongoing *o, const struct gcoap_ended *e, gcoap_time now);

/* ---- event.c ---- */

/* Tell config.event; @e holds what is particular, the rest is filled in from @o. */
void gcoap__event(const struct gcoap__ongoing *o, struct gcoap_proxy_event e, gcoap_time now);

/* ---- stop.c ---- */

/* 0, or 5.03 when no new requests are taken. */
int gcoap__stopping(const struct gcoap_proxy *p, struct gcoap__refusal *refusal);
bool gcoap__stop_done(const struct gcoap_proxy *p);
void gcoap__stop_tick(struct gcoap_proxy *p, gcoap_time now);

#endif
