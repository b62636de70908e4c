/* The UDP side towards clients: its life, and the way back to them. */
#include "front.h"

#include <stdlib.h>
#include <string.h>

struct gcoap_front *gcoap__front_of(const struct gcoap_engine *e)
{
	return (struct gcoap_front *)((uintptr_t)e - offsetof(struct gcoap_front, engine));
}

/* Does @msg answer the CON request at hand, which has no ACK yet? */
static bool is_piggybacked(const struct gcoap_front *f, const struct gcoap_peer *to,
			   const struct gcoap_msg *msg)
{
	const struct gcoap__front_now *n = &f->now;

	return n->peer && !n->answered && n->msg->type == GCOAP_CON &&
	       gcoap_addr_equal(&n->peer->addr, &to->addr) &&
	       gcoap_addr_equal(&n->peer->local, &to->local) &&
	       gcoap_msg_same_token(n->msg, msg);
}

static int respond(struct gcoap_way *w, const struct gcoap_peer *to, struct gcoap_msg *msg,
		   enum gcoap_send_as as, gcoap_time now)
{
	struct gcoap_front *f = (struct gcoap_front *)w;
	bool at_once = is_piggybacked(f, to, msg);
	struct gcoap__held *held = at_once ? NULL : gcoap__front_held(f, to, msg);
	struct gcoap__front_seen *seen = f->now.seen;
	struct gcoap_bytes encoded;
	int r;

	if (at_once || held) {
		msg->type = GCOAP_ACK;
		msg->mid = held ? held->mid : f->now.msg->mid;
	} else {
		msg->type = as == GCOAP_SEND_CON ? GCOAP_CON : GCOAP_NON;
		msg->mid = gcoap__front_mid(f, &to->addr);
	}
	r = gcoap__front_queue(f, to, msg, now, &encoded);
	if (r < 0) {
		f->stats.unsent++;
		return r;
	}
	f->stats.responses++;
	if (held) {
		gcoap__front_held_drop(f, held);
		seen = gcoap__front_seen_find(f, to, msg);
	} else if (at_once) {
		f->now.answered = true;
	}
	if ((at_once || held) && seen)
		gcoap__front_keep(f, seen, encoded);
	return 0;
}

static void failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
		   gcoap_time now)
{
	(void)out;
	(void)error;
	(void)now;
	gcoap__front_of(e)->stats.unsent++;
}

static bool done(const struct gcoap_engine *e)
{
	const struct gcoap_front *f = gcoap__front_of(e);

	return TAILQ_EMPTY(&f->ready) && TAILQ_EMPTY(&f->held);
}

static int random_start(struct gcoap_front *f)
{
	int r = gcoap_random_fill(f->random, f->seed, sizeof(f->seed));

	if (r >= 0)
		r = gcoap_random_fill(f->random, f->echo_key, sizeof(f->echo_key));
	if (r >= 0)
		r = gcoap_random_fill(f->random, f->mids, sizeof(f->mids));
	return r;
}

int gcoap_front_new(struct gcoap_front **out, const struct gcoap_front_config *config)
{
	struct gcoap_front *f;
	int r;

	*out = NULL;
	if (!config->served)
		return GCOAP_EINVALID;
	f = calloc(1, sizeof(*f));
	if (!f)
		return GCOAP_ENOMEM;
	f->config = *config;
	if (!f->config.max_peers)
		f->config.max_peers = 4096;
	gcoap_random_init(&f->kernel_random);
	f->random = config->random ? config->random : &f->kernel_random;
	r = random_start(f);
	if (r < 0) {
		free(f);
		return r;
	}
	f->way.respond = respond;
	f->engine = (struct gcoap_engine){ .send = gcoap__front_send, .recv = gcoap__front_recv,
					   .deadline = gcoap__front_deadline,
					   .tick = gcoap__front_tick, .done = done,
					   .failed = failed,
					   .unreachable = gcoap__front_unreachable };
	gcoap__front_seen_init(f);
	gcoap__front_proofs_init(f);
	gcoap__front_hold_init(f);
	gcoap__front_send_init(f);
	*out = f;
	return 0;
}

void gcoap_front_free(struct gcoap_front **f)
{
	if (!*f)
		return;
	gcoap__front_hold_clear(*f);
	gcoap__front_send_clear(*f);
	gcoap__aged_clear(&(*f)->proofs);
	gcoap__front_seen_clear(*f);
	free(*f);
	*f = NULL;
}

struct gcoap_engine *gcoap_front_engine(struct gcoap_front *f)
{
	return &f->engine;
}

struct gcoap_way *gcoap_front_way(struct gcoap_front *f)
{
	return &f->way;
}

void gcoap_front_stats(const struct gcoap_front *f, struct gcoap_front_stats *out)
{
	*out = f->stats;
}
