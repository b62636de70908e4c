/*
 * Requests under way, found by number, and those that are over, which are remembered for a while
 * so that what still comes is told apart. Their memory is used again: none is allocated for a
 * request once as many as are ever open, and remembered, are there.
 */
#include "load.h"

#include <stdlib.h>
#include <string.h>

#define CHUNK 128
#define MARKS_FIRST 16

struct gcoap__load_spare {
	struct gcoap__load_spare *next;
	uint32_t n;
};

static struct gcoap__load_round **place(const struct gcoap_load *l, uint64_t number)
{
	return &l->index[number * l->index_factor >> (64 - l->index_bits)];
}

static void index_add(struct gcoap_load *l, struct gcoap__load_round *r)
{
	struct gcoap__load_round **p = place(l, r->number);

	r->same = *p;
	*p = r;
}

static void index_remove(struct gcoap_load *l, struct gcoap__load_round *r)
{
	struct gcoap__load_round **p = place(l, r->number);

	while (*p != r)
		p = &(*p)->same;
	*p = r->same;
}

/* Twice as many places, so that few rounds share one. */
static bool index_grow(struct gcoap_load *l)
{
	struct gcoap__load_round **old = l->index, *r, *next;
	uint32_t bits = old ? l->index_bits + 1 : 8;
	struct gcoap__load_round **index = calloc((size_t)1 << bits, sizeof(*index));
	size_t n = old ? (size_t)1 << l->index_bits : 0;

	if (!index)
		return false;
	l->index = index;
	l->index_bits = bits;
	for (size_t i = 0; i < n; i++) {
		for (r = old[i]; r; r = next) {
			next = r->same;
			index_add(l, r);
		}
	}
	free(old);
	return true;
}

static void forget_marks(struct gcoap_load *l, struct gcoap__load_round *r)
{
	struct gcoap__load_spare *spare = (struct gcoap__load_spare *)(void *)r->marks;

	if (spare) {
		spare->n = r->n_marks;
		spare->next = l->spare;
		l->spare = spare;
	}
	r->marks = NULL;
	r->n_marks = 0;
}

/* The one that is over for the longest time: false when there is none. */
static bool forget_oldest(struct gcoap_load *l)
{
	struct gcoap__load_round *r = TAILQ_FIRST(&l->over);

	if (!r)
		return false;
	TAILQ_REMOVE(&l->over, r, entry);
	l->n_over--;
	index_remove(l, r);
	forget_marks(l, r);
	r->same = l->unused;
	l->unused = r;
	return true;
}

/* More memory for rounds; false: there is none. */
static bool make_more(struct gcoap_load *l)
{
	struct gcoap__load_round *chunk, **chunks;
	uint32_t cap;

	if (l->n_chunks == l->cap_chunks) {
		cap = l->cap_chunks ? 2 * l->cap_chunks : 8;
		chunks = realloc(l->chunks, cap * sizeof(*chunks));
		if (!chunks)
			return false;
		l->chunks = chunks;
		l->cap_chunks = cap;
	}
	if ((!l->index || (size_t)l->n_chunks * CHUNK >= (size_t)1 << l->index_bits) &&
	    !index_grow(l))
		return false;
	chunk = calloc(CHUNK, sizeof(*chunk));
	if (!chunk)
		return false;
	l->chunks[l->n_chunks++] = chunk;
	for (uint32_t i = CHUNK; i-- > 0;) {
		chunk[i].same = l->unused;
		l->unused = &chunk[i];
	}
	return true;
}

struct gcoap__load_round *gcoap__load_round_take(struct gcoap_load *l, uint64_t number)
{
	struct gcoap__load_round *r;

	if (l->n_over >= GCOAP__LOAD_OVER)
		forget_oldest(l);
	if (!l->unused && !make_more(l) && !forget_oldest(l))
		return NULL;
	r = l->unused;
	l->unused = r->same;
	memset(r, 0, sizeof(*r));
	r->number = number;
	index_add(l, r);
	return r;
}

struct gcoap__load_round *gcoap__load_round_find(const struct gcoap_load *l, uint64_t number)
{
	struct gcoap__load_round *r = l->index ? *place(l, number) : NULL;

	while (r && r->number != number)
		r = r->same;
	return r;
}

/* Of those that nobody uses, one with room for @n; those that are too small are given back. */
static struct gcoap__load_mark *marks_spare(struct gcoap_load *l, uint32_t *n)
{
	struct gcoap__load_spare *spare;
	uint32_t had;

	while ((spare = l->spare)) {
		l->spare = spare->next;
		had = spare->n;
		if (had >= *n) {
			*n = had;
			return memset(spare, 0, had * sizeof(struct gcoap__load_mark));
		}
		l->marks_bytes -= had * sizeof(struct gcoap__load_mark);
		free(spare);
	}
	return NULL;
}

/* Marks of @n servers or more, none of which has answered. */
static struct gcoap__load_mark *marks_new(struct gcoap_load *l,
					  const struct gcoap__load_round *r, uint32_t *n)
{
	size_t size = *n * sizeof(struct gcoap__load_mark);
	struct gcoap__load_mark *marks;

	while (!(marks = marks_spare(l, n)) && l->marks_bytes + size > GCOAP__LOAD_MARKS) {
		if (TAILQ_FIRST(&l->over) == r || !forget_oldest(l))
			return NULL;
	}
	if (marks)
		return marks;
	marks = calloc(1, size);
	if (marks)
		l->marks_bytes += size;
	return marks;
}

/* Room for the marks of all servers that are known. */
static bool marks_grow(struct gcoap_load *l, struct gcoap__load_round *r)
{
	struct gcoap__load_mark *marks;
	uint32_t n = MARKS_FIRST;

	while (n < l->n_servers)
		n *= 2;
	marks = marks_new(l, r, &n);
	if (!marks)
		return false;
	if (r->marks)
		memcpy(marks, r->marks, r->n_marks * sizeof(*marks));
	forget_marks(l, r);
	r->marks = marks;
	r->n_marks = n;
	return true;
}

gcoap_time gcoap__load_stamp(const struct gcoap__load_round *r, const struct gcoap_datagram *in)
{
	return r->sent != GCOAP_NEVER && in->at < r->sent ? r->sent : in->at;
}

struct gcoap__load_mark *gcoap__load_mark(struct gcoap_load *l, struct gcoap__load_round *r,
					  uint32_t server)
{
	if (server == GCOAP_LOAD_UNKNOWN || !l->targets[r->target].many)
		return &r->one;
	if (server >= r->n_marks && !marks_grow(l, r))
		return NULL;
	return &r->marks[server];
}

static void tell(const struct gcoap__load_round *r, const struct gcoap__load_end *how)
{
	struct gcoap_load_sink *s = r->client->load->config.sink;
	struct gcoap_load_round over = { .round = r->number,
					 .client = r->client->index,
					 .request = r->target,
					 .warmup = r->warmup,
					 .due = r->due,
					 .sent = r->sent,
					 .ended = how->at,
					 .first = r->first,
					 .last = r->last,
					 .answered = r->answered,
					 .complete = how->complete,
					 .interrupted = how->interrupted,
					 .reset = how->reset,
					 .acked = r->acked || r->answered > 0,
					 .error = how->error,
					 .retransmissions = r->tries };

	s->round(s, &over);
}

void gcoap__load_round_end(struct gcoap__load_round *r, const struct gcoap__load_end *how,
			   gcoap_time now)
{
	struct gcoap__load_client *c = r->client;
	struct gcoap_load *l = c->load;

	gcoap__load_settle(r);
	if (r->timed)
		gcoap__timers_release(&c->timers);
	r->timed = false;
	r->open = false;
	if (!how->complete && how->at < r->limit)
		r->limit = how->at;
	TAILQ_REMOVE(&c->queues[l->targets[r->target].queue], r, entry);
	TAILQ_INSERT_TAIL(&l->over, r, entry);
	l->n_over++;
	l->count.open--;
	c->open--;
	gcoap__load_give_place(c, now);
	tell(r, how);
}

void gcoap__load_round_unsent(struct gcoap__load_client *c, uint64_t number, uint32_t target,
			      gcoap_time due, gcoap_time at, int error)
{
	const struct gcoap__load_end how = { .error = error, .at = at };
	const struct gcoap__load_round r = { .number = number,
					     .client = c,
					     .due = due,
					     .sent = GCOAP_NEVER,
					     .target = target,
					     .warmup = gcoap__load_in_warmup(c->load, due),
					     .first = GCOAP_NEVER,
					     .last = GCOAP_NEVER };

	tell(&r, &how);
}

void gcoap__load_rounds_clear(struct gcoap_load *l)
{
	struct gcoap__load_spare *spare;

	for (uint32_t i = 0; i < l->n_chunks; i++) {
		for (uint32_t k = 0; k < CHUNK; k++)
			free(l->chunks[i][k].marks);
		free(l->chunks[i]);
	}
	while ((spare = l->spare)) {
		l->spare = spare->next;
		free(spare);
	}
	free(l->chunks);
	free(l->index);
}
