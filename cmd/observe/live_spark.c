/* The last minute in a few columns. */
#include <string.h>
#include "live_model.h"

#define LEVELS 8

struct glyphs {
	const char *level[LEVELS], *changed, *same;
};

static const struct glyphs blocks = {
	{ "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }, "●", "·"
};
static const struct glyphs ascii_art = {
	{ "_", ".", ",", "-", "=", "+", "*", "#" }, "o", "."
};

/* The slot of @second, or NULL when nothing came then. */
static const struct live_slot *slot_at(const struct live_row *r, uint32_t second)
{
	const struct live_slot *s = &r->slots[second % LIVE_SECONDS];

	return second > 0 && s->second == second ? s : NULL;
}

static uint32_t oldest(uint32_t second)
{
	return second > LIVE_SECONDS ? second - LIVE_SECONDS + 1 : 1;
}

bool live_spark_range(const struct live_row *r, uint32_t second, double *min, double *max)
{
	bool any = false;

	for (uint32_t at = oldest(second); at <= second; at++) {
		const struct live_slot *s = slot_at(r, at);

		if (s == NULL || !s->numeric)
			continue;
		if (!any || (double)s->number < *min)
			*min = (double)s->number;
		if (!any || (double)s->number > *max)
			*max = (double)s->number;
		any = true;
	}
	return any;
}

static const char *glyph(const struct glyphs *g, const struct live_slot *s, double min,
			 double max, bool numeric)
{
	double part;

	if (!numeric || !s->numeric)
		return s->changed ? g->changed : g->same;
	if (!(max > min))
		return g->level[LEVELS / 2 - 1];
	part = ((double)s->number - min) / (max - min);
	return g->level[(unsigned)(part * (LEVELS - 1) + 0.5)];
}

/* What one column shows of the seconds @from to @to: the newest number, else the newest of
 * all, changed when any of them was. */
static bool column_of(const struct live_row *r, uint32_t from, uint32_t to,
		      struct live_slot *out)
{
	bool any = false, changed = false;

	for (uint32_t at = from; at <= to; at++) {
		const struct live_slot *s = slot_at(r, at);

		if (s == NULL)
			continue;
		changed |= s->changed;
		if (!any || s->numeric || !out->numeric)
			*out = *s;
		any = true;
	}
	out->changed = changed;
	return any;
}

unsigned live_spark(const struct live_row *r, uint32_t second, unsigned width, bool ascii,
		    char *out, size_t cap, unsigned *blank)
{
	const struct glyphs *g = ascii ? &ascii_art : &blocks;
	unsigned each = width > 0 ? (LIVE_SECONDS + width - 1) / width : LIVE_SECONDS;
	unsigned columns = LIVE_SECONDS / each;
	uint32_t newest = second / each; /* columns begin at whole multiples: they do not flicker */
	double min = 0, max = 0;
	bool numeric = live_spark_range(r, second, &min, &max);
	size_t n = 0;

	*blank = 0;
	for (unsigned i = columns; width > 0 && i-- > 0;) {
		struct live_slot s = { 0 };
		uint32_t first = newest >= i ? (newest - i) * each : 0;
		uint32_t from = first > oldest(second) ? first : oldest(second);
		bool any = newest >= i && column_of(r, from, first + each - 1, &s);
		const char *text = any ? glyph(g, &s, min, max, numeric) : " ";

		*blank = any ? 0 : *blank + 1;
		if (n + strlen(text) + 1 > cap)
			break;
		memcpy(out + n, text, strlen(text));
		n += strlen(text);
	}
	out[n] = '\0';
	return width > 0 ? columns : 0;
}
