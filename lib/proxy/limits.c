/* How much a client, and all of them, may have at a time (RFC 7252, Section 11.3). */
#include "core.h"

#include <string.h>

#define RETRY 10 /* Max-Age when there is no room: seconds */

/* Ports are cheap. */
void gcoap__asker_key(const uint64_t seed[2], const struct gcoap_peer *from, uint64_t key[4])
{
	/* secret, so that nobody finds two identities with one key */
	const uint64_t seeds[2][2] = { { seed[0], seed[1] }, { seed[1], ~seed[0] } };
	struct gcoap__endpoint host = gcoap__endpoint(&from->addr);
	size_t len = from->identity ? strlen(from->identity) : 0;

	memset(key, 0, 4 * sizeof(*key));
	if (from->identity) {
		for (int i = 0; i < 2; i++)
			key[i] = gcoap__hash(from->identity, len, seeds[i]);
		key[2] = len + 1;
		return;
	}
	host.port = 0;
	_Static_assert(sizeof(host) <= 3 * sizeof(*key), "a host fits");
	memcpy(key + 1, &host, sizeof(host));
}

/* Is there nothing that it would be remembered for? */
static bool is_idle(const struct gcoap__asker *a, gcoap_time now)
{
	return !a->n && !a->bytes && a->paid <= now;
}

static void drop(struct gcoap_proxy *p, struct gcoap__asker *a)
{
	TAILQ_REMOVE(&p->askers, a, entry);
	gcoap__table_remove(&p->asker_table, a->key);
}

/* Forget those that have nothing; beyond the bound also some that owe time. */
static void forget(struct gcoap_proxy *p, gcoap_time now)
{
	struct gcoap__asker *a = TAILQ_FIRST(&p->askers), *after;

	for (int i = 0; a && i < 4; i++, a = after) {
		after = TAILQ_NEXT(a, entry);
		if (is_idle(a, now) ||
		    (p->asker_table.n >= GCOAP__ASKERS_MAX && !a->n && !a->bytes))
			drop(p, a);
	}
}

struct gcoap__asker *gcoap__asker_of(struct gcoap_proxy *p, const struct gcoap_peer *from,
				     gcoap_time now)
{
	struct gcoap__asker *a;
	uint64_t key[4];
	bool added;

	gcoap__asker_key(p->asker_table.seed, from, key);
	a = gcoap__table_find(&p->asker_table, key);
	if (!a) {
		forget(p, now);
		a = gcoap__table_add(&p->asker_table, key, &added);
		if (!a)
			return NULL;
	} else {
		TAILQ_REMOVE(&p->askers, a, entry);
	}
	TAILQ_INSERT_TAIL(&p->askers, a, entry);
	return a;
}

static int busy(struct gcoap__refusal *refusal, int64_t seconds, const char *why,
		const char *text)
{
	gcoap__refuse(refusal, GCOAP_UNAVAILABLE, why, "%s", text);
	refusal->max_age = seconds > 0 ? seconds : 1;
	return refusal->code;
}

/*
 * max_per_minute at once, then one every so many seconds: each request is paid for with its
 * share of a minute, and nobody may owe more than a minute.
 */
static int pay(struct gcoap__asker *a, uint32_t per_minute, gcoap_time now,
	       struct gcoap__refusal *refusal)
{
	gcoap_time price, paid = a->paid > now ? a->paid : now;

	if (!per_minute)
		return 0;
	price = 60 * GCOAP_SECOND / per_minute;
	if (paid + price - now > 60 * GCOAP_SECOND)
		return busy(refusal,
			    (paid + price - now - 60 * GCOAP_SECOND + GCOAP_SECOND - 1) /
				    GCOAP_SECOND,
			    "rate limit", "Too many group requests in a minute");
	a->paid = paid + price;
	return 0;
}

int gcoap__limits(struct gcoap__ongoing *o, gcoap_time now, struct gcoap__refusal *refusal)
{
	struct gcoap_proxy *p = o->proxy;
	const struct gcoap_proxy_config *c = &p->config;

	if (!o->asker)
		o->asker = gcoap__asker_of(p, &o->peer, now);
	if (!o->asker)
		return busy(refusal, RETRY, "out of memory", "Out of memory");
	if (!o->group)
		return p->n_singles < GCOAP__SINGLES_MAX ?
			       0 :
			       busy(refusal, RETRY, "busy", "Too many ongoing requests");
	if (p->n_groups >= c->max_ongoing)
		return busy(refusal, RETRY, "busy", "Too many ongoing group requests");
	if (o->asker->n_groups >= c->max_per_client)
		return busy(refusal, RETRY, "busy",
			    "Too many ongoing group requests of this client");
	return pay(o->asker, c->max_per_minute, now, refusal);
}

void gcoap__askers_clear(struct gcoap_proxy *p)
{
	gcoap__table_clear(&p->asker_table);
	TAILQ_INIT(&p->askers);
}
