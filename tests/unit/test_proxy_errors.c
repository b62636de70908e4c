/* What the proxy refuses, in which order, and what it tells of it. */
#include <stdio.h>

#include "proxy_play.h"
#include "test.h"

#define GET_60 "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define STRANGER "203.0.113.9:40000"

static const uint8_t sixty = 60;
static struct proxy_play *p;

static void make(void (*change)(struct gcoap_proxy_config *c))
{
	proxy_play_free(p);
	p = proxy_play_new(change);
}

static void assert_refused(const char *hex)
{
	struct gcoap_proxy_stats stats;

	assert_int_equal(p->n_answers, 1);
	assert_true(proxy_play_is(proxy_play_last(p), hex, false));
	assert_int_equal(p->n_sent, 0);
	assert_int_equal(p->events[GCOAP_PROXY_REFUSED], 1);
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 0);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.refused, 1);
	assert_int_equal(stats.ongoing, 0);
}

static void assert_code(uint8_t code)
{
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(proxy_play_last(p)->msg.code, code);
	assert_int_equal(p->n_sent, 0);
}

static void without_the_option_it_is_4_00(void **state)
{
	(void)state;
	make(NULL);
	proxy_play_request(p, PROXY_CLIENT,
			   "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72");
	assert_refused("62801001c0dee0fcddff4d756c7469636173742d5369676e616c696e67207265717569"
		       "726564");
}

static void in_ietf(struct gcoap_proxy_config *c)
{
	c->dialect = gcoap_dialect_find("ietf");
}

static void the_configured_dialect_is_shown(void **state)
{
	(void)state;
	make(in_ietf);
	proxy_play_request(p, PROXY_CLIENT,
			   "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72");
	assert_refused("62801001c0de20ff506c6561736520757365204d756c7469636173742d54696d656f75"
		       "74");
}

static void strangers_are_told_4_01_before_4_00(void **state)
{
	(void)state;
	make(NULL);
	proxy_play_request(p, STRANGER, GET_60);
	assert_refused("62811001c0deff4e6f7420616c6c6f772d6c6973746564");
	make(NULL);
	proxy_play_request(p, STRANGER,
			   "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72");
	assert_code(GCOAP_UNAUTHORIZED);
}

static void no_groups(struct gcoap_proxy_config *c)
{
	c->n_groups = 0;
}

static void without_groups_it_is_5_01(void **state)
{
	(void)state;
	make(no_groups);
	proxy_play_request(p, STRANGER, GET_60);
	assert_code(GCOAP_NOT_IMPLEMENTED);
}

static void not_forward(struct gcoap_proxy_config *c)
{
	c->forward = false;
}

static void who_is_no_forward_proxy_says_5_05(void **state)
{
	(void)state;
	make(not_forward);
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	assert_code(GCOAP_NOT_PROXY);
	assert_null(gcoap_msg_find(&proxy_play_last(p)->msg, 65002));
}

static struct gcoap_msg group_get(void)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\xc0\xde", 2);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	gcoap_msg_add(&m, 65002, (struct gcoap_bytes){ &sixty, 1 });
	return m;
}

static void unknown_unsafe_options_are_4_02(void **state)
{
	static const uint16_t numbers[] = { 65006, 65011 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct gcoap_msg m = group_get();

		make(NULL);
		gcoap_msg_add(&m, numbers[i], bytes(1));
		proxy_play_ask(p, STRANGER, &m);
		assert_code(GCOAP_BAD_OPTION);
	}
}

static void unknown_safe_options_pass(void **state)
{
	struct gcoap_msg m = group_get();

	(void)state;
	make(NULL);
	gcoap_msg_add(&m, 65012, bytes(1, 2));
	gcoap_msg_add(&m, 65001, bytes(3));
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_int_equal(p->n_sent, 1);
	assert_non_null(gcoap_msg_find(&p->sent[0].msg, 65012));
	assert_non_null(gcoap_msg_find(&p->sent[0].msg, 65001));
}

/* A group is silent about errors; not everybody may make it speak. */
static void the_wish_for_all_responses_must_be_authenticated(void **state)
{
	static char identity[] = "controller";
	struct gcoap_msg m = group_get();
	struct gcoap_peer peer;

	(void)state;
	make(NULL);
	gcoap_msg_add(&m, GCOAP_NO_RESPONSE, (struct gcoap_bytes){ NULL, 0 });
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_null(gcoap_msg_find(&p->sent[0].msg, GCOAP_NO_RESPONSE));
	peer = proxy_play_peer(p, "192.0.2.60:1");
	peer.identity = identity;
	p->served->request(p->served, &peer, &m, p->now);
	proxy_play_flush(p);
	assert_non_null(gcoap_msg_find(&proxy_play_sent(p)->msg, GCOAP_NO_RESPONSE));
}

static void blocks_to_a_group_are_4_00(void **state)
{
	struct gcoap_msg m = group_get();

	(void)state;
	make(NULL);
	gcoap_msg_add(&m, GCOAP_BLOCK1, bytes(0x02));
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_code(GCOAP_BAD_REQUEST);
}

static void assert_busy(uint32_t least, uint32_t most)
{
	uint32_t age = 0;

	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_UNAVAILABLE);
	assert_int_equal(gcoap_msg_uint(&proxy_play_last(p)->msg, GCOAP_MAX_AGE, 4, &age), 0);
	assert_in_range(age, least, most);
}

/* The @n-th request of that client. */
static void ask_nth(const char *from, uint8_t n)
{
	struct gcoap_msg m = group_get();

	gcoap_msg_set_token(&m, &n, 1);
	proxy_play_ask(p, from, &m);
}

static void a_client_has_so_many_at_a_time(void **state)
{
	(void)state;
	make(NULL);
	for (uint8_t i = 0; i < 5; i++)
		ask_nth(PROXY_CLIENT, i);
	assert_int_equal(p->n_sent, 4);
	assert_int_equal(p->n_answers, 1);
	assert_busy(1, 60);
	ask_nth("192.0.2.50:9", 6); /* the same host */
	assert_int_equal(p->n_sent, 4);
	ask_nth("192.0.2.51:9", 6);
	assert_int_equal(p->n_sent, 5);
	proxy_play_wait(p, 61 * GCOAP_SECOND);
	ask_nth(PROXY_CLIENT, 7);
	assert_int_equal(p->n_sent, 6);
}

static void two_at_a_time(struct gcoap_proxy_config *c)
{
	c->max_ongoing = 2;
}

static void there_are_so_many_at_a_time(void **state)
{
	(void)state;
	make(two_at_a_time);
	ask_nth("192.0.2.50:9", 1);
	ask_nth("192.0.2.51:9", 1);
	ask_nth("192.0.2.52:9", 1);
	assert_int_equal(p->n_sent, 2);
	assert_busy(1, 60);
}

static void three_a_minute(struct gcoap_proxy_config *c)
{
	c->max_per_minute = 3;
	c->max_per_client = 1000;
}

static void a_client_has_so_many_a_minute(void **state)
{
	(void)state;
	make(three_a_minute);
	for (uint8_t i = 0; i < 4; i++)
		ask_nth(PROXY_CLIENT, i);
	assert_int_equal(p->n_sent, 3);
	assert_busy(20, 20);
	proxy_play_wait(p, 19 * GCOAP_SECOND);
	ask_nth(PROXY_CLIENT, 5);
	assert_int_equal(p->n_sent, 3);
	assert_busy(1, 1);
	proxy_play_wait(p, GCOAP_SECOND);
	ask_nth(PROXY_CLIENT, 6);
	assert_int_equal(p->n_sent, 4);
}

static void five_answers(struct gcoap_proxy_config *c)
{
	c->max_answers = 5;
}

static void so_many_answers_are_relayed(void **state)
{
	char from[32];
	struct gcoap_proxy_stats stats;

	(void)state;
	make(five_answers);
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	for (int i = 0; i < 8; i++) {
		snprintf(from, sizeof(from), "198.18.0.%d:5683", i + 1);
		proxy_play_text(p, from, "x");
	}
	assert_int_equal(p->n_answers, 5);
	gcoap_proxy_stats(p->proxy, &stats);
	assert_int_equal(stats.dropped, 3);
}

/* A twentieth of them, twice: they are counted from there on. */
static void one_server_does_not_take_all_the_room(void **state)
{
	(void)state;
	make(NULL);
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	for (int i = 0; i < 200; i++)
		proxy_play_text(p, "198.18.0.1:5683", "x");
	assert_int_equal(p->n_answers, 100);
	proxy_play_text(p, "198.18.0.2:5683", "y");
	assert_int_equal(p->n_answers, 101);
}

static void what_the_socket_refuses_is_5_02(void **state)
{
	struct gcoap_datagram d;

	(void)state;
	make(NULL);
	proxy_play_request(p, PROXY_CLIENT, GET_60);
	d = (struct gcoap_datagram){ .to = p->sent[0].to };
	d.data = (struct gcoap_bytes){ p->sent[0].bytes,
				       gcoap_msg_size(&p->sent[0].msg) };
	p->engine->failed(p->engine, &d, 101, p->now);
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_BAD_GATEWAY);
	assert_int_equal(p->events[GCOAP_PROXY_ENDED], 1);
}

static char local_path[64]; /* of the request that local() has got */

static void local(void *arg, const struct gcoap_peer *from, const struct gcoap_msg *msg,
		  struct gcoap_proxy_reply *out, gcoap_time now)
{
	const struct gcoap_option *o = gcoap_msg_find(msg, GCOAP_URI_PATH);
	size_t n = 0;

	(void)arg;
	(void)from;
	(void)now;
	for (; o; o = gcoap_msg_next(msg, o))
		n += (size_t)snprintf(local_path + n, sizeof(local_path) - n, "/%.*s",
				      (int)o->value.len, (const char *)o->value.ptr);
	out->code = GCOAP_CONTENT;
	out->content_format = 50;
	memcpy(out->room, "{}", 2);
	out->body = (struct gcoap_bytes){ out->room, 2 };
}

static void with_local(struct gcoap_proxy_config *c)
{
	c->local = local;
}

static void resources_of_our_own_are_answered(void **state)
{
	struct gcoap_msg m;

	(void)state;
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "stats");
	make(NULL);
	proxy_play_ask(p, STRANGER, &m);
	assert_code(GCOAP_NOT_FOUND);
	make(with_local);
	proxy_play_ask(p, STRANGER, &m);
	assert_code(GCOAP_CONTENT);
	assert_int_equal(proxy_play_last(p)->msg.payload.len, 2);
	assert_int_equal(proxy_play_last(p)->as, GCOAP_SEND_NON);
	assert_string_equal(local_path, "/stats");
}

/* Proxy-Uri with our own authority (RFC 7252, Section 5.7.2), Uri-Path-Abbrev. */
static void they_are_found_by_other_options_too(void **state)
{
	char uri[64], local_addr[GCOAP_ADDR_TEXT];
	struct gcoap_peer peer;
	struct gcoap_msg m;

	(void)state;
	make(with_local);
	peer = proxy_play_peer(p, STRANGER);
	snprintf(uri, sizeof(uri), "coap://%s/a/b", gcoap_addr_format(&peer.local, local_addr));
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, uri);
	proxy_play_ask(p, STRANGER, &m);
	assert_code(GCOAP_CONTENT);
	assert_string_equal(local_path, "/a/b");
	make(with_local);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add(&m, GCOAP_URI_PATH_ABBREV, bytes(0));
	proxy_play_ask(p, STRANGER, &m);
	assert_code(GCOAP_CONTENT);
	assert_string_equal(local_path, "/.well-known/core");
}

/* ---- names ---- */

static struct gcoap_msg named_get(void)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\x01", 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://somewhere.example/r");
	return m;
}

static void a_name_is_looked_up_and_asked(void **state)
{
	struct gcoap_msg m = named_get();
	struct gcoap_addr found;

	(void)state;
	make(NULL);
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_int_equal(p->n_sent + p->n_answers, 0);
	assert_string_equal(p->resolving, "somewhere.example");
	gcoap_addr_parse(&found, "198.51.100.9", GCOAP_PORT);
	gcoap_proxy_resolved(p->proxy, "elsewhere.example", GCOAP_PORT, &found, 1, p->now);
	gcoap_proxy_resolved(p->proxy, "somewhere.example", GCOAP_PORT, &found, 1, p->now);
	proxy_play_flush(p);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->sent[0].to.bytes[3], 9);
	assert_non_null(gcoap_msg_find(&p->sent[0].msg, GCOAP_URI_HOST));
}

static void a_name_without_an_address_is_5_02(void **state)
{
	struct gcoap_msg m = named_get();

	(void)state;
	make(NULL);
	proxy_play_ask(p, PROXY_CLIENT, &m);
	gcoap_proxy_resolved(p->proxy, "somewhere.example", GCOAP_PORT, NULL, 0, p->now);
	assert_code(GCOAP_BAD_GATEWAY);
	make(NULL);
	proxy_play_ask(p, PROXY_CLIENT, &m);
	proxy_play_wait(p, 11 * GCOAP_SECOND);
	assert_code(GCOAP_BAD_GATEWAY);
}

static void a_name_may_lead_where_nobody_may_go(void **state)
{
	struct gcoap_msg m = named_get();
	struct gcoap_addr found;

	(void)state;
	make(NULL);
	proxy_play_ask(p, PROXY_CLIENT, &m);
	gcoap_addr_parse(&found, "127.0.0.1", GCOAP_PORT);
	gcoap_proxy_resolved(p->proxy, "somewhere.example", GCOAP_PORT, &found, 1, p->now);
	assert_code(GCOAP_NOT_PROXY);
}

static void for_strangers_no_name_is_looked_up(void **state)
{
	struct gcoap_msg m = named_get();

	(void)state;
	make(NULL);
	proxy_play_ask(p, STRANGER, &m);
	assert_code(GCOAP_UNAUTHORIZED);
	assert_null(p->resolving);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define t(name) \
	cmocka_unit_test_prestate_setup_teardown(name, NULL, proxy_play_tear_down, &p)
		t(without_the_option_it_is_4_00),
		t(the_configured_dialect_is_shown),
		t(strangers_are_told_4_01_before_4_00),
		t(without_groups_it_is_5_01),
		t(who_is_no_forward_proxy_says_5_05),
		t(unknown_unsafe_options_are_4_02),
		t(unknown_safe_options_pass),
		t(the_wish_for_all_responses_must_be_authenticated),
		t(blocks_to_a_group_are_4_00),
		t(a_client_has_so_many_at_a_time),
		t(there_are_so_many_at_a_time),
		t(a_client_has_so_many_a_minute),
		t(so_many_answers_are_relayed),
		t(one_server_does_not_take_all_the_room),
		t(what_the_socket_refuses_is_5_02),
		t(resources_of_our_own_are_answered),
		t(they_are_found_by_other_options_too),
		t(a_name_is_looked_up_and_asked),
		t(a_name_without_an_address_is_5_02),
		t(a_name_may_lead_where_nobody_may_go),
		t(for_strangers_no_name_is_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
