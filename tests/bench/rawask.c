/*
 * Group requests one behind the other, some outstanding at any time: the load of a simulator.
 *
 *   rawask -n SERVERS [-u PATH] [-w OUTSTANDING] [-t MILLISECONDS]
 *
 * Asks 224.0.1.187:5683 on loopback. Prints one JSON object: answers that were awaited, others,
 * requests that all servers answered, those that they did not within two seconds, and answers a
 * second.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "raw/raw.h"

#define OUTSTANDING_MAX 64
#define LOST_NS 2000000000LL

static struct {
	int fd;
	struct sockaddr_in to;
	const char *path;
	unsigned servers, outstanding;
	uint16_t mid;
	unsigned answered[OUTSTANDING_MAX];
	uint32_t turn[OUTSTANDING_MAX];
	int64_t sent_at[OUTSTANDING_MAX];
	uint64_t good, bad, whole, lost;
	struct raw_batch in, out;
} load = { .path = "temp", .servers = 1, .outstanding = 2 };

/* The token tells which of the outstanding ones it is, and its how-manieth request. */
static void ask(unsigned slot, int64_t now)
{
	uint8_t token[8] = { 'g', (uint8_t)slot, 'r', 'p' };
	uint8_t m[64];
	size_t len;

	load.turn[slot]++;
	load.answered[slot] = 0;
	load.sent_at[slot] = now;
	memcpy(token + 4, &load.turn[slot], 4);
	len = raw_get_path(m, 1, load.mid++, token, load.path);
	memcpy(raw_batch_add(&load.out, load.fd, &load.to, len), m, len);
}

static void take(const uint8_t *m, size_t len, int64_t now)
{
	unsigned slot = len < 12 ? OUTSTANDING_MAX : m[5];
	uint32_t turn;

	if (slot >= load.outstanding || (m[0] & 15) != 8 || m[1] != 0x45) {
		load.bad++;
		return;
	}
	memcpy(&turn, m + 8, 4);
	if (turn != load.turn[slot]) {
		load.bad++;
		return;
	}
	load.good++;
	if (++load.answered[slot] == load.servers) {
		load.whole++;
		ask(slot, now);
	}
}

static void give_up_late_ones(int64_t now)
{
	for (unsigned i = 0; i < load.outstanding; i++) {
		if (now - load.sent_at[i] > LOST_NS) {
			load.lost++;
			ask(i, now);
		}
	}
}

static void run(int64_t until)
{
	struct pollfd p = { .fd = load.fd, .events = POLLIN };
	int64_t now = raw_now_ns();

	for (unsigned i = 0; i < load.outstanding; i++)
		ask(i, now);
	raw_batch_send(&load.out, load.fd);
	while ((now = raw_now_ns()) < until) {
		int ready = poll(&p, 1, 20);
		unsigned n = ready > 0 ? raw_batch_recv(&load.in, load.fd) : 0;

		now = raw_now_ns();
		for (unsigned i = 0; i < n; i++)
			take(load.in.bytes[i], load.in.messages[i].msg_len, now);
		if (!n)
			give_up_late_ones(now);
		raw_batch_send(&load.out, load.fd);
	}
}

int main(int argc, char *argv[])
{
	struct in_addr lo = { htonl(INADDR_LOOPBACK) };
	int64_t start, ms = 1000;
	double seconds;
	int option;

	while ((option = getopt(argc, argv, "n:u:w:t:")) != -1) {
		unsigned long value = optarg ? strtoul(optarg, NULL, 10) : 0;

		if (option == 'n')
			load.servers = (unsigned)value;
		else if (option == 'u')
			load.path = optarg;
		else if (option == 'w')
			load.outstanding = value < OUTSTANDING_MAX ? (unsigned)value
								   : OUTSTANDING_MAX;
		else if (option == 't')
			ms = (int64_t)value;
		else
			return 2;
	}
	load.to = raw_address(0xe00001bb, 5683);
	load.fd = raw_udp(INADDR_LOOPBACK, 0, RAW_BIG_BUFFER);
	setsockopt(load.fd, IPPROTO_IP, IP_MULTICAST_IF, &lo, sizeof(lo));
	raw_batch_init(&load.in);
	raw_batch_init(&load.out);
	start = raw_now_ns();
	run(start + ms * 1000000);
	seconds = (double)(raw_now_ns() - start) / 1e9;
	printf("{\"good\":%llu,\"bad\":%llu,\"whole\":%llu,\"lost\":%llu,\"per_s\":%.0f}\n",
	       (unsigned long long)load.good, (unsigned long long)load.bad,
	       (unsigned long long)load.whole, (unsigned long long)load.lost,
	       (double)load.good / seconds);
	return 0;
}
