/* Proxy-Scheme (RFC 7252, Section 5.10.2) and Proxy-Scheme-Number (core-href) with Uri-*. */
#include "target_read.h"

#include <string.h>

#include "wire/cri.h"
#include "wire/uri_text.h"

int gcoap__host_parse(struct gcoap_uri *out, struct gcoap_bytes host, uint16_t port,
		      struct gcoap_diag *diag)
{
	char buf[3 * GCOAP_HOST_MAX + 16];
	struct gcoap__text t = { buf, sizeof(buf), 0 };
	bool address = host.len && memchr(host.ptr, ':', host.len);
	bool open = address && host.ptr[0] == '[';
	int err;

	gcoap__text_put(&t, address && !open ? "coap://[" : "coap://");
	gcoap__text_put_percent(&t, host, address ? "[]:" : "!$&'()*+,;=");
	gcoap__text_put(&t, address && !open ? "]" : "");
	if (gcoap__text_end(&t) < 0)
		return gcoap_fail(diag, GCOAP_ELIMIT, 0, "long-host",
				  "a host name has at most 255 bytes");
	err = gcoap_uri_parse(out, buf, diag);
	if (err < 0)
		return err;
	if (out->port_given || (address && out->host_is_name))
		return gcoap_fail(diag, GCOAP_EMALFORMED, 0, "bad-host", "not an address");
	out->path = out->query = (struct gcoap_bytes){ 0 };
	out->port = port;
	return 0;
}

static int read_scheme(const struct gcoap__reading *r, enum gcoap_scheme *out, bool *known)
{
	const struct gcoap_option *o = gcoap_msg_find(r->request, GCOAP_PROXY_SCHEME);
	uint32_t number;

	if (o) {
		*known = gcoap_scheme_parse((const char *)o->value.ptr, o->value.len, out) >= 0;
		return 0;
	}
	if (gcoap_msg_uint(r->request, GCOAP_PROXY_SCHEME_NUMBER, 3, &number) < 0)
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri",
				     "Proxy-Scheme-Number is no number");
	*known = gcoap__cri_scheme_number(number, out);
	return 0;
}

/* Without Uri-Host the target would be the address of the datagram, ourselves (RFC 7252,
 * Section 5.10.1): nobody means that who writes Proxy-Scheme. */
static int read_host(const struct gcoap__reading *r, struct gcoap_uri *uri)
{
	const struct gcoap_option *o = gcoap_msg_find(r->request, GCOAP_URI_HOST);
	struct gcoap_diag d = { .what = "Proxy-Scheme needs a Uri-Host" };
	uint32_t port = GCOAP_PORT;

	gcoap_msg_uint(r->request, GCOAP_URI_PORT, 2, &port);
	if (!o || gcoap__host_parse(uri, o->value, (uint16_t)port, &d) < 0)
		return gcoap__refuse(r->refusal, GCOAP_BAD_REQUEST, "bad-uri", "%s", d.what);
	gcoap__addr_unmap(&uri->addr);
	return 0;
}

int gcoap__target_by_scheme(const struct gcoap__reading *r)
{
	struct gcoap_msg *m = &r->t->msg;
	enum gcoap_scheme scheme;
	struct gcoap_uri uri;
	bool known = false;
	size_t len;
	int code = read_scheme(r, &scheme, &known);

	if (!code)
		code = read_host(r, &uri);
	if (!code)
		code = gcoap__target_scheme(r, known ? &scheme : NULL,
					    gcoap_addr_is_multicast(&uri.addr));
	if (!code)
		code = gcoap__target_host(r, &uri);
	if (code)
		return code;
	gcoap_msg_remove(m, GCOAP_URI_HOST);
	gcoap_msg_remove(m, GCOAP_URI_PORT);
	len = strlen(r->t->host);
	memcpy(r->t->store.text, r->t->host, len);
	r->t->store.used = len;
	if (len)
		gcoap_msg_add(m, GCOAP_URI_HOST, (struct gcoap_bytes){ r->t->store.text, len });
	return 0;
}
