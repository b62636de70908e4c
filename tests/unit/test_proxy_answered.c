/* The rest of long answers to group requests (groupcomm-bis-03, Section 3.5; RFC 7959). */
#include "test.h"

#include <stdio.h>

#include "proxy_play.h"

#define S1 "203.0.113.1:5683" /* in no row of targets */
#define OTHER_CLIENT "192.0.2.51:40000"

static struct proxy_play *p;
static struct gcoap_registry registry;
static struct gcoap_proxy_reverse rows[2];
static uint8_t token;

static void reverse_rows(struct gcoap_proxy_config *c)
{
	rows[0] = (struct gcoap_proxy_reverse){ .path = "/all" };
	rows[1] = (struct gcoap_proxy_reverse){ .path = "//lights.example" };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(gcoap_uri_parse(&rows[i].group, "coap://224.0.1.187/base", NULL), 0);
		assert_int_equal(gcoap_addr_parse(&rows[i].addr, PROXY_GROUP, 0), 0);
	}
	c->reverse = rows;
	c->n_reverse = 2;
	c->n_targets = 0;
}

static int set_up(void **state)
{
	gcoap_registry_init(&registry);
	p = proxy_play_new(reverse_rows);
	return 0;
}

static int tear_down(void **state)
{
	proxy_play_free(p);
	return 0;
}

/* A request; @path is split at its slashes. */
struct what {
	const char *uri, *host, *path; /* Proxy-Uri; Uri-Host; Uri-Path */
	int block;		       /* number; -1: none */
	uint8_t code;		       /* 0: GET */
	const char *identity, *from;   /* NULL: without; PROXY_CLIENT */
	bool observe;
};

static void put_path(struct gcoap_msg *m, char *path)
{
	char *part;

	while (path && (part = strsep(&path, "/")))
		gcoap_msg_add_text(m, GCOAP_URI_PATH, part);
}

static void ask(const struct what *w)
{
	struct gcoap_peer from = proxy_play_peer(p, w->from ? w->from : PROXY_CLIENT);
	uint8_t block = (uint8_t)(w->block > 0 ? w->block << 4 : 0), sixty = 60;
	char path[64];
	struct gcoap_msg m;

	from.identity = w->identity;
	gcoap_msg_init(&m, GCOAP_CON, w->code ? w->code : GCOAP_GET);
	token++;
	gcoap_msg_set_token(&m, &token, 1);
	snprintf(path, sizeof(path), "%s", w->path ? w->path : "");
	if (w->uri)
		gcoap_msg_add_text(&m, GCOAP_PROXY_URI, w->uri);
	if (w->host)
		gcoap_msg_add_text(&m, GCOAP_URI_HOST, w->host);
	put_path(&m, w->path ? path : NULL);
	if (w->observe)
		gcoap_msg_add(&m, GCOAP_OBSERVE, (struct gcoap_bytes){ NULL, 0 });
	if (w->block >= 0)
		gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ &block, 1 });
	else
		gcoap_msg_add(&m, registry.draft[GCOAP_DRAFT_MULTICAST_SIGNALING],
			      (struct gcoap_bytes){ &sixty, 1 });
	p->n_answers = p->n_sent = 0;
	p->served->request(p->served, &from, &m, p->now);
	proxy_play_flush(p);
}

/* Block @num from @server to what was sent last. */
static void answer(const char *server, unsigned num, bool more)
{
	uint8_t block = (uint8_t)(num << 4 | more << 3);
	struct gcoap_msg m;

	gcoap_msg_init(&m, GCOAP_NON, GCOAP_CONTENT);
	gcoap_msg_add(&m, GCOAP_BLOCK2, (struct gcoap_bytes){ &block, 1 });
	m.payload = gcoap_bytes_text("0123456789abcdef");
	proxy_play_answer(p, server, &m);
	assert_int_equal(p->n_answers, 1);
}

/* @w is asked, S1 has sent its first block; @w is for the next one. */
static void first_block(struct what *w)
{
	ask(w);
	assert_int_equal(p->n_sent, 1);
	answer(S1, 0, true);
	w->block = 1;
}

/* It went to @server, for @path. */
static void is_sent(const char *server, const char *path)
{
	char to[GCOAP_ADDR_TEXT], sent[128] = "";
	const struct gcoap_msg *m;

	assert_int_equal(p->n_sent, 1);
	m = &p->sent[0].msg;
	for (const struct gcoap_option *o = gcoap_msg_find(m, GCOAP_URI_PATH); o;
	     o = gcoap_msg_next(m, o))
		snprintf(sent + strlen(sent), sizeof(sent) - strlen(sent), "/%.*s",
			 (int)o->value.len, (const char *)o->value.ptr);
	assert_string_equal(sent, path);
	assert_null(gcoap_msg_find(m, GCOAP_URI_HOST));
	gcoap_addr_format(&p->sent[0].to, to);
	assert_string_equal(to, server);
}

static void is_refused(void)
{
	assert_int_equal(p->n_sent, 0);
	assert_int_equal(p->n_answers, 1);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_NOT_PROXY);
}

static const struct what group = { .uri = "coap://224.0.1.187/r", .block = -1 };

static struct what rest(int block)
{
	return (struct what){ .uri = "coap://203.0.113.1/r", .block = block };
}

static void ask_rest(int block)
{
	struct what w = rest(block);

	ask(&w);
}

static void who_has_answered_is_asked_for_the_rest(void **state)
{
	ask_rest(1);
	is_refused();
	ask(&group);
	answer(S1, 0, true);
	for (int i = 1; i < 4; i++) {
		ask_rest(i);
		is_sent(S1, "/r");
		answer(S1, (unsigned)i, i < 3);
	}
}

static void for_nothing_else(void **state)
{
	struct what other[] = { rest(0), rest(-1), rest(1), rest(1), rest(1), rest(1), rest(1) };

	ask(&group);
	answer(S1, 0, true);
	other[2].uri = "coap://203.0.113.1/r/x";
	other[3].uri = "coap://203.0.113.1/r?x";
	other[4].uri = "coap://203.0.113.1:5684/r";
	other[5].uri = "coap://203.0.113.2/r";
	other[6].code = GCOAP_POST;
	for (size_t i = 0; i < sizeof(other) / sizeof(*other); i++) {
		ask(&other[i]);
		is_refused();
	}
	ask_rest(1);
	is_sent(S1, "/r");
}

static void by_nobody_else(void **state)
{
	struct what w = rest(1);

	ask(&group);
	answer(S1, 0, true);
	w.from = OTHER_CLIENT;
	ask(&w);
	is_refused();
	w.from = PROXY_CLIENT;
	w.identity = "alice";
	ask(&w);
	is_refused();
}

static void what_is_whole_has_no_rest(void **state)
{
	ask(&group);
	answer(S1, 0, false);
	ask_rest(1);
	is_refused();
}

/* T' may have to be waited for; what is old is no reason any more. */
static void it_is_remembered_for_a_while(void **state)
{
	ask(&group);
	answer(S1, 0, true);
	proxy_play_wait(p, 299 * GCOAP_SECOND);
	ask_rest(1);
	is_sent(S1, "/r");
	answer(S1, 1, true);
	proxy_play_wait(p, 300 * GCOAP_SECOND);
	ask_rest(2);
	is_refused();
}

/* What is never a target is none because something came from there. */
static void some_addresses_are_never_asked(void **state)
{
	static const char *const never[][2] = {
		{ "203.0.113.1:1023", "coap://203.0.113.1:1023/r" },
		{ "169.254.1.1:5683", "coap://169.254.1.1/r" },
		{ "192.0.2.1:6000", "coap://192.0.2.1:6000/r" }, /* another port of ours */
	};
	struct what w = rest(1);

	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++) {
		ask(&group);
		answer(never[i][0], 0, true);
		w.uri = never[i][1];
		ask(&w);
		is_refused();
	}
}

static void behind_a_path(void **state)
{
	struct what w = { .path = "all/x", .block = -1 };

	first_block(&w);
	w.host = "203.0.113.1";
	ask(&w);
	is_sent(S1, "/base/x");
	answer(S1, 1, true);
	w.host = "203.0.113.2";
	w.block = 2;
	ask(&w);
	is_refused();
	w.host = "203.0.113.1";
	ask(&w);
	is_sent(S1, "/base/x");
}

static void behind_a_host_name(void **state)
{
	struct what w = { .host = "lights.example", .path = "x", .block = -1 };

	first_block(&w);
	w.host = "203.0.113.1";
	ask(&w);
	is_sent(S1, "/base/x");
}

static void behind_a_uri_in_the_path(void **state)
{
	struct what w = { .path = "cp/coap://224.0.1.187/r", .block = -1 };

	first_block(&w);
	ask(&w);
	assert_int_equal(proxy_play_last(p)->msg.code, GCOAP_BAD_REQUEST);
	w.host = "203.0.113.1";
	ask(&w);
	is_sent(S1, "/r");
}

static void of_a_notification(void **state)
{
	struct what w = group;

	w.observe = true;
	ask(&w);
	answer(S1, 0, true);
	ask_rest(1);
	is_sent(S1, "/r");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(who_has_answered_is_asked_for_the_rest),
		TEST(for_nothing_else),
		TEST(by_nobody_else),
		TEST(what_is_whole_has_no_rest),
		TEST(it_is_remembered_for_a_while),
		TEST(some_addresses_are_never_asked),
		TEST(behind_a_path),
		TEST(behind_a_host_name),
		TEST(behind_a_uri_in_the_path),
		TEST(of_a_notification),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
