/*
 * Append JSON to a buffer that is used again for every record: no allocation once it has
 * grown, no locale, and nothing that is not valid UTF-8 ever leaves it.
 */
#ifndef JSONW_H
#define JSONW_H

#include <stdbool.h>
#include <string.h>
#include <gcoap/bytes.h>
#include <gcoap/time.h>

struct jsonw {
	char *buf;
	size_t len, cap;
	bool failed; /* out of memory: the text is not whole */
};

void jsonw_clear(struct jsonw *w);
/* Room for @n more bytes; NULL when there is no memory. */
char *jsonw_room(struct jsonw *w, size_t n);
static inline void jsonw_raw(struct jsonw *w, const char *text, size_t n)
{
	char *out = w->cap - w->len >= n ? w->buf + w->len : jsonw_room(w, n);

	if (out && n) {
		memcpy(out, text, n);
		w->len += n;
	}
}
/* A literal of JSON text, such as ",\"ok\":". */
#define jsonw_lit(w, text) jsonw_raw(w, text, sizeof(text) - 1)

/* "text" with escapes; bytes that are no UTF-8 become U+FFFD. */
void jsonw_bytes(struct jsonw *w, struct gcoap_bytes text);
/* The same without the quotes, for a string that is put together. */
void jsonw_inner(struct jsonw *w, struct gcoap_bytes text);
/* As jsonw_bytes() of a C string; NULL becomes null. */
void jsonw_text(struct jsonw *w, const char *text);
void jsonw_uint(struct jsonw *w, uint64_t v);
void jsonw_bool(struct jsonw *w, bool v);
/* "6361…" with quotes. */
void jsonw_hex(struct jsonw *w, struct gcoap_bytes b);
void jsonw_base64(struct jsonw *w, struct gcoap_bytes b);
/* Milliseconds with @decimals (1 … 3) digits of fraction, rounded; trailing zeros are cut. */
void jsonw_ms(struct jsonw *w, gcoap_time t, unsigned decimals);

#endif
