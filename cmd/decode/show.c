/* The map of bytes: a table for people, or a record of gcoap-json(5). */
#include "decode.h"

#include <stdlib.h>
#include <time.h>

#define HEX_COLUMN 24 /* characters of the column of bytes */

static bool wants_json(const struct output_args *args)
{
	return args->json || strcmp(args->format, "jsonl") == 0 ||
	       strcmp(args->format, "json") == 0;
}

static void put_fields(struct jsonw *w, const struct map *m)
{
	const char *clause = "";

	jsonw_lit(w, ",\"fields\":[");
	for (size_t i = 0; i < m->n; i++) {
		const struct map_field *f = &m->fields[i];

		if (f->clause)
			clause = f->clause;
		jsonw_raw(w, ",", i ? 1 : 0);
		jsonw_lit(w, "{\"offset\":");
		jsonw_uint(w, f->at);
		jsonw_lit(w, ",\"hex\":");
		jsonw_hex(w, (struct gcoap_bytes){ m->data.ptr + f->at, f->len });
		jsonw_lit(w, ",\"depth\":");
		jsonw_uint(w, f->depth);
		jsonw_lit(w, ",\"meaning\":");
		jsonw_text(w, f->meaning);
		jsonw_lit(w, ",\"clause\":");
		jsonw_text(w, clause);
		jsonw_lit(w, "}");
	}
	jsonw_lit(w, "]");
}

static void put_notes(struct jsonw *w, const struct map *m)
{
	const char *at = m->notes.len ? m->notes.buf : "", *end = at + m->notes.len;
	bool first = true;

	jsonw_lit(w, ",\"notes\":[");
	while (at < end) {
		const char *eol = memchr(at, '\n', (size_t)(end - at));

		jsonw_raw(w, ",", first ? 0 : 1);
		jsonw_bytes(w, (struct gcoap_bytes){ (const uint8_t *)at, (size_t)(eol - at) });
		first = false;
		at = eol + 1;
	}
	jsonw_lit(w, "]");
}

static void put_packet(struct jsonw *w, const struct map_packet *p)
{
	char text[48];
	time_t second = (time_t)(p->at / GCOAP_SECOND);
	struct tm tm;
	size_t n;

	gmtime_r(&second, &tm);
	n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, sizeof(text) - n, ".%06dZ", (int)(p->at % GCOAP_SECOND / GCOAP_US));
	jsonw_lit(w, ",\"datagram\":");
	jsonw_uint(w, p->number);
	jsonw_lit(w, ",\"ts\":");
	jsonw_text(w, text);
	jsonw_lit(w, ",\"from\":");
	record_put_addr(w, p->from);
	jsonw_lit(w, ",\"to\":");
	record_put_addr(w, p->to);
}

static void show_json(const struct map *m)
{
	struct jsonw w = { 0 };

	jsonw_lit(&w, "{\"type\":\"decoded\",\"v\":1,\"as\":");
	jsonw_text(&w, m->as);
	if (m->packet.number)
		put_packet(&w, &m->packet);
	jsonw_lit(&w, ",\"ok\":");
	jsonw_bool(&w, !m->err);
	jsonw_lit(&w, ",\"length\":");
	jsonw_uint(&w, m->data.len);
	jsonw_lit(&w, ",\"value\":");
	if (m->value.len && !m->err)
		jsonw_raw(&w, m->value.buf, m->value.len);
	else
		jsonw_lit(&w, "null");
	if (m->readings.len) {
		jsonw_lit(&w, ",\"port_readings\":{");
		jsonw_raw(&w, m->readings.buf, m->readings.len);
		jsonw_lit(&w, "}");
	}
	put_fields(&w, m);
	put_notes(&w, m);
	jsonw_lit(&w, ",\"problem\":");
	if (m->err) {
		jsonw_lit(&w, "{\"at\":");
		jsonw_uint(&w, m->problem.at);
		jsonw_lit(&w, ",\"name\":");
		jsonw_text(&w, m->problem.name);
		jsonw_lit(&w, ",\"what\":");
		jsonw_text(&w, m->problem.what);
		jsonw_lit(&w, "}");
	} else {
		jsonw_lit(&w, "null");
	}
	jsonw_lit(&w, "}\n");
	if (w.failed)
		cli_warn("out of memory");
	else
		fwrite(w.buf, 1, w.len, stdout);
	jsonw_clear(&w);
}

/* Bytes of a field as "d9 0104": the head apart would need its length; groups of two. */
static void field_hex(const struct map *m, const struct map_field *f, char buf[HEX_COLUMN + 4])
{
	size_t most = HEX_COLUMN / 2;
	struct gcoap_bytes b = { m->data.ptr + f->at, f->len < most ? f->len : most };

	if (f->len > most)
		b.len = most - 2;
	gcoap_hex_encode(b, buf, HEX_COLUMN + 1);
	if (f->len > most)
		memcpy(buf + b.len * 2, "...", 4);
}

static void show_rows(const struct map *m)
{
	char hex[HEX_COLUMN + 4];
	const char *clause = "", *shown = "";

	if (!m->n)
		return;
	printf("OFFSET  %-*s  MEANING\n", HEX_COLUMN, "BYTES");
	for (size_t i = 0; i < m->n; i++) {
		const struct map_field *f = &m->fields[i];

		if (f->clause)
			clause = f->clause;
		field_hex(m, f, hex);
		printf("%6zu  %-*s  %*s%s", f->at, HEX_COLUMN, hex, (int)f->depth * 2, "",
		       f->meaning);
		if (strcmp(clause, shown) != 0)
			printf("  [%s]", clause);
		shown = clause;
		putchar('\n');
	}
}

static void show_text(const struct map *m)
{
	char rest[2 * 16 + 1];

	printf("%s, %zu byte%s", m->as, BYTES_OF(m->data.len));
	if (m->line.len && !m->err)
		printf(": %.*s", (int)m->line.len, m->line.buf);
	putchar('\n');
	show_rows(m);
	if (m->notes.len)
		printf("%.*s", (int)m->notes.len, m->notes.buf);
	if (!m->err)
		return;
	printf("malformed at byte %zu: %s (%s)\n", m->problem.at, m->problem.what,
	       m->problem.name);
	if (m->problem.at < m->data.len) {
		gcoap_hex_encode((struct gcoap_bytes){ m->data.ptr + m->problem.at,
						       m->data.len - m->problem.at },
				 rest, sizeof(rest));
		printf("  from there: %s%s\n", rest,
		       m->data.len - m->problem.at > 16 ? "..." : "");
	}
}

void show_map(const struct map *m, const struct decode_args *args)
{
	if (m->failed || m->value.failed || m->line.failed || m->notes.failed) {
		cli_warn("out of memory");
		return;
	}
	if (args->output.quiet >= 2)
		return;
	if (wants_json(&args->output))
		show_json(m);
	else
		show_text(m);
}
