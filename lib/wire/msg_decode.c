/* Bytes to message (RFC 7252, Section 3). */
#include <gcoap/msg.h>

#include <string.h>

#define HEADER 4
#define MARKER 0xff

enum fault {
	FAULT_NONE, SHORT_HEADER, BAD_VERSION, RESERVED_TKL, SHORT_TOKEN, BAD_EMPTY,
	RESERVED_CLASS, RESERVED_DELTA, RESERVED_LENGTH, OPTION_WRAP, OPTION_TRUNCATED,
	TOO_MANY_OPTIONS, MARKER_NO_PAYLOAD
};

static const struct {
	int err;
	const char *name, *what;
} faults[] = {
	[SHORT_HEADER] = { GCOAP_ESHORT, "short-header",
			   "a message has a header of 4 bytes" },
	[BAD_VERSION] = { GCOAP_EUNSUPPORTED, "bad-version",
			  "the version of CoAP is 1; others are ignored" },
	[RESERVED_TKL] = { GCOAP_EMALFORMED, "reserved-tkl",
			   "token lengths 9 to 15 are reserved" },
	[SHORT_TOKEN] = { GCOAP_EMALFORMED, "short-token",
			  "the token is longer than what is left of the message" },
	[BAD_EMPTY] = { GCOAP_EMALFORMED, "bad-empty",
			"an Empty message ends with its Message ID" },
	[RESERVED_CLASS] = { GCOAP_EMALFORMED, "reserved-class",
			     "code classes 1, 6 and 7 are reserved" },
	[RESERVED_DELTA] = { GCOAP_EMALFORMED, "reserved-delta",
			     "option delta 15 is reserved for the payload marker" },
	[RESERVED_LENGTH] = { GCOAP_EMALFORMED, "reserved-length",
			      "option length 15 is reserved" },
	[OPTION_WRAP] = { GCOAP_EMALFORMED, "option-wrap",
			  "the option deltas sum up to more than 65535" },
	[OPTION_TRUNCATED] = { GCOAP_EMALFORMED, "option-truncated",
			       "the option is longer than what is left of the message" },
	[TOO_MANY_OPTIONS] = { GCOAP_ELIMIT, "too-many-options",
			       "a message may have at most 64 options" },
	[MARKER_NO_PAYLOAD] = { GCOAP_EMALFORMED, "marker-no-payload",
				"a payload marker is followed by at least one byte" },
};

static int fail(struct gcoap_diag *diag, enum fault fault, size_t at)
{
	return gcoap_fail(diag, faults[fault].err, at, faults[fault].name, faults[fault].what);
}

/* The extended form of a delta or length nibble (Section 3.1); false when it is cut off. */
static inline bool extend(uint32_t *n, const uint8_t **p, const uint8_t *end)
{
	if (*n < 13)
		return true;
	if (*n == 13) {
		if (end - *p < 1)
			return false;
		*n = 13u + (*p)[0];
		*p += 1;
		return true;
	}
	if (end - *p < 2)
		return false;
	*n = 269u + ((uint32_t)(*p)[0] << 8 | (*p)[1]);
	*p += 2;
	return true;
}

/* Everything behind the token; *@at is the first byte of the option at fault. */
static enum fault decode_options(struct gcoap_msg *out, const uint8_t *start, const uint8_t *p,
				 const uint8_t *end, size_t *at)
{
	uint32_t number = 0, delta, len;

	while (p < end) {
		*at = (size_t)(p - start);
		if (*p == MARKER) {
			if (end - p == 1)
				return MARKER_NO_PAYLOAD;
			out->payload.ptr = p + 1;
			out->payload.len = (size_t)(end - p - 1);
			return FAULT_NONE;
		}
		delta = *p >> 4;
		len = *p & 15;
		p++;
		if (delta == 15)
			return RESERVED_DELTA;
		if (len == 15)
			return RESERVED_LENGTH;
		if (!extend(&delta, &p, end) || !extend(&len, &p, end))
			return OPTION_TRUNCATED;
		number += delta;
		if (number > UINT16_MAX)
			return OPTION_WRAP;
		if (len > (size_t)(end - p))
			return OPTION_TRUNCATED;
		if (out->n_options == GCOAP_OPTIONS_MAX)
			return TOO_MANY_OPTIONS;
		out->options[out->n_options++] = (struct gcoap_option){
			(uint16_t)number, (uint32_t)(p - start), { p, len }
		};
		p += len;
	}
	return FAULT_NONE;
}

int gcoap_msg_decode(struct gcoap_msg *out, struct gcoap_bytes datagram,
		     struct gcoap_diag *diag)
{
	const uint8_t *p = datagram.ptr;
	uint8_t token_len;
	enum fault fault;
	size_t at = 0;

	gcoap_msg_init(out, GCOAP_CON, GCOAP_EMPTY);
	if (datagram.len < HEADER)
		return fail(diag, SHORT_HEADER, datagram.len);
	if (p[0] >> 6 != 1)
		return fail(diag, BAD_VERSION, 0);
	out->type = p[0] >> 4 & 3;
	out->code = p[1];
	out->mid = (uint16_t)(p[2] << 8 | p[3]);
	token_len = p[0] & 15;
	if (token_len > GCOAP_TOKEN_MAX)
		return fail(diag, RESERVED_TKL, 0);
	if (out->code == GCOAP_EMPTY && (token_len > 0 || datagram.len > HEADER))
		return fail(diag, BAD_EMPTY, token_len > 0 ? 0 : HEADER);
	if (!GCOAP_CODE_IS_RESPONSE(out->code) && GCOAP_CODE_CLASS(out->code) != 0)
		return fail(diag, RESERVED_CLASS, 1);
	if (datagram.len - HEADER < token_len)
		return fail(diag, SHORT_TOKEN, HEADER);
	memcpy(out->token, p + HEADER, token_len);
	out->token_len = token_len;

	fault = decode_options(out, p, p + HEADER + token_len, p + datagram.len, &at);
	return fault == FAULT_NONE ? 0 : fail(diag, fault, at);
}
