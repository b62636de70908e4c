/*
 * Keys, byte by byte:
 *
 *   kind, scheme, endpoint (24), egress (4), length and options of the authority: where
 *   realm, method, length and options, payload: what; from @common on
 *
 * Numbers and lengths take two bytes each, so that no value can pass for another's.
 */
#include "cache_item.h"

#include <string.h>

#define WHERE (2 + sizeof(struct gcoap__endpoint) + 4)

struct writer {
	uint8_t *bytes;
	size_t len;
	bool full;
};

static void put(struct writer *w, const void *data, size_t len)
{
	if (len > GCOAP__CACHE_KEY_MAX - w->len) {
		w->full = true;
		return;
	}
	if (len)
		memcpy(w->bytes + w->len, data, len);
	w->len += len;
}

static void put_u16(struct writer *w, size_t n)
{
	put(w, (const uint8_t[]){ (uint8_t)(n >> 8), (uint8_t)n }, 2);
}

/* Two bytes for the length of what follows; returns where. */
static size_t begin(struct writer *w)
{
	put_u16(w, 0);
	return w->len;
}

static void end(struct writer *w, size_t from)
{
	if (w->full)
		return;
	w->bytes[from - 2] = (uint8_t)((w->len - from) >> 8);
	w->bytes[from - 1] = (uint8_t)(w->len - from);
}

static void put_option(struct writer *w, const struct gcoap_option *o)
{
	put_u16(w, o->number);
	put_u16(w, o->value.len);
	put(w, o->value.ptr, o->value.len);
}

static void put_where(struct writer *w, enum gcoap__item_kind kind, enum gcoap_scheme scheme,
		      const struct gcoap_addr *addr, const uint8_t egress[4])
{
	struct gcoap__endpoint e = gcoap__endpoint(addr);

	put(w, (const uint8_t[]){ (uint8_t)kind, (uint8_t)scheme }, 2);
	put(w, &e, sizeof(e));
	put(w, egress, 4);
}

size_t gcoap__key_of_server(const uint8_t *key, size_t len, size_t common,
			    enum gcoap_scheme scheme, const struct gcoap_addr *server,
			    uint8_t out[GCOAP__CACHE_KEY_MAX])
{
	struct writer w = { .bytes = out };

	put_where(&w, GCOAP__ENTRY, scheme, server, key + WHERE - 4);
	put_u16(&w, 0);
	put(&w, key + common, len - common);
	return w.len;
}

/* ---- options ---- */

static bool is_authority(uint16_t number)
{
	return number == GCOAP_URI_HOST || number == GCOAP_URI_PORT;
}

static bool is_group_etag(const struct gcoap_registry *r, uint16_t number)
{
	return number == r->draft[GCOAP_DRAFT_GROUP_ETAG] ||
	       number == r->draft[GCOAP_DRAFT_IETF_GROUP_ETAG];
}

/* Interpreted by the cache, or the proxy (RFC 7252, Section 5.6; RFC 7641, Section 2). */
static bool is_interpreted(const struct gcoap__cache *c, uint16_t number)
{
	return number == GCOAP_ETAG || number == GCOAP_OBSERVE ||
	       is_group_etag(c->registry, number) ||
	       number == c->registry->draft[GCOAP_DRAFT_MULTI_ETAG] ||
	       number == c->registry->draft[GCOAP_DRAFT_MULTICAST_SIGNALING] ||
	       number == c->registry->draft[GCOAP_DRAFT_MULTICAST_TIMEOUT];
}

/* Keep an entity-tag; false: there are too many. What has another length is ignored. */
static bool keep(struct gcoap__tag *tags, uint8_t *n, struct gcoap_bytes value)
{
	if (value.len < 1 || value.len > sizeof(tags->bytes))
		return true;
	if (*n == GCOAP__CACHE_TAGS)
		return false;
	tags[*n].len = (uint8_t)value.len;
	memcpy(tags[(*n)++].bytes, value.ptr, value.len);
	return true;
}

static bool keep_multi(struct gcoap__cache_key *key, struct gcoap_bytes value)
{
	uint8_t *p = key->bytes + key->len + key->multi_len;

	if (value.len + 2 > (size_t)(GCOAP__CACHE_MULTI_MAX - key->multi_len))
		return false;
	p[0] = (uint8_t)(value.len >> 8);
	p[1] = (uint8_t)value.len;
	if (value.len)
		memcpy(p + 2, value.ptr, value.len);
	key->multi_len = (uint16_t)(key->multi_len + 2 + value.len);
	return true;
}

void gcoap__group_etags(struct gcoap__group_etags *out, const struct gcoap_registry *registry,
			const struct gcoap_msg *request)
{
	out->n = 0;
	for (size_t i = 0; i < request->n_options; i++)
		if (is_group_etag(registry, request->options[i].number))
			keep(out->tags, &out->n, request->options[i].value);
}

/* What the client has already; false: more than we look at. */
static bool keep_tags(struct gcoap__cache_key *key, const struct gcoap__cache *c,
		      const struct gcoap_msg *m)
{
	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];
		bool kept = true;

		if (o->number == GCOAP_ETAG)
			kept = keep(key->etags, &key->n_etags, o->value);
		else if (o->number == c->registry->draft[GCOAP_DRAFT_MULTI_ETAG])
			kept = keep_multi(key, o->value);
		if (!kept)
			return false;
	}
	return true;
}

/* ---- whose ---- */

/* The authenticated identity, or that there is none. */
static void put_realm(struct writer *w, const struct gcoap_peer *from)
{
	put(w, (const uint8_t[]){ from->identity != NULL }, 1);
	put_u16(w, from->identity ? strlen(from->identity) : 0);
	if (from->identity)
		put(w, from->identity, strlen(from->identity));
}

/* A client for its share of the memory: its identity, else its host, of IPv6 its /64. */
static void set_owner(struct gcoap__cache_key *key, const struct gcoap__cache *c,
		      const struct gcoap_peer *from)
{
	uint64_t hash[2];

	if (from->identity)
		gcoap__cache_hash(c, from->identity, strlen(from->identity), hash);
	else
		gcoap__cache_hash(c, from->addr.bytes, from->addr.family == 6 ? 8 : 4, hash);
	memcpy(key->owner, hash, sizeof(key->owner));
}

/* ---- the key ---- */

void gcoap__key_path(const struct gcoap__cache *c, const struct gcoap_msg *request,
		     uint64_t out[2])
{
	uint8_t bytes[GCOAP__CACHE_KEY_MAX];
	struct writer w = { .bytes = bytes };

	for (size_t i = 0; i < request->n_options; i++)
		if (request->options[i].number == GCOAP_URI_PATH ||
		    request->options[i].number == GCOAP_URI_PATH_ABBREV)
			put_option(&w, &request->options[i]);
	gcoap__cache_hash(c, bytes, w.len, out);
}

static bool can_be_cached(const struct gcoap__target *t, const struct gcoap_msg *m)
{
	return (t->kind == GCOAP__SERVER || t->kind == GCOAP__GROUP) &&
	       (m->code == GCOAP_GET || m->code == GCOAP_FETCH) &&
	       !gcoap_msg_find(m, GCOAP_BLOCK1) && !gcoap_msg_find(m, GCOAP_Q_BLOCK1) &&
	       !gcoap_msg_find(m, GCOAP_Q_BLOCK2);
}

static void put_request(struct writer *w, const struct gcoap__cache *c,
			const struct gcoap_msg *m)
{
	size_t from;

	put(w, &m->code, 1);
	from = begin(w);
	for (size_t i = 0; i < m->n_options; i++) {
		uint16_t number = m->options[i].number;

		if (!is_authority(number) && !gcoap_option_no_cache_key(number) &&
		    !is_interpreted(c, number))
			put_option(w, &m->options[i]);
	}
	end(w, from);
	put(w, m->payload.ptr, m->payload.len);
}

int gcoap__cache_key(struct gcoap__cache_key *key, const struct gcoap__cache *c,
		     const struct gcoap__target *t, const struct gcoap_peer *from,
		     const struct gcoap__group_etags *group_etags)
{
	const struct gcoap_msg *m = &t->msg;
	uint32_t egress = t->ifindex ? t->ifindex : t->addr.scope ? t->addr.scope : c->ifindex;
	struct writer w = { .bytes = key->bytes };
	size_t at;

	memset(key, 0, offsetof(struct gcoap__cache_key, bytes));
	key->group = t->kind == GCOAP__GROUP;
	key->fetch_only = gcoap_msg_find(m, GCOAP_OBSERVE) || gcoap_msg_find(m, GCOAP_ECHO);
	key->dialect = t->dialect;
	key->scheme = t->scheme;
	key->addr = t->addr;
	key->group_etags = *group_etags;
	if (!can_be_cached(t, m))
		return GCOAP_EUNSUPPORTED;
	put_where(&w, key->group ? GCOAP__SET : GCOAP__ENTRY, t->scheme, &t->addr,
		  (const uint8_t *)&egress);
	at = begin(&w);
	for (size_t i = 0; i < m->n_options; i++)
		if (is_authority(m->options[i].number))
			put_option(&w, &m->options[i]);
	end(&w, at);
	key->common = (uint16_t)w.len;
	put_realm(&w, from);
	put_request(&w, c, m);
	if (w.full)
		return GCOAP_EUNSUPPORTED;
	key->len = (uint16_t)w.len;
	set_owner(key, c, from);
	gcoap__key_path(c, m, key->path);
	return keep_tags(key, c, m) ? 0 : GCOAP_EUNSUPPORTED;
}
