/* SipHash-1-3 (Aumasson, Bernstein): a keyed hash for tables that strangers can fill. */
#include "table.h"

#include <endian.h>
#include <string.h>

struct state {
	uint64_t a, b, c, d;
};

static inline uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

static inline struct state mix(struct state v)
{
	v.a += v.b;
	v.b = rotate(v.b, 13) ^ v.a;
	v.a = rotate(v.a, 32);
	v.c += v.d;
	v.d = rotate(v.d, 16) ^ v.c;
	v.a += v.d;
	v.d = rotate(v.d, 21) ^ v.a;
	v.c += v.b;
	v.b = rotate(v.b, 17) ^ v.c;
	v.c = rotate(v.c, 32);
	return v;
}

static inline struct state take(struct state v, uint64_t word)
{
	v.d ^= word;
	v = mix(v);
	v.a ^= word;
	return v;
}

uint64_t gcoap__hash(const void *data, size_t len, const uint64_t seed[2])
{
	const uint8_t *p = data;
	struct state v = { seed[0] ^ 0x736f6d6570736575, seed[1] ^ 0x646f72616e646f6d,
			   seed[0] ^ 0x6c7967656e657261, seed[1] ^ 0x7465646279746573 };
	uint64_t word, last = (uint64_t)len << 56;
	uint32_t half;
	unsigned at = 0;
	size_t i;

	for (i = 0; i + 8 <= len; i += 8) {
		memcpy(&word, p + i, 8);
		v = take(v, le64toh(word));
	}
	if (len - i >= 4) {
		memcpy(&half, p + i, 4);
		last |= le32toh(half);
		i += 4;
		at = 32;
	}
	for (; i < len; at += 8)
		last |= (uint64_t)p[i++] << at;
	v = take(v, last);
	v.c ^= 0xff;
	v = mix(mix(mix(v)));
	return v.a ^ v.b ^ v.c ^ v.d;
}

struct gcoap__endpoint gcoap__endpoint(const struct gcoap_addr *a)
{
	struct gcoap__endpoint e = { .scope = a->scope, .port = a->port, .family = a->family };

	memcpy(e.bytes, a->bytes, sizeof(e.bytes));
	return e;
}
