#include <gcoap/cbor.h>

#include <math.h>
#include <string.h>

enum major { UINT = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6, SIMPLE = 7 };

static void put(struct gcoap_cbor_writer *w, uint8_t byte)
{
	if (w->len < w->cap)
		w->buf[w->len] = byte;
	w->len++;
}

static void put_be(struct gcoap_cbor_writer *w, uint64_t v, unsigned bytes)
{
	while (bytes-- > 0)
		put(w, (uint8_t)(v >> (8 * bytes)));
}

static void head(struct gcoap_cbor_writer *w, enum major major, uint64_t v)
{
	uint8_t top = (uint8_t)(major << 5);

	if (v < 24) {
		put(w, (uint8_t)(top | v));
	} else if (v <= UINT8_MAX) {
		put(w, top | 24);
		put_be(w, v, 1);
	} else if (v <= UINT16_MAX) {
		put(w, top | 25);
		put_be(w, v, 2);
	} else if (v <= UINT32_MAX) {
		put(w, top | 26);
		put_be(w, v, 4);
	} else {
		put(w, top | 27);
		put_be(w, v, 8);
	}
}

static void string(struct gcoap_cbor_writer *w, enum major major, struct gcoap_bytes b)
{
	head(w, major, b.len);
	if (b.len > 0 && w->len < w->cap && b.len <= w->cap - w->len)
		memcpy(w->buf + w->len, b.ptr, b.len);
	w->len += b.len;
}

void gcoap_cbor_write_uint(struct gcoap_cbor_writer *w, uint64_t v)
{
	head(w, UINT, v);
}

void gcoap_cbor_write_int(struct gcoap_cbor_writer *w, int64_t v)
{
	if (v < 0)
		head(w, NEGATIVE, (uint64_t)(-1 - v));
	else
		head(w, UINT, (uint64_t)v);
}

/* The half-precision bits of @v when it has them exactly: normal numbers, zero, infinity. */
static bool to_half(double v, uint16_t *out)
{
	uint16_t sign = signbit(v) ? 0x8000 : 0;
	double a = fabs(v), scaled;
	int exp;

	if (a == 0) {
		*out = sign;
		return true;
	}
	if (isinf(a)) {
		*out = sign | 0x7c00;
		return true;
	}
	frexp(a, &exp); /* a = m * 2^exp, 0.5 <= m < 1 */
	if (exp > 16 || exp < -13)
		return false;
	scaled = ldexp(a, 11 - exp); /* 11 significant bits: 1024 … 2047 */
	if (scaled != floor(scaled))
		return false;
	*out = (uint16_t)(sign | (exp + 14) << 10 | ((unsigned)scaled & 0x3ff));
	return true;
}

void gcoap_cbor_write_double(struct gcoap_cbor_writer *w, double v)
{
	uint16_t half;
	uint32_t bits32;
	uint64_t bits64;
	float single = (float)v;

	if (isnan(v)) {
		put(w, SIMPLE << 5 | 25);
		put_be(w, 0x7e00, 2);
	} else if (to_half(v, &half)) {
		put(w, SIMPLE << 5 | 25);
		put_be(w, half, 2);
	} else if ((double)single == v) {
		memcpy(&bits32, &single, sizeof(bits32));
		put(w, SIMPLE << 5 | 26);
		put_be(w, bits32, 4);
	} else {
		memcpy(&bits64, &v, sizeof(bits64));
		put(w, SIMPLE << 5 | 27);
		put_be(w, bits64, 8);
	}
}

void gcoap_cbor_write_bytes(struct gcoap_cbor_writer *w, struct gcoap_bytes b)
{
	string(w, BYTES, b);
}

void gcoap_cbor_write_text(struct gcoap_cbor_writer *w, struct gcoap_bytes b)
{
	string(w, TEXT, b);
}

void gcoap_cbor_write_tag(struct gcoap_cbor_writer *w, uint64_t tag)
{
	head(w, TAG, tag);
}

void gcoap_cbor_write_array(struct gcoap_cbor_writer *w, size_t n)
{
	head(w, ARRAY, n);
}

void gcoap_cbor_write_map(struct gcoap_cbor_writer *w, size_t n)
{
	head(w, MAP, n);
}

void gcoap_cbor_write_bool(struct gcoap_cbor_writer *w, bool v)
{
	put(w, (uint8_t)(SIMPLE << 5 | (v ? 21 : 20)));
}

void gcoap_cbor_write_null(struct gcoap_cbor_writer *w)
{
	put(w, SIMPLE << 5 | 22);
}

int gcoap_cbor_written(const struct gcoap_cbor_writer *w)
{
	return w->len <= w->cap ? (int)w->len : GCOAP_ESPACE;
}
