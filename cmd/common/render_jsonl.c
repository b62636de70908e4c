/* JSON Lines: every record as it comes. */
#include "render_common.h"

#include <stdlib.h>

struct jsonl {
	struct render_base base; /* first member */
	struct jsonw w;		 /* one record, used again */
};

static int line_out(struct jsonl *j)
{
	int r;

	jsonw_lit(&j->w, "\n");
	r = j->w.failed ? GCOAP_ENOMEM : render_write(&j->base, j->w.buf, j->w.len);
	j->w.len = 0;
	return r;
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct jsonl *j = (struct jsonl *)to;

	render_note_request(&j->base, r);
	record_request(&j->base, &j->w, r);
	return line_out(j);
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct jsonl *j = (struct jsonl *)to;

	record_response(&j->base, &j->w, r);
	return line_out(j);
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	struct jsonl *j = (struct jsonl *)to;

	record_missing(&j->base, &j->w, m);
	return line_out(j);
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	struct jsonl *j = (struct jsonl *)to;

	record_malformed(&j->base, &j->w, m);
	return line_out(j);
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct jsonl *j = (struct jsonl *)to;

	record_notification(&j->base, &j->w, n);
	return line_out(j);
}

static int on_stale(struct gcoap_sink *to, const struct gcoap_observed *o)
{
	struct jsonl *j = (struct jsonl *)to;

	record_observed(&j->base, &j->w, "stale", o);
	return line_out(j);
}

static int on_observed(struct render *r, const struct gcoap_observed *o)
{
	struct jsonl *j = (struct jsonl *)r;

	record_observed(&j->base, &j->w, "server", o);
	return line_out(j);
}

static int on_server(struct render *r, const struct link_server *s)
{
	struct jsonl *j = (struct jsonl *)r;

	if (!s->group)
		return 0; /* its response was a record */
	record_group(&j->base, &j->w, s);
	return line_out(j);
}

static int on_link(struct render *r, const struct link_record *l)
{
	struct jsonl *j = (struct jsonl *)r;

	j->base.links++;
	record_link(&j->base, &j->w, l);
	return line_out(j);
}

static int on_change(struct render *r, const struct link_change *c)
{
	struct jsonl *j = (struct jsonl *)r;

	record_change(&j->w, c);
	return line_out(j);
}

static int on_validation(struct render *r, const struct validation_record *v)
{
	struct jsonl *j = (struct jsonl *)r;

	record_validation(&j->base, &j->w, v);
	return line_out(j);
}

static int on_error(struct render *r, int code, const char *what, const char *const *hints,
		    size_t n_hints)
{
	struct jsonl *j = (struct jsonl *)r;

	record_error(&j->w, code, what, hints, n_hints);
	return line_out(j);
}

static int finish(struct render *r, const struct gcoap_summary *s, int status)
{
	struct jsonl *j = (struct jsonl *)r;

	record_summary(&j->base, &j->w, s, status);
	return line_out(j);
}

static int interim(struct render *r, const struct gcoap_summary *s)
{
	return render_flush(r);
}

static void jsonl_close(struct render *r)
{
	jsonw_clear(&((struct jsonl *)r)->w);
	free(r);
}

int render_jsonl_open(struct render **out, const struct render_env *env)
{
	struct jsonl *j = render_new(sizeof(*j), env);

	if (!j)
		return GCOAP_ENOMEM;
	j->base.render.sink = (struct gcoap_sink){ on_request, on_response, on_missing,
						   on_malformed, on_notification, on_stale };
	j->base.render.observed = on_observed;
	j->base.render.server = on_server;
	j->base.render.link = on_link;
	j->base.render.change = on_change;
	j->base.render.validation = on_validation;
	j->base.render.error = on_error;
	j->base.render.interim = interim;
	j->base.render.finish = finish;
	j->base.render.close = jsonl_close;
	*out = &j->base.render;
	return 0;
}
