#include "cbor_read.h"

#include <math.h>
#include <string.h>

int gcoap__cbor_fail(const struct gcoap__cbor_reader *r, int err, size_t at, const char *name,
		     const char *what)
{
	return gcoap_fail(r->diag, err, at, name, what);
}

/* The argument of 1, 2, 4 or 8 bytes behind the initial byte. */
static int read_argument(struct gcoap__cbor_reader *r, struct gcoap__cbor_head *h)
{
	size_t width = (size_t)1 << (h->info - 24);
	uint64_t least;

	if (r->data.len - r->pos < width)
		return gcoap__cbor_fail(r, GCOAP_ESHORT, h->at, "cbor-short",
					"the item's head is cut off");
	h->arg = 0;
	for (size_t i = 0; i < width; i++)
		h->arg = h->arg << 8 | r->data.ptr[r->pos++];
	if (h->major == CBOR_SIMPLE) {
		if (h->info == 24 && h->arg < 32)
			return gcoap__cbor_fail(r, GCOAP_EMALFORMED, h->at, "cbor-simple",
						"simple values below 32 have no second byte");
		return 0;
	}
	least = h->info == 24 ? 24 : (uint64_t)1 << (width * 4);
	h->shortest = h->arg >= least;
	return 0;
}

static bool may_be_indefinite(uint8_t major)
{
	return (major >= CBOR_BYTES && major <= CBOR_MAP) || major == CBOR_SIMPLE;
}

int gcoap__cbor_head(struct gcoap__cbor_reader *r, struct gcoap__cbor_head *h)
{
	int err;

	*h = (struct gcoap__cbor_head){ .at = r->pos, .shortest = true };
	if (r->pos >= r->data.len)
		return gcoap__cbor_fail(r, GCOAP_ESHORT, r->pos, "cbor-short",
					"the data ends where an item is expected");
	h->major = r->data.ptr[r->pos] >> 5;
	h->info = r->data.ptr[r->pos++] & 0x1f;
	h->arg = h->info;
	if (h->info >= 28) {
		h->indefinite = h->info == 31 && may_be_indefinite(h->major);
		if (!h->indefinite)
			return gcoap__cbor_fail(r, GCOAP_EMALFORMED, h->at, "cbor-reserved",
						"additional information 28 to 30 is reserved, "
						"31 has no meaning for this type");
		h->arg = 0;
		return 0;
	}
	err = h->info >= 24 ? read_argument(r, h) : 0;
	if (err < 0)
		return err;
	if ((h->major == CBOR_BYTES || h->major == CBOR_TEXT) && h->arg > r->data.len - r->pos)
		return gcoap__cbor_fail(r, GCOAP_EMALFORMED, h->at, "cbor-length",
					"the string declares more bytes than are left");
	return 0;
}

struct gcoap_bytes gcoap__cbor_string(struct gcoap__cbor_reader *r,
				      const struct gcoap__cbor_head *h)
{
	struct gcoap_bytes b = { r->data.ptr + r->pos, (size_t)h->arg };

	r->pos += b.len;
	return b;
}

bool gcoap__cbor_is_simple(const struct gcoap__cbor_head *h, uint8_t value)
{
	return h->major == CBOR_SIMPLE && h->info <= 24 && h->arg == value;
}

bool gcoap__cbor_is_float(const struct gcoap__cbor_head *h)
{
	return h->major == CBOR_SIMPLE && h->info >= 25 && h->info <= 27;
}

/* RFC 8949, Appendix D. */
static double half_float(uint16_t bits)
{
	int exponent = bits >> 10 & 0x1f, mantissa = bits & 0x3ff;
	double value;

	if (exponent == 0)
		value = ldexp(mantissa, -24);
	else if (exponent != 31)
		value = ldexp(mantissa + 1024, exponent - 25);
	else
		value = mantissa ? (double)NAN : (double)INFINITY;
	return bits & 0x8000 ? -value : value;
}

double gcoap__cbor_float(const struct gcoap__cbor_head *h)
{
	uint32_t single_bits = (uint32_t)h->arg;
	float single;
	double value;

	if (h->info == 25)
		return half_float((uint16_t)h->arg);
	if (h->info == 26) {
		memcpy(&single, &single_bits, sizeof(single));
		return (double)single;
	}
	memcpy(&value, &h->arg, sizeof(value));
	return value;
}

int gcoap__cbor_skip(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h)
{
	uint64_t inside = h->major == CBOR_MAP ? h->arg * 2 : h->major == CBOR_TAG ? 1 : h->arg;
	struct gcoap__cbor_head next;
	int err;

	if ((h->major == CBOR_BYTES || h->major == CBOR_TEXT) && !h->indefinite) {
		gcoap__cbor_string(r, h);
		return 0;
	}
	if (h->major < CBOR_BYTES || h->major == CBOR_SIMPLE)
		return 0;
	while (h->indefinite || inside--) {
		err = gcoap__cbor_head(r, &next);
		if (err < 0)
			return err;
		if (next.major == CBOR_SIMPLE && next.indefinite)
			break;
		err = gcoap__cbor_skip(r, &next);
		if (err < 0)
			return err;
	}
	return 0;
}
