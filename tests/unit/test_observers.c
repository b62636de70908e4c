/* Observers of group members (RFC 7641; groupcomm-bis-03, Section 3.6; checks S-13 … S-16). */
#include "test.h"

#include "serve_fixture.h"

static struct fx f;

static int open_host(void **state)
{
	fx_open_prompt(*state, 3);
	return 0;
}

static uint64_t observers(void)
{
	struct gcoap_serve_stats st;

	gcoap_serve_stats(f.serve, &st);
	return st.observers;
}

/* Observe @value on @path by the group (@member < 0) or one member. */
static size_t observe(int member, const char *path, uint16_t mid, uint32_t value)
{
	struct gcoap_msg m;
	uint8_t store[4];

	fx_request(&m, GCOAP_NON, GCOAP_GET, mid, path);
	gcoap_msg_add_uint(&m, GCOAP_OBSERVE, value, store);
	if (member < 0)
		fx_group(&f, &m);
	else
		fx_one(&f, (uint32_t)member, &m);
	return fx_run(&f, f.now);
}

/* Somebody else changes /r of a member; what comes until @wait later, but for the 2.04. */
static size_t change(uint32_t member, uint16_t mid, gcoap_time wait)
{
	struct gcoap_addr client = f.client;
	struct gcoap_msg m;

	fx_request(&m, GCOAP_NON, GCOAP_PUT, mid, "/r");
	m.token[0] = 0xee;
	f.client.port = 50000;
	fx_one(&f, member, &m);
	f.client = client;
	return fx_run(&f, f.now + wait) - 1;
}

static void reply(enum gcoap_type type, size_t to)
{
	struct gcoap_addr member = f.sent[to].from;
	struct gcoap_msg m;

	gcoap_msg_init(&m, type, GCOAP_EMPTY);
	m.mid = fx_msg(&f, to).mid;
	fx_give(&f, &member, &m);
}

static uint32_t observe_value(size_t i)
{
	struct gcoap_msg m = fx_msg(&f, i);
	uint32_t v = UINT32_MAX;

	gcoap_msg_uint(&m, GCOAP_OBSERVE, 3, &v);
	return v;
}

/* Index of the last datagram that is a notification to the client. */
static size_t last(void)
{
	size_t i = f.n;

	while (i-- > 0)
		if (gcoap_addr_equal(&f.sent[i].to, &f.client))
			return i;
	fail();
	return 0;
}

/* S-13 */
static void a_group_request_registers_with_every_member(void **state)
{
	(void)state;
	assert_int_equal(observe(-1, "/r", 1, 0), 3);
	assert_int_equal(observers(), 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_not_equal(observe_value(i), UINT32_MAX);
}

static void what_cannot_be_observed_is_answered_without_observe(void **state)
{
	(void)state;
	assert_int_equal(observe(-1, "/plain", 1, 0), 3);
	assert_int_equal(observe_value(0), UINT32_MAX);
	assert_int_equal(observers(), 0);
}

static void a_change_is_notified_with_the_token_and_a_higher_number(void **state)
{
	uint32_t first;

	(void)state;
	observe(0, "/r", 1, 0);
	first = observe_value(0);
	assert_int_equal(change(0, 2, 0), 1);
	assert_int_equal(fx_msg(&f, last()).code, GCOAP_CONTENT);
	assert_memory_equal(fx_msg(&f, last()).token, "\xa1\xb2", 2);
	assert_int_equal(observe_value(last()), first + 1);
}

static void another_member_s_change_is_not_notified(void **state)
{
	(void)state;
	observe(0, "/r", 1, 0);
	assert_int_equal(change(1, 2, GCOAP_SECOND), 0);
}

/* S-14 */
static void the_same_token_registers_once(void **state)
{
	(void)state;
	observe(-1, "/r", 1, 0);
	observe(-1, "/r", 2, 0);
	observe(1, "/r", 3, 0);
	assert_int_equal(observers(), 3);
	assert_int_equal(change(1, 4, 0), 1);
}

static void another_token_or_port_is_another_observer(void **state)
{
	(void)state;
	observe(0, "/r", 1, 0);
	f.client.port++;
	observe(0, "/r", 1, 0);
	assert_int_equal(observers(), 2);
	assert_int_equal(change(0, 2, 0), 2);
}

/* S-15 */
static void a_group_deregistration_ends_all(void **state)
{
	(void)state;
	observe(-1, "/r", 1, 0);
	assert_int_equal(observe(-1, "/r", 2, 1), 3);
	assert_int_equal(observe_value(3), UINT32_MAX);
	assert_int_equal(observers(), 0);
	assert_int_equal(change(0, 3, GCOAP_SECOND), 0);
}

static void one_member_can_be_left_alone(void **state)
{
	(void)state;
	observe(-1, "/r", 1, 0);
	observe(1, "/r", 2, 1);
	assert_int_equal(observers(), 2);
}

static void the_first_notification_is_con_and_its_rst_removes(void **state)
{
	(void)state;
	observe(0, "/r", 1, 0);
	change(0, 2, 0);
	assert_int_equal(fx_msg(&f, last()).type, GCOAP_CON);
	reply(GCOAP_RST, last());
	assert_int_equal(observers(), 0);
	assert_int_equal(fx_run(&f, f.now + 200 * GCOAP_SECOND), 0);
}

/* S-16 */
static void a_con_that_nobody_acknowledges_removes_the_observer(void **state)
{
	(void)state;
	observe(0, "/r", 1, 0);
	change(0, 2, 0);
	assert_int_equal(fx_run(&f, f.now + 93 * GCOAP_SECOND), 4);
	fx_run(&f, f.now + 100 * GCOAP_SECOND);
	assert_int_equal(observers(), 0);
}

static void a_change_while_a_con_is_open_waits_for_its_ack(void **state)
{
	(void)state;
	observe(0, "/r", 1, 0);
	assert_int_equal(change(0, 2, 0), 1);
	assert_int_equal(change(0, 3, 0), 0);
	assert_int_equal(change(0, 4, 0), 0);
	reply(GCOAP_ACK, last());
	assert_int_equal(fx_run(&f, f.now + GCOAP_SECOND), 1);
	assert_int_equal(fx_msg(&f, last()).type, GCOAP_NON);
	assert_int_equal(observers(), 1);
}

static void a_rst_to_a_non_notification_removes_too(void **state)
{
	(void)state;
	observe(0, "/r", 1, 0);
	change(0, 2, 0);
	reply(GCOAP_ACK, last());
	assert_int_equal(change(0, 3, GCOAP_SECOND), 1);
	assert_int_equal(fx_msg(&f, last()).type, GCOAP_NON);
	reply(GCOAP_RST, last());
	assert_int_equal(observers(), 0);
}

static void a_rst_from_elsewhere_removes_nobody(void **state)
{
	(void)state;
	observe(0, "/r", 1, 0);
	change(0, 2, 0);
	f.client.port++;
	reply(GCOAP_RST, f.n - 1);
	assert_int_equal(observers(), 1);
}

static void con_comes_every_so_often(void **state)
{
	unsigned cons = 0;

	(void)state;
	f.config.con_every = 4;
	fx_close(&f);
	fx_init(&f, 1);
	f.config.con_every = 4;
	fx_open(&f);
	observe(0, "/r", 1, 0);
	for (uint16_t i = 0; i < 12; i++) {
		assert_int_equal(change(0, (uint16_t)(10 + i), GCOAP_SECOND), 1);
		if (fx_msg(&f, last()).type == GCOAP_CON) {
			cons++;
			reply(GCOAP_ACK, last());
		}
	}
	assert_int_equal(cons, 3);
}

static void without_a_known_round_trip_non_ones_keep_three_seconds_apart(void **state)
{
	(void)state;
	fx_close(&f);
	fx_init(&f, 1);
	f.config.con_every = 0;
	fx_open(&f);
	observe(0, "/r", 1, 0);
	assert_int_equal(change(0, 2, 0), 0);
	assert_int_equal(change(0, 3, GCOAP_SECOND), 0);
	assert_int_equal(fx_run(&f, f.now + 2 * GCOAP_SECOND), 1);
	assert_int_equal(fx_run(&f, f.now + 10 * GCOAP_SECOND), 0);
}

static void what_changes_by_itself_is_notified_by_itself(void **state)
{
	unsigned n = 0;

	(void)state;
	observe(0, "/temp", 1, 0);
	for (int i = 0; i < 5; i++) {
		n += (unsigned)fx_run(&f, f.now + 4 * GCOAP_SECOND);
		if (fx_msg(&f, last()).type == GCOAP_CON)
			reply(GCOAP_ACK, last());
	}
	assert_int_equal(n, 5);
}

static void group_registered_changes_are_spread_over_the_leisure(void **state)
{
	(void)state;
	fx_close(&f);
	fx_init(&f, 3);
	fx_open(&f);
	observe(-1, "/r", 1, 0);
	assert_int_equal(fx_run(&f, f.now + 5 * GCOAP_SECOND), 3);
	assert_int_equal(change(0, 2, 0), 0);
	assert_int_equal(fx_run(&f, f.now + 5 * GCOAP_SECOND) > 0, 1);
}

static void a_returning_observer_sees_no_older_number(void **state)
{
	uint32_t before;

	(void)state;
	observe(0, "/r", 1, 0);
	for (uint16_t i = 0; i < 3; i++) {
		change(0, (uint16_t)(10 + i), GCOAP_SECOND);
		reply(GCOAP_ACK, last());
	}
	before = observe_value(last());
	observe(0, "/r", 20, 1);
	observe(0, "/r", 21, 0);
	assert_true(observe_value(last()) > before);
}

static void an_observe_of_four_bytes_is_ignored(void **state)
{
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_CON, GCOAP_GET, 1, "/r");
	gcoap_msg_add(&m, GCOAP_OBSERVE, bytes(0, 0, 0, 1));
	fx_one(&f, 0, &m);
	assert_int_equal(fx_run(&f, f.now), 1);
	assert_int_equal(fx_msg(&f, 0).code, GCOAP_CONTENT);
	assert_int_equal(observers(), 0);
}

static void observe_means_nothing_in_a_put(void **state)
{
	struct gcoap_msg m;

	(void)state;
	observe(0, "/r", 1, 0);
	fx_request(&m, GCOAP_NON, GCOAP_PUT, 2, "/r");
	gcoap_msg_add(&m, GCOAP_OBSERVE, bytes(1));
	fx_one(&f, 0, &m);
	fx_run(&f, f.now);
	assert_int_equal(observers(), 1);
}

static void there_is_an_end_to_observers(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 33000; i++) {
		f.client.port = (uint16_t)(20000 + i);
		observe(0, "/r", 1, 0);
		if (i < 32999)
			fx_forget(&f);
	}
	assert_int_equal(observers(), 32768);
	assert_int_equal(fx_msg(&f, 0).code, GCOAP_CONTENT);
	assert_int_equal(observe_value(0), UINT32_MAX);
}

#define TEST(name) \
	cmocka_unit_test_prestate_setup_teardown(name, open_host, fx_tear_down, &f)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_group_request_registers_with_every_member),
		TEST(what_cannot_be_observed_is_answered_without_observe),
		TEST(a_change_is_notified_with_the_token_and_a_higher_number),
		TEST(another_member_s_change_is_not_notified),
		TEST(the_same_token_registers_once),
		TEST(another_token_or_port_is_another_observer),
		TEST(a_group_deregistration_ends_all),
		TEST(one_member_can_be_left_alone),
		TEST(the_first_notification_is_con_and_its_rst_removes),
		TEST(a_con_that_nobody_acknowledges_removes_the_observer),
		TEST(a_change_while_a_con_is_open_waits_for_its_ack),
		TEST(a_rst_to_a_non_notification_removes_too),
		TEST(a_rst_from_elsewhere_removes_nobody),
		TEST(con_comes_every_so_often),
		TEST(without_a_known_round_trip_non_ones_keep_three_seconds_apart),
		TEST(what_changes_by_itself_is_notified_by_itself),
		TEST(group_registered_changes_are_spread_over_the_leisure),
		TEST(a_returning_observer_sees_no_older_number),
		TEST(an_observe_of_four_bytes_is_ignored),
		TEST(observe_means_nothing_in_a_put),
		TEST(there_is_an_end_to_observers),
	};

	return cmocka_run_group_tests_name("observers", tests, NULL, NULL);
}
