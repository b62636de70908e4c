/*
 * A user and network namespace of our own, as an ordinary user: lo up, all IPv6 multicast
 * delivered there, and the members' ranges local. No other program is needed for it.
 */
#include "sim.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include "common/cli.h"

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n < 0 ? -1 : 0;
}

/* We are root inside, and ourselves outside. */
static int become_root(uid_t uid, gid_t gid)
{
	char text[64];

	if (write_file("/proc/self/setgroups", "deny") < 0 && errno != ENOENT)
		return -1;
	snprintf(text, sizeof(text), "0 %u 1", (unsigned)uid);
	if (write_file("/proc/self/uid_map", text) < 0)
		return -1;
	snprintf(text, sizeof(text), "0 %u 1", (unsigned)gid);
	return write_file("/proc/self/gid_map", text);
}

static int lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return -1;
	r = ioctl(fd, SIOCGIFFLAGS, &ifr);
	if (r == 0) {
		ifr.ifr_flags |= IFF_UP | IFF_RUNNING;
		r = ioctl(fd, SIOCSIFFLAGS, &ifr);
	}
	close(fd);
	return r;
}

struct route_request {
	struct nlmsghdr head;
	struct rtmsg route;
	char attrs[64];
};

static void add_attr(struct route_request *q, uint16_t type, const void *value, size_t len)
{
	struct rtattr *a = (struct rtattr *)((char *)q + NLMSG_ALIGN(q->head.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (uint16_t)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), value, len);
	q->head.nlmsg_len = NLMSG_ALIGN(q->head.nlmsg_len) + RTA_ALIGN(a->rta_len);
}

/* The kernel's answer: 0, or -1 with errno. */
static int talk(int fd, const struct route_request *q)
{
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
		char rest[256];
	} answer;
	ssize_t n;

	if (send(fd, q, q->head.nlmsg_len, 0) < 0)
		return -1;
	n = recv(fd, &answer, sizeof(answer), 0);
	if (n < (ssize_t)(NLMSG_HDRLEN + sizeof(answer.error)) ||
	    answer.head.nlmsg_type != NLMSG_ERROR)
		return -1;
	errno = -answer.error.error;
	return errno ? -1 : 0;
}

/* ip route add local PREFIX dev lo */
static int add_local(const char *address, uint8_t bits)
{
	struct route_request q = {
		.head = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
			  .nlmsg_type = RTM_NEWROUTE,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK },
		.route = { .rtm_dst_len = bits, .rtm_table = RT_TABLE_LOCAL,
			   .rtm_protocol = RTPROT_BOOT, .rtm_scope = RT_SCOPE_HOST,
			   .rtm_type = RTN_LOCAL },
	};
	uint32_t lo = if_nametoindex("lo");
	struct gcoap_addr a;
	int fd, r;

	if (gcoap_addr_parse(&a, address, 0) < 0) {
		errno = EINVAL;
		return -1;
	}
	q.route.rtm_family = a.family == 4 ? AF_INET : AF_INET6;
	add_attr(&q, RTA_DST, a.bytes, gcoap_addr_size(&a));
	add_attr(&q, RTA_OIF, &lo, sizeof(lo));
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return -1;
	r = talk(fd, &q);
	close(fd);
	return r < 0 && errno == EEXIST ? 0 : r;
}

/* The /16 of the first member, unless it is loopback's own. */
static int add_range4(const char *first_address)
{
	char text[GCOAP_ADDR_TEXT];
	struct gcoap_addr a;

	if (gcoap_addr_parse(&a, first_address, 0) < 0 || a.family != 4 ||
	    gcoap_addr_is_loopback(&a))
		return 0; /* faults are reported where the option is read */
	a.bytes[2] = a.bytes[3] = 0;
	return add_local(gcoap_addr_format_host(&a, text), 16);
}

static int fail(const char *what)
{
	cli_warn("--netns: %s: %s", what, strerror(errno));
	if (errno == EPERM || errno == ENOSPC || errno == EACCES)
		cli_hint("user namespaces may be switched off: sysctl "
			 "kernel.unprivileged_userns_clone, user.max_user_namespaces");
	return CLI_LOCAL;
}

int sim_netns_enter(const char *first_address)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return fail("cannot make a user and network namespace");
	if (become_root(uid, gid) < 0)
		return fail("cannot map the user");
	if (lo_up() < 0)
		return fail("cannot bring lo up");
	if (add_local("ff00::", 8) < 0 || add_local("fd77::", 64) < 0)
		return fail("cannot route IPv6 to lo");
	if (add_range4(first_address) < 0)
		return fail("cannot route the servers' addresses to lo");
	return 0;
}
