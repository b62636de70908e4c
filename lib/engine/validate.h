/* Inside of what is held of a group's answers: validate_*.c alone. */
#ifndef GCOAP_ENGINE_VALIDATE_H
#define GCOAP_ENGINE_VALIDATE_H

#include <gcoap/validate.h>

#include "table.h"

/* A server that something is held of, or that has answered. */
struct gcoap__known {
	struct gcoap__endpoint endpoint; /* key */
	struct gcoap_addr server;
	gcoap_time at, fresh_until;
	uint8_t etag_len, etag[GCOAP_ETAG_MAX];
	bool held, answered;
};

struct gcoap_validate {
	struct gcoap_validate_config config; /* its request and server are read at the start alone */
	struct gcoap_addr group;
	uint8_t key[GCOAP_CACHE_KEY_MAX], group_key[GCOAP_CACHE_KEY_MAX];
	uint8_t origin_key[GCOAP_CACHE_KEY_MAX]; /* as each server would be asked by itself */
	size_t key_len, group_key_len, origin_key_len; /* the last is 0 when it is the first */
	struct gcoap__table servers; /* struct gcoap__known */
	struct gcoap__known **order; /* of those held at the start, by address */
	uint32_t n_held, n_tagged;
	struct gcoap__known **set; /* that a Group-ETag names */
	uint32_t n_set;
	uint8_t old_tag[GCOAP_ETAG_MAX];
	uint8_t *body; /* a message that is put together */
	size_t body_cap;
	struct gcoap_addr *listed; /* while the holder is read */
	uint32_t n_listed, cap_listed;
};

static inline struct gcoap_bytes gcoap__validate_key(const struct gcoap_validate *v)
{
	return (struct gcoap_bytes){ v->key, v->key_len };
}

static inline struct gcoap_bytes gcoap__known_tag(const struct gcoap__known *k)
{
	return (struct gcoap_bytes){ k->etag, k->etag_len };
}

/* Find or make it; NULL: out of memory. */
struct gcoap__known *gcoap__know(struct gcoap_validate *v, const struct gcoap_addr *server);
/* validate_answer.c: what is held of @k is right, and from @wall on fresh for @r's Max-Age. */
int gcoap__validate_renew(struct gcoap_validate *v, struct gcoap__known *k,
			  const struct gcoap_response *r, gcoap_time wall,
			  struct gcoap_validation *out);

#endif
