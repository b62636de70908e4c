/* ETag, Multi-ETag and ETags in group requests at the server (checks S-17 … S-19). */
#include "test.h"

#include "serve_fixture.h"

static struct fx f;
static uint16_t mid;

static int open_host(void **state)
{
	fx_open_prompt(*state, 2);
	return 0;
}

struct tag {
	uint8_t bytes[8];
	size_t len;
};

static struct tag tag_of(const struct gcoap_msg *m)
{
	const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_ETAG);
	struct tag t = { .len = o ? o->value.len : 0 };

	if (o)
		memcpy(t.bytes, o->value.ptr, t.len);
	return t;
}

static struct gcoap_msg get_r(void)
{
	struct gcoap_msg m;

	fx_request(&m, GCOAP_NON, GCOAP_GET, ++mid, "/r");
	return m;
}

/* The answer of member @i to a group request. */
static struct gcoap_msg ask(const struct gcoap_msg *m, uint32_t i)
{
	struct gcoap_msg none = { .type = 0xff };
	struct gcoap_addr want = fx_member(i);

	fx_forget(&f);
	fx_group(&f, m);
	fx_run(&f, f.now);
	for (size_t k = 0; k < f.n; k++)
		if (gcoap_addr_equal(&f.sent[k].from, &want))
			return fx_msg(&f, k);
	return none;
}

static struct tag current(uint32_t member)
{
	struct gcoap_msg m;

	m = get_r();
	m = ask(&m, member);
	return tag_of(&m);
}

static void add_multi(struct gcoap_msg *m, const struct gcoap_addr *server, struct tag t,
		      uint8_t *store)
{
	struct gcoap_multi_etag e = { .server = { .scheme = GCOAP_SCHEME_COAP,
						  .addr = *server },
				      .n = 1, .tags = { { t.bytes, t.len } } };
	int len = gcoap_multi_etag_encode(&e, store, 64);

	assert_true(len > 0);
	gcoap_msg_add(m, f.registry.draft[GCOAP_DRAFT_MULTI_ETAG],
		      (struct gcoap_bytes){ store, (size_t)len });
}

static void tags_differ_between_members_and_between_states(void **state)
{
	struct tag a = current(0), b = current(1), c;

	(void)state;
	assert_in_range(a.len, 1, 8);
	assert_false(a.len == b.len && !memcmp(a.bytes, b.bytes, a.len));
	f.version++;
	c = current(0);
	assert_memory_not_equal(a.bytes, c.bytes, a.len);
	f.version--;
	c = current(0);
	assert_memory_equal(a.bytes, c.bytes, a.len);
}

static void the_same_etag_fault_makes_members_collide(void **state)
{
	struct tag a, b;

	(void)state;
	fx_close(&f);
	fx_init(&f, 2);
	f.config.transmission.leisure = 0;
	f.config.same_etag = true;
	fx_open(&f);
	a = current(0);
	b = current(1);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.bytes, b.bytes, a.len);
}

static void a_lying_etag_stays_when_the_state_changes(void **state)
{
	struct tag a, b;

	(void)state;
	fx_close(&f);
	fx_init(&f, 2);
	f.config.transmission.leisure = 0;
	f.config.lying_etag = true;
	fx_open(&f);
	a = current(0);
	f.version++;
	b = current(0);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.bytes, b.bytes, a.len);
	b = current(1);
	assert_memory_not_equal(a.bytes, b.bytes, a.len);
}

/* The server's port may be left out, or null: 5683. */
static void a_multi_etag_without_port_is_of_the_default_one(void **state)
{
	uint16_t number = f.registry.draft[GCOAP_DRAFT_MULTI_ETAG];
	struct gcoap_addr own = fx_member(0);
	struct tag a = current(0);
	uint8_t values[2][32];
	struct gcoap_msg m;

	(void)state;
	for (int null = 0; null < 2; null++) {
		uint8_t *at = values[null];
		size_t n = 0;

		assert_int_equal(own.family, 4);
		at[n++] = null ? 0x83 : 0x82;
		at[n++] = 0x01;
		at[n++] = 0xd9;
		at[n++] = 0x01;
		at[n++] = 0x04;
		at[n++] = 0x44;
		memcpy(at + n, own.bytes, 4);
		n += 4;
		if (null)
			at[n++] = 0xf6;
		at[n++] = (uint8_t)(0x40 | a.len);
		memcpy(at + n, a.bytes, a.len);
		n += a.len;
		m = get_r();
		gcoap_msg_add(&m, number, (struct gcoap_bytes){ at, n });
		assert_int_equal(ask(&m, 0).code, GCOAP_VALID);
	}
}

static void no_etag_means_none(void **state)
{
	(void)state;
	fx_close(&f);
	fx_init(&f, 2);
	f.config.no_etag = true;
	fx_open(&f);
	assert_int_equal(current(0).len, 0);
}

static struct gcoap_msg unicast_get(struct tag t)
{
	struct gcoap_msg m;

	fx_request(&m, GCOAP_CON, GCOAP_GET, ++mid, "/r");
	gcoap_msg_add(&m, GCOAP_ETAG, bytes(9, 9));
	gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ t.bytes, t.len });
	fx_one(&f, 0, &m);
	fx_run(&f, f.now);
	return fx_msg(&f, f.n - 1);
}

static void one_of_several_etags_validates_a_unicast_get(void **state)
{
	struct tag t = current(0);
	struct gcoap_msg a = unicast_get(t);

	(void)state;
	assert_int_equal(a.code, GCOAP_VALID);
	assert_int_equal(a.payload.len, 0);
	assert_memory_equal(tag_of(&a).bytes, t.bytes, t.len);
	assert_null(gcoap_msg_find(&a, GCOAP_CONTENT_FORMAT));
	assert_non_null(gcoap_msg_find(&a, GCOAP_MAX_AGE));
	f.version++;
	assert_int_equal(unicast_get(t).code, GCOAP_CONTENT);
}

/* S-19 */
static void an_etag_in_a_group_get_counts_in_the_newer_dialect_only(void **state)
{
	static const char *const names[] = { "tiloca-05", "ietf" };
	static const uint8_t codes[] = { GCOAP_CONTENT, GCOAP_VALID };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct gcoap_msg m;
		struct tag t;

		fx_close(&f);
		fx_init(&f, 2);
		f.config.transmission.leisure = 0;
		f.config.dialect = gcoap_dialect_find(names[i]);
		fx_open(&f);
		t = current(0);
		m = get_r();
		gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ t.bytes, t.len });
		assert_int_equal(ask(&m, 0).code, codes[i]);
		m = get_r();
		gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ t.bytes, t.len });
		assert_int_equal(ask(&m, 1).code, GCOAP_CONTENT);
	}
}

/* S-17 */
static void multi_etag_validates_each_member_by_its_own_entry(void **state)
{
	struct gcoap_addr one = fx_member(0), two = fx_member(1);
	struct tag a = current(0), b = current(1);
	uint8_t store[2][64];
	struct gcoap_msg m;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		m = get_r();
		add_multi(&m, &one, a, store[0]);
		add_multi(&m, &two, b, store[1]);
		m = ask(&m, i);
		assert_int_equal(m.code, GCOAP_VALID);
		assert_memory_equal(tag_of(&m).bytes, i ? b.bytes : a.bytes, a.len);
	}
	f.version++;
	m = get_r();
	add_multi(&m, &one, a, store[0]);
	assert_int_equal(ask(&m, 0).code, GCOAP_CONTENT);
}

/* S-18 */
static void a_multi_etag_for_another_address_or_port_is_ignored(void **state)
{
	struct gcoap_addr other = fx_member(1);
	struct tag a = current(0);
	uint8_t store[64];
	struct gcoap_msg m;

	(void)state;
	m = get_r();
	add_multi(&m, &other, a, store);
	assert_int_equal(ask(&m, 0).code, GCOAP_CONTENT);
	other = fx_member(0);
	other.port = 5685;
	m = get_r();
	add_multi(&m, &other, a, store);
	assert_int_equal(ask(&m, 0).code, GCOAP_CONTENT);
}

static void two_own_entries_a_malformed_one_or_etag_beside_are_ignored(void **state)
{
	uint16_t number = f.registry.draft[GCOAP_DRAFT_MULTI_ETAG];
	struct gcoap_addr own = fx_member(0);
	struct tag a = current(0);
	uint8_t store[2][64];
	struct gcoap_msg m;

	(void)state;
	m = get_r();
	add_multi(&m, &own, a, store[0]);
	add_multi(&m, &own, a, store[1]);
	assert_int_equal(ask(&m, 0).code, GCOAP_CONTENT);
	m = get_r();
	add_multi(&m, &own, a, store[0]);
	gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ a.bytes, a.len });
	assert_int_equal(ask(&m, 0).code, GCOAP_CONTENT);
	m = get_r();
	gcoap_msg_add(&m, number, bytes(0x9b, 0xff, 0xff, 0xff));
	assert_int_equal(ask(&m, 0).code, GCOAP_CONTENT);
	/* a malformed one beside the own one does not harm it */
	add_multi(&m, &own, a, store[0]);
	m.mid = ++mid;
	assert_int_equal(ask(&m, 0).code, GCOAP_VALID);
}

static void multi_etag_means_nothing_in_a_post_or_by_unicast(void **state)
{
	struct gcoap_addr own = fx_member(0);
	struct tag a = current(0);
	uint8_t store[64];
	struct gcoap_msg m;

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_POST, ++mid, "/r");
	add_multi(&m, &own, a, store);
	assert_int_equal(ask(&m, 0).code, GCOAP_CHANGED);
	m = get_r();
	add_multi(&m, &own, a, store);
	fx_forget(&f);
	fx_one(&f, 0, &m);
	fx_run(&f, f.now);
	assert_int_equal(fx_msg(&f, 0).code, GCOAP_CONTENT);
}

#define TEST(name) \
	cmocka_unit_test_prestate_setup_teardown(name, open_host, fx_tear_down, &f)
int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tags_differ_between_members_and_between_states),
		TEST(the_same_etag_fault_makes_members_collide),
		TEST(a_lying_etag_stays_when_the_state_changes),
		TEST(a_multi_etag_without_port_is_of_the_default_one),
		TEST(no_etag_means_none),
		TEST(one_of_several_etags_validates_a_unicast_get),
		TEST(an_etag_in_a_group_get_counts_in_the_newer_dialect_only),
		TEST(multi_etag_validates_each_member_by_its_own_entry),
		TEST(a_multi_etag_for_another_address_or_port_is_ignored),
		TEST(two_own_entries_a_malformed_one_or_etag_beside_are_ignored),
		TEST(multi_etag_means_nothing_in_a_post_or_by_unicast),
	};

	return cmocka_run_group_tests_name("serve_etag", tests, NULL, NULL);
}
