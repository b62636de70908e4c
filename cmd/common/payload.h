/* Bytes from the network on their way to people: views of payloads, and the one escaper. */
#ifndef PAYLOAD_H
#define PAYLOAD_H

#include <stdbool.h>
#include <stdio.h>
#include <gcoap/bytes.h>
#include <gcoap/format.h>

/*
 * Escape for a terminal: C0, DEL, C1 (also as UTF-8), bidi controls and invalid UTF-8 become
 * \xNN or \u{...}; with @one_line newline and tab become \n and \t, else they pass. Cut at
 * @columns display columns (0: not cut) with "…" ("..." with @ascii). NUL-terminated; returns
 * the length.
 */
size_t payload_escape(struct gcoap_bytes in, char *out, size_t cap, bool one_line,
		      size_t columns, bool ascii);
/* Display columns of one line of text that was escaped. */
size_t payload_columns(const char *text);

/* One character of @p, RFC 3629: its length and *@cp; 0 when it is not UTF-8. */
size_t payload_utf8(const uint8_t *p, size_t len, uint32_t *cp);
/* True for characters beyond ASCII without a shape of their own, which are always escaped. */
bool payload_hidden(uint32_t cp);

enum payload_as {
	PAYLOAD_AUTO, PAYLOAD_TEXT, PAYLOAD_JSON, PAYLOAD_DIAG, PAYLOAD_HEX, PAYLOAD_B64,
	PAYLOAD_NONE
};
/* One of "auto text json diag hex b64 none", or -1. */
int payload_as_parse(const char *text);

/* One line for a table cell: SenML as "temp 21.25 Cel", CBOR in diagnostic notation, JSON
 * compact, text escaped, else hex; at most 256 columns. @content_format -1: none. NUL-terminated; returns the length. */
size_t payload_cell(struct gcoap_bytes body, int32_t content_format, enum payload_as as,
		    char *out, size_t cap, size_t columns, bool ascii);
struct jsonw;
/* The same view, whole and uncut, appended to @out for programs. */
void payload_write(struct jsonw *out, struct gcoap_bytes body, int32_t content_format,
		   enum payload_as as, bool ascii);
/* Its kind as JSON names it: "text", "json", "senml", "cbor", "link", "opaque", "empty". */
const char *payload_kind(struct gcoap_bytes body, int32_t content_format);
/* The syntax to read @body by: its Content-Format's, or a guess when there is none. */
enum gcoap_payload_kind payload_syntax(struct gcoap_bytes body, int32_t content_format);
/* True when @body is UTF-8 without control characters but tab, CR and LF. */
bool payload_clean(struct gcoap_bytes body);

#endif
