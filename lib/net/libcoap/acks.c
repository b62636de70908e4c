/*
 * ACKs over DTLS that wait for a response to ride on (RFC 7252, Section 5.2.2): libcoap's client
 * reads a body in blocks from nothing else.
 */
#include "hub.h"
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <unistd.h>

int acks_init(struct hub *h)
{
	struct epoll_event in = { .events = EPOLLIN };

	h->epfd = epoll_create1(EPOLL_CLOEXEC);
	h->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (h->epfd < 0 || h->timer_fd < 0 ||
	    epoll_ctl(h->epfd, EPOLL_CTL_ADD, h->timer_fd, &in) < 0 ||
	    epoll_ctl(h->epfd, EPOLL_CTL_ADD, coap_context_get_coap_fd(h->coap), &in) < 0)
		return GCOAP_ESYSTEM;
	return 0;
}

void acks_close(struct hub *h)
{
	if (h->epfd >= 0)
		close(h->epfd);
	if (h->timer_fd >= 0)
		close(h->timer_fd);
}

static void send_empty(struct conn *c, uint16_t mid)
{
	coap_pdu_t *ack = coap_pdu_init(COAP_MESSAGE_ACK, COAP_EMPTY_CODE, mid, 0);

	if (ack)
		(void)coap_send(c->coap, ack);
}

/*
 * In place of libcoap's own, which it calls by way of its procedure linkage table: it would send
 * an empty ACK before it hands over a request with Proxy-Uri or Proxy-Scheme, and then drop one
 * that has the Message ID of the last. Where it does not call this one, these requests have been
 * acknowledged when they come.
 */
__attribute__((visibility("default"))) coap_mid_t coap_send_ack(coap_session_t *session,
								const coap_pdu_t *request)
{
	struct conn *c = conn_of(session);
	coap_pdu_t *ack;
	uint16_t mid = (uint16_t)coap_pdu_get_mid(request);

	if (coap_pdu_get_type(request) != COAP_MESSAGE_CON ||
	    COAP_PROTO_RELIABLE(coap_session_get_proto(session)))
		return COAP_INVALID_MID;
	if (c && hub_of(session)->config.server && coap_pdu_get_code(request) != COAP_EMPTY_CODE &&
	    COAP_RESPONSE_CLASS(coap_pdu_get_code(request)) == 0) {
		c->unacknowledged = !conn_recent(c, mid);
		if (!c->unacknowledged && !c->ended)
			acks_repeat(c, request);
		return mid;
	}
	ack = coap_pdu_init(COAP_MESSAGE_ACK, COAP_EMPTY_CODE, mid, 0);
	return ack ? coap_send(session, ack) : COAP_INVALID_MID;
}

static void set_timer(struct hub *h)
{
	struct itimerspec at = { 0 };
	gcoap_time due = 0;

	for (size_t i = 0; i < HELD_MAX; i++) {
		if (h->held[i].conn && (!due || h->held[i].due < due))
			due = h->held[i].due;
	}
	at.it_value.tv_sec = due / GCOAP_SECOND;
	at.it_value.tv_nsec = due % GCOAP_SECOND;
	(void)timerfd_settime(h->timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void acks_hold(struct conn *c, const coap_pdu_t *request)
{
	coap_bin_const_t token = coap_pdu_get_token(request);
	uint16_t mid = (uint16_t)coap_pdu_get_mid(request);
	struct held *a = c->hub->held, *end = a + HELD_MAX;

	while (a < end && a->conn)
		a++;
	if (a == end || token.length > sizeof(a->token)) {
		send_empty(c, mid);
		return;
	}
	*a = (struct held){ .conn = c, .due = gcoap_now() + HOLD_ACK, .mid = mid,
			    .token_len = token.length };
	if (token.length)
		memcpy(a->token, token.s, token.length);
	set_timer(c->hub);
}

static bool is_held(const struct conn *c, uint16_t mid)
{
	for (const struct held *a = c->hub->held; a < c->hub->held + HELD_MAX; a++) {
		if (a->conn == c && a->mid == mid)
			return true;
	}
	return false;
}

void acks_repeat(struct conn *c, const coap_pdu_t *request)
{
	uint16_t mid = (uint16_t)coap_pdu_get_mid(request);
	const struct recent *r = conn_recent(c, mid);
	coap_pdu_t *again = NULL;

	if (is_held(c, mid))
		return;
	if (r && r->answer)
		again = libcoap_parse(r->answer, r->answer_len);
	if (again)
		(void)coap_send(c->coap, again);
	else
		send_empty(c, mid);
}

struct held *acks_find(struct conn *c, const struct gcoap_msg *response)
{
	for (struct held *a = c->hub->held; a < c->hub->held + HELD_MAX; a++) {
		if (a->conn == c && a->token_len == response->token_len &&
		    memcmp(a->token, response->token, a->token_len) == 0)
			return a;
	}
	return NULL;
}

static void keep(struct conn *c, uint16_t mid, const struct gcoap_msg *response)
{
	struct recent *r = conn_recent(c, mid);
	struct gcoap_msg out = *response;
	size_t size = gcoap_msg_size(response);
	int n;

	out.type = GCOAP_ACK;
	out.mid = mid;
	if (!r || r->answer)
		return;
	r->answer = malloc(size);
	n = r->answer ? gcoap_msg_encode(&out, r->answer, size) : 0;
	r->answer_len = n > 0 ? (size_t)n : 0;
	if (!r->answer_len) {
		free(r->answer);
		r->answer = NULL;
	}
}

int acks_respond(struct held *a, const struct gcoap_msg *response)
{
	struct conn *c = a->conn;
	uint16_t mid = a->mid;
	coap_pdu_t *pdu = libcoap_pdu(response, COAP_MESSAGE_ACK, mid);

	if (!pdu)
		return GCOAP_ENOMEM;
	a->conn = NULL;
	keep(c, mid, response);
	set_timer(c->hub);
	if (coap_send(c->coap, pdu) == COAP_INVALID_MID)
		return c->ended ? GCOAP_ECLOSED : GCOAP_ESPACE;
	return 0;
}

void acks_tick(struct hub *h)
{
	gcoap_time now = gcoap_now();
	uint64_t times;

	if (h->timer_fd < 0 || read(h->timer_fd, &times, sizeof(times)) < 0)
		return; /* not yet */
	for (struct held *a = h->held; a < h->held + HELD_MAX; a++) {
		struct conn *c = a->conn;

		if (!c || a->due > now)
			continue;
		a->conn = NULL;
		send_empty(c, a->mid);
	}
	set_timer(h);
}

void acks_drop(struct conn *c)
{
	for (struct held *a = c->hub->held; a < c->hub->held + HELD_MAX; a++) {
		if (a->conn == c)
			a->conn = NULL;
	}
}
