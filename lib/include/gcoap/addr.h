/* An IP endpoint: address, port and, for scoped IPv6 addresses, the zone. */
#ifndef GCOAP_ADDR_H
#define GCOAP_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

struct gcoap_addr {
	uint8_t family;	   /* 4, 6, or 0: not set */
	uint16_t port;	   /* host byte order */
	uint32_t scope;	   /* interface index of a scoped IPv6 address, else 0 */
	uint8_t bytes[16]; /* network byte order; IPv4 uses the first 4, the rest is 0 */
};

#define GCOAP_ADDR_TEXT 80 /* enough for "[v6%zone]:port" and its NUL */
#define GCOAP_PORT 5683
#define GCOAP_PORT_SECURE 5684

bool gcoap_addr_equal(const struct gcoap_addr *a, const struct gcoap_addr *b);
/* As above, without the ports. */
bool gcoap_addr_same_host(const struct gcoap_addr *a, const struct gcoap_addr *b);
/* Order for sorting: IPv4 before IPv6, then by address as a number, port, zone. */
int gcoap_addr_compare(const struct gcoap_addr *a, const struct gcoap_addr *b);
uint32_t gcoap_addr_hash(const struct gcoap_addr *a);
bool gcoap_addr_is_multicast(const struct gcoap_addr *a);
bool gcoap_addr_is_loopback(const struct gcoap_addr *a);
/* Can a datagram that deserves an answer come from there? Not from port 0, a group, the
 * broadcast address or the unspecified one. */
bool gcoap_addr_is_source(const struct gcoap_addr *a);
/* True for fe80::/10 and ff02::/16, ff01::/16: addresses that mean nothing without a zone. */
bool gcoap_addr_needs_zone(const struct gcoap_addr *a);
/* Number of address bytes: 4, 16 or 0. */
size_t gcoap_addr_size(const struct gcoap_addr *a);

/* IPv4-mapped IPv6 addresses become IPv4. GCOAP_EINVALID for another family. */
int gcoap_addr_from_sockaddr(struct gcoap_addr *out, const struct sockaddr *sa);
socklen_t gcoap_addr_to_sockaddr(const struct gcoap_addr *a, struct sockaddr_storage *out);

/*
 * Parse "192.0.2.1", "192.0.2.1:5683", "2001:db8::1", "[fe80::1%2]:5683". Zones are numbers
 * or names of interfaces of this host; @default_port fills an absent port. No name is
 * resolved. GCOAP_EMALFORMED, or GCOAP_EINTERFACE for a zone that is not an interface here.
 */
int gcoap_addr_parse(struct gcoap_addr *out, const char *text, uint16_t default_port);

/* "192.0.2.1:5683" or "[2001:db8::1]:5683"; zones are written with the interface's name
 * (asked for once a thread), or its number when it has none; "-" when not set. Returns @buf. */
char *gcoap_addr_format(const struct gcoap_addr *a, char buf[GCOAP_ADDR_TEXT]);
/* Without the port and without brackets: "192.0.2.1", "fe80::1%eth0". Returns @buf. */
char *gcoap_addr_format_host(const struct gcoap_addr *a, char buf[GCOAP_ADDR_TEXT]);

#endif
