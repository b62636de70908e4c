/* The parameters of registrations (RFC 9176, Section 5). */
#include "serve/rd.h"

#include <gcoap/uri.h>
#include <string.h>

static uint8_t bad(const char **why, const char *text)
{
	*why = text;
	return GCOAP_BAD_REQUEST;
}

static bool is(struct gcoap_bytes name, const char *text)
{
	return gcoap_bytes_equal(name, gcoap_bytes_text(text));
}

static uint8_t set_name(struct gcoap_bytes *to, struct gcoap_bytes value, const char **why)
{
	if (to->ptr)
		return bad(why, "ep or d is given twice");
	if (value.len > GCOAP_RD_NAME_MAX)
		return bad(why, "ep and d have at most 63 bytes");
	*to = value;
	return 0;
}

static uint8_t set_lifetime(struct rd_params *p, struct gcoap_bytes value, const char **why)
{
	uint64_t n = 0;

	for (size_t i = 0; i < value.len && n <= UINT32_MAX; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return bad(why, "lt is not a number");
		n = n * 10 + (value.ptr[i] - '0');
	}
	if (p->lt_given || n < 1 || n > UINT32_MAX)
		return bad(why, "lt is 1 to 4294967295 seconds");
	p->lt_given = true;
	p->lt = (uint32_t)n;
	return 0;
}

static uint8_t set_base(struct rd_params *p, struct gcoap_bytes value, const char **why)
{
	char text[RD_BASE_MAX + 1];
	struct gcoap_uri uri;

	if (p->base.ptr || value.len > RD_BASE_MAX)
		return bad(why, "base is given twice, or longer than 255 bytes");
	if (memchr(value.ptr, '\0', value.len) || !memmem(value.ptr, value.len, "://", 3))
		return bad(why, "base is not a URI with a scheme");
	memcpy(text, value.ptr, value.len);
	text[value.len] = '\0';
	if (gcoap_uri_parse(&uri, text, NULL) < 0 || uri.query.ptr)
		return bad(why, "base is not a URI that links can be resolved against");
	p->base = value;
	return 0;
}

/* What the directory says itself, or what look-ups mean otherwise. */
static bool is_reserved(struct gcoap_bytes name)
{
	return is(name, "rt") || is(name, "href") || is(name, "anchor") || is(name, "page") ||
	       is(name, "count");
}

static uint8_t add_extra(struct rd_params *p, struct gcoap_bytes param, struct gcoap_bytes name,
			 const char **why)
{
	if (is_reserved(name))
		return bad(why, "a parameter that no endpoint can have");
	if (p->n_extra == RD_EXTRA_MAX)
		return bad(why, "more than 16 parameters");
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] <= ' ' || name.ptr[i] >= 0x7f ||
		    strchr("\"',;<>()\\/{}[]@?:%", name.ptr[i]))
			return bad(why, "a parameter's name is not one of an attribute");
	if (!name.len)
		return bad(why, "a parameter has no name");
	p->extra[p->n_extra++] = param;
	return 0;
}

uint8_t gcoap__rd_params(struct rd_params *out, const struct gcoap_bytes *params, size_t n,
			 const char **why)
{
	uint8_t code = 0;

	*out = (struct rd_params){ 0 };
	for (size_t i = 0; !code && i < n; i++) {
		const uint8_t *eq = params[i].len ? memchr(params[i].ptr, '=', params[i].len) : NULL;
		struct gcoap_bytes name = params[i], value = { 0 };

		if (eq) {
			name.len = (size_t)(eq - name.ptr);
			value = (struct gcoap_bytes){ eq + 1, params[i].len - name.len - 1 };
		}
		if (params[i].len > RD_PARAM_MAX || !gcoap_utf8_valid(params[i]))
			code = bad(why, "a parameter is longer than 255 bytes, or not UTF-8");
		else if (!value.len && (is(name, "ep") || is(name, "lt") || is(name, "base")))
			code = bad(why, "ep, lt or base is empty");
		else if (is(name, "ep"))
			code = set_name(&out->ep, value, why);
		else if (is(name, "d"))
			code = set_name(&out->d, value, why);
		else if (is(name, "lt"))
			code = set_lifetime(out, value, why);
		else if (is(name, "base"))
			code = set_base(out, value, why);
		else
			code = add_extra(out, params[i], name, why);
	}
	return code;
}

size_t gcoap__rd_query(const struct gcoap_msg *m, struct gcoap_bytes params[GCOAP_OPTIONS_MAX])
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_QUERY);
	size_t n = 0;

	for (; o; o = gcoap_msg_next(m, o))
		params[n++] = o->value;
	return n;
}
