/* Characters of URIs (RFC 3986, Section 2) and percent-encoding, for the files of lib/wire. */
#ifndef WIRE_URI_TEXT_H
#define WIRE_URI_TEXT_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>

bool gcoap__is_unreserved(uint8_t c);
bool gcoap__is_sub_delim(uint8_t c);
/* unreserved / sub-delims / ":" / "@" (a percent sign is judged apart). */
bool gcoap__is_pchar(uint8_t c);

/*
 * One character of percent-encoded text at @p, which has at least one byte before @end: its
 * value in @out. Returns the bytes it took, 1 or 3; 0 for a percent sign without two digits.
 */
size_t gcoap__percent_get(const uint8_t *p, const uint8_t *end, uint8_t *out);

/* True for ".", ".." and their percent-encoded forms. */
bool gcoap__is_dot_segment(struct gcoap_bytes segment);

/*
 * Check a path (with its leading '/') or a query that starts at offset @base of the input:
 * characters, percent signs and, with @path, dot segments. 0 or GCOAP_EMALFORMED.
 */
int gcoap__uri_check(struct gcoap_bytes part, bool path, size_t base, struct gcoap_diag *diag);

/* A text that grows in a caller's buffer; what does not fit is counted but not written. */
struct gcoap__text {
	char *buf;
	size_t cap, len;
};
void gcoap__text_put(struct gcoap__text *t, const char *text);
void gcoap__text_put_char(struct gcoap__text *t, char c);
/* Unreserved characters and those of @also as they are, everything else as %XX. */
void gcoap__text_put_percent(struct gcoap__text *t, struct gcoap_bytes b, const char *also);
/* NUL-terminate (when there is room for one). Returns the length, GCOAP_ESPACE if cut. */
int gcoap__text_end(struct gcoap__text *t);

#endif
