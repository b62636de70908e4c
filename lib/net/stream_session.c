/* The table of sessions: numbers that are never used again, each found at once. */
#include "stream.h"
#include <stdlib.h>

#define SLOT_BITS 16

static size_t slot_of(uint64_t number)
{
	return (size_t)(number & ((1u << SLOT_BITS) - 1));
}

static size_t free_slot(struct gcoap_stream *s)
{
	struct gcoap__session **more;
	size_t i;

	for (i = 0; i < s->n_slots; i++) {
		if (!s->slots[i])
			return i;
	}
	if (s->n_slots == 1u << SLOT_BITS)
		return SIZE_MAX;
	more = realloc(s->slots, (2 * s->n_slots + 16) * sizeof(*more));
	if (!more)
		return SIZE_MAX;
	s->slots = more;
	s->n_slots = 2 * s->n_slots + 16;
	for (size_t k = i; k < s->n_slots; k++)
		more[k] = NULL;
	return i;
}

struct gcoap__session *gcoap__session_new(struct gcoap_stream *s)
{
	struct gcoap__session *x = calloc(1, sizeof(*x));
	size_t slot = x ? free_slot(s) : SIZE_MAX;

	if (slot == SIZE_MAX) {
		free(x);
		return NULL;
	}
	x->stream = s;
	x->peer.way = &s->way;
	x->peer.session = ++s->uses << SLOT_BITS | slot;
	s->slots[slot] = x;
	return x;
}

void gcoap__session_free(struct gcoap__session *x)
{
	struct gcoap_stream *s = x->stream;

	s->slots[slot_of(x->peer.session)] = NULL;
	if (x->hub)
		s->module->close(x->hub);
	free(x);
}

struct gcoap__session *gcoap__session_find(const struct gcoap_stream *s, uint64_t number)
{
	struct gcoap__session *x = slot_of(number) < s->n_slots ? s->slots[slot_of(number)] : NULL;

	return x && x->peer.session == number ? x : NULL;
}
