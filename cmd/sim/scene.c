/* The scene: whatever a client puts there; created, changed and deleted. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

static void put(struct sim *s, struct sim_body **at, const struct gcoap_call *c,
		struct gcoap_reply *r)
{
	size_t old = *at ? (*at)->len : 0;
	struct sim_body *b;

	if (c->body.len > SIM_BODY_MAX || s->stored - old + c->body.len > SIM_STORE_MAX) {
		r->code = GCOAP_TOO_LARGE;
		return;
	}
	b = malloc(sizeof(*b) + c->body.len);
	if (!b) {
		r->code = GCOAP_UNAVAILABLE;
		return;
	}
	r->code = *at ? GCOAP_CHANGED : GCOAP_CREATED;
	b->version = *at ? (*at)->version + 1 : 1;
	b->content_format = c->content_format;
	b->len = c->body.len;
	if (b->len)
		memcpy(b->bytes, c->body.ptr, b->len);
	s->stored += b->len - old;
	free(*at);
	*at = b;
}

static void delete(struct sim *s, struct sim_body **at, struct gcoap_reply *r)
{
	r->code = GCOAP_DELETED;
	if (*at)
		s->stored -= (*at)->len;
	free(*at);
	*at = NULL;
}

static void get(const struct sim_body *b, const struct gcoap_call *c, struct gcoap_reply *r)
{
	if (!b) {
		r->code = GCOAP_NOT_FOUND;
	} else if (c->accept >= 0 && c->accept != b->content_format) {
		r->code = GCOAP_NOT_ACCEPTABLE;
	} else {
		r->versioned = true;
		r->version = b->version;
		r->content_format = b->content_format;
		r->body = (struct gcoap_bytes){ b->bytes, b->len };
	}
}

int sim_scene(const struct gcoap_call *c, struct gcoap_reply *r)
{
	struct sim *s = c->arg;
	struct sim_body **at = &s->members[c->member].scene;

	if (c->msg->code == GCOAP_GET) {
		get(*at, c, r);
		return 0;
	}
	if (c->msg->code == GCOAP_PUT)
		put(s, at, c, r);
	else
		delete(s, at, r);
	if (GCOAP_CODE_CLASS(r->code) == 2)
		gcoap_serve_changed(c->serve, c->member, c->resource, c->now);
	return 0;
}
