#include "cri.h"

#include <string.h>

#include "uri_text.h"

static int bad(const struct gcoap__cbor_reader *r, size_t at, const char *name, const char *what)
{
	return gcoap__cbor_fail(r, GCOAP_EMALFORMED, at, name, what);
}

/* A head as a CRI wants it: the shortest one that there is, and of known length. */
static int head(struct gcoap__cbor_reader *r, struct gcoap__cbor_head *h)
{
	int err = gcoap__cbor_head(r, h);

	if (err < 0)
		return err;
	if (!h->shortest)
		return bad(r, h->at, "cri-not-shortest", "the head is longer than it has to be");
	if (h->indefinite)
		return bad(r, h->at, "cri-indefinite", "a CRI has definite lengths only");
	return 0;
}

/* The scheme-id is -1 - scheme-number. */
static const struct {
	int64_t number;
	enum gcoap_scheme scheme;
} scheme_numbers[] = {
	{ 0, GCOAP_SCHEME_COAP },      { 1, GCOAP_SCHEME_COAPS },
	{ 2, GCOAP_SCHEME_HTTP },      { 3, GCOAP_SCHEME_HTTPS },
	{ 6, GCOAP_SCHEME_COAP_TCP },  { 7, GCOAP_SCHEME_COAPS_TCP },
	{ 24, GCOAP_SCHEME_COAP_WS },  { 25, GCOAP_SCHEME_COAPS_WS },
};
#define N_SCHEMES (sizeof(scheme_numbers) / sizeof(scheme_numbers[0]))

bool gcoap__cri_scheme_number(uint64_t number, enum gcoap_scheme *out)
{
	for (size_t i = 0; i < N_SCHEMES; i++) {
		if ((uint64_t)scheme_numbers[i].number == number) {
			*out = scheme_numbers[i].scheme;
			return true;
		}
	}
	return false;
}

int gcoap__cri_scheme_read(struct gcoap__cbor_reader *r, enum gcoap_scheme *out, bool *unknown)
{
	struct gcoap__cbor_head h;
	struct gcoap_bytes name;
	int err = head(r, &h);

	if (err < 0)
		return err;
	*unknown = false;
	if (h.major == CBOR_TEXT) {
		name = gcoap__cbor_string(r, &h);
		if (gcoap_scheme_parse((const char *)name.ptr, name.len, out) < 0)
			*unknown = true;
		return 0;
	}
	if (h.major != CBOR_NINT)
		return bad(r, h.at, "cri-scheme", "a scheme (-1 is coap) is expected");
	*unknown = !gcoap__cri_scheme_number(h.arg, out);
	return 0;
}

void gcoap__cri_scheme_write(struct gcoap_cbor_writer *w, enum gcoap_scheme scheme)
{
	for (size_t i = 0; i < N_SCHEMES; i++) {
		if (scheme_numbers[i].scheme == scheme)
			gcoap_cbor_write_int(w, -1 - scheme_numbers[i].number);
	}
}

/* Characters that a segment and a query argument hold as they are. */
#define SEGMENT "!$&'()*+,;=:@"
#define ARGUMENT "!$'()*+,;=:@/?"

/* Append a label (@also NULL), segment or argument, with everything that is not plain text as
 * %XX: NUL, dots and slashes inside it can then not be taken for what they are not. */
static int put_part(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h,
		    struct gcoap__text *t, const char *also)
{
	struct gcoap_bytes part = gcoap__cbor_string(r, h);

	for (size_t i = 0; i < part.len; i++) {
		uint8_t c = part.ptr[i];

		if (!also && c == '.')
			gcoap__text_put(t, "%2E");
		else if (!also && c >= 'A' && c <= 'Z')
			gcoap__text_put_char(t, (char)(c | 0x20));
		else
			gcoap__text_put_percent(t, (struct gcoap_bytes){ &part.ptr[i], 1 },
						also ? also : "");
	}
	if (gcoap__text_end(t) < 0)
		return gcoap__cbor_fail(r, GCOAP_ELIMIT, h->at, "cri-long",
					also ? "the path or query is too long"
					     : "a host name has at most 255 characters");
	return 0;
}

static int read_address(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h,
			struct gcoap__cri_authority *out)
{
	if (h->arg != 4 && h->arg != 16)
		return bad(r, h->at, "cri-host", "an address has 4 or 16 bytes");
	out->addr.family = h->arg == 4 ? 4 : 6;
	memcpy(out->addr.bytes, gcoap__cbor_string(r, h).ptr, (size_t)h->arg);
	return 0;
}

static int read_port(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h,
		     struct gcoap__cri_authority *out)
{
	if (h->major != CBOR_UINT || h->arg == 0 || h->arg > 65535)
		return bad(r, h->at, "cri-port", "a port is a number from 1 to 65535");
	out->addr.port = (uint16_t)h->arg;
	return 0;
}

/* A zone-id behind an IPv6 address, or one more label of a name. */
static int read_text(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h,
		     struct gcoap__cri_authority *out, struct gcoap__text *name)
{
	struct gcoap__text zone = { out->zone, sizeof(out->zone), 0 };

	if (h->arg == 0)
		return bad(r, h->at, "cri-host", "a label or zone is empty");
	if (!out->addr.family) {
		if (name->len)
			gcoap__text_put_char(name, '.');
		return put_part(r, h, name, NULL);
	}
	if (out->addr.family == 4 || out->zone[0])
		return bad(r, h->at, "cri-host", "one zone behind an IPv6 address is all there can be");
	gcoap__text_put_percent(&zone, gcoap__cbor_string(r, h), "");
	if (gcoap__text_end(&zone) < 0)
		return bad(r, h->at, "cri-host", "a zone has at most 31 characters");
	return 0;
}

int gcoap__cri_authority_read(struct gcoap__cbor_reader *r, struct gcoap__cri_authority *out)
{
	struct gcoap__text name = { out->host, sizeof(out->host), 0 };
	struct gcoap__cbor_head array, h;
	int err = head(r, &array);

	memset(out, 0, sizeof(*out));
	if (err < 0)
		return err;
	if (array.major != CBOR_ARRAY || array.arg == 0)
		return bad(r, array.at, "cri-authority", "an array with a host is expected");
	for (uint64_t i = 0; i < array.arg; i++) {
		err = head(r, &h);
		if (err < 0)
			return err;
		if (gcoap__cbor_is_simple(&h, CBOR_FALSE) && i == 0)
			return bad(r, h.at, "cri-user-info", "user information is not sent in CoAP");
		if (h.major == CBOR_TEXT)
			err = read_text(r, &h, out, &name);
		else if (h.major == CBOR_BYTES && i == 0)
			err = read_address(r, &h, out);
		else if (i == 0)
			err = bad(r, h.at, "cri-host", "a host is expected");
		else if (i + 1 == array.arg)
			err = read_port(r, &h, out);
		else
			err = bad(r, h.at, "cri-host", "a label, a zone or a port is expected");
		if (err < 0)
			return err;
	}
	return 0;
}

int gcoap__cri_path_read(struct gcoap__cbor_reader *r, char *path, size_t cap)
{
	struct gcoap__text t = { path, cap, 0 };
	struct gcoap__cbor_head array, h;
	size_t before;
	int err = head(r, &array);

	if (err < 0)
		return err;
	if (array.major != CBOR_ARRAY || array.arg == 0)
		return bad(r, array.at, "cri-path", "an array of path segments is expected");
	for (uint64_t i = 0; i < array.arg; i++) {
		err = head(r, &h);
		if (err < 0)
			return err;
		if (h.major != CBOR_TEXT)
			return bad(r, h.at, "cri-path", "a path segment is text");
		gcoap__text_put_char(&t, '/');
		before = t.len;
		err = put_part(r, &h, &t, SEGMENT);
		if (err < 0)
			return err;
		if (!strcmp(path + before, ".") || !strcmp(path + before, ".."))
			return bad(r, h.at, "cri-path", "\".\" and \"..\" are not path segments");
	}
	return 0;
}

int gcoap__cri_query_read(struct gcoap__cbor_reader *r, char *query, size_t cap)
{
	struct gcoap__text t = { query, cap, 0 };
	struct gcoap__cbor_head array, h;
	int err = head(r, &array);

	if (err < 0)
		return err;
	if (array.major != CBOR_ARRAY || array.arg == 0)
		return bad(r, array.at, "cri-query", "an array of query arguments is expected");
	for (uint64_t i = 0; i < array.arg; i++) {
		err = head(r, &h);
		if (err < 0)
			return err;
		if (h.major != CBOR_TEXT)
			return bad(r, h.at, "cri-query", "a query argument is text");
		gcoap__text_put_char(&t, i ? '&' : '?');
		err = put_part(r, &h, &t, ARGUMENT);
		if (err < 0)
			return err;
	}
	return 0;
}
