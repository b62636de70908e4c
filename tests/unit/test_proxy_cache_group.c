/* The proxy's cache: group requests, models T and B, and Group-ETag. */
#include "test.h"

#include "cache_play.h"

static struct cache_play p;

static int model_t(void **state)
{
	cache_play_init(&p, 4 << 20, GCOAP_CACHE_T);
	return 0;
}

static int model_b(void **state)
{
	cache_play_init(&p, 4 << 20, GCOAP_CACHE_B);
	return 0;
}

static int no_cache(void **state)
{
	cache_play_clear(&p);
	return 0;
}

/* A group request for /r that servers 1 … @n answer with Max-Age 30 · server. */
static void ask_group(unsigned n)
{
	struct gcoap__recall *r;

	assert_int_equal(cache_key(&p, 0, "r"), 0);
	r = gcoap__recall_new(p.cache, &p.key);
	for (unsigned i = 1; i <= n; i++)
		cache_recalled(&p, r, i, cache_answer(GCOAP_CONTENT, "", 30 * i, "x"));
	gcoap__recall_end(p.cache, r, p.now);
	gcoap__recall_free(p.cache, &r);
}

/* The Group-ETag of the last answer from the cache. */
static struct gcoap__tag tag(void)
{
	assert_int_equal(p.out.group_etag.len, 8);
	return p.out.group_etag;
}

static struct gcoap_bytes tag_bytes(const struct gcoap__tag *t)
{
	return (struct gcoap_bytes){ t->bytes, t->len };
}

static void present(const struct gcoap__tag *t)
{
	gcoap_msg_add(&p.extra, p.registry.draft[p.dialect->group_etag], tag_bytes(t));
}

static void present_none(void)
{
	gcoap_msg_init(&p.extra, GCOAP_NON, GCOAP_GET);
}

/* ---- model T ---- */

static void while_members_are_not_known_the_group_is_asked(void **state)
{
	ask_group(2);
	assert_int_equal(cache_get(&p, 0, "r"), 0);
}

static void an_answer_to_the_group_serves_its_server_alone(void **state)
{
	p.host = "group1.com"; /* the authority of the group is not the server's */
	ask_group(2);
	p.host = NULL;
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_string_equal(p.given[0], "1 2.05 age=30 x");
	assert_int_equal(cache_get(&p, 3, "r"), 0);
	gcoap_msg_add(&p.extra, GCOAP_ACCEPT, bytes(0));
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void all_known_members_fresh_serve_the_group(void **state)
{
	ask_group(2);
	p.now += 5 * GCOAP_SECOND;
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	assert_string_equal(p.given[0], "1 2.05 age=25 tag x");
	assert_string_equal(p.given[1], "2 2.05 age=55 tag x");
	assert_int_equal(cache_get_members(&p, "r", 3), 0);
	p.now += 25 * GCOAP_SECOND;
	assert_int_equal(cache_get_members(&p, "r", 2), 0);
}

static void members_asked_alone_complete_the_set(void **state)
{
	ask_group(1);
	assert_int_equal(cache_get_members(&p, "r", 2), 0);
	cache_key(&p, 2, "r");
	cache_store(&p, 2, cache_answer(GCOAP_CONTENT, "", 30, "y"));
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	assert_string_equal(p.given[1], "2 2.05 age=30 tag y");
}

/* A server that is not in the configuration but answered is in the set as long as it lasts. */
static void strangers_that_answered_are_served_too(void **state)
{
	ask_group(3);
	assert_int_equal(cache_get_members(&p, "r", 2), 3);
	p.now += 20 * GCOAP_SECOND;
	assert_int_equal(cache_get_members(&p, "r", 1), 3);
}

static void a_group_without_members_is_asked(void **state)
{
	ask_group(1);
	assert_int_equal(cache_get_members(&p, "r", 0), 0);
}

static void errors_are_part_of_the_set(void **state)
{
	ask_group(1);
	cache_store(&p, 2, cache_answer(GCOAP_NOT_FOUND, "", -1, ""));
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	assert_string_equal(p.given[1], "2 4.04 tag");
}

static void a_group_etag_that_matches_gives_one_valid(void **state)
{
	struct gcoap__tag t;

	ask_group(2);
	cache_get_members(&p, "r", 2);
	t = tag();
	present(&t);
	assert_int_equal(cache_get_members(&p, "r", 2), 1);
	assert_string_equal(p.given[0], "0 2.03 age=30 tag");
	assert_memory_equal(tag().bytes, t.bytes, 8);
	p.now += 30 * GCOAP_SECOND; /* one is stale: the set is not complete */
	assert_int_equal(cache_get_members(&p, "r", 2), 0);
}

static void another_group_etag_gives_everything(void **state)
{
	struct gcoap__tag t = { 8, { 1 } };

	ask_group(2);
	present(&t);
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	assert_string_equal(p.given[0], "1 2.05 age=30 tag x");
	t.bytes[0] = 0x11;
	present(&t);
	cache_get_members(&p, "r", 2);
	t = tag();
	present(&t);
	assert_int_equal(cache_get_members(&p, "r", 2), 1);
	assert_string_equal(p.given[0], "0 2.03 age=30 tag");
}

static void group_etags_are_eight_at_most(void **state)
{
	struct gcoap__tag t[9] = { 0 };

	ask_group(1);
	for (int i = 0; i < 9; i++) {
		t[i] = (struct gcoap__tag){ 1, { (uint8_t)i } };
		present(&t[i]);
		assert_int_equal(cache_key(&p, 0, "r"), 0);
		assert_int_equal(p.key.group_etags.n, i < 8 ? i + 1 : 8);
	}
	present_none();
	gcoap_msg_add(&p.extra, p.registry.draft[p.dialect->group_etag], bytes(0));
	gcoap_msg_add(&p.extra, p.registry.draft[p.dialect->group_etag],
		      bytes(0, 1, 2, 3, 4, 5, 6, 7, 8));
	gcoap_msg_add(&p.extra, p.registry.draft[p.dialect->group_etag],
		      (struct gcoap_bytes){ NULL, 0 });
	assert_int_equal(cache_get_members(&p, "r", 1), 1);
}

static void any_update_changes_the_group_etag(void **state)
{
	struct gcoap__tag t[5];

	ask_group(2);
	cache_get_members(&p, "r", 2);
	t[0] = tag();
	cache_get_members(&p, "r", 2);
	assert_memory_equal(tag().bytes, t[0].bytes, 8);
	ask_group(1); /* the same answer again, from one of them */
	cache_get_members(&p, "r", 2);
	t[1] = tag();
	cache_key(&p, 2, "r");
	cache_store(&p, 2, cache_answer(GCOAP_CONTENT, "a1", 30, "x"));
	cache_get_members(&p, "r", 2);
	t[2] = tag();
	cache_store(&p, 2, cache_answer(GCOAP_VALID, "a1", 30, ""));
	cache_key(&p, 2, "r");
	cache_store(&p, 2, cache_answer(GCOAP_VALID, "a1", 30, ""));
	cache_get_members(&p, "r", 2);
	t[3] = tag();
	ask_group(3);
	cache_get_members(&p, "r", 2);
	t[4] = tag();
	for (int i = 0; i < 5; i++)
		for (int j = 0; j < i; j++)
			assert_memory_not_equal(t[i].bytes, t[j].bytes, 8);
}

static void without_a_dialect_there_is_no_group_etag(void **state)
{
	ask_group(1);
	p.dialect = NULL;
	assert_int_equal(cache_get_members(&p, "r", 1), 1);
	assert_string_equal(p.given[0], "1 2.05 age=30 x");
}

static void members_with_the_entity_tag_are_told_one_by_one(void **state)
{
	ask_group(1);
	cache_store(&p, 2, cache_answer(GCOAP_CONTENT, "c3", 30, "y"));
	gcoap_msg_add(&p.extra, GCOAP_ETAG, bytes(0xc3));
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	assert_string_equal(p.given[0], "1 2.05 age=30 tag x");
	assert_string_equal(p.given[1], "2 2.03 etag=c3 age=30 tag");
}

/* Multi-ETag speaks of one server only: [1, 192.0.2.2, 5683], c3. */
static void multi_etag_is_for_its_server_alone(void **state)
{
	ask_group(0);
	cache_store(&p, 1, cache_answer(GCOAP_CONTENT, "c3", 30, "x"));
	cache_store(&p, 2, cache_answer(GCOAP_CONTENT, "c3", 30, "y"));
	gcoap_msg_add(&p.extra, p.registry.draft[GCOAP_DRAFT_MULTI_ETAG],
		      bytes(0x83, 0x01, 0xd9, 0x01, 0x04, 0x44, 0xc0, 0x00, 0x02, 0x02, 0x19,
			    0x16, 0x33, 0x41, 0xc3));
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	assert_string_equal(p.given[0], "1 2.05 etag=c3 age=30 tag x");
	assert_string_equal(p.given[1], "2 2.03 etag=c3 age=30 tag");
}

/* ---- model T: members that are learned ---- */

static void who_answered_is_a_member_once_the_time_is_over(void **state)
{
	struct gcoap__recall *r;

	p.learned = true;
	cache_key(&p, 0, "r");
	r = gcoap__recall_new(p.cache, &p.key);
	cache_recalled(&p, r, 1, cache_answer(GCOAP_CONTENT, "", 30, "x"));
	assert_int_equal(cache_get(&p, 0, "r"), 0);
	cache_recalled(&p, r, 2, cache_answer(GCOAP_CONTENT, "", 60, "y"));
	gcoap__recall_end(p.cache, r, p.now);
	gcoap__recall_free(p.cache, &r);
	assert_int_equal(cache_get(&p, 0, "r"), 2);
	assert_string_equal(p.given[0], "1 2.05 age=30 tag x");
	p.now += 30 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 0, "r"), 0);
}

static void who_is_silent_when_nothing_is_fresh_is_no_member_any_more(void **state)
{
	p.learned = true;
	ask_group(3);
	p.now += 60 * GCOAP_SECOND; /* only the third is fresh */
	ask_group(1);
	assert_int_equal(cache_get(&p, 0, "r"), 2);
	assert_string_equal(p.given[0], "1 2.05 age=30 tag x");
	assert_string_equal(p.given[1], "3 2.05 age=30 tag x");
}

static void a_member_that_cannot_be_cached_is_always_asked(void **state)
{
	struct gcoap__recall *r;

	p.learned = true;
	cache_key(&p, 0, "r");
	r = gcoap__recall_new(p.cache, &p.key);
	cache_recalled(&p, r, 1, cache_answer(GCOAP_CONTENT, "", 0, "x"));
	cache_recalled(&p, r, 2, cache_answer(GCOAP_CONTENT, "", 60, "y"));
	gcoap__recall_end(p.cache, r, p.now);
	gcoap__recall_free(p.cache, &r);
	assert_int_equal(cache_get(&p, 0, "r"), 0);
}

/* ---- model T: what is held back ---- */

static struct gcoap__recall *begin(gcoap_time timeout, size_t held)
{
	const struct gcoap__members nobody = { 0 };
	struct gcoap__recall *r;

	assert_int_equal(cache_get(&p, 0, "r"), 0);
	r = gcoap__recall_new(p.cache, &p.key);
	assert_int_equal(gcoap__recall_hold(p.cache, r, &nobody, timeout, p.now, cache_give, &p),
			 held);
	return r;
}

static void finish(struct gcoap__recall *r)
{
	p.n_given = 0;
	gcoap__recall_release(p.cache, r, p.now, cache_give, &p);
	gcoap__recall_end(p.cache, r, p.now);
	gcoap__recall_free(p.cache, &r);
}

static void the_silent_are_given_just_before_the_end(void **state)
{
	struct gcoap__recall *r;

	ask_group(3);
	r = begin(10 * GCOAP_SECOND, 3);
	assert_int_equal(p.n_given, 0);
	cache_recalled(&p, r, 2, cache_answer(GCOAP_CONTENT, "", 30, "new"));
	p.now += 9 * GCOAP_SECOND;
	finish(r);
	assert_int_equal(p.n_given, 2);
	assert_string_equal(p.given[0], "1 2.05 age=21 x");
	assert_string_equal(p.given[1], "3 2.05 age=81 x");
}

static void what_would_be_stale_by_then_is_given_at_once(void **state)
{
	struct gcoap__recall *r;

	ask_group(2);
	p.now += 21 * GCOAP_SECOND;
	r = begin(10 * GCOAP_SECOND, 1);
	assert_int_equal(p.n_given, 1);
	assert_string_equal(p.given[0], "1 2.05 age=9 x");
	p.now += 10 * GCOAP_SECOND;
	finish(r);
	assert_int_equal(p.n_given, 1);
	assert_string_equal(p.given[0], "2 2.05 age=29 x");
}

static void what_came_later_is_not_held_for_it(void **state)
{
	struct gcoap__recall *r;

	ask_group(1);
	r = begin(10 * GCOAP_SECOND, 1);
	ask_group(2); /* another client's */
	finish(r);
	assert_int_equal(p.n_given, 1);
	assert_string_equal(p.given[0], "1 2.05 age=30 x");
}

static void any_answer_drops_the_hold(void **state)
{
	struct gcoap__recall *r;

	ask_group(1);
	r = begin(10 * GCOAP_SECOND, 1);
	cache_recalled(&p, r, 1, cache_answer(GCOAP_CONTENT, "", 0, "new"));
	finish(r);
	assert_int_equal(p.n_given, 0);
}

static void a_change_drops_the_hold(void **state)
{
	const struct gcoap_addr group = cache_group();
	struct gcoap__recall *r;
	struct gcoap_msg post;

	gcoap_msg_init(&post, GCOAP_NON, GCOAP_POST);
	gcoap_msg_add_text(&post, GCOAP_URI_PATH, "r");
	ask_group(2);
	r = begin(10 * GCOAP_SECOND, 2);
	gcoap__cache_changed(p.cache, &post, GCOAP_SCHEME_COAP, &group);
	finish(r);
	assert_int_equal(p.n_given, 0);
	assert_int_equal(cache_get_members(&p, "r", 2), 0);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

static void an_observer_gets_no_held_answers(void **state)
{
	struct gcoap__recall *r;

	ask_group(1);
	gcoap_msg_add(&p.extra, GCOAP_OBSERVE, bytes(0));
	r = begin(10 * GCOAP_SECOND, 0);
	finish(r);
	assert_int_equal(p.n_given, 0);
}

/* Mode C and names behind a proxy: nothing to find again, so nothing is kept. */
static void servers_behind_a_server_are_not_kept(void **state)
{
	struct gcoap_origin origin = { .addr = cache_server(1) };
	struct gcoap__recall *r;

	ask_group(0);
	origin.behind = cache_server(2);
	r = begin(10 * GCOAP_SECOND, 0);
	gcoap__recall_answer(p.cache, r, &origin, cache_answer(GCOAP_CONTENT, "", 30, "x"),
			     p.now, &p.out);
	finish(r);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
}

/* ---- model B ---- */

static void the_second_request_is_served_without_the_group(void **state)
{
	assert_int_equal(cache_get(&p, 0, "r"), 0);
	ask_group(2);
	p.now += 5 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 0, "r"), 2);
	assert_string_equal(p.given[0], "1 2.05 age=25 tag x");
	assert_string_equal(p.given[1], "2 2.05 age=55 tag x");
	p.now += 25 * GCOAP_SECOND; /* the shortest lifetime is over */
	assert_int_equal(cache_get(&p, 0, "r"), 0);
	assert_int_equal(cache_get(&p, 2, "r"), 1);
}

static void individual_entries_serve_before_the_deadline(void **state)
{
	struct gcoap__recall *r;

	cache_key(&p, 0, "r");
	r = gcoap__recall_new(p.cache, &p.key);
	cache_recalled(&p, r, 1, cache_answer(GCOAP_CONTENT, "", 30, "x"));
	assert_int_equal(cache_get(&p, 1, "r"), 1);
	assert_int_equal(cache_get(&p, 0, "r"), 0);
	gcoap__recall_end(p.cache, r, p.now);
	assert_int_equal(cache_get(&p, 0, "r"), 1);
	gcoap__recall_free(p.cache, &r);
}

static void no_answers_make_no_aggregated_entry(void **state)
{
	ask_group(0);
	assert_int_equal(cache_get(&p, 0, "r"), 0);
}

static void an_answer_that_cannot_be_kept_makes_none(void **state)
{
	struct gcoap__recall *r;

	cache_key(&p, 0, "r");
	r = gcoap__recall_new(p.cache, &p.key);
	cache_recalled(&p, r, 1, cache_answer(GCOAP_CONTENT, "", 30, "x"));
	cache_recalled(&p, r, 2, cache_answer(GCOAP_CODE(2, 20), "", 30, "x"));
	gcoap__recall_end(p.cache, r, p.now);
	gcoap__recall_free(p.cache, &r);
	assert_int_equal(cache_get(&p, 0, "r"), 0);
	assert_int_equal(cache_get(&p, 1, "r"), 1);
}

static void a_new_round_replaces_the_aggregated_entry(void **state)
{
	ask_group(3);
	ask_group(1);
	assert_int_equal(cache_get(&p, 0, "r"), 1);
	ask_group(0);
	assert_int_equal(cache_get(&p, 0, "r"), 0);
}

static void a_server_asked_alone_is_replaced_in_it(void **state)
{
	struct gcoap__tag before;

	ask_group(2);
	cache_get(&p, 0, "r");
	before = tag();
	cache_key(&p, 2, "r");
	cache_store(&p, 2, cache_answer(GCOAP_CONTENT, "", 10, "new"));
	assert_int_equal(cache_get(&p, 0, "r"), 2);
	assert_string_equal(p.given[1], "2 2.05 age=10 tag new");
	assert_memory_not_equal(tag().bytes, before.bytes, 8);
	/* its lifetime is the shortest now, and stays so */
	cache_key(&p, 2, "r");
	cache_store(&p, 2, cache_answer(GCOAP_CONTENT, "", 100, "newer"));
	assert_int_equal(cache_get(&p, 0, "r"), 2);
	p.now += 10 * GCOAP_SECOND;
	assert_int_equal(cache_get(&p, 0, "r"), 0);
}

static void its_group_etag_gives_one_valid(void **state)
{
	struct gcoap__tag t;

	ask_group(2);
	cache_get(&p, 0, "r");
	t = tag();
	present(&t);
	assert_int_equal(cache_get(&p, 0, "r"), 1);
	assert_string_equal(p.given[0], "0 2.03 age=30 tag");
}

static void nothing_is_held_back(void **state)
{
	struct gcoap__recall *r;

	ask_group(2);
	p.now += 31 * GCOAP_SECOND;
	r = begin(10 * GCOAP_SECOND, 0);
	assert_int_equal(p.n_given, 0);
	finish(r);
	assert_int_equal(p.n_given, 0);
}

/* ---- both ---- */

static void realms_have_sets_of_their_own(void **state)
{
	struct gcoap__recall *r;
	struct gcoap__tag t;

	p.identity = "alice";
	ask_group(2);
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	t = tag();
	p.identity = "bob";
	assert_int_equal(cache_get_members(&p, "r", 2), 0);
	assert_int_equal(cache_get(&p, 1, "r"), 0);
	r = begin(10 * GCOAP_SECOND, 0);
	assert_int_equal(p.n_given, 0);
	finish(r);
	ask_group(2);
	present(&t);
	assert_int_equal(cache_get_members(&p, "r", 2), 2);
	assert_memory_not_equal(tag().bytes, t.bytes, 8);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, model_t, no_cache)
#define B(f) cmocka_unit_test_setup_teardown(f, model_b, no_cache)
	const struct CMUnitTest tests[] = {
		T(while_members_are_not_known_the_group_is_asked),
		T(an_answer_to_the_group_serves_its_server_alone),
		T(all_known_members_fresh_serve_the_group),
		T(members_asked_alone_complete_the_set),
		T(strangers_that_answered_are_served_too),
		T(a_group_without_members_is_asked),
		T(errors_are_part_of_the_set),
		T(a_group_etag_that_matches_gives_one_valid),
		T(another_group_etag_gives_everything),
		T(group_etags_are_eight_at_most),
		T(any_update_changes_the_group_etag),
		T(without_a_dialect_there_is_no_group_etag),
		T(members_with_the_entity_tag_are_told_one_by_one),
		T(multi_etag_is_for_its_server_alone),
		T(who_answered_is_a_member_once_the_time_is_over),
		T(who_is_silent_when_nothing_is_fresh_is_no_member_any_more),
		T(a_member_that_cannot_be_cached_is_always_asked),
		T(the_silent_are_given_just_before_the_end),
		T(what_would_be_stale_by_then_is_given_at_once),
		T(what_came_later_is_not_held_for_it),
		T(any_answer_drops_the_hold),
		T(a_change_drops_the_hold),
		T(an_observer_gets_no_held_answers),
		T(servers_behind_a_server_are_not_kept),
		B(the_second_request_is_served_without_the_group),
		B(individual_entries_serve_before_the_deadline),
		B(no_answers_make_no_aggregated_entry),
		B(an_answer_that_cannot_be_kept_makes_none),
		B(a_new_round_replaces_the_aggregated_entry),
		B(a_server_asked_alone_is_replaced_in_it),
		B(its_group_etag_gives_one_valid),
		B(nothing_is_held_back),
		T(realms_have_sets_of_their_own),
		B(realms_have_sets_of_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
