/*
 * GETs over one socket, some outstanding at any time, and how long their answers took.
 *
 *   rawping -p PORT [-N] [-a ADDRESS] [-u PATH | -P PROXY_URI] [-w OUTSTANDING]
 *           [-b BATCH] [-t MILLISECONDS]
 *
 * CON, -N: NON; to ADDRESS (127.0.0.1) and PORT. Prints one JSON object: answers with 2.05,
 * others, requests that were lost, answers a second, the processor time of all, and the quantiles
 * of the answers' times. At most BATCH (64) are taken with one system call: with fewer than are
 * outstanding, client and server work at the same time. An answer may be piggybacked
 * or follow an empty ACK, as NON or as CON, which is acknowledged.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw/raw.h"

#define OUTSTANDING_MAX 1024
#define LOST_NS 2000000000LL

static struct {
	int fd;
	struct sockaddr_in to;
	const char *path, *uri;
	int type;
	unsigned outstanding;
	uint16_t mid;
	int64_t sent_at[OUTSTANDING_MAX];
	uint32_t turn[OUTSTANDING_MAX];
	uint64_t good, bad, lost;
	struct raw_times times;
	struct raw_batch in, out;
} ping = { .path = "t", .outstanding = 1 };

/* The token tells which of the outstanding ones it is, and its how-manieth request. */
static void ask(unsigned slot, int64_t now)
{
	uint8_t token[8] = { (uint8_t)(slot >> 8), (uint8_t)slot, 'p', 'i' };
	uint8_t m[RAW_MESSAGE_MAX];
	size_t len;

	ping.turn[slot]++;
	memcpy(token + 4, &ping.turn[slot], 4);
	ping.sent_at[slot] = now;
	if (ping.uri)
		len = raw_get(m, ping.type, ping.mid++, token, ping.uri, 0);
	else
		len = raw_get_path(m, ping.type, ping.mid++, token, ping.path);
	memcpy(raw_batch_add(&ping.out, ping.fd, &ping.to, len), m, len);
}

static void take(const uint8_t *m, size_t len, int64_t now)
{
	unsigned slot;
	uint32_t turn;

	if (len < 12 || (m[0] & 15) != 8)
		return;
	slot = (unsigned)(m[4] << 8 | m[5]);
	memcpy(&turn, m + 8, 4);
	if ((m[0] >> 4 & 3) == 0) {
		const uint8_t ack[4] = { 0x60, 0, m[2], m[3] };

		memcpy(raw_batch_add(&ping.out, ping.fd, &ping.to, 4), ack, 4);
	}
	if (slot >= ping.outstanding || turn != ping.turn[slot])
		return;
	if (m[1] == 0x45)
		ping.good++;
	else
		ping.bad++;
	raw_times_add(&ping.times, now - ping.sent_at[slot]);
	ask(slot, now);
}

static void give_up_late_ones(int64_t now)
{
	for (unsigned i = 0; i < ping.outstanding; i++) {
		if (now - ping.sent_at[i] > LOST_NS) {
			ping.lost++;
			ask(i, now);
		}
	}
}

static void run(int64_t until)
{
	struct pollfd p = { .fd = ping.fd, .events = POLLIN };
	int64_t now = raw_now_ns();

	for (unsigned i = 0; i < ping.outstanding; i++)
		ask(i, now);
	raw_batch_send(&ping.out, ping.fd);
	while ((now = raw_now_ns()) < until) {
		int ready = poll(&p, 1, 20);
		unsigned n = ready > 0 ? raw_batch_recv(&ping.in, ping.fd) : 0;

		now = raw_now_ns();
		for (unsigned i = 0; i < n; i++)
			take(ping.in.bytes[i], ping.in.messages[i].msg_len, now);
		if (!n)
			give_up_late_ones(now);
		raw_batch_send(&ping.out, ping.fd);
	}
}

int main(int argc, char *argv[])
{
	const char *address = "127.0.0.1";
	int64_t start, ms = 1000;
	double seconds, cpu_us;
	unsigned batch = RAW_BATCH;
	int option;

	while ((option = getopt(argc, argv, "Np:a:u:P:w:b:t:")) != -1) {
		unsigned long value = optarg ? strtoul(optarg, NULL, 10) : 0;

		if (option == 'N')
			ping.type = 1;
		else if (option == 'p')
			ping.to = raw_address(0, (uint16_t)value);
		else if (option == 'a')
			address = optarg;
		else if (option == 'u')
			ping.path = optarg;
		else if (option == 'P')
			ping.uri = optarg;
		else if (option == 'w')
			ping.outstanding = value < OUTSTANDING_MAX ? (unsigned)value
								   : OUTSTANDING_MAX;
		else if (option == 'b' && value && value <= RAW_BATCH)
			batch = (unsigned)value;
		else if (option == 't')
			ms = (int64_t)value;
		else
			return 2;
	}
	if (inet_pton(AF_INET, address, &ping.to.sin_addr) != 1)
		return 2;
	ping.fd = raw_udp(INADDR_ANY, 0, RAW_BIG_BUFFER);
	raw_batch_init(&ping.in);
	ping.in.most = batch;
	raw_batch_init(&ping.out);
	start = raw_now_ns();
	run(start + ms * 1000000);
	seconds = (double)(raw_now_ns() - start) / 1e9;
	cpu_us = raw_cpu_us();
	printf("{\"good\":%llu,\"bad\":%llu,\"lost\":%llu,\"per_s\":%.0f,\"cpu_us\":%.0f,"
	       "\"p50_us\":%.1f,\"p99_us\":%.1f}\n", (unsigned long long)ping.good,
	       (unsigned long long)ping.bad, (unsigned long long)ping.lost,
	       (double)ping.good / seconds, cpu_us, raw_times_at(&ping.times, .5),
	       raw_times_at(&ping.times, .99));
	return 0;
}
