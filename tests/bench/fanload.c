/*
 * Many clients at once, each with a group request through a proxy, that take every answer.
 *
 *   fanload -p PORT [-c CLIENTS] [-n SERVERS] [-w WAIT_S]
 *
 * The proxy is at 127.0.0.1:PORT; client I is 127.78.x.y and asks 224.0.1.187 for 20 s. Ends
 * when all is there, or after WAIT_S without an answer, and prints one JSON object: answers
 * that were awaited, those under another client's token, those of a server that had answered,
 * and how long they took from the first request.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#include "raw/raw.h"

#define FIRST_ADDRESS 0x7f4e0001u /* 127.78.0.1 */

struct client {
	int fd;
	uint8_t token[8];
	uint8_t *answered; /* a byte a server */
};

static struct {
	struct client *clients;
	unsigned n_clients, n_servers, wait_s;
	int epoll;
	unsigned answers, wrong, twice, errors;
	int64_t start;
	struct raw_times times;
	struct raw_batch in;
} load = { .n_clients = 1000, .n_servers = 50, .wait_s = 5 };

static void open_all(void)
{
	load.clients = calloc(load.n_clients, sizeof(*load.clients));
	load.epoll = epoll_create1(0);
	for (unsigned i = 0; i < load.n_clients; i++) {
		struct client *c = &load.clients[i];
		struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = c } };

		c->fd = raw_udp(FIRST_ADDRESS + i, 0, 0);
		c->answered = calloc(load.n_servers, 1);
		if (!c->answered || getrandom(c->token, sizeof(c->token), 0) != 8 ||
		    epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &e) < 0) {
			perror("fanload");
			exit(1);
		}
	}
}

static void ask_all(uint16_t port)
{
	struct sockaddr_in to = raw_address(INADDR_LOOPBACK, port);
	uint8_t m[64];

	load.start = raw_now_ns();
	for (unsigned i = 0; i < load.n_clients; i++) {
		size_t len = raw_get(m, 1, (uint16_t)i, load.clients[i].token,
				     "coap://224.0.1.187/t", 20);

		if (sendto(load.clients[i].fd, m, len, 0, (struct sockaddr *)&to,
			   sizeof(to)) < 0) {
			perror("fanload: sendto");
			exit(1);
		}
	}
}

/* The payload of an answer begins with "server-NNNNN". */
static void take(struct client *c, const uint8_t *m, size_t len)
{
	const uint8_t *text = memmem(m, len, "server-", 7);
	unsigned long server = text && m + len - text >= 12
				       ? strtoul((const char *)text + 7, NULL, 10)
				       : load.n_servers;

	if (len < 12 || (m[0] & 15) != 8 || memcmp(m + 4, c->token, 8)) {
		load.wrong++;
	} else if (m[1] != 0x45 || server >= load.n_servers) {
		load.errors++;
	} else if (c->answered[server]++) {
		load.twice++;
	} else {
		load.answers++;
		raw_times_add(&load.times, raw_now_ns() - load.start);
	}
}

static void collect(void)
{
	struct epoll_event e[64];
	int n;

	while (load.answers < load.n_clients * load.n_servers &&
	       (n = epoll_wait(load.epoll, e, 64, (int)load.wait_s * 1000)) > 0) {
		for (int i = 0; i < n; i++) {
			struct client *c = e[i].data.ptr;
			unsigned got = raw_batch_recv(&load.in, c->fd);

			for (unsigned k = 0; k < got; k++) {
				load.in.bytes[k][load.in.messages[k].msg_len] = '\0';
				take(c, load.in.bytes[k], load.in.messages[k].msg_len);
			}
		}
	}
}

int main(int argc, char *argv[])
{
	uint16_t port = 0;
	int option;

	while ((option = getopt(argc, argv, "p:c:n:w:")) != -1) {
		unsigned value = optarg ? (unsigned)strtoul(optarg, NULL, 10) : 0;

		if (option == 'p')
			port = (uint16_t)value;
		else if (option == 'c')
			load.n_clients = value;
		else if (option == 'n')
			load.n_servers = value;
		else if (option == 'w')
			load.wait_s = value;
		else
			return 2;
	}
	raw_batch_init(&load.in);
	for (unsigned i = 0; i < RAW_BATCH; i++)
		load.in.vectors[i].iov_len--; /* a NUL behind it */
	open_all();
	ask_all(port);
	collect();
	printf("{\"answers\":%u,\"wrong\":%u,\"twice\":%u,\"errors\":%u,\"p50_us\":%.0f,"
	       "\"p99_us\":%.0f,\"all_us\":%.0f}\n", load.answers, load.wrong, load.twice,
	       load.errors, raw_times_at(&load.times, .5), raw_times_at(&load.times, .99),
	       raw_times_at(&load.times, 1));
	return load.answers == load.n_clients * load.n_servers ? 0 : 4;
}
