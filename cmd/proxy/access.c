/* The access log: one line or record for each request of a client, when it has ended. */
#include "proxy.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "common/payload.h"
#include "common/render_common.h"

/* What is kept of a request until its end. One that as many newer ones have overtaken, an old
 * observation, is logged without its method. */
#define KEPT 16384

struct kept {
	uint64_t id;
	uint8_t method, code;
	bool forwarded, over;
};

struct proxy_access {
	struct kept kept[KEPT];
	uint64_t last; /* request */
	struct jsonw w;
};

/* What is written of a request. */
struct line {
	gcoap_time at, elapsed;
	uint64_t id, bytes;
	const struct gcoap_peer *client;
	uint8_t method, code; /* 0: not known, none */
	const char *uri, *why;
	bool group;
	uint32_t answers, cached;
	uint32_t timeout_asked, timeout; /* T', seconds; 0: none */
};

int proxy_access_new(struct proxy_access **out)
{
	*out = calloc(1, sizeof(**out));
	return *out ? 0 : GCOAP_ENOMEM;
}

void proxy_access_free(struct proxy_access **a)
{
	if (*a)
		jsonw_clear(&(*a)->w);
	free(*a);
	*a = NULL;
}

static void put_code(struct jsonw *w, uint8_t code)
{
	char buf[5];

	jsonw_text(w, code ? gcoap_code_format(code, buf) : NULL);
}

static void put_seconds(struct jsonw *w, const char *key, uint32_t s)
{
	proxy_put_key(w, key);
	if (s)
		jsonw_uint(w, (uint64_t)s * 1000);
	else
		jsonw_lit(w, "null");
}

static void write_json(struct proxy *p, const struct line *l)
{
	struct jsonw *w = &p->access->w;
	char buf[GCOAP_ADDR_TEXT];

	w->len = 0;
	jsonw_lit(w, "{\"type\":\"access\",\"v\":1");
	proxy_put_time(w, l->at);
	proxy_put_id(w, l->id);
	proxy_put_key(w, "client");
	jsonw_text(w, gcoap_addr_format(&l->client->addr, buf));
	proxy_put_key(w, "identity");
	jsonw_text(w, l->client->identity);
	proxy_put_key(w, "transport");
	jsonw_text(w, gcoap_scheme_name(l->client->transport));
	proxy_put_key(w, "method");
	jsonw_text(w, l->method ? gcoap_code_name(l->method) : NULL);
	proxy_put_key(w, "uri");
	jsonw_text(w, l->uri);
	proxy_put_key(w, "group");
	jsonw_bool(w, l->group);
	proxy_put_key(w, "code");
	put_code(w, l->code);
	proxy_put_key(w, "answers");
	jsonw_uint(w, l->answers);
	proxy_put_key(w, "cached");
	jsonw_uint(w, l->cached);
	proxy_put_key(w, "bytes");
	jsonw_uint(w, l->bytes);
	proxy_put_key(w, "elapsed_ms");
	jsonw_ms(w, l->elapsed, 3);
	put_seconds(w, "timeout_asked_ms", l->timeout_asked);
	put_seconds(w, "timeout_ms", l->timeout);
	proxy_put_key(w, "ended_by");
	jsonw_text(w, l->why);
	jsonw_lit(w, "}");
	if (!w->failed)
		proxy_log_line(p, w->buf, w->len);
}

/* "127.0.0.1:40000 (alice, coaps) GET coap://…/temp: 5 answers, 170 bytes, 6 s, timeout" */
static void compose(const struct line *l, char *out, size_t cap)
{
	char text[2 * GCOAP_URI_MAX + 512], addr[GCOAP_ADDR_TEXT], code[5], took[16], when[32];
	const struct gcoap_peer *c = l->client;
	const char *method = l->method ? gcoap_code_name(l->method) : NULL;
	size_t n;

	n = (size_t)snprintf(text, sizeof(text), "%s %s (%s%s%s) %s %.*s: ",
			     proxy_time(l->at, when), gcoap_addr_format(&c->addr, addr),
			     c->identity ? c->identity : "", c->identity ? ", " : "",
			     gcoap_scheme_name(c->transport), method ? method : "-",
			     2 * GCOAP_URI_MAX, l->uri ? l->uri : "-");
	if (n >= sizeof(text) - 256)
		n = sizeof(text) - 256;
	if (l->code)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s",
				      gcoap_code_format(l->code, code));
	else
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%u answer%s", l->answers,
				      l->answers == 1 ? "" : "s");
	if (l->cached)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", %u from the cache", l->cached);
	if (l->timeout_asked > l->timeout && l->timeout)
		n += (size_t)snprintf(text + n, sizeof(text) - n, ", T' %u of %u s", l->timeout,
				      l->timeout_asked);
	snprintf(text + n, sizeof(text) - n, ", %" PRIu64 " bytes, %s, %.100s", l->bytes,
		 render_duration(l->elapsed, took), l->why);
	payload_escape(gcoap_bytes_text(text), out, cap, true, 0, false);
}

static void write_line(struct proxy *p, const struct line *l)
{
	bool to_file = p->log && !p->args->json;
	char text[4 * GCOAP_URI_MAX];

	if (p->args->json)
		write_json(p, l);
	if (!to_file && !p->args->verbose)
		return;
	compose(l, text, sizeof(text));
	if (to_file)
		proxy_log_line(p, text, strlen(text));
	if (p->args->verbose)
		proxy_say(text);
}

static struct kept *kept_of(struct proxy_access *a, uint64_t id)
{
	struct kept *k = &a->kept[id % KEPT];

	return k->id == id ? k : NULL;
}

static void end(struct proxy *p, const struct gcoap_proxy_event *e, const struct kept *k)
{
	write_line(p, &(struct line){
		.at = e->at, .elapsed = e->elapsed, .id = e->id, .bytes = e->bytes,
		.client = e->client, .method = k ? k->method : 0,
		.code = k && (!e->group || !e->answers) ? k->code : 0, .uri = e->uri,
		.why = e->why ? e->why : "answered", .group = e->group,
		.answers = e->answers, .cached = e->cached,
		.timeout_asked = e->timeout_asked, .timeout = e->timeout });
}

void proxy_access_event(struct proxy *p, const struct gcoap_proxy_event *e)
{
	struct proxy_access *a = p->access;
	struct kept *k = kept_of(a, e->id);

	switch (e->what) {
	case GCOAP_PROXY_REQUEST:
		a->last = e->id;
		a->kept[e->id % KEPT] = (struct kept){ .id = e->id, .method = e->msg->code };
		break;
	case GCOAP_PROXY_FORWARDED:
		if (k)
			k->forwarded = true;
		break;
	case GCOAP_PROXY_REFUSED:
		if (k)
			k->code = e->msg->code;
		/* What was not forwarded has no other end. */
		if (k && !k->forwarded) {
			k->over = true;
			end(p, e, k);
		}
		break;
	case GCOAP_PROXY_RELAYED:
	case GCOAP_PROXY_CACHED:
		if (k)
			k->code = e->msg->code;
		break;
	case GCOAP_PROXY_DROPPED:
		break;
	case GCOAP_PROXY_ENDED:
		if (!k || !k->over)
			end(p, e, k);
		if (k)
			k->over = true;
		break;
	}
}

void proxy_access_local(struct proxy *p, const struct gcoap_peer *from, const char *uri,
			uint8_t code, size_t bytes, gcoap_time now)
{
	struct kept *k = kept_of(p->access, p->access->last);

	if (k)
		k->over = true;
	write_line(p, &(struct line){
		.at = now, .id = p->access->last, .bytes = bytes, .client = from,
		.method = k ? k->method : 0, .code = code, .uri = uri,
		.answers = 1, .why = "answered" });
}
