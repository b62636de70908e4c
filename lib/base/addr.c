#include <gcoap/addr.h>
#include <gcoap/error.h>

#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

bool gcoap_addr_equal(const struct gcoap_addr *a, const struct gcoap_addr *b)
{
	return a->port == b->port && gcoap_addr_same_host(a, b);
}

bool gcoap_addr_same_host(const struct gcoap_addr *a, const struct gcoap_addr *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       memcmp(a->bytes, b->bytes, gcoap_addr_size(a)) == 0;
}

int gcoap_addr_compare(const struct gcoap_addr *a, const struct gcoap_addr *b)
{
	int order;

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	order = memcmp(a->bytes, b->bytes, gcoap_addr_size(a));
	if (order != 0)
		return order < 0 ? -1 : 1;
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	return 0;
}

/*
 * Secret of this process: whoever chooses source addresses cannot choose collisions.
 * 0 means not drawn yet; two threads may draw, the first one's value stays.
 */
static uint64_t hash_secret(void)
{
	static _Atomic uint64_t secret;
	uint64_t now = atomic_load_explicit(&secret, memory_order_relaxed), drawn = 0;

	if (now != 0)
		return now;
	if (getrandom(&drawn, sizeof(drawn), 0) != (ssize_t)sizeof(drawn))
		drawn = (uint64_t)(uintptr_t)&drawn;
	drawn |= 1;
	return atomic_compare_exchange_strong(&secret, &now, drawn) ? drawn : now;
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 32;
}

uint32_t gcoap_addr_hash(const struct gcoap_addr *a)
{
	uint64_t half[2] = { 0, 0 }, h = hash_secret();

	memcpy(half, a->bytes, gcoap_addr_size(a));
	h = mix(h, half[0]);
	if (a->family == 6)
		h = mix(h, half[1]);
	h = mix(h, (uint64_t)a->scope << 32 | (uint64_t)a->family << 16 | a->port);
	return (uint32_t)mix(h, h >> 29);
}

bool gcoap_addr_is_multicast(const struct gcoap_addr *a)
{
	if (a->family == 4)
		return (a->bytes[0] & 0xf0) == 0xe0;
	return a->family == 6 && a->bytes[0] == 0xff;
}

bool gcoap_addr_is_loopback(const struct gcoap_addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	if (a->family == 4)
		return a->bytes[0] == 127;
	return a->family == 6 && memcmp(a->bytes, one, sizeof(one)) == 0;
}

bool gcoap_addr_is_source(const struct gcoap_addr *a)
{
	static const uint8_t none[16], everybody[4] = { 255, 255, 255, 255 };

	return a->port && !gcoap_addr_is_multicast(a) &&
	       memcmp(a->bytes, none, gcoap_addr_size(a)) != 0 &&
	       (a->family != 4 || memcmp(a->bytes, everybody, sizeof(everybody)) != 0);
}

bool gcoap_addr_needs_zone(const struct gcoap_addr *a)
{
	if (a->family != 6)
		return false;
	if (a->bytes[0] == 0xfe)
		return (a->bytes[1] & 0xc0) == 0x80;
	return a->bytes[0] == 0xff &&
	       ((a->bytes[1] & 0x0f) == 1 || (a->bytes[1] & 0x0f) == 2);
}

size_t gcoap_addr_size(const struct gcoap_addr *a)
{
	return a->family == 4 ? 4 : a->family == 6 ? 16 : 0;
}

int gcoap_addr_from_sockaddr(struct gcoap_addr *out, const struct sockaddr *sa)
{
	const struct sockaddr_in *v4 = (const void *)sa;
	const struct sockaddr_in6 *v6 = (const void *)sa;

	memset(out, 0, sizeof(*out));
	if (sa->sa_family == AF_INET) {
		out->family = 4;
		out->port = ntohs(v4->sin_port);
		memcpy(out->bytes, &v4->sin_addr, 4);
	} else if (sa->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		out->family = 4;
		out->port = ntohs(v6->sin6_port);
		memcpy(out->bytes, v6->sin6_addr.s6_addr + 12, 4);
	} else if (sa->sa_family == AF_INET6) {
		out->family = 6;
		out->port = ntohs(v6->sin6_port);
		out->scope = v6->sin6_scope_id;
		memcpy(out->bytes, &v6->sin6_addr, 16);
	} else {
		return GCOAP_EINVALID;
	}
	return 0;
}

socklen_t gcoap_addr_to_sockaddr(const struct gcoap_addr *a, struct sockaddr_storage *out)
{
	struct sockaddr_in *v4 = (void *)out;
	struct sockaddr_in6 *v6 = (void *)out;

	if (a->family == 4) {
		*v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(a->port) };
		memcpy(&v4->sin_addr, a->bytes, 4);
		return sizeof(*v4);
	}
	if (a->family == 6) {
		*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
					     .sin6_port = htons(a->port),
					     .sin6_scope_id = a->scope };
		memcpy(&v6->sin6_addr, a->bytes, 16);
		return sizeof(*v6);
	}
	out->ss_family = AF_UNSPEC;
	return 0;
}
