/* Links of registrations: the limited link format, and how a look-up shows them
 * (RFC 9176, Sections 5 and 6.2, Appendix C). */
#include "serve/rd.h"

#include <string.h>
#include <strings.h>

/* The length of "coap" in "coap:…"; 0 when @ref does not start with a scheme. */
static size_t scheme_len(struct gcoap_bytes ref)
{
	for (size_t i = 0; i < ref.len; i++) {
		uint8_t c = ref.ptr[i];
		bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';

		if (c == ':')
			return i;
		if (!letter && (!i || !c || !strchr("0123456789+-.", c)))
			return 0;
	}
	return 0;
}

/* A URI, or a path from the root on. */
static bool is_limited(struct gcoap_bytes ref)
{
	if (ref.len > RD_REFERENCE_MAX || !ref.len)
		return false;
	for (size_t i = 0; i < ref.len; i++)
		if (ref.ptr[i] <= ' ' || ref.ptr[i] == 0x7f || strchr("\"<>\\^`{|}", ref.ptr[i]))
			return false;
	if (ref.ptr[0] == '/')
		return ref.len < 2 || ref.ptr[1] != '/';
	return scheme_len(ref) > 0;
}

uint8_t gcoap__rd_check_links(struct gcoap_bytes links, const char **why)
{
	struct gcoap_diag diag = { 0 };
	struct gcoap_link_reader reader;
	struct gcoap_link_param anchor;
	struct gcoap_link link;
	int r;

	gcoap_link_reader_init(&reader, links);
	while ((r = gcoap_link_next(&reader, &link, &diag)) == 1) {
		*why = "a target or an anchor is neither a URI nor a path that starts with /";
		if (!is_limited(link.target))
			return GCOAP_BAD_REQUEST;
		if (gcoap_link_param_find(&link, "anchor", &anchor) && !is_limited(anchor.value))
			return GCOAP_BAD_REQUEST;
	}
	*why = r < 0 ? diag.what : NULL;
	return r < 0 ? GCOAP_BAD_REQUEST : 0;
}

/* A path takes the scheme and the authority of the base (RFC 3986, Section 5.2.2). */
static void put_resolved(struct rd_text *t, struct gcoap_bytes ref, struct gcoap_bytes base)
{
	const uint8_t *authority = memmem(base.ptr, base.len, "://", 3), *path;

	if (ref.len && ref.ptr[0] == '/' && authority) {
		authority += 3;
		path = memchr(authority, '/', base.len - (size_t)(authority - base.ptr));
		gcoap__rd_put(t, base.ptr, path ? (size_t)(path - base.ptr) : base.len);
	}
	gcoap__rd_put(t, ref.ptr, ref.len);
}

void gcoap__rd_put_link(struct rd_text *t, const struct gcoap_link *link,
			struct gcoap_bytes base)
{
	struct gcoap_link_param param;
	size_t pos = 0, from = 0;
	bool anchored = false;

	gcoap__rd_put_text(t, "<");
	put_resolved(t, link->target, base);
	gcoap__rd_put_text(t, ">");
	for (; gcoap_link_param_next(link, &pos, &param); from = pos) {
		if (anchored || param.name.len != 6 ||
		    strncasecmp((const char *)param.name.ptr, "anchor", 6) != 0) {
			gcoap__rd_put(t, link->params.ptr + from, pos - from);
			continue;
		}
		anchored = true;
		gcoap__rd_put_text(t, ";anchor=\"");
		put_resolved(t, param.value, base);
		gcoap__rd_put_text(t, "\"");
	}
}
