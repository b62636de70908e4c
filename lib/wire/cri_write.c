#include "cri.h"

#include <string.h>

#include "uri_text.h"

/* Percent-decode up to @stop and write it as text; returns what is behind it, or NULL. */
static const char *put_part(struct gcoap_cbor_writer *w, const char *text, char stop)
{
	uint8_t part[GCOAP_URI_MAX];
	const uint8_t *p = (const uint8_t *)text, *end;
	size_t n = 0, took;

	end = (const uint8_t *)strchrnul(text, stop);
	for (; p < end; p += took) {
		took = n < sizeof(part) ? gcoap__percent_get(p, end, &part[n++]) : 0;
		if (!took)
			return NULL;
	}
	gcoap_cbor_write_text(w, (struct gcoap_bytes){ part, n });
	return (const char *)end;
}

static size_t count(const char *text, char c)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == c;
	return n;
}

static int put_parts(struct gcoap_cbor_writer *w, const char *text, char separator)
{
	while (text) {
		text = put_part(w, text, separator);
		if (!text)
			return GCOAP_EINVALID;
		text = *text ? text + 1 : NULL;
	}
	return 0;
}

int gcoap__cri_authority_write(struct gcoap_cbor_writer *w,
			       const struct gcoap__cri_authority *a, uint16_t port)
{
	size_t size = gcoap_addr_size(&a->addr);
	size_t items = size ? 1 + (a->zone[0] != '\0') : count(a->host, '.') + 1;

	if (!size && !a->host[0])
		return GCOAP_EINVALID;
	gcoap_cbor_write_array(w, items + (port != 0));
	if (size) {
		gcoap_cbor_write_bytes(w, (struct gcoap_bytes){ a->addr.bytes, size });
		if (a->zone[0] && !put_part(w, a->zone, '\0'))
			return GCOAP_EINVALID;
	} else if (put_parts(w, a->host, '.') < 0) {
		return GCOAP_EINVALID;
	}
	if (port)
		gcoap_cbor_write_uint(w, port);
	return 0;
}

int gcoap__cri_path_write(struct gcoap_cbor_writer *w, const char *path)
{
	if (path[0] != '/')
		return GCOAP_EINVALID;
	gcoap_cbor_write_array(w, count(path, '/'));
	return put_parts(w, path + 1, '/');
}
