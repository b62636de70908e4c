#include <gcoap/addr.h>
#include <gcoap/error.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

/* Decimal digits of @text, @len of them, up to @max; false for anything else. */
static bool number_parse(const char *text, size_t len, uint32_t max, uint32_t *out)
{
	uint64_t n = 0;

	if (len == 0 || len > 10)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(text[i] - '0');
	}
	*out = (uint32_t)n;
	return n <= max;
}

static int zone_parse(uint32_t *out, const char *text, size_t len)
{
	char name[IF_NAMESIZE];

	if (len == 0)
		return GCOAP_EMALFORMED;
	if (number_parse(text, len, UINT32_MAX, out))
		return if_indextoname(*out, name) ? 0 : GCOAP_EINTERFACE;
	if (len >= sizeof(name))
		return GCOAP_EINTERFACE;
	memcpy(name, text, len);
	name[len] = '\0';
	*out = if_nametoindex(name);
	return *out != 0 ? 0 : GCOAP_EINTERFACE;
}

/* The address without brackets and port. Zones go with link-local and group addresses. */
static int host_parse(struct gcoap_addr *out, const char *text, size_t len)
{
	const char *percent = memchr(text, '%', len);
	size_t n = percent ? (size_t)(percent - text) : len;
	char copy[INET6_ADDRSTRLEN];
	struct in6_addr v6;

	if (n >= sizeof(copy))
		return GCOAP_EMALFORMED;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (!percent && inet_pton(AF_INET, copy, out->bytes) == 1) {
		out->family = 4;
		return 0;
	}
	if (inet_pton(AF_INET6, copy, &v6) != 1)
		return GCOAP_EMALFORMED;
	if (IN6_IS_ADDR_V4MAPPED(&v6)) {
		out->family = 4;
		memcpy(out->bytes, v6.s6_addr + 12, 4);
		return percent ? GCOAP_EMALFORMED : 0;
	}
	out->family = 6;
	memcpy(out->bytes, &v6, 16);
	if (!percent)
		return 0;
	if (!gcoap_addr_needs_zone(out) && !gcoap_addr_is_multicast(out))
		return GCOAP_EMALFORMED;
	return zone_parse(&out->scope, percent + 1, len - n - 1);
}

int gcoap_addr_parse(struct gcoap_addr *out, const char *text, uint16_t default_port)
{
	const char *host = text, *end, *colon;
	uint32_t port = default_port;
	int r;

	memset(out, 0, sizeof(*out));
	if (text[0] == '[') {
		host = text + 1;
		end = strchr(host, ']');
		if (!end || (end[1] != '\0' && end[1] != ':') ||
		    !memchr(host, ':', (size_t)(end - host)))
			return GCOAP_EMALFORMED;
		colon = end[1] == ':' ? end + 1 : NULL;
	} else {
		colon = strchr(host, ':');
		if (colon && strchr(colon + 1, ':'))
			colon = NULL; /* an IPv6 address without brackets has no port */
		end = colon ? colon : host + strlen(host);
	}
	if (colon && !number_parse(colon + 1, strlen(colon + 1), UINT16_MAX, &port))
		return GCOAP_EMALFORMED;
	r = host_parse(out, host, (size_t)(end - host));
	if (r < 0) {
		memset(out, 0, sizeof(*out));
		return r;
	}
	out->port = (uint16_t)port;
	return 0;
}
