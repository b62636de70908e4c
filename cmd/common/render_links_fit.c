/* A table of links on a narrow screen: wide cells are cut, and the last columns left out. */
#include <string.h>
#include "render_links.h"

#define SEPARATOR 2
#define TREE_PREFIX 2 /* "├─" */
#define ROOM_LEAST 6  /* columns of a cut cell that still tell something */

static void measure(const struct links_view *v, size_t *widths)
{
	for (size_t i = 0; i < v->n_columns; i++)
		widths[i] = strlen(links_view_heading(v, i));
	for (uint32_t r = 0; r < v->n_rows; r++) {
		const char *cell = v->text + v->rows[r].at;

		for (size_t i = 0; i < v->n_columns; i++, cell += strlen(cell) + 1) {
			bool below = v->tree && i == 0 && !v->rows[r].is_server;
			size_t width = payload_columns(cell) + (below ? TREE_PREFIX : 0);

			if (width > widths[i])
				widths[i] = width;
		}
	}
}

/* What @n columns take of the screen when none is wider than @most. */
static size_t sum(const size_t *widths, size_t n, size_t most)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++)
		total += widths[i] < most ? widths[i] : most;
	return total;
}

/* The widest that @n columns may be to fit into @room. */
static size_t share(const size_t *widths, size_t n, size_t room)
{
	size_t most = room;

	while (most > 0 && sum(widths, n, most) > room)
		most--;
	return most;
}

size_t links_view_fit(const struct links_view *v, size_t screen, size_t *room)
{
	size_t n = v->n_columns, first, most;

	measure(v, room);
	if (screen == 0 || sum(room, n, screen) + SEPARATOR * (n - 1) <= screen)
		return n;
	for (;; n--) {
		size_t all = screen > SEPARATOR * (n - 1) ? screen - SEPARATOR * (n - 1) : 1;

		/* What is listed has half of the screen, and what the others leave. */
		first = n > 1 && room[0] > all / 2 ? all / 2 : room[0] < all ? room[0] : all;
		most = share(room + 1, n - 1, all - first);
		if (n > 2 && most < ROOM_LEAST)
			continue;
		first = all - sum(room + 1, n - 1, most);
		break;
	}
	for (size_t i = 0; i < n; i++) {
		size_t limit = i == 0 ? first : most;

		if (room[i] > limit)
			room[i] = limit > 0 ? limit : 1;
	}
	return n;
}
