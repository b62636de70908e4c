/* Views of links: what they hold until it is shown. */
#ifndef RENDER_LINKS_H
#define RENDER_LINKS_H

#include "columns.h"

#define LINK_COLUMNS_MAX 24
#define LINK_ROWS_MAX 50000

/* A link, or in a tree the line of its server. */
struct view_row {
	uint32_t server; /* index of its server */
	uint32_t order;
	bool is_server, observable;
	size_t at;	/* of its cells in the text, one NUL-terminated string a column */
	size_t sort_at; /* the cell or */
	double number;	/* number that --sort compares */
};

struct view_server {
	struct gcoap_addr addr;
	size_t label; /* in the text: address, or name of a group */
	bool group;
	uint32_t order;
};

struct links_view {
	struct render_base base; /* first member */
	const struct column *columns[LINK_COLUMNS_MAX];
	size_t n_columns;
	const struct column *sort; /* NULL: as they come */
	bool backwards, tree, matrix;
	struct view_row *rows;
	uint32_t n_rows, cap_rows, dropped;
	struct view_server *servers;
	uint32_t n_servers, cap_servers;
	char *text;
	size_t text_len, text_cap;
	struct jsonw line, escaped; /* view "links": used again */
};

const char *links_view_heading(const struct links_view *v, size_t column);
/* The width of each column for a screen of @screen columns (0: any); how many have room. */
size_t links_view_fit(const struct links_view *v, size_t screen, size_t *room);

/* Print what is held; 0 or negative. */
int links_view_print(struct links_view *v);
int links_view_matrix(struct links_view *v);

#endif
