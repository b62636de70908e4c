/* CoAP URIs (RFC 7252, Section 6; RFC 3986; RFC 6874 zones in both spellings). */
#ifndef GCOAP_URI_H
#define GCOAP_URI_H

#include <gcoap/addr.h>
#include <gcoap/msg.h>

enum gcoap_scheme {
	GCOAP_SCHEME_COAP, GCOAP_SCHEME_COAPS, GCOAP_SCHEME_COAP_TCP, GCOAP_SCHEME_COAPS_TCP,
	GCOAP_SCHEME_COAP_WS, GCOAP_SCHEME_COAPS_WS, GCOAP_SCHEME_HTTP, GCOAP_SCHEME_HTTPS
};

#define GCOAP_URI_MAX 1034
#define GCOAP_HOST_MAX 255

struct gcoap_uri {
	enum gcoap_scheme scheme;
	bool host_is_name;	      /* else @addr holds the literal */
	char host[GCOAP_HOST_MAX + 1]; /* lower case, percent-decoded, no brackets, no zone;
					* IPv6 in canonical form (RFC 5952) */
	char zone[32];		      /* "eth0" from %eth0 or %25eth0; "" when none */
	struct gcoap_addr addr;	      /* literal only; scope is left 0 (net resolves zones) */
	uint16_t port;		      /* the scheme's default when absent */
	bool port_given;
	struct gcoap_bytes path;  /* as in the text, with its leading '/', undecoded; may be empty */
	struct gcoap_bytes query; /* without '?', undecoded; ptr NULL: there is none */
};

/*
 * Parse a URI; "coap://" is assumed when there is no scheme ("192.0.2.1/temp",
 * "[ff02::fd%eth0]/x"). @out borrows path and query from @text. User information, fragments,
 * port 0, an empty host, numbers that only look like an IPv4 address, dot segments and a bad
 * percent sign are refused, with the byte in @diag ("bad-scheme", "user-info", "bad-host",
 * "empty-host", "long-host", "bad-zone", "bad-port", "port-zero", "bad-character",
 * "bad-percent", "dot-segment", "fragment", "long-uri"). GCOAP_EMALFORMED, GCOAP_EUNSUPPORTED
 * (another scheme), GCOAP_ELIMIT (a host above 255 bytes, a text above GCOAP_URI_MAX).
 */
int gcoap_uri_parse(struct gcoap_uri *out, const char *text, struct gcoap_diag *diag);

/* Storage for the decoded options of one URI. */
struct gcoap_uri_store {
	uint8_t text[GCOAP_URI_MAX];
	size_t used;
};

/*
 * Append Uri-Host (a name only), Uri-Path and Uri-Query (RFC 7252, Section 6.4) to @m, decoded
 * into @store, which @m then borrows. Uri-Port is left out: the datagram carries the port.
 * "/" alone gives no Uri-Path, "/a/" two segments, "?" alone one empty Uri-Query. Offsets in
 * @diag count from the start of the path or the query. GCOAP_EMALFORMED for ".", "..", their
 * percent forms, segments that are not UTF-8 or above 255 bytes; GCOAP_ELIMIT.
 */
int gcoap_uri_to_options(const struct gcoap_uri *uri, struct gcoap_msg *m,
			 struct gcoap_uri_store *store, struct gcoap_diag *diag);

/*
 * The URI text of a request's options with @authority as host and port (the port is printed
 * when it is not 5683): Section 6.5. For a response, pass the responder's address: base URI
 * of its links (Section 8.2). When @authority is NULL, Uri-Host and Uri-Port give it. Always
 * NUL-terminated; returns the length, GCOAP_ESPACE, GCOAP_EINVALID when nothing tells a host.
 */
int gcoap_uri_from_options(const struct gcoap_msg *m, const struct gcoap_addr *authority,
			   char *buf, size_t cap);

const char *gcoap_scheme_name(enum gcoap_scheme s);
/* @len characters of @name, in either case: 0 or GCOAP_EUNSUPPORTED. */
int gcoap_scheme_parse(const char *name, size_t len, enum gcoap_scheme *out);
uint16_t gcoap_scheme_port(enum gcoap_scheme s);

#endif
