/* What a load makes of answers: first, further, duplicate, late, of which server, of nobody. */
#include "test.h"
#include "load_play.h"

#include <stdio.h>

#define GROUP "224.0.1.187"
#define ONE "192.0.2.1:5683"
#define TWO "192.0.2.2:5683"
#define THREE "192.0.2.3:5683"

static struct load_play *play_with(const char *to, uint32_t expect,
				   void (*change)(struct gcoap_load_config *f))
{
	struct gcoap_load_request q = load_get(to);
	struct gcoap_load_config f = load_config(&q, 1);

	q.expect = expect;
	f.gap = 10 * GCOAP_SECOND;
	f.count = 3;
	if (change)
		change(&f);
	return load_play_new(&f);
}

static void a_group_is_asked_until_its_timeout(void **state)
{
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct load_sent asked = *load_last(p);
	const struct gcoap_load_round *r;

	assert_int_equal(asked.msg.type, GCOAP_NON);
	assert_int_equal(asked.msg.token_len, 8);
	load_wait(p, GCOAP_SECOND);
	load_answer(p, &asked, ONE, 7);
	load_wait(p, GCOAP_SECOND / 2);
	load_answer(p, &asked, TWO, 7);
	assert_int_equal(p->n_rounds, 0);
	load_wait(p, GCOAP_SECOND / 2);
	assert_int_equal(p->n_rounds, 1);
	r = load_last_round(p);
	assert_int_equal(r->answered, 2);
	assert_false(r->complete);
	assert_int_equal(r->first, LOAD_START + GCOAP_SECOND);
	assert_int_equal(r->last, LOAD_START + 3 * GCOAP_SECOND / 2);
	assert_int_equal(r->ended, LOAD_START + 2 * GCOAP_SECOND);
	assert_int_equal(p->answers[0].server, 0);
	assert_int_equal(p->answers[1].server, 1);
	assert_int_equal(gcoap_load_servers(p->load), 2);
	assert_int_equal(gcoap_load_server(p->load, 1)->addr.bytes[3], 2);
	assert_null(gcoap_load_server(p->load, 1)->name);
	assert_null(gcoap_load_server(p->load, 2));
	load_play_free(p);
}

static void another_message_id_is_further_the_same_is_a_duplicate(void **state)
{
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct load_sent asked = *load_last(p);

	load_answer(p, &asked, ONE, 1);
	load_answer(p, &asked, ONE, 1);
	load_answer(p, &asked, ONE, 2);
	load_answer(p, &asked, ONE, 2);
	load_answer(p, &asked, ONE, 1);
	assert_int_equal(p->kinds[GCOAP_LOAD_ANSWER], 1);
	assert_int_equal(p->kinds[GCOAP_LOAD_FURTHER], 1);
	assert_int_equal(p->kinds[GCOAP_LOAD_DUPLICATE], 3);
	load_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(load_last_round(p)->answered, 1);
	load_play_free(p);
}

static void after_the_timeout_answers_are_late(void **state)
{
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct load_sent asked = *load_last(p);

	load_answer(p, &asked, ONE, 1);
	load_wait(p, 5 * GCOAP_SECOND);
	assert_int_equal(p->n_rounds, 1);
	load_answer(p, &asked, TWO, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_LATE);
	assert_int_equal(load_last_answer(p)->server, 1);
	assert_int_equal(load_last_answer(p)->due, LOAD_START);
	load_answer(p, &asked, TWO, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
	load_answer(p, &asked, ONE, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
	load_answer(p, &asked, ONE, 2);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_LATE);
	assert_int_equal(p->n_rounds, 1);
	load_play_free(p);
}

static void as_many_as_expected_complete_a_round(void **state)
{
	struct load_play *p = play_with(GROUP, 2, NULL);
	struct load_sent asked = *load_last(p);

	load_answer(p, &asked, ONE, 1);
	load_answer(p, &asked, ONE, 2);
	assert_int_equal(p->n_rounds, 0);
	p->now += GCOAP_SECOND;
	load_answer(p, &asked, TWO, 1);
	assert_int_equal(p->n_rounds, 1);
	assert_true(load_last_round(p)->complete);
	assert_int_equal(load_last_round(p)->ended, LOAD_START + GCOAP_SECOND);
	/* Who comes after that, and in time, is an answer still. */
	load_answer(p, &asked, THREE, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
	load_answer(p, &asked, THREE, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
	load_answer(p, &asked, THREE, 2);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_FURTHER);
	p->now += GCOAP_SECOND;
	load_answer(p, &asked, "192.0.2.4:5683", 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_LATE);
	assert_int_equal(p->n_rounds, 1);
	load_play_free(p);
}

static void who_is_awaited_completes_a_round_and_nobody_else(void **state)
{
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct load_sent asked = *load_last(p);
	struct gcoap_addr a;

	gcoap_addr_parse(&a, TWO, 0);
	assert_int_equal(gcoap_load_expect(p->load, &a), 0);
	gcoap_addr_parse(&a, THREE, 0);
	assert_int_equal(gcoap_load_expect(p->load, &a), 1);
	assert_int_equal(gcoap_load_await(p->load, 0, 0), 0);
	assert_int_equal(gcoap_load_await(p->load, 0, 0), 0);
	assert_int_equal(gcoap_load_await(p->load, 0, 1), 0);
	assert_int_equal(gcoap_load_await(p->load, 0, 2), GCOAP_EINVALID);
	assert_int_equal(gcoap_load_await(p->load, 1, 0), GCOAP_EINVALID);
	load_answer(p, &asked, ONE, 1);
	load_answer(p, &asked, TWO, 1);
	load_answer(p, &asked, TWO, 2);
	assert_int_equal(p->n_rounds, 0);
	load_answer(p, &asked, THREE, 1);
	assert_int_equal(p->n_rounds, 1);
	assert_true(load_last_round(p)->complete);
	assert_int_equal(load_last_round(p)->answered, 3);
	load_play_free(p);
}

static void closed(struct gcoap_load_config *f)
{
	f->gap = 0;
}

static void a_complete_round_frees_its_place(void **state)
{
	struct load_play *p = play_with(GROUP, 2, closed);
	struct load_sent asked = *load_last(p);

	p->now += GCOAP_SECOND;
	load_answer(p, &asked, ONE, 1);
	assert_int_equal(p->n_sent, 1);
	load_answer(p, &asked, TWO, 1);
	assert_int_equal(p->n_sent, 2);
	/* Rounds are apart, though they are of the same servers. */
	load_answer(p, load_last(p), ONE, 2);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
	assert_int_equal(load_last_answer(p)->round, 1);
	assert_int_equal(load_last_answer(p)->due, LOAD_START + GCOAP_SECOND);
	load_wait(p, 3 * GCOAP_SECOND);
	assert_int_equal(p->rounds[1].answered, 1);
	assert_false(p->rounds[1].complete);
	assert_int_equal(p->n_sent, 3);
	load_play_free(p);
}

static void one_server_answers_once(void **state)
{
	struct load_play *p = play_with(ONE, 0, NULL);
	struct load_sent asked = *load_last(p);

	assert_int_equal(gcoap_load_servers(p->load), 1);
	p->now += GCOAP_MS;
	load_answer(p, &asked, TWO, 1); /* another one: not asked */
	assert_int_equal(p->n_answers, 0);
	assert_int_equal(load_counts(p).unmatched, 1);
	load_answer(p, &asked, ONE, 1);
	assert_true(load_last_round(p)->complete);
	assert_int_equal(load_last_round(p)->first, p->now);
	load_answer(p, &asked, ONE, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
	load_answer(p, &asked, ONE, 2);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_FURTHER);
	load_wait(p, 3 * GCOAP_SECOND);
	load_answer(p, &asked, ONE, 3);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_LATE);
	load_play_free(p);
}

static void tokens_of_others_match_nothing(void **state)
{
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct load_sent asked = *load_last(p);
	struct gcoap_msg m;

	for (int bit = 0; bit < 64; bit++) {
		load_response(&m, &asked, GCOAP_CONTENT, 1);
		m.token[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(load_recv(p, 0, ONE, &m), GCOAP_EUNKNOWN);
	}
	for (uint8_t len = 0; len < 8; len++) {
		load_response(&m, &asked, GCOAP_CONTENT, 1);
		m.token_len = len;
		assert_int_equal(load_recv(p, 0, ONE, &m), GCOAP_EUNKNOWN);
	}
	assert_int_equal(load_counts(p).unmatched, 72);
	assert_int_equal(p->n_answers, 0);
	load_play_free(p);
}

static void many(struct gcoap_load_config *f)
{
	f->gap = GCOAP_MS;
	f->count = 200;
}

static void no_two_tokens_are_the_same_or_count_visibly(void **state)
{
	struct load_play *p = play_with(ONE, 0, many);
	int same[64] = { 0 };

	load_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 200);
	for (size_t i = 0; i < 200; i++) {
		for (size_t k = 0; k < i; k++)
			assert_memory_not_equal(load_sent_at(p, i)->msg.token,
						load_sent_at(p, k)->msg.token, 8);
		for (int bit = 0; bit < 64; bit++)
			same[bit] += load_sent_at(p, i)->msg.token[bit / 8] >> bit % 8 & 1;
	}
	/* The half that proves who asked is like random bits. */
	for (int bit = 32; bit < 64; bit++)
		assert_in_range(same[bit], 60, 140);
	load_play_free(p);
}

static void garbage_is_malformed_and_a_confirmable_one_is_rejected(void **state)
{
	static const uint8_t version[] = { 0xd0, 0x45, 0, 1 };
	static const uint8_t cut[] = { 0x40, 0x45, 0x12, 0x34, 0xb5, 'a' };
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct load_sent asked = *load_last(p);
	struct gcoap_msg m;

	load_recv_bytes(p, 0, ONE, version, sizeof(version));
	assert_string_equal(p->malformed[0], "bad-version");
	assert_int_equal(p->n_sent, 1);
	load_recv_bytes(p, 0, ONE, cut, sizeof(cut));
	assert_string_equal(p->malformed[1], "option-truncated");
	assert_int_equal(load_last(p)->msg.type, GCOAP_RST);
	assert_int_equal(load_last(p)->msg.mid, 0x1234);
	/* A critical option that is not known (RFC 7252, Section 5.4.1). */
	load_response(&m, &asked, GCOAP_CONTENT, 9);
	gcoap_msg_add(&m, 9999, bytes(1));
	load_recv(p, 0, ONE, &m);
	assert_string_equal(p->malformed[2], "unknown-option");
	assert_int_equal(load_counts(p).malformed, 3);
	assert_int_equal(p->n_answers, 0);
	load_recv_bytes(p, 0, ONE, "", 0);
	assert_string_equal(p->malformed[3], "short-header");
	load_play_free(p);
}

static void requests_and_pings_are_not_answers(void **state)
{
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_EMPTY);
	m.mid = 77;
	load_recv(p, 0, ONE, &m);
	assert_int_equal(load_last(p)->msg.type, GCOAP_RST);
	assert_int_equal(load_last(p)->msg.mid, 77);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	load_recv(p, 0, ONE, &m);
	assert_int_equal(p->n_sent, 2);
	/* Nor does one member's RST end what a group is asked. */
	gcoap_msg_init(&m, GCOAP_RST, GCOAP_EMPTY);
	m.mid = load_sent_at(p, 0)->msg.mid;
	load_recv(p, 0, ONE, &m);
	assert_int_equal(load_counts(p).unmatched, 3);
	assert_int_equal(p->n_rounds, 0);
	load_play_free(p);
}

static void an_answer_over_another_interface_is_not_the_groups(void **state)
{
	struct gcoap_load_request q = load_get(GROUP);
	struct gcoap_load_config f = load_config(&q, 1);
	struct gcoap_datagram in = { 0 };
	struct gcoap_engine *e;
	struct load_play *p;
	uint8_t buf[64];
	struct gcoap_msg m;

	q.ifindex = 3;
	p = load_play_new(&f);
	e = gcoap_load_client(p->load, 0);
	assert_int_equal(load_last(p)->d.ifindex, 3);
	load_response(&m, load_last(p), GCOAP_CONTENT, 1);
	in.data = (struct gcoap_bytes){ buf, (size_t)gcoap_msg_encode(&m, buf, sizeof(buf)) };
	in.at = p->now;
	gcoap_addr_parse(&in.from, ONE, 0);
	in.ifindex = 4;
	assert_int_equal(e->recv(e, &in, p->now), GCOAP_EUNKNOWN);
	in.ifindex = 3;
	assert_int_equal(e->recv(e, &in, p->now), 0);
	load_play_free(p);
}

static void expected_servers_are_known_before_they_answer(void **state)
{
	struct load_play *p = play_with(GROUP, 0, NULL);
	struct load_sent asked = *load_last(p);
	struct gcoap_addr a;

	gcoap_addr_parse(&a, TWO, 0);
	assert_int_equal(gcoap_load_expect(p->load, &a), 0);
	assert_int_equal(gcoap_load_expect(p->load, &a), 0);
	gcoap_addr_parse(&a, "192.0.2.5", 0);
	assert_int_equal(gcoap_load_expect(p->load, &a), 1);
	gcoap_addr_parse(&a, "192.0.2.6:1001", 0);
	assert_int_equal(gcoap_load_expect(p->load, &a), 2);
	gcoap_addr_parse(&a, "192.0.2.6:1002", 0);
	assert_int_equal(gcoap_load_expect(p->load, &a), 3);
	assert_int_equal(gcoap_load_servers(p->load), 4);

	load_answer(p, &asked, ONE, 1);
	assert_int_equal(load_last_answer(p)->server, 4);
	load_answer(p, &asked, "192.0.2.2:40000", 1); /* alone on its host: from any port */
	assert_int_equal(load_last_answer(p)->server, 0);
	load_answer(p, &asked, "192.0.2.2:40001", 1); /* but that one is another */
	assert_int_equal(load_last_answer(p)->server, 5);
	load_answer(p, &asked, TWO, 2);
	assert_int_equal(load_last_answer(p)->server, 0);
	load_answer(p, &asked, "192.0.2.5:61616", 1);
	assert_int_equal(load_last_answer(p)->server, 1);
	load_answer(p, &asked, "192.0.2.6:1003", 1); /* two are expected there */
	assert_int_equal(load_last_answer(p)->server, 6);
	load_answer(p, &asked, "192.0.2.6:1002", 1);
	assert_int_equal(load_last_answer(p)->server, 3);
	load_play_free(p);
}

static void known_three(struct gcoap_load_config *f)
{
	f->max_servers = 3;
}

static void who_is_beyond_max_servers_is_counted_not_known(void **state)
{
	struct load_play *p = play_with(GROUP, 0, known_three);
	struct load_sent asked = *load_last(p);
	char from[32];

	for (int i = 1; i <= 10; i++) {
		snprintf(from, sizeof(from), "198.51.100.%d:5683", i);
		load_answer(p, &asked, from, (uint16_t)i);
		assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
		assert_int_equal(load_last_answer(p)->server,
				 i <= 3 ? (uint32_t)i - 1 : GCOAP_LOAD_UNKNOWN);
	}
	assert_int_equal(gcoap_load_servers(p->load), 3);
	load_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(load_last_round(p)->answered, 10);
	load_play_free(p);
}

static void quick(struct gcoap_load_config *f)
{
	f->gap = 100 * GCOAP_US;
	f->count = 20000;
}

static void a_request_of_long_ago_is_late_still(void **state)
{
	struct load_play *p = play_with(ONE, 0, quick);
	struct load_sent asked = *load_last(p);

	for (int i = 0; i < 18000; i++) {
		load_answer(p, load_last(p), ONE, (uint16_t)i);
		load_wait(p, 100 * GCOAP_US);
	}
	load_answer(p, &asked, ONE, 0); /* a duplicate, but who remembers */
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_LATE);
	assert_int_equal(load_last_answer(p)->round, 0);
	assert_int_equal(load_last_answer(p)->due, LOAD_START);
	assert_int_equal(load_last_answer(p)->sent, GCOAP_NEVER);
	assert_int_equal(load_counts(p).unmatched, 0);
	load_play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_is_asked_until_its_timeout),
		cmocka_unit_test(another_message_id_is_further_the_same_is_a_duplicate),
		cmocka_unit_test(after_the_timeout_answers_are_late),
		cmocka_unit_test(as_many_as_expected_complete_a_round),
		cmocka_unit_test(who_is_awaited_completes_a_round_and_nobody_else),
		cmocka_unit_test(a_complete_round_frees_its_place),
		cmocka_unit_test(one_server_answers_once),
		cmocka_unit_test(tokens_of_others_match_nothing),
		cmocka_unit_test(no_two_tokens_are_the_same_or_count_visibly),
		cmocka_unit_test(garbage_is_malformed_and_a_confirmable_one_is_rejected),
		cmocka_unit_test(requests_and_pings_are_not_answers),
		cmocka_unit_test(an_answer_over_another_interface_is_not_the_groups),
		cmocka_unit_test(expected_servers_are_known_before_they_answer),
		cmocka_unit_test(who_is_beyond_max_servers_is_counted_not_known),
		cmocka_unit_test(a_request_of_long_ago_is_late_still),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
