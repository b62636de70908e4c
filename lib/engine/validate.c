/* What is held of each server. */
#include "validate.h"

#include <gcoap/option.h>
#include <gcoap/random.h>

#include <stdlib.h>
#include <string.h>

const char *gcoap_validate_state_name(enum gcoap_validate_state s)
{
	static const char *const names[] = { "fresh", "changed", "new", "silent", "no-tag" };

	return (unsigned)s < 5 ? names[s] : "unknown";
}

static int compare_known(const void *a, const void *b)
{
	const struct gcoap__known *const *x = a, *const *y = b;

	return gcoap_addr_compare(&(*x)->server, &(*y)->server);
}

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

struct gcoap__known *gcoap__know(struct gcoap_validate *v, const struct gcoap_addr *server)
{
	struct gcoap__endpoint e = gcoap__endpoint(server);
	struct gcoap__known *k;
	bool added;

	k = gcoap__table_add(&v->servers, &e, &added);
	if (k && added)
		k->server = *server;
	return k;
}

static int read_server(struct gcoap_validate *v, const struct gcoap_addr *server)
{
	struct gcoap_held held;
	struct gcoap__known *k;
	int r = v->config.holder->get(v->config.holder, gcoap__validate_key(v), server, 0, &held);

	if (r <= 0 || !held.message.len)
		return r < 0 ? r : 0;
	k = gcoap__know(v, server);
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

	v->order = calloc(v->n_held + 1, sizeof(struct gcoap__known *));
	if (!v->order)
		return GCOAP_ENOMEM;
	for (uint32_t i = 0; i < v->servers.n_made; i++)
		v->order[n++] = gcoap__table_at(&v->servers, i);
	qsort(v->order, n, sizeof(struct gcoap__known *), compare_known);
	return 0;
}

static int make_key(const struct gcoap_validate *v, const struct gcoap_msg *request,
		    const struct gcoap_addr *group, uint8_t *key, size_t *len)
{
	int r = gcoap_cache_key(request, v->config.registry, group, key, GCOAP_CACHE_KEY_MAX);

	*len = r > 0 ? (size_t)r : 0;
	return r;
}

/* Answers that are held as of nobody's own URI. */
static int make_key_apart(struct gcoap_validate *v)
{
	if (v->group_key_len == GCOAP_CACHE_KEY_MAX)
		return GCOAP_ESPACE;
	memcpy(v->key, v->group_key, v->group_key_len);
	v->key[v->group_key_len] = 'A';
	v->key_len = v->group_key_len + 1;
	return 0;
}

/*
 * An answer to a group is one to the URI with its origin in the place of the group (RFC 7252,
 * Section 8.2.1): where that had a name, Uri-Host goes with it.
 */
static int make_keys(struct gcoap_validate *v)
{
	const struct gcoap_validate_config *c = &v->config;
	struct gcoap_msg m = *c->request;
	int r = make_key(v, c->request, NULL, v->key, &v->key_len);

	if (r < 0 || !c->group)
		return r;
	r = make_key(v, c->request, c->group, v->group_key, &v->group_key_len);
	if (r >= 0 && c->reverse)
		return make_key_apart(v);
	if (r >= 0 && gcoap_msg_remove(&m, GCOAP_URI_HOST))
		r = make_key(v, &m, NULL, v->origin_key, &v->origin_key_len);
	return r;
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
	if (config->group) {
		v->group = *config->group;
		v->config.group = &v->group;
	}
	gcoap_random_init(&random);
	r = gcoap_random_fill(&random, seed, sizeof(seed));
	gcoap__table_init(&v->servers, sizeof(struct gcoap__known), sizeof(struct gcoap__endpoint), seed);
	if (r >= 0)
		r = make_keys(v);
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
	free(v->set);
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
