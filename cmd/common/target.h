/* Targets: a URI, @name, @demo, all; to addresses and interfaces to ask. */
#ifndef TARGET_H
#define TARGET_H

#include <gcoap/uri.h>
#include "opt.h"

/* One destination of one target. */
struct target {
	const char *text; /* as the user wrote it */
	const char *uri;  /* canonical: "coap://224.0.1.187/temp" */
	struct gcoap_uri parsed; /* borrows @uri */
	struct gcoap_addr to;
	uint32_t ifindex;
	bool group;
	const struct gcoap_addr *members; /* of a [group] section: --expect-from's default */
	size_t n_members;
};

struct target_args {
	struct opt_list interfaces; /* -i */
	bool v4, v6;		    /* -4, -6 */
	const char *source;	    /* -s */
	uint32_t hops;
};

/*
 * Resolve operand @text; one target a destination, appended to *@out (grown with realloc).
 * 0, or an exit status after saying why (2 usage, 5 interface, 6 name).
 */
int target_resolve(const char *text, const struct target_args *args, struct target **out,
		   size_t *n);
void target_free(struct target *list, size_t n);

#endif
