/*
 * The UDP side towards clients: an engine with the message layer of a server (RFC 7252, Section
 * 4) for many peers in bounded memory, and the proof that a client is where it says it is
 * (RFC 9175, Section 2). Requests go to a struct gcoap_served.
 *
 * The response to a CON request that is given before request() returns, or while its ACK is held,
 * is piggybacked, and kept for duplicates while 4 MiB of newer ones do not displace it; else, and
 * to duplicates of what is no longer kept, the ACK is empty. Of received requests 65,536 to 131,072 are remembered, of
 * sent messages that a RST may answer half as many. Datagrams to a group are ignored.
 */
#ifndef GCOAP_FRONT_H
#define GCOAP_FRONT_H

#include <gcoap/datagram.h>
#include <gcoap/option.h>
#include <gcoap/peer.h>
#include <gcoap/random.h>

struct gcoap_front;

/*
 * Whom to challenge: an endpoint that has not proved its address gets 4.01 with Echo instead of
 * an answer, at most three times as long as its request. The Echo value is taken out of the
 * request that carries it.
 */
enum gcoap_echo {
	GCOAP_ECHO_AUTO, /* clients that are not on loopback */
	GCOAP_ECHO_ON,
	GCOAP_ECHO_OFF
};

struct gcoap_front_config {
	struct gcoap_transmission transmission;
	struct gcoap_random *random;		/* NULL: the kernel's */
	const struct gcoap_registry *registry;	/* borrowed */
	struct gcoap_served *served;		/* borrowed */
	enum gcoap_echo echo;
	/* How long the ACK of a CON request waits for the response (RFC 7252, Section 5.2.2); at
	 * most 1024 wait. 0: it goes out at once. Below ACK_TIMEOUT. */
	gcoap_time hold_ack;
	uint32_t max_peers; /* endpoints whose proof is remembered, each for 10 minutes after its
			     * last request; 0: 4096 */
	/* Every message received, once decoded, and sent, but for what is sent again; NULL: not
	 * wanted. */
	void (*seen)(void *arg, bool sent, const struct gcoap_peer *peer,
		     const struct gcoap_msg *msg, gcoap_time now);
	void *arg;
};

struct gcoap_front_stats {
	uint64_t datagrams, bytes_in, bytes_out;
	uint64_t requests; /* handed over */
	uint64_t duplicates, malformed;
	uint64_t ignored; /* in silence, though they decode or were not looked at */
	uint64_t refused; /* with a RST, or for too many options */
	uint64_t responses, retransmissions;
	uint64_t challenged, proved;
	uint64_t unsent; /* for want of memory, or refused by the endpoint */
};

/* GCOAP_EINVALID (nobody is served), GCOAP_ENOMEM, GCOAP_ESYSTEM (no random bytes). */
int gcoap_front_new(struct gcoap_front **out, const struct gcoap_front_config *config);
/* NULL is fine; *@f is NULL after. */
void gcoap_front_free(struct gcoap_front **f);
/* The engine to give to the loop; lives as long as @f. It is done whenever nothing waits to be
 * sent, so that a loop with who is served beside it ends after the last response. */
struct gcoap_engine *gcoap_front_engine(struct gcoap_front *f);
/* The peers' way, for gcoap_peer.way. */
struct gcoap_way *gcoap_front_way(struct gcoap_front *f);
void gcoap_front_stats(const struct gcoap_front *f, struct gcoap_front_stats *out);

#endif
