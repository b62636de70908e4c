#include "reverse.h"

#include <gcoap/option.h>

#include <string.h>

#include "wire/uri_text.h"

/* Is the text from @p to @end, once decoded, @value? */
static bool same_segment(const uint8_t *p, const uint8_t *end, struct gcoap_bytes value)
{
	size_t i = 0, took;
	uint8_t c;

	for (; p < end; p += took, i++) {
		took = gcoap__percent_get(p, end, &c);
		if (!took || i >= value.len || value.ptr[i] != c)
			return false;
	}
	return i == value.len;
}

int gcoap__path_above(struct gcoap_bytes path, const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_PATH);
	const uint8_t *p = path.ptr, *end, *stop;
	int n = 0;

	if (!path.len)
		return 0;
	end = p + path.len;
	while (p < end && ++p < end) { /* each part begins with its '/' */
		stop = memchr(p, '/', (size_t)(end - p));
		stop = stop ? stop : end;
		if (!o || !same_segment(p, stop, o->value))
			return -1;
		o = gcoap_msg_next(m, o);
		p = stop;
		n++;
	}
	return n;
}
