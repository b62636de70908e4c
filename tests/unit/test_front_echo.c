/* Clients prove where they are before they get more than they send. */
#include <stdio.h>

#include "engine_play.h"
#include "front_play.h"
#include "test.h"

#define C1 "198.51.100.1:40001"
#define C2 "198.51.100.2:40001"

static int opened(void **state)
{
	static struct front_play p;

	front_init(&p);
	p.config.echo = GCOAP_ECHO_AUTO;
	p.answers = 1;
	front_open(&p);
	*state = &p;
	return 0;
}

static struct gcoap_bytes echo_of(const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_ECHO);

	assert_non_null(o);
	return o->value;
}

/* Ask once, and take the Echo value of the challenge. */
static size_t challenge(struct front_play *p, const char *from, uint16_t mid, uint8_t echo[8])
{
	size_t before = p->n_requests;
	struct gcoap_bytes value;
	struct gcoap_msg m;

	front_request(&m, GCOAP_CON, mid);
	front_recv(p, from, &m);
	assert_int_equal(p->n_requests, before);
	assert_int_equal(front_last(p)->code, GCOAP_UNAUTHORIZED);
	value = echo_of(front_last(p));
	assert_int_equal(value.len, 8);
	memcpy(echo, value.ptr, value.len);
	return value.len;
}

static void with_echo(struct front_play *p, const char *from, uint16_t mid, const uint8_t *echo,
		      size_t len)
{
	struct gcoap_msg m;

	front_request(&m, GCOAP_CON, mid);
	gcoap_msg_add(&m, GCOAP_ECHO, (struct gcoap_bytes){ echo, len });
	front_recv(p, from, &m);
}

static void a_client_is_challenged_once_and_then_served(void **state)
{
	struct front_play *p = *state;
	struct gcoap_msg m;
	uint8_t echo[8];

	challenge(p, C1, 1, echo);
	assert_int_equal(front_last(p)->type, GCOAP_ACK);
	assert_int_equal(front_last(p)->mid, 1);
	with_echo(p, C1, 2, echo, sizeof(echo));
	assert_int_equal(p->n_requests, 1);
	assert_null(gcoap_msg_find(&p->request, GCOAP_ECHO));
	assert_int_equal(front_last(p)->code, GCOAP_CONTENT);
	front_request(&m, GCOAP_NON, 3);
	front_recv(p, C1, &m);
	assert_int_equal(p->n_requests, 2);
	assert_int_equal(front_stats(p).challenged, 1);
	assert_int_equal(front_stats(p).proved, 1);
}

static void a_non_request_is_challenged_with_a_non(void **state)
{
	struct front_play *p = *state;
	struct gcoap_msg m;

	front_request(&m, GCOAP_NON, 3);
	front_recv(p, C1, &m);
	assert_int_equal(p->n_requests, 0);
	assert_int_equal(front_last(p)->type, GCOAP_NON);
	assert_true(gcoap_msg_same_token(front_last(p), &m));
}

static void loopback_is_challenged_only_when_told_to(void **state)
{
	static const struct {
		enum gcoap_echo echo;
		const char *from;
		bool challenged;
	} rows[] = {
		{ GCOAP_ECHO_AUTO, "127.0.0.1:40001", false },
		{ GCOAP_ECHO_AUTO, "[::1]:40001", false },
		{ GCOAP_ECHO_AUTO, C1, true },
		{ GCOAP_ECHO_AUTO, "[2001:db8::1]:40001", true },
		{ GCOAP_ECHO_ON, "127.0.0.1:40001", true },
		{ GCOAP_ECHO_ON, "[::1]:40001", true },
		{ GCOAP_ECHO_OFF, C1, false },
	};
	struct front_play *p = *state;
	struct gcoap_msg m;

	front_request(&m, GCOAP_CON, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		front_close(p);
		p->config.echo = rows[i].echo;
		front_open(p);
		p->n_requests = 0;
		front_recv(p, rows[i].from, &m);
		assert_int_equal(p->n_requests, !rows[i].challenged);
		assert_int_equal(front_stats(p).challenged, rows[i].challenged);
	}
}

static void an_echo_value_proves_one_endpoint_for_two_minutes_at_most(void **state)
{
	struct front_play *p = *state;
	uint8_t echo[8], other[8];

	challenge(p, C1, 1, echo);
	with_echo(p, C2, 1, echo, sizeof(echo));
	with_echo(p, "198.51.100.1:40002", 1, echo, sizeof(echo));
	assert_int_equal(p->n_requests, 0);
	/* a wrong one, a cut one, a stranger's */
	memcpy(other, echo, sizeof(echo));
	other[7] ^= 1;
	with_echo(p, C1, 2, other, sizeof(other));
	with_echo(p, C1, 3, echo, 7);
	with_echo(p, C1, 4, echo, 0);
	assert_int_equal(p->n_requests, 0);
	front_wait(p, 121 * GCOAP_SECOND);
	with_echo(p, C1, 5, echo, sizeof(echo));
	assert_int_equal(p->n_requests, 0);
	assert_memory_not_equal(echo_of(front_last(p)).ptr, echo, 8);
	challenge(p, C1, 6, echo);
	front_wait(p, 59 * GCOAP_SECOND);
	with_echo(p, C1, 7, echo, sizeof(echo));
	assert_int_equal(p->n_requests, 1);
}

static void two_fronts_do_not_know_each_other_s_values(void **state)
{
	struct front_play *p = *state;
	uint8_t echo[8];

	challenge(p, C1, 1, echo);
	front_close(p);
	front_open(p); /* the random source has moved on */
	with_echo(p, C1, 2, echo, sizeof(echo));
	assert_int_equal(p->n_requests, 0);
}

static void an_echo_value_of_somebody_else_is_handed_over(void **state)
{
	struct front_play *p = *state;
	uint8_t echo[8];

	challenge(p, C1, 1, echo);
	with_echo(p, C1, 2, echo, sizeof(echo));
	with_echo(p, C1, 3, (const uint8_t *)"a server's value", 16);
	assert_int_equal(p->n_requests, 2);
	assert_non_null(gcoap_msg_find(&p->request, GCOAP_ECHO));
}

static void a_proof_is_forgotten_ten_minutes_after_the_last_request(void **state)
{
	struct front_play *p = *state;
	uint8_t echo[8];
	struct gcoap_msg m;

	challenge(p, C1, 1, echo);
	with_echo(p, C1, 2, echo, sizeof(echo));
	for (uint16_t i = 0; i < 5; i++) {
		front_wait(p, 599 * GCOAP_SECOND);
		front_request(&m, GCOAP_CON, (uint16_t)(10 + i));
		front_recv(p, C1, &m);
	}
	assert_int_equal(p->n_requests, 6);
	front_wait(p, 601 * GCOAP_SECOND);
	challenge(p, C1, 20, echo);
}

static void a_duplicate_of_a_challenged_request_is_never_served(void **state)
{
	struct front_play *p = *state;
	uint8_t echo[8];
	struct gcoap_msg m;

	challenge(p, C1, 1, echo);
	with_echo(p, C1, 2, echo, sizeof(echo));
	front_request(&m, GCOAP_CON, 1);
	front_recv(p, C1, &m); /* it was late on its way */
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(front_last(p)->code, GCOAP_UNAUTHORIZED);
	with_echo(p, C1, 2, echo, sizeof(echo));
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(front_last(p)->code, GCOAP_CONTENT);
}

static void the_busiest_of_many_endpoints_stay_known(void **state)
{
	struct front_play *p = *state;
	uint8_t echo[8];
	char from[40];
	struct gcoap_msg m;

	front_close(p);
	p->config.max_peers = 64;
	front_open(p);
	challenge(p, C1, 1, echo);
	with_echo(p, C1, 2, echo, sizeof(echo));
	for (uint16_t i = 0; i < 500; i++) {
		snprintf(from, sizeof(from), "203.0.113.9:%u", 1024u + i);
		challenge(p, from, 1, echo);
		with_echo(p, from, 2, echo, sizeof(echo));
		front_request(&m, GCOAP_CON, (uint16_t)(1000 + i));
		front_recv(p, C1, &m);
		front_forget(p);
	}
	assert_int_equal(p->n_requests, 1 + 2 * 500);
	challenge(p, "203.0.113.9:1024", 3, echo);
}

/* ---- what strangers get ---- */

static uint8_t long_text[300];

static void proxy_uri(struct gcoap_msg *m)
{
	gcoap_msg_remove(m, GCOAP_URI_PATH);
	gcoap_msg_add_text(m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
}

static void timeout(struct gcoap_msg *m)
{
	static const uint8_t seconds = 60;

	proxy_uri(m);
	gcoap_msg_add(m, 65002, (struct gcoap_bytes){ &seconds, 1 });
}

static void timeout_ietf(struct gcoap_msg *m)
{
	proxy_uri(m);
	gcoap_msg_add_text(m, 2, "<");
}

static void no_response(struct gcoap_msg *m)
{
	timeout(m);
	gcoap_msg_add(m, GCOAP_NO_RESPONSE, (struct gcoap_bytes){ 0 });
}

static void observe(struct gcoap_msg *m)
{
	timeout(m);
	gcoap_msg_add(m, GCOAP_OBSERVE, (struct gcoap_bytes){ 0 });
}

static void wellknown(struct gcoap_msg *m)
{
	gcoap_msg_remove(m, GCOAP_URI_PATH);
	gcoap_msg_add_text(m, GCOAP_URI_PATH, ".well-known");
	gcoap_msg_add_text(m, GCOAP_URI_PATH, "core");
}

static void scheme(struct gcoap_msg *m)
{
	gcoap_msg_add_text(m, GCOAP_PROXY_SCHEME, "coap");
	gcoap_msg_add_text(m, GCOAP_URI_HOST, "224.0.1.187");
}

static void post(struct gcoap_msg *m)
{
	m->code = GCOAP_POST;
	m->payload = gcoap_bytes_text("on");
}

static void big(struct gcoap_msg *m)
{
	m->code = GCOAP_PUT;
	m->payload = (struct gcoap_bytes){ long_text, sizeof(long_text) };
}

static void fetch(struct gcoap_msg *m)
{
	m->code = GCOAP_FETCH;
	m->payload = gcoap_bytes_text("?");
}

static void delete(struct gcoap_msg *m)
{
	m->code = GCOAP_DELETE;
}

static void unknown_method(struct gcoap_msg *m)
{
	m->code = 31;
}

static void no_token(struct gcoap_msg *m)
{
	gcoap_msg_set_token(m, NULL, 0);
}

static void bare(struct gcoap_msg *m)
{
	no_token(m);
	gcoap_msg_remove(m, GCOAP_URI_PATH);
}

static void bare_long_token(struct gcoap_msg *m)
{
	gcoap_msg_remove(m, GCOAP_URI_PATH);
	gcoap_msg_set_token(m, "12345678", 8);
}

static void bare_short_token(struct gcoap_msg *m)
{
	gcoap_msg_remove(m, GCOAP_URI_PATH);
	gcoap_msg_set_token(m, "1", 1);
}

static void wrong_echo(struct gcoap_msg *m)
{
	gcoap_msg_add_text(m, GCOAP_ECHO, "guesses?");
}

static void empty_echo(struct gcoap_msg *m)
{
	gcoap_msg_add(m, GCOAP_ECHO, (struct gcoap_bytes){ 0 });
}

static void long_echo(struct gcoap_msg *m)
{
	gcoap_msg_add(m, GCOAP_ECHO, (struct gcoap_bytes){ long_text, 41 });
}

static void ping(struct gcoap_msg *m)
{
	gcoap_msg_init(m, GCOAP_CON, GCOAP_EMPTY);
}

static void response(struct gcoap_msg *m)
{
	m->code = GCOAP_CONTENT;
}

static void critical(struct gcoap_msg *m)
{
	gcoap_msg_add_text(m, 65001, "");
}

static void block(struct gcoap_msg *m)
{
	gcoap_msg_add_text(m, GCOAP_BLOCK2, "\x06");
}

/* */
static void strangers_get_three_bytes_for_one_at_most(void **state)
{
	static void (*const kinds[])(struct gcoap_msg *) = {
		proxy_uri, timeout, timeout_ietf, no_response, observe, wellknown, scheme, post,
		big, fetch, delete, unknown_method, no_token, bare, bare_long_token,
		bare_short_token, wrong_echo, empty_echo, long_echo, ping, response, critical,
		block
	};
	struct front_play *p = *state;

	for (size_t i = 0; i < 2 * sizeof(kinds) / sizeof(*kinds); i++) {
		size_t in, out = 0;
		struct gcoap_msg m;

		front_request(&m, GCOAP_CON, (uint16_t)(100 + i));
		kinds[i / 2](&m);
		m.type = i % 2 ? GCOAP_NON : GCOAP_CON;
		in = gcoap_msg_size(&m);
		front_forget(p);
		front_recv(p, C1, &m);
		assert_in_range(p->n_sent, 0, 1);
		out = p->n_sent ? p->sent[0].d.data.len : 0;
		assert_true(out <= 3 * in);
		assert_true(out <= 136);
		front_wait(p, 300 * GCOAP_SECOND);
		assert_in_range(p->n_sent, 0, 1);
	}
	assert_int_equal(p->n_requests, 0);
}

static void the_shortest_request_gets_a_shorter_value_that_proves_as_much(void **state)
{
	struct front_play *p = *state;
	struct gcoap_bytes echo;
	struct gcoap_msg m;

	front_request(&m, GCOAP_CON, 1);
	bare(&m);
	front_recv(p, C1, &m);
	echo = echo_of(front_last(p));
	assert_int_equal(echo.len, 6);
	assert_int_equal(p->sent[0].d.data.len, 12);
	with_echo(p, C1, 2, echo.ptr, echo.len);
	assert_int_equal(p->n_requests, 1);
}

/* T-2, as far as Echo goes */
static void a_million_guesses_prove_nothing(void **state)
{
	struct front_play *p = *state;
	struct gcoap_addr from = play_addr(C1), to = play_addr(FRONT_HERE);
	uint8_t buf[] = { 0x40, 0x01, 0, 0, 0xd8, 252 - 13, 0, 0, 0, 0, 0, 0, 0, 0 };
	struct gcoap_datagram in = { .from = from, .to = to, .data = { buf, sizeof(buf) } };
	struct gcoap_random guesses;
	struct gcoap_datagram out;

	gcoap_random_init_seed(&guesses, 5);
	for (int i = 0; i < 1000000; i++) {
		gcoap_random_fill(&guesses, buf + 2, 2);
		gcoap_random_fill(&guesses, buf + 6, 8);
		p->engine->recv(p->engine, &in, p->now);
		while (p->engine->send(p->engine, &out, p->now) > 0)
			;
	}
	assert_int_equal(p->n_requests, 0);
	assert_int_equal(front_stats(p).challenged, 1000000);
}

#define test(name) cmocka_unit_test_setup_teardown(name, opened, front_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_client_is_challenged_once_and_then_served),
		test(a_non_request_is_challenged_with_a_non),
		test(loopback_is_challenged_only_when_told_to),
		test(an_echo_value_proves_one_endpoint_for_two_minutes_at_most),
		test(two_fronts_do_not_know_each_other_s_values),
		test(an_echo_value_of_somebody_else_is_handed_over),
		test(a_proof_is_forgotten_ten_minutes_after_the_last_request),
		test(a_duplicate_of_a_challenged_request_is_never_served),
		test(the_busiest_of_many_endpoints_stay_known),
		test(strangers_get_three_bytes_for_one_at_most),
		test(the_shortest_request_gets_a_shorter_value_that_proves_as_much),
		test(a_million_guesses_prove_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
