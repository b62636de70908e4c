/* What logs and traces are told. */
#include "core.h"

void gcoap__event(const struct gcoap__ongoing *o, struct gcoap_proxy_event e, gcoap_time now)
{
	const struct gcoap_proxy_config *c = &o->proxy->config;

	if (!c->event)
		return;
	e.at = now;
	e.id = o->id;
	e.client = &o->peer;
	e.uri = o->target.uri[0] ? o->target.uri : NULL;
	e.group = o->group;
	e.answers = o->answers;
	e.cached = o->cached;
	e.timeout_asked = o->group && o->target.has_timeout ? o->target.timeout : 0;
	e.timeout = o->group ? o->timeout : 0;
	e.bytes = o->bytes;
	e.elapsed = now > o->since ? now - o->since : 0;
	c->event(c->arg, &e);
}
