/* Targets: a URI, @name, @demo, all; to addresses and interfaces to ask. */
#ifndef TARGET_H
#define TARGET_H

#include <gcoap/uri.h>
#include "opt.h"

/* The proxy that all targets are asked through. */
struct target_proxy {
	char *uri; /* canonical: "coap://10.77.0.20" */
	struct gcoap_uri parsed; /* borrows @uri */
	struct gcoap_addr addr;
	uint32_t ifindex;
	bool names_are_groups; /* what a name is only the proxy finds */
};

/* One destination of one target. */
struct target {
	const char *text; /* as the user wrote it */
	const char *uri;  /* canonical: "coap://224.0.1.187/temp" */
	struct gcoap_uri parsed; /* borrows @uri */
	struct gcoap_addr to; /* where requests go: the proxy, when there is one */
	uint32_t ifindex;
	enum gcoap_scheme transport; /* on the way to there */
	bool group;		     /* the target is one */
	bool reverse;		     /* a reverse-proxy that stands for one */
	const struct target_proxy *proxy; /* NULL: asked directly */
	const struct gcoap_addr *members; /* of a [group] section: --expect-from's default */
	size_t n_members;
};

struct target_args {
	struct opt_list interfaces; /* -i */
	bool v4, v6;		    /* -4, -6 */
	const char *source;	    /* -s */
	uint32_t hops;
	const struct target_proxy *proxy; /* not of a row: set once it is open */
	bool reverse; /* nor this: a target that is no group stands for one */
};

/* May several servers answer? */
static inline bool target_many(const struct target *t)
{
	return t->group || t->reverse;
}

/*
 * Resolve operand @text; one target a destination, appended to *@out (grown with realloc).
 * 0, or an exit status after saying why (2 usage, 5 interface, 6 name).
 */
int target_resolve(const char *text, const struct target_args *args, struct target **out,
		   size_t *n);
/* Resolve -P @text. CLI_OK, or an exit status after saying why. */
int target_proxy_open(struct target_proxy *p, const char *text, const struct target_args *args);
void target_proxy_close(struct target_proxy *p);
void target_free(struct target *list, size_t n);

#endif
