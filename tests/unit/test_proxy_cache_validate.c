/* The proxy's cache: entity-tags of ours in requests, and what a 2.03 makes of them. */
#include "test.h"

#include "cache_play.h"
#include "msg_text.h"

static struct cache_play p;
static struct gcoap__validators validators;
static struct gcoap_msg sent;

static int fresh_cache(void **state)
{
	cache_play_init(&p, 4 << 20, GCOAP_CACHE_T);
	return 0;
}

static int no_cache(void **state)
{
	cache_play_clear(&p);
	return 0;
}

/* Forward the request with p->key; @text is what it has become. */
static struct gcoap__recall *forward(const char *text)
{
	struct gcoap__recall *r = gcoap__recall_new(p.cache, &p.key);
	char buf[512];

	gcoap_msg_init(&sent, GCOAP_NON, GCOAP_GET);
	gcoap__recall_validate(p.cache, r, p.dialect, &sent, &validators, p.now);
	assert_string_equal(msg_text(&p.registry, &sent, buf, sizeof(buf)), text);
	return r;
}

static void put(unsigned server, const char *etag, int64_t max_age, const char *payload)
{
	cache_key(&p, server, "r");
	cache_store(&p, server, cache_answer(GCOAP_CONTENT, etag, max_age, payload));
}

/* What the client is told of @msg: "-": it is relayed, "?": it is not known what it means. */
static void told(struct gcoap__recall *r, unsigned server, const struct gcoap_msg *msg,
		 const char *text)
{
	int result = cache_recalled(&p, r, server, msg);

	p.n_given = 0;
	if (result == 1)
		cache_give(&p, &p.out);
	assert_string_equal(result == GCOAP_ENOTFOUND ? "?" : result ? p.given[0] : "-", text);
	gcoap__recall_free(p.cache, &r);
}

#define valid(etag, max_age) cache_answer(GCOAP_VALID, etag, max_age, "")

/* ---- one server ---- */

static void a_stale_entry_is_validated_and_given_whole(void **state)
{
	struct gcoap__recall *r;

	put(1, "a1b2", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	r = forward("NON GET mid=0000 ETag=a1b2");
	told(r, 1, valid("a1b2", 40), "1 2.05 etag=a1b2 age=40 x");
	p.now += 10 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 etag=a1b2 age=30 x");
}

static void valid_without_max_age_is_a_minute(void **state)
{
	put(1, "a1", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	cache_key(&p, 1, "r");
	told(forward("NON GET mid=0000 ETag=a1"), 1, valid("a1", -1), "1 2.05 etag=a1 x");
}

static void options_of_the_valid_replace_those_of_the_entry(void **state)
{
	struct gcoap_msg *m = cache_answer(GCOAP_CONTENT, "a1", 30, "x");

	gcoap_msg_add(m, 65012, bytes(1));
	gcoap_msg_add(m, GCOAP_CONTENT_FORMAT, bytes(50));
	cache_key(&p, 1, "r");
	cache_store(&p, 1, m);
	p.now += 30 * GCOAP_SECOND;
	m = valid("a1", 30);
	gcoap_msg_add(m, 65012, bytes(2));
	gcoap_msg_add(m, 65012, bytes(3));
	told(forward("NON GET mid=0000 ETag=a1"), 1, m, "1 2.05 etag=a1 age=30 x");
	assert_int_equal(p.out.msg.n_options, 5);
	assert_int_equal(gcoap_msg_find(&p.out.msg, 65012)->value.ptr[0], 2);
	assert_int_equal(gcoap_msg_find(&p.out.msg, GCOAP_CONTENT_FORMAT)->value.ptr[0], 50);
}

static void a_new_answer_replaces_what_was_validated(void **state)
{
	put(1, "a1", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	cache_key(&p, 1, "r");
	told(forward("NON GET mid=0000 ETag=a1"), 1,
	     cache_answer(GCOAP_CONTENT, "a2", 30, "y"), "-");
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 etag=a2 age=30 y");
}

static void another_entity_tag_validates_nothing(void **state)
{
	put(1, "0001", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	cache_key(&p, 1, "r");
	told(forward("NON GET mid=0000 ETag=0001"), 1, valid("01", 30), "?");
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	cache_key(&p, 1, "r");
	told(forward("NON GET mid=0000 ETag=0001"), 1, valid("", 30), "?");
}

static void what_is_fresh_or_has_no_entity_tag_is_not_validated(void **state)
{
	struct gcoap__recall *r;

	put(1, "a1", 30, "x");
	r = forward("NON GET mid=0000");
	gcoap__recall_free(p.cache, &r);
	put(2, "", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	r = forward("NON GET mid=0000");
	gcoap__recall_free(p.cache, &r);
}

static void stale_entries_are_forgotten_in_the_end(void **state)
{
	struct gcoap__recall *r;

	put(1, "a1", 3, "x"); /* kept for a minute */
	put(2, "a1", 300, "x"); /* for 300 s */
	put(3, "", 300, "x"); /* not at all */
	while (gcoap__cache_deadline(p.cache) != GCOAP_NEVER) {
		struct gcoap_proxy_stats before, after;

		p.now = gcoap__cache_deadline(p.cache);
		gcoap__cache_stats(p.cache, &before);
		gcoap__cache_tick(p.cache, p.now);
		gcoap__cache_stats(p.cache, &after);
		assert_int_equal(after.cache_entries, before.cache_entries - 1);
	}
	assert_int_equal(p.now, (1000 + 601) * GCOAP_SECOND);
	cache_key(&p, 1, "r");
	r = forward("NON GET mid=0000");
	gcoap__recall_free(p.cache, &r);
}

static void the_clients_own_entity_tags_pass_untouched(void **state)
{
	struct gcoap__recall *r;

	put(1, "a1", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	gcoap_msg_add(&p.extra, GCOAP_ETAG, bytes(0xa1));
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	r = forward("NON GET mid=0000");
	told(r, 1, valid("a1", 30), "-");
	/* and yet the entry is fresh again */
	gcoap_msg_remove(&p.extra, GCOAP_ETAG);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 etag=a1 age=30 x");
}

static void a_valid_that_the_client_asked_for_is_relayed_unknown(void **state)
{
	gcoap_msg_add(&p.extra, GCOAP_ETAG, bytes(0xa1));
	cache_key(&p, 1, "r");
	told(forward("NON GET mid=0000"), 1, valid("a1", 30), "-");
}

/* A body that a request waits for is not evicted meanwhile. */
static void an_entry_that_is_being_validated_stays(void **state)
{
	static char big[4000];
	struct gcoap__recall *r;

	memset(big, 'x', sizeof(big) - 1);
	cache_play_clear(&p);
	cache_play_init(&p, 200000, GCOAP_CACHE_T);
	put(1, "a1", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	cache_key(&p, 1, "r");
	r = forward("NON GET mid=0000 ETag=a1");
	for (unsigned i = 2; i < 200; i++)
		put(i, "", 30, big);
	cache_key(&p, 1, "r");
	told(r, 1, valid("a1", 30), "1 2.05 etag=a1 age=30 x");
	for (unsigned i = 2; i < 200; i++)
		put(i, "", 30, big);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void a_realm_does_not_validate_with_anothers(void **state)
{
	struct gcoap__recall *r;

	p.identity = "alice";
	put(1, "a1", 30, "x");
	p.now += 30 * GCOAP_SECOND;
	p.identity = "bob";
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	r = forward("NON GET mid=0000");
	told(r, 1, valid("a1", 30), "-");
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

/* ---- a group ---- */

/* T' of the request with p->key is over. */
static void end(void)
{
	struct gcoap__recall *r = gcoap__recall_new(p.cache, &p.key);

	gcoap__recall_end(p.cache, r, p.now);
	gcoap__recall_free(p.cache, &r);
}

static struct gcoap__recall *stale_group(const char *etag1, const char *etag2, const char *text)
{
	cache_key(&p, 0, "r");
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, etag1, 30, "x"));
	cache_store(&p, 2, cache_answer(GCOAP_CONTENT, etag2, 30, "y"));
	cache_store(&p, 3, cache_answer(GCOAP_CONTENT, "", 30, "z"));
	cache_store(&p, 4, cache_answer(GCOAP_CONTENT, "d4", 300, "fresh"));
	cache_store(&p, 5, cache_answer(GCOAP_NOT_FOUND, "e5", 30, ""));
	end();
	p.now += 30 * GCOAP_SECOND;
	cache_key(&p, 0, "r");
	return forward(text);
}

#define MULTI(server, tag) "8301d9010444c00002" server "191633" tag

static void multi_etag_names_each_server(void **state)
{
	struct gcoap__recall *r = stale_group(
		"a1b2", "c3",
		"NON GET mid=0000 Multi-ETag=" MULTI("01", "42a1b2") " Multi-ETag=" MULTI("02",
											 "41c3"));

	told(r, 2, valid("c3", 30), "2 2.05 etag=c3 age=30 y");
}

static void entity_tags_of_two_servers_do_not_collide_in_multi_etag(void **state)
{
	struct gcoap__recall *r = stale_group(
		"c3", "c3",
		"NON GET mid=0000 Multi-ETag=" MULTI("01", "41c3") " Multi-ETag=" MULTI("02",
										       "41c3"));

	told(r, 1, valid("c3", 30), "1 2.05 etag=c3 age=30 x");
}

static void in_ietf_it_is_etag(void **state)
{
	struct gcoap__recall *r;

	p.dialect = &gcoap_dialects[1];
	r = stale_group("a1b2", "c3", "NON GET mid=0000 ETag=a1b2 ETag=c3");
	told(r, 1, valid("a1b2", 30), "1 2.05 etag=a1b2 age=30 x");
}

static void in_ietf_what_collides_is_not_asked_for(void **state)
{
	struct gcoap__recall *r;

	p.dialect = &gcoap_dialects[1];
	r = stale_group("c3", "c3", "NON GET mid=0000");
	gcoap__recall_free(p.cache, &r);
	r = stale_group("a1", "d4", "NON GET mid=0000 ETag=a1");
	/* a server that took it for its own */
	told(r, 2, valid("a1", 30), "?");
}

/* One whose answer is not kept could say 2.03 to the entity-tag of another. */
static void in_ietf_all_servers_are_known_or_none_is_validated(void **state)
{
	struct gcoap__recall *r;

	p.dialect = &gcoap_dialects[1];
	cache_key(&p, 0, "r");
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "a1", 30, "x"));
	p.now += 30 * GCOAP_SECOND;
	r = forward("NON GET mid=0000"); /* nobody waited for the others */
	gcoap__recall_free(p.cache, &r);
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "a1", 30, "x"));
	end();
	p.now += 30 * GCOAP_SECOND;
	r = forward("NON GET mid=0000 ETag=a1");
	told(r, 2, valid("a1", 30), "?");
	r = forward("NON GET mid=0000"); /* the next time it is asked for all of it */
	gcoap__recall_free(p.cache, &r);
}

static void eight_servers_at_most_are_validated(void **state)
{
	struct gcoap__recall *r;
	char etag[3] = "00";

	cache_key(&p, 0, "r");
	for (unsigned i = 1; i <= 9; i++) {
		etag[1] = (char)('0' + i);
		cache_store(&p, i, cache_answer(GCOAP_CONTENT, etag, 30, "x"));
	}
	end();
	p.now += 30 * GCOAP_SECOND;
	for (int d = 0; d < 2; d++) {
		gcoap_msg_init(&sent, GCOAP_NON, GCOAP_GET);
		r = gcoap__recall_new(p.cache, &p.key);
		assert_int_equal(gcoap__recall_validate(p.cache, r, &gcoap_dialects[d], &sent,
							&validators, p.now),
				 8);
		assert_int_equal(sent.n_options, 8);
		gcoap__recall_free(p.cache, &r);
	}
}

static void a_client_with_entity_tags_sends_its_own(void **state)
{
	struct gcoap__recall *r;

	gcoap_msg_add(&p.extra, p.registry.draft[GCOAP_DRAFT_MULTI_ETAG],
		      bytes(0x83, 0x01, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0x00, 0x02, 0x02, 0x19,
			    0x16, 0x33, 0x41, 0xc3));
	r = stale_group("a1", "c3", "NON GET mid=0000");
	told(r, 2, valid("c3", 30), "-");
	assert_int_equal(cache_get(&p, 2, "r"), 1);
}

static void a_refreshed_server_is_not_held_back(void **state)
{
	const struct gcoap__members nobody = { 0 };
	struct gcoap__recall *r = stale_group("a1", "c3",
					      "NON GET mid=0000 Multi-ETag=" MULTI(
						      "01", "41a1") " Multi-ETag=" MULTI("02",
											 "41c3"));

	p.n_given = 0;
	assert_int_equal(gcoap__recall_hold(p.cache, r, &nobody, 10 * GCOAP_SECOND, p.now,
					    cache_give, &p),
			 1);
	cache_recalled(&p, r, 4, valid("d4", 30));
	gcoap__recall_release(p.cache, r, p.now, cache_give, &p);
	assert_int_equal(p.n_given, 0);
	gcoap__recall_free(p.cache, &r);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fresh_cache, no_cache)
	const struct CMUnitTest tests[] = {
		T(a_stale_entry_is_validated_and_given_whole),
		T(valid_without_max_age_is_a_minute),
		T(options_of_the_valid_replace_those_of_the_entry),
		T(a_new_answer_replaces_what_was_validated),
		T(another_entity_tag_validates_nothing),
		T(what_is_fresh_or_has_no_entity_tag_is_not_validated),
		T(stale_entries_are_forgotten_in_the_end),
		T(the_clients_own_entity_tags_pass_untouched),
		T(a_valid_that_the_client_asked_for_is_relayed_unknown),
		T(an_entry_that_is_being_validated_stays),
		T(a_realm_does_not_validate_with_anothers),
		T(multi_etag_names_each_server),
		T(entity_tags_of_two_servers_do_not_collide_in_multi_etag),
		T(in_ietf_it_is_etag),
		T(in_ietf_what_collides_is_not_asked_for),
		T(in_ietf_all_servers_are_known_or_none_is_validated),
		T(eight_servers_at_most_are_validated),
		T(a_client_with_entity_tags_sends_its_own),
		T(a_refreshed_server_is_not_held_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
