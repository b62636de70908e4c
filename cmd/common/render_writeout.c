/* --write-out: a format string for each answer, compiled once. */
#include <stdlib.h>
#include <string.h>
#include "cli.h"
#include "columns.h"
#include "suggest.h"
#include "summary.h"

#define PARTS_MAX 64

/* Literal text, a column, or the whole record as JSON. */
struct part {
	const char *text;
	size_t len;
	const struct column *column;
	bool json;
};

struct writeout {
	struct render_base base; /* first member */
	struct part parts[PARTS_MAX];
	size_t n;
	char *literal; /* the format with its escapes undone */
	struct jsonw w;
};

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	render_note_request((struct render_base *)to, r);
	return 0;
}

static int write_row(struct writeout *o, const struct row *row)
{
	o->w.len = 0;
	for (size_t i = 0; i < o->n; i++) {
		const struct part *p = &o->parts[i];

		if (p->json && row->notification)
			record_notification(&o->base, &o->w, row->notification);
		else if (p->json && row->link)
			record_link(&o->base, &o->w, row->link);
		else if (p->json && row->validation)
			record_validation(&o->base, &o->w, row->validation);
		else if (p->json)
			record_response(&o->base, &o->w, row->response);
		else if (p->column)
			column_data(&o->base, p->column, row, &o->w);
		else
			jsonw_raw(&o->w, p->text, p->len);
	}
	return o->w.failed ? GCOAP_ENOMEM : render_write(&o->base, o->w.buf, o->w.len);
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct writeout *o = (struct writeout *)to;

	return o->base.env.links || o->base.env.validations ? 0 : write_row(o, &(struct row){ .response = r });
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	return write_row((struct writeout *)to,
			 &(struct row){ .response = n->response, .notification = n });
}

static int on_validation(struct render *r, const struct validation_record *v)
{
	return write_row((struct writeout *)r, &(struct row){ .validation = v });
}

static int on_link(struct render *r, const struct link_record *l)
{
	((struct render_base *)r)->links++;
	return write_row((struct writeout *)r, &(struct row){ .link = l });
}

static int unknown(const char *name)
{
	struct suggest s = { .word = name };
	char known[512] = "known: json";
	const char *hints[] = { known, NULL };
	size_t n = strlen(known);

	suggest_try(&s, "json");
	for (const struct column *c = columns; c->name; c++) {
		suggest_try(&s, c->name);
		n += (size_t)snprintf(known + n, sizeof(known) - n, " %s", c->name);
	}
	if (s.best)
		snprintf(known + n, sizeof(known) - n, "; did you mean %%{%s}?", s.best);
	return cli_error(CLI_USAGE, hints, "--write-out: unknown variable %%{%s}", name);
}

/* The variable at @p, "%{name}"; 0 or CLI_USAGE. *@p is moved behind it. */
static int variable(struct writeout *o, const char **p)
{
	const char *close = strchr(*p, '}');
	struct part *part = &o->parts[o->n];
	char name[64];

	if (!close || close - *p > 60)
		return cli_usage("--write-out: %%{ without its }");
	snprintf(name, sizeof(name), "%.*s", (int)(close - *p - 2), *p + 2);
	*part = (struct part){ .column = column_find(name), .json = !strcmp(name, "json") };
	if (!part->column && !part->json)
		return unknown(name);
	o->n++;
	*p = close + 1;
	return 0;
}

/* One character of the format at *@p, which is moved behind it; -1: an unknown escape. */
static int character(const char **p)
{
	static const char from[] = "ntr\\e0", to[] = "\n\t\r\\\033";
	const char *at;

	if (**p == '%' && (*p)[1] == '%') {
		*p += 2;
		return '%';
	}
	if (**p != '\\')
		return (uint8_t)*(*p)++;
	at = (*p)[1] ? strchr(from, (*p)[1]) : NULL;
	if (!at)
		return -1;
	*p += 2;
	return (uint8_t)to[at - from];
}

static int compile(struct writeout *o, const char *format)
{
	char *out = o->literal;
	const char *p = format;
	int c, status;

	while (*p) {
		char *from = out;

		while (*p && !(p[0] == '%' && p[1] == '{')) {
			c = character(&p);
			if (c < 0)
				return cli_usage("--write-out: unknown escape \\%.1s; known: "
						 "\\n \\t \\r \\e \\0 \\\\", p + 1);
			*out++ = (char)c;
		}
		if (o->n + 2 > PARTS_MAX)
			return cli_usage("--write-out: more than %d parts", PARTS_MAX);
		if (out > from)
			o->parts[o->n++] = (struct part){ .text = from, .len = (size_t)(out - from) };
		status = *p ? variable(o, &p) : 0;
		if (status)
			return status;
	}
	return 0;
}

static int finish(struct render *r, const struct gcoap_summary *s, int status)
{
	int e = render_flush(r);

	summary_print((struct render_base *)r, s, false);
	return e;
}

static void writeout_close(struct render *r)
{
	struct writeout *o = (struct writeout *)r;

	free(o->literal);
	jsonw_clear(&o->w);
	free(o);
}

int render_writeout_open(struct render **out, const struct render_env *env)
{
	struct writeout *o = render_new(sizeof(*o), env);
	int status;

	if (!o)
		return GCOAP_ENOMEM;
	o->base.render.sink.request = on_request;
	o->base.render.sink.response = on_response;
	o->base.render.sink.notification = on_notification;
	o->base.render.link = on_link;
	o->base.render.validation = on_validation;
	o->base.render.finish = finish;
	o->base.render.close = writeout_close;
	o->literal = malloc(strlen(env->args->write_out) + 1);
	if (o->literal)
		status = compile(o, env->args->write_out);
	else
		status = cli_error(CLI_LOCAL, NULL, "--write-out: %s",
				   gcoap_strerror(GCOAP_ENOMEM));
	if (status)
		writeout_close(&o->base.render);
	else
		*out = &o->base.render;
	return status;
}
