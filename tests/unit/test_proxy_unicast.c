/* Individual servers through the proxy (RFC 7252, Section 5.7), and the reverse-proxy. */
#include <errno.h>
#include <stdio.h>

#include "proxy_play.h"
#include "test.h"

#define SERVER "198.51.100.7:5683"

static const uint8_t sixty = 60;
static struct proxy_play *p;

static struct gcoap_msg get(enum gcoap_type type)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, type, GCOAP_GET);
	gcoap_msg_set_token(&m, "\xc0\xde", 2);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.7/t?x");
	return m;
}

static void assert_code(uint8_t code)
{
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(proxy_play_last(p)->msg.code, code);
}

static void assert_said(const char *text)
{
	struct gcoap_bytes said = proxy_play_last(p)->msg.payload;

	assert_int_equal(said.len, strlen(text));
	assert_memory_equal(said.ptr, text, said.len);
}

static void a_server_is_asked_as_the_client_asked(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON), r;
	struct gcoap_proxy_stats stats;

	(void)state;
	gcoap_msg_add(&m, 65002, bytes(60)); /* means nothing here */
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_int_equal(p->n_sent, 1);
	assert_true(proxy_play_is(&p->sent[0], "4201000011aab1744178", true));
	assert_int_equal(p->sent[0].msg.type, GCOAP_CON);
	gcoap_msg_init(&r, GCOAP_ACK, GCOAP_CONTENT);
	gcoap_msg_add(&r, GCOAP_MAX_AGE, bytes(30));
	r.payload = gcoap_bytes_text("1");
	proxy_play_answer(p, SERVER, &r);
	assert_true(proxy_play_is(proxy_play_last(p), "62450000c0ded1011eff31", false));
	assert_int_equal(proxy_play_last(p)->as, GCOAP_SEND_CON);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	assert_int_equal(stats.unicast_requests, 1);
}

static void non_stays_non(void **state)
{
	struct gcoap_msg m = get(GCOAP_NON);

	(void)state;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_int_equal(p->sent[0].msg.type, GCOAP_NON);
	proxy_play_text(p, SERVER, "x");
	assert_code(GCOAP_CONTENT);
	assert_int_equal(proxy_play_last(p)->as, GCOAP_SEND_NON);
}

static void blocks_pass_end_to_end(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON), r;

	(void)state;
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x12));
	gcoap_msg_add(&m, GCOAP_BLOCK1, bytes(0x0a));
	m.code = GCOAP_POST;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_non_null(gcoap_msg_find(&p->sent[0].msg, GCOAP_BLOCK2));
	assert_non_null(gcoap_msg_find(&p->sent[0].msg, GCOAP_BLOCK1));
	gcoap_msg_init(&r, GCOAP_ACK, GCOAP_CONTINUE);
	gcoap_msg_add(&r, GCOAP_BLOCK1, bytes(0x0a));
	proxy_play_answer(p, SERVER, &r);
	assert_code(GCOAP_CONTINUE);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, GCOAP_BLOCK1));
	assert_int_equal(p->n_sent, 1);
}

static const uint8_t half[16] = "0123456789abcdef";

/* Over a connection, so that the proxy gathers the blocks: the first of them has come. */
static void first_block(void)
{
	struct gcoap_peer peer = proxy_play_peer(p, PROXY_CLIENT);
	struct gcoap_msg m = get(GCOAP_NON), r;

	peer.transport = GCOAP_SCHEME_COAP_TCP;
	peer.session = 1;
	p->served->request(p->served, &peer, &m, p->now);
	proxy_play_flush(p);
	gcoap_msg_init(&r, GCOAP_ACK, GCOAP_CONTENT);
	gcoap_msg_add(&r, GCOAP_BLOCK2, bytes(0x08));
	r.payload = (struct gcoap_bytes){ half, 16 };
	proxy_play_answer(p, SERVER, &r);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_answers, 0);
}

static void for_a_connection_blocks_are_gathered(void **state)
{
	struct gcoap_msg r;

	(void)state;
	first_block();
	gcoap_msg_init(&r, GCOAP_ACK, GCOAP_CONTENT);
	gcoap_msg_add(&r, GCOAP_BLOCK2, bytes(0x10));
	r.payload = (struct gcoap_bytes){ half, 8 };
	proxy_play_answer(p, SERVER, &r);
	assert_code(GCOAP_CONTENT);
	assert_int_equal(proxy_play_last(p)->msg.payload.len, 24);
	assert_null(gcoap_msg_find(&proxy_play_last(p)->msg, GCOAP_BLOCK2));
}

/* C-33, C-36, C-37; an error; nothing more. */
static void half_a_body_is_never_taken_for_the_whole(void **state)
{
	const struct gcoap_bytes wrong[] = { bytes(0x17), bytes(0x18), bytes(0x09), bytes(0x30) };
	struct gcoap_msg r;

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		proxy_play_free(p);
		p = proxy_play_new(NULL);
		first_block();
		if (i < 4) {
			gcoap_msg_init(&r, GCOAP_ACK, GCOAP_CONTENT);
			gcoap_msg_add(&r, GCOAP_BLOCK2, wrong[i]);
			r.payload = gcoap_bytes_text("short");
			proxy_play_answer(p, SERVER, &r);
		} else if (i == 4) {
			gcoap_msg_init(&r, GCOAP_ACK, GCOAP_NOT_FOUND);
			proxy_play_answer(p, SERVER, &r);
		}
		proxy_play_wait(p, 300 * GCOAP_SECOND);
		assert_int_equal(p->n_answers, 1);
		assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_BAD_GATEWAY);
	}
}

static void silence_is_5_04(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON);

	(void)state;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	proxy_play_wait(p, 24 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 0);
	proxy_play_wait(p, 2 * GCOAP_SECOND);
	assert_code(GCOAP_GATEWAY_TIMEOUT);
	assert_null(gcoap_msg_find(&proxy_play_last(p)->msg, 96));
}

static void the_server_resets(void)
{
	struct gcoap_datagram in = { .at = p->now };
	uint8_t rst[4] = { 0x70, 0, 0, 0 };

	in.from = p->sent[0].to;
	rst[2] = (uint8_t)(p->sent[0].msg.mid >> 8);
	rst[3] = (uint8_t)p->sent[0].msg.mid;
	in.data = (struct gcoap_bytes){ rst, 4 };
	p->engine->recv(p->engine, &in, p->now);
	assert_code(GCOAP_BAD_GATEWAY);
	assert_string_equal(p->why, "reset");
}

/* RFC 7967, Section 2.1: the classes 2.xx, 4.xx and 5.xx are 2, 8 and 16. */
static void silence_that_was_asked_for_is_no_5_04(void **state)
{
	static const uint8_t masks[] = { 2, 16, 26 };

	(void)state;
	for (size_t i = 0; i < sizeof(masks); i++) {
		struct gcoap_msg m = get(GCOAP_CON);

		gcoap_msg_add(&m, GCOAP_NO_RESPONSE, bytes(masks[i]));
		proxy_play_ask(p, PROXY_CLIENT, &m);
		assert_non_null(gcoap_msg_find(&proxy_play_sent(p)->msg, GCOAP_NO_RESPONSE));
		proxy_play_wait(p, 31 * GCOAP_SECOND);
		assert_int_equal(p->n_answers, 0);
		assert_string_equal(p->why, "no response wanted");
	}
}

static void a_reset_is_told_to_who_wants_5_xx(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON);

	(void)state;
	gcoap_msg_add(&m, GCOAP_NO_RESPONSE, bytes(2));
	proxy_play_ask(p, PROXY_CLIENT, &m);
	the_server_resets();
}

static void a_refusal_is_told_to_who_wants_no_response(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON);

	(void)state;
	gcoap_msg_add(&m, GCOAP_NO_RESPONSE, bytes(26));
	gcoap_msg_add(&m, 65006, bytes(1));
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_code(GCOAP_BAD_OPTION);
}

static void an_unreachable_server_is_5_02(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON);
	struct gcoap_datagram d = { 0 };

	(void)state;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	d.to = p->sent[0].to;
	d.data = (struct gcoap_bytes){ p->sent[0].bytes, 12 };
	p->engine->unreachable(p->engine, &d, ECONNREFUSED, p->now);
	assert_code(GCOAP_BAD_GATEWAY);
	assert_string_equal(p->why, "unreachable");
}

static void a_server_that_resets_is_5_02(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON);

	(void)state;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	the_server_resets();
}

static void so_it_is_for_a_connection(void **state)
{
	struct gcoap_peer peer = proxy_play_peer(p, PROXY_CLIENT);
	struct gcoap_msg m = get(GCOAP_NON);

	(void)state;
	peer.transport = GCOAP_SCHEME_COAP_TCP;
	peer.session = 1;
	p->served->request(p->served, &peer, &m, p->now);
	proxy_play_flush(p);
	the_server_resets();
}

static void an_unsafe_option_in_the_response_is_5_02(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON), r;

	(void)state;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	gcoap_msg_init(&r, GCOAP_ACK, GCOAP_CONTENT);
	gcoap_msg_add(&r, 65006, bytes(1));
	proxy_play_answer(p, SERVER, &r);
	assert_code(GCOAP_BAD_GATEWAY);
	assert_said("Option 65006 of the response: the option's number is not known");
}

/* Max-Age, whose length says that it is none (RFC 7252, Section 5.4.3). */
static void the_text_tells_a_bad_option_from_an_unknown_one(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON), r;

	(void)state;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	gcoap_msg_init(&r, GCOAP_ACK, GCOAP_CONTENT);
	gcoap_msg_add(&r, GCOAP_BLOCK2, bytes(1, 0, 0, 0));
	proxy_play_answer(p, SERVER, &r);
	assert_code(GCOAP_BAD_GATEWAY);
	assert_said("Option 23 of the response: the option's value is too short or too long");
}

static void a_response_that_does_not_fit_is_5_02(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON);

	(void)state;
	proxy_play_ask(p, PROXY_CLIENT, &m);
	p->refuse = GCOAP_ESPACE;
	proxy_play_text(p, SERVER, "x");
	assert_int_equal(p->events[GCOAP_PROXY_DROPPED], 1);
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 1);
}

static void targets_are_only_those_allowed(void **state)
{
	struct gcoap_msg m = get(GCOAP_CON);

	(void)state;
	gcoap_msg_remove(&m, GCOAP_PROXY_URI);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://10.0.0.1/");
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_code(GCOAP_NOT_PROXY);
	assert_int_equal(p->n_sent, 0);
}

/* ---- reverse-proxy ---- */

static struct gcoap_proxy_reverse row;

static void reversed(struct gcoap_proxy_config *c)
{
	gcoap_uri_parse(&row.group, "coap://224.0.1.187/r", NULL);
	row.path = "/proxy/lights";
	row.addr = row.group.addr;
	row.addr.port = row.group.port;
	c->reverse = &row;
	c->n_reverse = 1;
}

static void reversed_with_t_proxy(struct gcoap_proxy_config *c)
{
	reversed(c);
	c->t_proxy = 20 * GCOAP_SECOND;
}

static void reversed_ietf(struct gcoap_proxy_config *c)
{
	reversed_with_t_proxy(c);
	c->dialect = gcoap_dialect_find("ietf");
}

static struct gcoap_msg reverse_get(bool timeout, uint16_t number)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\xc0\xde", 2);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "proxy");
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "lights");
	if (timeout)
		gcoap_msg_add(&m, number, (struct gcoap_bytes){ &sixty, 1 });
	return m;
}

static void restart(void (*change)(struct gcoap_proxy_config *c))
{
	proxy_play_free(p);
	p = proxy_play_new(change);
}

static void a_resource_stands_for_a_group(void **state)
{
	struct gcoap_msg m = reverse_get(true, 65002);

	(void)state;
	restart(reversed);
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_true(proxy_play_is(&p->sent[0], "520150019a01b172", true));
	proxy_play_text(p, "192.0.2.11:5683", "on");
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, 96));
}

static void it_reveals_itself_when_the_option_is_missing(void **state)
{
	struct gcoap_msg m = reverse_get(false, 0);

	(void)state;
	restart(reversed);
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_code(GCOAP_BAD_REQUEST);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, 65002));
}

static void t_proxy_stands_in_for_the_option(void **state)
{
	struct gcoap_msg m = reverse_get(false, 0);
	struct gcoap_proxy_stats stats;

	(void)state;
	restart(reversed_with_t_proxy);
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_int_equal(p->n_sent, 1);
	proxy_play_wait(p, 19 * GCOAP_SECOND);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 1);
	proxy_play_wait(p, 2 * GCOAP_SECOND);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	restart(reversed_ietf); /* which does not know T_PROXY */
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_code(GCOAP_BAD_REQUEST);
	assert_non_null(gcoap_msg_find(&proxy_play_last(p)->msg, 2));
}

static void a_token_in_use_stops_both(void **state)
{
	static const struct {
		uint16_t number;
		const char *hex;
	} rows[] = {
		{ 65002, "62801021c0dee0fcddff526576657273652d70726f78793a20546f6b656e20696e20"
			 "757365" },
		{ 2, "62801021c0deff526576657273652d70726f78793a20546f6b656e20696e20757365" },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct gcoap_msg m = reverse_get(true, rows[i].number);

		restart(reversed);
		proxy_play_ask(p, PROXY_CLIENT, &m);
		proxy_play_ask(p, PROXY_CLIENT, &m);
		assert_int_equal(p->n_sent, 1);
		assert_int_equal(p->n_answers, 1);
		assert_true(proxy_play_is(proxy_play_last(p), rows[i].hex, false));
		proxy_play_text(p, "192.0.2.11:5683", "stopped");
		assert_int_equal(p->n_answers, 1);
		proxy_play_ask(p, PROXY_CLIENT, &m);
		assert_int_equal(p->n_sent, 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define t(name) \
	cmocka_unit_test_prestate_setup_teardown(name, proxy_play_set_up, proxy_play_tear_down, &p)
		t(a_server_is_asked_as_the_client_asked),
		t(non_stays_non),
		t(blocks_pass_end_to_end),
		t(for_a_connection_blocks_are_gathered),
		t(half_a_body_is_never_taken_for_the_whole),
		t(silence_is_5_04),
		t(silence_that_was_asked_for_is_no_5_04),
		t(a_reset_is_told_to_who_wants_5_xx),
		t(a_refusal_is_told_to_who_wants_no_response),
		t(an_unreachable_server_is_5_02),
		t(a_server_that_resets_is_5_02),
		t(so_it_is_for_a_connection),
		t(an_unsafe_option_in_the_response_is_5_02),
		t(the_text_tells_a_bad_option_from_an_unknown_one),
		t(a_response_that_does_not_fit_is_5_02),
		t(targets_are_only_those_allowed),
		t(a_resource_stands_for_a_group),
		t(it_reveals_itself_when_the_option_is_missing),
		t(t_proxy_stands_in_for_the_option),
		t(a_token_in_use_stops_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
