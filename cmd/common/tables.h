/* What all tables through libsmartcols have in common. */
#ifndef TABLES_H
#define TABLES_H

#include <stddef.h>
#include "render_common.h"

struct libscols_table;

/*
 * Is there memory to print so many @cells of @text bytes in all? libsmartcols may never come back
 * from printing without it, so see first.
 */
bool tables_room(size_t text, size_t cells);

/* A table of cells that were escaped, for a screen of @width columns (0: any). NULL: no memory. */
struct libscols_table *tables_new(const struct render_base *b, size_t width);
/* Print it, unless @r says that something has failed, and free it: 0 or negative. */
int tables_print(struct render_base *b, struct libscols_table *tb, int r);

#endif
