/* The documents of tests/bad/links: each is refused for its reason at its byte. */
#include "bad.h"
#include "test.h"

#include <gcoap/link.h>

#include <glob.h>
#include <stdlib.h>

/* The first fault of the document, of its syntax or of a value: 0 when there is none. */
static int first_fault(struct gcoap_bytes document, struct gcoap_diag *d)
{
	struct gcoap_link_reader r;
	struct gcoap_link link;
	int got;

	gcoap_link_reader_init(&r, document);
	while ((got = gcoap_link_next(&r, &link, d)) > 0) {
		got = gcoap_link_check(&link, d);
		if (got < 0)
			return got;
	}
	return got;
}

static void each_document_is_refused_for_its_reason(void **state)
{
	glob_t g;

	assert_int_equal(glob("tests/bad/links/*.hex", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		struct gcoap_diag d = { .name = "ok" };
		struct bad b;
		uint8_t *copy;

		bad_open(&b, g.gl_pathv[i]);
		copy = malloc(b.len); /* of this size alone, for the sanitizer */
		assert_non_null(copy);
		memcpy(copy, b.data, b.len);
		first_fault((struct gcoap_bytes){ copy, b.len }, &d);
		if (strcmp(d.name, b.name) != 0 || d.at != b.at)
			fail_msg("%s: %s at %zu", g.gl_pathv[i], d.name, d.at);
		free(copy);
		bad_close(&b);
	}
	assert_true(g.gl_pathc >= 17);
	globfree(&g);
}

static void no_prefix_is_read_beyond_its_end(void **state)
{
	static const char text[] = "</a>;anchor=\"/x\";title*=UTF-8''%e2%82%ac;ct=\"0 110\",<b>";

	for (size_t len = 0; len < sizeof(text); len++) {
		uint8_t *copy = malloc(len ? len : 1);
		struct gcoap_diag d = { 0 };

		assert_non_null(copy);
		memcpy(copy, text, len);
		first_fault((struct gcoap_bytes){ copy, len }, &d);
		assert_true(d.at <= len);
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_document_is_refused_for_its_reason),
		cmocka_unit_test(no_prefix_is_read_beyond_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
