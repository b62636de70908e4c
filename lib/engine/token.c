/* The tokens in use, and those that were (RFC 7252, Section 5.3.1). */
#include "token.h"

#include <string.h>
#include <gcoap/error.h>

#define OLD_CAP 16384 /* retired tokens remembered, twice at most */

struct live {
	struct gcoap__token token;
	struct gcoap__party *party;
};

void gcoap__tokens_init(struct gcoap__tokens *t, struct gcoap_random *random,
			gcoap_time reuse, const uint64_t seed[2])
{
	gcoap__table_init(&t->live, sizeof(struct live), sizeof(struct gcoap__token), seed);
	gcoap__aged_init(&t->old, sizeof(struct gcoap__old_token),
			 sizeof(struct gcoap__token), seed, reuse, OLD_CAP);
	t->random = random;
	t->reuse = reuse;
}

void gcoap__tokens_clear(struct gcoap__tokens *t)
{
	gcoap__table_clear(&t->live);
	gcoap__aged_clear(&t->old);
}

struct gcoap__token gcoap__token_of(const struct gcoap_msg *msg)
{
	struct gcoap__token token = { .len = msg->token_len };

	memcpy(token.bytes, msg->token, msg->token_len);
	return token;
}

struct gcoap__party *gcoap__token_find(const struct gcoap__tokens *t,
				       const struct gcoap_msg *msg)
{
	struct gcoap__token token = gcoap__token_of(msg);
	struct live *l = gcoap__table_find(&t->live, &token);

	return l ? l->party : NULL;
}

struct gcoap__old_token *gcoap__token_find_old(const struct gcoap__tokens *t,
					       const struct gcoap__token *token)
{
	return gcoap__aged_find(&t->old, token);
}

static bool is_taken(const struct gcoap__tokens *t, const struct gcoap__token *token,
		     gcoap_time now)
{
	const struct gcoap__old_token *old = gcoap__token_find_old(t, token);

	return gcoap__table_find(&t->live, token) || (old && now < old->free_at);
}

int gcoap__token_open(struct gcoap__tokens *t, struct gcoap__party *party,
		      const uint8_t *want, size_t want_len, gcoap_time now)
{
	struct gcoap__token token = { .len = want_len ? want_len : GCOAP_TOKEN_MAX };
	struct live *l;
	bool added;
	int r;

	if (want_len) {
		memcpy(token.bytes, want, want_len);
		if (is_taken(t, &token, now))
			return GCOAP_ERANGE;
	} else {
		do {
			r = gcoap_random_fill(t->random, token.bytes, sizeof(token.bytes));
			if (r < 0)
				return r;
		} while (is_taken(t, &token, now));
	}
	l = gcoap__table_add(&t->live, &token, &added);
	if (!l)
		return GCOAP_ENOMEM;
	l->party = party;
	party->token = token;
	return 0;
}

void gcoap__token_close(struct gcoap__tokens *t, struct gcoap__party *party, bool counts,
			struct gcoap__party *late_for, gcoap_time now)
{
	struct gcoap__old_token *old;

	if (!party->token.len)
		return;
	gcoap__table_remove(&t->live, &party->token);
	old = gcoap__token_find_old(t, &party->token);
	if (!old)
		old = gcoap__aged_add(&t->old, &party->token, now);
	if (old) {
		old->free_at = now + t->reuse;
		old->party = late_for;
		old->counts = counts;
	}
	party->token.len = 0;
}
