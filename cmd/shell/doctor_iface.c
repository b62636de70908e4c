/* Interfaces, and whether a group request finds its way out of each. */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include "doctor.h"

static void say_interface(struct doctor *d, const struct gcoap_iface *i)
{
	char topic[32], v4[GCOAP_ADDR_TEXT] = "no IPv4", v6[GCOAP_ADDR_TEXT] = "no IPv6";
	char hint[96];
	bool able = i->multicast || i->loopback;

	if (i->v4.family != 0)
		gcoap_addr_format_host(&i->v4, v4);
	if (i->v6.family != 0)
		gcoap_addr_format_host(&i->v6, v6);
	snprintf(topic, sizeof(topic), "interface %s", i->name);
	snprintf(hint, sizeof(hint), "sudo ip link set %s multicast on", i->name);
	doctor_say(d, able ? DOCTOR_OK : DOCTOR_WARN, topic, able ? NULL : hint, "%s, %s, %s, %s",
		   i->up ? "up" : "down",
		   i->multicast ? "multicast" : i->loopback ? "loopback" : "no multicast", v4, v6);
}

void doctor_interfaces(struct doctor *d)
{
	bool any = false;

	for (int i = 0; i < d->n_ifaces; i++) {
		const struct gcoap_iface *iface = &d->ifaces[i];

		if (iface->up)
			say_interface(d, iface);
		any = any || (iface->up && iface->multicast && !iface->loopback);
	}
	if (d->n_ifaces <= 0)
		doctor_say(d, DOCTOR_FAIL, "interfaces", NULL, "none can be listed");
	else if (!any)
		doctor_say(d, DOCTOR_WARN, "interfaces", "the simulated group still works: gcoap "
			   "demo", "none that is up does multicast, but for loopback");
}

static void say_route(struct doctor *d, const struct gcoap_udp *udp,
		      const struct gcoap_addr *group, const struct gcoap_iface *iface)
{
	struct gcoap_addr from = { 0 };
	char topic[GCOAP_ADDR_TEXT + 8], host[GCOAP_ADDR_TEXT], source[GCOAP_ADDR_TEXT], hint[96];
	const char *name = iface != NULL ? iface->name : NULL;
	int r;

	gcoap_addr_format_host(group, host);
	snprintf(topic, sizeof(topic), "route %s", host);
	errno = 0;
	r = gcoap_udp_source_for(udp, group, iface != NULL ? iface->index : 0, &from);
	if (r >= 0) {
		doctor_say(d, DOCTOR_OK, topic, NULL, "%s%s, sent from %s",
			   name != NULL ? "on " : "by the routing table",
			   name != NULL ? name : "", gcoap_addr_format_host(&from, source));
		return;
	}
	if (name == NULL)
		snprintf(hint, sizeof(hint), "name an interface: gcoap-get -i IF");
	else if (group->family == 4)
		snprintf(hint, sizeof(hint), "sudo ip route add 224.0.0.0/4 dev %s", name);
	else
		snprintf(hint, sizeof(hint), "sudo ip -6 route add %s ff00::/8 dev %s table local",
			 iface->loopback ? "local" : "multicast", name);
	doctor_say(d, DOCTOR_WARN, topic, hint, "none %s%s: %s",
		   name != NULL ? "on " : "in the routing table", name != NULL ? name : "",
		   errno != 0 ? strerror(errno) : gcoap_strerror(r));
}

/* Loopback has a check of its own; here it counts when there is nothing else. */
static bool worth_a_line(const struct doctor *d, const struct gcoap_iface *iface, int family)
{
	bool outer = false;

	for (int i = 0; i < d->n_ifaces; i++)
		outer = outer || (d->ifaces[i].up && d->ifaces[i].multicast &&
				  !d->ifaces[i].loopback);
	if (!iface->up || (iface->loopback && outer))
		return false;
	return (family == 4 ? iface->v4.family : iface->v6.family) != 0;
}

void doctor_routes(struct doctor *d)
{
	struct gcoap_udp_config config = { .v4 = true, .v6 = true };
	struct gcoap_udp *udp = NULL;
	struct gcoap_diag diag = { 0 };

	if (gcoap_udp_open(&udp, &config, &diag) < 0) {
		doctor_say(d, DOCTOR_FAIL, "routes", NULL, "no UDP endpoint: %s",
			   diag.what != NULL ? diag.what : strerror(errno));
		return;
	}
	for (size_t g = 0; g < d->n_groups; g++) {
		const struct gcoap_addr *group = &d->groups[g];

		if (!gcoap_addr_needs_zone(group))
			say_route(d, udp, group, NULL);
		for (int i = 0; i < d->n_ifaces; i++) {
			if (worth_a_line(d, &d->ifaces[i], group->family))
				say_route(d, udp, group, &d->ifaces[i]);
		}
	}
	gcoap_udp_close(&udp);
}
