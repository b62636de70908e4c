/*
 * Follow-ups by unicast: the rest of a body (groupcomm-bis-03, Section 3.7), and the repeat with
 * an Echo value for one server of many (RFC 9175, Section 2.3). One request at a time to a server,
 * some servers at a time. Who was asked by CON is asked so again; else it is NON, as a group
 * request is, then CON when there is no answer.
 */
#include "observe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recv.h"

#define BLOCKED_MAX 256 /* passed over in one search for somebody to ask */

const struct gcoap_option *gcoap__echo_of(const struct gcoap_msg *msg)
{
	const struct gcoap_option *o;

	if (msg->code != GCOAP_UNAUTHORIZED)
		return NULL;
	o = gcoap_msg_find(msg, GCOAP_ECHO);
	return o && o->value.len >= 1 && o->value.len <= GCOAP__ECHO_MAX ? o : NULL;
}

static void keep_echo(struct gcoap__followup *f, const struct gcoap_option *echo)
{
	f->echo_len = (uint8_t)echo->value.len;
	memcpy(f->echo, echo->value.ptr, echo->value.len);
	f->echoed = true;
}

/* Keep the datagram whose options the record will show. */
static int keep_first(struct gcoap__followup *f, const struct gcoap_datagram *in)
{
	struct gcoap_client *c = f->exchange->client;
	uint8_t *copy;

	if (c->held - f->first_len + in->data.len > c->config.max_held)
		return GCOAP_ELIMIT;
	copy = malloc(in->data.len);
	if (!copy)
		return GCOAP_ENOMEM;
	memcpy(copy, in->data.ptr, in->data.len);
	c->held += in->data.len;
	c->held -= f->first_len;
	free(f->first);
	f->first = copy;
	f->first_len = in->data.len;
	return 0;
}

static void discard(struct gcoap__followup *f)
{
	struct gcoap_client *c = f->exchange->client;

	gcoap__body_clear(&f->body);
	c->held -= f->first_len;
	free(f->first);
	free(f->origin);
	gcoap__timers_release(&c->timers);
	free(f);
}

int gcoap__followup_new(struct gcoap__exchange *x, struct gcoap__server *s,
			const struct gcoap_datagram *in, const struct gcoap__answer *a,
			const struct gcoap_option *echo)
{
	struct gcoap_client *c = x->client;
	struct gcoap__followup *f = calloc(1, sizeof(*f));
	int r;

	if (!f)
		return GCOAP_ENOMEM;
	if (!gcoap__timers_reserve(&c->timers)) {
		free(f);
		return GCOAP_ENOMEM;
	}
	f->party.kind = GCOAP__FOLLOWUP;
	f->timer.owner = &f->party;
	f->exchange = x;
	f->peer = f->from = a->from;
	f->ifindex = x->ask.ifindex;
	f->at = a->at;
	f->rtt = a->rtt;
	f->nth = a->nth;
	gcoap__body_init(&f->body, x->ask.max_body, x->ask.max_blocks, &c->held,
			 c->config.max_held);
	r = keep_first(f, in);
	if (r >= 0 && x->ask.proxied)
		r = gcoap__followup_reach(f);
	if (r < 0) {
		discard(f);
		return r;
	}
	f->server = s;
	s->followed = true;
	f->notice = a->notice;
	if (f->notice.observed)
		f->notice.observed->followup = f;
	x->n_followups++;
	TAILQ_INSERT_TAIL(&c->queued, f, entry);
	c->pump = true;
	if (echo)
		keep_echo(f, echo);
	else if (gcoap__body_take(&f->body, a->msg) != GCOAP__BODY_MORE)
		gcoap__followup_end(f, f->body.problem[0] ? f->body.problem : NULL, a->at);
	return 0;
}

/* ACK_TIMEOUT with its random factor: how long a NON request is waited for. */
static gcoap_time wait_of(struct gcoap_client *c)
{
	const struct gcoap_transmission *t = &c->config.transmission;
	gcoap_time spread = t->ack_timeout / 100 * ((int64_t)t->ack_random_percent - 100);

	return t->ack_timeout + (gcoap_time)gcoap_random_below(
					c->random, spread > 0 ? (uint64_t)spread + 1 : 0);
}

/* MAX_TRANSMIT_SPAN (RFC 7252, Section 4.8.2). */
static gcoap_time span_of(const struct gcoap_client *c)
{
	const struct gcoap_transmission *t = &c->config.transmission;
	uint32_t times = t->max_retransmit < 16 ? (1u << t->max_retransmit) - 1 : UINT16_MAX;

	return t->ack_timeout / 100 * t->ack_random_percent * (times ? times : 1);
}

/* Did the request go there as CON? */
static bool was_confirmable(const struct gcoap__followup *f)
{
	const struct gcoap__exchange *x = f->exchange;

	return x->msg.type == GCOAP_CON && gcoap__same_endpoint(&f->peer, &x->ask.to);
}

/* Ask for what is next. */
static void advance(struct gcoap__followup *f, gcoap_time now)
{
	struct gcoap_client *c = f->exchange->client;
	bool confirm = was_confirmable(f);
	gcoap_time wait = now + wait_of(c);

	f->asked_at = now;
	f->give_up = now + span_of(c);
	if (f->end < f->give_up)
		f->give_up = f->end;
	if (gcoap__followup_send(f, confirm, now) < 0)
		gcoap__followup_end(f, "a request for the rest could not be made", now);
	else
		gcoap__timer_set(&c->timers, &f->timer,
				 !confirm && wait < f->give_up ? wait : f->give_up);
}

gcoap_time gcoap__followups_pump(struct gcoap_client *c, gcoap_time now)
{
	struct gcoap__followup *f, *after;
	gcoap_time when, next = GCOAP_NEVER;
	uint32_t blocked = 0;

	for (f = TAILQ_FIRST(&c->queued); f; f = after) {
		after = TAILQ_NEXT(f, entry);
		if (c->n_active >= GCOAP__FOLLOWUPS_MAX || blocked > BLOCKED_MAX)
			break;
		when = now + GCOAP_SECOND; /* should memory be short */
		if (gcoap__pace_take(&c->pace, &f->peer, 0, now, &when) <= 0) {
			next = when < next ? when : next;
			blocked++;
			continue;
		}
		TAILQ_REMOVE(&c->queued, f, entry);
		TAILQ_INSERT_TAIL(&c->active, f, entry);
		c->n_active++;
		f->active = true;
		f->end = now + c->config.transmission.exchange_lifetime;
		advance(f, now);
	}
	return next;
}

void gcoap__followup_end(struct gcoap__followup *f, const char *problem, gcoap_time now)
{
	struct gcoap__exchange *x = f->exchange;
	struct gcoap_client *c = x->client;
	struct gcoap_msg msg;
	struct gcoap__answer a = { .msg = &msg,
				   .from = f->from,
				   .ifindex = f->ifindex,
				   .at = f->at,
				   .rtt = f->rtt,
				   .nth = f->nth,
				   .blocks = f->body.blocks ? f->body.blocks : 1,
				   .body = { f->body.data, f->body.len },
				   .problem = problem,
				   .incomplete = problem != NULL,
				   .server = f->origin,
				   .server_from = f->server_from,
				   .notice = f->notice,
				   .now = now };
	char text[96];

	gcoap_reliability_cancel(c->reliability, (uintptr_t)&f->party);
	gcoap__token_close(&c->tokens, &f->party, false, NULL, now);
	gcoap__timer_stop(&c->timers, &f->timer);
	if (f->notice.observed)
		f->notice.observed->followup = NULL;
	TAILQ_REMOVE(f->active ? &c->active : &c->queued, f, entry);
	if (f->active) {
		c->n_active--;
		gcoap__pace_give(&c->pace, &f->peer, 0, true, 0, now, now);
	}
	if (gcoap_msg_decode(&msg, (struct gcoap_bytes){ f->first, f->first_len }, NULL) >= 0) {
		if (!f->body.blocks)
			a.body = msg.payload;
		if (!problem && f->body.size2 >= 0 && (uint64_t)f->body.size2 != f->body.len) {
			snprintf(text, sizeof(text), "Size2 says %lld bytes, %zu came",
				 (long long)f->body.size2, f->body.len);
			a.problem = text;
		}
		gcoap__deliver(x, &a);
	}
	f->server->followed = false;
	discard(f);
	x->n_followups--;
	c->pump = true;
	if (x->observation)
		gcoap__observe_settle(x, now);
	gcoap__exchange_settle(x, now);
}

void gcoap__followups_stop(struct gcoap_client *c, const char *problem, gcoap_time now)
{
	struct gcoap__followup *f;

	while ((f = TAILQ_FIRST(&c->active)) || (f = TAILQ_FIRST(&c->queued)))
		gcoap__followup_end(f, problem, now);
}

static void end_those_of(const struct gcoap__exchange *x, struct gcoap__followups *list,
			 const char *problem, gcoap_time now)
{
	struct gcoap__followup *f, *after;

	for (f = TAILQ_FIRST(list); f; f = after) {
		after = TAILQ_NEXT(f, entry);
		if (f->exchange == x)
			gcoap__followup_end(f, problem, now);
	}
}

void gcoap__followups_over(struct gcoap__exchange *x, const char *problem, gcoap_time now)
{
	end_those_of(x, &x->client->active, problem, now);
	end_those_of(x, &x->client->queued, problem, now);
}

void gcoap__followups_free(struct gcoap_client *c)
{
	struct gcoap__followup *f;

	while ((f = TAILQ_FIRST(&c->active)) || (f = TAILQ_FIRST(&c->queued))) {
		TAILQ_REMOVE(f->active ? &c->active : &c->queued, f, entry);
		gcoap__timer_stop(&c->timers, &f->timer);
		discard(f);
	}
}

/* Wait for a turn at the proxy, in place of the server. False: it has none to ask. */
static bool turn(struct gcoap__followup *f, gcoap_time now)
{
	struct gcoap_client *c = f->exchange->client;

	if (!gcoap__followup_turn(f))
		return false;
	gcoap_reliability_cancel(c->reliability, (uintptr_t)&f->party);
	gcoap__token_close(&c->tokens, &f->party, false, NULL, now);
	gcoap__timer_stop(&c->timers, &f->timer);
	gcoap__pace_give(&c->pace, &f->peer, 0, true, 0, now, now);
	TAILQ_REMOVE(&c->active, f, entry);
	c->n_active--;
	f->active = false;
	f->peer = f->exchange->ask.to;
	TAILQ_INSERT_TAIL(&c->queued, f, entry);
	c->pump = true;
	return true;
}

void gcoap__followup_lost(struct gcoap__followup *f, const char *problem, gcoap_time now)
{
	if (!f->active || !turn(f, now))
		gcoap__followup_end(f, problem, now);
}

void gcoap__followup_tick(struct gcoap__followup *f, gcoap_time now)
{
	struct gcoap_client *c = f->exchange->client;

	if (turn(f, now))
		return;
	if (now >= f->give_up || f->confirm) {
		gcoap__followup_end(f, f->echoed ? "no answer to the request with the Echo value"
						 : "no answer to the request for the rest", now);
		return;
	}
	if (gcoap__followup_send(f, true, now) < 0)
		gcoap__followup_end(f, "a request for the rest could not be made", now);
	else
		gcoap__timer_set(&c->timers, &f->timer, f->give_up);
}

/* The representation changed under us: begin again, once, where asking again is safe. */
static void restart(struct gcoap__followup *f, gcoap_time now)
{
	uint8_t method = f->exchange->msg.code;

	if (f->restarted || (method != GCOAP_GET && method != GCOAP_FETCH)) {
		gcoap__followup_end(f, "the representation changed while it was fetched", now);
		return;
	}
	f->restarted = true;
	gcoap__body_clear(&f->body);
	advance(f, now);
}

/* A response that is no block of the body: an error, or another 2.xx than before. */
static bool is_refusal(const struct gcoap__followup *f, const struct gcoap_msg *msg)
{
	return f->body.blocks && msg->code != f->body.code && GCOAP_CODE_CLASS(msg->code) != 2;
}

void gcoap__followup_recv(struct gcoap__followup *f, const struct gcoap_datagram *in,
			  const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap_client *c = f->exchange->client;
	const struct gcoap_option *echo = gcoap__echo_of(msg);
	char text[64], code[5];

	gcoap_reliability_cancel(c->reliability, (uintptr_t)&f->party);
	gcoap__token_close(&c->tokens, &f->party, false, NULL, now);
	if (echo && !f->echoed) {
		keep_echo(f, echo);
		advance(f, now);
		return;
	}
	f->echoed = false;
	if (is_refusal(f, msg) && msg->code == GCOAP_NOT_FOUND && turn(f, now))
		return;
	if (is_refusal(f, msg)) {
		snprintf(text, sizeof(text), "%s in place of block %u",
			 gcoap_code_format(msg->code, code), (unsigned)f->body.blocks);
		gcoap__followup_end(f, text, now);
		return;
	}
	if (!f->body.blocks && keep_first(f, in) < 0) {
		gcoap__followup_end(f, "no memory for the response", now);
		return;
	}
	if (!f->body.blocks && !f->restarted) {
		f->at = in->at;
		f->rtt = gcoap__rtt(f->asked_at, in->at);
	}
	switch (gcoap__body_take(&f->body, msg)) {
	case GCOAP__BODY_MORE:
		advance(f, now);
		break;
	case GCOAP__BODY_COMPLETE:
		gcoap__followup_end(f, NULL, now);
		break;
	case GCOAP__BODY_CHANGED:
		restart(f, now);
		break;
	case GCOAP__BODY_FAILED:
		gcoap__followup_end(f, f->body.problem, now);
		break;
	}
}
