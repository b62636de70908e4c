/* Addresses as text, without snprintf() and, but for the first time, without system calls:
 * one is written for each response that is shown. */
#include <gcoap/addr.h>

#include <net/if.h>
#include <string.h>

static char *put_number(char *p, uint32_t n)
{
	char digits[10];
	size_t len = 0;

	do {
		digits[len++] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	while (len > 0)
		*p++ = digits[--len];
	return p;
}

static char *put_ipv4(char *p, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			*p++ = '.';
		p = put_number(p, bytes[i]);
	}
	return p;
}

/* The longest run of two or more zero fields, the first of equals (RFC 5952, Section 4.2);
 * *@at is 8 when there is none. */
static size_t zero_run(const uint8_t *bytes, size_t *at)
{
	size_t best = 1, run = 0;

	*at = 8;
	for (size_t i = 0; i < 8; i++) {
		run = bytes[2 * i] == 0 && bytes[2 * i + 1] == 0 ? run + 1 : 0;
		if (run > best) {
			best = run;
			*at = i + 1 - run;
		}
	}
	return best;
}

static char *put_field(char *p, unsigned field)
{
	static const char digits[] = "0123456789abcdef";
	bool started = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned digit = field >> shift & 15;

		started = started || digit != 0 || shift == 0;
		if (started)
			*p++ = digits[digit];
	}
	return p;
}

static char *put_ipv6(char *p, const uint8_t *bytes)
{
	size_t at, run = zero_run(bytes, &at), i = 0;

	while (i < 8) {
		if (i == at) {
			*p++ = ':';
			*p++ = ':';
			i += run;
			continue;
		}
		if (i > 0 && p[-1] != ':')
			*p++ = ':';
		p = put_field(p, (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1]);
		i++;
	}
	return p;
}

/* Names of the interfaces that were asked for last. A name is asked for once a thread. */
static const char *zone_name(uint32_t index)
{
	static _Thread_local struct {
		uint32_t index;
		char name[IF_NAMESIZE];
	} known[8];
	static _Thread_local unsigned oldest;
	const unsigned n = sizeof(known) / sizeof(known[0]);
	char name[IF_NAMESIZE];

	for (unsigned i = 0; i < n; i++)
		if (known[i].index == index)
			return known[i].name;
	if (!if_indextoname(index, name))
		return NULL;
	known[oldest].index = index;
	memcpy(known[oldest].name, name, sizeof(name));
	index = oldest;
	oldest = (oldest + 1) % n;
	return known[index].name;
}

static char *put_host(char *p, const struct gcoap_addr *a)
{
	const char *zone;
	size_t len;

	if (a->family == 4)
		return put_ipv4(p, a->bytes);
	if (a->family != 6) {
		*p++ = '-';
		return p;
	}
	p = put_ipv6(p, a->bytes);
	if (a->scope == 0)
		return p;
	*p++ = '%';
	zone = zone_name(a->scope);
	if (!zone)
		return put_number(p, a->scope);
	len = strlen(zone);
	memcpy(p, zone, len);
	return p + len;
}

char *gcoap_addr_format(const struct gcoap_addr *a, char buf[GCOAP_ADDR_TEXT])
{
	char *p = buf;

	if (a->family == 6)
		*p++ = '[';
	p = put_host(p, a);
	if (a->family == 6)
		*p++ = ']';
	if (a->family != 0) {
		*p++ = ':';
		p = put_number(p, a->port);
	}
	*p = '\0';
	return buf;
}

char *gcoap_addr_format_host(const struct gcoap_addr *a, char buf[GCOAP_ADDR_TEXT])
{
	*put_host(buf, a) = '\0';
	return buf;
}
