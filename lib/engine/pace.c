/* NSTART and PROBING_RATE. */
#include "pace.h"

#include <gcoap/error.h>

struct key {
	struct gcoap__endpoint endpoint;
	uint32_t ifindex;
};

struct destination {
	struct key key;
	uint32_t outstanding;
	gcoap_time next; /* first moment for the next request */
};

void gcoap__pace_init(struct gcoap__pace *p, const struct gcoap_transmission *params,
		      const uint64_t seed[2])
{
	gcoap__table_init(&p->destinations, sizeof(struct destination), sizeof(struct key),
			  seed);
	p->nstart = params->nstart ? params->nstart : 1;
	p->probing_rate = params->probing_rate;
}

void gcoap__pace_clear(struct gcoap__pace *p)
{
	gcoap__table_clear(&p->destinations);
}

int gcoap__pace_take(struct gcoap__pace *p, const struct gcoap_addr *to, uint32_t ifindex,
		     gcoap_time now, gcoap_time *when)
{
	struct key key = { .endpoint = gcoap__endpoint(to), .ifindex = ifindex };
	struct destination *d;
	bool added;

	d = gcoap__table_add(&p->destinations, &key, &added);
	if (!d)
		return GCOAP_ENOMEM;
	if (d->outstanding >= p->nstart) {
		*when = GCOAP_NEVER;
		return 0;
	}
	if (d->next > now) {
		*when = d->next;
		return 0;
	}
	d->outstanding++;
	return 1;
}

gcoap_time gcoap__pace_after(const struct gcoap__pace *p, size_t size, gcoap_time sent)
{
	if (!p->probing_rate)
		return sent;
	return sent + (gcoap_time)size * GCOAP_SECOND / p->probing_rate;
}

void gcoap__pace_give(struct gcoap__pace *p, const struct gcoap_addr *to, uint32_t ifindex,
		      bool answered, size_t size, gcoap_time sent, gcoap_time now)
{
	struct key key = { .endpoint = gcoap__endpoint(to), .ifindex = ifindex };
	struct destination *d = gcoap__table_find(&p->destinations, &key);

	if (!d)
		return;
	d->outstanding--;
	d->next = answered ? now : gcoap__pace_after(p, size, sent);
	if (!d->outstanding && d->next <= now)
		gcoap__table_remove(&p->destinations, &key);
}
