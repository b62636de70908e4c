/* Saved links: written, read again, compared; links as JSON. */
#include "test.h"

#include <stdio.h>
#include "common/cli.h"
#include "common/snapshot.h"

static void add_links(struct jsonw *w, const char *server, const char *document)
{
	struct link_server s = { .server = server };
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct link_record l = { 1, &s, &link, "coap://192.0.2.1" };

	snapshot_server(w, &s);
	gcoap_link_reader_init(&r, gcoap_bytes_text(document));
	while (gcoap_link_next(&r, &link, NULL) > 0)
		snapshot_link(w, &l);
}

/* "192.0.2.1 DOCUMENT" for each server. */
static struct snapshot *snapshot_of(const char *const *servers, size_t n)
{
	struct snapshot *s = NULL;
	struct jsonw w = { 0 };
	char name[2] = "a";

	snapshot_start(&w);
	for (size_t i = 0; i < n; i++, name[0]++) {
		if (servers[i] != NULL)
			add_links(&w, name, servers[i]);
	}
	snapshot_end(&w);
	assert_false(w.failed);
	assert_int_equal(snapshot_parse(&s, w.buf, w.len), 0);
	jsonw_clear(&w);
	return s;
}

static int write_change(void *arg, const struct link_change *c)
{
	char *text = arg;
	size_t n = strlen(text);

	snprintf(text + n, 512 - n, "%s %s%s%s;", link_change_name(c->kind), c->server,
		 c->href != NULL ? c->href : "", c->detail != NULL ? c->detail : "");
	return 0;
}

static void differs(const char *const *was, const char *const *is, size_t n, const char *want)
{
	struct snapshot *old = snapshot_of(was, n), *now = snapshot_of(is, n);
	char got[512] = "";

	assert_true(snapshot_compare(old, now, write_change, got) >= 0);
	assert_string_equal(got, want);
	snapshot_free(&old);
	snapshot_free(&now);
	assert_null(old);
}

static void differs_in_one(const char *was, const char *is, const char *want)
{
	differs(&was, &is, 1, want);
}

static void the_same_links_differ_in_nothing(void **state)
{
	differs_in_one("</a>;rt=\"x y\";obs,</b>", "</b>,</a>;OBS;rt=\"x  y\"", "");
	differs_in_one("", "", "");
	differs_in_one(NULL, NULL, "");
	differs_in_one("</\xff>;t=\"\x1b\"", "</\xff>;t=\"\x1b\"", "");
}

static void links_come_go_and_change(void **state)
{
	differs_in_one("</a>", "</b>", "lost a/a;new a/b;");
	differs_in_one("</a>;ct=0", "</a>;ct=\"0 60\"", "changed a/act [0] -> [0,60];");
	differs_in_one("</a>;obs", "</a>;sz=5", "changed a/aobs true -> -, sz - -> 5;");
	differs_in_one("</a>,</a>", "</a>", "lost a/a;");
	differs_in_one("</a>;anchor=\"/x\"", "</a>;anchor=\"/y\"", "lost a/a;new a/a;");
}

static void servers_come_and_go(void **state)
{
	static const char *const was[] = { "</x>", "</x>", NULL };
	static const char *const is[] = { NULL, "</x>", "</x>" };

	differs(was, is, 3, "lost a;new c;");
}

static int refuse(void *arg, const struct link_change *c)
{
	return GCOAP_ESYSTEM;
}

static void a_reader_that_refuses_ends_it(void **state)
{
	const char *was = "</a>", *is = "</b>";
	struct snapshot *old = snapshot_of(&was, 1), *now = snapshot_of(&is, 1);

	assert_int_equal(snapshot_compare(old, now, refuse, NULL), GCOAP_ESYSTEM);
	snapshot_free(&old);
	snapshot_free(&now);
}

static void other_documents_are_refused(void **state)
{
	static const char *const texts[] = {
		"", "[", "null", "{}", "{\"type\":\"links\"}", "{\"type\":\"x\",\"servers\":[]}",
		"{\"type\":\"links\",\"servers\":[1]}",
		"{\"type\":\"links\",\"servers\":[{\"server\":1,\"links\":[]}]}",
		"{\"type\":\"links\",\"servers\":[{\"server\":\"a\",\"links\":[{}]}]}",
		"{\"type\":\"links\",\"servers\":[{\"server\":\"a\",\"links\":[{\"href\":\"b\"}]}]}",
	};
	struct snapshot *s;

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(snapshot_parse(&s, texts[i], strlen(texts[i])), GCOAP_EMALFORMED);
		assert_null(s);
	}
}

static void attrs_are(const char *document, const char *want)
{
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct jsonw w = { 0 };

	gcoap_link_reader_init(&r, gcoap_bytes_text(document));
	assert_int_equal(gcoap_link_next(&r, &link, NULL), 1);
	link_attrs_json(&w, &link);
	jsonw_raw(&w, "", 1);
	assert_string_equal(w.buf, want);
	jsonw_clear(&w);
}

static void attributes_are_typed_in_json(void **state)
{
	attrs_are("</a>", "{}");
	attrs_are("</a>;RT=\"a b\";if=c;ct=\"0 x 60\";obs=1;gosc;sz=7;lt=90000",
		  "{\"rt\":[\"a\",\"b\"],\"if\":[\"c\"],\"ct\":[0,60],\"obs\":true,\"gosc\":true,"
		  "\"sz\":7,\"lt\":90000}");
	attrs_are("</a>;title=\"a \\\"b\\\"\";title*=UTF-8''%e2%82%ac;hct=\"x{?y}\"",
		  "{\"title\":\"a \\\"b\\\"\",\"title*\":\"\xe2\x82\xac\",\"hct\":\"x{?y}\"}");
	attrs_are("</a>;sz=x;title*=latin", "{\"sz\":null,\"title*\":\"latin\"}");
	attrs_are("</a>;x;X=1;y=\"\";rt=a;rt=b", "{\"x\":true,\"y\":\"\",\"rt\":[\"a\"]}");
}

static void a_target_matches_by_the_path_of_its_uri(void **state)
{
	struct link_server s = { .server = "a" };
	struct gcoap_link_reader r;
	struct gcoap_link link;
	struct link_record l = { 1, &s, &link, "coap://192.0.2.1" };

	gcoap_link_reader_init(&r, gcoap_bytes_text("<coap://[2001:db8::1]:5685/gp/gp1>,<x>"));
	assert_int_equal(gcoap_link_next(&r, &link, NULL), 1);
	assert_true(link_href_matches(&l, "/gp/gp1"));
	assert_true(link_href_matches(&l, "/gp/*"));
	assert_true(link_href_matches(&l, "coap://*"));
	assert_false(link_href_matches(&l, "/gp"));
	assert_int_equal(gcoap_link_next(&r, &link, NULL), 1);
	assert_true(link_href_matches(&l, "x"));
	assert_true(link_href_matches(&l, "/x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_links_differ_in_nothing),
		cmocka_unit_test(links_come_go_and_change),
		cmocka_unit_test(servers_come_and_go),
		cmocka_unit_test(a_reader_that_refuses_ends_it),
		cmocka_unit_test(other_documents_are_refused),
		cmocka_unit_test(attributes_are_typed_in_json),
		cmocka_unit_test(a_target_matches_by_the_path_of_its_uri),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
