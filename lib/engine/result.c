/* Records: what the sink is given, and what is counted with it. */
#include "observe.h"

#include <stdio.h>
#include <string.h>

const char *gcoap_ended_by_name(enum gcoap_ended_by e)
{
	switch (e) {
	case GCOAP_ENDED_NOT:
		return "running";
	case GCOAP_ENDED_TIMEOUT:
		return "timeout";
	case GCOAP_ENDED_EXPECT:
		return "expect";
	case GCOAP_ENDED_IDLE:
		return "idle";
	case GCOAP_ENDED_FIRST:
		return "first";
	case GCOAP_ENDED_INTERRUPT:
		return "interrupt";
	case GCOAP_ENDED_ERROR:
		return "error";
	case GCOAP_ENDED_DURATION:
		return "duration";
	case GCOAP_ENDED_COUNT:
		return "count";
	case GCOAP_ENDED_SERVER:
		return "server";
	case GCOAP_ENDED_PROXY:
		return "proxy";
	case GCOAP_ENDED_CACHE:
		return "cache";
	}
	return "unknown";
}

const char *gcoap_server_from_name(enum gcoap_server_from f)
{
	switch (f) {
	case GCOAP_FROM_SOURCE:
		return "source";
	case GCOAP_FROM_RESPONSE_FORWARDING:
		return "response-forwarding";
	case GCOAP_FROM_REPLY_FROM:
		return "reply-from";
	case GCOAP_FROM_UNKNOWN:
		return "unknown";
	case GCOAP_FROM_REQUEST:
		return "request";
	}
	return "unknown";
}

/* Give a record to the sink unless that member is not wanted, or it refused one before. */
#define GIVE(c, member, record)                                                            \
	do {                                                                               \
		struct gcoap_sink *to = (c)->config.sink;                                  \
		if (to && to->member && !(c)->sink_refused)                                \
			heed(c, to->member(to, record));                                   \
	} while (0)

static void heed(struct gcoap_client *c, int r)
{
	if (r >= 0)
		return;
	gcoap__client_fail(c, r);
	c->sink_refused = true;
}

void gcoap__deliver_request(struct gcoap__exchange *x)
{
	struct gcoap_client *c = x->client;
	struct gcoap_request_record r = { .id = x->id,
					  .at = x->first_sent,
					  .msg = &x->msg,
					  .uri = x->uri,
					  .to = x->ask.to,
					  .group = gcoap__many(x),
					  .proxied = x->ask.proxied || x->ask.server,
					  .ifindex = x->ask.ifindex,
					  .local = c->local,
					  .dialect = x->ask.dialect,
					  .timeout = x->ask.timeout,
					  .expect = x->ask.expect };

	c->stats.sum.requests++;
	GIVE(c, request, &r);
}

static void count(struct gcoap__stats *s, const struct gcoap__answer *a)
{
	s->sum.bytes += a->body.len;
	if (a->duplicate || a->late)
		return;
	s->sum.responses++;
	if (GCOAP_CODE_CLASS(a->msg->code) == 2)
		s->sum.ok++;
	else
		s->sum.errors++;
	s->sum.incomplete += a->incomplete;
	if (!a->notice.observed || a->nth == 1)
		gcoap__stats_rtt(s, a->rtt);
}

/* Append what fits of @text; returns where the next goes. */
static size_t append(struct gcoap_client *c, size_t at, const char *text)
{
	size_t len = strnlen(text, sizeof(c->uri) - 1 - at);

	memcpy(c->uri + at, text, len);
	c->uri[at + len] = '\0';
	return at + len;
}

/* RFC 7252, Section 8.2. */
const char *gcoap__server_uri(struct gcoap__exchange *x, const struct gcoap_origin *o)
{
	struct gcoap_client *c = x->client;
	bool six = o->addr.family == 6;
	char host[GCOAP_ADDR_TEXT], port[8] = "";
	size_t at;

	if (!o->addr.family && !o->host[0])
		return x->uri;
	if (o->host[0] || o->scheme != GCOAP_SCHEME_COAP) {
		if (gcoap_origin_format(o, c->uri, sizeof(c->uri)) < 0)
			return x->uri;
		append(c, strlen(c->uri), x->suffix);
		return c->uri;
	}
	gcoap_addr_format_host(&o->addr, host);
	if (o->addr.port != GCOAP_PORT)
		snprintf(port, sizeof(port), ":%u", (unsigned)o->addr.port);
	at = append(c, 0, six ? "coap://[" : "coap://");
	at = append(c, at, host);
	at = append(c, at, six ? "]" : "");
	at = append(c, at, port);
	append(c, at, x->suffix);
	return c->uri;
}

/* What the options say of the representation. An elective option with a fault is ignored
 * (RFC 7252, Section 5.4.3); the first one is named. */
static void read_options(struct gcoap__exchange *x, const struct gcoap_msg *m,
			 struct gcoap_response *r)
{
	struct gcoap_diag diag;
	uint32_t value = 0;

	r->content_format = -1;
	r->max_age = -1;
	r->etag = (struct gcoap_bytes){ 0 };
	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];

		if (!gcoap_registry_find(x->registry, o->number))
			continue;
		if (!gcoap_option_usable(x->registry, m, o, &diag)) {
			if (!r->problem) {
				r->problem = diag.what;
				r->problem_at = diag.at;
			}
			continue;
		}
		if (o->number == GCOAP_ETAG && !r->etag.ptr)
			r->etag = o->value;
		else if (o->number == GCOAP_CONTENT_FORMAT &&
			 gcoap_uint_decode(o->value, 2, &value) >= 0)
			r->content_format = (int32_t)value;
		else if (o->number == GCOAP_MAX_AGE &&
			 gcoap_uint_decode(o->value, 4, &value) >= 0)
			r->max_age = value;
	}
}

void gcoap__deliver(struct gcoap__exchange *x, const struct gcoap__answer *a)
{
	struct gcoap_client *c = x->client;
	struct gcoap_response *r = &c->record;
	struct gcoap__who who;

	count(&c->stats, a);
	if (!a->notice.observed && (!c->config.sink || !c->config.sink->response))
		return;
	r->problem = a->problem;
	r->problem_at = 0;
	gcoap__identify(x, a->msg, &a->from, &who, &r->problem, &r->problem_at);
	if (a->server) {
		r->server = *a->server;
		r->server_from = a->server_from;
	}
	r->proxied = x->ask.proxied || x->ask.server;
	r->refusal = a->refusal;
	r->retried = a->refusal && x->through.retried;
	r->id = x->id;
	r->seq = ++x->seq;
	r->at = a->at;
	r->rtt = a->rtt;
	r->from = a->from;
	r->ifindex = a->ifindex;
	r->msg = a->msg;
	r->body = a->body;
	r->blocks = a->blocks;
	r->complete = !a->incomplete;
	r->duplicate = a->duplicate;
	r->late = a->late;
	r->nth = a->nth;
	read_options(x, a->msg, r);
	r->uri = a->refusal ? x->uri : gcoap__server_uri(x, &r->server);
	if (a->notice.observed)
		gcoap__observed_deliver(x, a, r);
	else
		GIVE(c, response, r);
}

void gcoap__deliver_relayed(struct gcoap__exchange *x, const struct gcoap_datagram *in,
			    const struct gcoap_msg *msg)
{
	struct gcoap_client *c = x->client;
	struct gcoap_response *r = &c->record;

	r->id = x->id;
	r->seq = ++x->seq;
	r->at = in->at;
	r->rtt = gcoap__rtt(x->asked_at, in->at);
	r->from = in->from;
	r->ifindex = in->ifindex;
	r->msg = msg;
	r->uri = x->uri;
	r->content_format = -1;
	r->max_age = -1;
	r->etag = (struct gcoap_bytes){ 0 };
	r->body = msg->payload;
	r->blocks = 1;
	r->complete = true;
	r->duplicate = r->late = r->refusal = r->retried = false;
	r->problem = NULL;
	r->nth = 0;
	GIVE(c, response, r);
}

void gcoap__deliver_notification(struct gcoap_client *c, const struct gcoap_notification *n)
{
	GIVE(c, notification, n);
}

void gcoap__deliver_stale(struct gcoap_client *c, const struct gcoap_observed *o)
{
	GIVE(c, stale, o);
}

void gcoap__deliver_ended(const struct gcoap__exchange *x)
{
	struct gcoap_ended e = { .id = x->id,
				 .servers = x->n_servers,
				 .answers = x->answers,
				 .ended_by = x->ended_by,
				 .error = x->error,
				 .reset = x->reset,
				 .proxied = x->ask.proxied || x->ask.server,
				 .acked = x->through.heard,
				 .gone = gcoap__ping_unanswered(x),
				 .refused = x->through.refused };

	GIVE(x->client, ended, &e);
}

void gcoap__deliver_missing(struct gcoap__exchange *x)
{
	struct gcoap_client *c = x->client;
	struct gcoap_missing m = { .id = x->id };
	struct gcoap__who who = { 0 };
	const struct gcoap__server *s;

	for (size_t i = 0; i < x->ask.n_expect_from; i++) {
		m.server = x->ask.expect_from[i];
		who.endpoint = gcoap__endpoint(&m.server);
		s = gcoap__table_find(&x->servers, &who);
		if (s && s->answered)
			continue;
		if (!m.server.port)
			m.server.port = x->ask.to.port;
		c->stats.sum.missing++;
		GIVE(c, missing, &m);
	}
}

void gcoap__deliver_malformed(struct gcoap_client *c, const struct gcoap__exchange *x,
			      const struct gcoap_datagram *in, const struct gcoap_diag *diag)
{
	struct gcoap_malformed m = { .id = x ? x->id : 0,
				     .from = in->from,
				     .at = in->at,
				     .data = in->data,
				     .diag = *diag };

	c->stats.sum.malformed++;
	GIVE(c, malformed, &m);
}
