/* Requests to a group through a proxy, and what the proxy sends, as bytes. */
#ifndef PROXIED_PLAY_H
#define PROXIED_PLAY_H

#include "engine_play.h"

#define PROXY "10.77.0.20:5683"
#define GROUP_URI "coap://224.0.1.187/r"

enum { TILOCA, IETF };

struct request {
	struct gcoap_msg msg;
	uint8_t timeout[4];
	struct gcoap_registry registry;
	struct gcoap_ask ask;
};

/* CON GET of GROUP_URI, T' of @seconds (-1: without), T of @seconds and 2. */
struct gcoap_ask *request(struct request *q, int dialect, int seconds);
/* Is the message sent last @expected, a hex text with @mid in place of its own Message ID? */
void assert_sent(struct play *p, const char *mid, const char *expected);
/* The proxy sends @hex; an ACK gets the Message ID of the message sent last. */
int hear(struct play *p, const char *hex);

#endif
