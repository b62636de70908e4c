/* Multi-ETag: a server's tp_info and the entity-tags that the client holds of it. */
#include <gcoap/etag.h>

#include <string.h>

#include <gcoap/cbor.h>

#include "cbor_read.h"

int gcoap_multi_etag_decode(struct gcoap_bytes value, struct gcoap_multi_etag *out,
			    struct gcoap_diag *diag)
{
	struct gcoap__cbor_reader r = { value, 0, diag };
	struct gcoap__cbor_head h;
	int n;

	memset(out, 0, sizeof(*out));
	n = gcoap_tp_info_decode_prefix(value, GCOAP_PORT_BIS_03, GCOAP_PORT, &out->server, diag);
	if (n < 0)
		return n;
	r.pos = (size_t)n;
	if (r.pos == value.len)
		return gcoap_fail(diag, GCOAP_EMALFORMED, r.pos, "multi-etag-none",
				  "an entity-tag is expected behind the server's address");
	while (r.pos < value.len) {
		if (gcoap__cbor_head(&r, &h) < 0)
			return GCOAP_EMALFORMED;
		if (h.major != CBOR_BYTES || h.indefinite || h.arg < 1 || h.arg > GCOAP_ETAG_MAX)
			return gcoap_fail(diag, GCOAP_EMALFORMED, h.at, "multi-etag-tag",
					  "an entity-tag is a byte string of 1 to 8 bytes");
		if (out->n == GCOAP_MULTI_ETAG_TAGS)
			return gcoap_fail(diag, GCOAP_ELIMIT, h.at, "multi-etag-limit",
					  "at most 16 entity-tags for a server");
		out->tags[out->n++] = gcoap__cbor_string(&r, &h);
	}
	return 0;
}

int gcoap_multi_etag_encode(const struct gcoap_multi_etag *m, uint8_t *buf, size_t cap)
{
	struct gcoap_cbor_writer w = { buf, cap, 0 };
	int n;

	if (m->n < 1 || m->n > GCOAP_MULTI_ETAG_TAGS)
		return GCOAP_EINVALID;
	n = gcoap_tp_info_encode(&m->server, buf, cap);
	if (n < 0)
		return n;
	w.len = (size_t)n;
	for (size_t i = 0; i < m->n; i++) {
		if (m->tags[i].len < 1 || m->tags[i].len > GCOAP_ETAG_MAX)
			return GCOAP_EINVALID;
		gcoap_cbor_write_bytes(&w, m->tags[i]);
	}
	return gcoap_cbor_written(&w);
}
