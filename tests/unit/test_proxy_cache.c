/* The proxy's cache: keys, lifetimes and codes of individual entries. */
#include "test.h"

#include "cache_play.h"

static struct cache_play p;

static int fresh_cache(void **state)
{
	cache_play_init(&p, 1 << 20, GCOAP_CACHE_T);
	return 0;
}

static int no_cache(void **state)
{
	cache_play_clear(&p);
	return 0;
}

static void put(unsigned server, const char *path, const char *payload)
{
	assert_int_equal(cache_key(&p, server, path), 0);
	assert_int_equal(
		cache_store(&p, server, cache_answer(GCOAP_CONTENT, "", 30, payload)), 0);
}

static void an_answer_is_given_until_its_max_age_is_over(void **state)
{
	put(1, "r", "hot");
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=30 hot");
	p.now += 13 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=17 hot");
	p.now += 17 * GCOAP_SECOND - 1;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=0 hot");
	p.now += 1;
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void without_max_age_it_is_a_minute(void **state)
{
	cache_key(&p, 1, "r");
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "", -1, "x"));
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 x");
	p.now += GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=59 x");
	p.now += 59 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void the_longest_max_age_is_capped_and_does_not_wrap(void **state)
{
	cache_key(&p, 1, "r");
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "", UINT32_MAX, "x"));
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=31536000 x");
	p.now += 31535999 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	p.now += GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void max_age_of_five_bytes_counts_as_absent(void **state)
{
	struct gcoap_msg *m = cache_answer(GCOAP_CONTENT, "", -1, "x");

	gcoap_msg_add(m, GCOAP_MAX_AGE, bytes(0, 0, 0, 0, 5));
	cache_key(&p, 1, "r");
	cache_store(&p, 1, m);
	p.now += 59 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=1 x");
}

static void max_age_zero_is_never_given_again(void **state)
{
	cache_key(&p, 1, "r");
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "a1", 0, "x"));
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "", 0, "x"));
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void an_answer_that_cannot_be_kept_drops_what_was_there(void **state)
{
	put(1, "r", "old");
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "", 0, "new"));
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void codes_are_kept_or_not(void **state)
{
	static const struct {
		uint8_t code;
		int kept;
	} rows[] = {
		{ GCOAP_CONTENT, 1 }, { GCOAP_CREATED, 0 }, { GCOAP_DELETED, 0 },
		{ GCOAP_VALID, 0 }, { GCOAP_CHANGED, 0 }, { GCOAP_CONTINUE, 0 },
		{ GCOAP_CODE(2, 6), 0 }, { GCOAP_CODE(2, 20), 0 }, { GCOAP_CODE(3, 0), 0 },
		{ GCOAP_BAD_REQUEST, 1 }, { GCOAP_NOT_FOUND, 1 }, { GCOAP_BAD_OPTION, 1 },
		{ GCOAP_NOT_ACCEPTABLE, 1 }, { GCOAP_METHOD_NOT_ALLOWED, 1 },
		{ GCOAP_REQUEST_INCOMPLETE, 0 }, { GCOAP_TOO_MANY_REQUESTS, 0 },
		{ GCOAP_CODE(4, 30), 0 }, { GCOAP_SERVER_ERROR, 1 }, { GCOAP_UNAVAILABLE, 1 },
		{ GCOAP_CODE(5, 31), 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cache_key(&p, 1, "r");
		cache_store(&p, 1, cache_answer(rows[i].code, "", 30, "x"));
		assert_int_equal(cache_get(&p, 1, "r"), rows[i].kept);
	}
}

static void only_get_and_fetch_are_cached(void **state)
{
	for (p.method = GCOAP_GET; p.method <= GCOAP_IPATCH; p.method++)
		assert_int_equal(cache_key(&p, 1, "r"),
				 p.method == GCOAP_GET || p.method == GCOAP_FETCH ?
					 0 :
					 GCOAP_EUNSUPPORTED);
}

static void fetch_is_told_apart_by_its_payload(void **state)
{
	p.method = GCOAP_FETCH;
	p.payload = bytes(1, 2, 3);
	put(1, "r", "x");
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	p.payload = bytes(1, 2, 4);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	p.payload = bytes(1, 2, 3, 0);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	p.payload = bytes(1, 2, 3);
	p.method = GCOAP_GET;
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void every_part_of_the_key_counts(void **state)
{
	put(1, "r", "x");
	assert_int_equal(cache_get(&p, 2, "r"), 0);
	assert_int_equal(cache_get(&p, 1, "s"), 0);
	assert_int_equal(cache_get(&p, 1, "r/s"), 0);
	assert_int_equal(cache_get(&p, 1, ""), 0);
	p.ifindex = 3;
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	p.ifindex = 0;
	p.host = "a.example";
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	p.host = NULL;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
}

/* Numbers whose absence is another request. */
static void options_count_byte_by_byte(void **state)
{
	static const uint16_t numbers[] = { GCOAP_ACCEPT, GCOAP_URI_QUERY, GCOAP_BLOCK2,
					    GCOAP_HOP_LIMIT, GCOAP_NO_RESPONSE, GCOAP_OSCORE,
					    GCOAP_IF_MATCH, 65012, 248, 96, 292, 0xffff };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		no_cache(state);
		fresh_cache(state);
		gcoap_msg_add(&p.extra, numbers[i], bytes(0));
		put(1, "r", "x");
		assert_int_equal(cache_get(&p, 1, "r"), 1);
		gcoap_msg_remove(&p.extra, numbers[i]);
		assert_int_equal(cache_get(&p, 1, "r"), 0);
		gcoap_msg_add(&p.extra, numbers[i], bytes(0, 0));
		assert_int_equal(cache_get(&p, 1, "r"), 0);
		gcoap_msg_remove(&p.extra, numbers[i]);
		gcoap_msg_add(&p.extra, numbers[i], bytes(0));
		gcoap_msg_add(&p.extra, numbers[i], bytes(0));
		assert_int_equal(cache_get(&p, 1, "r"), 0);
	}
}

static void options_that_are_no_cache_key_or_interpreted_do_not_count(void **state)
{
	const uint16_t numbers[] = { GCOAP_SIZE1, GCOAP_SIZE2, 65020, GCOAP_ETAG,
				     p.registry.draft[GCOAP_DRAFT_GROUP_ETAG],
				     p.registry.draft[GCOAP_DRAFT_IETF_GROUP_ETAG],
				     p.registry.draft[GCOAP_DRAFT_MULTI_ETAG],
				     p.registry.draft[GCOAP_DRAFT_MULTICAST_SIGNALING],
				     p.registry.draft[GCOAP_DRAFT_MULTICAST_TIMEOUT] };

	put(1, "r", "x");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		gcoap_msg_add(&p.extra, numbers[i], bytes(7));
		assert_int_equal(cache_get(&p, 1, "r"), 1);
		gcoap_msg_remove(&p.extra, numbers[i]);
	}
}

/* Values cannot move from one option to the next. */
static void segments_are_not_joined(void **state)
{
	put(1, "ab/c", "x");
	assert_int_equal(cache_get(&p, 1, "a/bc"), 0);
	assert_int_equal(cache_get(&p, 1, "abc"), 0);
	assert_int_equal(cache_get(&p, 1, "ab/c"), 1);
}

static void observe_and_echo_want_an_answer_of_the_server(void **state)
{
	put(1, "r", "x");
	gcoap_msg_add(&p.extra, GCOAP_OBSERVE, bytes(0));
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "", 30, "y"));
	gcoap_msg_remove(&p.extra, GCOAP_OBSERVE);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=30 y");
	gcoap_msg_add(&p.extra, GCOAP_ECHO, bytes(0));
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void a_notification_is_kept_without_observe(void **state)
{
	struct gcoap_msg *m = cache_answer(GCOAP_CONTENT, "", 30, "x");

	gcoap_msg_add(m, GCOAP_OBSERVE, bytes(12));
	cache_key(&p, 1, "r");
	cache_store(&p, 1, m);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_null(gcoap_msg_find(&p.out.msg, GCOAP_OBSERVE));
}

static void a_challenge_is_not_kept(void **state)
{
	struct gcoap_msg *m = cache_answer(GCOAP_UNAUTHORIZED, "", -1, "");

	gcoap_msg_add(m, GCOAP_ECHO, bytes(1, 2, 3));
	cache_key(&p, 1, "r");
	cache_store(&p, 1, m);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void blocks_are_kept_with_an_entity_tag_only(void **state)
{
	struct gcoap_msg *m = cache_answer(GCOAP_CONTENT, "", 30, "x");

	gcoap_msg_add(m, GCOAP_BLOCK2, bytes(0x0e));
	cache_key(&p, 1, "r");
	cache_store(&p, 1, m);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	m = cache_answer(GCOAP_CONTENT, "a1", 30, "x");
	gcoap_msg_add(m, GCOAP_BLOCK2, bytes(0x0e));
	cache_store(&p, 1, m);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	m = cache_answer(GCOAP_CONTENT, "", 30, "whole");
	gcoap_msg_add(m, GCOAP_BLOCK2, bytes(0x06));
	cache_store(&p, 1, m);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=30 whole");
}

static void the_client_is_told_that_it_has_it(void **state)
{
	cache_key(&p, 1, "r");
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "0001", 30, "x"));
	gcoap_msg_add(&p.extra, GCOAP_ETAG, bytes(0x01));
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 etag=0001 age=30 x");
	gcoap_msg_add(&p.extra, GCOAP_ETAG, bytes(0x00, 0x01));
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.03 etag=0001 age=30");
}

static void nine_entity_tags_are_not_looked_at(void **state)
{
	const struct gcoap_bytes tag = bytes(0x01);

	for (int i = 0; i < 8; i++)
		gcoap_msg_add(&p.extra, GCOAP_ETAG, tag);
	assert_int_equal(cache_key(&p, 1, "r"), 0);
	gcoap_msg_add(&p.extra, GCOAP_ETAG, tag);
	assert_int_equal(cache_key(&p, 1, "r"), GCOAP_EUNSUPPORTED);
}

/* RFC 7252, Section 5.9.1: a change through the proxy, whoever it is that changes it. */
static void a_change_makes_it_stale(void **state)
{
	const struct gcoap_addr one = cache_server(1), two = cache_server(2);
	struct gcoap_msg put_it;

	gcoap_msg_init(&put_it, GCOAP_NON, GCOAP_PUT);
	gcoap_msg_add_text(&put_it, GCOAP_URI_PATH, "r");
	put(1, "r", "x");
	put(1, "s", "y");
	put(2, "r", "z");
	p.identity = "alice";
	put(1, "r", "w");
	gcoap__cache_changed(p.cache, &put_it, GCOAP_SCHEME_COAP, &one);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	p.identity = NULL;
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	assert_int_equal(cache_get(&p, 1, "s"), 1);
	assert_int_equal(cache_get(&p, 2, "r"), 1);
	gcoap__cache_changed(p.cache, &put_it, GCOAP_SCHEME_COAP, &two);
	assert_int_equal(cache_get(&p, 2, "r"), 0);
	put(1, "r", "new");
	assert_int_equal(cache_get(&p, 1, "r"), 1);
}

static void realms_share_nothing(void **state)
{
	static const char *const realms[] = { NULL, "", "a", "b", "ab" };
	const size_t n = sizeof(realms) / sizeof(realms[0]);

	for (size_t i = 0; i < n; i++) {
		p.identity = realms[i];
		assert_int_equal(cache_get(&p, 1, "r"), 0);
		put(1, "r", realms[i] ? realms[i] : "nobody");
	}
	for (size_t i = 0; i < n; i++) {
		p.identity = realms[i];
		assert_int_equal(cache_get(&p, 1, "r"), 1);
		assert_int_equal(p.out.msg.payload.len, realms[i] ? strlen(realms[i]) : 6);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fresh_cache, no_cache)
	const struct CMUnitTest tests[] = {
		T(an_answer_is_given_until_its_max_age_is_over),
		T(without_max_age_it_is_a_minute),
		T(the_longest_max_age_is_capped_and_does_not_wrap),
		T(max_age_of_five_bytes_counts_as_absent),
		T(max_age_zero_is_never_given_again),
		T(an_answer_that_cannot_be_kept_drops_what_was_there),
		T(codes_are_kept_or_not),
		T(only_get_and_fetch_are_cached),
		T(fetch_is_told_apart_by_its_payload),
		T(every_part_of_the_key_counts),
		T(options_count_byte_by_byte),
		T(options_that_are_no_cache_key_or_interpreted_do_not_count),
		T(segments_are_not_joined),
		T(observe_and_echo_want_an_answer_of_the_server),
		T(a_notification_is_kept_without_observe),
		T(a_challenge_is_not_kept),
		T(blocks_are_kept_with_an_entity_tag_only),
		T(the_client_is_told_that_it_has_it),
		T(nine_entity_tags_are_not_looked_at),
		T(a_change_makes_it_stale),
		T(realms_share_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
