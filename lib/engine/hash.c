/* SipHash-1-3 (Aumasson, Bernstein): a keyed hash for tables that strangers can fill. */
#include "table.h"

#include <string.h>

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static void round_of(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[0] = rotate(v[0], 32);
	v[2] += v[3];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[2] = rotate(v[2], 32);
}

static uint64_t word(const uint8_t *p, size_t len)
{
	uint64_t w = 0;

	for (size_t i = 0; i < len; i++)
		w |= (uint64_t)p[i] << (8 * i);
	return w;
}

uint64_t gcoap__hash(const void *data, size_t len, const uint64_t seed[2])
{
	const uint8_t *p = data;
	uint64_t v[4] = { seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d,
			  seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573 };
	size_t left = len;
	uint64_t w;

	for (; left >= 8; left -= 8, p += 8) {
		w = word(p, 8);
		v[3] ^= w;
		round_of(v);
		v[0] ^= w;
	}
	w = word(p, left) | (uint64_t)len << 56;
	v[3] ^= w;
	round_of(v);
	v[0] ^= w;
	v[2] ^= 0xff;
	round_of(v);
	round_of(v);
	round_of(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

struct gcoap__endpoint gcoap__endpoint(const struct gcoap_addr *a)
{
	struct gcoap__endpoint e = { .scope = a->scope, .port = a->port, .family = a->family };

	memcpy(e.bytes, a->bytes, sizeof(e.bytes));
	return e;
}
