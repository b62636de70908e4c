/* Proxy-Cri (core-href, Section 7.2): the CRI becomes a URI, which is read as a Proxy-Uri. */
#include "target_read.h"

#include <stdio.h>
#include <string.h>

#include "wire/cri.h"
#include "wire/uri_text.h"

struct cri {
	enum gcoap_scheme scheme;
	bool unknown;
	struct gcoap__cri_authority authority;
	char path[GCOAP_URI_MAX], query[GCOAP_URI_MAX];
};

/* True, and stepped over, when the next item is @byte: null, or an empty array. */
static bool take(struct gcoap__cbor_reader *r, uint8_t byte)
{
	if (r->pos >= r->data.len || r->data.ptr[r->pos] != byte)
		return false;
	r->pos++;
	return true;
}

static bool take_nothing(struct gcoap__cbor_reader *r)
{
	return take(r, CBOR_SIMPLE << 5 | CBOR_NULL) || take(r, CBOR_ARRAY << 5);
}

/* [scheme, authority, ?path, ?query, ?fragment], a fragment being null here. */
static int read_cri(struct gcoap__cbor_reader *r, struct cri *c)
{
	struct gcoap__cbor_head array;
	int err = gcoap__cbor_head(r, &array);

	if (err < 0)
		return err;
	if (array.major != CBOR_ARRAY || array.indefinite || array.arg < 2 || array.arg > 5)
		return gcoap__cbor_fail(r, GCOAP_EMALFORMED, array.at, "cri-array",
					"a CRI of scheme and authority is expected");
	err = gcoap__cri_scheme_read(r, &c->scheme, &c->unknown);
	if (err >= 0)
		err = gcoap__cri_authority_read(r, &c->authority);
	if (err >= 0 && array.arg > 2 && !take_nothing(r))
		err = gcoap__cri_path_read(r, c->path, sizeof(c->path));
	if (err >= 0 && array.arg > 3 && !take_nothing(r))
		err = gcoap__cri_query_read(r, c->query, sizeof(c->query));
	if (err >= 0 && array.arg > 4 && !take(r, CBOR_SIMPLE << 5 | CBOR_NULL))
		err = gcoap__cbor_fail(r, GCOAP_EMALFORMED, r->pos, "cri-fragment",
				       "a fragment is not sent");
	return err;
}

static int format(const struct cri *c, char *buf, size_t cap)
{
	const struct gcoap__cri_authority *a = &c->authority;
	struct gcoap__text t = { buf, cap, 0 };
	char host[GCOAP_ADDR_TEXT], port[8] = "";

	if (a->addr.port)
		snprintf(port, sizeof(port), ":%u", a->addr.port);
	gcoap__text_put(&t, gcoap_scheme_name(c->scheme));
	gcoap__text_put(&t, a->addr.family == 6 ? "://[" : "://");
	gcoap__text_put(&t, a->addr.family ? gcoap_addr_format_host(&a->addr, host) : a->host);
	gcoap__text_put(&t, a->addr.family == 6 ? "]" : "");
	gcoap__text_put(&t, port);
	gcoap__text_put(&t, c->path);
	gcoap__text_put(&t, c->query);
	return gcoap__text_end(&t);
}

int gcoap__target_cri(const struct gcoap__reading *r, struct gcoap_bytes value)
{
	static const struct gcoap_cbor_limits limits = GCOAP_CBOR_LIMITS;
	struct gcoap_diag d = { 0 };
	struct gcoap__cbor_reader reader = { value, 0, &d };
	struct cri c = { 0 };
	char text[GCOAP_URI_MAX + 1];
	int n = gcoap_cbor_scan(value, &limits, &d);

	if (n >= 0)
		n = read_cri(&reader, &c);
	if (n < 0)
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri",
				     "Proxy-Cri: %s", d.what);
	if (c.unknown)
		return gcoap__target_scheme(r, NULL, false);
	if (c.authority.zone[0])
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri",
				     "a zone means nothing to another host");
	n = format(&c, text, sizeof(text));
	if (n < 0)
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri",
				     "a URI has at most 1034 bytes here");
	return gcoap__target_text(r, (struct gcoap_bytes){ (const uint8_t *)text, (size_t)n }, 0);
}
