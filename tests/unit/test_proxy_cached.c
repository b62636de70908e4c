/*
 * Whole exchanges with the cache on: what clients and servers see (protocol text: groupcomm-bis-03,
 * Section 3.4.3; groupcomm-proxy-07, Section 7), in both dialects.
 */
#include "test.h"

#include <stdio.h>

#include "proxy_play.h"

#define T "42011001c0dedd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c"
#define I "42011001c0de213cdd1407636f61703a2f2f3232342e302e312e3138372f72"
#define OTHER_CLIENT "192.0.2.51:40000"
#define S1 "198.51.100.1:5683"
#define S2 "198.51.100.2:5683"

static struct proxy_play *p;
static struct gcoap_registry registry;

static void model_b(struct gcoap_proxy_config *c)
{
	c->cache_model = GCOAP_CACHE_B;
}

static void no_cache_at_all(struct gcoap_proxy_config *c)
{
	proxy_play_two_members(c);
	c->cache_size = 0;
}

static void begin(void (*change)(struct gcoap_proxy_config *c))
{
	gcoap_registry_init(&registry);
	p = proxy_play_new(change);
}

static int unknown_members(void **state)
{
	begin(NULL);
	return 0;
}

static int known_members(void **state)
{
	begin(proxy_play_two_members);
	return 0;
}

static int aggregated(void **state)
{
	begin(model_b);
	return 0;
}

static int without(void **state)
{
	begin(no_cache_at_all);
	return 0;
}

static int tear_down(void **state)
{
	proxy_play_free(p);
	return 0;
}

/* ---- requests and answers ---- */

static const struct gcoap_dialect *dialect;
static struct gcoap_peer asker; /* of the request asked last */
static uint8_t token;

/* CON GET coap://224.0.1.187/r with T' and Group-ETags; of the realm @identity. */
static void ask(const char *identity, int d, uint32_t timeout, const struct gcoap_bytes *tag)
{
	struct gcoap_msg m;
	uint8_t store[4];

	dialect = &gcoap_dialects[d];
	asker = proxy_play_peer(p, identity ? OTHER_CLIENT : PROXY_CLIENT);
	asker.identity = identity;
	token++;
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	gcoap_msg_set_token(&m, &token, 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	gcoap_msg_add_uint(&m, registry.draft[dialect->timeout], timeout, store);
	if (tag)
		gcoap_msg_add(&m, registry.draft[dialect->group_etag], *tag);
	p->n_answers = p->n_sent = 0;
	p->served->request(p->served, &asker, &m, p->now);
	proxy_play_flush(p);
}

static void ask_server(const char *uri, const struct gcoap_bytes *etag)
{
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_set_token(&m, "u", 1);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, uri);
	if (etag)
		gcoap_msg_add(&m, GCOAP_ETAG, *etag);
	p->n_answers = p->n_sent = 0;
	proxy_play_ask(p, PROXY_CLIENT, &m);
}

static void answer(const char *server, uint8_t code, const char *etag, uint32_t max_age,
		   const char *text)
{
	struct gcoap_msg m;
	uint8_t tag[8], age[4];
	int n = gcoap_hex_decode(etag, strlen(etag), tag, sizeof(tag));

	gcoap_msg_init(&m, GCOAP_NON, code);
	if (n > 0)
		gcoap_msg_add(&m, GCOAP_ETAG, (struct gcoap_bytes){ tag, (size_t)n });
	gcoap_msg_add_uint(&m, GCOAP_MAX_AGE, max_age, age);
	m.payload = gcoap_bytes_text(text);
	proxy_play_answer(p, server, &m);
}

/* What answer @i to the client is: "2.05 1 17 x", code, last byte of the server's address (0:
 * not named), Max-Age (-: none), payload; then "+" when there is a Group-ETag. */
static const char *got(size_t i)
{
	static char text[128];
	const struct gcoap_msg *m = &p->answers[i].msg;
	const struct gcoap_option *o =
		gcoap_msg_find(m, registry.draft[dialect->server_address]);
	struct gcoap_origin origin = { 0 };
	char code[5], age[12] = "-";
	uint32_t seconds;

	if (o && dialect->server_address == GCOAP_DRAFT_REPLY_FROM)
		assert_int_equal(gcoap_reply_from_decode(o->value, &origin, NULL), 0);
	else if (o)
		assert_int_equal(gcoap_tp_info_decode(o->value, GCOAP_PORT_WGP_00, 5683,
						      &origin, NULL),
				 0);
	if (gcoap_msg_uint(m, GCOAP_MAX_AGE, 4, &seconds) == 0)
		snprintf(age, sizeof(age), "%u", seconds);
	o = gcoap_msg_find(m, registry.draft[dialect->group_etag]);
	snprintf(text, sizeof(text), "%s %u %s %.*s%s", gcoap_code_format(m->code, code),
		 origin.addr.bytes[3], age, (int)m->payload.len,
		 m->payload.len ? (const char *)m->payload.ptr : "", o ? "+" : "");
	assert_true(!o || !gcoap_msg_next(m, o));
	return text;
}

static struct gcoap_bytes group_etag(void)
{
	static uint8_t tag[8];
	const struct gcoap_option *o =
		gcoap_msg_find(&p->answers[0].msg, registry.draft[dialect->group_etag]);

	assert_non_null(o);
	assert_int_equal(o->value.len, 8);
	memcpy(tag, o->value.ptr, 8);
	return (struct gcoap_bytes){ tag, 8 };
}

/* Both servers answer a group request; then its T' is over. */
static void both_answer(const char *identity, int d)
{
	ask(identity, d, 10, NULL);
	answer(S1, GCOAP_CONTENT, "a1", 60, "x");
	answer(S2, GCOAP_CONTENT, "b2", 100, "y");
	assert_int_equal(p->n_answers, 2);
	assert_null(gcoap_msg_find(&p->answers[0].msg, registry.draft[dialect->group_etag]));
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 2);
}

/* ---- members are not known: P-47, P-52 ---- */

static void the_group_is_asked_again_and_the_silent_are_represented(void **state)
{
	for (int d = 0; d < 2; d++) {
		both_answer(NULL, d);
		ask(NULL, d, 10, NULL);
		assert_int_equal(p->n_sent, 1);
		assert_int_equal(p->n_answers, 0);
		answer(S1, GCOAP_CONTENT, "a1", 60, "x2");
		assert_string_equal(got(0), "2.05 1 60 x2");
		proxy_play_wait(p, 9 * GCOAP_SECOND);
		assert_int_equal(p->n_answers, 1);
		proxy_play_wait(p, GCOAP_SECOND);
		assert_int_equal(p->n_answers, 2);
		assert_string_equal(got(1), "2.05 2 80 y"); /* after 19.8 s */
		proxy_play_wait(p, 200 * GCOAP_SECOND);
	}
}

static void what_ends_before_the_deadline_is_given_at_once(void **state)
{
	both_answer(NULL, 0);
	ask(NULL, 0, 60, NULL);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->n_answers, 1);
	assert_string_equal(got(0), "2.05 1 50 x");
	proxy_play_wait(p, 60 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 2);
	assert_string_equal(got(1), "2.05 2 30 y");
}

static void a_client_that_has_gone_gets_nothing_at_the_end(void **state)
{
	both_answer(NULL, 0);
	ask(NULL, 0, 10, NULL);
	p->served->lost(p->served, &asker, &token, 1, p->now);
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 0);
}

/* ---- an answer to the group serves one server: P-49 ---- */

static void a_unicast_request_is_served_from_a_group_answer(void **state)
{
	both_answer(NULL, 0);
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 0);
	assert_int_equal(p->n_answers, 1);
	assert_string_equal(got(0), "2.05 0 50 x");
	ask_server("coap://198.51.100.1/r?q", NULL);
	assert_int_equal(p->n_sent, 1);
	ask_server("coap://198.51.100.3/r", NULL);
	assert_int_equal(p->n_sent, 1);
}

static void a_client_that_has_it_is_told_so(void **state)
{
	const struct gcoap_bytes a1 = bytes(0xa1), a2 = bytes(0x00, 0xa1);

	both_answer(NULL, 0);
	ask_server("coap://198.51.100.1/r", &a1);
	assert_string_equal(got(0), "2.03 0 50 ");
	ask_server("coap://198.51.100.1/r", &a2);
	assert_string_equal(got(0), "2.05 0 50 x");
	assert_int_equal(p->n_sent, 0);
}

/* ---- members are known: P-48, P-50, P-51, P-55 ---- */

static void known_and_fresh_the_group_is_not_asked(void **state)
{
	for (int d = 0; d < 2; d++) {
		both_answer(NULL, 0);
		ask(NULL, d, 10, NULL);
		assert_int_equal(p->n_sent, 0);
		assert_int_equal(p->n_answers, 2);
		assert_string_equal(got(0), "2.05 1 50 x+");
		assert_string_equal(got(1), "2.05 2 90 y+");
		assert_int_equal(p->events[GCOAP_PROXY_CACHED], 2 * (d + 1));
		proxy_play_wait(p, 200 * GCOAP_SECOND);
	}
}

static void one_valid_for_the_whole_set(void **state)
{
	struct gcoap_bytes tag, wrong = bytes(0x0b, 0xad, 0xca, 0xfe);

	for (int d = 0; d < 2; d++) {
		both_answer(NULL, d);
		ask(NULL, d, 10, &wrong);
		assert_int_equal(p->n_answers, 2);
		assert_string_equal(got(0), "2.05 1 50 x+");
		tag = group_etag();
		ask(NULL, d, 10, &tag);
		assert_int_equal(p->n_sent, 0);
		assert_int_equal(p->n_answers, 1);
		assert_string_equal(got(0), "2.03 0 50 +");
		assert_memory_equal(group_etag().ptr, tag.ptr, 8);
		proxy_play_wait(p, 200 * GCOAP_SECOND);
	}
}

static void an_update_changes_the_group_etag(void **state)
{
	struct gcoap_bytes tag;

	both_answer(NULL, 0);
	ask(NULL, 0, 10, NULL);
	tag = group_etag();
	proxy_play_wait(p, 60 * GCOAP_SECOND); /* the first is stale */
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 1);
	answer(S1, GCOAP_CONTENT, "a2", 60, "new");
	ask(NULL, 0, 10, &tag);
	assert_int_equal(p->n_sent, 0);
	assert_int_equal(p->n_answers, 2);
	assert_string_equal(got(0), "2.05 1 60 new+");
}

/* The rows of bytes: cached 2.05 of 192.0.2.1:5685 with Max-Age 17 and Group-ETag, and the
 * single 2.03; the Group-ETag is ours. */
static void cached_answers_have_the_drafts_bytes(void **state)
{
	static const char *const rows[2][5] = {
		{ T, "52452003c0dfc02111dd45008301d9010444c0000201191635e8fc83", "ff32322e332043",
		  "42011004c0dfdd1607636f61703a2f2f3232342e302e312e3138372f72e1fcba3c68",
		  "62431004c0dfd1010de8fcd6" },
		{ I, "52452003c0dfc02111a8", "dbd382208244c0000201191635ff32322e332043",
		  "42011004c0df213cd809%sbd07636f61703a2f2f3232342e302e312e3138372f72", NULL },
	};
	static const uint8_t thirty = 30;
	char hex[256], tag[17];
	struct gcoap_msg m;

	for (int d = 0; d < 2; d++) {
		dialect = &gcoap_dialects[d];
		gcoap_addr_parse(&proxy_play_members[0], "192.0.2.1:5685", 0);
		proxy_play_members[1] = proxy_play_members[0];
		proxy_play_request(p, PROXY_CLIENT, rows[d][0]);
		gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
		gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, (struct gcoap_bytes){ NULL, 0 });
		gcoap_msg_add(&m, GCOAP_MAX_AGE, (struct gcoap_bytes){ &thirty, 1 });
		m.payload = gcoap_bytes_text("22.3 C");
		proxy_play_answer(p, "192.0.2.1:5685", &m);
		proxy_play_wait(p, 13 * GCOAP_SECOND);
		p->n_answers = 0;
		snprintf(hex, sizeof(hex), "42011003c0df%s", rows[d][0] + 12);
		proxy_play_request(p, PROXY_CLIENT, hex);
		assert_int_equal(p->n_answers, 1);
		gcoap_hex_encode(group_etag(), tag, sizeof(tag));
		snprintf(hex, sizeof(hex), "%s%s%s", rows[d][1], tag, rows[d][2]);
		assert_true(proxy_play_is(&p->answers[0], hex, false));
		if (d == 0)
			snprintf(hex, sizeof(hex), "%s%s", rows[d][3], tag);
		else
			snprintf(hex, sizeof(hex), "42011004c0df213cd809%sbd07636f61703a2f2f32323"
						   "42e302e312e3138372f72", tag);
		p->n_answers = 0;
		proxy_play_request(p, PROXY_CLIENT, hex);
		assert_int_equal(p->n_answers, 1);
		assert_string_equal(got(0), "2.03 0 17 +");
		assert_int_equal(p->answers[0].msg.n_options, 2);
		proxy_play_wait(p, 200 * GCOAP_SECOND);
	}
}

static void without_a_cache_every_request_goes_out(void **state)
{
	both_answer(NULL, 0);
	ask(NULL, 0, 10, NULL);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->n_answers, 0);
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 0);
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 1);
}

/* ---- P-54 ---- */

static void max_age_zero_is_not_served_again(void **state)
{
	ask(NULL, 0, 10, NULL);
	answer(S1, GCOAP_CONTENT, "a1", 0, "x");
	answer(S2, GCOAP_CONTENT, "b2", 100, "y");
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	ask(NULL, 0, 10, NULL);
	assert_int_equal(p->n_sent, 1);
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	assert_int_equal(p->n_answers, 1);
	assert_string_equal(got(0), "2.05 2 80 y");
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 1);
}

/* ---- model B: P-53 ---- */

static void the_aggregated_entry_serves_from_the_second_request_on(void **state)
{
	struct gcoap_bytes tag;

	for (int d = 0; d < 2; d++) {
		both_answer(NULL, d);
		ask(NULL, d, 10, NULL);
		assert_int_equal(p->n_sent, 0);
		assert_int_equal(p->n_answers, 2);
		assert_string_equal(got(1), "2.05 2 90 y+");
		tag = group_etag();
		ask(NULL, d, 10, &tag);
		assert_string_equal(got(0), "2.03 0 50 +");
		proxy_play_wait(p, 50 * GCOAP_SECOND);
		ask(NULL, d, 10, NULL);
		assert_int_equal(p->n_sent, 1);
		assert_int_equal(p->n_answers, 0);
		proxy_play_free(p);
		begin(model_b);
	}
}

static void while_it_is_gathered_the_group_is_asked(void **state)
{
	ask(NULL, 0, 10, NULL);
	answer(S1, GCOAP_CONTENT, "a1", 60, "x");
	ask("bob", 0, 10, NULL);
	assert_int_equal(p->n_sent, 1);
	ask(NULL, 0, 10, NULL);
	assert_int_equal(p->n_sent, 1);
}

/* ---- revalidation ---- */

static void a_stale_server_is_validated(void **state)
{
	both_answer(NULL, 0);
	proxy_play_wait(p, 60 * GCOAP_SECOND);
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 1);
	assert_memory_equal(gcoap_msg_find(&p->sent[0].msg, GCOAP_ETAG)->value.ptr, "\xa1", 1);
	answer(S1, GCOAP_VALID, "a1", 20, "");
	assert_int_equal(p->n_answers, 1);
	assert_string_equal(got(0), "2.05 0 20 x");
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 0);
}

/* A server that says 2.03 whatever it is asked. */
static void a_valid_of_nothing_is_asked_for_again_once(void **state)
{
	both_answer(NULL, 0);
	proxy_play_wait(p, 60 * GCOAP_SECOND);
	ask_server("coap://198.51.100.1/r", NULL);
	answer(S1, GCOAP_VALID, "ff", 20, "");
	assert_int_equal(p->n_answers, 0);
	assert_int_equal(p->n_sent, 2);
	assert_null(gcoap_msg_find(&p->sent[1].msg, GCOAP_ETAG));
	answer(S1, GCOAP_CONTENT, "a3", 20, "z");
	assert_int_equal(p->n_answers, 1);
	assert_string_equal(got(0), "2.05 0 20 z");
}

static void the_clients_own_entity_tag_passes(void **state)
{
	const struct gcoap_bytes c3 = bytes(0xc3);

	both_answer(NULL, 0);
	proxy_play_wait(p, 60 * GCOAP_SECOND);
	ask_server("coap://198.51.100.1/r", &c3);
	assert_int_equal(p->n_sent, 1);
	assert_memory_equal(gcoap_msg_find(&p->sent[0].msg, GCOAP_ETAG)->value.ptr, "\xc3", 1);
	answer(S1, GCOAP_VALID, "c3", 20, "");
	assert_string_equal(got(0), "2.03 0 20 ");
}

static void a_group_is_validated_as_its_dialect_has_it(void **state)
{
	for (int d = 0; d < 2; d++) {
		uint16_t number = d ? GCOAP_ETAG : registry.draft[GCOAP_DRAFT_MULTI_ETAG];

		both_answer(NULL, d);
		proxy_play_wait(p, 100 * GCOAP_SECOND);
		ask(NULL, d, 10, NULL);
		assert_int_equal(p->n_sent, 1);
		assert_non_null(gcoap_msg_find(&p->sent[0].msg, number));
		assert_non_null(gcoap_msg_next(&p->sent[0].msg,
					       gcoap_msg_find(&p->sent[0].msg, number)));
		answer(S2, GCOAP_VALID, "b2", 20, "");
		assert_int_equal(p->n_answers, 1);
		assert_string_equal(got(0), "2.05 2 20 y");
		answer(S1, GCOAP_CONTENT, "a9", 20, "new");
		assert_string_equal(got(1), "2.05 1 20 new");
		proxy_play_wait(p, 1000 * GCOAP_SECOND);
	}
}

/* ---- changes ---- */

static void a_change_through_the_proxy_is_seen_at_once(void **state)
{
	struct gcoap_msg m;

	both_answer(NULL, 0);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_PUT);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.1/r");
	proxy_play_ask(p, PROXY_CLIENT, &m);
	answer(S1, GCOAP_CHANGED, "", 0, "");
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 1);
	ask_server("coap://198.51.100.2/r", NULL);
	assert_int_equal(p->n_sent, 0);
	/* sent to the group, and nobody is to answer */
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_POST);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://224.0.1.187/r");
	gcoap_msg_add(&m, registry.draft[GCOAP_DRAFT_MULTICAST_SIGNALING],
		      (struct gcoap_bytes){ NULL, 0 });
	proxy_play_ask(p, PROXY_CLIENT, &m);
	ask_server("coap://198.51.100.2/r", NULL);
	assert_int_equal(p->n_sent, 1);
}

/* ---- two realms: X-1 … X-12 ---- */

static const char *const realms[] = { NULL, "alice", "bob" };

static void realms_do_not_share_answers(void **state)
{
	struct gcoap_bytes tag;

	for (size_t a = 0; a < 3; a++) {
		for (size_t b = 0; b < 3; b++) {
			if (a == b)
				continue;
			both_answer(realms[a], 0);
			/* not the set; X-2: nothing held back, or given at once */
			ask(realms[b], 0, 60, NULL);
			assert_int_equal(p->n_sent, 1);
			assert_int_equal(p->n_answers, 0);
			/* no entity-tag of the other's */
			assert_null(gcoap_msg_find(&p->sent[0].msg, GCOAP_ETAG));
			proxy_play_wait(p, 60 * GCOAP_SECOND);
			assert_int_equal(p->n_answers, 0);
			/* not its Group-ETag */
			both_answer(realms[a], 0);
			ask(realms[a], 0, 10, NULL);
			assert_int_equal(p->n_answers, 2);
			tag = group_etag();
			ask(realms[b], 0, 10, &tag);
			assert_int_equal(p->n_answers, 0);
			assert_int_equal(p->n_sent, 1);
			proxy_play_wait(p, 300 * GCOAP_SECOND);
		}
	}
}

static void realms_do_not_share_single_answers(void **state)
{
	both_answer("alice", 0);
	/* an entry made through the group; X-6: with the entity-tag known */
	ask_server("coap://198.51.100.1/r", NULL);
	assert_int_equal(p->n_sent, 1);
	assert_null(gcoap_msg_find(&p->sent[0].msg, GCOAP_ETAG));
	answer(S1, GCOAP_CONTENT, "a1", 60, "for all");
	/* one of everybody is not alice's */
	ask("alice", 0, 10, NULL);
	assert_int_equal(p->n_sent, 0);
	assert_string_equal(got(0), "2.05 1 50 x+");
	/* stale, it is validated by its own realm alone */
	proxy_play_wait(p, 51 * GCOAP_SECOND);
	ask_server("coap://198.51.100.2/r", NULL);
	assert_int_equal(p->n_sent, 1);
	assert_null(gcoap_msg_find(&p->sent[0].msg, GCOAP_ETAG));
}

/* an aggregated entry. */
static void realms_do_not_share_aggregated_entries(void **state)
{
	both_answer("alice", 0);
	ask("bob", 0, 10, NULL);
	assert_int_equal(p->n_sent, 1);
	assert_int_equal(p->n_answers, 0);
	ask("alice", 0, 10, NULL);
	assert_int_equal(p->n_answers, 2);
}

/* the answer that is awaited for one, asked for by both; X-11: what one refreshes stays
 * stale for the other; X-12: a change by one is seen by the other. */
static void realms_do_not_share_what_is_on_its_way(void **state)
{
	struct gcoap_msg m;

	ask("alice", 0, 10, NULL);
	answer(S1, GCOAP_CONTENT, "a1", 60, "x");
	ask("bob", 0, 10, NULL);
	assert_int_equal(p->n_sent, 1);
	answer(S1, GCOAP_CONTENT, "a1", 30, "bob's");
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	proxy_play_wait(p, 60 * GCOAP_SECOND);
	ask("alice", 0, 10, NULL);
	answer(S1, GCOAP_VALID, "a1", 60, "");
	assert_string_equal(got(0), "2.05 1 60 x");
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	ask("bob", 0, 10, NULL);
	assert_int_equal(p->n_sent, 1);
	answer(S1, GCOAP_VALID, "a1", 60, "");
	assert_string_equal(got(0), "2.05 1 60 bob's");
	proxy_play_wait(p, 10 * GCOAP_SECOND);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_PUT);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.1/r");
	proxy_play_ask(p, PROXY_CLIENT, &m);
	answer(S1, GCOAP_CHANGED, "", 0, "");
	for (int i = 1; i < 3; i++) {
		ask(realms[i], 0, 10, NULL);
		assert_int_equal(p->n_sent, 1);
		proxy_play_wait(p, 10 * GCOAP_SECOND);
		assert_int_equal(p->n_answers, 0);
	}
}

static void the_unauthenticated_share_a_realm(void **state)
{
	struct gcoap_msg m;

	both_answer(NULL, 0);
	gcoap_msg_init(&m, GCOAP_NON, GCOAP_GET);
	gcoap_msg_add_text(&m, GCOAP_PROXY_URI, "coap://198.51.100.1/r");
	p->n_answers = p->n_sent = 0;
	proxy_play_ask(p, OTHER_CLIENT, &m);
	assert_int_equal(p->n_sent, 0);
	assert_string_equal(got(0), "2.05 0 50 x");
	assert_int_equal(proxy_play_last(p)->to.bytes[3], 51);
	/* but who may not ask gets nothing */
	p->n_answers = 0;
	proxy_play_ask(p, "203.0.113.9:40000", &m);
	assert_string_equal(got(0), "4.01 0 - Not allow-listed");
}

/* Names cost time to look up: what is there by then is given, and logged once. */
static void a_name_is_served_once_it_is_resolved(void **state)
{
	struct gcoap_addr server;

	gcoap_addr_parse(&server, S1, 0);
	for (size_t i = 1; i <= 2; i++) {
		ask_server("coap://srv.example/r", NULL);
		gcoap_proxy_resolved(p->proxy, "srv.example", 5683, &server, 1, p->now);
		proxy_play_flush(p);
		assert_int_equal(p->n_sent, i == 1);
		if (i == 1)
			answer(S1, GCOAP_CONTENT, "a1", 60, "x");
		assert_int_equal(p->n_answers, 1);
		assert_int_equal(p->events[GCOAP_PROXY_ENDED], i);
	}
	assert_int_equal(p->events[GCOAP_PROXY_CACHED], 1);
}

static void figures_are_kept(void **state)
{
	struct gcoap_proxy_stats s;

	both_answer(NULL, 0);
	ask(NULL, 0, 10, NULL);
	ask_server("coap://198.51.100.1/r", NULL);
	gcoap_proxy_stats(p->proxy, &s);
	assert_int_equal(s.cache_entries, 2);
	assert_int_equal(s.cache_hits, 2);
	assert_int_equal(s.cache_misses, 1);
	assert_int_equal(s.cached, 3);
	assert_true(s.cache_bytes > 0 && s.cache_bytes < 4096);
}

int main(void)
{
#define T1(f, how) cmocka_unit_test_setup_teardown(f, how, tear_down)
	const struct CMUnitTest tests[] = {
		T1(the_group_is_asked_again_and_the_silent_are_represented, unknown_members),
		T1(what_ends_before_the_deadline_is_given_at_once, unknown_members),
		T1(a_client_that_has_gone_gets_nothing_at_the_end, unknown_members),
		T1(a_unicast_request_is_served_from_a_group_answer, unknown_members),
		T1(a_client_that_has_it_is_told_so, unknown_members),
		T1(known_and_fresh_the_group_is_not_asked, known_members),
		T1(one_valid_for_the_whole_set, known_members),
		T1(an_update_changes_the_group_etag, known_members),
		T1(cached_answers_have_the_drafts_bytes, known_members),
		T1(without_a_cache_every_request_goes_out, without),
		T1(max_age_zero_is_not_served_again, unknown_members),
		T1(the_aggregated_entry_serves_from_the_second_request_on, aggregated),
		T1(while_it_is_gathered_the_group_is_asked, aggregated),
		T1(a_stale_server_is_validated, unknown_members),
		T1(a_valid_of_nothing_is_asked_for_again_once, unknown_members),
		T1(the_clients_own_entity_tag_passes, unknown_members),
		T1(a_group_is_validated_as_its_dialect_has_it, unknown_members),
		T1(a_change_through_the_proxy_is_seen_at_once, unknown_members),
		T1(realms_do_not_share_answers, known_members),
		T1(realms_do_not_share_single_answers, known_members),
		T1(realms_do_not_share_aggregated_entries, aggregated),
		T1(realms_do_not_share_what_is_on_its_way, unknown_members),
		T1(the_unauthenticated_share_a_realm, unknown_members),
		T1(a_name_is_served_once_it_is_resolved, unknown_members),
		T1(figures_are_kept, known_members),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
