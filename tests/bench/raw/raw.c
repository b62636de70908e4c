/* Sockets, batches, times and requests of the bare programs. */
#include "raw.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

int64_t raw_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

double raw_cpu_us(void)
{
	struct rusage r;

	getrusage(RUSAGE_SELF, &r);
	return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1e6 +
	       (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

static void die(const char *what)
{
	perror(what);
	exit(1);
}

struct sockaddr_in raw_address(uint32_t address, uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port),
				     .sin_addr = { htonl(address) } };
}

static void enlarge(int fd, int force, int plain, int bytes)
{
	if (setsockopt(fd, SOL_SOCKET, force, &bytes, sizeof(bytes)) < 0)
		setsockopt(fd, SOL_SOCKET, plain, &bytes, sizeof(bytes));
}

void raw_receive_buffer(int fd, int bytes)
{
	enlarge(fd, SO_RCVBUFFORCE, SO_RCVBUF, bytes);
}

int raw_udp(uint32_t address, uint16_t port, int buffer)
{
	struct sockaddr_in a = raw_address(address, port);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		die("socket");
	if (buffer) {
		raw_receive_buffer(fd, buffer);
		enlarge(fd, SO_SNDBUFFORCE, SO_SNDBUF, buffer);
	}
	return fd;
}

uint16_t raw_port(int fd)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);

	if (getsockname(fd, (struct sockaddr *)&a, &len) < 0)
		die("getsockname");
	return ntohs(a.sin_port);
}

void raw_batch_init(struct raw_batch *b)
{
	b->n = 0;
	b->most = RAW_BATCH;
	for (unsigned i = 0; i < RAW_BATCH; i++) {
		b->vectors[i] = (struct iovec){ b->bytes[i], RAW_MESSAGE_MAX };
		b->messages[i].msg_hdr = (struct msghdr){ .msg_name = &b->peers[i],
							  .msg_namelen = sizeof(b->peers[i]),
							  .msg_iov = &b->vectors[i],
							  .msg_iovlen = 1 };
	}
}

unsigned raw_batch_recv(struct raw_batch *b, int fd)
{
	int n = recvmmsg(fd, b->messages, b->most, MSG_DONTWAIT, NULL);

	return n > 0 ? (unsigned)n : 0;
}

void raw_batch_send(struct raw_batch *b, int fd)
{
	unsigned sent = 0;

	while (sent < b->n) {
		int n = sendmmsg(fd, b->messages + sent, b->n - sent, 0);

		if (n > 0)
			sent += (unsigned)n;
		else if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR)
			die("sendmmsg");
	}
	b->n = 0;
}

uint8_t *raw_batch_add(struct raw_batch *b, int fd, const struct sockaddr_in *to, size_t len)
{
	if (b->n == RAW_BATCH)
		raw_batch_send(b, fd);
	b->peers[b->n] = *to;
	b->vectors[b->n].iov_len = len;
	return b->bytes[b->n++];
}

void raw_set_init(struct raw_set *s, uint32_t expected)
{
	size_t size = 64;

	while (size < 2 * (size_t)expected + 1)
		size *= 2;
	*s = (struct raw_set){ calloc(size, sizeof(*s->slots)), size - 1, 0 };
	if (!s->slots)
		die("set");
}

bool raw_set_add(struct raw_set *s, uint64_t key)
{
	size_t i = (size_t)(key * 0x9e3779b97f4a7c15u >> 20) & s->mask;

	while (s->slots[i] && s->slots[i] != key)
		i = (i + 1) & s->mask;
	if (s->slots[i] || s->n >= s->mask / 2 + 1)
		return false;
	s->slots[i] = key;
	s->n++;
	return true;
}

void raw_times_add(struct raw_times *t, int64_t ns)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 65536;
		t->ns = realloc(t->ns, t->cap * sizeof(*t->ns));
		if (!t->ns)
			die("times");
	}
	t->ns[t->n++] = ns;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

double raw_times_at(struct raw_times *t, double part)
{
	size_t i = (size_t)(part * (double)t->n);

	if (!t->n)
		return 0;
	qsort(t->ns, t->n, sizeof(*t->ns), by_value);
	return (double)t->ns[i < t->n ? i : t->n - 1] / 1e3;
}

size_t raw_get_path(uint8_t *m, int type, uint16_t mid, const uint8_t token[8], const char *path)
{
	size_t len = strlen(path);

	m[0] = (uint8_t)(0x48 | type << 4);
	m[1] = 0x01;
	m[2] = (uint8_t)(mid >> 8);
	m[3] = (uint8_t)mid;
	memcpy(m + 4, token, 8);
	m[12] = (uint8_t)(0xb0 | len);
	memcpy(m + 13, path, len);
	return 13 + len;
}

size_t raw_get(uint8_t *m, int type, uint16_t mid, const uint8_t token[8], const char *proxy_uri,
	       uint8_t timeout)
{
	size_t at = raw_get_path(m, type, mid, token, proxy_uri ? "" : "t"), len;
	const uint16_t delta = 65002 - 35 - 269;

	if (!proxy_uri)
		return at;
	at--;
	len = strlen(proxy_uri);
	m[at++] = 0xdd; /* Proxy-Uri of 13 to 268 bytes */
	m[at++] = 35 - 13;
	m[at++] = (uint8_t)(len - 13);
	memcpy(m + at, proxy_uri, len);
	at += len;
	if (timeout) {
		m[at++] = 0xe1;
		m[at++] = (uint8_t)(delta >> 8);
		m[at++] = (uint8_t)delta;
		m[at++] = timeout;
	}
	return at;
}
