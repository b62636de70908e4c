/* Whole datagrams that are not CoAP messages, each with one fault. */
#include "sim.h"

#include <string.h>

/* Header of a NON 2.05 with the request's token; returns its length. */
static size_t head(const struct gcoap_call *c, uint8_t *p)
{
	p[0] = (uint8_t)(0x50 | c->msg->token_len);
	p[1] = GCOAP_CONTENT;
	p[2] = (uint8_t)(c->now >> 16);
	p[3] = (uint8_t)c->member;
	memcpy(p + 4, c->msg->token, c->msg->token_len);
	return 4u + c->msg->token_len;
}

/* What stands behind a good header and token. */
static const struct {
	uint8_t len;
	const char *bytes;
} tails[] = {
	{ 1, "\xff" },			/* payload marker without payload */
	{ 2, "\xf0\x00" },		/* delta 15 */
	{ 2, "\x0f\x00" },		/* length 15 */
	{ 6, "\xe0\xff\xff\xe0\xff\xff" }, /* numbers above 65535 */
	{ 3, "\x0e\xff\xff" },		/* longer than the datagram */
	{ 2, "\x48\x01" },		/* ETag of 8 with 1 left */
};
#define TAILS (sizeof(tails) / sizeof(*tails))
#define FAULTS (TAILS + 6)

int sim_malformed(const struct gcoap_call *c, struct gcoap_reply *r)
{
	size_t fault = sim_variant(c) % FAULTS, n;
	uint8_t *p = c->room;

	n = head(c, p);
	if (fault < TAILS) {
		memcpy(p + n, tails[fault].bytes, tails[fault].len);
		n += tails[fault].len;
	}
	switch (fault - TAILS) {
	case 0:
		n = 3; /* short header */
		break;
	case 1:
		p[0] = (uint8_t)(0x90 | c->msg->token_len); /* version 2 */
		break;
	case 2:
		p[0] = 0x59; /* token of 9 bytes */
		memset(p + n, 0xaa, 16);
		n += 16;
		break;
	case 3:
		p[0] = 0x58; /* token of 8, 5 are there */
		n = 9;
		break;
	case 4:
		p[1] = 0; /* empty message with a token and a payload */
		p[n++] = 0xff;
		p[n++] = 'x';
		break;
	case 5:
		p[1] = GCOAP_CODE(6, 5); /* reserved class */
		break;
	}
	r->raw = true;
	r->body = (struct gcoap_bytes){ p, n };
	return 0;
}
