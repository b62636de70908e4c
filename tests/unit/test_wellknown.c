/* /.well-known/core: links and filters (RFC 6690; RFC 7252, Section 8.2). */
#include "test.h"

#include <stdio.h>

#include "serve_fixture.h"

static struct fx f;

static int open_host(void **state)
{
	(void)state;
	fx_open_prompt(&f, 3);
	return 0;
}

static int close_host(void **state)
{
	(void)state;
	fx_close(&f);
	return 0;
}

/* The links for a query, "" when the answer is empty, NULL when there is none. */
static const char *links(bool group, const char *query, const char *query2)
{
	static uint16_t mid;
	static char text[1200];
	struct gcoap_msg m;

	fx_forget(&f);
	fx_request(&m, GCOAP_NON, GCOAP_GET, ++mid, "/.well-known/core");
	if (query)
		gcoap_msg_add_text(&m, GCOAP_URI_QUERY, query);
	if (query2)
		gcoap_msg_add_text(&m, GCOAP_URI_QUERY, query2);
	if (group)
		fx_group(&f, &m);
	else
		fx_one(&f, 0, &m);
	if (!fx_run(&f, f.now))
		return NULL;
	m = fx_msg(&f, 0);
	assert_int_equal(m.code, GCOAP_CONTENT);
	if (m.payload.len)
		memcpy(text, m.payload.ptr, m.payload.len);
	text[m.payload.len] = '\0';
	return text;
}

#define R "</r>;rt=\"temperature g.temp\";if=\"core.s\";ct=\"0 50\";obs"
#define LOUD "</loud>;title=\"two words\""
#define PLAIN "</plain>;rt=\"light\""

static void all_links_are_listed_but_hidden_ones(void **state)
{
	(void)state;
	assert_string_equal(links(false, NULL, NULL),
			    R "," LOUD "," PLAIN ",</long>;sz=3000,</slow>,</temp>;obs");
}

static void the_answer_is_link_format(void **state)
{
	struct gcoap_msg m;
	uint32_t v;

	(void)state;
	links(false, NULL, NULL);
	m = fx_msg(&f, 0);
	assert_int_equal(gcoap_msg_uint(&m, GCOAP_CONTENT_FORMAT, 2, &v), 0);
	assert_int_equal(v, GCOAP_CF_LINK);
}

static void a_filter_matches_one_element_of_a_list(void **state)
{
	(void)state;
	assert_string_equal(links(false, "rt=temperature", NULL), R);
	assert_string_equal(links(false, "rt=g.temp", NULL), R);
	assert_string_equal(links(false, "ct=50", NULL), R);
	assert_string_equal(links(false, "if=core.s", NULL), R);
	assert_string_equal(links(false, "rt=temp", NULL), "");
}

static void a_trailing_star_matches_a_prefix(void **state)
{
	(void)state;
	assert_string_equal(links(false, "rt=g.*", NULL), R);
	assert_string_equal(links(false, "rt=li*", NULL), PLAIN);
	assert_string_equal(links(false, "rt=*", NULL), R "," PLAIN);
}

static void href_matches_the_target(void **state)
{
	(void)state;
	assert_string_equal(links(false, "href=/plain", NULL), PLAIN);
	assert_string_equal(links(false, "href=/l*", NULL), LOUD ",</long>;sz=3000");
}

static void flags_and_whole_values_match_too(void **state)
{
	(void)state;
	assert_string_equal(links(false, "obs", NULL), R ",</temp>;obs");
	assert_string_equal(links(false, "title=two words", NULL), LOUD);
	assert_string_equal(links(false, "sz=3000", NULL), "</long>;sz=3000");
}

static void several_filters_are_taken_together(void **state)
{
	(void)state;
	assert_string_equal(links(false, "obs", "rt=*"), R);
	assert_string_equal(links(false, "rt=light", "ct=0"), "");
}

/* S-11 */
static void no_match_is_empty_to_one_and_silence_to_the_group(void **state)
{
	struct gcoap_msg m;

	(void)state;
	assert_string_equal(links(false, "rt=nothing", NULL), "");
	m = fx_msg(&f, 0);
	assert_int_equal(m.payload.len, 0);
	assert_null(gcoap_msg_find(&m, GCOAP_CONTENT_FORMAT));
	assert_null(links(true, "rt=nothing", NULL));
	assert_string_equal(links(true, "rt=light", NULL), PLAIN);
}

/* S-21 */
static void every_member_answers_the_group(void **state)
{
	(void)state;
	assert_non_null(links(true, NULL, NULL));
	assert_int_equal(f.n, 3);
}

static void the_short_path_is_the_core_resource(void **state)
{
	struct gcoap_msg m;
	uint8_t store[4];

	(void)state;
	fx_forget(&f);
	fx_request(&m, GCOAP_NON, GCOAP_GET, 900, "");
	gcoap_msg_add_uint(&m, GCOAP_URI_PATH_ABBREV, 0, store);
	fx_one(&f, 0, &m);
	assert_int_equal(fx_run(&f, f.now), 1);
	assert_int_equal(fx_msg(&f, 0).code, GCOAP_CONTENT);
	fx_request(&m, GCOAP_NON, GCOAP_GET, 901, "");
	gcoap_msg_add_uint(&m, GCOAP_URI_PATH_ABBREV, 9, store);
	fx_one(&f, 0, &m);
	assert_int_equal(fx_run(&f, f.now), 1);
	assert_int_equal(fx_msg(&f, 1).code, GCOAP_BAD_OPTION);
}

/* S-12: at 64 bytes a block, the rest by unicast. */
static void a_long_list_comes_in_blocks(void **state)
{
	struct gcoap_msg m, a;
	struct gcoap_block b;

	(void)state;
	fx_forget(&f);
	fx_request(&m, GCOAP_NON, GCOAP_GET, 950, "/.well-known/core");
	gcoap_msg_add(&m, GCOAP_BLOCK2, bytes(0x02));
	fx_group(&f, &m);
	assert_int_equal(fx_run(&f, f.now), 3);
	a = fx_msg(&f, 0);
	assert_int_equal(gcoap_block_decode(gcoap_msg_find(&a, GCOAP_BLOCK2)->value, &b, NULL), 0);
	assert_int_equal(b.num, 0);
	assert_true(b.more);
	assert_int_equal(a.payload.len, 64);
}

/* 300 links of 26 bytes with their commas. */
static void a_list_longer_than_the_room_comes_in_blocks(void **state)
{
	static struct gcoap_resource many[300];
	static char paths[300][16];
	struct gcoap_block b = { .szx = 6 };
	struct gcoap_msg m;
	uint8_t store[4];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		snprintf(paths[i], sizeof(paths[i]), "/many/%03zu", i);
		many[i] = (struct gcoap_resource){ .path = paths[i], .attrs = "rt=\"many one\"" };
	}
	gcoap_serve_free(&f.serve);
	f.config.resources = many;
	f.config.n_resources = 300;
	fx_open(&f);
	do {
		fx_forget(&f);
		fx_request(&m, GCOAP_CON, GCOAP_GET, (uint16_t)(2000 + b.num),
			   "/.well-known/core");
		gcoap_msg_add_text(&m, GCOAP_URI_QUERY, "rt=one");
		gcoap_msg_add(&m, GCOAP_BLOCK2,
			      (struct gcoap_bytes){ store, gcoap_block_encode(&b, store) });
		fx_one(&f, 0, &m);
		fx_run(&f, f.now);
		m = fx_msg(&f, 0);
		for (size_t i = 0; i < m.payload.len; i++, n++) {
			char link[64];

			snprintf(link, sizeof(link), "</many/%03zu>;rt=\"many one\",", n / 26);
			assert_int_equal(m.payload.ptr[i], link[n % 26]);
		}
		gcoap_block_decode(gcoap_msg_find(&m, GCOAP_BLOCK2)->value, &b, NULL);
		b.num++;
	} while (b.more);
	assert_int_equal(n, 300 * 26 - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_links_are_listed_but_hidden_ones),
		cmocka_unit_test(the_answer_is_link_format),
		cmocka_unit_test(a_filter_matches_one_element_of_a_list),
		cmocka_unit_test(a_trailing_star_matches_a_prefix),
		cmocka_unit_test(href_matches_the_target),
		cmocka_unit_test(flags_and_whole_values_match_too),
		cmocka_unit_test(several_filters_are_taken_together),
		cmocka_unit_test(no_match_is_empty_to_one_and_silence_to_the_group),
		cmocka_unit_test(every_member_answers_the_group),
		cmocka_unit_test(the_short_path_is_the_core_resource),
		cmocka_unit_test(a_long_list_comes_in_blocks),
		cmocka_unit_test(a_list_longer_than_the_room_comes_in_blocks),
	};

	return cmocka_run_group_tests_name("wellknown", tests, open_host, close_host);
}
