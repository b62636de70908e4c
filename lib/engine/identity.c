/* Who answers: the source of the datagram, or what an option of a proxy names. */
#include "engine.h"

#include <stdio.h>

/* Scheme, names and what is behind: all of an origin that is no endpoint. */
static uint64_t more_of(const struct gcoap_client *c, const struct gcoap_origin *o)
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
	return gcoap__hash(text, (size_t)len, c->seed) | 1;
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

void gcoap__identify(struct gcoap__exchange *x, const struct gcoap_msg *msg,
		     const struct gcoap_addr *from, struct gcoap__who *who,
		     const char **problem, size_t *problem_at)
{
	const uint16_t *draft = x->registry->draft;
	struct gcoap_response *rec = &x->client->record;
	struct gcoap_diag diag = { 0 };
	bool named = x->ask.proxied || !x->ask.relay; /* else servers are asked directly */
	int r = 0;

	if (x->ask.server)
		rec->server = *x->ask.server;
	else if (x->ask.proxied)
		set_unknown(&rec->server);
	else
		set_source(&rec->server, from);
	rec->server_from = x->ask.server    ? GCOAP_FROM_REQUEST
			   : x->ask.proxied ? GCOAP_FROM_UNKNOWN
					    : GCOAP_FROM_SOURCE;
	for (size_t i = 0; named && i < msg->n_options && !r; i++) {
		const struct gcoap_option *o = &msg->options[i];
		uint16_t port = x->ask.group_port ? x->ask.group_port : x->ask.to.port;

		if (o->number == draft[GCOAP_DRAFT_RESPONSE_FORWARDING]) {
			r = gcoap_tp_info_decode(o->value, x->ask.port_reading, port,
						 &rec->server, &diag);
			rec->server_from = GCOAP_FROM_RESPONSE_FORWARDING;
		} else if (o->number == draft[GCOAP_DRAFT_REPLY_FROM]) {
			r = gcoap_reply_from_decode(o->value, &rec->server, &diag);
			rec->server_from = GCOAP_FROM_REPLY_FROM;
		} else {
			continue;
		}
		if (r < 0) {
			if (x->ask.proxied || x->ask.server)
				set_unknown(&rec->server);
			else
				set_source(&rec->server, from);
			rec->server_from = GCOAP_FROM_UNKNOWN;
			if (!*problem) {
				*problem = diag.what;
				*problem_at = o->at + diag.at;
			}
		}
		break;
	}
	*who = (struct gcoap__who){ .endpoint = gcoap__endpoint(&rec->server.addr),
				    .more = more_of(x->client, &rec->server) };
}
