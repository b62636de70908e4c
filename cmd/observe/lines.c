/* The default output: a line for each notification, a table of the servers at the end. */
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "common/render_common.h"
#include "common/summary.h"
#include "observe.h"

#define SERVERS_SHOWN 50
#define WIDTH_MAX 40 /* of the server's column */
#define LINE_MAX_BYTES 2048

struct lines {
	struct render_base base; /* first member */
	const struct run *run;	 /* whose servers are listed on SIGQUIT */
	int width;		 /* of the server's column so far */
	uint32_t n_servers, n_hidden;
};

/* What is to be known of a notification before its value. */
static size_t remarks(const struct gcoap_notification *n, char *buf, size_t cap)
{
	const struct gcoap_response *r = n->response;
	char age[16];
	size_t at = 0;

	buf[0] = '\0';
	if (n->server->state == GCOAP_OBSERVED_NOT_OBSERVABLE)
		at += (size_t)snprintf(buf + at, cap - at, "(not observable here) ");
	if (n->server->state == GCOAP_OBSERVED_ENDED)
		at += (size_t)snprintf(buf + at, cap - at, "(ended by the server) ");
	if (n->sequence == GCOAP_SEQUENCE_RESTART)
		at += (size_t)snprintf(buf + at, cap - at, "(counts from a new start) ");
	if (n->gap)
		at += (size_t)snprintf(buf + at, cap - at, "(%u missing before) ", n->gap);
	if (!r->complete)
		at += (size_t)snprintf(buf + at, cap - at, "(incomplete, %zu bytes: %s) ",
				       r->body.len, r->problem ? r->problem : "the rest did not come");
	if (n->age >= GCOAP_SECOND)
		at += (size_t)snprintf(buf + at, cap - at, "(%s old) ",
				       render_duration(n->age, age));
	return at < cap ? at : cap - 1;
}

/* The name from [names], else the address; and the path when there are several URIs. */
static void who(struct lines *l, const struct gcoap_origin *server, const char *uri, char *buf,
		size_t cap)
{
	const char *name = render_name(&l->base, &server->addr);
	const char *path = l->base.requests > 1 && uri ? strstr(uri, "://") : NULL;
	char text[1400];
	size_t n;

	if (name == NULL) {
		render_server(server, text, sizeof(text));
		name = text;
	}
	n = payload_escape(gcoap_bytes_text(name), buf, cap, true, WIDTH_MAX, l->base.ascii);
	path = path ? strchr(path + 3, '/') : NULL;
	if (path)
		payload_escape(gcoap_bytes_text(path), buf + n, cap - n, true, WIDTH_MAX,
			       l->base.ascii);
}

/* The same of an observation, whose request has the URI. */
static void who_is_observed(struct lines *l, const struct gcoap_observed *o, char *buf, size_t cap)
{
	const struct gcoap_origin plain = { .addr = o->server };
	const struct run *run = l->run;
	size_t i = o->id > 0 && o->id <= run->n_asked ? run->asked[o->id - 1] : SIZE_MAX;

	who(l, o->origin ? o->origin : &plain, i < run->n_targets ? run->targets[i].uri : NULL,
	    buf, cap);
}

static int line(struct lines *l, gcoap_time at, const char *server, const char *code,
		const char *text)
{
	char out[LINE_MAX_BYTES + 256], when[32];
	size_t len = render_when(&l->base, at, when);
	int n;

	if ((int)strlen(server) > l->width)
		l->width = (int)strlen(server);
	n = snprintf(out, sizeof(out), "%s%s%-*s  %s  %s\n", when, len ? "  " : "", l->width,
		     server, code, text);
	return render_write(&l->base, out, (size_t)n < sizeof(out) ? (size_t)n : sizeof(out) - 1);
}

static int on_request(struct gcoap_sink *to, const struct gcoap_request_record *r)
{
	struct lines *l = (struct lines *)to;

	render_note_request(&l->base, r);
	return l->base.show_req ? render_request_line(&l->base, r) : 0;
}

static size_t colour_code(const struct lines *l, uint8_t code, char *buf, size_t cap)
{
	const char *on = GCOAP_CODE_CLASS(code) == 2   ? "\033[32m" :
			 GCOAP_CODE_CLASS(code) == 4 ? "\033[33m" :
						       "\033[31m";
	char text[5];

	gcoap_code_format(code, text);
	return (size_t)snprintf(buf, cap, "%s%s%s", l->base.colour ? on : "", text,
				l->base.colour ? "\033[0m" : "");
}

static int on_notification(struct gcoap_sink *to, const struct gcoap_notification *n)
{
	struct lines *l = (struct lines *)to;
	const struct gcoap_response *r = n->response;
	char server[512], code[32], text[LINE_MAX_BYTES], value[16] = "-";
	size_t at;

	who(l, &r->server, r->uri, server, sizeof(server));
	colour_code(l, r->msg->code, code, sizeof(code));
	if (n->observe >= 0)
		snprintf(value, sizeof(value), "#%d", n->observe);
	at = (size_t)snprintf(text, sizeof(text), "%-4s ", value);
	at += remarks(n, text + at, sizeof(text) - at);
	if (l->base.show_payload)
		payload_cell(r->body, r->content_format, l->base.as, text + at,
			     sizeof(text) - at, 0, l->base.ascii);
	return line(l, r->at, server, code, text);
}

/* Duplicates and late ones, when they are wanted, and what a proxy refuses. */
static int on_response(struct gcoap_sink *to, const struct gcoap_response *r)
{
	struct lines *l = (struct lines *)to;
	char server[512], code[32], text[LINE_MAX_BYTES];
	size_t at;

	who(l, &r->server, r->uri, server, sizeof(server));
	colour_code(l, r->msg->code, code, sizeof(code));
	at = (size_t)snprintf(text, sizeof(text), "-    (%s) ",
			      r->refusal ? "proxy" : r->duplicate ? "duplicate" : "late");
	payload_cell(r->body, r->content_format, l->base.as, text + at, sizeof(text) - at, 0,
		     l->base.ascii);
	return line(l, r->at, server, code, text);
}

static int on_malformed(struct gcoap_sink *to, const struct gcoap_malformed *m)
{
	char text[300], from[GCOAP_ADDR_TEXT];

	snprintf(text, sizeof(text), "-    (malformed) %s at byte %zu",
		 m->diag.what ? m->diag.what : "", m->diag.at);
	return line((struct lines *)to, m->at, gcoap_addr_format(&m->from, from), "-   ", text);
}

static int on_stale(struct gcoap_sink *to, const struct gcoap_observed *o)
{
	struct lines *l = (struct lines *)to;
	char server[512], text[96];

	who_is_observed(l, o, server, sizeof(server));
	snprintf(text, sizeof(text), "-    (stale: nothing newer within Max-Age, %lld s)",
		 (long long)(o->max_age < 0 ? 60 : o->max_age));
	return line(l, o->at + o->age, server, "-   ", text);
}

static bool wants_summary(const struct lines *l)
{
	return strcmp(l->base.env.args->summary, "off") != 0;
}

static bool is_plain(const struct gcoap_observed *o)
{
	return o->state == GCOAP_OBSERVED_ACTIVE && o->lost <= 0 && !o->restarts && !o->flooded &&
	       !o->stale;
}

/* One row of the table on stderr, where the summary is. */
static int on_observed(struct render *r, const struct gcoap_observed *o)
{
	struct lines *l = (struct lines *)r;
	char server[512], gaps[96], age[16] = "-", rate[24] = "-", text[800];

	if (!wants_summary(l))
		return 0;
	if (l->n_servers >= SERVERS_SHOWN && (is_plain(o) || l->n_servers >= 4 * SERVERS_SHOWN)) {
		l->n_hidden++;
		return 0;
	}
	if (!l->n_servers++) {
		render_flush(r);
		snprintf(text, sizeof(text), "%-*s  %-14s  %6s  %8s  %9s  %s", l->width, "SERVER",
			 "STATE", "N", "RATE", "AGE", "GAPS");
		cli_line(text);
	}
	who_is_observed(l, o, server, sizeof(server));
	if (o->at)
		render_duration(o->age, age);
	if (o->n > 1)
		snprintf(rate, sizeof(rate), "%.2f/s", o->rate);
	snprintf(text, sizeof(text), "%-*s  %-14s  %6u  %8s  %8s%s  %s", l->width, server,
		 gcoap_observed_state_name(o->state), o->n, rate, age, o->stale ? "!" : " ",
		 observe_gaps_format(o, gaps, sizeof(gaps)));
	cli_line(text);
	return 0;
}

static int finish(struct render *r, const struct gcoap_summary *s, int status)
{
	struct lines *l = (struct lines *)r;
	int e = render_flush(r);
	char text[64];

	if (l->n_hidden) {
		snprintf(text, sizeof(text), "and %u more servers", l->n_hidden);
		cli_line(text);
	}
	summary_print(&l->base, s, true);
	l->n_servers = l->n_hidden = 0;
	return e;
}

/* SIGQUIT: the table as it would be now. */
static int interim(struct render *r, const struct gcoap_summary *s)
{
	struct lines *l = (struct lines *)r;
	gcoap_time now = gcoap_now();
	struct gcoap_observed o;

	for (uint32_t i = 0; gcoap_client_observed(l->run->client, i, now, &o) >= 0; i++)
		on_observed(r, &o);
	return finish(r, s, 0);
}

int observe_lines_open(struct render **out, const struct render_env *env, const struct run *run)
{
	int status = output_apply(env->args);
	struct lines *l;

	if (status)
		return status;
	l = render_new(sizeof(*l), env);
	if (!l)
		return CLI_LOCAL;
	l->run = run;
	l->width = 15;
	l->base.render.sink = (struct gcoap_sink){ .request = on_request,
						   .response = on_response,
						   .malformed = on_malformed,
						   .notification = on_notification,
						   .stale = on_stale };
	l->base.render.observed = on_observed;
	l->base.render.interim = interim;
	l->base.render.finish = finish;
	*out = &l->base.render;
	return 0;
}
