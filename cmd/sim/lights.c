/* The light: on or off, under its own path and under the application group's. */
#include "sim.h"

static struct sim_member *member_of(const struct gcoap_call *c)
{
	struct sim *s = c->arg;

	return &s->members[c->member];
}

static bool body_is(const struct gcoap_call *c, const char *text)
{
	return gcoap_bytes_equal(c->body, gcoap_bytes_text(text));
}

static void changed(const struct gcoap_call *c)
{
	const struct sim *s = c->arg;

	for (size_t i = 0; i < s->n_resources; i++)
		if (s->resources[i].handle == sim_light)
			gcoap_serve_changed(c->serve, c->member, &s->resources[i], c->now);
}

static void set(const struct gcoap_call *c, struct gcoap_reply *r, bool on)
{
	struct sim_member *m = member_of(c);

	r->code = GCOAP_CHANGED;
	if (m->light == on)
		return;
	m->light = on;
	m->light_version++;
	changed(c);
}

static void put(const struct gcoap_call *c, struct gcoap_reply *r)
{
	if (c->content_format > 0 && c->content_format != GCOAP_CF_JSON)
		r->code = GCOAP_UNSUPPORTED_FORMAT;
	else if (body_is(c, "on") || body_is(c, "1") || body_is(c, "true"))
		set(c, r, true);
	else if (body_is(c, "off") || body_is(c, "0") || body_is(c, "false"))
		set(c, r, false);
	else
		r->code = GCOAP_BAD_REQUEST;
}

static int get(const struct gcoap_call *c, struct gcoap_reply *r)
{
	static const uint16_t formats[] = { GCOAP_CF_TEXT, GCOAP_CF_SENML_JSON };
	const struct sim_member *m = member_of(c);

	if (!sim_accept(c, r, formats, 2))
		return 0;
	r->versioned = true;
	r->version = m->light_version;
	r->max_age = 60;
	if (r->content_format == GCOAP_CF_TEXT)
		return sim_reply_text(c, r, "%s", m->light ? "on" : "off");
	return sim_reply_text(c, r, "[{\"n\":\"light\",\"vb\":%s}]",
			      m->light ? "true" : "false");
}

/* PUT sets, POST toggles. */
int sim_light(const struct gcoap_call *c, struct gcoap_reply *r)
{
	switch (c->msg->code) {
	case GCOAP_PUT:
		put(c, r);
		return 0;
	case GCOAP_POST:
		set(c, r, !member_of(c)->light);
		return 0;
	default:
		return get(c, r);
	}
}
