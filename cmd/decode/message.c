/* A whole message (RFC 7252, Section 3), every byte of it. */
#include "decode.h"

#include <gcoap/block.h>

#define HEADER "RFC 7252, 3"
#define OPTION "RFC 7252, 3.1"

static void code_words(uint8_t code, char *buf, size_t cap)
{
	char text[5];
	const char *name = gcoap_code_name(code);

	if (GCOAP_CODE_IS_REQUEST(code) && name)
		snprintf(buf, cap, "%s", name);
	else
		snprintf(buf, cap, "%s%s%s", gcoap_code_format(code, text), name ? " " : "",
			 name ? name : "");
}

static void header(struct map *m, const struct gcoap_msg *msg)
{
	const uint8_t *p = m->data.ptr;
	char words[60], hex[2 * GCOAP_TOKEN_MAX + 1];

	if (!m->data.len)
		return;
	map_field(m, 0, 1, 0, HEADER, "version %d, %s, token of %zu byte%s", p[0] >> 6,
		  gcoap_type_name(p[0] >> 4 & 3), BYTES_OF(p[0] & 15));
	if (m->data.len < 4 || p[0] >> 6 != 1)
		return;
	code_words(p[1], words, sizeof(words));
	map_field(m, 1, 1, 0, HEADER, "%s", words);
	map_field(m, 2, 2, 0, HEADER, "Message ID %02x%02x", p[2], p[3]);
	if (!msg->token_len)
		return;
	gcoap_hex_encode((struct gcoap_bytes){ msg->token, msg->token_len }, hex, sizeof(hex));
	map_field(m, 4, msg->token_len, 0, HEADER, "token %s", hex);
}

/* What follows from the number alone (RFC 7252, Section 5.4.6). */
static const char *properties(uint16_t number)
{
	if (gcoap_option_unsafe(number))
		return gcoap_option_critical(number) ? "critical, unsafe" : "elective, unsafe";
	if (gcoap_option_no_cache_key(number))
		return gcoap_option_critical(number) ? "critical, not in the cache key"
						     : "elective, not in the cache key";
	return gcoap_option_critical(number) ? "critical" : "elective";
}

static void one_option(struct map *m, const struct gcoap_option *o, size_t head)
{
	const struct gcoap_option_info *info = gcoap_registry_find(m->registry, o->number);
	char hex[81];

	if (info) {
		map_field(m, head, o->at - head, 0, OPTION, "option %u, %s (%s), %zu byte%s",
			  o->number, info->name, properties(o->number), BYTES_OF(o->value.len));
		if (o->value.len || info->format == GCOAP_FORMAT_UINT ||
		    o->number == GCOAP_OSCORE || o->value.len < info->min_len)
			explain_option(m, info, o->value, o->at, 1);
		if (m->err) /* of this value; the message can be read all the same */
			map_note(m, "%s, byte %zu: %s (%s)", info->name, m->problem.at,
				 m->problem.what, m->problem.name);
		m->err = 0;
		return;
	}
	map_field(m, head, o->at - head, 0, OPTION, "option %u, not known (%s), %zu byte%s",
		  o->number, properties(o->number), BYTES_OF(o->value.len));
	gcoap_hex_encode(o->value, hex, sizeof(hex));
	if (o->value.len)
		map_field(m, o->at, o->value.len, 1, NULL, "%s%s", hex,
			  o->value.len > 40 ? "..." : "");
}

static int32_t content_format(const struct gcoap_msg *msg)
{
	uint32_t v;

	return gcoap_msg_uint(msg, GCOAP_CONTENT_FORMAT, 2, &v) < 0 ? -1 : (int32_t)v;
}

/* A payload that is whole, not a block of a longer one. */
static bool whole(const struct gcoap_msg *msg)
{
	const struct gcoap_option *o = gcoap_msg_find(
		msg, GCOAP_CODE_IS_REQUEST(msg->code) ? GCOAP_BLOCK1 : GCOAP_BLOCK2);
	struct gcoap_block b;

	return !o || (gcoap_block_decode(o->value, &b, NULL) >= 0 && !b.num && !b.more);
}

static void payload(struct map *m, const struct gcoap_msg *msg, size_t at)
{
	int32_t cf = content_format(msg);
	char cell[MAP_MEANING];

	if (!msg->payload.len)
		return;
	map_field(m, at, 1, 0, HEADER, "payload marker");
	payload_cell(msg->payload, cf, PAYLOAD_AUTO, cell, sizeof(cell) - 40, 120, false);
	map_field(m, at + 1, msg->payload.len, 0, "RFC 7252, 5.5", "payload, %zu byte%s: %s",
		  BYTES_OF(msg->payload.len), cell);
	if (!whole(msg))
		return;
	switch (payload_syntax(msg->payload, cf)) {
	case GCOAP_KIND_CBOR:
	case GCOAP_KIND_CBOR_SEQ:
	case GCOAP_KIND_SENML_CBOR:
		explain_cbor(m, msg->payload, at + 1, 1);
		break;
	case GCOAP_KIND_LINK:
		explain_links(m, msg->payload, at + 1, 1);
		break;
	default:
		break;
	}
	if (m->err)
		map_note(m, "payload, byte %zu: %s (%s)", m->problem.at, m->problem.what,
			 m->problem.name);
	m->err = 0;
}

static void put_value(struct map *m, const struct gcoap_msg *msg)
{
	struct render_base base = { .env = { .registry = m->registry },
				    .group_port = m->group_port ? (uint16_t)m->group_port
								: GCOAP_PORT };
	struct jsonw *w = &m->value;
	uint8_t mid[2] = { (uint8_t)(msg->mid >> 8), (uint8_t)msg->mid };
	char code[5];
	const char *name = gcoap_code_name(msg->code);

	jsonw_lit(w, "{\"mtype\":");
	jsonw_text(w, gcoap_type_name(msg->type));
	jsonw_lit(w, ",\"code\":");
	jsonw_text(w, gcoap_code_format(msg->code, code));
	jsonw_lit(w, ",\"reason\":");
	jsonw_text(w, name);
	jsonw_lit(w, ",\"mid\":");
	jsonw_hex(w, (struct gcoap_bytes){ mid, 2 });
	jsonw_lit(w, ",\"token\":");
	jsonw_hex(w, (struct gcoap_bytes){ msg->token, msg->token_len });
	jsonw_lit(w, ",\"options\":");
	record_options(&base, w, msg);
	jsonw_lit(w, ",\"payload_len\":");
	jsonw_uint(w, msg->payload.len);
	jsonw_lit(w, ",\"payload_hex\":");
	jsonw_hex(w, msg->payload);
	jsonw_lit(w, "}");
}

static void put_line(struct map *m, const struct gcoap_msg *msg)
{
	char words[60], uri[1400], shown[1400], hex[2 * GCOAP_TOKEN_MAX + 1];
	const struct gcoap_option *o = gcoap_msg_find(msg, GCOAP_PROXY_URI);
	static const struct gcoap_addr nobody = { .family = 4, .port = GCOAP_PORT };

	code_words(msg->code, words, sizeof(words));
	gcoap_hex_encode((struct gcoap_bytes){ msg->token, msg->token_len }, hex, sizeof(hex));
	map_line(m, "%s %s", gcoap_type_name(msg->type), words);
	if (o) {
		payload_escape(o->value, shown, sizeof(shown), true, 200, false);
		map_line(m, " %s", shown);
	} else if (GCOAP_CODE_IS_REQUEST(msg->code) &&
		   gcoap_uri_from_options(msg, &nobody, uri, sizeof(uri)) >= 0) {
		payload_escape(gcoap_bytes_text(uri + strlen("coap://0.0.0.0")), shown,
			       sizeof(shown), true, 200, false);
		map_line(m, " %s", shown[0] ? shown : "/");
	}
	map_line(m, ", Message ID %04x, token %s", msg->mid, msg->token_len ? hex : "empty");
	if (msg->payload.len)
		map_line(m, ", %zu byte%s of payload", BYTES_OF(msg->payload.len));
}

/* What header fields of a message that can be read say together (RFC 7252, Section 4). */
static void type_and_code(struct map *m, const struct gcoap_msg *msg)
{
	if (msg->code == 0 && msg->type == GCOAP_CON)
		map_note(m, "an Empty CON is a ping: it asks for a RST");
	else if (msg->code == 0 && msg->type == GCOAP_NON)
		map_note(m, "a receiver ignores this: an Empty message is no NON");
	else if (msg->code && msg->type == GCOAP_RST)
		map_note(m, "a receiver ignores this: a RST is an Empty message");
	else if (GCOAP_CODE_IS_REQUEST(msg->code) && msg->type == GCOAP_ACK)
		map_note(m, "a receiver ignores this: an ACK carries no request");
	else if (msg->code && !GCOAP_CODE_IS_REQUEST(msg->code) &&
		 !GCOAP_CODE_IS_RESPONSE(msg->code))
		map_note(m, "a receiver ignores this: the code's class is reserved");
}

void explain_message(struct map *m)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_msg msg;
	int r = gcoap_msg_decode(&msg, m->data, &diag);
	size_t at = (size_t)4 + msg.token_len;

	m->request = GCOAP_CODE_IS_REQUEST(msg.code);
	m->response = GCOAP_CODE_IS_RESPONSE(msg.code);
	header(m, &msg);
	for (size_t i = 0; i < msg.n_options; i++) {
		one_option(m, &msg.options[i], at);
		at = msg.options[i].at + msg.options[i].value.len;
	}
	if (r < 0) {
		map_fail(m, r, &diag, 0);
		return;
	}
	payload(m, &msg, at);
	put_value(m, &msg);
	put_line(m, &msg);
	type_and_code(m, &msg);
	if (gcoap_option_bad_critical(m->registry, &msg, &diag))
		map_note(m, "a receiver refuses this: byte %zu, %s (%s)", diag.at, diag.what,
			 diag.name);
}
