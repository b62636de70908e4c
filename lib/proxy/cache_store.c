/* Answers that come: which are kept, for how long, and what a 2.03 makes of them. */
#include "cache_recall.h"
#include "cache_tags.h"

#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX (GCOAP_OPTIONS_MAX - 4) /* room for Max-Age and what the proxy adds */

/* Codes that RFC 7252, Section 5.9, RFC 8132 and RFC 7959 let a cache keep. A success code
 * that is not known is never kept; 4.29 speaks of its client alone. */
static bool is_cacheable(uint8_t code)
{
	if (code == GCOAP_CONTENT)
		return true;
	switch (GCOAP_CODE_CLASS(code)) {
	case 4:
		return code != GCOAP_REQUEST_INCOMPLETE && code != GCOAP_TOO_MANY_REQUESTS &&
		       gcoap_code_name(code);
	case 5:
		return gcoap_code_name(code) != NULL;
	default:
		return false;
	}
}

/* A block can not be put together with others of another time unless ETag tells them apart. */
static bool is_lone_block(const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_BLOCK2);
	uint32_t value;

	if (!o)
		return false;
	if (gcoap_uint_decode(o->value, 3, &value) < 0)
		return true;
	return value >> 3 && !gcoap__tag_of(m).len;
}

/* What the proxy itself cannot pass on (RFC 7252, Section 5.7.1). */
static bool is_unusable(const struct gcoap__cache *c, const struct gcoap_msg *m)
{
	for (size_t i = 0; i < m->n_options; i++)
		if (gcoap_option_unsafe(m->options[i].number) &&
		    m->options[i].number != GCOAP_MAX_AGE &&
		    !gcoap_option_usable(c->registry, m, &m->options[i], NULL))
			return true;
	return false;
}

static bool may_be_kept(const struct gcoap__cache *c, const struct gcoap_msg *m)
{
	return is_cacheable(m->code) && !is_unusable(c, m) && m->n_options <= OPTIONS_MAX && !is_lone_block(m) &&
	       !gcoap_msg_find(m, GCOAP_BLOCK1) && !gcoap_msg_find(m, GCOAP_Q_BLOCK2) &&
	       !gcoap_msg_find(m, GCOAP_ECHO);
}

/* Seconds; @given: it is said. A value that is too long counts as absent: 60. */
static uint32_t max_age(const struct gcoap_msg *m, bool *given)
{
	uint32_t s;

	*given = gcoap_msg_uint(m, GCOAP_MAX_AGE, 4, &s) == 0;
	if (!*given)
		return 60;
	return s < GCOAP__CACHE_MAX_AGE ? s : GCOAP__CACHE_MAX_AGE;
}

/* When an entry is forgotten: stale ones with an entity-tag can still be validated. Whole
 * seconds, so that many go at once. */
static gcoap_time forget_at(gcoap_time expires, gcoap_time lifetime, bool etag)
{
	gcoap_time keep = 10 * lifetime;

	if (keep < GCOAP__CACHE_KEEP_LEAST)
		keep = GCOAP__CACHE_KEEP_LEAST;
	if (keep > GCOAP__CACHE_KEEP)
		keep = GCOAP__CACHE_KEEP;
	if (!etag)
		keep = 0;
	return (expires + keep) / GCOAP_SECOND * GCOAP_SECOND + GCOAP_SECOND;
}

/* ---- new ones ---- */

static bool take_resources(struct gcoap__cache *c, struct gcoap__entry *e,
			   const struct gcoap__cache_key *key)
{
	const struct gcoap__entry *old =
		gcoap__entry_find(c, e->item.key, e->item.key_len);

	e->resource = gcoap__resource_take(c, key->path, e->scheme, &e->server);
	if (key->group) {
		e->via = gcoap__resource_take(c, key->path, key->scheme, &key->addr);
	} else if (old && old->via) {
		e->via = old->via;
		e->via->n++;
	}
	return e->resource && (!key->group || e->via);
}

static struct gcoap__entry *new_entry(const struct gcoap__cache_key *key,
				      enum gcoap_scheme scheme, const struct gcoap_addr *server,
				      const struct gcoap_msg *stored)
{
	uint8_t own[GCOAP__CACHE_KEY_MAX];
	const uint8_t *bytes = own;
	struct gcoap__entry *e;
	size_t key_len = key->len, msg_len = gcoap_msg_size(stored), size;

	if (key->group)
		key_len = gcoap__key_of_server(key->bytes, key->len, key->common, scheme,
					       server, own);
	else
		bytes = key->bytes;
	size = sizeof(*e) + key_len + msg_len;
	if (size + GCOAP__CACHE_OVERHEAD > GCOAP__CACHE_ENTRY_MAX)
		return NULL;
	e = calloc(1, size);
	if (!e)
		return NULL;
	e->item.kind = GCOAP__ENTRY;
	e->item.size = size + GCOAP__CACHE_OVERHEAD;
	e->item.key = e->bytes;
	e->item.key_len = (uint16_t)key_len;
	memcpy(e->bytes, bytes, key_len);
	e->msg = e->bytes + key_len;
	e->msg_len = (uint32_t)msg_len;
	e->code = stored->code;
	e->scheme = scheme;
	e->server = *server;
	e->etag = gcoap__tag_of(stored);
	if (gcoap_msg_encode(stored, e->bytes + key_len, msg_len) < 0) {
		free(e);
		return NULL;
	}
	return e;
}

/* Store @stored, which is as it goes into the entry, with the lifetime of @said. */
static struct gcoap__entry *put(struct gcoap__cache *c, const struct gcoap__cache_key *key,
				enum gcoap_scheme scheme, const struct gcoap_addr *server,
				const struct gcoap_msg *stored, const struct gcoap_msg *said,
				gcoap_time now)
{
	bool given;
	gcoap_time lifetime = max_age(said, &given) * GCOAP_SECOND;
	struct gcoap__entry *e, *old;

	e = new_entry(key, scheme, server, stored);
	if (!e)
		return NULL;
	e->has_max_age = given;
	e->expires = now + lifetime;
	e->least = e->expires;
	e->stamp = ++c->stamp;
	old = gcoap__entry_find(c, e->item.key, e->item.key_len);
	if ((!key->group || key->notified) && old && old->least < e->least)
		e->least = old->least;
	if (!take_resources(c, e, key) ||
	    !gcoap__item_add(c, &e->item, key->owner,
			     forget_at(e->expires, lifetime, e->etag.len > 0))) {
		gcoap__entry_free(c, e);
		return NULL;
	}
	return e;
}

/* The message as it is kept: the option values are borrowed. */
static void keep_of(const struct gcoap__cache *c, const struct gcoap_msg *msg,
		    struct gcoap_msg *out)
{
	*out = *msg;
	out->type = GCOAP_NON;
	out->mid = 0;
	out->token_len = 0;
	gcoap_msg_remove(out, GCOAP_MAX_AGE);
	gcoap_msg_remove(out, GCOAP_OBSERVE);
	gcoap_msg_remove(out, c->registry->draft[GCOAP_DRAFT_GROUP_ETAG]);
	gcoap_msg_remove(out, c->registry->draft[GCOAP_DRAFT_IETF_GROUP_ETAG]);
}

static struct gcoap__entry *current(const struct gcoap__cache *c,
				    const struct gcoap__cache_key *key,
				    enum gcoap_scheme scheme, const struct gcoap_addr *server)
{
	if (!key->group)
		return gcoap__entry_find(c, key->bytes, key->len);
	return gcoap__entry_of(c, key->bytes, key->len, key->common, scheme, server);
}

struct gcoap__entry *gcoap__entry_store(struct gcoap__cache *c,
					const struct gcoap__cache_key *key,
					enum gcoap_scheme scheme,
					const struct gcoap_addr *server,
					const struct gcoap_msg *msg, gcoap_time now)
{
	struct gcoap__entry *e = NULL;
	struct gcoap_msg stored;
	bool given;

	if (may_be_kept(c, msg) && (max_age(msg, &given) > 0 || gcoap__tag_of(msg).len)) {
		keep_of(c, msg, &stored);
		e = put(c, key, scheme, server, &stored, msg, now);
	}
	if (!e) {
		/* What the server says now contradicts what it said before. */
		struct gcoap__entry *old = current(c, key, scheme, server);

		if (old)
			gcoap__item_remove(c, &old->item);
	}
	return e;
}

/* ---- 2.03 ---- */

/* Options that replace those of the entry (RFC 7252, Section 5.9.1.3). */
static bool replaces(const struct gcoap_option *o)
{
	return o->number != GCOAP_ETAG && !gcoap_option_unsafe(o->number);
}

struct gcoap__entry *gcoap__entry_refresh(struct gcoap__cache *c,
					  const struct gcoap__cache_key *key,
					  struct gcoap__entry *e, const struct gcoap_msg *msg,
					  gcoap_time now)
{
	struct gcoap_msg stored, news;

	gcoap_msg_decode(&stored, (struct gcoap_bytes){ e->msg, e->msg_len }, NULL);
	keep_of(c, msg, &news);
	for (size_t i = 0; i < news.n_options; i++)
		if (replaces(&news.options[i]))
			gcoap_msg_remove(&stored, news.options[i].number);
	for (size_t i = 0; i < news.n_options; i++)
		if (replaces(&news.options[i]) && stored.n_options < OPTIONS_MAX)
			gcoap_msg_add(&stored, news.options[i].number, news.options[i].value);
	return put(c, key, e->scheme, &e->server, &stored, msg, now);
}
