#include "columns.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include "columns_link.h"
#include "opt.h"
#include "trace.h"

/* "a1b2c3d4", "11 -> 12", "(was 07)", "-". */
static size_t validation_tags(const struct validation_record *v, char *buf, size_t cap)
{
	char now[2 * GCOAP_ETAG_MAX + 1], old[2 * GCOAP_ETAG_MAX + 1];
	const struct gcoap_validation *f = v->found;

	gcoap_hex_encode(f->etag, now, sizeof(now));
	gcoap_hex_encode(f->old_etag, old, sizeof(old));
	if (f->state == GCOAP_VALIDATE_CHANGED)
		return (size_t)snprintf(buf, cap, "%s -> %s", old[0] ? old : "-",
					now[0] ? now : "-");
	if (f->state == GCOAP_VALIDATE_SILENT && old[0])
		return (size_t)snprintf(buf, cap, "(was %s)", old);
	return (size_t)snprintf(buf, cap, "%s", now[0] ? now : "-");
}

#define COLUMN(name) \
	static size_t col_##name(struct render_base *b, const struct row *row, char *buf, size_t cap)

static size_t put(char *buf, size_t cap, const char *text)
{
	size_t n = strlen(text);

	if (n >= cap)
		n = cap - 1;
	memcpy(buf, text, n);
	buf[n] = '\0';
	return n;
}

static size_t put_uint(char *buf, size_t cap, uint64_t v)
{
	return (size_t)snprintf(buf, cap, "%llu", (unsigned long long)v);
}

/* Text that may hold anything: labels, and names that came from the network. */
static size_t put_escaped(struct render_base *b, char *buf, size_t cap, const char *text)
{
	return payload_escape(gcoap_bytes_text(text), buf, cap, true, 256, b->ascii);
}

static const struct gcoap_addr *row_addr(const struct row *row)
{
	return row->response ? &row->response->server.addr :
	       row->missing  ? &row->missing->server :
	       row->link     ? &row->link->server->addr :
	       row->validation ? &row->validation->found->server :
			       &row->malformed->from;
}

COLUMN(server)
{
	char text[1400];

	if (row->link)
		return put_escaped(b, buf, cap, row->link->server->server);
	if (!row->response)
		return put(buf, cap, gcoap_addr_format(row_addr(row), text));
	render_server(&row->response->server, text, sizeof(text));
	return put_escaped(b, buf, cap, text);
}

COLUMN(name)
{
	const char *name = render_name(b, row_addr(row));

	return name ? put_escaped(b, buf, cap, name) : put(buf, cap, "");
}

/* "2.05 Content", "4.04 Not F...": thirteen columns. */
COLUMN(code)
{
	char code[5], text[64];

	if (!row->response)
		return put(buf, cap, row->missing ? "silent" :
				     row->link || row->validation ? "-" : "malformed");
	snprintf(text, sizeof(text), "%s %s", gcoap_code_format(row->response->msg->code, code),
		 gcoap_code_name(row->response->msg->code) ?
			 gcoap_code_name(row->response->msg->code) : "");
	return payload_escape(gcoap_bytes_text(text), buf, cap, true, 13, true);
}

COLUMN(reason)
{
	const char *reason = row->response ? gcoap_code_name(row->response->msg->code) : NULL;

	return put(buf, cap, reason ? reason : "");
}

COLUMN(rtt)
{
	char text[16];

	return put(buf, cap, row->response && row->response->rtt >= 0
				     ? render_duration(row->response->rtt, text) : "-");
}

COLUMN(rtt_ms)
{
	struct jsonw w = { .buf = buf, .cap = cap };

	if (row->response && row->response->rtt >= 0)
		jsonw_ms(&w, row->response->rtt, 3);
	buf[w.len] = '\0';
	return w.len;
}

COLUMN(format)
{
	const struct gcoap_response *r = row->response;
	const struct gcoap_format_info *f;

	if (!r)
		return put(buf, cap, "-");
	if (r->content_format < 0)
		return put(buf, cap, r->body.len ? payload_kind(r->body, -1) : "-");
	f = gcoap_format_find((uint32_t)r->content_format);
	return f ? put(buf, cap, f->name) : put_uint(buf, cap, (uint32_t)r->content_format);
}

/* What is to be known before the payload is read. */
static size_t remarks(const struct gcoap_response *r, char *buf, size_t cap)
{
	size_t n = 0;

	buf[0] = '\0';
	if (r->duplicate)
		n += (size_t)snprintf(buf + n, cap - n, "(duplicate) ");
	if (r->late)
		n += (size_t)snprintf(buf + n, cap - n, "(late) ");
	if (r->nth > 1 && !r->duplicate && r->server_from != GCOAP_FROM_UNKNOWN)
		n += (size_t)snprintf(buf + n, cap - n, "(answer %u) ", r->nth);
	if (!r->complete)
		n += (size_t)snprintf(buf + n, cap - n, "(incomplete, %zu bytes: %s) ", r->body.len,
				      r->problem ? r->problem : "the rest did not come");
	else if (r->problem)
		n += (size_t)snprintf(buf + n, cap - n, "(%s, byte %zu) ", r->problem,
				      r->problem_at);
	return n < cap ? n : cap - 1;
}

COLUMN(payload)
{
	const struct gcoap_response *r = row->response;
	const struct gcoap_malformed *m = row->malformed;
	size_t n;

	if (m)
		return (size_t)snprintf(buf, cap, "byte %zu: %s", m->diag.at,
					m->diag.what ? m->diag.what : "");
	if (row->validation && row->validation->has_body)
		return payload_cell(row->validation->body, row->validation->content_format, b->as,
				    buf, cap, 0, b->ascii);
	if (!r)
		return put(buf, cap, row->missing ? "(no answer)" : "-");
	n = remarks(r, buf, cap);
	return n + payload_cell(r->body, r->content_format, b->as, buf + n, cap - n, 0,
				b->ascii);
}

COLUMN(from)
{
	char text[GCOAP_ADDR_TEXT];

	return put(buf, cap, row->missing || row->validation ? "-" :
		   gcoap_addr_format(row->response ? &row->response->from : row_addr(row), text));
}

COLUMN(server_from)
{
	return put(buf, cap, row->response ? gcoap_server_from_name(row->response->server_from) : "-");
}

COLUMN(id)
{
	uint32_t id = row->link	    ? row->link->id :
		      row->validation ? row->validation->id :
		      row->response ? row->response->id :
		      row->missing  ? row->missing->id : row->malformed->id;

	return (size_t)snprintf(buf, cap, "r%u", id);
}

COLUMN(seq)
{
	return row->response ? put_uint(buf, cap, row->response->seq) : put(buf, cap, "-");
}

COLUMN(time)
{
	char text[32] = "-";

	if (!row->missing && !row->link && !row->validation)
		render_when(b, row->response ? row->response->at : row->malformed->at, text);
	return put(buf, cap, text);
}

COLUMN(uri)
{
	const char *uri = row->response	  ? row->response->uri :
			  row->validation ? row->validation->uri : NULL;

	if (row->link)
		return link_cell_uri(b, row, buf, cap);
	return put_escaped(b, buf, cap, uri ? uri : "-");
}

COLUMN(mtype)
{
	return put(buf, cap, row->response && row->response->rtt >= 0
				     ? gcoap_type_name(row->response->msg->type) : "-");
}

COLUMN(mid)
{
	if (!row->response || row->response->rtt < 0)
		return put(buf, cap, "-");
	return (size_t)snprintf(buf, cap, "%04x", row->response->msg->mid);
}

COLUMN(etag)
{
	if (row->validation)
		return validation_tags(row->validation, buf, cap);
	if (!row->response || !row->response->etag.ptr)
		return put(buf, cap, "-");
	return gcoap_hex_encode(row->response->etag, buf, cap);
}

/* "1.5 kB": three digits. */
static size_t put_size(char *buf, size_t cap, size_t n)
{
	if (n < 1000)
		return (size_t)snprintf(buf, cap, "%zu B", n);
	if (n < 1000000)
		return (size_t)snprintf(buf, cap, "%.3g kB", (double)n / 1000);
	return (size_t)snprintf(buf, cap, "%.3g MB", (double)n / 1000000);
}

COLUMN(saved)
{
	if (!row->validation || !row->validation->found->saved)
		return put(buf, cap, "-");
	return put_size(buf, cap, row->validation->found->saved);
}

COLUMN(body)
{
	if (row->response)
		return put_size(buf, cap, row->response->body.len);
	if (!row->validation || !row->validation->has_body)
		return put(buf, cap, "-");
	return put_size(buf, cap, row->validation->body.len);
}

/* "12 s": from the cache, so old. */
COLUMN(cache)
{
	if (!row->response || !row->response->cached)
		return put(buf, cap, "-");
	return (size_t)snprintf(buf, cap, "%lld s",
				(long long)(row->response->age / GCOAP_SECOND));
}

COLUMN(means)
{
	return put(buf, cap, row->validation && row->validation->means
				     ? row->validation->means : "-");
}

COLUMN(max_age)
{
	if (!row->response || row->response->max_age < 0)
		return put(buf, cap, "-");
	return put_uint(buf, cap, (uint64_t)row->response->max_age);
}

COLUMN(blocks)
{
	return row->response ? put_uint(buf, cap, row->response->blocks) : put(buf, cap, "-");
}

COLUMN(len)
{
	if (row->missing || row->link || row->validation)
		return put(buf, cap, "-");
	return put_uint(buf, cap, row->response ? row->response->body.len : row->malformed->data.len);
}

COLUMN(kind)
{
	if (!row->response)
		return put(buf, cap, "-");
	return put(buf, cap, payload_kind(row->response->body, row->response->content_format));
}

COLUMN(observe)
{
	if (!row->notification || row->notification->observe < 0)
		return put(buf, cap, "-");
	return put_uint(buf, cap, (uint64_t)row->notification->observe);
}

COLUMN(n)
{
	return row->notification ? put_uint(buf, cap, row->notification->n) : put(buf, cap, "-");
}

COLUMN(gap)
{
	return row->notification ? put_uint(buf, cap, row->notification->gap) : put(buf, cap, "-");
}

COLUMN(age_ms)
{
	struct jsonw w = { .buf = buf, .cap = cap };

	if (row->notification)
		jsonw_ms(&w, row->notification->age, 3);
	buf[w.len] = '\0';
	return w.len;
}

static size_t put_upper(char *buf, size_t cap, const char *text)
{
	size_t n = put(buf, cap, text);

	for (size_t i = 0; i < n; i++)
		if (buf[i] >= 'a' && buf[i] <= 'z')
			buf[i] = (char)(buf[i] - 'a' + 'A');
	return n;
}

COLUMN(state)
{
	if (row->validation)
		return put_upper(buf, cap,
				 gcoap_validate_state_name(row->validation->found->state));
	return put(buf, cap, row->notification ?
			     gcoap_observed_state_name(row->notification->server->state) : "-");
}

COLUMN(interface)
{
	char name[IF_NAMESIZE];
	const char *found = row->response && row->response->ifindex ?
				    if_indextoname(row->response->ifindex, name) : NULL;

	return put(buf, cap, found ? found : "-");
}

/* "Max-Age=1 Content-Format=110 (application/senml+json)" */
COLUMN(options)
{
	const struct gcoap_msg *m = row->response ? row->response->msg : NULL;
	char value[256];
	size_t n = 0;

	buf[0] = '\0';
	for (size_t i = 0; m && i < m->n_options && n + 1 < cap; i++) {
		const struct gcoap_option_info *info =
			gcoap_registry_find(b->env.registry, m->options[i].number);

		trace_option_value(b->env.registry, &m->options[i], value, sizeof(value));
		n += info ? (size_t)snprintf(buf + n, cap - n, "%s%s=%s", n ? " " : "", info->name,
					     value) :
			    (size_t)snprintf(buf + n, cap - n, "%s%u=%s", n ? " " : "",
					     m->options[i].number, value);
	}
	return n < cap ? n : cap - 1;
}

const struct column columns[] = {
	{ "server", "SERVER", col_server },
	{ "name", "NAME", col_name },
	{ "code", "CODE", col_code },
	{ "rtt", "RTT", col_rtt, .right = true, .number = true },
	{ "format", "FORMAT", col_format },
	{ "payload", "PAYLOAD", col_payload, .wide = true },
	{ "options", "OPTIONS", col_options, .wide = true },
	{ "reason", "REASON", col_reason },
	{ "rtt_ms", "RTT_MS", col_rtt_ms, .right = true, .number = true },
	{ "from", "FROM", col_from },
	{ "server_from", "SERVER_FROM", col_server_from },
	{ "id", "REQUEST", col_id },
	{ "seq", "SEQ", col_seq, .right = true, .number = true },
	{ "time", "TIME", col_time },
	{ "uri", "URI", col_uri, .wide = true },
	{ "mtype", "TYPE", col_mtype },
	{ "mid", "MID", col_mid },
	{ "etag", "ETAG", col_etag },
	{ "max_age", "MAX_AGE", col_max_age, .right = true, .number = true },
	{ "blocks", "BLOCKS", col_blocks, .right = true, .number = true },
	{ "len", "LEN", col_len, .right = true, .number = true },
	{ "kind", "KIND", col_kind },
	{ "interface", "IF", col_interface },
	{ "observe", "OBSERVE", col_observe, .right = true, .number = true },
	{ "n", "N", col_n, .right = true, .number = true },
	{ "gap", "GAP", col_gap, .right = true, .number = true },
	{ "age_ms", "AGE_MS", col_age_ms, .right = true, .number = true },
	{ "state", "STATE", col_state },
	{ "saved", "SAVED", col_saved, .right = true },
	{ "body", "BODY", col_body, .right = true },
	{ "means", "MEANS", col_means },
	{ "cache", "CACHE", col_cache, .right = true },
	{ "href", "LINK", link_cell_href },
	{ "rt", "RT", link_cell_rt },
	{ "if", "IF", link_cell_if },
	{ "ct", "CT", link_cell_ct },
	{ "obs", "OBS", link_cell_obs },
	{ "sz", "SZ", link_cell_sz, .right = true, .number = true },
	{ "title", "TITLE", link_cell_title, .wide = true },
	{ "group", "GROUP", link_cell_group },
	{ "attrs", "ATTRS", link_cell_attrs, .wide = true },
	{ 0 },
};

const struct column *column_find(const char *name)
{
	for (const struct column *c = columns; c->name; c++)
		if (!strcasecmp(c->name, name))
			return c;
	return NULL;
}

size_t columns_chosen(const struct output_args *args, const char *fallback,
		      const struct column **out, size_t cap)
{
	size_t n = 0;
	char name[32];

	for (size_t i = 0; i < args->columns.n && n < cap; i++)
		if ((out[n] = column_find(args->columns.items[i])))
			n++;
	if (args->columns.n)
		return n;
	while (*fallback && n < cap) {
		size_t len = strcspn(fallback, ",");

		snprintf(name, sizeof(name), "%.*s", (int)len, fallback);
		if ((out[n] = column_find(name)))
			n++;
		fallback += len + (fallback[len] == ',');
	}
	return n;
}

void column_data(struct render_base *b, const struct column *c, const struct row *row,
		 struct jsonw *out)
{
	char code[5], *room;

	if (row->response && c->text == col_code) {
		jsonw_raw(out, gcoap_code_format(row->response->msg->code, code), 4);
		return;
	}
	if (c->text == col_saved || c->text == col_body) { /* bytes, for programs */
		size_t n = row->validation ? c->text == col_saved ? row->validation->found->saved
						: row->validation->body.len
			   : row->response && c->text == col_body ? row->response->body.len : 0;

		if (n || row->validation)
			jsonw_uint(out, n);
		return;
	}
	if (c->text == col_payload) {
		if (row->validation && row->validation->has_body)
			payload_write(out, row->validation->body, row->validation->content_format,
				      b->as, b->ascii);
		if (row->response)
			payload_write(out, row->response->body, row->response->content_format, b->as,
				      b->ascii);
		return;
	}
	room = jsonw_room(out, CELL_MAX);
	if (!room)
		return;
	c->text(b, row, room, CELL_MAX);
	if (strcmp(room, "-")) /* what people read as "none" is nothing to a program */
		out->len += strlen(room);
}

double column_number(const struct column *c, const struct row *row)
{
	const struct gcoap_response *r = row->response;

	if (row->link)
		return c->text == link_cell_sz ? link_cell_size(row) : 0;
	if (!r)
		return 1e300; /* behind all that answered */
	if (c->text == col_rtt || c->text == col_rtt_ms)
		return r->rtt < 0 ? 1e299 : (double)r->rtt;
	if (c->text == col_seq)
		return r->seq;
	if (c->text == col_max_age)
		return (double)r->max_age;
	if (c->text == col_observe)
		return row->notification ? (double)row->notification->observe : -1;
	if (c->text == col_n)
		return row->notification ? (double)row->notification->n : -1;
	if (c->text == col_gap)
		return row->notification ? (double)row->notification->gap : -1;
	if (c->text == col_age_ms)
		return row->notification ? (double)row->notification->age : -1;
	return c->text == col_blocks ? r->blocks : (double)r->body.len;
}
