/*
 * The least that a server does: each request is answered with 2.05 and 32 bytes, many with one
 * system call. It sets the scale for clients.
 *
 *   rawserve
 *
 * Listens on 127.0.0.1 and prints "ready PORT".
 */
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "raw/raw.h"

#define PAYLOAD 32

static struct raw_batch in, out;
static uint16_t next_mid;

/* Piggybacked to a CON, NON to a NON. */
static size_t answer(const uint8_t *m, uint8_t *to)
{
	uint8_t len = m[0] & 15;
	uint16_t mid = m[0] & 0x10 ? next_mid++ : (uint16_t)(m[2] << 8 | m[3]);

	to[0] = (uint8_t)(0x40 | (m[0] & 0x10 ? 0x10 : 0x20) | len);
	to[1] = 0x45;
	to[2] = (uint8_t)(mid >> 8);
	to[3] = (uint8_t)mid;
	memcpy(to + 4, m + 4, len);
	to[4 + len] = 0xc0; /* Content-Format 0 */
	to[5 + len] = 0xff;
	memset(to + 6 + len, '.', PAYLOAD);
	return 6u + len + PAYLOAD;
}

static void serve(int fd)
{
	unsigned n = raw_batch_recv(&in, fd);

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *m = in.bytes[i];
		uint8_t bytes[64];
		size_t len;

		if (in.messages[i].msg_len < 4u + (m[0] & 15) || (m[0] & 15) > 8 ||
		    (m[0] & 0xe0) != 0x40 || !m[1] || m[1] >> 5)
			continue;
		len = answer(m, bytes);
		memcpy(raw_batch_add(&out, fd, &in.peers[i], len), bytes, len);
	}
	raw_batch_send(&out, fd);
}

int main(void)
{
	struct pollfd p = { .events = POLLIN };

	p.fd = raw_udp(INADDR_LOOPBACK, 0, RAW_BIG_BUFFER);
	raw_batch_init(&in);
	raw_batch_init(&out);
	printf("ready %u\n", raw_port(p.fd));
	fflush(stdout);
	while (poll(&p, 1, -1) > 0)
		serve(p.fd);
	return 1;
}
