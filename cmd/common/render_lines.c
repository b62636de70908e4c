/* Formats that write a line for each record as it comes: csv, pairs, short. */
#include <stdlib.h>
#include <string.h>
#include "columns.h"
#include "summary.h"

#define COLUMNS_MAX 24

struct lines {
	struct render_base base; /* first member */
	const struct column *columns[COLUMNS_MAX];
	size_t n_columns;
	struct jsonw line, cell; /* used again */
	/* Append the text to the line as cell @i. */
	void (*put)(struct lines *l, size_t i, struct gcoap_bytes text);
	const char *end;
	bool headings; /* to be written before the first line */
	bool summary;  /* what --summary auto means */
};

static int line_out(struct lines *l)
{
	int r;

	jsonw_raw(&l->line, l->end, strlen(l->end));
	r = l->line.failed || l->cell.failed ?
		    GCOAP_ENOMEM :
		    render_write(&l->base, l->line.buf, l->line.len);
	l->line.len = 0;
	return r;
}

static int headings(struct lines *l)
{
	l->headings = false;
	for (size_t i = 0; i < l->n_columns; i++)
		l->put(l, i, gcoap_bytes_text(l->columns[i]->name));
	return line_out(l);
}

static int line_add(struct lines *l, const struct row *row)
{
	int r = l->headings ? headings(l) : 0;

	if (r < 0)
		return r;
	for (size_t i = 0; i < l->n_columns; i++) {
		l->cell.len = 0;
		column_data(&l->base, l->columns[i], row, &l->cell);
		l->put(l, i, (struct gcoap_bytes){ (uint8_t *)l->cell.buf, l->cell.len });
	}
	return line_out(l);
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	render_note_request((struct render_base *)to, r);
	return 0;
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	if (((struct render_base *)to)->env.links || ((struct render_base *)to)->env.validations)
		return 0;
	return line_add((struct lines *)to, &(struct row){ .response = r });
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	return line_add((struct lines *)to,
			&(struct row){ .response = n->response, .notification = n });
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	if (((struct render_base *)to)->env.validations) /* which tell of the silent ones, too */
		return 0;
	return line_add((struct lines *)to, &(struct row){ .missing = m });
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	return line_add((struct lines *)to, &(struct row){ .malformed = m });
}

static int on_link(struct render *r, const struct link_record *l)
{
	((struct render_base *)r)->links++;
	return line_add((struct lines *)r, &(struct row){ .link = l });
}

static int on_validation(struct render *r, const struct validation_record *v)
{
	return line_add((struct lines *)r, &(struct row){ .validation = v });
}

static int interim(struct render *r, const struct gcoap_summary *s)
{
	int e = render_flush(r);

	summary_print((struct render_base *)r, s, ((struct lines *)r)->summary);
	return e;
}

static int finish(struct render *r, const struct gcoap_summary *s, int status)
{
	return interim(r, s);
}

static void lines_close(struct render *r)
{
	struct lines *l = (struct lines *)r;

	jsonw_clear(&l->line);
	jsonw_clear(&l->cell);
	free(l);
}

static struct lines *lines_new(const struct render_env *env, const char *fallback,
			       void (*put)(struct lines *, size_t, struct gcoap_bytes))
{
	struct lines *l = render_new(sizeof(*l), env);

	if (!l)
		return NULL;
	if (env->links)
		fallback = env->groups ? "server,group,href,uri,rt,if,ct,obs,sz,title" :
					 "server,href,uri,rt,if,ct,obs,sz,title";
	if (env->validations)
		fallback = "server,name,state,etag,saved,body,means,uri";
	l->n_columns = columns_chosen(env->args, fallback, l->columns, COLUMNS_MAX);
	l->put = put;
	l->end = "\n";
	l->base.render.sink = (struct gcoap_sink){ on_request, on_response, on_missing,
						   on_malformed, on_notification };
	l->base.render.link = on_link;
	l->base.render.validation = on_validation;
	l->base.render.interim = interim;
	l->base.render.finish = finish;
	l->base.render.close = lines_close;
	return l;
}

/* ---- csv: RFC 4180, quotes only where they are needed ---- */

static void csv_put(struct lines *l, size_t i, struct gcoap_bytes text)
{
	bool quote = false;

	for (size_t k = 0; k < text.len && !quote; k++)
		quote = memchr("\",\r\n", text.ptr[k], 4) != NULL;
	quote |= text.len && (text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ');
	if (i)
		jsonw_lit(&l->line, ",");
	if (!quote) {
		jsonw_raw(&l->line, (const char *)text.ptr, text.len);
		return;
	}
	jsonw_lit(&l->line, "\"");
	for (size_t k = 0; k < text.len; k++)
		jsonw_raw(&l->line, text.ptr[k] == '"' ? "\"\"" : (const char *)&text.ptr[k],
			  text.ptr[k] == '"' ? 2 : 1);
	jsonw_lit(&l->line, "\"");
}

int render_csv_open(struct render **out, const struct render_env *env)
{
	struct lines *l = lines_new(env, "server,name,code,reason,rtt_ms,format,payload", csv_put);

	if (!l)
		return GCOAP_ENOMEM;
	l->end = "\r\n";
	l->headings = !env->args->no_headings;
	*out = &l->base.render;
	return 0;
}

/* ---- pairs: NAME="value", what a shell could act on is \xNN ---- */

static void pairs_put(struct lines *l, size_t i, struct gcoap_bytes text)
{
	static const char hex[] = "0123456789abcdef";
	const char *name = l->columns[i]->heading;

	if (i)
		jsonw_lit(&l->line, " ");
	jsonw_raw(&l->line, name, strlen(name));
	jsonw_lit(&l->line, "=\"");
	for (size_t k = 0; k < text.len; k++) {
		char escaped[4] = { '\\', 'x', hex[text.ptr[k] >> 4], hex[text.ptr[k] & 15] };
		bool unsafe = memchr("\"$`\\!", text.ptr[k], 5) != NULL;

		jsonw_raw(&l->line, unsafe ? escaped : (const char *)&text.ptr[k], unsafe ? 4 : 1);
	}
	jsonw_lit(&l->line, "\"");
}

int render_pairs_open(struct render **out, const struct render_env *env)
{
	struct lines *l =
		lines_new(env, "server,name,code,reason,rtt_ms,format,payload", pairs_put);

	if (!l)
		return GCOAP_ENOMEM;
	*out = &l->base.render;
	return 0;
}

/* ---- short: a line for a glance ---- */

static void short_put(struct lines *l, size_t i, struct gcoap_bytes text)
{
	if (i && text.len)
		jsonw_lit(&l->line, " ");
	jsonw_raw(&l->line, (const char *)text.ptr, text.len);
}

int render_short_open(struct render **out, const struct render_env *env)
{
	struct lines *l = lines_new(env, "server,code,payload", short_put);

	if (!l)
		return GCOAP_ENOMEM;
	l->summary = true;
	*out = &l->base.render;
	return 0;
}
