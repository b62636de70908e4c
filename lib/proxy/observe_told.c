/* What the servers of a watch told last, for clients that come later (RFC 7641, Section 5.1). */
#include <stdlib.h>
#include <string.h>

#include "core.h"

#define MAX_AGE 60 /* RFC 7252, Section 5.10.5 */

static void forget(struct gcoap__watch *w, struct gcoap__told *t)
{
	w->bytes -= t->len;
	w->proxy->bytes -= t->len;
	free(t->bytes);
	t->bytes = NULL;
	t->len = 0;
}

/* Without room or memory it is not kept: whoever comes later is told by the server itself. */
static void keep(struct gcoap__watch *w, struct gcoap__told *t, const struct gcoap_msg *m)
{
	size_t len = gcoap_msg_size(m);
	int n;

	forget(w, t);
	if (w->bytes + len > GCOAP__CLIENT_BYTES || w->proxy->bytes + len > GCOAP__ALL_BYTES)
		return;
	t->bytes = malloc(len);
	n = t->bytes ? gcoap_msg_encode(m, t->bytes, len) : GCOAP_ENOMEM;
	if (n < 0) {
		free(t->bytes);
		t->bytes = NULL;
		return;
	}
	t->len = (size_t)n;
	w->bytes += t->len;
	w->proxy->bytes += t->len;
}

struct gcoap__told *gcoap__told_take(struct gcoap__watch *w, const struct gcoap_notification *n,
				     bool *was)
{
	const struct gcoap_response *r = n->response;
	struct gcoap__told *t;
	bool added;

	t = gcoap__table_add(&w->tolds, &n->server->index, &added);
	if (!t) {
		*was = false;
		return NULL;
	}
	*was = t->active;
	t->active = n->observe >= 0;
	t->server_from = r->server_from;
	t->scheme = r->server.scheme;
	t->server = r->server.addr;
	t->at = r->at;
	t->max_age = r->max_age >= 0 ? r->max_age : MAX_AGE;
	w->n_active = w->n_active - *was + t->active;
	keep(w, t, r->msg);
	return t;
}

/* Seconds that it has left; 0: it is not fresh. */
static uint32_t left(const struct gcoap__told *t, gcoap_time now)
{
	gcoap_time end = t->at + t->max_age * GCOAP_SECOND;

	return end > now ? (uint32_t)((end - now) / GCOAP_SECOND) : 0;
}

/* Max-Age is what is left of it (RFC 7252, Section 5.7.1). */
static void give(struct gcoap__ongoing *o, const struct gcoap__told *t, bool observe,
		 gcoap_time now)
{
	struct gcoap_msg m;
	struct gcoap_response r = { .msg = &m, .server_from = t->server_from };
	struct gcoap__relayed a;
	uint8_t store[4];

	if (gcoap_msg_decode(&m, (struct gcoap_bytes){ t->bytes, t->len }, NULL) < 0)
		return;
	r.server.scheme = t->scheme;
	r.server.addr = t->server;
	r.body = m.payload;
	gcoap_msg_remove(&m, GCOAP_MAX_AGE);
	if (!observe)
		gcoap_msg_remove(&m, GCOAP_OBSERVE);
	gcoap_msg_add_uint(&m, GCOAP_MAX_AGE, left(t, now), store);
	a = gcoap__relayed_of(o, &r);
	a.cached = true;
	gcoap__relay(o, &a, now);
}

uint32_t gcoap__told_give(struct gcoap__watch *w, struct gcoap__ongoing *o, bool observe,
			  bool *renew, gcoap_time now)
{
	uint32_t n = 0;
	bool old = !w->tolds.n;

	for (uint32_t i = 0; i < w->tolds.n_made; i++) {
		const struct gcoap__told *t = gcoap__table_at(&w->tolds, i);

		if (!left(t, now) || !t->bytes) {
			old = true;
		} else if (t->active) {
			give(o, t, observe, now);
			n++;
		}
	}
	if (renew)
		*renew = old;
	return n;
}

void gcoap__told_clear(struct gcoap__watch *w)
{
	for (uint32_t i = 0; i < w->tolds.n_made; i++)
		forget(w, gcoap__table_at(&w->tolds, i));
	gcoap__table_clear(&w->tolds);
}
