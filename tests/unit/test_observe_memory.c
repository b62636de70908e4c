/* Observations when memory is short, and what they cost when it is not. */
#include <stdio.h>
#include "alloc_fail.h"
#include "engine_play.h"
#include "test.h"

#define S1 "192.0.2.1:5683"
#define S2 "192.0.2.2:5683"

static void notify(struct play *p, const struct gcoap_msg *request, const char *from,
		   uint16_t mid, uint32_t value, const char *text)
{
	struct gcoap_msg m, to = *request;
	uint8_t store[4];

	play_answer(&m, &to, GCOAP_CONTENT, mid);
	gcoap_msg_add_uint(&m, GCOAP_OBSERVE, value, store);
	m.payload = gcoap_bytes_text(text);
	play_recv(p, from, &m);
}

/* The first of several blocks. */
static void notify_large(struct play *p, const struct gcoap_msg *request, uint16_t mid)
{
	static const uint8_t block[64] = { 'x' };
	struct gcoap_msg m, to = *request;
	uint8_t store[4];

	play_answer(&m, &to, GCOAP_CONTENT, mid);
	gcoap_msg_add_uint(&m, GCOAP_OBSERVE, mid, store);
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x0a));
	m.payload = (struct gcoap_bytes){ block, sizeof(block) };
	play_recv(p, S2, &m);
}

/* Registration, notifications, blocks, one who is silent, stale ones, cancellation. */
static void run(struct play *p, enum gcoap_cancel cancel)
{
	struct gcoap_observe how = { .cancel = cancel, .reregister = 30 * GCOAP_SECOND };
	struct gcoap_addr from[] = { play_addr(S1), play_addr("192.0.2.9:5683") };
	struct gcoap_ask ask = play_get("temp");
	struct gcoap_msg request, m;

	ask.observe = &how;
	ask.expect_from = from;
	ask.n_expect_from = 2;
	play_ask(p, &ask);
	if (!p->n_sent)
		return;
	request = *play_last(p);
	notify(p, &request, S1, 1, 1, "a");
	notify_large(p, &request, 2);
	notify_large(p, &request, 3);
	play_answer(&m, &request, GCOAP_UNAUTHORIZED, 2);
	gcoap_msg_add_text(&m, GCOAP_ECHO, "fresh");
	play_recv(p, "192.0.2.3:5683", &m);
	play_wait(p, 100 * GCOAP_SECOND);
	notify(p, &request, S1, 9, 9, "a longer one than before");
	notify_large(p, &request, 10);
	gcoap_client_cancel(p->client, GCOAP_ENDED_INTERRUPT, p->now);
	play_flush(p);
	notify(p, &request, S1, 11, 11, "late");
	play_wait(p, 10 * GCOAP_SECOND);
}

static void run_to_a_group_cancellation(struct play *p)
{
	run(p, GCOAP_CANCEL_GROUP);
}

static void run_to_one_cancellation_each(struct play *p)
{
	run(p, GCOAP_CANCEL_EACH);
}

static void every_allocation_may_fail_with_a_group_cancellation(void **state)
{
	play_without_memory(run_to_a_group_cancellation);
}

static void every_allocation_may_fail_with_one_cancellation_each(void **state)
{
	play_without_memory(run_to_one_cancellation_each);
}

static void a_notification_of_a_known_server_costs_no_allocation(void **state)
{
	struct gcoap_observe how = { 0 };
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);
	struct gcoap_msg request;

	ask.observe = &how;
	play_ask(p, &ask);
	request = *play_last(p);
	for (uint16_t i = 0; i < 50; i++)
		notify(p, &request, S1, i, i, "a");
	alloc_fail_at(0);
	for (uint16_t i = 50; i < 64; i++)
		notify(p, &request, S1, i, i, "b");
	assert_int_equal(alloc_count(), 0);
	play_free(p);
}

static void more_servers_than_are_held_are_counted(void **state)
{
	struct gcoap_observe how = { 0 };
	struct gcoap_ask ask = play_get("temp");
	struct play *p = play_new(NULL);
	struct gcoap_msg request;
	char from[32];

	ask.observe = &how;
	ask.max_answers = 5;
	play_ask(p, &ask);
	request = *play_last(p);
	for (int round = 0; round < 3; round++) {
		for (int i = 1; i <= 8; i++) {
			snprintf(from, sizeof(from), "192.0.2.%d:5683", i);
			notify(p, &request, from, (uint16_t)round, (uint32_t)round, "a");
		}
	}
	assert_int_equal(gcoap_client_observed_count(p->client), 5);
	assert_int_equal(p->n_notifications, 15);
	assert_int_equal(play_summary(p).dropped, 9);
	play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail_with_a_group_cancellation),
		cmocka_unit_test(every_allocation_may_fail_with_one_cancellation_each),
		cmocka_unit_test(a_notification_of_a_known_server_costs_no_allocation),
		cmocka_unit_test(more_servers_than_are_held_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
