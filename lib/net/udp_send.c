/* Sending: datagrams are copied into a batch and leave together. */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include "udp.h"

/* Errors of earlier datagrams that may come in between, in a row. */
#define PENDING_MOST 3

struct gcoap__tx {
	unsigned first, end; /* [first, end) waits */
	struct gcoap_datagram d[UDP_BATCH]; /* data points into slab, or to memory of its own */
	struct mmsghdr hdr[UDP_BATCH];
	struct iovec iov[UDP_BATCH];
	struct sockaddr_storage name[UDP_BATCH];
	_Alignas(struct cmsghdr) uint8_t control[UDP_BATCH][64]; /* packet info 40, hops 24 */
	uint8_t slab[UDP_BATCH][UDP_OUT_SLOT];
};

static void release(struct gcoap__tx *tx, unsigned i)
{
	if (tx->d[i].data.ptr != tx->slab[i])
		free((void *)tx->d[i].data.ptr);
	tx->d[i].data.ptr = tx->slab[i];
}

void gcoap__tx_free(struct gcoap__tx **tx)
{
	if (!*tx)
		return;
	for (unsigned i = (*tx)->first; i < (*tx)->end; i++)
		release(*tx, i);
	free(*tx);
	*tx = NULL;
}

struct gcoap__sock *gcoap__udp_sock(struct gcoap_udp *u, uint8_t family)
{
	struct gcoap__sock *s = family == 4 ? &u->sock[0] : family == 6 ? &u->sock[1] : NULL;

	return s && s->fd >= 0 ? s : NULL;
}

bool gcoap__udp_pending(const struct gcoap__sock *s)
{
	return s->tx && s->tx->first < s->tx->end;
}

/* The kernel would look for one itself, but not take 127.0.0.1 on the loopback interface. */
void gcoap__udp_iface_v4(int fd, uint32_t ifindex, struct gcoap_addr *out)
{
	struct ifreq ifr = { .ifr_ifindex = (int)ifindex };

	*out = (struct gcoap_addr){ 0 };
	if (ioctl(fd, SIOCGIFNAME, &ifr) == 0 && ioctl(fd, SIOCGIFADDR, &ifr) == 0)
		(void)gcoap_addr_from_sockaddr(out, &ifr.ifr_addr);
}

static const struct gcoap_addr *group_source(struct gcoap_udp *u, uint32_t ifindex)
{
	if (u->group_ifindex != ifindex) {
		u->group_ifindex = ifindex;
		gcoap__udp_iface_v4(u->sock[0].fd, ifindex, &u->group_source);
	}
	return &u->group_source;
}

/* Packet information without an address would undo that the socket is bound to one. */
static const struct gcoap_addr *source4(struct gcoap_udp *u, const struct gcoap_datagram *d)
{
	static const uint8_t any[4];
	const struct gcoap_addr *bound = &u->sock[0].local;

	if (d->from.family || !d->ifindex)
		return &d->from;
	if (memcmp(bound->bytes, any, sizeof(any)) != 0)
		return bound;
	return gcoap_addr_is_multicast(&d->to) ? group_source(u, d->ifindex) : &d->from;
}

/* Groups of link-local scope and below: 224.0.0.0/24, ff01::/16, ff02::/16. */
static bool is_link_group(const struct gcoap_addr *a)
{
	if (a->family == 4)
		return a->bytes[0] == 224 && !a->bytes[1] && !a->bytes[2];
	return (a->bytes[1] & 0x0f) <= 2;
}

/* Hop limit to set, 0: the kernel's. */
static int hops_for(const struct gcoap_udp *u, const struct gcoap_datagram *d)
{
	if (d->hops > 0)
		return d->hops;
	if (!gcoap_addr_is_multicast(&d->to))
		return 0;
	if (u->config.hops)
		return u->config.hops;
	return is_link_group(&d->to) ? 1 : 16;
}

static void put_control(struct msghdr *h, size_t *used, int level, int type, const void *data,
			size_t len)
{
	struct cmsghdr *c = (struct cmsghdr *)((uint8_t *)h->msg_control + *used);

	memset(c, 0, CMSG_SPACE(len));
	c->cmsg_level = level;
	c->cmsg_type = type;
	c->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(c), data, len);
	*used += CMSG_SPACE(len);
}

static size_t put_pktinfo4(struct gcoap_udp *u, struct msghdr *h,
			   const struct gcoap_datagram *d)
{
	struct in_pktinfo info = { .ipi_ifindex = (int)d->ifindex };
	const struct gcoap_addr *from = source4(u, d);
	size_t used = 0;

	if (from->family == 4)
		memcpy(&info.ipi_spec_dst, from->bytes, 4);
	if (d->ifindex || from->family == 4)
		put_control(h, &used, IPPROTO_IP, IP_PKTINFO, &info, sizeof(info));
	return used;
}

static size_t put_pktinfo6(struct msghdr *h, const struct gcoap_datagram *d)
{
	struct in6_pktinfo info = { .ipi6_ifindex = d->ifindex };
	size_t used = 0;

	if (d->from.family == 6)
		memcpy(&info.ipi6_addr, d->from.bytes, 16);
	if (d->ifindex || d->from.family == 6)
		put_control(h, &used, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof(info));
	return used;
}

static void fill_header(struct gcoap_udp *u, struct gcoap__tx *tx, unsigned i)
{
	struct msghdr *h = &tx->hdr[i].msg_hdr;
	struct gcoap_datagram *d = &tx->d[i];
	int hops = hops_for(u, d);
	size_t used;

	tx->iov[i] = (struct iovec){ (void *)d->data.ptr, d->data.len };
	*h = (struct msghdr){ .msg_iov = &tx->iov[i],
			      .msg_iovlen = 1,
			      .msg_name = &tx->name[i],
			      .msg_control = tx->control[i] };
	h->msg_namelen = gcoap_addr_to_sockaddr(&d->to, &tx->name[i]);
	used = d->to.family == 4 ? put_pktinfo4(u, h, d) : put_pktinfo6(h, d);
	if (hops && d->to.family == 4)
		put_control(h, &used, IPPROTO_IP, IP_TTL, &hops, sizeof(hops));
	else if (hops)
		put_control(h, &used, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof(hops));
	h->msg_controllen = used;
	if (!used)
		h->msg_control = NULL;
}

static int tx_add(struct gcoap_udp *u, struct gcoap__tx *tx, const struct gcoap_datagram *d)
{
	uint8_t *copy = tx->slab[tx->end];

	if (d->data.len > UDP_OUT_SLOT) {
		copy = malloc(d->data.len);
		if (!copy)
			return GCOAP_ENOMEM;
	}
	if (d->data.len)
		memcpy(copy, d->data.ptr, d->data.len);
	tx->d[tx->end] = *d;
	tx->d[tx->end].data.ptr = copy;
	fill_header(u, tx, tx->end++);
	return 0;
}

static void tell_tap(struct gcoap_udp *u, const struct gcoap__sock *s,
		     const struct gcoap_datagram *d, gcoap_time at)
{
	struct gcoap_datagram shown = *d;

	if (!shown.from.family) {
		if (!gcoap_addr_equal(&u->tap_to, &d->to) || u->tap_ifindex != d->ifindex) {
			u->tap_to = d->to;
			u->tap_ifindex = d->ifindex;
			if (gcoap_udp_source_for(u, &d->to, d->ifindex, &u->tap_from) < 0)
				u->tap_from = s->local;
		}
		shown.from = u->tap_from;
	}
	shown.from.port = s->local.port;
	shown.hops = (int16_t)hops_for(u, d);
	shown.at = at;
	u->config.tap(u->config.tap_arg, GCOAP_SENT, &shown);
}

static void sent(struct gcoap_udp *u, struct gcoap__sock *s, unsigned n, gcoap_time at)
{
	struct gcoap__tx *tx = s->tx;

	for (unsigned i = 0; i < n; i++) {
		if (u->config.tap)
			tell_tap(u, s, &tx->d[tx->first], at);
		release(tx, tx->first++);
	}
	u->sent += n;
}

int gcoap__udp_flush(struct gcoap_udp *u, struct gcoap__sock *s, gcoap__udp_failed *failed,
		     void *arg)
{
	struct gcoap__tx *tx = s->tx;
	gcoap_time before = 0;
	unsigned tries = 0;
	int n;

	while (gcoap__udp_pending(s)) {
		/* An answer may be there before the call returns. */
		if (u->config.tap)
			before = gcoap_now();
		n = sendmmsg(s->fd, tx->hdr + tx->first, tx->end - tx->first, MSG_DONTWAIT);
		if (n > 0) {
			sent(u, s, (unsigned)n, before);
			tries = 0;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS)
			return GCOAP_EBUSY;
		/* With IP_RECVERR a call may return, once, what became of an earlier datagram. */
		if (u->config.errors && tries++ < PENDING_MOST)
			continue;
		if (failed)
			failed(arg, &tx->d[tx->first], errno);
		release(tx, tx->first++);
		tries = 0;
	}
	if (tx)
		tx->first = tx->end = 0;
	return 0;
}

int gcoap__udp_send(struct gcoap_udp *u, const struct gcoap_datagram *d,
		    gcoap__udp_failed *failed, void *arg)
{
	struct gcoap__sock *s = gcoap__udp_sock(u, d->to.family);
	int r;

	if (!s)
		return GCOAP_EROUTE;
	if (!s->tx) {
		s->tx = malloc(sizeof(*s->tx));
		if (!s->tx)
			return GCOAP_ENOMEM;
		s->tx->first = s->tx->end = 0;
	}
	if (s->tx->end == UDP_BATCH && gcoap__udp_flush(u, s, failed, arg) < 0)
		return GCOAP_ELIMIT;
	r = tx_add(u, s->tx, d);
	if (r < 0)
		return r;
	return s->tx->end < UDP_BATCH ? 0 : gcoap__udp_flush(u, s, failed, arg);
}
