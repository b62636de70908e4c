/* Messages to clients: queued, retransmitted, given up (RFC 7252, Section 4.2). */
#include "front.h"

#include <stdlib.h>
#include <string.h>

struct unacked {
	uint64_t key;
	struct gcoap__outgoing *out;
};

void gcoap__front_send_init(struct gcoap_front *f)
{
	TAILQ_INIT(&f->ready);
	gcoap__table_init(&f->unacked, sizeof(struct unacked), sizeof(uint64_t), f->seed);
	gcoap__front_lost_init(f);
}

static void set_ready(struct gcoap_front *f, struct gcoap__outgoing *o, bool ready)
{
	if (o->ready == ready)
		return;
	o->ready = ready;
	if (ready) {
		TAILQ_INSERT_TAIL(&f->ready, o, entry);
		f->waiting += sizeof(*o) + o->len;
	} else {
		TAILQ_REMOVE(&f->ready, o, entry);
		f->waiting -= sizeof(*o) + o->len;
	}
}

/* No more of a CON message. */
static void forget(struct gcoap_front *f, struct gcoap__outgoing *o)
{
	set_ready(f, o, false);
	gcoap__timer_stop(&f->timers, &o->timer);
	gcoap__timers_release(&f->timers);
	gcoap__table_remove(&f->unacked, &o->key);
	free(o);
}

void gcoap__front_send_clear(struct gcoap_front *f)
{
	struct gcoap__outgoing *o;

	for (uint32_t i = 0; i < f->unacked.n_slots; i++) {
		if (f->unacked.slots[i]) {
			struct unacked *u = gcoap__table_at(&f->unacked,
							    (uint32_t)f->unacked.slots[i] - 1);

			set_ready(f, u->out, false);
			free(u->out);
		}
	}
	while ((o = TAILQ_FIRST(&f->ready))) {
		set_ready(f, o, false);
		free(o);
	}
	free(f->gone);
	gcoap__timers_clear(&f->timers);
	gcoap__table_clear(&f->unacked);
	gcoap__aged_clear(&f->sent);
}

uint16_t gcoap__front_mid(struct gcoap_front *f, const struct gcoap_addr *to)
{
	struct gcoap__endpoint e = gcoap__endpoint(to);
	uint64_t hash = gcoap__hash(&e, sizeof(e), f->seed);

	return f->mids[hash % (sizeof(f->mids) / sizeof(*f->mids))]++;
}

static int outgoing_new(struct gcoap__outgoing **out, const struct gcoap_front *f,
			const struct gcoap_peer *to, size_t len)
{
	struct gcoap__outgoing *o;

	if (f->waiting + sizeof(*o) + len > GCOAP__FRONT_WAITING)
		return GCOAP_ELIMIT;
	o = malloc(sizeof(*o) + len);
	if (!o)
		return GCOAP_ENOMEM;
	memset(o, 0, sizeof(*o));
	o->timer.owner = o;
	o->to = to->addr;
	o->from = to->local;
	o->ifindex = gcoap_addr_needs_zone(&to->addr) ? to->ifindex : 0;
	o->len = len;
	*out = o;
	return 0;
}

static int expect_ack(struct gcoap_front *f, struct gcoap__outgoing *o,
		      const struct gcoap_msg *msg)
{
	struct unacked *u;
	bool added;

	if (f->unacked.n >= GCOAP__FRONT_UNACKED)
		return GCOAP_ELIMIT;
	if (!gcoap__timers_reserve(&f->timers))
		return GCOAP_ENOMEM;
	u = gcoap__table_add(&f->unacked, &o->key, &added);
	if (!u || !added) {
		gcoap__timers_release(&f->timers);
		return u ? GCOAP_ELIMIT : GCOAP_ENOMEM;
	}
	u->out = o;
	o->con = true;
	memcpy(o->token, msg->token, sizeof(o->token));
	o->token_len = msg->token_len;
	return 0;
}

int gcoap__front_queue(struct gcoap_front *f, const struct gcoap_peer *to,
		       const struct gcoap_msg *msg, gcoap_time now,
		       struct gcoap_bytes *encoded)
{
	size_t len = gcoap_msg_size(msg);
	struct gcoap__outgoing *o;
	int r;

	if (len > GCOAP_DATAGRAM_MAX)
		return GCOAP_ESPACE;
	r = outgoing_new(&o, f, to, len);
	if (r < 0)
		return r;
	r = gcoap_msg_encode(msg, o->data, len);
	if (r >= 0 && msg->type <= GCOAP_NON)
		o->key = gcoap__front_key(f, &to->addr, msg->mid);
	if (r >= 0 && msg->type == GCOAP_CON)
		r = expect_ack(f, o, msg);
	if (r < 0) {
		free(o);
		return r;
	}
	if (msg->type <= GCOAP_NON)
		gcoap__front_remember(f, msg, o->key, now);
	set_ready(f, o, true);
	if (encoded)
		*encoded = (struct gcoap_bytes){ o->data, len };
	if (f->config.seen)
		f->config.seen(f->config.arg, true, to, msg, now);
	return 0;
}

int gcoap__front_queue_bytes(struct gcoap_front *f, const struct gcoap_peer *to,
			     struct gcoap_bytes bytes)
{
	struct gcoap__outgoing *o;
	int r = outgoing_new(&o, f, to, bytes.len);

	if (r < 0)
		return r;
	memcpy(o->data, bytes.ptr, bytes.len);
	set_ready(f, o, true);
	return 0;
}

int gcoap__front_queue_empty(struct gcoap_front *f, const struct gcoap_peer *to,
			     enum gcoap_type type, uint16_t mid, gcoap_time now)
{
	const uint8_t bytes[4] = { (uint8_t)(1u << 6 | (unsigned)type << 4), GCOAP_EMPTY,
				   (uint8_t)(mid >> 8), (uint8_t)mid };
	int r = gcoap__front_queue_bytes(f, to, (struct gcoap_bytes){ bytes, sizeof(bytes) });

	if (r >= 0 && f->config.seen) {
		gcoap_msg_init(&f->out, type, GCOAP_EMPTY);
		f->out.mid = mid;
		f->config.seen(f->config.arg, true, to, &f->out, now);
	}
	return r;
}

/* ACK_TIMEOUT times a random factor of 1 to ACK_RANDOM_FACTOR. */
static gcoap_time first_wait(struct gcoap_front *f)
{
	const struct gcoap_transmission *t = &f->config.transmission;
	gcoap_time spread = t->ack_timeout / 100 * ((int64_t)t->ack_random_percent - 100);

	return t->ack_timeout +
	       (spread > 0 ? (gcoap_time)gcoap_random_below(f->random, (uint64_t)spread + 1)
			   : 0);
}

int gcoap__front_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct gcoap_front *f = gcoap__front_of(e);
	struct gcoap__outgoing *o = TAILQ_FIRST(&f->ready);

	free(f->gone);
	f->gone = NULL;
	if (!o)
		return 0;
	set_ready(f, o, false);
	*out = (struct gcoap_datagram){ .from = o->from, .to = o->to, .ifindex = o->ifindex,
					.data = { o->data, o->len } };
	f->stats.bytes_out += o->len;
	if (o->con) {
		f->stats.retransmissions += o->tries > 0;
		o->wait = o->tries ? o->wait * 2 : first_wait(f);
		gcoap__timer_set(&f->timers, &o->timer, now + o->wait);
	} else {
		f->gone = o;
	}
	return 1;
}

gcoap_time gcoap__front_deadline(const struct gcoap_engine *e)
{
	const struct gcoap_front *f = gcoap__front_of(e);
	gcoap_time held = gcoap__front_held_due(f), next = gcoap__timers_next(&f->timers);

	return held < next ? held : next;
}

static void give_up(struct gcoap_front *f, struct gcoap__outgoing *o, gcoap_time now)
{
	struct gcoap_peer peer = { .way = &f->way, .transport = GCOAP_SCHEME_COAP,
				   .addr = o->to, .local = o->from, .ifindex = o->ifindex };
	uint8_t token[GCOAP_TOKEN_MAX], token_len = o->token_len;

	memcpy(token, o->token, sizeof(token));
	forget(f, o);
	f->config.served->lost(f->config.served, &peer, token, token_len, now);
}

void gcoap__front_tick(struct gcoap_engine *e, gcoap_time now)
{
	struct gcoap_front *f = gcoap__front_of(e);
	struct gcoap__timer *t;

	gcoap__front_held_tick(f, now);
	while ((t = gcoap__timers_due(&f->timers, now))) {
		struct gcoap__outgoing *o = t->owner;

		if (o->tries++ < f->config.transmission.max_retransmit)
			set_ready(f, o, true);
		else
			give_up(f, o, now);
	}
}

bool gcoap__front_unawait(struct gcoap_front *f, uint64_t key)
{
	struct unacked *u = gcoap__table_find(&f->unacked, &key);

	if (u)
		forget(f, u->out);
	return u != NULL;
}
