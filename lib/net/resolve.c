/* Host names to addresses, with the system's resolver. */
#include <netdb.h>
#include <stdio.h>
#include <gcoap/net.h>

static bool seen(const struct gcoap_addr *list, size_t n, const struct gcoap_addr *a)
{
	for (size_t i = 0; i < n; i++) {
		if (gcoap_addr_equal(&list[i], a))
			return true;
	}
	return false;
}

int gcoap_resolve(const char *host, uint16_t port, uint8_t family, struct gcoap_addr *out,
		  size_t cap)
{
	struct addrinfo hints = { .ai_socktype = SOCK_DGRAM }, *all;
	size_t n = 0;

	hints.ai_family = family == 4 ? AF_INET : family == 6 ? AF_INET6 : AF_UNSPEC;
	if (getaddrinfo(host, NULL, &hints, &all) != 0)
		return GCOAP_ERESOLVE;
	for (struct addrinfo *ai = all; ai && n < cap; ai = ai->ai_next) {
		if (gcoap_addr_from_sockaddr(&out[n], ai->ai_addr) < 0)
			continue;
		out[n].port = port;
		if (!seen(out, n, &out[n]))
			n++;
	}
	freeaddrinfo(all);
	return n ? (int)n : GCOAP_ERESOLVE;
}
