/*
 * The UDP side towards clients: an engine with the message layer of a server (RFC 7252, Section
 * 4) for many peers in bounded memory, and the proof that a client is where it says it is
 * (RFC 9175, Section 2). Requests go to a struct gcoap_served.
 */
#ifndef GCOAP_FRONT_H
#define GCOAP_FRONT_H

#include <gcoap/datagram.h>
#include <gcoap/option.h>
#include <gcoap/peer.h>
#include <gcoap/random.h>

struct gcoap_front;

enum gcoap_echo {
	GCOAP_ECHO_AUTO, /* challenge clients that are not on loopback */
	GCOAP_ECHO_ON,
	GCOAP_ECHO_OFF
};

struct gcoap_front_config {
	struct gcoap_transmission transmission;
	struct gcoap_random *random;		/* NULL: the kernel's */
	const struct gcoap_registry *registry;	/* borrowed */
	struct gcoap_served *served;		/* borrowed */
	enum gcoap_echo echo;
	uint32_t max_peers; /* endpoints whose proof is remembered; 0: 4096 */
	/* Every message sent and received, once decoded; NULL: not wanted. */
	void (*seen)(void *arg, bool sent, const struct gcoap_peer *peer,
		     const struct gcoap_msg *msg, gcoap_time now);
	void *arg;
};

/* Kept small: for statistics. */
struct gcoap_front_stats {
	uint64_t datagrams, requests, duplicates, malformed, ignored, refused;
	uint64_t responses, bytes_in, bytes_out, challenged, proved, unsent, retransmissions;
};

/* GCOAP_ENOMEM, GCOAP_ESYSTEM (no random bytes). */
int gcoap_front_new(struct gcoap_front **out, const struct gcoap_front_config *config);
/* NULL is fine; *@f is NULL after. */
void gcoap_front_free(struct gcoap_front **f);
/* The engine to give to the loop; lives as long as @f. */
struct gcoap_engine *gcoap_front_engine(struct gcoap_front *f);
/* The peers' way, for gcoap_peer.way. */
struct gcoap_way *gcoap_front_way(struct gcoap_front *f);
void gcoap_front_stats(const struct gcoap_front *f, struct gcoap_front_stats *out);

#endif
