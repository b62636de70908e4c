/*
 * What servers tell those who observe answers requests without Observe, too, for as long as it is
 * fresh (RFC 7641, Sections 3.3.1 and 5.1): a registration is a request whose answers go on.
 */
#include "core.h"

void gcoap__cached_watch(struct gcoap__watch *w, const struct gcoap__ongoing *o)
{
	struct gcoap_proxy *p = w->proxy;

	if (!p->cache || p->cache_key_of != o->id)
		return;
	w->recall = gcoap__recall_new(p->cache, &p->cache_key);
	w->opened_by = w->group ? o->id : 0;
}

void gcoap__cached_watched(struct gcoap__watch *w, bool whole, gcoap_time now)
{
	w->opened_by = 0;
	if (!w->recall)
		return;
	if (whole)
		gcoap__recall_end(w->proxy->cache, w->recall, now);
	gcoap__recall_notified(w->proxy->cache, w->recall);
}

/* Of one server that is asked: whoever it is that answers for it. False: nobody can say. */
static bool server_of(const struct gcoap__watch *w, const struct gcoap_response *r,
		      struct gcoap_origin *out)
{
	const struct gcoap__observer *first = TAILQ_FIRST(&w->observers);

	*out = r->server;
	if (w->group)
		return r->server_from != GCOAP_FROM_UNKNOWN;
	if (first)
		*out = (struct gcoap_origin){ .scheme = first->ongoing->target.scheme,
					      .addr = first->ongoing->target.addr };
	return first;
}

void gcoap__cached_notified(struct gcoap__watch *w, const struct gcoap_response *r,
			    gcoap_time now)
{
	struct gcoap_proxy *p = w->proxy;
	struct gcoap_origin server;

	if (w->recall && server_of(w, r, &server))
		gcoap__recall_answer(p->cache, w->recall, &server, r->msg, now, &p->cached);
}
