/*
 * The inside of the module stream.so: what gcoap needs of libcoap 4.3.1, and what keeps its
 * faults away. Tokens are ours, bodies are never put together by it, and nothing is ever sent on
 * a session that has ended (it would connect again, even to a client).
 */
#ifndef LIBCOAP_HUB_H
#define LIBCOAP_HUB_H

#include <coap3/coap.h>
#include <gcoap/msg.h>
#include <gcoap/option.h>
#include "net/module.h"

/* The longest message that is taken over TCP and TLS. */
#define MESSAGE_MAX 65536
/* The longest one sent over DTLS: libcoap reads 1472 bytes at most. */
#define DTLS_MESSAGE_MAX 1400
/* Of a client's DTLS handshake, all its messages together: given up after 1 + 2 + 4 + 8 s. */
#define HANDSHAKE_RETRANSMITS 3
#define HANDSHAKE_TIME (15 * GCOAP_SECOND)
#define HALF_OPEN_MAX 64
#define HALF_OPEN_TIME (10 * GCOAP_SECOND)
#define IDENTITY_MAX 128
#define KEY_MAX 64
#define RECENT 32
/* How long the ACK of a CON request waits for the response (RFC 7252, Section 5.2.2). */
#define HOLD_ACK (150 * GCOAP_MS)
#define HELD_MAX 64
/* NON messages of a session that a RST may answer. */
#define NOTICES 32

struct hub;

/* A message that came over DTLS. */
struct recent {
	gcoap_time at; /* 0: none */
	uint16_t mid;
	uint8_t *answer; /* what was piggybacked on its ACK, or NULL */
	size_t answer_len;
};

/* A NON message that was sent over DTLS. */
struct notice {
	uint16_t mid;
	uint8_t token[GCOAP_TOKEN_MAX];
	uint8_t token_len;
	bool sent;
	bool reset; /* the owner is to be told */
};

/* The ACK of a request that has no response yet. */
struct held {
	struct conn *conn; /* NULL: a free place */
	gcoap_time due;
	uint16_t mid;
	uint8_t token[GCOAP_TOKEN_MAX];
	size_t token_len;
};

/* One session: of a client, the hub's; of a server, from TCP's accept or DTLS' handshake on. */
struct conn {
	struct hub *hub;
	coap_session_t *coap;
	void *session; /* what opened() returned */
	bool established, ended;
	bool reliable;
	gcoap_time since, used; /* opened; last message */
	bool unacknowledged; /* libcoap has left the ACK of a request to us */
	struct recent recent[RECENT];
	unsigned next_recent;
	struct notice notices[NOTICES];
	unsigned next_notice;
	size_t unproved; /* bytes sent since its socket was last seen to take more */
	int fd;		 /* its socket, once looked for; -1: not yet */
	struct conn *prev, *next;
};

struct hub {
	struct gcoap__hub_config config;
	coap_context_t *coap;
	coap_session_t *client; /* referenced */
	struct conn *conns;	/* utlist */
	size_t n_conns, n_half_open;
	int epfd, timer_fd; /* of a server; else -1 */
	struct held held[HELD_MAX];
	coap_bin_const_t key;		/* given to libcoap in a callback */
	coap_dtls_cpsk_info_t identity; /* the same, of a client */
	char host[256];			/* of config.host, which it replaces */
	char why[160];			/* why a certificate was refused here */
	bool answered;			/* the server has said something in the handshake */
	bool resets;			/* some notice is reset */
	bool closing;			/* nobody is told anything any more */
};

/* message.c */
/* NULL: no memory. The pdu has no room behind its end, so that libcoap adds nothing to it. */
coap_pdu_t *libcoap_pdu(const struct gcoap_msg *m, uint8_t type, uint16_t mid);
/* The same from an encoded message, of which @bytes may be freed after. */
coap_pdu_t *libcoap_parse(const uint8_t *bytes, size_t len);
/* @out borrows from @pdu and @hop_limit. GCOAP_ELIMIT: more options than it holds. */
int libcoap_msg(struct gcoap_msg *out, const coap_pdu_t *pdu);
void libcoap_addr(struct gcoap_addr *out, const coap_address_t *a);
void libcoap_address(coap_address_t *out, const struct gcoap_addr *a);

/* keys.c */
int keys_server(struct hub *h, struct gcoap_diag *diag);
/* The client's session, with the keys that its scheme needs. NULL: it could not be made. */
coap_session_t *keys_connect(struct hub *h, const coap_address_t *to, coap_proto_t proto);
/* A file that is read when a session comes: can it be used? */
int keys_check(const struct gcoap_credentials *c, bool server, struct gcoap_diag *diag);
/* Who the other side is, once it has proved it; false: nobody. */
bool keys_identity(const struct hub *h, const coap_session_t *session,
		   char out[IDENTITY_MAX + 1]);
/* Why the handshake failed, for people. */
void keys_problem(const struct hub *h, char *buf, size_t cap);

/* acks.c */
/* Of a server: waits for libcoap, and for ACKs that are due. */
int acks_init(struct hub *h);
void acks_close(struct hub *h);
/* Hold the ACK of a CON request; it goes at once when there is no place. */
void acks_hold(struct conn *c, const coap_pdu_t *request);
/* The ACK of a CON request that came again: what it was before, unless it is still held. */
void acks_repeat(struct conn *c, const coap_pdu_t *request);
/* The ACK that waits for @response, or NULL. */
struct held *acks_find(struct conn *c, const struct gcoap_msg *response);
/* Send @response on it, instead of an empty one. */
int acks_respond(struct held *a, const struct gcoap_msg *response);
/* Send those that are due. */
void acks_tick(struct hub *h);
/* The session has ended. */
void acks_drop(struct conn *c);

/* resets.c */
/* A NON message goes out. */
void resets_sent(struct conn *c, const struct gcoap_msg *msg, uint16_t mid);
/* A line of libcoap's log: does it speak of a RST? */
void resets_heard(const char *text);
/* Tell whose messages were reset. */
void resets_tell(struct hub *h);

/* requests.c */
int requests_init(struct hub *h);

/* conn.c */
int conn_event(coap_session_t *session, coap_event_t event);
void conn_nack(coap_session_t *session, const coap_pdu_t *sent, coap_nack_reason_t reason,
	       coap_mid_t mid);
int conn_send(void *conn, const struct gcoap_msg *msg);
/* A server makes room for it. NULL: no memory. */
struct conn *conn_new(struct hub *h, coap_session_t *session);
void conn_free(struct conn *c);
struct hub *hub_of(const coap_session_t *session);
struct conn *conn_of(const coap_session_t *session);
/* The session is there: tell the owner, once. False: it is not wanted. */
bool conn_establish(struct conn *c);
/* NULL: this Message ID was not here within EXCHANGE_LIFETIME. */
struct recent *conn_recent(struct conn *c, uint16_t mid);
/* Was it? Now it was. */
bool conn_seen(struct conn *c, uint16_t mid);
/* A client's DTLS handshake ends in time: libcoap does not count what OpenSSL sends again by
 * itself, when something comes just as its timer has run out. */
void conn_bound_handshake(struct conn *c);
void conn_check_handshake(struct conn *c);

/* room.c: the socket, small messages of which shall not wait for one another. */
void conn_no_delay(struct conn *c);
/* libcoap lets five clients wait to be accepted: let more. */
void hub_backlog(const struct gcoap_addr *at);
/* May so many bytes more wait for the other side? Then they do. */
bool conn_room(struct conn *c, size_t size);

/* version.c: as text, of the libraries that are mapped. */
const char *libcoap_version(void);
const char *openssl_version(void);

/* log.c */
/* What libcoap says goes to gcoap_log(). */
void log_start(void);
/* The error number in what it last complained of, 0: none. */
int log_errno(void);
/* The last fatal alert that came, as "unknown PSK identity"; "": none. */
const char *log_alert(void);
/* Why a certificate was refused; "": none was. */
const char *log_verdict(void);
void log_forget(void);

#endif
