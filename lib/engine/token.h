/* Tokens: 8 random bytes, whose they are, and which may not be used again yet. */
#ifndef GCOAP_ENGINE_TOKEN_H
#define GCOAP_ENGINE_TOKEN_H

#include <gcoap/msg.h>
#include <gcoap/random.h>
#include <gcoap/time.h>
#include "table.h"

struct gcoap__token {
	uint8_t bytes[GCOAP_TOKEN_MAX];
	uint64_t len;
};

/* What waits for answers under a token: the first member of an exchange and a follow-up. */
struct gcoap__party {
	enum { GCOAP__EXCHANGE, GCOAP__FOLLOWUP, GCOAP__OBSERVED } kind;
	struct gcoap__token token; /* len 0: none at the moment */
};

/* A token that was used: kept for MIN_TOKEN_REUSE_TIME (groupcomm-bis-03, Section 3.1). */
struct gcoap__old_token {
	struct gcoap__token token;
	gcoap_time free_at;
	struct gcoap__party *party; /* an exchange that ended; NULL: gone, or a follow-up */
	bool counts;		    /* answers to it are late, not strange */
};

struct gcoap__tokens {
	struct gcoap__table live;
	struct gcoap__aged old;
	struct gcoap_random *random;
	gcoap_time reuse;
};

void gcoap__tokens_init(struct gcoap__tokens *t, struct gcoap_random *random,
			gcoap_time reuse, const uint64_t seed[2]);
void gcoap__tokens_clear(struct gcoap__tokens *t);
/* Give @party the token @want, or with @want_len 0 a new random one. GCOAP_ERANGE: live or
 * retired too short ago; GCOAP_ESYSTEM: no random bytes; GCOAP_ENOMEM. */
int gcoap__token_open(struct gcoap__tokens *t, struct gcoap__party *party,
		      const uint8_t *want, size_t want_len, gcoap_time now);
/* Retire the token of @party, which has none after. Answers to it that still come are
 * late ones of @party (NULL: of nobody). */
void gcoap__token_close(struct gcoap__tokens *t, struct gcoap__party *party, bool counts,
			struct gcoap__party *late_for, gcoap_time now);
struct gcoap__party *gcoap__token_find(const struct gcoap__tokens *t,
				       const struct gcoap_msg *msg);
struct gcoap__old_token *gcoap__token_find_old(const struct gcoap__tokens *t,
					       const struct gcoap__token *token);
struct gcoap__token gcoap__token_of(const struct gcoap_msg *msg);

#endif
