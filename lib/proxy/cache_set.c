/* Group requests: who has answered them, and what is stored of these and of known members. */
#include "cache_recall.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SERVERS 4

struct gcoap__set *gcoap__set_find(const struct gcoap__cache *c,
				   const struct gcoap__cache_key *key)
{
	return (struct gcoap__set *)gcoap__item_find(c, key->bytes, key->len);
}

struct gcoap__set *gcoap__set_make(struct gcoap__cache *c, const struct gcoap__cache_key *key,
				   gcoap_time forget)
{
	struct gcoap__set *s = gcoap__set_find(c, key);

	if (s) {
		if (s->item.timer.due < forget)
			gcoap__timer_set(&c->timers, &s->item.timer, forget);
		s->item.used = true;
		return s;
	}
	s = calloc(1, sizeof(*s) + key->len);
	if (!s)
		return NULL;
	s->item.kind = GCOAP__SET;
	s->item.size = sizeof(*s) + key->len + GCOAP__CACHE_OVERHEAD;
	s->item.key = s->bytes;
	s->item.key_len = key->len;
	memcpy(s->bytes, key->bytes, key->len);
	if (!gcoap__item_add(c, &s->item, key->owner, forget)) {
		free(s);
		return NULL;
	}
	return s;
}

static struct gcoap__entry *entry_of(const struct gcoap__cache *c,
				     const struct gcoap__cache_key *key, unsigned scheme,
				     const struct gcoap_addr *addr)
{
	return gcoap__entry_of(c, key->bytes, key->len, key->common, (enum gcoap_scheme)scheme,
			       addr);
}

/* Room for one server more. */
static bool grow(struct gcoap__cache *c, struct gcoap__set *s)
{
	uint32_t cap = s->cap ? 2 * s->cap : FIRST_SERVERS;
	struct gcoap__set_server *servers;
	size_t more;

	if (s->n < s->cap)
		return true;
	if (cap > GCOAP__CACHE_SERVERS_MAX)
		cap = GCOAP__CACHE_SERVERS_MAX;
	more = (cap - s->cap) * sizeof(*servers);
	if (cap == s->cap || !gcoap__item_resize(c, &s->item, s->item.size + more))
		return false;
	servers = realloc(s->servers, cap * sizeof(*servers));
	if (!servers) {
		gcoap__item_resize(c, &s->item, s->item.size - more);
		return false;
	}
	s->servers = servers;
	s->cap = cap;
	return true;
}

struct gcoap__set_server *gcoap__set_add(struct gcoap__cache *c, struct gcoap__set *s,
					 enum gcoap_scheme scheme,
					 const struct gcoap_addr *server)
{
	for (uint32_t i = 0; i < s->n; i++)
		if (gcoap_addr_equal(&s->servers[i].addr, server) &&
		    s->servers[i].scheme == scheme)
			return &s->servers[i];
	if (!grow(c, s))
		return NULL;
	s->servers[s->n] = (struct gcoap__set_server){ .addr = *server,
						       .scheme = (uint16_t)scheme };
	return &s->servers[s->n++];
}

void gcoap__set_keep(struct gcoap__set *s, bool (*keep)(void *, const struct gcoap__set_server *),
		     void *arg)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n; i++)
		if (keep(arg, &s->servers[i]))
			s->servers[n++] = s->servers[i];
	s->n = n;
}

/* ---- entries ---- */

struct walk {
	struct gcoap__cache *c;
	gcoap_time now;
	size_t n;
	bool complete;
};

static bool room_for(struct gcoap__cache *c, size_t n)
{
	struct gcoap__entry **found;

	if (n <= c->found_cap)
		return true;
	found = realloc(c->found, n * sizeof(*found));
	if (!found)
		return false;
	c->found = found;
	c->found_cap = n;
	return true;
}

static void meet(struct walk *w, struct gcoap__entry *e, bool must)
{
	if (must && (!e || !gcoap__entry_fresh(w->c, e, w->now)))
		w->complete = false;
	if (e && e->mark != w->c->mark) {
		e->mark = w->c->mark;
		w->c->found[w->n++] = e;
	}
}

size_t gcoap__set_entries(struct gcoap__cache *c, const struct gcoap__cache_key *key,
			  const struct gcoap__members *members, bool aggregated,
			  gcoap_time now, bool *complete)
{
	struct gcoap__set *s = gcoap__set_find(c, key);
	struct walk w = { .c = c, .now = now, .complete = true };

	if (complete)
		*complete = false;
	if (!room_for(c, (s ? s->n : 0) + members->n))
		return 0;
	c->mark++;
	for (uint32_t i = 0; s && i < s->n; i++)
		if (!aggregated || s->servers[i].aggregated)
			meet(&w,
			     entry_of(c, key, s->servers[i].scheme, &s->servers[i].addr),
			     aggregated || members->learned);
	for (size_t i = 0; i < members->n; i++) {
		struct gcoap_addr a = members->addrs[i];

		if (!a.port)
			a.port = key->addr.port;
		meet(&w, entry_of(c, key, key->scheme, &a), !aggregated);
	}
	if (complete)
		*complete = w.complete && (!members->learned || (s && s->whole));
	return w.n;
}
