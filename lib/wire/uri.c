#include <gcoap/uri.h>

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "uri_text.h"

static const struct {
	const char *name;
	uint16_t port;
} schemes[] = {
	[GCOAP_SCHEME_COAP] = { "coap", 5683 },		/* RFC 7252, Section 6.1 */
	[GCOAP_SCHEME_COAPS] = { "coaps", 5684 },	/* RFC 7252, Section 6.2 */
	[GCOAP_SCHEME_COAP_TCP] = { "coap+tcp", 5683 }, /* RFC 8323, Section 8 */
	[GCOAP_SCHEME_COAPS_TCP] = { "coaps+tcp", 5684 },
	[GCOAP_SCHEME_COAP_WS] = { "coap+ws", 80 },
	[GCOAP_SCHEME_COAPS_WS] = { "coaps+ws", 443 },
	[GCOAP_SCHEME_HTTP] = { "http", 80 },
	[GCOAP_SCHEME_HTTPS] = { "https", 443 },
};
#define N_SCHEMES (sizeof(schemes) / sizeof(schemes[0]))

const char *gcoap_scheme_name(enum gcoap_scheme s)
{
	return (unsigned)s < N_SCHEMES ? schemes[s].name : "unknown";
}

uint16_t gcoap_scheme_port(enum gcoap_scheme s)
{
	return (unsigned)s < N_SCHEMES ? schemes[s].port : GCOAP_PORT;
}

int gcoap_scheme_parse(const char *name, size_t len, enum gcoap_scheme *out)
{
	for (size_t i = 0; i < N_SCHEMES; i++) {
		if (strlen(schemes[i].name) == len && !strncasecmp(schemes[i].name, name, len)) {
			*out = (enum gcoap_scheme)i;
			return 0;
		}
	}
	return GCOAP_EUNSUPPORTED;
}

/* Reading position in the text of one URI; every fault is told by its offset from @text. */
struct reader {
	const char *text, *p;
	struct gcoap_diag *diag;
};

static int bad(const struct reader *r, const char *at, const char *name, const char *what)
{
	return gcoap_fail(r->diag, GCOAP_EMALFORMED, (size_t)(at - r->text), name, what);
}

/* "scheme://", or nothing: then it is coap, so that "host:5683" is not taken for a scheme. */
static int read_scheme(struct reader *r, struct gcoap_uri *out)
{
	const char *end = strstr(r->text, "://");
	const char *stop = r->text + strcspn(r->text, "/?#[@%");

	out->scheme = GCOAP_SCHEME_COAP;
	if (!end || end > stop)
		return 0;
	if (gcoap_scheme_parse(r->text, (size_t)(end - r->text), &out->scheme) < 0)
		return gcoap_fail(r->diag, GCOAP_EUNSUPPORTED, 0, "bad-scheme",
				  "not a scheme known here; coap:// is the usual one");
	r->p = end + 3;
	return 0;
}

/* The zone between '%' and ']': both "%eth0" (as typed) and "%25eth0" (RFC 6874). */
static int read_zone(struct reader *r, const char *end, struct gcoap_uri *out)
{
	const char *p = r->p + 1;
	size_t n = 0, took;
	uint8_t c;

	if (end - p > 2 && !strncmp(p, "25", 2))
		p += 2;
	for (; p < end; p += took) {
		took = gcoap__percent_get((const uint8_t *)p, (const uint8_t *)end, &c);
		if (!took || c <= ' ' || c >= 0x7f || c == '/' ||
		    (took == 1 && !gcoap__is_pchar(c)))
			return bad(r, p, "bad-zone", "not a name or number of an interface");
		if (n >= sizeof(out->zone) - 1)
			return bad(r, p, "bad-zone", "a zone has at most 31 characters");
		out->zone[n++] = (char)c;
	}
	if (n == 0)
		return bad(r, r->p, "bad-zone", "the name of an interface is expected behind %");
	return 0;
}

/* "[2001:db8::1]" or "[fe80::1%eth0]". */
static int read_ipv6(struct reader *r, struct gcoap_uri *out)
{
	const char *open = r->p, *close = strchr(open, ']');
	const char *stop = open + strcspn(open, "/?#");
	size_t len;
	int err = 0;

	if (!close || close > stop)
		return bad(r, open, "bad-host", "the bracket of an IPv6 address is not closed");
	r->p++;
	len = strcspn(r->p, "%]");
	if (len >= INET6_ADDRSTRLEN)
		return bad(r, r->p, "bad-host", "not an IPv6 address");
	memcpy(out->host, r->p, len);
	if (inet_pton(AF_INET6, out->host, out->addr.bytes) != 1)
		return bad(r, r->p, "bad-host", "not an IPv6 address");
	inet_ntop(AF_INET6, out->addr.bytes, out->host, sizeof(out->host));
	out->addr.family = 6;
	r->p += len;
	if (*r->p == '%')
		err = read_zone(r, close, out);
	r->p = close + 1;
	return err;
}

/* True for names that a resolver would take for a number ("0x7f.1", "192.0.2"): the last
 * label is a number. */
static bool looks_like_ipv4(const char *host)
{
	const char *last = strrchr(host, '.');

	last = last ? last + 1 : host;
	if (last[0] == '0' && last[1] == 'x' && last[2])
		return last[2 + strspn(last + 2, "0123456789abcdef")] == '\0';
	return *last && last[strspn(last, "0123456789")] == '\0';
}

static int read_name(struct reader *r, const char *end, struct gcoap_uri *out)
{
	size_t n = 0, took;
	const char *p;
	uint8_t c;

	for (p = r->p; p < end; p += took) {
		took = gcoap__percent_get((const uint8_t *)p, (const uint8_t *)end, &c);
		if (!took)
			return bad(r, p, "bad-percent",
				   "a percent sign needs two hexadecimal digits behind it");
		if ((took == 1 && !gcoap__is_unreserved(c) && !gcoap__is_sub_delim(c)) ||
		    c < ' ' || c == 0x7f || strchr(":/?#[]@", c))
			return bad(r, p, "bad-host", "a host name cannot hold this byte");
		if (n == GCOAP_HOST_MAX)
			return gcoap_fail(r->diag, GCOAP_ELIMIT, (size_t)(p - r->text),
					  "long-host", "a host name has at most 255 bytes");
		out->host[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	if (n == 0)
		return bad(r, r->p, "empty-host", "a host is expected here");
	if (inet_pton(AF_INET, out->host, out->addr.bytes) == 1) {
		out->addr.family = 4;
	} else {
		if (looks_like_ipv4(out->host))
			return bad(r, r->p, "bad-host", "neither an IPv4 address nor a name");
		if (!gcoap_utf8_valid(gcoap_bytes_text(out->host)))
			return bad(r, r->p, "bad-host", "the name is not UTF-8");
		out->host_is_name = true;
	}
	r->p = end;
	return 0;
}

static int read_port(struct reader *r, const char *end, struct gcoap_uri *out)
{
	const char *start = r->p + 1, *p;
	uint32_t port = 0;

	for (p = start; p < end; p++) {
		if (*p == ':' && !out->addr.family)
			return bad(r, p, "bad-port",
				   "an IPv6 address is written in brackets: [2001:db8::1]");
		if (*p < '0' || *p > '9')
			return bad(r, p, "bad-port", "a port is a number from 1 to 65535");
		port = port * 10 + (uint32_t)(*p - '0');
		if (port > 65535)
			return bad(r, start, "bad-port", "a port is a number from 1 to 65535");
	}
	if (p > start && port == 0)
		return bad(r, start, "port-zero", "nothing can be sent to port 0");
	if (port) {
		out->port = (uint16_t)port;
		out->port_given = true;
	}
	r->p = end;
	return 0;
}

static int read_authority(struct reader *r, struct gcoap_uri *out)
{
	const char *end = r->p + strcspn(r->p, "/?#");
	const char *at = memchr(r->p, '@', (size_t)(end - r->p));
	const char *colon;
	int err;

	if (at)
		return bad(r, at, "user-info", "CoAP URIs have no user information before the host");
	if (*r->p == '[') {
		err = read_ipv6(r, out);
	} else {
		colon = memchr(r->p, ':', (size_t)(end - r->p));
		err = read_name(r, colon ? colon : end, out);
	}
	if (err < 0)
		return err;
	if (r->p < end && *r->p != ':')
		return bad(r, r->p, "bad-host", "a colon or slash is expected behind the address");
	out->port = gcoap_scheme_port(out->scheme);
	err = r->p < end ? read_port(r, end, out) : 0;
	out->addr.port = out->addr.family ? out->port : 0;
	return err;
}

/* The part of @r up to one of @stop. */
static struct gcoap_bytes take(struct reader *r, const char *stop)
{
	struct gcoap_bytes b = { (const uint8_t *)r->p, strcspn(r->p, stop) };

	r->p += b.len;
	return b;
}

int gcoap_uri_parse(struct gcoap_uri *out, const char *text, struct gcoap_diag *diag)
{
	struct reader r = { text, text, diag };
	size_t base;
	int err;

	memset(out, 0, sizeof(*out));
	if (strnlen(text, GCOAP_URI_MAX + 1) > GCOAP_URI_MAX)
		return gcoap_fail(diag, GCOAP_ELIMIT, GCOAP_URI_MAX, "long-uri",
				  "a URI has at most 1034 bytes here");
	err = read_scheme(&r, out);
	if (err < 0)
		return err;
	err = read_authority(&r, out);
	if (err < 0)
		return err;

	base = (size_t)(r.p - text);
	out->path = take(&r, "?#");
	err = gcoap__uri_check(out->path, true, base, diag);
	if (err < 0)
		return err;
	if (*r.p == '?') {
		r.p++;
		base = (size_t)(r.p - text);
		out->query = take(&r, "#");
		err = gcoap__uri_check(out->query, false, base, diag);
		if (err < 0)
			return err;
	}
	if (*r.p == '#')
		return bad(&r, r.p, "fragment", "a fragment is not sent; leave it out");
	return 0;
}
