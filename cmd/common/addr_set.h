/* A set of addresses, each with its port and zone. */
#ifndef ADDR_SET_H
#define ADDR_SET_H

#include <stdbool.h>
#include <gcoap/addr.h>

struct addr_set {
	struct gcoap_addr *slots; /* family 0: free */
	uint32_t n, cap;	  /* cap: 0 or a power of two, at least twice n */
};

/* 1 when @a is new, 0 when it is there already, GCOAP_ENOMEM. */
int addr_set_add(struct addr_set *s, const struct gcoap_addr *a);
bool addr_set_has(const struct addr_set *s, const struct gcoap_addr *a);
void addr_set_clear(struct addr_set *s);

#endif
