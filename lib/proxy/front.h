/* What the files of the UDP front share. */
#ifndef PROXY_FRONT_H
#define PROXY_FRONT_H

#include <gcoap/front.h>
#include <sys/queue.h>

#include "engine/table.h"
#include "engine/timer.h"

/* Bounds of what clients can make us keep. */
#define GCOAP__FRONT_SEEN 65536u	  /* requests, twice at most: 6 MiB */
#define GCOAP__FRONT_STRANGERS 8192u	  /* challenged requests, likewise */
#define GCOAP__FRONT_SENT 32768u	  /* responses that a RST may answer, likewise */
#define GCOAP__FRONT_KEPT (4u << 20)	  /* bytes of piggybacked responses */
#define GCOAP__FRONT_WAITING (16u << 20)  /* bytes that wait to be sent */
#define GCOAP__FRONT_UNACKED 8192u	  /* CON messages */
#define GCOAP__FRONT_HELD 1024u		  /* ACKs that wait for a response */

/*
 * Endpoints and Message IDs are keys as 64 bits of a keyed hash: among 65,536 entries two of
 * them fall together once in 10^14 messages, and nobody can choose which.
 */
struct gcoap__front_seen {
	uint64_t key;
	gcoap_time until;
	uint64_t reply; /* where its response is kept */
	uint32_t reply_len; /* 0: it has none */
};

/* Encoded responses one after the other; the newest overwrite the oldest. */
struct gcoap__front_kept {
	uint8_t *bytes;
	uint64_t end; /* bytes ever taken */
};

/* A message that waits to be sent; a CON one stays until it is acknowledged. */
struct gcoap__outgoing {
	TAILQ_ENTRY(gcoap__outgoing) entry;
	struct gcoap__timer timer;
	uint64_t key; /* of its endpoint and Message ID */
	struct gcoap_addr to, from;
	uint32_t ifindex;
	uint32_t tries;
	gcoap_time wait;
	bool con, ready;
	uint8_t token_len;
	uint8_t token[GCOAP_TOKEN_MAX];
	size_t len;
	uint8_t data[];
};
TAILQ_HEAD(gcoap__outgoings, gcoap__outgoing);

/* The ACK of a request that has no response yet. */
struct gcoap__held {
	TAILQ_ENTRY(gcoap__held) entry;
	uint64_t key; /* of the peer and the token */
	gcoap_time due;
	struct gcoap_peer peer;
	uint16_t mid;
};
TAILQ_HEAD(gcoap__helds, gcoap__held);

/* The request that is being handed over. */
struct gcoap__front_now {
	const struct gcoap_peer *peer; /* NULL: none */
	const struct gcoap_msg *msg;
	struct gcoap__front_seen *seen; /* NULL: there was no memory */
	bool answered; /* its ACK is under way */
};

struct gcoap_front {
	struct gcoap_way way; /* first: peers lead here */
	struct gcoap_engine engine;
	struct gcoap_front_config config;
	struct gcoap_random kernel_random;
	struct gcoap_random *random;
	uint64_t seed[2], echo_key[2];

	struct gcoap__aged seen, strangers; /* struct gcoap__front_seen */
	struct gcoap__aged sent;	    /* who has which token under a Message ID */
	struct gcoap__aged proofs;
	struct gcoap__front_kept kept;
	uint16_t mids[4096]; /* next Message IDs of the endpoints that share a hash */

	struct gcoap__outgoings ready;
	size_t waiting; /* bytes of these */
	struct gcoap__table unacked; /* struct gcoap__outgoing by key */
	struct gcoap__timers timers;
	struct gcoap__helds held; /* the oldest first */
	struct gcoap__table held_by_key;
	struct gcoap__outgoing *gone; /* handed out by the last send, and not needed after it */

	struct gcoap__front_now now;
	struct gcoap_front_stats stats;
	struct gcoap_msg in, out; /* the messages at hand */
};

/* ---- front_recv.c ---- */

int gcoap__front_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now);

/* ---- front_seen.c ---- */

void gcoap__front_seen_init(struct gcoap_front *f);
void gcoap__front_seen_clear(struct gcoap_front *f);
/* The entry of a request in @in; *@added when it is new. NULL: out of memory. */
struct gcoap__front_seen *gcoap__front_seen_take(struct gcoap_front *f, struct gcoap__aged *in,
						 const struct gcoap_peer *from,
						 const struct gcoap_msg *msg, gcoap_time now,
						 bool *added);
/* The entry of the request with the peer, Message ID and token; NULL: it is not known. */
struct gcoap__front_seen *gcoap__front_seen_find(const struct gcoap_front *f,
						 const struct gcoap_peer *peer,
						 const struct gcoap_msg *msg);
/* Was the request challenged before? */
bool gcoap__front_was_challenged(struct gcoap_front *f, const struct gcoap_peer *from,
				 const struct gcoap_msg *msg, gcoap_time now);
/* Keep the encoded response for the duplicates of a request. */
void gcoap__front_keep(struct gcoap_front *f, struct gcoap__front_seen *s,
		       struct gcoap_bytes reply);
/* It, or no bytes when it was not kept. */
struct gcoap_bytes gcoap__front_kept(const struct gcoap_front *f,
				     const struct gcoap__front_seen *s);

/* ---- front_echo.c ---- */

void gcoap__front_proofs_init(struct gcoap_front *f);
/* Has the client proved that it is at its address, or need it not? */
bool gcoap__front_proved(struct gcoap_front *f, const struct gcoap_addr *client,
			 gcoap_time now);
/* Take an Echo value of ours out of @msg; true when it proves the client's address. */
bool gcoap__front_echoed(struct gcoap_front *f, const struct gcoap_addr *client,
			 struct gcoap_msg *msg, gcoap_time now);
/* 4.01 with Echo: at most three times as long as the request of @len bytes. */
void gcoap__front_challenge(struct gcoap_front *f, const struct gcoap_peer *to,
			    const struct gcoap_msg *request, size_t len, gcoap_time now);

/* ---- front_hold.c ---- */

void gcoap__front_hold_init(struct gcoap_front *f);
void gcoap__front_hold_clear(struct gcoap_front *f);
/* Hold the ACK of @request: false when it has to go out at once. */
bool gcoap__front_hold(struct gcoap_front *f, const struct gcoap_peer *from,
		       const struct gcoap_msg *request, gcoap_time now);
/* The ACK that is held under the peer and token of @msg, or NULL. */
struct gcoap__held *gcoap__front_held(const struct gcoap_front *f,
				      const struct gcoap_peer *peer,
				      const struct gcoap_msg *msg);
/* A response has taken its place. */
void gcoap__front_held_drop(struct gcoap_front *f, struct gcoap__held *h);
/* It goes out empty. */
void gcoap__front_held_release(struct gcoap_front *f, struct gcoap__held *h, gcoap_time now);
gcoap_time gcoap__front_held_due(const struct gcoap_front *f);
void gcoap__front_held_tick(struct gcoap_front *f, gcoap_time now);
void gcoap__front_acknowledge(struct gcoap_front *f, const struct gcoap_peer *to, uint16_t mid,
			      gcoap_time now);

/* ---- front_send.c ---- */

void gcoap__front_send_init(struct gcoap_front *f);
void gcoap__front_send_clear(struct gcoap_front *f);
int gcoap__front_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now);
gcoap_time gcoap__front_deadline(const struct gcoap_engine *e);
void gcoap__front_tick(struct gcoap_engine *e, gcoap_time now);
/* The next Message ID for an endpoint. */
uint16_t gcoap__front_mid(struct gcoap_front *f, const struct gcoap_addr *to);
/* Queue @msg with its type and Message ID. GCOAP_ENOMEM, GCOAP_ESPACE, GCOAP_ELIMIT. */
int gcoap__front_queue(struct gcoap_front *f, const struct gcoap_peer *to,
		       const struct gcoap_msg *msg, gcoap_time now,
		       struct gcoap_bytes *encoded);
int gcoap__front_queue_empty(struct gcoap_front *f, const struct gcoap_peer *to,
			     enum gcoap_type type, uint16_t mid, gcoap_time now);
/* Bytes that were sent before. */
int gcoap__front_queue_bytes(struct gcoap_front *f, const struct gcoap_peer *to,
			     struct gcoap_bytes bytes);
/* No ACK is awaited any more for the message of @key; false: none was. */
bool gcoap__front_unawait(struct gcoap_front *f, uint64_t key);

/* ---- front_lost.c ---- */

void gcoap__front_lost_init(struct gcoap_front *f);
/* The key of a message to an endpoint. */
uint64_t gcoap__front_key(const struct gcoap_front *f, const struct gcoap_addr *endpoint,
			  uint16_t mid);
/* So that a RST finds the token of @msg. Without memory it is a stray one. */
void gcoap__front_remember(struct gcoap_front *f, const struct gcoap_msg *msg, uint64_t key,
			   gcoap_time now);
/* An empty ACK or RST came in: false when it belongs to nothing of ours. */
bool gcoap__front_answered(struct gcoap_front *f, const struct gcoap_peer *from,
			   const struct gcoap_msg *msg, gcoap_time now);
void gcoap__front_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			      int error, gcoap_time now);

/* ---- front.c ---- */

struct gcoap_front *gcoap__front_of(const struct gcoap_engine *e);

#endif
