/* A binary heap of timers. */
#include "timer.h"

#include <stdlib.h>

void gcoap__timers_clear(struct gcoap__timers *h)
{
	free(h->heap);
	*h = (struct gcoap__timers){ 0 };
}

bool gcoap__timers_reserve(struct gcoap__timers *h)
{
	if (h->reserved == h->cap) {
		size_t cap = h->cap ? h->cap * 2 : 16;
		struct gcoap__timer **heap = realloc(h->heap, cap * sizeof(*heap));

		if (!heap)
			return false;
		h->heap = heap;
		h->cap = cap;
	}
	h->reserved++;
	return true;
}

void gcoap__timers_release(struct gcoap__timers *h)
{
	h->reserved--;
}

static void put(struct gcoap__timers *h, size_t i, struct gcoap__timer *t)
{
	h->heap[i] = t;
	t->place = i + 1;
}

static void rise(struct gcoap__timers *h, size_t i, struct gcoap__timer *t)
{
	while (i && h->heap[(i - 1) / 2]->due > t->due) {
		put(h, i, h->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(h, i, t);
}

static void sink(struct gcoap__timers *h, size_t i, struct gcoap__timer *t)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < h->n && h->heap[child + 1]->due < h->heap[child]->due)
			child++;
		if (child >= h->n || h->heap[child]->due >= t->due)
			break;
		put(h, i, h->heap[child]);
		i = child;
	}
	put(h, i, t);
}

void gcoap__timer_stop(struct gcoap__timers *h, struct gcoap__timer *t)
{
	struct gcoap__timer *last;
	size_t i;

	if (!t->place)
		return;
	i = t->place - 1;
	t->place = 0;
	last = h->heap[--h->n];
	if (last == t)
		return;
	if (i && h->heap[(i - 1) / 2]->due > last->due)
		rise(h, i, last);
	else
		sink(h, i, last);
}

void gcoap__timer_set(struct gcoap__timers *h, struct gcoap__timer *t, gcoap_time due)
{
	gcoap__timer_stop(h, t);
	t->due = due;
	if (due == GCOAP_NEVER)
		return;
	h->n++;
	rise(h, h->n - 1, t);
}

gcoap_time gcoap__timers_next(const struct gcoap__timers *h)
{
	return h->n ? h->heap[0]->due : GCOAP_NEVER;
}

struct gcoap__timer *gcoap__timers_due(struct gcoap__timers *h, gcoap_time now)
{
	struct gcoap__timer *t;

	if (!h->n || h->heap[0]->due > now)
		return NULL;
	t = h->heap[0];
	gcoap__timer_stop(h, t);
	return t;
}
