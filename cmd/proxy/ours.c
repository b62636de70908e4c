/* Which endpoints are ours: none of them is ever a target. */
#include "open.h"

#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>

static bool unspecified(const struct gcoap_addr *a)
{
	static const uint8_t zeros[16];

	return !memcmp(a->bytes, zeros, sizeof(zeros));
}

static int ours_add(struct proxy *p, struct gcoap_addr a, uint16_t port)
{
	struct gcoap_addr *more = realloc(p->rows.ours, (p->config.n_ours + 1) * sizeof(*more));

	if (!more)
		return open_failed(GCOAP_ENOMEM);
	a.port = port;
	more[p->config.n_ours++] = a;
	p->config.ours = p->rows.ours = more;
	return 0;
}

/* Of an endpoint on all addresses: each of them. */
static int ours_all(struct proxy *p, const struct gcoap_addr *bound)
{
	struct ifaddrs *all, *i;
	struct gcoap_addr a;
	int status = 0;

	if (getifaddrs(&all) < 0)
		return open_failed(GCOAP_ESYSTEM);
	for (i = all; !status && i; i = i->ifa_next) {
		if (i->ifa_addr && gcoap_addr_from_sockaddr(&a, i->ifa_addr) == 0 &&
		    a.family == bound->family)
			status = ours_add(p, a, bound->port);
	}
	freeifaddrs(all);
	return status;
}

/* The ports of connections are known later: open_ours_port(). */
int open_ours(struct proxy *p)
{
	int status = 0;

	for (size_t i = 0; !status && i < p->rows.n_listen; i++) {
		struct proxy_listen *l = &p->rows.listen[i];
		const struct gcoap_addr *a = l->udp ? &l->bound : &l->at;

		if (l->alias)
			continue;
		l->ours = p->config.n_ours;
		status = ours_add(p, *a, a->port);
		if (!status && unspecified(a))
			status = ours_all(p, a);
		l->n_ours = p->config.n_ours - l->ours;
	}
	return status;
}

void open_ours_port(struct proxy *p, const struct proxy_listen *l)
{
	for (size_t i = l->ours; i < l->ours + l->n_ours; i++)
		p->rows.ours[i].port = l->bound.port;
}
