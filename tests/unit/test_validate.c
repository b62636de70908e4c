/* What is held of servers, and what answers make of it. */
#include <test.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/option.h>
#include <gcoap/random.h>
#include <gcoap/validate.h>

/* A holder in memory: a list. */
struct row {
	uint8_t key[200], message[400], etag[8];
	size_t key_len;
	struct gcoap_held held;
};
struct memory {
	struct gcoap_holder holder;
	struct row rows[64];
	size_t n;
};

static struct row *find(struct memory *m, struct gcoap_bytes key, const struct gcoap_addr *server)
{
	for (size_t i = 0; i < m->n; i++)
		if (gcoap_bytes_equal(key, (struct gcoap_bytes){ m->rows[i].key,
								 m->rows[i].key_len }) &&
		    gcoap_addr_equal(&m->rows[i].held.server, server))
			return &m->rows[i];
	return NULL;
}

static int put(struct gcoap_holder *h, struct gcoap_bytes key, const struct gcoap_held *e)
{
	struct memory *m = (struct memory *)h;
	struct row *r = find(m, key, &e->server);

	if (!r)
		r = &m->rows[m->n++];
	memcpy(r->key, key.ptr, key.len);
	r->key_len = key.len;
	if (e->message.len)
		memmove(r->message, e->message.ptr, e->message.len);
	if (e->etag.len)
		memmove(r->etag, e->etag.ptr, e->etag.len);
	r->held = *e;
	r->held.message.ptr = r->message;
	r->held.etag.ptr = r->etag;
	return 0;
}

static int get(struct gcoap_holder *h, struct gcoap_bytes key, const struct gcoap_addr *server,
	       gcoap_time now, struct gcoap_held *out)
{
	struct row *r = find((struct memory *)h, key, server);

	if (r)
		*out = r->held;
	return r != NULL;
}

static int each(struct gcoap_holder *h, struct gcoap_bytes key,
		int (*give)(void *arg, const struct gcoap_held *e), void *arg)
{
	struct memory *m = (struct memory *)h;

	for (size_t i = 0; i < m->n; i++)
		if (gcoap_bytes_equal(key, (struct gcoap_bytes){ m->rows[i].key,
								 m->rows[i].key_len }))
			give(arg, &m->rows[i].held);
	return 0;
}

static int remove_row(struct gcoap_holder *h, struct gcoap_bytes key,
		      const struct gcoap_addr *server)
{
	struct memory *m = (struct memory *)h;
	struct row *r = find(m, key, server);

	if (r)
		r->key_len = 0;
	return r != NULL;
}

static struct memory memory;
static struct gcoap_registry registry;
static struct gcoap_msg request;
static struct gcoap_addr group, s1, s2, s3;

#define SECONDS GCOAP_SECOND

static int setup(void **state)
{
	memset(&memory, 0, sizeof(memory));
	memory.holder = (struct gcoap_holder){ put, get, each, remove_row };
	gcoap_registry_init(&registry);
	gcoap_msg_init(&request, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&request, GCOAP_URI_PATH, "temp");
	gcoap_addr_parse(&group, "224.0.1.187", 5683);
	gcoap_addr_parse(&s1, "192.0.2.1", 5683);
	gcoap_addr_parse(&s2, "192.0.2.2", 5683);
	gcoap_addr_parse(&s3, "[2001:db8::3]:7000", 5683);
	return 0;
}

static struct gcoap_validate *begin(const struct gcoap_addr *of_group,
				    const struct gcoap_addr *server)
{
	struct gcoap_validate_config c = { .holder = &memory.holder, .request = &request,
					   .registry = &registry, .group = of_group,
					   .server = server };
	struct gcoap_validate *v;

	assert_int_equal(gcoap_validate_new(&v, &c), 0);
	return v;
}

static struct gcoap_validation answer(struct gcoap_validate *v, const struct gcoap_addr *from,
				      uint8_t code, const char *etag, int64_t max_age,
				      const char *body, gcoap_time now)
{
	struct gcoap_msg m;
	struct gcoap_response r = { .server = { .addr = *from }, .msg = &m, .max_age = max_age,
				    .etag = gcoap_bytes_text(etag),
				    .body = gcoap_bytes_text(body), .complete = true };
	struct gcoap_validation out;

	gcoap_msg_init(&m, GCOAP_NON, code);
	m.mid = 77;
	if (*etag)
		gcoap_msg_add(&m, GCOAP_ETAG, r.etag);
	assert_int_equal(gcoap_validate_answer(v, &r, now, &out), 0);
	return out;
}

static void keys_leave_out_what_is_interpreted(void **state)
{
	uint8_t a[200], b[200];
	struct gcoap_msg other = request;
	int n = gcoap_cache_key(&request, &registry, NULL, a, sizeof(a)), k;

	gcoap_msg_add(&other, GCOAP_ETAG, bytes(1));
	gcoap_msg_add(&other, GCOAP_URI_PORT, bytes(1));
	gcoap_msg_add(&other, registry.draft[GCOAP_DRAFT_MULTI_ETAG], bytes(1));
	gcoap_msg_add(&other, 65020, bytes(1)); /* NoCacheKey */
	k = gcoap_cache_key(&other, &registry, NULL, b, sizeof(b));
	assert_int_equal(k, n);
	assert_memory_equal(a, b, (size_t)n);
	gcoap_msg_add(&other, GCOAP_ACCEPT, bytes(60));
	k = gcoap_cache_key(&other, &registry, NULL, b, sizeof(b));
	assert_true(k > n);
	other.code = GCOAP_PUT;
	assert_int_equal(gcoap_cache_key(&other, &registry, NULL, b, sizeof(b)),
			 GCOAP_EUNSUPPORTED);
	assert_int_equal(gcoap_cache_key(&request, &registry, NULL, b, 3), GCOAP_ESPACE);
}

static void virtual_hosts_of_one_address_share_nothing(void **state)
{
	uint8_t key[3][200];
	int n[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct gcoap_msg m = request;

		if (i)
			gcoap_msg_add_text(&m, GCOAP_URI_HOST, i == 1 ? "a" : "b");
		n[i] = gcoap_cache_key(&m, &registry, NULL, key[i], sizeof(key[i]));
		assert_true(n[i] > 0);
	}
	assert_int_equal(n[1], n[2]);
	assert_true(n[0] < n[1]);
	assert_memory_not_equal(key[1], key[2], (size_t)n[1]);
}

static void answers_are_new_then_fresh_then_changed(void **state)
{
	struct gcoap_validate *v = begin(&group, NULL);
	struct gcoap_validation o;

	assert_int_equal(answer(v, &s1, GCOAP_CONTENT, "aa", 10, "21 C", SECONDS).state,
			 GCOAP_VALIDATE_NEW);
	assert_int_equal(answer(v, &s2, GCOAP_CONTENT, "bb", 10, "22 C", SECONDS).state,
			 GCOAP_VALIDATE_NEW);
	gcoap_validate_free(&v);

	v = begin(&group, NULL);
	assert_int_equal(gcoap_validate_held(v, NULL), 2);
	o = answer(v, &s1, GCOAP_VALID, "aa", 20, "", 5 * SECONDS);
	assert_int_equal(o.state, GCOAP_VALIDATE_FRESH);
	assert_int_equal(o.saved, 4);
	assert_true(o.has_held);
	assert_memory_equal(o.held.payload.ptr, "21 C", 4);
	o = answer(v, &s2, GCOAP_CONTENT, "cc", 20, "23 C", 5 * SECONDS);
	assert_int_equal(o.state, GCOAP_VALIDATE_CHANGED);
	assert_memory_equal(o.old_etag.ptr, "bb", 2);
	assert_memory_equal(o.etag.ptr, "cc", 2);
	gcoap_validate_free(&v);
}

static void tag_faults_are_seen(void **state)
{
	struct gcoap_validate *v = begin(&group, NULL);
	struct gcoap_validation o;

	answer(v, &s1, GCOAP_CONTENT, "aa", 10, "one", SECONDS);
	answer(v, &s2, GCOAP_CONTENT, "aa", 10, "two", SECONDS);
	answer(v, &s3, GCOAP_CONTENT, "", 10, "three", SECONDS);
	assert_int_equal(gcoap_validate_shared_tags(v), 2);
	gcoap_validate_free(&v);

	v = begin(&group, NULL);
	assert_true(answer(v, &s1, GCOAP_CONTENT, "aa", 10, "uno", SECONDS).kept_tag);
	assert_true(answer(v, &s2, GCOAP_CONTENT, "bb", 10, "two", SECONDS).same_body);
	o = answer(v, &s3, GCOAP_CONTENT, "", 10, "three", SECONDS);
	assert_int_equal(o.state, GCOAP_VALIDATE_NO_TAG);
	assert_true(answer(v, &s3, GCOAP_VALID, "zz", 10, "", SECONDS).unknown_tag);
	gcoap_validate_free(&v);
}

/* RFC 7252, Section 5.9.1.3 */
static void a_2_03_renews_max_age_and_needs_its_tag_in_a_group(void **state)
{
	struct gcoap_validate *v = begin(&group, NULL);
	struct gcoap_validation o;
	uint32_t age;

	answer(v, &s1, GCOAP_CONTENT, "aa", 10, "21 C", SECONDS);
	gcoap_validate_free(&v);
	v = begin(&group, NULL);
	assert_true(answer(v, &s1, GCOAP_VALID, "", 20, "", SECONDS).unknown_tag);
	o = answer(v, &s1, GCOAP_VALID, "aa", 300, "", SECONDS);
	assert_false(o.unknown_tag);
	assert_int_equal(gcoap_msg_uint(&o.held, GCOAP_MAX_AGE, 4, &age), 0);
	assert_int_equal(age, 300);
	assert_memory_equal(gcoap_msg_find(&o.held, GCOAP_ETAG)->value.ptr, "aa", 2);
	assert_int_equal(o.held.n_options, 2);
	gcoap_validate_free(&v);
	v = begin(NULL, &s1);
	assert_false(answer(v, &s1, GCOAP_VALID, "", 20, "", SECONDS).unknown_tag);
	gcoap_validate_free(&v);
}

static int count_one(void *arg, const struct gcoap_validation *held)
{
	struct gcoap_addr *last = arg;

	*last = held->server;
	return 0;
}

static void a_group_answer_is_fresh_for_its_server_until_max_age(void **state)
{
	struct gcoap_validate *v = begin(&group, NULL);
	struct gcoap_addr given = { 0 };

	answer(v, &s1, GCOAP_CONTENT, "aa", 10, "21 C", 0);
	gcoap_validate_free(&v);
	v = begin(NULL, &s1);
	assert_int_equal(gcoap_validate_fresh(v, 9 * SECONDS, count_one, &given), 1);
	assert_true(gcoap_addr_equal(&given, &s1));
	assert_int_equal(gcoap_validate_fresh(v, 10 * SECONDS, count_one, &given), 0);
	gcoap_validate_free(&v);
	v = begin(NULL, &s2);
	assert_int_equal(gcoap_validate_fresh(v, SECONDS, count_one, &given), 0);
	gcoap_validate_free(&v);
}

static uint32_t held_of_s1(const struct gcoap_msg *of)
{
	struct gcoap_validate_config c = { .holder = &memory.holder, .request = of,
					   .registry = &registry, .server = &s1 };
	struct gcoap_validate *v;
	uint32_t n;

	assert_int_equal(gcoap_validate_new(&v, &c), 0);
	n = gcoap_validate_held(v, NULL);
	gcoap_validate_free(&v);
	return n;
}

/* RFC 7252, Section 8.2.1: the authority is replaced, Uri-Host with it. */
static void an_answer_to_a_named_group_is_its_servers_own(void **state)
{
	struct gcoap_msg plain = request;
	struct gcoap_validate *v;

	gcoap_msg_add_text(&request, GCOAP_URI_HOST, "lights.example");
	v = begin(&group, NULL);
	answer(v, &s1, GCOAP_CONTENT, "aa", 10, "21 C", 0);
	assert_int_equal(held_of_s1(&plain), 1);
	assert_int_equal(held_of_s1(&request), 1);
	answer(v, &s1, GCOAP_CHANGED, "", 10, "", 0);
	assert_int_equal(held_of_s1(&plain), 0);
	assert_int_equal(held_of_s1(&request), 0);
	gcoap_validate_free(&v);
}

/* The path that a reverse proxy is asked for is its own, not that of the servers behind it. */
static void an_answer_through_a_reverse_proxy_is_nobodys_own(void **state)
{
	struct gcoap_validate_config c = { .holder = &memory.holder, .request = &request,
					   .registry = &registry, .group = &s2, .reverse = true };
	struct gcoap_validate *v;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(gcoap_validate_new(&v, &c), 0);
		assert_int_equal(gcoap_validate_held(v, NULL), i);
		answer(v, &s1, GCOAP_CONTENT, "aa", 10, "21 C", 0);
		gcoap_validate_free(&v);
	}
	assert_int_equal(held_of_s1(&request), 0);
}

static void errors_and_max_age_0_do_not_stay(void **state)
{
	struct gcoap_validate *v = begin(&group, NULL);
	struct gcoap_addr given = { 0 };

	answer(v, &s1, GCOAP_CONTENT, "aa", 0, "21 C", 0);
	gcoap_validate_free(&v);
	v = begin(&group, NULL);
	assert_int_equal(gcoap_validate_fresh(v, 0, count_one, &given), 0);
	assert_int_equal(gcoap_validate_silent(v, 0, count_one, &given), 0);
	assert_true(gcoap_addr_equal(&given, &s1));
	answer(v, &s1, GCOAP_CHANGED, "", 60, "", SECONDS);
	gcoap_validate_free(&v);
	v = begin(&group, NULL);
	assert_int_equal(gcoap_validate_held(v, NULL), 0);
	gcoap_validate_free(&v);
}

static void multi_etags_are_spread_over_requests(void **state)
{
	struct gcoap_validate *v = begin(&group, NULL);
	uint8_t bytes_of[200];
	struct gcoap_validators store = { bytes_of, sizeof(bytes_of), 0 };
	struct gcoap_msg m;
	uint32_t next = 0;

	answer(v, &s1, GCOAP_CONTENT, "\xa1\xb2", 10, "1", 0);
	answer(v, &s2, GCOAP_CONTENT, "bb", 10, "2", 0);
	answer(v, &s3, GCOAP_CONTENT, "cc", 10, "3", 0);
	gcoap_validate_free(&v);
	v = begin(&group, NULL);
	m = request;
	assert_int_equal(gcoap_validate_multi_etag(v, &m, &next, 60, 8, &store), 2);
	assert_int_equal(next, 2);
	assert_memory_equal(gcoap_msg_find(&m, registry.draft[GCOAP_DRAFT_MULTI_ETAG])->value.ptr,
			    "\x83\x01\xd9\x01\x04\x44\xc0\x00\x02\x01\x19\x16\x33\x42\xa1\xb2", 16);
	m = request;
	store.used = 0;
	assert_int_equal(gcoap_validate_multi_etag(v, &m, &next, 60, 8, &store), 1);
	assert_int_equal(next, 3);
	m = request;
	assert_int_equal(gcoap_validate_etag(v, &m, 2, &store), 2);
	m = request;
	assert_int_equal(gcoap_validate_one(v, &s2, &m, &store), 1);
	assert_memory_equal(gcoap_msg_find(&m, GCOAP_ETAG)->value.ptr, "bb", 2);
	gcoap_validate_free(&v);
}

/* ---- Group-ETag ---- */

static int tag_of_set(struct gcoap_validate *v, const char *via)
{
	uint8_t tag[GCOAP_ETAG_MAX];
	int n = gcoap_validate_group_etag(v, gcoap_bytes_text(via), tag);

	if (n > 0)
		assert_memory_equal(tag, "ggg", 3);
	return n;
}

/* s1 and s2 answered through "coap://p" with a Group-ETag; s3 is held of before. */
static void a_set(void)
{
	struct gcoap_validate *v = begin(&group, NULL);

	answer(v, &s3, GCOAP_CONTENT, "cc", 10, "three", SECONDS);
	gcoap_validate_free(&v);
	v = begin(&group, NULL);
	answer(v, &s1, GCOAP_CONTENT, "aa", 10, "one", SECONDS);
	answer(v, &s2, GCOAP_CONTENT, "", 10, "two", SECONDS);
	assert_int_equal(gcoap_validate_keep_set(v, gcoap_bytes_text("coap://p"),
						 gcoap_bytes_text("ggg"), SECONDS), 0);
	gcoap_validate_free(&v);
}

static int add_state(void *arg, const struct gcoap_validation *held)
{
	char *to = arg, text[64];

	snprintf(text, sizeof(text), "%s %d.%zu ", gcoap_validate_state_name(held->state),
		 held->server.bytes[3], held->saved);
	strcat(to, text);
	return 0;
}

static void a_group_etag_confirms_its_set_and_nobody_else(void **state)
{
	struct gcoap_validate *v;
	char told[200] = "";

	a_set();
	v = begin(&group, NULL);
	assert_int_equal(tag_of_set(v, "coap://p"), 3);
	assert_int_equal(gcoap_validate_all(v, 30, SECONDS, add_state, told), 0);
	assert_int_equal(gcoap_validate_silent(v, SECONDS, add_state, told), 0);
	assert_string_equal(told, "fresh 1.3 fresh 2.3 silent 184.0 ");
	gcoap_validate_free(&v);
	v = begin(&group, NULL);
	assert_int_equal(tag_of_set(v, "coap://p"), 3);
	gcoap_validate_free(&v);
}

static void a_group_etag_of_another_cache_or_of_other_answers_is_none(void **state)
{
	struct gcoap_validate *v;

	a_set();
	v = begin(&group, NULL);
	assert_int_equal(tag_of_set(v, "coap://q"), 0);
	answer(v, &s1, GCOAP_VALID, "aa", 10, "", SECONDS);
	assert_int_equal(tag_of_set(v, "coap://p"), 3);
	answer(v, &s2, GCOAP_CONTENT, "", 10, "TWO", SECONDS);
	assert_int_equal(tag_of_set(v, "coap://p"), 0);
	gcoap_validate_free(&v);
}

static void a_group_etag_needs_a_group_and_a_tag(void **state)
{
	struct gcoap_bytes via = gcoap_bytes_text("coap://p"), tag = gcoap_bytes_text("ggg");
	struct gcoap_validate *v = begin(NULL, &s1);

	assert_int_equal(tag_of_set(v, "coap://p"), 0);
	assert_int_equal(gcoap_validate_keep_set(v, via, tag, 0), GCOAP_EINVALID);
	gcoap_validate_free(&v);
	v = begin(&group, NULL);
	assert_int_equal(gcoap_validate_keep_set(v, via, gcoap_bytes_text("123456789"), 0),
			 GCOAP_EINVALID);
	assert_int_equal(gcoap_validate_keep_set(v, via, tag, 0), 0);
	assert_int_equal(tag_of_set(v, "coap://p"), 0);
	gcoap_validate_free(&v);
}

#define T(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(keys_leave_out_what_is_interpreted),
		T(virtual_hosts_of_one_address_share_nothing),
		T(answers_are_new_then_fresh_then_changed), T(tag_faults_are_seen),
		T(a_2_03_renews_max_age_and_needs_its_tag_in_a_group),
		T(a_group_answer_is_fresh_for_its_server_until_max_age),
		T(an_answer_to_a_named_group_is_its_servers_own),
		T(an_answer_through_a_reverse_proxy_is_nobodys_own),
		T(errors_and_max_age_0_do_not_stay), T(multi_etags_are_spread_over_requests),
		T(a_group_etag_confirms_its_set_and_nobody_else),
		T(a_group_etag_of_another_cache_or_of_other_answers_is_none),
		T(a_group_etag_needs_a_group_and_a_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
