/*
 * The least that a collector of group answers does: one socket, poll, recvmmsg, and a count
 * of distinct sources. It sets the scale for the CPU that an answer costs.
 *
 *   rawcollect -n SERVERS [-g GATHER_US] [-t TIMEOUT_MS]
 *
 * Asks 224.0.1.187:5683 on loopback and prints "DISTINCT RECEIVED DROPPED LAST_US", the last
 * being how long after the request the last new source came.
 */
#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "raw/raw.h"

#define BATCH 64
#define BIG_BUFFER (32 << 20)

static int socket_open(void)
{
	struct in_addr lo = { htonl(INADDR_LOOPBACK) };
	int big = BIG_BUFFER, fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo)) < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big)) < 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big)) < 0)
		return -1;
	return fd;
}

/* NON GET /t with 8 random token bytes. */
static int ask(int fd, uint8_t token[8])
{
	uint8_t m[14] = { 0x58, 0x01 };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(5683) };

	if (inet_pton(AF_INET, "224.0.1.187", &to.sin_addr) != 1 ||
	    getrandom(m + 2, 10, 0) != 10)
		return -1;
	memcpy(token, m + 4, 8);
	m[12] = 0xb1;
	m[13] = 't';
	return sendto(fd, m, sizeof(m), 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -1 : 0;
}

struct collector {
	struct raw_set seen;
	uint8_t token[8];
	uint64_t received;
	int64_t last; /* when a new source came */
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	struct sockaddr_in from[BATCH];
	uint8_t buffers[BATCH][1500];
};

static void drain(struct collector *c, int fd)
{
	bool fresh = false;
	int n;

	do {
		for (int i = 0; i < BATCH; i++)
			c->messages[i].msg_hdr.msg_namelen = sizeof(c->from[i]);
		n = recvmmsg(fd, c->messages, BATCH, 0, NULL);
		for (int i = 0; i < n; i++) {
			const uint8_t *m = c->buffers[i];

			if (c->messages[i].msg_len < 12 || memcmp(m + 4, c->token, 8))
				continue;
			c->received++;
			fresh |= raw_set_add(&c->seen, (uint64_t)c->from[i].sin_addr.s_addr << 16 |
							       c->from[i].sin_port);
		}
	} while (n == BATCH);
	if (fresh)
		c->last = raw_now_ns();
}

static void collect(struct collector *c, int fd, uint32_t servers, unsigned gather_us,
		    int timeout_ms)
{
	int64_t end = raw_now_ns() + timeout_ms * 1000000LL;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (c->seen.n < servers) {
		int64_t left_ms = (end - raw_now_ns()) / 1000000;

		if (left_ms <= 0 || poll(&p, 1, (int)left_ms) <= 0)
			return;
		if (gather_us)
			usleep(gather_us);
		drain(c, fd);
	}
}

static uint32_t dropped(int fd)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &len);
	return info[SK_MEMINFO_DROPS];
}

int main(int argc, char *argv[])
{
	static struct collector c;
	uint32_t servers = 0;
	unsigned gather_us = 0;
	int timeout_ms = 2000, fd, option;
	int64_t start;

	while ((option = getopt(argc, argv, "n:g:t:")) != -1) {
		unsigned long value = optarg ? strtoul(optarg, NULL, 10) : 0;

		if (option == 'n')
			servers = (uint32_t)value;
		else if (option == 'g')
			gather_us = (unsigned)value;
		else if (option == 't')
			timeout_ms = (int)value;
		else
			return 2;
	}
	for (int i = 0; i < BATCH; i++) {
		c.vectors[i] = (struct iovec){ c.buffers[i], sizeof(c.buffers[i]) };
		c.messages[i].msg_hdr = (struct msghdr){ .msg_name = &c.from[i],
							 .msg_iov = &c.vectors[i],
							 .msg_iovlen = 1 };
	}
	raw_set_init(&c.seen, servers);
	fd = socket_open();
	start = raw_now_ns();
	if (fd < 0 || ask(fd, c.token) < 0) {
		perror("rawcollect");
		return 1;
	}
	collect(&c, fd, servers, gather_us, timeout_ms);
	printf("%u %llu %u %lld\n", c.seen.n, (unsigned long long)c.received, dropped(fd),
	       (long long)(c.last - start) / 1000);
	free(c.seen.slots);
	close(fd);
	return c.seen.n == servers ? 0 : 4;
}
