/* The tree, the flat table and the matrix, through libsmartcols. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <libsmartcols/libsmartcols.h>
#include "cli.h"
#include "render_links.h"

static struct libscols_table *table_new(const struct links_view *v, size_t width)
{
	struct libscols_table *tb = scols_new_table();

	if (tb == NULL)
		return NULL;
	scols_table_set_stream(tb, v->base.env.out);
	scols_table_enable_noencoding(tb, 1); /* cells were escaped, once is enough */
	scols_table_set_column_separator(tb, "  ");
	scols_table_enable_minout(tb, 1); /* no blanks behind the last cell */
	scols_table_enable_noheadings(tb, v->base.env.args->no_headings);
	scols_table_enable_ascii(tb, v->base.ascii);
	scols_table_set_termforce(tb, width ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (width)
		scols_table_set_termwidth(tb, width);
	return tb;
}

static int table_done(const struct links_view *v, struct libscols_table *tb, int r)
{
	if (r == 0)
		r = scols_print_table(tb);
	scols_unref_table(tb);
	if (r != 0)
		return GCOAP_ENOMEM;
	if (ferror(v->base.env.out)) {
		cli_output_failed(errno);
		return GCOAP_ESYSTEM;
	}
	return render_flush((struct render *)&v->base.render);
}

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
	struct libscols_table *tb = table_new(v, width);
	struct libscols_line *parent = NULL, *line;
	size_t n = links_view_fit(v, width, room);
	int r;

	if (tb == NULL)
		return GCOAP_ENOMEM;
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
	return table_done(v, tb, r);
}

/* ---- the matrix: a row for each link, a column for each server ---- */

static int compare_server(const void *a, const void *b)
{
	const struct view_server *x = a, *y = b;
	int d = gcoap_addr_compare(&x->addr, &y->addr);

	return d != 0 ? d : x->order < y->order ? -1 : 1;
}

static int compare_link(const void *a, const void *b, void *arg)
{
	const struct view_row *x = a, *y = b;
	const struct links_view *v = arg;
	int d = strcmp(v->text + x->at, v->text + y->at);

	return d != 0 ? d : x->order < y->order ? -1 : 1;
}

/* ".10": IPv4 servers that differ in the last number alone. */
static bool last_number_tells(const struct links_view *v)
{
	const struct gcoap_addr *first = &v->servers[0].addr;

	for (uint32_t i = 0; i < v->n_servers; i++) {
		const struct gcoap_addr *a = &v->servers[i].addr;

		if (v->servers[i].group || a->family != 4 || a->port != GCOAP_PORT || memcmp(a->bytes, first->bytes, 3) != 0)
			return false;
	}
	return true;
}

static int matrix_columns(const struct links_view *v, struct libscols_table *tb)
{
	bool brief = last_number_tells(v);
	const char *name;
	char label[CELL_MAX];

	if (scols_table_new_column(tb, "LINK", 0, 0) == NULL)
		return -1;
	for (uint32_t i = 0; i < v->n_servers; i++) {
		name = v->servers[i].group ? NULL : render_name(&v->base, &v->servers[i].addr);
		if (name != NULL)
			payload_escape(gcoap_bytes_text(name), label, sizeof(label), true, 40,
				       v->base.ascii);
		else if (brief)
			snprintf(label, sizeof(label), ".%u", v->servers[i].addr.bytes[3]);
		else
			snprintf(label, sizeof(label), "%s", v->text + v->servers[i].label);
		if (scols_table_new_column(tb, label, 0, SCOLS_FL_RIGHT) == NULL)
			return -1;
	}
	return 0;
}

/* The rows @from to @to have the same target. */
static int matrix_line(const struct links_view *v, struct libscols_table *tb,
		       const uint32_t *column, const struct view_row *from,
		       const struct view_row *to)
{
	struct libscols_line *line = scols_table_new_line(tb, NULL);

	if (line == NULL || scols_line_set_data(line, 0, v->text + from->at) != 0)
		return -1;
	for (uint32_t i = 0; i < v->n_servers; i++) {
		if (scols_line_set_data(line, i + 1, "-") != 0)
			return -1;
	}
	for (; from < to; from++) {
		if (scols_line_set_data(line, column[from->server] + 1,
					from->observable ? "o" : "x") != 0)
			return -1;
	}
	return 0;
}

int links_view_matrix(struct links_view *v)
{
	uint32_t *column = calloc(v->n_servers + 1, sizeof(*column));
	struct libscols_table *tb = v->n_servers > 0 ? table_new(v, render_width(&v->base)) : NULL;
	int r = 0;

	if (v->n_servers > 0 && column != NULL && tb != NULL) {
		qsort(v->servers, v->n_servers, sizeof(*v->servers), compare_server);
		for (uint32_t i = 0; i < v->n_servers; i++)
			column[v->servers[i].order] = i;
		qsort_r(v->rows, v->n_rows, sizeof(*v->rows), compare_link, v);
		r = matrix_columns(v, tb);
		for (uint32_t i = 0, end; r == 0 && i < v->n_rows; i = end) {
			for (end = i + 1; end < v->n_rows && strcmp(v->text + v->rows[i].at,
			     v->text + v->rows[end].at) == 0; end++)
				continue;
			r = matrix_line(v, tb, column, &v->rows[i], &v->rows[end]);
		}
		r = table_done(v, tb, r);
	} else if (v->n_servers > 0) {
		r = GCOAP_ENOMEM;
		if (tb != NULL)
			scols_unref_table(tb);
	}
	free(column);
	return r;
}
