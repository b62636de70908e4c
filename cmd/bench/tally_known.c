#include "tally.h"

#include <stdlib.h>
#include <string.h>

#define LEAST 64
#define EXPECTED ((uint64_t)1)
#define WITHDRAWN ((uint64_t)1 << 63)
#define FLAGS (EXPECTED | WITHDRAWN)

static uint64_t pair_of(uint32_t server, uint32_t target)
{
	return ((uint64_t)target + 1) << 33 | (uint64_t)server << 1;
}

static uint64_t *slot_of(const struct tally_known *k, uint64_t pair)
{
	uint32_t i = (uint32_t)((pair * 0x9e3779b97f4a7c15u) >> 32) & (k->n_slots - 1);

	while (k->slots[i] != 0 && (k->slots[i] & ~FLAGS) != pair)
		i = (i + 1) & (k->n_slots - 1);
	return &k->slots[i];
}

void tally_known_clear(struct tally_known *k)
{
	free(k->slots);
	memset(k, 0, sizeof(*k));
}

enum tally_place tally_known_find(const struct tally_known *k, uint32_t server, uint32_t target)
{
	uint64_t found;

	if (k->n_slots == 0)
		return TALLY_STRANGE;
	found = *slot_of(k, pair_of(server, target));
	return found == 0 || found & WITHDRAWN ? TALLY_STRANGE : found & EXPECTED ? TALLY_EXPECTED : TALLY_HEARD;
}

static int grow(struct tally_known *k)
{
	struct tally_known next = *k;

	if (k->n * 2 < k->n_slots)
		return 0;
	if (k->n_slots > UINT32_MAX / 2)
		return GCOAP_ENOMEM;
	next.n_slots = k->n_slots == 0 ? LEAST : k->n_slots * 2;
	next.slots = calloc(next.n_slots, sizeof(*next.slots));
	if (next.slots == NULL)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < k->n_slots; i++)
		if (k->slots[i] != 0)
			*slot_of(&next, k->slots[i] & ~FLAGS) = k->slots[i];
	free(k->slots);
	*k = next;
	return 0;
}

int tally_known_add(struct tally_known *k, uint32_t server, uint32_t target, bool expected)
{
	uint64_t *slot;

	if (grow(k) < 0)
		return GCOAP_ENOMEM;
	slot = slot_of(k, pair_of(server, target));
	if (*slot == 0)
		k->n++;
	if (*slot & WITHDRAWN)
		*slot = 0;
	*slot |= pair_of(server, target) | (expected ? EXPECTED : 0);
	return 0;
}

void tally_known_withdraw(struct tally_known *k, uint32_t server, uint32_t target)
{
	if (tally_known_find(k, server, target) != TALLY_STRANGE)
		*slot_of(k, pair_of(server, target)) |= WITHDRAWN;
}

bool tally_known_next(const struct tally_known *k, uint32_t *at, struct tally_pair *out)
{
	for (; *at < k->n_slots; ++*at) {
		uint64_t pair = k->slots[*at];

		if (pair == 0 || pair & WITHDRAWN)
			continue;
		out->target = (uint32_t)(pair >> 33) - 1;
		out->server = (uint32_t)(pair >> 1);
		out->expected = pair & EXPECTED;
		++*at;
		return true;
	}
	return false;
}
