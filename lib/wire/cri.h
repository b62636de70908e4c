/* Constrained Resource Identifiers (draft-ietf-core-href), as far as Reply-From and Proxy-Cri
 * need them. What is read must have passed gcoap_cbor_scan(). */
#ifndef WIRE_CRI_H
#define WIRE_CRI_H

#include <gcoap/cbor.h>
#include <gcoap/origin.h>

#include "cbor_read.h"

/* Host and port of an authority array; port 0 when it has none. */
struct gcoap__cri_authority {
	struct gcoap_addr addr;	       /* family 0: a name */
	char host[GCOAP_HOST_MAX + 1]; /* percent-encoded, labels joined by dots */
	char zone[32];
};

/* The scheme of a CRI, an integer or its name; unknown ones leave @out alone and set
 * @unknown. */
int gcoap__cri_scheme_read(struct gcoap__cbor_reader *r, enum gcoap_scheme *out, bool *unknown);
/* The scheme of a number (that of Proxy-Scheme-Number). False when it is not one of ours. */
bool gcoap__cri_scheme_number(uint64_t number, enum gcoap_scheme *out);
int gcoap__cri_authority_read(struct gcoap__cbor_reader *r, struct gcoap__cri_authority *out);
/* An array of one or more segments, appended to @path as "/a/b" in percent-encoding. */
int gcoap__cri_path_read(struct gcoap__cbor_reader *r, char *path, size_t cap);
/* The same of query arguments: "?a=1&b". */
int gcoap__cri_query_read(struct gcoap__cbor_reader *r, char *query, size_t cap);

void gcoap__cri_scheme_write(struct gcoap_cbor_writer *w, enum gcoap_scheme scheme);
/* @port 0 leaves it out. GCOAP_EINVALID for a host that does not decode. */
int gcoap__cri_authority_write(struct gcoap_cbor_writer *w,
			       const struct gcoap__cri_authority *a, uint16_t port);
int gcoap__cri_path_write(struct gcoap_cbor_writer *w, const char *path);

#endif
