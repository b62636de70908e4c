/* One JSON document: the same records as JSON Lines, in lists. */
#include "render_common.h"

#include <stdlib.h>

/* Those behind ERRORS are of observations, then of discoveries. */
enum list {
	REQUESTS, RESPONSES, MISSING, MALFORMED, ERRORS, NOTIFICATIONS, STALE, OBSERVED, GROUPS,
	LINKS, CHANGES, VALIDATIONS, LISTS
};

struct json {
	struct render_base base; /* first member */
	struct jsonw lists[LISTS];
	uint32_t n[LISTS];
	uint32_t dropped;
};

/* A server has many links. */
static uint32_t rows_max(enum list which)
{
	return which == LINKS ? 10 * RENDER_ROWS_MAX : RENDER_ROWS_MAX;
}

/* The list to append the next record to, NULL when it is not to be kept. */
static struct jsonw *next(struct json *j, enum list which)
{
	size_t held = 0;

	for (int i = 0; i < LISTS; i++)
		held += j->lists[i].len;
	/* Anybody may send malformed messages: they take no room from the others. */
	if (which == MALFORMED && j->n[which] == RENDER_MALFORMED_MAX)
		return NULL;
	if (which != ERRORS && (j->n[which] == rows_max(which) || held > RENDER_BYTES_MAX)) {
		j->dropped++;
		return NULL;
	}
	if (j->n[which]++)
		jsonw_lit(&j->lists[which], ",\n");
	return &j->lists[which];
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct json *j = (struct json *)to;
	struct jsonw *w = next(j, REQUESTS);

	render_note_request(&j->base, r);
	if (w)
		record_request(&j->base, w, r);
	return 0;
}

static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct json *j = (struct json *)to;
	struct jsonw *w = next(j, RESPONSES);

	if (w)
		record_response(&j->base, w, r);
	return 0;
}

static int on_missing(struct gcoap_sink *to, const struct gcoap_missing *m)
{
	struct json *j = (struct json *)to;
	struct jsonw *w = next(j, MISSING);

	if (w)
		record_missing(&j->base, w, m);
	return 0;
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	struct json *j = (struct json *)to;
	struct jsonw *w = next(j, MALFORMED);

	if (w)
		record_malformed(&j->base, w, m);
	return 0;
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct json *j = (struct json *)to;
	struct jsonw *w = next(j, NOTIFICATIONS);

	if (w)
		record_notification(&j->base, w, n);
	return 0;
}

static int on_stale(struct gcoap_sink *to, const struct gcoap_observed *o)
{
	struct json *j = (struct json *)to;
	struct jsonw *w = next(j, STALE);

	if (w)
		record_observed(&j->base, w, "stale", o);
	return 0;
}

static int on_observed(struct render *r, const struct gcoap_observed *o)
{
	struct json *j = (struct json *)r;
	struct jsonw *w = next(j, OBSERVED);

	if (w)
		record_observed(&j->base, w, "server", o);
	return 0;
}

static int on_server(struct render *r, const struct link_server *s)
{
	struct json *j = (struct json *)r;
	struct jsonw *w = s->group ? next(j, GROUPS) : NULL;

	if (w)
		record_group(&j->base, w, s);
	return 0;
}

static int on_link(struct render *r, const struct link_record *l)
{
	struct json *j = (struct json *)r;
	struct jsonw *w = next(j, LINKS);

	j->base.links++;
	if (w)
		record_link(&j->base, w, l);
	return 0;
}

static int on_change(struct render *r, const struct link_change *c)
{
	struct jsonw *w = next((struct json *)r, CHANGES);

	if (w)
		record_change(w, c);
	return 0;
}

static int on_validation(struct render *r, const struct validation_record *v)
{
	struct json *j = (struct json *)r;
	struct jsonw *w = next(j, VALIDATIONS);

	if (w)
		record_validation(&j->base, w, v);
	return 0;
}

static int on_error(struct render *r, int code, const char *what, const char *const *hints,
		    size_t n_hints)
{
	struct json *j = (struct json *)r;

	record_error(next(j, ERRORS), code, what, hints, n_hints);
	return 0;
}

/* The first request by itself, then everything as lists. */
static int finish(struct render *r, const struct gcoap_summary *s, int status)
{
	static const char *const keys[] = { "requests", "responses", "missing", "malformed",
					    "errors", "notifications", "stale", "servers",
					    "groups", "links", "changes",
					    "validations" };
	struct json *j = (struct json *)r;
	struct jsonw w = { 0 };
	const char *first = j->lists[REQUESTS].buf;
	size_t n = 0;
	int e;

	while (first && n < j->lists[REQUESTS].len && first[n] != '\n')
		n++;
	if (j->n[REQUESTS] > 1)
		n--; /* the comma */
	jsonw_lit(&w, "{\"request\":");
	if (n)
		jsonw_raw(&w, first, n);
	else
		jsonw_lit(&w, "null");
	for (int i = 0; i < LISTS; i++) {
		/* Those of observations: only when there was one. */
		if (i >= NOTIFICATIONS && i < GROUPS && !j->n[NOTIFICATIONS] && !j->n[OBSERVED])
			continue;
		if (i >= GROUPS && i < VALIDATIONS && !j->base.env.links)
			continue;
		if (i == VALIDATIONS && !j->base.env.validations)
			break;
		jsonw_lit(&w, ",\n");
		jsonw_text(&w, keys[i]);
		jsonw_lit(&w, ":[");
		jsonw_raw(&w, j->lists[i].buf, j->lists[i].len);
		jsonw_lit(&w, "]");
		w.failed |= j->lists[i].failed;
	}
	jsonw_lit(&w, ",\n\"summary\":");
	record_summary(&j->base, &w, s, status);
	jsonw_lit(&w, "}\n");
	e = w.failed ? GCOAP_ENOMEM : render_write(&j->base, w.buf, w.len);
	jsonw_clear(&w);
	return e < 0 ? e : render_dropped(j->dropped);
}

static void json_close(struct render *r)
{
	struct json *j = (struct json *)r;

	for (int i = 0; i < LISTS; i++)
		jsonw_clear(&j->lists[i]);
	free(r);
}

int render_json_open(struct render **out, const struct render_env *env)
{
	struct json *j = render_new(sizeof(*j), env);

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
	j->base.render.finish = finish;
	j->base.render.close = json_close;
	*out = &j->base.render;
	return 0;
}
