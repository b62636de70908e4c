/* The CoAP Content-Formats registry of IANA: what it lists without a content coding. */
#include <gcoap/format.h>
#include <gcoap/error.h>

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* By number. */
static const struct gcoap_format_info formats[] = {
	{ 0, "text/plain;charset=utf-8", "text", GCOAP_KIND_TEXT },
	{ 16, "application/cose;cose-type=\"cose-encrypt0\"", "cose-encrypt0", GCOAP_KIND_CBOR },
	{ 17, "application/cose;cose-type=\"cose-mac0\"", "cose-mac0", GCOAP_KIND_CBOR },
	{ 18, "application/cose;cose-type=\"cose-sign1\"", "cose-sign1", GCOAP_KIND_CBOR },
	{ 19, "application/ace+cbor", "ace+cbor", GCOAP_KIND_CBOR },
	{ 21, "image/gif", "gif", GCOAP_KIND_OPAQUE },
	{ 22, "image/jpeg", "jpeg", GCOAP_KIND_OPAQUE },
	{ 23, "image/png", "png", GCOAP_KIND_OPAQUE },
	{ 40, "application/link-format", "link-format", GCOAP_KIND_LINK },
	{ 41, "application/xml", "xml", GCOAP_KIND_XML },
	{ 42, "application/octet-stream", "octet-stream", GCOAP_KIND_OPAQUE },
	{ 47, "application/exi", "exi", GCOAP_KIND_OPAQUE },
	{ 50, "application/json", "json", GCOAP_KIND_JSON },
	{ 51, "application/json-patch+json", "json-patch+json", GCOAP_KIND_JSON },
	{ 52, "application/merge-patch+json", "merge-patch+json", GCOAP_KIND_JSON },
	{ 60, "application/cbor", "cbor", GCOAP_KIND_CBOR },
	{ 61, "application/cwt", "cwt", GCOAP_KIND_CBOR },
	{ 62, "application/multipart-core", "multipart-core", GCOAP_KIND_CBOR },
	{ 63, "application/cbor-seq", "cbor-seq", GCOAP_KIND_CBOR_SEQ },
	{ 64, "application/edhoc+cbor-seq", "edhoc+cbor-seq", GCOAP_KIND_CBOR_SEQ },
	{ 65, "application/cid-edhoc+cbor-seq", "cid-edhoc+cbor-seq", GCOAP_KIND_CBOR_SEQ },
	{ 96, "application/cose;cose-type=\"cose-encrypt\"", "cose-encrypt", GCOAP_KIND_CBOR },
	{ 97, "application/cose;cose-type=\"cose-mac\"", "cose-mac", GCOAP_KIND_CBOR },
	{ 98, "application/cose;cose-type=\"cose-sign\"", "cose-sign", GCOAP_KIND_CBOR },
	{ 101, "application/cose-key", "cose-key", GCOAP_KIND_CBOR },
	{ 102, "application/cose-key-set", "cose-key-set", GCOAP_KIND_CBOR },
	{ 110, "application/senml+json", "senml+json", GCOAP_KIND_SENML_JSON },
	{ 111, "application/sensml+json", "sensml+json", GCOAP_KIND_SENML_JSON },
	{ 112, "application/senml+cbor", "senml+cbor", GCOAP_KIND_SENML_CBOR },
	{ 113, "application/sensml+cbor", "sensml+cbor", GCOAP_KIND_SENML_CBOR },
	{ 114, "application/senml-exi", "senml-exi", GCOAP_KIND_OPAQUE },
	{ 115, "application/sensml-exi", "sensml-exi", GCOAP_KIND_OPAQUE },
	{ 140, "application/yang-data+cbor;id=sid", "yang-data+cbor-sid", GCOAP_KIND_CBOR },
	{ 256, "application/coap-group+json", "coap-group+json", GCOAP_KIND_JSON },
	{ 257, "application/concise-problem-details+cbor", "concise-problem-details+cbor",
	  GCOAP_KIND_CBOR },
	{ 258, "application/swid+cbor", "swid+cbor", GCOAP_KIND_CBOR },
	{ 271, "application/dots+cbor", "dots+cbor", GCOAP_KIND_CBOR },
	{ 272, "application/missing-blocks+cbor-seq", "missing-blocks+cbor-seq",
	  GCOAP_KIND_CBOR_SEQ },
	{ 280, "application/pkcs7-mime;smime-type=server-generated-key",
	  "pkcs7-server-generated-key", GCOAP_KIND_OPAQUE },
	{ 281, "application/pkcs7-mime;smime-type=certs-only", "pkcs7-certs-only",
	  GCOAP_KIND_OPAQUE },
	{ 284, "application/pkcs8", "pkcs8", GCOAP_KIND_OPAQUE },
	{ 285, "application/csrattrs", "csrattrs", GCOAP_KIND_OPAQUE },
	{ 286, "application/pkcs10", "pkcs10", GCOAP_KIND_OPAQUE },
	{ 287, "application/pkix-cert", "pkix-cert", GCOAP_KIND_OPAQUE },
	{ 290, "application/aif+cbor", "aif+cbor", GCOAP_KIND_CBOR },
	{ 291, "application/aif+json", "aif+json", GCOAP_KIND_JSON },
	{ 310, "application/senml+xml", "senml+xml", GCOAP_KIND_XML },
	{ 311, "application/sensml+xml", "sensml+xml", GCOAP_KIND_XML },
	{ 320, "application/senml-etch+json", "senml-etch+json", GCOAP_KIND_JSON },
	{ 322, "application/senml-etch+cbor", "senml-etch+cbor", GCOAP_KIND_CBOR },
	{ 340, "application/yang-data+cbor", "yang-data+cbor", GCOAP_KIND_CBOR },
	{ 341, "application/yang-data+cbor;id=name", "yang-data+cbor-name", GCOAP_KIND_CBOR },
	{ 432, "application/td+json", "td+json", GCOAP_KIND_JSON },
	{ 433, "application/tm+json", "tm+json", GCOAP_KIND_JSON },
	{ 10000, "application/vnd.ocf+cbor", "vnd.ocf+cbor", GCOAP_KIND_CBOR },
	{ 10001, "application/oscore", "oscore", GCOAP_KIND_OPAQUE },
	{ 10002, "application/javascript", "javascript", GCOAP_KIND_TEXT },
	{ 11542, "application/vnd.oma.lwm2m+tlv", "lwm2m+tlv", GCOAP_KIND_OPAQUE },
	{ 11543, "application/vnd.oma.lwm2m+json", "lwm2m+json", GCOAP_KIND_JSON },
	{ 11544, "application/vnd.oma.lwm2m+cbor", "lwm2m+cbor", GCOAP_KIND_CBOR },
	{ 20000, "text/css", "css", GCOAP_KIND_TEXT },
	{ 30000, "image/svg+xml", "svg+xml", GCOAP_KIND_XML },
};

#define N_FORMATS (sizeof(formats) / sizeof(formats[0]))

const struct gcoap_format_info *gcoap_format_at(unsigned i)
{
	return i < N_FORMATS ? &formats[i] : NULL;
}

const struct gcoap_format_info *gcoap_format_find(uint32_t number)
{
	size_t low = 0, high = N_FORMATS;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (formats[middle].number == number)
			return &formats[middle];
		if (formats[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* Media types are compared without regard to case and to blanks around their semicolons. */
static bool same_type(const char *a, const char *b)
{
	for (;; a++, b++) {
		if (*skip_blanks(a) == ';')
			a = skip_blanks(a);
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (*a == '\0')
			return true;
		if (*a == ';')
			a = skip_blanks(a + 1) - 1;
	}
}

/* True when @text is the type of @f without its parameters. */
static bool is_base_type(const struct gcoap_format_info *f, const char *text)
{
	size_t len = strcspn(f->media_type, ";");

	return strlen(text) == len && strncasecmp(f->media_type, text, len) == 0;
}

static int parse_number(const char *text, uint16_t *number)
{
	uint32_t n = 0;

	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return GCOAP_ENOTFOUND;
		if (n <= UINT16_MAX)
			n = n * 10 + (uint32_t)(*text - '0');
	}
	if (n > UINT16_MAX)
		return GCOAP_ERANGE;
	*number = (uint16_t)n;
	return 0;
}

int gcoap_format_parse(const char *text, uint16_t *number)
{
	const struct gcoap_format_info *base = NULL;
	int n_base = 0;

	if (*text >= '0' && *text <= '9')
		return parse_number(text, number);
	for (size_t i = 0; i < N_FORMATS; i++) {
		const struct gcoap_format_info *f = &formats[i];

		if (strcasecmp(text, f->name) == 0 || same_type(text, f->media_type)) {
			*number = f->number;
			return 0;
		}
		if (is_base_type(f, text)) {
			base = f;
			n_base++;
		}
	}
	if (n_base != 1)
		return GCOAP_ENOTFOUND;
	*number = base->number;
	return 0;
}
