/* Records as JSON objects: the contract of gcoap-json(5). Keys are only ever added. */
#include "render_common.h"

#include <net/if.h>
#include <string.h>
#include <gcoap/cbor.h>
#include "json_scan.h"

#define DIAG_MAX 65536
#define MALFORMED_SHOWN 256 /* bytes of a datagram that could not be read */

void record_put_id(struct jsonw *w, uint32_t id)
{
	jsonw_lit(w, ",\"id\":");
	if (!id) {
		jsonw_lit(w, "null");
		return;
	}
	jsonw_lit(w, "\"r");
	jsonw_uint(w, id);
	jsonw_lit(w, "\"");
}

void record_put_when(struct render_base *b, struct jsonw *w, gcoap_time at)
{
	char buf[32];
	size_t n = render_when(b, at, buf);

	jsonw_lit(w, ",\"ts\":");
	if (!n) {
		jsonw_lit(w, "null");
		return;
	}
	jsonw_lit(w, "\"");
	jsonw_raw(w, buf, n);
	jsonw_lit(w, "\"");
}

void record_put_addr(struct jsonw *w, const struct gcoap_addr *a)
{
	char buf[GCOAP_ADDR_TEXT];

	jsonw_text(w, a->family ? gcoap_addr_format(a, buf) : NULL);
}

static void put_mid(struct jsonw *w, uint16_t mid)
{
	uint8_t b[2] = { (uint8_t)(mid >> 8), (uint8_t)mid };

	jsonw_lit(w, ",\"mid\":");
	jsonw_hex(w, (struct gcoap_bytes){ b, 2 });
}

static void put_type(struct jsonw *w, uint8_t type)
{
	const char *name = gcoap_type_name(type);

	jsonw_lit(w, ",\"mtype\":\"");
	jsonw_raw(w, name, 3);
	jsonw_lit(w, "\"");
}

/* A number, or null below 0. */
static void put_number(struct jsonw *w, int64_t v)
{
	if (v < 0)
		jsonw_lit(w, "null");
	else
		jsonw_uint(w, (uint64_t)v);
}

/* Its address; behind a proxy as the URI has it, which may be a name, or a reverse-proxy's. */
static void put_group(struct jsonw *w, const struct gcoap_request_record *r)
{
	struct gcoap_uri uri;

	if (r->group && !r->proxied) {
		record_put_addr(w, &r->to);
	} else if (r->group && gcoap_uri_parse(&uri, r->uri, NULL) >= 0 && !uri.host_is_name &&
		   gcoap_addr_is_multicast(&uri.addr)) {
		uri.addr.port = uri.port;
		record_put_addr(w, &uri.addr);
	} else {
		jsonw_lit(w, "null");
	}
}

void record_request(struct render_base *b, struct jsonw *w, const struct gcoap_request_record *r)
{
	char name[IF_NAMESIZE];
	const char *method = gcoap_code_name(r->msg->code);

	jsonw_lit(w, "{\"type\":\"request\",\"v\":1,\"tool\":");
	jsonw_text(w, b->env.tool);
	record_put_when(b, w, r->at);
	record_put_id(w, r->id);
	jsonw_lit(w, ",\"method\":");
	jsonw_text(w, method);
	jsonw_lit(w, ",\"uri\":");
	jsonw_text(w, r->uri);
	jsonw_lit(w, ",\"group\":");
	put_group(w, r);
	jsonw_lit(w, ",\"interface\":");
	jsonw_text(w, r->ifindex ? if_indextoname(r->ifindex, name) : NULL);
	jsonw_lit(w, ",\"local\":");
	record_put_addr(w, &r->local);
	jsonw_lit(w, ",\"via\":");
	if (r->proxied)
		record_put_addr(w, &r->to);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, ",\"dialect\":");
	jsonw_text(w, r->dialect ? r->dialect->name : NULL);
	put_type(w, r->msg->type);
	put_mid(w, r->msg->mid);
	jsonw_lit(w, ",\"token\":");
	jsonw_hex(w, (struct gcoap_bytes){ r->msg->token, r->msg->token_len });
	jsonw_lit(w, ",\"timeout_ms\":");
	jsonw_ms(w, r->timeout, 3);
	jsonw_lit(w, ",\"expect\":");
	put_number(w, r->expect ? (int64_t)r->expect : -1);
	jsonw_lit(w, "}");
}

static void put_code(struct jsonw *w, uint8_t code)
{
	char text[5];

	jsonw_lit(w, ",\"code\":\"");
	jsonw_raw(w, gcoap_code_format(code, text), 4);
	jsonw_lit(w, "\",\"reason\":");
	jsonw_text(w, gcoap_code_name(code));
	jsonw_lit(w, ",\"ok\":");
	jsonw_bool(w, GCOAP_CODE_CLASS(code) == 2);
}

/* Diagnostic notation, when the body is CBOR that can be read. */
static void put_diag(struct jsonw *w, struct gcoap_bytes body, bool sequence)
{
	char stack[1024];
	struct jsonw big = { 0 };
	int n = gcoap_cbor_diagnose(body, sequence, stack, sizeof(stack), NULL);

	if (n < 0)
		return;
	jsonw_lit(w, ",\"payload_diag\":");
	if ((size_t)n < sizeof(stack)) {
		jsonw_bytes(w, (struct gcoap_bytes){ (uint8_t *)stack, (size_t)n });
		return;
	}
	if (n >= DIAG_MAX)
		n = DIAG_MAX - 1;
	if (jsonw_room(&big, (size_t)n + 1)) {
		gcoap_cbor_diagnose(body, sequence, big.buf, (size_t)n + 1, NULL);
		jsonw_text(w, big.buf);
	} else
		jsonw_lit(w, "\"\"");
	jsonw_clear(&big);
}

static void put_payload(struct render_base *b, struct jsonw *w, struct gcoap_bytes body,
			int32_t content_format)
{
	enum gcoap_payload_kind kind = payload_syntax(body, content_format);
	bool cbor = kind == GCOAP_KIND_CBOR || kind == GCOAP_KIND_CBOR_SEQ ||
		    kind == GCOAP_KIND_SENML_CBOR;
	bool json = kind == GCOAP_KIND_JSON || kind == GCOAP_KIND_SENML_JSON;
	bool clean = !cbor && payload_clean(body);

	jsonw_lit(w, ",\"payload\":");
	if (b->as == PAYLOAD_NONE || !body.len) {
		jsonw_lit(w, "null");
		return;
	}
	if (b->as == PAYLOAD_TEXT)
		json = false;
	if (b->as == PAYLOAD_JSON)
		json = true;
	if (json && json_copy(w, body, NULL))
		clean = true;
	else if (clean)
		jsonw_bytes(w, body);
	else
		jsonw_lit(w, "null");
	if (!clean || b->as == PAYLOAD_B64) {
		jsonw_lit(w, ",\"payload_b64\":");
		jsonw_base64(w, body);
	}
	if (b->as == PAYLOAD_HEX) {
		jsonw_lit(w, ",\"payload_hex\":");
		jsonw_hex(w, body);
	}
	if (cbor || b->as == PAYLOAD_DIAG)
		put_diag(w, body, kind == GCOAP_KIND_CBOR_SEQ || !cbor);
}

void record_put_server(struct jsonw *w, const struct gcoap_origin *server)
{
	char text[1400];
	size_t n;

	if (!server->addr.family && !server->host[0]) {
		jsonw_lit(w, "null");
		return;
	}
	n = render_server(server, text, sizeof(text));
	jsonw_bytes(w, (struct gcoap_bytes){ (uint8_t *)text, n });
}

void record_answer(struct render_base *b, struct jsonw *w, const char *type,
		   const struct gcoap_response *r)
{
	const struct gcoap_format_info *format =
		r->content_format < 0 ? NULL : gcoap_format_find((uint32_t)r->content_format);
	bool came = r->rtt >= 0; /* not held from before */
	bool proxied = r->proxied || r->server_from == GCOAP_FROM_RESPONSE_FORWARDING ||
		       r->server_from == GCOAP_FROM_REPLY_FROM;

	jsonw_lit(w, "{\"type\":");
	jsonw_text(w, type);
	record_put_id(w, r->id);
	jsonw_lit(w, ",\"seq\":");
	jsonw_uint(w, r->seq);
	record_put_when(b, w, r->at);
	jsonw_lit(w, ",\"rtt_ms\":");
	if (came)
		jsonw_ms(w, r->rtt, 3);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, ",\"server\":");
	record_put_server(w, &r->server);
	jsonw_lit(w, ",\"server_from\":");
	jsonw_text(w, gcoap_server_from_name(r->server_from));
	jsonw_lit(w, ",\"from\":");
	record_put_addr(w, &r->from);
	jsonw_lit(w, ",\"name\":");
	jsonw_text(w, render_name(b, &r->server.addr));
	jsonw_lit(w, ",\"uri\":");
	jsonw_text(w, r->uri);
	jsonw_lit(w, ",\"via\":");
	if (proxied)
		record_put_addr(w, &r->from);
	else
		jsonw_lit(w, "null");
	put_code(w, r->msg->code);
	if (came) {
		put_type(w, r->msg->type);
		put_mid(w, r->msg->mid);
	} else {
		jsonw_lit(w, ",\"mtype\":null,\"mid\":null");
	}
	jsonw_lit(w, ",\"options\":");
	record_options(b, w, r->msg);
	jsonw_lit(w, ",\"etag\":");
	if (r->etag.ptr)
		jsonw_hex(w, r->etag);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, ",\"max_age\":");
	put_number(w, r->max_age);
	jsonw_lit(w, ",\"content_format\":");
	put_number(w, r->content_format);
	jsonw_lit(w, ",\"content_type\":");
	jsonw_text(w, format ? format->media_type : NULL);
	jsonw_lit(w, ",\"blocks\":");
	jsonw_uint(w, r->blocks);
	jsonw_lit(w, ",\"complete\":");
	jsonw_bool(w, r->complete);
	jsonw_lit(w, ",\"duplicate\":");
	jsonw_bool(w, r->duplicate);
	jsonw_lit(w, ",\"late\":");
	jsonw_bool(w, r->late);
	if (r->cached) {
		jsonw_lit(w, ",\"cached\":true,\"age_s\":");
		jsonw_uint(w, (uint64_t)(r->age / GCOAP_SECOND));
	}
	jsonw_lit(w, ",\"secured\":null,\"payload_len\":");
	jsonw_uint(w, r->body.len);
	jsonw_lit(w, ",\"payload_kind\":");
	jsonw_text(w, payload_kind(r->body, r->content_format));
	put_payload(b, w, r->body, r->content_format);
	if (r->problem) {
		jsonw_lit(w, ",\"problem\":");
		jsonw_text(w, r->problem);
		jsonw_lit(w, ",\"problem_at\":");
		jsonw_uint(w, r->problem_at);
	}
}

void record_response(struct render_base *b, struct jsonw *w, const struct gcoap_response *r)
{
	record_answer(b, w, "response", r);
	jsonw_lit(w, "}");
}

void record_missing(struct render_base *b, struct jsonw *w, const struct gcoap_missing *m)
{
	jsonw_lit(w, "{\"type\":\"missing\"");
	record_put_id(w, m->id);
	jsonw_lit(w, ",\"server\":");
	record_put_addr(w, &m->server);
	jsonw_lit(w, ",\"name\":");
	jsonw_text(w, render_name(b, &m->server));
	jsonw_lit(w, "}");
}

void record_malformed(struct render_base *b, struct jsonw *w, const struct gcoap_malformed *m)
{
	struct gcoap_bytes data = m->data;

	if (data.len > MALFORMED_SHOWN)
		data.len = MALFORMED_SHOWN;
	jsonw_lit(w, "{\"type\":\"malformed\"");
	record_put_id(w, m->id);
	record_put_when(b, w, m->at);
	jsonw_lit(w, ",\"from\":");
	record_put_addr(w, &m->from);
	jsonw_lit(w, ",\"name\":");
	jsonw_text(w, render_name(b, &m->from));
	jsonw_lit(w, ",\"problem\":");
	jsonw_text(w, m->diag.name);
	jsonw_lit(w, ",\"what\":");
	jsonw_text(w, m->diag.what);
	jsonw_lit(w, ",\"at\":");
	jsonw_uint(w, m->diag.at);
	jsonw_lit(w, ",\"len\":");
	jsonw_uint(w, m->data.len);
	jsonw_lit(w, ",\"hex\":");
	jsonw_hex(w, data);
	jsonw_lit(w, "}");
}

void record_error(struct jsonw *w, int code, const char *what, const char *const *hints,
		  size_t n_hints)
{
	jsonw_lit(w, "{\"type\":\"error\",\"code\":");
	jsonw_uint(w, (uint64_t)code);
	jsonw_lit(w, ",\"what\":");
	jsonw_text(w, what);
	jsonw_lit(w, ",\"hint\":[");
	for (size_t i = 0; i < n_hints; i++) {
		if (i)
			jsonw_lit(w, ",");
		jsonw_text(w, hints[i]);
	}
	jsonw_lit(w, "]}");
}

static void put_spread(struct jsonw *w, const struct gcoap_spread *s)
{
	jsonw_lit(w, "{\"min\":");
	jsonw_ms(w, s->min, 1);
	jsonw_lit(w, ",\"median\":");
	jsonw_ms(w, s->median, 1);
	jsonw_lit(w, ",\"p99\":");
	jsonw_ms(w, s->p99, 1);
	jsonw_lit(w, ",\"max\":");
	jsonw_ms(w, s->max, 1);
	jsonw_lit(w, "}");
}

void record_summary(struct render_base *b, struct jsonw *w, const struct gcoap_summary *s,
		    int status)
{
	const struct {
		const char *key;
		uint64_t value;
	} counts[] = {
		{ "servers", s->servers },	 { "responses", s->responses },
		{ "ok", s->ok },		 { "errors", s->errors },
		{ "missing", s->missing },	 { "duplicates", s->duplicates },
		{ "late", s->late },		 { "incomplete", s->incomplete },
		{ "malformed", s->malformed },	 { "unmatched", s->unmatched },
		{ "kernel_drops", s->kernel_drops }, { "bytes", s->bytes },
	};

	jsonw_lit(w, "{\"type\":\"summary\",\"v\":1");
	record_put_id(w, b->requests == 1 ? 1 : 0);
	jsonw_lit(w, ",\"elapsed_ms\":");
	jsonw_ms(w, s->elapsed, 1);
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		jsonw_lit(w, ",");
		jsonw_text(w, counts[i].key);
		jsonw_lit(w, ":");
		jsonw_uint(w, counts[i].value);
	}
	jsonw_lit(w, ",\"rtt_ms\":");
	if (s->responses)
		put_spread(w, &s->rtt);
	else
		jsonw_lit(w, "null");
	jsonw_lit(w, ",\"ended_by\":");
	jsonw_text(w, gcoap_ended_by_name(s->ended_by));
	jsonw_lit(w, ",\"exit\":");
	jsonw_uint(w, (uint64_t)status);
	jsonw_lit(w, ",\"requests\":");
	jsonw_uint(w, s->requests);
	jsonw_lit(w, ",\"dropped\":");
	jsonw_uint(w, s->dropped);
	jsonw_lit(w, ",\"unnamed\":");
	jsonw_uint(w, s->unnamed);
	if (b->env.cached) {
		jsonw_lit(w, ",\"cached\":");
		jsonw_uint(w, s->cached);
	}
	if (b->env.links) {
		jsonw_lit(w, ",\"links\":");
		jsonw_uint(w, b->links);
	}
	jsonw_lit(w, "}");
}
