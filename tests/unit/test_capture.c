/* Packets around datagrams, and capture files. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include <gcoap/net.h>
#include "net/module.h"
#include "net/packet.h"

#define LINK_RAW 101

static const struct gcoap_addr client4 = { .family = 4, .port = 40000,
					   .bytes = { 10, 77, 0, 10 } };
static const struct gcoap_addr server4 = { .family = 4, .port = 5683,
					   .bytes = { 10, 77, 0, 1 } };
static const struct gcoap_addr client6 = { .family = 6, .port = 40000,
					   .bytes = { 0xfd, 0x77, [15] = 0x10 } };
static const struct gcoap_addr server6 = { .family = 6, .port = 5683,
					   .bytes = { 0xfd, 0x77, [15] = 1 } };

static struct gcoap_datagram datagram(const struct gcoap_addr *from, const struct gcoap_addr *to,
				      const char *text)
{
	return (struct gcoap_datagram){
		.from = *from, .to = *to, .data = gcoap_bytes_text(text), .hops = 16
	};
}

static void round_trip(const struct gcoap_addr *from, const struct gcoap_addr *to)
{
	struct gcoap_datagram d = datagram(from, to, "hello"), back;
	uint8_t buf[128], *exact;
	int n = gcoap__packet_build(&d, buf, sizeof(buf));

	assert_int_equal(n, (from->family == 4 ? 28 : 48) + 5);
	assert_int_equal(gcoap__packet_parse(LINK_RAW, (struct gcoap_bytes){ buf, (size_t)n },
					     &back), 0);
	assert_true(gcoap_addr_equal(&back.from, from));
	assert_true(gcoap_addr_equal(&back.to, to));
	assert_int_equal(back.hops, 16);
	assert_false(back.truncated);
	assert_int_equal(back.data.len, 5);
	assert_memory_equal(back.data.ptr, "hello", 5);

	/* every prefix, in memory of its exact size */
	for (int len = 0; len < n; len++) {
		exact = malloc((size_t)len + !len);
		memcpy(exact, buf, (size_t)len);
		if (gcoap__packet_parse(LINK_RAW, (struct gcoap_bytes){ exact, (size_t)len },
					&back) == 0)
			assert_true(back.truncated);
		free(exact);
	}
}

static void packets_are_built_and_taken_apart(void **state)
{
	round_trip(&client4, &server4);
	round_trip(&client6, &server6);
}

static void checksums_are_those_of_a_real_packet(void **state)
{
	struct gcoap_datagram d = datagram(&client4, &server4, "\x40\x01\x12\x34");
	uint8_t buf[64];

	assert_int_equal(gcoap__packet_build(&d, buf, sizeof(buf)), 32);
	/* ones' complement sums by hand: 4500+0020+1011+0a4d+000a+0a4d+0001 = 69d6 */
	assert_int_equal(buf[10] << 8 | buf[11], 0x9629);
	/* 0a4d+000a+0a4d+0001+0011+000c+9c40+1633+000c+4001+1234 = 11976, 1977 with the carry */
	assert_int_equal(buf[26] << 8 | buf[27], 0xe688);
}

static void odd_lengths_are_summed_with_a_zero_byte(void **state)
{
	struct gcoap_datagram even = datagram(&client4, &server4, "\x01\x02\x03");
	uint8_t a[64], b[64];

	assert_int_equal(gcoap__packet_build(&even, a, sizeof(a)), 31);
	even.data.len = 2;
	assert_int_equal(gcoap__packet_build(&even, b, sizeof(b)), 30);
	/* 0300 more data, and 0001 more length in header and pseudo header */
	assert_int_equal((b[26] << 8 | b[27]) - (a[26] << 8 | a[27]), 0x0302);
}

static void mixed_families_and_small_buffers_are_refused(void **state)
{
	struct gcoap_datagram d = datagram(&client4, &server6, "x");
	static uint8_t big[65536];
	uint8_t buf[49];

	assert_int_equal(gcoap__packet_build(&d, buf, sizeof(buf)), GCOAP_EINVALID);
	d.from = (struct gcoap_addr){ 0 };
	assert_int_equal(gcoap__packet_build(&d, buf, sizeof(buf)), GCOAP_EINVALID);
	d = datagram(&client6, &server6, "xy");
	assert_int_equal(gcoap__packet_build(&d, buf, sizeof(buf)), GCOAP_ESPACE);
	d.data = (struct gcoap_bytes){ big, sizeof(big) };
	assert_int_equal(gcoap__packet_build(&d, big, sizeof(big)), GCOAP_ESPACE);
}

static int parse_behind(int linktype, const void *header, size_t len, struct gcoap_datagram *out,
			uint8_t *buf)
{
	struct gcoap_datagram d = datagram(&client4, &server4, "x");
	int n;

	memcpy(buf, header, len);
	n = gcoap__packet_build(&d, buf + len, 128 - len);
	return gcoap__packet_parse(linktype, (struct gcoap_bytes){ buf, len + (size_t)n + 5 }, out);
}

static void link_layers_are_skipped_and_padding_is_cut(void **state)
{
	static const uint8_t eth[14] = { [12] = 0x08, 0x00 };
	static const uint8_t vlan[18] = { [12] = 0x81, 0x00, 0, 5, 0x08, 0x00 };
	static const uint8_t arp[14] = { [12] = 0x08, 0x06 };
	static const uint8_t zero[20];
	uint8_t buf[160] = { 0 };
	struct gcoap_datagram d;

	assert_int_equal(parse_behind(1, eth, 14, &d, buf), 0);
	assert_int_equal(d.data.len, 1);
	assert_false(d.truncated);
	assert_int_equal(parse_behind(1, vlan, 18, &d, buf), 0);
	assert_int_equal(d.data.len, 1);
	assert_int_equal(parse_behind(1, arp, 14, &d, buf), GCOAP_EUNSUPPORTED);
	assert_int_equal(parse_behind(0, zero, 4, &d, buf), 0);
	assert_int_equal(parse_behind(108, zero, 4, &d, buf), 0);
	assert_int_equal(parse_behind(113, zero, 16, &d, buf), 0);
	assert_int_equal(parse_behind(276, zero, 20, &d, buf), 0);
	assert_int_equal(parse_behind(105, zero, 0, &d, buf), GCOAP_EUNSUPPORTED);
}

static void fragments_and_other_protocols_are_left_out(void **state)
{
	struct gcoap_datagram d = datagram(&client4, &server4, "x"), out;
	uint8_t buf[64];
	int n = gcoap__packet_build(&d, buf, sizeof(buf));
	struct gcoap_bytes packet = { buf, (size_t)n };

	buf[6] = 0x20; /* more fragments */
	assert_int_equal(gcoap__packet_parse(LINK_RAW, packet, &out), GCOAP_EUNSUPPORTED);
	buf[6] = 0x40; /* do not fragment */
	assert_int_equal(gcoap__packet_parse(LINK_RAW, packet, &out), 0);
	buf[9] = 6;
	assert_int_equal(gcoap__packet_parse(LINK_RAW, packet, &out), GCOAP_EUNSUPPORTED);
	buf[0] = 0x55;
	assert_int_equal(gcoap__packet_parse(LINK_RAW, packet, &out), GCOAP_EUNSUPPORTED);
	buf[0] = 0x41;
	assert_int_equal(gcoap__packet_parse(LINK_RAW, packet, &out), GCOAP_EMALFORMED);
}

static void ipv6_extension_headers_are_skipped(void **state)
{
	struct gcoap_datagram d = datagram(&client6, &server6, "hello"), out;
	uint8_t plain[64], buf[80];
	int n = gcoap__packet_build(&d, plain, sizeof(plain));

	memcpy(buf, plain, 40);
	buf[6] = 0; /* hop-by-hop options of 8 bytes */
	buf[5] = (uint8_t)(buf[5] + 8);
	memcpy(buf + 40, "\x11\x00\x01\x04\x00\x00\x00\x00", 8);
	memcpy(buf + 48, plain + 40, (size_t)n - 40);
	assert_int_equal(gcoap__packet_parse(LINK_RAW, (struct gcoap_bytes){ buf, (size_t)n + 8 },
					     &out), 0);
	assert_int_equal(out.data.len, 5);
	buf[6] = 44; /* a fragment */
	assert_int_equal(gcoap__packet_parse(LINK_RAW, (struct gcoap_bytes){ buf, (size_t)n + 8 },
					     &out), GCOAP_EUNSUPPORTED);
}

static void temp_path(char path[32])
{
	int fd;

	strncpy(path, "/tmp/gcoap-capture.XXXXXX", 32);
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
}

static void a_capture_file_is_read_back_with_its_times(void **state)
{
	const struct gcoap__module_capture *m = gcoap__module("capture");
	struct gcoap_datagram d = datagram(&client4, &server4, "one"), back;
	struct gcoap_capture *c;
	struct gcoap_bytes packet;
	gcoap_time at[2];
	char path[32];
	int linktype;
	void *file;

	temp_path(path);
	assert_non_null(m);
	assert_int_equal(gcoap_capture_open(&c, path), 0);
	d.at = 1000000001;
	assert_int_equal(gcoap_capture_write(c, GCOAP_SENT, &d), 0);
	d = datagram(&server6, &client6, "two");
	d.at = 2000000003;
	assert_int_equal(gcoap_capture_write(c, GCOAP_RECEIVED, &d), 0);
	assert_int_equal(gcoap_capture_close(&c), 0);
	assert_null(c);

	assert_int_equal(m->open(&file, path, &linktype), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(m->next(file, &at[i], &packet), 1);
		assert_int_equal(gcoap__packet_parse(linktype, packet, &back), 0);
		assert_memory_equal(back.data.ptr, i ? "two" : "one", 3);
	}
	assert_int_equal(at[1] - at[0], 1000000002);
	assert_int_equal(m->next(file, &at[0], &packet), 0);
	m->close(file);
	unlink(path);
}

static void what_could_not_be_written_is_told(void **state)
{
	struct gcoap_datagram d = { .to = server4 };
	struct gcoap_capture *c;

	assert_int_equal(gcoap_capture_open(&c, "/nonexistent/x.pcap"), GCOAP_ESYSTEM);
	assert_int_equal(errno, ENOENT);
	assert_null(c);
	assert_int_equal(gcoap_capture_open(&c, "/dev/full"), 0);
	assert_int_equal(gcoap_capture_close(&c), GCOAP_ESYSTEM);
	assert_int_equal(gcoap_capture_open(&c, "/dev/null"), 0);
	assert_int_equal(gcoap_capture_write(c, GCOAP_SENT, &d), GCOAP_EINVALID);
	assert_int_equal(gcoap_capture_close(&c), GCOAP_EINVALID);
	assert_int_equal(gcoap_capture_close(&c), 0);
}

static void a_module_that_is_not_there_is_null(void **state)
{
	assert_null(gcoap__module("nosuchmodule"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_are_built_and_taken_apart),
		cmocka_unit_test(checksums_are_those_of_a_real_packet),
		cmocka_unit_test(odd_lengths_are_summed_with_a_zero_byte),
		cmocka_unit_test(mixed_families_and_small_buffers_are_refused),
		cmocka_unit_test(link_layers_are_skipped_and_padding_is_cut),
		cmocka_unit_test(fragments_and_other_protocols_are_left_out),
		cmocka_unit_test(ipv6_extension_headers_are_skipped),
		cmocka_unit_test(a_capture_file_is_read_back_with_its_times),
		cmocka_unit_test(what_could_not_be_written_is_told),
		cmocka_unit_test(a_module_that_is_not_there_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
