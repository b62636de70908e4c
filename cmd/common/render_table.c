/* A table for people. Rows are held as their cells' text until the end. */
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <libsmartcols/libsmartcols.h>
#include "cli.h"
#include "columns.h"
#include "summary.h"
#include "tables.h"

#define COLUMNS_MAX 24

struct table_row {
	size_t at; /* of its cells in the text, one NUL-terminated string a column */
	uint32_t order;
	uint8_t class; /* of the code: 2, 4, 5; 0: no response */
	double number; /* what --sort compares: this, the address, or the cell @sort_at */
	size_t sort_at;
	struct gcoap_addr server;
};

struct table {
	struct render_base base; /* first member */
	const struct column *columns[COLUMNS_MAX];
	size_t n_columns;
	const struct column *sort; /* NULL: as they come */
	bool backwards;
	struct table_row *rows;
	uint32_t n_rows, cap_rows, n_malformed, dropped;
	char *text;
	size_t text_len, text_cap;
	bool any_name, several;
};

/* Room for one more row and all its cells. */
static int table_room(struct table *t)
{
	size_t cells = (t->n_columns + 1) * CELL_MAX, cap;
	void *p;

	if (t->n_rows == t->cap_rows) {
		cap = t->cap_rows ? 2 * (size_t)t->cap_rows : 64;
		p = realloc(t->rows, cap * sizeof(*t->rows));
		if (!p)
			return GCOAP_ENOMEM;
		t->rows = p;
		t->cap_rows = (uint32_t)cap;
	}
	if (t->text_len + cells > t->text_cap) {
		cap = t->text_cap + t->text_cap / 2 + cells;
		p = realloc(t->text, cap);
		if (!p)
			return GCOAP_ENOMEM;
		t->text = p;
		t->text_cap = cap;
	}
	return 0;
}

/* Is one more row too many? Of malformed messages, which anybody may send, few are kept. */
static bool table_full(const struct table *t, const struct row *row)
{
	return t->n_rows >= RENDER_ROWS_MAX ||
	       t->text_len + (t->n_columns + 1) * CELL_MAX > RENDER_BYTES_MAX ||
	       (row->malformed && t->n_malformed >= RENDER_MALFORMED_MAX);
}

static size_t cell_add(struct table *t, const struct column *c, const struct row *row)
{
	size_t at = t->text_len;

	t->text_len += 1 + c->text(&t->base, row, t->text + at, CELL_MAX);
	return at;
}

static int table_add(struct table *t, const struct row *row, const struct gcoap_addr *server)
{
	struct table_row *r;
	int e;

	if (table_full(t, row)) {
		t->dropped += !row->malformed;
		return 0;
	}
	e = table_room(t);
	if (e < 0)
		return e;
	t->n_malformed += row->malformed != NULL;
	r = &t->rows[t->n_rows];
	*r = (struct table_row){ .at = t->text_len, .order = t->n_rows, .server = *server };
	if (row->response)
		r->class = GCOAP_CODE_CLASS(row->response->msg->code);
	if (row->validation) {
		r->class = row->validation->found->state == GCOAP_VALIDATE_FRESH ? 2 : 4;
		t->several |= row->validation->several;
	}
	for (size_t i = 0; i < t->n_columns; i++) {
		size_t at = cell_add(t, t->columns[i], row);

		if (!strcmp(t->columns[i]->name, "name"))
			t->any_name |= t->text[at] != '\0';
	}
	if (t->sort && t->sort->number)
		r->number = column_number(t->sort, row);
	else if (t->sort)
		r->sort_at = cell_add(t, t->sort, row);
	t->n_rows++;
	return 0;
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct table *t = (struct table *)to;

	render_note_request(&t->base, r);
	return t->base.show_req ? render_request_line(&t->base, r) : 0;
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	if (((struct table *)to)->base.env.validations)
		return 0;
	return table_add((struct table *)to, &(struct row){ .response = r }, &r->server.addr);
}

static int on_validation(struct render *r, const struct validation_record *v)
{
	return table_add((struct table *)r, &(struct row){ .validation = v }, &v->found->server);
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	return table_add((struct table *)to,
			 &(struct row){ .response = n->response, .notification = n },
			 &n->response->server.addr);
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	if (((struct table *)to)->base.env.validations) /* which tell of the silent ones, too */
		return 0;
	return table_add((struct table *)to, &(struct row){ .missing = m }, &m->server);
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	return table_add((struct table *)to, &(struct row){ .malformed = m }, &m->from);
}

static int compare(const void *a, const void *b, void *arg)
{
	const struct table_row *x = a, *y = b;
	const struct table *t = arg;
	int d;

	if (t->sort->number)
		d = (x->number > y->number) - (x->number < y->number);
	else if (!strcmp(t->sort->name, "server"))
		d = gcoap_addr_compare(&x->server, &y->server);
	else
		d = strcmp(t->text + x->sort_at, t->text + y->sort_at);
	if (t->backwards)
		d = -d;
	return d ? d : x->order < y->order ? -1 : 1;
}

static bool column_hidden(const struct table *t, size_t i)
{
	const char *name = t->columns[i]->name;

	if (t->base.env.args->columns.n)
		return false;
	return (!strcmp(name, "name") && !t->any_name) ||
	       (!strcmp(name, "id") && t->base.requests < 2) ||
	       (!strcmp(name, "uri") && !t->several);
}

static int table_columns(struct table *t, struct libscols_table *tb, bool limited)
{
	for (size_t i = 0; i < t->n_columns; i++) {
		const struct column *c = t->columns[i];
		struct libscols_column *col;
		int flags = (c->right ? SCOLS_FL_RIGHT : 0) |
			    (limited && c->wide ? SCOLS_FL_TRUNC : 0) |
			    (column_hidden(t, i) ? SCOLS_FL_HIDDEN : 0);

		col = scols_table_new_column(tb, c->heading, 0, flags);
		if (!col)
			return -1;
	}
	return 0;
}

static const char *row_colour(const struct table_row *r)
{
	return r->class == 2 ? "green" : r->class == 4 ? "yellow" : "red";
}

static int table_line(struct table *t, struct libscols_table *tb, const struct table_row *r)
{
	struct libscols_line *line = scols_table_new_line(tb, NULL);
	const char *cell = t->text + r->at;

	if (!line)
		return -1;
	for (size_t i = 0; i < t->n_columns; i++, cell += strlen(cell) + 1) {
		if (scols_line_set_data(line, i, cell))
			return -1;
		if (t->base.colour && (!strcmp(t->columns[i]->name, "code") ||
				       !strcmp(t->columns[i]->name, "state")))
			scols_cell_set_color(scols_line_get_cell(line, i), row_colour(r));
	}
	return 0;
}

static int table_print(struct table *t)
{
	struct libscols_table *tb;
	size_t width = render_width(&t->base);
	int r = 0;

	if (!t->n_rows)
		return 0;
	tb = tables_room(t->text_len, t->n_columns * t->n_rows) ? tables_new(&t->base, width) : NULL;
	if (!tb)
		return GCOAP_ENOMEM;
	scols_table_enable_colors(tb, t->base.colour);
	r = table_columns(t, tb, width != 0);
	if (t->sort)
		qsort_r(t->rows, t->n_rows, sizeof(*t->rows), compare, t);
	for (uint32_t i = 0; r == 0 && i < t->n_rows; i++)
		r = table_line(t, tb, &t->rows[i]);
	return tables_print(&t->base, tb, r);
}

static int interim(struct render *r, const struct gcoap_summary *s)
{
	struct table *t = (struct table *)r;
	int e = table_print(t);

	summary_print(&t->base, s, true);
	return e;
}

static int finish(struct render *r, const struct gcoap_summary *s, int status)
{
	struct table *t = (struct table *)r;
	int e = interim(r, s);

	return e < 0 ? e : render_dropped(t->dropped);
}

static void table_close(struct render *r)
{
	struct table *t = (struct table *)r;

	free(t->rows);
	free(t->text);
	free(t);
}

int render_table_open(struct render **out, const struct render_env *env)
{
	struct table *t = render_new(sizeof(*t), env);
	const char *sort = env->args->sort;

	if (!t)
		return GCOAP_ENOMEM;
	t->n_columns = columns_chosen(env->args,
				      env->validations ? "uri,server,name,state,etag,saved,body" :
				      env->cached ? "id,server,name,code,rtt,cache,format,payload" :
				      !t->base.show_opts    ? "id,server,name,code,rtt,format,payload" :
				      t->base.show_payload ?
				      "id,server,name,code,rtt,format,options,payload" :
							    "id,server,name,code,rtt,format,options",
				      t->columns, COLUMNS_MAX);
	t->backwards = sort && sort[0] == '-';
	t->sort = sort ? column_find(sort + t->backwards) : NULL;
	t->base.ascii |= strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	t->base.render.sink = (struct gcoap_sink){ on_request, on_response, on_missing,
						   on_malformed, on_notification };
	t->base.render.validation = on_validation;
	t->base.render.interim = interim;
	t->base.render.finish = finish;
	t->base.render.close = table_close;
	*out = &t->base.render;
	return 0;
}
