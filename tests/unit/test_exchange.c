/* Exchanges of the client: window, conditions, repeats, matching. */
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"
#define S3 "192.0.2.3:5683"

static void a_group_request_is_non_with_a_token_of_eight_bytes(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	assert_int_equal(play_ask(p, &ask), 1);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(play_last(p)->type, GCOAP_NON);
	assert_int_equal(play_last(p)->code, GCOAP_GET);
	assert_int_equal(play_last(p)->token_len, 8);
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(p->request.id, 1);
	play_free(p);
}

static void every_server_answers_under_one_token_until_the_timeout(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_summary sum;

	play_ask(p, &ask);
	play_wait(p, 500 * GCOAP_MS);
	assert_int_equal(play_text(p, S1, 10, "21"), 0);
	play_wait(p, GCOAP_SECOND);
	assert_int_equal(play_text(p, S2, 10, "22"), 0);
	assert_false(p->engine->done(p->engine));
	play_wait(p, 6 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_responses, 2);
	assert_int_equal(p->responses[0].r.rtt, 500 * GCOAP_MS);
	assert_string_equal(p->responses[1].uri, "coap://192.0.2.2/temp");
	assert_int_equal(p->responses[1].r.server_from, GCOAP_FROM_SOURCE);
	sum = play_summary(p);
	assert_int_equal(sum.servers, 2);
	assert_int_equal(sum.ok, 2);
	assert_int_equal(sum.ended_by, GCOAP_ENDED_TIMEOUT);
	assert_int_equal(sum.elapsed, 7 * GCOAP_SECOND);
	assert_int_equal(sum.rtt.max, 1500 * GCOAP_MS);
	play_free(p);
}

static void expect_ends_at_so_many_distinct_servers(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.expect = 2;
	play_ask(p, &ask);
	play_text(p, S1, 10, "a");
	play_text(p, S1, 11, "b");
	assert_false(p->engine->done(p->engine));
	assert_int_equal(p->responses[1].r.nth, 2);
	play_text(p, S2, 10, "c");
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_EXPECT);
	assert_int_equal(play_summary(p).servers, 2);
	assert_int_equal(play_summary(p).responses, 3);
	assert_false(play_summary(p).expect_failed);
	play_free(p);
}

static void fewer_servers_than_expected_is_said_in_the_summary(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.expect = 2;
	play_ask(p, &ask);
	play_text(p, S1, 10, "a");
	play_wait(p, 8 * GCOAP_SECOND);
	assert_true(play_summary(p).expect_failed);
	play_free(p);
}

static void a_server_of_expect_from_that_is_silent_is_missing(void **state)
{
	struct gcoap_addr from[] = { play_addr(S1), play_addr(S2), play_addr(S3) };
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	from[2].port = 0; /* any port */
	ask.expect_from = from;
	ask.n_expect_from = 3;
	play_ask(p, &ask);
	play_text(p, S1, 10, "a");
	play_text(p, "192.0.2.3:7000", 10, "a");
	play_wait(p, 8 * GCOAP_SECOND);
	assert_int_equal(p->n_missing, 1);
	assert_true(gcoap_addr_equal(&p->missing[0], &from[1]));
	assert_int_equal(play_summary(p).missing, 1);
	assert_true(play_summary(p).expect_failed);
	play_free(p);
}

static void an_awaited_server_may_answer_from_another_port(void **state)
{
	struct gcoap_addr from[] = { play_addr(S1), play_addr(S2), play_addr("192.0.2.2:7") };
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.expect_from = from;
	ask.n_expect_from = 3;
	play_ask(p, &ask);
	play_text(p, "192.0.2.1:6000", 10, "a");
	play_text(p, "192.0.2.2:6000", 10, "a"); /* two are awaited there: ports count */
	play_text(p, "192.0.2.2:7", 10, "a");
	play_wait(p, 8 * GCOAP_SECOND);
	assert_int_equal(p->n_missing, 1);
	assert_true(gcoap_addr_equal(&p->missing[0], &from[1]));
	assert_int_equal(play_summary(p).servers, 3);
	play_free(p);
}

static void expect_from_ends_when_all_have_answered(void **state)
{
	struct gcoap_addr from[] = { play_addr(S1), play_addr(S2) };
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.expect_from = from;
	ask.n_expect_from = 2;
	play_ask(p, &ask);
	play_text(p, S3, 10, "a");
	play_text(p, S2, 10, "a");
	assert_false(p->engine->done(p->engine));
	play_text(p, S1, 10, "a");
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_missing, 0);
	play_free(p);
}

static void one_of_several_exchanges_can_be_ended(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");
	int first = play_ask(p, &ask), waits;

	waits = play_ask(p, &ask); /* NSTART: for the end of the first */
	assert_int_equal(p->n_sent, 1);
	gcoap_client_end(p->client, (uint32_t)waits, GCOAP_ENDED_EXPECT, p->now);
	assert_int_equal(p->n_ended, 1);
	assert_int_equal(play_text(p, S1, 10, "21"), 0);
	gcoap_client_end(p->client, 99, GCOAP_ENDED_EXPECT, p->now);
	assert_false(p->engine->done(p->engine));
	gcoap_client_end(p->client, (uint32_t)first, GCOAP_ENDED_EXPECT, p->now);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_EXPECT);
	assert_int_equal(p->ended.answers, 1);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void idle_ends_after_silence_and_first_at_once(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.idle = GCOAP_SECOND;
	play_ask(p, &ask);
	play_wait(p, 2 * GCOAP_SECOND);
	assert_false(p->engine->done(p->engine));
	play_text(p, S1, 10, "a");
	play_wait(p, 800 * GCOAP_MS);
	play_text(p, S2, 10, "a");
	play_wait(p, 800 * GCOAP_MS);
	assert_false(p->engine->done(p->engine));
	play_wait(p, 300 * GCOAP_MS);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_IDLE);
	ask.idle = 0;
	ask.first = true;
	play_ask(p, &ask);
	play_text(p, S1, 20, "a");
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void repeats_keep_the_token_and_take_the_same_or_a_new_mid(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_msg first;

	ask.repeat = 2;
	ask.timeout = 20 * GCOAP_SECOND;
	play_ask(p, &ask);
	first = *play_last(p);
	play_text(p, S1, 10, "a");
	play_wait(p, 19 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
	assert_int_equal(play_last(p)->mid, first.mid);
	assert_true(gcoap_msg_same_token(play_last(p), &first));
	play_wait(p, 2 * GCOAP_SECOND);
	ask.repeat_new_mid = true;
	play_ask(p, &ask);
	first = *play_last(p);
	play_text(p, S1, 11, "a");
	play_wait(p, 6 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 5);
	assert_int_not_equal(play_last(p)->mid, first.mid);
	assert_true(gcoap_msg_same_token(play_last(p), &first));
	play_free(p);
}

static void a_silent_group_is_asked_again_within_the_probing_rate(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	play_ask(p, &ask);
	play_ask(p, &ask);
	assert_int_equal(p->n_sent, 1); /* one at a time */
	play_wait(p, 8 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	play_wait(p, 9 * GCOAP_SECOND); /* 17 bytes at 1 byte/s */
	assert_int_equal(p->n_sent, 2);
	play_free(p);
}

static void a_group_that_answers_is_asked_again_when_the_window_ends(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	play_ask(p, &ask);
	play_ask(p, &ask);
	play_text(p, S1, 10, "a");
	play_wait(p, 7 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	play_free(p);
}

static void two_interfaces_are_asked_at_the_same_time(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.ifindex = 2;
	play_ask(p, &ask);
	ask.ifindex = 3;
	play_ask(p, &ask);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->sent[1].d.ifindex, 3);
	play_free(p);
}

static void an_answer_under_another_token_is_counted_and_not_shown(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_msg m;

	play_ask(p, &ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 5);
	m.token[0] ^= 1;
	assert_int_equal(play_recv(p, S1, &m), GCOAP_EUNKNOWN);
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(play_summary(p).unmatched, 1);
	play_free(p);
}

static void a_late_answer_is_counted(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_msg m;

	ask.show_late = true;
	play_ask(p, &ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 5);
	play_wait(p, 8 * GCOAP_SECOND);
	assert_int_equal(play_recv(p, S1, &m), GCOAP_ECLOSED);
	assert_int_equal(play_summary(p).late, 1);
	assert_int_equal(play_summary(p).responses, 0);
	assert_int_equal(p->n_responses, 1);
	assert_true(p->responses[0].r.late);
	play_free(p);
}

static void a_token_is_refused_for_500_seconds(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.token[0] = 0x86;
	ask.token_len = 1;
	ask.first = true;
	assert_int_equal(play_ask(p, &ask), 1);
	assert_int_equal(play_ask(p, &ask), GCOAP_ERANGE);
	play_text(p, S1, 10, "a");
	play_wait(p, 499 * GCOAP_SECOND);
	assert_int_equal(play_ask(p, &ask), GCOAP_ERANGE);
	play_wait(p, GCOAP_SECOND);
	assert_int_equal(play_ask(p, &ask), 2);
	play_free(p);
}

static void the_bytes_of_a_group_get_are_those_of_the_draft(void **state)
{
	static const uint8_t wire[] = { 0x86, 0xb2, 0x67, 0x70, 0x03, 0x67, 0x70, 0x31, 0x0b,
					't',  'e',  'm',  'p',	'e',  'r',  'a',  't',	'u',
					'r',  'e' };
	static const uint8_t response[] = { 0x51, 0x45, 0x60, 0xb1, 0x86, 0x42, 0xa1,
					    0xb2, 0x80, 0x21, 0x1e, 0xff, 0x32, 0x32,
					    0x2e, 0x33, 0x20, 0x43 };
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "gp");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "gp1");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "temperature");
	ask.request = &m;
	ask.token[0] = 0x86;
	ask.token_len = 1;
	play_ask(p, &ask);
	assert_int_equal(p->sent[0].d.data.len, 4 + sizeof(wire));
	assert_int_equal(p->sent[0].bytes[0], 0x51);
	assert_int_equal(p->sent[0].bytes[1], 0x01);
	assert_memory_equal(p->sent[0].bytes + 4, wire, sizeof(wire));
	assert_int_equal(play_recv_bytes(p, S1, response, sizeof(response)), 0);
	assert_int_equal(p->responses[0].r.max_age, 30);
	assert_int_equal(p->responses[0].r.content_format, 0);
	assert_memory_equal(p->responses[0].body, "22.3 C", 6);
	assert_string_equal(p->responses[0].uri, "coap://192.0.2.1/gp/gp1/temperature");
	play_free(p);
}

/* What is sent for a request, as hex without the Message ID; token 86. */
static void sends(struct gcoap_msg *m, uint8_t szx, const char *hex)
{
	struct gcoap_ask ask = play_get("x");
	struct play *p = play_new(NULL);
	uint8_t want[128];
	int len = gcoap_hex_decode(hex, strlen(hex), want, sizeof(want));

	ask.request = m;
	ask.block_szx = szx;
	ask.token[0] = 0x86;
	ask.token_len = 1;
	play_ask(p, &ask);
	assert_int_equal(p->sent[0].d.data.len, len);
	assert_memory_equal(p->sent[0].bytes, want, 2);
	assert_memory_equal(p->sent[0].bytes + 4, want + 4, (size_t)len - 4);
	play_free(p);
}

static void group_requests_have_the_bytes_of_the_standards(void **state)
{
	struct gcoap_msg m;
	uint8_t store[4];

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "gp");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "gp1");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "log");
	sends(&m, 2, "51017d4186b2677003677031036c6f67c102");
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_POST);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "gp");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "gp1");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "light");
	gcoap_msg_add_uint(&m, GCOAP_NO_RESPONSE, 26, store);
	m.payload = gcoap_bytes_text("on");
	sends(&m, 6, "51027d4586b2677003677031056c69676874d1ea1aff6f6e");
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, ".well-known");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "core");
	gcoap_msg_add_text(&m, GCOAP_URI_QUERY, "rt=g.*");
	sends(&m, 6, "51017d4686bb2e77656c6c2d6b6e6f776e04636f72654672743d672e2a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_request_is_non_with_a_token_of_eight_bytes),
		cmocka_unit_test(every_server_answers_under_one_token_until_the_timeout),
		cmocka_unit_test(expect_ends_at_so_many_distinct_servers),
		cmocka_unit_test(fewer_servers_than_expected_is_said_in_the_summary),
		cmocka_unit_test(a_server_of_expect_from_that_is_silent_is_missing),
		cmocka_unit_test(an_awaited_server_may_answer_from_another_port),
		cmocka_unit_test(expect_from_ends_when_all_have_answered),
		cmocka_unit_test(one_of_several_exchanges_can_be_ended),
		cmocka_unit_test(idle_ends_after_silence_and_first_at_once),
		cmocka_unit_test(repeats_keep_the_token_and_take_the_same_or_a_new_mid),
		cmocka_unit_test(a_silent_group_is_asked_again_within_the_probing_rate),
		cmocka_unit_test(a_group_that_answers_is_asked_again_when_the_window_ends),
		cmocka_unit_test(two_interfaces_are_asked_at_the_same_time),
		cmocka_unit_test(an_answer_under_another_token_is_counted_and_not_shown),
		cmocka_unit_test(a_late_answer_is_counted),
		cmocka_unit_test(a_token_is_refused_for_500_seconds),
		cmocka_unit_test(group_requests_have_the_bytes_of_the_standards),
		cmocka_unit_test(the_bytes_of_a_group_get_are_those_of_the_draft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
