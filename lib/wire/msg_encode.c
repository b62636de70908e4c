/* Message to bytes (RFC 7252, Section 3), always in the shortest form. */
#include <gcoap/msg.h>

#include <string.h>

#define HEADER 4
#define MARKER 0xff
#define VALUE_MAX (UINT16_MAX + 269)

/* Bytes of the extended form of a delta or length: 0, 1 or 2. */
static inline size_t extended_size(size_t n)
{
	return n < 13 ? 0 : n < 269 ? 1 : 2;
}

static inline uint8_t nibble(size_t n)
{
	return (uint8_t)(n < 13 ? n : n < 269 ? 13 : 14);
}

static inline uint8_t *put_extended(uint8_t *p, size_t n)
{
	if (n >= 269) {
		*p++ = (uint8_t)((n - 269) >> 8);
		*p++ = (uint8_t)(n - 269);
	} else if (n >= 13) {
		*p++ = (uint8_t)(n - 13);
	}
	return p;
}

size_t gcoap_msg_size(const struct gcoap_msg *m)
{
	size_t size = HEADER + m->token_len;
	uint16_t number = 0;

	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];

		size += 1 + extended_size((uint16_t)(o->number - number)) +
			extended_size(o->value.len) + o->value.len;
		number = o->number;
	}
	return m->payload.len > 0 ? size + 1 + m->payload.len : size;
}

static bool encodable(const struct gcoap_msg *m)
{
	uint16_t number = 0;

	if (m->token_len > GCOAP_TOKEN_MAX || m->n_options > GCOAP_OPTIONS_MAX)
		return false;
	for (size_t i = 0; i < m->n_options; i++) {
		if (m->options[i].number < number || m->options[i].value.len > VALUE_MAX)
			return false;
		number = m->options[i].number;
	}
	return true;
}

static uint8_t *put_option(uint8_t *p, size_t delta, struct gcoap_bytes value)
{
	*p++ = (uint8_t)(nibble(delta) << 4 | nibble(value.len));
	p = put_extended(p, delta);
	p = put_extended(p, value.len);
	if (value.len > 0)
		memcpy(p, value.ptr, value.len);
	return p + value.len;
}

int gcoap_msg_encode(const struct gcoap_msg *m, uint8_t *buf, size_t cap)
{
	uint16_t number = 0;
	uint8_t *p = buf;

	if (!encodable(m))
		return GCOAP_EINVALID;
	if (gcoap_msg_size(m) > cap)
		return GCOAP_ESPACE;
	*p++ = (uint8_t)(1 << 6 | (m->type & 3) << 4 | m->token_len);
	*p++ = m->code;
	*p++ = (uint8_t)(m->mid >> 8);
	*p++ = (uint8_t)m->mid;
	memcpy(p, m->token, m->token_len);
	p += m->token_len;
	for (size_t i = 0; i < m->n_options; i++) {
		p = put_option(p, (size_t)(m->options[i].number - number),
			       m->options[i].value);
		number = m->options[i].number;
	}
	if (m->payload.len > 0) {
		*p++ = MARKER;
		memcpy(p, m->payload.ptr, m->payload.len);
		p += m->payload.len;
	}
	return (int)(p - buf);
}
