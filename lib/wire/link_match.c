/* Attributes of links, and the filters of RFC 6690, Section 4.1. */
#include <gcoap/link.h>

#include <string.h>
#include <strings.h>

static bool name_is(struct gcoap_bytes name, const char *text, size_t len)
{
	return name.len == len && !strncasecmp((const char *)name.ptr, text, len);
}

static bool find(const struct gcoap_link *link, const char *name, size_t len,
		 struct gcoap_link_param *out)
{
	size_t pos = 0;

	while (gcoap_link_param_next(link, &pos, out)) {
		if (name_is(out->name, name, len))
			return true;
	}
	return false;
}

bool gcoap_link_param_find(const struct gcoap_link *link, const char *name,
			   struct gcoap_link_param *out)
{
	return find(link, name, strlen(name), out);
}

size_t gcoap_link_param_value(const struct gcoap_link_param *param, uint8_t *buf, size_t cap)
{
	size_t n = 0;

	for (size_t i = 0; i < param->value.len && n < cap; i++) {
		if (param->value.ptr[i] == '\\' && i + 1 < param->value.len)
			i++;
		buf[n++] = param->value.ptr[i];
	}
	return n;
}

static bool matches(struct gcoap_bytes value, struct gcoap_bytes pattern)
{
	if (pattern.len && pattern.ptr[pattern.len - 1] == '*')
		return value.len >= pattern.len - 1 &&
		       !memcmp(value.ptr, pattern.ptr, pattern.len - 1);
	return gcoap_bytes_equal(value, pattern);
}

static bool one_matches(struct gcoap_bytes values, struct gcoap_bytes pattern)
{
	size_t start = 0;

	for (size_t i = 0; i <= values.len; i++) {
		if (i < values.len && values.ptr[i] != ' ')
			continue;
		if (i > start && matches((struct gcoap_bytes){ values.ptr + start, i - start },
					 pattern))
			return true;
		start = i + 1;
	}
	return false;
}

static bool is_list(struct gcoap_bytes name)
{
	return name_is(name, "rt", 2) || name_is(name, "if", 2) || name_is(name, "ct", 2) ||
	       name_is(name, "rel", 3) || name_is(name, "rev", 3);
}

bool gcoap_link_matches(const struct gcoap_link *link, struct gcoap_bytes filter)
{
	const uint8_t *equals = filter.len ? memchr(filter.ptr, '=', filter.len) : NULL;
	struct gcoap_bytes name = { filter.ptr, equals ? (size_t)(equals - filter.ptr)
						       : filter.len };
	struct gcoap_bytes pattern, value;
	uint8_t buf[GCOAP_LINK_VALUE_MAX];
	struct gcoap_link_param param;

	if (!equals)
		return find(link, (const char *)name.ptr, name.len, &param);
	pattern = (struct gcoap_bytes){ equals + 1, filter.len - name.len - 1 };
	if (name_is(name, "href", 4))
		return matches(link->target, pattern);
	if (!find(link, (const char *)name.ptr, name.len, &param))
		return false;
	value = (struct gcoap_bytes){ buf, gcoap_link_param_value(&param, buf, sizeof(buf)) };
	return is_list(name) && value.len ? one_matches(value, pattern) : matches(value, pattern);
}
