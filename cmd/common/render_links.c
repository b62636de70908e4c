/* Links for people: a tree, a flat table, a matrix, or link format (RFC 6690). */
#include "render_links.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "summary.h"

/* Room for one more of @size bytes in *@list; false: there is no memory. */
static bool more(void **list, uint32_t n, uint32_t *cap, size_t size)
{
	uint32_t want = *cap > 0 ? 2 * *cap : 64;
	void *p;

	if (n < *cap)
		return true;
	p = realloc(*list, want * size);
	if (p == NULL)
		return false;
	*list = p;
	*cap = want;
	return true;
}

static bool text_room(struct links_view *v, size_t n)
{
	size_t want = v->text_cap + v->text_cap / 2 + n;
	char *p;

	if (v->text_len + n <= v->text_cap)
		return true;
	if (v->text_len + n > RENDER_BYTES_MAX)
		return false;
	p = realloc(v->text, want);
	if (p == NULL)
		return false;
	v->text = p;
	v->text_cap = want;
	return true;
}

static struct view_row *row_new(struct links_view *v)
{
	struct view_row *r;

	if (v->n_rows == LINK_ROWS_MAX || !text_room(v, (v->n_columns + 1) * CELL_MAX) ||
	    !more((void **)&v->rows, v->n_rows, &v->cap_rows, sizeof(*v->rows))) {
		v->dropped++;
		return NULL;
	}
	r = &v->rows[v->n_rows];
	*r = (struct view_row){ .order = v->n_rows, .at = v->text_len,
				.server = v->n_servers > 0 ? v->n_servers - 1 : 0 };
	v->n_rows++;
	return r;
}

static size_t cell_add(struct links_view *v, const struct column *c, const struct row *row)
{
	size_t at = v->text_len;

	v->text_len += 1 + c->text(&v->base, row, v->text + at, CELL_MAX);
	return at;
}

/* "127.0.0.10:5683 kitchen (2 links, 312 ms)" */
static void server_text(struct links_view *v, const struct link_server *s, char *buf, size_t cap)
{
	const char *name = render_name(&v->base, &s->addr);
	char rtt[16], code[5], label[1400];
	size_t n;

	if (s->group != NULL)
		snprintf(label, sizeof(label), "%s %s", s->group, s->base != NULL ? s->base : "-");
	else
		snprintf(label, sizeof(label), "%s%s%s", s->server, name != NULL ? " " : "",
			 name != NULL ? name : "");
	n = payload_escape(gcoap_bytes_text(label), buf, cap - 100, true, 200, v->base.ascii);
	n += (size_t)snprintf(buf + n, cap - n, " (");
	if (s->code != 0 && GCOAP_CODE_CLASS(s->code) != 2)
		n += (size_t)snprintf(buf + n, cap - n, "%s %s", gcoap_code_format(s->code, code),
				      gcoap_code_name(s->code) ? gcoap_code_name(s->code) : "");
	else
		n += (size_t)snprintf(buf + n, cap - n, "%u %s", s->links,
				      s->links == 1 ? "link" : "links");
	if (s->rtt >= 0)
		n += (size_t)snprintf(buf + n, cap - n, ", %s", render_duration(s->rtt, rtt));
	if (s->group != NULL)
		n += (size_t)snprintf(buf + n, cap - n, ", known to %s", s->server);
	snprintf(buf + n, cap - n, "%s)", s->problem != NULL ? ", malformed" : "");
}

static int on_server(struct render *render, const struct link_server *s)
{
	struct links_view *v = (struct links_view *)render;
	char label[CELL_MAX];
	struct view_row *r;
	size_t n;

	if (!more((void **)&v->servers, v->n_servers, &v->cap_servers, sizeof(*v->servers)) ||
	    !text_room(v, 2 * CELL_MAX)) {
		v->dropped++;
		return 0;
	}
	v->servers[v->n_servers] = (struct view_server){ s->addr, v->text_len, s->group != NULL,
							      v->n_servers };
	n = payload_escape(gcoap_bytes_text(s->group != NULL ? s->group : s->server), v->text + v->text_len, CELL_MAX, true, 80,
			   v->base.ascii);
	v->text_len += n + 1;
	v->n_servers++;
	if (!v->tree)
		return 0;
	r = row_new(v);
	if (r == NULL)
		return 0;
	r->is_server = true;
	server_text(v, s, label, sizeof(label));
	n = strlen(label) + 1;
	memcpy(v->text + v->text_len, label, n);
	v->text_len += n;
	memset(v->text + v->text_len, 0, v->n_columns - 1);
	v->text_len += v->n_columns - 1;
	return 0;
}

static int on_link(struct render *render, const struct link_record *l)
{
	struct links_view *v = (struct links_view *)render;
	struct row row = { .link = l };
	struct view_row *r = row_new(v);

	v->base.links++;
	if (r == NULL)
		return 0;
	r->observable = gcoap_link_flag(l->link, "obs");
	for (size_t i = 0; i < v->n_columns; i++)
		cell_add(v, v->columns[i], &row);
	if (v->sort != NULL && v->sort->number)
		r->number = column_number(v->sort, &row);
	else if (v->sort != NULL)
		r->sort_at = cell_add(v, v->sort, &row);
	return 0;
}

static int on_change(struct render *render, const struct link_change *c)
{
	static const char *const words[] = { "NEW", "LOST", "CHANGED" };
	struct links_view *v = (struct links_view *)render;
	char plain[4096], line[8192], links[32] = "";
	size_t n;

	if (c->href == NULL)
		snprintf(links, sizeof(links), "(%u %s)", c->links, c->links == 1 ? "link" : "links");
	snprintf(plain, sizeof(plain), "%-7s  %s  %s%s%s", words[c->kind], c->server,
		 c->href != NULL ? c->href : links, c->detail != NULL ? "  " : "",
		 c->detail != NULL ? c->detail : "");
	n = payload_escape(gcoap_bytes_text(plain), line, sizeof(line) - 1, true, 0, v->base.ascii);
	line[n++] = '\n';
	return render_write(&v->base, line, n);
}

static int show(struct render *render)
{
	struct links_view *v = (struct links_view *)render;
	int r = v->n_rows == 0 && !v->matrix ? 0 :
		v->matrix ? links_view_matrix(v) : links_view_print(v);

	v->n_rows = v->n_servers = 0;
	v->text_len = 0;
	return r;
}

static int interim(struct render *render, const struct gcoap_summary *s)
{
	summary_print((struct render_base *)render, s, true);
	return render_flush(render);
}

static int finish(struct render *render, const struct gcoap_summary *s, int status)
{
	struct links_view *v = (struct links_view *)render;
	int r = show(render);

	if (r == 0)
		r = interim(render, s);
	return r < 0 ? r : render_dropped(v->dropped);
}

static void view_close(struct render *render)
{
	struct links_view *v = (struct links_view *)render;

	free(v->rows);
	free(v->servers);
	free(v->text);
	jsonw_clear(&v->line);
	jsonw_clear(&v->escaped);
	free(v);
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	render_note_request((struct render_base *)to, r);
	return 0;
}

/* ---- link format: one document of absolute links, a line each ---- */

static int text_link(struct render *render, const struct link_record *l)
{
	struct links_view *v = (struct links_view *)render;
	size_t room = l->link->params.len + 6 * GCOAP_LINK_VALUE_MAX;
	struct gcoap_bytes text;
	char *buf;
	int n;

	v->line.len = v->escaped.len = 0;
	buf = jsonw_room(&v->line, room);
	n = buf != NULL ? gcoap_link_format(l->link, l->origin, buf, room) : GCOAP_ENOMEM;
	if (n < 0)
		return n;
	text = (struct gcoap_bytes){ (uint8_t *)buf, (size_t)n };
	buf = jsonw_room(&v->escaped, 12 * (size_t)n + 8);
	if (buf == NULL)
		return GCOAP_ENOMEM;
	n = 0;
	if (v->base.links++ > 0) {
		memcpy(buf, ",\n", 2);
		n = 2;
	}
	n += (int)payload_escape(text, buf + n, 12 * text.len + 4, true, 0, v->base.ascii);
	return render_write(&v->base, buf, (size_t)n);
}

static int text_show(struct render *render)
{
	struct links_view *v = (struct links_view *)render;
	int r = v->base.links > 0 ? render_write(&v->base, "\n", 1) : 0;

	v->base.links = 0;
	return r;
}

static int text_finish(struct render *render, const struct gcoap_summary *s, int status)
{
	int r = text_show(render);

	return r < 0 ? r : interim(render, s);
}

int render_links_open(struct render **out, const struct render_env *env)
{
	struct links_view *v = render_new(sizeof(*v), env);
	const char *sort = env->args->sort;
	struct render *r;

	if (v == NULL)
		return GCOAP_ENOMEM;
	v->tree = strcmp(env->view, "tree") == 0;
	v->matrix = strcmp(env->view, "matrix") == 0;
	v->base.ascii |= strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	v->n_columns = columns_chosen(env->args, v->tree ? "href,rt,if,ct,obs,sz,title" :
				      v->matrix ? "href" :
				      env->groups ? "group,href,rt,if,ct,obs,sz,title" :
						    "server,href,rt,if,ct,obs,sz,title",
				      v->columns, LINK_COLUMNS_MAX);
	v->backwards = sort != NULL && sort[0] == '-';
	v->sort = sort != NULL ? column_find(sort + v->backwards) : NULL;
	r = &v->base.render;
	r->sink.request = on_request;
	r->change = on_change;
	r->interim = interim;
	r->close = view_close;
	if (strcmp(env->view, "links") == 0) {
		r->link = text_link;
		r->show = text_show;
		r->finish = text_finish;
	} else {
		r->server = on_server;
		r->link = on_link;
		r->show = show;
		r->finish = finish;
	}
	*out = r;
	return 0;
}
