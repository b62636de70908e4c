/* Observations of a group: registration, notifications, chases, cancellation. */
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"
#define S3 "192.0.2.3:5683"

static struct gcoap_observe how;

static int begin(void **state)
{
	how = (struct gcoap_observe){ 0 };
	return 0;
}

static struct gcoap_ask observe_temp(void)
{
	struct gcoap_ask ask = play_get("temp");

	ask.observe = &how;
	return ask;
}

/* The Observe value of a message; -1: none. */
static int observe_of(const struct gcoap_msg *m)
{
	uint32_t value;

	return gcoap_msg_uint(m, GCOAP_OBSERVE, 3, &value) < 0 ? -1 : (int)value;
}

static int notify(struct play *p, const struct gcoap_msg *request, const char *from,
		  uint8_t type, uint16_t mid, int value, const char *text)
{
	struct gcoap_msg m, to = *request;
	uint8_t store[4];

	play_answer(&m, &to, GCOAP_CONTENT, mid);
	m.type = type;
	if (value >= 0)
		gcoap_msg_add_uint(&m, GCOAP_OBSERVE, (uint32_t)value, store);
	m.payload = gcoap_bytes_text(text);
	return play_recv(p, from, &m);
}

/* Registers with the group: the request as it was sent. */
static struct gcoap_msg registered(struct play *p)
{
	struct gcoap_ask ask = observe_temp();

	play_ask(p, &ask);
	return *play_last(p);
}

static void the_registration_is_a_group_request_with_an_empty_observe(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();

	play_ask(p, &ask);
	assert_int_equal(play_last(p)->type, GCOAP_NON);
	assert_int_equal(gcoap_msg_find(play_last(p), GCOAP_OBSERVE)->value.len, 0);
	play_free(p);
}

static void only_get_and_fetch_observe(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_msg m = *ask.request;

	m.code = GCOAP_PUT;
	ask.request = &m;
	assert_int_equal(gcoap_client_ask(p->client, &ask, p->now), GCOAP_EINVALID);
	play_free(p);
}

static void notifications_come_under_one_token_for_long(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request = registered(p);

	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	notify(p, &request, S2, GCOAP_NON, 1, 70, "a");
	play_wait(p, 40 * GCOAP_SECOND);
	notify(p, &request, S1, GCOAP_NON, 2, 11, "b");
	assert_int_equal(p->n_notifications, 3);
	assert_int_equal(p->notifications[2].n.n, 2);
	assert_int_equal(p->notifications[2].n.observe, 11);
	assert_true(p->notifications[2].n.changed);
	assert_int_equal(p->notifications[2].server.index, 0);
	assert_int_equal(p->notifications[1].server.index, 1);
	assert_int_equal(gcoap_client_observed_count(p->client), 2);
	assert_false(p->engine->done(p->engine));
	play_free(p);
}

static void con_notifications_are_acknowledged_and_unknown_ones_reset(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request = registered(p);

	notify(p, &request, S1, GCOAP_CON, 77, 10, "a");
	assert_int_equal(play_last(p)->type, GCOAP_ACK);
	assert_int_equal(play_last(p)->mid, 77);
	request.token[0] ^= 1;
	notify(p, &request, S1, GCOAP_CON, 78, 11, "a");
	assert_int_equal(play_last(p)->type, GCOAP_RST);
	assert_int_equal(play_last(p)->mid, 78);
	assert_int_equal(p->n_notifications, 1);
	play_free(p);
}

static void an_older_notification_is_counted_and_not_shown(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_observed o;
	struct gcoap_msg request;

	play_ask(p, &ask);
	request = *play_last(p);
	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	notify(p, &request, S1, GCOAP_NON, 3, 12, "c");
	assert_int_equal(p->notifications[1].n.gap, 1);
	notify(p, &request, S1, GCOAP_NON, 2, 11, "b");
	notify(p, &request, S1, GCOAP_NON, 3, 12, "c");
	assert_int_equal(p->n_notifications, 2);
	gcoap_client_observed(p->client, 0, p->now, &o);
	assert_int_equal(o.reordered, 1);
	assert_int_equal(o.duplicates, 1);
	assert_int_equal(o.lost, 0);
	assert_int_equal(o.value, 12);
	assert_memory_equal(o.body.ptr, "c", 1);
	play_free(p);
}

static void an_answer_without_observe_is_not_observable(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();

	play_ask(p, &ask);
	notify(p, play_last(p), S1, GCOAP_NON, 1, -1, "a");
	assert_int_equal(p->notifications[0].server.state, GCOAP_OBSERVED_NOT_OBSERVABLE);
	assert_int_equal(p->notifications[0].n.observe, -1);
	play_wait(p, 8 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_SERVER);
	play_free(p);
}

static void observe_of_four_bytes_is_ignored(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_msg m;

	play_ask(p, &ask);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 1);
	gcoap_msg_add(&m, GCOAP_OBSERVE, bytes(1, 2, 3, 4));
	play_recv(p, S1, &m);
	assert_int_equal(p->notifications[0].n.observe, -1);
	play_free(p);
}

static void an_error_ends_the_observation_of_that_server(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_msg request, m;

	how.keep_listening = true;
	play_ask(p, &ask);
	request = *play_last(p);
	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	play_answer(&m, &request, GCOAP_NOT_FOUND, 2);
	play_recv(p, S1, &m);
	assert_int_equal(p->notifications[1].server.state, GCOAP_OBSERVED_ENDED);
	assert_int_equal(p->notifications[1].n.n, 2);
	play_wait(p, 100 * GCOAP_SECOND); /* nobody is asked again */
	assert_int_equal(p->n_sent, 1);
	play_free(p);
}

static void silence_ends_with_the_window(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();

	play_ask(p, &ask);
	play_wait(p, 7 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_TIMEOUT);
	play_free(p);
}

static void who_was_expected_and_silent_is_asked_by_unicast(void **state)
{
	struct gcoap_addr from[] = { play_addr(S1), play_addr(S2) };
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_msg request;

	ask.expect_from = from;
	ask.n_expect_from = 2;
	play_ask(p, &ask);
	request = *play_last(p);
	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	play_wait(p, 7 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(play_last(p)->type, GCOAP_CON);
	assert_true(gcoap_msg_same_token(play_last(p), &request));
	assert_int_equal(observe_of(play_last(p)), 0);
	assert_int_not_equal(play_last(p)->mid, request.mid);
	assert_true(gcoap_addr_equal(&p->sent[1].d.to, &from[1]));
	notify(p, play_last(p), S2, GCOAP_ACK, play_last(p)->mid, 5, "b");
	assert_int_equal(p->n_notifications, 2);
	gcoap_client_stop(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	assert_int_equal(play_summary(p).missing, 0);
	play_free(p);
}

static void max_age_makes_stale_and_asks_again(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_observed o;
	struct gcoap_msg request;

	play_ask(p, &ask);
	request = *play_last(p);
	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	play_wait(p, 59 * GCOAP_SECOND);
	assert_int_equal(p->n_stale, 0);
	play_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_stale, 1);
	gcoap_client_observed(p->client, 0, p->now, &o);
	assert_true(o.stale);
	assert_int_equal(o.age, 60 * GCOAP_SECOND);
	play_wait(p, 5 * GCOAP_SECOND - GCOAP_MS);
	assert_int_equal(p->n_sent, 1);
	play_wait(p, 10 * GCOAP_SECOND + GCOAP_MS);
	assert_int_equal(play_last(p)->type, GCOAP_CON);
	assert_true(gcoap_msg_same_token(play_last(p), &request));
	/* It has started again, and counts from 0. */
	notify(p, play_last(p), S1, GCOAP_ACK, play_last(p)->mid, 0, "b");
	assert_int_equal(p->notifications[1].n.sequence, GCOAP_SEQUENCE_RESTART);
	assert_false(p->notifications[1].server.stale);
	assert_int_equal(p->notifications[1].server.restarts, 1);
	play_free(p);
}

static void reregistration_goes_to_the_group_with_the_same_token(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request;

	how.reregister = 30 * GCOAP_SECOND;
	request = registered(p);
	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	play_wait(p, 30 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(play_last(p)->type, GCOAP_NON);
	assert_true(gcoap_msg_same_token(play_last(p), &request));
	assert_int_not_equal(play_last(p)->mid, request.mid);
	assert_true(gcoap_addr_is_multicast(&p->sent[1].d.to));
	notify(p, &request, S1, GCOAP_NON, 9, 10, "a");
	assert_int_equal(p->notifications[1].n.sequence, GCOAP_SEQUENCE_SAME);
	assert_false(p->notifications[1].n.changed);
	play_wait(p, 30 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 3);
	play_free(p);
}

static void a_cancellation_goes_to_the_group_and_ends_when_all_have_answered(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request = registered(p);

	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	notify(p, &request, S2, GCOAP_NON, 1, 10, "a");
	gcoap_client_cancel(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	assert_int_equal(p->n_sent, 2);
	assert_int_equal(observe_of(play_last(p)), 1);
	assert_true(gcoap_msg_same_token(play_last(p), &request));
	assert_false(p->engine->done(p->engine));
	notify(p, &request, S1, GCOAP_NON, 2, -1, "a");
	assert_false(p->engine->done(p->engine));
	notify(p, &request, S2, GCOAP_NON, 2, -1, "a");
	assert_true(p->engine->done(p->engine));
	assert_int_equal(p->n_notifications, 2);
	assert_int_equal(play_summary(p).ended_by, GCOAP_ENDED_INTERRUPT);
	play_free(p);
}

static void a_notification_after_the_cancellation_is_refused_and_repeats_it(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request = registered(p);

	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	gcoap_client_cancel(p->client, GCOAP_ENDED_DURATION, p->now);
	play_flush(p);
	notify(p, &request, S1, GCOAP_CON, 2, 11, "b");
	assert_int_equal(play_last(p)->type, GCOAP_RST);
	assert_int_equal(p->n_notifications, 1);
	play_wait(p, GCOAP_SECOND);
	assert_int_equal(observe_of(play_last(p)), 1);
	play_wait(p, 3 * GCOAP_SECOND);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void each_server_can_be_told_by_itself(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request;

	how.cancel = GCOAP_CANCEL_EACH;
	request = registered(p);
	notify(p, &request, S1, GCOAP_NON, 1, 10, "a");
	notify(p, &request, S2, GCOAP_NON, 1, 10, "a");
	gcoap_client_cancel(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	assert_int_equal(p->n_sent, 3);
	for (int i = 1; i < 3; i++) {
		assert_int_equal(p->sent[i].msg.type, GCOAP_CON);
		assert_int_equal(observe_of(&p->sent[i].msg), 1);
		assert_true(gcoap_msg_same_token(&p->sent[i].msg, &request));
	}
	notify(p, &p->sent[1].msg, S1, GCOAP_ACK, p->sent[1].msg.mid, -1, "");
	notify(p, &p->sent[2].msg, S2, GCOAP_ACK, p->sent[2].msg.mid, -1, "");
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void without_cancellation_nothing_is_sent(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();

	how.cancel = GCOAP_CANCEL_NOT;
	play_ask(p, &ask);
	notify(p, play_last(p), S1, GCOAP_NON, 1, 10, "a");
	gcoap_client_cancel(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	assert_int_equal(p->n_sent, 1);
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

static void a_flood_is_shown_up_to_its_bound_and_counted(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_observed o;
	struct gcoap_msg request;

	how.max_rate = 10;
	play_ask(p, &ask);
	request = *play_last(p);
	for (int i = 0; i < 200; i++)
		notify(p, &request, S1, GCOAP_NON, (uint16_t)i, i, "a");
	assert_int_equal(p->n_notifications, 10);
	gcoap_client_observed(p->client, 0, p->now, &o);
	assert_int_equal(o.flooded, 190);
	assert_int_equal(o.lost, 0);
	assert_int_equal(play_summary(p).dropped, 190);
	play_free(p);
}

static void the_rest_of_a_large_notification_is_fetched(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request, m;
	uint8_t store[4];
	char half[64];

	memset(half, 'x', sizeof(half));
	request = registered(p);
	play_answer(&m, &request, GCOAP_CONTENT, 1);
	gcoap_msg_add_uint(&m, GCOAP_OBSERVE, 4, store);
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x0a)); /* 0, more, 64 */
	m.payload = (struct gcoap_bytes){ (uint8_t *)half, 64 };
	play_recv(p, S1, &m);
	assert_int_equal(p->n_notifications, 0);
	assert_int_equal(observe_of(play_last(p)), -1);
	play_wait(p, 20 * GCOAP_MS);
	play_answer(&m, play_last(p), GCOAP_CONTENT, 2);
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x12)); /* 1, last, 64 */
	m.payload = gcoap_bytes_text("end");
	play_recv(p, S1, &m);
	assert_int_equal(p->n_notifications, 1);
	assert_int_equal(p->notifications[0].server.body_len, 67);
	assert_int_equal(p->notifications[0].n.age, 20 * GCOAP_MS);
	assert_int_equal(p->notifications[0].n.observe, 4);
	play_free(p);
}

static void a_newer_notification_ends_the_fetching_of_an_older_one(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request = registered(p), m;
	uint8_t store[4];
	char half[64] = { 0 };

	play_answer(&m, &request, GCOAP_CONTENT, 1);
	gcoap_msg_add_uint(&m, GCOAP_OBSERVE, 4, store);
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x0a));
	m.payload = (struct gcoap_bytes){ (uint8_t *)half, 64 };
	play_recv(p, S1, &m);
	notify(p, &request, S1, GCOAP_NON, 2, 5, "short");
	assert_int_equal(p->n_notifications, 2);
	assert_string_equal(p->notifications[0].problem,
			    "a newer notification came before the rest");
	assert_string_equal(p->notifications[1].body, "short");
	assert_int_equal(p->notifications[1].server.body_len, 5);
	play_free(p);
}

static void an_echo_challenge_is_answered_under_the_same_token(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_msg request = registered(p), m;

	play_answer(&m, &request, GCOAP_UNAUTHORIZED, 1);
	gcoap_msg_add(&m, GCOAP_ECHO, bytes(1, 2, 3));
	play_recv(p, S1, &m);
	assert_int_equal(play_last(p)->type, GCOAP_CON);
	assert_true(gcoap_msg_same_token(play_last(p), &request));
	assert_int_equal(gcoap_msg_find(play_last(p), GCOAP_ECHO)->value.len, 3);
	assert_int_equal(p->n_notifications, 0);
	play_wait(p, 40 * GCOAP_MS);
	notify(p, play_last(p), S1, GCOAP_ACK, play_last(p)->mid, 1, "a");
	assert_int_equal(p->n_notifications, 1);
	/* its first answer, timed from the request that it answers */
	assert_int_equal(play_summary(p).rtt.max, 40 * GCOAP_MS);
	play_free(p);
}

static void several_observations_of_one_group_do_not_wait_for_each_other_for_ever(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_msg first;

	play_ask(p, &ask);
	first = *play_last(p);
	gcoap_client_ask(p->client, &ask, p->now);
	play_flush(p);
	notify(p, &first, S1, GCOAP_NON, 1, 10, "a");
	play_wait(p, 7 * GCOAP_SECOND);
	assert_int_equal(p->n_sent, 2); /* NSTART: after the first window */
	notify(p, &p->sent[1].msg, S1, GCOAP_NON, 2, 10, "a");
	assert_int_equal(gcoap_client_observed_count(p->client), 2);
	assert_int_equal(p->notifications[1].server.id, 2);
	play_free(p);
}

static void one_server_is_observed_by_con_and_told_at_the_end(void **state)
{
	struct play *p = play_new(NULL);
	struct gcoap_ask ask = observe_temp();
	struct gcoap_msg request;

	ask.to = play_addr(S1);
	ask.group = false;
	ask.confirmable = true;
	play_ask(p, &ask);
	request = *play_last(p);
	assert_int_equal(request.type, GCOAP_CON);
	notify(p, &request, S1, GCOAP_ACK, request.mid, 10, "a");
	notify(p, &request, S1, GCOAP_CON, 2, 11, "b");
	assert_int_equal(p->n_notifications, 2);
	notify(p, &request, S2, GCOAP_NON, 3, 12, "c"); /* was not asked */
	assert_int_equal(p->n_notifications, 2);
	gcoap_client_cancel(p->client, GCOAP_ENDED_COUNT, p->now);
	play_flush(p);
	assert_int_equal(play_last(p)->type, GCOAP_CON);
	assert_int_equal(observe_of(play_last(p)), 1);
	notify(p, play_last(p), S1, GCOAP_ACK, play_last(p)->mid, -1, "");
	assert_true(p->engine->done(p->engine));
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_registration_is_a_group_request_with_an_empty_observe,
				       begin),
		cmocka_unit_test_setup(only_get_and_fetch_observe, begin),
		cmocka_unit_test_setup(notifications_come_under_one_token_for_long, begin),
		cmocka_unit_test_setup(con_notifications_are_acknowledged_and_unknown_ones_reset,
				       begin),
		cmocka_unit_test_setup(an_older_notification_is_counted_and_not_shown, begin),
		cmocka_unit_test_setup(an_answer_without_observe_is_not_observable, begin),
		cmocka_unit_test_setup(observe_of_four_bytes_is_ignored, begin),
		cmocka_unit_test_setup(an_error_ends_the_observation_of_that_server, begin),
		cmocka_unit_test_setup(silence_ends_with_the_window, begin),
		cmocka_unit_test_setup(who_was_expected_and_silent_is_asked_by_unicast, begin),
		cmocka_unit_test_setup(max_age_makes_stale_and_asks_again, begin),
		cmocka_unit_test_setup(reregistration_goes_to_the_group_with_the_same_token, begin),
		cmocka_unit_test_setup(
			a_cancellation_goes_to_the_group_and_ends_when_all_have_answered, begin),
		cmocka_unit_test_setup(
			a_notification_after_the_cancellation_is_refused_and_repeats_it, begin),
		cmocka_unit_test_setup(each_server_can_be_told_by_itself, begin),
		cmocka_unit_test_setup(without_cancellation_nothing_is_sent, begin),
		cmocka_unit_test_setup(a_flood_is_shown_up_to_its_bound_and_counted, begin),
		cmocka_unit_test_setup(the_rest_of_a_large_notification_is_fetched, begin),
		cmocka_unit_test_setup(a_newer_notification_ends_the_fetching_of_an_older_one,
				       begin),
		cmocka_unit_test_setup(an_echo_challenge_is_answered_under_the_same_token, begin),
		cmocka_unit_test_setup(
			several_observations_of_one_group_do_not_wait_for_each_other_for_ever,
			begin),
		cmocka_unit_test_setup(one_server_is_observed_by_con_and_told_at_the_end, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
