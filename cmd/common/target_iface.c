/* Which interface a destination needs. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "cli.h"
#include "target_internal.h"

#define IFACES_MAX 64

/* "eth0, wpan0" of those that are up, or all when @all. */
static void names(const struct gcoap_iface *list, int n, bool all, char *buf, size_t cap)
{
	size_t len = 0;

	buf[0] = '\0';
	for (int i = 0; i < n && i < IFACES_MAX && len < cap; i++)
		if (all || list[i].up)
			len += (size_t)snprintf(buf + len, cap - len, "%s%s", len ? ", " : "",
						list[i].name);
}

int target__iface(const char *name, struct gcoap_iface *out)
{
	struct gcoap_iface list[IFACES_MAX];
	char found[512], hint[640];
	const char *hints[] = { hint, NULL };

	int r = gcoap_iface_find(name, out);

	if (r >= 0)
		return 0;
	if (r == GCOAP_ESYSTEM)
		return cli_error(CLI_LOCAL, NULL, "cannot list interfaces: %s", strerror(errno));
	names(list, gcoap_iface_list(list, IFACES_MAX), true, found, sizeof(found));
	snprintf(hint, sizeof(hint), "found: %s", found);
	return cli_error(CLI_LOCAL, hints, "no interface is called %s", name);
}

/* Interfaces that could carry @to: up, with IPv6, and multicast when it is a group. */
static int candidates(const struct gcoap_addr *to, struct gcoap_iface *out)
{
	struct gcoap_iface list[IFACES_MAX];
	int n = gcoap_iface_list(list, IFACES_MAX), k = 0;

	for (int i = 0; i < n && i < IFACES_MAX; i++)
		if (list[i].up && list[i].v6.family && !list[i].loopback &&
		    (list[i].multicast || !gcoap_addr_is_multicast(to)))
			out[k++] = list[i];
	return k;
}

int target__only_iface(const struct gcoap_uri *uri, const struct gcoap_addr *to,
		       uint32_t *ifindex)
{
	struct gcoap_iface list[IFACES_MAX];
	char host[GCOAP_ADDR_TEXT], found[512], hint[1400];
	const char *hints[] = { hint, NULL };
	int n = candidates(to, list);

	if (n == 1) {
		*ifindex = list[0].index;
		return 0;
	}
	gcoap_addr_format_host(&uri->addr, host);
	if (!n) {
		n = gcoap_iface_list(list, IFACES_MAX);
		names(list, n, true, found, sizeof(found));
		snprintf(hint, sizeof(hint), "no other than loopback has IPv6 (found: %s); name one "
			 "with -i", found);
		return cli_error(CLI_LOCAL, hints, "\"%s\" needs an interface", host);
	}
	names(list, n, false, found, sizeof(found));
	snprintf(hint, sizeof(hint), "coap://[%s%%%s]%.*s, or -i %s (found: %s)", host,
		 list[0].name, (int)(uri->path.len < 256 ? uri->path.len : 256),
		 (const char *)uri->path.ptr, list[0].name, found);
	return cli_error(CLI_USAGE, hints, "\"%s\" needs an interface", host);
}

int target__multicast(const struct opt_list *wanted, struct gcoap_iface *out, size_t cap)
{
	struct gcoap_iface list[IFACES_MAX];
	int n, status, k = 0;

	for (size_t i = 0; i < wanted->n && i < cap; i++) {
		status = target__iface(wanted->items[i], &out[i]);
		if (status)
			return -status;
	}
	if (wanted->n)
		return (int)(wanted->n < cap ? wanted->n : cap);
	n = gcoap_iface_list(list, IFACES_MAX);
	for (int i = 0; i < n && i < IFACES_MAX && (size_t)k < cap; i++)
		if (list[i].up && list[i].multicast && !list[i].loopback)
			out[k++] = list[i];
	return k;
}
