/* The sink between the run and the renderer: documents are kept, links go out when a round ends. */
#include <stdlib.h>
#include <string.h>
#include <gcoap/format.h>
#include "common/cli.h"
#include "discover.h"

static struct discover *of_sink(struct gcoap_sink *to)
{
	return (struct discover *)((char *)to - offsetof(struct discover, front.sink));
}

static struct discover *of_render(struct render *r)
{
	return (struct discover *)((char *)r - offsetof(struct discover, front));
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct render *out = of_sink(to)->out;

	return out->sink.request != NULL ? out->sink.request(&out->sink, r) : 0;
}

/* "coap://192.0.2.1" of the request's URI with the server's authority. */
static char *origin_of(const char *uri)
{
	const char *at = strstr(uri, "://");
	size_t len = at != NULL ? (size_t)(at + 3 - uri) : 0;

	return strndup(uri, len + strcspn(uri + len, "/?#"));
}

static void keep(struct discover *d, const struct gcoap_response *r)
{
	char server[1400];
	struct found *f;

	render_server(&r->server, server, sizeof(server));
	f = store_get(&d->store, server, NULL);
	/* Asked twice, over two interfaces: the first document counts, if it is one. */
	if (f == NULL || (f->here && GCOAP_CODE_CLASS(f->code) == 2 && f->len > 0))
		return;
	f->here = true;
	f->addr = r->server.addr;
	f->ifindex = r->ifindex;
	f->id = r->id;
	f->code = r->msg->code;
	f->rtt = r->rtt;
	f->unread = NULL;
	if (f->origin == NULL)
		f->origin = origin_of(r->uri != NULL ? r->uri : "");
	if (f->origin == NULL || GCOAP_CODE_CLASS(f->code) != 2) {
		store_body(&d->store, f, (struct gcoap_bytes){ NULL, 0 }, false);
		f->here = f->origin != NULL;
		return;
	}
	if (!r->complete)
		f->unread = r->problem != NULL ? r->problem : "the rest of it did not come";
	else if (r->content_format >= 0 && r->content_format != GCOAP_CF_LINK)
		f->unread = "another Content-Format than link-format";
	store_body(&d->store, f, r->body, false);
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct discover *d = of_sink(to);
	struct render *out = d->out;

	/* What a proxy refuses is of no server. */
	if (!r->duplicate && !r->late && !r->refusal && !directories_response(d, r))
		keep(d, r);
	return out->sink.response != NULL ? out->sink.response(&out->sink, r) : 0;
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	struct discover *d = of_sink(to);
	size_t cap = d->cap_missing > 0 ? 2 * d->cap_missing : 16;
	struct gcoap_missing *list;

	if (d->n_missing == d->cap_missing) {
		list = realloc(d->missing, cap * sizeof(*list));
		if (list == NULL)
			return GCOAP_ENOMEM;
		d->missing = list;
		d->cap_missing = cap;
	}
	d->missing[d->n_missing++] = *m;
	return 0;
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	struct render *out = of_sink(to)->out;

	return out->sink.malformed != NULL ? out->sink.malformed(&out->sink, m) : 0;
}

static int link_out(void *arg, const struct link_record *l)
{
	struct discover *d = arg;

	return d->out->link != NULL ? d->out->link(d->out, l) : 0;
}

/* A server, and its links. */
static int show_one(struct discover *d, struct found *f)
{
	struct link_server s;
	int r;

	found_each(d, f, NULL, NULL);
	d->faults += f->fault.name != NULL || f->unread != NULL;
	if (f->group == NULL && f->links == 0 && found_filtered(d) &&
	    GCOAP_CODE_CLASS(f->code) == 2 && f->fault.name == NULL)
		return 0; /* as if the server had looked at the filter */
	d->servers++;
	d->links += f->links;
	if (d->before != NULL)
		return 0;
	found_server(f, &s);
	r = d->out->server != NULL ? d->out->server(d->out, &s) : 0;
	return r < 0 ? r : found_each(d, f, link_out, d);
}

int discover_show(struct discover *d)
{
	struct render *out = d->out;
	int r = 0;

	if (d->shown)
		return 0;
	d->shown = true;
	d->servers = d->links = d->faults = 0;
	for (uint32_t i = 0; i < d->store.n && r >= 0; i++) {
		if (d->store.list[i].here && directories_shown(d, &d->store.list[i]))
			r = show_one(d, &d->store.list[i]);
	}
	if (r >= 0 && (d->before != NULL || d->own->follow > 0))
		r = discover_compare(d);
	for (size_t i = 0; i < d->n_missing && r >= 0; i++)
		r = out->sink.missing != NULL ? out->sink.missing(&out->sink, &d->missing[i]) : 0;
	d->n_missing = 0;
	return r;
}

/* The output failed, or memory did: the run says which. */
static void broken(struct discover *d, int r)
{
	if (r < 0 && d->run.tally.broken == 0)
		d->run.tally.broken = r;
}

int discover_next(struct run *run, gcoap_time now)
{
	struct discover *d = (struct discover *)run;

	if (d->directories != NULL && directories_next(d, now))
		return 1;
	broken(d, discover_show(d));
	if (d->own->follow > 0) {
		if (d->out->show != NULL)
			broken(d, d->out->show(d->out));
		if (d->out->flush != NULL)
			broken(d, d->out->flush(d->out));
		if (d->own->save != NULL && d->servers > 0)
			discover_save(d);
		store_round(&d->store);
		d->shown = false;
	}
	d->rounds++;
	return 0;
}

/* A round that was cut short tells of no losses. */
void discover_ended(struct run *run)
{
	struct discover *d = (struct discover *)run;

	if (d->rounds == 0)
		broken(d, discover_show(d));
}

static int on_error(struct render *r, int code, const char *what, const char *const *hints,
		    size_t n_hints)
{
	struct render *out = of_render(r)->out;

	return out->error != NULL ? out->error(out, code, what, hints, n_hints) : 0;
}

static int on_interim(struct render *r, const struct gcoap_summary *s)
{
	struct render *out = of_render(r)->out;

	return out->interim != NULL ? out->interim(out, s) : 0;
}

static int on_flush(struct render *r)
{
	struct render *out = of_render(r)->out;

	return out->flush != NULL ? out->flush(out) : 0;
}

static int on_finish(struct render *r, const struct gcoap_summary *s, int status)
{
	struct render *out = of_render(r)->out;

	return out->finish(out, s, status);
}

/* Part of struct discover: discover_close() ends what is behind it. */
static void on_close(struct render *r)
{
}

int discover_front_open(struct run *run, const struct render_env *env)
{
	struct discover *d = (struct discover *)run;
	const struct discover_own *o = d->own;
	struct render_env mine = *env;

	mine.links = true;
	mine.groups = o->groups;
	mine.view = o->flat ? "flat" : o->matrix ? "matrix" : o->links ? "links" : "tree";
	mine.footer = discover_footer;
	mine.footer_arg = d;
	d->front = (struct render){
		.sink = { on_request, on_response, on_missing, on_malformed },
		.error = on_error,
		.interim = on_interim,
		.flush = on_flush,
		.finish = on_finish,
		.close = on_close,
	};
	run->render = &d->front;
	return render_open(&d->out, &mine);
}
