/*
 * CoAP messages (RFC 7252, Section 3): bytes to structure and back.
 * Nothing here allocates; views point into the caller's buffers.
 */
#ifndef GCOAP_MSG_H
#define GCOAP_MSG_H

#include <gcoap/bytes.h>
#include <gcoap/error.h>

#define GCOAP_TOKEN_MAX 8
#define GCOAP_OPTIONS_MAX 64
#define GCOAP_DATAGRAM_MAX 65507

enum gcoap_type { GCOAP_CON = 0, GCOAP_NON = 1, GCOAP_ACK = 2, GCOAP_RST = 3 };

/* Codes are c.dd packed as (c << 5 | dd). */
#define GCOAP_CODE(class, detail) ((uint8_t)((class) << 5 | (detail)))
#define GCOAP_CODE_CLASS(code) ((code) >> 5)
#define GCOAP_CODE_DETAIL(code) ((code)&0x1f)
#define GCOAP_CODE_IS_REQUEST(code) ((code) > 0 && (code) < 32)
#define GCOAP_CODE_IS_RESPONSE(code) (GCOAP_CODE_CLASS(code) >= 2 && GCOAP_CODE_CLASS(code) <= 5)

enum gcoap_code {
	GCOAP_EMPTY = 0,
	GCOAP_GET = 1, GCOAP_POST, GCOAP_PUT, GCOAP_DELETE,	 /* RFC 7252 */
	GCOAP_FETCH, GCOAP_PATCH, GCOAP_IPATCH,			 /* RFC 8132 */
	GCOAP_CREATED = 65, GCOAP_DELETED, GCOAP_VALID, GCOAP_CHANGED, GCOAP_CONTENT,
	GCOAP_CONTINUE = 95,
	GCOAP_BAD_REQUEST = 128, GCOAP_UNAUTHORIZED, GCOAP_BAD_OPTION, GCOAP_FORBIDDEN,
	GCOAP_NOT_FOUND, GCOAP_METHOD_NOT_ALLOWED, GCOAP_NOT_ACCEPTABLE,
	GCOAP_REQUEST_INCOMPLETE = 136, GCOAP_CONFLICT = 137,
	GCOAP_PRECONDITION_FAILED = 140, GCOAP_TOO_LARGE = 141, GCOAP_UNSUPPORTED_FORMAT = 143,
	GCOAP_UNPROCESSABLE = 150, GCOAP_TOO_MANY_REQUESTS = 157,
	GCOAP_SERVER_ERROR = 160, GCOAP_NOT_IMPLEMENTED, GCOAP_BAD_GATEWAY,
	GCOAP_UNAVAILABLE, GCOAP_GATEWAY_TIMEOUT, GCOAP_NOT_PROXY, GCOAP_HOP_LIMIT_REACHED = 168
};

struct gcoap_option {
	uint16_t number;
	uint32_t at;		  /* offset of the value in the message; 0 when built */
	struct gcoap_bytes value;
};

struct gcoap_msg {
	uint8_t type; /* enum gcoap_type */
	uint8_t code;
	uint16_t mid;
	uint8_t token_len;
	uint8_t token[GCOAP_TOKEN_MAX];
	size_t n_options;
	struct gcoap_option options[GCOAP_OPTIONS_MAX]; /* by number; repeats in order */
	struct gcoap_bytes payload;
};

/*
 * Decode one datagram. @out borrows from @datagram. On failure @diag (may be NULL) names the
 * fault ("short-header", "bad-version", "reserved-tkl", "short-token", "bad-empty",
 * "reserved-class", "reserved-delta", "reserved-length", "option-wrap", "option-truncated",
 * "too-many-options", "marker-no-payload") and the byte where the faulty part begins: of an
 * option that is its first byte. @out then holds what came before the fault.
 * Returns 0; GCOAP_ESHORT (fewer than 4 bytes) or GCOAP_EUNSUPPORTED (not version 1): @out is
 * empty, and the datagram is to be ignored in silence; GCOAP_EMALFORMED or GCOAP_ELIMIT (65
 * options): type, code and Message ID are valid, the token too unless the fault is before it.
 */
int gcoap_msg_decode(struct gcoap_msg *out, struct gcoap_bytes datagram,
		     struct gcoap_diag *diag);

/* Start a message without token, options and payload. */
void gcoap_msg_init(struct gcoap_msg *m, enum gcoap_type type, uint8_t code);
/* @token_len above 8: GCOAP_ERANGE. */
int gcoap_msg_set_token(struct gcoap_msg *m, const void *token, size_t token_len);

/* Insert an option behind those with the same or a lower number; @value is borrowed.
 * GCOAP_ELIMIT when 64 are there. */
int gcoap_msg_add(struct gcoap_msg *m, uint16_t number, struct gcoap_bytes value);
/* The shortest uint form (RFC 7252, Section 3.2) in the caller's @store, which @m borrows. */
int gcoap_msg_add_uint(struct gcoap_msg *m, uint16_t number, uint32_t value,
		       uint8_t store[4]);
int gcoap_msg_add_text(struct gcoap_msg *m, uint16_t number, const char *text);
/* Remove every occurrence; returns how many there were. */
size_t gcoap_msg_remove(struct gcoap_msg *m, uint16_t number);

/* The first option with that number, or NULL; _next: the one behind @o with the same one. */
const struct gcoap_option *gcoap_msg_find(const struct gcoap_msg *m, uint16_t number);
const struct gcoap_option *gcoap_msg_next(const struct gcoap_msg *m,
					  const struct gcoap_option *o);
/* The value of a uint option of at most @max_len bytes (<= 4). GCOAP_ENOTFOUND when absent,
 * GCOAP_EMALFORMED when longer. */
int gcoap_msg_uint(const struct gcoap_msg *m, uint16_t number, size_t max_len, uint32_t *out);
int gcoap_uint_decode(struct gcoap_bytes value, size_t max_len, uint32_t *out);
size_t gcoap_uint_encode(uint32_t value, uint8_t store[4]);

bool gcoap_msg_same_token(const struct gcoap_msg *a, const struct gcoap_msg *b);

/* Bytes that gcoap_msg_encode() would write. */
size_t gcoap_msg_size(const struct gcoap_msg *m);
/* Encode into @buf; returns the length; GCOAP_ESPACE (nothing usable was written),
 * GCOAP_EINVALID for options out of order, a value above 65,804 bytes, or more options or
 * token bytes than the structure holds. */
int gcoap_msg_encode(const struct gcoap_msg *m, uint8_t *buf, size_t cap);

/* "2.05"; buf of 5. Returns @buf. */
char *gcoap_code_format(uint8_t code, char buf[5]);
/* "Content", "Not Found", "GET"; NULL when the code has no name. */
const char *gcoap_code_name(uint8_t code);
/* 0 and the method's code for "get" … "ipatch" in either case; GCOAP_ENOTFOUND. */
int gcoap_method_parse(const char *name, uint8_t *code);
/* "CON", "NON", "ACK", "RST". */
const char *gcoap_type_name(uint8_t type);

#endif
