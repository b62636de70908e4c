/* The tree and the flat table, through libsmartcols. */
#include <stdlib.h>
#include <string.h>
#include <libsmartcols/libsmartcols.h>
#include "render_links.h"
#include "tables.h"

static bool by_server(const struct links_view *v)
{
	return v->sort != NULL && strcmp(v->sort->name, "server") == 0;
}

/* A tree keeps the links of a server together; a flat table does not. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct view_row *x = a, *y = b;
	const struct links_view *v = arg;
	int d = 0;

	if (by_server(v))
		d = gcoap_addr_compare(&v->servers[x->server].addr, &v->servers[y->server].addr);
	if (v->tree && d == 0)
		d = (x->server > y->server) - (x->server < y->server);
	if (d == 0 && v->tree && x->is_server != y->is_server)
		return x->is_server ? -1 : 1;
	if (d == 0 && !by_server(v) && v->sort != NULL && !x->is_server) {
		if (v->sort->number)
			d = (x->number > y->number) - (x->number < y->number);
		else
			d = strcmp(v->text + x->sort_at, v->text + y->sort_at);
		d = v->backwards ? -d : d;
	} else if (by_server(v) && v->backwards) {
		d = -d;
	}
	return d != 0 ? d : x->order < y->order ? -1 : 1;
}

const char *links_view_heading(const struct links_view *v, size_t column)
{
	return v->tree && column == 0 ? "SERVER / LINK" : v->columns[column]->heading;
}

static int columns_new(const struct links_view *v, struct libscols_table *tb,
		       const size_t *room, size_t n)
{
	char heading[64];

	for (size_t i = 0; i < n; i++) {
		bool first = v->tree && i == 0;
		int flags = first ? SCOLS_FL_TREE : v->columns[i]->right ? SCOLS_FL_RIGHT : 0;

		payload_escape(gcoap_bytes_text(links_view_heading(v, i)), heading, sizeof(heading),
			       true, room[i], v->base.ascii);
		if (scols_table_new_column(tb, heading, 0, flags) == NULL)
			return -1;
	}
	return 0;
}

/* The first @n cells of a row, each cut to its room. */
static struct libscols_line *line_new(const struct links_view *v, struct libscols_table *tb,
				      const struct view_row *r, struct libscols_line *parent,
				      const size_t *room, size_t n)
{
	struct libscols_line *line = scols_table_new_line(tb, parent);
	const char *cell = v->text + r->at;
	char cut[CELL_MAX];

	for (size_t i = 0; line != NULL && i < n; i++, cell += strlen(cell) + 1) {
		size_t most = room[i];

		if (parent != NULL && i == 0 && most > 2)
			most -= 2; /* of the tree */
		payload_escape(gcoap_bytes_text(cell), cut, sizeof(cut), true, most, v->base.ascii);
		if (*cell != '\0' && scols_line_set_data(line, i, cut) != 0)
			return NULL;
	}
	return line;
}

int links_view_print(struct links_view *v)
{
	size_t width = render_width(&v->base), room[LINK_COLUMNS_MAX];
	size_t n = links_view_fit(v, width, room);
	struct libscols_line *parent = NULL, *line;
	struct libscols_table *tb = NULL;
	int r;

	if (tables_room(v->text_len, v->n_rows * n))
		tb = tables_new(&v->base, width);
	if (tb == NULL)
		return GCOAP_ENOMEM;
	scols_table_enable_minout(tb, 1); /* no blanks behind the last cell */
	if (v->sort != NULL)
		qsort_r(v->rows, v->n_rows, sizeof(*v->rows), compare, v);
	r = columns_new(v, tb, room, n);
	for (uint32_t i = 0; r == 0 && i < v->n_rows; i++) {
		bool top = v->rows[i].is_server || !v->tree;

		line = line_new(v, tb, &v->rows[i], top ? NULL : parent, room, n);
		if (line == NULL)
			r = -1;
		if (top)
			parent = line;
	}
	return tables_print(&v->base, tb, r);
}
