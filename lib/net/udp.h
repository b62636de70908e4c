/* The inside of the UDP endpoint: shared by the files udp_*.c and the loop. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include <gcoap/net.h>
#include <sys/socket.h>

/*
 * A slot is what we take of one datagram: no CoAP message of ours or of a sane server is
 * longer, and what is comes out as truncated. The slab is touched page by page, so small
 * answers cost one page a slot.
 */
#define UDP_SLOT 16384
#define UDP_BATCH 32

/* Datagrams up to this size wait in a batch to be sent together; longer ones go alone. */
#define UDP_OUT_SLOT 2048

struct gcoap__rx;
struct gcoap__tx;

/* One socket: a family of the endpoint. */
struct gcoap__sock {
	int fd; /* -1: this family is not open */
	uint8_t family;
	struct gcoap_addr local;
	/* The queue was seen empty then: nothing in the last batch, and in the next, is older. */
	gcoap_time floor, next_floor;
	uint32_t drops_at_open;
	struct gcoap__tx *tx;
};

struct gcoap_udp {
	struct gcoap_udp_config config;
	struct gcoap__sock sock[2]; /* IPv4, IPv6 */
	struct gcoap__rx *rx;	    /* shared by both */
	uint32_t rcvbuf;
	uint64_t sent; /* datagrams handed to the kernel */
	/* The source of the last group destination's interface (IPv4). */
	uint32_t group_ifindex;
	struct gcoap_addr group_source;
	/* The source the kernel would take for the last destination (tap only). */
	struct gcoap_addr tap_to, tap_from;
	uint32_t tap_ifindex;
};

int gcoap__rx_new(struct gcoap__rx **out);
void gcoap__rx_free(struct gcoap__rx **rx);
/*
 * Take one batch from the socket. Returns how many datagrams gcoap__rx_get() has to give, 0
 * when the queue is empty, GCOAP_ESYSTEM with errno.
 */
int gcoap__udp_recv(struct gcoap_udp *u, struct gcoap__sock *s, gcoap_time *now);
/* Datagram @i of the last batch; valid until the next. */
void gcoap__udp_get(struct gcoap_udp *u, struct gcoap__sock *s, int i, gcoap_time now,
		    struct gcoap_datagram *out);

/* If @c is packet information: the address and the interface where a datagram arrived. */
bool gcoap__udp_pktinfo(const struct cmsghdr *c, struct gcoap_datagram *out);

void gcoap__tx_free(struct gcoap__tx **tx);
/* The socket of a family; NULL when it is not open. */
struct gcoap__sock *gcoap__udp_sock(struct gcoap_udp *u, uint8_t family);

/* Told of every datagram that could not be sent. */
typedef void gcoap__udp_failed(void *arg, const struct gcoap_datagram *d, int error);
/*
 * Copy @d into the batch of its family, and send that when it is full. 0; GCOAP_EBUSY: taken,
 * but the batch is full and the kernel takes no more for now, with errno as of the flush;
 * GCOAP_ELIMIT: not taken, as it was full already; GCOAP_EROUTE: the family is not open;
 * GCOAP_ENOMEM.
 */
int gcoap__udp_send(struct gcoap_udp *u, const struct gcoap_datagram *d,
		    gcoap__udp_failed *failed, void *arg);
/* Send what waits. 0; GCOAP_EBUSY with errno EAGAIN (wait until writable) or ENOBUFS. */
int gcoap__udp_flush(struct gcoap_udp *u, struct gcoap__sock *s, gcoap__udp_failed *failed,
		     void *arg);
/* The first IPv4 address of an interface, with which a group request leaves over it; family 0:
 * none. @fd is any IPv4 socket. */
void gcoap__udp_iface_v4(int fd, uint32_t ifindex, struct gcoap_addr *out);
/*
 * Take one of the errors that ICMP brought: true, and @out is the datagram it speaks of, with as
 * much of its data as was sent back, in @buf, and with the address it was sent from; *@error 0:
 * nothing that matters. False: no more.
 */
bool gcoap__udp_error(struct gcoap__sock *s, void *buf, size_t cap, struct gcoap_datagram *out,
		      int *error);
/* May a call have failed with @error for nothing but an ICMP message? */
bool gcoap__udp_told(const struct gcoap_udp *u, int error);
uint32_t gcoap__udp_sock_drops(const struct gcoap__sock *s);
bool gcoap__udp_pending(const struct gcoap__sock *s);

#endif
