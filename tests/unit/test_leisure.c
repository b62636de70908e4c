/* When members answer: the heap of dues, and the leisure (RFC 7252, Section 8.2). */
#include "test.h"

#include <stdlib.h>

#include "serve/host.h"
#include "serve_fixture.h"

static void dues_come_in_the_order_of_their_time(void **state)
{
	struct dues q = { 0 };
	struct gcoap_random random;
	gcoap_time last = 0;
	struct due d;

	(void)state;
	gcoap_random_init_seed(&random, 1);
	for (int i = 0; i < 1000; i++)
		gcoap__due_push(&q, (struct due){
			.at = (gcoap_time)gcoap_random_below(&random, 100000) });
	for (int i = 0; i < 1000; i++) {
		assert_true(gcoap__due_pop(&q, 100000, &d));
		assert_true(d.at >= last);
		last = d.at;
	}
	assert_false(gcoap__due_pop(&q, GCOAP_NEVER, &d));
	assert_true(gcoap__due_first(&q) == GCOAP_NEVER);
	free(q.heap);
}

static void dues_of_one_moment_come_first_in_first_out(void **state)
{
	struct dues q = { 0 };
	struct due d;

	(void)state;
	for (uint32_t i = 0; i < 100; i++)
		gcoap__due_push(&q, (struct due){ .at = 5, .member = i });
	assert_false(gcoap__due_pop(&q, 4, &d));
	for (uint32_t i = 0; i < 100; i++) {
		assert_true(gcoap__due_pop(&q, 5, &d));
		assert_int_equal(d.member, i);
	}
	free(q.heap);
}

static void a_full_heap_refuses_more(void **state)
{
	struct dues q = { .max = 3 };

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(gcoap__due_push(&q, (struct due){ 0 }), 0);
	assert_int_equal(gcoap__due_push(&q, (struct due){ 0 }), GCOAP_ELIMIT);
	free(q.heap);
}

static void windows_of_one_membership_follow_each_other(void **state)
{
	struct leisure l = { 0 };

	(void)state;
	assert_true(gcoap__leisure_window(&l, 5, 100) == 100);
	assert_true(gcoap__leisure_window(&l, 5, 101) == 105);
	assert_true(gcoap__leisure_window(&l, 5, 200) == 200);
}

static void a_flood_of_group_requests_is_not_followed_for_ever(void **state)
{
	struct leisure l = { 0 };
	int windows = 0;

	(void)state;
	while (gcoap__leisure_window(&l, 5, 100) != GCOAP_NEVER)
		windows++;
	assert_int_equal(windows, 8);
	assert_true(gcoap__leisure_window(&l, 5, 1000) == 1000);
	for (int i = 0; i < 100; i++)
		assert_true(gcoap__leisure_window(&(struct leisure){ 0 }, 0, 100) == 100);
}

/* S-06: spread over [0, leisure], neither constant nor behind its end. */
static void answers_are_spread_over_the_leisure(void **state)
{
	unsigned tenths[10] = { 0 };
	struct gcoap_msg m;
	gcoap_time start;
	struct fx f;

	(void)state;
	fx_init(&f, 1000);
	fx_open(&f);
	start = f.now;
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	fx_group(&f, &m);
	assert_int_equal(fx_run(&f, start + 5 * GCOAP_SECOND), 1000);
	for (size_t i = 0; i < 1000; i++) {
		gcoap_time delay = f.sent[i].at - start;

		assert_true(delay >= 0 && delay <= 5 * GCOAP_SECOND);
		tenths[delay * 10 / (5 * GCOAP_SECOND + 1)]++;
	}
	for (int i = 0; i < 10; i++)
		assert_in_range(tenths[i], 60, 140);
	fx_close(&f);
}

static void no_leisure_means_at_once(void **state)
{
	struct gcoap_msg m;
	struct fx f;

	(void)state;
	fx_init(&f, 10);
	f.config.transmission.leisure = 0;
	fx_open(&f);
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	fx_group(&f, &m);
	assert_int_equal(fx_run(&f, f.now), 10);
	fx_close(&f);
}

static void an_individual_request_is_answered_at_once(void **state)
{
	struct gcoap_msg m;
	struct fx f;

	(void)state;
	fx_init(&f, 2);
	fx_open(&f);
	fx_request(&m, GCOAP_NON, GCOAP_GET, 1, "/r");
	fx_one(&f, 1, &m);
	assert_int_equal(fx_run(&f, f.now), 1);
	fx_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dues_come_in_the_order_of_their_time),
		cmocka_unit_test(dues_of_one_moment_come_first_in_first_out),
		cmocka_unit_test(a_full_heap_refuses_more),
		cmocka_unit_test(windows_of_one_membership_follow_each_other),
		cmocka_unit_test(a_flood_of_group_requests_is_not_followed_for_ever),
		cmocka_unit_test(answers_are_spread_over_the_leisure),
		cmocka_unit_test(no_leisure_means_at_once),
		cmocka_unit_test(an_individual_request_is_answered_at_once),
	};

	return cmocka_run_group_tests_name("leisure", tests, NULL, NULL);
}
