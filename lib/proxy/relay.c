/* Responses to clients: those of servers, and errors of ours. */
#include "core.h"

#include <string.h>

int gcoap__respond(struct gcoap__ongoing *o, enum gcoap_send_as as, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap_msg *out = &p->out;

	gcoap_msg_set_token(out, o->key.token.bytes, o->key.token.len);
	p->stats.by_code[GCOAP_CODE_CLASS(out->code)]++;
	return o->peer.way->respond(o->peer.way, &o->peer, out, as, now);
}

/* As large as an error may be: what a proxy in front would quote of it stays small, too. */
void gcoap__respond_error(struct gcoap__ongoing *o, const struct gcoap__refusal *refusal,
			  gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	struct gcoap_msg *out = &p->out;

	gcoap_msg_init(out, GCOAP_NON, refusal->code);
	if (refusal->timeout_option)
		gcoap_msg_add_uint(out, gcoap__timeout_option(o), refusal->timeout,
				   p->numbers[0]);
	if (refusal->max_age >= 0)
		gcoap_msg_add_uint(out, GCOAP_MAX_AGE, (uint32_t)refusal->max_age,
				   p->numbers[1]);
	out->payload = gcoap_bytes_text(refusal->text);
	gcoap__respond(o, o->confirmable ? GCOAP_SEND_CON : GCOAP_SEND_NON, now);
	gcoap__event(o, (struct gcoap_proxy_event){ .what = GCOAP_PROXY_REFUSED,
						    .msg = out,
						    .why = refusal->why }, now);
}

/* Options of a response that end here, or have no place in one. */
static bool ends_here(const struct gcoap__ongoing *o, const struct gcoap__relayed *a,
		      uint16_t number)
{
	const uint16_t *draft = o->proxy->config.registry->draft;

	switch (number) {
	case GCOAP_URI_HOST:
	case GCOAP_URI_PORT:
	case GCOAP_URI_PATH:
	case GCOAP_URI_PATH_ABBREV:
	case GCOAP_URI_QUERY:
	case GCOAP_PROXY_URI:
	case GCOAP_PROXY_SCHEME:
	case GCOAP_PROXY_CRI:
	case GCOAP_PROXY_SCHEME_NUMBER:
	case GCOAP_HOP_LIMIT:
		return true;
	case GCOAP_OBSERVE:
		return !o->observer;
	case GCOAP_BLOCK2:
	case GCOAP_SIZE2:
	case GCOAP_BLOCK1:
		return a->gathered;
	}
	if (number == draft[GCOAP_DRAFT_RESPONSE_FORWARDING] ||
	    number == draft[GCOAP_DRAFT_REPLY_FROM])
		return !a->named;
	return number == draft[GCOAP_DRAFT_MULTICAST_SIGNALING] ||
	       number == draft[GCOAP_DRAFT_MULTICAST_TIMEOUT] ||
	       (!a->cached && (number == draft[GCOAP_DRAFT_GROUP_ETAG] ||
			       number == draft[GCOAP_DRAFT_IETF_GROUP_ETAG]));
}

/* Elective, known, and of no use, as a Max-Age of five bytes: as if it were not there (RFC 7252,
 * Section 5.4.1), and its default holds. */
static bool ignored(const struct gcoap_proxy *p, const struct gcoap_msg *m,
		    const struct gcoap_option *o)
{
	return !gcoap_option_critical(o->number) && gcoap_option_unsafe(o->number) &&
	       gcoap_registry_find(p->config.registry, o->number) &&
	       !gcoap_option_usable(p->config.registry, m, o, NULL);
}

/* The first option that a proxy must know and does not (RFC 7252, Section 5.7.1). */
static const struct gcoap_option *bad_unsafe(const struct gcoap_proxy *p,
					     const struct gcoap_msg *m)
{
	for (size_t i = 0; i < m->n_options; i++) {
		if (gcoap_option_unsafe(m->options[i].number) &&
		    !gcoap_option_usable(p->config.registry, m, &m->options[i], NULL) &&
		    !ignored(p, m, &m->options[i]))
			return &m->options[i];
	}
	return NULL;
}

static void put(struct gcoap_msg *out, uint16_t number, struct gcoap_bytes value)
{
	out->options[out->n_options++] =
		(struct gcoap_option){ .number = number, .value = value };
}

/* The option that names the server: its value is in p->address. Empty: there is none. */
static struct gcoap_bytes address_of(struct gcoap__ongoing *o, const struct gcoap__relayed *a)
{
	struct gcoap_proxy *p = o->proxy;
	int len;

	if (!a->server || a->named)
		return (struct gcoap_bytes){ 0 };
	len = gcoap__standin(&p->config, &o->target, &o->peer, o->dialect, a->server,
			     p->address, sizeof(p->address));
	return (struct gcoap_bytes){ p->address, len > 0 ? (size_t)len : 0 };
}

/* p->out: the answer without what ends here, with its server. */
static void build(struct gcoap__ongoing *o, const struct gcoap__relayed *a)
{
	const uint16_t number = o->proxy->config.registry->draft[o->dialect->server_address];
	struct gcoap_bytes address = address_of(o, a);
	struct gcoap_msg *out = &o->proxy->out;
	const struct gcoap_msg *m = a->msg;
	bool placed = !address.len;

	gcoap_msg_init(out, GCOAP_NON, m->code);
	for (size_t i = 0; i < m->n_options; i++) {
		if (ends_here(o, a, m->options[i].number) || ignored(o->proxy, m, &m->options[i]))
			continue;
		if (!placed && m->options[i].number > number) {
			put(out, number, address);
			placed = true;
		}
		if (out->n_options < GCOAP_OPTIONS_MAX)
			put(out, m->options[i].number, m->options[i].value);
	}
	if (!placed && out->n_options < GCOAP_OPTIONS_MAX)
		put(out, number, address);
	out->payload = a->body;
}

/* What cannot be passed on becomes 5.02 of that server; the others are not touched. */
static void build_bad(struct gcoap__ongoing *o, const struct gcoap__relayed *a,
		      struct gcoap__refusal *text)
{
	struct gcoap_bytes address = address_of(o, a);
	struct gcoap_msg *out = &o->proxy->out;

	gcoap_msg_init(out, GCOAP_NON, GCOAP_BAD_GATEWAY);
	if (address.len)
		put(out, o->proxy->config.registry->draft[o->dialect->server_address],
		    address);
	out->payload = gcoap_bytes_text(text->text);
}

/* Why it cannot be passed on: of an option, or (@bad NULL) of too many. */
static void bad_text(const struct gcoap_proxy *p, const struct gcoap_msg *m,
		     const struct gcoap_option *bad, struct gcoap__refusal *text)
{
	struct gcoap_diag d = { 0 };

	if (bad) {
		(void)gcoap_option_usable(p->config.registry, m, bad, &d);
		gcoap__refuse(text, GCOAP_BAD_GATEWAY, "bad option",
			      "Option %u of the response: %s", bad->number, d.what);
	} else {
		gcoap__refuse(text, GCOAP_BAD_GATEWAY, "bad option",
			      "The response has too many options");
	}
}

static void tell(struct gcoap__ongoing *o, const struct gcoap__relayed *a, const char *why,
		 gcoap_time now)
{
	struct gcoap_proxy_event e = { .what = a->cached ? GCOAP_PROXY_CACHED
							 : GCOAP_PROXY_RELAYED,
				       .msg = &o->proxy->out,
				       .server = a->server,
				       .why = why };

	if (why)
		e.what = GCOAP_PROXY_DROPPED;
	gcoap__event(o, e, now);
}

void gcoap__relay(struct gcoap__ongoing *o, const struct gcoap__relayed *a, gcoap_time now)
{
	struct gcoap_proxy *p = o->proxy;
	const struct gcoap_option *bad = a->cached ? NULL : bad_unsafe(p, a->msg);
	struct gcoap__refusal text;
	int r = GCOAP_ESPACE;

	if (a->msg->n_options < GCOAP_OPTIONS_MAX && !bad) {
		build(o, a);
		r = gcoap__respond(o, o->as, now);
	} else {
		bad_text(p, a->msg, bad, &text);
	}
	if (r == GCOAP_ESPACE) {
		if (!bad && a->msg->n_options < GCOAP_OPTIONS_MAX)
			gcoap__refuse(&text, GCOAP_BAD_GATEWAY, "too large",
				      "The response does not fit");
		build_bad(o, a, &text);
		r = gcoap__respond(o, o->as, now);
	}
	if (r < 0) {
		p->stats.dropped++;
		tell(o, a, gcoap_strerror(r), now);
		if (r == GCOAP_ECLOSED)
			gcoap__ongoing_close(o, "connection closed", now);
		return;
	}
	gcoap__answered_note(o, a, now);
	o->answers++;
	o->bytes += p->out.payload.len;
	if (a->cached) {
		o->cached++;
		p->stats.cached++;
	} else {
		p->stats.relayed++;
	}
	tell(o, a, NULL, now);
}
