/* The message layer (RFC 7252, Section 4): what is in flight, and what was seen. */
#include <gcoap/reliability.h>

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "dedup.h"
#include "mid.h"
#include "reply.h"
#include "table.h"
#include "timer.h"

enum place { NOWHERE, READY, FAILED };

/* A message of ours on its way. */
struct sent {
	struct gcoap__timer timer;
	TAILQ_ENTRY(sent) entry;
	enum place place;
	struct gcoap_addr to;
	uint32_t ifindex;
	uint64_t handle;
	gcoap_time wait;
	uint32_t tries;
	uint16_t mid;
	uint8_t type;
	uint8_t token_len;
	uint8_t token[GCOAP_TOKEN_MAX];
	size_t len;
	uint8_t data[];
};
TAILQ_HEAD(sent_list, sent);

struct by_mid {
	struct gcoap__mid_key key;
	struct sent *sent;
};

struct by_handle {
	uint64_t handle;
	struct sent *sent;
};

struct gcoap_reliability {
	struct gcoap_transmission params;
	struct gcoap_random *random;
	uint64_t seed[2];
	struct gcoap__mids mids;
	struct gcoap__aged seen; /* struct gcoap__seen */
	struct gcoap__table by_mid, by_handle;
	struct gcoap__timers timers;
	struct sent_list ready, failed;
	struct sent *gone; /* handed out by the last send, and not needed after it */
	struct gcoap__replies replies;
};

int gcoap_reliability_new(struct gcoap_reliability **out,
			  const struct gcoap_transmission *params, struct gcoap_random *random)
{
	struct gcoap_reliability *r = calloc(1, sizeof(*r));
	int err;

	*out = NULL;
	if (!r)
		return GCOAP_ENOMEM;
	r->params = *params;
	r->random = random;
	err = gcoap_random_fill(random, r->seed, sizeof(r->seed));
	if (err >= 0)
		err = gcoap__mids_init(&r->mids, random);
	if (err < 0) {
		free(r);
		return err;
	}
	TAILQ_INIT(&r->ready);
	TAILQ_INIT(&r->failed);
	gcoap__table_init(&r->by_mid, sizeof(struct by_mid), sizeof(struct gcoap__mid_key),
			  r->seed);
	gcoap__table_init(&r->by_handle, sizeof(struct by_handle), sizeof(uint64_t), r->seed);
	gcoap__seen_init(&r->seen, params, r->seed);
	*out = r;
	return 0;
}

static void move_to(struct gcoap_reliability *r, struct sent *s, enum place place)
{
	if (s->place == READY)
		TAILQ_REMOVE(&r->ready, s, entry);
	else if (s->place == FAILED)
		TAILQ_REMOVE(&r->failed, s, entry);
	s->place = place;
	if (place == READY)
		TAILQ_INSERT_TAIL(&r->ready, s, entry);
	else if (place == FAILED)
		TAILQ_INSERT_TAIL(&r->failed, s, entry);
}

static struct sent *sent_find(const struct gcoap_reliability *r, uint64_t handle)
{
	struct by_handle *h = gcoap__table_find(&r->by_handle, &handle);

	return h ? h->sent : NULL;
}

/* Take a message out of everything but the memory. */
static void forget(struct gcoap_reliability *r, struct sent *s)
{
	struct gcoap__mid_key key = gcoap__mid_key(&s->to, s->mid);

	move_to(r, s, NOWHERE);
	gcoap__timer_stop(&r->timers, &s->timer);
	if (s->handle) {
		gcoap__table_remove(&r->by_mid, &key);
		gcoap__table_remove(&r->by_handle, &s->handle);
	}
	gcoap__timers_release(&r->timers);
}

static void drop_gone(struct gcoap_reliability *r)
{
	free(r->gone);
	r->gone = NULL;
}

void gcoap_reliability_free(struct gcoap_reliability **rp)
{
	struct gcoap_reliability *r = *rp;
	struct sent *s;

	*rp = NULL;
	if (!r)
		return;
	/* What is neither ready nor failed is found by its handle only. */
	for (uint32_t i = 0; i < r->by_handle.n_slots; i++) {
		if (r->by_handle.slots[i]) {
			struct by_handle *h =
				gcoap__table_at(&r->by_handle,
						(uint32_t)r->by_handle.slots[i] - 1);

			move_to(r, h->sent, NOWHERE);
			free(h->sent);
		}
	}
	while ((s = TAILQ_FIRST(&r->ready))) {
		move_to(r, s, NOWHERE);
		free(s);
	}
	drop_gone(r);
	gcoap__replies_clear(&r->replies);
	gcoap__timers_clear(&r->timers);
	gcoap__table_clear(&r->by_mid);
	gcoap__table_clear(&r->by_handle);
	gcoap__aged_clear(&r->seen);
	gcoap__mids_clear(&r->mids);
	free(r);
}

static int choose_mid(struct gcoap_reliability *r, const struct gcoap_addr *to,
		      struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap__endpoint e = gcoap__endpoint(to);
	uint32_t who = gcoap_addr_is_multicast(to)
			       ? 0
			       : (uint32_t)gcoap__hash(&e, sizeof(e), r->seed) | 1;

	return gcoap__mid_take(&r->mids, who,
			       msg->type == GCOAP_CON ? r->params.exchange_lifetime
						      : r->params.non_lifetime,
			       now, &msg->mid);
}

/* Make it findable by handle, and by endpoint and Message ID. */
static int enter(struct gcoap_reliability *r, struct sent *s)
{
	struct gcoap__mid_key key = gcoap__mid_key(&s->to, s->mid);
	struct by_handle *h;
	struct by_mid *m;
	bool added;

	if (!s->handle)
		return 0;
	h = gcoap__table_add(&r->by_handle, &s->handle, &added);
	if (!h)
		return GCOAP_ENOMEM;
	h->sent = s;
	m = gcoap__table_add(&r->by_mid, &key, &added);
	if (!m) {
		gcoap__table_remove(&r->by_handle, &s->handle);
		return GCOAP_ENOMEM;
	}
	m->sent = s;
	return 0;
}

int gcoap_reliability_submit(struct gcoap_reliability *r, const struct gcoap_addr *to,
			     uint32_t ifindex, struct gcoap_msg *msg, bool keep_mid,
			     uint64_t handle, gcoap_time now)
{
	size_t size = gcoap_msg_size(msg);
	struct sent *s;
	int len;

	if (size > GCOAP_DATAGRAM_MAX)
		return GCOAP_ESPACE;
	if (handle)
		gcoap_reliability_cancel(r, handle);
	if (!keep_mid) {
		len = choose_mid(r, to, msg, now);
		if (len < 0)
			return len;
	}
	s = calloc(1, sizeof(*s) + size);
	if (!s)
		return GCOAP_ENOMEM;
	len = gcoap_msg_encode(msg, s->data, size);
	if (len < 0)
		goto fail;
	s->len = (size_t)len;
	s->to = *to;
	s->ifindex = ifindex;
	s->handle = handle;
	s->mid = msg->mid;
	s->type = msg->type;
	s->token_len = msg->token_len;
	memcpy(s->token, msg->token, sizeof(s->token));
	s->timer.owner = s;
	len = GCOAP_ENOMEM;
	if (!gcoap__timers_reserve(&r->timers))
		goto fail;
	len = enter(r, s);
	if (len < 0) {
		gcoap__timers_release(&r->timers);
		goto fail;
	}
	move_to(r, s, READY);
	return 0;
fail:
	free(s);
	return len;
}

/* ACK_TIMEOUT times a random factor of 1 to ACK_RANDOM_FACTOR (Section 4.2). */
static gcoap_time first_wait(struct gcoap_reliability *r)
{
	gcoap_time spread = r->params.ack_timeout / 100 *
			    ((int64_t)r->params.ack_random_percent - 100);

	return r->params.ack_timeout +
	       (spread > 0 ? (gcoap_time)gcoap_random_below(r->random, (uint64_t)spread + 1)
			   : 0);
}

int gcoap_reliability_send(struct gcoap_reliability *r, struct gcoap_datagram *out,
			   gcoap_time now)
{
	struct sent *s;

	drop_gone(r);
	if (gcoap__reply_send(&r->replies, out))
		return 1;
	s = TAILQ_FIRST(&r->ready);
	if (!s)
		return 0;
	move_to(r, s, NOWHERE);
	memset(out, 0, sizeof(*out));
	out->to = s->to;
	out->ifindex = s->ifindex;
	out->data = (struct gcoap_bytes){ s->data, s->len };
	if (s->type == GCOAP_CON) {
		s->wait = s->tries ? s->wait * 2 : first_wait(r);
		gcoap__timer_set(&r->timers, &s->timer, now + s->wait);
	}
	if (!s->handle && s->type != GCOAP_CON) {
		forget(r, s);
		r->gone = s;
	}
	return 1;
}

static void settle(struct gcoap_reliability *r, struct sent *s)
{
	gcoap__timer_stop(&r->timers, &s->timer);
	move_to(r, s, NOWHERE);
}

/* An ACK or RST, empty or with a response: does it answer a message of ours? */
static enum gcoap_delivery answer_to(struct gcoap_reliability *r,
				     const struct gcoap_datagram *in,
				     const struct gcoap_msg *msg, uint64_t *handle)
{
	struct gcoap__mid_key key = gcoap__mid_key(&in->from, msg->mid);
	struct by_mid *m = gcoap__table_find(&r->by_mid, &key);
	struct sent *s = m ? m->sent : NULL;

	if (!s)
		return GCOAP_STRAY;
	if (msg->type == GCOAP_RST) {
		*handle = s->handle;
		forget(r, s);
		free(s);
		return GCOAP_RESET;
	}
	if (s->type != GCOAP_CON)
		return GCOAP_STRAY;
	if (msg->code != GCOAP_EMPTY &&
	    (msg->token_len != s->token_len || memcmp(msg->token, s->token, s->token_len)))
		return GCOAP_STRAY;
	settle(r, s);
	*handle = s->handle;
	return msg->code == GCOAP_EMPTY ? GCOAP_ACKED : GCOAP_DELIVER;
}

enum gcoap_delivery gcoap_reliability_recv(struct gcoap_reliability *r,
					   const struct gcoap_datagram *in,
					   const struct gcoap_msg *msg, uint64_t *handle,
					   gcoap_time now)
{
	uint8_t type = GCOAP_NON;

	*handle = 0;
	if (msg->type == GCOAP_ACK || msg->type == GCOAP_RST)
		return answer_to(r, in, msg, handle);
	if (!gcoap__seen_take(&r->seen, &r->params, &in->from, msg, &type, now))
		return GCOAP_DELIVER;
	if (msg->type == GCOAP_CON && type != GCOAP_NON)
		gcoap__reply_add(&r->replies, type, &in->from, msg->mid);
	return GCOAP_DUPLICATE;
}

static int reply(struct gcoap_reliability *r, uint8_t type, const struct gcoap_addr *to,
		 uint16_t mid)
{
	gcoap__seen_answered(&r->seen, to, mid, type);
	return gcoap__reply_add(&r->replies, type, to, mid);
}

int gcoap_reliability_ack(struct gcoap_reliability *r, const struct gcoap_addr *to,
			  uint16_t mid)
{
	return reply(r, GCOAP_ACK, to, mid);
}

int gcoap_reliability_reset(struct gcoap_reliability *r, const struct gcoap_addr *to,
			    uint16_t mid)
{
	return reply(r, GCOAP_RST, to, mid);
}

int gcoap_reliability_failed(struct gcoap_reliability *r, uint64_t *handle)
{
	struct sent *s = TAILQ_FIRST(&r->failed);

	if (!s)
		return 0;
	*handle = s->handle;
	forget(r, s);
	free(s);
	return 1;
}

void gcoap_reliability_cancel(struct gcoap_reliability *r, uint64_t handle)
{
	struct sent *s = handle ? sent_find(r, handle) : NULL;

	if (!s)
		return;
	forget(r, s);
	free(s);
}

void gcoap_reliability_settle(struct gcoap_reliability *r, uint64_t handle)
{
	struct sent *s = handle ? sent_find(r, handle) : NULL;

	if (s)
		settle(r, s);
}

gcoap_time gcoap_reliability_deadline(const struct gcoap_reliability *r)
{
	return gcoap__timers_next(&r->timers);
}

void gcoap_reliability_tick(struct gcoap_reliability *r, gcoap_time now)
{
	struct gcoap__timer *t;

	while ((t = gcoap__timers_due(&r->timers, now))) {
		struct sent *s = t->owner;

		if (s->tries++ < r->params.max_retransmit)
			move_to(r, s, READY);
		else
			move_to(r, s, FAILED);
	}
}
