/* Messages that reach a client: what is answered, counted, shown, refused. */
#include "engine_play.h"
#include "test.h"

#include <errno.h>

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"
#define S3 "192.0.2.3:5683"

static struct gcoap_ask get_one(void)
{
	struct gcoap_ask ask = play_get("temp");

	ask.group = false;
	ask.to = play_addr(S1);
	ask.timeout = 30 * GCOAP_SECOND;
	return ask;
}

static struct play *asked(struct gcoap_ask ask)
{
	struct play *p = play_new(NULL);

	play_ask(p, &ask);
	return p;
}

static void is_empty(const struct play *p, uint8_t type, uint16_t mid)
{
	assert_int_equal(play_last(p)->type, type);
	assert_int_equal(play_last(p)->code, GCOAP_EMPTY);
	assert_int_equal(play_last(p)->mid, mid);
}

static void a_con_response_to_a_group_is_acknowledged(void **state)
{
	struct play *p = asked(play_get("temp"));
	struct gcoap_addr s1 = play_addr(S1);
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 0x1234);
	m.type = GCOAP_CON;
	play_recv(p, S1, &m);
	is_empty(p, GCOAP_ACK, 0x1234);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &s1));
	play_recv(p, S1, &m); /* our ACK was lost */
	assert_int_equal(p->n_sent, 3);
	is_empty(p, GCOAP_ACK, 0x1234);
	assert_int_equal(p->n_responses, 1);
	play_free(p);
}

static void two_servers_may_use_one_message_id(void **state)
{
	struct play *p = asked(play_get("temp"));
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	m.type = GCOAP_CON;
	play_recv(p, S1, &m);
	play_recv(p, S2, &m);
	assert_int_equal(p->n_responses, 2);
	assert_int_equal(p->n_sent, 3);
	play_free(p);
}

static void a_con_with_an_unknown_or_closed_token_is_reset(void **state)
{
	struct play *p = asked(play_get("temp"));
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	m.type = GCOAP_CON;
	m.token[3] ^= 0xff;
	play_recv(p, S1, &m);
	is_empty(p, GCOAP_RST, 7);
	m.token[3] ^= 0xff;
	m.mid = 8;
	play_wait(p, 8 * GCOAP_SECOND);
	play_recv(p, S1, &m);
	is_empty(p, GCOAP_RST, 8);
	assert_int_equal(play_summary(p).late, 1);
	assert_int_equal(play_summary(p).unmatched, 1);
	play_free(p);
}

static void a_duplicate_is_counted_and_shown_when_asked_for(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p;

	p = asked(ask);
	assert_int_equal(play_text(p, S1, 7, "a"), 0);
	assert_int_equal(play_text(p, S1, 7, "a"), GCOAP_EDUPLICATE);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(play_summary(p).duplicates, 1);
	assert_int_equal(play_summary(p).responses, 1);
	play_free(p);
	ask.show_duplicates = true;
	p = asked(ask);
	play_text(p, S1, 7, "a");
	play_text(p, S1, 7, "a");
	assert_int_equal(p->n_responses, 2);
	assert_true(p->responses[1].r.duplicate);
	play_free(p);
}

static void rst_and_ack_to_a_group_request_are_ignored(void **state)
{
	struct play *p = asked(play_get("temp"));
	struct gcoap_msg m, sent = *play_last(p);

	gcoap_msg_init(&m, GCOAP_RST, GCOAP_EMPTY);
	m.mid = sent.mid;
	play_recv(p, S1, &m);
	play_answer(&m, &sent, GCOAP_CONTENT, sent.mid);
	m.type = GCOAP_ACK;
	play_recv(p, S1, &m);
	assert_false(p->engine->done(p->engine));
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void a_source_port_of_0_and_a_group_as_source_are_dropped(void **state)
{
	struct play *p = asked(play_get("temp"));

	assert_int_equal(play_text(p, "192.0.2.1:0", 7, "a"), GCOAP_EINVALID);
	assert_int_equal(play_text(p, "224.0.1.187:5683", 7, "a"), GCOAP_EINVALID);
	assert_int_equal(play_text(p, "255.255.255.255:5683", 7, "a"), GCOAP_EINVALID);
	assert_int_equal(play_text(p, "0.0.0.0:5683", 7, "a"), GCOAP_EINVALID);
	assert_int_equal(play_text(p, "[::]:5683", 7, "a"), GCOAP_EINVALID);
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(p->n_malformed, 0);
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void an_unknown_critical_option_rejects_the_response(void **state)
{
	struct play *p = asked(play_get("temp"));
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	gcoap_msg_add_text(&m, 65001, "?");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_sent, 1); /* a NON one silently */
	assert_string_equal(p->malformed[0], "unknown-option");
	m.type = GCOAP_CON;
	m.mid = 8;
	play_recv(p, S1, &m);
	is_empty(p, GCOAP_RST, 8);
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(play_summary(p).malformed, 2);
	play_free(p);
}

static void a_refused_option_of_the_request_may_come_back(void **state)
{
	struct gcoap_ask ask = get_one();
	struct gcoap_msg request = *ask.request, m;
	struct play *p;

	gcoap_msg_add_text(&request, 65001, "?");
	ask.request = &request;
	ask.confirmable = true;
	p = asked(ask);
	play_answer(&m, play_last(p), GCOAP_BAD_OPTION, play_last(p)->mid);
	m.type = GCOAP_ACK;
	gcoap_msg_add_text(&m, 65001, "?");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_responses, 1);
	assert_int_equal(play_summary(p).malformed, 0);
	play_free(p);
}

static void an_ack_that_must_be_rejected_ends_the_wait(void **state)
{
	struct gcoap_ask ask = get_one();
	struct gcoap_msg m;
	struct play *p;

	ask.confirmable = true;
	p = asked(ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, play_last(p)->mid);
	m.type = GCOAP_ACK;
	gcoap_msg_add_text(&m, 65001, "?");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_responses, 0);
	assert_int_equal(play_summary(p).malformed, 1);
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_TIMEOUT);
	play_free(p);
}

static void bytes_that_are_no_message_are_shown_with_their_fault(void **state)
{
	struct play *p = asked(play_get("temp"));

	play_recv_bytes(p, S1, "\x50\x45", 2);
	assert_string_equal(p->malformed[0], "short-header");
	play_recv_bytes(p, S1, "\x90\x45\x00\x01", 4);
	assert_string_equal(p->malformed[1], "bad-version");
	play_recv_bytes(p, S1, "\x59\x45\x00\x01" "123456789", 13);
	assert_int_equal(p->n_sent, 1);
	play_recv_bytes(p, S1, "\x49\x45\x00\x02" "123456789", 13); /* CON */
	is_empty(p, GCOAP_RST, 2);
	play_recv_bytes(p, S1, "\x40\x25\x00\x03", 4); /* CON of class 1 */
	assert_string_equal(p->malformed[4], "reserved-class");
	is_empty(p, GCOAP_RST, 3);
	assert_int_equal(play_summary(p).malformed, 5);
	play_free(p);
}

static void a_truncated_datagram_is_not_parsed(void **state)
{
	struct play *p = asked(play_get("temp"));
	struct gcoap_datagram in = { .from = play_addr(S1),
				     .data = bytes(0x50, 0x45, 0, 1),
				     .truncated = true };

	p->engine->recv(p->engine, &in, p->now);
	assert_string_equal(p->malformed[0], "truncated");
	play_free(p);
}

static void a_ping_is_answered_with_a_reset(void **state)
{
	struct play *p = asked(play_get("temp"));

	play_recv_bytes(p, S1, "\x40\x00\x00\x09", 4);
	is_empty(p, GCOAP_RST, 9);
	play_recv_bytes(p, S1, "\x50\x00\x00\x09", 4);
	assert_int_equal(p->n_sent, 2);
	play_free(p);
}

static void an_answer_over_another_interface_is_not_shown(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p;
	struct gcoap_msg m;
	uint8_t b[64];
	struct gcoap_datagram in = { .from = play_addr(S1), .to = play_addr(S2) };

	ask.ifindex = 2;
	p = asked(ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	in.data = (struct gcoap_bytes){ b, (size_t)gcoap_msg_encode(&m, b, sizeof(b)) };
	in.at = p->now;
	in.ifindex = 3;
	assert_int_equal(p->engine->recv(p->engine, &in, p->now), GCOAP_EUNKNOWN);
	assert_int_equal(p->n_responses, 0);
	in.to = in.from; /* a server on this host answers over the loopback interface */
	assert_int_equal(p->engine->recv(p->engine, &in, p->now), 0);
	assert_int_equal(p->n_responses, 1);
	play_free(p);
}

static void an_individual_request_takes_answers_from_its_server_only(void **state)
{
	struct play *p = asked(get_one());

	assert_int_equal(play_text(p, S2, 7, "a"), GCOAP_EUNKNOWN);
	assert_int_equal(play_text(p, S1, 7, "a"), 0);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_FIRST);
	play_free(p);
}

static void a_reset_ends_an_individual_request(void **state)
{
	struct play *p = asked(get_one());
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_RST, GCOAP_EMPTY);
	m.mid = play_last(p)->mid;
	play_recv(p, S2, &m); /* not from there */
	assert_false(p->engine->done(p->engine));
	play_recv(p, S1, &m);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_responses, 0);
	play_free(p);
}

static void an_empty_ack_is_followed_by_a_separate_response(void **state)
{
	struct gcoap_ask ask = get_one();
	struct play *p;
	struct gcoap_msg m, sent;

	ask.confirmable = true;
	p = asked(ask);
	sent = *play_last(p);
	gcoap_msg_init(&m, GCOAP_ACK, GCOAP_EMPTY);
	m.mid = sent.mid;
	play_recv(p, S1, &m);
	play_wait(p, 20 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1); /* no retransmission */
	play_answer(&m, &sent, GCOAP_CONTENT, 99);
	m.type = GCOAP_CON;
	play_recv(p, S1, &m);
	is_empty(p, GCOAP_ACK, 99);
	assert_int_equal(p->n_responses, 1);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void a_con_request_is_given_up_after_its_retransmissions(void **state)
{
	struct gcoap_ask ask = get_one();
	struct play *p;

	ask.confirmable = true;
	ask.timeout = 200 * GCOAP_SECOND;
	p = asked(ask);
	play_wait(p, 93 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 5);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void con_to_a_group_and_block1_to_a_group_are_refused(void **state)
{
	static uint8_t large[1025];
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_msg m = *ask.request;
	struct play *p = play_new(NULL);

	ask.confirmable = true;
	assert_int_equal(play_ask(p, &ask), GCOAP_EINVALID);
	ask.confirmable = false;
	ask.request = &m;
	m.payload = (struct gcoap_bytes){ large, sizeof(large) };
	assert_int_equal(play_ask(p, &ask), GCOAP_EINVALID);
	ask.blockwise = false;
	assert_int_equal(play_ask(p, &ask), 1);
	ask.group = false;
	assert_int_equal(play_ask(p, &ask), GCOAP_EINVALID);
	play_free(p);
}

static void a_refusing_sink_ends_the_run(void **state)
{
	struct play *p = asked(play_get("temp"));

	p->refuse = GCOAP_ESYSTEM;
	play_text(p, S1, 7, "a");
	assert_true(p->engine->done(p->engine));
	assert_int_equal(gcoap_client_error(p->client), GCOAP_ESYSTEM);
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_ERROR);
	play_free(p);
}

static void a_request_that_cannot_be_sent_ends_its_exchange_alone(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);

	ask.ifindex = 2;
	play_ask(p, &ask);
	ask.ifindex = 3;
	play_ask(p, &ask);
	p->engine->failed(p->engine, &p->sent[0].d, ENETUNREACH, p->now);
	assert_int_equal(gcoap_client_error(p->client), GCOAP_EROUTE);
	assert_false(p->engine->done(p->engine));
	play_text(p, S1, 7, "a");
	assert_int_equal(p->n_responses, 1);
	play_free(p);
}

static void ctrl_c_ends_and_names_who_is_missing(void **state)
{
	struct gcoap_addr from = play_addr(S2);
	struct gcoap_ask ask = play_get("temp");
	struct play *p;

	ask.expect_from = &from;
	ask.n_expect_from = 1;
	p = asked(ask);
	play_text(p, S1, 7, "a");
	gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_missing, 1);
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_INTERRUPT);
	play_free(p);
}

static void linger(struct gcoap_client_config *config)
{
	config->linger = 2 * GCOAP_SECOND;
}

static void lingering_counts_late_answers(void **state)
{
	struct play *p = play_new(linger);
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_msg m;

	play_ask(p, &ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 7);
	play_wait(p, 8 * GCOAP_SECOND);
	assert_false(p->engine->done(p->engine));
	play_recv(p, S1, &m);
	play_wait(p, GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).late, 1);
	assert_int_equal(play_summary(p).elapsed, 7 * GCOAP_SECOND);
	play_free(p);
}

static void more_answers_than_the_limit_are_dropped_and_counted(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p;

	ask.max_answers = 2;
	p = asked(ask);
	play_text(p, S1, 1, "a");
	play_text(p, S2, 1, "a");
	play_text(p, S3, 1, "a");
	assert_int_equal(p->n_responses, 2);
	assert_int_equal(play_summary(p).dropped, 1);
	assert_false(p->engine->done(p->engine));
	play_free(p);
}

static void one_server_cannot_use_up_the_answers_of_all(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p;

	ask.max_answers = 60; /* a twentieth each */
	p = asked(ask);
	for (uint16_t mid = 0; mid < 100; mid++)
		play_text(p, S1, mid, "a");
	assert_int_equal(p->n_responses, 3);
	assert_int_equal(play_summary(p).dropped, 97);
	play_text(p, S2, 1, "a");
	play_text(p, S3, 1, "a");
	assert_int_equal(p->n_responses, 5);
	play_free(p);
}

static int no_bytes(struct gcoap_random *from, void *buf, size_t len)
{
	return GCOAP_ESYSTEM;
}

static void no_request_is_made_without_random_bytes(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_random broken = { .fill = no_bytes };
	struct gcoap_client_config config = { .transmission = GCOAP_TRANSMISSION_DEFAULT,
					      .random = &broken };
	struct gcoap_client *c;
	struct play *p;

	assert_int_equal(gcoap_client_new(&c, &config), GCOAP_ESYSTEM);
	assert_null(c);
	p = play_new(NULL);
	p->random.fill = no_bytes;
	assert_int_equal(play_ask(p, &ask), GCOAP_ESYSTEM);
	assert_int_equal(p->n_sent, 0);
	play_free(p);
}

static void an_error_of_sending_is_named(void **state)
{
	static const struct {
		int error, name;
	} rows[] = { { EHOSTUNREACH, GCOAP_EROUTE },  { ENODEV, GCOAP_EINTERFACE },
		     { EPERM, GCOAP_EPERMISSION },    { EMSGSIZE, GCOAP_ESPACE },
		     { EINVAL, GCOAP_ESYSTEM } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct play *p = asked(play_get("temp"));

		p->engine->failed(p->engine, &p->sent[0].d, rows[i].error, p->now);
		assert_int_equal(gcoap_client_error(p->client), rows[i].name);
		assert_true(p->engine->done(p->engine));
		assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_ERROR);
		play_free(p);
	}
}

static void the_progress_line_knows_the_latest_end(void **state)
{
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);
	gcoap_time began = p->now;

	assert_int_equal(gcoap_client_ends_at(p->client), GCOAP_NEVER);
	ask.ifindex = 2;
	play_ask(p, &ask);
	play_wait(p, GCOAP_SECOND);
	ask.ifindex = 3;
	play_ask(p, &ask);
	assert_int_equal(gcoap_client_ends_at(p->client), began + 8 * GCOAP_SECOND);
	play_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(gcoap_client_ends_at(p->client), GCOAP_NEVER);
	play_free(p);
}

static void the_request_record_tells_the_local_endpoint(void **state)
{
	struct gcoap_addr local = play_addr("192.0.2.100:40000");
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);

	gcoap_client_set_local(p->client, &local);
	play_ask(p, &ask);
	assert_true(gcoap_addr_equal(&p->request.local, &local));
	assert_int_equal(p->request.at, p->now);
	assert_true(p->request.group);
	play_free(p);
}

static void a_datagram_stamped_after_the_end_is_late(void **state)
{
	struct play *p = asked(play_get("temp"));
	struct gcoap_msg m;

	play_answer(&m, play_last(p), GCOAP_CONTENT, 1);
	p->now += 7 * GCOAP_SECOND; /* no tick yet */
	assert_int_equal(play_recv(p, S1, &m), GCOAP_ECLOSED);
	assert_int_equal(play_summary(p).late, 1);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_con_response_to_a_group_is_acknowledged),
		cmocka_unit_test(two_servers_may_use_one_message_id),
		cmocka_unit_test(a_con_with_an_unknown_or_closed_token_is_reset),
		cmocka_unit_test(a_duplicate_is_counted_and_shown_when_asked_for),
		cmocka_unit_test(rst_and_ack_to_a_group_request_are_ignored),
		cmocka_unit_test(a_source_port_of_0_and_a_group_as_source_are_dropped),
		cmocka_unit_test(an_unknown_critical_option_rejects_the_response),
		cmocka_unit_test(a_refused_option_of_the_request_may_come_back),
		cmocka_unit_test(an_ack_that_must_be_rejected_ends_the_wait),
		cmocka_unit_test(bytes_that_are_no_message_are_shown_with_their_fault),
		cmocka_unit_test(a_truncated_datagram_is_not_parsed),
		cmocka_unit_test(a_ping_is_answered_with_a_reset),
		cmocka_unit_test(an_answer_over_another_interface_is_not_shown),
		cmocka_unit_test(an_individual_request_takes_answers_from_its_server_only),
		cmocka_unit_test(a_reset_ends_an_individual_request),
		cmocka_unit_test(an_empty_ack_is_followed_by_a_separate_response),
		cmocka_unit_test(a_con_request_is_given_up_after_its_retransmissions),
		cmocka_unit_test(con_to_a_group_and_block1_to_a_group_are_refused),
		cmocka_unit_test(a_refusing_sink_ends_the_run),
		cmocka_unit_test(a_request_that_cannot_be_sent_ends_its_exchange_alone),
		cmocka_unit_test(ctrl_c_ends_and_names_who_is_missing),
		cmocka_unit_test(lingering_counts_late_answers),
		cmocka_unit_test(no_request_is_made_without_random_bytes),
		cmocka_unit_test(an_error_of_sending_is_named),
		cmocka_unit_test(the_progress_line_knows_the_latest_end),
		cmocka_unit_test(the_request_record_tells_the_local_endpoint),
		cmocka_unit_test(a_datagram_stamped_after_the_end_is_late),
		cmocka_unit_test(more_answers_than_the_limit_are_dropped_and_counted),
		cmocka_unit_test(one_server_cannot_use_up_the_answers_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
