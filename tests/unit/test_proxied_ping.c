/* A proxy that has taken the request for a group, and is asked whether it is still there. */
#include <errno.h>

#include "proxied_play.h"
#include "test.h"

#define ACK "60001001"
#define RST "70001001"
#define RELAYED "52452001c0dec0211edd45008301d9010444c0000201191635ff32322e332043"

/* T' = 8 s, T = 10 s: the ping is due after 8.5 s. */
static struct play *asked(struct request *q, bool ping)
{
	struct play *p = play_new(NULL);

	request(q, TILOCA, 8);
	q->ask.ping = ping;
	play_ask(p, &q->ask);
	return p;
}

static void assert_ping(const struct play *p)
{
	const struct gcoap_msg *m = play_last(p);

	assert_int_equal(p->n_sent, 2);
	assert_int_equal(m->type, GCOAP_CON);
	assert_int_equal(m->code, GCOAP_EMPTY);
	assert_int_equal(m->token_len, 0);
}

static void a_proxy_that_does_not_answer_the_ping_is_gone(void **state)
{
	struct request q;
	struct play *p = asked(&q, true);

	hear(p, ACK);
	play_wait(p, 8499 * GCOAP_MS);
	assert_int_equal(p->n_sent, 1);
	play_wait(p, 1 * GCOAP_MS);
	assert_ping(p);
	play_wait(p, 1499 * GCOAP_MS);
	assert_int_equal(p->n_ended, 0);
	play_wait(p, 1 * GCOAP_MS);
	assert_int_equal(p->n_ended, 1);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_TIMEOUT);
	assert_true(p->ended.acked && p->ended.gone);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_sent, 2);
	play_free(p);
}

static void one_that_answers_it_with_a_rst_is_there(void **state)
{
	struct request q;
	struct play *p = asked(&q, true);

	hear(p, ACK);
	play_wait(p, 8600 * GCOAP_MS);
	assert_ping(p);
	hear(p, RST);
	assert_int_equal(p->n_ended, 0);
	assert_int_equal(play_summary(p).refused, 0);
	play_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_ended, 1);
	assert_true(p->ended.acked);
	assert_false(p->ended.gone);
	play_free(p);
}

static void answers_after_the_ping_count(void **state)
{
	struct request q;
	struct play *p = asked(&q, true);

	hear(p, ACK);
	play_wait(p, 8600 * GCOAP_MS);
	assert_ping(p);
	hear(p, RELAYED);
	play_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->n_ended, 1);
	assert_false(p->ended.gone);
	play_free(p);
}

static void icmp_to_the_ping_ends_the_exchange(void **state)
{
	struct request q;
	struct play *p = asked(&q, true);
	struct gcoap_datagram ping;
	uint8_t bytes[4];

	hear(p, ACK);
	play_wait(p, 8600 * GCOAP_MS);
	assert_ping(p);
	ping = p->sent[1].d;
	memcpy(bytes, ping.data.ptr, sizeof(bytes));
	ping.data = (struct gcoap_bytes){ bytes, sizeof(bytes) };
	bytes[3] ^= 1; /* another one's */
	p->engine->unreachable(p->engine, &ping, ECONNREFUSED, p->now);
	bytes[3] ^= 1;
	ping.to = play_addr("10.77.0.21:5683");
	p->engine->unreachable(p->engine, &ping, ECONNREFUSED, p->now);
	assert_int_equal(p->n_ended, 0);
	ping.to = play_addr(PROXY);
	p->engine->unreachable(p->engine, &ping, ECONNREFUSED, p->now);
	assert_int_equal(p->n_ended, 1);
	assert_true(p->ended.gone);
	assert_int_equal(p->ended.error, ECONNREFUSED);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void no_ping_follows_an_answer_or_no_ack_at_all(void **state)
{
	static const struct {
		bool ping;
		const char *first, *second;
	} rows[] = { { true, ACK, RELAYED }, { true, RELAYED, NULL }, { false, ACK, NULL } };
	struct request q;
	struct play *p;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		p = asked(&q, rows[i].ping);
		hear(p, rows[i].first);
		if (rows[i].second)
			hear(p, rows[i].second);
		for (size_t n = p->n_sent; p->n_ended == 0; assert_int_equal(p->n_sent, n))
			play_wait(p, 100 * GCOAP_MS);
		assert_false(p->ended.gone);
		play_free(p);
	}
	p = asked(&q, true);
	play_wait(p, 11 * GCOAP_SECOND);
	for (size_t i = 0; i < p->n_sent; i++)
		assert_int_equal(p->sent[i].msg.code, GCOAP_GET);
	assert_false(p->ended.acked || p->ended.gone);
	play_free(p);
}

static void an_exchange_that_is_stopped_does_not_judge(void **state)
{
	struct request q;
	struct play *p = asked(&q, true);

	hear(p, ACK);
	play_wait(p, 8600 * GCOAP_MS);
	assert_ping(p);
	gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	assert_int_equal(p->n_ended, 1);
	assert_false(p->ended.gone);
	play_free(p);
}

/* The first answer is on the ACK. */
static void answers_may_overtake_the_one_on_the_ack(void **state)
{
	static const char first[] = "62451001c0dedd530083"
				    "01d9010444c0000202191633ff31";
	struct request q;
	struct play *p = asked(&q, true);

	hear(p, RELAYED);
	play_wait(p, 9 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	hear(p, first);
	hear(p, first);
	assert_int_equal(p->n_responses, 2);
	assert_int_equal(play_summary(p).servers, 2);
	assert_int_equal(play_summary(p).duplicates, 1);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_proxy_that_does_not_answer_the_ping_is_gone),
		cmocka_unit_test(one_that_answers_it_with_a_rst_is_there),
		cmocka_unit_test(answers_after_the_ping_count),
		cmocka_unit_test(icmp_to_the_ping_ends_the_exchange),
		cmocka_unit_test(no_ping_follows_an_answer_or_no_ack_at_all),
		cmocka_unit_test(an_exchange_that_is_stopped_does_not_judge),
		cmocka_unit_test(answers_may_overtake_the_one_on_the_ack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
