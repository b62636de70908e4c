#include "relay.h"

#define IPPROTO_UDP_NUMBER 17
#define ETHER 14

uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static struct udp_view udp_at(const uint8_t *frame, size_t len, struct udp_view v)
{
	size_t udp_len;

	if (len < v.udp + 8)
		return (struct udp_view){ 0 };
	udp_len = get16(frame + v.udp + 4);
	if (udp_len < 8 || v.udp + udp_len > len)
		return (struct udp_view){ 0 };
	v.data = v.udp + 8;
	v.len = udp_len - 8;
	return v;
}

struct udp_view udp_find(const uint8_t *frame, size_t len)
{
	const uint8_t *ip = frame + ETHER;
	struct udp_view v = { 0 };
	uint16_t type;

	if (len < ETHER + 20 + 8)
		return v;
	type = get16(frame + 12);
	if (type == 0x0800 && ip[9] == IPPROTO_UDP_NUMBER && !(get16(ip + 6) & 0x3fff))
		v = (struct udp_view){ .family = 4, .addr = ETHER + 12, .addr_len = 4,
				       .udp = ETHER + (size_t)(ip[0] & 15) * 4 };
	else if (type == 0x86dd && ip[6] == IPPROTO_UDP_NUMBER)
		v = (struct udp_view){ .family = 6, .addr = ETHER + 8, .addr_len = 16,
				       .udp = ETHER + 40 };
	return v.family ? udp_at(frame, len, v) : v;
}

static uint32_t add(uint32_t sum, const uint8_t *p, size_t len)
{
	for (; len > 1; p += 2, len -= 2)
		sum += get16(p);
	return len ? sum + (uint32_t)(p[0] << 8) : sum;
}

void udp_make_checksum(uint8_t *frame, const struct udp_view *v)
{
	uint8_t *field = frame + v->udp + 6;
	uint32_t sum = IPPROTO_UDP_NUMBER + (uint32_t)v->len + 8;

	field[0] = field[1] = 0;
	sum = add(sum, frame + v->addr, 2 * v->addr_len);
	sum = add(sum, frame + v->udp, v->len + 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	sum = sum ? sum : 0xffff;
	field[0] = (uint8_t)(sum >> 8);
	field[1] = (uint8_t)sum;
}
