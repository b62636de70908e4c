#include "tally.h"

#include <stdlib.h>
#include <string.h>

#define LEAST 64

void tally_open_init(struct tally_open *o)
{
	memset(o, 0, sizeof(*o));
	o->unused = TALLY_NONE;
}

void tally_open_clear(struct tally_open *o)
{
	free(o->pool);
	free(o->slots);
	tally_open_init(o);
}

/* Rounds are numbers in a row: a multiplication spreads them. */
static uint32_t home(const struct tally_open *o, uint64_t round)
{
	return (uint32_t)((round * 0x9e3779b97f4a7c15u) >> 32) & (o->n_slots - 1);
}

static uint32_t place(const struct tally_open *o, uint64_t round)
{
	uint32_t i = home(o, round);

	while (o->slots[i].round != 0 && o->slots[i].round != round + 1)
		i = (i + 1) & (o->n_slots - 1);
	return i;
}

static int slots_grow(struct tally_open *o)
{
	struct tally_open next = *o;

	if (o->n * 2 < o->n_slots)
		return 0;
	if (o->n_slots > UINT32_MAX / 2)
		return GCOAP_ENOMEM;
	next.n_slots = o->n_slots == 0 ? LEAST : o->n_slots * 2;
	next.slots = calloc(next.n_slots, sizeof(*next.slots));
	if (next.slots == NULL)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < o->n_slots; i++)
		if (o->slots[i].round != 0)
			next.slots[place(&next, o->slots[i].round - 1)] = o->slots[i];
	free(o->slots);
	*o = next;
	return 0;
}

static uint32_t pool_take(struct tally_open *o)
{
	uint32_t cap = o->cap == 0 ? LEAST : o->cap * 2, i = o->unused;
	struct tally_one *pool;

	if (i != TALLY_NONE) {
		o->unused = o->pool[i].next;
		return i;
	}
	if (o->n_made == o->cap) {
		if (o->cap > TALLY_NONE / 2)
			return TALLY_NONE;
		pool = realloc(o->pool, cap * sizeof(*pool));
		if (pool == NULL)
			return TALLY_NONE;
		o->pool = pool;
		o->cap = cap;
	}
	return o->n_made++;
}

/* What follows a slot that becomes free may have wanted to be there: close the gap. */
static void slot_remove(struct tally_open *o, uint32_t gap)
{
	uint32_t mask = o->n_slots - 1, i = gap;

	o->n--;
	for (;;) {
		i = (i + 1) & mask;
		if (o->slots[i].round == 0)
			break;
		if (((i - home(o, o->slots[i].round - 1)) & mask) >= ((i - gap) & mask)) {
			o->slots[gap] = o->slots[i];
			gap = i;
		}
	}
	o->slots[gap].round = 0;
}

/* Make @round the last one. */
static int switch_to(struct tally_open *o, uint64_t round)
{
	uint32_t i;

	if (slots_grow(o) < 0)
		return GCOAP_ENOMEM;
	if (o->last.round != 0) {
		o->slots[place(o, o->last.round - 1)] = o->last;
		o->n++;
	}
	i = place(o, round);
	o->last = (struct tally_slot){ .round = round + 1, .list.head = TALLY_NONE };
	if (o->slots[i].round == 0)
		return 0;
	o->last.list = o->slots[i].list;
	slot_remove(o, i);
	return 0;
}

int tally_open_add(struct tally_open *o, uint64_t round, const struct tally_one *a)
{
	struct tally_list *list = &o->last.list;
	uint32_t i;

	if (o->last.round != round + 1 && switch_to(o, round) < 0)
		return GCOAP_ENOMEM;
	i = pool_take(o);
	if (i == TALLY_NONE)
		return GCOAP_ENOMEM;
	o->pool[i] = *a;
	o->pool[i].next = list->head;
	if (list->head == TALLY_NONE)
		list->end = i;
	list->head = i;
	return 0;
}

struct tally_list tally_open_take(struct tally_open *o, uint64_t round)
{
	struct tally_list list = { .head = TALLY_NONE };
	uint32_t i;

	if (o->last.round == round + 1) {
		o->last.round = 0;
		return o->last.list;
	}
	if (o->n == 0)
		return list;
	i = place(o, round);
	if (o->slots[i].round == 0)
		return list;
	list = o->slots[i].list;
	slot_remove(o, i);
	return list;
}

void tally_open_free(struct tally_open *o, struct tally_list list)
{
	if (list.head == TALLY_NONE)
		return;
	o->pool[list.end].next = o->unused;
	o->unused = list.head;
}
