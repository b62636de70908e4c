/* What a request asks, and whether it can be served at all. */
#include "serve/host.h"

#include <stdlib.h>
#include <string.h>

static int32_t uint_or_absent(const struct gcoap_serve *s, const struct gcoap_msg *m,
			      uint16_t number, size_t max_len)
{
	const struct gcoap_option *o = gcoap_msg_find(m, number);
	uint32_t v;

	if (!o || !gcoap_option_usable(s->config.registry, m, o, NULL) ||
	    gcoap_uint_decode(o->value, max_len, &v) < 0)
		return -1;
	return (int32_t)v;
}

int gcoap__request_new(struct request **out, struct gcoap_serve *s,
		       const struct gcoap_datagram *in)
{
	struct request *q = malloc(sizeof(*q) + in->data.len);
	int r;

	if (!q)
		return GCOAP_ENOMEM;
	q->refs = 1;
	q->ifindex = in->ifindex;
	q->from = in->from;
	q->to = in->to;
	q->group = gcoap_addr_is_multicast(&in->to);
	q->len = in->data.len;
	memcpy(q->bytes, in->data.ptr, in->data.len);
	r = gcoap_msg_decode(&q->msg, (struct gcoap_bytes){ q->bytes, q->len }, NULL);
	if (r < 0) {
		free(q);
		return r;
	}
	q->accept = uint_or_absent(s, &q->msg, GCOAP_ACCEPT, 2);
	q->content_format = uint_or_absent(s, &q->msg, GCOAP_CONTENT_FORMAT, 2);
	q->no_response = uint_or_absent(s, &q->msg, GCOAP_NO_RESPONSE, 1);
	/* Observe has a meaning in GET and FETCH only (RFC 7641, Section 2; RFC 8132). */
	q->observe = q->msg.code == GCOAP_GET || q->msg.code == GCOAP_FETCH
			     ? uint_or_absent(s, &q->msg, GCOAP_OBSERVE, 3)
			     : -1;
	q->resource = gcoap__resource_find(s, &q->msg);
	*out = q;
	return 0;
}

void gcoap__request_unref(struct request *q)
{
	if (q && --q->refs == 0)
		free(q);
}

static bool has(const struct gcoap_msg *m, uint16_t number)
{
	return gcoap_msg_find(m, number) != NULL;
}

static uint8_t check_proxy(const struct gcoap_msg *m, const char **why)
{
	bool uri = has(m, GCOAP_PROXY_URI) || has(m, GCOAP_PROXY_CRI);
	bool parts = has(m, GCOAP_URI_HOST) || has(m, GCOAP_URI_PORT) ||
		     has(m, GCOAP_URI_PATH) || has(m, GCOAP_URI_QUERY);

	if (uri && parts) {
		*why = "Proxy-Uri together with Uri-* options";
		return GCOAP_BAD_OPTION;
	}
	if (uri || has(m, GCOAP_PROXY_SCHEME) || has(m, GCOAP_PROXY_SCHEME_NUMBER)) {
		*why = "this server is not a proxy";
		return GCOAP_NOT_PROXY;
	}
	return 0;
}

static uint8_t check_path(const struct gcoap_msg *m, const char **why)
{
	uint32_t v;

	if (gcoap_msg_uint(m, GCOAP_URI_PORT, 2, &v) == 0 && v == 0) {
		*why = "Uri-Port 0";
		return GCOAP_BAD_REQUEST;
	}
	if (gcoap_msg_uint(m, GCOAP_URI_PATH_ABBREV, 4, &v) == 0 &&
	    (v != 0 || has(m, GCOAP_URI_PATH))) {
		*why = "Uri-Path-Abbrev";
		return GCOAP_BAD_OPTION;
	}
	return 0;
}

static uint8_t check_blocks(const struct gcoap_msg *m, const char **why)
{
	static const uint16_t numbers[] = { GCOAP_BLOCK1, GCOAP_BLOCK2 };
	struct gcoap_block b;

	for (size_t i = 0; i < 2; i++) {
		const struct gcoap_option *o = gcoap_msg_find(m, numbers[i]);

		if (o && gcoap_block_decode(o->value, &b, NULL) < 0) {
			*why = "block size 7 is reserved";
			return GCOAP_BAD_REQUEST;
		}
	}
	return 0;
}

/* Critical options that are known here and not served. */
static const uint16_t refused[] = { GCOAP_OSCORE, GCOAP_EDHOC, GCOAP_Q_BLOCK1, GCOAP_Q_BLOCK2 };

uint8_t gcoap__request_check(const struct gcoap_serve *s, const struct gcoap_msg *m,
			     const char **why)
{
	struct gcoap_diag diag = { 0 };
	size_t etags = 0;
	uint8_t code;

	if (gcoap_option_bad_critical(s->config.registry, m, &diag)) {
		*why = diag.what;
		return GCOAP_BAD_OPTION;
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		if (has(m, refused[i])) {
			*why = "option not supported";
			return GCOAP_BAD_OPTION;
		}
	for (size_t i = 0; i < m->n_options; i++)
		etags += m->options[i].number == GCOAP_ETAG;
	if (etags > SERVE_MAX_ETAGS) {
		*why = "more than 8 ETag options";
		return GCOAP_BAD_OPTION;
	}
	code = check_proxy(m, why);
	if (!code)
		code = check_path(m, why);
	return code ? code : check_blocks(m, why);
}
