/* What the bare programs of the bench share: sockets on loopback, times, CoAP headers. */
#ifndef RAW_H
#define RAW_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define RAW_BATCH 64
#define RAW_MESSAGE_MAX 1500
#define RAW_BIG_BUFFER (64 << 20)

int64_t raw_now_ns(void);
/* What this process has had of the processor. */
double raw_cpu_us(void);

struct sockaddr_in raw_address(uint32_t address, uint16_t port);
/* A socket that is bound to @address (host byte order) and @port, 0: any, with @buffer bytes
 * each way, 0: the kernel's. Ends the program when it cannot be had. */
int raw_udp(uint32_t address, uint16_t port, int buffer);
uint16_t raw_port(int fd);
/* Also above the system's limit, where that is allowed. */
void raw_receive_buffer(int fd, int bytes);

/* Datagrams that are received or sent together. */
struct raw_batch {
	unsigned n, most; /* RAW_BATCH, unless somebody wants fewer at a time */
	struct mmsghdr messages[RAW_BATCH];
	struct iovec vectors[RAW_BATCH];
	struct sockaddr_in peers[RAW_BATCH];
	uint8_t bytes[RAW_BATCH][RAW_MESSAGE_MAX];
};
void raw_batch_init(struct raw_batch *b);
/* What waits at @fd, up to @b->most; the lengths are in messages[].msg_len. */
unsigned raw_batch_recv(struct raw_batch *b, int fd);
/* Room for one more to @to, sent with the others by then when there is none. */
uint8_t *raw_batch_add(struct raw_batch *b, int fd, const struct sockaddr_in *to, size_t len);
void raw_batch_send(struct raw_batch *b, int fd);

/* Numbers but 0, by open addressing; the load stays below one half. */
struct raw_set {
	uint64_t *slots;
	size_t mask;
	uint32_t n;
};
void raw_set_init(struct raw_set *s, uint32_t expected);
/* Was it not there? */
bool raw_set_add(struct raw_set *s, uint64_t key);

/* Durations and their quantiles. */
struct raw_times {
	int64_t *ns;
	size_t n, cap;
};
void raw_times_add(struct raw_times *t, int64_t ns);
/* The value below which @part of them are, in microseconds; sorts them. 0 when there are none. */
double raw_times_at(struct raw_times *t, double part);

/* A GET of @path, one segment of up to 12 bytes, with the 8 bytes of @token. Returns its length. */
size_t raw_get_path(uint8_t *m, int type, uint16_t mid, const uint8_t token[8], const char *path);
/* The same for @proxy_uri (NULL: for "t") and with T' of @timeout
 * seconds (Multicast-Signaling, 65002; 0: without). Returns its length. */
size_t raw_get(uint8_t *m, int type, uint16_t mid, const uint8_t token[8], const char *proxy_uri,
	       uint8_t timeout);

#endif
