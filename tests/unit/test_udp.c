/* The UDP endpoint on loopback. */
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "net/udp.h"

static struct gcoap_udp *open4(const struct gcoap_udp_config *extra)
{
	struct gcoap_udp_config c = extra ? *extra : (struct gcoap_udp_config){ 0 };
	struct gcoap_udp *u;

	c.v4 = true;
	c.bind = (struct gcoap_addr){ .family = 4, .bytes = { 127, 0, 0, 1 } };
	assert_int_equal(gcoap_udp_open(&u, &c, NULL), 0);
	return u;
}

/* NULL where the loopback interface has no IPv6 address. */
static struct gcoap_udp *open6(void)
{
	struct gcoap_udp_config c = { .v6 = true };
	struct gcoap_udp *u;

	c.bind = (struct gcoap_addr){ .family = 6, .bytes = { [15] = 1 } };
	if (gcoap_udp_open(&u, &c, NULL) < 0)
		print_message("# no IPv6 here\n");
	return u;
}

static void send_text(struct gcoap_udp *from, const struct gcoap_addr *to, const char *text)
{
	struct gcoap_datagram d = { .to = *to, .data = gcoap_bytes_text(text) };

	assert_int_equal(gcoap__udp_send(from, &d, NULL, NULL), 0);
}

static int wait_batch(struct gcoap_udp *u, struct gcoap__sock *s, gcoap_time *now)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };

	assert_int_equal(poll(&p, 1, 5000), 1);
	return gcoap__udp_recv(u, s, now);
}

static void family_round_trip(struct gcoap_udp *a, struct gcoap_udp *b, uint8_t family)
{
	struct gcoap__sock *sa = gcoap__udp_sock(a, family), *sb = gcoap__udp_sock(b, family);
	struct gcoap_addr la, lb;
	struct gcoap_datagram d;
	gcoap_time before = gcoap_now(), now;

	gcoap_udp_local(a, family, &la);
	gcoap_udp_local(b, family, &lb);
	send_text(a, &lb, "one");
	send_text(a, &lb, "three");
	assert_true(gcoap__udp_pending(sa));
	assert_int_equal(gcoap__udp_flush(a, sa, NULL, NULL), 0);
	assert_false(gcoap__udp_pending(sa));
	assert_int_equal(wait_batch(b, sb, &now), 2);
	gcoap__udp_get(b, sb, 1, now, &d);
	assert_int_equal(d.data.len, 5);
	assert_memory_equal(d.data.ptr, "three", 5);
	assert_true(gcoap_addr_equal(&d.from, &la));
	assert_true(gcoap_addr_equal(&d.to, &lb));
	assert_int_not_equal(d.ifindex, 0);
	assert_true(d.hops > 0);
	assert_false(d.truncated);
	assert_true(d.at >= before && d.at <= now);
	gcoap_udp_close(&a);
	gcoap_udp_close(&b);
	assert_null(a);
}

static void a_datagram_arrives_with_all_that_is_known_of_it(void **state)
{
	family_round_trip(open4(NULL), open4(NULL), 4);
}

static void ipv6_datagrams_arrive_alike(void **state)
{
	struct gcoap_udp *a = open6(), *b = open6();

	if (a && b)
		family_round_trip(a, b, 6);
}

static void an_empty_queue_gives_nothing(void **state)
{
	struct gcoap_udp *u = open4(NULL);
	gcoap_time now;

	assert_int_equal(gcoap__udp_recv(u, &u->sock[0], &now), 0);
	gcoap_udp_close(&u);
}

static void an_empty_datagram_is_a_datagram(void **state)
{
	struct gcoap_udp *u = open4(NULL);
	struct gcoap_datagram d;
	struct gcoap_addr local;
	gcoap_time now;

	gcoap_udp_local(u, 4, &local);
	send_text(u, &local, "");
	gcoap__udp_flush(u, &u->sock[0], NULL, NULL);
	assert_int_equal(wait_batch(u, &u->sock[0], &now), 1);
	gcoap__udp_get(u, &u->sock[0], 0, now, &d);
	assert_int_equal(d.data.len, 0);
	gcoap_udp_close(&u);
}

static void datagrams_beyond_the_slot_are_marked_truncated(void **state)
{
	static uint8_t big[65507];
	static const size_t sizes[] = { UDP_OUT_SLOT + 1, UDP_SLOT, UDP_SLOT + 1, sizeof(big) };
	struct gcoap_udp *u = open4(NULL);
	struct gcoap_datagram d;
	struct gcoap_addr local;
	gcoap_time now;

	gcoap_udp_local(u, 4, &local);
	for (size_t i = 0; i < 4; i++) {
		d = (struct gcoap_datagram){ .to = local, .data = { big, sizes[i] } };
		assert_int_equal(gcoap__udp_send(u, &d, NULL, NULL), 0);
		assert_int_equal(gcoap__udp_flush(u, &u->sock[0], NULL, NULL), 0);
		assert_int_equal(wait_batch(u, &u->sock[0], &now), 1);
		gcoap__udp_get(u, &u->sock[0], 0, now, &d);
		assert_int_equal(d.truncated, sizes[i] > UDP_SLOT);
		assert_int_equal(d.data.len, sizes[i] > UDP_SLOT ? UDP_SLOT : sizes[i]);
	}
	gcoap_udp_close(&u);
}

struct failure {
	int error, count;
	size_t len;
};

static void note_failure(void *arg, const struct gcoap_datagram *d, int error)
{
	struct failure *f = arg;

	f->error = error;
	f->len = d->data.len;
	f->count++;
}

static void a_datagram_that_cannot_leave_is_told_and_the_rest_is_sent(void **state)
{
	static uint8_t big[65508];
	struct gcoap_udp *u = open4(NULL);
	struct gcoap_datagram d = { .data = { big, sizeof(big) } };
	struct failure f = { 0 };
	gcoap_time now;

	gcoap_udp_local(u, 4, &d.to);
	assert_int_equal(gcoap__udp_send(u, &d, note_failure, &f), 0);
	send_text(u, &d.to, "fits");
	assert_int_equal(gcoap__udp_flush(u, &u->sock[0], note_failure, &f), 0);
	assert_int_equal(f.count, 1);
	assert_int_equal(f.error, EMSGSIZE);
	assert_int_equal(f.len, sizeof(big));
	assert_int_equal(wait_batch(u, &u->sock[0], &now), 1);
	gcoap_udp_close(&u);
}

static void a_family_that_is_not_open_has_no_route(void **state)
{
	struct gcoap_udp *u = open4(NULL);
	struct gcoap_datagram d = { .to = { .family = 6, .port = 9, .bytes = { [15] = 1 } } };

	assert_int_equal(gcoap__udp_send(u, &d, NULL, NULL), GCOAP_EROUTE);
	gcoap_udp_close(&u);
}

static void a_batch_holds_more_than_it_can_send_at_once(void **state)
{
	struct gcoap_udp *u = open4(NULL);
	struct gcoap_addr local;
	gcoap_time now;
	int n = 0, r;

	gcoap_udp_local(u, 4, &local);
	for (int i = 0; i < 3 * UDP_BATCH + 1; i++)
		send_text(u, &local, "x");
	gcoap__udp_flush(u, &u->sock[0], NULL, NULL);
	while ((r = gcoap__udp_recv(u, &u->sock[0], &now)) > 0)
		n += r;
	assert_int_equal(n, 3 * UDP_BATCH + 1);
	assert_int_equal(u->sent, 3 * UDP_BATCH + 1);
	gcoap_udp_close(&u);
}

static void the_source_address_can_be_chosen(void **state)
{
	struct gcoap_udp_config c = { .v4 = true };
	struct gcoap_datagram d = { .from = { .family = 4, .bytes = { 127, 77, 3, 4 } },
				    .data = gcoap_bytes_text("x") };
	struct gcoap_udp *any, *u = open4(NULL);
	gcoap_time now;

	assert_int_equal(gcoap_udp_open(&any, &c, NULL), 0);
	gcoap_udp_local(u, 4, &d.to);
	assert_int_equal(gcoap__udp_send(any, &d, NULL, NULL), 0);
	assert_int_equal(gcoap__udp_flush(any, &any->sock[0], NULL, NULL), 0);
	assert_int_equal(wait_batch(u, &u->sock[0], &now), 1);
	gcoap__udp_get(u, &u->sock[0], 0, now, &d);
	assert_int_equal(d.from.bytes[1], 77);
	assert_int_equal(d.from.bytes[3], 4);
	gcoap_udp_close(&any);
	gcoap_udp_close(&u);
}

/* A group on the loopback interface, which needs no route and no flag. */
static void group_hops(const uint8_t group[4], int wish, int expected)
{
	struct gcoap_udp_config c = { .v4 = true, .hops = wish };
	struct gcoap_datagram d = { .data = gcoap_bytes_text("to all") };
	struct gcoap_udp *member, *client;
	struct gcoap_iface lo;
	struct gcoap_addr local;
	gcoap_time now;

	assert_int_equal(gcoap_iface_find("lo", &lo), 0);
	assert_int_equal(gcoap_udp_open(&client, &c, NULL), 0);
	assert_int_equal(gcoap_udp_open(&member, &c, NULL), 0);
	gcoap_udp_local(member, 4, &local);
	d.to = (struct gcoap_addr){ .family = 4, .port = local.port };
	memcpy(d.to.bytes, group, 4);
	d.ifindex = lo.index;
	assert_int_equal(gcoap_udp_join(member, &d.to, lo.index), 0);
	assert_int_equal(gcoap_udp_join(member, &d.to, lo.index), 0);
	assert_int_equal(gcoap__udp_send(client, &d, NULL, NULL), 0);
	assert_int_equal(gcoap__udp_flush(client, &client->sock[0], NULL, NULL), 0);
	assert_int_equal(wait_batch(member, &member->sock[0], &now), 1);
	gcoap__udp_get(member, &member->sock[0], 0, now, &d);
	assert_memory_equal(d.to.bytes, group, 4);
	assert_int_equal(d.from.bytes[0], 127);
	assert_int_equal(d.ifindex, lo.index);
	assert_int_equal(d.hops, expected);
	gcoap_udp_close(&client);
	gcoap_udp_close(&member);
}

static void group_requests_leave_with_the_hop_limit_of_their_scope(void **state)
{
	group_hops((const uint8_t[4]){ 224, 0, 0, 187 }, 0, 1);
	group_hops((const uint8_t[4]){ 224, 0, 1, 187 }, 0, 16);
	group_hops((const uint8_t[4]){ 224, 0, 1, 187 }, 3, 3);
}

/* Only where the loopback interface has a route for groups: tests/net/endpoint.bats. */
static void group_hops6(uint8_t scope, int expected)
{
	struct gcoap_udp_config c = { .v6 = true };
	struct gcoap_datagram d = { .data = gcoap_bytes_text("to all"), .ifindex = 1 };
	struct gcoap_udp *member, *client;
	struct failure f = { 0 };
	struct gcoap_addr local;
	gcoap_time now;

	assert_int_equal(gcoap_udp_open(&client, &c, NULL), 0);
	assert_int_equal(gcoap_udp_open(&member, &c, NULL), 0);
	gcoap_udp_local(member, 6, &local);
	d.to = (struct gcoap_addr){ .family = 6, .port = local.port,
				    .bytes = { 0xff, scope, [15] = 0xfd } };
	assert_int_equal(gcoap_udp_join(member, &d.to, 1), 0);
	assert_int_equal(gcoap__udp_send(client, &d, NULL, NULL), 0);
	assert_int_equal(gcoap__udp_flush(client, &client->sock[1], note_failure, &f), 0);
	if (f.error == ENETUNREACH) {
		print_message("# no route for IPv6 groups here\n");
		goto out;
	}
	assert_int_equal(wait_batch(member, &member->sock[1], &now), 1);
	gcoap__udp_get(member, &member->sock[1], 0, now, &d);
	assert_int_equal(d.to.bytes[1], scope);
	assert_int_equal(d.to.scope, gcoap_addr_needs_zone(&d.to) ? 1 : 0);
	assert_int_equal(d.ifindex, 1);
	assert_int_equal(d.hops, expected);
out:
	gcoap_udp_close(&client);
	gcoap_udp_close(&member);
}

static void ipv6_groups_are_reached_over_an_interface(void **state)
{
	group_hops6(2, 1);
	group_hops6(5, 16);
}

static void only_joined_groups_are_heard(void **state)
{
	struct gcoap_udp_config c = { .v4 = true };
	struct gcoap_datagram d = { .to = { .family = 4, .bytes = { 224, 0, 1, 188 } },
				    .data = gcoap_bytes_text("x") };
	struct gcoap_udp *a, *b;
	struct gcoap_iface lo;
	struct gcoap_addr local;
	gcoap_time now;

	assert_int_equal(gcoap_iface_find("lo", &lo), 0);
	assert_int_equal(gcoap_udp_open(&a, &c, NULL), 0);
	assert_int_equal(gcoap_udp_open(&b, &c, NULL), 0);
	assert_int_equal(gcoap_udp_join(a, &d.to, lo.index), 0);
	gcoap_udp_local(b, 4, &local);
	d.to.port = local.port;
	d.ifindex = lo.index;
	assert_int_equal(gcoap__udp_send(a, &d, NULL, NULL), 0);
	assert_int_equal(gcoap__udp_flush(a, &a->sock[0], NULL, NULL), 0);
	assert_int_equal(gcoap__udp_recv(b, &b->sock[0], &now), 0);
	gcoap_udp_close(&a);
	gcoap_udp_close(&b);
}

static void joining_needs_a_group_and_an_interface(void **state)
{
	struct gcoap_udp *u = open4(NULL);
	struct gcoap_addr unicast = { .family = 4, .bytes = { 127, 0, 0, 1 } };
	struct gcoap_addr group = { .family = 4, .bytes = { 224, 0, 1, 187 } };

	assert_int_equal(gcoap_udp_join(u, &unicast, 1), GCOAP_EINVALID);
	assert_int_equal(gcoap_udp_join(u, &group, 99999), GCOAP_EINTERFACE);
	gcoap_udp_close(&u);
}

static void lost_datagrams_are_counted_exactly(void **state)
{
	struct gcoap_udp_config c = { .rcvbuf = 4096 };
	struct gcoap_udp *u = open4(&c), *from = open4(NULL);
	struct gcoap_addr local;
	gcoap_time now;
	int r, got = 0;

	gcoap_udp_local(u, 4, &local);
	assert_int_equal(gcoap_udp_drops(u), 0);
	for (int i = 0; i < 500; i++)
		send_text(from, &local, "answer");
	gcoap__udp_flush(from, &from->sock[0], NULL, NULL);
	while ((r = gcoap__udp_recv(u, &u->sock[0], &now)) > 0)
		got += r;
	assert_true(got < 500);
	assert_int_equal(gcoap_udp_drops(u), 500 - got);
	assert_true(gcoap_udp_rcvbuf(u) >= 4096);
	gcoap_udp_close(&u);
	gcoap_udp_close(&from);
}

static void the_receive_buffer_follows_the_expected_count(void **state)
{
	struct gcoap_udp_config c = { .expect = 100 };
	struct gcoap_udp *u = open4(&c);

	assert_true(gcoap_udp_capacity(u, 32) >= 100);
	assert_true(gcoap_udp_capacity(u, 32) > gcoap_udp_capacity(u, 500));
	assert_true(gcoap_udp_capacity(u, 500) > gcoap_udp_capacity(u, 1024));
	gcoap_udp_close(&u);
}

static void both_families_share_a_port_when_they_can(void **state)
{
	struct gcoap_udp_config c = { .v4 = true, .v6 = true };
	struct gcoap_addr l4, l6;
	struct gcoap_udp *u;

	assert_int_equal(gcoap_udp_open(&u, &c, NULL), 0);
	gcoap_udp_local(u, 4, &l4);
	gcoap_udp_local(u, 6, &l6);
	assert_int_not_equal(l4.port, 0);
	if (l6.family)
		assert_int_not_equal(l6.port, 0);
	gcoap_udp_close(&u);
}

static void an_address_in_use_is_busy(void **state)
{
	struct gcoap_udp_config c = { .v4 = true };
	struct gcoap_diag diag = { 0 };
	struct gcoap_udp *u = open4(NULL), *second;

	gcoap_udp_local(u, 4, &c.bind);
	assert_int_equal(gcoap_udp_open(&second, &c, &diag), GCOAP_EBUSY);
	assert_int_equal(errno, EADDRINUSE);
	assert_string_equal(diag.what, "bind");
	assert_null(second);
	gcoap_udp_close(&u);
}

static void an_unknown_device_is_no_interface(void **state)
{
	struct gcoap_udp_config c = { .v4 = true, .device = "nosuchif0" };
	struct gcoap_diag diag = { 0 };
	struct gcoap_udp *u;
	int r = gcoap_udp_open(&u, &c, &diag);

	assert_true(r == GCOAP_EINTERFACE || r == GCOAP_EPERMISSION);
	assert_string_equal(diag.what, "SO_BINDTODEVICE");
}

static void the_source_towards_a_destination_is_known_beforehand(void **state)
{
	struct gcoap_udp_config c = { .v4 = true };
	struct gcoap_addr to = { .family = 4, .port = 5683, .bytes = { 127, 9, 9, 9 } }, from;
	struct gcoap_addr group = { .family = 4, .port = 5683, .bytes = { 224, 0, 1, 187 } };
	struct gcoap_udp *u;
	struct gcoap_addr local;

	assert_int_equal(gcoap_udp_open(&u, &c, NULL), 0);
	gcoap_udp_local(u, 4, &local);
	assert_int_equal(gcoap_udp_source_for(u, &to, 0, &from), 0);
	assert_int_equal(from.bytes[0], 127);
	assert_int_equal(from.port, local.port);
	assert_int_equal(gcoap_udp_source_for(u, &group, 99999, &from), GCOAP_EROUTE);
	gcoap_udp_close(&u);
}

static void a_time_stamp_is_never_ahead_nor_before_the_last_empty_queue(void **state)
{
	struct gcoap_udp *u = open4(NULL);
	struct gcoap_datagram d;
	struct gcoap_addr local;
	gcoap_time now;

	gcoap_udp_local(u, 4, &local);
	send_text(u, &local, "x");
	gcoap__udp_flush(u, &u->sock[0], NULL, NULL);
	assert_int_equal(wait_batch(u, &u->sock[0], &now), 1);
	u->sock[0].floor = now; /* as after a step of the wall clock */
	gcoap__udp_get(u, &u->sock[0], 0, now, &d);
	assert_int_equal(d.at, now);
	u->sock[0].floor = 0;
	gcoap__udp_get(u, &u->sock[0], 0, 5, &d);
	assert_int_equal(d.at, 5);
	gcoap_udp_close(&u);
}

static void count_tap(void *arg, enum gcoap_direction dir, const struct gcoap_datagram *d)
{
	struct gcoap_datagram *last = arg;

	assert_int_equal(dir, GCOAP_SENT);
	*last = *d;
}

static void the_tap_is_told_the_source_of_what_is_sent(void **state)
{
	struct gcoap_datagram last = { 0 };
	struct gcoap_udp_config c = { .v4 = true, .tap = count_tap, .tap_arg = &last };
	struct gcoap_addr to = { .family = 4, .port = 9, .bytes = { 127, 0, 0, 1 } }, local;
	struct gcoap_udp *u;

	assert_int_equal(gcoap_udp_open(&u, &c, NULL), 0);
	gcoap_udp_local(u, 4, &local);
	send_text(u, &to, "x");
	assert_int_equal(last.data.len, 0);
	gcoap__udp_flush(u, &u->sock[0], NULL, NULL);
	assert_int_equal(last.data.len, 1);
	assert_int_equal(last.from.bytes[0], 127);
	assert_int_equal(last.from.port, local.port);
	assert_true(last.at > 0);
	gcoap_udp_close(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_datagram_arrives_with_all_that_is_known_of_it),
		cmocka_unit_test(ipv6_datagrams_arrive_alike),
		cmocka_unit_test(an_empty_queue_gives_nothing),
		cmocka_unit_test(an_empty_datagram_is_a_datagram),
		cmocka_unit_test(datagrams_beyond_the_slot_are_marked_truncated),
		cmocka_unit_test(a_datagram_that_cannot_leave_is_told_and_the_rest_is_sent),
		cmocka_unit_test(a_family_that_is_not_open_has_no_route),
		cmocka_unit_test(a_batch_holds_more_than_it_can_send_at_once),
		cmocka_unit_test(the_source_address_can_be_chosen),
		cmocka_unit_test(group_requests_leave_with_the_hop_limit_of_their_scope),
		cmocka_unit_test(ipv6_groups_are_reached_over_an_interface),
		cmocka_unit_test(only_joined_groups_are_heard),
		cmocka_unit_test(joining_needs_a_group_and_an_interface),
		cmocka_unit_test(lost_datagrams_are_counted_exactly),
		cmocka_unit_test(the_receive_buffer_follows_the_expected_count),
		cmocka_unit_test(both_families_share_a_port_when_they_can),
		cmocka_unit_test(an_address_in_use_is_busy),
		cmocka_unit_test(an_unknown_device_is_no_interface),
		cmocka_unit_test(the_source_towards_a_destination_is_known_beforehand),
		cmocka_unit_test(a_time_stamp_is_never_ahead_nor_before_the_last_empty_queue),
		cmocka_unit_test(the_tap_is_told_the_source_of_what_is_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
