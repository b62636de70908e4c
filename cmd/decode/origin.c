/* Who a response comes from: tp_info, Reply-From and Multi-ETag, byte by byte. */
#include "decode.h"

#include <gcoap/etag.h>
#include <gcoap/origin.h>

#define TP_INFO "groupcomm-bis-03, 3.2.2.1"
#define MULTI_ETAG "groupcomm-bis-03, 3.2.2"

static const char *const readings[] = { "tiloca-03", "bis-03", "slides-05", "wgp-00" };
#define N_READINGS (sizeof(readings) / sizeof(readings[0]))
#define HEAD_TEXT 160
#define MARK 1 /* a port that no text gives: stands for the group's when it is not known */

void address_words(struct gcoap_bytes b, char *buf, size_t cap)
{
	struct gcoap_addr a = { .family = b.len == 4 ? 4 : 6 };
	char text[GCOAP_ADDR_TEXT];

	if (b.len != 4 && b.len != 16) {
		snprintf(buf, cap, "%zu byte%s: no address", BYTES_OF(b.len));
		return;
	}
	memcpy(a.bytes, b.ptr, b.len);
	snprintf(buf, cap, "%s", gcoap_addr_format_host(&a, text));
}

static const char *transport(uint64_t id)
{
	static const char *const names[] = { "reserved", "UDP", "UDP with DTLS", "TCP",
					     "TCP with TLS", "WebSockets", "WebSockets with TLS" };

	return id < sizeof(names) / sizeof(names[0]) ? names[id] : "not known";
}

/* How the texts read a port that is absent or null: shown when they differ. */
static void port_readings(struct map *m, struct gcoap_bytes value, const char *state)
{
	struct gcoap_origin o;
	uint16_t ports[N_READINGS], group = m->group_port ? (uint16_t)m->group_port : MARK;
	bool differ = false;
	char line[160];
	size_t n = 0;

	for (size_t i = 0; i < N_READINGS; i++) {
		if (gcoap_tp_info_decode_prefix(value, (enum gcoap_port_reading)i, group, &o,
						NULL) < 0)
			return;
		ports[i] = o.addr.port;
		differ |= ports[i] != ports[0];
	}
	if (!differ && ports[0] != MARK)
		return;
	for (size_t i = 0; i < N_READINGS; i++) {
		if (i)
			jsonw_lit(&m->readings, ",");
		jsonw_text(&m->readings, readings[i]);
		jsonw_lit(&m->readings, ":");
		if (ports[i] == MARK) {
			jsonw_lit(&m->readings, "null");
			n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s: the group's",
					      i ? ", " : "", readings[i]);
		} else {
			jsonw_uint(&m->readings, ports[i]);
			n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s: %u",
					      i ? ", " : "", readings[i], ports[i]);
		}
	}
	map_note(m, "srv_port is %s; %s", state, line);
}

/* What the item at place @nth of a tp_info array is. */
static void tp_info_words(const struct gcoap_cbor_item *item, unsigned nth, char *buf, size_t cap)
{
	char words[GCOAP_ADDR_TEXT + 40], head[HEAD_TEXT];

	explain_head(item, head, sizeof(head));
	if (nth == 0)
		snprintf(buf, cap, "tp_info: %s", head);
	else if (nth == 1 && item->major == 0)
		snprintf(buf, cap, "tp_id %llu: %s", (unsigned long long)item->arg,
			 transport(item->arg));
	else if (nth == 2 && item->major == 6)
		snprintf(buf, cap, "tag %llu%s", (unsigned long long)item->arg,
			 item->arg == 260 ? ": IP address" : "");
	else if (nth == 3 && item->major == 2 && !item->indefinite) {
		address_words(item->string, words, sizeof(words));
		snprintf(buf, cap, "srv_host %s", words);
	} else if (nth == 4 && item->major == 0)
		snprintf(buf, cap, "srv_port %llu", (unsigned long long)item->arg);
	else if (nth == 4)
		snprintf(buf, cap, "srv_port %s", head);
	else
		snprintf(buf, cap, "%s", head);
}

/* Fields of a tp_info array at the start of @value; where it ends. */
static size_t tp_info_fields(struct map *m, struct gcoap_bytes value, size_t shift,
			     unsigned depth)
{
	struct gcoap_cbor_walker w;
	struct gcoap_cbor_item item;
	char words[MAP_MEANING];
	unsigned nth = 0;

	gcoap_cbor_walk(&w, value);
	while (nth < 64 && gcoap_cbor_walk_next(&w, &item, NULL) > 0) {
		tp_info_words(&item, nth, words, sizeof(words));
		map_field(m, shift + item.at, item.len, depth + item.depth, TP_INFO, "%s", words);
		if (nth == 4 && item.major == 7)
			port_readings(m, value, "null");
		nth++;
		if (!w.depth)
			break;
	}
	if (nth == 4 && !w.depth)
		port_readings(m, value, "absent");
	return w.pos;
}

/* The server as its URI. */
static void put_server(struct map *m, const struct gcoap_origin *o)
{
	char text[1400], shown[1400];

	if (gcoap_origin_format(o, text, sizeof(text)) < 0)
		return;
	if (m->readings.len && !m->group_port) { /* no port that can be relied on */
		char *colon = strrchr(text, ':');

		if (colon)
			*colon = '\0';
	}
	jsonw_text(&m->value, text);
	payload_escape(gcoap_bytes_text(text), shown, sizeof(shown), true, 0, false);
	map_line(m, "server %s", shown);
}

void explain_tp_info(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_origin o;
	int r;

	tp_info_fields(m, value, shift, depth);
	r = gcoap_tp_info_decode(value, GCOAP_PORT_WGP_00,
				 m->group_port ? (uint16_t)m->group_port : GCOAP_PORT, &o, &diag);
	if (r < 0)
		map_fail(m, r, &diag, shift);
	else if (!depth)
		put_server(m, &o);
}

void explain_multi_etag(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth)
{
	size_t at = tp_info_fields(m, value, shift, depth);
	struct gcoap_multi_etag tags;
	struct gcoap_diag diag = { 0 };
	struct gcoap_cbor_walker w;
	struct gcoap_cbor_item item;
	char hex[2 * GCOAP_ETAG_MAX + 1], words[MAP_MEANING];
	int r = gcoap_multi_etag_decode(value, &tags, &diag);

	gcoap_cbor_walk(&w, (struct gcoap_bytes){ value.ptr + at, value.len - at });
	while (gcoap_cbor_walk_next(&w, &item, NULL) > 0) {
		explain_head(&item, words, sizeof(words));
		if (item.major == 2 && item.string.len && item.string.len <= GCOAP_ETAG_MAX) {
			gcoap_hex_encode(item.string, hex, sizeof(hex));
			snprintf(words, sizeof(words), "entity-tag %s", hex);
		}
		map_field(m, shift + at + item.at, item.len, depth + item.depth, MULTI_ETAG, "%s",
			  words);
	}
	if (r < 0) {
		map_fail(m, r, &diag, shift);
		return;
	}
	if (depth)
		return;
	jsonw_lit(&m->value, "{\"server\":");
	put_server(m, &tags.server);
	jsonw_lit(&m->value, ",\"etags\":[");
	map_line(m, ", %zu entity-tag%s:", tags.n, tags.n == 1 ? "" : "s");
	for (size_t i = 0; i < tags.n; i++) {
		gcoap_hex_encode(tags.tags[i], hex, sizeof(hex));
		map_line(m, " %s", hex);
		if (i)
			jsonw_lit(&m->value, ",");
		jsonw_hex(&m->value, tags.tags[i]);
	}
	jsonw_lit(&m->value, "]}");
}

/* The reference behind the server's CRI. */
static void put_behind(struct map *m, const struct gcoap_origin *o)
{
	char text[GCOAP_ADDR_TEXT];
	const char *host = o->behind_host[0] ? o->behind_host : NULL;

	if (o->behind.family && o->behind.port)
		host = gcoap_addr_format(&o->behind, text);
	else if (o->behind.family)
		host = gcoap_addr_format_host(&o->behind, text);
	jsonw_lit(&m->value, ",\"behind\":");
	jsonw_text(&m->value, host);
	jsonw_lit(&m->value, ",\"behind_path\":");
	jsonw_text(&m->value, o->behind_path[0] ? o->behind_path : NULL);
	jsonw_lit(&m->value, "}");
	if (host)
		map_line(m, ", behind it %s", host);
	if (o->behind_path[0])
		map_line(m, ", path %s", o->behind_path);
}

void explain_reply_from(struct map *m, struct gcoap_bytes value, size_t shift, unsigned depth)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_origin o;
	bool behind;
	int r = gcoap_reply_from_decode(value, &o, &diag);

	cri_fields(m, value, shift, depth, "groupcomm-proxy-07, 3");
	if (r < 0) {
		map_fail(m, r, &diag, shift);
		return;
	}
	if (depth)
		return;
	behind = o.behind.family || o.behind_host[0] || o.behind_path[0];
	if (behind)
		jsonw_lit(&m->value, "{\"server\":");
	put_server(m, &o);
	if (behind)
		put_behind(m, &o);
}
