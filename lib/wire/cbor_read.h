/* Heads of CBOR items (RFC 8949, Section 3), read one at a time. */
#ifndef WIRE_CBOR_READ_H
#define WIRE_CBOR_READ_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>

enum gcoap__cbor_major {
	CBOR_UINT, CBOR_NINT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_TAG, CBOR_SIMPLE
};
enum { CBOR_FALSE = 20, CBOR_TRUE, CBOR_NULL, CBOR_UNDEFINED };

struct gcoap__cbor_reader {
	struct gcoap_bytes data;
	size_t pos;
	struct gcoap_diag *diag;
};

struct gcoap__cbor_head {
	size_t at;	 /* offset of its first byte */
	uint8_t major;	 /* enum gcoap__cbor_major */
	uint8_t info;	 /* additional information, 0 ... 31 */
	bool indefinite; /* info 31: string, array or map without length; major 7: a break */
	bool shortest;	 /* no shorter head says the same (always true for floats) */
	uint64_t arg;
};

/*
 * Read one head and step behind it. The length of a definite string is checked against what
 * is left, so that gcoap__cbor_string() cannot fail. GCOAP_ESHORT ("cbor-short"),
 * GCOAP_EMALFORMED ("cbor-reserved", "cbor-simple", "cbor-length").
 */
int gcoap__cbor_head(struct gcoap__cbor_reader *r, struct gcoap__cbor_head *h);
/* The bytes of the definite string that @h opens; steps behind them. */
struct gcoap_bytes gcoap__cbor_string(struct gcoap__cbor_reader *r,
				      const struct gcoap__cbor_head *h);
/* True when @h is the simple value @value (CBOR_NULL ...). */
bool gcoap__cbor_is_simple(const struct gcoap__cbor_head *h, uint8_t value);
/* True when @h is a float of any width. */
bool gcoap__cbor_is_float(const struct gcoap__cbor_head *h);
double gcoap__cbor_float(const struct gcoap__cbor_head *h);
/* Step over the rest of a scanned item whose head was read. */
int gcoap__cbor_skip(struct gcoap__cbor_reader *r, const struct gcoap__cbor_head *h);

/* Fail at a byte of @r's data. */
int gcoap__cbor_fail(const struct gcoap__cbor_reader *r, int err, size_t at, const char *name,
		     const char *what);

#endif
