#include "trace.h"

#include <gcoap/block.h>
#include <gcoap/etag.h>
#include <gcoap/format.h>
#include <gcoap/origin.h>
#include "cli.h"
#include "payload.h"
#include "progress.h"

static size_t hex_value(struct gcoap_bytes v, char *buf, size_t cap)
{
	if (cap < 3)
		return 0;
	buf[0] = '0';
	buf[1] = 'x';
	return 2 + gcoap_hex_encode(v, buf + 2, cap - 2);
}

static void uint_value(const struct gcoap_option *o, char *buf, size_t cap)
{
	const struct gcoap_format_info *format = NULL;
	uint32_t v;

	if (gcoap_uint_decode(o->value, 4, &v) < 0) {
		hex_value(o->value, buf, cap);
		return;
	}
	if (o->number == GCOAP_CONTENT_FORMAT || o->number == GCOAP_ACCEPT)
		format = gcoap_format_find(v);
	if (format != NULL)
		snprintf(buf, cap, "%u (%s)", v, format->media_type);
	else
		snprintf(buf, cap, "%u", v);
}

static void block_value(const struct gcoap_option *o, char *buf, size_t cap)
{
	struct gcoap_block b;

	if (gcoap_block_decode(o->value, &b, NULL) < 0)
		hex_value(o->value, buf, cap);
	else
		snprintf(buf, cap, "%u/%d/%u", b.num, b.more, gcoap_block_size(&b));
}

static void origin_value(const struct gcoap_option *o, int format, char *buf, size_t cap)
{
	char text[GCOAP_HOST_MAX + 64];
	struct gcoap_origin origin;
	int r;

	if (format == GCOAP_FORMAT_TP_INFO)
		r = gcoap_tp_info_decode(o->value, GCOAP_PORT_WGP_00, GCOAP_PORT, &origin, NULL);
	else
		r = gcoap_reply_from_decode(o->value, &origin, NULL);
	if (r >= 0)
		r = gcoap_origin_format(&origin, text, sizeof(text));
	if (r < 0)
		hex_value(o->value, buf, cap);
	else /* a host name is whatever the proxy wrote */
		payload_escape(gcoap_bytes_text(text), buf, cap, true, 0, true);
}

static void multi_etag_value(const struct gcoap_option *o, char *buf, size_t cap)
{
	struct gcoap_multi_etag m;
	size_t at;
	int n;

	if (gcoap_multi_etag_decode(o->value, &m, NULL) < 0) {
		hex_value(o->value, buf, cap);
		return;
	}
	n = gcoap_origin_format(&m.server, buf, cap);
	at = n > 0 ? (size_t)n : 0;
	for (size_t i = 0; i < m.n && at + 4 < cap; i++) {
		buf[at++] = ' ';
		at += hex_value(m.tags[i], buf + at, cap - at);
	}
}

char *trace_option_value(const struct gcoap_registry *registry, const struct gcoap_option *o,
			 char *buf, size_t cap)
{
	const struct gcoap_option_info *info = gcoap_registry_find(registry, o->number);
	int format = info != NULL ? info->format : GCOAP_FORMAT_OPAQUE;

	buf[0] = '\0';
	switch ((enum gcoap_option_format)format) {
	case GCOAP_FORMAT_EMPTY:
	case GCOAP_FORMAT_OPAQUE:
	case GCOAP_FORMAT_CRI:
		if (o->value.len > 0)
			hex_value(o->value, buf, cap);
		break;
	case GCOAP_FORMAT_UINT:
		uint_value(o, buf, cap);
		break;
	case GCOAP_FORMAT_STRING:
		payload_escape(o->value, buf, cap, true, 0, true);
		break;
	case GCOAP_FORMAT_BLOCK:
		block_value(o, buf, cap);
		break;
	case GCOAP_FORMAT_TP_INFO:
	case GCOAP_FORMAT_REPLY_FROM:
		origin_value(o, format, buf, cap);
		break;
	case GCOAP_FORMAT_MULTI_ETAG:
		multi_etag_value(o, buf, cap);
		break;
	}
	return buf;
}

void trace_options(FILE *out, const struct gcoap_registry *registry, const struct gcoap_msg *m)
{
	char value[512];

	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];
		const struct gcoap_option_info *info = gcoap_registry_find(registry, o->number);

		if (info != NULL)
			fprintf(out, "    %s: ", info->name);
		else
			fprintf(out, "    option %u (%s): ", o->number,
				gcoap_option_critical(o->number) ? "critical" : "elective");
		fprintf(out, "%s\n", trace_option_value(registry, o, value, sizeof(value)));
	}
	if (m->payload.len > 0)
		fprintf(out, "    payload: %zu bytes\n", m->payload.len);
}

void trace_hex(FILE *out, struct gcoap_bytes data)
{
	for (size_t at = 0; at < data.len; at += 16) {
		size_t n = data.len - at < 16 ? data.len - at : 16;

		fprintf(out, "    %04zx ", at);
		for (size_t i = 0; i < 16; i++) {
			if (i < n)
				fprintf(out, " %02x", data.ptr[at + i]);
			else
				fputs("   ", out);
		}
		fputs("  ", out);
		for (size_t i = 0; i < n; i++) {
			uint8_t c = data.ptr[at + i];

			putc(c >= 0x20 && c < 0x7f ? c : '.', out);
		}
		putc('\n', out);
	}
}

void trace_head(FILE *out, const char *over, const struct gcoap_msg *m)
{
	char code[5], token[2 * GCOAP_TOKEN_MAX + 1];
	const char *name = gcoap_code_name(m->code);
	struct gcoap_bytes t = { m->token, m->token_len };

	gcoap_hex_encode(t, token, sizeof(token));
	fprintf(out, "%s ", over != NULL ? over : gcoap_type_name(m->type));
	if (!GCOAP_CODE_IS_REQUEST(m->code) || name == NULL)
		fprintf(out, "%s%s", gcoap_code_format(m->code, code), name != NULL ? " " : "");
	fputs(name != NULL ? name : "", out);
	if (over == NULL)
		fprintf(out, ", Message ID %04x", m->mid);
	fprintf(out, ", token %s", m->token_len > 0 ? token : "empty");
}

static void trace_to(FILE *out, const struct trace *t, enum gcoap_direction dir,
		     const struct gcoap_datagram *d)
{
	bool sent = dir == GCOAP_SENT;
	struct gcoap_diag diag = { 0 };
	struct gcoap_msg m;
	char addr[GCOAP_ADDR_TEXT];
	int r = gcoap_msg_decode(&m, d->data, &diag);

	fprintf(out, "%s %s ", sent ? "->" : "<-",
		gcoap_addr_format(sent ? &d->to : &d->from, addr));
	if (r < 0)
		fprintf(out, "malformed at byte %zu, %s: %s", diag.at, diag.name, diag.what);
	else
		trace_head(out, t->over, &m);
	if (t->over == NULL)
		fprintf(out, ", %zu bytes%s", d->data.len, d->truncated ? ", cut" : "");
	fputc('\n', out);
	if (t->level >= 2 && r == 0)
		trace_options(out, t->registry, &m);
	if (t->level >= 3 || r < 0)
		trace_hex(out, t->over != NULL && r == 0 ? m.payload : d->data);
}

void trace_datagram(const struct trace *t, enum gcoap_direction dir,
		    const struct gcoap_datagram *d)
{
	FILE *log = cli_log_entry();

	progress_hide();
	trace_to(t->out, t, dir, d);
	if (log != NULL)
		trace_to(log, t, dir, d);
}
