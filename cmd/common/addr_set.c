/* A set of addresses: open addressing. */
#include "addr_set.h"

#include <stdlib.h>
#include <gcoap/error.h>

/* Where @a is, or is to be put. */
static struct gcoap_addr *place(const struct addr_set *s, const struct gcoap_addr *a)
{
	uint32_t i = gcoap_addr_hash(a) & (s->cap - 1);

	while (s->slots[i].family && !gcoap_addr_equal(&s->slots[i], a))
		i = (i + 1) & (s->cap - 1);
	return &s->slots[i];
}

static int grow(struct addr_set *s)
{
	struct addr_set larger = { .n = s->n, .cap = s->cap ? 2 * s->cap : 16 };

	larger.slots = calloc(larger.cap, sizeof(*larger.slots));
	if (!larger.slots)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < s->cap; i++) {
		if (s->slots[i].family)
			*place(&larger, &s->slots[i]) = s->slots[i];
	}
	free(s->slots);
	*s = larger;
	return 0;
}

int addr_set_add(struct addr_set *s, const struct gcoap_addr *a)
{
	struct gcoap_addr *slot;

	if (2 * (s->n + 1) > s->cap && grow(s) < 0)
		return GCOAP_ENOMEM;
	slot = place(s, a);
	if (slot->family)
		return 0;
	*slot = *a;
	s->n++;
	return 1;
}

bool addr_set_has(const struct addr_set *s, const struct gcoap_addr *a)
{
	return s->n && place(s, a)->family;
}

void addr_set_clear(struct addr_set *s)
{
	free(s->slots);
	*s = (struct addr_set){ 0 };
}
