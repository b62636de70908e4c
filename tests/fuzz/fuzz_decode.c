/* F2: what gcoap-decode says of any bytes as any kind: fields lie inside the data, the map ends,
 * and its JSON can be read. */
#include "decode/decode.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
	if (!holds)
		abort();
}

static const char *const kinds[] = {
	"message", "response-forwarding", "reply-from", "multi-etag", "link-format", "cbor",
	"oscore", "Proxy-Cri", "Observe", "No-Response", "Block2", "Echo", "Uri-Path",
	"Content-Format", "Multicast-Signaling", "Multicast-Timeout", "Hop-Limit", "Q-Block1",
	"Uri-Path-Abbrev", "Proxy-Scheme-Number", "If-None-Match", "Group-ETag", "Size1"
};

static void check_fields(const struct map *m)
{
	size_t was = 0;

	must(m->n <= MAP_FIELDS);
	for (size_t i = 0; i < m->n; i++) {
		const struct map_field *f = &m->fields[i];

		must(f->at <= m->data.len && f->len <= m->data.len - f->at);
		must(strnlen(f->meaning, sizeof(f->meaning)) < sizeof(f->meaning));
		for (const char *p = f->meaning; *p; p++)
			must((unsigned char)*p >= ' ' && *p != 0x7f);
		must(f->clause || i);
		must(f->at >= was || strcmp(m->as, "link-format") == 0 || f->depth);
		was = f->depth ? was : f->at;
	}
}

static void check_json(const struct map *m)
{
	cJSON *json;

	if (!m->value.len || m->err)
		return;
	json = cJSON_ParseWithLength(m->value.buf, m->value.len);
	must(json != NULL);
	cJSON_Delete(json);
}

static void check_text(const struct jsonw *w)
{
	for (size_t i = 0; i < w->len; i++)
		must((unsigned char)w->buf[i] >= ' ' || w->buf[i] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct decode_args args = DECODE_ARGS_DEFAULT;
	static struct gcoap_registry registry;
	static FILE *nowhere;
	FILE *was = stdout;
	struct map m;

	if (!size || size > 4096)
		return 0;
	if (!registry.n) {
		gcoap_registry_init(&registry);
		nowhere = fopen("/dev/null", "w");
		must(nowhere != NULL);
	}
	map_init(&m, kinds[data[0] % (sizeof(kinds) / sizeof(kinds[0]))],
		 (struct gcoap_bytes){ data + 1, size - 1 }, &registry, data[0] & 0x80 ? 61616 : 0);
	must(explain(&m) == 0);
	must(!m.err || (m.problem.name && m.problem.what && m.problem.at <= m.data.len));
	check_fields(&m);
	check_json(&m);
	check_text(&m.line);
	check_text(&m.notes);
	stdout = nowhere;
	show_map(&m, &args);
	stdout = was;
	map_clear(&m);
	return 0;
}
