/* Every request of tests/bad/target: the error it is answered, or where it goes. */
#include "test.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

#include "guard.h"
#include "target_fixture.h"

static struct guard guard;
static struct tx x;

static int open_guard(void **state)
{
	guard_open(&guard, 1 << 13);
	tx_init(&x);
	return 0;
}

static int close_guard(void **state)
{
	guard_close(&guard);
	return 0;
}

static size_t load(const char *path, uint8_t *data, size_t cap, char answer[16])
{
	char line[256];
	size_t len = 0;
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	answer[0] = '\0';
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || sscanf(line, "answer %15s", answer) == 1)
			continue;
		len += (size_t)gcoap_hex_decode(line, strlen(line), data + len, cap - len);
	}
	fclose(f);
	assert_true(answer[0]);
	return len;
}

static const char *answer_of(int code, char buf[5])
{
	static const char *const kinds[] = { "local", "name", "server", "group" };

	return code ? gcoap_code_format((uint8_t)code, buf) : kinds[x.t.kind];
}

static void each_bad_request_is_met_as_the_rules_say(void **state)
{
	uint8_t data[2048];
	char want[16], buf[5];
	glob_t g;

	assert_int_equal(glob("tests/bad/target/*.txt", 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 60);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		size_t n = load(g.gl_pathv[i], data, sizeof(data), want);
		struct gcoap_bytes b = { guard_copy(&guard, data, n), n };
		const char *got;

		assert_int_equal(gcoap_msg_decode(&x.msg, b, NULL), 0);
		got = answer_of(tx_judge(&x), buf);
		if (strcmp(got, want) != 0)
			fail_msg("%s: %s (%s), not %s", g.gl_pathv[i], got, x.refusal.text, want);
	}
	globfree(&g);
}

/* Every byte changed: a code or a place to go, and nothing read that is not there. */
static void changed_bytes_do_no_harm(void **state)
{
	uint8_t data[2048], out[4096];
	char want[16];
	glob_t g;

	assert_int_equal(glob("tests/bad/target/*.txt", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		size_t n = load(g.gl_pathv[i], data, sizeof(data), want);

		for (size_t at = 4; at < n && at < 100; at++) {
			for (int bit = 0; bit < 8; bit++) {
				struct gcoap_bytes b = { guard_copy(&guard, data, n), n };
				uint8_t *byte = (uint8_t *)(uintptr_t)&b.ptr[at];

				*byte = (uint8_t)(*byte ^ 1u << bit);
				if (gcoap_msg_decode(&x.msg, b, NULL) < 0 || tx_judge(&x))
					continue;
				assert_true(gcoap_msg_encode(&x.t.msg, out, sizeof(out)) > 0);
				assert_true(x.t.kind == GCOAP__LOCAL || x.t.uri[0]);
			}
		}
	}
	globfree(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_bad_request_is_met_as_the_rules_say),
		cmocka_unit_test(changed_bytes_do_no_harm),
	};

	return cmocka_run_group_tests(tests, open_guard, close_guard);
}
