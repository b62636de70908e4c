/* Messages of all kinds that the library makes: they come back from their bytes; with
 * GCOAP_EMIT=FILE and GCOAP_EMIT_COUNT=N they are written there, for other readers. */
#include "test.h"

#include <gcoap/msg.h>
#include <gcoap/net.h>
#include <gcoap/option.h>
#include <gcoap/random.h>

#include <stdio.h>
#include <stdlib.h>

static struct gcoap_random rnd;
static struct gcoap_registry registry;

static unsigned below(unsigned n)
{
	return (unsigned)gcoap_random_below(&rnd, n);
}

static struct gcoap_bytes text(uint8_t *store, size_t len)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-_~";

	for (size_t i = 0; i < len; i++)
		store[i] = (uint8_t)letters[below(sizeof(letters) - 1)];
	return (struct gcoap_bytes){ store, len };
}

static struct gcoap_bytes any(uint8_t *store, size_t len)
{
	gcoap_random_fill(&rnd, store, len);
	return (struct gcoap_bytes){ store, len };
}

static size_t length_of(const struct gcoap_option_info *info)
{
	size_t most = info->max_len < 300 ? info->max_len : 300;

	if (most < info->min_len)
		most = info->min_len;
	if (most > 20 && below(8))
		most = 20;
	return info->min_len + below((unsigned)(most - info->min_len) + 1);
}

static uint32_t number_of(const struct gcoap_option_info *info, uint8_t *store)
{
	size_t len = length_of(info);
	uint32_t v = 0;

	any(store, len);
	for (size_t i = 0; i < len; i++)
		v = v << 8 | store[i];
	return v;
}

/* A value that the option can have, in its shortest form. */
static struct gcoap_bytes value_of(const struct gcoap_option_info *info, uint8_t *store)
{
	static const char oscore[] = "\x09\x05\x25";
	uint32_t v;

	if (info->number == GCOAP_OSCORE) {
		memcpy(store, oscore, 3);
		return (struct gcoap_bytes){ store, 3 };
	}
	if (info->format == GCOAP_FORMAT_STRING)
		return text(store, 1 + length_of(info) % 255);
	if (info->format == GCOAP_FORMAT_UINT || info->format == GCOAP_FORMAT_BLOCK) {
		v = number_of(info, store);
		if (info->number == GCOAP_HOP_LIMIT && !v)
			v = 1;
		if (info->format == GCOAP_FORMAT_BLOCK && (v & 7) == 7)
			v--;
		return (struct gcoap_bytes){ store, gcoap_uint_encode(v, store) };
	}
	return any(store, length_of(info));
}

static void add_options(struct gcoap_msg *m, uint8_t store[][512], bool *blocks)
{
	const struct gcoap_option_info *info;

	for (size_t i = 0, n = below(8); i < n; i++) {
		info = &registry.rows[below((unsigned)registry.n)];
		if (!info->repeatable && gcoap_msg_find(m, info->number))
			continue;
		*blocks |= info->format == GCOAP_FORMAT_BLOCK || info->number == GCOAP_OSCORE;
		assert_int_equal(gcoap_msg_add(m, info->number, value_of(info, store[i])), 0);
	}
}

static void make(struct gcoap_msg *m, uint8_t store[][512])
{
	static const uint8_t codes[] = { 1, 2, 3, 4, 5, 6, 7, 65, 66, 67, 68, 69, 95, 128, 129,
					 130, 131, 132, 133, 134, 136, 140, 141, 143, 157, 160,
					 161, 162, 163, 164, 165 };
	bool no_payload = false;

	gcoap_msg_init(m, (enum gcoap_type)below(4), codes[below(sizeof(codes))]);
	m->mid = (uint16_t)below(65536);
	if (m->type == GCOAP_RST || (m->type == GCOAP_ACK && !below(3)))
		m->code = 0;
	if (m->type == GCOAP_ACK && GCOAP_CODE_IS_REQUEST(m->code))
		m->type = GCOAP_NON;
	if (!m->code)
		return;
	m->token_len = (uint8_t)below(GCOAP_TOKEN_MAX + 1);
	any(m->token, m->token_len);
	add_options(m, store, &no_payload);
	if (!no_payload && !gcoap_msg_find(m, GCOAP_CONTENT_FORMAT) && below(2))
		m->payload = text(store[8], 1 + below(below(10) ? 40 : 500));
}

static void check(const struct gcoap_msg *m, struct gcoap_bytes b)
{
	struct gcoap_msg again;

	assert_int_equal(gcoap_msg_decode(&again, b, NULL), 0);
	assert_int_equal(again.type, m->type);
	assert_int_equal(again.code, m->code);
	assert_int_equal(again.mid, m->mid);
	assert_int_equal(again.token_len, m->token_len);
	assert_memory_equal(again.token, m->token, m->token_len);
	assert_int_equal(again.n_options, m->n_options);
	for (size_t i = 0; i < m->n_options; i++) {
		assert_int_equal(again.options[i].number, m->options[i].number);
		assert_true(gcoap_bytes_equal(again.options[i].value, m->options[i].value));
	}
	assert_true(gcoap_bytes_equal(again.payload, m->payload));
}

/* From a port of its own each, so that no reader takes two for one conversation. */
static void write_to(struct gcoap_capture *c, unsigned nr, const struct gcoap_msg *m,
		     struct gcoap_bytes b)
{
	struct gcoap_addr one = { .family = 4, .bytes = { 10, 1, (uint8_t)(nr >> 8), (uint8_t)nr },
				  .port = 40000 };
	struct gcoap_addr two = { .family = 4, .bytes = { 192, 0, 2, 1 }, .port = GCOAP_PORT };
	bool asks = GCOAP_CODE_IS_REQUEST(m->code);
	struct gcoap_datagram d = { .from = asks ? one : two, .to = asks ? two : one, .data = b,
				    .at = nr * GCOAP_MS };

	assert_int_equal(gcoap_capture_write(c, GCOAP_SENT, &d), 0);
}

static void messages_of_all_kinds_come_back_from_their_bytes(void **state)
{
	static uint8_t store[9][512], out[8192];
	const char *path = getenv("GCOAP_EMIT"), *count = getenv("GCOAP_EMIT_COUNT");
	unsigned long most = count ? strtoul(count, NULL, 10) : 1000;
	struct gcoap_capture *c = NULL;

	gcoap_random_init_seed(&rnd, 7252);
	gcoap_registry_init(&registry);
	if (path)
		assert_int_equal(gcoap_capture_open(&c, path), 0);
	for (unsigned i = 0; i < most; i++) {
		struct gcoap_msg m;
		int len;

		make(&m, store);
		len = gcoap_msg_encode(&m, out, sizeof(out));
		assert_true(len >= 4);
		check(&m, (struct gcoap_bytes){ out, (size_t)len });
		if (c)
			write_to(c, i, &m, (struct gcoap_bytes){ out, (size_t)len });
	}
	assert_int_equal(gcoap_capture_close(&c), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_of_all_kinds_come_back_from_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
