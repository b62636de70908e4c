/* A client of ours as the transport it came by knows it, and the way back to it. */
#ifndef GCOAP_PEER_H
#define GCOAP_PEER_H

#include <gcoap/addr.h>
#include <gcoap/msg.h>
#include <gcoap/time.h>
#include <gcoap/uri.h>

struct gcoap_way;

struct gcoap_peer {
	struct gcoap_way *way;
	enum gcoap_scheme transport; /* coap, coaps, coap+tcp, coaps+tcp */
	struct gcoap_addr addr;	     /* its endpoint */
	struct gcoap_addr local;     /* the address of ours that it wrote to */
	uint32_t ifindex;	     /* where from; 0: not known */
	uint64_t session; /* of a connection: its number in @way, never used again; 0: UDP */
	const char *identity; /* that the transport has authenticated (a PSK identity, a
			       * certificate's name), valid during the call; NULL: none */
};

enum gcoap_send_as {
	GCOAP_SEND_NON,
	GCOAP_SEND_CON /* over UDP and DTLS; as NON where the transport is reliable */
};

/*
 * How messages go back to peers: embedded as the first member by what owns the transport
 * (gcoap/front.h for UDP, gcoap/stream.h for connections).
 */
struct gcoap_way {
	/*
	 * Send response @msg, whose token, code, options and payload are set, to @to; type and
	 * Message ID are the way's. What is sent while a CON request is being handed over, or
	 * its ACK is held, goes piggybacked on that, the rest as @as says. @msg is borrowed for the call. 0, or
	 * negative: it will not arrive (GCOAP_ENOMEM, GCOAP_ESPACE: too long for a datagram,
	 * GCOAP_ECLOSED: the connection is gone, GCOAP_ELIMIT: too much waits already).
	 */
	int (*respond)(struct gcoap_way *w, const struct gcoap_peer *to, struct gcoap_msg *msg,
		       enum gcoap_send_as as, gcoap_time now);
};

/* What a way tells whoever serves its peers. */
struct gcoap_served {
	/* A request that is no duplicate. @from and @msg are borrowed for the call. */
	void (*request)(struct gcoap_served *s, const struct gcoap_peer *from,
			const struct gcoap_msg *msg, gcoap_time now);
	/* The peer has no interest in what was sent under @token: RST, a CON that it did not
	 * acknowledge, or a port that is closed. */
	void (*lost)(struct gcoap_served *s, const struct gcoap_peer *from, const uint8_t *token,
		     size_t token_len, gcoap_time now);
	/* The connection of @from has closed. */
	void (*closed)(struct gcoap_served *s, const struct gcoap_peer *from, gcoap_time now);
};

#endif
