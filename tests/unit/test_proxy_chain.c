/* Three proxies in a row (groupcomm-proxy-00, Section 8): the test carries the messages. */
#include "proxy_play.h"
#include "test.h"

#define GET_60 "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define GET_60_IETF "42011001c0de213cdd1407636f61703a2f2f3232342e302e312e3138372f72"

static struct proxy_play *hops[3];
static size_t done[3]; /* requests of a hop that the next one has */

static const char *const addrs[3] = { "192.0.2.1:5683", "192.0.2.2:5683", "192.0.2.3:5683" };
static bool in_ietf, stand_in;
static gcoap_time hop_margin;
static struct gcoap_proxy_reverse row;

static void through(struct gcoap_proxy_config *c, int next)
{
	gcoap_addr_parse(&c->next_proxy, addrs[next], GCOAP_PORT);
	c->margin = hop_margin;
	if (in_ietf)
		c->dialect = gcoap_dialect_find("ietf");
}

static void first(struct gcoap_proxy_config *c)
{
	through(c, 1);
	c->standin = stand_in ? GCOAP_STANDIN_C : GCOAP_STANDIN_A;
	gcoap_uri_parse(&row.group, "coap://224.0.1.187/r", NULL);
	row.path = "/lights";
	row.addr = row.group.addr;
	row.addr.port = row.group.port;
	c->reverse = &row;
	c->n_reverse = 1;
}

static void second(struct gcoap_proxy_config *c)
{
	through(c, 2);
	c->n_ours = 0;
}

static int set_up(void **state)
{
	(void)state;
	in_ietf = stand_in = false;
	hop_margin = GCOAP_SECOND;
	memset(done, 0, sizeof(done));
	return 0;
}

static void open_chain(void)
{
	hops[0] = proxy_play_new(first);
	hops[1] = proxy_play_new(second);
	hops[2] = proxy_play_new(NULL);
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++)
		proxy_play_free(hops[i]);
	return 0;
}

/* What hop @i has sent to the next one, as a request there. */
static void carry_requests(int i)
{
	for (; done[i] < hops[i]->n_sent; done[i]++) {
		const struct proxy_play_msg *m = &hops[i]->sent[done[i]];

		if (m->msg.code != GCOAP_EMPTY)
			proxy_play_ask(hops[i + 1], addrs[i], &m->msg);
	}
}

/* The last answer of hop @i + 1, as a datagram to hop @i. */
static void carry_answer(int i)
{
	struct gcoap_datagram in = { .at = hops[i]->now };
	struct gcoap_msg m = proxy_play_last(hops[i + 1])->msg;
	static uint16_t mid = 100;
	uint8_t buf[PROXY_PLAY_BYTES];
	int len;

	m.type = GCOAP_NON;
	m.mid = mid++;
	len = gcoap_msg_encode(&m, buf, sizeof(buf));
	assert_true(len > 0);
	gcoap_addr_parse(&in.from, addrs[i + 1], GCOAP_PORT);
	in.data = (struct gcoap_bytes){ buf, (size_t)len };
	hops[i]->engine->recv(hops[i]->engine, &in, hops[i]->now);
	proxy_play_flush(hops[i]);
}

static uint32_t timeout_of(const struct gcoap_msg *m, uint16_t number)
{
	uint32_t value = 0;

	assert_int_equal(gcoap_msg_uint(m, number, 4, &value), 0);
	return value;
}

static void each_hop_has_less_time_than_the_one_before(void **state)
{
	(void)state;
	hop_margin = 3 * GCOAP_SECOND;
	open_chain();
	proxy_play_request(hops[0], PROXY_CLIENT, GET_60);
	assert_int_equal(hops[0]->n_sent, 1);
	/* With the Hop-Limit that keeps it from going in circles (RFC 8768): 16 of 16. */
	assert_true(proxy_play_is(&hops[0]->sent[0],
				  "42016001b101d10310dd0607636f61703a2f2f3232342e302e312e313837"
				  "2f72e1fcba39",
				  true));
	assert_int_equal(hops[0]->sent[0].msg.type, GCOAP_CON);
	carry_requests(0);
	assert_int_equal(timeout_of(&hops[1]->sent[0].msg, 65002), 54);
	carry_requests(1);
	assert_true(proxy_play_is(&hops[2]->sent[0], "520150019a01b172510e", true));
}

static void ask_all(const char *hex)
{
	open_chain();
	proxy_play_request(hops[0], PROXY_CLIENT, hex);
	carry_requests(0);
	carry_requests(1);
	assert_int_equal(hops[2]->n_sent, 1);
}

static void answer_all(const char *server, const char *text)
{
	proxy_play_text(hops[2], server, text);
	carry_answer(1);
	carry_answer(0);
}

static void names_of_servers_are_left_alone(void **state)
{
	(void)state;
	ask_all(GET_60);
	answer_all("198.18.0.1:61616", "on");
	answer_all("198.18.0.2:5683", "off");
	answer_all("198.18.0.1:61616", "on again");
	assert_int_equal(hops[0]->n_answers, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(gcoap_bytes_equal(
			gcoap_msg_find(&hops[0]->answers[i].msg, 96)->value,
			gcoap_msg_find(&hops[2]->answers[i].msg, 96)->value));
}

static void the_chain_speaks_its_own_dialect(void **state)
{
	(void)state;
	in_ietf = true;
	ask_all(GET_60);
	assert_int_equal(timeout_of(&hops[0]->sent[0].msg, 2), 59);
	assert_int_equal(timeout_of(&hops[1]->sent[0].msg, 2), 58);
	answer_all("198.18.0.1:61616", "on");
	assert_non_null(gcoap_msg_find(&hops[1]->answers[0].msg, 248));
	assert_non_null(gcoap_msg_find(&hops[0]->answers[0].msg, 96));
	assert_null(gcoap_msg_find(&hops[0]->answers[0].msg, 248));
}

static void a_stand_in_replaces_the_name(void **state)
{
	struct gcoap_origin o;
	struct gcoap_msg m;

	(void)state;
	stand_in = true;
	in_ietf = true;
	open_chain();
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\x01", 1);
	gcoap_msg_add_text(&m, GCOAP_URI_PATH, "lights");
	gcoap_msg_add(&m, 2, bytes(60));
	proxy_play_ask(hops[0], PROXY_CLIENT, &m);
	carry_requests(0);
	carry_requests(1);
	answer_all("198.18.0.1:61616", "on");
	assert_int_equal(gcoap_reply_from_decode(
				 gcoap_msg_find(&hops[0]->answers[0].msg, 248)->value, &o, NULL),
			 0);
	assert_int_equal(o.addr.bytes[3], 1); /* ours */
	assert_int_equal(o.behind.port, 61616);
}

static void a_second_is_too_little(void **state)
{
	struct gcoap_msg m;

	(void)state;
	open_chain();
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	gcoap_msg_add(&m, 65002, bytes(1));
	proxy_play_ask(hops[0], PROXY_CLIENT, &m);
	assert_int_equal(proxy_play_last(hops[0])->msg.code, GCOAP_NOT_PROXY);
	assert_int_equal(timeout_of(&proxy_play_last(hops[0])->msg, 65002), 2);
	assert_int_equal(hops[0]->n_sent, 0);
}

/* An answer of the second proxy itself to the first. */
static void answer_of_second(uint8_t code, uint16_t number, uint8_t value)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_ACK, code);
	if (number)
		gcoap_msg_add(&m, number, (struct gcoap_bytes){ &value, value ? 1 : 0 });
	proxy_play_answer(hops[0], addrs[1], &m);
}

static void the_minimum_reads_as_in_the_drafts(void **state)
{
	(void)state;
	hop_margin = 5 * GCOAP_SECOND;
	open_chain();
	proxy_play_request(hops[0], PROXY_CLIENT, GET_60);
	answer_of_second(GCOAP_NOT_PROXY, 65002, 70);
	assert_int_equal(hops[0]->n_sent, 1);
	assert_true(proxy_play_is(proxy_play_last(hops[0]),
				  "62a51003c0dee1fcdd4bff542720746f6f20736d616c6c", false));
	proxy_play_free(hops[0]);
	in_ietf = true;
	hops[0] = proxy_play_new(first);
	proxy_play_request(hops[0], PROXY_CLIENT, GET_60_IETF);
	answer_of_second(GCOAP_NOT_PROXY, 2, 70);
	assert_true(proxy_play_is(proxy_play_last(hops[0]),
				  "62a51003c0de214bff542720746f6f20736d616c6c", false));
}

static void a_larger_timeout_is_tried(void **state)
{
	struct gcoap_proxy_stats stats;

	(void)state;
	hop_margin = 30 * GCOAP_SECOND;
	open_chain();
	proxy_play_request(hops[0], PROXY_CLIENT, GET_60);
	assert_int_equal(timeout_of(&hops[0]->sent[0].msg, 65002), 30);
	answer_of_second(GCOAP_NOT_PROXY, 65002, 40);
	assert_int_equal(hops[0]->n_answers, 0);
	assert_int_equal(timeout_of(&proxy_play_sent(hops[0])->msg, 65002), 40);
	answer_of_second(GCOAP_NOT_PROXY, 65002, 40); /* which it has: no third time */
	assert_int_equal(hops[0]->n_answers, 1);
	assert_int_equal(timeout_of(&proxy_play_last(hops[0])->msg, 65002), 70);
	gcoap_proxy_stats(hops[0]->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
}

static void errors_of_the_next_proxy_are_passed_on(void **state)
{
	struct gcoap_proxy_stats stats;

	(void)state;
	open_chain();
	proxy_play_request(hops[0], PROXY_CLIENT, GET_60);
	answer_of_second(GCOAP_UNAUTHORIZED, 0, 0);
	assert_int_equal(proxy_play_last(hops[0])->msg.code, GCOAP_UNAUTHORIZED);
	gcoap_proxy_stats(hops[0]->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
	proxy_play_request(hops[0], PROXY_CLIENT, GET_60);
	answer_of_second(GCOAP_BAD_REQUEST, 65002, 0);
	assert_int_equal(proxy_play_last(hops[0])->msg.code, GCOAP_BAD_GATEWAY);
}

static void a_silent_next_proxy_is_a_silent_group(void **state)
{
	(void)state;
	open_chain();
	proxy_play_request(hops[0], PROXY_CLIENT, GET_60);
	proxy_play_wait(hops[0], 61 * GCOAP_SECOND);
	assert_int_equal(hops[0]->n_answers, 0); /* as of a group: T' is over */
	assert_int_equal(hops[0]->events[GCOAP_PROXY_ENDED], 1);
}

static void a_timeout_of_zero_stays_zero(void **state)
{
	struct gcoap_proxy_stats stats;

	(void)state;
	open_chain();
	proxy_play_request(hops[0], PROXY_CLIENT,
			   "42021002c0dedd1607636f61703a2f2f3232342e302e312e3138372f72d1d21ae0"
			   "fbdbff6f6e");
	assert_int_equal(timeout_of(&hops[0]->sent[0].msg, 65002), 0);
	carry_requests(0);
	carry_requests(1);
	assert_true(proxy_play_is(&hops[2]->sent[0], "520250029a02b172510ed1e51aff6f6e", true));
	gcoap_proxy_stats(hops[0]->proxy, &stats);
	assert_int_equal(stats.ongoing, 0);
}

static void an_early_stop_goes_all_the_way(void **state)
{
	(void)state;
	in_ietf = true;
	ask_all(GET_60_IETF);
	proxy_play_request(hops[0], PROXY_CLIENT, "42011005c0de20");
	proxy_play_flush(hops[0]);
	carry_requests(0);
	assert_string_equal(hops[1]->why, "early stop request");
	proxy_play_flush(hops[1]);
	carry_requests(1);
	assert_string_equal(hops[2]->why, "early stop request");
	assert_int_equal(hops[2]->n_sent, 1);
}

static void one_server_is_asked_through_the_chain_too(void **state)
{
	struct gcoap_msg m;

	(void)state;
	open_chain();
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\x01", 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.7/t");
	proxy_play_ask(hops[0], PROXY_CLIENT, &m);
	carry_requests(0);
	carry_requests(1);
	assert_int_equal(hops[2]->sent[0].to.bytes[3], 7);
	answer_all("198.51.100.7:5683", "x");
	assert_int_equal(proxy_play_last(hops[0])->msg.code, GCOAP_CONTENT);
	assert_null(gcoap_msg_find(&proxy_play_last(hops[0])->msg, 96));
}

static void the_text_names_the_one_that_is_silent(void **state)
{
	static const char text[] = "The next proxy did not respond";
	struct gcoap_msg m;
	struct gcoap_bytes said;

	(void)state;
	open_chain();
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_set_token(&m, "\x01", 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.7/t");
	proxy_play_ask(hops[0], PROXY_CLIENT, &m);
	proxy_play_wait(hops[0], 61 * GCOAP_SECOND);
	assert_int_equal(proxy_play_last(hops[0])->msg.code, GCOAP_GATEWAY_TIMEOUT);
	said = proxy_play_last(hops[0])->msg.payload;
	assert_true(gcoap_bytes_equal(said, gcoap_bytes_text(text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define t(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		t(each_hop_has_less_time_than_the_one_before),
		t(names_of_servers_are_left_alone),
		t(the_chain_speaks_its_own_dialect),
		t(a_stand_in_replaces_the_name),
		t(a_second_is_too_little),
		t(the_minimum_reads_as_in_the_drafts),
		t(a_larger_timeout_is_tried),
		t(errors_of_the_next_proxy_are_passed_on),
		t(a_silent_next_proxy_is_a_silent_group),
		t(a_timeout_of_zero_stays_zero),
		t(an_early_stop_goes_all_the_way),
		t(one_server_is_asked_through_the_chain_too),
		t(the_text_names_the_one_that_is_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
