/*
 * One list of errors for the whole library. A function that can fail returns a negative
 * value of this list, and 0 or a count when it succeeds; test with `r < 0`.
 */
#ifndef GCOAP_ERROR_H
#define GCOAP_ERROR_H

#include <stddef.h>

#define GCOAP_ERRORS(X)                                                                    \
	X(NOMEM, -1, "out of memory")                                                      \
	X(INVALID, -2, "invalid argument")                                                 \
	X(SHORT, -3, "message ends early")                                                 \
	X(MALFORMED, -4, "message format error")                                           \
	X(SPACE, -5, "buffer too small")                                                   \
	X(UNKNOWN, -6, "token is not known")                                               \
	X(DUPLICATE, -7, "this Message ID was seen before")                                \
	X(LIMIT, -8, "limit reached")                                                      \
	X(NOTFOUND, -9, "not found")                                                       \
	X(SYSTEM, -10, "system call failed")                                               \
	X(RESOLVE, -11, "name not resolved")                                               \
	X(ROUTE, -12, "no route to the destination")                                       \
	X(PERMISSION, -13, "not permitted")                                                \
	X(UNSUPPORTED, -14, "not supported")                                               \
	X(RANGE, -15, "value out of range")                                                \
	X(CLOSED, -16, "the exchange has ended")                                           \
	X(INTERRUPTED, -17, "interrupted")                                                 \
	X(INTERFACE, -18, "no such interface")                                             \
	X(BUSY, -19, "address already in use")                                             \
	X(SECURITY, -20, "security failed")                                                \
	X(AGAIN, -21, "not yet")

#define GCOAP_ERROR_ENUM(name, value, text) GCOAP_E##name = (value),
enum gcoap_err { GCOAP_OK = 0, GCOAP_ERRORS(GCOAP_ERROR_ENUM) };
#undef GCOAP_ERROR_ENUM

/* The text of an error, in English, without a final dot. Never NULL; "unknown error" for a
 * value that is not in the list. */
const char *gcoap_strerror(int err);

/*
 * Where and why input was refused. Parsers fill it when the caller passes one; on success it
 * is left alone. All strings are static.
 */
struct gcoap_diag {
	size_t at;	  /* byte offset in the input, counted from 0 */
	const char *name; /* short name to count and grep for, such as "short-header" */
	const char *what; /* one sentence: what is wrong and what was expected */
};

/* Fill @d when it is not NULL; returns @err, so that a parser can `return gcoap_fail(...)`. */
int gcoap_fail(struct gcoap_diag *d, int err, size_t at, const char *name, const char *what);

#endif
