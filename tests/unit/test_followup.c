/* Follow-ups by unicast: the rest of a body, Echo. */
#include <stdio.h>

#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"

/* One block of a body of the letters a, b, c …: block n is full of the n-th. */
struct block {
	uint32_t num;
	bool more;
	uint8_t szx;
	size_t len;
	const char *etag;
};

static void build(struct gcoap_msg *m, const struct gcoap_msg *to, uint16_t mid,
		  const struct block *b)
{
	static uint8_t payload[1024], store[4];
	struct gcoap_block block = { .num = b->num, .more = b->more, .szx = b->szx };

	play_answer(m, to, GCOAP_CONTENT, mid);
	memset(payload, 'a' + (int)(b->num % 26), sizeof(payload));
	if (b->etag)
		gcoap_msg_add_text(m, GCOAP_ETAG, b->etag);
	gcoap_msg_add(m, GCOAP_BLOCK2,
		      (struct gcoap_bytes){ store, gcoap_block_encode(&block, store) });
	m->payload = (struct gcoap_bytes){ payload, b->len };
}

static int give(struct play *p, const char *from, uint16_t mid, struct block b)
{
	struct gcoap_msg m;

	build(&m, play_last(p), mid, &b);
	return play_recv(p, from, &m);
}

static uint32_t asked_num(const struct play *p, uint8_t *szx)
{
	const struct gcoap_option *o = gcoap_msg_find(play_last(p), GCOAP_BLOCK2);
	struct gcoap_block b = { 0 };

	if (!o || gcoap_block_decode(o->value, &b, NULL) < 0)
		return UINT32_MAX;
	if (szx)
		*szx = b.szx;
	return b.num;
}

static struct play *begin(struct gcoap_ask *ask)
{
	struct play *p = play_new(NULL);

	*ask = play_get("log");
	play_ask(p, ask);
	return p;
}

static void the_rest_is_asked_of_the_server_by_unicast_with_a_new_token(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	struct gcoap_addr s1 = play_addr(S1);
	struct gcoap_msg first = *play_last(p);

	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(p->n_sent, 2);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &s1));
	assert_false(gcoap_msg_same_token(play_last(p), &first));
	assert_int_equal(asked_num(p, NULL), 1);
	give(p, S1, 2, (struct block){ 1, true, 2, 64 });
	assert_false(gcoap_msg_same_token(&p->sent[1].msg, play_last(p)));
	give(p, S1, 3, (struct block){ 2, false, 2, 10 });
	assert_int_equal(p->n_responses, 1);
	assert_true(p->responses[0].r.complete);
	assert_int_equal(p->responses[0].r.body.len, 138);
	assert_int_equal(p->responses[0].r.blocks, 3);
	assert_int_equal(p->responses[0].body[0], 'a');
	assert_int_equal(p->responses[0].body[64], 'b');
	assert_int_equal(p->responses[0].body[137], 'c');
	play_free(p);
}

static void bodies_of_several_servers_do_not_mix(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	struct gcoap_msg first = *play_last(p), m;

	build(&m, &first, 1, &(struct block){ 0, true, 2, 64, "x" });
	play_recv(p, S1, &m);
	build(&m, &first, 1, &(struct block){ 0, true, 2, 64, "y" });
	play_recv(p, S2, &m);
	assert_int_equal(p->n_sent, 3);
	build(&m, &p->sent[2].msg, 2, &(struct block){ 1, false, 2, 2, "y" });
	play_recv(p, S2, &m);
	build(&m, &p->sent[1].msg, 2, &(struct block){ 1, false, 2, 1, "x" });
	play_recv(p, S1, &m);
	assert_int_equal(p->n_responses, 2);
	assert_int_equal(p->responses[0].r.body.len, 66);
	assert_int_equal(p->responses[1].r.body.len, 65);
	play_free(p);
}

static void a_body_may_take_longer_than_the_window(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);

	play_wait(p, 6900 * GCOAP_MS);
	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	play_wait(p, GCOAP_SECOND);
	assert_false(p->engine->done(p->engine));
	give(p, S1, 2, (struct block){ 1, false, 2, 1 });
	assert_true(p->engine->done(p->engine));
	assert_true(p->responses[0].r.complete);
	assert_int_equal(p->responses[0].r.rtt, 6900 * GCOAP_MS);
	play_free(p);
}

static void expect_is_reached_when_running_bodies_have_come(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(NULL);

	ask.expect = 1;
	play_ask(p, &ask);
	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	assert_false(p->engine->done(p->engine));
	give(p, S1, 2, (struct block){ 1, false, 2, 1 });
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_EXPECT);
	play_free(p);
}

static void a_smaller_block_size_is_followed(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	uint8_t szx;

	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	give(p, S1, 2, (struct block){ 2, true, 1, 32 });
	assert_int_equal(asked_num(p, &szx), 3);
	assert_int_equal(szx, 1);
	give(p, S1, 3, (struct block){ 3, false, 1, 32 });
	assert_true(p->responses[0].r.complete);
	assert_int_equal(p->responses[0].r.body.len, 128);
	play_free(p);
}

static void check_fails(struct block second, const char *problem)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);

	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	give(p, S1, 2, second);
	assert_int_equal(p->n_responses, 1);
	assert_false(p->responses[0].r.complete);
	assert_string_equal(p->responses[0].problem, problem);
	assert_int_equal(p->responses[0].r.body.len, 64);
	assert_int_equal(play_summary(p).incomplete, 1);
	play_free(p);
}

static void a_growing_block_size_is_a_bad_block(void **state)
{
	check_fails((struct block){ 1, true, 3, 128 }, "bad-block: the block size grows");
}

static void a_short_block_before_the_last_is_a_bad_block(void **state)
{
	check_fails((struct block){ 1, true, 2, 63 },
		    "bad-block: a block before the last is not full");
}

static void a_gap_is_out_of_order(void **state)
{
	check_fails((struct block){ 2, true, 2, 64 }, "block-out-of-order");
}

static void a_first_block_far_behind_takes_no_memory(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);

	give(p, S1, 1, (struct block){ (1 << 20) - 1, true, 6, 1024 });
	assert_int_equal(p->n_responses, 1);
	assert_string_equal(p->responses[0].problem, "block-out-of-order");
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void an_endless_body_stops_at_the_limit(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(NULL);

	play_ask(p, &ask);
	for (uint32_t i = 0; !p->n_responses && i < 2000; i++)
		give(p, S1, (uint16_t)(i + 1), (struct block){ i, true, 6, 1024 });
	assert_string_equal(p->responses[0].problem, "body too large (1 MiB)");
	assert_int_equal(p->responses[0].r.body.len, 1 << 20);
	assert_int_equal(p->responses[0].r.blocks, 1024);
	play_free(p);
}

static void the_number_of_blocks_is_limited(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(NULL);

	ask.max_blocks = 10;
	play_ask(p, &ask);
	for (uint32_t i = 0; !p->n_responses && i < 20; i++)
		give(p, S1, (uint16_t)(i + 1), (struct block){ i, true, 0, 16 });
	assert_string_equal(p->responses[0].problem, "too many blocks (10)");
	play_free(p);
}

static void hold_little(struct gcoap_client_config *config)
{
	config->max_held = 4096;
}

static void bodies_of_all_servers_are_limited(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(hold_little);
	struct gcoap_msg first, m;
	char from[32];

	play_ask(p, &ask);
	first = *play_last(p);
	for (int i = 1; i <= 4; i++) {
		snprintf(from, sizeof(from), "192.0.2.%d:5683", i);
		build(&m, &first, 1, &(struct block){ 0, true, 6, 1024 });
		play_recv(p, from, &m);
	}
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_responses, 3);
	assert_string_equal(p->responses[0].problem, "bodies of all servers too large (4 KiB)");
	play_free(p);
}

static void a_changed_representation_is_fetched_again_once(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);

	give(p, S1, 1, (struct block){ 0, true, 2, 64, "v1" });
	give(p, S1, 2, (struct block){ 1, true, 2, 64, "v2" });
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(asked_num(p, NULL), UINT32_MAX); /* from the beginning */
	give(p, S1, 3, (struct block){ 0, true, 2, 64, "v2" });
	give(p, S1, 4, (struct block){ 1, false, 2, 5, "v2" });
	assert_int_equal(p->n_responses, 1);
	assert_true(p->responses[0].r.complete);
	assert_int_equal(p->responses[0].r.body.len, 69);
	play_free(p);
}

static void a_representation_that_changes_twice_is_incomplete(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);

	give(p, S1, 1, (struct block){ 0, true, 2, 64, "v1" });
	give(p, S1, 2, (struct block){ 1, true, 2, 64, "v2" });
	give(p, S1, 3, (struct block){ 0, true, 2, 64, "v2" });
	give(p, S1, 4, (struct block){ 1, true, 2, 64, "v3" });
	assert_int_equal(p->n_responses, 1);
	assert_false(p->responses[0].r.complete);
	assert_string_equal(p->responses[0].problem,
			    "the representation changed while it was fetched");
	play_free(p);
}

static void a_block_from_another_source_is_dropped(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);

	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	give(p, S2, 2, (struct block){ 1, false, 2, 1 });
	assert_int_equal(p->n_responses, 0);
	assert_string_equal(p->malformed[0], "wrong-source");
	give(p, S1, 2, (struct block){ 1, false, 2, 1 });
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(play_summary(p).malformed, 1);
	play_free(p);
}

static void a_server_that_does_not_answer_is_asked_again_as_con(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	struct gcoap_msg m;

	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	assert_int_equal(play_last(p)->type, GCOAP_NON);
	play_wait(p, 3 * GCOAP_SECOND);
	assert_int_equal(play_last(p)->type, GCOAP_CON);
	assert_true(gcoap_msg_same_token(play_last(p), &p->sent[1].msg));
	build(&m, play_last(p), play_last(p)->mid, &(struct block){ 1, false, 2, 1 });
	m.type = GCOAP_ACK;
	assert_int_equal(play_recv(p, S1, &m), 0);
	assert_true(p->responses[0].r.complete);
	play_free(p);
}

static void a_server_that_stays_silent_is_given_up(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);

	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	play_wait(p, 60 * GCOAP_SECOND);
	assert_int_equal(p->n_responses, 1);
	assert_false(p->responses[0].r.complete);
	assert_string_equal(p->responses[0].problem, "no answer to the request for the rest");
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void an_error_in_place_of_a_block_is_named(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	struct gcoap_msg m;

	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	play_answer(&m, play_last(p), GCOAP_NOT_FOUND, 2);
	play_recv(p, S1, &m);
	assert_string_equal(p->responses[0].problem, "4.04 in place of block 1");
	assert_int_equal(p->responses[0].code, GCOAP_CONTENT);
	play_free(p);
}

static void at_most_64_servers_are_asked_at_a_time(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(NULL);
	struct gcoap_msg first, m;
	char from[32];

	play_ask(p, &ask);
	first = *play_last(p);
	for (int i = 1; i <= 100; i++) {
		snprintf(from, sizeof(from), "10.0.0.%d:5683", i);
		build(&m, &first, 1, &(struct block){ 0, true, 2, 64 });
		play_recv(p, from, &m);
	}
	assert_int_equal(p->n_sent, 1 + 64);
	build(&m, &p->sent[1].msg, 2, &(struct block){ 1, false, 2, 1 });
	play_recv(p, "10.0.0.1:5683", &m);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->n_sent, 1 + 65);
	gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	assert_int_equal(p->n_responses, 100);
	assert_int_equal(play_summary(p).incomplete, 99);
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_INTERRUPT);
	play_free(p);
}

/* 1,000 forged sources with "more" in them would be asked for hours. */
static void the_rest_of_all_servers_has_an_end(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(NULL);
	struct gcoap_msg first, m;
	char from[32];

	ask.timeout = 2 * GCOAP_SECOND;
	play_ask(p, &ask);
	first = *play_last(p);
	for (int i = 0; i < 1000; i++) {
		snprintf(from, sizeof(from), "10.0.%d.%d:5683", i / 250, i % 250 + 1);
		build(&m, &first, 1, &(struct block){ 0, true, 2, 64 });
		play_recv(p, from, &m);
		p->n_sent = 0;
	}
	for (int i = 0; i < 249 && !p->engine->done(p->engine); i++) {
		play_wait(p, GCOAP_SECOND);
		p->n_sent = 0;
	}
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).incomplete, 1000);
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_TIMEOUT);
	play_free(p);
}

static void a_server_has_one_follow_up_at_a_time(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	struct gcoap_msg first = *play_last(p), m;

	for (uint16_t i = 1; i <= 50; i++) {
		build(&m, &first, i, &(struct block){ 0, true, 2, 64 });
		play_recv(p, S1, &m);
	}
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_responses, 49);
	assert_false(p->responses[0].r.complete);
	give(p, S1, 99, (struct block){ 1, false, 2, 1 });
	assert_true(p->responses[49].r.complete);
	play_free(p);
}

static void a_follow_up_waits_for_its_turn_at_a_server(void **state)
{
	struct gcoap_ask ask = play_get("log"), one = ask;
	struct play *p = play_new(NULL);

	one.group = false;
	one.to = play_addr(S1);
	one.timeout = GCOAP_SECOND;
	play_ask(p, &one);
	play_wait(p, GCOAP_SECOND); /* silent: the next request waits for PROBING_RATE */
	play_ask(p, &ask);
	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	assert_int_equal(p->n_sent, 2);
	play_wait(p, 20 * GCOAP_SECOND);
	assert_in_range(p->n_sent, 3, 6);
	give(p, S1, 2, (struct block){ 1, false, 2, 1 });
	assert_int_equal(p->n_responses, 1);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void without_blockwise_the_first_block_is_shown(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(NULL);

	ask.blockwise = false;
	play_ask(p, &ask);
	give(p, S1, 1, (struct block){ 0, true, 2, 64 });
	assert_int_equal(p->n_responses, 1);
	assert_false(p->responses[0].r.complete);
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void a_wished_block_size_is_in_the_group_request(void **state)
{
	struct gcoap_ask ask = play_get("log");
	struct play *p = play_new(NULL);
	uint8_t szx = 0;

	ask.block_szx = 2;
	play_ask(p, &ask);
	assert_int_equal(asked_num(p, &szx), 0);
	assert_int_equal(szx, 2);
	give(p, S1, 1, (struct block){ 0, true, 4, 256 });
	assert_int_equal(asked_num(p, &szx), 4);
	assert_int_equal(szx, 2);
	play_free(p);
}

static void block_size_7_is_malformed(void **state)
{
	static const uint8_t bad[] = { 0x0f };
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 1);
	gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ bad, 1 });
	play_recv(p, S1, &m);
	assert_string_equal(p->malformed[0], "bad-block");
	assert_int_equal(p->n_responses, 0);
	play_free(p);
}

static void an_echo_challenge_is_answered_by_unicast_once(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	const struct gcoap_option *echo;
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_UNAUTHORIZED, 1);
	gcoap_msg_add_text(&m, GCOAP_ECHO, "fresh");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(p->n_sent, 2);
	echo = gcoap_msg_find(play_last(p), GCOAP_ECHO);
	assert_non_null(echo);
	assert_memory_equal(echo->value.ptr, "fresh", 5);
	play_text(p, S1, 2, "yes");
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].code, GCOAP_CONTENT);
	assert_memory_equal(p->responses[0].body, "yes", 3);
	play_free(p);
}

static void a_second_challenge_is_the_record(void **state)
{
	struct gcoap_ask ask;
	struct play *p = begin(&ask);
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_UNAUTHORIZED, 1);
	gcoap_msg_add_text(&m, GCOAP_ECHO, "fresh");
	play_recv(p, S1, &m);
	play_answer(&m, play_last(p), GCOAP_UNAUTHORIZED, 2);
	gcoap_msg_add_text(&m, GCOAP_ECHO, "again");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].code, GCOAP_UNAUTHORIZED);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rest_is_asked_of_the_server_by_unicast_with_a_new_token),
		cmocka_unit_test(bodies_of_several_servers_do_not_mix),
		cmocka_unit_test(a_body_may_take_longer_than_the_window),
		cmocka_unit_test(expect_is_reached_when_running_bodies_have_come),
		cmocka_unit_test(a_smaller_block_size_is_followed),
		cmocka_unit_test(a_growing_block_size_is_a_bad_block),
		cmocka_unit_test(a_short_block_before_the_last_is_a_bad_block),
		cmocka_unit_test(a_gap_is_out_of_order),
		cmocka_unit_test(a_first_block_far_behind_takes_no_memory),
		cmocka_unit_test(an_endless_body_stops_at_the_limit),
		cmocka_unit_test(the_number_of_blocks_is_limited),
		cmocka_unit_test(bodies_of_all_servers_are_limited),
		cmocka_unit_test(a_changed_representation_is_fetched_again_once),
		cmocka_unit_test(a_representation_that_changes_twice_is_incomplete),
		cmocka_unit_test(a_block_from_another_source_is_dropped),
		cmocka_unit_test(a_server_that_does_not_answer_is_asked_again_as_con),
		cmocka_unit_test(a_server_that_stays_silent_is_given_up),
		cmocka_unit_test(an_error_in_place_of_a_block_is_named),
		cmocka_unit_test(at_most_64_servers_are_asked_at_a_time),
		cmocka_unit_test(the_rest_of_all_servers_has_an_end),
		cmocka_unit_test(a_server_has_one_follow_up_at_a_time),
		cmocka_unit_test(a_follow_up_waits_for_its_turn_at_a_server),
		cmocka_unit_test(without_blockwise_the_first_block_is_shown),
		cmocka_unit_test(a_wished_block_size_is_in_the_group_request),
		cmocka_unit_test(block_size_7_is_malformed),
		cmocka_unit_test(an_echo_challenge_is_answered_by_unicast_once),
		cmocka_unit_test(a_second_challenge_is_the_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
