/* The options of a request as a proxy sees them (RFC 7252, Section 5.7.1). */
#include "target_read.h"

#include <gcoap/block.h>

#define MAX_ETAGS 8
#define MAX_MULTI_ETAG 1024
#define HOP_LIMIT_DEFAULT 16 /* RFC 8768, Section 3 */

static int bad_option(const struct gcoap__reading *r, unsigned number, const char *what)
{
	return gcoap__refuse(r->refusal, GCOAP_BAD_OPTION, "bad-option", "option %u: %s", number,
			     what);
}

static size_t count(const struct gcoap_msg *m, uint16_t number)
{
	size_t n = 0;

	for (const struct gcoap_option *o = gcoap_msg_find(m, number); o;
	     o = gcoap_msg_next(m, o))
		n++;
	return n;
}

/* What is not known but safe goes on, critical or not; of what is known the elective ones
 * with a fault are ignored. */
static int check_one(const struct gcoap__reading *r, const struct gcoap_option *o)
{
	const struct gcoap_registry *registry = r->config->registry;
	struct gcoap_diag d;

	if (!gcoap_registry_find(registry, o->number))
		return gcoap_option_unsafe(o->number) ? bad_option(r, o->number, "not known") : 0;
	if (gcoap_option_critical(o->number) &&
	    !gcoap_option_usable(registry, r->request, o, &d))
		return bad_option(r, o->number, d.what);
	/* Several messages make one body there (RFC 9177): not what a proxy here relays. */
	if (o->number == GCOAP_Q_BLOCK1 || o->number == GCOAP_Q_BLOCK2)
		return bad_option(r, o->number, "not supported");
	return 0;
}

static int check_limits(const struct gcoap__reading *r)
{
	const uint16_t *draft = r->config->registry->draft;
	const uint16_t etags[] = { GCOAP_ETAG, draft[GCOAP_DRAFT_GROUP_ETAG],
				   draft[GCOAP_DRAFT_IETF_GROUP_ETAG] };
	const struct gcoap_option *o =
		gcoap_msg_find(r->request, draft[GCOAP_DRAFT_MULTI_ETAG]);
	size_t bytes = 0;

	for (size_t i = 0; i < sizeof(etags) / sizeof(etags[0]); i++)
		if (count(r->request, etags[i]) > MAX_ETAGS)
			return bad_option(r, etags[i], "more than 8 of them");
	for (; o; o = gcoap_msg_next(r->request, o)) {
		bytes += o->value.len;
		if (bytes > MAX_MULTI_ETAG)
			return bad_option(r, o->number, "more than 1024 bytes of them");
	}
	return 0;
}

/* Options that say the same thing twice: Proxy-Uri beside Uri-* (RFC 7252, Section 5.10.2),
 * and its likes (core-href, core-uri-path-abbrev). */
static int check_together(const struct gcoap__reading *r)
{
	static const uint16_t proxy[] = { GCOAP_PROXY_URI, GCOAP_PROXY_CRI, GCOAP_PROXY_SCHEME,
					  GCOAP_PROXY_SCHEME_NUMBER };
	static const uint16_t parts[] = { GCOAP_URI_HOST, GCOAP_URI_PORT, GCOAP_URI_PATH,
					  GCOAP_URI_PATH_ABBREV, GCOAP_URI_QUERY };
	const struct gcoap_msg *m = r->request;
	size_t n = 0;
	bool whole = gcoap_msg_find(m, GCOAP_PROXY_URI) || gcoap_msg_find(m, GCOAP_PROXY_CRI);

	for (size_t i = 0; i < sizeof(proxy) / sizeof(proxy[0]); i++)
		if (gcoap_msg_find(m, proxy[i]) && ++n > 1)
			return bad_option(r, proxy[i], "another option names the target");
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && whole; i++)
		if (gcoap_msg_find(m, parts[i]))
			return bad_option(r, parts[i], "another option names the target");
	if (gcoap_msg_find(m, GCOAP_URI_PATH) && gcoap_msg_find(m, GCOAP_URI_PATH_ABBREV))
		return bad_option(r, GCOAP_URI_PATH_ABBREV, "there is a Uri-Path, too");
	return 0;
}

int gcoap__options_check(const struct gcoap__reading *r)
{
	int code = 0;

	for (size_t i = 0; i < r->request->n_options && !code; i++)
		code = check_one(r, &r->request->options[i]);
	if (!code)
		code = check_limits(r);
	return code ? code : check_together(r);
}

int gcoap__options_blocks(const struct gcoap_msg *m, struct gcoap__refusal *refusal, bool group)
{
	static const uint16_t numbers[] = { GCOAP_BLOCK1, GCOAP_BLOCK2 };

	for (size_t i = 0; i < 2; i++) {
		const struct gcoap_option *o = gcoap_msg_find(m, numbers[i]);
		struct gcoap_block block;

		if (!o)
			continue;
		if (gcoap_block_decode(o->value, &block, NULL) < 0)
			return gcoap__refuse(refusal, GCOAP_BAD_REQUEST, "bad-block",
					     "option %u: no block has this size", o->number);
		if (group && (block.num > 0 || (block.more && numbers[i] == GCOAP_BLOCK1)))
			return gcoap__refuse(refusal, GCOAP_BAD_REQUEST, "bad-block",
					     numbers[i] == GCOAP_BLOCK1 ?
						     GCOAP__NO_BLOCK1 :
						     "option 23: a group is asked for the first "
						     "block only");
	}
	return 0;
}

int gcoap__options_local(const struct gcoap__reading *r)
{
	struct gcoap_msg *m = &r->t->msg;
	const struct gcoap_option *bad =
		gcoap_option_bad_critical(r->config->registry, r->request, NULL);
	uint32_t abbrev;
	int code;

	if (bad)
		return bad_option(r, bad->number, "not known");
	if (gcoap_msg_find(m, GCOAP_OSCORE) || gcoap_msg_find(m, GCOAP_EDHOC))
		return bad_option(r, gcoap_msg_find(m, GCOAP_OSCORE) ? GCOAP_OSCORE : GCOAP_EDHOC,
				  "not supported here");
	code = gcoap__options_blocks(m, r->refusal, false);
	if (code)
		return code;
	if (gcoap_msg_uint(m, GCOAP_URI_PATH_ABBREV, 4, &abbrev) < 0)
		return 0;
	if (abbrev != 0)
		return bad_option(r, GCOAP_URI_PATH_ABBREV, "stands for no path here");
	gcoap_msg_remove(m, GCOAP_URI_PATH_ABBREV);
	gcoap_msg_add_text(m, GCOAP_URI_PATH, ".well-known");
	gcoap_msg_add_text(m, GCOAP_URI_PATH, "core");
	return 0;
}

static void read_timeout(const struct gcoap__reading *r, const struct gcoap_dialect *d)
{
	const struct gcoap_option *o =
		gcoap_msg_find(r->request, r->config->registry->draft[d->timeout]);
	struct gcoap__target *t = r->t;
	uint32_t value;

	if (!o || t->has_timeout)
		return;
	t->dialect = d;
	/* Elective: with a fault it is as if it were not there. */
	if (gcoap_msg_next(r->request, o) || gcoap_uint_decode(o->value, 4, &value) < 0)
		return;
	t->has_timeout = true;
	t->timeout = value;
	t->timeout_empty = o->value.len == 0;
}

void gcoap__options_timeout(const struct gcoap__reading *r)
{
	const uint16_t *draft = r->config->registry->draft;

	for (size_t i = 0; i < 2; i++)
		read_timeout(r, &gcoap_dialects[i]);
	for (size_t i = 0; i < 2 && !r->t->dialect; i++)
		if (gcoap_msg_find(r->request, draft[gcoap_dialects[i].group_etag]))
			r->t->dialect = &gcoap_dialects[i];
	if (!r->t->dialect && gcoap_msg_find(r->request, draft[GCOAP_DRAFT_MULTI_ETAG]))
		r->t->dialect = &gcoap_dialects[0];
}

static bool ends_here(const struct gcoap__reading *r, const struct gcoap_option *o)
{
	const uint16_t *draft = r->config->registry->draft;

	switch (o->number) {
	case GCOAP_PROXY_URI:
	case GCOAP_PROXY_SCHEME:
	case GCOAP_PROXY_CRI:
	case GCOAP_PROXY_SCHEME_NUMBER:
	case GCOAP_MAX_AGE: /* says nothing in a request */
		return true;
	}
	for (size_t i = 0; i < 2; i++)
		if (o->number == draft[gcoap_dialects[i].timeout] ||
		    o->number == draft[gcoap_dialects[i].group_etag])
			return true;
	/* Ignored, and not safe to forward: Observe of 4 bytes. */
	return gcoap_option_unsafe(o->number) &&
	       !gcoap_option_usable(r->config->registry, r->request, o, NULL);
}

void gcoap__options_strip(const struct gcoap__reading *r)
{
	const struct gcoap_msg *in = r->request;
	struct gcoap_msg *out = &r->t->msg;

	gcoap_msg_init(out, (enum gcoap_type)in->type, in->code);
	gcoap_msg_set_token(out, in->token, in->token_len);
	out->mid = in->mid;
	out->payload = in->payload;
	for (size_t i = 0; i < in->n_options; i++)
		if (!ends_here(r, &in->options[i]))
			out->options[out->n_options++] = in->options[i];
}

int gcoap__options_hop_limit(const struct gcoap__reading *r)
{
	const struct gcoap_option *o = gcoap_msg_find(&r->t->msg, GCOAP_HOP_LIMIT);
	uint8_t *left = &r->t->hop_limit;

	if (o && (o->value.len != 1 || o->value.ptr[0] == 0))
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "hop-limit",
				     "option 16: 1 to 255 is expected");
	if (r->t->kind == GCOAP__LOCAL || (!o && !r->config->next_proxy.family))
		return 0;
	*left = o ? (uint8_t)(o->value.ptr[0] - 1) : HOP_LIMIT_DEFAULT;
	if (*left == 0)
		return gcoap__refuse(r->refusal, GCOAP_HOP_LIMIT_REACHED, "hop-limit",
				     "Hop limit reached");
	gcoap_msg_remove(&r->t->msg, GCOAP_HOP_LIMIT);
	if (gcoap_msg_add(&r->t->msg, GCOAP_HOP_LIMIT, (struct gcoap_bytes){ left, 1 }) < 0)
		return gcoap__refuse(r->refusal, GCOAP_BAD_OPTION, "bad-option",
				     "more than 64 options");
	return 0;
}
