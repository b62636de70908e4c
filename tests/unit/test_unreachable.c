/* What ICMP says of a request: whom it ends, and whom it leaves alone. */
#include <errno.h>

#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"

/* ICMP about @to, with the first @len bytes of the message sent as number @i. */
static void refused(struct play *p, const char *to, size_t i, size_t len)
{
	struct gcoap_datagram d = { .to = play_addr(to) };

	d.data = (struct gcoap_bytes){ p->sent[i].bytes, len };
	p->engine->unreachable(p->engine, &d, ECONNREFUSED, p->now);
	play_flush(p);
}

static size_t length(const struct play *p, size_t i)
{
	return p->sent[i].d.data.len;
}

static struct play *ask_one(const char *to)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	ask.group = false;
	ask.confirmable = true;
	ask.to = play_addr(to);
	play_ask(p, &ask);
	return p;
}

static void a_request_to_one_server_ends_at_once(void **state)
{
	struct play *p = ask_one(S1);

	refused(p, S1, 0, length(p, 0));
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_ended, 1);
	assert_int_equal(p->ended.error, ECONNREFUSED);
	assert_int_equal(p->ended.ended_by, GCOAP_ENDED_ERROR);
	assert_int_equal(gcoap_client_error(p->client), 0);
	play_wait(p, 300 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void header_and_token_are_proof_enough(void **state)
{
	struct play *p = ask_one(S1);

	for (size_t len = 0; len < 4 + GCOAP_TOKEN_MAX; len++) {
		refused(p, S1, 0, len);
		assert_int_equal(p->n_ended, 0);
	}
	refused(p, S1, 0, 4 + GCOAP_TOKEN_MAX + 1); /* in the middle of an option */
	assert_int_equal(p->n_ended, 1);
	play_free(p);
}

static void another_token_or_address_is_no_proof(void **state)
{
	struct play *p = ask_one(S1);

	refused(p, S2, 0, length(p, 0));
	p->sent[0].bytes[5] ^= 1;
	refused(p, S1, 0, length(p, 0));
	assert_int_equal(p->n_ended, 0);
	play_free(p);
}

static void a_group_request_goes_on(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");

	play_ask(p, &ask);
	refused(p, "224.0.1.187:5683", 0, length(p, 0));
	refused(p, S1, 0, length(p, 0));
	assert_false(p->engine->done(p->engine));
	assert_int_equal(play_text(p, S1, 1, "21"), 0);
	assert_int_equal(p->n_responses, 1);
	play_free(p);
}

static void other_servers_are_not_disturbed(void **state)
{
	struct play *p = ask_one(S1);
	struct gcoap_ask ask = play_get("temp");

	ask.group = false;
	ask.to = play_addr(S2);
	play_ask(p, &ask);
	refused(p, S1, 0, length(p, 0));
	assert_int_equal(p->n_ended, 1);
	assert_int_equal(play_text(p, S2, 1, "21"), 0);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(p->ended.error, 0);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_FIRST);
	play_free(p);
}

static void the_rest_of_a_body_stays_away(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = play_get("temp");
	const uint8_t more[] = { 0x08 }; /* block 0 of 16 bytes, more follow */
	struct gcoap_msg request, m;

	play_ask(p, &ask);
	request = *play_last(p);
	play_answer(&m, &request, GCOAP_CONTENT, 1);
	gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ more, 1 });
	m.payload = gcoap_bytes_text("sixteen bytes...");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_sent, 2);
	refused(p, S1, 1, length(p, 1));
	assert_int_equal(p->n_responses, 1);
	assert_false(p->responses[0].r.complete);
	assert_int_equal(p->responses[0].r.body.len, 16);
	play_answer(&m, &request, GCOAP_CONTENT, 1);
	m.payload = gcoap_bytes_text("22");
	play_recv(p, S2, &m);
	assert_int_equal(p->n_responses, 2);
	assert_int_equal(p->n_ended, 0);
	play_free(p);
}

/* ---- the socket and the loop ---- */

/* Sends to each of two ports in turn, of which one is closed. */
struct both {
	struct gcoap_engine engine;
	struct gcoap_addr to[2];
	int n, sent, got, refused, failures;
	gcoap_time end;
};

static int both_send(struct gcoap_engine *e, struct gcoap_datagram *out, gcoap_time now)
{
	struct both *b = (struct both *)e;

	if (b->sent == b->n)
		return 0;
	out->to = b->to[b->sent++ % 2];
	out->data = gcoap_bytes_text("both");
	return 1;
}

static int both_recv(struct gcoap_engine *e, const struct gcoap_datagram *in, gcoap_time now)
{
	((struct both *)e)->got++;
	return 0;
}

static gcoap_time both_deadline(const struct gcoap_engine *e)
{
	return ((const struct both *)e)->end;
}

static void both_tick(struct gcoap_engine *e, gcoap_time now)
{
	((struct both *)e)->end = GCOAP_NEVER;
}

static bool both_done(const struct gcoap_engine *e)
{
	const struct both *b = (const struct both *)e;

	return b->got + b->refused + b->failures == b->n || b->end == GCOAP_NEVER;
}

static void both_failed(struct gcoap_engine *e, const struct gcoap_datagram *out, int error,
			gcoap_time now)
{
	((struct both *)e)->failures++;
}

static void both_unreachable(struct gcoap_engine *e, const struct gcoap_datagram *out,
			     int error, gcoap_time now)
{
	struct both *b = (struct both *)e;

	assert_int_equal(error, ECONNREFUSED);
	assert_true(gcoap_addr_equal(&out->to, &b->to[1]));
	assert_int_equal(out->data.len, 4);
	assert_memory_equal(out->data.ptr, "both", 4);
	b->refused++;
}

static void of_many_datagrams_those_to_a_closed_port_are_told(void **state)
{
	static const struct gcoap_addr loopback[] = {
		{ .family = 4, .bytes = { 127, 0, 0, 1 } }, { .family = 6, .bytes = { [15] = 1 } }
	};

	for (int i = 0; i < 2; i++) {
		struct both b = { .engine = { both_send, both_recv, both_deadline, both_tick,
					      both_done, both_failed, both_unreachable },
				  .n = 80, .end = gcoap_now() + 10 * GCOAP_SECOND };
		struct gcoap_udp_config c = { .v4 = true, .v6 = true, .bind = loopback[i],
					      .errors = true };
		struct gcoap_udp *u, *closed;
		struct gcoap_loop *l;

		assert_int_equal(gcoap_udp_open(&u, &c, NULL), 0);
		assert_int_equal(gcoap_udp_open(&closed, &c, NULL), 0);
		gcoap_udp_local(u, loopback[i].family, &b.to[0]);
		gcoap_udp_local(closed, loopback[i].family, &b.to[1]);
		gcoap_udp_close(&closed);
		assert_int_equal(gcoap_loop_new(&l), 0);
		assert_int_equal(gcoap_loop_add(l, u, &b.engine), 0);
		assert_int_equal(gcoap_loop_run(l), 0);
		assert_int_equal(b.got, 40);
		assert_int_equal(b.failures, 0);
		assert_int_equal(b.refused, 40);
		gcoap_loop_free(&l);
		gcoap_udp_close(&u);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_to_one_server_ends_at_once),
		cmocka_unit_test(header_and_token_are_proof_enough),
		cmocka_unit_test(another_token_or_address_is_no_proof),
		cmocka_unit_test(a_group_request_goes_on),
		cmocka_unit_test(other_servers_are_not_disturbed),
		cmocka_unit_test(the_rest_of_a_body_stays_away),
		cmocka_unit_test(of_many_datagrams_those_to_a_closed_port_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
