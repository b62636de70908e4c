/* The matrix: a row for each link, a column for each server, as many at a time as fit. */
#include <stdlib.h>
#include <string.h>
#include <libsmartcols/libsmartcols.h>
#include "render_links.h"
#include "tables.h"

#define SEPARATOR 2

struct matrix {
	struct links_view *v;
	uint32_t *column;  /* of each server, by its order of coming */
	uint32_t n_links;
	bool brief;	   /* ".10" is enough of an address */
	size_t width, link; /* of the screen, 0: any; and of the first column */
};

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

/* IPv4 servers that differ in the last number alone. */
static bool last_number_tells(const struct links_view *v)
{
	const struct gcoap_addr *first = &v->servers[0].addr;

	for (uint32_t i = 0; i < v->n_servers; i++) {
		const struct gcoap_addr *a = &v->servers[i].addr;

		if (v->servers[i].group || a->family != 4 || a->port != GCOAP_PORT ||
		    memcmp(a->bytes, first->bytes, 3) != 0)
			return false;
	}
	return true;
}

/* The heading of server @i, at most so wide that it fits beside the links. */
static const char *label(const struct matrix *m, uint32_t i, char buf[CELL_MAX])
{
	const struct links_view *v = m->v;
	const struct view_server *s = &v->servers[i];
	const char *name = s->group ? NULL : render_name(&v->base, &s->addr);
	size_t most = m->width > m->link + SEPARATOR ? m->width - m->link - SEPARATOR : 1;
	char brief[8];

	snprintf(brief, sizeof(brief), ".%u", s->addr.bytes[3]);
	if (name == NULL)
		name = m->brief ? brief : v->text + s->label;
	payload_escape(gcoap_bytes_text(name), buf, CELL_MAX, true,
		       m->width == 0 || most > 40 ? 40 : most, v->base.ascii);
	return buf;
}

/* The first row of the link behind that of row @i. */
static uint32_t next_link(const struct links_view *v, uint32_t i)
{
	const char *text = v->text + v->rows[i].at;

	while (++i < v->n_rows && strcmp(v->text + v->rows[i].at, text) == 0)
		continue;
	return i;
}

/* Sort, and see how much of the screen the links take: half of it at most. */
static void measure(struct matrix *m)
{
	struct links_view *v = m->v;

	qsort(v->servers, v->n_servers, sizeof(*v->servers), compare_server);
	for (uint32_t i = 0; i < v->n_servers; i++)
		m->column[v->servers[i].order] = i;
	qsort_r(v->rows, v->n_rows, sizeof(*v->rows), compare_link, v);
	m->brief = last_number_tells(v);
	m->width = render_width(&v->base);
	m->link = strlen("LINK");
	for (uint32_t i = 0; i < v->n_rows; i = next_link(v, i), m->n_links++) {
		size_t wide = payload_columns(v->text + v->rows[i].at);

		if (wide > m->link)
			m->link = wide;
	}
	if (m->width != 0 && m->link > m->width / 2)
		m->link = m->width / 2 > 4 ? m->width / 2 : 4;
}

/* Behind the last server from @from on that fits: one does in any case. */
static uint32_t slice_end(const struct matrix *m, uint32_t from)
{
	size_t used = m->link;
	char text[CELL_MAX];
	uint32_t to = from;

	if (m->width == 0)
		return m->v->n_servers;
	for (; to < m->v->n_servers; to++) {
		used += SEPARATOR + payload_columns(label(m, to, text));
		if (to > from && used > m->width)
			break;
	}
	return to;
}

static int add_columns(const struct matrix *m, struct libscols_table *tb, uint32_t from,
		       uint32_t to)
{
	char text[CELL_MAX];

	if (scols_table_new_column(tb, "LINK", 0, 0) == NULL)
		return -1;
	for (; from < to; from++)
		if (scols_table_new_column(tb, label(m, from, text), 0, SCOLS_FL_RIGHT) == NULL)
			return -1;
	return 0;
}

/* One link: the rows from @row to @last are those of its servers. */
static int add_line(const struct matrix *m, struct libscols_table *tb, const struct view_row *row,
		    const struct view_row *last, uint32_t from, uint32_t to)
{
	struct libscols_line *line = scols_table_new_line(tb, NULL);
	char text[CELL_MAX];

	payload_escape(gcoap_bytes_text(m->v->text + row->at), text, sizeof(text), true,
		       m->width != 0 ? m->link : 0, m->v->base.ascii);
	if (line == NULL || scols_line_set_data(line, 0, text) != 0)
		return -1;
	for (uint32_t i = 0; i < to - from; i++)
		if (scols_line_set_data(line, i + 1, "-") != 0)
			return -1;
	for (; row < last; row++) {
		uint32_t column = m->column[row->server];

		if (column >= from && column < to &&
		    scols_line_set_data(line, column - from + 1, row->observable ? "o" : "x") != 0)
			return -1;
	}
	return 0;
}

static int print_slice(const struct matrix *m, uint32_t from, uint32_t to)
{
	const struct view_row *rows = m->v->rows;
	size_t cells = (size_t)(to - from + 1) * m->n_links;
	struct libscols_table *tb = NULL;
	int r;

	if (tables_room(m->v->text_len, cells))
		tb = tables_new(&m->v->base, m->width);
	if (tb == NULL)
		return GCOAP_ENOMEM;
	scols_table_enable_minout(tb, 1);
	r = add_columns(m, tb, from, to);
	for (uint32_t i = 0, end; r == 0 && i < m->v->n_rows; i = end) {
		end = next_link(m->v, i);
		r = add_line(m, tb, rows + i, rows + end, from, to);
	}
	return tables_print(&m->v->base, tb, r);
}

int links_view_matrix(struct links_view *v)
{
	struct matrix m = { .v = v };
	int r = 0;

	if (v->n_servers == 0)
		return 0;
	m.column = calloc(v->n_servers, sizeof(*m.column));
	if (m.column == NULL)
		return GCOAP_ENOMEM;
	measure(&m);
	for (uint32_t from = 0, to; r >= 0 && from < v->n_servers; from = to) {
		to = slice_end(&m, from);
		if (from > 0)
			r = render_write(&v->base, "\n", 1);
		if (r >= 0)
			r = print_slice(&m, from, to);
	}
	free(m.column);
	return r;
}
