/* Values of the options: networks, places to listen at, the size of the cache. */
#include "proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool proxy_net_like(const char *text)
{
	size_t n = strspn(text, "0123456789abcdefABCDEF.:[]");

	return (strpbrk(text, ".:") || text[n] == '/') && n > 1 && (!text[n] || strchr("/%", text[n]));
}

/* Is every bit behind the first @prefix 0? */
static bool bits_clear(const struct gcoap_addr *a, uint8_t prefix)
{
	for (size_t i = prefix; i < 8 * gcoap_addr_size(a); i++) {
		if (a->bytes[i / 8] & 0x80 >> i % 8)
			return false;
	}
	return true;
}

int proxy_net_parse(const char *text, struct gcoap_addr *net, uint8_t *prefix, const char **why)
{
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char addr[GCOAP_ADDR_TEXT];
	uint32_t bits;

	*why = "want an address, or ADDRESS/BITS";
	if (len >= sizeof(addr))
		return -1;
	memcpy(addr, text, len);
	addr[len] = '\0';
	if (gcoap_addr_parse(net, addr, 0) < 0)
		return -1;
	*why = "no port can stand here";
	if (net->port)
		return -1;
	bits = (uint32_t)gcoap_addr_size(net) * 8;
	*prefix = (uint8_t)bits;
	if (!slash)
		return 0;
	*why = net->family == 4 ? "want 0 to 32 bits" : "want 0 to 128 bits";
	if (opt_uint(slash + 1, &bits) < 0 || bits > *prefix)
		return -1;
	*prefix = (uint8_t)bits;
	*why = "the address has bits beyond those of the network";
	return bits_clear(net, *prefix) ? 0 : -1;
}

/* Where ":0" is at the end of the authority, which no URI has; NULL: it is not there. */
static const char *port_zero(const char *text)
{
	const char *from = strstr(text, "://"), *end;

	from = from ? from + 3 : text;
	end = from + strcspn(from, "/?#");
	return end - from > 2 && end[-1] == '0' && end[-2] == ':' && end[-3] != ':' ? end - 2 : NULL;
}

int proxy_listen_parse(const char *text, struct gcoap_uri *uri, const char **why)
{
	const char *zero = port_zero(text);
	struct gcoap_diag diag = { .what = "no URI" };
	char without[GCOAP_URI_MAX + 1];

	*why = "too long";
	if (snprintf(without, sizeof(without), "%.*s%s", zero ? (int)(zero - text) : GCOAP_URI_MAX + 1,
		     text, zero ? zero + 2 : "") >= (int)sizeof(without))
		return -1;
	if (gcoap_uri_parse(uri, without, &diag) < 0) {
		*why = diag.what;
		return -1;
	}
	*why = "nothing can stand behind the port";
	if (uri->query.ptr || uri->path.len > 1)
		return -1;
	uri->path = uri->query = (struct gcoap_bytes){ 0 };
	if (zero)
		uri->port = 0;
	*why = "only coap, coaps, coap+tcp and coaps+tcp can be listened for";
	if (uri->scheme > GCOAP_SCHEME_COAPS_TCP)
		return -1;
	*why = "a group is nothing to listen on";
	return !uri->host_is_name && gcoap_addr_is_multicast(&uri->addr) ? -1 : 0;
}

int proxy_cache_parse(const char *text, size_t *bytes)
{
	uint64_t size = 0;

	if (strcmp(text, "off") != 0 && opt_size(text, &size) < 0)
		return -1;
	*bytes = (size_t)size;
	return 0;
}
