/* What leaves: acknowledgements, retransmissions, and requests as they become due. */
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SKIPS_A_TURN 4096

static struct gcoap__load_mid *use_of(struct gcoap__load_client *c, uint16_t mid)
{
	struct gcoap__load_mid **page = &c->mids[mid >> 8];

	if (!*page)
		*page = calloc(256, sizeof(**page));
	return *page ? *page + (mid & 0xff) : NULL;
}

/* Without memory for them, an ACK or a RST will not be known: no more. */
uint16_t gcoap__load_mid(struct gcoap__load_client *c, const struct gcoap__load_target *t,
			 struct gcoap__load_round *r, gcoap_time now)
{
	uint32_t life = (uint32_t)(c->load->config.transmission.exchange_lifetime / GCOAP_SECOND);
	uint32_t second = (uint32_t)(now / GCOAP_SECOND) + 1;
	uint16_t mid = c->mid++;
	struct gcoap__load_mid *use = use_of(c, mid);

	if (!use)
		return mid;
	if (use->second && use->endpoint == t->endpoint && second - use->second < life)
		c->load->count.mid_reused++;
	*use = (struct gcoap__load_mid){ r, second, t->endpoint };
	return mid;
}

static void give_mid(struct gcoap__load_client *c, struct gcoap__load_round *r, gcoap_time now)
{
	r->asked.mid = gcoap__load_mid(c, &c->load->targets[r->asked.target], r, now);
}

struct gcoap__load_round *gcoap__load_by_mid(struct gcoap__load_client *c, uint16_t mid)
{
	const struct gcoap__load_mid *page = c->mids[mid >> 8];
	struct gcoap__load_round *r = page ? page[mid & 0xff].round : NULL;

	return r && r->asked.round && r->client == c && r->asked.mid == mid ? r : NULL;
}

/* The bytes of the request with its Message ID and token. */
static void make(struct gcoap__load_client *c, const struct gcoap__load_round *r)
{
	const struct gcoap__load_target *t = &c->load->targets[r->asked.target];

	if (c->bytes_of != r->asked.target || c->bytes_version != t->version) {
		memcpy(c->bytes, t->bytes, t->len);
		c->bytes_of = r->asked.target;
		c->bytes_version = t->version;
	}
	c->bytes[2] = (uint8_t)(r->asked.mid >> 8);
	c->bytes[3] = (uint8_t)r->asked.mid;
	gcoap__load_token(c->load, &r->asked, c->bytes + 4);
}

/* ACK_TIMEOUT times a random factor of 1 to ACK_RANDOM_FACTOR (RFC 7252, Section 4.2). */
static gcoap_time first_wait(struct gcoap_load *l)
{
	const struct gcoap_transmission *p = &l->config.transmission;
	gcoap_time spread = p->ack_timeout / 100 * ((int64_t)p->ack_random_percent - 100);

	return p->ack_timeout +
	       (spread > 0 ? (gcoap_time)gcoap_random_below(&l->jitter, (uint64_t)spread + 1)
			   : 0);
}

static void hand_out(struct gcoap__load_client *c, struct gcoap__load_round *r,
		     struct gcoap_datagram *out, gcoap_time now)
{
	const struct gcoap__load_target *t = &c->load->targets[r->asked.target];

	make(c, r);
	*out = (struct gcoap_datagram){ .to = t->to,
					.ifindex = t->ifindex,
					.data = { c->bytes, t->len } };
	if (r->timed) {
		r->wait = r->wait ? r->wait * 2 : first_wait(c->load);
		gcoap__timer_set(&c->timers, &r->timer, now + r->wait);
	}
}

void gcoap__load_settle(struct gcoap__load_round *r)
{
	if (r->timed)
		gcoap__timer_stop(&r->client->timers, &r->timer);
	if (r->queued)
		TAILQ_REMOVE(&r->client->again, r, again);
	r->queued = false;
}

static void queue(struct gcoap__load_round *r)
{
	if (!r->queued)
		TAILQ_INSERT_TAIL(&r->client->again, r, again);
	r->queued = true;
}

void gcoap__load_ask_again(struct gcoap__load_round *r)
{
	gcoap__load_settle(r);
	r->wait = 0;
	r->version = UINT32_MAX; /* so that it gets a Message ID of its own */
	queue(r);
}

void gcoap__load_retransmit(struct gcoap__load_client *c, gcoap_time now)
{
	struct gcoap__load_end how = { .at = now };
	struct gcoap__timer *t;

	while ((t = gcoap__timers_due(&c->timers, now))) {
		struct gcoap__load_round *r = t->owner;

		if (r->tries < c->load->config.transmission.max_retransmit) {
			r->tries++;
			queue(r);
		} else {
			gcoap__load_round_end(r, &how, now);
		}
	}
}

static int send_again(struct gcoap__load_client *c, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap__load_round *r = TAILQ_FIRST(&c->again);
	uint32_t version;

	if (!r)
		return 0;
	TAILQ_REMOVE(&c->again, r, again);
	r->queued = false;
	version = c->load->targets[r->asked.target].version;
	/* With another Echo value it is another message. */
	if (r->version != version)
		give_mid(c, r, now);
	r->version = version;
	hand_out(c, r, out, now);
	return 1;
}

/* Begin the next request: NULL when there is no memory for it. */
static struct gcoap__load_round *begin(struct gcoap__load_client *c, gcoap_time now)
{
	struct gcoap_load *l = c->load;
	const struct gcoap__load_target *t = &l->targets[c->target];
	struct gcoap__load_round *r;

	if (t->confirmable && !gcoap__timers_reserve(&c->timers))
		return NULL;
	r = gcoap__load_round_take(l, c->next);
	if (!r) {
		if (t->confirmable)
			gcoap__timers_release(&c->timers);
		return NULL;
	}
	r->client = c;
	r->asked.target = c->target;
	r->asked.proof = gcoap__load_proof(l, r->asked.number);
	r->timed = t->confirmable;
	r->timer.owner = r;
	r->asked.due = c->due;
	r->asked.sent = now;
	r->asked.limit = t->timeout < GCOAP_NEVER - c->due ? c->due + t->timeout : GCOAP_NEVER;
	r->asked.warmup = gcoap__load_in_warmup(l, r->asked.due);
	r->version = t->version;
	r->first = r->last = GCOAP_NEVER;
	give_mid(c, r, now);
	TAILQ_INSERT_TAIL(&c->queues[t->queue], r, entry);
	c->open++;
	l->count.open++;
	if (c->next >= l->newest)
		l->newest = c->next + 1;
	return r;
}

/* A request that is not sent: too late for an answer, or no memory. Its place is free at @next. */
static void skip(struct gcoap__load_client *c, gcoap_time at, gcoap_time next, int error)
{
	uint64_t number = c->next;
	uint32_t target = c->target;
	gcoap_time due = c->due;

	gcoap__load_advance(c);
	gcoap__load_give_place(c, next);
	gcoap__load_round_unsent(c, number, target, due, at, error);
}

/* The next one that is due. What is too late for an answer is passed over, but not more of them
 * than let signals and answers have their turn: the deadline stays in the past meanwhile. */
static int send_next(struct gcoap__load_client *c, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap__load_round *r;

	for (int i = 0; i < SKIPS_A_TURN && gcoap__load_is_due(c, now); i++) {
		gcoap_time timeout = c->load->targets[c->target].timeout;

		if (now - c->due >= timeout) {
			skip(c, c->due + timeout, c->due + timeout, 0);
			continue;
		}
		r = begin(c, now);
		if (!r) {
			c->load->count.dropped++;
			skip(c, now, now + GCOAP__LOAD_PAUSE, ENOMEM);
			return 0;
		}
		gcoap__load_advance(c);
		hand_out(c, r, out, now);
		return 1;
	}
	return 0;
}

int gcoap__load_send(struct gcoap__load_client *c, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap_load_count *count = &c->load->count;

	if (gcoap__reply_send(&c->replies, out))
		count->replies++;
	else if (!send_again(c, out, now) &&
		 !(c->n_stops && gcoap__load_stop_send(c, out, now)) && !send_next(c, out, now))
		return 0;
	count->sent++;
	count->sent_bytes += gcoap__load_size(c->load, out->data);
	return 1;
}
