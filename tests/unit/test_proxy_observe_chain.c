/* Observations through two proxies and a reverse-proxy, and when memory is short. */
#include "alloc_fail.h"
#include "proxy_play.h"
#include "test.h"

#define REGISTER "42011010c1de60dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define REGISTER_IETF "42011010c1de213c40dd1007636f61703a2f2f3232342e302e312e3138372f72"
#define CANCEL "42011011c1de6101dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define NEXT "192.0.2.99:5683"
#define OTHER_CLIENT "192.0.2.51:40000"

static struct proxy_play *p;

static void chained(struct gcoap_proxy_config *c)
{
	gcoap_addr_parse(&c->next_proxy, NEXT, GCOAP_PORT);
}

static struct gcoap_proxy_reverse row;

static void reversed(struct gcoap_proxy_config *c)
{
	row.path = "/lights";
	gcoap_uri_parse(&row.group, "coap://224.0.1.187/r", NULL);
	row.addr = row.group.addr;
	row.addr.port = row.group.port;
	c->reverse = &row;
	c->n_reverse = 1;
	c->standin = GCOAP_STANDIN_C;
}

static struct gcoap_proxy_stats stats(void)
{
	struct gcoap_proxy_stats s;

	gcoap_proxy_stats(p->proxy, &s);
	return s;
}

/* What answers the request sent first, from @from: a notification with the option @number. */
static void notify(const char *from, uint8_t code, int value, uint16_t number,
		   struct gcoap_bytes address, const char *text)
{
	static uint16_t mid;
	struct gcoap_datagram in = { .at = p->now };
	uint8_t out[256], store[4];
	struct gcoap_msg m;
	int len;

	gcoap_msg_init(&m, GCOAP_NON, code);
	gcoap_msg_set_token(&m, p->sent[0].msg.token, 8);
	m.mid = ++mid;
	if (value >= 0)
		gcoap_msg_add_uint(&m, GCOAP_OBSERVE, (uint32_t)value, store);
	if (address.len)
		gcoap_msg_add(&m, number, address);
	m.payload = gcoap_bytes_text(text);
	len = gcoap_msg_encode(&m, out, sizeof(out));
	gcoap_addr_parse(&in.from, from, GCOAP_PORT);
	in.data = (struct gcoap_bytes){ out, (size_t)len };
	p->engine->recv(p->engine, &in, p->now);
	proxy_play_flush(p);
}

static const struct gcoap_bytes server1 = { (const uint8_t *)"\x83\x01\xd9\x01\x04\x44\xc0\x00"
							     "\x02\x01\x19\x16\x33", 13 };
static const struct gcoap_bytes server2 = { (const uint8_t *)"\x83\x01\xd9\x01\x04\x44\xc0\x00"
							     "\x02\x02\x19\x16\x33", 13 };

static bool has(const struct proxy_play_msg *m, uint16_t number, struct gcoap_bytes value)
{
	const struct gcoap_option *o = gcoap_msg_find(&m->msg, number);

	return o && gcoap_bytes_equal(o->value, value) && !gcoap_msg_next(&m->msg, o);
}

static void the_next_proxy_has_one_registration(void **state)
{
	uint32_t timeout;

	p = proxy_play_new(chained);
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->sent[0].msg.type, GCOAP_CON);
	assert_true(has(&p->sent[0], GCOAP_OBSERVE, (struct gcoap_bytes){ NULL, 0 }));
	assert_true(has(&p->sent[0], GCOAP_PROXY_URI, gcoap_bytes_text("coap://224.0.1.187/r")));
	assert_int_equal(gcoap_msg_uint(&p->sent[0].msg, 65002, 4, &timeout), 0);
	assert_true(timeout > 0 && timeout < 60);
	proxy_play_request(p, OTHER_CLIENT, REGISTER_IETF);
	assert_int_equal(p->n_sent, 1);

	/* its clients know the servers by what it says; sequences are per server */
	notify(NEXT, GCOAP_CONTENT, 9, 96, server1, "a");
	notify(NEXT, GCOAP_CONTENT, 3, 96, server2, "b");
	notify(NEXT, GCOAP_CONTENT, 10, 96, server1, "c");
	assert_int_equal(p->n_answers, 6);
	assert_true(has(&p->answers[0], 96, server1));
	assert_true(has(&p->answers[1], 248, bytes(0x82, 0x20, 0x81, 0x44, 192, 0, 2, 1)));
	assert_true(has(&p->answers[2], 96, server2));
	assert_true(has(&p->answers[4], 96, server1));
	/* who comes later is told of both */
	proxy_play_request(p, "192.0.2.52:1", REGISTER);
	assert_int_equal(p->n_answers, 8);
	assert_true(has(&p->answers[6], 96, server1));
	assert_true(has(&p->answers[7], 96, server2));
	assert_int_equal(p->n_sent, 1);
}

static void the_next_proxy_is_told_of_the_end(void **state)
{
	p = proxy_play_new(chained);
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	notify(NEXT, GCOAP_CONTENT, 9, 96, server1, "a");
	proxy_play_request(p, PROXY_CLIENT, CANCEL);
	assert_int_equal(p->n_sent, 2);
	assert_true(has(proxy_play_sent(p), GCOAP_OBSERVE, bytes(1)));
	assert_memory_equal(proxy_play_sent(p)->msg.token, p->sent[0].msg.token, 8);
	assert_int_equal(stats().observations, 0);
}

static void a_refusal_of_the_next_proxy_goes_to_all(void **state)
{
	struct gcoap_msg m;

	p = proxy_play_new(chained);
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	proxy_play_request(p, OTHER_CLIENT, REGISTER);
	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_UNAUTHORIZED);
	proxy_play_answer(p, NEXT, &m);
	assert_int_equal(p->n_answers, 2);
	assert_int_equal(p->answers[0].msg.code, GCOAP_UNAUTHORIZED);
	assert_int_equal(p->answers[1].msg.code, GCOAP_UNAUTHORIZED);
	assert_int_equal(stats().observers, 0);
	assert_int_equal(stats().observations, 0);
}

static void with_a_margin(struct gcoap_proxy_config *c)
{
	chained(c);
	c->margin = 30 * GCOAP_SECOND;
}

static uint32_t timeout_of(const struct gcoap_msg *m)
{
	uint32_t value = 0;

	assert_int_equal(gcoap_msg_uint(m, 65002, 4, &value), 0);
	return value;
}

/* 5.05 of the next proxy with the T'' of 40 s that it wants. */
static void wants_40(void)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_NOT_PROXY);
	gcoap_msg_add(&m, 65002, bytes(40));
	proxy_play_answer(p, NEXT, &m);
}

static void a_larger_timeout_is_tried_once(void **state)
{
	p = proxy_play_new(with_a_margin);
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	assert_int_equal(timeout_of(&p->sent[0].msg), 30);
	wants_40();
	assert_int_equal(p->n_answers, 0);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(timeout_of(&p->sent[1].msg), 40);
	assert_true(has(&p->sent[1], GCOAP_OBSERVE, (struct gcoap_bytes){ NULL, 0 }));
	assert_memory_equal(p->sent[1].msg.token, p->sent[0].msg.token, 8);
	notify(NEXT, GCOAP_CONTENT, 9, 96, server1, "a");
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(stats().observations, 1);
}

static void what_is_still_too_small_is_told_to_all(void **state)
{
	p = proxy_play_new(with_a_margin);
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	proxy_play_request(p, OTHER_CLIENT, REGISTER);
	wants_40();
	wants_40();
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_answers, 2);
	assert_int_equal(p->answers[1].msg.code, GCOAP_NOT_PROXY);
	/* so that ours is 40 s */
	assert_int_equal(timeout_of(&p->answers[0].msg), 70);
	assert_int_equal(timeout_of(&p->answers[1].msg), 70);
	assert_int_equal(stats().observers, 0);
}

static void a_dead_next_proxy_ends_it(void **state)
{
	p = proxy_play_new(chained);
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	proxy_play_wait(p, 200 * GCOAP_SECOND);
	assert_int_equal(stats().observers, 0);
	assert_int_equal(stats().observations, 0);
}

static void lights_get(const char *token, const char *path, int observe)
{
	struct gcoap_msg m;
	uint8_t store[4];

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, token, strlen(token));
	gcoap_msg_add(&m, 2, bytes(60));
	if (observe >= 0)
		gcoap_msg_add_uint(&m, GCOAP_OBSERVE, (uint32_t)observe, store);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, path);
	proxy_play_ask(p, PROXY_CLIENT, &m);
}

/* groupcomm-bis-18, Section 3.5.2: renewal and end are the exceptions. */
static void a_reverse_proxy_knows_token_reuse_from_renewal(void **state)
{
	p = proxy_play_new(reversed);
	lights_get("ab", "lights", 0);
	assert_true(proxy_play_is(&p->sent[0], "520150019a01605172", true));
	notify("192.0.2.1", GCOAP_CONTENT, 1, 0, (struct gcoap_bytes){ 0 }, "a");
	/* mode C: our address, and the server behind it */
	assert_true(has(proxy_play_last(p), 248,
			bytes(0x82, 0x20, 0x81, 0x44, 192, 0, 2, 1, 0x82, 0xf6, 0x82, 0x44, 192, 0,
			      2, 1, 0x19, 0x16, 0x33)));
	lights_get("ab", "lights", 0);
	assert_int_equal(stats().observers, 1);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_CONTENT);
	assert_int_equal(p->n_sent, 1);
	lights_get("ab", "lights", -1);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_BAD_REQUEST);
	assert_int_equal(stats().observers, 0);
	assert_int_equal(p->n_sent, 2); /* Observe 1; the new request is not sent */
	assert_true(proxy_play_is(proxy_play_sent(p), "520150019a0161015172", true));
	lights_get("cd", "lights", 0);
	lights_get("cd", "lights", 1);
	assert_int_equal(stats().observers, 0);
}

/* A name is looked up once: its renewal has the address of then. */
static void a_name_can_be_observed(void **state)
{
	struct gcoap_msg m;

	p = proxy_play_new(NULL);
	gcoap_addr_parse(&p->resolved, "198.51.100.7", 0);
	for (int i = 0; i < 2; i++) {
		gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
		gcoap_msg_set_token(&m, "t", 1);
		gcoap_msg_add(&m, GCOAP_OBSERVE, bytes());
		gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://sensor.example/r");
		proxy_play_ask(p, PROXY_CLIENT, &m);
		gcoap_addr_parse(&p->resolved, "198.51.100.8", 0);
	}
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(stats().observers, 1);
}

/* What could not be had is an error to one client, or an older value; and no other harm. */
static void short_memory_does_no_harm(void **state)
{
	for (size_t n = 1;; n++) {
		p = proxy_play_new(NULL);
		alloc_fail_at(n);
		proxy_play_request(p, PROXY_CLIENT, REGISTER);
		if (p->n_sent) {
			notify("192.0.2.1", GCOAP_CONTENT, 1, 0, (struct gcoap_bytes){ 0 }, "a");
			notify("192.0.2.2", GCOAP_CONTENT, 1, 0, (struct gcoap_bytes){ 0 }, "b");
		}
		proxy_play_request(p, OTHER_CLIENT, REGISTER);
		proxy_play_wait(p, 70 * GCOAP_SECOND);
		proxy_play_request(p, PROXY_CLIENT, CANCEL);
		gcoap_proxy_stop(p->proxy, GCOAP_SECOND, p->now);
		proxy_play_flush(p);
		proxy_play_wait(p, 2 * GCOAP_SECOND);
		assert_true(p->engine->done(p->engine));
		assert_int_equal(stats().observers, 0);
		proxy_play_free(p);
		p = NULL;
		if (!alloc_failed())
			break;
	}
}

int main(void)
{
#define TEST(f) \
	cmocka_unit_test_prestate_setup_teardown(f, NULL, proxy_play_tear_down, &p)
	const struct CMUnitTest tests[] = {
		TEST(the_next_proxy_has_one_registration),
		TEST(the_next_proxy_is_told_of_the_end),
		TEST(a_refusal_of_the_next_proxy_goes_to_all),
		TEST(a_larger_timeout_is_tried_once),
		TEST(what_is_still_too_small_is_told_to_all),
		TEST(a_dead_next_proxy_ends_it),
		TEST(a_reverse_proxy_knows_token_reuse_from_renewal),
		TEST(a_name_can_be_observed),
		TEST(short_memory_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
