/* A group asked through a proxy: groupcomm-bis-03, Section 3.4; groupcomm-proxy-07. */
#include "proxied_play.h"
#include "test.h"

/* What the proxy sends under token c0de. */
#define RELAYED "52452001c0dec0211edd45008301d9010444c0000201191635ff32322e332043"
#define RELAYED_65000 "52452001c0dec0211eedfccd008301d9010444c0000201191635ff32322e332043"
#define RELAYED_V6                                                                         \
	"52452002c0dec0dd470c8301d901045020010db8000000000000000000000001191633"           \
	"ff32312e302043"
#define RELAYED_IETF "52452001c0dec0211edbdd82208244c0000201191635ff32322e332043"
#define RELAYED_IETF_V6                                                                    \
	"52452002c0dec0dddf078220815020010db8000000000000000000000001ff32312e302043"

static void the_request_is_as_the_drafts_have_it(void **state)
{
	static const struct {
		int dialect;
		const char *bytes;
	} rows[] = {
		{ TILOCA, "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c" },
		{ IETF, "42011001c0de213cdd1407636f61703a2f2f3232342e302e312e3138372f72" },
	};
	struct request q;

	for (size_t i = 0; i < 2; i++) {
		struct play *p = play_new(NULL);

		assert_true(play_ask(p, request(&q, rows[i].dialect, 60)) > 0);
		assert_int_equal(p->n_sent, 1);
		assert_sent(p, "1001", rows[i].bytes);
		assert_true(p->request.proxied);
		assert_true(p->request.group);
		play_free(p);
	}
}

static void answers_are_of_the_servers_that_the_proxy_names(void **state)
{
	static const struct {
		int dialect;
		const char *v4, *v6;
		enum gcoap_server_from from;
	} rows[] = {
		{ TILOCA, RELAYED, RELAYED_V6, GCOAP_FROM_RESPONSE_FORWARDING },
		{ IETF, RELAYED_IETF, RELAYED_IETF_V6, GCOAP_FROM_REPLY_FROM },
		{ IETF, RELAYED, RELAYED_V6, GCOAP_FROM_RESPONSE_FORWARDING },
	};
	struct gcoap_addr s1 = play_addr("192.0.2.1:5685"), proxy = play_addr(PROXY);
	struct request q;

	for (size_t i = 0; i < 3; i++) {
		struct play *p = play_new(NULL);

		play_ask(p, request(&q, rows[i].dialect, 60));
		hear(p, "60001001");
		hear(p, rows[i].v4);
		hear(p, rows[i].v6);
		assert_int_equal(p->n_responses, 2);
		assert_int_equal(p->responses[0].r.server_from, rows[i].from);
		assert_true(gcoap_addr_equal(&p->responses[0].r.server.addr, &s1));
		assert_true(gcoap_addr_equal(&p->responses[0].r.from, &proxy));
		assert_true(p->responses[0].r.proxied);
		assert_string_equal(p->responses[0].uri, "coap://192.0.2.1:5685/r");
		assert_string_equal(p->responses[1].uri, "coap://[2001:db8::1]/r");
		assert_int_equal(play_summary(p).servers, 2);
		play_wait(p, 61 * GCOAP_SECOND);
		assert_int_equal(p->n_ended, 0);
		play_wait(p, 2 * GCOAP_SECOND);
		assert_int_equal(p->ended.ended_by, GCOAP_ENDED_TIMEOUT);
		assert_true(p->ended.acked && p->ended.proxied);
		play_free(p);
	}
}

static void the_older_number_of_the_option_can_be_set(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);

	assert_true(gcoap_registry_set(&q.registry, "Response-Forwarding", 65000) >= 0);
	play_ask(p, ask);
	hear(p, RELAYED_65000);
	assert_string_equal(p->responses[0].uri, "coap://192.0.2.1:5685/r");
	play_free(p);
}

static void an_answer_without_the_option_is_of_an_unknown_server(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, "52452001c0deff61");
	hear(p, "52452002c0deff62");
	/* Errors that come after it are of servers, too. */
	hear(p, "52852003c0de");
	hear(p, "52a02004c0de");
	assert_int_equal(p->n_responses, 4);
	assert_int_equal(play_summary(p).servers, 0);
	assert_int_equal(play_summary(p).unnamed, 4);
	assert_int_equal(p->responses[0].r.server_from, GCOAP_FROM_UNKNOWN);
	assert_int_equal(p->responses[0].r.server.addr.family, 0);
	assert_string_equal(p->responses[0].uri, GROUP_URI);
	assert_false(p->responses[3].r.refusal);
	assert_int_equal(p->n_ended, 0);
	play_free(p);
}

static void errors_of_the_proxy_end_the_exchange(void **state)
{
	static const struct {
		const char *hex;
		uint8_t code;
	} rows[] = {
		{ "62811001c0deff4e6f7420616c6c6f772d6c6973746564", GCOAP_UNAUTHORIZED },
		{ "62a11001c0de", GCOAP_NOT_IMPLEMENTED },
		{ "62821001c0de", GCOAP_BAD_OPTION },
		{ "62a51001c0de", GCOAP_NOT_PROXY },
		{ "62a21001c0de", GCOAP_BAD_GATEWAY },
		{ "62a31001c0ded10105", GCOAP_UNAVAILABLE },
		{ "62a41001c0de", GCOAP_GATEWAY_TIMEOUT },
		{ "62a81001c0de", GCOAP_HOP_LIMIT_REACHED },
		/* Token reuse: the option was there. */
		{ "62801021c0dee0fcddff526576657273652d70726f78793a20546f6b656e20696e20757365",
		  GCOAP_BAD_REQUEST },
	};
	struct request q;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct play *p = play_new(NULL);

		play_ask(p, request(&q, TILOCA, 60));
		hear(p, rows[i].hex);
		assert_int_equal(p->n_ended, 1);
		assert_int_equal(p->ended.ended_by, GCOAP_ENDED_PROXY);
		assert_int_equal(p->ended.refused, rows[i].code);
		assert_int_equal(p->n_responses, 1);
		assert_true(p->responses[0].r.refusal);
		assert_int_equal(p->n_sent, 1);
		assert_int_equal(play_summary(p).servers, 0);
		assert_true(p->engine->done(p->engine));
		play_free(p);
	}
}

static void errors_of_servers_do_not(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, IETF, 60));
	/* 4.04 and 5.02 with Reply-From. */
	hear(p, "52842001c0dedbeb82208244c0000201191635");
	hear(p, "52a22002c0dedbeb82208244c0000201191635");
	assert_int_equal(p->n_responses, 2);
	assert_int_equal(p->n_ended, 0);
	assert_false(p->responses[1].r.refusal);
	play_free(p);
}

static void the_missing_option_is_added_once(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, -1));
	hear(p, "62801001c0dee0fcddff4d756c7469636173742d5369676e616c696e67207265717569726564");
	assert_int_equal(p->n_sent, 2);
	assert_sent(p, "1001", "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3d");
	assert_int_equal(p->n_responses, 0);
	hear(p, "62801001c0dee0fcdd");
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->ended.refused, GCOAP_BAD_REQUEST);
	play_free(p);
}

static void the_empty_option_tells_the_dialect_of_the_proxy(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, "62801001c0de20ff506c6561736520757365204d756c7469636173742d54696d656f7574");
	assert_int_equal(p->n_sent, 2);
	assert_sent(p, "1001", "42011001c0de213cdd1407636f61703a2f2f3232342e302e312e3138372f72");
	hear(p, "60001001");
	hear(p, RELAYED_IETF);
	gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	assert_sent(p, "1005", "42011005c0de20");
	play_free(p);
}

static void a_larger_least_timeout_is_taken_when_it_fits(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);

	ask->timeout = 80 * GCOAP_SECOND;
	play_ask(p, ask);
	hear(p, "62a51003c0dee1fcdd4bff542720746f6f20736d616c6c");
	assert_int_equal(p->n_sent, 2);
	assert_sent(p, "1001", "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba4b");
	play_free(p);

	p = play_new(NULL);
	play_ask(p, request(&q, IETF, 60));
	hear(p, "62a51003c0de214bff542720746f6f20736d616c6c");
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->ended.refused, GCOAP_NOT_PROXY);
	play_free(p);
}

static void an_echo_challenge_is_answered_under_the_same_token(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	play_wait(p, 300 * GCOAP_MS);
	hear(p, "62811001c0deddef010102030405060708090a0b0c0d0e");
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_responses, 0);
	assert_true(gcoap_msg_same_token(&p->sent[0].msg, play_last(p)));
	assert_int_not_equal(p->sent[0].msg.mid, play_last(p)->mid);
	assert_int_equal(gcoap_msg_find(play_last(p), GCOAP_ECHO)->value.len, 14);
	hear(p, "60001001");
	play_wait(p, 200 * GCOAP_MS);
	hear(p, RELAYED);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].r.rtt, 200 * GCOAP_MS);
	play_free(p);
}

static void the_second_challenge_in_a_row_is_a_refusal(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, "62811001c0deddef010102030405060708090a0b0c0d0e");
	hear(p, "62811001c0deddef010102030405060708090a0b0c0d0e");
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->ended.refused, GCOAP_UNAUTHORIZED);
	play_free(p);
}

static void without_an_ack_the_request_is_repeated_and_given_up(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	play_wait(p, 61 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 5);
	assert_int_equal(p->sent[0].msg.mid, p->sent[4].msg.mid);
	play_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_TIMEOUT);
	assert_false(p->ended.acked);
	play_free(p);
}

static void the_first_answer_stands_for_the_ack(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, RELAYED);
	play_wait(p, 20 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void an_answer_on_the_ack_does_not_count_twice(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, "62452001c0dec0211edd45008301d9010444c0000201191635ff32322e332043");
	hear(p, "62452001c0dec0211edd45008301d9010444c0000201191635ff32322e332043");
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(play_summary(p).duplicates, 1);
	hear(p, RELAYED_V6);
	assert_int_equal(p->n_responses, 2);
	play_free(p);
}

static void with_no_time_nothing_is_awaited_but_the_ack(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 0);
	uint8_t store[4];

	q.msg.code = GCOAP_POST;
	gcoap_msg_add_uint(&q.msg, GCOAP_NO_RESPONSE, 26, store);
	q.msg.payload = gcoap_bytes_text("on");
	play_ask(p, ask);
	assert_sent(p, "1002",
		    "42021002c0dedd1607636f61703a2f2f3232342e302e312e3138372f72d1d21ae0fbdbff6f6e");
	assert_false(p->engine->done(p->engine));
	hear(p, "60001001");
	assert_true(p->engine->done(p->engine));
	assert_true(p->ended.acked);
	play_free(p);

	p = play_new(NULL);
	ask = request(&q, IETF, 0);
	q.ask.confirmable = false;
	play_ask(p, ask);
	assert_int_equal(p->n_sent, 1);
	play_wait(p, 0);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void times_that_do_not_fit_are_refused(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);

	ask->timeout = 60 * GCOAP_SECOND;
	assert_int_equal(play_ask(p, ask), GCOAP_EINVALID);
	ask->timeout = 500 * GCOAP_SECOND;
	assert_int_equal(play_ask(p, ask), GCOAP_EINVALID);
	ask->timeout = 60 * GCOAP_SECOND + 1;
	assert_true(play_ask(p, ask) > 0);
	play_free(p);
}

static void an_early_end_is_told_in_the_dialect_that_can(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, IETF, 60);

	ask->first = true;
	play_ask(p, ask);
	hear(p, "60001001");
	hear(p, RELAYED_IETF);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_FIRST);
	assert_int_equal(p->n_sent, 2);
	assert_sent(p, "1005", "42011005c0de20");
	play_free(p);

	p = play_new(NULL);
	ask = request(&q, TILOCA, 60);
	ask->first = true;
	play_ask(p, ask);
	hear(p, RELAYED);
	assert_int_equal(p->n_ended, 1);
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void no_word_is_sent_when_nothing_is_left_to_stop(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, IETF, 60));
	hear(p, "60001001");
	play_wait(p, 61 * GCOAP_SECOND);
	gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void linger_on(struct gcoap_client_config *config)
{
	config->linger = 10 * GCOAP_SECOND;
}

static void what_the_proxy_sends_after_the_end_gets_a_rst(void **state)
{
	struct request q;
	struct play *p = play_new(linger_on);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);

	ask->first = true;
	play_ask(p, ask);
	hear(p, RELAYED);
	hear(p, RELAYED_V6);
	assert_int_equal(p->n_sent, 2);
	assert_sent(p, "2002", "70002002");
	assert_int_equal(play_summary(p).late, 1);
	play_free(p);
}

static void others_than_the_proxy_are_strangers(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	assert_int_equal(play_text(p, "192.0.2.1:5683", 1, "x"), GCOAP_EUNKNOWN);
	assert_int_equal(p->n_responses, 0);
	play_free(p);
}

static void several_groups_are_asked_through_it_at_a_time(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);

	play_ask(p, ask);
	ask->token_len = 0;
	play_ask(p, ask);
	assert_int_equal(p->n_sent, 1);
	hear(p, "60001001");
	assert_int_equal(p->n_sent, 2);
	play_free(p);
}

static void expected_servers_are_those_that_it_names(void **state)
{
	struct gcoap_addr wanted[2] = { play_addr("192.0.2.1:5685"),
					play_addr("[2001:db8::1]:5683") };
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);

	ask->expect_from = wanted;
	ask->n_expect_from = 2;
	play_ask(p, ask);
	hear(p, RELAYED);
	assert_int_equal(p->n_ended, 0);
	hear(p, RELAYED_V6);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_EXPECT);
	assert_int_equal(p->n_missing, 0);
	play_free(p);
}

static void a_relay_hands_on_what_comes(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);

	ask->relay = true;
	play_ask(p, ask);
	/* More blocks to come, and a critical option that nobody knows (64985). */
	hear(p, "52452001c0ded10a0ee0fcb5ff61");
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->n_malformed, 0);
	assert_int_equal(p->n_sent, 1);
	play_free(p);

	p = play_new(NULL);
	ask = request(&q, TILOCA, -1);
	ask->relay = true;
	play_ask(p, ask);
	hear(p, "62801001c0dee0fcdd");
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->ended.refused, GCOAP_BAD_REQUEST);
	play_free(p);
}

static void a_server_that_wants_the_option_is_a_reverse_proxy(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, -1);

	ask->proxied = false;
	gcoap_msg_remove(&q.msg, GCOAP_PROXY_URI);
	gcoap_msg_add_text(&q.msg, GCOAP_URI_PATH, "r");
	play_ask(p, ask);
	hear(p, "62801001c0dee0fcdd");
	assert_int_equal(p->n_sent, 2);
	assert_sent(p, "1001", "42011001c0deb172e1fcd23d");
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_is_as_the_drafts_have_it),
		cmocka_unit_test(answers_are_of_the_servers_that_the_proxy_names),
		cmocka_unit_test(the_older_number_of_the_option_can_be_set),
		cmocka_unit_test(an_answer_without_the_option_is_of_an_unknown_server),
		cmocka_unit_test(errors_of_the_proxy_end_the_exchange),
		cmocka_unit_test(errors_of_servers_do_not),
		cmocka_unit_test(the_missing_option_is_added_once),
		cmocka_unit_test(the_empty_option_tells_the_dialect_of_the_proxy),
		cmocka_unit_test(a_larger_least_timeout_is_taken_when_it_fits),
		cmocka_unit_test(an_echo_challenge_is_answered_under_the_same_token),
		cmocka_unit_test(the_second_challenge_in_a_row_is_a_refusal),
		cmocka_unit_test(without_an_ack_the_request_is_repeated_and_given_up),
		cmocka_unit_test(the_first_answer_stands_for_the_ack),
		cmocka_unit_test(an_answer_on_the_ack_does_not_count_twice),
		cmocka_unit_test(with_no_time_nothing_is_awaited_but_the_ack),
		cmocka_unit_test(times_that_do_not_fit_are_refused),
		cmocka_unit_test(an_early_end_is_told_in_the_dialect_that_can),
		cmocka_unit_test(no_word_is_sent_when_nothing_is_left_to_stop),
		cmocka_unit_test(what_the_proxy_sends_after_the_end_gets_a_rst),
		cmocka_unit_test(others_than_the_proxy_are_strangers),
		cmocka_unit_test(several_groups_are_asked_through_it_at_a_time),
		cmocka_unit_test(expected_servers_are_those_that_it_names),
		cmocka_unit_test(a_relay_hands_on_what_comes),
		cmocka_unit_test(a_server_that_wants_the_option_is_a_reverse_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
