/* When a load asks: planned times, places, ends; what it counts. */
#include "test.h"
#include "load_play.h"

#define SERVER "192.0.2.1:5683"

static struct load_play *play(const char *to, void (*change)(struct gcoap_load_config *f))
{
	struct gcoap_load_request q = load_get(to);
	struct gcoap_load_config f = load_config(&q, 1);

	change(&f);
	return load_play_new(&f);
}

static void one_a_minute(struct gcoap_load_config *f)
{
	f->gap = 60 * GCOAP_SECOND;
	f->count = 3;
}

static void one_a_minute_is_sent_at_each_minute_to_the_nanosecond(void **state)
{
	struct load_play *p = play(SERVER, one_a_minute);

	assert_int_equal(p->n_sent, 1);
	load_answer(p, load_last(p), SERVER, 1);
	assert_int_equal(gcoap_load_client(p->load, 0)->deadline(gcoap_load_client(p->load, 0)),
			 LOAD_START + 60 * GCOAP_SECOND);
	load_wait(p, 59 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	load_wait(p, 61 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(load_sent_at(p, i)->at, LOAD_START + i * 60 * GCOAP_SECOND);
	assert_false(load_done(p));
	load_wait(p, 2 * GCOAP_SECOND);
	assert_true(load_done(p));
	assert_int_equal(p->n_rounds, 3);
	assert_int_equal(p->rounds[2].due, LOAD_START + 120 * GCOAP_SECOND);
	assert_int_equal(p->rounds[2].ended, LOAD_START + 122 * GCOAP_SECOND);
	load_play_free(p);
}

static void over_tcp(struct gcoap_load_config *f)
{
	f->gap = GCOAP_SECOND;
	f->count = 4;
	f->stream = true;
}

/* RFC 8323, Section 3.2: Len and TKL, extended Len, code, token, options, payload. */
static void over_a_session_bytes_are_those_of_its_messages(void **state)
{
	static const size_t payloads[] = { 11, 12, 267, 268 };
	static const size_t sizes[] = { 2 + 8 + 12, 3 + 8 + 13, 3 + 8 + 268, 4 + 8 + 269 };
	struct load_play *p = play(SERVER, over_tcp);
	static uint8_t body[300];
	struct gcoap_msg m;
	uint64_t all = 0;

	for (size_t i = 0; i < 4; i++) {
		/* The carrier's own, so that nothing is repeated. */
		load_empty(p, load_last(p), GCOAP_ACK);
		load_response(&m, load_last(p), GCOAP_CONTENT, (uint16_t)i);
		m.payload = (struct gcoap_bytes){ body, payloads[i] };
		load_recv(p, 0, SERVER, &m);
		assert_int_equal(load_last_answer(p)->size, sizes[i]);
		all += sizes[i];
		load_wait(p, GCOAP_SECOND);
	}
	assert_int_equal(load_counts(p).received, 4);
	assert_int_equal(load_counts(p).received_bytes, all);
	assert_int_equal(load_counts(p).sent, 4);
	assert_int_equal(load_counts(p).sent_bytes, 4 * (2 + 8 + 2)); /* "r" */
	load_play_free(p);
}

static void one_a_microsecond(struct gcoap_load_config *f)
{
	f->gap = GCOAP_US;
	f->duration = 200 * GCOAP_US;
}

static void a_million_a_second_leave_when_they_are_due(void **state)
{
	struct load_play *p = play(SERVER, one_a_microsecond);

	load_wait(p, 100 * GCOAP_US);
	assert_int_equal(p->n_sent, 101);
	load_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 200);
	for (int i = 0; i < 200; i++)
		assert_int_equal(load_sent_at(p, i)->at, LOAD_START + i * GCOAP_US);
	assert_int_equal(load_counts(p).due, 200);
	assert_int_equal(load_counts(p).open, 200);
	load_play_free(p);
}

static void what_was_slept_through_is_sent_at_once_with_its_due_times(void **state)
{
	struct load_play *p = play(SERVER, one_a_microsecond);

	p->now += 50 * GCOAP_US; /* behind */
	assert_int_equal(load_counts(p).due, 51);
	load_flush(p);
	assert_int_equal(p->n_sent, 51);
	for (int i = 0; i < 51; i++)
		load_answer(p, load_sent_at(p, i), SERVER, (uint16_t)i);
	assert_int_equal(p->n_answers, 51);
	for (int i = 1; i < 51; i++) {
		assert_int_equal(p->answers[i].due, LOAD_START + i * GCOAP_US);
		assert_int_equal(p->answers[i].sent, LOAD_START + 50 * GCOAP_US);
		assert_int_equal(p->answers[i].at - p->answers[i].due, (50 - i) * GCOAP_US);
	}
	load_play_free(p);
}

static void ten_a_second_two_places(struct gcoap_load_config *f)
{
	f->gap = 100 * GCOAP_MS;
	f->outstanding = 2;
	f->count = 10;
}

/* A server that stalls for a second: the later requests show it, though they could not leave. */
static void a_stall_shows_in_the_latency_of_all_that_were_due_in_it(void **state)
{
	struct load_play *p = play(SERVER, ten_a_second_two_places);

	load_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	for (size_t i = 0; i < p->n_sent && i < 10; i++)
		load_answer(p, load_sent_at(p, i), SERVER, (uint16_t)i);
	assert_int_equal(p->n_answers, 10);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(p->answers[i].kind, GCOAP_LOAD_ANSWER);
		assert_int_equal(p->answers[i].due, LOAD_START + i * 100 * GCOAP_MS);
		assert_int_equal(p->answers[i].at - p->answers[i].due,
				 GCOAP_SECOND - i * 100 * GCOAP_MS);
	}
	assert_true(load_done(p));
	load_play_free(p);
}

static void what_waits_longer_than_its_timeout_is_never_sent(void **state)
{
	struct load_play *p = play(SERVER, ten_a_second_two_places);

	load_wait(p, 250 * GCOAP_MS);
	p->now += 2000 * GCOAP_MS; /* the first two are over, and the third, which waited */
	load_wait(p, 0);
	assert_int_equal(p->n_sent, 4);
	assert_int_equal(p->n_rounds, 3);
	assert_int_equal(p->rounds[0].sent, LOAD_START);
	assert_int_equal(p->rounds[2].round, 2);
	assert_int_equal(p->rounds[2].sent, GCOAP_NEVER);
	assert_int_equal(p->rounds[2].error, 0);
	assert_int_equal(p->rounds[2].ended, LOAD_START + 2200 * GCOAP_MS);
	load_play_free(p);
}

static void closed_loop(struct gcoap_load_config *f)
{
	f->outstanding = 3;
	f->count = 6;
}

static void without_a_gap_the_next_is_due_when_one_is_over(void **state)
{
	struct load_play *p = play(SERVER, closed_loop);

	assert_int_equal(p->n_sent, 3);
	p->now += 5 * GCOAP_MS;
	load_answer(p, load_sent_at(p, 1), SERVER, 1);
	assert_int_equal(p->n_sent, 4);
	p->now += GCOAP_MS;
	load_answer(p, load_sent_at(p, 3), SERVER, 2);
	assert_int_equal(load_last_answer(p)->due, LOAD_START + 5 * GCOAP_MS);
	assert_int_equal(load_last_answer(p)->at, LOAD_START + 6 * GCOAP_MS);
	load_wait(p, 5 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 6);
	assert_int_equal(p->n_rounds, 6);
	assert_true(load_done(p));
	assert_int_equal(load_counts(p).due, 6);
	load_play_free(p);
}

static void one_place(struct gcoap_load_config *f)
{
	f->duration = GCOAP_SECOND;
	f->warmup = 300 * GCOAP_MS;
}

static void a_duration_ends_a_run_without_a_gap(void **state)
{
	struct load_play *p = play(SERVER, one_place);
	size_t i = 0;

	while (!load_done(p) && i < 100) {
		assert_int_equal(p->n_sent, ++i);
		p->now += 100 * GCOAP_MS;
		load_answer(p, load_last(p), SERVER, (uint16_t)i);
	}
	assert_int_equal(p->n_rounds, 10);
	for (i = 0; i < 10; i++) {
		assert_int_equal(p->rounds[i].warmup, i < 3);
		assert_int_equal(p->answers[i].warmup, i < 3);
		assert_true(p->rounds[i].complete);
	}
	load_play_free(p);
}

static void three_clients(struct gcoap_load_config *f)
{
	f->clients = 3;
	f->gap = 10 * GCOAP_MS;
	f->count = 8;
}

static void request_k_is_sent_by_client_k_modulo_their_number(void **state)
{
	struct load_play *p = play(SERVER, three_clients);

	load_wait(p, 100 * GCOAP_MS);
	assert_int_equal(p->n_sent, 8);
	for (uint32_t i = 0; i < 8; i++) {
		assert_int_equal(load_sent_at(p, i)->client, i % 3);
		assert_int_equal(load_sent_at(p, i)->at, LOAD_START + i * 10 * GCOAP_MS);
	}
	/* The endpoint that has asked must get the answer. */
	struct load_sent other = *load_sent_at(p, 4);
	other.client = 2;
	assert_int_equal(load_answer(p, &other, SERVER, 1), GCOAP_EUNKNOWN);
	load_answer(p, load_sent_at(p, 4), SERVER, 1);
	assert_int_equal(p->answers[0].round, 4);
	assert_int_equal(p->answers[0].client, 1);
	load_play_free(p);
}

static void places_of_three(struct gcoap_load_config *f)
{
	f->clients = 3;
	f->outstanding = 7;
	f->count = 100;
}

static void each_client_has_its_share_of_the_places(void **state)
{
	struct load_play *p = play(SERVER, places_of_three);
	size_t n[3] = { 0 };

	for (size_t i = 0; i < p->n_sent; i++)
		n[load_sent_at(p, i)->client]++;
	assert_int_equal(n[0], 3);
	assert_int_equal(n[1], 2);
	assert_int_equal(n[2], 2);
	load_play_free(p);
}

static void targets_are_asked_in_turn(void **state)
{
	struct gcoap_load_request q[2] = { load_get(SERVER), load_get("192.0.2.2:61616") };
	struct gcoap_load_config f = load_config(q, 2);
	struct load_play *p;

	f.gap = GCOAP_MS;
	f.count = 5;
	q[1].timeout = GCOAP_SECOND;
	p = load_play_new(&f);
	load_wait(p, 10 * GCOAP_MS);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(load_sent_at(p, i)->d.to.port, i % 2 ? 61616 : 5683);
	assert_int_equal(gcoap_load_servers(p->load), 2);
	assert_int_equal(gcoap_load_server(p->load, 1)->addr.port, 61616);
	load_answer(p, load_sent_at(p, 1), "192.0.2.2:61616", 1);
	assert_int_equal(p->answers[0].request, 1);
	assert_int_equal(p->answers[0].server, 1);
	load_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_rounds, 2); /* the shorter timeout is over first */
	assert_int_equal(p->rounds[1].round, 3);
	load_play_free(p);
}

static void no_end(struct gcoap_load_config *f)
{
	f->gap = 100 * GCOAP_MS;
}

static void stop_at_once_ends_what_is_open_as_interrupted(void **state)
{
	struct load_play *p = play(SERVER, no_end);

	load_wait(p, 250 * GCOAP_MS);
	assert_int_equal(p->n_sent, 3);
	gcoap_load_stop(p->load, false, p->now);
	assert_true(load_done(p));
	assert_int_equal(p->n_rounds, 3);
	assert_true(p->rounds[2].interrupted);
	assert_int_equal(p->rounds[2].ended, p->now);
	load_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
	assert_int_equal(load_counts(p).due, 3);
	load_play_free(p);
}

static void stop_and_wait_gives_what_is_open_its_time(void **state)
{
	struct load_play *p = play(SERVER, no_end);

	load_wait(p, 250 * GCOAP_MS);
	gcoap_load_stop(p->load, true, p->now);
	assert_false(load_done(p));
	load_answer(p, load_sent_at(p, 0), SERVER, 1);
	assert_true(p->rounds[0].complete);
	load_wait(p, 2 * GCOAP_SECOND);
	assert_true(load_done(p));
	assert_int_equal(p->n_rounds, 3);
	assert_false(p->rounds[2].interrupted);
	assert_int_equal(p->n_sent, 3);
	load_play_free(p);
}

static void answers_that_came_in_time_but_are_read_after_it_count(void **state)
{
	struct load_play *p = play(SERVER, one_a_minute);
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);
	struct gcoap_msg m;
	uint8_t bytes[64];
	struct gcoap_datagram in = { .from = load_last(p)->d.to, .at = LOAD_START + GCOAP_SECOND };

	load_response(&m, load_last(p), GCOAP_CONTENT, 5);
	in.data = (struct gcoap_bytes){ bytes, (size_t)gcoap_msg_encode(&m, bytes, 64) };
	p->now += 3 * GCOAP_SECOND;
	e->tick(e, p->now); /* the loop's, before it reads */
	e->recv(e, &in, p->now);
	assert_int_equal(p->answers[0].kind, GCOAP_LOAD_ANSWER);
	assert_true(p->rounds[0].complete);
	assert_int_equal(p->rounds[0].ended, LOAD_START + GCOAP_SECOND);
	load_play_free(p);
}

static void the_sink_may_stop_the_load(void **state)
{
	struct load_play *p = play(SERVER, closed_loop);

	p->stop = true;
	p->now += GCOAP_MS;
	load_answer(p, load_sent_at(p, 1), SERVER, 1); /* in answer() */
	assert_true(load_done(p));
	assert_int_equal(p->n_rounds, 3);
	assert_int_equal(p->n_sent, 3);
	load_play_free(p);

	p = play(SERVER, closed_loop);
	p->stop = true;
	load_wait(p, 2 * GCOAP_SECOND); /* in round() */
	assert_true(load_done(p));
	assert_int_equal(p->n_rounds, 3);
	assert_false(p->rounds[0].interrupted);
	assert_true(p->rounds[1].interrupted);
	assert_int_equal(p->n_sent, 3);
	load_play_free(p);
}

static void no_answer_comes_before_its_request_whatever_the_clocks_say(void **state)
{
	struct load_play *p = play(SERVER, one_a_minute);
	struct gcoap_engine *e = gcoap_load_client(p->load, 0);
	struct gcoap_datagram in = { .from = load_last(p)->d.to, .at = LOAD_START - 5 };
	struct gcoap_msg m;
	uint8_t bytes[64];

	load_response(&m, load_last(p), GCOAP_CONTENT, 5);
	in.data = (struct gcoap_bytes){ bytes, (size_t)gcoap_msg_encode(&m, bytes, 64) };
	e->recv(e, &in, p->now);
	assert_int_equal(p->answers[0].at, LOAD_START);
	assert_int_equal(p->rounds[0].ended, LOAD_START);
	load_play_free(p);
}

static void plans_that_cannot_be_are_refused(void **state)
{
	struct gcoap_load_request q = load_get(SERVER);
	struct gcoap_load_config f = load_config(&q, 1);
	struct load_play *p;
	static uint8_t large[GCOAP_DATAGRAM_MAX];
	struct gcoap_msg m;
	struct gcoap_load *l;

	f.clients = 0;
	assert_null(load_play_try(&f));
	f.clients = 1;
	f.n_requests = 0;
	assert_null(load_play_try(&f));
	f.n_requests = 1;
	q.confirmable = q.group = true;
	assert_null(load_play_try(&f));
	q.group = false;
	q.timeout = 0;
	assert_null(load_play_try(&f));
	q.timeout = 1;
	p = load_play_try(&f);
	assert_non_null(p);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_POST);
	m.payload = (struct gcoap_bytes){ large, sizeof(large) };
	q.request = &m;
	f.sink = &p->sink;
	f.random = &p->random;
	assert_int_equal(gcoap_load_new(&l, &f), GCOAP_ESPACE);
	assert_null(l);
	gcoap_load_free(&l);
	load_play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_a_minute_is_sent_at_each_minute_to_the_nanosecond),
		cmocka_unit_test(over_a_session_bytes_are_those_of_its_messages),
		cmocka_unit_test(a_million_a_second_leave_when_they_are_due),
		cmocka_unit_test(what_was_slept_through_is_sent_at_once_with_its_due_times),
		cmocka_unit_test(a_stall_shows_in_the_latency_of_all_that_were_due_in_it),
		cmocka_unit_test(what_waits_longer_than_its_timeout_is_never_sent),
		cmocka_unit_test(without_a_gap_the_next_is_due_when_one_is_over),
		cmocka_unit_test(a_duration_ends_a_run_without_a_gap),
		cmocka_unit_test(request_k_is_sent_by_client_k_modulo_their_number),
		cmocka_unit_test(each_client_has_its_share_of_the_places),
		cmocka_unit_test(targets_are_asked_in_turn),
		cmocka_unit_test(stop_at_once_ends_what_is_open_as_interrupted),
		cmocka_unit_test(stop_and_wait_gives_what_is_open_its_time),
		cmocka_unit_test(answers_that_came_in_time_but_are_read_after_it_count),
		cmocka_unit_test(the_sink_may_stop_the_load),
		cmocka_unit_test(no_answer_comes_before_its_request_whatever_the_clocks_say),
		cmocka_unit_test(plans_that_cannot_be_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
