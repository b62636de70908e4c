/* Views of bytes that somebody else owns, and their hexadecimal form. */
#ifndef GCOAP_BYTES_H
#define GCOAP_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gcoap_bytes {
	const uint8_t *ptr;
	size_t len;
};

bool gcoap_bytes_equal(struct gcoap_bytes a, struct gcoap_bytes b);

/* A view of a C string, without its final NUL. */
struct gcoap_bytes gcoap_bytes_text(const char *text);

/* Lower-case hex of @b into @buf, always NUL-terminated; what does not fit is cut at a whole
 * byte. Returns the number of characters written. */
size_t gcoap_hex_encode(struct gcoap_bytes b, char *buf, size_t cap);

/* Decode hex (an even number of digits, either case, no separators) of @len characters.
 * Returns the number of bytes written to @buf; GCOAP_EMALFORMED, GCOAP_ESPACE. */
int gcoap_hex_decode(const char *hex, size_t len, uint8_t *buf, size_t cap);

/* True when @b is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool gcoap_utf8_valid(struct gcoap_bytes b);

#endif
