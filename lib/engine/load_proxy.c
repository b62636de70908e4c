/*
 * Behind a proxy: the timeout option that it misses or wants larger, and how it is told that
 * nobody listens any more (groupcomm-proxy-07, Sections 5.1.3, 5.2.1 and 8.1). An ordinary answer
 * does not come by here.
 */
#include "load.h"

#include <stdlib.h>

void gcoap__load_proxy_init(struct gcoap__load_target *t, const struct gcoap_load_request *q)
{
	const struct gcoap_option *o = gcoap__proxied_option(t->registry, q->request);
	uint32_t seconds;

	t->dialect = q->dialect;
	if (!t->proxied || !o || gcoap_uint_decode(o->value, 4, &seconds) < 0)
		return;
	t->timeout_number = o->number;
	t->collects = (gcoap_time)seconds * GCOAP_SECOND;
}

bool gcoap__load_wants_time(const struct gcoap__load_target *t, const struct gcoap_msg *msg)
{
	return (msg->code == GCOAP_BAD_REQUEST || msg->code == GCOAP_NOT_PROXY) &&
	       gcoap__proxied_option(t->registry, msg);
}

/* Seconds for the proxy to collect answers in, as its refusal @msg of @r asks for: 0 when it does
 * not, or when there is no time for them. */
static uint32_t wanted(const struct gcoap__load_target *t, const struct gcoap__load_round *r,
		       const struct gcoap_msg *msg, gcoap_time now)
{
	const struct gcoap_option *o = gcoap__proxied_option(t->registry, msg);
	int64_t most = (r->asked.limit - now - GCOAP_SECOND / 2) / GCOAP_SECOND;
	int64_t had = t->collects / GCOAP_SECOND;
	uint32_t least;

	if (!o || gcoap_uint_decode(o->value, 4, &least) < 0 || most < 1)
		return 0;
	if (msg->code == GCOAP_BAD_REQUEST && !least && o->number != t->timeout_number)
		return (uint32_t)(had > 0 && had < most ? had : most);
	return msg->code == GCOAP_NOT_PROXY && had > 0 && least > had && least <= most ? least : 0;
}

/* All requests from now on have @seconds in option @number, and in no other. */
static int set_timeout(struct gcoap_load *l, struct gcoap__load_target *t, uint16_t number,
		       uint32_t seconds)
{
	const uint16_t *draft = t->registry->draft;
	uint8_t value[4];
	struct gcoap_msg m;
	int r = gcoap_msg_decode(&m, (struct gcoap_bytes){ t->bytes, t->len }, NULL);

	gcoap_msg_remove(&m, draft[GCOAP_DRAFT_MULTICAST_SIGNALING]);
	gcoap_msg_remove(&m, draft[GCOAP_DRAFT_MULTICAST_TIMEOUT]);
	if (r >= 0)
		r = gcoap_msg_add_uint(&m, number, seconds, value);
	if (r >= 0)
		r = gcoap__load_change(l, t, &m);
	if (r < 0)
		return r;
	t->timeout_number = number;
	t->collects = (gcoap_time)seconds * GCOAP_SECOND;
	for (size_t i = 0; i < 2; i++) {
		if (draft[gcoap_dialects[i].timeout] == number)
			t->dialect = &gcoap_dialects[i];
	}
	return 0;
}

bool gcoap__load_retry(struct gcoap__load_client *c, struct gcoap__load_round *r, gcoap_time now)
{
	struct gcoap__load_target *t = &c->load->targets[r->asked.target];
	const struct gcoap_msg *msg = &c->in;
	uint32_t seconds;

	if (!t->proxied || r->retried || !gcoap__load_wants_time(t, msg))
		return false;
	/* What was sent before the first refusal came lacks the option, too. */
	if (t->retimed && r->version == t->version)
		return false;
	if (!t->retimed) {
		seconds = wanted(t, r, msg, now);
		if (!seconds ||
		    set_timeout(c->load, t, gcoap__proxied_option(t->registry, msg)->number,
				seconds) < 0)
			return false;
	}
	t->retimed = r->retried = true;
	gcoap__load_ask_again(r);
	return true;
}

/* ---- Early Stop Requests ---- */

/* Without memory it is not sent, and the proxy goes on until its time is over. */
static bool push(struct gcoap__load_client *c, const struct gcoap__load_asked *q)
{
	struct gcoap__load_asked *stops;
	uint32_t cap;

	if (c->n_stops == c->cap_stops) {
		cap = c->cap_stops ? 2 * c->cap_stops : 16;
		stops = realloc(c->stops, cap * sizeof(*stops));
		if (!stops)
			return false;
		c->stops = stops;
		c->cap_stops = cap;
	}
	c->stops[c->n_stops++] = *q;
	c->load->n_stops++;
	return true;
}

void gcoap__load_stop_early(struct gcoap__load_round *r, const struct gcoap__load_end *how,
			    gcoap_time now)
{
	struct gcoap__load_asked *q = &r->asked;
	const struct gcoap__load_target *t = &r->client->load->targets[q->target];

	if (!t->dialect || !t->dialect->early_stop || !t->collects ||
	    !(how->complete || how->interrupted) || now >= q->sent + t->collects)
		return;
	q->stopped = push(r->client, q);
}

int gcoap__load_stop_send(struct gcoap__load_client *c, struct gcoap_datagram *out,
			  gcoap_time now)
{
	const struct gcoap__load_asked *q = &c->stops[--c->n_stops];
	const struct gcoap__load_target *t = &c->load->targets[q->target];
	struct gcoap_load_count *count = &c->load->count;
	uint8_t token[GCOAP_TOKEN_MAX];
	struct gcoap_msg m;
	int n;

	c->load->n_stops--;
	gcoap__load_token(c->load, q, token);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	m.mid = gcoap__load_mid(c, t, NULL, now);
	gcoap_msg_set_token(&m, token, sizeof(token));
	n = gcoap_msg_add(&m, t->timeout_number, (struct gcoap_bytes){ 0 });
	if (n >= 0)
		n = gcoap_msg_encode(&m, c->stop_bytes, sizeof(c->stop_bytes));
	if (n < 0)
		return 0;
	*out = (struct gcoap_datagram){ .to = t->to,
					.ifindex = t->ifindex,
					.data = { c->stop_bytes, (size_t)n } };
	count->stops++;
	count->stop_bytes += gcoap__load_size(c->load, out->data);
	return 1;
}
