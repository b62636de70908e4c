/* The message layer towards clients. */
#include <errno.h>

#include "engine_play.h"
#include "front_play.h"
#include "test.h"

#define C1 "198.51.100.1:40001"
#define C2 "198.51.100.2:40001"

static int opened(void **state)
{
	static struct front_play p;

	front_init(&p);
	front_open(&p);
	*state = &p;
	return 0;
}

static void a_response_during_the_request_is_piggybacked(void **state)
{
	struct front_play *p = *state;
	const struct gcoap_msg *m;

	p->answers = 1;
	front_give(p, C1, GCOAP_CON, 0x1234);
	assert_int_equal(p->n_sent, 1);
	m = front_last(p);
	assert_int_equal(m->type, GCOAP_ACK);
	assert_int_equal(m->code, GCOAP_CONTENT);
	assert_int_equal(m->mid, 0x1234);
	assert_memory_equal(m->token, "\xa1\xb2", 2);
	assert_true(gcoap_addr_equal(&p->sent[0].d.to, &p->peer.addr));
	assert_true(gcoap_addr_equal(&p->sent[0].d.from, &p->peer.local));
}

static void a_con_without_a_response_is_acknowledged_at_once(void **state)
{
	struct front_play *p = *state;
	const struct gcoap_msg *m;

	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_sent, 1);
	m = front_last(p);
	assert_int_equal(m->type, GCOAP_ACK);
	assert_int_equal(m->code, GCOAP_EMPTY);
	assert_int_equal(m->mid, 7);
	assert_int_equal(m->token_len, 0);
	front_respond(p, GCOAP_SEND_NON, "later");
	assert_int_equal(front_last(p)->type, GCOAP_NON);
	assert_int_equal(p->n_sent, 2);
}

static void only_the_first_of_several_responses_is_piggybacked(void **state)
{
	struct front_play *p = *state;

	p->answers = 3;
	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_sent, 3);
	assert_int_equal(p->sent[0].msg.type, GCOAP_ACK);
	assert_int_equal(p->sent[1].msg.type, GCOAP_NON);
	assert_int_equal(p->sent[2].msg.type, GCOAP_NON);
	assert_int_not_equal(p->sent[1].msg.mid, p->sent[2].msg.mid);
}

static void a_non_request_gets_non_responses_and_no_ack(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_NON, 7);
	assert_int_equal(p->n_sent, 0);
	p->answers = 1;
	front_give(p, C1, GCOAP_NON, 8);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(front_last(p)->type, GCOAP_NON);
}

static void a_duplicate_con_gets_the_same_bytes_again(void **state)
{
	struct front_play *p = *state;
	struct front_sent first;

	p->answers = 1;
	front_give(p, C1, GCOAP_CON, 7);
	first = p->sent[0];
	p->answer = "other";
	front_wait(p, 100 * GCOAP_SECOND);
	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->sent[1].d.data.len, first.d.data.len);
	assert_memory_equal(p->sent[1].bytes, first.bytes, first.d.data.len);
	assert_int_equal(front_stats(p).duplicates, 1);
}

static void a_duplicate_of_what_was_not_piggybacked_gets_an_empty_ack(void **state)
{
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_CON, 7);
	front_respond(p, GCOAP_SEND_NON, "later");
	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(p->n_sent, 3);
	assert_int_equal(front_last(p)->type, GCOAP_ACK);
	assert_int_equal(front_last(p)->code, GCOAP_EMPTY);
}

static void a_duplicate_non_is_ignored(void **state)
{
	struct front_play *p = *state;

	p->answers = 1;
	front_give(p, C1, GCOAP_NON, 7);
	front_give(p, C1, GCOAP_NON, 7);
	assert_int_equal(p->n_requests, 1);
	assert_int_equal(p->n_sent, 1);
}

static void message_ids_belong_to_endpoint_address_and_lifetime(void **state)
{
	struct gcoap_datagram in = { .from = play_addr(C1), .to = play_addr("192.0.2.9:5683") };
	struct front_play *p = *state;
	struct gcoap_msg m;
	uint8_t buf[64];

	p->answers = 1;
	front_give(p, C1, GCOAP_CON, 7);
	front_give(p, C2, GCOAP_CON, 7);
	front_give(p, "198.51.100.1:40002", GCOAP_CON, 7);
	assert_int_equal(p->n_requests, 3);
	front_request(&m, GCOAP_CON, 7);
	in.data = (struct gcoap_bytes){ buf, (size_t)gcoap_msg_encode(&m, buf, sizeof(buf)) };
	front_recv_datagram(p, &in);
	assert_int_equal(p->n_requests, 4);
	assert_true(gcoap_addr_equal(&p->sent[p->n_sent - 1].d.from, &in.to));
	/* NON_LIFETIME and EXCHANGE_LIFETIME */
	front_give(p, C1, GCOAP_NON, 8);
	assert_int_equal(p->n_requests, 5);
	front_wait(p, 144 * GCOAP_SECOND);
	front_give(p, C1, GCOAP_NON, 8);
	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_requests, 5);
	front_wait(p, 2 * GCOAP_SECOND);
	front_give(p, C1, GCOAP_NON, 8);
	assert_int_equal(p->n_requests, 6);
	front_wait(p, 102 * GCOAP_SECOND);
	front_give(p, C1, GCOAP_CON, 7);
	assert_int_equal(p->n_requests, 7);
}

static void a_response_that_was_displaced_leaves_an_empty_ack(void **state)
{
	static char body[1200];
	struct front_play *p = *state;

	memset(body, 'x', sizeof(body) - 1);
	p->answer = body;
	p->answers = 1;
	for (uint16_t mid = 0; mid < 4000; mid++) {
		front_give(p, C1, GCOAP_CON, mid);
		front_forget(p);
	}
	front_give(p, C1, GCOAP_CON, 3999);
	assert_int_equal(front_last(p)->payload.len, sizeof(body) - 1);
	front_give(p, C1, GCOAP_CON, 3999 - 3300);
	assert_int_equal(front_last(p)->payload.len, sizeof(body) - 1);
	front_give(p, C1, GCOAP_CON, 0);
	assert_int_equal(front_last(p)->code, GCOAP_EMPTY);
	assert_int_equal(front_last(p)->type, GCOAP_ACK);
	assert_int_equal(p->n_requests, 4000);
}

static void a_con_response_is_retransmitted_until_it_is_lost(void **state)
{
	struct front_play *p = *state;
	gcoap_time start = p->now;

	front_give(p, C1, GCOAP_NON, 7);
	assert_int_equal(front_respond(p, GCOAP_SEND_CON, "here?"), 0);
	assert_int_equal(front_last(p)->type, GCOAP_CON);
	front_wait(p, 61 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 5);
	for (int i = 1; i < 5; i++)
		assert_memory_equal(p->sent[i].bytes, p->sent[0].bytes, p->sent[0].d.data.len);
	assert_int_equal(p->n_lost, 0);
	front_wait(p, 33 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 5);
	assert_int_equal(p->n_lost, 1);
	assert_int_equal(p->lost_token_len, 2);
	assert_memory_equal(p->lost_token, "\xa1\xb2", 2);
	assert_true(p->now - start <= 94 * GCOAP_SECOND);
	assert_int_equal(front_stats(p).retransmissions, 4);
	assert_true(p->engine->deadline(p->engine) == GCOAP_NEVER);
}

static void an_ack_ends_the_retransmission(void **state)
{
	struct front_play *p = *state;
	uint16_t mid;

	front_give(p, C1, GCOAP_NON, 7);
	front_respond(p, GCOAP_SEND_CON, "here?");
	mid = front_last(p)->mid;
	front_recv_empty(p, C2, GCOAP_ACK, mid); /* somebody else's */
	front_recv_empty(p, C1, GCOAP_ACK, (uint16_t)(mid + 1));
	front_wait(p, 4 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	front_recv_empty(p, C1, GCOAP_ACK, mid);
	front_wait(p, 300 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_lost, 0);
	assert_int_equal(front_stats(p).ignored, 2);
}

static void a_rst_tells_whose_token_is_lost(void **state)
{
	static const enum gcoap_send_as kinds[] = { GCOAP_SEND_NON, GCOAP_SEND_CON };
	struct front_play *p = *state;

	for (size_t i = 0; i < 2; i++) {
		front_give(p, C1, GCOAP_NON, (uint16_t)(7 + i));
		front_respond(p, kinds[i], "unwanted");
		front_recv_empty(p, C2, GCOAP_RST, front_last(p)->mid);
		assert_int_equal(p->n_lost, i);
		front_recv_empty(p, C1, GCOAP_RST, front_last(p)->mid);
		front_recv_empty(p, C1, GCOAP_RST, front_last(p)->mid); /* and again */
		assert_int_equal(p->n_lost, i + 1);
		assert_memory_equal(p->lost_token, "\xa1\xb2", 2);
	}
	front_wait(p, 300 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->n_lost, 2);
}

static void icmp(struct front_play *p, const struct front_sent *s, const char *to, size_t len,
		 int error)
{
	struct gcoap_datagram quoted = s->d;

	quoted.from = play_addr(FRONT_HERE);
	quoted.to = play_addr(to);
	quoted.data.ptr = s->bytes;
	quoted.data.len = len;
	p->engine->unreachable(p->engine, &quoted, error, p->now);
	front_flush(p);
}

static void a_closed_port_tells_whose_token_is_lost(void **state)
{
	static const enum gcoap_send_as kinds[] = { GCOAP_SEND_NON, GCOAP_SEND_CON };
	const struct gcoap_addr here = play_addr(FRONT_HERE);
	struct front_play *p = *state;

	for (size_t i = 0; i < 2; i++) {
		front_give(p, C1, GCOAP_NON, (uint16_t)(7 + i));
		front_respond(p, kinds[i], "unwanted");
		icmp(p, &p->sent[i], C1, 6, ECONNREFUSED);
		icmp(p, &p->sent[i], C1, 6, ECONNREFUSED); /* and again */
		assert_int_equal(p->n_lost, i + 1);
		assert_memory_equal(p->lost_token, "\xa1\xb2", 2);
		assert_true(gcoap_addr_equal(&p->peer.local, &here));
	}
	front_wait(p, 300 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
}

/* Whoever forges one does not know the message, or has not got all that proves it. */
static void icmp_that_proves_nothing_ends_nothing(void **state)
{
	struct front_play *p = *state;
	struct front_sent *s, forged;

	front_give(p, C1, GCOAP_NON, 7);
	front_respond(p, GCOAP_SEND_CON, "wanted");
	s = &p->sent[0];
	icmp(p, s, C2, s->d.data.len, ECONNREFUSED);
	for (size_t len = 0; len < 6; len++)
		icmp(p, s, C1, len, ECONNREFUSED);
	for (size_t at = 0; at < 6; at++) {
		forged = *s;
		forged.bytes[at] ^= 1;
		icmp(p, &forged, C1, s->d.data.len, ECONNREFUSED);
	}
	icmp(p, s, C1, s->d.data.len, EHOSTUNREACH);
	assert_int_equal(p->n_lost, 0);
	front_wait(p, 3 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
}

static void a_client_gets_65536_message_ids_in_turn(void **state)
{
	static uint8_t used[65536];
	struct front_play *p = *state;

	front_give(p, C1, GCOAP_NON, 7);
	for (int i = 0; i < 65536; i++) {
		front_forget(p);
		front_respond(p, GCOAP_SEND_NON, "x");
		assert_int_equal(used[front_last(p)->mid]++, 0);
	}
}

static void what_is_no_request_is_refused_or_ignored(void **state)
{
	struct front_play *p = *state;
	struct gcoap_msg m;

	front_recv_empty(p, C1, GCOAP_CON, 9); /* a ping */
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(front_last(p)->type, GCOAP_RST);
	assert_int_equal(front_last(p)->mid, 9);
	front_recv_empty(p, C1, GCOAP_NON, 10);
	front_recv_empty(p, C1, GCOAP_ACK, 11);
	front_recv_empty(p, C1, GCOAP_RST, 12);
	front_request(&m, GCOAP_NON, 13);
	m.code = GCOAP_CONTENT;
	front_recv(p, C1, &m);
	m.type = GCOAP_ACK;
	front_recv(p, C1, &m);
	m.code = GCOAP_GET;
	front_recv(p, C1, &m);
	assert_int_equal(p->n_sent, 1);
	m.type = GCOAP_CON;
	m.code = GCOAP_CONTENT;
	front_recv(p, C1, &m);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(front_last(p)->type, GCOAP_RST);
	assert_int_equal(p->n_requests, 0);
}

static void groups_cut_datagrams_and_impossible_sources_get_nothing(void **state)
{
	static const uint8_t get[] = { 0x40, 0x01, 0x12, 0x34, 0xb1, 'r' };
	static const uint8_t broken[] = { 0x49, 0x01, 0x12, 0x34, 0xb1, 'r' };
	static const char *const sources[] = { "198.51.100.1:0", "224.0.1.187:5683",
					       "255.255.255.255:5683", "0.0.0.0:5683" };
	struct front_play *p = *state;
	struct gcoap_datagram in = { .from = play_addr(C1), .to = play_addr("224.0.1.187:5683"),
				     .data = { get, sizeof(get) } };

	front_recv_datagram(p, &in);
	in.data = (struct gcoap_bytes){ broken, sizeof(broken) };
	front_recv_datagram(p, &in);
	in.to = play_addr("[ff02::fd]:5683");
	front_recv_datagram(p, &in);
	in.to = play_addr(FRONT_HERE);
	in.data = (struct gcoap_bytes){ get, sizeof(get) };
	in.truncated = true;
	front_recv_datagram(p, &in);
	for (size_t i = 0; i < sizeof(sources) / sizeof(*sources); i++)
		front_recv_bytes(p, sources[i], get, sizeof(get));
	assert_int_equal(p->n_requests, 0);
	assert_int_equal(p->n_sent, 0);
	assert_int_equal(front_stats(p).ignored, 8);
}

static void what_waits_to_be_sent_is_bounded(void **state)
{
	struct front_play *p = *state;
	uint32_t n;

	front_give(p, C1, GCOAP_NON, 7);
	for (n = 0; n < 200000; n++) {
		struct gcoap_msg m;

		gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
		if (p->peer.way->respond(p->peer.way, &p->peer, &m, GCOAP_SEND_NON, p->now) < 0)
			break;
	}
	assert_in_range(n, 50000, 199999);
	assert_int_equal(front_stats(p).unsent, 1);
	assert_false(p->engine->done(p->engine));
	front_flush(p);
	assert_int_equal(p->n_sent, n);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(front_respond(p, GCOAP_SEND_NON, "again"), 0);
}

static void a_response_too_long_for_a_datagram_is_not_taken(void **state)
{
	static uint8_t body[GCOAP_DATAGRAM_MAX];
	struct front_play *p = *state;
	struct gcoap_msg m;

	front_give(p, C1, GCOAP_NON, 7);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	m.payload = (struct gcoap_bytes){ body, sizeof(body) };
	assert_int_equal(p->peer.way->respond(p->peer.way, &p->peer, &m, GCOAP_SEND_NON, p->now),
			 GCOAP_ESPACE);
	assert_int_equal(p->n_sent, 0);
}

static size_t told[2];

static void on_seen(void *arg, bool sent, const struct gcoap_peer *peer,
		    const struct gcoap_msg *msg, gcoap_time now)
{
	(void)arg;
	(void)msg;
	(void)now;
	assert_int_equal(peer->transport, GCOAP_SCHEME_COAP);
	told[sent]++;
}

static void every_message_is_told(void **state)
{
	struct front_play *p = *state;

	front_close(p);
	p->config.seen = on_seen;
	front_open(p);
	p->answers = 2;
	front_give(p, C1, GCOAP_CON, 7);
	p->answers = 0;
	front_give(p, C1, GCOAP_CON, 8);
	front_recv_empty(p, C1, GCOAP_CON, 9);
	assert_int_equal(told[false], 3);
	assert_int_equal(told[true], 4);
}

#define test(name) cmocka_unit_test_setup_teardown(name, opened, front_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_response_during_the_request_is_piggybacked),
		test(a_con_without_a_response_is_acknowledged_at_once),
		test(only_the_first_of_several_responses_is_piggybacked),
		test(a_non_request_gets_non_responses_and_no_ack),
		test(a_duplicate_con_gets_the_same_bytes_again),
		test(a_duplicate_of_what_was_not_piggybacked_gets_an_empty_ack),
		test(a_duplicate_non_is_ignored),
		test(message_ids_belong_to_endpoint_address_and_lifetime),
		test(a_response_that_was_displaced_leaves_an_empty_ack),
		test(a_con_response_is_retransmitted_until_it_is_lost),
		test(an_ack_ends_the_retransmission),
		test(a_rst_tells_whose_token_is_lost),
		test(a_closed_port_tells_whose_token_is_lost),
		test(icmp_that_proves_nothing_ends_nothing),
		test(a_client_gets_65536_message_ids_in_turn),
		test(what_is_no_request_is_refused_or_ignored),
		test(groups_cut_datagrams_and_impossible_sources_get_nothing),
		test(what_waits_to_be_sent_is_bounded),
		test(a_response_too_long_for_a_datagram_is_not_taken),
		test(every_message_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
