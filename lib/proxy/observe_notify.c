/* What comes from the servers of a watch goes to each of its clients. */
#include "core.h"

void gcoap__watch_sent(struct gcoap__watch *w, const struct gcoap_request_record *r)
{
	struct gcoap__observer *first = TAILQ_FIRST(&w->observers);

	w->proxy->stats.forwarded++;
	if (first)
		gcoap__event(first->ongoing,
			     (struct gcoap_proxy_event){ .what = GCOAP_PROXY_FORWARDED,
							 .msg = r->msg,
							 .to = r->to }, w->proxy->now);
}

/* Is it time to ask whether the client still listens? */
static bool confirm(struct gcoap__observer *ob, gcoap_time now)
{
	if (++ob->unconfirmed < GCOAP__CONFIRM_EVERY &&
	    now - ob->confirmed_at < GCOAP__CONFIRM_AFTER)
		return false;
	ob->unconfirmed = 0;
	ob->confirmed_at = now;
	return true;
}

static void relay(struct gcoap__observer *ob, const struct gcoap_response *r, gcoap_time now)
{
	struct gcoap__ongoing *o = ob->ongoing;
	struct gcoap__relayed a = gcoap__relayed_of(o, r);

	o->as = confirm(ob, now) ? GCOAP_SEND_CON : GCOAP_SEND_NON;
	gcoap__relay(o, &a, now);
	o->as = GCOAP_SEND_NON;
}

/* Nobody is left to notify those whose T' is over. */
static void settle(struct gcoap__watch *w, gcoap_time now)
{
	struct gcoap__observer *ob, *after;

	if (!w->group || w->n_active)
		return;
	for (ob = TAILQ_FIRST(&w->observers); ob; ob = after) {
		after = TAILQ_NEXT(ob, entry);
		if (!ob->in_window)
			gcoap__ongoing_close(ob->ongoing, "no server notifies", now);
	}
}

/*
 * Until T' everything is relayed as it comes; later notifications, and what ends the observation
 * at a server: an error, or a response without Observe (groupcomm-proxy-07, Section 5.4.2).
 */
void gcoap__watch_notified(struct gcoap__watch *w, const struct gcoap_notification *n,
			   gcoap_time now)
{
	struct gcoap__observer *ob, *after;
	bool was, lives;

	gcoap__told_take(w, n, &was);
	gcoap__cached_notified(w, n->response, now);
	lives = was || n->observe >= 0;
	for (ob = TAILQ_FIRST(&w->observers); ob; ob = after) {
		after = TAILQ_NEXT(ob, entry);
		if (ob->ongoing->stage == GCOAP__CLOSED)
			continue;
		if (lives || ob->in_window || !w->group)
			relay(ob, n->response, now);
	}
	settle(w, now);
}

void gcoap__watch_refused(struct gcoap__watch *w, const struct gcoap_response *r,
			  gcoap_time now)
{
	struct gcoap__relayed a = { .msg = r->msg, .body = r->body };
	struct gcoap__observer *ob, *after;
	struct gcoap__refusal refusal;
	uint32_t wanted;
	bool own = w->group && gcoap__chain_refusal(w->proxy, r->msg, &wanted, &refusal);

	for (ob = TAILQ_FIRST(&w->observers); ob; ob = after) {
		after = TAILQ_NEXT(ob, entry);
		if (ob->ongoing->stage == GCOAP__CLOSED)
			continue;
		if (own)
			gcoap__refuse_request(ob->ongoing, &refusal, now);
		else
			gcoap__relay(ob->ongoing, &a, now);
	}
}

void gcoap__watch_ended(struct gcoap__watch *w, const struct gcoap_ended *e, gcoap_time now)
{
	struct gcoap__observer *ob, *after;
	struct gcoap__ongoing *o;

	gcoap__watch_unask(w);
	for (ob = TAILQ_FIRST(&w->observers); ob; ob = after) {
		after = TAILQ_NEXT(ob, entry);
		o = ob->ongoing;
		if (o->stage == GCOAP__CLOSED)
			continue;
		if (!o->answers && (!o->group || e->ended_by != GCOAP_ENDED_INTERRUPT))
			gcoap__unanswered(o, e, now);
		gcoap__ongoing_close(o, gcoap_ended_by_name(e->ended_by), now);
	}
}
