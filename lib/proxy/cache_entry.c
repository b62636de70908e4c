/* Entries: how an answer is kept, how long it is fresh, and what of it goes out again. */
#include "cache_item.h"

#include <stdlib.h>
#include <string.h>

void gcoap__entry_free(struct gcoap__cache *c, struct gcoap__entry *e)
{
	gcoap__resource_drop(c, e->resource);
	gcoap__resource_drop(c, e->via);
	free(e);
}

struct gcoap__entry *gcoap__entry_find(const struct gcoap__cache *c, const uint8_t *key,
				       size_t len)
{
	return (struct gcoap__entry *)gcoap__item_find(c, key, len);
}

struct gcoap__entry *gcoap__entry_of(const struct gcoap__cache *c, const uint8_t *key,
				     size_t len, size_t common, enum gcoap_scheme scheme,
				     const struct gcoap_addr *server)
{
	uint8_t own[GCOAP__CACHE_KEY_MAX];

	return gcoap__entry_find(
		c, own, gcoap__key_of_server(key, len, common, scheme, server, own));
}

bool gcoap__entry_fresh(const struct gcoap__cache *c, const struct gcoap__entry *e,
			gcoap_time now)
{
	if (now >= e->expires)
		return false;
	return e->stamp > c->changed || (e->stamp > e->resource->changed &&
					 (!e->via || e->stamp > e->via->changed));
}

/* Whole seconds that are left: rounded down, so that no cache behind us keeps it longer. */
static uint32_t seconds_left(const struct gcoap__entry *e, gcoap_time now)
{
	return now < e->expires ? (uint32_t)((e->expires - now) / GCOAP_SECOND) : 0;
}

void gcoap__entry_answer(const struct gcoap__entry *e, bool valid, gcoap_time now,
			 struct gcoap__cached *out)
{
	uint32_t left = seconds_left(e, now);

	out->scheme = e->scheme;
	out->server = e->server;
	out->group_etag.len = 0;
	if (valid) {
		gcoap_msg_init(&out->msg, GCOAP_NON, GCOAP_VALID);
		gcoap_msg_add(&out->msg, GCOAP_ETAG,
			      (struct gcoap_bytes){ e->etag.bytes, e->etag.len });
	} else {
		gcoap_msg_decode(&out->msg, (struct gcoap_bytes){ e->msg, e->msg_len }, NULL);
	}
	/* 60 is what its absence means. */
	if (e->has_max_age || left != 60)
		gcoap_msg_add_uint(&out->msg, GCOAP_MAX_AGE, left, out->max_age);
}
