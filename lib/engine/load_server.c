/* The servers of a load: numbers in the order in which they became known. */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_OF_ONE 2 /* for gcoap__who.more, which is 0 or odd */

static int64_t add_server(struct gcoap_load *l, const struct gcoap_addr *addr, const char *name)
{
	struct gcoap_load_server *servers;
	char *copy = NULL;
	uint32_t cap;

	if (l->n_servers == l->cap_servers) {
		cap = l->cap_servers ? 2 * l->cap_servers : 16;
		servers = realloc(l->servers, cap * sizeof(*servers));
		if (!servers)
			return GCOAP_ENOMEM;
		l->servers = servers;
		l->cap_servers = cap;
	}
	if (name) {
		copy = strdup(name);
		if (!copy)
			return GCOAP_ENOMEM;
	}
	l->servers[l->n_servers] = (struct gcoap_load_server){ .addr = *addr, .name = copy };
	return l->n_servers++;
}

/* Make @who known as @server, or (negative) as a new one with @addr and @name. */
static int64_t enter(struct gcoap_load *l, const struct gcoap__who *who, int64_t server,
		     const struct gcoap_addr *addr, const char *name)
{
	struct gcoap__load_who *w;
	bool added;

	w = gcoap__table_add(&l->by_who, who, &added);
	if (!w)
		return GCOAP_ENOMEM;
	if (server < 0)
		server = add_server(l, addr, name);
	if (server < 0)
		gcoap__table_remove(&l->by_who, who);
	else
		w->server = (uint32_t)server;
	return server;
}

static struct gcoap__who endpoint_who(const struct gcoap_addr *a)
{
	return (struct gcoap__who){ .endpoint = gcoap__endpoint(a) };
}

static struct gcoap__who host_who(const struct gcoap_addr *a)
{
	struct gcoap__who who = endpoint_who(a);

	who.endpoint.port = 0;
	who.more = HOST_OF_ONE;
	return who;
}

int64_t gcoap_load_expect(struct gcoap_load *l, const struct gcoap_addr *server)
{
	struct gcoap__who who = endpoint_who(server), host = host_who(server);
	struct gcoap__load_who *at = gcoap__table_find(&l->by_who, &host), *exact = NULL;
	int64_t number = -1;

	if (server->port)
		exact = gcoap__table_find(&l->by_who, &who);
	else if (at)
		return at->server;
	if (exact)
		number = exact->server;
	else if (server->port)
		number = enter(l, &who, -1, server, NULL);
	if (server->port && number < 0)
		return number;
	if (at) {
		at->several |= at->server != number;
		return number;
	}
	return enter(l, &host, number, server, NULL);
}

/* A server that is expected, alone on its host, and not seen yet may answer from any port
 * (groupcomm-bis-03, Section 3.1): its number, or -1. */
static int64_t expected_at(struct gcoap_load *l, const struct gcoap_addr *a)
{
	struct gcoap__who who = host_who(a);
	struct gcoap__load_who *host = gcoap__table_find(&l->by_who, &who), *exact;

	if (!host || host->several || host->seen)
		return -1;
	who = endpoint_who(&l->servers[host->server].addr);
	exact = gcoap__table_find(&l->by_who, &who);
	if (exact && exact->seen)
		return -1;
	host->seen = true;
	return host->server;
}

static int64_t learn(struct gcoap_load *l, const struct gcoap__who *who,
		     const struct gcoap_addr *addr, const char *name)
{
	int64_t server = who->more ? -1 : expected_at(l, addr);
	struct gcoap__load_who *w;

	if (server < 0 && l->n_servers >= l->config.max_servers)
		return GCOAP_LOAD_UNKNOWN;
	server = enter(l, who, server, addr, name);
	w = server < 0 ? NULL : gcoap__table_find(&l->by_who, who);
	if (w)
		w->seen = true;
	return server;
}

int64_t gcoap__load_server_at(struct gcoap_load *l, const struct gcoap_addr *a)
{
	struct gcoap__who who = endpoint_who(a);
	struct gcoap__load_who *w = gcoap__table_find(&l->by_who, &who);

	if (!w)
		return learn(l, &who, a, NULL);
	w->seen = true;
	return w->server;
}

/* What is more than an endpoint: "coap://name:5683", and in front of what it stands. */
static const char *name_of(const struct gcoap_origin *o, char *buf, size_t cap)
{
	char behind[GCOAP_ADDR_TEXT] = "";
	int n = gcoap_origin_format(o, buf, cap);

	if (n < 0 || (!o->behind.family && !o->behind_host[0] && !o->behind_path[0]))
		return buf;
	if (o->behind.family && o->behind.port)
		gcoap_addr_format(&o->behind, behind);
	else if (o->behind.family)
		gcoap_addr_format_host(&o->behind, behind);
	snprintf(buf + n, cap - (size_t)n, " %s%s%s%s",
		 o->behind.family || o->behind_host[0] ? "//" : "", behind, o->behind_host,
		 o->behind_path);
	return buf;
}

int64_t gcoap__load_server_of(struct gcoap_load *l, const struct gcoap_origin *o)
{
	struct gcoap__who who = gcoap__who_of(o, l->seed);
	char name[2 * (GCOAP_HOST_MAX + GCOAP_ADDR_TEXT) + GCOAP_URI_MAX];
	struct gcoap__load_who *w;

	if (!who.more)
		return gcoap__load_server_at(l, &o->addr);
	w = gcoap__table_find(&l->by_who, &who);
	if (w)
		return w->server;
	return learn(l, &who, &o->addr, name_of(o, name, sizeof(name)));
}

const struct gcoap_load_server *gcoap_load_server(const struct gcoap_load *l, uint32_t i)
{
	return i < l->n_servers ? &l->servers[i] : NULL;
}

uint32_t gcoap_load_servers(const struct gcoap_load *l)
{
	return l->n_servers;
}

void gcoap__load_servers_clear(struct gcoap_load *l)
{
	for (uint32_t i = 0; i < l->n_servers; i++)
		free((char *)(uintptr_t)l->servers[i].name);
	free(l->servers);
	gcoap__table_clear(&l->by_who);
}
