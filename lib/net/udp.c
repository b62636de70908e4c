/* The UDP group endpoint: membership, own addresses, what was lost. */
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "udp.h"

static int join4(int fd, const struct gcoap_addr *group, uint32_t ifindex)
{
	struct ip_mreqn m = { .imr_ifindex = (int)ifindex };

	memcpy(&m.imr_multiaddr, group->bytes, 4);
	return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &m, sizeof(m));
}

static int join6(int fd, const struct gcoap_addr *group, uint32_t ifindex)
{
	struct ipv6_mreq m = { .ipv6mr_interface = ifindex ? ifindex : group->scope };

	memcpy(&m.ipv6mr_multiaddr, group->bytes, 16);
	return setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &m, sizeof(m));
}

int gcoap_udp_join(struct gcoap_udp *u, const struct gcoap_addr *group, uint32_t ifindex)
{
	struct gcoap__sock *s = gcoap__udp_sock(u, group->family);
	int r;

	if (!s || !gcoap_addr_is_multicast(group))
		return GCOAP_EINVALID;
	r = group->family == 4 ? join4(s->fd, group, ifindex) : join6(s->fd, group, ifindex);
	if (r == 0 || errno == EADDRINUSE) /* joined already */
		return 0;
	if (errno == ENOBUFS) /* net.ipv4.igmp_max_memberships: 20 groups a socket */
		return GCOAP_ELIMIT;
	return errno == ENODEV ? GCOAP_EINTERFACE : GCOAP_ESYSTEM;
}

void gcoap_udp_local(const struct gcoap_udp *u, uint8_t family, struct gcoap_addr *out)
{
	*out = (struct gcoap_addr){ 0 };
	for (int i = 0; i < 2; i++) {
		if (u->sock[i].fd >= 0 && u->sock[i].family == family)
			*out = u->sock[i].local;
	}
}

static bool is_unspecified(const struct gcoap_addr *a)
{
	static const uint8_t zero[16];

	return !memcmp(a->bytes, zero, sizeof(zero));
}

/* Make @fd, a socket for asking only, choose its route as one over @ifindex. */
static int route_over(int fd, const struct gcoap_addr *to, uint32_t ifindex)
{
	struct ip_mreqn m = { .imr_ifindex = (int)ifindex };
	uint32_t wire = htonl(ifindex);

	struct gcoap_addr source;

	if (!ifindex)
		return 0;
	if (to->family == 6)
		return setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifindex,
				  sizeof(ifindex)) < 0 ||
			setsockopt(fd, IPPROTO_IPV6, IPV6_UNICAST_IF, &wire, sizeof(wire)) < 0 ?
			-1 : 0;
	gcoap__udp_iface_v4(fd, ifindex, &source);
	memcpy(&m.imr_address, source.bytes, 4);
	return setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof(m)) < 0 ||
		setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &wire, sizeof(wire)) < 0 ? -1 : 0;
}

int gcoap_udp_source_for(const struct gcoap_udp *u, const struct gcoap_addr *to,
			 uint32_t ifindex, struct gcoap_addr *out)
{
	struct gcoap_addr local;
	struct sockaddr_storage ss;
	socklen_t len = gcoap_addr_to_sockaddr(to, &ss);
	int fd, r = GCOAP_EROUTE;

	gcoap_udp_local(u, to->family, &local);
	if (local.family && !is_unspecified(&local)) {
		*out = local;
		return 0;
	}
	fd = socket(to->family == 6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return GCOAP_ESYSTEM;
	if (route_over(fd, to, ifindex) == 0 && connect(fd, (struct sockaddr *)&ss, len) == 0) {
		len = sizeof(ss);
		if (getsockname(fd, (struct sockaddr *)&ss, &len) == 0 &&
		    gcoap_addr_from_sockaddr(out, (struct sockaddr *)&ss) == 0) {
			out->port = local.port;
			errno = EADDRNOTAVAIL;
			r = is_unspecified(out) ? GCOAP_EROUTE : 0;
		}
	}
	close(fd);
	return r;
}

/* SO_RXQ_OVFL would be told only with a later datagram, so it misses the end of a burst. */
uint32_t gcoap__udp_sock_drops(const struct gcoap__sock *s)
{
	uint32_t mem[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(mem);

	if (s->fd < 0 || getsockopt(s->fd, SOL_SOCKET, SO_MEMINFO, mem, &len) < 0)
		return 0;
	return mem[SK_MEMINFO_DROPS];
}

uint64_t gcoap_udp_drops(const struct gcoap_udp *u)
{
	uint64_t sum = 0;

	for (int i = 0; i < 2; i++)
		sum += (uint32_t)(gcoap__udp_sock_drops(&u->sock[i]) -
				  u->sock[i].drops_at_open);
	return sum;
}
