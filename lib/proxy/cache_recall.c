/* Forwarded requests: what is held back for them, and what their answers make of the cache. */
#include "cache_recall.h"
#include "cache_tags.h"

#include <stdlib.h>
#include <string.h>

/* The key of a struct gcoap__recalled. */
struct who {
	struct gcoap__endpoint at;
	uint32_t scheme;
};

struct gcoap__recall *gcoap__recall_new(const struct gcoap__cache *c,
					const struct gcoap__cache_key *key)
{
	size_t bytes = (size_t)key->len + key->multi_len;
	struct gcoap__recall *r = malloc(offsetof(struct gcoap__recall, key.bytes) + bytes);

	if (!r)
		return NULL;
	memset(r, 0, offsetof(struct gcoap__recall, key));
	memcpy(&r->key, key, offsetof(struct gcoap__cache_key, bytes) + bytes);
	r->least = GCOAP_NEVER;
	gcoap__table_init(&r->servers, sizeof(struct gcoap__recalled), sizeof(struct who),
			  c->seed);
	return r;
}

struct gcoap__recalled *gcoap__recalled(struct gcoap__recall *r, enum gcoap_scheme scheme,
					const struct gcoap_addr *addr)
{
	struct who who = { gcoap__endpoint(addr), scheme };
	struct gcoap__recalled *s = &r->one;
	bool added;

	if (r->key.group && !r->key.notified)
		s = gcoap__table_add(&r->servers, &who, &added);
	else
		s->scheme = scheme;
	if (s)
		s->addr = *addr;
	return s;
}

static struct gcoap__entry *entry_of(struct gcoap__cache *c, const struct gcoap__recall *r,
				     const struct gcoap__recalled *s)
{
	const struct gcoap__cache_key *key = &r->key;

	if (!key->group)
		return gcoap__entry_find(c, key->bytes, key->len);
	return gcoap__entry_of(c, key->bytes, key->len, key->common,
			       (enum gcoap_scheme)s->scheme, &s->addr);
}

static void unpin(struct gcoap__cache *c, struct gcoap__recall *r, struct gcoap__recalled *s)
{
	struct gcoap__entry *e = s->pinned ? entry_of(c, r, s) : NULL;

	s->pinned = false;
	if (e)
		gcoap__item_unpin(c, &e->item);
}

void gcoap__recall_unpin(struct gcoap__cache *c, struct gcoap__recall *r)
{
	unpin(c, r, &r->one);
	for (uint32_t i = 0; i < r->servers.n; i++)
		unpin(c, r, gcoap__table_at(&r->servers, i));
}

void gcoap__recall_free(struct gcoap__cache *c, struct gcoap__recall **recall)
{
	struct gcoap__recall *r = *recall;

	*recall = NULL;
	if (!r)
		return;
	gcoap__recall_unpin(c, r);
	gcoap__table_clear(&r->servers);
	free(r);
}

/* ---- held back ---- */

size_t gcoap__recall_hold(struct gcoap__cache *c, struct gcoap__recall *r,
			  const struct gcoap__members *members, gcoap_time timeout,
			  gcoap_time now, gcoap__cache_give *give, void *arg)
{
	struct gcoap__cached out;
	struct gcoap__recalled *s;
	size_t n, held = 0;

	if (c->model != GCOAP_CACHE_T || r->key.fetch_only)
		return 0;
	n = gcoap__set_entries(c, &r->key, members, false, now, NULL);
	for (size_t i = 0; i < n; i++) {
		struct gcoap__entry *e = c->found[i];

		if (!gcoap__entry_fresh(c, e, now))
			continue;
		s = gcoap__recalled(r, e->scheme, &e->server);
		if (s && e->expires - now >= timeout) {
			s->held = true;
			held++;
		} else {
			gcoap__entry_answer(
				e, gcoap__client_has(&r->key, &e->server, &e->etag), now, &out);
			give(arg, &out);
		}
	}
	return held;
}

void gcoap__recall_release(struct gcoap__cache *c, struct gcoap__recall *r, gcoap_time now,
			   gcoap__cache_give *give, void *arg)
{
	struct gcoap__cached out;

	for (uint32_t i = 0; i < r->servers.n; i++) {
		struct gcoap__recalled *s = gcoap__table_at(&r->servers, i);
		struct gcoap__entry *e = s->held && !s->answered ? entry_of(c, r, s) : NULL;

		s->held = false;
		if (!e || !gcoap__entry_fresh(c, e, now))
			continue;
		e->item.used = true;
		gcoap__entry_answer(e, gcoap__client_has(&r->key, &e->server, &e->etag), now,
				    &out);
		give(arg, &out);
	}
}

/* ---- answers ---- */

/* Is @server one endpoint, so that what it says can be found again? */
static bool is_endpoint(const struct gcoap_origin *server)
{
	return server->addr.family && !server->transport_unknown && !server->behind.family &&
	       !server->behind_host[0] && !server->behind_path[0];
}

/* The answer of @s is @e, or cannot be kept: NULL. The set may need the room of @e, which is gone
 * then. */
static void note(struct gcoap__cache *c, struct gcoap__recall *r, struct gcoap__recalled *s,
		 const struct gcoap__entry *e, gcoap_time now)
{
	gcoap_time forget = e ? e->item.timer.due : now + GCOAP__CACHE_KEEP_LEAST;
	gcoap_time expires = e ? e->expires : 0;
	struct gcoap__set_server *server;
	struct gcoap__set *set;

	s->aggregated = e != NULL;
	if (!e)
		r->cannot_aggregate = true;
	else if (expires < r->least)
		r->least = expires;
	set = gcoap__set_make(c, &r->key, forget);
	server = set ? gcoap__set_add(c, set, (enum gcoap_scheme)s->scheme, &s->addr) : NULL;
	if (!server)
		r->overflow = true;
	if (r->key.notified && set)
		gcoap__set_notified(set, server, expires, now);
}

/* A 2.03 of @s, whose entry is @e: refresh it, or NULL. */
static struct gcoap__entry *refresh(struct gcoap__cache *c, struct gcoap__recall *r,
				    struct gcoap__entry *e, const struct gcoap_msg *msg,
				    gcoap_time now)
{
	struct gcoap__tag tag = gcoap__tag_of(msg);

	if (!e || !tag.len || e->code != GCOAP_CONTENT || !gcoap__tag_equal(&e->etag, &tag))
		return NULL;
	return gcoap__entry_refresh(c, &r->key, e, msg, now);
}

/* Is @msg, a 2.03, meant for the client? */
static bool is_for_client(const struct gcoap__recall *r, const struct gcoap_origin *server,
			  const struct gcoap_msg *msg)
{
	struct gcoap__tag tag = gcoap__tag_of(msg);

	return !r->validating || gcoap__client_has(&r->key, &server->addr, &tag);
}

int gcoap__recall_answer(struct gcoap__cache *c, struct gcoap__recall *r,
			 const struct gcoap_origin *server, const struct gcoap_msg *msg,
			 gcoap_time now, struct gcoap__cached *out)
{
	struct gcoap__recalled *s = NULL;
	struct gcoap__entry *e;

	if (is_endpoint(server))
		s = gcoap__recalled(r, server->scheme, &server->addr);
	if (!s)
		return 0;
	s->answered = true;
	e = entry_of(c, r, s);
	if (msg->code == GCOAP_VALID)
		e = refresh(c, r, e, msg, now);
	else
		e = gcoap__entry_store(c, &r->key, server->scheme, &server->addr, msg, now);
	unpin(c, r, s);
	if (r->key.group)
		note(c, r, s, e, now);
	if (msg->code != GCOAP_VALID || is_for_client(r, server, msg))
		return 0;
	e = e ? entry_of(c, r, s) : NULL; /* others may have needed its room */
	if (!e)
		return GCOAP_ENOTFOUND;
	gcoap__entry_answer(e, false, now, out);
	return 1;
}

/* Model B: the list of answers becomes the aggregated entry. */
static void aggregate(struct gcoap__recall *r, struct gcoap__set *set, gcoap_time now)
{
	struct who who;
	const struct gcoap__recalled *s;

	set->aggregated = 0;
	if (r->cannot_aggregate || r->overflow || r->least <= now)
		return;
	for (uint32_t i = 0; i < set->n; i++) {
		who = (struct who){ gcoap__endpoint(&set->servers[i].addr),
				    set->servers[i].scheme };
		s = gcoap__table_find(&r->servers, &who);
		set->servers[i].aggregated = s && s->aggregated;
	}
	set->aggregated = r->least == GCOAP_NEVER ? 0 : r->least;
}

struct ending {
	struct gcoap__cache *c;
	struct gcoap__recall *r;
	gcoap_time now;
};

/* Has it answered just now, or something fresh? */
static bool counts(void *arg, const struct gcoap__set_server *server)
{
	const struct ending *e = arg;
	struct who who = { gcoap__endpoint(&server->addr), server->scheme };
	const struct gcoap__recalled *s = gcoap__table_find(&e->r->servers, &who);
	struct gcoap__recalled one = { .scheme = server->scheme, .addr = server->addr };
	const struct gcoap__entry *entry;

	if (s && s->answered)
		return true;
	entry = entry_of(e->c, e->r, &one);
	return entry && gcoap__entry_fresh(e->c, entry, e->now);
}

void gcoap__recall_end(struct gcoap__cache *c, struct gcoap__recall *r, gcoap_time now)
{
	struct gcoap__set *set = r->key.group ? gcoap__set_find(c, &r->key) : NULL;
	struct ending e = { c, r, now };

	if (!set)
		return;
	gcoap__set_keep(set, counts, &e);
	set->whole = !r->overflow;
	if (c->model == GCOAP_CACHE_B)
		aggregate(r, set, now);
}
