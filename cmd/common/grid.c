#include "grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <libsmartcols/libsmartcols.h>
#include <gcoap/error.h>
#include "payload.h"
#include "tables.h"

#define GRID_COLUMNS 24
#define GRID_CELL 512
#define SEPARATOR 2

struct grid {
	const struct grid_column *columns;
	const struct grid_look *look;
	size_t n_columns, n_cells;
	size_t widths[GRID_COLUMNS]; /* columns of the widest cell */
	struct jsonw text; /* a byte of colour, then the cell's text with its NUL, and so on */
};

struct grid *grid_new(const struct grid_column *columns, size_t n, const struct grid_look *look)
{
	struct grid *g = n <= GRID_COLUMNS ? calloc(1, sizeof(*g)) : NULL;

	if (!g)
		return NULL;
	g->columns = columns;
	g->look = look;
	g->n_columns = n;
	for (size_t i = 0; i < n; i++)
		g->widths[i] = payload_columns(columns[i].heading);
	return g;
}

void grid_free(struct grid *g)
{
	if (!g)
		return;
	jsonw_clear(&g->text);
	free(g);
}

void grid_cell(struct grid *g, enum grid_colour colour, const char *format, ...)
{
	char raw[GRID_CELL], cell[GRID_CELL], kind = (char)colour;
	size_t *widest = &g->widths[g->n_cells % g->n_columns], columns;
	va_list ap;

	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	payload_escape(gcoap_bytes_text(raw), cell, sizeof(cell), true, 0, g->look->ascii);
	columns = payload_columns(cell);
	if (columns > *widest)
		*widest = columns;
	jsonw_raw(&g->text, &kind, 1);
	jsonw_raw(&g->text, cell, strlen(cell) + 1);
	g->n_cells++;
}

size_t grid_rows(const struct grid *g)
{
	return g->n_cells / g->n_columns;
}

/* What the columns that are @shown take, and the blanks between them. */
static size_t sum(const struct grid *g, const bool *shown, const size_t *widths)
{
	size_t total = 0;

	for (size_t i = 0; i < g->n_columns; i++)
		if (shown[i])
			total += widths[i] + (total ? SEPARATOR : 0);
	return total;
}

size_t grid_width(const struct grid *g)
{
	bool all[GRID_COLUMNS];

	for (size_t i = 0; i < GRID_COLUMNS; i++)
		all[i] = true;
	return sum(g, all, g->widths);
}

/* Leave columns out and cut others, until they fit or nothing more can give way. */
static void fit(const struct grid *g, size_t screen, bool *shown, size_t *widths)
{
	size_t most = 0, too_much;

	for (size_t i = 0; i < g->n_columns; i++) {
		shown[i] = true;
		widths[i] = g->widths[i];
		if (g->columns[i].drop > most)
			most = g->columns[i].drop;
	}
	for (; screen && most && sum(g, shown, widths) > screen; most--)
		for (size_t i = 0; i < g->n_columns; i++)
			if (g->columns[i].drop == most)
				shown[i] = false;
	for (size_t i = 0; screen && i < g->n_columns; i++) {
		if (!g->columns[i].cut || sum(g, shown, widths) <= screen)
			continue;
		too_much = sum(g, shown, widths) - screen;
		widths[i] = widths[i] > too_much + 4 ? widths[i] - too_much : 4;
	}
}

static int print_columns(const struct grid *g, struct libscols_table *tb, const bool *shown,
			 const size_t *widths)
{
	char heading[128];

	for (size_t i = 0; i < g->n_columns; i++) {
		if (!shown[i])
			continue;
		payload_escape(gcoap_bytes_text(g->columns[i].heading), heading, sizeof(heading),
			       true, widths[i], g->look->ascii);
		if (!scols_table_new_column(tb, heading, 0,
					    g->columns[i].right ? SCOLS_FL_RIGHT : 0))
			return GCOAP_ENOMEM;
	}
	return 0;
}

static const char *print_row(const struct grid *g, struct libscols_table *tb, const char *cell,
			     const bool *shown, const size_t *widths)
{
	static const char *const colours[] = { NULL, "green", "red", "yellow" };
	struct libscols_line *line = scols_table_new_line(tb, NULL);
	char cut[GRID_CELL];

	for (size_t i = 0, to = 0; line && i < g->n_columns; i++) {
		const char *colour = colours[(unsigned char)cell[0]], *text = cell + 1;

		cell = text + strlen(text) + 1;
		if (!shown[i])
			continue;
		if (payload_columns(text) > widths[i]) {
			payload_escape(gcoap_bytes_text(text), cut, sizeof(cut), true, widths[i],
				       g->look->ascii);
			text = cut;
		}
		if (*text && scols_line_set_data(line, to, text))
			return NULL;
		if (*text && colour)
			scols_cell_set_color(scols_line_get_cell(line, to), colour);
		to++;
	}
	return line ? cell : NULL;
}

/* Without the blanks at the ends of lines. */
static void append(struct jsonw *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n"), used = n;

		while (used && text[used - 1] == ' ')
			used--;
		jsonw_raw(out, text, used);
		jsonw_lit(out, "\n");
		text += n + (text[n] == '\n');
	}
}

int grid_print(struct grid *g, struct jsonw *out)
{
	const struct grid_look *look = g->look;
	struct libscols_table *tb = NULL;
	const char *cell = g->text.buf;
	size_t widths[GRID_COLUMNS];
	bool shown[GRID_COLUMNS];
	char *text = NULL;
	int r;

	if (!g->n_cells)
		return 0;
	if (!g->text.failed && tables_room(g->text.len, g->n_cells))
		tb = scols_new_table();
	if (!tb)
		return GCOAP_ENOMEM;
	fit(g, look->width, shown, widths);
	scols_table_enable_noencoding(tb, 1); /* cells were escaped, once is enough */
	scols_table_enable_minout(tb, 1); /* no blanks behind the last cell */
	scols_table_enable_noheadings(tb, look->no_headings);
	scols_table_enable_ascii(tb, look->ascii);
	scols_table_enable_colors(tb, look->colour);
	scols_table_set_termforce(tb, SCOLS_TERMFORCE_NEVER); /* it was made to fit */
	r = scols_table_set_column_separator(tb, "  ") ? GCOAP_ENOMEM
						      : print_columns(g, tb, shown, widths);
	for (size_t i = 0; !r && i < grid_rows(g); i++) {
		cell = print_row(g, tb, cell, shown, widths);
		if (!cell)
			r = GCOAP_ENOMEM;
	}
	if (!r && scols_print_table_to_string(tb, &text))
		r = GCOAP_ENOMEM;
	if (!r)
		append(out, text);
	free(text);
	scols_unref_table(tb);
	return r;
}
