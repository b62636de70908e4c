/* Views of payloads: what a cell of a table shows. */
#include "payload.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/cbor.h>
#include <gcoap/format.h>
#include <gcoap/senml.h>
#include "json_scan.h"
#include "senml_json.h"

#define CELL_COLUMNS 256
#define CELL_BYTES 2048 /* of a view before it is escaped and cut */

int payload_as_parse(const char *text)
{
	static const char *const names[] = { "auto", "text", "json", "diag", "hex", "b64", "none" };

	for (int i = 0; i < 7; i++)
		if (!strcmp(text, names[i]))
			return i;
	return -1;
}

bool payload_clean(struct gcoap_bytes body)
{
	for (size_t i = 0; i < body.len; i++)
		if ((body.ptr[i] < 0x20 && !memchr("\t\n\r", body.ptr[i], 3)) ||
		    body.ptr[i] == 0x7f)
			return false;
	return gcoap_utf8_valid(body);
}

enum gcoap_payload_kind payload_syntax(struct gcoap_bytes body, int32_t content_format)
{
	const struct gcoap_format_info *info;

	if (!body.len)
		return GCOAP_KIND_NONE;
	info = content_format >= 0 ? gcoap_format_find((uint32_t)content_format) : NULL;
	if (info && info->kind != GCOAP_KIND_OPAQUE && info->kind != GCOAP_KIND_NONE)
		return (enum gcoap_payload_kind)info->kind;
	/* Diagnostic payloads of errors have no Content-Format (RFC 7252, Section 5.5.2). */
	return content_format < 0 && payload_clean(body) ? GCOAP_KIND_TEXT : GCOAP_KIND_OPAQUE;
}

const char *payload_kind(struct gcoap_bytes body, int32_t content_format)
{
	switch (payload_syntax(body, content_format)) {
	case GCOAP_KIND_NONE:
		return "empty";
	case GCOAP_KIND_TEXT:
	case GCOAP_KIND_XML:
		return "text";
	case GCOAP_KIND_LINK:
		return "link";
	case GCOAP_KIND_JSON:
		return "json";
	case GCOAP_KIND_CBOR:
	case GCOAP_KIND_CBOR_SEQ:
		return "cbor";
	case GCOAP_KIND_SENML_JSON:
	case GCOAP_KIND_SENML_CBOR:
		return "senml";
	case GCOAP_KIND_OPAQUE:
		break;
	}
	return "opaque";
}

struct text {
	char *buf;
	size_t cap, len;
};

__attribute__((format(printf, 2, 3))) static void text_add(struct text *t, const char *format,
							    ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->buf + t->len, t->cap - t->len, format, ap);
	va_end(ap);
	t->len += n < 0 ? 0 : (size_t)n;
	if (t->len >= t->cap)
		t->len = t->cap - 1;
}

/* "temp 21.25 Cel", records separated by commas. */
static int senml_record(void *arg, const struct gcoap_senml *rec)
{
	struct text *t = arg;

	if (t->len + 1 >= t->cap)
		return 1;
	text_add(t, "%s%s%s", t->len ? ", " : "", rec->name, *rec->name ? " " : "");
	switch (rec->kind) {
	case GCOAP_SENML_NUMBER:
		text_add(t, "%.10g", rec->number);
		break;
	case GCOAP_SENML_TEXT:
	case GCOAP_SENML_DATA:
		text_add(t, "%s", rec->text);
		break;
	case GCOAP_SENML_BOOL:
		text_add(t, "%s", rec->boolean ? "true" : "false");
		break;
	case GCOAP_SENML_NONE:
		text_add(t, "-");
		break;
	}
	if (*rec->unit)
		text_add(t, " %s", rec->unit);
	return 0;
}

static bool as_senml(struct gcoap_bytes body, bool cbor, struct text *t)
{
	int r = cbor ? gcoap_senml_walk_cbor(body, senml_record, t, NULL) :
		       senml_walk_json(body, senml_record, t, NULL);

	if (r < 0)
		t->len = 0;
	return r >= 0;
}

static bool as_diag(struct gcoap_bytes body, bool sequence, struct text *t)
{
	int r = gcoap_cbor_diagnose(body, sequence, t->buf, t->cap, NULL);

	t->len = r < 0 ? 0 : strlen(t->buf);
	return r >= 0;
}

static bool as_json(struct gcoap_bytes body, struct text *t)
{
	struct jsonw w = { 0 };
	bool ok = json_copy(&w, body, NULL);

	if (ok) {
		t->len = w.len < t->cap ? w.len : t->cap - 1;
		memcpy(t->buf, w.buf, t->len);
	}
	jsonw_clear(&w);
	return ok;
}

static void as_hex(struct gcoap_bytes body, struct text *t)
{
	t->len = gcoap_hex_encode(body, t->buf, t->cap);
}

static void as_b64(struct gcoap_bytes body, struct text *t)
{
	struct jsonw w = { 0 };

	if (body.len > t->cap / 2)
		body.len = t->cap / 2;
	jsonw_base64(&w, body);
	if (w.len >= 2) {
		t->len = w.len - 2;
		memcpy(t->buf, w.buf + 1, t->len);
	}
	jsonw_clear(&w);
}

/* Fills @t when the view has a text of its own; false: @body is to be shown as text. */
static bool view(struct gcoap_bytes body, int32_t content_format, enum payload_as as,
		 struct text *t)
{
	enum gcoap_payload_kind kind = payload_syntax(body, content_format);

	switch (as) {
	case PAYLOAD_NONE:
		return true;
	case PAYLOAD_TEXT:
		return false;
	case PAYLOAD_B64:
		as_b64(body, t);
		return true;
	case PAYLOAD_JSON:
		return as_json(body, t);
	case PAYLOAD_DIAG:
		if (as_diag(body, true, t))
			return true;
		break;
	case PAYLOAD_AUTO:
		if ((kind == GCOAP_KIND_SENML_JSON || kind == GCOAP_KIND_SENML_CBOR) &&
		    as_senml(body, kind == GCOAP_KIND_SENML_CBOR, t))
			return true;
		if ((kind == GCOAP_KIND_CBOR || kind == GCOAP_KIND_CBOR_SEQ ||
		     kind == GCOAP_KIND_SENML_CBOR) &&
		    as_diag(body, kind == GCOAP_KIND_CBOR_SEQ, t))
			return true;
		if ((kind == GCOAP_KIND_JSON || kind == GCOAP_KIND_SENML_JSON) && as_json(body, t))
			return true;
		if (kind == GCOAP_KIND_TEXT || kind == GCOAP_KIND_LINK || kind == GCOAP_KIND_XML ||
		    payload_clean(body))
			return false;
		break;
	case PAYLOAD_HEX:
		break;
	}
	as_hex(body, t);
	return true;
}

/* Text without the line ends behind it. */
static struct gcoap_bytes trimmed(struct gcoap_bytes body)
{
	while (body.len && memchr("\r\n", body.ptr[body.len - 1], 2))
		body.len--;
	return body;
}

size_t payload_cell(struct gcoap_bytes body, int32_t content_format, enum payload_as as,
		    char *out, size_t cap, size_t columns, bool ascii)
{
	char buf[CELL_BYTES];
	struct text t = { buf, sizeof(buf), 0 };
	struct gcoap_bytes shown;

	if (!columns || columns > CELL_COLUMNS)
		columns = CELL_COLUMNS;
	if (view(body, content_format, as, &t))
		shown = (struct gcoap_bytes){ (const uint8_t *)t.buf, t.len };
	else
		shown = trimmed(body);
	return payload_escape(shown, out, cap, true, columns, ascii);
}

void payload_write(struct jsonw *out, struct gcoap_bytes body, int32_t content_format,
		   enum payload_as as, bool ascii)
{
	struct text t = { NULL, 6 * body.len + CELL_BYTES, 0 };
	struct gcoap_bytes shown;
	char *room;

	t.buf = malloc(t.cap);
	if (!t.buf) {
		out->failed = true;
		return;
	}
	if (view(body, content_format, as, &t))
		shown = (struct gcoap_bytes){ (const uint8_t *)t.buf, t.len };
	else
		shown = trimmed(body);
	room = jsonw_room(out, 4 * shown.len + 1);
	if (room)
		out->len += payload_escape(shown, room, 4 * shown.len + 1, true, 0, ascii);
	free(t.buf);
}
