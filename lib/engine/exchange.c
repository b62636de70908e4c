/* An exchange from its turn to its end: when the request goes out, when the window closes. */
#include "observe.h"

int gcoap__exchange_start(struct gcoap__exchange *x, gcoap_time now, gcoap_time *when)
{
	struct gcoap_client *c = x->client;
	uint32_t ifindex = x->ask.group ? x->ask.ifindex : 0;
	int r = gcoap__pace_take(&c->pace, &x->ask.to, ifindex, now, when);

	if (r == 0)
		return 0;
	if (r > 0) {
		r = gcoap_reliability_submit(c->reliability, &x->ask.to, x->ask.ifindex, &x->msg,
					     false, x->ask.group ? 0 : (uintptr_t)&x->party,
					     now);
		x->placed = r >= 0;
		if (r < 0)
			gcoap__pace_give(&c->pace, &x->ask.to, ifindex, true, 0, now, now);
	}
	if (r < 0) {
		gcoap__client_fail(c, r);
		gcoap__exchange_close(x, GCOAP_ENDED_ERROR, now);
		return 1;
	}
	TAILQ_REMOVE(&c->waiting, x, entry);
	TAILQ_INSERT_TAIL(&c->running, x, entry);
	x->state = GCOAP__OPEN;
	x->size = gcoap_msg_size(&x->msg);
	x->first_sent = x->last_sent = x->asked_at = now;
	x->ends_at = x->ask.timeout < GCOAP_NEVER - now ? now + x->ask.timeout : GCOAP_NEVER;
	if (c->stats.first_sent == GCOAP_NEVER)
		c->stats.first_sent = now;
	if (x->observation)
		gcoap__observe_started(x, now);
	else if (gcoap__proxied_forgets(x) && x->msg.type == GCOAP_NON)
		x->ends_at = now;
	gcoap__exchange_plan(x);
	gcoap__deliver_request(x);
	return 1;
}

/* When silence ends the exchange: counted once all repeats are out. */
static gcoap_time idle_at(const struct gcoap__exchange *x)
{
	gcoap_time since = x->last_answer > x->last_sent ? x->last_answer : x->last_sent;

	if (!x->ask.idle || !x->answers || x->repeats_left)
		return GCOAP_NEVER;
	return since + x->ask.idle;
}

void gcoap__exchange_plan(struct gcoap__exchange *x)
{
	gcoap_time due = x->ends_at, idle = idle_at(x), repeat = gcoap__repeat_at(x), ping;

	if (x->observation) {
		gcoap__observe_plan(x);
		return;
	}
	if (x->state != GCOAP__OPEN)
		return;
	if (idle < due)
		due = idle;
	if (repeat < due)
		due = repeat;
	ping = gcoap__ping_at(x);
	if (ping < due)
		due = ping;
	gcoap__timer_set(&x->client->timers, &x->timer, due);
}

void gcoap__exchange_tick(struct gcoap__exchange *x, gcoap_time now)
{
	if (x->state == GCOAP__DRAINING)
		gcoap__followups_over(x, "the rest did not come in time", now);
	if (x->state != GCOAP__OPEN)
		return;
	if (x->observation) {
		gcoap__observe_tick(x, now);
		return;
	}
	if (now >= x->ends_at) {
		gcoap__exchange_close(x, GCOAP_ENDED_TIMEOUT, now);
		return;
	}
	if (now >= idle_at(x)) {
		gcoap__exchange_close(x, GCOAP_ENDED_IDLE, now);
		return;
	}
	if (now >= gcoap__repeat_at(x))
		gcoap__repeat(x, now);
	if (now >= gcoap__ping_at(x))
		gcoap__ping(x, now);
	gcoap__exchange_plan(x);
}

void gcoap__exchange_give_place(struct gcoap__exchange *x, bool answered, gcoap_time now)
{
	if (!x->placed)
		return;
	x->placed = false;
	gcoap__pace_give(&x->client->pace, &x->ask.to, x->ask.group ? x->ask.ifindex : 0,
			 answered, x->size, x->last_sent, now);
	x->client->pump = true;
}

void gcoap__exchange_close(struct gcoap__exchange *x, enum gcoap_ended_by why, gcoap_time now)
{
	struct gcoap_client *c = x->client;

	if (x->state >= GCOAP__DRAINING)
		return;
	if (x->state == GCOAP__WAITING) {
		TAILQ_REMOVE(&c->waiting, x, entry);
		TAILQ_INSERT_TAIL(&c->running, x, entry);
	} else if (x->observation) {
		gcoap__observe_close(x, now);
	} else {
		gcoap__exchange_give_place(x, x->answers || why == GCOAP_ENDED_ERROR, now);
	}
	x->state = GCOAP__DRAINING;
	x->ended_by = why;
	/* However many servers have, or pretend to have, more: this long and no longer. */
	gcoap__timer_set(&c->timers, &x->timer,
			 now + c->config.transmission.exchange_lifetime);
	gcoap_reliability_cancel(c->reliability, (uintptr_t)&x->party);
	gcoap__proxied_stop(x, why, now);
	x->closed = x->party.token;
	gcoap__token_close(&c->tokens, &x->party, true, &x->party, now);
	gcoap__exchange_settle(x, now);
	c->pump = true;
}

void gcoap__exchange_settle(struct gcoap__exchange *x, gcoap_time now)
{
	struct gcoap_client *c = x->client;
	struct gcoap__exchange *oldest;

	if (x->state != GCOAP__DRAINING || x->n_followups)
		return;
	x->state = GCOAP__ENDED;
	gcoap__timer_stop(&c->timers, &x->timer);
	gcoap__deliver_missing(x);
	if ((x->n_awaited || x->n_servers < x->ask.expect) && !x->through.refused)
		c->stats.sum.expect_failed = true;
	gcoap__deliver_ended(x);
	gcoap__count_end(x);
	/* A server that is not there is no fault of this host: others may have answered. */
	gcoap__stats_ended(&c->stats, x->ended_by,
			   x->ended_by == GCOAP_ENDED_ERROR && !x->error, now);
	TAILQ_REMOVE(&c->running, x, entry);
	TAILQ_INSERT_TAIL(&c->ended, x, entry);
	if (++c->n_ended > GCOAP__ENDED_MAX) {
		oldest = TAILQ_FIRST(&c->ended);
		TAILQ_REMOVE(&c->ended, oldest, entry);
		c->n_ended--;
		gcoap__exchange_free(oldest);
	}
	gcoap__client_settle(c, now);
}

void gcoap__exchange_failed(struct gcoap__exchange *x, gcoap_time now)
{
	/* A RST or no ACK at all: nobody will answer. It reads as an end without an answer. */
	gcoap__exchange_close(x, x->observation && x->observation->leaving
					 ? x->observation->why
					 : GCOAP_ENDED_TIMEOUT, now);
}
