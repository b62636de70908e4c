/* Who may ask whom: nobody anybody, but for the rows (groupcomm-proxy-07, Section 4). */
#include "policy.h"

#include <string.h>

#include "reverse.h"
#include "target_read.h"

bool gcoap__client_fits(const struct gcoap_proxy_client *row, const struct gcoap_peer *from)
{
	struct gcoap_addr a = from->addr, net = row->net;

	if (row->identity)
		return from->identity && !strcmp(row->identity, from->identity);
	gcoap__addr_unmap(&a);
	return gcoap__net_contains(&net, row->prefix, &a);
}

bool gcoap__policy_known(const struct gcoap_proxy_config *config, const struct gcoap_peer *from)
{
	for (size_t i = 0; i < config->n_clients; i++)
		if (gcoap__client_fits(&config->clients[i], from))
			return true;
	return false;
}

/* Authority and path of the row; a row with a name allows that name alone. */
static bool group_fits(const struct gcoap_proxy_group *g, const struct gcoap__target *t)
{
	struct gcoap_addr row = g->addr;

	gcoap__addr_unmap(&row);
	if (row.family != t->addr.family || g->uri.port != t->addr.port ||
	    memcmp(row.bytes, t->addr.bytes, gcoap_addr_size(&row)) != 0)
		return false;
	if (g->uri.host_is_name && strcmp(g->uri.host, t->host) != 0)
		return false;
	return gcoap__path_above(g->uri.path, &t->msg) >= 0;
}

/* Is @text, the URI in a client's row, that of the group's row? */
static bool same_uri(const char *text, const struct gcoap_proxy_group *g)
{
	struct gcoap_uri uri;

	return gcoap_uri_parse(&uri, text, NULL) == 0 && uri.scheme == g->uri.scheme &&
	       uri.port == g->uri.port && !strcmp(uri.host, g->uri.host) &&
	       !strcmp(uri.zone, g->uri.zone) && gcoap_bytes_equal(uri.path, g->uri.path);
}

static bool client_may(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
		       const struct gcoap_proxy_group *g)
{
	for (size_t i = 0; i < config->n_clients; i++) {
		const struct gcoap_proxy_client *c = &config->clients[i];

		if (gcoap__client_fits(c, from) && (!c->group || same_uri(c->group, g)))
			return true;
	}
	return false;
}

static int not_listed(struct gcoap__refusal *refusal)
{
	return gcoap__refuse(refusal, GCOAP_UNAUTHORIZED, "not-listed", "Not allow-listed");
}

static int group_policy(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
			struct gcoap__target *t, struct gcoap__refusal *refusal)
{
	if (!config->n_groups)
		return gcoap__refuse(refusal, GCOAP_NOT_IMPLEMENTED, "group-off",
				     "No group is served");
	t->group = NULL;
	for (size_t i = 0; i < config->n_groups && !t->group; i++) {
		const struct gcoap_proxy_group *g = &config->groups[i];

		if (group_fits(g, t) && client_may(config, from, g))
			t->group = g;
	}
	if (!t->group)
		return not_listed(refusal);
	t->addr.scope = t->group->addr.scope;
	if (t->group->ifindex)
		t->ifindex = t->group->ifindex;
	return gcoap__options_blocks(&t->msg, refusal, true);
}

int gcoap__policy(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
		  struct gcoap__target *t, struct gcoap__refusal *refusal)
{
	bool known;

	if (t->kind == GCOAP__LOCAL)
		return 0;
	if (t->kind == GCOAP__GROUP)
		return group_policy(config, from, t, refusal);
	known = gcoap__policy_known(config, from);
	if (t->kind == GCOAP__NAMED ? !config->n_groups && !config->n_targets && !t->reverse
				    : !gcoap__server_allowed(config, from, t))
		return gcoap__refuse(refusal, GCOAP_NOT_PROXY, "target",
				     "this destination is not served");
	if (!known)
		return not_listed(refusal);
	return gcoap__options_blocks(&t->msg, refusal, false);
}
