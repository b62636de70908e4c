/* Individual servers: those of the rows, and never some addresses, however they are written. */
#include "policy.h"

#include <string.h>

#include "target_read.h"

bool gcoap__net_contains(const struct gcoap_addr *net, uint8_t prefix, const struct gcoap_addr *a)
{
	struct gcoap_addr n = *net;
	size_t bytes, bits;

	if (n.family == 6 && prefix >= 96) {
		gcoap__addr_unmap(&n);
		if (n.family == 4)
			prefix = (uint8_t)(prefix - 96);
	}
	if (!n.family || n.family != a->family)
		return false;
	if (prefix > 8 * gcoap_addr_size(a))
		return false;
	bytes = prefix / 8;
	bits = prefix % 8;
	if (memcmp(n.bytes, a->bytes, bytes) != 0)
		return false;
	return !bits || (n.bytes[bytes] ^ a->bytes[bytes]) >> (8 - bits) == 0;
}

/* The IPv4 address that an IPv6 one leads to through a translator or tunnel: IPv4-compatible
 * (RFC 4291, Section 2.5.5.1), NAT64 (RFC 6052) and 6to4 (RFC 3056). */
static bool unwrap(const struct gcoap_addr *a, struct gcoap_addr *out)
{
	static const uint8_t compatible[12], nat64[12] = { 0, 0x64, 0xff, 0x9b };
	size_t at = 12;

	if (a->family != 6)
		return false;
	if (a->bytes[0] == 0x20 && a->bytes[1] == 0x02)
		at = 2;
	else if (memcmp(a->bytes, compatible, 12) != 0 && memcmp(a->bytes, nat64, 12) != 0)
		return false;
	*out = (struct gcoap_addr){ .family = 4, .port = a->port };
	memcpy(out->bytes, a->bytes + at, 4);
	return true;
}

/* Addresses that no row can allow: unspecified, "this network", reserved and broadcast ones,
 * groups, link-local. */
static bool is_never(const struct gcoap_addr *a)
{
	static const uint8_t none[16];

	if (gcoap_addr_is_multicast(a))
		return true;
	if (a->family == 4)
		return a->bytes[0] == 0 || a->bytes[0] >= 240 ||
		       (a->bytes[0] == 169 && a->bytes[1] == 254);
	return gcoap_addr_needs_zone(a) || !memcmp(a->bytes, none, sizeof(none));
}

static bool same_host(struct gcoap_addr ours, const struct gcoap_addr *a)
{
	gcoap__addr_unmap(&ours);
	return gcoap_addr_same_host(&ours, a);
}

/* Loopback is shared with what is not ours: there the port tells. */
static bool is_own_host(const struct gcoap_proxy_config *config, const struct gcoap_peer *from,
			const struct gcoap_addr *a)
{
	if (gcoap__target_is_ours(config, from, a))
		return true;
	if (gcoap_addr_is_loopback(a))
		return false;
	for (size_t i = 0; i < config->n_ours; i++)
		if (same_host(config->ours[i], a))
			return true;
	for (size_t i = 0; i < config->n_aliases; i++)
		if (same_host(config->aliases[i].ours, a))
			return true;
	return same_host(from->local, a);
}

static bool in_rows(const struct gcoap_proxy_config *config, const struct gcoap_addr *a,
		    bool loopback)
{
	for (size_t i = 0; i < config->n_targets; i++) {
		struct gcoap_addr net = config->targets[i].net;

		gcoap__addr_unmap(&net);
		if ((!loopback || gcoap_addr_is_loopback(&net)) &&
		    gcoap__net_contains(&config->targets[i].net, config->targets[i].prefix, a))
			return true;
	}
	return false;
}

static bool is_member(const struct gcoap_proxy_config *config, const struct gcoap_addr *a)
{
	for (size_t i = 0; i < config->n_groups; i++)
		for (size_t j = 0; j < config->groups[i].n_members; j++)
			if (same_host(config->groups[i].members[j], a))
				return true;
	return false;
}

/* Whoever configured it named this very server: as a row of the reverse-proxy, behind an
 * alias, or as a member that clients reach through us (mode C). */
static bool is_named(const struct gcoap_proxy_config *config, const struct gcoap__target *t)
{
	return t->alias || t->reverse ||
	       (t->reversed && config->standin == GCOAP_STANDIN_C &&
		is_member(config, &t->addr));
}

bool gcoap__server_allowed(const struct gcoap_proxy_config *config,
			   const struct gcoap_peer *from, const struct gcoap__target *t)
{
	const struct gcoap_addr *a = &t->addr;
	struct gcoap_addr inner;
	bool loopback = gcoap_addr_is_loopback(a);

	if (a->port < 1024 || is_never(a) || is_own_host(config, from, a))
		return false;
	if (!loopback && unwrap(a, &inner) &&
	    (is_never(&inner) || gcoap_addr_is_loopback(&inner) ||
	     is_own_host(config, from, &inner)))
		return false;
	return is_named(config, t) || t->answered || in_rows(config, a, loopback);
}
