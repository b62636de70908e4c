/* The forward-proxy, step by step (groupcomm-bis-03, Section 3.4.1; groupcomm-proxy). */
#include "proxy_play.h"
#include "test.h"

#define GET_60 "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define GET_60_IETF "42011001c0de213cdd1407636f61703a2f2f3232342e302e312e3138372f72"
#define NO_TIMEOUT "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72"
#define MULTICAST_GET "520150019a01b172"

static struct proxy_play *p;

static void assert_answer(const char *hex)
{
	assert_true(proxy_play_is(proxy_play_last(p), hex, false));
}

static void a_group_request_is_multicast_without_proxy_options(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	assert_int_equal(p->n_sent, 1);
	assert_true(proxy_play_is(&p->sent[0], MULTICAST_GET, true));
	assert_int_equal(p->sent[0].msg.type, GCOAP_NON);
	assert_int_equal(p->sent[0].msg.token_len, 8);
	assert_int_equal(p->n_answers, 0);
}

static void both_dialects_ask_the_same(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60_IETF);
	assert_true(proxy_play_is(&p->sent[0], MULTICAST_GET, true));
}

/* Content-Format 0, Max-Age 30, as in the vectors. */
static void answer(const char *server, const char *text)
{
	static const uint8_t thirty = 30;
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
	gcoap_msg_add(&m, GCOAP_MAX_AGE, (struct gcoap_bytes){ &thirty, 1 });
	m.payload = gcoap_bytes_text(text);
	proxy_play_answer(p, server, &m);
}

static void answers_name_their_server(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	answer("192.0.2.1:5685", "22.3 C");
	assert_int_equal(p->n_answers, 1);
	assert_answer("52452001c0dec0211edd45008301d9010444c0000201191635ff32322e332043");
	assert_int_equal(proxy_play_last(p)->as, GCOAP_SEND_NON);
}

static void answers_name_their_server_by_cri(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60_IETF);
	answer("192.0.2.1:5685", "22.3 C");
	assert_answer("52452001c0dec0211edbdd82208244c0000201191635ff32322e332043");
}

static void without_the_timeout_option_it_is_4_00_with_it(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, NO_TIMEOUT);
	assert_answer("62801001c0dee0fcddff4d756c7469636173742d5369676e616c696e6720726571"
		      "7569726564");
	assert_int_equal(p->n_sent, 0);
}


struct row {
	const char *request, *upstream, *to;
};

/* What clients ask, and what the group is asked: the drafts' examples. */
static const struct row rows[] = {
	{ GET_60, MULTICAST_GET, PROXY_GROUP },
	{ "42021002c0dedd1607636f61703a2f2f3232342e302e312e3138372f72d1d21ae0fbdbff6f6e",
	  "520250029a02b172d1ea1aff6f6e", PROXY_GROUP },
	{ "42011006c0de3b3232342e302e312e3138374216354172d40f636f6170e1fcb63c", MULTICAST_GET,
	  "224.0.1.187:5685" },
	{ "42011040c4dedd1619636f61703a2f2f5b666633353a33303a323030313a6462383a3a313233345d3a35"
	  "3638352f72e1fcba3c",
	  MULTICAST_GET, "[ff35:30:2001:db8::1234]:5685" },
	{ GET_60_IETF, MULTICAST_GET, PROXY_GROUP },
	{ "42021002c0de20dd1407636f61703a2f2f3232342e302e312e3138372f72d1d21aff6f6e",
	  "520250029a02b172d1ea1aff6f6e", PROXY_GROUP },
};

static void requests_read_as_in_the_drafts(void **state)
{
	struct gcoap_addr to;
	char text[GCOAP_ADDR_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		proxy_play_free(p);
		p = proxy_play_new(NULL);
		proxy_play_request(p, PROXY_CLIENT, rows[i].request);
		assert_int_equal(p->n_sent, 1);
		assert_true(proxy_play_is(&p->sent[0], rows[i].upstream, true));
		to = p->sent[0].to;
		assert_string_equal(gcoap_addr_format(&to, text), rows[i].to);
	}
}

static void ipv6_servers_are_named(void **state)
{
	struct gcoap_msg m;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT,
			   "42011040c0dedd1619636f61703a2f2f5b666633353a33303a323030313a646238"
			   "3a3a313233345d3a353638352f72e1fcba3c");
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
	m.payload = gcoap_bytes_text("21.0 C");
	proxy_play_answer(p, "[2001:db8::1]:5683", &m);
	assert_answer("52452002c0dec0dd470c8301d901045020010db80000000000000000000000011916"
		      "33ff32312e302043");
}

static void ipv6_servers_are_named_by_cri(void **state)
{
	struct gcoap_msg m;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT,
			   "42011040c0de213cdd1419636f61703a2f2f5b666633353a33303a323030313a64"
			   "62383a3a313233345d3a353638352f72");
	assert_int_equal(p->n_sent, 1);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
	m.payload = gcoap_bytes_text("21.0 C");
	proxy_play_answer(p, "[2001:db8::1]:5683", &m);
	assert_answer("52452002c0dec0dddf078220815020010db8000000000000000000000001ff32312e30"
		      "2043");
}

static void every_answer_is_relayed_as_it_comes(void **state)
{
	struct gcoap_proxy_stats stats;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	proxy_play_text(p, "192.0.2.11:5683", "a");
	proxy_play_text(p, "192.0.2.11:5683", "b"); /* the same server again */
	proxy_play_text(p, "192.0.2.12:61616", "c");
	assert_int_equal(p->n_answers, 3);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.relayed, 3);
	assert_int_equal(stats.ongoing, 1);
	assert_int_equal(stats.by_code[2], 3);
	assert_int_equal(p->events[GCOAP_PROXY_REQUEST], 1);
	assert_int_equal(p->events[GCOAP_PROXY_FORWARDED], 1);
	assert_int_equal(p->events[GCOAP_PROXY_RELAYED], 3);
}

static void errors_of_servers_are_relayed(void **state)
{
	struct gcoap_msg m;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_NOT_FOUND);
	proxy_play_answer(p, "192.0.2.11:5683", &m);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_NOT_FOUND);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, 96));
	assert_int_equal(p->n_sent, 2); /* the CON is acknowledged */
	assert_int_equal(p->sent[1].msg.type, GCOAP_ACK);
}

static void a_datagram_that_comes_twice_is_relayed_once(void **state)
{
	struct gcoap_datagram in = { 0 };
	struct gcoap_msg m;
	uint8_t buf[64];

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_set_token(&m, p->sent[0].msg.token, 8);
	gcoap_addr_parse(&in.from, "192.0.2.11", GCOAP_PORT);
	in.at = p->now;
	in.data = (struct gcoap_bytes){ buf, (size_t)gcoap_msg_encode(&m, buf, sizeof(buf)) };
	p->engine->recv(p->engine, &in, p->now);
	p->engine->recv(p->engine, &in, p->now);
	assert_int_equal(p->n_answers, 1);
}

static void the_server_may_not_name_itself(void **state)
{
	static const uint8_t lie[] = { 0x82, 0x01, 0xd9, 0x01, 0x04, 0x44, 10, 0, 0, 1 };
	struct gcoap_msg m;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, 96, (struct gcoap_bytes){ lie, sizeof(lie) });
	gcoap_msg_add(&m, 248, bytes(0x82, 0x20, 0x81, 0x44, 10, 0, 0, 1));
	gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
	gcoap_msg_add(&m, GCOAP_MAX_AGE, bytes(30));
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "leak");
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://leak/");
	gcoap_msg_add(&m, 65002, bytes(9));
	gcoap_msg_add(&m, 2, bytes(9));
	m.payload = gcoap_bytes_text("22.3 C");
	proxy_play_answer(p, "192.0.2.1:5685", &m);
	assert_answer("52452001c0dec0211edd45008301d9010444c0000201191635ff32322e332043");
}

static void a_max_age_of_five_bytes_is_as_if_it_were_not_there(void **state)
{
	static const uint8_t five[] = { 0, 0, 0, 0, 9 };
	struct gcoap_msg m;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_MAX_AGE, (struct gcoap_bytes){ five, sizeof(five) });
	proxy_play_answer(p, "192.0.2.11:5683", &m);
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_CONTENT);
	assert_null(gcoap_msg_find(&proxy_play_last(p)->msg, GCOAP_MAX_AGE));
}

static void an_answer_that_cannot_be_passed_on_is_5_02_of_its_server(void **state)
{
	struct gcoap_msg m;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, 65006, bytes(1)); /* unsafe */
	proxy_play_answer(p, "192.0.2.1:5685", &m);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_BAD_GATEWAY);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, 96));
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, 65001, bytes(1)); /* critical, safe: the client's business */
	proxy_play_answer(p, "192.0.2.2:5685", &m);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_CONTENT);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, 65001));
}

static void after_the_timeout_nothing_is_relayed_and_nothing_said(void **state)
{
	struct gcoap_proxy_stats stats;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	proxy_play_wait(p, 59 * GCOAP_SECOND);
	proxy_play_text(p, "192.0.2.11:5683", "in time");
	proxy_play_wait(p, 2 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 1);
	proxy_play_text(p, "192.0.2.12:5683", "late");
	assert_int_equal(p->n_answers, 1);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	assert_int_equal(stats.late, 1);
	assert_int_equal(stats.timeouts, 1);
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 1);
	assert_int_equal(p->events[GCOAP_PROXY_DROPPED], 1);
}

static void an_answer_at_the_deadline_is_late(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	p->now += 60 * GCOAP_SECOND; /* read before the tick */
	proxy_play_text(p, "192.0.2.12:5683", "late");
	assert_int_equal(p->n_answers, 0);
}

static void a_timeout_of_zero_forwards_and_forgets(void **state)
{
	struct gcoap_proxy_stats stats;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, rows[1].request);
	assert_int_equal(p->n_sent, 1);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	assert_int_equal(stats.forwarded, 1);
	proxy_play_text(p, "192.0.2.11:5683", "unwanted");
	assert_int_equal(p->n_answers, 0);
	proxy_play_request(p, PROXY_CLIENT, rows[5].request);
	assert_int_equal(p->n_sent, 2);
}

static void longest_ten_seconds(struct gcoap_proxy_config *c)
{
	c->max_timeout = 10 * GCOAP_SECOND;
}

static void the_timeout_has_a_ceiling(void **state)
{
	struct gcoap_proxy_stats stats;

	(void)state;
	proxy_play_free(p);
	p = proxy_play_new(longest_ten_seconds);
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	proxy_play_wait(p, 11 * GCOAP_SECOND);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	/* and is logged: what was asked for, what it was */
	assert_int_equal(p->timeout_asked, 60);
	assert_int_equal(p->timeout, 10);
}

static void the_token_of_the_client_is_its_own(void **state)
{
	struct gcoap_msg m, *sent;

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	proxy_play_request(p, "192.0.2.50:40001", GET_60);
	proxy_play_request(p, "192.0.2.51:40000", GET_60_IETF);
	assert_int_equal(p->n_sent, 3);
	for (size_t i = 0; i < 3; i++) {
		sent = &p->sent[i].msg;
		assert_int_equal(sent->token_len, 8);
		assert_memory_not_equal(sent->token, p->sent[(i + 1) % 3].msg.token, 8);
		assert_int_not_equal(sent->mid, p->sent[(i + 1) % 3].msg.mid);
	}
	p->n_sent = 2; /* an answer to the second */
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	proxy_play_answer(p, "192.0.2.11:5683", &m);
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(proxy_play_last(p)->to.port, 40001);
}

/* ---- the client has enough ---- */

static void assert_stopped(const char *why)
{
	struct gcoap_proxy_stats stats;
	size_t before = p->n_answers;

	proxy_play_text(p, "192.0.2.11:5683", "too late");
	assert_int_equal(p->n_answers, before);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	assert_int_equal(stats.stopped, 1);
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 1);
	if (why)
		assert_string_equal(p->why, why);
}

static void a_reset_stops_the_relaying(void **state)
{
	struct gcoap_peer peer = proxy_play_peer(p, PROXY_CLIENT);

	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	p->served->lost(p->served, &peer, (const uint8_t *)"\xc0\xdf", 2, p->now);
	proxy_play_text(p, "192.0.2.11:5683", "another token: goes on");
	assert_int_equal(p->n_answers, 1);
	p->served->lost(p->served, &peer, (const uint8_t *)"\xc0\xde", 2, p->now);
	assert_string_equal(p->why, "reset");
	assert_stopped(NULL);
}

static void an_early_stop_request_stops_and_is_not_answered(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60_IETF);
	proxy_play_request(p, PROXY_CLIENT, "42011005c0de20");
	assert_int_equal(p->n_answers, 0);
	assert_string_equal(p->why, "early stop request");
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 2);
	p->events[GCOAP_PROXY_ENDED]--;
	assert_int_equal(p->n_sent, 1);
	assert_stopped(NULL);
	/* Of nothing. */
	proxy_play_request(p, PROXY_CLIENT, "42011005c0df20");
	assert_int_equal(p->n_answers, 0);
}

static void a_closed_connection_stops_the_relaying(void **state)
{
	struct gcoap_peer peer = proxy_play_peer(p, PROXY_CLIENT);
	struct gcoap_msg m;

	(void)state;
	peer.transport = GCOAP_SCHEME_COAP_TCP;
	peer.session = 7;
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\x01", 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	gcoap_msg_add(&m, 65002, bytes(60));
	p->served->request(p->served, &peer, &m, p->now);
	proxy_play_flush(p);
	proxy_play_text(p, "192.0.2.11:5683", "a");
	assert_int_equal(p->n_answers, 1);
	peer.session = 8;
	p->served->closed(p->served, &peer, p->now);
	proxy_play_text(p, "192.0.2.11:5683", "b");
	assert_int_equal(p->n_answers, 2);
	peer.session = 7;
	p->served->closed(p->served, &peer, p->now);
	assert_stopped(NULL);
}

static void a_connection_that_takes_no_more_stops_the_relaying(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	p->refuse = GCOAP_ECLOSED;
	proxy_play_text(p, "192.0.2.11:5683", "a");
	assert_int_equal(p->events[GCOAP_PROXY_DROPPED], 1);
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 1);
	p->refuse = 0;
	proxy_play_text(p, "192.0.2.12:5683", "b");
	assert_int_equal(p->n_answers, 0);
}

static void a_token_that_comes_again_takes_the_place_of_the_old(void **state)
{
	(void)state;
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	proxy_play_request(p, PROXY_CLIENT, GET_60_IETF);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 1);
	assert_string_equal(p->why, "token reuse");
	proxy_play_text(p, "192.0.2.11:5683", "to the new one");
	assert_int_equal(p->n_answers, 1);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, 248));
	p->n_sent = 1;
	proxy_play_text(p, "192.0.2.12:5683", "to the old one");
	assert_int_equal(p->n_answers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define t(name) \
	cmocka_unit_test_prestate_setup_teardown(name, proxy_play_set_up, proxy_play_tear_down, &p)
		t(a_group_request_is_multicast_without_proxy_options),
		t(both_dialects_ask_the_same),
		t(answers_name_their_server),
		t(answers_name_their_server_by_cri),
		t(without_the_timeout_option_it_is_4_00_with_it),
		t(requests_read_as_in_the_drafts),
		t(ipv6_servers_are_named),
		t(ipv6_servers_are_named_by_cri),
		t(every_answer_is_relayed_as_it_comes),
		t(errors_of_servers_are_relayed),
		t(a_datagram_that_comes_twice_is_relayed_once),
		t(the_server_may_not_name_itself),
		t(a_max_age_of_five_bytes_is_as_if_it_were_not_there),
		t(an_answer_that_cannot_be_passed_on_is_5_02_of_its_server),
		t(after_the_timeout_nothing_is_relayed_and_nothing_said),
		t(an_answer_at_the_deadline_is_late),
		t(a_timeout_of_zero_forwards_and_forgets),
		t(the_timeout_has_a_ceiling),
		t(the_token_of_the_client_is_its_own),
		t(a_reset_stops_the_relaying),
		t(an_early_stop_request_stops_and_is_not_answered),
		t(a_closed_connection_stops_the_relaying),
		t(a_connection_that_takes_no_more_stops_the_relaying),
		t(a_token_that_comes_again_takes_the_place_of_the_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
