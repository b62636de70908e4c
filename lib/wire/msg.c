/* Messages as structures: building them and looking into them. */
#include <gcoap/msg.h>

#include <string.h>

void gcoap_msg_init(struct gcoap_msg *m, enum gcoap_type type, uint8_t code)
{
	m->type = (uint8_t)type;
	m->code = code;
	m->mid = 0;
	m->token_len = 0;
	memset(m->token, 0, sizeof(m->token));
	m->n_options = 0;
	m->payload = (struct gcoap_bytes){ NULL, 0 };
}

int gcoap_msg_set_token(struct gcoap_msg *m, const void *token, size_t token_len)
{
	if (token_len > GCOAP_TOKEN_MAX)
		return GCOAP_ERANGE;
	memset(m->token, 0, sizeof(m->token));
	if (token_len > 0)
		memcpy(m->token, token, token_len);
	m->token_len = (uint8_t)token_len;
	return 0;
}

int gcoap_msg_add(struct gcoap_msg *m, uint16_t number, struct gcoap_bytes value)
{
	size_t i = m->n_options;

	if (i >= GCOAP_OPTIONS_MAX)
		return GCOAP_ELIMIT;
	for (; i > 0 && m->options[i - 1].number > number; i--)
		m->options[i] = m->options[i - 1];
	m->options[i] = (struct gcoap_option){ .number = number, .value = value };
	m->n_options++;
	return 0;
}

int gcoap_msg_add_uint(struct gcoap_msg *m, uint16_t number, uint32_t value, uint8_t store[4])
{
	size_t len = gcoap_uint_encode(value, store);

	return gcoap_msg_add(m, number, (struct gcoap_bytes){ store, len });
}

int gcoap_msg_add_text(struct gcoap_msg *m, uint16_t number, const char *text)
{
	return gcoap_msg_add(m, number, gcoap_bytes_text(text));
}

size_t gcoap_msg_remove(struct gcoap_msg *m, uint16_t number)
{
	size_t kept = 0, removed;

	for (size_t i = 0; i < m->n_options; i++)
		if (m->options[i].number != number)
			m->options[kept++] = m->options[i];
	removed = m->n_options - kept;
	m->n_options = kept;
	return removed;
}

const struct gcoap_option *gcoap_msg_find(const struct gcoap_msg *m, uint16_t number)
{
	for (size_t i = 0; i < m->n_options && m->options[i].number <= number; i++)
		if (m->options[i].number == number)
			return &m->options[i];
	return NULL;
}

const struct gcoap_option *gcoap_msg_next(const struct gcoap_msg *m,
					  const struct gcoap_option *o)
{
	const struct gcoap_option *next = o + 1;

	if (next == m->options + m->n_options || next->number != o->number)
		return NULL;
	return next;
}

int gcoap_msg_uint(const struct gcoap_msg *m, uint16_t number, size_t max_len, uint32_t *out)
{
	const struct gcoap_option *o = gcoap_msg_find(m, number);

	return o ? gcoap_uint_decode(o->value, max_len, out) : GCOAP_ENOTFOUND;
}

/* Leading zero bytes are allowed on input (RFC 7252, Section 3.2). */
int gcoap_uint_decode(struct gcoap_bytes value, size_t max_len, uint32_t *out)
{
	uint32_t n = 0;

	if (value.len > max_len || value.len > 4)
		return GCOAP_EMALFORMED;
	for (size_t i = 0; i < value.len; i++)
		n = n << 8 | value.ptr[i];
	*out = n;
	return 0;
}

size_t gcoap_uint_encode(uint32_t value, uint8_t store[4])
{
	size_t len = 0;

	for (int shift = 24; shift >= 0; shift -= 8)
		if (len > 0 || value >> shift != 0)
			store[len++] = (uint8_t)(value >> shift);
	return len;
}

bool gcoap_msg_same_token(const struct gcoap_msg *a, const struct gcoap_msg *b)
{
	return a->token_len == b->token_len && memcmp(a->token, b->token, a->token_len) == 0;
}
