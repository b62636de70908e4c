/* 4.01 with Echo to a request for one server: the repeat is that request again (RFC 9175, 2.3). */
#include "engine_play.h"
#include "test.h"

#define SERVER "192.0.2.1:5683"

static struct gcoap_ask one(bool confirmable)
{
	struct gcoap_ask ask = play_get("temp");

	ask.to = play_addr(SERVER);
	ask.group = false;
	ask.confirmable = confirmable;
	ask.timeout = 30 * GCOAP_SECOND;
	return ask;
}

/* The server challenges the request sent last: on the ACK when it was CON. */
static void challenge(struct play *p)
{
	const struct gcoap_msg *asked = play_last(p);
	bool confirmable = asked->type == GCOAP_CON;
	struct gcoap_msg m;

	play_answer(&m, asked, GCOAP_UNAUTHORIZED, confirmable ? asked->mid : 1);
	m.type = confirmable ? GCOAP_ACK : GCOAP_NON;
	gcoap_msg_add_text(&m, GCOAP_ECHO, "fresh");
	play_recv(p, SERVER, &m);
}

static void acknowledge(struct play *p)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_EMPTY);
	m.mid = play_last(p)->mid;
	play_recv(p, SERVER, &m);
}

static struct play *challenged(bool confirmable)
{
	struct gcoap_ask ask = one(confirmable);
	struct play *p = play_new(NULL);

	play_ask(p, &ask);
	play_wait(p, 100 * GCOAP_MS);
	challenge(p);
	return p;
}

static void a_con_request_is_repeated_as_con_until_it_is_acknowledged(void **state)
{
	struct play *p = challenged(true);

	assert_int_equal(p->n_sent, 2);
	assert_int_equal(play_last(p)->type, GCOAP_CON);
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_ECHO));
	play_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 4); /* after 2 to 3 s, and twice that */
	assert_int_equal(p->sent[3].msg.mid, p->sent[1].msg.mid);
	acknowledge(p);
	play_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 4);
	play_text(p, SERVER, 2, "yes");
	assert_int_equal(p->responses[0].code, GCOAP_CONTENT);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void a_non_request_is_repeated_as_non(void **state)
{
	struct play *p = challenged(false);

	assert_int_equal(play_last(p)->type, GCOAP_NON);
	play_text(p, SERVER, 2, "yes");
	assert_int_equal(p->responses[0].code, GCOAP_CONTENT);
	play_free(p);
}

static void the_answer_is_timed_from_the_repeat(void **state)
{
	struct play *p = challenged(true);

	play_wait(p, 700 * GCOAP_MS);
	play_text(p, SERVER, 2, "yes");
	assert_int_equal(p->responses[0].r.rtt, 700 * GCOAP_MS);
	assert_int_equal(p->responses[0].r.at, p->now);
	assert_int_equal(play_summary(p).rtt.max, 700 * GCOAP_MS);
	play_free(p);
}

/* Also when the repeat was lost at first: from the request, not from its retransmission. */
static void retransmissions_do_not_begin_the_time_anew(void **state)
{
	struct play *p = challenged(true);

	play_wait(p, 4 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
	play_text(p, SERVER, 2, "yes");
	assert_int_equal(p->responses[0].r.rtt, 4 * GCOAP_SECOND);
	play_free(p);
}

static void the_wait_is_no_longer_than_it_was(void **state)
{
	struct play *p = challenged(true);

	play_wait(p, 29 * GCOAP_SECOND);
	assert_false(p->engine->done(p->engine));
	play_wait(p, GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_TIMEOUT);
	play_free(p);
}

static void a_second_challenge_in_a_row_is_the_answer(void **state)
{
	struct play *p = challenged(true);

	challenge(p);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].code, GCOAP_UNAUTHORIZED);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

/* 4.00 with the empty timeout option, once the address is proved: a reverse-proxy. */
static void a_reverse_proxy_may_challenge_first(void **state)
{
	struct play *p = challenged(true);
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_BAD_REQUEST, play_last(p)->mid);
	m.type = GCOAP_ACK;
	gcoap_msg_add(&m, 65002, (struct gcoap_bytes){ NULL, 0 });
	play_recv(p, SERVER, &m);
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(p->n_sent, 3);
	assert_non_null(gcoap_msg_find(play_last(p), 65002));
	challenge(p); /* it proves nothing for long */
	assert_int_equal(p->n_sent, 4);
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_ECHO));
	assert_non_null(gcoap_msg_find(play_last(p), 65002));
	play_free(p);
}

static void a_registration_is_repeated_with_the_value(void **state)
{
	static const struct gcoap_observe plain;
	struct gcoap_ask ask = one(true);
	struct play *p = play_new(NULL);

	ask.observe = &plain;
	play_ask(p, &ask);
	play_wait(p, 100 * GCOAP_MS);
	challenge(p);
	assert_int_equal(p->n_sent, 2);
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_OBSERVE));
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_ECHO));
	assert_true(gcoap_msg_same_token(&p->sent[0].msg, play_last(p)));
	play_free(p);
}

/* What is behind the first block is asked for as the first block was. */
static void the_rest_of_a_body_is_asked_for_by_con_too(void **state)
{
	static const uint8_t first[] = { 0x08 }, payload[16];
	struct gcoap_ask ask = one(true);
	struct play *p = play_new(NULL);
	struct gcoap_msg m;

	play_ask(p, &ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, play_last(p)->mid);
	m.type = GCOAP_ACK;
	gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ first, sizeof(first) });
	m.payload = (struct gcoap_bytes){ payload, sizeof(payload) };
	play_recv(p, SERVER, &m);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(play_last(p)->type, GCOAP_CON);
	play_free(p);
}

static void a_group_is_followed_up_by_non(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);

	play_ask(p, &ask);
	play_wait(p, 100 * GCOAP_MS);
	challenge(p);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(play_last(p)->type, GCOAP_NON);
	play_wait(p, 50 * GCOAP_MS);
	play_text(p, SERVER, 2, "yes");
	assert_int_equal(p->responses[0].r.rtt, 50 * GCOAP_MS);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_con_request_is_repeated_as_con_until_it_is_acknowledged),
		cmocka_unit_test(a_non_request_is_repeated_as_non),
		cmocka_unit_test(the_answer_is_timed_from_the_repeat),
		cmocka_unit_test(retransmissions_do_not_begin_the_time_anew),
		cmocka_unit_test(the_wait_is_no_longer_than_it_was),
		cmocka_unit_test(a_second_challenge_in_a_row_is_the_answer),
		cmocka_unit_test(a_reverse_proxy_may_challenge_first),
		cmocka_unit_test(a_registration_is_repeated_with_the_value),
		cmocka_unit_test(the_rest_of_a_body_is_asked_for_by_con_too),
		cmocka_unit_test(a_group_is_followed_up_by_non),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
