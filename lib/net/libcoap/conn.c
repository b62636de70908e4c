/* Sessions: their beginning and end, what is sent, and room for more. */
#include "hub.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/net.h>
#include <openssl/ssl.h>

#define EXCHANGE_LIFETIME (247 * GCOAP_SECOND)

struct hub *hub_of(const coap_session_t *session)
{
	return coap_get_app_data(coap_session_get_context(session));
}

/* A client's hub has one, which its first events find before libcoap returns the session. */
struct conn *conn_of(const coap_session_t *session)
{
	struct hub *h = hub_of(session);

	return h->config.server ? coap_session_get_app_data(session) : h->conns;
}

static void half_open(struct conn *c, int change)
{
	c->hub->n_half_open = (size_t)((long)c->hub->n_half_open + change);
}

/* The one that was used least recently, of all or of those whose handshake is not over. */
static struct conn *oldest(const struct hub *h, bool half)
{
	struct conn *found = NULL;

	for (struct conn *c = h->conns; c; c = c->next) {
		if (!c->ended && !(half && c->established) && (!found || c->used < found->used))
			found = c;
	}
	return found;
}

/* libcoap closes its socket now and frees it with its next look at the clock. */
static void evict(struct conn *c)
{
	if (c)
		coap_session_disconnected(c->coap, COAP_NACK_NOT_DELIVERABLE);
}

struct conn *conn_new(struct hub *h, coap_session_t *session)
{
	gcoap_time now = gcoap_now();
	struct conn *c = calloc(1, sizeof(*c)), *late = oldest(h, true);

	if (!c)
		return NULL;
	if (late && (h->n_half_open >= HALF_OPEN_MAX || now - late->since > HALF_OPEN_TIME))
		evict(late);
	if (h->n_conns >= h->config.max_sessions)
		evict(oldest(h, false));
	*c = (struct conn){ .hub = h, .coap = session, .since = now, .used = now, .fd = -1 };
	c->next = h->conns;
	if (c->next)
		c->next->prev = c;
	h->conns = c;
	h->n_conns++;
	half_open(c, 1);
	return c;
}

void conn_free(struct conn *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		c->hub->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	if (!c->ended) {
		c->hub->n_conns--;
		if (!c->established)
			half_open(c, -1);
	}
	acks_drop(c);
	for (unsigned i = 0; i < RECENT; i++)
		free(c->recent[i].answer);
	free(c);
}

static enum gcoap_scheme scheme_of(const coap_session_t *session)
{
	switch (coap_session_get_proto(session)) {
	case COAP_PROTO_TCP:
		return GCOAP_SCHEME_COAP_TCP;
	case COAP_PROTO_TLS:
		return GCOAP_SCHEME_COAPS_TCP;
	default:
		return GCOAP_SCHEME_COAPS;
	}
}

bool conn_establish(struct conn *c)
{
	struct gcoap_peer peer = { .transport = scheme_of(c->coap) };
	char identity[IDENTITY_MAX + 1];

	if (c->established)
		return c->session != NULL;
	c->established = true;
	c->used = gcoap_now();
	half_open(c, -1);
	c->reliable = COAP_PROTO_RELIABLE(coap_session_get_proto(c->coap));
	coap_session_set_max_retransmit(c->coap, COAP_DEFAULT_MAX_RETRANSMIT);
	libcoap_addr(&peer.addr, coap_session_get_addr_remote(c->coap));
	libcoap_addr(&peer.local, coap_session_get_addr_local(c->coap));
	peer.ifindex = (uint32_t)coap_session_get_ifindex(c->coap);
	if (keys_identity(c->hub, c->coap, identity))
		peer.identity = identity;
	c->session = c->hub->config.opened(c->hub->config.owner, c, &peer);
	return c->session != NULL;
}

static void conn_end(struct conn *c, int error, const char *text)
{
	int saved = errno;

	if (c->ended)
		return;
	c->ended = true;
	acks_drop(c);
	c->hub->n_conns--;
	if (!c->established)
		half_open(c, -1);
	errno = saved;
	if (!c->hub->closing && (c->session || !c->hub->config.server))
		c->hub->config.ended(c->hub->config.owner, c->session, error, text);
	c->session = NULL;
}

/* What the system said, else @otherwise. */
static void end_by_system(struct conn *c, int otherwise, const char *text)
{
	int error = log_errno();

	errno = error ? error : otherwise;
	conn_end(c, GCOAP_ESYSTEM, error || !text ? strerror(errno) : text);
}

static void handshake_failed(struct conn *c)
{
	char text[256];

	keys_problem(c->hub, text, sizeof(text));
	conn_end(c, GCOAP_ESECURITY, text);
}

static void closed(struct conn *c)
{
	if (c->established)
		conn_end(c, GCOAP_ECLOSED, "it closed the connection");
	else if (log_alert()[0])
		handshake_failed(c);
	else if (coap_session_get_proto(c->coap) == COAP_PROTO_DTLS && c->hub->answered)
		conn_end(c, GCOAP_ESECURITY, "it fell silent in the handshake: another key?");
	else if (coap_session_get_proto(c->coap) == COAP_PROTO_DTLS)
		end_by_system(c, ETIMEDOUT, "no answer to the handshake");
	else if (coap_session_get_proto(c->coap) == COAP_PROTO_TLS && !log_errno())
		conn_end(c, GCOAP_ESECURITY, "it closed the connection during the handshake");
	else
		end_by_system(c, ECONNRESET, "it closed the connection");
}

/* TCP and TLS from accept() on; DTLS only with a proved address and a handshake behind it. */
static struct conn *incoming(struct hub *h, coap_session_t *session, coap_event_t event)
{
	bool dtls = coap_session_get_proto(session) == COAP_PROTO_DTLS;
	struct conn *c;

	if (event != (dtls ? COAP_EVENT_DTLS_CONNECTED : COAP_EVENT_SERVER_SESSION_NEW))
		return NULL;
	c = conn_new(h, session);
	coap_session_set_app_data(session, c);
	if (c && !dtls)
		conn_no_delay(c);
	return c;
}

int conn_event(coap_session_t *session, coap_event_t event)
{
	struct hub *h = hub_of(session);
	struct conn *c = conn_of(session);

	if (!c && h->config.server && !h->closing)
		c = incoming(h, session, event);
	if (!c)
		return 0;
	c->coap = session;
	switch (event) {
	case COAP_EVENT_DTLS_CONNECTED:
		if (coap_session_get_proto(session) == COAP_PROTO_DTLS)
			(void)conn_establish(c);
		break;
	case COAP_EVENT_TCP_CONNECTED:
		conn_no_delay(c);
		break;
	case COAP_EVENT_SESSION_CONNECTED:
		(void)conn_establish(c);
		break;
	case COAP_EVENT_DTLS_ERROR:
		if (!c->established)
			handshake_failed(c);
		break;
	case COAP_EVENT_TCP_FAILED:
		end_by_system(c, ECONNREFUSED, NULL);
		break;
	case COAP_EVENT_DTLS_CLOSED:
	case COAP_EVENT_TCP_CLOSED:
	case COAP_EVENT_SESSION_CLOSED:
	case COAP_EVENT_SESSION_FAILED:
		closed(c);
		break;
	case COAP_EVENT_SERVER_SESSION_DEL:
		conn_end(c, GCOAP_ECLOSED, "unused for too long");
		coap_session_set_app_data(session, NULL);
		conn_free(c);
		break;
	default:
		break;
	}
	return 0;
}

void conn_nack(coap_session_t *session, const coap_pdu_t *sent, coap_nack_reason_t reason,
	       coap_mid_t mid)
{
	struct conn *c = conn_of(session);
	coap_bin_const_t token = coap_pdu_get_token(sent);

	if (c && c->session && !c->ended &&
	    (reason == COAP_NACK_TOO_MANY_RETRIES || reason == COAP_NACK_RST))
		c->hub->config.lost(c->session, token.s, token.length);
}

struct recent *conn_recent(struct conn *c, uint16_t mid)
{
	gcoap_time now = gcoap_now();

	for (unsigned i = 0; i < RECENT; i++) {
		struct recent *r = &c->recent[i];

		if (r->at && r->mid == mid && now - r->at < EXCHANGE_LIFETIME)
			return r;
	}
	return NULL;
}

bool conn_seen(struct conn *c, uint16_t mid)
{
	struct recent *r = &c->recent[c->next_recent];

	if (conn_recent(c, mid))
		return true;
	free(r->answer);
	*r = (struct recent){ .at = gcoap_now(), .mid = mid };
	c->next_recent = (c->next_recent + 1) % RECENT;
	return false;
}

static gcoap_time handshake_left(const struct conn *c)
{
	return c->since + HANDSHAKE_TIME - gcoap_now();
}

/* The next time to send again, in microseconds: twice the last, but none is after the end. */
static unsigned on_timer(SSL *ssl, unsigned last)
{
	const struct conn *c = conn_of(SSL_get_app_data(ssl));
	gcoap_time next = last ? 2 * (gcoap_time)last * GCOAP_US : GCOAP_SECOND;
	gcoap_time left = c ? handshake_left(c) : next;

	if (left > 0 && left < next)
		next = left;
	return (unsigned)(next / GCOAP_US) + 1;
}

void conn_bound_handshake(struct conn *c)
{
	coap_tls_library_t library;
	SSL *ssl = coap_session_get_tls(c->coap, &library);

	coap_session_set_max_retransmit(c->coap, HANDSHAKE_RETRANSMITS);
	if (ssl && !c->reliable && library == COAP_TLS_LIBRARY_OPENSSL)
		DTLS_set_timer_cb(ssl, on_timer);
}

void conn_check_handshake(struct conn *c)
{
	if (!c->reliable && !c->established && !c->ended && handshake_left(c) <= 0)
		coap_session_disconnected(c->coap, COAP_NACK_TLS_FAILED);
}

/* Before a session is established, libcoap would block to learn what the other side takes. */
static bool fits(const struct conn *c, size_t size)
{
	if (!c->reliable)
		return size <= DTLS_MESSAGE_MAX;
	return !c->established || size <= coap_session_max_pdu_size(c->coap) + 4;
}

int conn_send(void *conn, const struct gcoap_msg *msg)
{
	struct conn *c = conn;
	size_t size = gcoap_msg_size(msg);
	struct held *held;
	coap_pdu_t *pdu;
	uint16_t mid;

	if (c->ended)
		return GCOAP_ECLOSED;
	if (!fits(c, size))
		return GCOAP_ESPACE;
	if (!conn_room(c, size))
		return GCOAP_ELIMIT;
	c->used = gcoap_now();
	held = acks_find(c, msg);
	if (held)
		return acks_respond(held, msg);
	mid = coap_new_message_id(c->coap);
	pdu = libcoap_pdu(msg, c->reliable ? COAP_MESSAGE_NON : msg->type, mid);
	if (!pdu)
		return GCOAP_ENOMEM;
	if (!c->reliable && msg->type == GCOAP_NON)
		resets_sent(c, msg, mid);
	if (coap_send(c->coap, pdu) == COAP_INVALID_MID)
		return c->ended ? GCOAP_ECLOSED : GCOAP_ESPACE;
	return 0;
}
