/* What ICMP says of datagrams that were sent: the socket's error queue. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/errqueue.h> /* after struct timespec */
#include "udp.h"

static bool is_unreachable(uint32_t error)
{
	switch (error) {
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENONET:
	case EACCES:
		return true;
	}
	return false;
}

/* Errors that will not pass by waiting; a packet that was too big, or lived too long in a loop,
 * says nothing of the server. */
static bool is_final(const struct sock_extended_err *e)
{
	return is_unreachable(e->ee_errno) &&
	       (e->ee_origin == SO_EE_ORIGIN_ICMP || e->ee_origin == SO_EE_ORIGIN_ICMP6);
}

static int error_in(struct msghdr *h)
{
	struct sock_extended_err e;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c)) {
		if (!(c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) &&
		    !(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
			continue;
		memcpy(&e, CMSG_DATA(c), sizeof(e));
		return is_final(&e) ? (int)e.ee_errno : 0;
	}
	return 0;
}

bool gcoap__udp_told(const struct gcoap_udp *u, int error)
{
	switch (error) {
	case EMSGSIZE:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
	case EPROTO:
		return u->config.errors;
	}
	return u->config.errors && is_unreachable((uint32_t)error);
}

/* ICMP came to the address that the datagram was sent from. */
static void sent_from(struct msghdr *h, struct gcoap__sock *s, struct gcoap_addr *out)
{
	struct gcoap_datagram icmp = { .to = s->local };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c; c = CMSG_NXTHDR(h, c))
		(void)gcoap__udp_pktinfo(c, &icmp);
	*out = icmp.to;
}

bool gcoap__udp_error(struct gcoap__sock *s, void *buf, size_t cap, struct gcoap_datagram *out,
		      int *error)
{
	_Alignas(struct cmsghdr) uint8_t control[512];
	struct sockaddr_storage name;
	struct iovec iov = { buf, cap };
	struct msghdr h = { .msg_name = &name,
			    .msg_namelen = sizeof(name),
			    .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t n;

	memset(&name, 0, sizeof(name));
	n = recvmsg(s->fd, &h, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (n < 0)
		return false;
	*error = error_in(&h);
	*out = (struct gcoap_datagram){ .data = { buf, (size_t)n }, .hops = -1 };
	sent_from(&h, s, &out->from);
	if (h.msg_namelen == 0 ||
	    gcoap_addr_from_sockaddr(&out->to, (struct sockaddr *)&name) < 0)
		*error = 0;
	return true;
}
