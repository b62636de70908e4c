/* The values of tests/bad/values: each is refused for its reason at its byte. */
#include "bad.h"
#include "guard.h"
#include "test.h"

#include <gcoap/cbor.h>
#include <gcoap/etag.h>

#include <glob.h>
#include <stdio.h>

static struct guard guard;

static int open_guard(void **state)
{
	guard_open(&guard, 1 << 16);
	return 0;
}

static int close_guard(void **state)
{
	guard_close(&guard);
	return 0;
}

static int read_reply_from(struct gcoap_bytes b, struct gcoap_diag *d)
{
	struct gcoap_origin o;

	return gcoap_reply_from_decode(b, &o, d);
}

static int read_tp_info(struct gcoap_bytes b, struct gcoap_diag *d)
{
	struct gcoap_origin o;

	return gcoap_tp_info_decode(b, GCOAP_PORT_WGP_00, 5683, &o, d);
}

static int read_multi_etag(struct gcoap_bytes b, struct gcoap_diag *d)
{
	struct gcoap_multi_etag m;

	return gcoap_multi_etag_decode(b, &m, d);
}

static int read_cbor(struct gcoap_bytes b, struct gcoap_diag *d)
{
	static const struct gcoap_cbor_limits limits = GCOAP_CBOR_LIMITS;

	return gcoap_cbor_scan(b, &limits, d);
}

static const struct {
	const char *kind;
	int (*read)(struct gcoap_bytes b, struct gcoap_diag *d);
} readers[] = {
	{ "-reply-from-", read_reply_from },
	{ "-tp-info-", read_tp_info },
	{ "-multi-etag-", read_multi_etag },
	{ "-cbor-", read_cbor },
};

static int read_value(const char *path, struct gcoap_bytes b, struct gcoap_diag *d)
{
	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
		if (strstr(path, readers[i].kind))
			return readers[i].read(b, d);
	}
	fail_msg("%s: nobody reads this", path);
	return 0;
}

static void judge(const char *path)
{
	struct gcoap_diag diag = { 0, "ok", NULL };
	struct gcoap_bytes b;
	struct bad bad;
	int r;

	bad_open(&bad, path);
	b = (struct gcoap_bytes){ guard_copy(&guard, bad.data, bad.len), bad.len };
	r = read_value(path, b, &diag);
	if (strcmp(diag.name, bad.name) != 0 || diag.at != bad.at)
		fail_msg("%s: %s %zu, expected %s %zu", path, diag.name, diag.at, bad.name,
			 bad.at);
	assert_true((r >= 0) == (strcmp(bad.name, "ok") == 0));
	bad_close(&bad);
}

static void every_bad_value_is_refused_for_its_reason(void **state)
{
	glob_t found;

	assert_int_equal(glob("tests/bad/values/*.hex", 0, NULL, &found), 0);
	assert_true(found.gl_pathc > 90);
	for (size_t i = 0; i < found.gl_pathc; i++)
		judge(found.gl_pathv[i]);
	globfree(&found);
}

static void every_row_has_a_file(void **state)
{
	static const int rows[] = { 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15 };
	char pattern[64];
	glob_t found;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(pattern, sizeof(pattern), "tests/bad/values/O-%02d-*.hex", rows[i]);
		if (glob(pattern, 0, NULL, &found) != 0)
			fail_msg("no file for row O-%02d", rows[i]);
		globfree(&found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bad_value_is_refused_for_its_reason),
		cmocka_unit_test(every_row_has_a_file),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
