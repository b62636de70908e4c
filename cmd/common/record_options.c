/* Options of a message as JSON: decoded when their format is known, else in hex. */
#include "render_common.h"

#include <string.h>
#include <gcoap/block.h>
#include <gcoap/etag.h>

#define AUTHORITY_MAX 1400

static void put_hex(struct jsonw *w, struct gcoap_bytes value)
{
	jsonw_lit(w, ",\"hex\":");
	jsonw_hex(w, value);
}

static void put_problem(struct jsonw *w, const struct gcoap_option *o,
			const struct gcoap_diag *diag)
{
	put_hex(w, o->value);
	jsonw_lit(w, ",\"problem\":");
	jsonw_text(w, diag->what ? diag->what : "does not decode");
	jsonw_lit(w, ",\"at\":");
	jsonw_uint(w, diag->at);
}

static int put_block(struct jsonw *w, struct gcoap_bytes value, struct gcoap_diag *diag)
{
	struct gcoap_block block;
	int r = gcoap_block_decode(value, &block, diag);

	if (r < 0)
		return r;
	jsonw_lit(w, ",\"value\":{\"num\":");
	jsonw_uint(w, block.num);
	jsonw_lit(w, ",\"more\":");
	jsonw_bool(w, block.more);
	jsonw_lit(w, ",\"size\":");
	jsonw_uint(w, gcoap_block_size(&block));
	jsonw_lit(w, "}");
	return 0;
}

static int put_origin(struct jsonw *w, const struct gcoap_origin *origin)
{
	char text[AUTHORITY_MAX];
	int n = gcoap_origin_format(origin, text, sizeof(text));

	if (n < 0)
		return n;
	jsonw_bytes(w, (struct gcoap_bytes){ (uint8_t *)text, (size_t)n });
	return 0;
}

static int put_server_address(struct render_base *b, struct jsonw *w, uint8_t format,
			      struct gcoap_bytes value, struct gcoap_diag *diag)
{
	struct gcoap_origin origin;
	char text[GCOAP_ADDR_TEXT];
	size_t before = w->len;
	int r;

	if (format == GCOAP_FORMAT_TP_INFO)
		r = gcoap_tp_info_decode(value, GCOAP_PORT_WGP_00, b->group_port, &origin, diag);
	else
		r = gcoap_reply_from_decode(value, &origin, diag);
	if (r < 0)
		return r;
	jsonw_lit(w, ",\"value\":");
	r = put_origin(w, &origin);
	if (r < 0) {
		w->len = before;
		return r;
	}
	if (format == GCOAP_FORMAT_TP_INFO)
		return 0;
	if (origin.behind.family) {
		jsonw_lit(w, ",\"behind\":");
		jsonw_text(w, gcoap_addr_format(&origin.behind, text));
	} else if (origin.behind_host[0]) {
		jsonw_lit(w, ",\"behind\":");
		jsonw_text(w, origin.behind_host);
	}
	if (origin.behind_path[0]) {
		jsonw_lit(w, ",\"behind_path\":");
		jsonw_text(w, origin.behind_path);
	}
	return 0;
}

static int put_multi_etag(struct jsonw *w, struct gcoap_bytes value, struct gcoap_diag *diag)
{
	struct gcoap_multi_etag m;
	size_t before = w->len;
	int r = gcoap_multi_etag_decode(value, &m, diag);

	if (r < 0)
		return r;
	jsonw_lit(w, ",\"value\":{\"server\":");
	r = put_origin(w, &m.server);
	if (r < 0) {
		w->len = before;
		return r;
	}
	jsonw_lit(w, ",\"etags\":[");
	for (size_t i = 0; i < m.n; i++) {
		if (i)
			jsonw_lit(w, ",");
		jsonw_hex(w, m.tags[i]);
	}
	jsonw_lit(w, "]}");
	return 0;
}

/* The decoded value; negative when it does not decode. */
static int put_value(struct render_base *b, struct jsonw *w,
		     const struct gcoap_option_info *info, const struct gcoap_option *o,
		     struct gcoap_diag *diag)
{
	uint32_t v;
	int r;

	switch ((enum gcoap_option_format)info->format) {
	case GCOAP_FORMAT_EMPTY:
		jsonw_lit(w, ",\"value\":true");
		return 0;
	case GCOAP_FORMAT_UINT:
		r = gcoap_uint_decode(o->value, 4, &v);
		if (r < 0)
			return gcoap_fail(diag, r, o->at, "long-uint", "more than 4 bytes");
		jsonw_lit(w, ",\"value\":");
		jsonw_uint(w, v);
		return 0;
	case GCOAP_FORMAT_STRING:
		if (!gcoap_utf8_valid(o->value))
			return gcoap_fail(diag, GCOAP_EMALFORMED, o->at, "not-utf8",
					  "the text is not UTF-8");
		jsonw_lit(w, ",\"value\":");
		jsonw_bytes(w, o->value);
		return 0;
	case GCOAP_FORMAT_BLOCK:
		return put_block(w, o->value, diag);
	case GCOAP_FORMAT_TP_INFO:
	case GCOAP_FORMAT_REPLY_FROM:
		return put_server_address(b, w, info->format, o->value, diag);
	case GCOAP_FORMAT_MULTI_ETAG:
		return put_multi_etag(w, o->value, diag);
	case GCOAP_FORMAT_OPAQUE:
	case GCOAP_FORMAT_CRI:
		put_hex(w, o->value);
		return 0;
	}
	return GCOAP_EINVALID;
}

static void put_option(struct render_base *b, struct jsonw *w, const struct gcoap_msg *m,
		       const struct gcoap_option *o)
{
	const struct gcoap_option_info *info = gcoap_registry_find(b->env.registry, o->number);
	struct gcoap_diag diag = { 0 };

	jsonw_lit(w, "{\"name\":");
	jsonw_text(w, info ? info->name : NULL);
	jsonw_lit(w, ",\"number\":");
	jsonw_uint(w, o->number);
	if (!info)
		put_hex(w, o->value);
	else if (!gcoap_option_usable(b->env.registry, m, o, &diag) ||
		 put_value(b, w, info, o, &diag) < 0)
		put_problem(w, o, &diag);
	jsonw_lit(w, "}");
}

void record_options(struct render_base *b, struct jsonw *w, const struct gcoap_msg *m)
{
	jsonw_lit(w, "[");
	for (size_t i = 0; i < m->n_options; i++) {
		if (i)
			jsonw_lit(w, ",");
		put_option(b, w, m, &m->options[i]);
	}
	jsonw_lit(w, "]");
}
