/* Block1: a large payload to one server. */
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"

static uint8_t payload[3000];

static struct play *put(size_t len, uint8_t szx)
{
	static struct gcoap_msg m;
	struct gcoap_ask ask = play_get("fw");
	struct play *p = play_new(NULL);

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i / 16);
	m = *ask.request;
	m.code = GCOAP_PUT;
	m.payload = (struct gcoap_bytes){ payload, len };
	ask.request = &m;
	ask.group = false;
	ask.to = play_addr(S1);
	ask.block_szx = szx;
	play_ask(p, &ask);
	return p;
}

static struct gcoap_block sent_block(const struct play *p)
{
	const struct gcoap_option *o = gcoap_msg_find(play_last(p), GCOAP_BLOCK1);
	struct gcoap_block b = { .num = UINT32_MAX };

	if (o)
		gcoap_block_decode(o->value, &b, NULL);
	return b;
}

static void answer(struct play *p, uint8_t code, uint16_t mid, int num, uint8_t szx)
{
	struct gcoap_block b = { .num = (uint32_t)num, .more = code == GCOAP_CONTINUE,
				 .szx = szx };
	struct gcoap_msg m;
	uint8_t store[4];

	play_answer(&m, play_last(p), code, mid);
	if (num >= 0)
		gcoap_msg_add(&m, GCOAP_BLOCK1,
			      (struct gcoap_bytes){ store, gcoap_block_encode(&b, store) });
	play_recv(p, S1, &m);
}

static void blocks_are_sent_one_after_the_other(void **state)
{
	struct play *p = put(2500, 6);
	uint32_t size = 0;

	assert_true(sent_block(p).more);
	assert_int_equal(gcoap_msg_uint(play_last(p), GCOAP_SIZE1, 4, &size), 0);
	assert_int_equal(size, 2500);
	answer(p, GCOAP_CONTINUE, 1, 0, 6);
	assert_int_equal(sent_block(p).num, 1);
	assert_false(gcoap_msg_same_token(play_last(p), &p->sent[0].msg));
	answer(p, GCOAP_CONTINUE, 2, 1, 6);
	assert_int_equal(sent_block(p).num, 2);
	assert_false(sent_block(p).more);
	assert_int_equal(play_last(p)->payload.len, 452);
	assert_memory_equal(play_last(p)->payload.ptr, payload + 2048, 452);
	assert_int_equal(p->n_responses, 0);
	answer(p, GCOAP_CHANGED, 3, 2, 6);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].code, GCOAP_CHANGED);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void a_smaller_size_in_2_31_is_taken_up(void **state)
{
	struct play *p = put(300, 3);

	answer(p, GCOAP_CONTINUE, 1, 0, 1);
	assert_int_equal(sent_block(p).num, 4);
	assert_int_equal(sent_block(p).szx, 1);
	assert_int_equal(play_last(p)->payload.len, 32);
	assert_memory_equal(play_last(p)->payload.ptr, payload + 128, 32);
	play_free(p);
}

static void a_hint_in_4_13_starts_again_with_smaller_blocks(void **state)
{
	struct play *p = put(1000, 6);

	assert_int_equal(sent_block(p).num, UINT32_MAX); /* fits in one */
	answer(p, GCOAP_TOO_LARGE, 1, 0, 2);
	assert_int_equal(sent_block(p).num, 0);
	assert_int_equal(sent_block(p).szx, 2);
	answer(p, GCOAP_TOO_LARGE, 2, 0, 2);
	assert_int_equal(p->responses[0].code, GCOAP_TOO_LARGE);
	play_free(p);
}

static void an_incomplete_request_is_sent_again_once(void **state)
{
	struct play *p = put(2500, 6);

	answer(p, GCOAP_CONTINUE, 1, 0, 6);
	answer(p, GCOAP_REQUEST_INCOMPLETE, 2, -1, 6);
	assert_int_equal(sent_block(p).num, 0);
	answer(p, GCOAP_REQUEST_INCOMPLETE, 3, -1, 6);
	assert_int_equal(p->responses[0].code, GCOAP_REQUEST_INCOMPLETE);
	play_free(p);
}

static void an_error_ends_the_upload(void **state)
{
	struct play *p = put(2500, 6);

	answer(p, GCOAP_FORBIDDEN, 1, 0, 6);
	assert_int_equal(p->responses[0].code, GCOAP_FORBIDDEN);
	assert_int_equal(p->n_sent, 1);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void a_challenge_is_answered_on_the_same_block(void **state)
{
	struct play *p = put(2500, 6);
	struct gcoap_msg m;

	answer(p, GCOAP_CONTINUE, 1, 0, 6);
	play_answer(&m, play_last(p), GCOAP_UNAUTHORIZED, 2);
	gcoap_msg_add_text(&m, GCOAP_ECHO, "fresh");
	play_recv(p, S1, &m);
	assert_int_equal(sent_block(p).num, 1);
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_ECHO));
	play_free(p);
}

static void every_block_has_the_whole_timeout(void **state)
{
	struct play *p = put(2500, 6);

	play_wait(p, 6 * GCOAP_SECOND);
	answer(p, GCOAP_CONTINUE, 1, 0, 6);
	play_wait(p, 6 * GCOAP_SECOND);
	assert_false(p->engine->done(p->engine));
	play_wait(p, 2 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_sent_one_after_the_other),
		cmocka_unit_test(a_smaller_size_in_2_31_is_taken_up),
		cmocka_unit_test(a_hint_in_4_13_starts_again_with_smaller_blocks),
		cmocka_unit_test(an_incomplete_request_is_sent_again_once),
		cmocka_unit_test(an_error_ends_the_upload),
		cmocka_unit_test(a_challenge_is_answered_on_the_same_block),
		cmocka_unit_test(every_block_has_the_whole_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
