/* What the files of the load engine share: the plan, its clients, and the requests under way. */
#ifndef GCOAP_ENGINE_LOAD_H
#define GCOAP_ENGINE_LOAD_H

#include <gcoap/load.h>
#include <gcoap/reliability.h>
#include <sys/queue.h>

#include "engine.h"
#include "reply.h"

#define GCOAP__LOAD_SERVERS 20000      /* known, when max_servers is 0 */
#define GCOAP__LOAD_OUTSTANDING 65536  /* when outstanding is 0 */
#define GCOAP__LOAD_OUTSTANDING_MAX (1u << 24)
#define GCOAP__LOAD_OVER 16384	       /* requests that are over and still remembered */
#define GCOAP__LOAD_MARKS (64u << 20) /* bytes of marks of groups' servers */
#define GCOAP__LOAD_PAUSE GCOAP_MS     /* after a request that could not be sent (gap 0) */

/* What one server has answered to one request: Message IDs, with the type where an ACK is not the
 * same as a message of the server's; 0: nothing. */
struct gcoap__load_mark {
	uint32_t first, last;
};

/* What one target is asked. */
struct gcoap__load_target {
	struct gcoap_addr to;
	uint32_t ifindex;
	bool group, proxied, via, confirmable; /* via: one server through a proxy */
	bool many; /* group or proxied */
	const struct gcoap_registry *registry;
	enum gcoap_port_reading port_reading;
	uint16_t group_port;
	gcoap_time timeout;
	uint32_t expect;
	bool *awaited; /* by server, @n_marked of them */
	uint32_t n_marked, n_awaited;
	uint32_t queue;	   /* of those with this timeout */
	uint32_t endpoint; /* first target with this address: whose Message IDs are shared */
	uint32_t server;   /* the only one that can answer, or GCOAP_LOAD_UNKNOWN */
	uint8_t *bytes;	   /* the request as it is sent, but for Message ID and token */
	size_t len;
	uint32_t version; /* of @bytes: changes with the Echo value and with T' */
	uint8_t echo[GCOAP__ECHO_MAX], echo_len;
	/* Through a proxy to a group; T' of the timeout option, and its number: 0: none. */
	const struct gcoap_dialect *dialect;
	gcoap_time collects;
	uint16_t timeout_number;
	bool retimed; /* the option is what the proxy wanted */
};

struct gcoap__load_client;

/* What a request is known by, also when it is over, for what still comes. */
struct gcoap__load_asked {
	uint64_t number;
	struct gcoap__load_asked *same; /* next with this place in the index */
	struct gcoap__load_round *round; /* NULL: it is over */
	gcoap_time due, sent;
	gcoap_time limit; /* its end at the latest; answers from then on are late */
	struct gcoap__load_mark one; /* of the only server, or of those that are not known */
	struct gcoap__load_mark *marks; /* by server; NULL: none yet */
	uint32_t n_marks;
	uint32_t target;
	uint32_t proof; /* in its token */
	uint16_t mid;
	bool warmup;
	bool stopped; /* an Early Stop Request was made for it */
};

/* A request under way. */
struct gcoap__load_round {
	struct gcoap__load_asked asked;
	struct gcoap__load_round *unused; /* the next */
	TAILQ_ENTRY(gcoap__load_round) entry; /* by end */
	struct gcoap__load_client *client;
	bool echoed;  /* was asked again with an Echo value */
	bool retried; /* was asked again with the timeout option that the proxy wants */
	bool unnamed; /* a proxy has answered without telling for whom */
	bool queued;  /* to be sent once more */
	bool timed;   /* a place among the timers is kept for it */
	bool acked;
	uint32_t version; /* of the target's bytes that were sent */
	uint32_t answered, awaited; /* the latter: of those that must answer */
	gcoap_time first, last;
	uint32_t tries; /* retransmissions */
	gcoap_time wait;
	struct gcoap__timer timer;
	TAILQ_ENTRY(gcoap__load_round) again;
};
TAILQ_HEAD(gcoap__load_rounds, gcoap__load_round);

/* Who a Message ID was used for last. */
struct gcoap__load_mid {
	struct gcoap__load_round *round;
	uint32_t second; /* + 1; 0: never */
	uint32_t endpoint;
};

struct gcoap__load_client {
	struct gcoap_engine engine; /* first: the loop drives it */
	struct gcoap_load *load;
	uint32_t index;
	uint64_t next;	 /* number of its next request */
	uint32_t target; /* of that */
	gcoap_time due;	 /* when it is due; GCOAP_NEVER: no more, or not before a place is free */
	uint32_t open, share;
	gcoap_time *free_since; /* gap 0: a ring of the places that are free, @share long */
	uint32_t first_free, n_free;
	gcoap_time freed_last;
	struct gcoap__load_rounds *queues; /* open ones, one queue a timeout: by end */
	gcoap_time checked; /* all that came until then was read */
	struct gcoap__load_rounds again;
	struct gcoap__timers timers;
	struct gcoap__replies replies;
	struct gcoap__load_mid *mids[256];
	uint16_t mid;
	uint8_t *bytes; /* what was handed out last */
	uint32_t bytes_of, bytes_version; /* target and version that it was made of */
	struct gcoap__load_asked *stops; /* whose Early Stop Requests are to be sent */
	uint32_t n_stops, cap_stops;
	uint8_t stop_bytes[4 + GCOAP_TOKEN_MAX + 3];
	struct gcoap_msg in;
};

/* Which server this is: found by an endpoint, or by what a proxy names. */
struct gcoap__load_who {
	struct gcoap__who who;
	uint32_t server;
	bool seen;    /* has answered from there */
	bool several; /* of a host: more than one server is expected there */
};

struct gcoap__load_spare; /* marks that nobody uses */

struct gcoap_load {
	struct gcoap_load_config config;
	struct gcoap_random kernel_random;
	struct gcoap_random jitter; /* of waits: no secret, and not a system call each */
	struct gcoap_registry registry;
	uint64_t seed[2], token_key[2];
	uint32_t token_pad;
	uint64_t proof_of, proofs; /* the last two: of which pair of numbers, + 1 */
	struct gcoap__load_target *targets;
	size_t n_targets, largest; /* bytes of the longest request with an Echo value */
	uint32_t n_queues;
	struct gcoap__load_client **clients;
	gcoap_time end; /* none is due then or later */
	bool stopped;
	uint64_t due_when_stopped;
	uint32_t n_planned; /* clients with a next request */
	uint32_t n_stops;   /* Early Stop Requests to be sent */
	uint64_t newest;    /* largest number sent + 1 */

	struct gcoap__load_round **chunks; /* LOAD_CHUNK rounds each */
	uint32_t n_chunks, cap_chunks;
	struct gcoap__load_round *unused;
	struct gcoap__load_asked *over; /* a ring of GCOAP__LOAD_OVER */
	uint32_t oldest, n_over;
	struct gcoap__load_asked **index; /* by the last bits of the number */
	uint32_t n_places, n_indexed;	  /* the former a power of two, or 0 */
	struct gcoap__load_spare *spare;
	size_t marks_bytes;

	struct gcoap__table by_who; /* struct gcoap__load_who */
	struct gcoap_load_server *servers;
	uint32_t n_servers, cap_servers;
	struct gcoap_origin origin; /* the one at hand */
	struct gcoap_load_count count;
};

/* How a request ended. */
struct gcoap__load_end {
	bool complete, interrupted, reset;
	int error;
	gcoap_time at;
};

/* ---- load_target.c ---- */

/* GCOAP_EINVALID, GCOAP_ESPACE, GCOAP_ENOMEM. */
int gcoap__load_targets(struct gcoap_load *l);
void gcoap__load_targets_clear(struct gcoap_load *l);
/* Send @m in all requests to @t from now on. */
int gcoap__load_change(struct gcoap_load *l, struct gcoap__load_target *t,
		       const struct gcoap_msg *m);
/* The same with @echo. */
int gcoap__load_echo(struct gcoap_load *l, struct gcoap__load_target *t,
		     struct gcoap_bytes echo);

/* ---- load_proxy.c ---- */

/* What @q tells of how long the proxy collects answers. */
void gcoap__load_proxy_init(struct gcoap__load_target *t, const struct gcoap_load_request *q);
/* Is it a refusal for want of the timeout option, or of more time in it? */
bool gcoap__load_wants_time(const struct gcoap__load_target *t, const struct gcoap_msg *msg);
/* The proxy has refused @r with c->in: true when that is mended, and @r asked again. */
bool gcoap__load_retry(struct gcoap__load_client *c, struct gcoap__load_round *r,
		       gcoap_time now);
/* @r ends before the proxy's time is over: tell it, where the dialect can. */
void gcoap__load_stop_early(struct gcoap__load_round *r, const struct gcoap__load_end *how,
			    gcoap_time now);
/* One of c->n_stops: 1, or 0. */
int gcoap__load_stop_send(struct gcoap__load_client *c, struct gcoap_datagram *out,
			  gcoap_time now);

/* ---- load_token.c ---- */

/*
 * Tokens need no memory: 4 bytes are the request's number under a secret pad, 4 bytes prove that
 * it was us who asked. Nobody who has not seen a token can make one (RFC 7252, Section 5.3.1).
 */
uint32_t gcoap__load_proof(struct gcoap_load *l, uint64_t number);
void gcoap__load_token(const struct gcoap_load *l, const struct gcoap__load_asked *q,
		       uint8_t token[8]);
/* Is it one that was sent? Of which request, and (NULL: forgotten) what is known of it. */
bool gcoap__load_token_read(const struct gcoap_load *l, const uint8_t token[8],
			    uint64_t *number, struct gcoap__load_asked **q);

/* ---- load_plan.c ---- */

int gcoap__load_plan_init(struct gcoap__load_client *c);
/* May the next request leave? */
bool gcoap__load_is_due(const struct gcoap__load_client *c, gcoap_time now);
/* The next request is taken from the plan, and a place with it. */
void gcoap__load_advance(struct gcoap__load_client *c);
/* The place of a request is free. */
void gcoap__load_give_place(struct gcoap__load_client *c, gcoap_time at);
/* Nothing more is due. */
void gcoap__load_plan_end(struct gcoap__load_client *c);
/* How many have been due until @now? */
uint64_t gcoap__load_due(const struct gcoap_load *l, gcoap_time now);
bool gcoap__load_in_warmup(const struct gcoap_load *l, gcoap_time due);

/* ---- load_round.c ---- */

/* A round that is not in use; NULL: out of memory. */
struct gcoap__load_round *gcoap__load_round_take(struct gcoap_load *l, uint64_t number);
struct gcoap__load_asked *gcoap__load_asked_find(const struct gcoap_load *l, uint64_t number);
/* Tell the sink, free its place, remember it as over. */
void gcoap__load_round_end(struct gcoap__load_round *r, const struct gcoap__load_end *how,
			   gcoap_time now);
/* One that was never sent. */
void gcoap__load_round_unsent(struct gcoap__load_client *c, uint64_t number, uint32_t target,
			      gcoap_time due, gcoap_time at, int error);
/* When @in came: not before the request was sent, whatever two clocks say. */
gcoap_time gcoap__load_stamp(const struct gcoap__load_asked *q, const struct gcoap_datagram *in);
/* The mark of a server in a request; NULL: out of memory. */
struct gcoap__load_mark *gcoap__load_mark(struct gcoap_load *l, struct gcoap__load_asked *q,
					  uint32_t server);
int gcoap__load_rounds_init(struct gcoap_load *l);
void gcoap__load_rounds_clear(struct gcoap_load *l);

/* ---- load_send.c ---- */

int gcoap__load_send(struct gcoap__load_client *c, struct gcoap_datagram *out, gcoap_time now);
/* The next Message ID, of @r (NULL: of no request) to @t. */
uint16_t gcoap__load_mid(struct gcoap__load_client *c, const struct gcoap__load_target *t,
			 struct gcoap__load_round *r, gcoap_time now);
/* Retransmission timers, and the ends of those who were given up. */
void gcoap__load_retransmit(struct gcoap__load_client *c, gcoap_time now);
/* No retransmission is needed any more. */
void gcoap__load_settle(struct gcoap__load_round *r);
/* Ask it again, as a new message. */
void gcoap__load_ask_again(struct gcoap__load_round *r);
/* The round that @mid was used for last, while it is open; NULL. */
struct gcoap__load_round *gcoap__load_by_mid(struct gcoap__load_client *c, uint16_t mid);

/* ---- load_recv.c ---- */

/* Bytes of the message that stands in @data, as they are on the wire. */
size_t gcoap__load_size(const struct gcoap_load *l, struct gcoap_bytes data);

int gcoap__load_recv(struct gcoap__load_client *c, const struct gcoap_datagram *in,
		     gcoap_time now);

/* ---- load_answer.c ---- */

/* A response to a request of ours, which is @q, or (NULL) one that is forgotten. */
void gcoap__load_answer(struct gcoap__load_client *c, struct gcoap__load_asked *q,
			uint64_t number, const struct gcoap_datagram *in, gcoap_time now);
void gcoap__load_malformed(struct gcoap__load_client *c, const struct gcoap_datagram *in,
			   const struct gcoap_diag *diag);

/* ---- load_error.c ---- */

void gcoap__load_failed(struct gcoap__load_client *c, const struct gcoap_datagram *out,
			int error, gcoap_time now);
void gcoap__load_unreachable(struct gcoap__load_client *c, const struct gcoap_datagram *out,
			     int error, gcoap_time now);

/* ---- load_server.c ---- */

/* The number of the server with this origin, which is made known: GCOAP_LOAD_UNKNOWN beyond
 * max_servers, GCOAP_ENOMEM. */
int64_t gcoap__load_server_of(struct gcoap_load *l, const struct gcoap_origin *o);
/* The same of an endpoint that has answered. */
int64_t gcoap__load_server_at(struct gcoap_load *l, const struct gcoap_addr *a);
void gcoap__load_servers_clear(struct gcoap_load *l);

#endif
