/* Entity-tags of what is stale, in requests of ours: by ETag, or by Multi-ETag. */
#include "cache_recall.h"
#include "cache_tags.h"

#include <string.h>

#include <gcoap/etag.h>

static bool pin(struct gcoap__cache *c, struct gcoap__recall *r, struct gcoap__entry *e)
{
	struct gcoap__recalled *s = gcoap__recalled(r, e->scheme, &e->server);

	if (!s || s->pinned || !gcoap__item_pin(c, &e->item))
		return false;
	s->pinned = true;
	return true;
}

static bool can_validate(const struct gcoap__cache *c, const struct gcoap__entry *e,
			 gcoap_time now)
{
	return e->code == GCOAP_CONTENT && e->etag.len && !gcoap__entry_fresh(c, e, now);
}

static size_t add(struct gcoap_msg *m, uint16_t number, const uint8_t *value, int len)
{
	return len > 0 && gcoap_msg_add(m, number,
					(struct gcoap_bytes){ value, (size_t)len }) == 0;
}

/* A server would take the entity-tag of another one for its own. */
static bool collides(const struct gcoap__cache *c, size_t n, const struct gcoap__entry *e)
{
	for (size_t i = 0; i < n; i++)
		if (c->found[i] != e && gcoap__tag_equal(&c->found[i]->etag, &e->etag))
			return true;
	return false;
}

/*
 * ETag in a group request speaks to every server: one that we know nothing of may take it for its
 * own, and its 2.03 would tell us nothing. So all that answered before must be here.
 */
static bool all_are_known(const struct gcoap__cache *c, const struct gcoap__cache_key *key,
			  size_t n)
{
	const struct gcoap__set *s = gcoap__set_find(c, key);

	return s && s->whole && n == s->n;
}

static int multi_etag(const struct gcoap__entry *e, uint8_t *buf, size_t cap)
{
	struct gcoap_multi_etag m = { .n = 1, .tags = { { e->etag.bytes, e->etag.len } } };

	m.server.scheme = e->scheme;
	m.server.addr = e->server;
	return e->scheme == GCOAP_SCHEME_COAP ? gcoap_multi_etag_encode(&m, buf, cap) : -1;
}

static size_t validate_group(struct gcoap__cache *c, struct gcoap__recall *r,
			     const struct gcoap_dialect *dialect, struct gcoap_msg *m,
			     struct gcoap__validators *store, gcoap_time now)
{
	const struct gcoap__members nobody = { 0 };
	size_t n = gcoap__set_entries(c, &r->key, &nobody, false, now, NULL), added = 0;

	if (!dialect->multi_etag && !all_are_known(c, &r->key, n))
		return 0;
	for (size_t i = 0; i < n && added < GCOAP__VALIDATE_SERVERS; i++) {
		const struct gcoap__entry *e = c->found[i];
		uint8_t *value = store->bytes[added];
		uint16_t number = GCOAP_ETAG;
		int len = e->etag.len;

		if (!can_validate(c, e, now) || (!dialect->multi_etag && collides(c, n, e)))
			continue;
		if (dialect->multi_etag) {
			number = c->registry->draft[GCOAP_DRAFT_MULTI_ETAG];
			len = multi_etag(e, value, sizeof(store->bytes[0]));
		} else {
			memcpy(value, e->etag.bytes, e->etag.len);
		}
		if (len > 0 && pin(c, r, c->found[i]))
			added += add(m, number, value, len);
	}
	return added;
}

static size_t validate_one(struct gcoap__cache *c, struct gcoap__recall *r,
			   struct gcoap_msg *m, struct gcoap__validators *store,
			   gcoap_time now)
{
	struct gcoap__entry *e = gcoap__entry_find(c, r->key.bytes, r->key.len);

	if (!e || !can_validate(c, e, now) || !pin(c, r, e))
		return 0;
	memcpy(store->bytes[0], e->etag.bytes, e->etag.len);
	return add(m, GCOAP_ETAG, store->bytes[0], e->etag.len);
}

size_t gcoap__recall_validate(struct gcoap__cache *c, struct gcoap__recall *r,
			      const struct gcoap_dialect *dialect, struct gcoap_msg *m,
			      struct gcoap__validators *store, gcoap_time now)
{
	size_t added = 0;

	if (r->key.n_etags || r->key.multi_len || r->key.fetch_only)
		return 0;
	if (!r->key.group)
		added = validate_one(c, r, m, store, now);
	else if (dialect->multi_etag || dialect->etag_in_group)
		added = validate_group(c, r, dialect, m, store, now);
	r->validating = added > 0;
	return added;
}
