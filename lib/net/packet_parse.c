#include "packet.h"
#include <string.h>
#include <gcoap/error.h>

/* The link types of pcap files that carry IP (tcpdump.org's list; DLT_RAW has two numbers). */
enum linktype {
	LINK_NULL = 0, LINK_ETHERNET = 1, LINK_RAW_LINUX = 12, LINK_RAW = 101, LINK_LOOP = 108,
	LINK_SLL = 113, LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_SLL2 = 276
};

#define ETHER_IPV4 0x0800
#define ETHER_IPV6 0x86dd
#define ETHER_VLAN 0x8100
#define ETHER_QINQ 0x88a8

#define NEXT_HOP_BY_HOP 0
#define NEXT_TCP 6
#define NEXT_UDP 17
#define NEXT_ROUTING 43
#define NEXT_FRAGMENT 44
#define NEXT_DESTINATION 60

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* Drop @n bytes from the front; false when there are not so many. */
static bool skip(struct gcoap_bytes *b, size_t n)
{
	if (b->len < n)
		return false;
	b->ptr += n;
	b->len -= n;
	return true;
}

static int skip_ethernet(struct gcoap_bytes *b)
{
	uint16_t type;

	if (!skip(b, 14))
		return GCOAP_EMALFORMED;
	type = get16(b->ptr - 2);
	while (type == ETHER_VLAN || type == ETHER_QINQ) {
		if (!skip(b, 4))
			return GCOAP_EMALFORMED;
		type = get16(b->ptr - 2);
	}
	return type == ETHER_IPV4 || type == ETHER_IPV6 ? 0 : GCOAP_EUNSUPPORTED;
}

static int skip_link(int linktype, struct gcoap_bytes *b)
{
	switch (linktype) {
	case LINK_RAW:
	case LINK_RAW_LINUX:
	case LINK_IPV4:
	case LINK_IPV6:
		return 0;
	case LINK_ETHERNET:
		return skip_ethernet(b);
	case LINK_NULL:
	case LINK_LOOP:
		return skip(b, 4) ? 0 : GCOAP_EMALFORMED;
	case LINK_SLL:
		return skip(b, 16) ? 0 : GCOAP_EMALFORMED;
	case LINK_SLL2:
		return skip(b, 20) ? 0 : GCOAP_EMALFORMED;
	default:
		return GCOAP_EUNSUPPORTED;
	}
}

/* Cut what the link layer padded; note what was not captured. */
static void cut_to(struct gcoap_bytes *b, size_t len, struct gcoap_datagram *out)
{
	if (b->len > len)
		b->len = len;
	else if (b->len < len)
		out->truncated = true;
}

/* Another protocol than UDP behind the IP header: ports are told for those who count. */
static int not_udp(uint8_t protocol, const struct gcoap_bytes *b, struct gcoap_datagram *out)
{
	out->truncated = false;
	if (protocol == NEXT_TCP && b->len >= 4) {
		out->from.port = get16(b->ptr);
		out->to.port = get16(b->ptr + 2);
	}
	return GCOAP_EUNSUPPORTED;
}

static int fragment(uint8_t protocol, struct gcoap_datagram *out)
{
	out->truncated = protocol == NEXT_UDP;
	return GCOAP_EUNSUPPORTED;
}

static int parse_ipv4(struct gcoap_bytes *b, struct gcoap_datagram *out)
{
	const uint8_t *p = b->ptr;
	size_t header, total;

	if (b->len < 20)
		return GCOAP_EMALFORMED;
	header = (size_t)(p[0] & 0x0f) * 4;
	total = get16(p + 2);
	if (header < 20 || total < header)
		return GCOAP_EMALFORMED;
	if (get16(p + 6) & 0x3fff) /* more fragments, or an offset */
		return fragment(p[9], out);
	out->from.family = out->to.family = 4;
	memcpy(out->from.bytes, p + 12, 4);
	memcpy(out->to.bytes, p + 16, 4);
	out->hops = p[8];
	cut_to(b, total, out);
	if (!skip(b, header))
		return GCOAP_EMALFORMED;
	return p[9] == NEXT_UDP ? 0 : not_udp(p[9], b, out);
}

static int parse_ipv6(struct gcoap_bytes *b, struct gcoap_datagram *out)
{
	const uint8_t *p = b->ptr;
	uint8_t next;

	if (b->len < 40)
		return GCOAP_EMALFORMED;
	next = p[6];
	out->from.family = out->to.family = 6;
	memcpy(out->from.bytes, p + 8, 16);
	memcpy(out->to.bytes, p + 24, 16);
	out->hops = p[7];
	cut_to(b, (size_t)40 + get16(p + 4), out);
	skip(b, 40);
	while (next == NEXT_HOP_BY_HOP || next == NEXT_ROUTING || next == NEXT_DESTINATION) {
		if (b->len < 8)
			return GCOAP_EMALFORMED;
		next = b->ptr[0];
		if (!skip(b, 8 + (size_t)b->ptr[1] * 8))
			return GCOAP_EMALFORMED;
	}
	if (next == NEXT_FRAGMENT && b->len >= 8)
		return fragment(b->ptr[0], out);
	return next == NEXT_UDP ? 0 : not_udp(next, b, out);
}

static int parse_udp(struct gcoap_bytes *b, struct gcoap_datagram *out)
{
	size_t len;

	if (b->len < 8)
		return GCOAP_EMALFORMED;
	len = get16(b->ptr + 4);
	if (len < 8)
		return GCOAP_EMALFORMED;
	out->from.port = get16(b->ptr);
	out->to.port = get16(b->ptr + 2);
	cut_to(b, len, out);
	skip(b, 8);
	out->data = *b;
	return 0;
}

int gcoap__packet_parse(int linktype, struct gcoap_bytes packet, struct gcoap_datagram *out)
{
	int r = skip_link(linktype, &packet);

	*out = (struct gcoap_datagram){ .hops = -1 };
	if (r < 0)
		return r;
	if (!packet.len)
		return GCOAP_EMALFORMED;
	switch (packet.ptr[0] >> 4) {
	case 4:
		r = parse_ipv4(&packet, out);
		break;
	case 6:
		r = parse_ipv6(&packet, out);
		break;
	default:
		return GCOAP_EUNSUPPORTED;
	}
	return r < 0 ? r : parse_udp(&packet, out);
}
