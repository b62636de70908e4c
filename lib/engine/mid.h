/* Message IDs: from a random start, none reused towards an endpoint while it may be live. */
#ifndef GCOAP_ENGINE_MID_H
#define GCOAP_ENGINE_MID_H

#include <gcoap/random.h>
#include <gcoap/time.h>
#include "table.h"

struct gcoap__mid_use {
	uint32_t endpoint; /* hash of the destination; 0: any (a group) */
	uint32_t until;	   /* second in which it may be used again; 0: never used */
};

/* For each Message ID its last use; pages are made as the count reaches them. */
struct gcoap__mids {
	uint16_t next;
	struct gcoap__mid_use *pages[256];
};

int gcoap__mids_init(struct gcoap__mids *m, struct gcoap_random *random);
void gcoap__mids_clear(struct gcoap__mids *m);
/*
 * The next Message ID for an endpoint, taken for @life. @endpoint 0 is a group: what goes to it
 * may reach every endpoint (RFC 7252, Section 8.1). 65,536 uses are remembered; when all are
 * live the oldest is used again. GCOAP_ENOMEM.
 */
int gcoap__mid_take(struct gcoap__mids *m, uint32_t endpoint, gcoap_time life, gcoap_time now,
		    uint16_t *mid);

#endif
