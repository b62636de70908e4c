/* Which notification is newer, which are missing, and did the server start again? */
#include "observe.h"

#define VALUES (1u << 24)
#define HALF (1u << 23)
#define SAFE_AFTER (128 * GCOAP_SECOND) /* RFC 7641, Section 3.4 */
#define WINDOW 64		       /* values behind the newest that are remembered */
#define BEFORE_FIRST 8 /* how far behind the first value a reordered one may be */

/* The order of 24-bit values (RFC 7641, Section 3.4). */
static bool newer(uint32_t v2, uint32_t v1)
{
	return (v1 < v2 && v2 - v1 < HALF) || (v1 > v2 && v1 - v2 > HALF);
}

static void begin(struct gcoap__sequence *s, uint32_t value, gcoap_time at)
{
	s->any = true;
	s->newest = value;
	s->at = at;
	s->seen = 1;
	s->span = s->came = 1;
	s->odd = false;
}

static enum gcoap_sequence restart(struct gcoap__sequence *s, uint32_t value, gcoap_time at)
{
	s->span_before += s->span;
	s->came_before += s->came;
	begin(s, value, at);
	return GCOAP_SEQUENCE_RESTART;
}

static enum gcoap_sequence next(struct gcoap__sequence *s, uint32_t value, gcoap_time at,
				uint32_t *gap)
{
	uint32_t step = (value - s->newest) & (VALUES - 1);

	*gap = step - 1;
	s->seen = step < WINDOW ? s->seen << step | 1 : 1;
	s->span += step;
	s->came++;
	s->newest = value;
	s->at = at;
	s->odd = false;
	return GCOAP_SEQUENCE_NEXT;
}

/* Not newer: late, or the server counts from a new start? */
static enum gcoap_sequence old(struct gcoap__sequence *s, uint32_t value, gcoap_time at)
{
	uint32_t behind = (s->newest - value) & (VALUES - 1);
	bool known = behind < WINDOW && s->seen >> behind & 1;

	if (behind < WINDOW && !known && behind < s->span) {
		s->seen |= (uint64_t)1 << behind;
		s->came++;
		return GCOAP_SEQUENCE_OLD;
	}
	if (!known && behind >= s->span && behind < s->span + BEFORE_FIRST)
		return GCOAP_SEQUENCE_OLD;
	if (s->odd && newer(value, s->odd_value))
		return restart(s, value, at);
	s->odd = true;
	s->odd_value = value;
	return GCOAP_SEQUENCE_OLD;
}

enum gcoap_sequence gcoap__sequence_take(struct gcoap__sequence *s, uint32_t value,
					 gcoap_time at, bool causal, uint32_t *gap)
{
	*gap = 0;
	if (!s->any) {
		begin(s, value, at);
		return GCOAP_SEQUENCE_FIRST;
	}
	if (value == s->newest) {
		s->at = at;
		return GCOAP_SEQUENCE_SAME;
	}
	if (newer(value, s->newest))
		return next(s, value, at, gap);
	if (causal || at - s->at > SAFE_AFTER)
		return restart(s, value, at);
	return old(s, value, at);
}

int64_t gcoap__sequence_lost(const struct gcoap__sequence *s)
{
	uint64_t span = s->span_before + s->span, came = s->came_before + s->came;

	return came * 2 < span ? -1 : (int64_t)(span - came);
}
