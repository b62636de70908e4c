/* Views of links: a matrix in slices, and short memory in every view. */
#include "alloc_fail.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gcoap/link.h>
#include "common/cli.h"
#include "common/links.h"
#include "common/render.h"

static char *text;
static size_t text_len;
static FILE *out;
static struct gcoap_registry registry;

static int setup(void **state)
{
	cli_start("gcoap-discover");
	assert_non_null(freopen("/dev/null", "w", stderr));
	gcoap_registry_init(&registry);
	return 0;
}

static const char *name_of(void *arg, const struct gcoap_addr *a)
{
	return a->bytes[3] == 3 ? "a-name-that-is-longer" : NULL;
}

static struct render *open_view(const char *view, uint32_t width)
{
	static struct output_args args;
	struct render_env env = { .args = &args, .tool = "gcoap-discover", .registry = &registry,
				  .name_of = name_of, .err = stderr, .links = true,
				  .view = view };
	struct render *r = NULL;

	args = (struct output_args)OUTPUT_ARGS_DEFAULT;
	args.width = width;
	args.ascii = true;
	free(text);
	text = NULL;
	out = open_memstream(&text, &text_len);
	env.out = out;
	if (render_open(&r, &env)) {
		fclose(out);
		return NULL;
	}
	return r;
}

/* One server with the links of a document. */
static int add(struct render *r, unsigned last, const char *document)
{
	struct gcoap_link_reader reader;
	struct gcoap_link link;
	char name[GCOAP_ADDR_TEXT];
	struct link_server s = { .server = name, .rtt = -1, .code = GCOAP_CONTENT };
	struct link_record record = { 1, &s, &link, "coap://10.77.0.1" };
	int e;

	snprintf(name, sizeof(name), "10.77.0.%u", last);
	gcoap_addr_parse(&s.addr, name, 5683);
	gcoap_addr_format(&s.addr, name);
	e = r->server ? r->server(r, &s) : 0;
	gcoap_link_reader_init(&reader, gcoap_bytes_text(document));
	while (e >= 0 && gcoap_link_next(&reader, &link, NULL) > 0)
		e = r->link(r, &record);
	return e;
}

static int servers(struct render *r, unsigned n)
{
	struct gcoap_summary sum = { .responses = n };
	int e = 0;

	for (unsigned i = 1; i <= n && e >= 0; i++)
		e = add(r, i, i % 2 ? "</temp>;obs,</a-path-of-some-length/below>" : "</temp>");
	return e < 0 ? e : r->finish(r, &sum, 0);
}

static const char *view(const char *name, uint32_t width, unsigned n)
{
	struct render *r = open_view(name, width);

	assert_int_equal(servers(r, n), 0);
	r->close(r);
	fclose(out);
	return text;
}

static size_t widest_line(const char *s)
{
	size_t most = 0, n;

	for (; *s; s += n + (s[n] == '\n')) {
		n = strcspn(s, "\n");
		if (n > most)
			most = n;
	}
	return most;
}

static void a_matrix_without_a_screen_is_one_table(void **state)
{
	assert_string_equal(view("matrix", 0, 4),
			    "LINK                          .1  .2  a-name-that-is-longer  .4\n"
			    "/a-path-of-some-length/below   x   -                      x   -\n"
			    "/temp                          o   x                      o   x\n");
}

static void a_matrix_is_cut_into_slices_that_fit(void **state)
{
	assert_string_equal(view("matrix", 40, 5),
			    "LINK                  .1  .2\n"
			    "/a-path-of-some-l...   x   -\n"
			    "/temp                  o   x\n"
			    "\n"
			    "LINK                  a-name-that-is-...\n"
			    "/a-path-of-some-l...                   x\n"
			    "/temp                                  o\n"
			    "\n"
			    "LINK                  .4  .5\n"
			    "/a-path-of-some-l...   -   x\n"
			    "/temp                  x   o\n");
	for (uint32_t width = 20; width < 100; width += 7)
		assert_true(widest_line(view("matrix", width, 60)) <= width);
}

/* Each allocation of ours fails in turn: it is an error, or all is there. */
static void short_memory_is_an_error_in_every_view(void **state)
{
	static const char *const views[] = { "tree", "flat", "matrix", "links" };
	bool reached = true;

	for (size_t i = 0; i < 4; i++, reached = true) {
		for (size_t n = 1; reached; n++) {
			struct render *r;
			int e = -1;

			alloc_fail_at(n);
			r = open_view(views[i], 60);
			if (r) {
				e = servers(r, 90);
				r->close(r);
				fclose(out);
			}
			reached = alloc_failed();
			assert_true(reached || e == 0);
			assert_true(e < 0 || (strstr(text, "/temp") && widest_line(text) > 20));
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_matrix_without_a_screen_is_one_table),
		cmocka_unit_test(a_matrix_is_cut_into_slices_that_fit),
		cmocka_unit_test(short_memory_is_an_error_in_every_view),
	};
	int r = cmocka_run_group_tests(tests, setup, NULL);

	free(text);
	return r;
}
