/* One operand on its way to destinations. */
#ifndef TARGET_INTERNAL_H
#define TARGET_INTERNAL_H

#include <gcoap/net.h>
#include "target.h"

struct resolve {
	const char *text; /* the operand */
	const struct target_args *args;
	struct opt_list interfaces; /* -i, or the group's own */
	struct gcoap_addr *members;
	size_t n_members;
	struct target **out;
	size_t *n;
};

/* The URI as it is shown: scheme, zone by name, the port when it is not the usual one. Heap;
 * NULL: out of memory. */
char *target__canonical(const struct gcoap_uri *uri, uint32_t scope);
/* The interface called @name. 0, or CLI_LOCAL after naming those there are. */
int target__iface(const char *name, struct gcoap_iface *out);
/* The one interface that @to can mean; CLI_USAGE when there are several, CLI_LOCAL when there
 * is none, after saying so. */
int target__only_iface(const struct gcoap_uri *uri, const struct gcoap_addr *to,
		       uint32_t *ifindex);
/* Those of @wanted, or all that are up and can multicast. Returns how many, or minus an exit
 * status after saying why. */
int target__multicast(const struct opt_list *wanted, struct gcoap_iface *out, size_t cap);

#endif
