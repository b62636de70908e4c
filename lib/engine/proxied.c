/*
 * Through a proxy: what the proxy itself says, what is sent because of it, and how it is told
 * that nobody listens (groupcomm-bis-03, Section 3.4; groupcomm-proxy-07, Sections 5 and 6).
 */
#include "observe.h"

#include <string.h>

bool gcoap__many(const struct gcoap__exchange *x)
{
	return x->ask.group || x->ask.proxied;
}

const struct gcoap_option *gcoap__proxied_option(const struct gcoap_registry *registry,
						 const struct gcoap_msg *m)
{
	const uint16_t *draft = registry->draft;
	const struct gcoap_option *o = gcoap_msg_find(m, draft[GCOAP_DRAFT_MULTICAST_SIGNALING]);

	return o ? o : gcoap_msg_find(m, draft[GCOAP_DRAFT_MULTICAST_TIMEOUT]);
}

static const struct gcoap_option *timeout_of(const struct gcoap__exchange *x,
					     const struct gcoap_msg *m)
{
	return gcoap__proxied_option(x->registry, m);
}

/* T' in seconds; -1: the request has none. */
static int64_t seconds_of(const struct gcoap__exchange *x)
{
	const struct gcoap_option *o = timeout_of(x, &x->msg);
	uint32_t s;

	return o && gcoap_uint_decode(o->value, 4, &s) >= 0 ? (int64_t)s : -1;
}

gcoap_time gcoap__proxied_time(const struct gcoap__exchange *x)
{
	int64_t s = seconds_of(x);

	return s > 0 ? s * GCOAP_SECOND : 0;
}

int gcoap__proxied_check(const struct gcoap__exchange *x)
{
	gcoap_time t = x->ask.timeout;
	int64_t s = seconds_of(x);

	if (!x->ask.proxied)
		return 0;
	if (t >= x->client->config.transmission.token_reuse)
		return GCOAP_EINVALID;
	return s > 0 && s >= (t + GCOAP_SECOND - 1) / GCOAP_SECOND ? GCOAP_EINVALID : 0;
}

bool gcoap__proxied_forgets(const struct gcoap__exchange *x)
{
	return x->ask.proxied && seconds_of(x) == 0;
}

int gcoap__proxied_send(struct gcoap__exchange *x, const struct gcoap_option *echo,
			gcoap_time now)
{
	static const uint8_t one = 1;
	bool leaving = x->observation && x->observation->leaving;
	struct gcoap_msg m = x->msg;
	int r = 0;

	x->through.echoed = echo != NULL;
	x->through.pinged = false;
	if (echo) {
		memcpy(x->through.echo, echo->value.ptr, echo->value.len);
		gcoap_msg_remove(&m, GCOAP_ECHO);
		r = gcoap_msg_add(&m, GCOAP_ECHO,
				  (struct gcoap_bytes){ x->through.echo, echo->value.len });
	}
	if (r >= 0 && leaving) {
		gcoap_msg_remove(&m, GCOAP_OBSERVE);
		r = gcoap_msg_add(&m, GCOAP_OBSERVE, (struct gcoap_bytes){ &one, 1 });
	}
	if (r < 0)
		return r;
	/* What ends the exchange must outlive it. */
	return gcoap_reliability_submit(x->client->reliability, &x->ask.to, x->ask.ifindex, &m,
					false,
					leaving && m.type == GCOAP_NON ? 0
								       : (uintptr_t)&x->party,
					now);
}

/* Send the request again, changed: true; false when that is not possible. */
static bool again(struct gcoap__exchange *x, const struct gcoap_option *echo, gcoap_time now)
{
	if (gcoap__proxied_send(x, echo, now) < 0)
		return false;
	if (!x->observation || !x->observation->leaving)
		x->last_sent = x->asked_at = now;
	gcoap__exchange_plan(x);
	return true;
}

/* The proxy has the request: it need not be repeated, and others may be sent. */
static void heard(struct gcoap__exchange *x, gcoap_time now)
{
	x->through.heard = true;
	gcoap__exchange_give_place(x, true, now);
}

void gcoap__proxied_acked(struct gcoap__exchange *x, gcoap_time now)
{
	if (!x->ask.proxied) {
		x->through.heard = true;
		return;
	}
	if (gcoap__pong(x))
		return;
	heard(x, now);
	if (x->observation && x->observation->leaving)
		gcoap__exchange_close(x, x->observation->why, now);
	else if (gcoap__proxied_forgets(x))
		gcoap__exchange_close(x, GCOAP_ENDED_TIMEOUT, now);
	else
		gcoap__exchange_plan(x);
}

bool gcoap__proxy_code(uint8_t code)
{
	switch (code) {
	case GCOAP_BAD_REQUEST:
	case GCOAP_UNAUTHORIZED:
	case GCOAP_BAD_OPTION:
	case GCOAP_FORBIDDEN:
	case GCOAP_TOO_LARGE:
		return true;
	}
	return GCOAP_CODE_CLASS(code) == 5;
}

/* Whole seconds that T' may have from now on, T being what is left of the window. */
static int64_t room(const struct gcoap__exchange *x, gcoap_time now)
{
	gcoap_time end = x->observation ? x->observation->window_end : x->ends_at;

	return (end - now - GCOAP_SECOND / 2) / GCOAP_SECOND;
}

/* Ask with T' of @seconds in option @number, and with no other. */
static bool ask_with(struct gcoap__exchange *x, uint16_t number, int64_t seconds,
		     gcoap_time now)
{
	const uint16_t *draft = x->registry->draft;

	if (seconds < 1 || x->through.retried)
		return false;
	x->through.retried = true;
	gcoap_msg_remove(&x->msg, draft[GCOAP_DRAFT_MULTICAST_SIGNALING]);
	gcoap_msg_remove(&x->msg, draft[GCOAP_DRAFT_MULTICAST_TIMEOUT]);
	if (gcoap_msg_add_uint(&x->msg, number, (uint32_t)seconds, x->through.timeout) < 0)
		return false;
	for (size_t i = 0; i < 2; i++) {
		if (draft[gcoap_dialects[i].timeout] == number)
			x->ask.dialect = &gcoap_dialects[i];
	}
	return again(x, NULL, now);
}

/*
 * 4.00 with the empty timeout option: it was missing (Section 5.2.1, or 6.1 of a reverse-proxy,
 * which is how it reveals itself). 5.05 with a value: the least that the proxy takes (8.1).
 */
static bool retry(struct gcoap__exchange *x, const struct gcoap_msg *msg, gcoap_time now)
{
	const struct gcoap_option *o = timeout_of(x, msg);
	int64_t had = seconds_of(x), most = room(x, now);
	uint32_t value;

	if (!o || gcoap_uint_decode(o->value, 4, &value) < 0)
		return false;
	if (msg->code == GCOAP_BAD_REQUEST && !value && !x->ask.relay &&
	    !gcoap_msg_find(&x->msg, o->number))
		return ask_with(x, o->number, had > 0 && had < most ? had : most, now);
	if (msg->code == GCOAP_NOT_PROXY && had > 0 && value > had &&
	    value <= most)
		return ask_with(x, o->number, value, now);
	return false;
}

static void refused(struct gcoap__exchange *x, const struct gcoap_datagram *in,
		    const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap__answer a = gcoap__answer_of(x, in, msg);
	struct gcoap_origin proxy = { .addr = in->from };

	if (x->observation && x->observation->leaving) {
		gcoap__exchange_close(x, x->observation->why, now);
		return;
	}
	a.refusal = true;
	a.server = &proxy;
	a.server_from = GCOAP_FROM_SOURCE;
	a.nth = 1;
	x->answers++;
	x->through.refused = msg->code;
	gcoap__deliver(x, &a);
	gcoap__exchange_close(x, GCOAP_ENDED_PROXY, now);
}

static bool is_leaving(const struct gcoap__exchange *x)
{
	return x->observation && x->observation->leaving;
}

/* What was asked as one server names another one as the origin: a group is behind it, and more
 * answers may come. */
static bool stands_for_group(const struct gcoap__exchange *x)
{
	enum gcoap_server_from from = x->client->record.server_from;

	return !x->ask.group && !x->ask.relay && !x->ask.server && !is_leaving(x) &&
	       (from == GCOAP_FROM_RESPONSE_FORWARDING || from == GCOAP_FROM_REPLY_FROM);
}

/* What looked like one server wants the timeout option: it is a reverse-proxy for a group, or
 * the name that the proxy was given is a group's. */
static bool is_reverse_proxy(struct gcoap__exchange *x, const struct gcoap_msg *msg,
			     gcoap_time now)
{
	if (x->ask.group || x->ask.relay || x->upload.on || is_leaving(x) ||
	    x->answers || msg->code != GCOAP_BAD_REQUEST || !retry(x, msg, now))
		return false;
	x->ask.proxied = true;
	x->ask.server = NULL;
	return true;
}

/*
 * A word of the proxy, not of the one server behind it: codes that only gateways have (RFC 7252,
 * Section 5.9.3; RFC 8768, Section 4), and the timeout option that it misses. What ends an
 * observation that was running is for the observation.
 */
static bool of_gateway(const struct gcoap__exchange *x, const struct gcoap_msg *msg)
{
	bool notified = x->observation && x->answers;

	if (x->ask.relay || notified ||
	    x->client->record.server_from != GCOAP_FROM_REQUEST)
		return false;
	switch (msg->code) {
	case GCOAP_BAD_GATEWAY:
	case GCOAP_GATEWAY_TIMEOUT:
	case GCOAP_NOT_PROXY:
	case GCOAP_HOP_LIMIT_REACHED:
		return true;
	case GCOAP_BAD_REQUEST:
		return timeout_of(x, msg) != NULL;
	}
	return false;
}

/* One answer is on the ACK, which others may overtake; what comes on it again is the same. */
static void answered(struct gcoap__exchange *x, const struct gcoap_msg *msg)
{
	struct gcoap_reliability *r = x->client->reliability;

	if (msg->type == GCOAP_ACK)
		gcoap_reliability_cancel(r, (uintptr_t)&x->party);
	else
		gcoap_reliability_settle(r, (uintptr_t)&x->party);
}

bool gcoap__proxied_recv(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			 const struct gcoap_msg *msg, gcoap_time now)
{
	const struct gcoap_option *echo = gcoap__echo_of(msg);
	bool own = x->client->record.server_from == GCOAP_FROM_UNKNOWN &&
		   !x->through.unnamed && gcoap__proxy_code(msg->code);

	if (!x->ask.proxied) {
		x->through.heard = true;
		if (is_reverse_proxy(x, msg, now))
			return true;
		if (of_gateway(x, msg)) {
			refused(x, in, msg, now);
			return true;
		}
		if (!stands_for_group(x))
			return false;
		x->ask.proxied = true;
	}
	heard(x, now);
	if (!x->observation || !x->observation->leaving)
		answered(x, msg);
	if (!own) {
		x->through.unnamed = x->through.unnamed ||
				     x->client->record.server_from == GCOAP_FROM_UNKNOWN;
		return false;
	}
	if (echo && !x->ask.relay && !x->through.echoed && again(x, echo, now))
		return true;
	/* What is relayed once is asked again by who relays it. */
	if ((!x->ask.relay || x->observation) && retry(x, msg, now))
		return true;
	refused(x, in, msg, now);
	return true;
}

bool gcoap__challenged(struct gcoap__exchange *x, const struct gcoap_msg *msg, gcoap_time now)
{
	const struct gcoap_option *echo = gcoap__echo_of(msg);

	if (gcoap__many(x) || x->ask.relay || is_leaving(x))
		return false;
	if (echo && !x->through.echoed && again(x, echo, now))
		return true;
	x->through.echoed = false;
	return false;
}

void gcoap__proxied_stop(struct gcoap__exchange *x, enum gcoap_ended_by why, gcoap_time now)
{
	const struct gcoap_dialect *d = x->ask.dialect;
	struct gcoap_msg m;
	int r;

	if (!x->ask.proxied || x->observation || !d || !d->early_stop ||
	    x->state != GCOAP__DRAINING || !x->first_sent || why == GCOAP_ENDED_TIMEOUT ||
	    why == GCOAP_ENDED_PROXY || x->error ||
	    now >= x->asked_at + seconds_of(x) * GCOAP_SECOND)
		return;
	gcoap_msg_init(&m, (enum gcoap_type)x->msg.type, GCOAP_GET);
	gcoap_msg_set_token(&m, x->party.token.bytes, x->party.token.len);
	r = gcoap_msg_add(&m, x->registry->draft[d->timeout], (struct gcoap_bytes){ 0 });
	/* A CON one is repeated until it is acknowledged, as long as the client runs. */
	if (r >= 0)
		r = gcoap_reliability_submit(x->client->reliability, &x->ask.to, x->ask.ifindex,
					     &m, false,
					     m.type == GCOAP_CON ? (uintptr_t)&x->party : 0, now);
	if (r < 0)
		gcoap__client_fail(x->client, r);
}
