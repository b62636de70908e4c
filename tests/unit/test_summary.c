/* Counts and quantiles. */
#include <stdio.h>

#include "engine/stats.h"
#include "engine_play.h"
#include "test.h"

static struct gcoap_summary spread_of(const gcoap_time *rtts, size_t n)
{
	uint64_t seed[2] = { 0 };
	struct gcoap_summary sum;
	struct gcoap__stats s;

	gcoap__stats_init(&s, 8, seed);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(gcoap__stats_rtt(&s, rtts[i]), 0);
	gcoap__stats_summary(&s, &sum, 0, false);
	gcoap__stats_clear(&s);
	return sum;
}

static void quantiles_are_exact(void **state)
{
	gcoap_time rtts[200];
	struct gcoap_summary sum;

	for (int i = 0; i < 200; i++)
		rtts[i] = ((i * 77) % 200 + 1) * GCOAP_MS;
	sum = spread_of(rtts, 200);
	assert_int_equal(sum.rtt.min, GCOAP_MS);
	assert_int_equal(sum.rtt.median, 100 * GCOAP_MS);
	assert_int_equal(sum.rtt.p99, 198 * GCOAP_MS);
	assert_int_equal(sum.rtt.max, 200 * GCOAP_MS);
}

static void one_answer_is_its_own_median(void **state)
{
	gcoap_time rtt = 1234567;
	struct gcoap_summary sum = spread_of(&rtt, 1);

	assert_int_equal(sum.rtt.min, rtt);
	assert_int_equal(sum.rtt.median, rtt);
	assert_int_equal(sum.rtt.p99, rtt);
	assert_int_equal(sum.rtt.max, rtt);
}

static void no_answer_is_no_spread(void **state)
{
	struct gcoap_summary sum = spread_of(NULL, 0);

	assert_int_equal(sum.rtt.min, 0);
	assert_int_equal(sum.rtt.max, 0);
	assert_int_equal(sum.elapsed, 0);
}

static void samples_are_bounded(void **state)
{
	uint64_t seed[2] = { 0 };
	struct gcoap_summary sum;
	struct gcoap__stats s;

	gcoap__stats_init(&s, 8, seed);
	for (uint32_t i = 0; i < GCOAP__SAMPLES_MAX + 10; i++)
		gcoap__stats_rtt(&s, 1000 + i * GCOAP_US);
	assert_int_equal(s.n_rtt, GCOAP__SAMPLES_MAX);
	gcoap__stats_summary(&s, &sum, 0, false);
	assert_int_equal(sum.rtt.max, 1000 + (GCOAP__SAMPLES_MAX + 9) * GCOAP_US);
	gcoap__stats_clear(&s);
}

static void ten_thousand_servers_are_counted_once_each(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);
	struct gcoap_datagram in = { .from = { .family = 4, .port = 5683, .bytes = { 10 } } };
	struct gcoap_msg m;
	uint8_t b[64];

	ask.expect = 10000;
	play_ask(p, &ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 1);
	in.data = (struct gcoap_bytes){ b, (size_t)gcoap_msg_encode(&m, b, sizeof(b)) };
	for (int twice = 0; twice < 2; twice++) {
		for (int i = 0; i < 9999; i++) {
			in.from.bytes[2] = (uint8_t)(i >> 8);
			in.from.bytes[3] = (uint8_t)i;
			in.at = p->now;
			p->engine->recv(p->engine, &in, p->now);
		}
		assert_false(p->engine->done(p->engine));
	}
	in.from.bytes[1] = 1;
	p->engine->recv(p->engine, &in, p->now);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).servers, 10000);
	assert_int_equal(play_summary(p).duplicates, 9999);
	play_free(p);
}

/* More exchanges than the client keeps, each answered by the same server and by one of its own. */
static void a_server_of_many_exchanges_is_counted_once(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);
	char from[32];

	ask.expect = 2;
	for (uint16_t i = 0; i < 80; i++) {
		play_ask(p, &ask);
		play_text(p, "192.0.2.1:5683", i, "a");
		snprintf(from, sizeof(from), "192.0.2.%u:5683", 2u + i % 70);
		play_text(p, from, i, "b");
		assert_true(p->engine->done(p->engine));
		assert_int_equal(play_summary(p).servers, i < 70 ? 2 + i : 71);
		play_wait(p, 20 * GCOAP_SECOND);
	}
	assert_int_equal(play_summary(p).responses, 160);
	play_free(p);
}

static void errors_and_bytes_are_counted(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);
	struct gcoap_msg m;

	play_ask(p, &ask);
	play_text(p, "192.0.2.1:5683", 1, "12345");
	play_answer(&m, play_last(p), GCOAP_NOT_FOUND, 1);
	play_recv(p, "192.0.2.2:5683", &m);
	play_answer(&m, play_last(p), GCOAP_SERVER_ERROR, 1);
	play_recv(p, "192.0.2.3:5683", &m);
	assert_int_equal(play_summary(p).ok, 1);
	assert_int_equal(play_summary(p).errors, 2);
	assert_int_equal(play_summary(p).bytes, 5);
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_NOT);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quantiles_are_exact),
		cmocka_unit_test(one_answer_is_its_own_median),
		cmocka_unit_test(no_answer_is_no_spread),
		cmocka_unit_test(samples_are_bounded),
		cmocka_unit_test(ten_thousand_servers_are_counted_once_each),
		cmocka_unit_test(a_server_of_many_exchanges_is_counted_once),
		cmocka_unit_test(errors_and_bytes_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
