/* Who answers: the source of the datagram, or what an option of a proxy names. */
#include "engine.h"

#include <stdio.h>

/* Scheme, names and what is behind: all of an origin that is no endpoint. */
static uint64_t more_of(const struct gcoap_origin *o, const uint64_t seed[2])
{
	char text[2 * GCOAP_HOST_MAX + GCOAP_URI_MAX + GCOAP_ADDR_TEXT + 16];
	char behind[GCOAP_ADDR_TEXT] = "";
	int len;

	if (o->scheme == GCOAP_SCHEME_COAP && !o->transport_unknown && !o->host[0] &&
	    !o->behind.family && !o->behind_host[0] && !o->behind_path[0])
		return 0;
	if (o->behind.family)
		gcoap_addr_format(&o->behind, behind);
	len = snprintf(text, sizeof(text), "%d %d %s %s %s %s", (int)o->scheme,
		       o->transport_unknown, o->host, behind, o->behind_host, o->behind_path);
	if (len >= (int)sizeof(text))
		len = sizeof(text) - 1;
	return gcoap__hash(text, (size_t)len, seed) | 1;
}

struct gcoap__who gcoap__who_of(const struct gcoap_origin *o, const uint64_t seed[2])
{
	return (struct gcoap__who){ .endpoint = gcoap__endpoint(&o->addr),
				    .more = more_of(o, seed) };
}

static void set_source(struct gcoap_origin *o, const struct gcoap_addr *from)
{
	o->scheme = GCOAP_SCHEME_COAP;
	o->transport_unknown = false;
	o->addr = *from;
	o->host[0] = '\0';
	o->behind.family = 0;
	o->behind_host[0] = '\0';
	o->behind_path[0] = '\0';
}

/* Through a proxy that does not name it: nothing but unknown. */
static void set_unknown(struct gcoap_origin *o)
{
	static const struct gcoap_addr nobody;

	set_source(o, &nobody);
}

enum gcoap_server_from gcoap__named(const struct gcoap_registry *registry,
				    enum gcoap_port_reading reading, uint16_t group_port,
				    const struct gcoap_msg *msg, struct gcoap_origin *out,
				    struct gcoap_diag *diag)
{
	const uint16_t *draft = registry->draft;

	for (size_t i = 0; i < msg->n_options; i++) {
		const struct gcoap_option *o = &msg->options[i];
		enum gcoap_server_from from;
		int r;

		if (o->number == draft[GCOAP_DRAFT_RESPONSE_FORWARDING]) {
			r = gcoap_tp_info_decode(o->value, reading, group_port, out, diag);
			from = GCOAP_FROM_RESPONSE_FORWARDING;
		} else if (o->number == draft[GCOAP_DRAFT_REPLY_FROM]) {
			r = gcoap_reply_from_decode(o->value, out, diag);
			from = GCOAP_FROM_REPLY_FROM;
		} else {
			continue;
		}
		if (r >= 0)
			return from;
		diag->at += o->at;
		return GCOAP_FROM_UNKNOWN;
	}
	return GCOAP_FROM_SOURCE;
}

/* As if there were no option that names it. */
static enum gcoap_server_from identify_plainly(struct gcoap__exchange *x,
					       const struct gcoap_addr *from)
{
	struct gcoap_origin *server = &x->client->record.server;

	if (x->ask.server) {
		*server = *x->ask.server;
		return GCOAP_FROM_REQUEST;
	}
	if (x->ask.proxied) {
		set_unknown(server);
		return GCOAP_FROM_UNKNOWN;
	}
	set_source(server, from);
	return GCOAP_FROM_SOURCE;
}

void gcoap__identify(struct gcoap__exchange *x, const struct gcoap_msg *msg,
		     const struct gcoap_addr *from, struct gcoap__who *who,
		     const char **problem, size_t *problem_at)
{
	struct gcoap_response *rec = &x->client->record;
	enum gcoap_server_from named = GCOAP_FROM_SOURCE;
	struct gcoap_diag diag = { 0 };

	rec->server_from = identify_plainly(x, from);
	if (x->ask.proxied || !x->ask.relay) /* else servers are asked directly */
		named = gcoap__named(x->registry, x->ask.port_reading,
				     x->ask.group_port ? x->ask.group_port : x->ask.to.port,
				     msg, &rec->server, &diag);
	if (named != GCOAP_FROM_SOURCE)
		rec->server_from = named;
	if (named == GCOAP_FROM_UNKNOWN) {
		if (x->ask.proxied || x->ask.server)
			set_unknown(&rec->server);
		else
			set_source(&rec->server, from);
		if (!*problem) {
			*problem = diag.what;
			*problem_at = diag.at;
		}
	}
	*who = gcoap__who_of(&rec->server, x->client->seed);
}
