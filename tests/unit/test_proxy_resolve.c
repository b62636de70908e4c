/* Look-ups of names beside the loop. */
#include "test.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include "proxy/resolve.h"

static struct resolver *resolver;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static struct {
	char host[256];
	uint16_t port;
	size_t n;
	struct gcoap_addr first;
	int calls;
} got;

static void found(void *arg, const char *host, uint16_t port, const struct gcoap_addr *addrs,
		  size_t n)
{
	snprintf(got.host, sizeof(got.host), "%s", host);
	got.port = port;
	got.n = n;
	if (n)
		got.first = addrs[0];
	got.calls++;
}

/* "stuck…" hangs while the gate is closed, "none" has no address. */
static int lookup(const char *host, uint16_t port, uint8_t family, struct gcoap_addr *out, size_t cap)
{
	if (!strncmp(host, "stuck", 5)) {
		pthread_mutex_lock(&gate);
		pthread_mutex_unlock(&gate);
	}
	if (!strcmp(host, "none"))
		return GCOAP_ERESOLVE;
	return gcoap_addr_parse(out, "192.0.2.1", port) < 0 ? GCOAP_ERESOLVE : 1;
}

static int open_one(void **state)
{
	memset(&got, 0, sizeof(got));
	return resolver_new(&resolver, lookup, found, NULL);
}

static int close_one(void **state)
{
	resolver_free(&resolver);
	assert_null(resolver);
	return 0;
}

static void wait_for(int calls, gcoap_time now)
{
	struct pollfd p = { .fd = resolver_fd(resolver), .events = POLLIN };

	while (got.calls < calls) {
		assert_int_equal(poll(&p, 1, 10000), 1);
		resolver_ready(resolver, now);
	}
}

static void a_name_comes_later_and_is_remembered_for_a_minute(void **state)
{
	struct gcoap_addr a;

	assert_int_equal(resolver_ask(resolver, "host", 5683, &a, 0), GCOAP_EAGAIN);
	wait_for(1, 0);
	assert_string_equal(got.host, "host");
	assert_int_equal(got.port, 5683);
	assert_int_equal(got.first.port, 5683);
	assert_int_equal(resolver_ask(resolver, "host", 7, &a, RESOLVER_FRESH - 1), 0);
	assert_int_equal(a.port, 7);
	assert_int_equal(resolver_ask(resolver, "host", 7, &a, RESOLVER_FRESH), GCOAP_EAGAIN);
	wait_for(2, RESOLVER_FRESH);
}

static void that_there_is_none_is_remembered_for_a_moment(void **state)
{
	struct gcoap_addr a;

	assert_int_equal(resolver_ask(resolver, "none", 1, &a, 0), GCOAP_EAGAIN);
	wait_for(1, 0);
	assert_int_equal(got.n, 0);
	assert_int_equal(resolver_ask(resolver, "none", 1, &a, 1), GCOAP_ERESOLVE);
	assert_int_equal(resolver_ask(resolver, "none", 1, &a, RESOLVER_FRESH_MISS), GCOAP_EAGAIN);
	wait_for(2, 0);
}

static void a_name_server_that_hangs_does_not_stop_other_names(void **state)
{
	struct gcoap_addr a;
	char name[16];

	pthread_mutex_lock(&gate);
	for (int i = 0; i < RESOLVER_THREADS - 1; i++) {
		snprintf(name, sizeof(name), "stuck%d", i);
		assert_int_equal(resolver_ask(resolver, name, 1, &a, 0), GCOAP_EAGAIN);
	}
	assert_int_equal(resolver_ask(resolver, "host", 1, &a, 0), GCOAP_EAGAIN);
	wait_for(1, 0);
	assert_string_equal(got.host, "host");
	/* The same once more is not asked twice; others are taken up to the limit. */
	assert_int_equal(resolver_ask(resolver, "stuck0", 1, &a, 0), GCOAP_EAGAIN);
	for (int i = RESOLVER_THREADS - 1; i < RESOLVER_WAITING_MAX; i++) {
		snprintf(name, sizeof(name), "stuck%d", i);
		assert_int_equal(resolver_ask(resolver, name, 1, &a, 0), GCOAP_EAGAIN);
	}
	assert_int_equal(resolver_ask(resolver, "another", 1, &a, 0), GCOAP_ERESOLVE);
	assert_int_equal(resolver_ask(resolver, "host", 2, &a, 0), 0);
	pthread_mutex_unlock(&gate);
	wait_for(RESOLVER_WAITING_MAX + 1, 0);
}

static void the_end_does_not_wait_for_a_look_up(void **state)
{
	struct gcoap_addr a;

	pthread_mutex_lock(&gate);
	assert_int_equal(resolver_ask(resolver, "stuck", 1, &a, 0), GCOAP_EAGAIN);
	resolver_free(&resolver);
	pthread_mutex_unlock(&gate);
}

static void memory_for_names_is_bounded(void **state)
{
	struct gcoap_addr a;
	char name[16];

	for (int i = 0; i < 2 * RESOLVER_CACHE_MAX; i++) {
		snprintf(name, sizeof(name), "host%d", i);
		assert_int_equal(resolver_ask(resolver, name, 1, &a, i), GCOAP_EAGAIN);
		wait_for(i + 1, i);
	}
	/* The last ones are there, the first ones are not. */
	assert_int_equal(resolver_ask(resolver, name, 1, &a, 2 * RESOLVER_CACHE_MAX), 0);
	assert_int_equal(resolver_ask(resolver, "host0", 1, &a, 2 * RESOLVER_CACHE_MAX),
			 GCOAP_EAGAIN);
	wait_for(2 * RESOLVER_CACHE_MAX + 1, 0);
}

static void no_name_is_no_name(void **state)
{
	struct gcoap_addr a;
	char longer[300];

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(resolver_ask(resolver, "", 1, &a, 0), GCOAP_ERESOLVE);
	assert_int_equal(resolver_ask(resolver, longer, 1, &a, 0), GCOAP_ERESOLVE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_one, close_one)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_name_comes_later_and_is_remembered_for_a_minute),
		TEST(that_there_is_none_is_remembered_for_a_moment),
		TEST(a_name_server_that_hangs_does_not_stop_other_names),
		TEST(the_end_does_not_wait_for_a_look_up),
		TEST(memory_for_names_is_bounded),
		TEST(no_name_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
