/* Cells of links, for the table in columns.c. */
#ifndef COLUMNS_LINK_H
#define COLUMNS_LINK_H

#include "columns.h"

size_t link_cell_href(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_uri(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_rt(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_if(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_ct(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_obs(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_sz(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_title(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_group(struct render_base *b, const struct row *row, char *buf, size_t cap);
size_t link_cell_attrs(struct render_base *b, const struct row *row, char *buf, size_t cap);
/* The size of a link as a number, -1: it has none. */
double link_cell_size(const struct row *row);

#endif
