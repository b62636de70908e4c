/* What looked like one server, and is a reverse-proxy for a group. */
#include "proxied_play.h"
#include "test.h"

#define S1 "192.0.2.1:5685"
#define NAMED_S1 "8301d9010444c0000201191635"
#define FIRST_BLOCK                                                                        \
	"c0de4101d10608dd3c00" NAMED_S1 "ff30313233343536373839616263646566"

/* CON GET coap://PROXY/all/r, without any option of a proxy. */
static struct gcoap_ask *plain(struct request *q)
{
	struct gcoap_ask *ask = request(q, TILOCA, -1);

	ask->proxied = false;
	ask->uri = "coap://10.77.0.20:5690/all/r";
	gcoap_msg_remove(&q->msg, GCOAP_PROXY_URI);
	gcoap_msg_add_text(&q->msg, GCOAP_URI_PATH, "all");
	gcoap_msg_add_text(&q->msg, GCOAP_URI_PATH, "r");
	return ask;
}

static void an_answer_of_a_named_server_is_one_of_several(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, plain(&q));
	hear(p, "62451001c0dedd5300" NAMED_S1 "ff61");
	assert_int_equal(p->n_responses, 1);
	assert_false(p->engine->done(p->engine));
	hear(p, "52452001c0dedd53008301d9010444c0000202191635ff62");
	hear(p, "52452002c0dedd53008301d9010444c0000203191635ff63");
	assert_int_equal(p->n_responses, 3);
	assert_int_equal(play_summary(p).servers, 3);
	play_wait(p, 70 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_TIMEOUT);
	play_free(p);
}

static void an_answer_of_nobody_else_is_the_only_one(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, plain(&q));
	hear(p, "62451001c0deff61");
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_FIRST);
	play_free(p);
}

static void rest_of(struct play *p, const char *from)
{
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	gcoap_msg_add(&m, GCOAP_ETAG, bytes(1));
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x10));
	m.payload = gcoap_bytes_text("xyz");
	play_recv(p, from, &m);
	assert_int_equal(p->n_responses, 1);
	assert_true(p->responses[0].r.complete);
	assert_int_equal(p->responses[0].r.body.len, 19);
}

/* The request for the rest is one to the proxy, for S1. */
static void asks_the_proxy(struct play *p)
{
	struct gcoap_addr proxy = play_addr(PROXY);
	const struct gcoap_msg *m = play_last(p);

	assert_true(gcoap_addr_equal(&p->sent[p->n_sent - 1].d.to, &proxy));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(m, GCOAP_URI_HOST)->value,
				      gcoap_bytes_text("192.0.2.1")));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(m, GCOAP_URI_PORT)->value,
				      bytes(0x16, 0x35)));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(m, GCOAP_URI_PATH)->value,
				      gcoap_bytes_text("all")));
	assert_null(gcoap_msg_find(m, GCOAP_PROXY_SCHEME));
	assert_int_equal(gcoap_msg_find(m, GCOAP_BLOCK2)->value.ptr[0], 0x10);
}

static void the_rest_is_asked_of_the_server_then_of_the_proxy(void **state)
{
	struct gcoap_addr s1 = play_addr(S1);
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_msg m;

	play_ask(p, plain(&q));
	hear(p, "62451001" FIRST_BLOCK);
	assert_int_equal(p->n_sent, 2);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &s1));
	play_answer(&m, play_last(p), GCOAP_NOT_FOUND, 6);
	play_recv(p, S1, &m);
	play_flush(p);
	assert_int_equal(p->n_sent, 3);
	asks_the_proxy(p);
	rest_of(p, PROXY);
	play_free(p);
}

/* Behind the proxy there may be a network that we cannot reach. */
static void a_server_that_is_not_reached_is_asked_through_the_proxy(void **state)
{
	struct request q;

	for (int gone = 0; gone < 2; gone++) {
		struct play *p = play_new(NULL);

		play_ask(p, plain(&q));
		hear(p, "62451001" FIRST_BLOCK);
		assert_int_equal(p->n_sent, 2);
		if (gone)
			p->engine->unreachable(p->engine, &p->sent[1].d, 111, p->now);
		else
			play_wait(p, 3 * GCOAP_SECOND);
		play_flush(p);
		assert_int_equal(p->n_sent, 3);
		asks_the_proxy(p);
		rest_of(p, PROXY);
		play_free(p);
	}
}

static void a_second_refusal_is_told(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_msg m;

	play_ask(p, plain(&q));
	hear(p, "62451001" FIRST_BLOCK);
	play_answer(&m, play_last(p), GCOAP_NOT_FOUND, 6);
	play_recv(p, S1, &m);
	play_flush(p);
	play_answer(&m, play_last(p), GCOAP_BAD_REQUEST, 7);
	play_recv(p, PROXY, &m);
	assert_int_equal(p->n_responses, 1);
	assert_false(p->responses[0].r.complete);
	play_free(p);
}

static void over_a_connection_the_proxy_is_asked_at_once(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = plain(&q);

	ask->follow_up = GCOAP_FOLLOW_UP_PROXY;
	play_ask(p, ask);
	hear(p, "62451001" FIRST_BLOCK);
	assert_int_equal(p->n_sent, 2);
	asks_the_proxy(p);
	rest_of(p, PROXY);
	play_free(p);
}

static void an_observation_takes_the_option_too(void **state)
{
	static const struct gcoap_observe how;
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = plain(&q);

	ask->observe = &how;
	play_ask(p, ask);
	hear(p, "62801001c0dee0fcdd");
	assert_int_equal(p->n_sent, 2);
	assert_non_null(gcoap_msg_find(play_last(p), q.registry.draft[0]));
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_OBSERVE));
	hear(p, "60001002");
	hear(p, "52452010c0de610c60dd47008301d9010444c0000201191633ff61");
	hear(p, "52452011c0de610260dd47008301d9010444c0000202191633ff62");
	assert_int_equal(p->n_notifications, 2);
	assert_int_equal(gcoap_client_observed_count(p->client), 2);
	assert_false(p->engine->done(p->engine));
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_of_a_named_server_is_one_of_several),
		cmocka_unit_test(an_answer_of_nobody_else_is_the_only_one),
		cmocka_unit_test(the_rest_is_asked_of_the_server_then_of_the_proxy),
		cmocka_unit_test(a_server_that_is_not_reached_is_asked_through_the_proxy),
		cmocka_unit_test(a_second_refusal_is_told),
		cmocka_unit_test(over_a_connection_the_proxy_is_asked_at_once),
		cmocka_unit_test(an_observation_takes_the_option_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
