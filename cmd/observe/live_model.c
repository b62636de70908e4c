/* Rows: made and updated from what the engine tells. */
#include "live_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/msg.h>
#include <gcoap/uri.h>

#define MAX_AGE_DEFAULT 60 /* RFC 7252, Section 5.10.5 */

void live_model_init(struct live_model *m, gcoap_time now)
{
	*m = (struct live_model){ .started = now };
}

void live_model_clear(struct live_model *m)
{
	free(m->rows);
	free(m->order);
	free(m->requests);
	*m = (struct live_model){ 0 };
}

static void *copied(const void *from, size_t n, size_t size)
{
	void *to = malloc(n > 0 ? n * size : 1);

	if (to != NULL && n > 0)
		memcpy(to, from, n * size);
	return to;
}

int live_model_copy(struct live_model *to, const struct live_model *from)
{
	*to = *from;
	to->cap = from->n;
	to->rows = copied(from->rows, from->n, sizeof(*from->rows));
	to->order = copied(from->order, from->n, sizeof(*from->order));
	to->requests = copied(from->requests, from->n_requests, sizeof(*from->requests));
	if (to->rows != NULL && to->order != NULL && to->requests != NULL)
		return 0;
	live_model_clear(to);
	return GCOAP_ENOMEM;
}

/* "/temp" of "coap://224.0.1.187/temp?x=1" */
static void path_of(const char *uri, char *out, size_t cap)
{
	const char *authority = strstr(uri, "://");
	const char *path = strchr(authority != NULL ? authority + 3 : uri, '/');

	if (path == NULL)
		path = "/";
	payload_escape(gcoap_bytes_text(path), out, cap, true, 30, true);
}

int live_model_request(struct live_model *m, uint32_t id, const char *uri)
{
	struct live_request *more;

	if (id == 0 || id > LIVE_ROWS_MAX)
		return 0;
	if (id > m->n_requests) {
		more = realloc(m->requests, id * sizeof(*more));
		if (more == NULL)
			return GCOAP_ENOMEM;
		memset(more + m->n_requests, 0, (id - m->n_requests) * sizeof(*more));
		m->requests = more;
		m->n_requests = id;
	}
	payload_escape(gcoap_bytes_text(uri), m->requests[id - 1].uri,
		       sizeof(m->requests->uri), true, 0, m->ascii);
	path_of(uri, m->requests[id - 1].path, sizeof(m->requests->path));
	return 0;
}

static bool make_room(struct live_model *m, uint32_t n)
{
	uint32_t cap = m->cap > 0 ? m->cap : 64;
	struct live_row *rows;
	uint32_t *order;

	while (cap < n)
		cap *= 2;
	if (cap == m->cap)
		return true;
	rows = realloc(m->rows, cap * sizeof(*rows));
	if (rows == NULL)
		return false;
	m->rows = rows;
	order = realloc(m->order, cap * sizeof(*order));
	if (order == NULL)
		return false;
	m->order = order;
	m->cap = cap;
	return true;
}

/* The standard port is not shown: screens are narrow. */
static void set_label(struct live_model *m, struct live_row *r, const struct gcoap_observed *o,
		      const char *name)
{
	char text[1400];
	size_t columns;

	r->named = name != NULL;
	if (name != NULL)
		snprintf(text, sizeof(text), "%s", name);
	else if (o->origin != NULL && o->origin->scheme != GCOAP_SCHEME_COAP)
		gcoap_origin_format(o->origin, text, sizeof(text));
	else if (o->server.port == GCOAP_PORT)
		gcoap_addr_format_host(&o->server, text);
	else
		gcoap_addr_format(&o->server, text);
	payload_escape(gcoap_bytes_text(text), r->label, sizeof(r->label), true, 0, m->ascii);
	columns = payload_columns(r->label);
	if (columns > m->label_columns)
		m->label_columns = columns;
}

struct live_row *live_model_update(struct live_model *m, const struct gcoap_observed *o,
				   const char *name)
{
	struct live_row *r;

	if (o->index >= LIVE_ROWS_MAX || !make_room(m, o->index + 1)) {
		m->more = o->index + 1 - m->n > m->more ? o->index + 1 - m->n : m->more;
		return NULL;
	}
	while (m->n <= o->index) {
		memset(&m->rows[m->n], 0, sizeof(*m->rows));
		m->order[m->n] = m->n;
		m->n++;
		m->unsorted = true;
	}
	r = &m->rows[o->index];
	if (r->label[0] == '\0')
		set_label(m, r, o, name);
	r->is = *o;
	r->is.origin = NULL;
	r->is.body = (struct gcoap_bytes){ 0 };
	return r;
}

static void set_value(const struct live_model *m, struct live_row *r, struct gcoap_bytes body)
{
	const char *reason = gcoap_code_name(r->is.code);
	char code[5];

	if (r->is.code >> 5 == 2) {
		r->numeric = live_value(body, r->is.content_format, m->as, m->ascii, r->value,
					sizeof(r->value), &r->number);
		return;
	}
	r->numeric = false;
	snprintf(r->value, sizeof(r->value), "%s %s", gcoap_code_format(r->is.code, code),
		 reason != NULL ? reason : "");
}

void live_model_notify(struct live_model *m, const struct gcoap_observed *o, const char *name,
		       struct gcoap_bytes body, bool changed)
{
	struct live_row *r = live_model_update(m, o, name);
	uint32_t second = live_second(m, o->at);
	struct live_slot *slot;

	m->notifications++;
	if (r == NULL)
		return;
	if (changed || r->value[0] == '\0')
		set_value(m, r, body);
	slot = &r->slots[second % LIVE_SECONDS];
	if (slot->second == second)
		changed |= slot->changed;
	*slot = (struct live_slot){ second, (float)r->number, r->numeric, changed };
}

uint32_t live_second(const struct live_model *m, gcoap_time t)
{
	return t > m->started ? (uint32_t)((t - m->started) / GCOAP_SECOND) + 1 : 1;
}

gcoap_time live_row_age(const struct live_row *r, gcoap_time now)
{
	return now > r->is.at ? now - r->is.at : 0;
}

bool live_row_stale(const struct live_row *r, gcoap_time now)
{
	int64_t max_age = r->is.max_age >= 0 ? r->is.max_age : MAX_AGE_DEFAULT;

	return r->is.state == GCOAP_OBSERVED_ACTIVE && r->is.code != 0 &&
	       live_row_age(r, now) > max_age * GCOAP_SECOND;
}
