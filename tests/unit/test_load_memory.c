/* A load without memory, and with those who would use it up. */
#include "test.h"
#include "alloc_fail.h"
#include "load_play.h"

#include <errno.h>
#include <stdio.h>

#define GROUP "224.0.1.187"
#define SERVER "192.0.2.1:5683"
#define PROXY "198.51.100.1:5683"

static struct gcoap_msg response;

static void answer(struct load_play *p, const struct load_sent *to, const char *from,
		   uint16_t mid, uint8_t code, uint16_t option, struct gcoap_bytes value)
{
	load_response(&response, to, code, mid);
	response.type = GCOAP_CON; /* an ACK, too */
	if (value.len)
		gcoap_msg_add(&response, option, value);
	load_recv(p, to->client, from, &response);
}

/* A little of everything; the @n-th allocation fails. */
static void run(size_t n)
{
	static const uint8_t name[] = { 0x82, 0x20, 0x82, 0x66, 'g', 'r', 'o',
					'u',  'p',  '1',  0x63, 'c', 'o', 'm' };
	struct gcoap_load_request q[3] = { load_get(GROUP), load_get(SERVER), load_get(PROXY) };
	struct gcoap_load_config f = load_config(q, 3);
	struct gcoap_registry registry;
	struct load_play *p;
	struct gcoap_addr expected = { .family = 4, .port = 9, .bytes = { 192, 0, 2, 77 } };
	struct load_sent asked[6];
	char from[32];

	gcoap_registry_init(&registry);
	q[1].confirmable = true;
	q[2].proxied = true;
	f.clients = 2;
	f.gap = GCOAP_MS;
	f.count = 300;
	alloc_fail_at(n);
	p = load_play_try(&f);
	if (!p) {
		assert_true(n);
		return;
	}
	gcoap_load_expect(p->load, &expected);
	load_wait(p, 5 * GCOAP_MS);
	for (size_t i = 0; i < 6; i++)
		asked[i] = *load_sent_at(p, i < p->n_sent ? i : p->n_sent - 1);
	for (int i = 1; i < 20; i++) {
		snprintf(from, sizeof(from), "192.0.2.%d:5683", i);
		answer(p, &asked[0], from, 1, GCOAP_CONTENT, 0, (struct gcoap_bytes){ 0 });
	}
	answer(p, &asked[1], SERVER, 2, GCOAP_UNAUTHORIZED, GCOAP_ECHO, bytes(1, 2));
	answer(p, &asked[2], PROXY, 2, GCOAP_CONTENT, registry.draft[GCOAP_DRAFT_REPLY_FROM],
	       (struct gcoap_bytes){ name, sizeof(name) });
	answer(p, &asked[5], PROXY, 3, GCOAP_FORBIDDEN, 0, (struct gcoap_bytes){ 0 });
	load_empty(p, &asked[4], GCOAP_ACK);
	load_wait(p, 100 * GCOAP_SECOND);
	assert_true(load_done(p));
	assert_int_equal(p->n_rounds, 300);
	assert_int_equal(load_counts(p).open, 0);
	assert_int_equal(load_counts(p).due, 300);
	load_play_free(p);
}

static void each_allocation_may_fail_and_the_run_goes_on(void **state)
{
	size_t n;

	run(0);
	for (n = 1; n == 1 || alloc_failed(); n++)
		run(n);
	assert_true(n > 30);
}

static void many(struct gcoap_load_config *f)
{
	f->gap = 10 * GCOAP_MS;
	f->count = 2;
}

static struct load_play *play(const char *to, void (*change)(struct gcoap_load_config *f))
{
	struct gcoap_load_request q = load_get(to);
	struct gcoap_load_config f = load_config(&q, 1);

	change(&f);
	return load_play_new(&f);
}

static void a_request_for_which_there_is_no_memory_is_told_and_counted(void **state)
{
	struct gcoap_load_request q = load_get(SERVER);
	struct gcoap_load_config f = load_config(&q, 1);
	struct load_play *p;

	f.gap = GCOAP_SECOND;
	f.count = 2;
	p = load_play_try(&f);
	alloc_fail_at(1);
	load_flush(p);
	assert_true(alloc_failed());
	assert_int_equal(p->n_sent, 0);
	assert_int_equal(load_last_round(p)->error, ENOMEM);
	assert_int_equal(load_last_round(p)->sent, GCOAP_NEVER);
	assert_int_equal(load_counts(p).dropped, 1);
	load_wait(p, GCOAP_SECOND);
	assert_int_equal(p->n_sent, 1);
	load_play_free(p);
}

static void an_answer_for_which_there_is_no_memory_is_counted(void **state)
{
	struct load_play *p = play(GROUP, many);
	struct load_sent asked = *load_last(p);

	alloc_fail_at(1);
	load_answer(p, &asked, SERVER, 1);
	assert_true(alloc_failed());
	assert_int_equal(p->n_answers, 0);
	assert_int_equal(load_counts(p).dropped, 1);
	load_answer(p, &asked, SERVER, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
	load_play_free(p);
}

static void a_flood_of_duplicates_needs_no_memory(void **state)
{
	struct load_play *p = play(GROUP, many);
	struct load_sent asked = *load_last(p);

	load_answer(p, &asked, SERVER, 1);
	alloc_fail_at(SIZE_MAX);
	for (int i = 0; i < 100000; i++) {
		load_answer(p, &asked, SERVER, 1);
		load_answer(p, &asked, SERVER, (uint16_t)i);
	}
	assert_int_equal(alloc_count(), 0);
	assert_int_equal(p->kinds[GCOAP_LOAD_ANSWER], 1);
	load_play_free(p);
}

static void in_turn(struct gcoap_load_config *f)
{
	f->outstanding = 64;
}

static void once_it_runs_no_request_needs_memory(void **state)
{
	struct load_play *p = play(SERVER, in_turn);
	size_t i;

	for (i = 0; i < 70000; i++)
		load_answer(p, load_sent_at(p, i), SERVER, (uint16_t)i);
	alloc_fail_at(SIZE_MAX);
	for (; i < 140000; i++)
		load_answer(p, load_sent_at(p, i), SERVER, (uint16_t)i);
	assert_int_equal(alloc_count(), 0);
	assert_int_equal(p->n_rounds, 140000);
	assert_int_equal(load_counts(p).open, 64);
	load_play_free(p);
}

static void two_places(struct gcoap_load_config *f)
{
	f->outstanding = 2;
}

/* One is not answered while hundreds of thousands are: neither is lost. */
static void a_request_may_stay_open_while_many_pass_it(void **state)
{
	struct load_play *p = play(SERVER, two_places);
	struct load_sent slow = *load_sent_at(p, 0);

	for (size_t i = 1; i < 300000; i++)
		load_answer(p, load_sent_at(p, i), SERVER, (uint16_t)i);
	assert_int_equal(p->kinds[GCOAP_LOAD_ANSWER], 299999);
	p->now += GCOAP_SECOND;
	load_answer(p, &slow, SERVER, 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_ANSWER);
	assert_int_equal(load_last_answer(p)->at - load_last_answer(p)->due, GCOAP_SECOND);
	assert_int_equal(load_last_round(p)->round, 0);
	load_play_free(p);
}

static void large_group(struct gcoap_load_config *f)
{
	f->gap = GCOAP_MS;
	f->count = 400;
}

/* 18,000 servers have 256 KiB of marks in a request: of 64 MiB, 256 open ones can have them. */
static void marks_of_groups_are_bounded(void **state)
{
	struct load_play *p = play(GROUP, large_group);
	struct gcoap_addr a = { .family = 4, .port = 5683, .bytes = { 10 } };

	for (int i = 0; i < 18000; i++) {
		a.bytes[2] = (uint8_t)(i >> 8);
		a.bytes[3] = (uint8_t)i;
		assert_int_equal(gcoap_load_expect(p->load, &a), i);
	}
	for (size_t i = 0; i < 300; i++) {
		load_answer(p, load_last(p), "10.0.70.79:5683", 1);
		assert_int_equal(p->n_sent, i + 1);
		load_wait(p, GCOAP_MS);
	}
	assert_int_equal(p->kinds[GCOAP_LOAD_ANSWER], 256);
	assert_int_equal(load_counts(p).dropped, 300 - 256);
	/* Requests that are over give theirs. */
	load_wait(p, 3 * GCOAP_SECOND);
	assert_int_equal(p->n_rounds, 400);
	load_answer(p, load_last(p), "10.0.70.79:5683", 1);
	assert_int_equal(load_last_answer(p)->kind, GCOAP_LOAD_LATE);
	assert_int_equal(load_counts(p).dropped, 300 - 256);
	load_play_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_may_fail_and_the_run_goes_on),
		cmocka_unit_test(a_request_for_which_there_is_no_memory_is_told_and_counted),
		cmocka_unit_test(an_answer_for_which_there_is_no_memory_is_counted),
		cmocka_unit_test(a_flood_of_duplicates_needs_no_memory),
		cmocka_unit_test(once_it_runs_no_request_needs_memory),
		cmocka_unit_test(a_request_may_stay_open_while_many_pass_it),
		cmocka_unit_test(marks_of_groups_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
