/*
 * Members are numbered along two ranges: IPv4 from --first-address on, and IPv6 fd77::77:x:y
 * where x and y are the last two bytes of the IPv4 address.
 */
#include "sim.h"

#include <string.h>

static uint32_t v4_number(const struct gcoap_addr *a)
{
	return (uint32_t)a->bytes[0] << 24 | (uint32_t)a->bytes[1] << 16 |
	       (uint32_t)a->bytes[2] << 8 | a->bytes[3];
}

uint32_t sim_member_of(void *arg, const struct gcoap_addr *addr)
{
	const struct sim *s = arg;
	uint32_t n;

	if (addr->family == 4) {
		n = v4_number(addr) - v4_number(&s->first4);
	} else {
		if (memcmp(addr->bytes, s->first6.bytes, 12) != 0 || addr->bytes[12] ||
		    addr->bytes[14])
			return GCOAP_MEMBER_NONE;
		n = ((uint32_t)addr->bytes[13] << 8 | addr->bytes[15]) -
		    (v4_number(&s->first4) & 0xffff);
	}
	return n < s->args->members ? n : GCOAP_MEMBER_NONE;
}

void sim_address_of(void *arg, uint32_t member, uint8_t family, struct gcoap_addr *out)
{
	const struct sim *s = arg;
	uint32_t n = v4_number(&s->first4) + member;

	*out = family == 4 ? s->first4 : s->first6;
	out->port = s->listen.port;
	if (family == 4) {
		for (int i = 0; i < 4; i++)
			out->bytes[i] = (uint8_t)(n >> (24 - 8 * i));
	} else {
		out->bytes[13] = (uint8_t)(n >> 8);
		out->bytes[15] = (uint8_t)n;
	}
}
