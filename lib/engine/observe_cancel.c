/*
 * Nobody listens any more: Observe 1 to the group under the same token, again when another
 * notification turns up (groupcomm-bis-03, Section 3.6), or to each server; notifications that
 * still come get a RST (RFC 7641, Section 3.6).
 */
#include "observe.h"

#define QUIET (2 * GCOAP_SECOND) /* without a notification: they have heard */
#define AGAIN_GAP GCOAP_SECOND
#define AGAIN_MOST 3
#define LEAVE_AT_MOST (6 * GCOAP_SECOND)

bool gcoap__cancel_refuses(const struct gcoap__exchange *x, const struct gcoap_msg *msg)
{
	return x->observation && x->observation->leaving && msg->type != GCOAP_ACK &&
	       GCOAP_CODE_CLASS(msg->code) == 2 && gcoap__observe_value(x, msg) >= 0;
}

static void send_group(struct gcoap__exchange *x, gcoap_time now)
{
	static const uint8_t one = 1;
	struct gcoap__observation *w = x->observation;
	struct gcoap_msg m = x->msg;
	int r;

	gcoap_msg_remove(&m, GCOAP_OBSERVE);
	r = gcoap_msg_add(&m, GCOAP_OBSERVE, (struct gcoap_bytes){ &one, 1 });
	if (r >= 0 && x->ask.proxied)
		r = gcoap__proxied_send(x, NULL, now);
	else if (r >= 0)
		r = gcoap_reliability_submit(x->client->reliability, &x->ask.to, x->ask.ifindex,
					     &m, false, 0, now);
	if (r < 0)
		gcoap__client_fail(x->client, r);
	w->left_at = now;
	w->quiet_at = now + QUIET;
	w->again_at = GCOAP_NEVER;
}

/* Who notifies is to answer; false: not all of them can be asked alone. */
static bool count_leaving(struct gcoap__exchange *x)
{
	struct gcoap_client *c = x->client;
	bool all = true;

	for (uint32_t i = 0; i < c->n_observed; i++) {
		struct gcoap__observed *o = c->observed[i];

		if (!o || o->exchange != x || o->state.state != GCOAP_OBSERVED_ACTIVE)
			continue;
		o->leaving = true;
		x->observation->n_leaving++;
		all = all && o->peer.family;
	}
	return all;
}

static void send_each(struct gcoap__exchange *x)
{
	struct gcoap_client *c = x->client;

	for (uint32_t i = 0; i < c->n_observed; i++) {
		struct gcoap__observed *o = c->observed[i];

		if (o && o->exchange == x && o->leaving)
			gcoap__ask_one(o, 1, NULL);
	}
}

void gcoap__cancel_begin(struct gcoap__exchange *x, enum gcoap_ended_by why, gcoap_time now)
{
	struct gcoap__observation *w = x->observation;
	bool all;

	if (x->state != GCOAP__OPEN || w->leaving)
		return;
	if (w->config.cancel == GCOAP_CANCEL_NOT) {
		gcoap__exchange_close(x, why, now);
		return;
	}
	w->leaving = true;
	gcoap__observe_halt(x, now);
	w->why = why;
	w->leave_by = now + LEAVE_AT_MOST;
	w->again_left = AGAIN_MOST;
	all = count_leaving(x);
	if (all && w->n_leaving && (!gcoap__many(x) || w->config.cancel == GCOAP_CANCEL_EACH)) {
		send_each(x);
		w->quiet_at = w->leave_by;
	} else if (gcoap__many(x)) {
		send_group(x, now);
	}
	if (w->n_leaving || (x->ask.proxied && x->msg.type == GCOAP_CON))
		gcoap__observe_plan(x);
	else
		gcoap__exchange_close(x, why, now);
}

gcoap_time gcoap__cancel_next(const struct gcoap__exchange *x)
{
	const struct gcoap__observation *w = x->observation;
	gcoap_time due = w->quiet_at < w->leave_by ? w->quiet_at : w->leave_by;

	return w->again_at < due ? w->again_at : due;
}

void gcoap__cancel_tick(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap__observation *w = x->observation;

	if (now >= w->again_at)
		send_group(x, now);
	if (now >= w->quiet_at || now >= w->leave_by)
		gcoap__exchange_close(x, w->why, now);
	else
		gcoap__observe_plan(x);
}

static void still_there(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap__observation *w = x->observation;
	gcoap_time at = w->left_at + AGAIN_GAP;

	if (!gcoap__many(x) || !w->left_at || !w->again_left || w->again_at < GCOAP_NEVER)
		return;
	w->again_left--;
	w->again_at = at > now ? at : now;
	w->quiet_at = w->again_at + QUIET;
	gcoap__observe_plan(x);
}

void gcoap__cancel_recv(struct gcoap__exchange *x, struct gcoap__observed *o,
			const struct gcoap_datagram *in, const struct gcoap_msg *msg,
			gcoap_time now)
{
	struct gcoap__observation *w = x->observation;

	if (gcoap__cancel_refuses(x, msg)) {
		x->client->stats.sum.late++;
		gcoap_reliability_reset(x->client->reliability, &in->from, msg->mid);
		still_there(x, now);
		return;
	}
	if (!o || !o->leaving)
		return;
	gcoap__ask_done(o, now);
	o->leaving = false;
	if (!--w->n_leaving)
		gcoap__exchange_close(x, w->why, now);
}

void gcoap_client_cancel(struct gcoap_client *c, enum gcoap_ended_by why, gcoap_time now)
{
	struct gcoap__exchange *x, *after;

	while ((x = TAILQ_FIRST(&c->waiting)))
		gcoap__exchange_close(x, why, now);
	gcoap__followups_stop(c, "stopped before the rest came", now);
	for (x = TAILQ_FIRST(&c->running); x; x = after) {
		after = TAILQ_NEXT(x, entry);
		if (x->observation)
			gcoap__cancel_begin(x, why, now);
		else
			gcoap__exchange_close(x, why, now);
	}
}
