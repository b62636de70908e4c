#include <gcoap/senml.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gcoap/cbor.h>

#include "cbor_read.h"

#define TAG_DECIMAL 4 /* [exponent, mantissa] of base 10 (RFC 8949, Section 3.4.4) */
#define EXPONENT_MAX 400

static int bad(const struct gcoap__cbor_reader *r, size_t at, const char *name, const char *what)
{
	return gcoap__cbor_fail(r, GCOAP_EMALFORMED, at, name, what);
}

static double integer(const struct gcoap__cbor_head *h)
{
	return h->major == CBOR_NINT ? -1.0 - (double)h->arg : (double)h->arg;
}

static bool is_integer(const struct gcoap__cbor_head *h)
{
	return h->major == CBOR_UINT || h->major == CBOR_NINT;
}

/* The nearest double: a product with a power of ten would be rounded twice. */
static double decimal(double mantissa, double exponent)
{
	char text[64];

	snprintf(text, sizeof(text), "%.0fe%.0f", mantissa, exponent);
	return strtod(text, NULL);
}

static int read_decimal(struct gcoap__cbor_reader *r, double *out)
{
	struct gcoap__cbor_head array, exponent, mantissa;

	gcoap__cbor_head(r, &array);
	if (array.major != CBOR_ARRAY || array.indefinite || array.arg != 2)
		return bad(r, array.at, "senml-type", "a decimal fraction is an array of two");
	gcoap__cbor_head(r, &exponent);
	gcoap__cbor_head(r, &mantissa);
	if (!is_integer(&exponent) || !is_integer(&mantissa) || exponent.arg > EXPONENT_MAX)
		return bad(r, exponent.at, "senml-type", "not a decimal fraction of this range");
	*out = decimal(integer(&mantissa), integer(&exponent));
	return 0;
}

static int read_number(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h, double *out)
{
	if (h->major == CBOR_TAG && h->arg == TAG_DECIMAL)
		return read_decimal(r, out);
	if (is_integer(h))
		*out = integer(h);
	else if (gcoap__cbor_is_float(h))
		*out = gcoap__cbor_float(h);
	else
		return bad(r, h->at, "senml-type", "a number is expected");
	return 0;
}

static int read_string(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h,
		       uint8_t major, struct gcoap_bytes *out)
{
	if (h->major != major || h->indefinite)
		return bad(r, h->at, "senml-type",
			   major == CBOR_TEXT ? "text is expected" : "a byte string is expected");
	*out = gcoap__cbor_string(r, h);
	return 0;
}

static int read_field(struct gcoap__cbor_reader *r, enum gcoap_senml_label label,
		      struct gcoap_senml_field *f)
{
	struct gcoap__cbor_head h;

	gcoap__cbor_head(r, &h);
	f->given = true;
	switch (gcoap_senml_label_kind(label)) {
	case GCOAP_SENML_NUMBER:
		return read_number(r, &h, &f->number);
	case GCOAP_SENML_TEXT:
		return read_string(r, &h, CBOR_TEXT, &f->bytes);
	case GCOAP_SENML_DATA:
		return read_string(r, &h, CBOR_BYTES, &f->bytes);
	default:
		if (!gcoap__cbor_is_simple(&h, CBOR_FALSE) && !gcoap__cbor_is_simple(&h, CBOR_TRUE))
			return bad(r, h.at, "senml-type", "true or false is expected");
		f->boolean = h.arg == CBOR_TRUE;
		return 0;
	}
}

/* One label and its value; labels of extensions are passed over unless they end in '_'
 * (RFC 8428, Section 4.4). */
static int read_pair(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *label,
		     struct gcoap_senml_fields *f)
{
	struct gcoap__cbor_head value;
	struct gcoap_bytes name;
	double number;

	if (is_integer(label)) {
		number = integer(label) + 6;
		if (number >= 0 && number < GCOAP_SENML_LABELS)
			return read_field(r, (enum gcoap_senml_label)number, &f->at[(int)number]);
	} else if (label->major == CBOR_TEXT && !label->indefinite) {
		name = gcoap__cbor_string(r, label);
		if (name.len && name.ptr[name.len - 1] == '_')
			return bad(r, label->at, "senml-must-understand",
				   "an extension that must be understood");
	} else {
		return bad(r, label->at, "senml-label", "a label is an integer or text");
	}
	gcoap__cbor_head(r, &value);
	return gcoap__cbor_skip(r, &value);
}

/* True when the container @h has another item after @i of them; steps over a break. */
static bool more(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h, uint64_t i)
{
	if (!h->indefinite)
		return i < h->arg;
	if (r->data.ptr[r->pos] != 0xff)
		return true;
	r->pos++;
	return false;
}

static int read_record(struct gcoap__cbor_reader *r, struct gcoap_senml_fields *f, size_t *at)
{
	struct gcoap__cbor_head map, label;
	int err;

	memset(f, 0, sizeof(*f));
	gcoap__cbor_head(r, &map);
	*at = map.at;
	if (map.major != CBOR_MAP)
		return bad(r, map.at, "senml-record", "a record is a map");
	for (uint64_t i = 0; more(r, &map, i); i++) {
		gcoap__cbor_head(r, &label);
		err = read_pair(r, &label, f);
		if (err < 0)
			return err;
	}
	return 0;
}

/* The scan has passed, so heads cannot fail and breaks are where they belong. */
int gcoap_senml_walk_cbor(struct gcoap_bytes data,
			  int (*each)(void *arg, const struct gcoap_senml *rec), void *arg,
			  struct gcoap_diag *diag)
{
	static const struct gcoap_cbor_limits limits = GCOAP_CBOR_LIMITS;
	struct gcoap__cbor_reader r = { data, 0, diag };
	struct gcoap_senml_base base = { 0 };
	struct gcoap_senml_fields fields;
	struct gcoap_senml record;
	struct gcoap__cbor_head pack;
	size_t at;
	int err;

	err = gcoap_cbor_scan(data, &limits, diag);
	if (err < 0)
		return err == GCOAP_ESHORT ? GCOAP_EMALFORMED : err;
	gcoap__cbor_head(&r, &pack);
	if (pack.major != CBOR_ARRAY)
		return bad(&r, 0, "senml-array", "a pack is an array of records");
	for (uint64_t i = 0; more(&r, &pack, i); i++) {
		err = read_record(&r, &fields, &at);
		if (err < 0)
			return err;
		err = gcoap_senml_resolve(&base, &fields, &record, at, diag);
		if (err > 0)
			err = each(arg, &record);
		if (err)
			return err;
	}
	return 0;
}
