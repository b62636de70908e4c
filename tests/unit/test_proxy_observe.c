/* Observations through the proxy (RFC 7641; groupcomm-proxy-07, Section 5.4.2). */
#include "proxy_play.h"
#include "test.h"

/* Proxy-Uri coap://224.0.1.187/r, T' = 60 */
#define REGISTER "42011010c1de60dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define REGISTER_IETF "42011010c1de213c40dd1007636f61703a2f2f3232342e302e312e3138372f72"
#define CANCEL "42011011c1de6101dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define SERVER1 "192.0.2.1:5683"
#define SERVER2 "192.0.2.2:5683"
#define OTHER_CLIENT "192.0.2.51:40000"

static struct proxy_play *p;
static uint8_t token[8]; /* of the registration upstream */
static uint16_t mid;

static struct gcoap_proxy_stats stats(void)
{
	struct gcoap_proxy_stats s;

	gcoap_proxy_stats(p->proxy, &s);
	return s;
}

/* The client at @from registers. */
static void observe(const char *from, const char *hex)
{
	size_t before = p->n_sent;

	proxy_play_request(p, from, hex);
	if (p->n_sent > before)
		memcpy(token, p->sent[before % PROXY_PLAY_MAX].msg.token, 8);
}

/* A response of @server to it; @value -1: without Observe. */
static void notify_code(const char *server, uint8_t code, int value, int max_age,
			const char *text)
{
	struct gcoap_datagram in = { .at = p->now };
	uint8_t bytes[256], store[2][4];
	struct gcoap_msg m;
	int len;

	gcoap_msg_init(&m, GCOAP_NON, code);
	gcoap_msg_set_token(&m, token, 8);
	m.mid = ++mid;
	if (value >= 0)
		gcoap_msg_add_uint(&m, GCOAP_OBSERVE, (uint32_t)value, store[0]);
	gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
	if (max_age >= 0)
		gcoap_msg_add_uint(&m, GCOAP_MAX_AGE, (uint32_t)max_age, store[1]);
	m.payload = gcoap_bytes_text(text);
	len = gcoap_msg_encode(&m, bytes, sizeof(bytes));
	assert_true(len > 0);
	assert_int_equal(gcoap_addr_parse(&in.from, server, GCOAP_PORT), 0);
	in.data = (struct gcoap_bytes){ bytes, (size_t)len };
	p->engine->recv(p->engine, &in, p->now);
	proxy_play_flush(p);
}

static void notify(const char *server, int value, const char *text)
{
	notify_code(server, GCOAP_CONTENT, value, -1, text);
}

static const struct proxy_play_msg *answer(size_t i)
{
	assert_true(i < p->n_answers);
	return &p->answers[i % PROXY_PLAY_MAX];
}

static void assert_text(const struct proxy_play_msg *m, const char *text)
{
	assert_true(gcoap_bytes_equal(m->msg.payload, gcoap_bytes_text(text)));
}

static int64_t number(const struct proxy_play_msg *m, uint16_t option)
{
	uint32_t v;

	return gcoap_msg_uint(&m->msg, option, 4, &v) < 0 ? -1 : (int64_t)v;
}

static void goes_to(const struct proxy_play_msg *m, const char *client)
{
	struct gcoap_addr a;

	assert_int_equal(gcoap_addr_parse(&a, client, 0), 0);
	assert_true(gcoap_addr_equal(&m->to, &a));
}

static void lose(const char *from, const uint8_t *t)
{
	struct gcoap_peer peer = proxy_play_peer(p, from);

	p->served->lost(p->served, &peer, t, 2, p->now);
	proxy_play_flush(p);
}

/* The last thing sent is Observe 1 to the group, under the token of the registration. */
static void assert_cancelled(void)
{
	const struct proxy_play_msg *m = proxy_play_sent(p);

	assert_true(proxy_play_is(m, "520150019a0161015172", true));
	assert_memory_equal(m->msg.token, token, 8);
	goes_to(m, PROXY_GROUP);
}

static void a_registration_is_multicast(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	assert_int_equal(p->n_sent, 1);
	assert_true(proxy_play_is(&p->sent[0], "520150019a01605172", true));
	goes_to(&p->sent[0], PROXY_GROUP);
	assert_int_equal(stats().observations, 1);
	assert_int_equal(stats().observers, 1);
	assert_int_equal(stats().forwarded, 1);
	assert_int_equal(p->events[GCOAP_PROXY_FORWARDED], 1);
}

static void notifications_are_as_in_the_drafts(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, 12, "22.4 C");
	assert_true(proxy_play_is(answer(0), "42452010c1de610c60dd47008301d9010444c0000201191633ff"
					     "32322e342043", false));
	notify(SERVER2, 7, "21.0 C");
	assert_int_equal(number(answer(1), GCOAP_OBSERVE), 7);
	notify(SERVER1, 13, "22.5 C");
	assert_int_equal(number(answer(2), GCOAP_OBSERVE), 13);
	assert_int_equal(answer(2)->as, GCOAP_SEND_NON);
	assert_int_equal(stats().relayed, 3);
}

static void the_other_dialect_has_its_options(void **state)
{
	observe(PROXY_CLIENT, REGISTER_IETF);
	assert_true(proxy_play_is(&p->sent[0], "520150019a01605172", true));
	notify(SERVER1, 12, "22.4 C");
	assert_true(proxy_play_is(answer(0), "42452010c1de610c60d8df82208144c0000201ff32322e342043",
				  false));
}

static void notifications_go_on_after_the_timeout(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify_code(SERVER1, GCOAP_CONTENT, 1, 3600, "a");
	assert_int_equal(stats().ongoing, 1);
	proxy_play_wait(p, 61 * GCOAP_SECOND);
	assert_int_equal(stats().ongoing, 0); /* others may be asked */
	assert_int_equal(stats().observers, 1);
	notify_code(SERVER1, GCOAP_CONTENT, 2, 3600, "b");
	assert_int_equal(p->n_answers, 2);
	assert_text(answer(1), "b");
	/* who never notified is too late now */
	notify(SERVER2, -1, "c");
	assert_int_equal(p->n_answers, 2);
	/* who begins to is not */
	notify("192.0.2.3", 5, "d");
	assert_int_equal(p->n_answers, 3);
}

static void without_a_notifying_server_it_ends_at_the_timeout(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, -1, "a");
	notify_code(SERVER2, GCOAP_NOT_FOUND, -1, -1, "b");
	assert_int_equal(p->n_answers, 2);
	assert_int_equal(number(answer(0), GCOAP_OBSERVE), -1);
	proxy_play_wait(p, 61 * GCOAP_SECOND);
	assert_int_equal(stats().observers, 0);
	assert_int_equal(stats().observations, 0);
	assert_int_equal(stats().timeouts, 1);
	assert_int_equal(p->n_sent, 1); /* there is nothing to cancel */
	notify(SERVER1, 5, "c");
	assert_int_equal(p->n_answers, 2);
}

static void a_value_of_observe_that_is_unknown_is_none(void **state)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_add(&m, GCOAP_OBSERVE, bytes(2));
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	gcoap_msg_add(&m, 65002, bytes(9));
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_true(proxy_play_is(&p->sent[0], "520150019a01b172", true));
	assert_int_equal(stats().observers, 0);
	/* nor does one without any time */
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, "x", 1);
	gcoap_msg_add(&m, GCOAP_OBSERVE, bytes());
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	gcoap_msg_add(&m, 65002, bytes());
	proxy_play_ask(p, PROXY_CLIENT, &m);
	assert_int_equal(stats().observers, 0);
	assert_null(gcoap_msg_find(&proxy_play_sent(p)->msg, GCOAP_OBSERVE));
}

static void clients_share_a_registration(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	observe(OTHER_CLIENT, REGISTER_IETF);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(stats().observations, 1);
	assert_int_equal(stats().observers, 2);
	notify(SERVER1, 12, "22.4 C");
	assert_int_equal(p->n_answers, 2);
	goes_to(answer(0), PROXY_CLIENT);
	goes_to(answer(1), OTHER_CLIENT);
	assert_true(proxy_play_is(answer(0), "42452010c1de610c60dd47008301d9010444c0000201191633ff"
					     "32322e342043", false));
	assert_true(proxy_play_is(answer(1), "42452010c1de610c60d8df82208144c0000201ff32322e342043",
				  false));
}

static void other_requests_are_registered_apart(void **state)
{
	/* Accept 50 */
	observe(PROXY_CLIENT, REGISTER);
	observe(OTHER_CLIENT, "42011010c1de60b132dd0507636f61703a2f2f3232342e302e312e3138372f72"
			      "e1fcba3c");
	assert_int_equal(stats().observations, 2);
	observe("192.0.2.52:1", "42011010c1de60dd1007636f61703a2f2f3232342e302e312e3138372f73"
				"e1fcba3c");
	assert_int_equal(stats().observations, 3);
	assert_int_equal(p->n_sent, 3);
}

static void who_comes_later_has_the_newest_first(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify_code(SERVER1, GCOAP_CONTENT, 1, 100, "old");
	notify_code(SERVER1, GCOAP_CONTENT, 2, 100, "new");
	notify(SERVER2, 9, "two");
	proxy_play_wait(p, 20 * GCOAP_SECOND);
	p->n_answers = 0;
	observe(OTHER_CLIENT, REGISTER);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->n_answers, 2);
	goes_to(answer(0), OTHER_CLIENT);
	assert_text(answer(0), "new");
	assert_int_equal(number(answer(0), GCOAP_OBSERVE), 2);
	assert_int_equal(number(answer(0), GCOAP_MAX_AGE), 80);
	assert_text(answer(1), "two");
	assert_int_equal(number(answer(1), GCOAP_MAX_AGE), 40);
	assert_non_null(gcoap_msg_find(&answer(1)->msg, 96));
	assert_int_equal(stats().cached, 2);
}

static void what_is_not_fresh_is_asked_for(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify_code(SERVER1, GCOAP_CONTENT, 1, 10, "old");
	notify_code(SERVER2, GCOAP_CONTENT, 1, 100, "fresh");
	proxy_play_wait(p, 11 * GCOAP_SECOND);
	p->n_answers = 0;
	observe(OTHER_CLIENT, REGISTER);
	proxy_play_wait(p, 0);
	assert_int_equal(p->n_answers, 1);
	assert_text(answer(0), "fresh");
	assert_int_equal(p->n_sent, 2);
	assert_true(proxy_play_is(&p->sent[1], "520150019a01605172", true));
	assert_memory_equal(p->sent[1].msg.token, token, 8);
	/* and once is enough for all who come at that time */
	observe("192.0.2.52:1", REGISTER);
	proxy_play_wait(p, 0);
	assert_int_equal(p->n_sent, 2);
	notify_code(SERVER1, GCOAP_CONTENT, 2, 10, "again");
	assert_int_equal(p->n_answers, 5);
}

static void a_client_that_is_lost_hears_no_more(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	observe(OTHER_CLIENT, REGISTER);
	notify(SERVER1, 1, "a");
	lose(PROXY_CLIENT, (const uint8_t *)"\xc1\xde");
	assert_int_equal(p->n_sent, 1);
	p->n_answers = 0;
	notify(SERVER1, 2, "b");
	assert_int_equal(p->n_answers, 1);
	goes_to(answer(0), OTHER_CLIENT);
	lose(OTHER_CLIENT, (const uint8_t *)"\xc1\xde");
	assert_int_equal(stats().observers, 0);
	assert_int_equal(stats().observations, 0);
	assert_int_equal(p->n_sent, 2);
	assert_cancelled();
	/* who has not heard it is refused */
	notify(SERVER1, 3, "c");
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(p->sent[p->n_sent - 1].msg.type, GCOAP_RST);
}

static void a_connection_that_closes_takes_its_clients_along(void **state)
{
	struct gcoap_peer peer = proxy_play_peer(p, PROXY_CLIENT);
	struct gcoap_msg m;

	peer.transport = GCOAP_SCHEME_COAP_TCP;
	peer.session = 5;
	for (int i = 0; i < 2; i++) {
		gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
		gcoap_msg_set_token(&m, &i, sizeof(i));
		gcoap_msg_add(&m, GCOAP_OBSERVE, bytes());
		gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
		gcoap_msg_add(&m, 65002, bytes(60));
		p->served->request(p->served, &peer, &m, p->now);
	}
	proxy_play_flush(p);
	memcpy(token, p->sent[0].msg.token, 8);
	notify(SERVER1, 1, "a");
	assert_int_equal(p->n_answers, 2);
	p->served->closed(p->served, &peer, p->now);
	proxy_play_flush(p);
	assert_int_equal(stats().observers, 0);
	assert_cancelled();
}

/* The way finds out while it is written to. */
static void a_client_that_is_gone_is_noticed(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	observe(OTHER_CLIENT, REGISTER);
	p->refuse = GCOAP_ECLOSED;
	notify(SERVER1, 1, "a");
	assert_int_equal(stats().observers, 0);
	assert_cancelled();
}

static void a_client_can_cancel(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	observe(OTHER_CLIENT, REGISTER);
	notify(SERVER1, 1, "a");
	p->n_answers = 0;
	proxy_play_request(p, PROXY_CLIENT, CANCEL);
	assert_int_equal(stats().observers, 1);
	assert_int_equal(p->n_answers, 1); /* the present state, as a GET asks for */
	assert_text(answer(0), "a");
	assert_int_equal(number(answer(0), GCOAP_OBSERVE), -1);
	assert_int_equal(p->n_sent, 1);
	proxy_play_request(p, OTHER_CLIENT, CANCEL);
	assert_int_equal(p->n_sent, 2);
	assert_cancelled();
	assert_int_equal(stats().observers, 0);
	/* a new registration has a new token */
	observe(PROXY_CLIENT, REGISTER);
	assert_memory_not_equal(p->sent[2].msg.token, p->sent[1].msg.token, 8);
}

static void a_renewed_registration_is_no_token_reuse(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, 1, "a");
	proxy_play_wait(p, 30 * GCOAP_SECOND);
	p->n_answers = 0;
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->n_answers, 1);
	assert_text(answer(0), "a");
	assert_int_equal(number(answer(0), GCOAP_OBSERVE), 1);
	assert_int_equal(stats().observers, 1);
	/* without the option it stays as it was */
	proxy_play_request(p, PROXY_CLIENT, "42011010c1de60dd1007636f61703a2f2f3232342e302e312e"
					    "3138372f72");
	assert_int_equal(answer(1)->msg.code, GCOAP_BAD_REQUEST);
	assert_int_equal(stats().observers, 1);
}

static void another_request_with_the_token_is(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, 1, "a");
	proxy_play_request(p, PROXY_CLIENT, "42011012c1dedd1607636f61703a2f2f3232342e302e312e3138"
					    "372f73e1fcba3c");
	assert_int_equal(stats().observers, 0);
	assert_int_equal(stats().ongoing, 1);
	assert_int_equal(p->n_sent, 3);
	notify(SERVER1, 2, "b");
	assert_int_equal(p->n_answers, 1);
}

static void an_error_ends_a_servers_part(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, 1, "a");
	notify(SERVER2, 1, "b");
	proxy_play_wait(p, 61 * GCOAP_SECOND);
	p->n_answers = 0;
	notify_code(SERVER1, GCOAP_NOT_FOUND, -1, -1, "");
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(answer(0)->msg.code, GCOAP_NOT_FOUND);
	assert_non_null(gcoap_msg_find(&answer(0)->msg, 96));
	assert_int_equal(stats().observers, 1);
	/* the last of them: no Observe */
	notify(SERVER2, -1, "c");
	assert_int_equal(p->n_answers, 2);
	assert_int_equal(stats().observers, 0);
	assert_int_equal(stats().observations, 0);
	assert_string_equal(p->why, "no server notifies");
}

static void a_server_may_begin_to_count_again(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, 1000, "a");
	notify(SERVER1, 999, "reordered");
	assert_int_equal(p->n_answers, 1);
	notify(SERVER1, 3, "b");
	notify(SERVER1, 4, "c");
	assert_text(proxy_play_last(p), "c");
	assert_int_equal(number(proxy_play_last(p), GCOAP_OBSERVE), 4);
}

static void clients_are_asked_whether_they_listen(void **state)
{
	int confirmed = 0;

	observe(PROXY_CLIENT, REGISTER);
	for (int i = 1; i <= 40; i++) {
		notify_code(SERVER1, GCOAP_CONTENT, i, 100000, "a");
		confirmed += proxy_play_last(p)->as == GCOAP_SEND_CON;
	}
	assert_int_equal(confirmed, 2);
	assert_int_equal(p->n_answers, 40);
	/* and when nothing was heard for long */
	notify_code(SERVER1, GCOAP_CONTENT, 41, 100000, "a");
	assert_int_equal(proxy_play_last(p)->as, GCOAP_SEND_NON);
	proxy_play_wait(p, 24 * 3600 * GCOAP_SECOND);
	notify_code(SERVER1, GCOAP_CONTENT, 42, 100000, "b");
	assert_text(proxy_play_last(p), "b");
	assert_int_equal(proxy_play_last(p)->as, GCOAP_SEND_CON);
}

static void identity_of(struct gcoap_proxy_config *c)
{
	static struct gcoap_proxy_client all;

	all = (struct gcoap_proxy_client){ .net = { .family = 4 } };
	c->clients = &all;
	c->n_clients = 1;
}

static void identities_do_not_share(void **state)
{
	static const char *const names[] = { "alice", "bob", NULL };
	struct gcoap_msg m;

	proxy_play_free(p);
	p = proxy_play_new(identity_of);
	for (int i = 0; i < 3; i++) {
		struct gcoap_peer peer = proxy_play_peer(p, PROXY_CLIENT);

		peer.addr.port = (uint16_t)(1000 + i);
		peer.identity = names[i];
		gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
		gcoap_msg_set_token(&m, "t", 1);
		gcoap_msg_add(&m, GCOAP_OBSERVE, bytes());
		gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
		gcoap_msg_add(&m, 65002, bytes(60));
		p->served->request(p->served, &peer, &m, p->now);
	}
	assert_int_equal(stats().observations, 3);
}

/* ---- one server ---- */

static void single_observe(const char *from, const char *t, int value)
{
	struct gcoap_msg m;
	uint8_t store[4];

	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, t, strlen(t));
	gcoap_msg_add_uint(&m, GCOAP_OBSERVE, (uint32_t)value, store);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.7/r");
	proxy_play_ask(p, from, &m);
}

static void one_server_is_observed_too(void **state)
{
	struct gcoap_msg m;

	single_observe(PROXY_CLIENT, "ab", 0);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->sent[0].msg.type, GCOAP_CON);
	goes_to(&p->sent[0], "198.51.100.7:5683");
	memcpy(token, p->sent[0].msg.token, 8);
	single_observe(OTHER_CLIENT, "cd", 0);
	assert_int_equal(p->n_sent, 1);
	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_OBSERVE, bytes(5));
	m.payload = gcoap_bytes_text("a");
	proxy_play_answer(p, "198.51.100.7", &m);
	assert_int_equal(p->n_answers, 2);
	assert_null(gcoap_msg_find(&answer(0)->msg, 96));
	assert_int_equal(number(answer(0), GCOAP_OBSERVE), 5);
	proxy_play_wait(p, 40 * GCOAP_SECOND);
	notify("198.51.100.7", 6, "b");
	assert_int_equal(p->n_answers, 4);
	/* who cancels has the present state; then the server is told */
	single_observe(PROXY_CLIENT, "ab", 1);
	assert_int_equal(p->n_answers, 5);
	assert_int_equal(number(answer(4), GCOAP_OBSERVE), -1);
	assert_int_equal(p->n_sent, 1);
	lose(OTHER_CLIENT, (const uint8_t *)"cd");
	proxy_play_wait(p, 0);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->sent[1].msg.type, GCOAP_CON);
	assert_int_equal(number(&p->sent[1], GCOAP_OBSERVE), 1);
	assert_memory_equal(p->sent[1].msg.token, token, 8);
}

static void a_server_that_does_not_notify_ends_it(void **state)
{
	struct gcoap_msg m;

	single_observe(PROXY_CLIENT, "ab", 0);
	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_CONTENT);
	m.payload = gcoap_bytes_text("a");
	proxy_play_answer(p, "198.51.100.7", &m);
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(stats().observers, 0);
	assert_int_equal(stats().ongoing, 0);
	assert_int_equal(stats().observations, 0);
}

static void a_dead_server_is_5_04_to_all(void **state)
{
	single_observe(PROXY_CLIENT, "ab", 0);
	single_observe(OTHER_CLIENT, "cd", 0);
	proxy_play_wait(p, 120 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 2);
	assert_int_equal(answer(0)->msg.code, GCOAP_GATEWAY_TIMEOUT);
	assert_int_equal(answer(1)->msg.code, GCOAP_GATEWAY_TIMEOUT);
	assert_int_equal(stats().observers, 0);
}

/* ---- the end ---- */

static void a_stop_tells_clients_and_servers(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, 1, "a");
	gcoap_proxy_stop(p->proxy, 30 * GCOAP_SECOND, p->now);
	proxy_play_flush(p);
	assert_int_equal(p->n_answers, 2);
	assert_int_equal(answer(1)->msg.code, GCOAP_UNAVAILABLE);
	assert_cancelled();
	assert_false(p->engine->done(p->engine));
	notify(SERVER1, -1, "a");
	assert_true(p->engine->done(p->engine));
}

static void a_stop_does_not_wait_for_the_deaf(void **state)
{
	observe(PROXY_CLIENT, REGISTER);
	notify(SERVER1, 1, "a");
	gcoap_proxy_stop(p->proxy, GCOAP_SECOND, p->now);
	proxy_play_flush(p);
	proxy_play_wait(p, GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
}

/* Registering and leaving for ever takes no more memory than once. */
static void nothing_stays_behind(void **state)
{
	for (int i = 0; i < 500; i++) {
		observe(PROXY_CLIENT, REGISTER);
		notify_code(SERVER1, GCOAP_CONTENT, 1, 100, "a");
		notify_code(SERVER2, GCOAP_CONTENT, 1, 100, "b");
		proxy_play_request(p, PROXY_CLIENT, CANCEL);
		assert_int_equal(stats().observers, 0);
		proxy_play_wait(p, 600 * GCOAP_SECOND);
	}
	assert_int_equal(stats().observations, 0);
	assert_int_equal(stats().ongoing, 0);
}

int main(void)
{
#define TEST(f) \
	cmocka_unit_test_prestate_setup_teardown(f, proxy_play_set_up, proxy_play_tear_down, &p)
	const struct CMUnitTest tests[] = {
		TEST(a_registration_is_multicast),
		TEST(notifications_are_as_in_the_drafts),
		TEST(the_other_dialect_has_its_options),
		TEST(notifications_go_on_after_the_timeout),
		TEST(without_a_notifying_server_it_ends_at_the_timeout),
		TEST(a_value_of_observe_that_is_unknown_is_none),
		TEST(clients_share_a_registration),
		TEST(other_requests_are_registered_apart),
		TEST(who_comes_later_has_the_newest_first),
		TEST(what_is_not_fresh_is_asked_for),
		TEST(a_client_that_is_lost_hears_no_more),
		TEST(a_connection_that_closes_takes_its_clients_along),
		TEST(a_client_that_is_gone_is_noticed),
		TEST(a_client_can_cancel),
		TEST(a_renewed_registration_is_no_token_reuse),
		TEST(another_request_with_the_token_is),
		TEST(an_error_ends_a_servers_part),
		TEST(a_server_may_begin_to_count_again),
		TEST(clients_are_asked_whether_they_listen),
		TEST(identities_do_not_share),
		TEST(one_server_is_observed_too),
		TEST(a_server_that_does_not_notify_ends_it),
		TEST(a_dead_server_is_5_04_to_all),
		TEST(a_stop_tells_clients_and_servers),
		TEST(a_stop_does_not_wait_for_the_deaf),
		TEST(nothing_stays_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
