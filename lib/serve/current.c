/* A request against the current representation: entity-tags and preconditions. */
#include "serve/host.h"

#include <string.h>

/* An ETag tells the member, then the state: no two members of a host ever share one. */
void gcoap__etag(const struct gcoap_serve *s, const struct gcoap_call *c,
		 const struct gcoap_reply *r, struct answer *a)
{
	uint32_t version = s->config.lying_etag ? 0 : r->version;
	uint64_t purpose = 0;
	uint64_t h;
	size_t n = 0;

	a->etag_len = 0;
	if (!r->versioned || s->config.no_etag)
		return;
	for (const char *p = c->resource->path; *p; p++)
		purpose = purpose * 31 + (uint8_t)*p;
	h = gcoap_serve_hash(s->config.same_etag ? 0 : s->config.seed,
			     (uint64_t)version << 32 | (uint32_t)(r->content_format + 1),
			     purpose);
	if (!s->config.same_etag) {
		a->etag[n++] = (uint8_t)(c->member >> 8);
		a->etag[n++] = (uint8_t)c->member;
		a->etag[n++] = (uint8_t)(h >> 16);
	}
	a->etag[n++] = (uint8_t)(h >> 8);
	a->etag[n++] = (uint8_t)h;
	a->etag_len = (uint8_t)n;
}

static bool is_current(const struct answer *a, struct gcoap_bytes tag)
{
	return a->etag_len && gcoap_bytes_equal(tag, (struct gcoap_bytes){ a->etag, a->etag_len });
}

/* Multi-ETag (groupcomm-bis-03, Section 3.2.2.3): exactly one entry must be this member's. */
static bool multi_etag_valid(const struct gcoap_serve *s, const struct gcoap_call *c,
			     uint16_t port, const struct answer *a)
{
	uint16_t number = s->config.registry->draft[GCOAP_DRAFT_MULTI_ETAG];
	const struct gcoap_option *o = gcoap_msg_find(c->msg, number);
	bool valid = false;
	size_t own = 0;

	for (; o; o = gcoap_msg_next(c->msg, o)) {
		struct gcoap_multi_etag m;

		if (gcoap_multi_etag_decode(o->value, &m, NULL) < 0 ||
		    m.server.transport_unknown || m.server.scheme != GCOAP_SCHEME_COAP ||
		    m.server.addr.port != port ||
		    s->config.member_of(s->config.arg, &m.server.addr) != c->member)
			continue;
		own++;
		for (size_t i = 0; i < m.n; i++)
			valid |= is_current(a, m.tags[i]);
	}
	return own == 1 && valid;
}

/* True when the answer is 2.03: the client holds the current representation. */
bool gcoap__etag_valid(const struct gcoap_serve *s, const struct gcoap_call *c, uint16_t port,
		       const struct answer *a)
{
	uint16_t multi = s->config.registry->draft[GCOAP_DRAFT_MULTI_ETAG];
	const struct gcoap_option *o = gcoap_msg_find(c->msg, GCOAP_ETAG);

	if (!a->etag_len || c->notification)
		return false;
	if (c->group && gcoap_msg_find(c->msg, multi))
		return !o && multi_etag_valid(s, c, port, a);
	/* RFC 7252, Section 8.2.1 bars ETag from a group GET; the newer text allows it. */
	if (c->group && !s->config.dialect->etag_in_group)
		return false;
	for (; o; o = gcoap_msg_next(c->msg, o))
		if (gcoap_option_usable(s->config.registry, c->msg, o, NULL) &&
		    is_current(a, o->value))
			return true;
	return false;
}

/* If-Match and If-None-Match (RFC 7252, Section 5.10.8). */
bool gcoap__precondition(const struct gcoap_msg *m, bool exists, const struct answer *current)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_IF_MATCH);

	if (gcoap_msg_find(m, GCOAP_IF_NONE_MATCH) && exists)
		return false;
	if (!o)
		return true;
	for (; o; o = gcoap_msg_next(m, o))
		if (exists && (!o->value.len || is_current(current, o->value)))
			return true;
	return false;
}
