/*
 * What goes to others than the peer of a session: over UDP, by an endpoint beside it. The loop
 * drives that with an engine of its own, which hands on what the carrier gives it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include "carrier.h"

/* Datagrams that wait for the loop's next turn. */
#define WAITING_MAX 256

struct waiting {
	STAILQ_ENTRY(waiting) entry;
	struct gcoap_datagram d;
	uint8_t data[];
};

struct gcoap__beside {
	struct gcoap_engine engine; /* first member */
	struct gcoap_engine *inner; /* the carrier's */
	STAILQ_HEAD(, waiting) queue;
	size_t n;
	struct waiting *gone; /* handed out by the last send */
};

static struct gcoap__beside *of(const struct gcoap_engine *e)
{
	return (struct gcoap__beside *)e;
}

static int beside_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap__beside *b = of(e);

	(void)now;
	free(b->gone);
	b->gone = STAILQ_FIRST(&b->queue);
	if (!b->gone)
		return 0;
	STAILQ_REMOVE_HEAD(&b->queue, entry);
	b->n--;
	*out = b->gone->d;
	return 1;
}

static int beside_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	return of(e)->inner->recv(of(e)->inner, in, now);
}

static gcoap_time beside_deadline(const struct gcoap_engine *e)
{
	return of(e)->n ? 0 : GCOAP_NEVER;
}

static void beside_tick(struct gcoap_engine *e, gcoap_time now)
{
	(void)e;
	(void)now;
}

static bool beside_done(const struct gcoap_engine *e)
{
	const struct gcoap_engine *inner = of(e)->inner;

	return !of(e)->n && (!inner->done || inner->done(inner));
}

static void beside_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			  gcoap_time now)
{
	struct gcoap_engine *inner = of(e)->inner;

	if (inner->failed)
		inner->failed(inner, out, error, now);
}

static void beside_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			       int error, gcoap_time now)
{
	struct gcoap_engine *inner = of(e)->inner;

	if (inner->unreachable)
		inner->unreachable(inner, out, error, now);
}

int gcoap__beside_new(struct gcoap__beside **out, struct gcoap_loop *l, struct gcoap_udp *udp,
		      struct gcoap_engine *inner)
{
	struct gcoap__beside *b = calloc(1, sizeof(*b));
	int r;

	*out = NULL;
	if (!b)
		return GCOAP_ENOMEM;
	b->engine = (struct gcoap_engine){ beside_send, beside_recv, beside_deadline, beside_tick,
					   beside_done, beside_failed, beside_unreachable };
	b->inner = inner;
	STAILQ_INIT(&b->queue);
	r = gcoap_loop_add(l, udp, &b->engine);
	if (r < 0) {
		free(b);
		return r;
	}
	*out = b;
	return 0;
}

void gcoap__beside_free(struct gcoap__beside *b)
{
	struct gcoap_datagram d;

	if (!b)
		return;
	while (beside_send(&b->engine, &d, 0) > 0)
		;
	free(b->gone);
	free(b);
}

int gcoap__beside_give(struct gcoap__beside *b, const struct gcoap_datagram *d)
{
	struct waiting *w = b->n < WAITING_MAX ? malloc(sizeof(*w) + d->data.len) : NULL;

	if (!w)
		return b->n < WAITING_MAX ? ENOMEM : ENOBUFS;
	w->d = *d;
	memcpy(w->data, d->data.ptr, d->data.len);
	w->d.data.ptr = w->data;
	STAILQ_INSERT_TAIL(&b->queue, w, entry);
	b->n++;
	return 0;
}
