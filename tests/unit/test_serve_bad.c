/* Every datagram of tests/bad/server: what one member answers, and what the group does. */
#include "test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "serve_fixture.h"

struct bad_case {
	uint8_t data[2048];
	size_t len;
	char unicast[16], group[16];
};

static void load(const char *path, struct bad_case *c)
{
	char line[256];
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	memset(c, 0, sizeof(*c));
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		if (sscanf(line, "unicast %15s", c->unicast) == 1 ||
		    sscanf(line, "group %15s", c->group) == 1)
			continue;
		c->len += (size_t)gcoap_hex_decode(line, strlen(line), c->data + c->len,
						   sizeof(c->data) - c->len);
	}
	fclose(f);
	assert_true(c->unicast[0] && c->group[0]);
}

static const char *answer_name(struct fx *f, char buf[5])
{
	struct gcoap_msg m;

	if (!f->n)
		return "silent";
	m = fx_msg(f, 0);
	return m.type == GCOAP_RST ? "RST" : gcoap_code_format(m.code, buf);
}

static void check(const struct bad_case *c, bool group, const char *want, const char *path)
{
	struct gcoap_addr member = fx_member(0);
	struct gcoap_msg good;
	const char *got;
	char buf[5];
	struct fx f;

	fx_init(&f, 1);
	fx_open(&f);
	fx_give_bytes(&f, group ? &f.group : &member, c->data, c->len);
	fx_run(&f, f.now + 6 * GCOAP_SECOND);
	got = answer_name(&f, buf);
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s to %s, not %s", path, got, group ? "the group" : "one", want);
	/* alive after it */
	fx_forget(&f);
	fx_request(&good, GCOAP_CON, GCOAP_GET, 1, "/r");
	fx_one(&f, 0, &good);
	assert_int_equal(fx_run(&f, f.now), 1);
	assert_int_equal(fx_msg(&f, 0).code, GCOAP_CONTENT);
	fx_close(&f);
}

static void each_bad_datagram_is_met_as_the_rules_say(void **state)
{
	glob_t g;

	(void)state;
	assert_int_equal(glob("tests/bad/server/*.txt", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 50);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct bad_case c;

		load(g.gl_pathv[i], &c);
		check(&c, false, c.unicast, g.gl_pathv[i]);
		check(&c, true, c.group, g.gl_pathv[i]);
	}
	globfree(&g);
}

/* Every prefix of every one, and every byte changed: nothing falls over. */
static void prefixes_and_changed_bytes_do_no_harm(void **state)
{
	struct gcoap_addr member = fx_member(0);
	struct fx f;
	glob_t g;

	(void)state;
	fx_init(&f, 1);
	fx_open(&f);
	assert_int_equal(glob("tests/bad/server/*.txt", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct bad_case c;

		load(g.gl_pathv[i], &c);
		for (size_t n = 0; n < c.len && n < 64; n++) {
			fx_give_bytes(&f, &member, c.data, n);
			c.data[n] ^= (uint8_t)(1u << (n % 8));
			fx_give_bytes(&f, &member, c.data, c.len);
			fx_give_bytes(&f, &f.group, c.data, c.len);
			c.data[n] ^= (uint8_t)(1u << (n % 8));
			fx_run(&f, f.now + 10 * GCOAP_SECOND);
			fx_forget(&f);
		}
	}
	globfree(&g);
	fx_close(&f);
}

/* C-19, C-23 */
static void cut_datagrams_and_impossible_sources_are_ignored(void **state)
{
	static const uint8_t get[] = { 0x40, 0x01, 0x12, 0x34, 0xb1, 'r' };
	struct gcoap_engine *e;
	struct gcoap_datagram in = { .data = { get, sizeof(get) } };
	struct fx f;

	(void)state;
	fx_init(&f, 1);
	fx_open(&f);
	e = gcoap_serve_engine(f.serve);
	in.to = fx_member(0);
	in.from = f.client;
	in.truncated = true;
	e->recv(e, &in, f.now);
	in.truncated = false;
	in.from.port = 0;
	e->recv(e, &in, f.now);
	in.from = f.group;
	e->recv(e, &in, f.now);
	assert_int_equal(fx_run(&f, f.now), 0);
	in.from = f.client;
	e->recv(e, &in, f.now);
	assert_int_equal(fx_run(&f, f.now), 1);
	fx_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bad_datagram_is_met_as_the_rules_say),
		cmocka_unit_test(prefixes_and_changed_bytes_do_no_harm),
		cmocka_unit_test(cut_datagrams_and_impossible_sources_are_ignored),
	};

	return cmocka_run_group_tests_name("serve_bad", tests, NULL, NULL);
}
