/*
 * What the files of the proxy share.
 *
 *	fronts -> served.c -> request.c: forward or answer -> upstream.c, chain.c -> gcoap_client
 *	fronts <- relay.c: every answer <- answer.c <- gcoap_client
 */
#ifndef PROXY_CORE_H
#define PROXY_CORE_H

#include <gcoap/client.h>

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
	uint64_t last_id;
	gcoap_time now; /* of the call from outside: stamps of datagrams are older */
	bool stopping;
	gcoap_time stop_at;
	struct gcoap_proxy_stats stats;

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
/* Ask again under a new token, as gcoap__forward() did; @o is kept. */
int gcoap__forward_again(struct gcoap__ongoing *o, gcoap_time now);
/* The option that tells the client's dialect of T': empty, or @timeout > 0. */
uint16_t gcoap__timeout_option(const struct gcoap__ongoing *o);

/* ---- chain.c ---- */

/* Choose T'' < T' (groupcomm-proxy, Section 8.1). 0, or 5.05 with the smallest T'. */
int gcoap__chain_timeout(struct gcoap__ongoing *o, struct gcoap__refusal *refusal);
/* Make the request for the next proxy out of @o's: Proxy-Uri, and T'' for a group. */
int gcoap__chain_request(struct gcoap__ongoing *o, struct gcoap_msg *msg, uint8_t store[4]);
/* The next proxy answered with an error of its own: once more, or pass it on. */
void gcoap__chain_refused(struct gcoap__ongoing *o, const struct gcoap_msg *msg,
			  gcoap_time now);

/* ---- answer.c ---- */

/* The sink of the proxy's client. */
void gcoap__answer_sink(struct gcoap_sink *sink);

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

/* ---- event.c ---- */

/* Tell config.event; @e holds what is particular, the rest is filled in from @o. */
void gcoap__event(const struct gcoap__ongoing *o, struct gcoap_proxy_event e, gcoap_time now);

/* ---- stop.c ---- */

/* 0, or 5.03 when no new requests are taken. */
int gcoap__stopping(const struct gcoap_proxy *p, struct gcoap__refusal *refusal);
bool gcoap__stop_done(const struct gcoap_proxy *p);
void gcoap__stop_tick(struct gcoap_proxy *p, gcoap_time now);

#endif
