/*
 * CoAP over DTLS, TCP and TLS (RFC 7252, Section 9; RFC 8323), through libcoap, in a module
 * that is loaded when first needed. A stream is a set of sessions: those that we opened to
 * servers or proxies, and those that clients opened to us.
 */
#ifndef GCOAP_STREAM_H
#define GCOAP_STREAM_H

#include <gcoap/net.h>
#include <gcoap/option.h>
#include <gcoap/peer.h>

struct gcoap_stream;

struct gcoap_psk {
	const char *identity; /* as a server: whose key it is; as a client: ours */
	struct gcoap_bytes key;
};

/* What proves who we are, and who the other side is. Borrowed while the stream is open. */
struct gcoap_credentials {
	const struct gcoap_psk *psk; /* a client uses the first */
	size_t n_psk;
	const char *cert_file, *key_file; /* PEM; NULL: none */
	const char *ca_file;		  /* who signs the other side's; NULL: a client trusts
					     the system's, a server asks no certificate */
	bool any_name; /* as a client: do not compare the certificate with the host name */
};

struct gcoap_stream_config {
	const struct gcoap_credentials *credentials; /* NULL: coap+tcp only */
	/* As a server: where requests go; NULL: none are taken. */
	struct gcoap_served *served;
	/* As a client: a response, and what became of a session. @error: GCOAP_OK once it is
	 * established; GCOAP_ECLOSED, GCOAP_ESECURITY or GCOAP_ESYSTEM (errno) when it has
	 * ended, with @text for people. */
	void (*response)(void *arg, uint64_t session, const struct gcoap_msg *msg,
			 gcoap_time at);
	void (*state)(void *arg, uint64_t session, int error, const char *text);
	/* Every message, once decoded; NULL: not wanted. */
	void (*seen)(void *arg, bool sent, const struct gcoap_peer *peer,
		     const struct gcoap_msg *msg, gcoap_time now);
	void *arg;
	uint32_t max_sessions; /* of clients; 0: 256 */
	gcoap_time idle;       /* an unused session of a client is closed; 0: 300 s */
	const struct gcoap_registry *registry; /* borrowed; NULL: the default numbers */
};

/* GCOAP_EUNSUPPORTED (the module is not there), GCOAP_ENOMEM, GCOAP_ESECURITY (a key or
 * certificate that cannot be used; @diag says which). */
int gcoap_stream_open(struct gcoap_stream **out, const struct gcoap_stream_config *config,
		      struct gcoap_diag *diag);
/* Sessions are closed first. NULL is fine; *@s is NULL after. */
void gcoap_stream_close(struct gcoap_stream **s);

/* As a server: accept sessions on @at (coaps, coap+tcp, coaps+tcp). *@bound: with the port.
 * GCOAP_EBUSY, GCOAP_EPERMISSION, GCOAP_ESYSTEM, GCOAP_EUNSUPPORTED. */
int gcoap_stream_listen(struct gcoap_stream *s, enum gcoap_scheme scheme,
			const struct gcoap_addr *at, struct gcoap_addr *bound,
			struct gcoap_diag *diag);
struct gcoap_way *gcoap_stream_way(struct gcoap_stream *s);

/* As a client: open a session; @host is the name that the certificate must have (NULL: the
 * address). state() tells when it is established; what is sent before waits. GCOAP_ESYSTEM
 * (errno), GCOAP_ESECURITY, GCOAP_EUNSUPPORTED (UDP), GCOAP_ENOMEM, GCOAP_ELIMIT. */
int gcoap_stream_connect(struct gcoap_stream *s, enum gcoap_scheme scheme, const char *host,
			 const struct gcoap_addr *to, uint64_t *session,
			 struct gcoap_diag *diag);
/* Send @msg: its type counts over DTLS, its Message ID never. GCOAP_ECLOSED, GCOAP_ENOMEM,
 * GCOAP_ESPACE (the other side takes no message that long), GCOAP_ELIMIT (it does not read). */
int gcoap_stream_send(struct gcoap_stream *s, uint64_t session, const struct gcoap_msg *msg);
/* The local endpoint of a session, once known. */
void gcoap_stream_local(const struct gcoap_stream *s, uint64_t session, struct gcoap_addr *out);

/* Close a session; state() is not called for it any more. Not from within a callback. */
void gcoap_stream_disconnect(struct gcoap_stream *s, uint64_t session);

/* Let the loop drive @s, until @s is closed. */
int gcoap_loop_add_stream(struct gcoap_loop *l, struct gcoap_stream *s);

/*
 * Drive @engine, a client's, over a session instead of UDP: its datagrams are decoded and sent
 * there, its CON messages are acknowledged here, and what comes is given to it as coming from
 * @to. When the session ends, the engine's requests are unreachable(), and so are later ones.
 * What was not sent because it is too long has failed() with EMSGSIZE. As of
 * gcoap_stream_connect(); @credentials, with @host, outlive the carrier, which is freed before
 * the loop.
 */
struct gcoap_carrier;
struct gcoap_carrier_config {
	const struct gcoap_credentials *credentials; /* NULL: coap+tcp only */
	const struct gcoap_registry *registry;	     /* NULL: the default numbers */
	enum gcoap_scheme scheme;
	const char *host; /* the name that the certificate must have; NULL: the address */
	struct gcoap_addr to;
	/* Where goes what the engine sends to others than @to, and who answers there is heard: an
	 * endpoint of no loop, which outlives the carrier. NULL: it cannot be sent. */
	struct gcoap_udp *udp;
	/* Every message that was sent, as the engine made it, or came, as it is given to it;
	 * NULL: not wanted. */
	void (*tap)(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d);
	/* The session has ended: an error as of state(), after the engine was told; or NULL. */
	void (*ended)(void *arg, int error);
	void *arg;
};
int gcoap_carrier_new(struct gcoap_carrier **out, struct gcoap_loop *l,
		      const struct gcoap_carrier_config *config, struct gcoap_engine *engine,
		      struct gcoap_diag *diag);
/* NULL is fine; *@c is NULL after. */
void gcoap_carrier_free(struct gcoap_carrier **c);
/* 0: the session is established; GCOAP_EAGAIN: not yet, the server has said nothing;
 * GCOAP_ESECURITY: not yet, but it takes part in the handshake, which a wrong key may stop in
 * silence; or, when the session has ended, the error as of state(). */
int gcoap_carrier_state(const struct gcoap_carrier *c);
/* Why the session ended, for people; NULL while it lives. */
const char *gcoap_carrier_problem(const struct gcoap_carrier *c);
/* The local endpoint, once known. */
void gcoap_carrier_local(const struct gcoap_carrier *c, struct gcoap_addr *out);

#endif
