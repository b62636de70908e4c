/*
 * A group URI in the path of a request to the proxy: "/cp/coap://group1.com/r", as RFC 8075,
 * Section 5.3 has it for HTTP. On the wire these are the segments "cp", "coap:", "",
 * "group1.com" and "r", or "cp" and the whole URI in one segment. The path below and the query
 * stay the options that they are.
 */
#include "target_read.h"

#include <string.h>

#include "wire/uri_text.h"

#define BASE "cp"

static bool is_text(const struct gcoap_option *o, const char *text)
{
	return gcoap_bytes_equal(o->value, gcoap_bytes_text(text));
}

/* "coap:", "", "group1.com". */
static int read_segments(const struct gcoap__reading *r, const struct gcoap_option *scheme,
			 struct gcoap_bytes authority)
{
	char buf[GCOAP_URI_MAX + 1];
	struct gcoap__text t = { buf, sizeof(buf), 0 };
	int n;

	gcoap__text_put_percent(&t, scheme->value, "+-.:");
	gcoap__text_put(&t, "//");
	/* What is no authority does not become one: '/' and '@' are written as %XX. */
	gcoap__text_put_percent(&t, authority, "!$&'()*+,;=[]:%");
	n = gcoap__text_end(&t);
	if (n < 0)
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri",
				     "a URI has at most 1034 bytes here");
	return gcoap__target_text(r, (struct gcoap_bytes){ (const uint8_t *)buf, (size_t)n }, 4);
}

int gcoap__embedded(const struct gcoap__reading *r, bool *found)
{
	const struct gcoap_msg *m = &r->t->msg;
	const struct gcoap_option *base = gcoap_msg_find(m, GCOAP_URI_PATH);
	const struct gcoap_option *scheme = base ? gcoap_msg_next(m, base) : NULL;
	const struct gcoap_option *empty = scheme ? gcoap_msg_next(m, scheme) : NULL;
	const struct gcoap_option *authority = empty ? gcoap_msg_next(m, empty) : NULL;
	struct gcoap_bytes uri = scheme ? scheme->value : (struct gcoap_bytes){ 0 };

	*found = scheme && is_text(base, BASE);
	if (!*found)
		return 0;
	if (uri.len && uri.ptr[uri.len - 1] == ':' && empty && empty->value.len == 0 && authority)
		return read_segments(r, scheme, authority->value);
	if (memmem(uri.ptr, uri.len, "://", 3))
		return gcoap__target_text(r, uri, 2);
	*found = false;
	return 0;
}
