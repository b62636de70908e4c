/* Which columns there are, and how wide. */
#include "live_view.h"

#define GAP 2
#define SERVER_MIN 15 /* an IPv4 address */
#define VALUE_MIN 10
#define SPARK_MIN 12 /* 5 s a column */
#define NOTE 25	     /* "<- stale (Max-Age 60 s)" */

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

static int total(const struct live_layout *l)
{
	int sum = 0;

	for (int i = 0; i < LIVE_COLUMNS; i++)
		sum += l->width[i] > 0 ? l->width[i] + GAP : 0;
	return sum > 0 ? sum - GAP : 0;
}

/* The minute: all that is left, but with room for notes when it is wide in any case. */
static int spark_width(int room)
{
	if (room >= LIVE_SECONDS + NOTE)
		return LIVE_SECONDS;
	if (room >= LIVE_SECONDS / 2 + NOTE)
		return LIVE_SECONDS / 2;
	if (room >= LIVE_SECONDS / 3 + NOTE)
		return LIVE_SECONDS / 3;
	return room < LIVE_SECONDS ? room : LIVE_SECONDS;
}

/* Give column @i what is left, up to its content. */
static void widen(struct live_layout *l, int i, int width, int content)
{
	int left = width - total(l);

	if (left > 0 && content > l->width[i])
		l->width[i] += least(left, content - l->width[i]);
}

struct live_layout live_layout(enum live_mode mode, int width,
			       const int content[LIVE_COLUMNS])
{
	static const enum live_column dropped[] = {
		LIVE_LAST, LIVE_GAPS, LIVE_RATE, LIVE_N, LIVE_AGE, LIVE_VALUE_COLUMN
	};
	struct live_layout l = { 0 };
	int server = content[LIVE_SERVER], value = content[LIVE_VALUE_COLUMN];

	for (int i = LIVE_AGE; i <= LIVE_GAPS && mode == LIVE_VALUES; i++)
		l.width[i] = content[i];
	l.width[LIVE_LAST] = SPARK_MIN;
	l.width[LIVE_SERVER] = least(server, SERVER_MIN);
	l.width[LIVE_VALUE_COLUMN] = least(value, VALUE_MIN);
	for (unsigned i = 0; i < sizeof(dropped) / sizeof(*dropped) && total(&l) > width; i++)
		l.width[dropped[i]] = 0;
	l.width[LIVE_SERVER] = least(l.width[LIVE_SERVER], width);

	widen(&l, LIVE_SERVER, width, least(server, most(width / 4, SERVER_MIN)));
	if (l.width[LIVE_VALUE_COLUMN] > 0)
		widen(&l, LIVE_VALUE_COLUMN, width, least(value, most(width / 4, VALUE_MIN)));
	if (l.width[LIVE_LAST] > 0)
		l.width[LIVE_LAST] = spark_width(width - total(&l) + SPARK_MIN);
	else if (l.width[LIVE_VALUE_COLUMN] > 0)
		widen(&l, LIVE_VALUE_COLUMN, width, value);
	if (l.width[LIVE_LAST] == 0)
		widen(&l, LIVE_SERVER, width, server);
	for (int i = 0, x = 0; i < LIVE_COLUMNS; i++) {
		l.x[i] = x;
		x += l.width[i] > 0 ? l.width[i] + GAP : 0;
	}
	return l;
}
