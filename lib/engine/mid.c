/* Message IDs (RFC 7252, Section 4.4). */
#include "mid.h"

#include <stdlib.h>
#include <string.h>
#include <gcoap/error.h>

int gcoap__mids_init(struct gcoap__mids *m, struct gcoap_random *random)
{
	memset(m, 0, sizeof(*m));
	return gcoap_random_fill(random, &m->next, sizeof(m->next));
}

void gcoap__mids_clear(struct gcoap__mids *m)
{
	for (size_t i = 0; i < 256; i++) {
		free(m->pages[i]);
		m->pages[i] = NULL;
	}
}

static struct gcoap__mid_use *use_of(struct gcoap__mids *m, uint16_t mid)
{
	struct gcoap__mid_use **page = &m->pages[mid >> 8];

	if (!*page)
		*page = calloc(256, sizeof(**page));
	return *page ? *page + (mid & 0xff) : NULL;
}

int gcoap__mid_take(struct gcoap__mids *m, uint32_t endpoint, gcoap_time life, gcoap_time now,
		    uint16_t *mid)
{
	uint32_t second = (uint32_t)(now / GCOAP_SECOND) + 1;
	struct gcoap__mid_use *use;

	for (uint32_t tries = 0; tries <= 65536; tries++, m->next++) {
		use = use_of(m, m->next);
		if (!use)
			return GCOAP_ENOMEM;
		if (use->until > second && tries < 65536 &&
		    (!endpoint || !use->endpoint || use->endpoint == endpoint))
			continue;
		use->endpoint = endpoint;
		use->until = second + (uint32_t)(life / GCOAP_SECOND) + 1;
		*mid = m->next++;
		return 0;
	}
	return GCOAP_ELIMIT;
}
