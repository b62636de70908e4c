#include "test.h"

#include <gcoap/addr.h>
#include <gcoap/error.h>

#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static struct gcoap_addr addr(const char *text)
{
	struct gcoap_addr a;

	if (gcoap_addr_parse(&a, text, GCOAP_PORT) < 0)
		fail_msg("%s", text);
	return a;
}

static void refused(const char *text, int error)
{
	struct gcoap_addr a;
	int r = gcoap_addr_parse(&a, text, GCOAP_PORT);

	if (r != error)
		fail_msg("\"%s\": %d, expected %d", text, r, error);
	assert_int_equal(a.family, 0);
}

static void written(const char *in, const char *out, const char *host)
{
	struct gcoap_addr a = addr(in);
	char buf[GCOAP_ADDR_TEXT];

	assert_string_equal(gcoap_addr_format(&a, buf), out);
	assert_string_equal(gcoap_addr_format_host(&a, buf), host);
}

static void ipv4_is_read_with_and_without_a_port(void **state)
{
	struct gcoap_addr a = addr("192.0.2.1");

	assert_int_equal(a.family, 4);
	assert_int_equal(a.port, 5683);
	assert_memory_equal(a.bytes, "\xc0\x00\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	assert_int_equal(addr("192.0.2.1:1").port, 1);
	assert_int_equal(addr("192.0.2.1:0").port, 0);
	assert_int_equal(addr("192.0.2.1:65535").port, 65535);
}

static void ipv6_is_read_with_and_without_brackets(void **state)
{
	struct gcoap_addr a = addr("2001:db8::1"), b = addr("[2001:db8::1]"),
			  c = addr("[2001:db8::1]:61616");

	assert_int_equal(a.family, 6);
	assert_true(gcoap_addr_equal(&a, &b));
	assert_false(gcoap_addr_equal(&a, &c));
	assert_true(gcoap_addr_same_host(&a, &c));
	assert_int_equal(c.port, 61616);
}

static void ipv4_mapped_addresses_are_ipv4(void **state)
{
	struct gcoap_addr a = addr("[::ffff:192.0.2.1]:7"), b = addr("192.0.2.1:7");

	assert_true(gcoap_addr_equal(&a, &b));
}

static void what_is_not_an_address_is_malformed(void **state)
{
	static const char *const texts[] = {
		"", ":", ":5683", "192.0.2", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:x",
		"192.0.2.1:-1", "192.0.2.1: 1", "192.0.2.256", " 192.0.2.1", "192.0.2.1 ",
		"[192.0.2.1]", "[192.0.2.1]:5683", "[::1", "[::1]5683", "[::1]:", "::1]",
		"[::1]:65536", "[::1]:99999999999999999999", "[]", "[]:1", "1::2::3",
		"1:2:3:4:5:6:7:8:9", "g::1", "example.net", "example.net:5683",
		"192.0.2.1%lo", "2001:db8::1%lo", "fe80::1%", "[fe80::1%]:1",
		"::ffff:192.0.2.1%lo",
		"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		refused(texts[i], GCOAP_EMALFORMED);
}

static void zones_are_interfaces_of_this_host(void **state)
{
	unsigned lo = if_nametoindex("lo");
	struct gcoap_addr a = addr("fe80::1%lo"), b = addr("[ff02::fd%1]:5685");

	assert_int_equal(a.scope, lo);
	assert_int_equal(b.scope, 1);
	assert_int_equal(b.port, 5685);
	assert_int_equal(addr("ff05::fd%lo").scope, lo);
	refused("fe80::1%no-such-if", GCOAP_EINTERFACE);
	refused("fe80::1%4294967295", GCOAP_EINTERFACE);
	refused("fe80::1%name-longer-than-any-interface", GCOAP_EINTERFACE);
}

static void addresses_are_written_as_rfc_5952_says(void **state)
{
	written("192.0.2.1", "192.0.2.1:5683", "192.0.2.1");
	written("255.255.255.255:65535", "255.255.255.255:65535", "255.255.255.255");
	written("0.0.0.0:0", "0.0.0.0:0", "0.0.0.0");
	written("2001:0DB8:0:0::0001", "[2001:db8::1]:5683", "2001:db8::1");
	written("::", "[::]:5683", "::");
	written("::1", "[::1]:5683", "::1");
	written("1::", "[1::]:5683", "1::");
	written("2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:5683", "2001:db8:0:1:1:1:1:1");
	written("2001:0:0:1:0:0:0:1", "[2001:0:0:1::1]:5683", "2001:0:0:1::1");
	written("2001:db8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:5683", "2001:db8::1:0:0:1");
	written("1:2:3:4:5:6:0:0", "[1:2:3:4:5:6::]:5683", "1:2:3:4:5:6::");
	written("1:2:3:4:5:6:7:0", "[1:2:3:4:5:6:7:0]:5683", "1:2:3:4:5:6:7:0");
	written("fe80::1%lo", "[fe80::1%lo]:5683", "fe80::1%lo");
}

static void the_longest_address_fits(void **state)
{
	struct gcoap_addr a = addr("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
	char buf[GCOAP_ADDR_TEXT];

	a.scope = UINT32_MAX;
	assert_string_equal(gcoap_addr_format(&a, buf),
			    "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295]:65535");
}

static void every_written_address_is_read_back(void **state)
{
	uint32_t seed = 1;

	for (int i = 0; i < 20000; i++) {
		struct gcoap_addr a = { .family = i % 2 ? 4 : 6, .port = (uint16_t)(i * 7) };
		struct gcoap_addr b;
		char buf[GCOAP_ADDR_TEXT];

		for (size_t k = 0; k < gcoap_addr_size(&a); k++) {
			seed = seed * 1664525 + 1013904223;
			a.bytes[k] = seed >> 30 ? (uint8_t)(seed >> 16) : 0;
		}
		a.bytes[15] |= a.family == 6; /* keeps out v4-mapped ones and "::" */
		a.bytes[0] |= a.family == 6;
		assert_int_equal(gcoap_addr_parse(&b, gcoap_addr_format(&a, buf), 0), 0);
		assert_true(gcoap_addr_equal(&a, &b));
	}
}

static void an_unset_address_is_a_dash(void **state)
{
	struct gcoap_addr a = { 0 };
	char buf[GCOAP_ADDR_TEXT];

	assert_string_equal(gcoap_addr_format(&a, buf), "-");
	assert_string_equal(gcoap_addr_format_host(&a, buf), "-");
	assert_int_equal(gcoap_addr_size(&a), 0);
}

static void more_zones_than_are_remembered_keep_their_numbers(void **state)
{
	struct gcoap_addr a = addr("fe80::1");
	char buf[GCOAP_ADDR_TEXT], expected[GCOAP_ADDR_TEXT], name[IF_NAMESIZE];

	for (uint32_t round = 0; round < 3; round++) {
		for (a.scope = 1; a.scope < 40; a.scope++) {
			if (if_indextoname(a.scope, name))
				snprintf(expected, sizeof(expected), "fe80::1%%%s", name);
			else
				snprintf(expected, sizeof(expected), "fe80::1%%%u", a.scope);
			assert_string_equal(gcoap_addr_format_host(&a, buf), expected);
		}
	}
}

static void order_is_family_address_port_zone(void **state)
{
	struct gcoap_addr sorted[] = {
		addr("10.0.0.2:9"), addr("10.0.0.10:5"), addr("10.0.0.10:6"),
		addr("192.0.2.1"), addr("::1"), addr("2001:db8::1"), addr("fe80::1"),
		addr("fe80::1"),
	};
	const size_t n = sizeof(sorted) / sizeof(sorted[0]);

	sorted[n - 1].scope = 3;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			assert_int_equal(gcoap_addr_compare(&sorted[i], &sorted[k]),
					 i < k ? -1 : i > k ? 1 : 0);
}

static void the_hash_sees_each_part(void **state)
{
	struct gcoap_addr a = addr("[fe80::1]:5683"), b = a;

	assert_int_equal(gcoap_addr_hash(&a), gcoap_addr_hash(&b));
	b.port++;
	assert_int_not_equal(gcoap_addr_hash(&a), gcoap_addr_hash(&b));
	b = a;
	b.scope = 2;
	assert_int_not_equal(gcoap_addr_hash(&a), gcoap_addr_hash(&b));
	b = a;
	b.bytes[1] ^= 1;
	assert_int_not_equal(gcoap_addr_hash(&a), gcoap_addr_hash(&b));
}

static void hashes_of_neighbours_spread(void **state)
{
	unsigned buckets[256] = { 0 };
	struct gcoap_addr a = addr("127.77.0.0");

	for (unsigned i = 0; i < 25600; i++) {
		a.bytes[2] = (uint8_t)(i >> 8);
		a.bytes[3] = (uint8_t)i;
		buckets[gcoap_addr_hash(&a) % 256]++;
	}
	for (unsigned i = 0; i < 256; i++)
		assert_in_range(buckets[i], 40, 180);
}

static void multicast_loopback_and_zones_are_told_by_the_address(void **state)
{
	static const struct {
		const char *text;
		bool multicast, loopback, zone;
	} rows[] = {
		{ "223.255.255.255", false, false, false }, { "224.0.0.0", true, false, false },
		{ "239.255.255.255", true, false, false }, { "240.0.0.0", false, false, false },
		{ "126.255.255.255", false, false, false }, { "127.77.1.2", false, true, false },
		{ "128.0.0.0", false, false, false }, { "::1", false, true, false },
		{ "::2", false, false, false }, { "fe7f::1", false, false, false },
		{ "fe80::1", false, false, true }, { "febf::1", false, false, true },
		{ "fec0::1", false, false, false }, { "ff01::fd", true, false, true },
		{ "ff02::fd", true, false, true }, { "ff12::1", true, false, true },
		{ "ff03::fd", true, false, false }, { "ff0e::fd", true, false, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct gcoap_addr a = addr(rows[i].text);

		if (gcoap_addr_is_multicast(&a) != rows[i].multicast ||
		    gcoap_addr_is_loopback(&a) != rows[i].loopback ||
		    gcoap_addr_needs_zone(&a) != rows[i].zone)
			fail_msg("%s", rows[i].text);
	}
}

static void socket_addresses_go_both_ways(void **state)
{
	static const char *const texts[] = { "192.0.2.1:1", "[2001:db8::1]:2", "[fe80::1]:3" };
	struct sockaddr_storage ss;

	for (size_t i = 0; i < 3; i++) {
		struct gcoap_addr a = addr(texts[i]), b;

		a.scope = i == 2 ? 5 : 0;
		assert_int_equal(gcoap_addr_to_sockaddr(&a, &ss),
				 i == 0 ? sizeof(struct sockaddr_in)
					: sizeof(struct sockaddr_in6));
		assert_int_equal(gcoap_addr_from_sockaddr(&b, (struct sockaddr *)&ss), 0);
		assert_true(gcoap_addr_equal(&a, &b));
	}
}

static void a_mapped_socket_address_becomes_ipv4(void **state)
{
	struct sockaddr_in6 mapped = { .sin6_family = AF_INET6, .sin6_port = htons(5683) };
	struct gcoap_addr a, b = addr("192.0.2.1");

	memcpy(mapped.sin6_addr.s6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16);
	assert_int_equal(gcoap_addr_from_sockaddr(&a, (struct sockaddr *)&mapped), 0);
	assert_true(gcoap_addr_equal(&a, &b));
}

static void another_family_is_invalid(void **state)
{
	struct sockaddr_storage ss = { .ss_family = AF_UNIX };
	struct gcoap_addr a;

	assert_int_equal(gcoap_addr_from_sockaddr(&a, (struct sockaddr *)&ss),
			 GCOAP_EINVALID);
	assert_int_equal(gcoap_addr_to_sockaddr(&a, &ss), 0);
	assert_int_equal(ss.ss_family, AF_UNSPEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_is_read_with_and_without_a_port),
		cmocka_unit_test(ipv6_is_read_with_and_without_brackets),
		cmocka_unit_test(ipv4_mapped_addresses_are_ipv4),
		cmocka_unit_test(what_is_not_an_address_is_malformed),
		cmocka_unit_test(zones_are_interfaces_of_this_host),
		cmocka_unit_test(addresses_are_written_as_rfc_5952_says),
		cmocka_unit_test(the_longest_address_fits),
		cmocka_unit_test(every_written_address_is_read_back),
		cmocka_unit_test(an_unset_address_is_a_dash),
		cmocka_unit_test(more_zones_than_are_remembered_keep_their_numbers),
		cmocka_unit_test(order_is_family_address_port_zone),
		cmocka_unit_test(the_hash_sees_each_part),
		cmocka_unit_test(hashes_of_neighbours_spread),
		cmocka_unit_test(multicast_loopback_and_zones_are_told_by_the_address),
		cmocka_unit_test(socket_addresses_go_both_ways),
		cmocka_unit_test(a_mapped_socket_address_becomes_ipv4),
		cmocka_unit_test(another_family_is_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
