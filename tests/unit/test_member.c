/* One member and individual requests: types, errors, blocks, preconditions. */
#include "test.h"

#include "serve_fixture.h"

static struct fx f;
static uint16_t next_mid;

static int open_host(void **state)
{
	fx_init(*state, 2);
	fx_open(*state);
	return 0;
}

/* Asks member 1; the answer, or type 0xff when there is none at once. */
static struct gcoap_msg ask(struct gcoap_msg *m)
{
	struct gcoap_msg none = { .type = 0xff };

	fx_one(&f, 1, m);
	return fx_run(&f, f.now) ? fx_msg(&f, f.n - 1) : none;
}

static struct gcoap_msg request(enum gcoap_type type, uint8_t code, const char *path)
{
	struct gcoap_msg m;

	fx_request(&m, type, code, ++next_mid, path);
	return m;
}

static struct gcoap_msg get(enum gcoap_type type, const char *path)
{
	struct gcoap_msg m = request(type, GCOAP_GET, path);

	return ask(&m);
}

static void a_con_is_answered_on_its_ack(void **state)
{
	struct gcoap_msg a = get(GCOAP_CON, "/r");

	(void)state;
	assert_int_equal(a.type, GCOAP_ACK);
	assert_int_equal(a.mid, next_mid);
	assert_int_equal(a.code, GCOAP_CONTENT);
	assert_memory_equal(a.payload.ptr, "22.3 C", 6);
	assert_int_equal(f.sent[0].from.bytes[3], 2);
}

static void a_non_is_answered_by_a_non(void **state)
{
	struct gcoap_msg a = get(GCOAP_NON, "/r");

	(void)state;
	assert_int_equal(a.type, GCOAP_NON);
	assert_int_equal(a.code, GCOAP_CONTENT);
}

static void a_repeated_con_gets_the_answer_that_was_lost_before(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_POST, "/r");
	struct gcoap_serve_stats st;

	(void)state;
	f.fate.lost = true;
	assert_int_equal(ask(&m).type, 0xff);
	assert_int_equal(ask(&m).type, 0xff);
	f.fate.lost = false;
	assert_int_equal(ask(&m).type, GCOAP_ACK);
	assert_int_equal(f.posts, 1);
	gcoap_serve_stats(f.serve, &st);
	assert_int_equal(st.lost, 2);
}

static void a_repeated_con_gets_the_same_answer_and_no_second_execution(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_POST, "/r");

	(void)state;
	ask(&m);
	ask(&m);
	assert_int_equal(f.n, 2);
	assert_int_equal(f.posts, 1);
	assert_int_equal(f.sent[0].len, f.sent[1].len);
	assert_memory_equal(f.sent[0].bytes, f.sent[1].bytes, f.sent[0].len);
	f.now += 248 * GCOAP_SECOND;
	ask(&m);
	assert_int_equal(f.posts, 2);
}

static void a_repeated_non_is_silently_dropped(void **state)
{
	struct gcoap_msg m = request(GCOAP_NON, GCOAP_POST, "/r");

	(void)state;
	assert_int_equal(ask(&m).code, GCOAP_CHANGED);
	assert_int_equal(ask(&m).type, 0xff);
	assert_int_equal(f.posts, 1);
}

static void a_slow_resource_acknowledges_first(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_GET, "/slow"), a = ask(&m);

	(void)state;
	assert_int_equal(a.type, GCOAP_ACK);
	assert_int_equal(a.code, GCOAP_EMPTY);
	assert_int_equal(fx_run(&f, f.now + GCOAP_SECOND), 1);
	a = fx_msg(&f, 1);
	assert_int_equal(a.type, GCOAP_CON);
	assert_int_equal(a.code, GCOAP_CONTENT);
	/* not acknowledged: sent four times more, then given up */
	assert_int_equal(fx_run(&f, f.now + 200 * GCOAP_SECOND), 4);
	assert_int_equal(fx_run(&f, f.now + 200 * GCOAP_SECOND), 0);
}

static void an_acknowledged_separate_response_is_not_repeated(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_GET, "/slow"), a;

	(void)state;
	ask(&m);
	fx_run(&f, f.now + GCOAP_SECOND);
	a = fx_msg(&f, 1);
	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_EMPTY);
	m.mid = a.mid;
	fx_one(&f, 1, &m);
	assert_int_equal(fx_run(&f, f.now + 200 * GCOAP_SECOND), 0);
}

static void a_ping_is_answered_by_rst(void **state)
{
	struct gcoap_msg m, a;

	(void)state;
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_EMPTY);
	m.mid = 77;
	a = ask(&m);
	assert_int_equal(a.type, GCOAP_RST);
	assert_int_equal(a.mid, 77);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_EMPTY);
	assert_int_equal(ask(&m).type, 0xff);
}

static void a_response_that_nobody_asked_for_is_rejected(void **state)
{
	struct gcoap_msg m;

	(void)state;
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_CONTENT);
	assert_int_equal(ask(&m).type, GCOAP_RST);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	assert_int_equal(ask(&m).type, 0xff);
	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_EMPTY);
	assert_int_equal(ask(&m).type, 0xff);
	gcoap_msg_init(&m, GCOAP_RST, GCOAP_EMPTY);
	assert_int_equal(ask(&m).type, 0xff);
}

static void errors_are_told_to_one_client(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_DELETE, "/plain");

	(void)state;
	assert_int_equal(get(GCOAP_CON, "/nosuch").code, GCOAP_NOT_FOUND);
	assert_int_equal(get(GCOAP_NON, "/nosuch").code, GCOAP_NOT_FOUND);
	assert_int_equal(get(GCOAP_CON, "/maybe").code, GCOAP_NOT_FOUND);
	assert_int_equal(get(GCOAP_CON, "/private").code, GCOAP_CONTENT);
	assert_int_equal(ask(&m).code, GCOAP_METHOD_NOT_ALLOWED);
	m = request(GCOAP_CON, GCOAP_GET, "/plain");
	gcoap_msg_add(&m, GCOAP_ACCEPT, bytes(60));
	assert_int_equal(ask(&m).code, GCOAP_NOT_ACCEPTABLE);
}

static void an_unknown_critical_option_is_a_bad_option_for_con_and_non(void **state)
{
	(void)state;
	for (int type = GCOAP_CON; type <= GCOAP_NON; type++) {
		struct gcoap_msg m = request((enum gcoap_type)type, GCOAP_GET, "/r");

		gcoap_msg_add(&m, 65001, bytes(1));
		m = ask(&m);
		assert_int_equal(m.code, GCOAP_BAD_OPTION);
		assert_true(m.payload.len > 0);
	}
}

static void a_server_is_not_a_proxy(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_GET, "");

	(void)state;
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://192.0.2.9/");
	assert_int_equal(ask(&m).code, GCOAP_NOT_PROXY);
	m = request(GCOAP_CON, GCOAP_GET, "/r");
	gcoap_msg_add_text(&m, GCOAP_PROXY_SCHEME, "coap");
	assert_int_equal(ask(&m).code, GCOAP_NOT_PROXY);
	m = request(GCOAP_CON, GCOAP_GET, "");
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://192.0.2.9/");
	gcoap_msg_add_text(&m, GCOAP_URI_HOST, "x");
	assert_int_equal(ask(&m).code, GCOAP_BAD_OPTION);
}

static void no_response_leaves_an_empty_ack(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_POST, "/r"), a;

	(void)state;
	gcoap_msg_add(&m, GCOAP_NO_RESPONSE, bytes(2));
	a = ask(&m);
	assert_int_equal(a.type, GCOAP_ACK);
	assert_int_equal(a.code, GCOAP_EMPTY);
	m = request(GCOAP_NON, GCOAP_POST, "/r");
	gcoap_msg_add(&m, GCOAP_NO_RESPONSE, bytes(2));
	assert_int_equal(ask(&m).type, 0xff);
	assert_int_equal(f.posts, 2);
}

static struct gcoap_block block_of(const struct gcoap_msg *m, uint16_t number)
{
	const struct gcoap_option *o = gcoap_msg_find(m, number);
	struct gcoap_block b;

	assert_non_null(o);
	assert_int_equal(gcoap_block_decode(o->value, &b, NULL), 0);
	return b;
}

static void a_long_body_comes_in_blocks_unasked(void **state)
{
	struct gcoap_msg m, a = get(GCOAP_CON, "/long");
	struct gcoap_block b = block_of(&a, GCOAP_BLOCK2);
	size_t got = a.payload.len;
	uint32_t size;

	(void)state;
	assert_int_equal(b.num, 0);
	assert_true(b.more);
	assert_int_equal(got, 1024);
	assert_non_null(gcoap_msg_find(&a, GCOAP_ETAG));
	assert_int_equal(gcoap_msg_uint(&a, GCOAP_SIZE2, 4, &size), 0);
	assert_int_equal(size, 3000);
	while (b.more) {
		uint8_t store[4];
		size_t len;

		b.num++;
		b.more = false;
		len = gcoap_block_encode(&b, store);
		m = request(GCOAP_CON, GCOAP_GET, "/long");
		gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ store, len });
		a = ask(&m);
		b = block_of(&a, GCOAP_BLOCK2);
		for (size_t i = 0; i < a.payload.len; i++)
			assert_int_equal(a.payload.ptr[i], 'a' + (got + i) % 26);
		got += a.payload.len;
	}
	assert_int_equal(got, 3000);
}

static void the_smaller_block_size_wins_and_the_end_is_the_end(void **state)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_GET, "/long"), a;

	(void)state;
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x22)); /* 2, 64 bytes */
	a = ask(&m);
	assert_int_equal(a.payload.len, 64);
	assert_int_equal(a.payload.ptr[0], 'a' + 128 % 26);
	assert_int_equal(block_of(&a, GCOAP_BLOCK2).num, 2);
	m = request(GCOAP_CON, GCOAP_GET, "/long");
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x36));
	assert_int_equal(ask(&m).code, GCOAP_BAD_REQUEST);
	m = request(GCOAP_CON, GCOAP_GET, "/r");
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x00));
	a = ask(&m);
	assert_false(block_of(&a, GCOAP_BLOCK2).more);
	assert_int_equal(a.payload.len, 6);
}

static struct gcoap_msg put_block(uint8_t block, size_t len)
{
	static const uint8_t body[64];
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_PUT, "/r");

	gcoap_msg_add(&m, GCOAP_BLOCK1, bytes(block));
	m.payload = (struct gcoap_bytes){ body, len };
	return ask(&m);
}

static void a_body_in_blocks_is_put_as_one(void **state)
{
	struct gcoap_msg a;

	(void)state;
	a = put_block(0x0a, 64);
	assert_int_equal(a.code, GCOAP_CONTINUE);
	assert_int_equal(block_of(&a, GCOAP_BLOCK1).num, 0);
	assert_int_equal(put_block(0x1a, 64).code, GCOAP_CONTINUE);
	assert_int_equal(f.version, 0);
	a = put_block(0x22, 10);
	assert_int_equal(a.code, GCOAP_CHANGED);
	assert_int_equal(block_of(&a, GCOAP_BLOCK1).num, 2);
	assert_int_equal(f.posts, 138); /* the body's length */
	assert_int_equal(f.version, 1);
}

static void blocks_out_of_order_are_refused(void **state)
{
	(void)state;
	assert_int_equal(put_block(0x1a, 64).code, GCOAP_REQUEST_INCOMPLETE);
	assert_int_equal(put_block(0x0a, 63).code, GCOAP_BAD_REQUEST);
	put_block(0x0a, 64);
	assert_int_equal(put_block(0x2a, 64).code, GCOAP_REQUEST_INCOMPLETE);
	assert_int_equal(f.version, 0);
}

static void a_body_without_end_is_too_large(void **state)
{
	static const uint8_t body[1024];
	uint8_t code = GCOAP_CONTINUE;
	uint32_t num = 0;

	(void)state;
	for (; code == GCOAP_CONTINUE && num < 100; num++) {
		struct gcoap_block b = { .num = num, .more = true, .szx = 6 };
		struct gcoap_msg m = request(GCOAP_CON, GCOAP_PUT, "/r");
		uint8_t store[4];

		gcoap_msg_add(&m, GCOAP_BLOCK1,
			      (struct gcoap_bytes){ store, gcoap_block_encode(&b, store) });
		m.payload = (struct gcoap_bytes){ body, sizeof(body) };
		m = ask(&m);
		code = m.code;
		if (code == GCOAP_TOO_LARGE)
			assert_non_null(gcoap_msg_find(&m, GCOAP_SIZE1));
	}
	assert_int_equal(code, GCOAP_TOO_LARGE);
	assert_int_equal(num, 65);
}

static struct gcoap_msg put_if(uint16_t number, struct gcoap_bytes value)
{
	struct gcoap_msg m = request(GCOAP_CON, GCOAP_PUT, "/r");

	gcoap_msg_add(&m, number, value);
	return ask(&m);
}

static void preconditions_guard_a_put(void **state)
{
	struct gcoap_msg a = get(GCOAP_CON, "/r");
	struct gcoap_bytes tag = gcoap_msg_find(&a, GCOAP_ETAG)->value;
	uint8_t copy[8];

	(void)state;
	memcpy(copy, tag.ptr, tag.len);
	tag.ptr = copy;
	assert_int_equal(put_if(GCOAP_IF_NONE_MATCH, bytes()).code, GCOAP_PRECONDITION_FAILED);
	assert_int_equal(put_if(GCOAP_IF_MATCH, bytes(1, 2)).code, GCOAP_PRECONDITION_FAILED);
	assert_int_equal(f.version, 0);
	assert_int_equal(put_if(GCOAP_IF_MATCH, tag).code, GCOAP_CHANGED);
	assert_int_equal(put_if(GCOAP_IF_MATCH, tag).code, GCOAP_PRECONDITION_FAILED);
	assert_int_equal(put_if(GCOAP_IF_MATCH, bytes()).code, GCOAP_CHANGED);
	assert_int_equal(f.version, 2);
}

#define TEST(name) \
	cmocka_unit_test_prestate_setup_teardown(name, open_host, fx_tear_down, &f)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_con_is_answered_on_its_ack),
		TEST(a_non_is_answered_by_a_non),
		TEST(a_repeated_con_gets_the_answer_that_was_lost_before),
		TEST(a_repeated_con_gets_the_same_answer_and_no_second_execution),
		TEST(a_repeated_non_is_silently_dropped),
		TEST(a_slow_resource_acknowledges_first),
		TEST(an_acknowledged_separate_response_is_not_repeated),
		TEST(a_ping_is_answered_by_rst),
		TEST(a_response_that_nobody_asked_for_is_rejected),
		TEST(errors_are_told_to_one_client),
		TEST(an_unknown_critical_option_is_a_bad_option_for_con_and_non),
		TEST(a_server_is_not_a_proxy),
		TEST(no_response_leaves_an_empty_ack),
		TEST(a_long_body_comes_in_blocks_unasked),
		TEST(the_smaller_block_size_wins_and_the_end_is_the_end),
		TEST(a_body_in_blocks_is_put_as_one),
		TEST(blocks_out_of_order_are_refused),
		TEST(a_body_without_end_is_too_large),
		TEST(preconditions_guard_a_put),
	};

	return cmocka_run_group_tests_name("member", tests, NULL, NULL);
}
