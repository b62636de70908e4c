/* What observed servers tell answers requests without Observe (RFC 7641, Sections 3.3.1, 5.1). */
#include "test.h"

#include <stdio.h>

#include "proxy_play.h"

/* Proxy-Uri coap://224.0.1.187/r, T' = 10: Observe 0, and 1. */
#define REGISTER "52011010c1de60dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba0a"
#define CANCEL "52011011c1de6101dd1007636f61703a2f2f3232342e302e312e3138372f72e1fcba0a"
#define OTHER_CLIENT "192.0.2.51:40000"
#define S1 "198.51.100.1:5683"
#define S2 "198.51.100.2:5683"
#define S3 "198.51.100.3:5683"
#define T_PRIME (10 * GCOAP_SECOND)

static struct proxy_play *p;
static struct gcoap_registry registry;
static uint8_t upstream[8]; /* token of the registration */
static uint16_t mid;

static void learned_members(struct gcoap_proxy_config *c)
{
	static struct gcoap_proxy_group groups[4];

	memcpy(groups, c->groups, sizeof(groups));
	groups[0].learn_members = true;
	c->groups = groups;
}

static void model_b(struct gcoap_proxy_config *c)
{
	c->cache_model = GCOAP_CACHE_B;
}

static void no_cache(struct gcoap_proxy_config *c)
{
	c->cache_size = 0;
}

static int begin(void (*change)(struct gcoap_proxy_config *c))
{
	gcoap_registry_init(&registry);
	p = proxy_play_new(change);
	return 0;
}

static int unknown(void **state)
{
	return begin(NULL);
}

static int known(void **state)
{
	return begin(proxy_play_two_members);
}

static int learned(void **state)
{
	return begin(learned_members);
}

static int aggregated(void **state)
{
	return begin(model_b);
}

static int without(void **state)
{
	return begin(no_cache);
}

static int tear_down(void **state)
{
	proxy_play_free(p);
	return 0;
}

static void took_token(void)
{
	assert_int_equal(p->n_sent, 1);
	memcpy(upstream, p->sent[0].msg.token, 8);
	p->n_answers = p->n_sent = 0;
}

static void observe(void)
{
	p->n_sent = 0;
	proxy_play_request(p, PROXY_CLIENT, REGISTER);
	took_token();
}

static void observe_one(const char *identity)
{
	struct gcoap_peer from = proxy_play_peer(p, PROXY_CLIENT);
	struct gcoap_msg m;

	from.identity = identity;
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_set_token(&m, "ob", 2);
	gcoap_msg_add(&m, GCOAP_OBSERVE, (struct gcoap_bytes){ NULL, 0 });
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.1/r");
	p->n_sent = 0;
	p->served->request(p->served, &from, &m, p->now);
	proxy_play_flush(p);
	took_token();
}

/* A notification; @value -1: without Observe. It is relayed. */
static void notify_code(const char *server, uint8_t code, int value, uint32_t max_age,
			const char *text)
{
	struct gcoap_datagram in = { .at = p->now };
	uint8_t bytes[128], store[2][4];
	struct gcoap_msg m;
	int len;

	gcoap_msg_init(&m, GCOAP_NON, code);
	gcoap_msg_set_token(&m, upstream, 8);
	m.mid = ++mid;
	if (value >= 0)
		gcoap_msg_add_uint(&m, GCOAP_OBSERVE, (uint32_t)value, store[0]);
	gcoap_msg_add_uint(&m, GCOAP_MAX_AGE, max_age, store[1]);
	m.payload = gcoap_bytes_text(text);
	len = gcoap_msg_encode(&m, bytes, sizeof(bytes));
	assert_true(len > 0);
	gcoap_addr_parse(&in.from, server, GCOAP_PORT);
	in.data = (struct gcoap_bytes){ bytes, (size_t)len };
	p->engine->recv(p->engine, &in, p->now);
	proxy_play_flush(p);
}

static void notify(const char *server, int value, uint32_t max_age, const char *text)
{
	notify_code(server, GCOAP_CONTENT, value, max_age, text);
}

/* GET of @uri without Observe, with T' = 10 of a group; how many answers come at once. */
static size_t get(const char *uri, const char *identity)
{
	struct gcoap_peer from = proxy_play_peer(p, OTHER_CLIENT);
	static uint8_t token;
	const uint8_t ten = 10;
	struct gcoap_msg m;

	from.identity = identity;
	token++;
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_set_token(&m, &token, 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, uri);
	if (strstr(uri, "224.0"))
		gcoap_msg_add(&m, registry.draft[GCOAP_DRAFT_MULTICAST_SIGNALING],
			      (struct gcoap_bytes){ &ten, 1 });
	p->n_answers = p->n_sent = 0;
	p->served->request(p->served, &from, &m, p->now);
	proxy_play_flush(p);
	return p->n_answers;
}

static size_t get_group(void)
{
	return get("coap://224.0.1.187/r", NULL);
}

static size_t get_server(void)
{
	return get("coap://198.51.100.1/r", NULL);
}

/* What answer @i is, "2.05 17 x": code, Max-Age, payload; "+" with a Group-ETag. No answer to a
 * request without Observe has one. */
static const char *got(size_t i)
{
	static char text[64];
	const struct gcoap_msg *m = &p->answers[i].msg;
	uint32_t age = 60;
	char code[5];

	assert_true(i < p->n_answers);
	assert_null(gcoap_msg_find(m, GCOAP_OBSERVE));
	gcoap_msg_uint(m, GCOAP_MAX_AGE, 4, &age);
	snprintf(text, sizeof(text), "%s %u %.*s%s", gcoap_code_format(m->code, code), age,
		 (int)m->payload.len, m->payload.len ? (const char *)m->payload.ptr : "",
		 gcoap_msg_find(m, registry.draft[GCOAP_DRAFT_GROUP_ETAG]) ? "+" : "");
	return text;
}

static struct gcoap_bytes group_etag(uint8_t tag[8])
{
	const struct gcoap_option *o = gcoap_msg_find(
		&p->answers[0].msg, registry.draft[GCOAP_DRAFT_GROUP_ETAG]);

	assert_non_null(o);
	memcpy(tag, o->value.ptr, 8);
	return (struct gcoap_bytes){ tag, 8 };
}

/* ---- one server ---- */

static void a_notification_answers_for_its_server(void **state)
{
	observe();
	notify(S1, 1, 60, "a");
	assert_int_equal(get_server(), 1);
	assert_int_equal(p->n_sent, 0);
	assert_string_equal(got(0), "2.05 60 a");
	proxy_play_wait(p, 5 * GCOAP_SECOND);
	notify(S1, 2, 50, "b");
	proxy_play_wait(p, GCOAP_SECOND);
	assert_int_equal(get_server(), 1);
	assert_string_equal(got(0), "2.05 49 b");
	/* T' is over */
	proxy_play_wait(p, T_PRIME);
	notify(S1, 3, 40, "c");
	assert_int_equal(get_server(), 1);
	assert_string_equal(got(0), "2.05 40 c");
	proxy_play_wait(p, 40 * GCOAP_SECOND);
	assert_int_equal(get_server(), 0);
	assert_int_equal(p->n_sent, 1);
}

static void a_server_that_is_observed_alone_fills_it_too(void **state)
{
	observe_one(NULL);
	for (int i = 1; i < 4; i++) {
		notify(S1, i, 60, i == 3 ? "c" : "a");
		proxy_play_wait(p, 50 * GCOAP_SECOND);
	}
	assert_int_equal(get_server(), 1);
	assert_int_equal(p->n_sent, 0);
	assert_string_equal(got(0), "2.05 10 c");
}

static void what_was_overtaken_is_not_stored(void **state)
{
	observe();
	notify(S1, 5, 60, "new");
	notify(S1, 4, 60, "old");
	assert_int_equal(get_server(), 1);
	assert_string_equal(got(0), "2.05 60 new");
}

static void an_error_or_what_may_not_be_kept_is_no_old_content(void **state)
{
	observe();
	notify(S1, 1, 60, "a");
	notify_code(S1, GCOAP_NOT_FOUND, -1, 20, "");
	assert_int_equal(get_server(), 1);
	assert_string_equal(got(0), "4.04 20 ");
	notify(S1, 2, 0, "now only");
	assert_int_equal(get_server(), 0);
	assert_int_equal(p->n_sent, 1);
}

static void realms_stay_apart(void **state)
{
	observe_one("alice");
	notify(S1, 1, 60, "hers");
	assert_int_equal(get_server(), 0);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(get("coap://198.51.100.1/r", "bob"), 0);
	assert_int_equal(get("coap://198.51.100.1/r", "alice"), 1);
	assert_string_equal(got(0), "2.05 60 hers");
}

static void without_a_cache_nothing_is_kept(void **state)
{
	observe();
	notify(S1, 1, 60, "a");
	proxy_play_wait(p, T_PRIME);
	notify(S1, 2, 60, "b");
	assert_int_equal(get_server(), 0);
	assert_int_equal(p->n_sent, 1);
}

/* ---- groups, model T ---- */

static void who_is_silent_is_represented_by_what_it_told(void **state)
{
	observe();
	notify(S1, 1, 60, "a");
	notify(S2, 1, 60, "b");
	proxy_play_wait(p, 2 * T_PRIME);
	notify(S2, 2, 60, "b2");
	assert_int_equal(get_group(), 0);
	assert_int_equal(p->n_sent, 1);
	proxy_play_text(p, S1, "fresh");
	proxy_play_wait(p, T_PRIME);
	assert_int_equal(p->n_answers, 2);
	assert_string_equal(got(0), "2.05 60 fresh");
	assert_string_equal(got(1), "2.05 50 b2");
}

static void a_known_group_is_answered_by_what_it_told(void **state)
{
	uint8_t tag[2][8];

	observe();
	notify(S1, 1, 60, "a");
	notify(S2, 1, 60, "b");
	assert_int_equal(get_group(), 2);
	assert_int_equal(p->n_sent, 0);
	assert_string_equal(got(0), "2.05 60 a+");
	group_etag(tag[0]);
	proxy_play_wait(p, 2 * T_PRIME);
	notify(S1, 2, 60, "a2");
	assert_int_equal(get_group(), 2);
	assert_string_equal(got(0), "2.05 60 a2+");
	assert_string_equal(got(1), "2.05 40 b+");
	group_etag(tag[1]);
	assert_memory_not_equal(tag[0], tag[1], 8);
}

static void a_registration_learns_who_is_there(void **state)
{
	observe();
	notify(S1, 1, 100, "a");
	notify(S2, 1, 100, "b");
	assert_int_equal(get_group(), 0); /* there may be more to come */
	proxy_play_wait(p, T_PRIME);
	assert_int_equal(get_group(), 2);
	assert_int_equal(p->n_sent, 0);
	notify(S3, 1, 100, "c");
	assert_int_equal(get_group(), 3);
	notify(S3, 2, 0, "not to be kept");
	assert_int_equal(get_group(), 0); /* held back until T' */
	assert_int_equal(p->n_sent, 1);
}

/* ---- model B ---- */

static void the_answers_to_a_registration_are_aggregated(void **state)
{
	uint8_t tag[2][8];

	observe();
	notify(S1, 1, 60, "a");
	notify(S2, 1, 100, "b");
	assert_int_equal(get("coap://224.0.1.187/r", "alice"), 0);
	proxy_play_wait(p, T_PRIME);
	assert_int_equal(get_group(), 2);
	assert_int_equal(p->n_sent, 0);
	assert_string_equal(got(0), "2.05 50 a+");
	group_etag(tag[0]);
	notify(S2, 2, 100, "b2");
	assert_int_equal(get_group(), 2);
	assert_string_equal(got(1), "2.05 100 b2+");
	group_etag(tag[1]);
	assert_memory_not_equal(tag[0], tag[1], 8);
	notify(S3, 1, 100, "c");
	assert_int_equal(get_group(), 3);
}

/* A.lifetime is the shortest that was, and a new answer does not make it longer. */
static void notifications_make_its_lifetime_shorter_only(void **state)
{
	observe();
	notify(S1, 1, 60, "a");
	notify(S2, 1, 100, "b");
	proxy_play_wait(p, T_PRIME);
	notify(S2, 2, 20, "b2");
	notify(S2, 3, 100, "b3");
	notify(S1, 2, 100, "a2");
	proxy_play_wait(p, 19 * GCOAP_SECOND);
	assert_int_equal(get_group(), 2);
	assert_int_equal(p->n_sent, 0);
	proxy_play_wait(p, GCOAP_SECOND);
	get_group();
	assert_int_equal(p->n_sent, 1);
}

static void it_answers_nothing_while_one_is_missing(void **state)
{
	observe();
	notify(S1, 1, 60, "a");
	notify(S2, 1, 60, "b");
	proxy_play_wait(p, T_PRIME);
	notify(S2, 2, 0, "not to be kept");
	assert_int_equal(get_group(), 0);
	assert_int_equal(p->n_sent, 1);
}

/* Who leaves before T' has not waited for all. */
static void a_registration_that_ended_early_aggregates_nothing(void **state)
{
	observe();
	notify(S1, 1, 60, "a");
	proxy_play_request(p, PROXY_CLIENT, CANCEL);
	proxy_play_wait(p, T_PRIME);
	assert_int_equal(get_group(), 0);
	assert_int_equal(p->n_sent, 1);
}

/* As many entries as servers, however often they notify. */
static void the_cache_does_not_grow(void **state)
{
	struct gcoap_proxy_stats s[2];

	observe();
	for (int i = 1; i < 1000; i++) {
		notify(i % 2 ? S1 : S2, i, 600, "a");
		proxy_play_wait(p, GCOAP_SECOND / 10);
		p->n_answers = p->n_sent = 0;
		gcoap_proxy_stats(p->proxy, &s[i > 2]);
	}
	assert_int_equal(s[1].cache_entries, 2);
	assert_int_equal(s[0].cache_bytes, s[1].cache_bytes);
}

int main(void)
{
#define T(f, how) cmocka_unit_test_setup_teardown(f, how, tear_down)
	const struct CMUnitTest tests[] = {
		T(a_notification_answers_for_its_server, unknown),
		T(a_server_that_is_observed_alone_fills_it_too, unknown),
		T(what_was_overtaken_is_not_stored, unknown),
		T(an_error_or_what_may_not_be_kept_is_no_old_content, unknown),
		T(realms_stay_apart, unknown),
		T(without_a_cache_nothing_is_kept, without),
		T(who_is_silent_is_represented_by_what_it_told, unknown),
		T(a_known_group_is_answered_by_what_it_told, known),
		T(a_registration_learns_who_is_there, learned),
		T(the_answers_to_a_registration_are_aggregated, aggregated),
		T(notifications_make_its_lifetime_shorter_only, aggregated),
		T(it_answers_nothing_while_one_is_missing, aggregated),
		T(a_registration_that_ended_early_aggregates_nothing, aggregated),
		T(the_cache_does_not_grow, unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
