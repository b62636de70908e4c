#include "packet.h"
#include <string.h>
#include <gcoap/error.h>

#define PROTOCOL_UDP 17
#define DEFAULT_HOPS 64

static void put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

/* The Internet checksum's sum (RFC 1071), carried on from @sum. */
static uint32_t sum16(uint32_t sum, const uint8_t *p, size_t len)
{
	for (; len > 1; p += 2, len -= 2)
		sum += (uint32_t)(p[0] << 8 | p[1]);
	if (len)
		sum += (uint32_t)(p[0] << 8);
	return (sum & 0xffff) + (sum >> 16);
}

static uint16_t fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint8_t hops_of(const struct gcoap_datagram *d)
{
	return d->hops > 0 && d->hops < 256 ? (uint8_t)d->hops : DEFAULT_HOPS;
}

static size_t put_ipv4(uint8_t *p, const struct gcoap_datagram *d, size_t udp_len)
{
	memset(p, 0, 20);
	p[0] = 0x45;
	put16(p + 2, 20 + udp_len);
	p[8] = hops_of(d);
	p[9] = PROTOCOL_UDP;
	memcpy(p + 12, d->from.bytes, 4);
	memcpy(p + 16, d->to.bytes, 4);
	put16(p + 10, fold(sum16(0, p, 20)));
	return 20;
}

static size_t put_ipv6(uint8_t *p, const struct gcoap_datagram *d, size_t udp_len)
{
	memset(p, 0, 8);
	p[0] = 0x60;
	put16(p + 4, udp_len);
	p[6] = PROTOCOL_UDP;
	p[7] = hops_of(d);
	memcpy(p + 8, d->from.bytes, 16);
	memcpy(p + 24, d->to.bytes, 16);
	return 40;
}

/* Over the pseudo header, too; 0 means "none", so it is written as its other form. */
static uint16_t udp_checksum(const struct gcoap_datagram *d, const uint8_t *udp, size_t len)
{
	size_t addr = gcoap_addr_size(&d->from);
	uint32_t sum = PROTOCOL_UDP + (uint32_t)len;
	uint16_t folded;

	sum = sum16(sum, d->from.bytes, addr);
	sum = sum16(sum, d->to.bytes, addr);
	folded = fold(sum16(sum, udp, len));
	return folded ? folded : 0xffff;
}

int gcoap__packet_build(const struct gcoap_datagram *d, uint8_t *buf, size_t cap)
{
	size_t udp_len = 8 + d->data.len, ip_len;
	uint8_t *udp;

	if (!d->from.family || d->from.family != d->to.family)
		return GCOAP_EINVALID;
	if (udp_len > 0xffff - 20 || PACKET_OVERHEAD + d->data.len > cap)
		return GCOAP_ESPACE;
	ip_len = d->from.family == 4 ? put_ipv4(buf, d, udp_len) : put_ipv6(buf, d, udp_len);
	udp = buf + ip_len;
	put16(udp, d->from.port);
	put16(udp + 2, d->to.port);
	put16(udp + 4, udp_len);
	put16(udp + 6, 0);
	if (d->data.len)
		memcpy(udp + 8, d->data.ptr, d->data.len);
	put16(udp + 6, udp_checksum(d, udp, udp_len));
	return (int)(ip_len + udp_len);
}
