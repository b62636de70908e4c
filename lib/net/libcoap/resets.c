/*
 * A RST to a NON message over DTLS. libcoap keeps no NON message: it says in its log that a RST
 * came, and with which Message ID, and nowhere else. The session is the one that it reads.
 */
#include "hub.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const coap_session_t *reading;

/*
 * In place of libcoap's own, which it asks before it takes a datagram apart, by way of its procedure
 * linkage table. Where it does not call this one, a RST to a NON message has no effect.
 */
__attribute__((visibility("default"))) size_t
coap_session_max_pdu_size(const coap_session_t *session)
{
	static size_t (*next)(const coap_session_t *session);

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "coap_session_max_pdu_size");
	reading = session;
	return next(session);
}

void resets_sent(struct conn *c, const struct gcoap_msg *msg, uint16_t mid)
{
	struct notice *n = &c->notices[c->next_notice];

	*n = (struct notice){ .sent = true, .mid = mid, .token_len = msg->token_len };
	memcpy(n->token, msg->token, msg->token_len);
	c->next_notice = (c->next_notice + 1) % NOTICES;
}

/* From within libcoap: who is told may send, so that waits. */
static void came(struct conn *c, uint16_t mid)
{
	for (struct notice *n = c->notices; n < c->notices + NOTICES; n++) {
		if (n->sent && n->mid == mid)
			n->reset = c->hub->resets = true;
	}
}

void resets_heard(const char *text)
{
	const coap_session_t *session = reading;
	struct conn *c;
	unsigned mid;

	if (sscanf(text, "got RST for mid=0x%x", &mid) != 1 || !session)
		return;
	c = hub_of(session)->config.server ? conn_of(session) : NULL;
	if (c)
		came(c, (uint16_t)mid);
}

static void tell(struct conn *c)
{
	for (struct notice *n = c->notices; n < c->notices + NOTICES; n++) {
		struct notice copy = *n;

		if (!n->reset)
			continue;
		n->sent = n->reset = false;
		if (c->session && !c->ended)
			c->hub->config.lost(c->session, copy.token, copy.token_len);
	}
}

void resets_tell(struct hub *h)
{
	reading = NULL;
	if (!h->resets)
		return;
	h->resets = false;
	for (struct conn *c = h->conns; c; c = c->next)
		tell(c);
}
