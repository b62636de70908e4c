/*
 * --trace: every message of both sides on one timeline. The number of a client's request is
 * known only once the proxy has taken it: its line waits for that, a moment at most.
 */
#include "common/trace.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "common/payload.h"
#include "common/render_common.h"
#include "proxy.h"

#define KNOWN 1024 /* tokens whose number is remembered, on each side */
#define FLUSH (100 * GCOAP_MS)

enum arrow { FROM_CLIENT, TO_CLIENT, TO_SERVER, FROM_SERVER };

static const char *const arrows[] = { "client -> proxy", "proxy -> client", "proxy -> server",
				      "server -> proxy" };

/* A token, and whose it is: that of a client counts only with its endpoint. */
struct known {
	uint64_t id, session;
	struct gcoap_addr peer;
	uint8_t token_len, token[GCOAP_TOKEN_MAX];
};

struct ring {
	struct known rows[KNOWN];
	size_t n; /* written so far */
};

struct proxy_trace {
	struct proxy *proxy;
	struct ring clients, servers;
	struct render_base base; /* for record_options() */
	struct jsonw line;	 /* all but time and number of the line at hand */
	struct jsonw out;
	gcoap_time at;
	bool waits; /* @line, a request with @who's token */
	struct known who;
};

static void flush_timer(void *arg, gcoap_time now)
{
	proxy_trace_flush(arg);
}

int proxy_trace_new(struct proxy_trace **out, struct proxy *p)
{
	struct proxy_trace *t = calloc(1, sizeof(*t));
	int r;

	*out = t;
	if (!t)
		return GCOAP_ENOMEM;
	t->proxy = p;
	t->base.env.registry = &p->rows.registry;
	t->base.group_port = GCOAP_PORT;
	r = gcoap_loop_add_timer(p->loop, FLUSH, FLUSH, flush_timer, t);
	return r;
}

void proxy_trace_free(struct proxy_trace **t)
{
	if (*t) {
		jsonw_clear(&(*t)->line);
		jsonw_clear(&(*t)->out);
	}
	free(*t);
	*t = NULL;
}

static struct known known_of(const struct gcoap_peer *peer, const struct gcoap_msg *m)
{
	struct known k = { .token_len = m->token_len };

	if (peer) {
		k.peer = peer->addr;
		k.session = peer->session;
	}
	memcpy(k.token, m->token, m->token_len);
	return k;
}

static bool same(const struct known *a, const struct known *b)
{
	return a->session == b->session && gcoap_addr_equal(&a->peer, &b->peer) &&
	       a->token_len == b->token_len && !memcmp(a->token, b->token, a->token_len);
}

/* Empty messages have no token: most likely they belong to the endpoint's last request. */
static bool same_peer(const struct known *a, const struct known *b)
{
	return a->session == b->session && gcoap_addr_equal(&a->peer, &b->peer);
}

static void remember(struct ring *r, struct known k, uint64_t id)
{
	k.id = id;
	r->rows[r->n++ % KNOWN] = k;
}

/* The newest one with that token; 0: none. */
static uint64_t number_of(const struct ring *r, struct known k, bool empty)
{
	size_t n = r->n < KNOWN ? r->n : KNOWN;

	for (size_t i = 1; i <= n; i++) {
		const struct known *row = &r->rows[(r->n - i) % KNOWN];

		if (same(row, &k) || (empty && same_peer(row, &k)))
			return row->id;
	}
	return 0;
}

static void put_line(struct proxy_trace *t, uint64_t id)
{
	struct jsonw *w = &t->out;
	char when[32], text[64];
	int n;

	w->len = 0;
	if (t->proxy->args->json) {
		jsonw_lit(w, "{\"type\":\"message\",\"v\":1");
		proxy_put_time(w, t->at);
		proxy_put_id(w, id);
	} else {
		if (id)
			n = snprintf(text, sizeof(text), "%.15s #%-5" PRIu64 " ",
				     proxy_time(t->at, when) + 11, id);
		else
			n = snprintf(text, sizeof(text), "%.15s -      ",
				     proxy_time(t->at, when) + 11);
		jsonw_raw(w, text, (size_t)n);
	}
	jsonw_raw(w, t->line.buf, t->line.len);
	if (!w->failed)
		proxy_log_line(t->proxy, w->buf, w->len);
	t->waits = false;
}

void proxy_trace_flush(struct proxy_trace *t)
{
	if (t && t->waits)
		put_line(t, 0);
}

/* ---- a message ---- */

static void put_option(struct proxy_trace *t, const struct gcoap_option *o)
{
	const struct gcoap_option_info *info = gcoap_registry_find(t->base.env.registry, o->number);
	char name[64], value[512];

	if (info)
		snprintf(name, sizeof(name), "; %s", info->name);
	else
		snprintf(name, sizeof(name), "; option %u", o->number);
	jsonw_raw(&t->line, name, strlen(name));
	trace_option_value(t->base.env.registry, o, value, sizeof(value));
	if (value[0])
		jsonw_lit(&t->line, ": ");
	jsonw_raw(&t->line, value, strlen(value));
}

/* Type and Message ID are of UDP, and of DTLS, where those of what we send are not known. */
static bool typed(enum gcoap_scheme transport, enum arrow arrow)
{
	return transport == GCOAP_SCHEME_COAP ||
	       (transport == GCOAP_SCHEME_COAPS && arrow == FROM_CLIENT);
}

static void put_head(struct proxy_trace *t, const struct gcoap_msg *m, bool with_type)
{
	char text[96], code[5], token[2 * GCOAP_TOKEN_MAX + 1];
	const char *name = gcoap_code_name(m->code);
	int n = 0;

	gcoap_hex_encode((struct gcoap_bytes){ m->token, m->token_len }, token, sizeof(token));
	if (with_type)
		n = snprintf(text, sizeof(text), "%s %04x ", gcoap_type_name(m->type), m->mid);
	if (GCOAP_CODE_IS_REQUEST(m->code) && name)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s", name);
	else
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s%s",
			      gcoap_code_format(m->code, code), name ? " " : "", name ? name : "");
	if (m->token_len)
		n += snprintf(text + n, sizeof(text) - (size_t)n, " token %s", token);
	jsonw_raw(&t->line, text, (size_t)n);
}

static void text_message(struct proxy_trace *t, enum arrow arrow, const struct gcoap_addr *peer,
			 enum gcoap_scheme transport, const struct gcoap_msg *m)
{
	char text[160], addr[GCOAP_ADDR_TEXT];
	int n = snprintf(text, sizeof(text), "%s %s%s%s: ", arrows[arrow],
			 transport == GCOAP_SCHEME_COAP ? "" : gcoap_scheme_name(transport),
			 transport == GCOAP_SCHEME_COAP ? "" : " ", gcoap_addr_format(peer, addr));

	jsonw_raw(&t->line, text, (size_t)n);
	put_head(t, m, typed(transport, arrow));
	for (size_t i = 0; i < m->n_options; i++)
		put_option(t, &m->options[i]);
	if (m->payload.len) {
		n = snprintf(text, sizeof(text), "; %zu bytes", m->payload.len);
		jsonw_raw(&t->line, text, (size_t)n);
	}
}

static void json_message(struct proxy_trace *t, enum arrow arrow, const struct gcoap_addr *peer,
			 enum gcoap_scheme transport, const struct gcoap_msg *m)
{
	struct jsonw *w = &t->line;
	uint8_t mid[2] = { (uint8_t)(m->mid >> 8), (uint8_t)m->mid };
	bool with_type = typed(transport, arrow);
	char addr[GCOAP_ADDR_TEXT], code[5];

	proxy_put_key(w, "leg");
	jsonw_text(w, arrow <= TO_CLIENT ? "client" : "server");
	proxy_put_key(w, "sent");
	jsonw_bool(w, arrow == TO_CLIENT || arrow == TO_SERVER);
	proxy_put_key(w, "peer");
	jsonw_text(w, gcoap_addr_format(peer, addr));
	proxy_put_key(w, "transport");
	jsonw_text(w, gcoap_scheme_name(transport));
	proxy_put_key(w, "mtype");
	jsonw_text(w, with_type ? gcoap_type_name(m->type) : NULL);
	proxy_put_key(w, "code");
	jsonw_text(w, gcoap_code_format(m->code, code));
	proxy_put_key(w, "mid");
	if (with_type)
		jsonw_hex(w, (struct gcoap_bytes){ mid, 2 });
	else
		jsonw_lit(w, "null");
	proxy_put_key(w, "token");
	jsonw_hex(w, (struct gcoap_bytes){ m->token, m->token_len });
	proxy_put_key(w, "options");
	record_options(&t->base, w, m);
	proxy_put_key(w, "payload_len");
	jsonw_uint(w, m->payload.len);
	jsonw_lit(w, "}");
}

static void compose(struct proxy_trace *t, enum arrow arrow, const struct gcoap_addr *peer,
		    enum gcoap_scheme transport, const struct gcoap_msg *m, gcoap_time at)
{
	proxy_trace_flush(t);
	t->line.len = 0;
	t->at = at;
	if (t->proxy->args->json)
		json_message(t, arrow, peer, transport, m);
	else
		text_message(t, arrow, peer, transport, m);
}

void proxy_trace_seen(void *arg, bool sent, const struct gcoap_peer *peer,
		      const struct gcoap_msg *msg, gcoap_time now)
{
	struct proxy_trace *t = ((struct proxy *)arg)->trace;
	struct known k = known_of(peer, msg);

	compose(t, sent ? TO_CLIENT : FROM_CLIENT, &peer->addr, peer->transport, msg, now);
	if (!sent && GCOAP_CODE_IS_REQUEST(msg->code)) {
		t->waits = true;
		t->who = k;
		return;
	}
	put_line(t, number_of(&t->clients, k, msg->code == GCOAP_EMPTY));
}

static void malformed(struct proxy_trace *t, enum arrow arrow, const struct gcoap_datagram *d,
		      const struct gcoap_diag *diag)
{
	char text[320], addr[GCOAP_ADDR_TEXT];

	if (t->proxy->args->json)
		return; /* a message has a code, a token and options */
	proxy_trace_flush(t);
	snprintf(text, sizeof(text), "%s %s: malformed at byte %zu, %s, %zu bytes", arrows[arrow],
		 gcoap_addr_format(arrow == TO_SERVER ? &d->to : &d->from, addr), diag->at,
		 diag->what, d->data.len);
	t->line.len = 0;
	t->at = gcoap_now();
	jsonw_raw(&t->line, text, strlen(text));
	put_line(t, 0);
}

void proxy_trace_tap(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d)
{
	struct proxy_trace *t = ((struct proxy *)arg)->trace;
	enum arrow arrow = dir == GCOAP_SENT ? TO_SERVER : FROM_SERVER;
	struct gcoap_diag diag = { 0 };
	struct gcoap_msg m;

	if (gcoap_msg_decode(&m, d->data, &diag) < 0) {
		malformed(t, arrow, d, &diag);
		return;
	}
	compose(t, arrow, dir == GCOAP_SENT ? &d->to : &d->from, GCOAP_SCHEME_COAP, &m,
		dir == GCOAP_SENT ? gcoap_now() : d->at);
	put_line(t, number_of(&t->servers, known_of(NULL, &m), false));
}

/* ---- what the proxy says ---- */

static void put_event(struct proxy_trace *t, const struct gcoap_proxy_event *e, const char *text)
{
	char escaped[512];

	proxy_trace_flush(t);
	payload_escape(gcoap_bytes_text(text), escaped, sizeof(escaped), true, 0, true);
	t->line.len = 0;
	t->at = e->at;
	jsonw_raw(&t->line, escaped, strlen(escaped));
	put_line(t, e->id);
}

static void dropped(struct proxy_trace *t, const struct gcoap_proxy_event *e)
{
	char text[256], server[GCOAP_ADDR_TEXT];

	snprintf(text, sizeof(text), "not relayed%s%s: %.120s", e->server ? ", from " : "",
		 e->server ? gcoap_addr_format(&e->server->addr, server) : "", e->why);
	put_event(t, e, text);
}

static void ended(struct proxy_trace *t, const struct gcoap_proxy_event *e)
{
	char text[256], took[16];

	snprintf(text, sizeof(text), "ended after %s: %.120s, %u answer%s",
		 render_duration(e->elapsed, took), e->why ? e->why : "answered", e->answers,
		 e->answers == 1 ? "" : "s");
	put_event(t, e, text);
}

void proxy_trace_event(struct proxy_trace *t, const struct gcoap_proxy_event *e)
{
	struct known k;

	switch (e->what) {
	case GCOAP_PROXY_REQUEST:
		k = known_of(e->client, e->msg);
		remember(&t->clients, k, e->id);
		if (t->waits && same(&t->who, &k))
			put_line(t, e->id);
		break;
	case GCOAP_PROXY_FORWARDED:
		remember(&t->servers, known_of(NULL, e->msg), e->id);
		break;
	case GCOAP_PROXY_DROPPED:
		if (!t->proxy->args->json)
			dropped(t, e);
		break;
	case GCOAP_PROXY_ENDED:
		if (!t->proxy->args->json)
			ended(t, e);
		break;
	case GCOAP_PROXY_REFUSED:
	case GCOAP_PROXY_RELAYED:
	case GCOAP_PROXY_CACHED:
		break; /* the message to the client says it */
	}
}
