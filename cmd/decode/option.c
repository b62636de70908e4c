/* The value of one option, by the format its row in the registry names. */
#include "decode.h"

#include <gcoap/block.h>
#include <strings.h>

static void fail(struct map *m, size_t at, const char *name, const char *what)
{
	struct gcoap_diag diag = { .at = at, .name = name, .what = what };

	map_fail(m, GCOAP_EMALFORMED, &diag, 0);
}

static void explain_uint(struct map *m, const struct gcoap_option_info *info,
			 struct gcoap_bytes value, size_t shift, unsigned depth)
{
	char words[160];
	uint32_t v;

	if (gcoap_uint_decode(value, 4, &v) < 0) {
		fail(m, shift, "bad-length", "a uint has at most 4 bytes");
		return;
	}
	uint_words(m, info, v, words, sizeof(words));
	map_field(m, shift, value.len, depth, info->source, "%s %s%s", info->name, words,
		  value.len && !value.ptr[0] ? ", not in its shortest form" : "");
	if (depth)
		return;
	jsonw_uint(&m->value, v);
	map_line(m, "%s %s", info->name, words);
}

static void explain_block(struct map *m, const struct gcoap_option_info *info,
			  struct gcoap_bytes value, size_t shift, unsigned depth)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_block b;
	int r = gcoap_block_decode(value, &b, &diag);

	if (r < 0) {
		map_fail(m, r, &diag, shift);
		return;
	}
	map_field(m, shift, value.len, depth, info->source, "%s: block %u of %u bytes, %s",
		  info->name, b.num, gcoap_block_size(&b), b.more ? "more follow" : "the last");
	if (depth)
		return;
	jsonw_lit(&m->value, "{\"num\":");
	jsonw_uint(&m->value, b.num);
	jsonw_lit(&m->value, ",\"more\":");
	jsonw_bool(&m->value, b.more);
	jsonw_lit(&m->value, ",\"size\":");
	jsonw_uint(&m->value, gcoap_block_size(&b));
	jsonw_lit(&m->value, "}");
	map_line(m, "block %u of %u bytes, %s", b.num, gcoap_block_size(&b),
		 b.more ? "more follow" : "the last");
}

static void explain_string(struct map *m, const struct gcoap_option_info *info,
			   struct gcoap_bytes value, size_t shift, unsigned depth)
{
	char text[MAP_MEANING];

	map_field(m, shift, value.len, depth, info->source, "%s \"%s\"", info->name,
		  map_text(value, text, sizeof(text) - 40));
	if (!gcoap_utf8_valid(value))
		fail(m, shift, "not-utf8", "the text is not UTF-8");
	if (depth)
		return;
	jsonw_bytes(&m->value, value);
	map_line(m, "%s \"%s\"", info->name, text);
}

static void explain_opaque(struct map *m, const struct gcoap_option_info *info,
			   struct gcoap_bytes value, size_t shift, unsigned depth)
{
	char hex[81];

	gcoap_hex_encode(value, hex, sizeof(hex));
	map_field(m, shift, value.len, depth, info->source, "%s %s%s", info->name,
		  value.len ? hex : "empty", value.len > 40 ? "..." : "");
	if (depth)
		return;
	jsonw_hex(&m->value, value);
	map_line(m, "%s %s%s", info->name, value.len ? hex : "empty",
		 value.len > 40 ? "..." : "");
}

static void explain_cri(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth)
{
	static const struct gcoap_cbor_limits limits = GCOAP_CBOR_LIMITS;
	struct gcoap_diag diag = { 0 };
	int r = gcoap_cbor_scan(value, &limits, &diag);

	cri_fields(m, value, shift, depth, "core-href, 5");
	if (r < 0)
		map_fail(m, r, &diag, shift);
	else if (!depth)
		put_diagnostic(m, value);
}

void explain_option(struct map *m, const struct gcoap_option_info *info,
		    struct gcoap_bytes value, size_t shift, unsigned depth)
{
	if (value.len < info->min_len || value.len > info->max_len)
		fail(m, shift, "bad-length", "the value's length is not one the option can have");
	switch ((enum gcoap_option_format)info->format) {
	case GCOAP_FORMAT_EMPTY:
		map_field(m, shift, value.len, depth, info->source, "%s", info->name);
		if (!depth) {
			jsonw_lit(&m->value, "true");
			map_line(m, "%s", info->name);
		}
		break;
	case GCOAP_FORMAT_OPAQUE:
		if (info->number == GCOAP_OSCORE)
			explain_oscore(m, value, shift, depth);
		else
			explain_opaque(m, info, value, shift, depth);
		break;
	case GCOAP_FORMAT_UINT:
		explain_uint(m, info, value, shift, depth);
		break;
	case GCOAP_FORMAT_STRING:
		explain_string(m, info, value, shift, depth);
		break;
	case GCOAP_FORMAT_BLOCK:
		explain_block(m, info, value, shift, depth);
		break;
	case GCOAP_FORMAT_TP_INFO:
		explain_tp_info(m, value, shift, depth);
		break;
	case GCOAP_FORMAT_REPLY_FROM:
		explain_reply_from(m, value, shift, depth);
		break;
	case GCOAP_FORMAT_MULTI_ETAG:
		explain_multi_etag(m, value, shift, depth);
		break;
	case GCOAP_FORMAT_CRI:
		explain_cri(m, value, shift, depth);
		break;
	}
}

void put_diagnostic(struct map *m, struct gcoap_bytes value)
{
	char text[2048], shown[2048];

	if (gcoap_cbor_diagnose(value, true, text, sizeof(text), NULL) < 0)
		return;
	jsonw_text(&m->value, text);
	payload_escape(gcoap_bytes_text(text), shown, sizeof(shown), true, 0, false);
	map_line(m, "%s", shown);
}

static void whole_cbor(struct map *m)
{
	explain_cbor(m, m->data, 0, 0);
	put_diagnostic(m, m->data);
}

static void whole_links(struct map *m)
{
	explain_links(m, m->data, 0, 0);
}

static void whole_tp_info(struct map *m)
{
	explain_tp_info(m, m->data, 0, 0);
}

static void whole_reply_from(struct map *m)
{
	explain_reply_from(m, m->data, 0, 0);
}

static void whole_multi_etag(struct map *m)
{
	explain_multi_etag(m, m->data, 0, 0);
}

static void whole_oscore(struct map *m)
{
	explain_oscore(m, m->data, 0, 0);
}

const char explain_kinds[] =
	"message response-forwarding reply-from multi-etag link-format cbor oscore";

static const struct {
	const char *name;
	void (*explain)(struct map *m);
} kinds[] = {
	{ "message", explain_message },
	{ "response-forwarding", whole_tp_info },
	{ "reply-from", whole_reply_from },
	{ "multi-etag", whole_multi_etag },
	{ "link-format", whole_links },
	{ "cbor", whole_cbor },
	{ "oscore", whole_oscore },
};

int explain(struct map *m)
{
	const struct gcoap_option_info *info;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strcasecmp(m->as, kinds[i].name) == 0) {
			m->as = kinds[i].name;
			kinds[i].explain(m);
			return 0;
		}
	}
	info = gcoap_registry_find_name(m->registry, m->as);
	if (!info)
		return -1;
	m->as = info->name;
	explain_option(m, info, m->data, 0, 0);
	return 0;
}
