/* Opening the sockets of the UDP endpoint. */
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "udp.h"

/* What the kernel charges a socket for one answer of about 1 KiB; small ones cost 832. */
#define CHARGE_LARGE 2304
#define CHARGE_MEDIUM 1280
#define CHARGE_SMALL 832

#define RCVBUF_DEFAULT (4u << 20)
#define RCVBUF_LEAST (1u << 20)
#define RCVBUF_MOST (256u << 20)

/* One socket option: set, or why not. Optional ones are for kernels that lack them. */
struct sockopt {
	int level, name, value;
	const char *what;
	bool optional;
};

static const struct sockopt v4_options[] = {
	{ IPPROTO_IP, IP_PKTINFO, 1, "IP_PKTINFO", false },
	{ IPPROTO_IP, IP_RECVTTL, 1, "IP_RECVTTL", false },
	/* only groups that this socket joined, not those of the whole host */
	{ IPPROTO_IP, IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL", true },
	/* fragment what is too long; CoAP has its own blocks (RFC 7252, Section 4.6) */
	{ IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT, "IP_MTU_DISCOVER", true },
	{ 0 },
};

static const struct sockopt v6_options[] = {
	{ IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY", false },
	{ IPPROTO_IPV6, IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO", false },
	{ IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1, "IPV6_RECVHOPLIMIT", false },
	{ IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0, "IPV6_MULTICAST_ALL", true },
	{ IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DONT, "IPV6_MTU_DISCOVER", true },
	{ 0 },
};

static int fail_errno(struct gcoap_diag *diag, const char *what)
{
	int saved = errno;
	int err = GCOAP_ESYSTEM;

	if (saved == EADDRINUSE)
		err = GCOAP_EBUSY;
	else if (saved == EACCES || saved == EPERM)
		err = GCOAP_EPERMISSION;
	else if (saved == ENODEV)
		err = GCOAP_EINTERFACE;
	else if (saved == ENOMEM)
		err = GCOAP_ENOMEM;
	gcoap_fail(diag, err, 0, "socket", what);
	errno = saved;
	return err;
}

static int set_options(int fd, const struct sockopt *o, struct gcoap_diag *diag)
{
	for (; o->what; o++) {
		if (setsockopt(fd, o->level, o->name, &o->value, sizeof(o->value)) < 0 &&
		    !o->optional)
			return fail_errno(diag, o->what);
	}
	return 0;
}

/* The kernel doubles what is asked for: half of it is meant for its own book-keeping. */
static uint32_t rcvbuf_wish(const struct gcoap_udp_config *c)
{
	uint64_t wish = RCVBUF_DEFAULT;

	if (c->rcvbuf)
		return c->rcvbuf;
	if (c->expect) {
		wish = (uint64_t)c->expect * CHARGE_LARGE;
		if (wish < RCVBUF_LEAST)
			wish = RCVBUF_LEAST;
		if (wish > RCVBUF_MOST)
			wish = RCVBUF_MOST;
	}
	return (uint32_t)wish;
}

static void set_rcvbuf(struct gcoap_udp *u, int fd)
{
	uint32_t wish = rcvbuf_wish(&u->config);
	int value = wish > INT32_MAX ? INT32_MAX : (int)wish, given = 0;
	socklen_t len = sizeof(given);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &value, sizeof(value)) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, sizeof(value));
	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &given, &len) == 0 &&
	    (!u->rcvbuf || (uint32_t)given < u->rcvbuf))
		u->rcvbuf = (uint32_t)given;
}

static int bind_to(int fd, const struct gcoap_addr *a)
{
	struct sockaddr_storage ss;
	socklen_t len = gcoap_addr_to_sockaddr(a, &ss);

	return bind(fd, (struct sockaddr *)&ss, len);
}

/* Bind to the wished address; without a wish for a port, to @port_hint when it is free. */
static int bind_sock(struct gcoap_udp *u, struct gcoap__sock *s, uint16_t port_hint,
		     struct gcoap_diag *diag)
{
	struct gcoap_addr want = u->config.bind;
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	want.family = s->family;
	if (!want.port && port_hint)
		want.port = port_hint;
	if (bind_to(s->fd, &want) < 0) {
		if (errno != EADDRINUSE || u->config.bind.port || !port_hint)
			return fail_errno(diag, "bind");
		want.port = 0;
		if (bind_to(s->fd, &want) < 0)
			return fail_errno(diag, "bind");
	}
	if (getsockname(s->fd, (struct sockaddr *)&ss, &len) < 0)
		return fail_errno(diag, "getsockname");
	return gcoap_addr_from_sockaddr(&s->local, (struct sockaddr *)&ss);
}

static int open_sock(struct gcoap_udp *u, struct gcoap__sock *s, uint16_t port_hint,
		     struct gcoap_diag *diag)
{
	const struct gcoap_udp_config *c = &u->config;
	int af = s->family == 6 ? AF_INET6 : AF_INET, one = 1, r;

	s->fd = socket(af, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return fail_errno(diag, "socket");
	r = set_options(s->fd, s->family == 6 ? v6_options : v4_options, diag);
	if (r < 0)
		return r;
	if (setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof(one)) < 0)
		return fail_errno(diag, "SO_TIMESTAMPNS");
	/* Where the kernel cannot, a server that is not there is waited for. */
	if (c->errors && s->family == 6)
		(void)setsockopt(s->fd, IPPROTO_IPV6, IPV6_RECVERR, &one, sizeof(one));
	else if (c->errors)
		(void)setsockopt(s->fd, IPPROTO_IP, IP_RECVERR, &one, sizeof(one));
	if (c->reuse && setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) < 0)
		return fail_errno(diag, "SO_REUSEADDR");
	if (c->device[0] && setsockopt(s->fd, SOL_SOCKET, SO_BINDTODEVICE, c->device,
				       (socklen_t)strnlen(c->device, sizeof(c->device))) < 0)
		return fail_errno(diag, "SO_BINDTODEVICE");
	set_rcvbuf(u, s->fd);
	r = bind_sock(u, s, port_hint, diag);
	if (r < 0)
		return r;
	/* A member of a simulated group answers from addresses that only a route makes local. */
	if (c->any_source && s->family == 6)
		(void)setsockopt(s->fd, IPPROTO_IPV6, IPV6_FREEBIND, &one, sizeof(one));
	s->floor = s->next_floor = gcoap_now();
	s->drops_at_open = gcoap__udp_sock_drops(s);
	return 0;
}

/* IPv6 may be missing from the kernel; that is no error while IPv4 is there. */
static bool may_lack(const struct gcoap_udp *u, const struct gcoap__sock *s)
{
	return s->family == 6 && u->config.v4 && errno == EAFNOSUPPORT;
}

static int open_all(struct gcoap_udp *u, struct gcoap_diag *diag)
{
	uint16_t port = 0;
	int r, open = 0;

	for (int i = 0; i < 2; i++) {
		struct gcoap__sock *s = &u->sock[i];

		if (i == 0 ? !u->config.v4 : !u->config.v6)
			continue;
		if (u->config.bind.family && u->config.bind.family != s->family)
			continue;
		r = open_sock(u, s, port, diag);
		if (r < 0 && s->fd < 0 && may_lack(u, s))
			continue;
		if (r < 0)
			return r;
		port = s->local.port;
		open++;
	}
	if (!open)
		return gcoap_fail(diag, GCOAP_EINVALID, 0, "socket", "no address family to open");
	return 0;
}

int gcoap_udp_open(struct gcoap_udp **out, const struct gcoap_udp_config *config,
		   struct gcoap_diag *diag)
{
	struct gcoap_udp *u = calloc(1, sizeof(*u));
	int r, saved;

	*out = NULL;
	if (!u)
		return gcoap_fail(diag, GCOAP_ENOMEM, 0, "memory", "calloc");
	u->config = *config;
	u->sock[0] = (struct gcoap__sock){ .fd = -1, .family = 4 };
	u->sock[1] = (struct gcoap__sock){ .fd = -1, .family = 6 };
	r = gcoap__rx_new(&u->rx);
	if (r < 0)
		gcoap_fail(diag, r, 0, "memory", "malloc");
	else
		r = open_all(u, diag);
	if (r < 0) {
		saved = errno;
		gcoap_udp_close(&u);
		errno = saved;
		return r;
	}
	*out = u;
	return 0;
}

void gcoap_udp_close(struct gcoap_udp **u)
{
	if (!*u)
		return;
	for (int i = 0; i < 2; i++) {
		gcoap__tx_free(&(*u)->sock[i].tx);
		if ((*u)->sock[i].fd >= 0)
			close((*u)->sock[i].fd);
	}
	gcoap__rx_free(&(*u)->rx);
	free(*u);
	*u = NULL;
}

uint32_t gcoap_udp_rcvbuf(const struct gcoap_udp *u)
{
	return u->rcvbuf;
}

uint32_t gcoap_udp_capacity(const struct gcoap_udp *u, size_t payload)
{
	if (payload <= 100)
		return u->rcvbuf / CHARGE_SMALL;
	return u->rcvbuf / (payload <= 600 ? CHARGE_MEDIUM : CHARGE_LARGE);
}
