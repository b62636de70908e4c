#include "msg_text.h"

#include <gcoap/block.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct out {
	char *buf;
	size_t n, cap;
};

static void put(struct out *o, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(struct out *o, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(o->buf + o->n, o->cap - o->n, format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= o->cap - o->n)
		abort();
	o->n += (size_t)n;
}

static void put_hex(struct out *o, struct gcoap_bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		put(o, "%02x", b.ptr[i]);
}

/* In quotes when all of it is printable ASCII, else hex. */
static void put_string(struct out *o, struct gcoap_bytes b)
{
	for (size_t i = 0; i < b.len; i++) {
		if (b.ptr[i] < 0x20 || b.ptr[i] > 0x7e) {
			put_hex(o, b);
			return;
		}
	}
	put(o, "\"");
	for (size_t i = 0; i < b.len; i++)
		put(o, b.ptr[i] == '"' || b.ptr[i] == '\\' ? "\\%c" : "%c", b.ptr[i]);
	put(o, "\"");
}

static void put_option(struct out *o, const struct gcoap_registry *r,
		       const struct gcoap_option *option)
{
	const struct gcoap_option_info *row = gcoap_registry_find(r, option->number);
	struct gcoap_block block;
	uint32_t n;

	if (!row)
		put(o, " %u=", option->number);
	else
		put(o, row->format == GCOAP_FORMAT_EMPTY ? " %s" : " %s=", row->name);
	if (row && row->format == GCOAP_FORMAT_STRING)
		put_string(o, option->value);
	else if (row && row->format == GCOAP_FORMAT_UINT &&
		 gcoap_uint_decode(option->value, 4, &n) == 0)
		put(o, "%u", n);
	else if (row && row->format == GCOAP_FORMAT_BLOCK &&
		 gcoap_block_decode(option->value, &block, NULL) == 0)
		put(o, "%u/%d/%u", block.num, block.more, gcoap_block_size(&block));
	else
		put_hex(o, option->value);
}

char *msg_text(const struct gcoap_registry *r, const struct gcoap_msg *m, char *buf,
	       size_t cap)
{
	struct out o = { buf, 0, cap };
	const char *name = gcoap_code_name(m->code);
	char code[5];

	if (!name || m->code > GCOAP_IPATCH)
		name = gcoap_code_format(m->code, code);
	put(&o, "%s %s mid=%04x", gcoap_type_name(m->type), name, m->mid);
	if (m->token_len > 0)
		put(&o, " token=");
	put_hex(&o, (struct gcoap_bytes){ m->token, m->token_len });
	for (size_t i = 0; i < m->n_options; i++)
		put_option(&o, r, &m->options[i]);
	if (m->payload.len > 0) {
		put(&o, " payload=");
		put_string(&o, m->payload);
	}
	return buf;
}
