/* What is held of each server, and what an answer makes of it. */
#include <gcoap/random.h>
#include <gcoap/validate.h>

#include <stdlib.h>
#include <string.h>

#include "table.h"

#define DEFAULT_MAX_AGE 60 /* RFC 7252, Section 5.6.1 */
#define YEAR ((gcoap_time)365 * 24 * 3600 * GCOAP_SECOND)

/* A server that something is held of, or that has answered. */
struct known {
	struct gcoap__endpoint endpoint; /* key */
	struct gcoap_addr server;
	gcoap_time at, fresh_until;
	uint8_t etag_len, etag[GCOAP_ETAG_MAX];
	bool held, answered;
};

struct gcoap_validate {
	struct gcoap_validate_config config;
	uint8_t key[GCOAP_CACHE_KEY_MAX], group_key[GCOAP_CACHE_KEY_MAX];
	size_t key_len, group_key_len;
	struct gcoap__table servers; /* struct known */
	struct known **order;	     /* of those held at the start, by address */
	uint32_t n_held, n_tagged;
	uint8_t old_tag[GCOAP_ETAG_MAX];
	uint8_t *body; /* a message that is put together */
	size_t body_cap;
	struct gcoap_addr *listed; /* while the holder is read */
	uint32_t n_listed, cap_listed;
};

const char *gcoap_validate_state_name(enum gcoap_validate_state s)
{
	static const char *const names[] = { "fresh", "changed", "new", "silent", "no-tag" };

	return (unsigned)s < 5 ? names[s] : "unknown";
}

static struct gcoap_bytes key_of(const struct gcoap_validate *v)
{
	return (struct gcoap_bytes){ v->key, v->key_len };
}

static struct gcoap_bytes tag_of(const struct known *k)
{
	return (struct gcoap_bytes){ k->etag, k->etag_len };
}

static int compare_known(const void *a, const void *b)
{
	const struct known *const *x = a, *const *y = b;

	return gcoap_addr_compare(&(*x)->server, &(*y)->server);
}

/* ---- reading what is held ---- */

static int list_server(void *arg, const struct gcoap_held *e)
{
	struct gcoap_validate *v = arg;
	uint32_t cap = v->cap_listed ? v->cap_listed * 2 : 64;
	struct gcoap_addr *more;

	if (v->n_listed == v->cap_listed) {
		more = realloc(v->listed, cap * sizeof(*more));
		if (!more)
			return GCOAP_ENOMEM;
		v->listed = more;
		v->cap_listed = cap;
	}
	v->listed[v->n_listed++] = e->server;
	return 0;
}

static struct known *know(struct gcoap_validate *v, const struct gcoap_addr *server)
{
	struct gcoap__endpoint e = gcoap__endpoint(server);
	struct known *k;
	bool added;

	k = gcoap__table_add(&v->servers, &e, &added);
	if (k && added)
		k->server = *server;
	return k;
}

static int read_server(struct gcoap_validate *v, const struct gcoap_addr *server)
{
	struct gcoap_held held;
	struct known *k;
	int r = v->config.holder->get(v->config.holder, key_of(v), server, 0, &held);

	if (r <= 0 || !held.message.len)
		return r < 0 ? r : 0;
	k = know(v, server);
	if (!k)
		return GCOAP_ENOMEM;
	k->held = true;
	k->at = held.at;
	k->fresh_until = held.fresh_until;
	k->etag_len = (uint8_t)(held.etag.len <= GCOAP_ETAG_MAX ? held.etag.len : 0);
	if (k->etag_len)
		memcpy(k->etag, held.etag.ptr, k->etag_len);
	v->n_held++;
	v->n_tagged += k->etag_len > 0;
	return 0;
}

static int read_held(struct gcoap_validate *v)
{
	const struct gcoap_validate_config *c = &v->config;
	int r = 0;

	if (c->group)
		r = c->holder->each(c->holder,
				    (struct gcoap_bytes){ v->group_key, v->group_key_len },
				    list_server, v);
	else if (c->server)
		return read_server(v, c->server);
	for (uint32_t i = 0; i < v->n_listed && r >= 0; i++)
		r = read_server(v, &v->listed[i]);
	return r;
}

static int make_order(struct gcoap_validate *v)
{
	uint32_t n = 0;

	v->order = calloc(v->n_held + 1, sizeof(struct known *));
	if (!v->order)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < v->servers.n_made; i++)
		v->order[n++] = gcoap__table_at(&v->servers, i);
	qsort(v->order, n, sizeof(struct known *), compare_known);
	return 0;
}

int gcoap_validate_new(struct gcoap_validate **out, const struct gcoap_validate_config *config)
{
	struct gcoap_validate *v = calloc(1, sizeof(*v));
	uint64_t seed[2] = { 0 };
	struct gcoap_random random;
	int r;

	*out = NULL;
	if (!v)
		return GCOAP_ENOMEM;
	v->config = *config;
	gcoap_random_init(&random);
	r = gcoap_random_fill(&random, seed, sizeof(seed));
	gcoap__table_init(&v->servers, sizeof(struct known), sizeof(struct gcoap__endpoint), seed);
	if (r >= 0)
		r = gcoap_cache_key(config->request, config->registry, NULL, v->key,
				    sizeof(v->key));
	if (r >= 0) {
		v->key_len = (size_t)r;
		if (config->group)
			r = gcoap_cache_key(config->request, config->registry, config->group,
					    v->group_key, sizeof(v->group_key));
		v->group_key_len = r > 0 ? (size_t)r : 0;
	}
	if (r >= 0)
		r = read_held(v);
	if (r >= 0)
		r = make_order(v);
	if (r < 0) {
		gcoap_validate_free(&v);
		return r;
	}
	*out = v;
	return 0;
}

void gcoap_validate_free(struct gcoap_validate **vp)
{
	struct gcoap_validate *v = *vp;

	*vp = NULL;
	if (!v)
		return;
	gcoap__table_clear(&v->servers);
	free(v->order);
	free(v->listed);
	free(v->body);
	free(v);
}

uint32_t gcoap_validate_held(const struct gcoap_validate *v, uint32_t *tagged)
{
	if (tagged)
		*tagged = v->n_tagged;
	return v->n_held;
}

/* ---- giving it ---- */

/* What is held of @k into @out: 1, or 0 when it is gone meanwhile. */
static int recall(struct gcoap_validate *v, const struct known *k, gcoap_time wall,
		  struct gcoap_validation *out)
{
	struct gcoap_held held;
	int r = v->config.holder->get(v->config.holder, key_of(v), &k->server, wall, &held);

	if (r <= 0 || gcoap_msg_decode(&out->held, held.message, NULL) < 0)
		return r < 0 ? r : 0;
	out->has_held = true;
	out->age = wall > held.at ? wall - held.at : 0;
	return 1;
}

int gcoap_validate_fresh(struct gcoap_validate *v, gcoap_time now,
			 int (*give)(void *arg, const struct gcoap_validation *held), void *arg)
{
	gcoap_time wall = now + v->config.wall;
	int r, n = 0;

	for (uint32_t i = 0; i < v->n_held; i++) {
		const struct known *k = v->order[i];
		struct gcoap_validation out = { .state = GCOAP_VALIDATE_FRESH,
						.server = k->server, .etag = tag_of(k) };

		if (k->answered || k->fresh_until <= wall || k->at > wall)
			continue;
		r = recall(v, k, wall, &out);
		if (r > 0) {
			r = give(arg, &out);
			n++;
		}
		if (r < 0)
			return r;
	}
	return n;
}

int gcoap_validate_silent(struct gcoap_validate *v, gcoap_time now,
			  int (*give)(void *arg, const struct gcoap_validation *silent),
			  void *arg)
{
	int r;

	for (uint32_t i = 0; i < v->n_held; i++) {
		const struct known *k = v->order[i];
		struct gcoap_validation out = { .state = GCOAP_VALIDATE_SILENT,
						.server = k->server, .old_etag = tag_of(k) };

		if (k->answered)
			continue;
		r = recall(v, k, now + v->config.wall, &out);
		if (r >= 0)
			r = give(arg, &out);
		if (r < 0)
			return r;
	}
	return 0;
}

int gcoap_validate_answered(struct gcoap_validate *v,
			    int (*give)(void *arg, const struct gcoap_validation *held), void *arg)
{
	int r = 0;

	for (uint32_t i = 0; i < v->n_held && r >= 0; i++) {
		const struct known *k = v->order[i];
		struct gcoap_validation out = { .state = GCOAP_VALIDATE_FRESH,
						.server = k->server, .etag = tag_of(k) };

		if (k->answered && k->held)
			r = give(arg, &out);
	}
	return r;
}

static int compare_tags(const void *a, const void *b)
{
	const struct known *x = *(const struct known *const *)a,
			   *y = *(const struct known *const *)b;

	if (x->etag_len != y->etag_len)
		return x->etag_len < y->etag_len ? -1 : 1;
	return memcmp(x->etag, y->etag, x->etag_len);
}

/* All known servers by entity-tag; on the heap. */
static const struct known **by_tag(const struct gcoap_validate *v, uint32_t *n)
{
	const struct known **all = calloc(v->servers.n_made + 1, sizeof(struct known *));

	*n = 0;
	for (uint32_t i = 0; all && i < v->servers.n_made; i++) {
		const struct known *k = gcoap__table_at(&v->servers, i);

		if (k->etag_len)
			all[(*n)++] = k;
	}
	if (all)
		qsort(all, *n, sizeof(struct known *), compare_tags);
	return all;
}

static bool shared(const struct known *const *all, uint32_t n, uint32_t i)
{
	return (i && !compare_tags(&all[i], &all[i - 1])) ||
	       (i + 1 < n && !compare_tags(&all[i], &all[i + 1]));
}

uint32_t gcoap_validate_shared_tags(const struct gcoap_validate *v)
{
	uint32_t n, count = 0;
	const struct known **all = by_tag(v, &n);

	for (uint32_t i = 0; all && i < n; i++)
		count += shared(all, n, i);
	free(all);
	return count;
}

/* ---- options ---- */

static int add_option(struct gcoap_msg *m, uint16_t number, const uint8_t *value, size_t len,
		      struct gcoap_validators *store)
{
	uint8_t *at = store->bytes + store->used;
	int r;

	if (len > store->cap - store->used)
		return GCOAP_ESPACE;
	memcpy(at, value, len);
	r = gcoap_msg_add(m, number, (struct gcoap_bytes){ at, len });
	if (r >= 0)
		store->used += len;
	return r;
}

int gcoap_validate_multi_etag(struct gcoap_validate *v, struct gcoap_msg *m, uint32_t *next,
			      size_t max_size, size_t max_options, struct gcoap_validators *store)
{
	uint16_t number = v->config.registry->draft[GCOAP_DRAFT_MULTI_ETAG];
	struct gcoap_multi_etag e = { .n = 1 };
	uint8_t value[64];
	int len, added = 0;

	for (; *next < v->n_held && (size_t)added < max_options; (*next)++) {
		const struct known *k = v->order[*next];

		if (!k->etag_len)
			continue;
		e.server.addr = k->server;
		e.tags[0] = tag_of(k);
		len = gcoap_multi_etag_encode(&e, value, sizeof(value));
		if (len < 0)
			return len;
		/* an option's head has at most 5 bytes */
		if (gcoap_msg_size(m) + (size_t)len + 5 > max_size ||
		    add_option(m, number, value, (size_t)len, store) < 0)
			break;
		added++;
	}
	return added;
}

int gcoap_validate_etag(struct gcoap_validate *v, struct gcoap_msg *m, size_t max_options,
			struct gcoap_validators *store)
{
	uint32_t n, added = 0;
	const struct known **all = by_tag(v, &n);

	if (!all)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < n && added < max_options; i++) {
		if (!all[i]->held || shared(all, n, i))
			continue;
		if (add_option(m, GCOAP_ETAG, all[i]->etag, all[i]->etag_len, store) < 0)
			break;
		added++;
	}
	free(all);
	return (int)added;
}

int gcoap_validate_one(struct gcoap_validate *v, const struct gcoap_addr *server,
		       struct gcoap_msg *m, struct gcoap_validators *store)
{
	struct gcoap__endpoint e = gcoap__endpoint(server);
	const struct known *k = gcoap__table_find(&v->servers, &e);
	int r;

	if (!k || !k->held || !k->etag_len)
		return 0;
	r = add_option(m, GCOAP_ETAG, k->etag, k->etag_len, store);
	return r < 0 ? r : 1;
}

/* ---- answers ---- */

static gcoap_time lifetime(int64_t max_age)
{
	gcoap_time seconds = max_age < 0 ? DEFAULT_MAX_AGE : max_age;

	return seconds > YEAR / GCOAP_SECOND ? YEAR : seconds * GCOAP_SECOND;
}

/* @m as a message of its own in v->body. */
static int keep_message(struct gcoap_validate *v, const struct gcoap_msg *m,
			struct gcoap_bytes *out)
{
	size_t size = gcoap_msg_size(m);
	uint8_t *more;
	int n;

	if (size > v->body_cap) {
		more = realloc(v->body, size);
		if (!more)
			return GCOAP_ENOMEM;
		v->body = more;
		v->body_cap = size;
	}
	n = gcoap_msg_encode(m, v->body, v->body_cap);
	if (n < 0)
		return n;
	*out = (struct gcoap_bytes){ v->body, (size_t)n };
	return 0;
}

/* The code and options of @r with its whole body, as one message. */
static int whole_message(struct gcoap_validate *v, const struct gcoap_response *r,
			 struct gcoap_bytes *out)
{
	struct gcoap_msg m = *r->msg;

	m.type = GCOAP_NON;
	m.mid = 0;
	m.token_len = 0;
	m.payload = r->body;
	gcoap_msg_remove(&m, GCOAP_BLOCK2);
	gcoap_msg_remove(&m, GCOAP_SIZE2);
	gcoap_msg_remove(&m, GCOAP_OBSERVE);
	return keep_message(v, &m, out);
}

static int put(struct gcoap_validate *v, const struct known *k, struct gcoap_bytes message)
{
	struct gcoap_holder *h = v->config.holder;
	struct gcoap_held e = { .server = k->server, .at = k->at,
				.fresh_until = k->fresh_until, .etag = tag_of(k),
				.message = message };
	int r;

	if (v->config.read_only)
		return 0;
	r = h->put(h, key_of(v), &e);
	if (r < 0 || !v->config.group)
		return r;
	e.message = (struct gcoap_bytes){ 0 };
	return h->put(h, (struct gcoap_bytes){ v->group_key, v->group_key_len }, &e);
}

/*
 * The options of what is held as the 2.03 has them (RFC 7252, Section 5.9.1.3): Max-Age, and
 * those of every Safe-to-Forward number that it brings.
 */
static void renew_options(struct gcoap_msg *m, const struct gcoap_response *r, uint8_t store[4])
{
	uint16_t last = 0;

	gcoap_msg_remove(m, GCOAP_MAX_AGE);
	for (size_t i = 0; r->msg && i < r->msg->n_options; i++) {
		const struct gcoap_option *o = &r->msg->options[i];

		if (gcoap_option_unsafe(o->number))
			continue;
		if (o->number != last)
			gcoap_msg_remove(m, o->number);
		last = o->number;
		(void)gcoap_msg_add(m, o->number, o->value); /* as many as there can be */
	}
	if (r->max_age >= 0)
		(void)gcoap_msg_add_uint(m, GCOAP_MAX_AGE, (uint32_t)r->max_age, store);
}

/* What is held of @k is right: it is from now on as fresh as @r says. */
static int renew(struct gcoap_validate *v, struct known *k, const struct gcoap_response *r,
		 gcoap_time wall, struct gcoap_validation *out)
{
	struct gcoap_bytes message;
	struct gcoap_held held;
	struct gcoap_msg m;
	uint8_t store[4];
	int err;

	k->at = wall;
	k->fresh_until = wall + lifetime(r->max_age);
	err = v->config.holder->get(v->config.holder, key_of(v), &k->server, wall, &held);
	if (err <= 0 || gcoap_msg_decode(&m, held.message, NULL) < 0)
		return err < 0 ? err : 0;
	renew_options(&m, r, store);
	err = keep_message(v, &m, &message);
	if (err < 0)
		return err;
	err = put(v, k, message);
	if (gcoap_msg_decode(&out->held, message, NULL) >= 0) {
		out->has_held = true;
		out->saved = out->held.payload.len;
	}
	return err;
}

/* 2.03: what is held is right, when it is what the tag names. Without a tag it names none: in a
 * group request there may be those of others. */
static int confirmed(struct gcoap_validate *v, struct known *k, const struct gcoap_response *r,
		     gcoap_time wall, struct gcoap_validation *out)
{
	bool named = r->etag.len ? gcoap_bytes_equal(r->etag, tag_of(k)) : !v->config.group;

	out->state = GCOAP_VALIDATE_FRESH;
	out->old_etag = tag_of(k);
	out->unknown_tag = !k->held || !named;
	return out->unknown_tag ? 0 : renew(v, k, r, wall, out);
}

/* Does @k hold the same body as @r brings? */
static bool same_body(struct gcoap_validate *v, const struct known *k,
		      const struct gcoap_response *r)
{
	struct gcoap_held held;
	struct gcoap_msg m;

	return v->config.holder->get(v->config.holder, key_of(v), &k->server, k->at, &held) > 0 &&
	       gcoap_msg_decode(&m, held.message, NULL) >= 0 &&
	       gcoap_bytes_equal(m.payload, r->body);
}

static bool cacheable(const struct gcoap_response *r)
{
	return r->complete && !r->late &&
	       (r->msg->code == GCOAP_CONTENT || GCOAP_CODE_CLASS(r->msg->code) >= 4);
}

static int brought(struct gcoap_validate *v, struct known *k, const struct gcoap_response *r,
		   gcoap_time wall, struct gcoap_validation *out)
{
	bool had = k->held, same = had && same_body(v, k, r),
	     tag_same = had && r->etag.len && gcoap_bytes_equal(r->etag, tag_of(k));
	struct gcoap_bytes message;
	int err;

	out->state = !had ? GCOAP_VALIDATE_NEW : GCOAP_VALIDATE_CHANGED;
	if (had && tag_same && same)
		out->state = GCOAP_VALIDATE_FRESH;
	else if (had && !k->etag_len && !r->etag.len)
		out->state = same ? GCOAP_VALIDATE_NO_TAG : GCOAP_VALIDATE_CHANGED;
	out->same_body = same && !tag_same;
	out->kept_tag = tag_same && !same;
	k->at = wall;
	k->fresh_until = wall + lifetime(r->max_age);
	k->etag_len = (uint8_t)(r->etag.len <= GCOAP_ETAG_MAX ? r->etag.len : 0);
	if (k->etag_len)
		memcpy(k->etag, r->etag.ptr, k->etag_len);
	k->held = cacheable(r);
	if (!k->held)
		return v->config.read_only
			       ? 0
			       : v->config.holder->remove(v->config.holder, key_of(v), &k->server);
	err = whole_message(v, r, &message);
	return err < 0 ? err : put(v, k, message);
}

int gcoap_validate_answer(struct gcoap_validate *v, const struct gcoap_response *r,
			  gcoap_time now, struct gcoap_validation *out)
{
	struct known *k;
	int err;

	*out = (struct gcoap_validation){ .server = r->server.addr, .etag = r->etag };
	if (!r->server.addr.family)
		return GCOAP_ENOTFOUND;
	k = know(v, &r->server.addr);
	if (!k)
		return GCOAP_ENOMEM;
	memcpy(v->old_tag, k->etag, k->etag_len);
	out->old_etag = (struct gcoap_bytes){ v->old_tag, k->held ? k->etag_len : 0 };
	if (r->msg->code == GCOAP_VALID) {
		err = confirmed(v, k, r, now + v->config.wall, out);
		if (out->unknown_tag)
			return err;
	} else {
		err = brought(v, k, r, now + v->config.wall, out);
	}
	k->answered = true;
	return err < 0 ? err : 0;
}

int gcoap_validate_all(struct gcoap_validate *v, int64_t max_age, gcoap_time now,
		       int (*give)(void *arg, const struct gcoap_validation *held), void *arg)
{
	const struct gcoap_response r = { .max_age = max_age };
	int err;

	for (uint32_t i = 0; i < v->n_held; i++) {
		struct known *k = v->order[i];
		struct gcoap_validation out = { .server = k->server, .etag = tag_of(k) };

		if (k->answered)
			continue;
		out.old_etag = tag_of(k);
		err = renew(v, k, &r, now + v->config.wall, &out);
		k->answered = true;
		if (err >= 0)
			err = give(arg, &out);
		if (err < 0)
			return err;
	}
	return 0;
}
