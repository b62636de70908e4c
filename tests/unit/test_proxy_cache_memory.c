/* The proxy's cache: its size, a client's share, and memory that is not there. */
#include "test.h"

#include <stdio.h>

#include "alloc_fail.h"
#include "cache_play.h"

static struct cache_play p;
static char big[70000];

static struct gcoap_proxy_stats stats(void)
{
	struct gcoap_proxy_stats s;

	gcoap__cache_stats(p.cache, &s);
	return s;
}

static void put(unsigned server, const char *path, size_t len)
{
	struct gcoap_msg *m = cache_answer(GCOAP_CONTENT, "a1", 30, "");

	m->payload = (struct gcoap_bytes){ (const uint8_t *)big, len };
	assert_int_equal(cache_key(&p, server, path), 0);
	cache_store(&p, server, m);
}

static void client(unsigned n)
{
	p.client.bytes[2] = (uint8_t)(n >> 8);
	p.client.bytes[3] = (uint8_t)n;
}

static void the_size_is_never_exceeded(void **state)
{
	cache_play_init(&p, 100000, GCOAP_CACHE_T);
	for (unsigned i = 0; i < 2000; i++) {
		client(i % 7);
		put(i % 200 + 1, "r", i % 1000);
		assert_true(stats().cache_bytes <= 100000);
	}
	assert_true(stats().cache_bytes > 80000);
	assert_true(stats().cache_evicted > 1000);
	cache_play_clear(&p);
}

static void a_client_has_a_fourth_of_it(void **state)
{
	cache_play_init(&p, 100000, GCOAP_CACHE_T);
	client(1);
	put(1, "mine", 100);
	client(2);
	for (unsigned i = 1; i < 500; i++)
		put(i, "r", 1000);
	assert_in_range(stats().cache_bytes, 20000, 26000);
	assert_int_equal(cache_get(&p, 1, "mine"), 1);
	put(1, "too-much", 30000);
	assert_int_equal(cache_get(&p, 1, "too-much"), 0);
	cache_play_clear(&p);
}

/* It is the same client from any port, and in any part of its /64. */
static void a_share_is_of_a_host_or_an_identity(void **state)
{
	cache_play_init(&p, 100000, GCOAP_CACHE_T);
	for (unsigned i = 1; i < 500; i++) {
		p.client.port = (uint16_t)(1024 + i);
		put(i, "r", 1000);
	}
	assert_true(stats().cache_bytes <= 25000);
	p.client.family = 6;
	for (unsigned i = 1; i < 500; i++) {
		p.client.bytes[15] = (uint8_t)i;
		put(i, "s", 1000);
	}
	assert_true(stats().cache_bytes <= 50000);
	p.identity = "alice";
	for (unsigned i = 1; i < 500; i++) {
		p.client.bytes[0] = (uint8_t)i;
		put(i, "t", 1000);
	}
	assert_in_range(stats().cache_bytes, 65000, 75000);
	cache_play_clear(&p);
}

static void the_least_recently_used_goes_first(void **state)
{
	cache_play_init(&p, 100000, GCOAP_CACHE_T);
	for (unsigned i = 1; i <= 15; i++)
		put(i, "r", 1000);
	assert_int_equal(stats().cache_entries, 15);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	for (unsigned i = 16; i <= 25; i++)
		put(i, "r", 1000);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_int_equal(cache_get(&p, 2, "r"), 0);
	cache_play_clear(&p);
}

static void an_entry_is_64_kib_at_most(void **state)
{
	cache_play_init(&p, 1 << 20, GCOAP_CACHE_T);
	put(1, "r", 65000);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	put(1, "r", 65536);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	cache_play_clear(&p);
}

static void a_key_that_is_too_long_is_not_cached(void **state)
{
	cache_play_init(&p, 1 << 20, GCOAP_CACHE_T);
	p.method = GCOAP_FETCH;
	p.payload = (struct gcoap_bytes){ (const uint8_t *)big, 2900 };
	assert_int_equal(cache_key(&p, 1, "r"), 0);
	p.payload.len = 3100;
	assert_int_equal(cache_key(&p, 1, "r"), GCOAP_EUNSUPPORTED);
	cache_play_clear(&p);
}

static void many_servers_of_a_group_are_counted(void **state)
{
	size_t before;

	cache_play_init(&p, 16 << 20, GCOAP_CACHE_T);
	for (unsigned i = 1; i <= 1600; i++)
		put(i, "r", 8);
	before = stats().cache_bytes;
	cache_key(&p, 0, "r");
	for (unsigned i = 1; i <= 1600; i++)
		cache_store(&p, i, cache_answer(GCOAP_CONTENT, "a1", 30, "12345678"));
	assert_int_equal(stats().cache_entries, 1600);
	assert_in_range(stats().cache_bytes - before, 1500 * sizeof(struct gcoap_addr), 65536);
	cache_play_clear(&p);
}

static void a_sweep_takes_some_at_a_time(void **state)
{
	gcoap_time last;
	unsigned sweeps = 0;

	cache_play_init(&p, 16 << 20, GCOAP_CACHE_T);
	for (unsigned i = 1; i <= 5000; i++)
		put(i, "r", 8);
	assert_int_equal(stats().cache_entries, 5000);
	p.now += 331 * GCOAP_SECOND;
	for (; gcoap__cache_deadline(p.cache) <= p.now; sweeps++) {
		last = gcoap__cache_deadline(p.cache);
		gcoap__cache_tick(p.cache, p.now);
		assert_true(gcoap__cache_deadline(p.cache) >= last);
	}
	assert_int_equal(sweeps, (5000 + 255) / 256);
	assert_int_equal(stats().cache_entries, 0);
	assert_int_equal(stats().cache_bytes, 0);
	cache_play_clear(&p);
}

/* The group's answers of servers 1 to 4 are aggregated, and it is observed from now on. */
static struct gcoap__recall *observed_group(void)
{
	struct gcoap__recall *r;

	cache_key(&p, 0, "r");
	r = gcoap__recall_new(p.cache, &p.key);
	assert_non_null(r);
	for (unsigned i = 1; i <= 4; i++)
		cache_recalled(&p, r, i, cache_answer(GCOAP_CONTENT, "a1", 600, "x"));
	gcoap__recall_end(p.cache, r, p.now);
	gcoap__recall_notified(p.cache, r);
	return r;
}

/* What a new server tells is stored, and goes at once for the room that its name takes. */
static void a_notification_may_go_for_its_own_server(void **state)
{
	struct gcoap__recall *r;
	unsigned gone = 0;

	for (size_t len = 0; len < 1500; len += 8) {
		cache_play_init(&p, 40000, GCOAP_CACHE_B);
		r = observed_group();
		for (unsigned i = 11; i <= 17; i++)
			put(i, "f", 800);
		put(18, "f", len);
		for (unsigned i = 1; i <= 18; i++)
			cache_get(&p, i, i <= 4 ? "r" : "f");
		cache_recalled(&p, r, 5, cache_answer(GCOAP_CONTENT, "a1", 600, "new"));
		gone += !cache_get(&p, 5, "r");
		assert_true(stats().cache_bytes <= 10000);
		gcoap__recall_free(p.cache, &r);
		cache_play_clear(&p);
	}
	assert_true(gone > 0);
}

/* Every allocation fails once: what can be kept is kept, and nothing is wrong or lost. */
static void a_round(void)
{
	const struct gcoap__members nobody = { 0 };
	struct gcoap__validators store;
	struct gcoap_msg sent;
	struct gcoap__recall *r;

	p.n_given = 0;
	cache_key(&p, 0, "r");
	for (unsigned i = 1; i <= 6; i++)
		cache_store(&p, i, cache_answer(GCOAP_CONTENT, "a1", i * 10, "x"));
	put(7, "r", 100);
	p.now += 20 * GCOAP_SECOND;
	cache_get_members(&p, "r", 6);
	cache_key(&p, 0, "r");
	r = gcoap__recall_new(p.cache, &p.key);
	if (r) {
		gcoap_msg_init(&sent, GCOAP_NON, GCOAP_GET);
		gcoap__recall_hold(p.cache, r, &nobody, 15 * GCOAP_SECOND, p.now, cache_give,
				   &p);
		gcoap__recall_validate(p.cache, r, p.dialect, &sent, &store, p.now);
		for (unsigned i = 1; i <= 3; i++)
			cache_recalled(&p, r, i, cache_answer(GCOAP_VALID, "a1", 30, ""));
		gcoap__recall_release(p.cache, r, p.now, cache_give, &p);
		gcoap__recall_end(p.cache, r, p.now);
	}
	gcoap__recall_free(p.cache, &r);
	for (unsigned i = 1; i <= 6; i++)
		if (cache_get(&p, i, "r"))
			assert_int_equal(p.out.msg.payload.ptr[0], 'x');
	cache_get(&p, 0, "r");
}

static void memory_may_end_anywhere(void **state)
{
	const uint64_t seed[2] = { 0 };
	struct gcoap__cache *c;

	for (int model = GCOAP_CACHE_T; model <= GCOAP_CACHE_B; model++) {
		for (size_t n = 1;; n++) {
			cache_play_init(&p, 1 << 20, (enum gcoap_cache_model)model);
			alloc_fail_at(n);
			a_round();
			if (!alloc_failed())
				break;
			a_round();
			cache_play_clear(&p);
		}
		cache_play_clear(&p);
	}
	alloc_fail_at(1);
	assert_int_equal(gcoap__cache_new(&c, 1000, GCOAP_CACHE_T, &p.registry, 0, seed),
			 GCOAP_ENOMEM);
	assert_true(alloc_failed());
	assert_null(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_size_is_never_exceeded),
		cmocka_unit_test(a_client_has_a_fourth_of_it),
		cmocka_unit_test(a_share_is_of_a_host_or_an_identity),
		cmocka_unit_test(the_least_recently_used_goes_first),
		cmocka_unit_test(an_entry_is_64_kib_at_most),
		cmocka_unit_test(a_key_that_is_too_long_is_not_cached),
		cmocka_unit_test(many_servers_of_a_group_are_counted),
		cmocka_unit_test(a_sweep_takes_some_at_a_time),
		cmocka_unit_test(a_notification_may_go_for_its_own_server),
		cmocka_unit_test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
