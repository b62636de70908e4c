/* Validators for requests: Multi-ETag, and ETag to a group or to one server. */
#include "validate.h"

#include <stdlib.h>
#include <string.h>

static int compare_tags(const void *a, const void *b)
{
	const struct gcoap__known *x = *(const struct gcoap__known *const *)a,
			   *y = *(const struct gcoap__known *const *)b;

	if (x->etag_len != y->etag_len)
		return x->etag_len < y->etag_len ? -1 : 1;
	return memcmp(x->etag, y->etag, x->etag_len);
}

/* All known servers by entity-tag; on the heap. */
static const struct gcoap__known **by_tag(const struct gcoap_validate *v, uint32_t *n)
{
	const struct gcoap__known **all = calloc(v->servers.n_made + 1, sizeof(struct gcoap__known *));

	*n = 0;
	for (uint32_t i = 0; all && i < v->servers.n_made; i++) {
		const struct gcoap__known *k = gcoap__table_at(&v->servers, i);

		if (k->etag_len)
			all[(*n)++] = k;
	}
	if (all)
		qsort(all, *n, sizeof(struct gcoap__known *), compare_tags);
	return all;
}

static bool shared(const struct gcoap__known *const *all, uint32_t n, uint32_t i)
{
	return (i && !compare_tags(&all[i], &all[i - 1])) ||
	       (i + 1 < n && !compare_tags(&all[i], &all[i + 1]));
}

uint32_t gcoap_validate_shared_tags(const struct gcoap_validate *v)
{
	uint32_t n, count = 0;
	const struct gcoap__known **all = by_tag(v, &n);

	for (uint32_t i = 0; all && i < n; i++)
		count += shared(all, n, i);
	free(all);
	return count;
}

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
		const struct gcoap__known *k = v->order[*next];

		if (!k->etag_len)
			continue;
		e.server.addr = k->server;
		e.tags[0] = gcoap__known_tag(k);
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
	const struct gcoap__known **all = by_tag(v, &n);

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
	const struct gcoap__known *k = gcoap__table_find(&v->servers, &e);
	int r;

	if (!k || !k->held || !k->etag_len)
		return 0;
	r = add_option(m, GCOAP_ETAG, k->etag, k->etag_len, store);
	return r < 0 ? r : 1;
}
