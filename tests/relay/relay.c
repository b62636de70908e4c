/*
 * relay: passes frames between two interfaces, with seeded faults for UDP datagrams, and
 * keeps a ledger of what it did with each, one line a datagram:
 *
 *   delivered|doubled|corrupted|lost  1>2|2>1  from  to  hops  payload in hex
 *
 * A doubled datagram has a line for each copy. ARP and neighbour discovery pass untouched.
 */
#include "relay.h"
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A frame that waits for its time. */
struct waiting {
	int64_t due_ms;
	int to;
	size_t len;
	struct waiting *next;
	uint8_t frame[];
};

static struct faults faults;
static struct waiting *queue;
static FILE *ledger;
static uint64_t seed = 1;
static int fds[2];
static volatile sig_atomic_t stop;

static void on_signal(int signo)
{
	stop = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* splitmix64 */
static uint64_t next_random(void)
{
	uint64_t z = seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool chance(double percent)
{
	return (double)(next_random() >> 11) / (double)(1ull << 53) * 100 < percent;
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int open_interface(const char *name)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	struct packet_mreq all = { .mr_type = PACKET_MR_PROMISC };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), one = 1, big = 4 << 20;

	at.sll_ifindex = all.mr_ifindex = (int)if_nametoindex(name);
	if (fd < 0 || !at.sll_ifindex ||
	    setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0)
		die(name);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	return fd;
}

static void note_endpoint(const uint8_t *frame, const struct udp_view *v, bool source)
{
	char text[INET6_ADDRSTRLEN];
	const uint8_t *addr = frame + v->addr + (source ? 0 : v->addr_len);

	inet_ntop(v->family == 4 ? AF_INET : AF_INET6, addr, text, sizeof(text));
	fprintf(ledger, v->family == 4 ? "\t%s:%u" : "\t[%s]:%u", text,
		get16(frame + v->udp + (source ? 0 : 2)));
}

static void note(const char *what, const uint8_t *frame, const struct udp_view *v, int to)
{
	fprintf(ledger, "%s\t%s", what, to ? "1>2" : "2>1");
	note_endpoint(frame, v, true);
	note_endpoint(frame, v, false);
	fprintf(ledger, "\t%u\t", frame[v->family == 4 ? 14 + 8 : 14 + 7]);
	for (size_t i = 0; i < v->len; i++)
		fprintf(ledger, "%02x", frame[v->data + i]);
	fputc('\n', ledger);
	fflush(ledger);
}

static void pass(int to, const uint8_t *frame, size_t len)
{
	if (send(fds[to], frame, len, 0) < 0 && errno != ENOBUFS && errno != ENETDOWN)
		die("send");
}

/* Into the queue, behind all that are due before. */
static void pass_later(int to, const uint8_t *frame, size_t len, unsigned delay_ms)
{
	struct waiting *w = malloc(sizeof(*w) + len), **at = &queue;

	if (!w)
		die("malloc");
	w->due_ms = now_ms() + delay_ms;
	w->to = to;
	w->len = len;
	memcpy(w->frame, frame, len);
	while (*at && (*at)->due_ms <= w->due_ms)
		at = &(*at)->next;
	w->next = *at;
	*at = w;
}

static void deliver(int to, const uint8_t *frame, size_t len)
{
	if (faults.delay_ms && chance(faults.reorder))
		pass_later(to, frame, len, (unsigned)(next_random() % (faults.delay_ms + 1)));
	else
		pass(to, frame, len);
}

static void relay_udp(int to, uint8_t *frame, size_t len, const struct udp_view *v)
{
	const char *what = "delivered";
	uint64_t bit;

	if (chance(faults.loss)) {
		note("lost", frame, v, to);
		return;
	}
	if (v->len && chance(faults.corrupt)) {
		bit = next_random() % (v->len * 8);
		frame[v->data + bit / 8] ^= (uint8_t)(1 << bit % 8);
		what = "corrupted";
	}
	udp_make_checksum(frame, v);
	note(what, frame, v, to);
	deliver(to, frame, len);
	if (chance(faults.dup)) {
		note("doubled", frame, v, to);
		deliver(to, frame, len);
	}
}

/* Relay what has come on one side, a frame; false: nothing has. */
static bool relay_one(int from)
{
	static uint8_t frame[FRAME_MOST];
	ssize_t n = recv(fds[from], frame, sizeof(frame), MSG_DONTWAIT);
	struct udp_view v;
	uint16_t port = faults.port;
	int to = !from;

	if (n <= 0)
		return false;
	v = udp_find(frame, (size_t)n);
	if (v.family)
		udp_make_checksum(frame, &v);
	if (!v.family || (faults.back_only && to == 1) ||
	    (port && port != get16(frame + v.udp) && port != get16(frame + v.udp + 2)))
		pass(to, frame, (size_t)n);
	else
		relay_udp(to, frame, (size_t)n, &v);
	return true;
}

/* Send what is due; returns how long to wait for the next, -1: for ever. */
static int run_queue(void)
{
	struct waiting *w;
	int64_t now = now_ms();

	while ((w = queue) && w->due_ms <= now) {
		queue = w->next;
		pass(w->to, w->frame, w->len);
		free(w);
	}
	return queue ? (int)(queue->due_ms - now) : -1;
}

/* Until it is told to stop; the ledger has all that had come by then. */
static void run(void)
{
	struct pollfd p[2] = { { .fd = fds[0], .events = POLLIN },
			       { .fd = fds[1], .events = POLLIN } };

	while (!stop) {
		if (poll(p, 2, run_queue()) < 0 && errno != EINTR)
			die("poll");
		for (int i = 0; i < 2 && !stop; i++) {
			if (p[i].revents)
				relay_one(i);
		}
	}
	for (int i = 0; i < 2; i++)
		while (relay_one(i))
			;
}

static void usage(void)
{
	fputs("usage: relay [--seed N] [--loss %] [--dup %] [--corrupt %] [--delay MS "
	      "[--reorder %]]\n             [--port P] [--back-only] [--ledger FILE] IF1 IF2\n",
	      stderr);
	exit(2);
}

static void parse(int argc, char *argv[])
{
	static const struct option longs[] = {
		{ "seed", 1, NULL, 's' },    { "loss", 1, NULL, 'l' },
		{ "dup", 1, NULL, 'd' },     { "corrupt", 1, NULL, 'c' },
		{ "delay", 1, NULL, 'w' },   { "reorder", 1, NULL, 'r' },
		{ "port", 1, NULL, 'p' },    { "back-only", 0, NULL, 'b' },
		{ "ledger", 1, NULL, 'o' },  { NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (c) {
		case 's': seed = strtoull(optarg, NULL, 0); break;
		case 'l': faults.loss = strtod(optarg, NULL); break;
		case 'd': faults.dup = strtod(optarg, NULL); break;
		case 'c': faults.corrupt = strtod(optarg, NULL); break;
		case 'w': faults.delay_ms = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'r': faults.reorder = strtod(optarg, NULL); break;
		case 'p': faults.port = (uint16_t)strtoul(optarg, NULL, 10); break;
		case 'b': faults.back_only = true; break;
		case 'o':
			ledger = fopen(optarg, "we");
			if (!ledger)
				die(optarg);
			break;
		default: usage();
		}
	}
	if (argc - optind != 2)
		usage();
}

int main(int argc, char *argv[])
{
	struct sigaction sa = { .sa_handler = on_signal };

	ledger = stdout;
	faults.reorder = 100;
	parse(argc, argv);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	for (int i = 0; i < 2; i++)
		fds[i] = open_interface(argv[optind + i]);
	fputs("ready\n", stderr);
	run();
	return 0;
}
