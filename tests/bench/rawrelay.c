/*
 * The least that a proxy of groups does: a request of a client becomes one to a fixed target
 * under a token of ours, and each answer goes back with the header rewritten. It sets the scale
 * for the CPU that a relayed message costs.
 *
 *   rawrelay [-t TARGET]
 *
 * Prints "ready PORT". TARGET is an IPv4 address, else the group 224.0.1.187.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "raw/raw.h"

struct asked {
	struct sockaddr_in client;
	uint8_t token_len, token[8];
};

static struct {
	int front, back;
	struct sockaddr_in target;
	struct raw_batch in, out;
	struct asked asked[65536];
	uint16_t next, mid;
} relay;

static void requests(void)
{
	unsigned n = raw_batch_recv(&relay.in, relay.front);

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *m = relay.in.bytes[i];
		struct asked *a = &relay.asked[relay.next];
		uint8_t token[8] = { 0x5a, 0xa5, (uint8_t)(relay.next >> 8),
				     (uint8_t)relay.next };

		if (relay.in.messages[i].msg_len < 4u + (m[0] & 15) || (m[0] & 15) > 8)
			continue;
		a->client = relay.in.peers[i];
		a->token_len = m[0] & 15;
		memcpy(a->token, m + 4, a->token_len);
		raw_get(raw_batch_add(&relay.out, relay.back, &relay.target, 14), 1,
			relay.next++, token, NULL, 0);
	}
	raw_batch_send(&relay.out, relay.back);
}

static void answers(void)
{
	unsigned n = raw_batch_recv(&relay.in, relay.back);

	for (unsigned i = 0; i < n; i++) {
		const uint8_t *m = relay.in.bytes[i];
		size_t len = relay.in.messages[i].msg_len;
		const struct asked *a;
		uint8_t *out;

		if (len < 12 || (m[0] & 15) != 8 || m[4] != 0x5a || m[5] != 0xa5)
			continue;
		a = &relay.asked[m[6] << 8 | m[7]];
		out = raw_batch_add(&relay.out, relay.front, &a->client, len - 8 + a->token_len);
		out[0] = 0x50 | a->token_len;
		out[1] = m[1];
		out[2] = (uint8_t)(relay.mid >> 8);
		out[3] = (uint8_t)relay.mid++;
		memcpy(out + 4, a->token, a->token_len);
		memcpy(out + 4 + a->token_len, m + 12, len - 12);
	}
	raw_batch_send(&relay.out, relay.front);
}

int main(int argc, char *argv[])
{
	const char *target = "224.0.1.187";
	struct in_addr lo = { htonl(INADDR_LOOPBACK) };
	struct pollfd p[2];
	int option;

	while ((option = getopt(argc, argv, "t:")) != -1) {
		if (option != 't')
			return 2;
		target = optarg;
	}
	relay.target = raw_address(0, 5683);
	if (inet_pton(AF_INET, target, &relay.target.sin_addr) != 1)
		return 2;
	relay.front = raw_udp(INADDR_LOOPBACK, 0, RAW_BIG_BUFFER);
	relay.back = raw_udp(INADDR_ANY, 0, RAW_BIG_BUFFER);
	setsockopt(relay.back, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo));
	raw_batch_init(&relay.in);
	raw_batch_init(&relay.out);
	printf("ready %u\n", raw_port(relay.front));
	fflush(stdout);
	p[0] = (struct pollfd){ .fd = relay.front, .events = POLLIN };
	p[1] = (struct pollfd){ .fd = relay.back, .events = POLLIN };
	while (poll(p, 2, -1) > 0) {
		if (p[0].revents)
			requests();
		if (p[1].revents)
			answers();
	}
	return 1;
}
