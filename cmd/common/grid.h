/* A small table for people, cell by cell, as text: through libsmartcols, without records. */
#ifndef GRID_H
#define GRID_H

#include "jsonw.h"

struct grid_column {
	const char *heading;
	bool right;   /* aligned to the right */
	bool cut;     /* gives way when the screen is narrow */
	uint8_t drop; /* left out when it is too narrow: the highest first; 0: never */
};

/* How it is to look. */
struct grid_look {
	size_t width; /* columns of the screen; 0: no limit */
	bool ascii, colour, no_headings;
};

enum grid_colour { GRID_PLAIN, GRID_GOOD, GRID_BAD, GRID_WARN };

struct grid;

/* @columns and @look are borrowed. NULL: no memory. */
struct grid *grid_new(const struct grid_column *columns, size_t n, const struct grid_look *look);
void grid_free(struct grid *g);
/* The next cell; behind a row's last one the next row begins. What a terminal could obey is
 * escaped here. */
void grid_cell(struct grid *g, enum grid_colour colour, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
size_t grid_rows(const struct grid *g);
/* Columns that all of it takes, uncut. */
size_t grid_width(const struct grid *g);
/* Append it to @out, a line a row. Negative: no memory, now or for a cell. */
int grid_print(struct grid *g, struct jsonw *out);

#endif
