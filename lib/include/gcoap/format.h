/* Content-Formats (RFC 7252, Section 12.3, and the IANA registry). */
#ifndef GCOAP_FORMAT_H
#define GCOAP_FORMAT_H

#include <stdint.h>

enum gcoap_content_format {
	GCOAP_CF_TEXT = 0, GCOAP_CF_LINK = 40, GCOAP_CF_XML = 41, GCOAP_CF_OCTETS = 42,
	GCOAP_CF_EXI = 47, GCOAP_CF_JSON = 50, GCOAP_CF_CBOR = 60, GCOAP_CF_MULTIPART = 62,
	GCOAP_CF_CBOR_SEQ = 63, GCOAP_CF_SENML_JSON = 110, GCOAP_CF_SENSML_JSON = 111,
	GCOAP_CF_SENML_CBOR = 112, GCOAP_CF_SENSML_CBOR = 113
};

/* What family of syntax a payload has. */
enum gcoap_payload_kind {
	GCOAP_KIND_NONE, GCOAP_KIND_TEXT, GCOAP_KIND_LINK, GCOAP_KIND_JSON, GCOAP_KIND_CBOR,
	GCOAP_KIND_CBOR_SEQ, GCOAP_KIND_SENML_JSON, GCOAP_KIND_SENML_CBOR, GCOAP_KIND_XML,
	GCOAP_KIND_OPAQUE
};

struct gcoap_format_info {
	uint16_t number;
	const char *media_type; /* "application/senml+json" */
	const char *name;	/* short, for tables and options: "senml+json" */
	uint8_t kind;		/* enum gcoap_payload_kind */
};

const struct gcoap_format_info *gcoap_format_find(uint32_t number); /* NULL: unknown */
/* By media type, short name or decimal number, case-insensitive: 0 and *@number, or
 * GCOAP_ENOTFOUND, GCOAP_ERANGE (above 65535). */
int gcoap_format_parse(const char *text, uint16_t *number);
/* Row @i of the table, for help and completion; NULL behind the last. */
const struct gcoap_format_info *gcoap_format_at(unsigned i);

#endif
