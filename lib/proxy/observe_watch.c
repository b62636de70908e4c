/* Registrations at the servers, and what makes two requests the same. */
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "engine/observe.h"

struct by_ask {
	uint64_t ask;
	struct gcoap__watch *watch;
};

/* Appends to @buf; what does not fit is counted. */
struct writer {
	uint8_t *buf;
	size_t cap, len;
};

static void put(struct writer *w, const void *p, size_t len)
{
	if (len && w->len + len <= w->cap)
		memcpy(w->buf + w->len, p, len);
	w->len += len;
}

static void put_sized(struct writer *w, const void *p, size_t len)
{
	put(w, &len, sizeof(len));
	put(w, p, len);
}

/* Options that say nothing about what is asked. */
static bool is_apart(uint16_t number)
{
	return number == GCOAP_OBSERVE || number == GCOAP_HOP_LIMIT ||
	       gcoap_option_no_cache_key(number);
}

/* Whose (each authenticated client for itself, all others together), where, what. */
static void put_key(struct writer *w, const struct gcoap__ongoing *o)
{
	const char *identity = o->peer.identity ? o->peer.identity : "";
	const struct gcoap__target *t = &o->target;
	struct gcoap__endpoint to = gcoap__endpoint(&t->addr);
	const struct gcoap_msg *m = &t->msg;

	put(w, (const uint8_t[]){ o->peer.identity != NULL, m->code }, 2);
	put_sized(w, identity, strlen(identity));
	put(w, &to, sizeof(to));
	put(w, &t->ifindex, sizeof(t->ifindex));
	put_sized(w, t->host, strlen(t->host));
	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *option = &m->options[i];

		if (is_apart(option->number))
			continue;
		put(w, &option->number, sizeof(option->number));
		put_sized(w, option->value.ptr, option->value.len);
	}
	put_sized(w, m->payload.ptr, m->payload.len);
}

static size_t key_len(const struct gcoap__ongoing *o)
{
	struct writer w = { 0 };

	put_key(&w, o);
	return w.len;
}

void gcoap__watches_init(struct gcoap_proxy *p, const uint64_t seed[2])
{
	TAILQ_INIT(&p->watches);
	gcoap__table_init(&p->watch_by_ask, sizeof(struct by_ask), sizeof(uint64_t), seed);
}

/* @key of the same length as the watch's. */
static bool same_key(const struct gcoap__watch *w, const uint8_t *key, size_t len)
{
	return w->key_len == len && !memcmp(w->key, key, len);
}

bool gcoap__watch_fits(const struct gcoap__watch *w, const struct gcoap__ongoing *o)
{
	struct writer key = { .cap = key_len(o) };
	bool same;

	if (key.cap != w->key_len)
		return false;
	key.buf = malloc(key.cap);
	if (!key.buf)
		return false;
	put_key(&key, o);
	same = same_key(w, key.buf, key.len);
	free(key.buf);
	return same;
}

/* Registrations are rare, and there are no more of them than ongoing requests. */
struct gcoap__watch *gcoap__watch_find(struct gcoap_proxy *p, const struct gcoap__ongoing *o)
{
	struct gcoap__watch *w;

	TAILQ_FOREACH(w, &p->watches, entry) {
		if (w->ask && !w->leaving && w->n && gcoap__watch_fits(w, o))
			return w;
	}
	return NULL;
}

static int ask(struct gcoap__watch *w, struct gcoap__ongoing *o, gcoap_time now)
{
	/* A client that comes later has a T' of its own: the end is for the observers to say. */
	const struct gcoap_observe observe = { .cancel = GCOAP_CANCEL_GROUP,
					       .keep_listening = true };
	struct gcoap_proxy *p = w->proxy;
	struct by_ask *row;
	uint64_t number;
	bool added;
	int r = gcoap__forward_observing(o, &observe, now);

	if (r < 0)
		return r;
	number = (uint64_t)r;
	row = gcoap__table_add(&p->watch_by_ask, &number, &added);
	if (!row) {
		gcoap_client_end(p->client, (uint32_t)r, GCOAP_ENDED_ERROR, now);
		return GCOAP_ENOMEM;
	}
	row->watch = w;
	w->ask = (uint32_t)r;
	w->asked_at = now;
	return 0;
}

int gcoap__watch_new(struct gcoap__watch **out, struct gcoap__ongoing *o, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	size_t len = key_len(o);
	struct gcoap__watch *w = calloc(1, sizeof(*w) + len);
	struct writer key;
	int r;

	if (!w)
		return GCOAP_ENOMEM;
	w->proxy = p;
	w->group = o->group;
	w->key_len = len;
	key = (struct writer){ .buf = w->key, .cap = len };
	put_key(&key, o);
	TAILQ_INIT(&w->observers);
	gcoap__table_init(&w->tolds, sizeof(struct gcoap__told), sizeof(uint32_t),
			  p->watch_by_ask.seed);
	r = ask(w, o, now);
	if (r < 0) {
		free(w);
		return r;
	}
	TAILQ_INSERT_TAIL(&p->watches, w, entry);
	p->n_watches++;
	gcoap__cached_watch(w, o);
	*out = w;
	return 0;
}

struct gcoap__watch *gcoap__watch_by_ask(struct gcoap_proxy *p, uint32_t ask_number)
{
	uint64_t number = ask_number;
	struct by_ask *row = gcoap__table_find(&p->watch_by_ask, &number);

	return row ? row->watch : NULL;
}

void gcoap__watch_unask(struct gcoap__watch *w)
{
	uint64_t number = w->ask;

	if (w->ask)
		gcoap__table_remove(&w->proxy->watch_by_ask, &number);
	w->ask = 0;
}

static void drop(struct gcoap__watch *w)
{
	gcoap__watch_unask(w);
	TAILQ_REMOVE(&w->proxy->watches, w, entry);
	if (!w->leaving)
		w->proxy->n_watches--;
	gcoap__told_clear(w);
	gcoap__recall_free(w->proxy->cache, &w->recall);
	free(w);
}

/* Who does not notify has nothing to cancel. */
static void leave(struct gcoap__watch *w, gcoap_time now)
{
	struct gcoap_proxy *p = w->proxy;
	uint32_t n_active = w->n_active;

	w->leaving = true;
	p->n_watches--;
	gcoap__told_clear(w);
	if (n_active)
		gcoap__observe_leave(p->client, w->ask, GCOAP_ENDED_INTERRUPT, now);
	else
		gcoap_client_end(p->client, w->ask, GCOAP_ENDED_INTERRUPT, now);
}

void gcoap__watches_reap(struct gcoap_proxy *p, gcoap_time now)
{
	struct gcoap__watch *w, *after;

	for (w = TAILQ_FIRST(&p->watches); w; w = after) {
		after = TAILQ_NEXT(w, entry);
		if (w->n)
			continue;
		if (w->ask && !w->leaving)
			leave(w, now);
		if (!w->ask)
			drop(w);
	}
}

void gcoap__watches_free(struct gcoap_proxy *p)
{
	struct gcoap__watch *w;

	while ((w = TAILQ_FIRST(&p->watches)))
		drop(w);
	gcoap__table_clear(&p->watch_by_ask);
}
