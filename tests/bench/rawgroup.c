/*
 * The least that a group does: one socket on loopback that answers a group request with one
 * datagram from each of N addresses (127.77.0.1 and up), and a unicast request with one.
 *
 *   rawgroup -n SERVERS [-s PAYLOAD_BYTES] [-l LEISURE_MS] [-d DELAY_MS] [-q | -v] [-w]
 *
 * Prints "ready"; and but for -q "sent COUNT" when the answers to a group request have left; with
 * -v also "asked" when one comes. Without leisure they leave in one burst, DELAY_MS after
 * the request; with -w when a byte comes on standard input.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define MESSAGE_MAX 1400
#define FIRST_ADDRESS 0x7f4d0001u /* 127.77.0.1 */

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

struct request {
	struct sockaddr_in from;
	uint32_t to; /* network byte order */
	uint8_t type, token_len, token[8];
	uint16_t mid;
};

struct group {
	int fd;
	uint32_t servers;
	size_t payload;
	int64_t *due; /* us after the request, sorted */
	uint16_t mid;
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	union control controls[BATCH];
	uint8_t buffers[BATCH][MESSAGE_MAX];
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static int group_open(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(5683) };
	struct ip_mreqn join = { .imr_address = { htonl(INADDR_LOOPBACK) } };
	int on = 1, big = 32 << 20, fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || inet_pton(AF_INET, "224.0.1.187", &join.imr_multiaddr) != 1)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &big, sizeof(big));
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof(join)) < 0 ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		return -1;
	return fd;
}

/* One request; false for anything that is not one. */
static bool receive(int fd, struct request *r)
{
	uint8_t m[MESSAGE_MAX];
	union control control;
	struct iovec v = { m, sizeof(m) };
	struct msghdr h = { .msg_name = &r->from, .msg_namelen = sizeof(r->from), .msg_iov = &v,
			    .msg_iovlen = 1, .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &h, 0);
	struct cmsghdr *c = n < 0 ? NULL : CMSG_FIRSTHDR(&h);
	struct in_pktinfo info;

	if (n < 4 || m[0] >> 6 != 1 || !m[1] || m[1] >> 5 || (m[0] & 15) > 8 ||
	    n < 4 + (m[0] & 15) || !c || c->cmsg_type != IP_PKTINFO)
		return false;
	memcpy(&info, CMSG_DATA(c), sizeof(info));
	r->to = info.ipi_addr.s_addr;
	r->type = m[0] >> 4 & 3;
	r->token_len = m[0] & 15;
	r->mid = (uint16_t)(m[2] << 8 | m[3]);
	memcpy(r->token, m + 4, r->token_len);
	return true;
}

/* 2.05 of server @index: NON with a Message ID of its own, or the ACK of a CON request. */
static size_t answer(struct group *g, const struct request *r, uint32_t index, uint8_t *m)
{
	uint16_t mid = r->type ? g->mid++ : r->mid;
	size_t at = 4u + r->token_len;
	char name[16];

	m[0] = (uint8_t)(0x40 | (r->type ? 0x10 : 0x20) | r->token_len);
	m[1] = 0x45;
	m[2] = (uint8_t)(mid >> 8);
	m[3] = (uint8_t)mid;
	memcpy(m + 4, r->token, r->token_len);
	m[at++] = 0xc0; /* Content-Format 0 */
	m[at++] = 0xff;
	memset(m + at, '.', g->payload);
	snprintf(name, sizeof(name), "server-%05u ", index);
	memcpy(m + at, name, g->payload < 13 ? g->payload : 13);
	return at + g->payload;
}

static void prepare(struct group *g, int slot, struct request *r, uint32_t index)
{
	struct in_pktinfo info = { .ipi_spec_dst = { htonl(FIRST_ADDRESS + index) } };
	struct cmsghdr *c;

	g->vectors[slot] = (struct iovec){ g->buffers[slot],
					   answer(g, r, index, g->buffers[slot]) };
	g->messages[slot].msg_hdr = (struct msghdr){
		.msg_name = &r->from, .msg_namelen = sizeof(r->from),
		.msg_iov = &g->vectors[slot], .msg_iovlen = 1,
		.msg_control = &g->controls[slot], .msg_controllen = sizeof(g->controls[slot]) };
	c = CMSG_FIRSTHDR(&g->messages[slot].msg_hdr);
	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof(info));
	memcpy(CMSG_DATA(c), &info, sizeof(info));
}

/* Answers of servers @from to @to; returns how many left. */
static uint32_t send_range(struct group *g, struct request *r, uint32_t from, uint32_t to)
{
	uint32_t sent = 0;

	while (from < to) {
		int n = 0, done;

		while (n < BATCH && from + (uint32_t)n < to) {
			prepare(g, n, r, from + (uint32_t)n);
			n++;
		}
		done = sendmmsg(g->fd, g->messages, (unsigned)n, 0);
		if (done <= 0) {
			perror("rawgroup: sendmmsg");
			break;
		}
		sent += (uint32_t)done;
		from += (uint32_t)done;
	}
	return sent;
}

static uint32_t respond(struct group *g, struct request *r)
{
	int64_t start = now_us();
	uint32_t next = 0, sent = 0;

	while (next < g->servers) {
		int64_t passed = now_us() - start;
		uint32_t end = next;

		while (end < g->servers && g->due[end] <= passed)
			end++;
		sent += send_range(g, r, next, end);
		next = end;
		if (next < g->servers && g->due[next] > passed)
			usleep((useconds_t)(g->due[next] - passed));
	}
	return sent;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int plan(struct group *g, int64_t leisure_us, int64_t delay_us)
{
	uint32_t word;

	g->due = calloc(g->servers, sizeof(*g->due));
	if (!g->due)
		return -1;
	for (uint32_t i = 0; i < g->servers; i++) {
		if (getrandom(&word, sizeof(word), 0) != sizeof(word))
			return -1;
		g->due[i] = delay_us + (leisure_us * word >> 32);
	}
	qsort(g->due, g->servers, sizeof(*g->due), by_value);
	return 0;
}

int main(int argc, char *argv[])
{
	static struct group g = { .servers = 1, .payload = 32 };
	struct request r;
	int64_t leisure_us = 0, delay_us = 0;
	bool quiet = false, verbose = false, wait = false;
	int option;

	while ((option = getopt(argc, argv, "n:s:l:d:qvw")) != -1) {
		unsigned long value = optarg ? strtoul(optarg, NULL, 10) : 0;

		if (option == 'n')
			g.servers = (uint32_t)value;
		else if (option == 's')
			g.payload = value < 1300 ? value : 1300;
		else if (option == 'l')
			leisure_us = (int64_t)value * 1000;
		else if (option == 'd')
			delay_us = (int64_t)value * 1000;
		else if (option == 'q')
			quiet = true;
		else if (option == 'v')
			verbose = true;
		else if (option == 'w')
			wait = true;
		else
			return 2;
	}
	g.fd = group_open();
	if (g.fd < 0 || plan(&g, leisure_us, delay_us) < 0) {
		perror("rawgroup");
		return 1;
	}
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		if (!receive(g.fd, &r))
			continue;
		if (ntohl(r.to) >> 28 == 14) {
			uint32_t sent;

			if (verbose) {
				printf("asked\n");
				fflush(stdout);
			}
			if (wait && getchar() == EOF)
				return 1;
			sent = respond(&g, &r);
			if (!quiet) {
				printf("sent %u\n", sent);
				fflush(stdout);
			}
		} else {
			send_range(&g, &r, ntohl(r.to) - FIRST_ADDRESS,
				   ntohl(r.to) - FIRST_ADDRESS + 1);
		}
	}
}
