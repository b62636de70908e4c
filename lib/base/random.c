#include <gcoap/random.h>
#include <gcoap/error.h>

#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>

static int kernel_fill(struct gcoap_random *from, void *buf, size_t len)
{
	uint8_t *p = buf;
	ssize_t n;

	(void)from;
	while (len > 0) {
		n = getrandom(p, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return GCOAP_ESYSTEM;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

static uint64_t splitmix64(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Bytes are taken from the low end of each number, so that a seed means the same anywhere. */
static int seeded_fill(struct gcoap_random *from, void *buf, size_t len)
{
	uint8_t *p = buf;
	uint64_t word = 0;

	for (; len >= sizeof(word); p += sizeof(word), len -= sizeof(word)) {
		word = htole64(splitmix64(&from->state));
		memcpy(p, &word, sizeof(word));
	}
	if (len > 0)
		word = splitmix64(&from->state);
	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)(word >> 8 * i);
	return 0;
}

void gcoap_random_init(struct gcoap_random *r)
{
	r->fill = kernel_fill;
	r->state = 0;
}

void gcoap_random_init_seed(struct gcoap_random *r, uint64_t seed)
{
	r->fill = seeded_fill;
	r->state = seed;
}

int gcoap_random_fill(struct gcoap_random *r, void *buf, size_t len)
{
	return r->fill(r, buf, len);
}

/* Draws below 2^64 mod @bound, which is less than @bound, are thrown away: what is left is a
 * multiple of @bound. */
uint64_t gcoap_random_below(struct gcoap_random *r, uint64_t bound)
{
	uint64_t draw;

	if (bound == 0)
		return 0;
	do {
		if (r->fill(r, &draw, sizeof(draw)) < 0)
			return 0;
		draw = le64toh(draw);
	} while (draw < bound && draw < -bound % bound);
	return draw % bound;
}
