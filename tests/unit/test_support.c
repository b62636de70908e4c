/* The tests' own helpers. */
#include "alloc_fail.h"
#include "bad.h"
#include "guard.h"
#include "test.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>

static void *two_blocks(void **second)
{
	void *first = malloc(8);

	*second = first ? calloc(1, 8) : NULL;
	if (first && *second)
		return first;
	free(first);
	return NULL;
}

static void each_allocation_can_be_made_to_fail(void **state)
{
	void *first, *second;
	size_t n = 1;

	for (;; n++) {
		alloc_fail_at(n);
		first = two_blocks(&second);
		if (!alloc_failed())
			break;
		assert_null(first);
	}
	assert_non_null(first);
	free(first);
	free(second);
	assert_int_equal(n, 3);
	assert_int_equal(alloc_count(), 2);
}

static sigjmp_buf back;

static void on_fault(int number)
{
	siglongjmp(back, number);
}

static void one_byte_behind_the_input_is_a_fault(void **state)
{
	struct sigaction act = { .sa_handler = on_fault }, old;
	struct guard guard;
	const volatile uint8_t *p;
	volatile unsigned sum = 0, faults = 0;

	guard_open(&guard, 5000);
	p = guard_copy(&guard, "abc", 3);
	sigaction(SIGSEGV, &act, &old);
	for (volatile int i = 0; i < 4; i++) {
		if (sigsetjmp(back, 1) == 0)
			sum += p[i];
		else
			faults++;
	}
	sigaction(SIGSEGV, &old, NULL);
	guard_close(&guard);
	assert_int_equal(sum, 'a' + 'b' + 'c');
	assert_int_equal(faults, 1);
}

static void groups_of_bad_input_are_repeated(void **state)
{
	struct bad bad;

	bad_open(&bad, "tests/bad/coap/C-13-500-empty-options.hex");
	assert_int_equal(bad.len, 4 + 500);
	assert_string_equal(bad.name, "too-many-options");
	assert_int_equal(bad.at, 68);
	bad_close(&bad);
	bad_open(&bad, "tests/bad/coap/C-20-ack-unknown-mid.hex");
	assert_string_equal(bad.name, "ok");
	bad_close(&bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_can_be_made_to_fail),
		cmocka_unit_test(one_byte_behind_the_input_is_a_fault),
		cmocka_unit_test(groups_of_bad_input_are_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
