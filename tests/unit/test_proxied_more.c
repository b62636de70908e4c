/* What follows the answers of a group behind a proxy: blocks, Echo, observations. */
#include "proxied_play.h"
#include "test.h"

#define S1 "192.0.2.1:5685"
/* Response-Forwarding of S1 behind Content-Format (12), and behind Observe and Max-Age. */
#define NAMED_S1 "8301d9010444c0000201191635"

/* 2.05 from S1, ETag 01, Block2 0/1/16 and 16 bytes. */
#define FIRST_BLOCK                                                                        \
	"52452001c0de4101d10608dd3c00" NAMED_S1 "ff30313233343536373839616263646566"

static void the_rest_is_asked_of_the_server_directly(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_addr s1 = play_addr(S1);
	struct gcoap_msg m;

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, FIRST_BLOCK);
	assert_int_equal(p->n_sent, 2);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &s1));
	assert_null(gcoap_msg_find(play_last(p), GCOAP_PROXY_URI));
	assert_null(gcoap_msg_find(play_last(p), q.registry.draft[0]));
	assert_int_equal(gcoap_msg_find(play_last(p), GCOAP_URI_PATH)->value.ptr[0], 'r');
	assert_int_equal(gcoap_msg_find(play_last(p), GCOAP_BLOCK2)->value.ptr[0], 0x10);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	gcoap_msg_add(&m, GCOAP_ETAG, bytes(1));
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x10));
	m.payload = gcoap_bytes_text("xyz");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_responses, 1);
	assert_true(p->responses[0].r.complete);
	assert_int_equal(p->responses[0].r.body.len, 19);
	assert_int_equal(p->responses[0].r.server_from, GCOAP_FROM_RESPONSE_FORWARDING);
	assert_true(gcoap_addr_equal(&p->responses[0].r.server.addr, &s1));
	play_free(p);
}

static void the_rest_is_asked_of_the_server_through_the_proxy(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);
	struct gcoap_addr proxy = play_addr(PROXY), s1 = play_addr(S1);
	struct gcoap_msg m;

	ask->follow_up = GCOAP_FOLLOW_UP_PROXY;
	play_ask(p, ask);
	hear(p, FIRST_BLOCK);
	assert_int_equal(p->n_sent, 2);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &proxy));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(play_last(p), GCOAP_PROXY_URI)->value,
				      gcoap_bytes_text("coap://192.0.2.1:5685/r")));
	assert_null(gcoap_msg_find(play_last(p), GCOAP_URI_PATH));
	assert_null(gcoap_msg_find(play_last(p), q.registry.draft[0]));
	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	gcoap_msg_add(&m, GCOAP_ETAG, bytes(1));
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x10));
	m.payload = gcoap_bytes_text("xyz");
	play_recv(p, PROXY, &m);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].r.body.len, 19);
	assert_true(gcoap_addr_equal(&p->responses[0].r.server.addr, &s1));
	assert_true(gcoap_addr_equal(&p->responses[0].r.from, &proxy));
	play_free(p);
}

static void the_form_of_the_request_is_kept(void **state)
{
	static const uint8_t port[2] = { 0x16, 0x35 };
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, 60);
	const struct gcoap_msg *sent;

	gcoap_msg_remove(&q.msg, GCOAP_PROXY_URI);
	gcoap_msg_add_text(&q.msg, GCOAP_URI_HOST, "224.0.1.187");
	gcoap_msg_add(&q.msg, GCOAP_URI_PORT, (struct gcoap_bytes){ port, 2 });
	gcoap_msg_add_text(&q.msg, GCOAP_URI_PATH, "r");
	gcoap_msg_add_text(&q.msg, GCOAP_PROXY_SCHEME, "coap");
	ask->follow_up = GCOAP_FOLLOW_UP_PROXY;
	play_ask(p, ask);
	assert_sent(p, "1006",
		    "42011006c0de3b3232342e302e312e3138374216354172d40f636f6170e1fcb63c");
	hear(p, FIRST_BLOCK);
	sent = play_last(p);
	assert_true(gcoap_bytes_equal(gcoap_msg_find(sent, GCOAP_URI_HOST)->value,
				      gcoap_bytes_text("192.0.2.1")));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(sent, GCOAP_URI_PORT)->value,
				      bytes(0x16, 0x35)));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(sent, GCOAP_PROXY_SCHEME)->value,
				      gcoap_bytes_text("coap")));
	assert_non_null(gcoap_msg_find(sent, GCOAP_URI_PATH));
	play_free(p);
}

static void what_is_behind_an_address_of_the_proxy_is_asked_there(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_addr proxy = play_addr("10.77.0.20:5690");
	const struct gcoap_msg *sent;

	play_ask(p, request(&q, IETF, 60));
	/* coap://10.77.0.20:5690, then //[2001:db8::1]:5683; Block2 0/1/16 */
	hear(p, "52452001c0ded10a08"
		"ddd415822082440a4d001419163a82f6825020010db8000000000000000000000001191633"
		"ff30313233343536373839616263646566");
	assert_int_equal(p->n_sent, 2);
	sent = play_last(p);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &proxy));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(sent, GCOAP_URI_HOST)->value,
				      gcoap_bytes_text("[2001:db8::1]")));
	assert_true(gcoap_bytes_equal(gcoap_msg_find(sent, GCOAP_URI_PORT)->value,
				      bytes(0x16, 0x33)));
	play_free(p);
}

static void the_rest_of_an_unknown_server_cannot_be_asked(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, "52452001c0ded10a08ff30313233343536373839616263646566");
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->n_responses, 1);
	assert_false(p->responses[0].r.complete);
	assert_string_equal(p->responses[0].problem,
			    "only one block: its server cannot be asked directly");
	play_free(p);
}

static void a_challenge_of_a_server_is_answered_there(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_addr s1 = play_addr(S1);
	struct gcoap_msg m;

	play_ask(p, request(&q, TILOCA, 60));
	hear(p, "52812001c0dedd5300" NAMED_S1 "d28f0102");
	assert_int_equal(p->n_sent, 2);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &s1));
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_ECHO));
	assert_null(gcoap_msg_find(play_last(p), GCOAP_PROXY_URI));
	play_answer(&m, play_last(p), GCOAP_CONTENT, 9);
	m.payload = gcoap_bytes_text("x");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].code, GCOAP_CONTENT);
	assert_true(gcoap_addr_equal(&p->responses[0].r.server.addr, &s1));
	play_free(p);
}

static void one_server_behind_a_proxy_is_the_one_of_the_request(void **state)
{
	struct gcoap_origin server = { .host = "sensor.example" };
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = request(&q, TILOCA, -1);

	server.addr.port = GCOAP_PORT;
	ask->proxied = false;
	ask->server = &server;
	play_ask(p, ask);
	hear(p, "62451001c0deff61");
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->responses[0].r.server_from, GCOAP_FROM_REQUEST);
	assert_string_equal(p->responses[0].r.server.host, "sensor.example");
	assert_true(p->responses[0].r.proxied);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_FIRST);
	play_free(p);
}

/* ---- observations ---- */

static const struct gcoap_observe plain;

static struct gcoap_ask *observe(struct request *q, int dialect)
{
	struct gcoap_ask *ask = request(q, dialect, 60);

	ask->observe = &plain;
	ask->token[0] = 0xc1;
	return ask;
}

static void the_registration_and_the_cancellation_go_to_the_proxy(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, observe(&q, TILOCA));
	assert_sent(p, "1010",
		    "42011010c1de60dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c");
	hear(p, "60001010");
	hear(p, "42452010c1de610c60dd47008301d9010444c0000201191633ff32322e342043");
	assert_sent(p, "2010", "60002010");
	assert_int_equal(p->n_notifications, 1);
	assert_string_equal(p->notifications[0].body, "22.4 C");
	assert_int_equal(p->notifications[0].n.observe, 12);
	assert_int_equal(p->notifications[0].server.server_from, GCOAP_FROM_RESPONSE_FORWARDING);
	/* After T, as long as it goes on. */
	play_wait(p, 70 * GCOAP_SECOND);
	assert_false(p->engine->done(p->engine));
	gcoap_client_cancel(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	assert_sent(p, "1011",
		    "42011011c1de6101dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c");
	assert_false(p->engine->done(p->engine));
	hear(p, "60001011");
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_INTERRUPT);
	play_free(p);
}

static void notifications_in_the_other_dialect_are_understood(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, observe(&q, IETF));
	assert_sent(p, "1010",
		    "42011010c1de213c40dd1007636f61703a2f2f3232342e302e312e3138372f72");
	hear(p, "42452010c1de610c60d8df82208144c0000201ff32322e342043");
	assert_int_equal(p->n_notifications, 1);
	assert_int_equal(p->notifications[0].server.server_from, GCOAP_FROM_REPLY_FROM);
	play_free(p);
}

static void the_order_is_that_of_each_server(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, observe(&q, TILOCA));
	hear(p, "42452010c1de610c60dd47008301d9010444c0000201191633ff61");
	hear(p, "42452011c1de610260dd47008301d9010444c0000202191633ff62");
	hear(p, "42452012c1de610b60dd47008301d9010444c0000201191633ff63");
	assert_int_equal(p->n_notifications, 2);
	assert_int_equal(gcoap_client_observed_count(p->client), 2);
	play_free(p);
}

static void servers_that_are_not_named_have_no_order(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, observe(&q, TILOCA));
	hear(p, "42452010c1de610cff61");
	hear(p, "42452011c1de6102ff62");
	hear(p, "42452012c1de610dff63");
	assert_int_equal(p->n_notifications, 3);
	play_free(p);
}

static void a_refused_registration_ends_it(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, observe(&q, TILOCA));
	hear(p, "62a11001c1de");
	assert_int_equal(p->ended.refused, GCOAP_NOT_IMPLEMENTED);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->n_notifications, 0);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void a_registration_takes_the_time_that_the_proxy_wants(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = observe(&q, TILOCA);

	ask->timeout = 80 * GCOAP_SECOND;
	play_ask(p, ask);
	hear(p, "62a51003c1dee1fcdd4bff542720746f6f20736d616c6c");
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_ended, 0);
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_OBSERVE));
	assert_int_equal(gcoap_msg_find(play_last(p), q.registry.draft[0])->value.ptr[0], 75);
	hear(p, "62a51003c1dee1fcdd4cff542720746f6f20736d616c6c");
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->ended.refused, GCOAP_NOT_PROXY);
	play_free(p);
}

static void a_challenged_cancellation_is_repeated_as_such(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, observe(&q, TILOCA));
	hear(p, "60001010");
	hear(p, "42452010c1de610c60dd47008301d9010444c0000201191633ff61");
	gcoap_client_cancel(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	hear(p, "62811001c1deddef010102030405060708090a0b0c0d0e");
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_ECHO));
	assert_int_equal(gcoap_msg_find(play_last(p), GCOAP_OBSERVE)->value.ptr[0], 1);
	hear(p, "60001011");
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_responses, 0);
	play_free(p);
}

static void what_is_stale_is_asked_again_through_the_proxy_once(void **state)
{
	struct request q;
	struct play *p = play_new(NULL);

	play_ask(p, observe(&q, TILOCA));
	hear(p, "60001010");
	hear(p, "52452010c1de610c8105dd45008301d9010444c0000201191633ff61");
	hear(p, "52452011c1de61028105dd45008301d9010444c0000202191633ff62");
	play_wait(p, 61 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	play_wait(p, 3 * GCOAP_SECOND);
	assert_int_equal(p->n_stale, 2);
	assert_int_equal(p->n_sent, 2);
	assert_sent(p, "1010",
		    "42011010c1de60dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c");
	play_free(p);
}

static void one_server_is_observed_and_cancelled_through_the_proxy(void **state)
{
	struct gcoap_origin server = { .host = "sensor.example" };
	struct gcoap_addr proxy = play_addr(PROXY);
	struct request q;
	struct play *p = play_new(NULL);
	struct gcoap_ask *ask = observe(&q, TILOCA);

	gcoap_msg_remove(&q.msg, q.registry.draft[0]);
	ask->proxied = false;
	ask->server = &server;
	play_ask(p, ask);
	hear(p, "62451010c1de610cff61");
	assert_int_equal(p->n_notifications, 1);
	assert_int_equal(p->notifications[0].server.server_from, GCOAP_FROM_REQUEST);
	gcoap_client_cancel(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	assert_true(gcoap_addr_equal(&p->sent[p->n_sent - 1].d.to, &proxy));
	assert_int_equal(gcoap_msg_find(play_last(p), GCOAP_OBSERVE)->value.ptr[0], 1);
	assert_non_null(gcoap_msg_find(play_last(p), GCOAP_PROXY_URI));
	hear(p, "62451010c1deff61");
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rest_is_asked_of_the_server_directly),
		cmocka_unit_test(the_rest_is_asked_of_the_server_through_the_proxy),
		cmocka_unit_test(the_form_of_the_request_is_kept),
		cmocka_unit_test(what_is_behind_an_address_of_the_proxy_is_asked_there),
		cmocka_unit_test(the_rest_of_an_unknown_server_cannot_be_asked),
		cmocka_unit_test(a_challenge_of_a_server_is_answered_there),
		cmocka_unit_test(one_server_behind_a_proxy_is_the_one_of_the_request),
		cmocka_unit_test(the_registration_and_the_cancellation_go_to_the_proxy),
		cmocka_unit_test(notifications_in_the_other_dialect_are_understood),
		cmocka_unit_test(the_order_is_that_of_each_server),
		cmocka_unit_test(servers_that_are_not_named_have_no_order),
		cmocka_unit_test(a_refused_registration_ends_it),
		cmocka_unit_test(a_registration_takes_the_time_that_the_proxy_wants),
		cmocka_unit_test(a_challenged_cancellation_is_repeated_as_such),
		cmocka_unit_test(what_is_stale_is_asked_again_through_the_proxy_once),
		cmocka_unit_test(one_server_is_observed_and_cancelled_through_the_proxy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
