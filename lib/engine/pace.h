/* Who may be sent to, and when: NSTART and PROBING_RATE (RFC 7252, Section 4.7). */
#ifndef GCOAP_ENGINE_PACE_H
#define GCOAP_ENGINE_PACE_H

#include <gcoap/time.h>
#include "table.h"

struct gcoap__pace {
	struct gcoap__table destinations;
	uint32_t nstart;       /* at least 1 */
	uint32_t probing_rate; /* bytes a second; 0: not limited */
};

void gcoap__pace_init(struct gcoap__pace *p, const struct gcoap_transmission *params,
		      const uint64_t seed[2]);
void gcoap__pace_clear(struct gcoap__pace *p);
/*
 * May a request go to @to over @ifindex (both count for a group, @ifindex is 0 for one server)?
 * 1: yes, one place is taken; 0: not before *@when (GCOAP_NEVER: when a place is given back);
 * GCOAP_ENOMEM.
 */
int gcoap__pace_take(struct gcoap__pace *p, const struct gcoap_addr *to, uint32_t ifindex,
		     gcoap_time now, gcoap_time *when);
/* Give the place back. When nobody answered, the next request waits until the @size bytes that
 * were sent at @sent average to PROBING_RATE. */
void gcoap__pace_give(struct gcoap__pace *p, const struct gcoap_addr *to, uint32_t ifindex,
		      bool answered, size_t size, gcoap_time sent, gcoap_time now);
/* When a request of @size bytes at @sent that nobody answers has averaged out. */
gcoap_time gcoap__pace_after(const struct gcoap__pace *p, size_t size, gcoap_time sent);

#endif
