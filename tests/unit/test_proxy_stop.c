/* The proxy's end, and short memory on the way there. */
#include "alloc_fail.h"
#include "proxy_play.h"
#include "test.h"

#define GET_60 "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define GET_60_OTHER "42011001c0dfdd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define UNICAST "42011001c1dfdd1507636f61703a2f2f3139382e35312e3130302e372f"

static void a_stop_lets_the_ongoing_end(void **state)
{
	struct proxy_play *p = proxy_play_new(NULL);

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	assert_false(p->engine->done(p->engine));
	gcoap_proxy_stop(p->proxy, 100 * GCOAP_SECOND, p->now);
	assert_false(p->engine->done(p->engine));
	proxy_play_request(p, PROXY_CLIENT, GET_60_OTHER);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_UNAVAILABLE);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, GCOAP_MAX_AGE));
	proxy_play_text(p, "198.18.0.1:5683", "still relayed");
	assert_int_equal(p->n_answers, 2);
	proxy_play_wait(p, 61 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	proxy_play_free(p);
}

static void a_stop_waits_only_so_long(void **state)
{
	struct proxy_play *p = proxy_play_new(NULL);

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	gcoap_proxy_stop(p->proxy, 5 * GCOAP_SECOND, p->now);
	proxy_play_wait(p, 6 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	assert_string_equal(p->why, "stopped");
	proxy_play_free(p);
}

static void a_stop_with_nothing_to_do_is_over(void **state)
{
	struct proxy_play *p = proxy_play_new(NULL);

	(void)state;
	gcoap_proxy_stop(p->proxy, 5 * GCOAP_SECOND, p->now);
	assert_true(p->engine->done(p->engine));
	proxy_play_free(p);
}

static void ask_a_name(struct proxy_play *p)
{
	struct gcoap_peer peer = proxy_play_peer(p, PROXY_CLIENT);
	char identity[] = "lamp-switch";
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\x01", 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://somewhere.example/r");
	peer.identity = identity;
	p->served->request(p->served, &peer, &m, p->now);
	memset(identity, 'x', sizeof(identity) - 1);
	proxy_play_flush(p);
}

static void a_stop_does_not_wait_for_names(void **state)
{
	struct proxy_play *p = proxy_play_new(NULL);

	(void)state;
	ask_a_name(p);
	gcoap_proxy_stop(p->proxy, 5 * GCOAP_SECOND, p->now);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_UNAVAILABLE);
	assert_true(p->engine->done(p->engine));
	proxy_play_free(p);
}

/* A group, a server, a name; answers, a stop, the end. */
static void run(struct proxy_play *p)
{
	struct gcoap_addr found;

	proxy_play_request(p, PROXY_CLIENT, GET_60);
	if (p->n_sent)
		proxy_play_text(p, "198.18.0.1:5683", "x");
	if (p->n_sent)
		proxy_play_text(p, "198.18.0.2:5683", "y");
	proxy_play_request(p, PROXY_CLIENT, GET_60_OTHER);
	proxy_play_request(p, PROXY_CLIENT, GET_60_OTHER);
	proxy_play_request(p, PROXY_CLIENT, UNICAST);
	ask_a_name(p);
	gcoap_addr_parse(&found, "198.51.100.9", GCOAP_PORT);
	gcoap_proxy_resolved(p->proxy, "somewhere.example", GCOAP_PORT, &found, 1, p->now);
	proxy_play_flush(p);
	proxy_play_wait(p, 70 * GCOAP_SECOND);
	gcoap_proxy_stop(p->proxy, GCOAP_SECOND, p->now);
	proxy_play_wait(p, 2 * GCOAP_SECOND);
}

static void every_allocation_may_fail(void **state)
{
	struct gcoap_proxy_stats stats;
	struct proxy_play *p;
	bool failed;
	size_t n;

	(void)state;
	for (n = 1; n < 10000; n++) {
		alloc_fail_at(n);
		p = proxy_play_try(NULL);
		if (p)
			run(p);
		failed = alloc_failed();
		if (p) {
			gcoap_proxy_stats(p->proxy, &stats);
			assert_int_equal(stats.ongoing, 0);
			assert_true(p->engine->done(p->engine));
		}
		proxy_play_free(p);
		if (!failed)
			break;
	}
	assert_in_range(n, 20, 9999);
}

/* What one client may make the proxy hold ends at a mebibyte. */
static void a_client_fills_only_its_share(void **state)
{
	static const uint8_t large[1024];
	struct proxy_play *p = proxy_play_new(NULL);
	struct gcoap_proxy_stats stats;
	struct gcoap_msg m;

	(void)state;
	for (uint16_t i = 0; i < 400; i++) {
		gcoap_msg_init(&m, GCOAP_NON, GCOAP_POST);
		gcoap_msg_set_token(&m, &i, sizeof(i));
		gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.7/r");
		m.payload = (struct gcoap_bytes){ large, sizeof(large) };
		proxy_play_ask(p, PROXY_CLIENT, &m);
	}
	gcoap_proxy_stats(p->proxy, &stats);
	assert_in_range(stats.ongoing, 50, 250);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_UNAVAILABLE);
	assert_int_equal(stats.refused, 400 - stats.ongoing);
	proxy_play_request(p, "192.0.2.77:1", GET_60); /* there is room for others */
	assert_int_equal(proxy_play_sent(p)->msg.code, GCOAP_GET);
	proxy_play_wait(p, 61 * GCOAP_SECOND);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	proxy_play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_lets_the_ongoing_end),
		cmocka_unit_test(a_stop_waits_only_so_long),
		cmocka_unit_test(a_stop_with_nothing_to_do_is_over),
		cmocka_unit_test(a_stop_does_not_wait_for_names),
		cmocka_unit_test(every_allocation_may_fail),
		cmocka_unit_test(a_client_fills_only_its_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
