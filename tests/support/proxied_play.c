/* Through a proxy, played by hand. */
#include "proxied_play.h"

#include <stdio.h>

#include "test.h"

struct gcoap_ask *request(struct request *q, int dialect, int seconds)
{
	const struct gcoap_dialect *d = &gcoap_dialects[dialect];

	gcoap_registry_init(&q->registry);
	gcoap_msg_init(&q->msg, GCOAP_CON, GCOAP_GET);
	gcoap_msg_add_text(&q->msg, GCOAP_PROXY_URI, GROUP_URI);
	if (seconds >= 0)
		gcoap_msg_add_uint(&q->msg, q->registry.draft[d->timeout], (uint32_t)seconds,
				   q->timeout);
	q->ask = (struct gcoap_ask)GCOAP_ASK_DEFAULT;
	q->ask.request = &q->msg;
	q->ask.uri = GROUP_URI;
	q->ask.to = play_addr(PROXY);
	q->ask.proxied = true;
	q->ask.confirmable = true;
	q->ask.dialect = d;
	q->ask.registry = &q->registry;
	q->ask.timeout = ((seconds < 0 ? 60 : seconds) + 2) * GCOAP_SECOND;
	q->ask.token[0] = 0xc0;
	q->ask.token[1] = 0xde;
	q->ask.token_len = 2;
	return &q->ask;
}

void assert_sent(struct play *p, const char *mid, const char *expected)
{
	struct gcoap_bytes sent = p->sent[p->n_sent - 1].d.data;
	char text[2 * PLAY_BYTES + 1];

	for (size_t i = 0; i < sent.len; i++)
		snprintf(text + 2 * i, 3, "%02x", sent.ptr[i]);
	memcpy(text + 4, mid, 4);
	assert_string_equal(text, expected);
}

int hear(struct play *p, const char *hex)
{
	uint8_t bytes[PLAY_BYTES];
	int len = gcoap_hex_decode(hex, strlen(hex), bytes, sizeof(bytes));

	assert_true(len >= 4);
	if ((bytes[0] >> 4 & 3) >= GCOAP_ACK) {
		bytes[2] = (uint8_t)(play_last(p)->mid >> 8);
		bytes[3] = (uint8_t)play_last(p)->mid;
	}
	return play_recv_bytes(p, PROXY, bytes, (size_t)len);
}
