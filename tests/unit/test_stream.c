/* Sessions over TCP and DTLS, a server and clients in one loop: the module of the build. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>
#include <gcoap/stream.h>

#define CLIENTS 6
#define GOT_MAX 16384

static const struct gcoap_psk keys[] = {
	{ "alice", { (const uint8_t *)"alice's key", 11 } },
	{ "bob", { (const uint8_t *)"bob's key", 9 } },
};
static const struct gcoap_psk wrong[] = { { "alice", { (const uint8_t *)"bob's key", 9 } } };
static const struct gcoap_psk nobody[] = { { "carol", { (const uint8_t *)"bob's key", 9 } } };

/* A server that keeps the last request and answers by @answer. */
static struct play {
	struct gcoap_served served; /* first member */
	struct gcoap_loop *loop;
	struct gcoap_stream *server, *client;
	struct gcoap_addr at;
	struct gcoap_registry registry;
	void (*answer)(const struct gcoap_peer *from, const struct gcoap_msg *msg);
	unsigned requests, closed, responses, established, wanted;
	struct gcoap_peer from;
	char identity[200];
	struct gcoap_msg request, response;
	uint8_t kept[2][GOT_MAX];
	int ended;
	char problem[200];
	uint64_t session[CLIENTS];
	bool timed_out;
} play;

static void keep(struct gcoap_msg *out, const struct gcoap_msg *msg, uint8_t *buf)
{
	struct gcoap_msg copy = *msg;
	int n;

	copy.mid = 0;
	n = gcoap_msg_encode(&copy, buf, GOT_MAX);
	assert_true(n > 0);
	assert_int_equal(gcoap_msg_decode(out, (struct gcoap_bytes){ buf, (size_t)n }, NULL), 0);
}

static void on_request(struct gcoap_served *s, const struct gcoap_peer *from,
		       const struct gcoap_msg *msg, gcoap_time now)
{
	play.requests++;
	play.from = *from;
	snprintf(play.identity, sizeof(play.identity), "%s", from->identity ? from->identity : "-");
	keep(&play.request, msg, play.kept[0]);
	if (play.answer)
		play.answer(from, msg);
	else
		gcoap_loop_stop(play.loop);
}

static void on_closed(struct gcoap_served *s, const struct gcoap_peer *from, gcoap_time now)
{
	if (++play.closed == play.wanted)
		gcoap_loop_stop(play.loop);
}

static void on_response(void *arg, uint64_t session, const struct gcoap_msg *msg, gcoap_time at)
{
	keep(&play.response, msg, play.kept[1]);
	if (++play.responses >= play.wanted)
		gcoap_loop_stop(play.loop);
}

static void on_state(void *arg, uint64_t session, int error, const char *text)
{
	if (error == GCOAP_OK) {
		play.established++;
		return;
	}
	play.ended = error;
	snprintf(play.problem, sizeof(play.problem), "%s", text);
	gcoap_loop_stop(play.loop);
}

static void on_guard(void *arg, gcoap_time now)
{
	play.timed_out = true;
	gcoap_loop_stop(play.loop);
}

static void run(unsigned wanted)
{
	play.wanted = wanted;
	assert_int_equal(gcoap_loop_run(play.loop), 0);
	assert_false(play.timed_out);
}

static void start_idle(enum gcoap_scheme scheme, uint32_t max_sessions,
		       const struct gcoap_psk *psk, gcoap_time idle)
{
	static struct gcoap_credentials of_server = { .psk = keys, .n_psk = 2 }, of_client;
	struct gcoap_stream_config config = {
		.credentials = &of_server, .served = &play.served, .max_sessions = max_sessions, .idle = idle,
		.registry = &play.registry,
	};
	struct gcoap_addr any;

	memset(&play, 0, sizeof(play));
	gcoap_registry_init(&play.registry);
	assert_int_equal(gcoap_registry_set(&play.registry, "Multi-ETag", 65003), 0);
	play.served.request = on_request;
	play.served.closed = on_closed;
	assert_int_equal(gcoap_loop_new(&play.loop), 0);
	assert_int_equal(gcoap_loop_add_timer(play.loop, 120 * GCOAP_SECOND, 0, on_guard, NULL), 0);
	assert_int_equal(gcoap_stream_open(&play.server, &config, NULL), 0);
	assert_int_equal(gcoap_addr_parse(&any, "127.0.0.1:0", 0), 0);
	assert_int_equal(gcoap_stream_listen(play.server, scheme, &any, &play.at, NULL), 0);
	assert_true(play.at.port > 0);
	assert_int_equal(gcoap_loop_add_stream(play.loop, play.server), 0);
	of_client = (struct gcoap_credentials){ .psk = psk, .n_psk = 1 };
	config = (struct gcoap_stream_config){ .credentials = &of_client, .response = on_response,
					       .state = on_state, .registry = &play.registry };
	assert_int_equal(gcoap_stream_open(&play.client, &config, NULL), 0);
	assert_int_equal(gcoap_loop_add_stream(play.loop, play.client), 0);
	assert_int_equal(gcoap_stream_connect(play.client, scheme, NULL, &play.at,
					      &play.session[0], NULL), 0);
}

static void start(enum gcoap_scheme scheme, uint32_t max_sessions,
		  const struct gcoap_psk *psk)
{
	start_idle(scheme, max_sessions, psk, 0);
}

static int stop(void **state)
{
	gcoap_stream_close(&play.client);
	gcoap_stream_close(&play.server);
	gcoap_loop_free(&play.loop);
	return 0;
}

static struct gcoap_msg request(uint8_t code, const char *path)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_CON, code);
	(void)gcoap_msg_set_token(&m, "abcdefgh", 8);
	if (path)
		(void)gcoap_msg_add_text(&m, GCOAP_URI_PATH, path);
	return m;
}

static void ask(const struct gcoap_msg *m)
{
	assert_int_equal(gcoap_stream_send(play.client, play.session[0], m), 0);
	run(0);
}

static void assert_same(const struct gcoap_msg *a, const struct gcoap_msg *b)
{
	assert_int_equal(a->code, b->code);
	assert_true(gcoap_msg_same_token(a, b));
	assert_int_equal(a->n_options, b->n_options);
	for (size_t i = 0; i < a->n_options; i++) {
		assert_int_equal(a->options[i].number, b->options[i].number);
		assert_true(gcoap_bytes_equal(a->options[i].value, b->options[i].value));
	}
	assert_true(gcoap_bytes_equal(a->payload, b->payload));
}

static const enum gcoap_scheme schemes[] = { GCOAP_SCHEME_COAP_TCP, GCOAP_SCHEME_COAPS,
					     GCOAP_SCHEME_COAPS_TCP };

static void every_request_arrives_as_it_was_sent(void **state)
{
	static const char *const proxied[] = { "coap://224.0.1.187/x", "http://h/", "coap+tcp://h",
					       "coaps://[ff02::fd]/a?b" };
	struct gcoap_msg m;

	for (size_t s = 0; s < 3; s++) {
		start(schemes[s], 0, keys);
		for (uint8_t code = GCOAP_GET; code <= GCOAP_IPATCH; code++) {
			m = request(code, "a");
			ask(&m);
			assert_same(&play.request, &m);
			m = request(code, ".well-known");
			(void)gcoap_msg_add_text(&m, GCOAP_URI_PATH, "core");
			ask(&m);
			assert_same(&play.request, &m);
		}
		for (size_t i = 0; i < 4; i++) {
			m = request(GCOAP_FETCH, NULL);
			(void)gcoap_msg_add_text(&m, GCOAP_PROXY_URI, proxied[i]);
			(void)gcoap_msg_add_text(&m, play.registry.draft[GCOAP_DRAFT_MULTI_ETAG], "e");
			(void)gcoap_msg_add_text(&m, play.registry.draft[GCOAP_DRAFT_MULTICAST_SIGNALING],
						 "1");
			(void)gcoap_msg_add_text(&m, GCOAP_HOP_LIMIT, "\x10");
			m.payload = gcoap_bytes_text("body");
			ask(&m);
			assert_same(&play.request, &m);
		}
		m = request(GCOAP_GET, "x");
		(void)gcoap_msg_add_text(&m, GCOAP_PROXY_SCHEME, "coap");
		(void)gcoap_msg_add_text(&m, GCOAP_URI_HOST, "224.0.1.187");
		ask(&m);
		assert_same(&play.request, &m);
		m = request(GCOAP_GET, NULL);
		(void)gcoap_msg_add_text(&m, GCOAP_PROXY_CRI, "c");
		(void)gcoap_msg_add_text(&m, GCOAP_PROXY_SCHEME_NUMBER, "");
		ask(&m);
		assert_same(&play.request, &m);
		assert_int_equal(play.requests, 20);
		stop(NULL);
	}
}

static void sixty_four_options_arrive(void **state)
{
	struct gcoap_msg m = request(GCOAP_GET, NULL);

	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
	for (int i = 0; i < GCOAP_OPTIONS_MAX; i++)
		assert_int_equal(gcoap_msg_add_text(&m, GCOAP_URI_QUERY, "q"), 0);
	ask(&m);
	assert_same(&play.request, &m);
}

static void respond(const struct gcoap_peer *from, const struct gcoap_msg *to, uint8_t code,
		    struct gcoap_bytes payload, enum gcoap_send_as as)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, code);
	(void)gcoap_msg_set_token(&m, to->token, to->token_len);
	m.payload = payload;
	assert_int_equal(from->way->respond(from->way, from, &m, as, 0), 0);
}

static void answer_thrice(const struct gcoap_peer *from, const struct gcoap_msg *msg)
{
	respond(from, msg, GCOAP_CONTENT, gcoap_bytes_text("one"), GCOAP_SEND_NON);
	respond(from, msg, GCOAP_CONTENT, gcoap_bytes_text("two"), GCOAP_SEND_CON);
	respond(from, msg, GCOAP_CONTENT, gcoap_bytes_text("three"), GCOAP_SEND_NON);
}

static void several_responses_share_a_token(void **state)
{
	for (size_t s = 0; s < 3; s++) {
		struct gcoap_msg m = request(GCOAP_GET, "a");

		start(schemes[s], 0, keys);
		play.answer = answer_thrice;
		assert_int_equal(gcoap_stream_send(play.client, play.session[0], &m), 0);
		run(3);
		assert_int_equal(play.responses, 3);
		assert_memory_equal(play.response.token, "abcdefgh", 8);
		assert_true(gcoap_bytes_equal(play.response.payload, gcoap_bytes_text("three")));
		/* And later, when nobody is asking. */
		respond(&play.from, &m, GCOAP_CONTENT, gcoap_bytes_text("late"), GCOAP_SEND_NON);
		run(4);
		assert_true(gcoap_bytes_equal(play.response.payload, gcoap_bytes_text("late")));
		stop(NULL);
	}
}

static size_t diagnostic;

static void answer_508(const struct gcoap_peer *from, const struct gcoap_msg *msg)
{
	static uint8_t text[1024];

	memset(text, 'x', sizeof(text));
	respond(from, msg, GCOAP_HOP_LIMIT_REACHED, (struct gcoap_bytes){ text, diagnostic },
		GCOAP_SEND_NON);
}

/* CVE-2023-30362: libcoap writes behind the end of such a message. */
static void hop_limit_reached_leaves_as_it_is(void **state)
{
	struct gcoap_msg m = request(GCOAP_GET, "a");

	start(GCOAP_SCHEME_COAPS, 0, keys);
	play.answer = answer_508;
	for (diagnostic = 0; diagnostic <= 1024; diagnostic += diagnostic < 270 ? 1 : 58) {
		assert_int_equal(gcoap_stream_send(play.client, play.session[0], &m), 0);
		run(play.responses + 1);
		assert_int_equal(play.response.code, GCOAP_HOP_LIMIT_REACHED);
		assert_int_equal(play.response.payload.len, diagnostic);
		assert_int_equal(play.response.n_options, 0);
	}
}

static void the_identity_is_the_one_whose_key_was_used(void **state)
{
	struct gcoap_msg m = request(GCOAP_GET, "a");

	for (size_t i = 0; i < 2; i++) {
		for (size_t s = 0; s < 3; s++) {
			start(schemes[s], 0, &keys[i]);
			ask(&m);
			assert_string_equal(play.identity, s == 0 ? "-" : keys[i].identity);
			assert_int_equal(play.from.transport, schemes[s]);
			assert_true(play.from.addr.port > 0);
			assert_int_equal(play.from.local.port, play.at.port);
			stop(NULL);
		}
	}
	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
}

static void a_wrong_key_and_a_wrong_identity_are_refused(void **state)
{
	const struct gcoap_psk *const bad[] = { wrong, nobody };

	for (size_t i = 0; i < 2; i++) {
		for (size_t s = 1; s < 3; s++) {
			start(schemes[s], 0, bad[i]);
			run(0);
			assert_int_equal(play.ended, GCOAP_ESECURITY);
			assert_int_equal(play.established, 0);
			assert_true(strlen(play.problem) > 0);
			assert_int_equal(gcoap_stream_send(play.client, play.session[0],
							   &play.request), GCOAP_ECLOSED);
			stop(NULL);
		}
	}
	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
}

static void the_end_of_a_session_is_told(void **state)
{
	struct gcoap_msg m = request(GCOAP_GET, "a");
	struct gcoap_peer gone;

	for (size_t s = 0; s < 3; s++) {
		start(schemes[s], 0, keys);
		ask(&m);
		gone = play.from;
		gcoap_stream_disconnect(play.client, play.session[0]);
		run(1);
		assert_int_equal(play.closed, 1);
		m.type = GCOAP_NON;
		assert_int_equal(gone.way->respond(gone.way, &gone, &m, GCOAP_SEND_CON, 0),
				 GCOAP_ECLOSED);
		stop(NULL);
	}
	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
	ask(&m);
	gcoap_stream_close(&play.server);
	run(0);
	assert_int_equal(play.ended, GCOAP_ECLOSED);
}

static void the_oldest_session_makes_room(void **state)
{
	struct gcoap_msg m = request(GCOAP_GET, "a");

	for (size_t s = 0; s < 3; s++) {
		start(schemes[s], 3, keys);
		ask(&m);
		for (int i = 1; i < CLIENTS; i++) {
			assert_int_equal(gcoap_stream_connect(play.client, schemes[s], NULL, &play.at,
							      &play.session[i], NULL), 0);
			assert_int_equal(gcoap_stream_send(play.client, play.session[i], &m), 0);
			while (play.requests < (unsigned)i + 1)
				run(0);
		}
		assert_in_range(play.closed, CLIENTS - 4, CLIENTS - 3);
		stop(NULL);
	}
	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
}

static void what_is_too_long_is_not_sent(void **state)
{
	static uint8_t body[GOT_MAX - 100];
	struct gcoap_msg m = request(GCOAP_PUT, "a");

	start(GCOAP_SCHEME_COAPS, 0, keys);
	ask(&m);
	m.payload = (struct gcoap_bytes){ body, 1500 };
	assert_int_equal(gcoap_stream_send(play.client, play.session[0], &m), GCOAP_ESPACE);
	stop(NULL);
	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
	m.payload.len = sizeof(body);
	ask(&m);
	assert_int_equal(play.request.payload.len, sizeof(body));
}

/* TCP by hand: what libcoap's client would never send. */
static int by_hand(const void *bytes, size_t len)
{
	struct sockaddr_storage ss;
	socklen_t size = gcoap_addr_to_sockaddr(&play.at, &ss);
	int fd = socket(AF_INET, SOCK_STREAM, 0), small = 2048;

	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	assert_int_equal(connect(fd, (struct sockaddr *)&ss, size), 0);
	assert_int_equal(write(fd, bytes, len), len);
	return fd;
}

static int flooded;

static void flood(const struct gcoap_peer *from, const struct gcoap_msg *msg)
{
	static uint8_t body[1000];
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	m.payload = (struct gcoap_bytes){ body, sizeof(body) };
	for (flooded = 0; flooded < 100000; flooded++) {
		if (from->way->respond(from->way, from, &m, GCOAP_SEND_NON, 0) < 0)
			break;
	}
	gcoap_loop_stop(play.loop);
}

static void a_reader_that_does_not_read_costs_a_bounded_amount(void **state)
{
	/* CSM without options, GET. */
	int fd;

	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
	play.answer = flood;
	fd = by_hand("\x00\xe1\x00\x01", 4);
	run(0);
	assert_in_range(flooded, 100, 20000);
	close(fd);
}

static void a_sixty_fifth_option_is_refused(void **state)
{
	/* CSM, GET with 65 times If-Match; our CSM, then 4.02. */
	uint8_t bytes[5 + 65] = { 0x00, 0xe1, 0xd0, 65 - 13, GCOAP_GET, 0x10 }, in[64];
	size_t n = 0;
	int fd;

	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
	fd = by_hand(bytes, sizeof(bytes));
	(void)shutdown(fd, SHUT_WR);
	run(1);
	for (ssize_t r; n < sizeof(in) && (r = read(fd, in + n, sizeof(in) - n)) > 0;)
		n += (size_t)r;
	assert_true(n > 2);
	assert_int_equal(in[n - 1], GCOAP_BAD_OPTION);
	assert_int_equal(play.requests, 0);
	close(fd);
}

static void a_message_above_64_kib_ends_the_session(void **state)
{
	/* CSM, then a header that announces 16 MiB. */
	int fd;
	char byte;

	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
	fd = by_hand("\x00\xe1\xf0\x01\x00\x00\x00\x03", 8);
	run(1);
	assert_int_equal(play.closed, 1);
	while (read(fd, &byte, 1) > 0)
		;
	close(fd);
}

static void half_open_handshakes_do_not_keep_others_out(void **state)
{
	struct gcoap_msg m = request(GCOAP_GET, "a");
	int fds[100], gone = 0;
	char byte;

	start(GCOAP_SCHEME_COAPS_TCP, 0, keys);
	for (int i = 0; i < 100; i++)
		fds[i] = by_hand("\x16", 1);
	assert_int_equal(gcoap_stream_connect(play.client, GCOAP_SCHEME_COAPS_TCP, NULL, &play.at,
					      &play.session[1], NULL), 0);
	assert_int_equal(gcoap_stream_send(play.client, play.session[1], &m), 0);
	run(0);
	assert_string_equal(play.identity, "alice");
	for (int i = 0; i < 100; i++) {
		gone += recv(fds[i], &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
		errno = 0;
		close(fds[i]);
	}
	assert_in_range(gone, 100 - 64, 100 - 62);
}

static void an_unused_session_is_closed(void **state)
{
	struct gcoap_msg m = request(GCOAP_GET, "a");

	for (size_t s = 0; s < 2; s++) {
		start_idle(schemes[s], 0, keys, GCOAP_SECOND);
		ask(&m);
		run(1);
		assert_int_equal(play.closed, 1);
		stop(NULL);
	}
	start(GCOAP_SCHEME_COAP_TCP, 0, keys);
}

static void bad_credentials_are_named(void **state)
{
	static const struct gcoap_credentials all[] = {
		{ .cert_file = "/nonexistent", .key_file = "/nonexistent" },
		{ .ca_file = "/nonexistent" },
		{ .n_psk = 0 },
	};
	struct gcoap_addr any;

	assert_int_equal(gcoap_addr_parse(&any, "127.0.0.1:0", 0), 0);
	for (size_t i = 0; i < 3; i++) {
		struct gcoap_stream_config config = { .credentials = &all[i],
						      .served = &play.served };
		struct gcoap_stream *s;
		struct gcoap_diag diag = { 0 };

		assert_int_equal(gcoap_stream_open(&s, &config, NULL), 0);
		assert_int_equal(gcoap_stream_listen(s, GCOAP_SCHEME_COAPS, &any, &any, &diag),
				 GCOAP_ESECURITY);
		assert_non_null(diag.what);
		gcoap_stream_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_request_arrives_as_it_was_sent),
		cmocka_unit_test_teardown(sixty_four_options_arrive, stop),
		cmocka_unit_test(several_responses_share_a_token),
		cmocka_unit_test_teardown(hop_limit_reached_leaves_as_it_is, stop),
		cmocka_unit_test_teardown(the_identity_is_the_one_whose_key_was_used, stop),
		cmocka_unit_test_teardown(a_wrong_key_and_a_wrong_identity_are_refused, stop),
		cmocka_unit_test_teardown(the_end_of_a_session_is_told, stop),
		cmocka_unit_test_teardown(the_oldest_session_makes_room, stop),
		cmocka_unit_test_teardown(what_is_too_long_is_not_sent, stop),
		cmocka_unit_test_teardown(a_reader_that_does_not_read_costs_a_bounded_amount, stop),
		cmocka_unit_test_teardown(a_sixty_fifth_option_is_refused, stop),
		cmocka_unit_test_teardown(a_message_above_64_kib_ends_the_session, stop),
		cmocka_unit_test_teardown(half_open_handshakes_do_not_keep_others_out, stop),
		cmocka_unit_test_teardown(an_unused_session_is_closed, stop),
		cmocka_unit_test(bad_credentials_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
