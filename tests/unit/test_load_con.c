/* A load of one server: CON, ACK, RST, what ICMP says, Message IDs. */
#include "test.h"
#include "load_play.h"

#include <errno.h>

#define SERVER "192.0.2.1:5683"

static struct load_play *play(bool confirmable, gcoap_time timeout,
			      void (*change)(struct gcoap_load_config *f))
{
	struct gcoap_load_request q = load_get(SERVER);
	struct gcoap_load_config f = load_config(&q, 1);

	q.confirmable = confirmable;
	q.timeout = timeout;
	f.gap = 200 * GCOAP_SECOND;
	f.count = 2;
	if (change)
		change(&f);
	return load_play_new(&f);
}

static void con_is_repeated_and_given_up_as_rfc_7252_says(void **state)
{
	struct load_play *p = play(true, 150 * GCOAP_SECOND, NULL);
	const struct load_sent *first = load_sent_at(p, 0);
	gcoap_time wait, at = LOAD_START;

	assert_int_equal(first->msg.type, GCOAP_CON);
	load_wait(p, 149 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 5);
	wait = load_sent_at(p, 1)->at - LOAD_START;
	assert_in_range(wait, 2 * GCOAP_SECOND, 3 * GCOAP_SECOND);
	for (size_t i = 1; i < 5; i++) {
		at += wait;
		wait *= 2;
		assert_int_equal(load_sent_at(p, i)->at, at);
		assert_true(gcoap_bytes_equal(load_sent_at(p, i)->d.data, first->d.data));
	}
	assert_int_equal(p->n_rounds, 1);
	assert_int_equal(p->rounds[0].ended, at + wait);
	assert_int_equal(p->rounds[0].retransmissions, 4);
	assert_false(p->rounds[0].complete);
	load_play_free(p);
}

static void the_timeout_ends_retransmission(void **state)
{
	struct load_play *p = play(true, 4 * GCOAP_SECOND, NULL);

	load_wait(p, 100 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(p->rounds[0].ended, LOAD_START + 4 * GCOAP_SECOND);
	load_play_free(p);
}

static void a_piggybacked_answer_ends_the_request(void **state)
{
	struct load_play *p = play(true, 60 * GCOAP_SECOND, NULL);
	struct gcoap_msg m;

	load_response(&m, load_last(p), GCOAP_CONTENT, (uint16_t)(load_last(p)->msg.mid + 1));
	m.type = GCOAP_ACK;
	load_recv(p, 0, SERVER, &m);
	assert_int_equal(p->n_answers, 0); /* it acknowledges another message */
	m.mid--;
	load_recv(p, 0, SERVER, &m);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
	assert_true(load_last_round(p)->complete);
	load_recv(p, 0, SERVER, &m);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_DUPLICATE);
	load_wait(p, 100 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	load_play_free(p);
}

static void an_ack_ends_retransmission_and_a_con_response_is_acknowledged(void **state)
{
	struct load_play *p = play(true, 60 * GCOAP_SECOND, NULL);
	struct load_sent asked = *load_last(p);
	struct gcoap_msg m;

	load_empty(p, &asked, GCOAP_ACK);
	assert_int_equal(p->n_rounds, 0);
	load_wait(p, 50 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	load_response(&m, &asked, GCOAP_CONTENT, 0x4711);
	m.type = GCOAP_CON;
	for (size_t i = 0; i < 3; i++) {
		load_recv(p, 0, SERVER, &m);
		assert_int_equal(p->n_sent, 2 + i);
		assert_int_equal(load_last(p)->msg.type, GCOAP_ACK);
		assert_int_equal(load_last(p)->msg.mid, 0x4711);
		assert_int_equal(load_last(p)->d.data.len, 4);
	}
	assert_int_equal(p->kinds[GCOAP_LOAD_ANSWER], 1);
	assert_int_equal(p->kinds[GCOAP_LOAD_DUPLICATE], 2);
	assert_int_equal(p->rounds[0].ended, LOAD_START + 50 * GCOAP_SECOND);
	load_play_free(p);
}

static void a_response_that_overtakes_the_ack_is_enough(void **state)
{
	struct load_play *p = play(true, 60 * GCOAP_SECOND, NULL);
	struct load_sent asked = *load_last(p);

	load_answer(p, &asked, SERVER, 1);
	assert_true(load_last_round(p)->complete);
	load_empty(p, &asked, GCOAP_ACK);
	load_wait(p, 100 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->n_rounds, 1);
	load_play_free(p);
}

static void a_reset_ends_the_request(void **state)
{
	for (int con = 0; con < 2; con++) {
		struct load_play *p = play(con, 60 * GCOAP_SECOND, NULL);
		struct load_sent asked = *load_last(p);

		p->now += GCOAP_MS;
		asked.msg.mid++;
		load_empty(p, &asked, GCOAP_RST);
		assert_int_equal(p->n_rounds, 0);
		asked.msg.mid--;
		load_empty(p, &asked, GCOAP_RST);
		assert_int_equal(p->n_rounds, 1);
		assert_true(load_last_round(p)->reset);
		assert_false(load_last_round(p)->complete);
		assert_int_equal(load_last_round(p)->ended, p->now);
		load_empty(p, &asked, GCOAP_RST);
		assert_int_equal(p->n_rounds, 1);
		/* What it says after that is too late. */
		load_answer(p, &asked, SERVER, 1);
		assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_LATE);
		load_play_free(p);
	}
}

static void unreachable(struct load_play *p, const struct load_sent *s, size_t len, int error)
{
	struct gcoap_engine *e = gcoap_load_client(p->load, s->client);
	struct gcoap_datagram d = s->d;

	d.data.len = len;
	e->unreachable(e, &d, error, p->now);
}

static void icmp_ends_the_request_that_it_quotes(void **state)
{
	/* Whole, header and token, header alone, and half of the token */
	static const size_t quoted[] = { 14, 12, 4, 8 };

	for (size_t i = 0; i < 4; i++) {
		struct load_play *p = play(false, 60 * GCOAP_SECOND, NULL);
		struct load_sent asked = *load_last(p), other = asked;

		assert_int_equal(asked.d.data.len, 14);
		unreachable(p, &asked, 3, ECONNREFUSED);
		other.d.to.port++;
		unreachable(p, &other, quoted[i], ECONNREFUSED);
		other = asked;
		other.bytes[quoted[i] == 4 ? 3 : 7] ^= 1;
		other.d.data.ptr = other.bytes;
		unreachable(p, &other, quoted[i], ECONNREFUSED);
		assert_int_equal(p->n_rounds, 0);
		unreachable(p, &asked, quoted[i], ECONNREFUSED);
		assert_int_equal(p->n_rounds, 1);
		assert_int_equal(load_last_round(p)->error, ECONNREFUSED);
		assert_int_equal(load_last_round(p)->sent, LOAD_START);
		load_play_free(p);
	}
}

static void what_cannot_be_sent_is_told_as_never_sent(void **state)
{
	struct load_play *p = play(false, 60 * GCOAP_SECOND, NULL);
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);

	assert_int_equal(load_counts(p).sent, 1);
	assert_int_equal(load_counts(p).sent_bytes, 14);
	e->failed(e, &load_last(p)->d, ENETUNREACH, p->now);
	assert_int_equal(load_counts(p).sent, 0);
	assert_int_equal(load_counts(p).sent_bytes, 0);
	assert_int_equal(load_counts(p).open, 0);
	assert_int_equal(load_last_round(p)->sent, GCOAP_NEVER);
	assert_int_equal(load_last_round(p)->error, ENETUNREACH);
	load_play_free(p);
}

static void what_was_answered_has_been_sent(void **state)
{
	struct gcoap_load_request q = load_get("224.0.1.187");
	struct gcoap_load_config f = load_config(&q, 1);
	struct load_play *p = load_play_new(&f);
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);

	load_answer(p, load_last(p), SERVER, 1);
	e->failed(e, &load_last(p)->d, ENOBUFS, p->now);
	assert_int_equal(p->n_rounds, 0);
	load_play_free(p);
}

static void retransmission_that_fails_is_not_the_end(void **state)
{
	struct load_play *p = play(true, 60 * GCOAP_SECOND, NULL);
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);

	load_wait(p, 3 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	e->failed(e, &load_last(p)->d, ENOBUFS, p->now);
	assert_int_equal(p->n_rounds, 0);
	load_wait(p, 6 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
	load_play_free(p);
}

static void closed(struct gcoap_load_config *f)
{
	f->gap = 0;
	f->count = 1000;
}

static void without_a_gap_a_failing_send_is_not_tried_in_a_circle(void **state)
{
	struct load_play *p = play(false, 60 * GCOAP_SECOND, closed);
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);

	for (int i = 0; i < 5; i++) {
		assert_int_equal(p->n_sent, i + 1);
		e->failed(e, &load_last(p)->d, ENETUNREACH, p->now);
		load_flush(p);
		assert_int_equal(p->n_sent, i + 1);
		load_wait(p, GCOAP_MS);
	}
	load_play_free(p);
}

static void quick(struct gcoap_load_config *f)
{
	f->gap = GCOAP_MS;
	f->count = 65536 + 100;
}

static void slow(struct gcoap_load_config *f)
{
	f->gap = 4 * GCOAP_MS;
	f->count = 65536 + 100;
}

static void message_ids_are_counted_that_come_round_too_soon(void **state)
{
	struct load_play *p = play(false, GCOAP_MS, quick);
	uint16_t first = load_sent_at(p, 0)->msg.mid;

	load_wait(p, 65536 * GCOAP_MS - 1);
	assert_int_equal(p->n_sent, 65536);
	assert_int_equal((uint16_t)(load_last(p)->msg.mid + 1), first);
	assert_int_equal(load_counts(p).mid_reused, 0);
	load_wait(p, 200 * GCOAP_MS);
	assert_int_equal(load_counts(p).mid_reused, 100);
	assert_int_equal(load_last(p)->msg.mid, (uint16_t)(first + 99));
	assert_true(load_done(p));
	load_play_free(p);

	p = play(false, GCOAP_MS, slow); /* 262 s: EXCHANGE_LIFETIME is over */
	load_wait(p, 300 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 65536 + 100);
	assert_int_equal(load_counts(p).mid_reused, 0);
	load_play_free(p);
}

/* What a stream's carrier does: the request is acknowledged before send() is called again, and
 * the answer is a NON message. */
static void a_carrier_that_acknowledges_at_once_is_understood(void **state)
{
	struct load_play *p = play(true, 60 * GCOAP_SECOND, closed);

	for (int i = 0; i < 20; i++) {
		struct load_sent asked = *load_last(p);

		assert_int_equal(p->n_sent, i + 1);
		load_empty(p, &asked, GCOAP_ACK);
		load_answer(p, &asked, SERVER, (uint16_t)i);
		assert_true(load_last_round(p)->complete);
	}
	load_wait(p, 10 * GCOAP_SECOND); /* the last one has not been acknowledged */
	assert_int_equal(p->n_sent, 23);
	load_play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(con_is_repeated_and_given_up_as_rfc_7252_says),
		cmocka_unit_test(the_timeout_ends_retransmission),
		cmocka_unit_test(a_piggybacked_answer_ends_the_request),
		cmocka_unit_test(an_ack_ends_retransmission_and_a_con_response_is_acknowledged),
		cmocka_unit_test(a_response_that_overtakes_the_ack_is_enough),
		cmocka_unit_test(a_reset_ends_the_request),
		cmocka_unit_test(icmp_ends_the_request_that_it_quotes),
		cmocka_unit_test(what_cannot_be_sent_is_told_as_never_sent),
		cmocka_unit_test(what_was_answered_has_been_sent),
		cmocka_unit_test(retransmission_that_fails_is_not_the_end),
		cmocka_unit_test(without_a_gap_a_failing_send_is_not_tried_in_a_circle),
		cmocka_unit_test(message_ids_are_counted_that_come_round_too_soon),
		cmocka_unit_test(a_carrier_that_acknowledges_at_once_is_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
