/* A group of servers and group requests (protocol checks S-01 … S-10, S-20). */
#include "test.h"

#include "serve_fixture.h"

static struct fx f;

static int open_host(void **state)
{
	fx_init(*state, 4);
	fx_open(*state);
	return 0;
}

static size_t ask(struct gcoap_msg *m)
{
	fx_group(&f, m);
	return fx_run(&f, f.now + 6 * GCOAP_SECOND);
}

static size_t ask_path(enum gcoap_type type, uint8_t code, uint16_t mid, const char *path)
{
	struct gcoap_msg m;

	fx_request(&m, type, code, mid, path);
	return ask(&m);
}

/* S-01 */
static void every_member_answers_with_the_token_from_its_own_address(void **state)
{
	bool seen[4] = { false };

	(void)state;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/r"), 4);
	for (size_t i = 0; i < 4; i++) {
		struct gcoap_msg m = fx_msg(&f, i);

		assert_int_equal(m.type, GCOAP_NON);
		assert_int_equal(m.code, GCOAP_CONTENT);
		assert_int_equal(m.token_len, 2);
		assert_memory_equal(m.token, "\xa1\xb2", 2);
		assert_true(gcoap_addr_equal(&f.sent[i].to, &f.client));
		seen[f.sent[i].from.bytes[3] - 1] = true;
	}
	assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
}

static void two_answers_of_a_member_have_different_message_ids(void **state)
{
	(void)state;
	ask_path(GCOAP_NON, GCOAP_GET, 1, "/r");
	ask_path(GCOAP_NON, GCOAP_GET, 2, "/r");
	assert_int_equal(f.n, 8);
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 4; k < 8; k++)
			if (gcoap_addr_equal(&f.sent[i].from, &f.sent[k].from))
				assert_int_not_equal(fx_msg(&f, i).mid, fx_msg(&f, k).mid);
}

/* S-02 */
static void a_con_to_the_group_is_a_sender_error_and_meets_silence(void **state)
{
	(void)state;
	assert_int_equal(ask_path(GCOAP_CON, GCOAP_GET, 1, "/r"), 0);
	assert_int_equal(f.seen_silent, 1);
}

/* S-03 */
static void an_unknown_critical_option_makes_the_group_silent(void **state)
{
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	gcoap_msg_add(&m, 65001, bytes(1));
	assert_int_equal(ask(&m), 0);
}

/* S-04 */
static void an_unknown_path_makes_the_group_silent(void **state)
{
	(void)state;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/nosuch"), 0);
	assert_string_equal(f.why, "no such resource");
}

static void what_is_not_for_groups_is_not_answered(void **state)
{
	(void)state;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/private"), 0);
}

static void errors_are_suppressed_unless_the_policy_sends_them(void **state)
{
	(void)state;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/maybe"), 2);
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_POST, 2, "/plain"), 0);
	/* S-05: both conditions of one class */
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 3, "/loud"), 4);
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_POST, 4, "/loud"), 4);
	assert_int_equal(fx_msg(&f, f.n - 1).code, GCOAP_METHOD_NOT_ALLOWED);
}

static size_t with_no_response(uint16_t mid, const char *path, uint32_t mask)
{
	struct gcoap_msg m;
	uint8_t store[4];

	fx_request(&m, GCOAP_NON, GCOAP_GET, mid, path);
	gcoap_msg_add_uint(&m, GCOAP_NO_RESPONSE, mask, store);
	return ask(&m);
}

/* S-07 */
static void no_response_suppresses_its_classes(void **state)
{
	(void)state;
	assert_int_equal(with_no_response(1, "/r", 2), 0);
	assert_int_equal(with_no_response(2, "/r", 26), 0);
	assert_int_equal(with_no_response(3, "/r", 24), 4);
	assert_int_equal(with_no_response(4, "/loud", 8), 0);
	assert_int_equal(with_no_response(5, "/loud", 16), 4);
	assert_int_equal(with_no_response(6, "/plain", 26), 4);
}

/* S-08, S-09 */
static void an_empty_no_response_brings_errors_in_the_older_dialect_only(void **state)
{
	(void)state;
	assert_int_equal(with_no_response(1, "/maybe", 0), 4);
	fx_close(&f);
	fx_init(&f, 4);
	f.config.dialect = gcoap_dialect_find("ietf");
	fx_open(&f);
	assert_int_equal(with_no_response(2, "/maybe", 0), 2);
}

/* S-10 */
static void the_same_message_id_is_answered_once(void **state)
{
	(void)state;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/r"), 4);
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/r"), 0);
	f.now += 145 * GCOAP_SECOND;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/r"), 4);
}

static void another_port_is_another_endpoint(void **state)
{
	(void)state;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/r"), 4);
	f.client.port++;
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/r"), 4);
}

/* S-20 */
static void elective_options_of_the_proxy_drafts_are_ignored(void **state)
{
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	gcoap_msg_add(&m, f.registry.draft[GCOAP_DRAFT_MULTICAST_SIGNALING], bytes(10));
	gcoap_msg_add(&m, f.registry.draft[GCOAP_DRAFT_RESPONSE_FORWARDING], bytes(1, 2));
	assert_int_equal(ask(&m), 4);
}

static void proxying_and_q_blocks_are_no_matter_for_a_group(void **state)
{
	static const uint16_t numbers[] = { GCOAP_PROXY_URI, GCOAP_PROXY_SCHEME,
					    GCOAP_Q_BLOCK2, GCOAP_OSCORE };
	struct gcoap_msg m;

	(void)state;
	for (uint16_t i = 0; i < 4; i++) {
		fx_request(&m, GCOAP_NON, GCOAP_GET, i, "/r");
		gcoap_msg_add(&m, numbers[i], bytes('c', 'o'));
		assert_int_equal(ask(&m), 0);
	}
}

static void block1_has_no_meaning_for_a_group(void **state)
{
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_PUT, 1, "/r");
	gcoap_msg_add(&m, GCOAP_BLOCK1, bytes(0x08));
	assert_int_equal(ask(&m), 0);
	assert_int_equal(f.version, 0);
}

static void a_post_is_executed_once_by_each_member_and_answered_later(void **state)
{
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_POST, 1, "/r");
	fx_group(&f, &m);
	assert_int_equal(f.posts, 4);
	fx_group(&f, &m);
	assert_int_equal(f.posts, 4);
	assert_int_equal(fx_run(&f, f.now + 5 * GCOAP_SECOND), 4);
	assert_int_equal(fx_msg(&f, 0).code, GCOAP_CHANGED);
}

static void a_post_without_interest_in_answers_is_executed_in_silence(void **state)
{
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_POST, 1, "/r");
	gcoap_msg_add(&m, GCOAP_NO_RESPONSE, bytes(26));
	assert_int_equal(ask(&m), 0);
	assert_int_equal(f.posts, 4);
}

static void other_groups_and_other_hosts_are_not_ours(void **state)
{
	struct gcoap_addr to = f.group;
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	to.bytes[3]++;
	fx_give(&f, &to, &m);
	to = fx_member(4);
	fx_give(&f, &to, &m);
	assert_int_equal(fx_run(&f, f.now + 6 * GCOAP_SECOND), 0);
	assert_int_equal(f.seen_silent, 2);
}

static bool only_odd_ones(void *arg, uint32_t member, const struct gcoap_addr *group)
{
	assert_ptr_equal(arg, &f);
	assert_int_equal(group->bytes[3], 187);
	return member % 2;
}

static void who_has_not_joined_does_not_hear_it(void **state)
{
	struct gcoap_msg m;

	(void)state;
	gcoap_serve_free(&f.serve);
	f.config.joined = only_odd_ones;
	fx_open(&f);
	fx_request(&m, GCOAP_NON, GCOAP_POST, 1, "/r");
	assert_int_equal(ask(&m), 2);
	assert_int_equal(f.posts, 2);
	f.config.joined = NULL;
}

static void a_slash_inside_a_segment_does_not_split_it(void **state)
{
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/gp/gp1/r");
	assert_int_equal(ask(&m), 4);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "gp/gp1/r");
	m.mid = 2;
	assert_int_equal(ask(&m), 0);
}

static void faults_lose_double_delay_and_spoil(void **state)
{
	gcoap_time start = f.now;

	(void)state;
	f.fate = (struct gcoap_fate){ .lost = true };
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 1, "/r"), 0);
	f.fate = (struct gcoap_fate){ .twice = true };
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 2, "/r"), 8);
	f.fate = (struct gcoap_fate){ .late = 100 * GCOAP_SECOND };
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 3, "/r"), 0);
	assert_int_equal(fx_run(&f, start + 200 * GCOAP_SECOND), 4);
	f.fate = (struct gcoap_fate){ .code = GCOAP_SERVER_ERROR };
	assert_int_equal(ask_path(GCOAP_NON, GCOAP_GET, 4, "/r"), 0);
	assert_int_equal(with_no_response(5, "/r", 0), 4);
	assert_int_equal(fx_msg(&f, f.n - 1).code, GCOAP_SERVER_ERROR);
}

static void a_host_needs_members_and_callbacks(void **state)
{
	struct gcoap_serve_config config = f.config;
	struct gcoap_serve *s;

	(void)state;
	config.members = 0;
	assert_int_equal(gcoap_serve_new(&s, &config), GCOAP_EINVALID);
	config = f.config;
	config.member_of = NULL;
	assert_int_equal(gcoap_serve_new(&s, &config), GCOAP_EINVALID);
	assert_null(s);
	gcoap_serve_free(&s);
}

#define TEST(name) \
	cmocka_unit_test_prestate_setup_teardown(name, open_host, fx_tear_down, &f)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_member_answers_with_the_token_from_its_own_address),
		TEST(two_answers_of_a_member_have_different_message_ids),
		TEST(a_con_to_the_group_is_a_sender_error_and_meets_silence),
		TEST(an_unknown_critical_option_makes_the_group_silent),
		TEST(an_unknown_path_makes_the_group_silent),
		TEST(what_is_not_for_groups_is_not_answered),
		TEST(errors_are_suppressed_unless_the_policy_sends_them),
		TEST(no_response_suppresses_its_classes),
		TEST(an_empty_no_response_brings_errors_in_the_older_dialect_only),
		TEST(the_same_message_id_is_answered_once),
		TEST(another_port_is_another_endpoint),
		TEST(elective_options_of_the_proxy_drafts_are_ignored),
		TEST(proxying_and_q_blocks_are_no_matter_for_a_group),
		TEST(block1_has_no_meaning_for_a_group),
		TEST(a_post_is_executed_once_by_each_member_and_answered_later),
		TEST(a_post_without_interest_in_answers_is_executed_in_silence),
		TEST(other_groups_and_other_hosts_are_not_ours),
		TEST(who_has_not_joined_does_not_hear_it),
		TEST(a_slash_inside_a_segment_does_not_split_it),
		TEST(faults_lose_double_delay_and_spoil),
		TEST(a_host_needs_members_and_callbacks),
	};

	return cmocka_run_group_tests_name("serve", tests, NULL, NULL);
}
