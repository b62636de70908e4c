/* Receiving: batches of datagrams with their time stamp, interface and destination. */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "udp.h"

union name {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct gcoap__rx {
	gcoap_time wall; /* wall clock minus monotonic clock at the last batch */
	struct mmsghdr hdr[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	union name name[UDP_BATCH];
	/* time stamp 32, packet info 40, hop limit 24 */
	_Alignas(struct cmsghdr) uint8_t control[UDP_BATCH][128];
	uint8_t slab[UDP_BATCH][UDP_SLOT];
};

int gcoap__rx_new(struct gcoap__rx **out)
{
	struct gcoap__rx *rx = malloc(sizeof(*rx));

	*out = rx;
	if (!rx)
		return GCOAP_ENOMEM;
	for (int i = 0; i < UDP_BATCH; i++) {
		rx->iov[i] = (struct iovec){ rx->slab[i], UDP_SLOT };
		rx->hdr[i].msg_hdr = (struct msghdr){ .msg_iov = &rx->iov[i],
						      .msg_iovlen = 1,
						      .msg_name = &rx->name[i],
						      .msg_control = rx->control[i] };
	}
	return 0;
}

void gcoap__rx_free(struct gcoap__rx **rx)
{
	free(*rx);
	*rx = NULL;
}

int gcoap__udp_recv(struct gcoap_udp *u, struct gcoap__sock *s, gcoap_time *now)
{
	struct gcoap__rx *rx = u->rx;
	gcoap_time before = gcoap_now();
	int n;

	for (int i = 0; i < UDP_BATCH; i++) {
		rx->hdr[i].msg_hdr.msg_namelen = sizeof(rx->name[i]);
		rx->hdr[i].msg_hdr.msg_controllen = sizeof(rx->control[i]);
	}
	do {
		n = recvmmsg(s->fd, rx->hdr, UDP_BATCH, MSG_DONTWAIT, NULL);
	} while (n < 0 && errno == EINTR);
	s->floor = s->next_floor;
	if (n < UDP_BATCH)
		s->next_floor = before;
	*now = gcoap_now();
	if (n < 0)
		return errno == EAGAIN ? 0 : GCOAP_ESYSTEM;
	rx->wall = gcoap_wall_offset();
	return n;
}

static void read_pktinfo4(const struct cmsghdr *c, struct gcoap_datagram *out)
{
	struct in_pktinfo info;

	memcpy(&info, CMSG_DATA(c), sizeof(info));
	memcpy(out->to.bytes, &info.ipi_addr, 4);
	out->ifindex = (uint32_t)info.ipi_ifindex;
}

static void read_pktinfo6(const struct cmsghdr *c, struct gcoap_datagram *out)
{
	struct in6_pktinfo info;

	memcpy(&info, CMSG_DATA(c), sizeof(info));
	memcpy(out->to.bytes, &info.ipi6_addr, 16);
	out->ifindex = info.ipi6_ifindex;
	if (gcoap_addr_needs_zone(&out->to))
		out->to.scope = out->ifindex;
}

bool gcoap__udp_pktinfo(const struct cmsghdr *c, struct gcoap_datagram *out)
{
	if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
		read_pktinfo4(c, out);
	else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
		read_pktinfo6(c, out);
	else
		return false;
	return true;
}

static int16_t read_hops(const struct cmsghdr *c)
{
	int hops;

	memcpy(&hops, CMSG_DATA(c), sizeof(hops));
	return (int16_t)hops;
}

/*
 * The kernel stamps with the wall clock. A step of that clock between stamp and reading would
 * throw the result far off, so it is held between the last time the queue was seen empty and
 * now.
 */
static gcoap_time read_stamp(const struct cmsghdr *c, gcoap_time wall, gcoap_time floor,
			     gcoap_time now)
{
	struct timespec ts;
	gcoap_time at;

	memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	at = ts.tv_sec * GCOAP_SECOND + ts.tv_nsec - wall;
	if (at < floor)
		at = floor;
	return at > now ? now : at;
}

void gcoap__udp_get(struct gcoap_udp *u, struct gcoap__sock *s, int i, gcoap_time now,
		    struct gcoap_datagram *out)
{
	struct gcoap__rx *rx = u->rx;
	struct msghdr *h = &rx->hdr[i].msg_hdr;

	*out = (struct gcoap_datagram){
		.to = s->local,
		.data = { rx->slab[i], rx->hdr[i].msg_len },
		.at = now,
		.hops = -1,
		.truncated = h->msg_flags & MSG_TRUNC,
	};
	(void)gcoap_addr_from_sockaddr(&out->from, &rx->name[i].sa);
	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS)
			out->at = read_stamp(c, rx->wall, s->floor, now);
		else if (gcoap__udp_pktinfo(c, out))
			continue;
		else if ((c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TTL) ||
			 (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_HOPLIMIT))
			out->hops = read_hops(c);
	}
}
