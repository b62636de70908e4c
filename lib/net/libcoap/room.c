/*
 * What libcoap keeps for a reader that does not read: it has neither a limit nor a way to ask.
 * So each session's socket, which it does not tell either, is found by its two ends and asked
 * whether it takes more.
 */
#include "hub.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define ASK_AFTER 65536
#define WAITING_MAX (1 << 20)
#define FD_MAX 4096

static bool is_end(int fd, const struct gcoap_addr *a,
		   int (*name)(int fd, struct sockaddr *sa, socklen_t *len))
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);
	struct gcoap_addr here;

	return name(fd, (struct sockaddr *)&ss, &len) == 0 &&
	       gcoap_addr_from_sockaddr(&here, (struct sockaddr *)&ss) == 0 &&
	       gcoap_addr_equal(&here, a);
}

static int find_socket(const coap_session_t *session)
{
	struct gcoap_addr remote, local;

	libcoap_addr(&remote, coap_session_get_addr_remote(session));
	libcoap_addr(&local, coap_session_get_addr_local(session));
	for (int fd = 0; fd < FD_MAX; fd++) {
		if (is_end(fd, &remote, getpeername) && is_end(fd, &local, getsockname))
			return fd;
	}
	return -1;
}

void hub_backlog(const struct gcoap_addr *at)
{
	int listens;
	socklen_t len = sizeof(listens);

	for (int fd = 0; fd < FD_MAX; fd++) {
		if (is_end(fd, at, getsockname) &&
		    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) == 0 && listens)
			(void)listen(fd, SOMAXCONN);
	}
}

void conn_no_delay(struct conn *c)
{
	int on = 1;

	c->fd = find_socket(c->coap);
	if (c->fd >= 0)
		(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static bool takes_more(struct conn *c)
{
	struct pollfd p = { .events = POLLOUT };

	if (c->fd < 0)
		c->fd = find_socket(c->coap);
	p.fd = c->fd;
	return c->fd >= 0 && poll(&p, 1, 0) == 1 && (p.revents & POLLOUT) != 0;
}

bool conn_room(struct conn *c, size_t size)
{
	if (!c->reliable)
		return true;
	if (c->unproved + size > ASK_AFTER && takes_more(c))
		c->unproved = 0;
	if (c->unproved + size > WAITING_MAX)
		return false;
	c->unproved += size;
	return true;
}
