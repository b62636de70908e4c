/* Requests that change registrations (RFC 9176, Sections 5 and 5.3). */
#include "serve/rd.h"

#include <gcoap/format.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int refuse(struct gcoap_reply *r, uint8_t code, const char *why)
{
	r->code = code;
	if (why)
		r->body = gcoap_bytes_text(why);
	return 0;
}

static void put_location(const struct gcoap_call *c, struct gcoap_reply *r, uint32_t id)
{
	int len = snprintf((char *)c->room, GCOAP_REPLY_ROOM, "%" PRIu32, id);

	r->extra[r->n_extra++] = (struct gcoap_option){
		.number = GCOAP_LOCATION_PATH, .value = gcoap_bytes_text(&GCOAP_RD_PATH[1])
	};
	r->extra[r->n_extra++] = (struct gcoap_option){
		.number = GCOAP_LOCATION_PATH, .value = { c->room, (size_t)len }
	};
}

int gcoap_rd_register(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r)
{
	struct gcoap_bytes params[GCOAP_OPTIONS_MAX];
	size_t n = gcoap__rd_query(c->msg, params);
	const char *why;
	uint32_t id;

	if (c->content_format >= 0 && c->content_format != GCOAP_CF_LINK)
		return refuse(r, GCOAP_UNSUPPORTED_FORMAT, NULL);
	r->code = gcoap_rd_add(rd, params, n, c->body, &c->from, c->now, &id, &why);
	if (r->code != GCOAP_CREATED)
		return refuse(r, r->code, why);
	put_location(c, r, id);
	return 0;
}

/* The one segment below GCOAP_RD_PATH as the number of a location; 0: it is none. */
static uint32_t location_of(const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_PATH);
	uint64_t id = 0;

	o = o ? gcoap_msg_next(m, o) : NULL;
	if (!o || gcoap_msg_next(m, o) || !o->value.len || o->value.ptr[0] == '0')
		return 0;
	for (size_t i = 0; i < o->value.len && id <= UINT32_MAX; i++) {
		if (o->value.ptr[i] < '0' || o->value.ptr[i] > '9')
			return 0;
		id = id * 10 + (o->value.ptr[i] - '0');
	}
	return id <= UINT32_MAX ? (uint32_t)id : 0;
}

static int update(struct gcoap_rd *rd, struct rd_entry *e, const struct gcoap_call *c,
		  struct gcoap_reply *r)
{
	struct gcoap_bytes params[GCOAP_OPTIONS_MAX];
	size_t n = gcoap__rd_query(c->msg, params);
	struct rd_params p;
	const char *why = NULL;
	uint8_t code = gcoap__rd_params(&p, params, n, &why);

	if (!code && (p.ep.ptr || p.d.ptr || c->body.len)) {
		why = "an update changes lt, base and attributes of the endpoint only";
		code = GCOAP_BAD_REQUEST;
	}
	if (!code)
		code = gcoap__rd_store(rd, gcoap__rd_entry_new(e->id, &p, e, e->links, &c->from,
							       c->now), e, c->now);
	return refuse(r, code ? code : GCOAP_CHANGED, why);
}

int gcoap_rd_location(struct gcoap_rd *rd, const struct gcoap_call *c, struct gcoap_reply *r)
{
	struct rd_entry *e;
	uint32_t index;

	gcoap__rd_expire(rd, c->now);
	e = gcoap__rd_find(rd, location_of(c->msg), &index);
	if (!e)
		return refuse(r, GCOAP_NOT_FOUND, "no such registration");
	if (c->msg->code != GCOAP_DELETE)
		return update(rd, e, c, r);
	gcoap__rd_remove(rd, index);
	r->code = GCOAP_DELETED;
	return 0;
}
