/* Requests that are being worked on: kept, found, closed. */
#include "core.h"

#include <stdlib.h>
#include <string.h>

struct by_key {
	struct gcoap__ongoing_key key;
	struct gcoap__ongoing *ongoing;
};

struct by_ask {
	uint64_t ask;
	struct gcoap__ongoing *ongoing;
};

static struct gcoap__ongoing_key key_of(const struct gcoap_peer *from, const uint8_t *token,
					size_t token_len)
{
	struct gcoap__ongoing_key key = { .way = (uintptr_t)from->way,
					  .session = from->session,
					  .token.len = token_len };

	if (!from->session) {
		key.from = gcoap__endpoint(&from->addr);
		key.local = gcoap__endpoint(&from->local);
	}
	memcpy(key.token.bytes, token, token_len);
	return key;
}

void gcoap__ongoing_begin(struct gcoap_proxy *p, struct gcoap__ongoing *o,
			  const struct gcoap_peer *from, const struct gcoap_msg *msg,
			  gcoap_time now)
{
	memset(o, 0, offsetof(struct gcoap__ongoing, target));
	memset(&o->kept, 0, sizeof(*o) - offsetof(struct gcoap__ongoing, kept));
	o->proxy = p;
	o->id = ++p->last_id;
	o->key = key_of(from, msg->token, msg->token_len);
	o->peer = *from;
	/* Who asks for a block wants that block. */
	o->stream = (from->transport == GCOAP_SCHEME_COAP_TCP ||
		     from->transport == GCOAP_SCHEME_COAPS_TCP) &&
		    !gcoap_msg_find(msg, GCOAP_BLOCK2);
	o->confirmable = msg->type == GCOAP_CON;
	o->dialect = p->config.dialect;
	o->since = now;
	o->ends_at = GCOAP_NEVER;
	o->target.uri[0] = '\0';
	o->target.host[0] = '\0';
	o->target.kind = GCOAP__LOCAL;
	o->target.dialect = NULL;
	o->target.reverse = NULL;
	o->target.addr.family = 0;
}

/* Copy all that @o borrows to @at and let it borrow that. */
static void take_borrowed(struct gcoap__ongoing *o, uint8_t *at)
{
	struct gcoap_msg *m = &o->target.msg;
	size_t len;

	for (size_t i = 0; i < m->n_options; i++) {
		len = m->options[i].value.len;
		if (len)
			memcpy(at, m->options[i].value.ptr, len);
		m->options[i].value.ptr = at;
		at += len;
	}
	if (m->payload.len)
		memcpy(at, m->payload.ptr, m->payload.len);
	m->payload.ptr = at;
	at += m->payload.len;
	if (o->peer.identity)
		o->peer.identity = memcpy(at, o->peer.identity, strlen(o->peer.identity) + 1);
}

static size_t borrowed(const struct gcoap__ongoing *o)
{
	const struct gcoap_msg *m = &o->target.msg;
	size_t size = m->payload.len;

	for (size_t i = 0; i < m->n_options; i++)
		size += m->options[i].value.len;
	return size + (o->peer.identity ? strlen(o->peer.identity) + 1 : 0);
}

/* Into the counts, or (@by -1) out of them: by what it is at the moment. */
static void count(struct gcoap__ongoing *o, int by)
{
	struct gcoap_proxy *p = o->proxy;
	uint32_t *n = o->stage == GCOAP__RESOLVING ? &p->n_resolving
		      : o->group		   ? &p->n_groups
						   : &p->n_singles;

	*n += (uint32_t)by;
	o->asker->n += (uint32_t)by;
	if (o->group)
		o->asker->n_groups += (uint32_t)by;
	o->counted = by > 0;
}

void gcoap__ongoing_resolved(struct gcoap__ongoing *o)
{
	gcoap__timer_stop(&o->proxy->timers, &o->timer);
	count(o, -1);
	o->stage = GCOAP__HELD;
}

void gcoap__ongoing_uncount(struct gcoap__ongoing *o)
{
	if (o->counted)
		count(o, -1);
}

/* A copy of @o on the heap with bytes of its own. */
static struct gcoap__ongoing *copy(const struct gcoap__ongoing *o)
{
	size_t size = borrowed(o);
	struct gcoap__ongoing *c = malloc(sizeof(*c));
	uint8_t *kept = malloc(size + 1);

	if (!c || !kept) {
		free(c);
		free(kept);
		return NULL;
	}
	*c = *o;
	c->kept = kept;
	c->size = sizeof(*c) + size;
	c->timer.owner = c;
	take_borrowed(c, kept);
	return c;
}

/* Known by its token from now on. */
static int enter(struct gcoap__ongoing *o)
{
	struct gcoap_proxy *p = o->proxy;
	struct by_key *row;
	bool added;

	if (!gcoap__timers_reserve(&p->timers))
		return GCOAP_ENOMEM;
	row = gcoap__table_add(&p->by_key, &o->key, &added);
	if (!row) {
		gcoap__timers_release(&p->timers);
		return GCOAP_ENOMEM;
	}
	row->ongoing = o;
	TAILQ_INSERT_TAIL(&p->all, o, entry);
	o->asker->bytes += o->size;
	p->bytes += o->size;
	return 0;
}

/* Whoever lets a client have more group requests lets it have the room for them. */
static size_t room(const struct gcoap_proxy *p)
{
	return GCOAP__CLIENT_BYTES +
	       (size_t)p->config.max_per_client * sizeof(struct gcoap__ongoing);
}

int gcoap__ongoing_keep(struct gcoap__ongoing **op)
{
	struct gcoap__ongoing *o = *op, *c;
	struct gcoap_proxy *p = o->proxy;
	size_t size = sizeof(*o) + borrowed(o);
	int r;

	if (!o->asker)
		o->asker = gcoap__asker_of(p, &o->peer, o->since);
	if (!o->asker)
		return GCOAP_ENOMEM;
	if (!o->kept) {
		if (o->asker->bytes + size > room(p) ||
		    p->bytes + size > GCOAP__ALL_BYTES)
			return GCOAP_ELIMIT;
		c = copy(o);
		r = c ? enter(c) : GCOAP_ENOMEM;
		if (r < 0) {
			if (c)
				free(c->kept);
			free(c);
			return r;
		}
		*op = o = c;
	}
	if (o->stage == GCOAP__FRESH)
		o->stage = GCOAP__HELD;
	if (!o->counted)
		count(o, 1);
	return 0;
}

struct gcoap__ongoing *gcoap__ongoing_find(struct gcoap_proxy *p, const struct gcoap_peer *from,
					   const uint8_t *token, size_t token_len)
{
	struct gcoap__ongoing_key key = key_of(from, token, token_len);
	struct by_key *row = gcoap__table_find(&p->by_key, &key);

	return row ? row->ongoing : NULL;
}

struct gcoap__ongoing *gcoap__ongoing_by_ask(struct gcoap_proxy *p, uint64_t ask)
{
	struct by_ask *row = gcoap__table_find(&p->by_ask, &ask);

	return row ? row->ongoing : NULL;
}

int gcoap__ongoing_asked(struct gcoap__ongoing *o, uint64_t ask)
{
	struct by_ask *row;
	bool added;

	row = gcoap__table_add(&o->proxy->by_ask, &ask, &added);
	if (!row)
		return GCOAP_ENOMEM;
	row->ongoing = o;
	o->ask = ask;
	o->stage = GCOAP__ASKED;
	return 0;
}

void gcoap__ongoing_unask(struct gcoap__ongoing *o)
{
	if (o->ask)
		gcoap__table_remove(&o->proxy->by_ask, &o->ask);
	o->ask = 0;
}

void gcoap__ongoing_close(struct gcoap__ongoing *o, const char *why, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;

	if (!o->kept || o->stage == GCOAP__CLOSED)
		return;
	if (o->counted)
		count(o, -1);
	gcoap__observer_gone(o, now);
	gcoap__table_remove(&p->by_key, &o->key);
	if (o->ask)
		gcoap__table_remove(&p->by_ask, &o->ask);
	gcoap__timer_stop(&p->timers, &o->timer);
	gcoap__timers_release(&p->timers);
	o->asker->bytes -= o->size;
	p->bytes -= o->size;
	o->stage = GCOAP__CLOSED;
	o->why = why;
	TAILQ_REMOVE(&p->all, o, entry);
	TAILQ_INSERT_TAIL(&p->closed, o, entry);
	if (o->forwarded || !o->refused)
		gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_ENDED,
							    .why = why }, now);
}

static void release(struct gcoap__ongoing *o)
{
	gcoap__recall_free(o->proxy->cache, &o->recall);
	gcoap__observer_free(o);
	free(o->kept);
	free(o);
}

void gcoap__ongoing_reap(struct gcoap_proxy *p, gcoap_time now)
{
	struct gcoap__ongoing *o;

	while ((o = TAILQ_FIRST(&p->closed))) {
		TAILQ_REMOVE(&p->closed, o, entry);
		if (o->ask)
			gcoap_client_end(p->client, (uint32_t)o->ask, GCOAP_ENDED_INTERRUPT,
					 now);
		release(o);
	}
	gcoap__watches_reap(p, now);
}

void gcoap__ongoing_free_all(struct gcoap_proxy *p)
{
	struct gcoap__ongoing *o;

	while ((o = TAILQ_FIRST(&p->all))) {
		TAILQ_REMOVE(&p->all, o, entry);
		release(o);
	}
	while ((o = TAILQ_FIRST(&p->closed))) {
		TAILQ_REMOVE(&p->closed, o, entry);
		release(o);
	}
}
