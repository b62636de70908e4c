/* The malformed datagrams of tests/bad/coap: each is refused for its reason at its byte. */
#include "bad.h"
#include "guard.h"
#include "test.h"

#include <gcoap/block.h>
#include <gcoap/option.h>

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

static struct gcoap_registry registry;
static struct guard guard;

/* The order of tests/bad/coap/README. */
static bool find_fault(const struct gcoap_msg *m, struct gcoap_diag *diag)
{
	struct gcoap_block block;

	if (gcoap_option_bad_critical(&registry, m, diag))
		return true;
	for (size_t i = 0; i < m->n_options; i++) {
		const struct gcoap_option *o = &m->options[i];
		const struct gcoap_option_info *row = gcoap_registry_find(&registry, o->number);

		if (!row)
			continue;
		if (!gcoap_option_usable(&registry, m, o, diag))
			return true;
		if (row->format == GCOAP_FORMAT_BLOCK &&
		    gcoap_block_decode(o->value, &block, diag) < 0) {
			diag->at += o->at;
			return true;
		}
	}
	return false;
}

static void judge(const char *path)
{
	struct gcoap_diag diag = { 0, "ok", NULL };
	struct gcoap_msg m;
	struct gcoap_bytes b;
	struct bad bad;

	bad_open(&bad, path);
	b = (struct gcoap_bytes){ guard_copy(&guard, bad.data, bad.len), bad.len };
	if (gcoap_msg_decode(&m, b, &diag) == 0)
		find_fault(&m, &diag);
	if (strcmp(diag.name, bad.name) != 0 || diag.at != bad.at)
		fail_msg("%s: %s %zu, expected %s %zu", path, diag.name, diag.at, bad.name,
			 bad.at);
	bad_close(&bad);
}

static void every_bad_datagram_is_refused_for_its_reason(void **state)
{
	glob_t found;

	assert_int_equal(glob("tests/bad/coap/*.hex", 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 100);
	for (size_t i = 0; i < found.gl_pathc; i++)
		judge(found.gl_pathv[i]);
	globfree(&found);
}

static void every_row_has_a_file(void **state)
{
	char pattern[64];
	glob_t found;

	for (int row = 1; row <= 46; row++) {
		snprintf(pattern, sizeof(pattern), "tests/bad/coap/C-%02d-*.hex", row);
		if (glob(pattern, 0, NULL, &found) != 0)
			fail_msg("no file for row C-%02d", row);
		globfree(&found);
	}
}

static int open_all(void **state)
{
	gcoap_registry_init(&registry);
	guard_open(&guard, GCOAP_DATAGRAM_MAX);
	return 0;
}

static int close_all(void **state)
{
	guard_close(&guard);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_datagram_is_refused_for_its_reason),
		cmocka_unit_test(every_row_has_a_file),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
