/* The summary: counts, distinct servers, exact quantiles of the round-trip times. */
#include "stats.h"

#include <stdlib.h>
#include <string.h>
#include <gcoap/error.h>

void gcoap__stats_init(struct gcoap__stats *s, size_t key_size, const uint64_t seed[2])
{
	memset(s, 0, sizeof(*s));
	gcoap__table_init(&s->servers, key_size, key_size, seed);
	s->first_sent = GCOAP_NEVER;
	s->last_end = GCOAP_NEVER;
}

void gcoap__stats_clear(struct gcoap__stats *s)
{
	gcoap__table_clear(&s->servers);
	free(s->rtt_us);
	s->rtt_us = NULL;
}

int gcoap__stats_server(struct gcoap__stats *s, const void *key)
{
	bool added;

	if (!gcoap__table_add(&s->servers, key, &added))
		return GCOAP_ENOMEM;
	return added;
}

int gcoap__stats_rtt(struct gcoap__stats *s, gcoap_time rtt)
{
	uint32_t us = rtt / GCOAP_US > UINT32_MAX ? UINT32_MAX : (uint32_t)(rtt / GCOAP_US);

	if (!s->n_rtt || rtt < s->min)
		s->min = rtt;
	if (!s->n_rtt || rtt > s->max)
		s->max = rtt;
	if (s->n_rtt == GCOAP__SAMPLES_MAX)
		return 0;
	if (s->n_rtt == s->cap_rtt) {
		uint32_t cap = s->cap_rtt ? s->cap_rtt * 2 : 64;
		uint32_t *all = realloc(s->rtt_us, cap * sizeof(*all));

		if (!all)
			return GCOAP_ENOMEM;
		s->rtt_us = all;
		s->cap_rtt = cap;
	}
	s->rtt_us[s->n_rtt++] = us;
	return 0;
}

void gcoap__stats_ended(struct gcoap__stats *s, enum gcoap_ended_by why, bool fault,
			gcoap_time now)
{
	s->last_end = now;
	if (fault)
		s->failed = true;
	if (why == GCOAP_ENDED_INTERRUPT)
		s->interrupted = true;
	/* Of several exchanges, the one that had to wait longest tells. */
	if (s->sum.ended_by != GCOAP_ENDED_TIMEOUT)
		s->sum.ended_by = why;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Nearest rank: the smallest sample that @percent of all do not exceed. */
static gcoap_time quantile(const struct gcoap__stats *s, uint32_t percent)
{
	uint64_t rank = ((uint64_t)s->n_rtt * percent + 99) / 100;
	gcoap_time t = s->rtt_us[rank ? rank - 1 : 0] * GCOAP_US;

	return t < s->min ? s->min : t > s->max ? s->max : t;
}

void gcoap__stats_summary(const struct gcoap__stats *s, struct gcoap_summary *out,
			  gcoap_time now, bool running)
{
	*out = s->sum;
	if (s->first_sent != GCOAP_NEVER)
		out->elapsed = (running || s->last_end == GCOAP_NEVER ? now : s->last_end) -
			       s->first_sent;
	if (s->interrupted)
		out->ended_by = GCOAP_ENDED_INTERRUPT;
	if (s->failed)
		out->ended_by = GCOAP_ENDED_ERROR;
	if (running)
		out->ended_by = GCOAP_ENDED_NOT;
	if (!s->n_rtt)
		return;
	qsort(s->rtt_us, s->n_rtt, sizeof(*s->rtt_us), by_value);
	out->rtt = (struct gcoap_spread){ .min = s->min,
					  .median = quantile(s, 50),
					  .p99 = quantile(s, 99),
					  .max = s->max };
}
