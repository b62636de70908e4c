/* Can a group request be answered without the group? */
#include "cache_recall.h"
#include "cache_tags.h"

#include <string.h>

/*
 * The entity-tag of a set of answers: a keyed hash of which they are, whatever their order. Each
 * answer that is stored has another stamp, so that any change gives another entity-tag, and
 * nothing is to be kept.
 */
static struct gcoap__tag tag_of_set(const struct gcoap__cache *c, size_t n)
{
	struct gcoap__tag tag = { .len = 8 };
	uint64_t sums[3] = { 0, 0, n }, hash;

	for (size_t i = 0; i < n; i++) {
		uint64_t one[2] = { c->found[i]->item.hash, c->found[i]->stamp };

		sums[0] += gcoap__hash(one, sizeof(one), c->seed);
		sums[1] += gcoap__hash(one, sizeof(one), c->seed2);
	}
	hash = gcoap__hash(sums, sizeof(sums), c->seed);
	memcpy(tag.bytes, &hash, sizeof(hash));
	return tag;
}

/* Leave only fresh entries in c->found. */
static size_t only_fresh(struct gcoap__cache *c, size_t n, gcoap_time now)
{
	size_t fresh = 0;

	for (size_t i = 0; i < n; i++)
		if (gcoap__entry_fresh(c, c->found[i], now))
			c->found[fresh++] = c->found[i];
	return fresh;
}

/* Model B: is there an aggregated entry whose lifetime, the shortest of its answers', lasts? */
static bool is_aggregated(const struct gcoap__cache *c, const struct gcoap__cache_key *key,
			  size_t n, gcoap_time now)
{
	const struct gcoap__set *s = gcoap__set_find(c, key);

	if (!s || s->aggregated <= now)
		return false;
	for (size_t i = 0; i < n; i++)
		if (c->found[i]->least <= now)
			return false;
	return true;
}

static void add_group_etag(const struct gcoap__cache *c, const struct gcoap__cache_key *key,
			   struct gcoap__cached *out)
{
	if (key->dialect)
		gcoap_msg_add(&out->msg, c->registry->draft[key->dialect->group_etag],
			      (struct gcoap_bytes){ out->group_etag.bytes,
						    out->group_etag.len });
}

/* The single 2.03: it makes all that the client has of the set fresh as long as all are here
 * (RFC 7252, Section 5.9.1.3). */
static void answer_valid(struct gcoap__cache *c, const struct gcoap__cache_key *key, size_t n,
			 const struct gcoap__tag *tag, gcoap_time now,
			 struct gcoap__cached *out)
{
	gcoap_time least = GCOAP_NEVER;

	for (size_t i = 0; i < n; i++)
		if (c->found[i]->expires < least)
			least = c->found[i]->expires;
	memset(&out->server, 0, sizeof(out->server));
	out->scheme = key->scheme;
	out->group_etag = *tag;
	gcoap_msg_init(&out->msg, GCOAP_NON, GCOAP_VALID);
	add_group_etag(c, key, out);
	if (least - now < 60 * GCOAP_SECOND || least - now >= 61 * GCOAP_SECOND)
		gcoap_msg_add_uint(&out->msg, GCOAP_MAX_AGE,
				   (uint32_t)((least - now) / GCOAP_SECOND), out->max_age);
}

static void answer_all(struct gcoap__cache *c, const struct gcoap__cache_key *key, size_t n,
		       const struct gcoap__tag *tag, gcoap_time now, gcoap__cache_give *give,
		       void *arg, struct gcoap__cached *out)
{
	for (size_t i = 0; i < n; i++) {
		struct gcoap__entry *e = c->found[i];

		e->item.used = true;
		gcoap__entry_answer(e, gcoap__client_has(key, &e->server, &e->etag), now, out);
		out->group_etag = *tag;
		add_group_etag(c, key, out);
		give(arg, out);
	}
}

enum gcoap__cache_found gcoap__cache_find_group(struct gcoap__cache *c,
						const struct gcoap__cache_key *key,
						const struct gcoap__members *members,
						gcoap_time now, gcoap__cache_give *give,
						void *arg, struct gcoap__cached *out)
{
	struct gcoap__tag tag;
	bool b = c->model == GCOAP_CACHE_B, complete = false;
	size_t n = 0;

	if (!key->fetch_only)
		n = gcoap__set_entries(c, key, members, b, now, &complete);
	if (!n || !complete ||
	    (b ? !is_aggregated(c, key, n, now) : !members->n && !members->learned)) {
		c->misses++;
		return GCOAP__CACHE_MISS;
	}
	c->hits++;
	n = only_fresh(c, n, now);
	tag = tag_of_set(c, n);
	if (gcoap__set_find(c, key))
		gcoap__set_find(c, key)->item.used = true;
	if (key->dialect && gcoap__tags_hold(key->group_etags.tags, key->group_etags.n, &tag)) {
		answer_valid(c, key, n, &tag, now, out);
		return GCOAP__CACHE_VALID;
	}
	answer_all(c, key, n, &tag, now, give, arg, out);
	return GCOAP__CACHE_HIT;
}
