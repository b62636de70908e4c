/* The interfaces of this host. */
#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/net.h>

static bool is_link_local(const struct gcoap_addr *a)
{
	return a->family == 6 && a->bytes[0] == 0xfe && (a->bytes[1] & 0xc0) == 0x80;
}

/* The entry called @name, made at the end when there is room and it is new. */
static struct gcoap_iface *iface_entry(struct gcoap_iface *out, size_t cap, size_t *n,
				       const struct ifaddrs *ifa)
{
	struct gcoap_iface *e;

	for (size_t i = 0; i < *n && i < cap; i++) {
		if (!strcmp(out[i].name, ifa->ifa_name))
			return &out[i];
	}
	if (*n >= cap)
		return NULL;
	e = &out[(*n)++];
	*e = (struct gcoap_iface){
		.index = if_nametoindex(ifa->ifa_name),
		.up = ifa->ifa_flags & IFF_UP,
		.multicast = ifa->ifa_flags & IFF_MULTICAST,
		.loopback = ifa->ifa_flags & IFF_LOOPBACK,
	};
	memccpy(e->name, ifa->ifa_name, '\0', sizeof(e->name) - 1);
	return e;
}

static void iface_add_addr(struct gcoap_iface *e, const struct sockaddr *sa)
{
	struct gcoap_addr a;

	if (gcoap_addr_from_sockaddr(&a, sa) < 0)
		return;
	if (a.family == 4 && !e->v4.family)
		e->v4 = a;
	if (a.family == 6 && (!e->v6.family || (is_link_local(&a) && !is_link_local(&e->v6))))
		e->v6 = a;
}

/* One row per interface from the list of addresses; returns the rows, which may be > @cap. */
static size_t iface_collect(const struct ifaddrs *all, struct gcoap_iface *out, size_t cap)
{
	struct gcoap_iface *e;
	size_t n = 0, beyond = 0;

	for (const struct ifaddrs *ifa = all; ifa; ifa = ifa->ifa_next) {
		e = iface_entry(out, cap, &n, ifa);
		if (!e)
			/* every interface has one row of its link layer, with or without address */
			beyond += ifa->ifa_addr && ifa->ifa_addr->sa_family == AF_PACKET;
		else if (ifa->ifa_addr)
			iface_add_addr(e, ifa->ifa_addr);
	}
	return n + beyond;
}

int gcoap_iface_list(struct gcoap_iface *out, size_t cap)
{
	struct ifaddrs *all;
	size_t n;

	if (getifaddrs(&all) < 0)
		return GCOAP_ESYSTEM;
	n = iface_collect(all, out, cap);
	freeifaddrs(all);
	return (int)n;
}

/* Has @text the form of an index, and is it this one? */
static bool is_index(const char *text, uint32_t index)
{
	char *end;
	unsigned long v;

	if (*text < '0' || *text > '9')
		return false;
	v = strtoul(text, &end, 10);
	return !*end && v == index;
}

/* Does the interface own @want, among all its addresses? */
static bool owns_address(const struct ifaddrs *all, const char *name,
			 const struct gcoap_addr *want)
{
	struct gcoap_addr a;

	for (const struct ifaddrs *ifa = all; ifa; ifa = ifa->ifa_next) {
		if (!ifa->ifa_addr || strcmp(ifa->ifa_name, name) ||
		    gcoap_addr_from_sockaddr(&a, ifa->ifa_addr) < 0)
			continue;
		if (a.family == want->family && !memcmp(a.bytes, want->bytes, 16) &&
		    (!want->scope || want->scope == a.scope))
			return true;
	}
	return false;
}

int gcoap_iface_find(const char *text, struct gcoap_iface *out)
{
	struct gcoap_iface list[64], *dyn = list;
	struct gcoap_addr want = { 0 };
	struct ifaddrs *all;
	size_t n, cap = sizeof(list) / sizeof(list[0]);
	bool addr = gcoap_addr_parse(&want, text, 0) == 0;
	int r = GCOAP_EINTERFACE;

	if (getifaddrs(&all) < 0)
		return GCOAP_ESYSTEM;
	n = iface_collect(all, list, cap);
	if (n > cap) {
		dyn = calloc(n, sizeof(*dyn));
		if (!dyn) {
			freeifaddrs(all);
			return GCOAP_ENOMEM;
		}
		n = iface_collect(all, dyn, n);
	}
	for (size_t i = 0; i < n && r < 0; i++) {
		if (!strcmp(dyn[i].name, text) || is_index(text, dyn[i].index) ||
		    (addr && owns_address(all, dyn[i].name, &want))) {
			*out = dyn[i];
			r = 0;
		}
	}
	if (dyn != list)
		free(dyn);
	freeifaddrs(all);
	return r;
}
