/*
 * Endpoints that were never seen before, one after the other, each with one request.
 *
 *   newpeers -p PORT [-n PEERS] [-e]
 *
 * Peer I is 127.80.x.y and sends a CON GET to 127.0.0.1:PORT; -e: again with the Echo value of
 * the 4.01 that it gets. Prints one JSON object: answers with Echo, without it, and silences.
 */
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw/raw.h"

#define FIRST_ADDRESS 0x7f500001u /* 127.80.0.1 */

static struct sockaddr_in to;
static unsigned challenged, served, silent;

/* 0: no answer. */
static size_t ask(int fd, const uint8_t *m, size_t len, uint8_t *answer)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (sendto(fd, m, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0 || poll(&p, 1, 5000) <= 0)
		return 0;
	n = recv(fd, answer, RAW_MESSAGE_MAX, 0);
	return n > 0 ? (size_t)n : 0;
}

/* 4.01 with nothing but Echo of 8 bytes behind a token of 8. */
static bool is_challenge(const uint8_t *m, size_t len)
{
	return len == 22 && m[1] == 0x81 && m[12] == 0xd8 && m[13] == 252 - 13;
}

static void play(uint32_t i, bool echo)
{
	int fd = raw_udp(FIRST_ADDRESS + i, 0, 0);
	uint8_t m[64], answer[RAW_MESSAGE_MAX], token[8] = "newpeers";
	size_t len = raw_get(m, 0, (uint16_t)i, token, NULL, 0);
	size_t n = ask(fd, m, len, answer);

	if (is_challenge(answer, n)) {
		challenged++;
		if (echo) {
			m[3]++;
			m[len++] = 0xd8; /* behind Uri-Path: 11 + 13 + 228 = 252 */
			m[len++] = 252 - 11 - 13;
			memcpy(m + len, answer + 14, 8);
			n = ask(fd, m, len + 8, answer);
			served += n && !is_challenge(answer, n);
		}
	} else {
		served += n > 0;
		silent += n == 0;
	}
	close(fd);
}

int main(int argc, char *argv[])
{
	uint32_t n = 20000;
	bool echo = false;
	int option;

	while ((option = getopt(argc, argv, "p:n:e")) != -1) {
		unsigned long value = optarg ? strtoul(optarg, NULL, 10) : 0;

		if (option == 'p')
			to = raw_address(INADDR_LOOPBACK, (uint16_t)value);
		else if (option == 'n')
			n = (uint32_t)value;
		else if (option == 'e')
			echo = true;
		else
			return 2;
	}
	for (uint32_t i = 0; i < n; i++)
		play(i, echo);
	printf("{\"challenged\":%u,\"served\":%u,\"silent\":%u}\n", challenged, served, silent);
	return 0;
}
