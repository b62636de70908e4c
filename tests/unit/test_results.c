/* Records: what an answer's options say, and where it comes from. */
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define PROXY "192.0.2.99:5683"

static struct play *asked(void)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);

	play_ask(p, &ask);
	return p;
}

static struct gcoap_response *with(struct play *p, uint16_t number, struct gcoap_bytes value)
{
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 1);
	gcoap_msg_add(&m, number, value);
	play_recv(p, PROXY, &m);
	assert_int_equal(p->n_responses, 1);
	return &p->responses[0].r;
}

static void response_forwarding_names_the_server(void **state)
{
	struct play *p = asked();
	struct gcoap_addr s1 = play_addr(S1);
	struct gcoap_response *r;

	r = with(p, 96,
		 bytes(0x83, 0x01, 0xd9, 0x01, 0x04, 0x44, 192, 0, 2, 1, 0x19, 0x16, 0x33));
	assert_int_equal(r->server_from, GCOAP_FROM_RESPONSE_FORWARDING);
	assert_true(gcoap_addr_equal(&r->server.addr, &s1));
	assert_string_equal(p->responses[0].uri, "coap://192.0.2.1/temp");
	play_free(p);
}

static void reply_from_names_the_server(void **state)
{
	struct play *p = asked();
	struct gcoap_response *r;

	r = with(p, 248, bytes(0x82, 0x20, 0x82, 0x44, 192, 0, 2, 1, 0x19, 0x16, 0x35));
	assert_int_equal(r->server_from, GCOAP_FROM_REPLY_FROM);
	assert_int_equal(r->server.addr.port, 5685);
	assert_string_equal(p->responses[0].uri, "coap://192.0.2.1:5685/temp");
	play_free(p);
}

static void a_server_address_that_does_not_decode_keeps_the_response(void **state)
{
	struct play *p = asked();
	struct gcoap_response *r;

	r = with(p, 96,
		 bytes(0x83, 0x01, 0xd9, 0x01, 0x05, 0x44, 192, 0, 2, 1, 0x19, 0x16, 0x33));
	assert_int_equal(r->server_from, GCOAP_FROM_UNKNOWN);
	assert_true(p->responses[0].problem[0]);
	assert_true(r->problem_at > 0);
	play_free(p);
}

static void servers_behind_a_proxy_are_counted_by_their_own_address(void **state)
{
	struct play *p = asked();
	struct gcoap_msg m;
	uint8_t value[] = { 0x83, 1,   0xd9, 1,	   4,	 0x44, 192,
			    0,	  2,   1,    0x19, 0x16, 0x33 };

	for (uint16_t i = 1; i <= 3; i++) {
		value[9] = (uint8_t)(i % 2 + 1);
		play_answer(&m, play_last(p), GCOAP_CONTENT, i);
		gcoap_msg_add(&m, 96, (struct gcoap_bytes){ value, sizeof(value) });
		play_recv(p, PROXY, &m);
	}
	assert_int_equal(play_summary(p).servers, 2);
	assert_int_equal(play_summary(p).responses, 3);
	assert_int_equal(p->responses[2].r.nth, 2);
	assert_int_equal(p->n_ended, 0);
	gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	assert_int_equal(p->n_ended, 1);
	assert_int_equal(p->ended.id, 1);
	assert_int_equal(p->ended.servers, 2);
	assert_int_equal(p->ended.answers, 3);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_INTERRUPT);
	play_free(p);
}

static void elective_options_with_a_wrong_length_are_ignored_and_named(void **state)
{
	static const struct {
		uint16_t number;
		size_t len;
	} rows[] = { { GCOAP_ETAG, 9 },	       { GCOAP_MAX_AGE, 5 }, { GCOAP_OBSERVE, 4 },
		     { GCOAP_CONTENT_FORMAT, 3 }, { GCOAP_ECHO, 41 },	{ GCOAP_REQUEST_TAG, 9 } };
	static const uint8_t value[64] = { 1 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct play *p = asked();
		struct gcoap_response *r =
			with(p, rows[i].number, (struct gcoap_bytes){ value, rows[i].len });

		assert_int_equal(r->max_age, -1);
		assert_int_equal(r->content_format, -1);
		assert_null(r->etag.ptr);
		assert_true(r->complete);
		assert_true(p->responses[0].problem[0]);
		play_free(p);
	}
}

static void the_largest_max_age_does_not_wrap(void **state)
{
	struct play *p = asked();

	assert_true(with(p, GCOAP_MAX_AGE, bytes(0xff, 0xff, 0xff, 0xff))->max_age ==
		    UINT32_MAX);
	play_free(p);
}

static void names_are_those_of_the_json_contract(void **state)
{
	assert_string_equal(gcoap_ended_by_name(GCOAP_ENDED_TIMEOUT), "timeout");
	assert_string_equal(gcoap_ended_by_name(GCOAP_ENDED_EXPECT), "expect");
	assert_string_equal(gcoap_ended_by_name(GCOAP_ENDED_IDLE), "idle");
	assert_string_equal(gcoap_ended_by_name(GCOAP_ENDED_FIRST), "first");
	assert_string_equal(gcoap_ended_by_name(GCOAP_ENDED_INTERRUPT), "interrupt");
	assert_string_equal(gcoap_ended_by_name(GCOAP_ENDED_ERROR), "error");
	assert_string_equal(gcoap_server_from_name(GCOAP_FROM_SOURCE), "source");
	assert_string_equal(gcoap_server_from_name(GCOAP_FROM_RESPONSE_FORWARDING),
			    "response-forwarding");
	assert_string_equal(gcoap_server_from_name(GCOAP_FROM_REPLY_FROM), "reply-from");
	assert_string_equal(gcoap_server_from_name(GCOAP_FROM_UNKNOWN), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(response_forwarding_names_the_server),
		cmocka_unit_test(reply_from_names_the_server),
		cmocka_unit_test(a_server_address_that_does_not_decode_keeps_the_response),
		cmocka_unit_test(servers_behind_a_proxy_are_counted_by_their_own_address),
		cmocka_unit_test(elective_options_with_a_wrong_length_are_ignored_and_named),
		cmocka_unit_test(the_largest_max_age_does_not_wrap),
		cmocka_unit_test(names_are_those_of_the_json_contract),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
