/* What is due when: the heap of pending answers, and the leisure of a group. */
#include "serve/host.h"

#include <stdlib.h>

#define WINDOWS_MAX 8

static bool earlier(const struct due *a, const struct due *b)
{
	return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static int grow(struct dues *q)
{
	size_t cap = q->cap ? q->cap * 2 : 64;
	struct due *heap;

	if (q->max && q->n >= q->max)
		return GCOAP_ELIMIT;
	heap = realloc(q->heap, cap * sizeof(*heap));
	if (!heap)
		return GCOAP_ENOMEM;
	q->heap = heap;
	q->cap = cap;
	return 0;
}

int gcoap__due_push(struct dues *q, struct due d)
{
	size_t i;

	if (q->n == q->cap || (q->max && q->n >= q->max)) {
		int r = grow(q);

		if (r < 0)
			return r;
	}
	d.seq = ++q->seq;
	for (i = q->n++; i > 0; i = (i - 1) / 2) {
		if (!earlier(&d, &q->heap[(i - 1) / 2]))
			break;
		q->heap[i] = q->heap[(i - 1) / 2];
	}
	q->heap[i] = d;
	return 0;
}

bool gcoap__due_pop(struct dues *q, gcoap_time now, struct due *out)
{
	struct due last;
	size_t i = 0;

	if (!q->n || q->heap[0].at > now)
		return false;
	*out = q->heap[0];
	last = q->heap[--q->n];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= q->n)
			break;
		if (child + 1 < q->n && earlier(&q->heap[child + 1], &q->heap[child]))
			child++;
		if (!earlier(&q->heap[child], &last))
			break;
		q->heap[i] = q->heap[child];
		i = child;
	}
	q->heap[i] = last;
	return true;
}

gcoap_time gcoap__due_first(const struct dues *q)
{
	return q->n ? q->heap[0].at : GCOAP_NEVER;
}

/*
 * Answers on the same membership share the network with those before: a new window starts
 * when the last one has ended. A sender that asks faster than that is not followed for ever.
 */
gcoap_time gcoap__leisure_window(struct leisure *l, gcoap_time length, gcoap_time now)
{
	gcoap_time start = l->busy_until > now ? l->busy_until : now;

	if (length > 0 && start - now >= WINDOWS_MAX * length)
		return GCOAP_NEVER;
	l->busy_until = start + length;
	return start;
}
