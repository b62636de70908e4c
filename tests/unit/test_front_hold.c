/* The ACK that waits for a response to ride on. */
#include <stdio.h>

#include "engine_play.h"
#include "front_play.h"
#include "test.h"

#define C1 "198.51.100.1:40001"
#define C2 "198.51.100.2:40001"
#define HOLD (150 * GCOAP_MS)

static int opened(void **state)
{
	static struct front_play p;

	front_init(&p);
	p.config.hold_ack = HOLD;
	front_open(&p);
	*state = &p;
	return 0;
}

static void assert_empty_ack(const struct front_play *p, size_t i, uint16_t mid)
{
	assert_true(i < p->n_sent);
	assert_int_equal(p->sent[i].msg.type, GCOAP_ACK);
	assert_int_equal(p->sent[i].msg.code, GCOAP_EMPTY);
	assert_int_equal(p->sent[i].msg.mid, mid);
	assert_int_equal(p->sent[i].msg.token_len, 0);
}

static void a_response_in_time_rides_on_the_ack(void **state)
{
	struct front_play *p = *state;
	struct front_sent first;

	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_sent, 0);
	assert_false(p->engine->done(p->engine));
	front_wait(p, HOLD - 1);
	assert_int_equal(p->n_sent, 0);
	front_respond(p, GCOAP_SEND_CON, "soon");
	assert_int_equal(p->n_sent, 1);
	first = p->sent[0];
	assert_int_equal(first.msg.type, GCOAP_ACK);
	assert_int_equal(first.msg.code, GCOAP_CONTENT);
	assert_int_equal(first.msg.mid, 7);
	assert_true(gcoap_addr_equal(&first.d.from, &p->peer.local));
	/* Neither an empty ACK nor a retransmission follows, and a duplicate gets the same. */
	front_wait(p, 100 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	assert_true(p->engine->done(p->engine));
	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->sent[1].d.data.len, first.d.data.len);
	assert_memory_equal(p->sent[1].bytes, first.bytes, first.d.data.len);
}

static void a_response_after_it_is_separate(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_CON, 7);
	assert_true(p->engine->deadline(p->engine) == p->now + HOLD);
	front_wait(p, HOLD);
	assert_int_equal(p->n_sent, 1);
	assert_empty_ack(p, 0, 7);
	assert_true(p->engine->deadline(p->engine) == GCOAP_NEVER);
	front_respond(p, GCOAP_SEND_CON, "late");
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(front_last(p)->type, GCOAP_CON);
	assert_int_not_equal(front_last(p)->mid, 7);
	front_give(p, C1, GCOAP_CON, 7);
	assert_empty_ack(p, 2, 7);
}

static void only_the_first_of_several_rides(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_CON, 7);
	front_wait(p, HOLD / 2);
	for (int i = 0; i < 3; i++)
		front_respond(p, GCOAP_SEND_NON, "of a group");
	assert_int_equal(p->n_sent, 3);
	assert_int_equal(p->sent[0].msg.type, GCOAP_ACK);
	assert_int_equal(p->sent[1].msg.type, GCOAP_NON);
	assert_int_equal(p->sent[2].msg.type, GCOAP_NON);
	front_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
}

static void duplicates_wait_with_the_first(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_CON, 7);
	front_give(p, C1, GCOAP_CON, 7);
	front_wait(p, HOLD / 2);
	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_sent, 0);
	front_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	assert_empty_ack(p, 0, 7);
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(front_stats(p).duplicates, 2);
}

static void acks_go_out_in_the_order_of_their_requests(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_CON, 7);
	front_wait(p, HOLD / 2);
	front_give(p, C2, GCOAP_CON, 8);
	front_respond(p, GCOAP_SEND_NON, "to the second");
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->sent[0].msg.mid, 8);
	front_give(p, "198.51.100.3:40001", GCOAP_CON, 9);
	front_wait(p, HOLD / 2);
	assert_int_equal(p->n_sent, 2);
	assert_empty_ack(p, 1, 7);
	front_wait(p, HOLD / 2);
	assert_empty_ack(p, 2, 9);
}

/* As an early stop, or a token that is used again. */
static void another_request_under_the_token_gets_its_own_answer(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_CON, 7);
	p->answers = 1;
	front_give(p, C1, GCOAP_CON, 8);
	assert_int_equal(p->n_sent, 2);
	assert_empty_ack(p, 0, 7);
	assert_int_equal(p->sent[1].msg.type, GCOAP_ACK);
	assert_int_equal(p->sent[1].msg.mid, 8);
	assert_int_equal(p->sent[1].msg.code, GCOAP_CONTENT);
	front_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
}

static void non_requests_are_not_held(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_NON, 7);
	assert_true(p->engine->deadline(p->engine) == GCOAP_NEVER);
	front_respond(p, GCOAP_SEND_NON, "soon");
	assert_int_equal(front_last(p)->type, GCOAP_NON);
	front_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
}

static void a_response_that_cannot_be_sent_leaves_the_ack(void **state)
{
	static uint8_t body[GCOAP_DATAGRAM_MAX];
	struct front_play *p = *state;
	struct gcoap_msg m;

	front_give(p, C1, GCOAP_CON, 7);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_set_token(&m, p->request.token, p->request.token_len);
	m.payload = (struct gcoap_bytes){ body, sizeof(body) };
	assert_int_equal(p->peer.way->respond(p->peer.way, &p->peer, &m, GCOAP_SEND_NON, p->now),
			 GCOAP_ESPACE);
	front_respond(p, GCOAP_SEND_NON, "too large");
	assert_int_equal(front_last(p)->type, GCOAP_ACK);
	assert_int_equal(front_last(p)->mid, 7);
}

static void so_many_are_held_and_no_more(void **state)
{
	struct front_play *p = *state;
	char from[32];

	for (int i = 0; i < 1100; i++) {
		snprintf(from, sizeof(from), "198.51.100.1:%d", 10000 + i);
		front_give(p, from, GCOAP_CON, (uint16_t)i);
		assert_int_equal(p->n_sent, i < 1024 ? 0 : i - 1023);
	}
	front_wait(p, HOLD);
	assert_int_equal(p->n_sent, 1100);
	assert_true(p->engine->done(p->engine));
	front_give(p, C1, GCOAP_CON, 2000); /* freed with the front */
	assert_int_equal(p->n_sent, 1100);
}

#define test(name) cmocka_unit_test_setup_teardown(name, opened, front_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_response_in_time_rides_on_the_ack),
		test(a_response_after_it_is_separate),
		test(only_the_first_of_several_rides),
		test(duplicates_wait_with_the_first),
		test(acks_go_out_in_the_order_of_their_requests),
		test(another_request_under_the_token_gets_its_own_answer),
		test(non_requests_are_not_held),
		test(a_response_that_cannot_be_sent_leaves_the_ack),
		test(so_many_are_held_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
