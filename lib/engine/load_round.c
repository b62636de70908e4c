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

static struct gcoap__load_asked **place(const struct gcoap_load *l, uint64_t number)
{
	return &l->index[number & (l->n_places - 1)];
}

static void index_add(struct gcoap_load *l, struct gcoap__load_asked *q)
{
	struct gcoap__load_asked **p = place(l, q->number);

	q->same = *p;
	*p = q;
}

/* Where the index says where @q is. */
static struct gcoap__load_asked **index_at(struct gcoap_load *l, const struct gcoap__load_asked *q)
{
	struct gcoap__load_asked **p = place(l, q->number);

	while (*p != q)
		p = &(*p)->same;
	return p;
}

/* Twice as many places, so that few requests share one. */
static bool index_grow(struct gcoap_load *l)
{
	struct gcoap__load_asked **old = l->index, *q, *next;
	uint32_t had = l->n_places, n = had ? 2 * had : 256;
	struct gcoap__load_asked **index = calloc(n, sizeof(*index));

	if (!index)
		return false;
	l->index = index;
	l->n_places = n;
	for (uint32_t i = 0; i < had; i++) {
		for (q = old[i]; q; q = next) {
			next = q->same;
			index_add(l, q);
		}
	}
	free(old);
	return true;
}

static void forget_marks(struct gcoap_load *l, struct gcoap__load_asked *q)
{
	struct gcoap__load_spare *spare = (struct gcoap__load_spare *)(void *)q->marks;

	if (spare) {
		spare->n = q->n_marks;
		spare->next = l->spare;
		l->spare = spare;
	}
	q->marks = NULL;
	q->n_marks = 0;
}

/* The one that is over for the longest time, unless it is @but: false when there is none. */
static bool forget_oldest(struct gcoap_load *l, const struct gcoap__load_asked *but)
{
	struct gcoap__load_asked *q = &l->over[l->oldest];

	if (!l->n_over || q == but)
		return false;
	l->oldest = (l->oldest + 1) % GCOAP__LOAD_OVER;
	l->n_over--;
	*index_at(l, q) = q->same;
	l->n_indexed--;
	forget_marks(l, q);
	return true;
}

/* @r is over: what is to be known of it moves. */
static void remember(struct gcoap_load *l, struct gcoap__load_round *r)
{
	struct gcoap__load_asked *q;

	if (l->n_over == GCOAP__LOAD_OVER)
		forget_oldest(l, NULL);
	q = &l->over[(l->oldest + l->n_over++) % GCOAP__LOAD_OVER];
	*q = r->asked;
	q->round = NULL;
	*index_at(l, &r->asked) = q;
	r->asked.round = NULL;
	r->asked.marks = NULL;
	r->unused = l->unused;
	l->unused = r;
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
	chunk = calloc(CHUNK, sizeof(*chunk));
	if (!chunk)
		return false;
	l->chunks[l->n_chunks++] = chunk;
	for (uint32_t i = CHUNK; i-- > 0;) {
		chunk[i].unused = l->unused;
		l->unused = &chunk[i];
	}
	return true;
}

struct gcoap__load_round *gcoap__load_round_take(struct gcoap_load *l, uint64_t number)
{
	struct gcoap__load_round *r;

	if ((!l->unused && !make_more(l)) ||
	    (l->n_indexed >= l->n_places && !index_grow(l)))
		return NULL;
	r = l->unused;
	l->unused = r->unused;
	memset(r, 0, sizeof(*r));
	r->asked.number = number;
	r->asked.round = r;
	index_add(l, &r->asked);
	l->n_indexed++;
	return r;
}

struct gcoap__load_asked *gcoap__load_asked_find(const struct gcoap_load *l, uint64_t number)
{
	struct gcoap__load_asked *q = l->index ? *place(l, number) : NULL;

	while (q && q->number != number)
		q = q->same;
	return q;
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
					  const struct gcoap__load_asked *q, uint32_t *n)
{
	size_t size = *n * sizeof(struct gcoap__load_mark);
	struct gcoap__load_mark *marks;

	while (!(marks = marks_spare(l, n)) && l->marks_bytes + size > GCOAP__LOAD_MARKS) {
		if (!forget_oldest(l, q))
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
static bool marks_grow(struct gcoap_load *l, struct gcoap__load_asked *q)
{
	struct gcoap__load_mark *marks;
	uint32_t n = MARKS_FIRST;

	while (n < l->n_servers)
		n *= 2;
	marks = marks_new(l, q, &n);
	if (!marks)
		return false;
	if (q->marks)
		memcpy(marks, q->marks, q->n_marks * sizeof(*marks));
	forget_marks(l, q);
	q->marks = marks;
	q->n_marks = n;
	return true;
}

gcoap_time gcoap__load_stamp(const struct gcoap__load_asked *q, const struct gcoap_datagram *in)
{
	return q->sent != GCOAP_NEVER && in->at < q->sent ? q->sent : in->at;
}

struct gcoap__load_mark *gcoap__load_mark(struct gcoap_load *l, struct gcoap__load_asked *q,
					  uint32_t server)
{
	if (server == GCOAP_LOAD_UNKNOWN || !l->targets[q->target].many)
		return &q->one;
	if (server >= q->n_marks && !marks_grow(l, q))
		return NULL;
	return &q->marks[server];
}

static void tell(const struct gcoap__load_round *r, const struct gcoap__load_end *how)
{
	struct gcoap_load_sink *s = r->client->load->config.sink;
	struct gcoap_load_round over = { .round = r->asked.number,
					 .client = r->client->index,
					 .request = r->asked.target,
					 .warmup = r->asked.warmup,
					 .due = r->asked.due,
					 .sent = r->asked.sent,
					 .ended = how->at,
					 .first = r->first,
					 .last = r->last,
					 .answered = r->answered,
					 .complete = how->complete,
					 .interrupted = how->interrupted,
					 .reset = how->reset,
					 .acked = r->acked || r->answered > 0,
					 .stopped = r->asked.stopped,
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
	if (!how->complete && how->at < r->asked.limit)
		r->asked.limit = how->at;
	if (l->targets[r->asked.target].collects)
		gcoap__load_stop_early(r, how, now);
	TAILQ_REMOVE(&c->queues[l->targets[r->asked.target].queue], r, entry);
	remember(l, r);
	l->count.open--;
	c->open--;
	gcoap__load_give_place(c, now);
	tell(r, how);
}

void gcoap__load_round_unsent(struct gcoap__load_client *c, uint64_t number, uint32_t target,
			      gcoap_time due, gcoap_time at, int error)
{
	const struct gcoap__load_end how = { .error = error, .at = at };
	const struct gcoap__load_round r = { .asked = { .number = number,
							.due = due,
							.sent = GCOAP_NEVER,
							.target = target,
							.warmup = gcoap__load_in_warmup(c->load,
											due) },
					     .client = c,
					     .first = GCOAP_NEVER,
					     .last = GCOAP_NEVER };

	tell(&r, &how);
}

int gcoap__load_rounds_init(struct gcoap_load *l)
{
	l->over = calloc(GCOAP__LOAD_OVER, sizeof(*l->over));
	return l->over ? 0 : GCOAP_ENOMEM;
}

void gcoap__load_rounds_clear(struct gcoap_load *l)
{
	struct gcoap__load_spare *spare;

	for (uint32_t i = 0; i < l->n_chunks; i++) {
		for (uint32_t k = 0; k < CHUNK; k++)
			free(l->chunks[i][k].asked.marks);
		free(l->chunks[i]);
	}
	while (l->over && forget_oldest(l, NULL))
		;
	while ((spare = l->spare)) {
		l->spare = spare->next;
		free(spare);
	}
	free(l->chunks);
	free(l->index);
	free(l->over);
}
