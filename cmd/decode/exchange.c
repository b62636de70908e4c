/* One exchange of a capture, through the renderers of the clients. */
#include "capture.h"

#include <unistd.h>
#include <gcoap/origin.h>
#include "common/config.h"

static const char *name_of(void *arg, const struct gcoap_addr *addr)
{
	return config_name_of(addr);
}

static int open_render(const struct capture *c, struct render **out)
{
	struct render_env env = {
		.args = &c->args->output,
		.tool = cli_tool(),
		.registry = c->registry,
		.name_of = name_of,
		.out = stdout,
		.err = stderr,
		.tty = isatty(STDOUT_FILENO),
		.wall = c->start - 1,
	};

	return render_open(out, &env);
}

/* The URI that was asked: Proxy-Uri, else what the options say. */
static void request_uri(const struct exchange *x, char *buf, size_t cap)
{
	const struct gcoap_option *o = gcoap_msg_find(&x->request->msg, GCOAP_PROXY_URI);

	if (o)
		payload_escape(o->value, buf, cap, true, 0, true);
	else if (gcoap_uri_from_options(&x->request->msg, &x->request->to, buf, cap) < 0)
		snprintf(buf, cap, "-");
}

static bool asks_group(const struct exchange *x, const char *uri)
{
	struct gcoap_uri u;

	if (gcoap_addr_is_multicast(&x->request->to))
		return true;
	return gcoap_msg_find(&x->request->msg, GCOAP_PROXY_URI) &&
	       gcoap_uri_parse(&u, uri, NULL) >= 0 && !u.host_is_name &&
	       gcoap_addr_is_multicast(&u.addr);
}

/* Who answered: the option that a proxy added, else the source. */
static void identify(const struct capture *c, const struct packet *p, struct gcoap_response *r)
{
	const struct gcoap_option *o;

	o = gcoap_msg_find(&p->msg, c->registry->draft[GCOAP_DRAFT_RESPONSE_FORWARDING]);
	if (o && gcoap_tp_info_decode(o->value, GCOAP_PORT_WGP_00, GCOAP_PORT, &r->server, NULL) >=
			 0) {
		r->server_from = GCOAP_FROM_RESPONSE_FORWARDING;
		return;
	}
	o = gcoap_msg_find(&p->msg, c->registry->draft[GCOAP_DRAFT_REPLY_FROM]);
	if (o && gcoap_reply_from_decode(o->value, &r->server, NULL) >= 0) {
		r->server_from = GCOAP_FROM_REPLY_FROM;
		return;
	}
	memset(&r->server, 0, sizeof(r->server));
	r->server.addr = p->from;
	r->server_from = GCOAP_FROM_SOURCE;
}

static int64_t uint_option(const struct gcoap_msg *m, uint16_t number, size_t max)
{
	uint32_t v;

	return gcoap_msg_uint(m, number, max, &v) < 0 ? -1 : (int64_t)v;
}

/* Which response of its server it is, repeats of one message left out. */
static uint32_t nth_of(const struct exchange *x, size_t i)
{
	uint32_t n = 1;

	for (size_t k = i; k > 0 && i - k < 4096; k--)
		n += !x->replies[k - 1].duplicate &&
		     gcoap_addr_equal(&x->replies[k - 1].packet->from, &x->replies[i].packet->from);
	return n;
}

struct totals {
	struct gcoap_summary summary;
	gcoap_time *rtts;
};

static int compare_times(const void *a, const void *b)
{
	gcoap_time x = *(const gcoap_time *)a, y = *(const gcoap_time *)b;

	return (x > y) - (x < y);
}

static void spread(struct totals *t)
{
	struct gcoap_summary *s = &t->summary;
	uint32_t n = s->responses;

	if (!n || !t->rtts)
		return;
	qsort(t->rtts, n, sizeof(*t->rtts), compare_times);
	s->rtt = (struct gcoap_spread){ t->rtts[0], t->rtts[n / 2], t->rtts[(size_t)n * 99 / 100],
					t->rtts[n - 1] };
}

static void count(struct totals *t, const struct gcoap_response *r)
{
	struct gcoap_summary *s = &t->summary;

	if (r->duplicate) {
		s->duplicates++;
		return;
	}
	if (t->rtts)
		t->rtts[s->responses] = r->rtt;
	s->responses++;
	s->servers += r->nth == 1;
	s->ok += GCOAP_CODE_CLASS(r->msg->code) == 2;
	s->errors += GCOAP_CODE_CLASS(r->msg->code) >= 4;
	s->incomplete += !r->complete;
	s->bytes += r->body.len;
}

static int show_reply(struct capture *c, const struct exchange *x, size_t i, uint32_t id,
		      struct render *render, struct totals *t)
{
	const struct packet *p = x->replies[i].packet;
	struct gcoap_response r = { .id = id, .seq = (uint32_t)i + 1, .at = p->at,
				    .rtt = p->at - x->request->at, .from = p->from,
				    .msg = &p->msg, .duplicate = x->replies[i].duplicate };
	const struct gcoap_option *etag = gcoap_msg_find(&p->msg, GCOAP_ETAG);
	char uri[GCOAP_URI_MAX + 100];
	uint8_t *store;
	int err;

	identify(c, p, &r);
	r.nth = nth_of(x, i);
	if (gcoap_uri_from_options(&x->request->msg,
				   r.server.addr.family ? &r.server.addr : &p->from, uri,
				   sizeof(uri)) < 0)
		snprintf(uri, sizeof(uri), "-");
	r.uri = uri;
	r.content_format = (int32_t)uint_option(&p->msg, GCOAP_CONTENT_FORMAT, 2);
	r.max_age = uint_option(&p->msg, GCOAP_MAX_AGE, 4);
	if (etag)
		r.etag = etag->value;
	r.body = capture_body(c, x, p, &store, &r.blocks, &r.complete);
	if (!r.complete)
		r.problem = "the capture does not hold all of its blocks";
	count(t, &r);
	err = r.duplicate ? 0 : render->sink.response(&render->sink, &r);
	free(store);
	return err;
}

static int show_request(const struct exchange *x, uint32_t id, const char *uri,
			struct render *render)
{
	struct gcoap_request_record r = { .id = id, .at = x->request->at,
					  .msg = &x->request->msg, .uri = uri,
					  .to = x->request->to, .local = x->request->from,
					  .dialect = &gcoap_dialects[0] };

	r.group = asks_group(x, uri);
	return render->sink.request ? render->sink.request(&render->sink, &r) : 0;
}

int capture_show(struct capture *c, const struct exchange *x, uint32_t id)
{
	struct totals t = { .summary = { .requests = 1 } };
	struct render *render;
	char uri[GCOAP_URI_MAX + 100];
	int r;

	if (open_render(c, &render) != CLI_OK)
		return GCOAP_EINVALID;
	request_uri(x, uri, sizeof(uri));
	if (!strcmp(c->args->output.format, "table") && !c->args->output.json &&
	    !c->args->output.quiet && !c->args->output.write_out) {
		char to[GCOAP_ADDR_TEXT], from[GCOAP_ADDR_TEXT];

		printf("%s%s %s, %s -> %s\n", id > 1 ? "\n" : "",
		       gcoap_code_name(x->request->msg.code)
			       ? gcoap_code_name(x->request->msg.code)
			       : "request",
		       uri, gcoap_addr_format(&x->request->from, from),
		       gcoap_addr_format(&x->request->to, to));
	}
	t.rtts = calloc(x->n + 1, sizeof(*t.rtts));
	r = show_request(x, id, uri, render);
	for (size_t i = 0; i < x->n && r >= 0; i++)
		r = show_reply(c, x, i, id, render, &t);
	spread(&t);
	t.summary.elapsed = x->n ? x->replies[x->n - 1].packet->at - x->request->at : 0;
	if (r >= 0)
		r = render->finish(render, &t.summary, x->n ? CLI_OK : CLI_SILENCE);
	render->close(render);
	free(t.rtts);
	return r;
}
