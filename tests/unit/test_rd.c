/* The Resource Directory (RFC 9176): registrations, lifetimes, look-ups. */
#include "test.h"

#include <stdio.h>
#include "alloc_fail.h"
#include "serve_fixture.h"

static struct fx f;
static struct gcoap_rd *rd;
static uint16_t next_mid;

static int handle(const struct gcoap_call *c, struct gcoap_reply *r)
{
	if (c->resource->below)
		return gcoap_rd_location(rd, c, r);
	switch (c->resource->kind) {
	case 'e':
		return gcoap_rd_endpoints(rd, c, r);
	case 'r':
		return gcoap_rd_resources(rd, c, r);
	default:
		return gcoap_rd_register(rd, c, r);
	}
}

static const struct gcoap_resource resources[] = {
	{ .path = "/rd", .attrs = "rt=core.rd;ct=40", .methods = GCOAP_METHOD(GCOAP_POST),
	  .handle = handle },
	{ .path = "/rd", .below = true,
	  .methods = GCOAP_METHOD(GCOAP_POST) | GCOAP_METHOD(GCOAP_DELETE), .handle = handle },
	{ .path = "/rd-lookup/ep", .methods = GCOAP_METHOD(GCOAP_GET), .handle = handle,
	  .kind = 'e' },
	{ .path = "/rd-lookup/res", .methods = GCOAP_METHOD(GCOAP_GET), .handle = handle,
	  .kind = 'r' },
};

static int open_with(uint32_t entries, size_t size)
{
	fx_init(&f, 1);
	f.config.resources = resources;
	f.config.n_resources = sizeof(resources) / sizeof(*resources);
	fx_open(&f);
	next_mid = 0;
	return gcoap_rd_new(&rd, entries, size);
}

static int open_directory(void **state)
{
	(void)state;
	return open_with(100, 65536);
}

static int close_directory(void **state)
{
	(void)state;
	fx_close(&f);
	gcoap_rd_free(&rd);
	return 0;
}

/* One request; @query with its parameters between '&', NULL: none. */
static struct gcoap_msg ask(uint8_t code, const char *path, const char *query, const char *body)
{
	struct gcoap_bytes format = bytes(40);
	struct gcoap_msg m;

	fx_forget(&f);
	fx_request(&m, GCOAP_CON, code, ++next_mid, path);
	while (query) {
		size_t len = strcspn(query, "&");

		gcoap_msg_add(&m, GCOAP_URI_QUERY,
			      (struct gcoap_bytes){ (const uint8_t *)query, len });
		query = query[len] ? query + len + 1 : NULL;
	}
	if (body) {
		gcoap_msg_add(&m, GCOAP_CONTENT_FORMAT, format);
		m.payload = gcoap_bytes_text(body);
	}
	fx_one(&f, 0, &m);
	assert_int_equal(fx_run(&f, f.now), 1);
	return fx_msg(&f, 0);
}

/* The location of a registration, "/rd/1". */
static const char *register_at(const char *query, const char *links)
{
	static char path[64];
	struct gcoap_msg m = ask(GCOAP_POST, "/rd", query, links);
	const struct gcoap_option *o = gcoap_msg_find(&m, GCOAP_LOCATION_PATH);
	size_t n = 0;

	assert_int_equal(m.code, GCOAP_CREATED);
	for (; o; o = gcoap_msg_next(&m, o))
		n += (size_t)snprintf(path + n, sizeof(path) - n, "/%.*s", (int)o->value.len,
				      (const char *)o->value.ptr);
	return path;
}

static uint8_t code_of(uint8_t method, const char *path, const char *query, const char *body)
{
	return ask(method, path, query, body).code;
}

static const char *look_up(const char *path, const char *query)
{
	static char text[1200];
	struct gcoap_msg m = ask(GCOAP_GET, path, query, NULL);

	assert_int_equal(m.code, GCOAP_CONTENT);
	memcpy(text, m.payload.len ? m.payload.ptr : (const uint8_t *)"", m.payload.len);
	text[m.payload.len] = '\0';
	return text;
}

#define endpoints(query) look_up("/rd-lookup/ep", query)
#define links(query) look_up("/rd-lookup/res", query)

static void advance(uint32_t seconds)
{
	fx_run(&f, f.now + seconds * GCOAP_SECOND);
}

static void a_registration_has_a_location_and_is_found(void **state)
{
	(void)state;
	assert_string_equal(register_at("ep=n1&d=home&base=coap://192.0.2.9", "</t>;rt=temp"),
			    "/rd/1");
	assert_string_equal(endpoints(NULL), "</rd/1>;ep=\"n1\";d=\"home\";"
			    "base=\"coap://192.0.2.9\";rt=\"core.rd-ep\"");
	assert_string_equal(links(NULL), "<coap://192.0.2.9/t>;rt=temp");
}

static void without_base_it_is_where_the_request_came_from(void **state)
{
	(void)state;
	register_at("ep=n1", "</t>");
	assert_string_equal(links(NULL), "<coap://192.0.2.200:40000/t>");
}

static void the_same_endpoint_keeps_its_location_and_gets_new_links(void **state)
{
	(void)state;
	register_at("ep=n1&d=a&base=coap://h&x=1", "</old>");
	register_at("ep=n1&d=b&base=coap://h", "</other>");
	assert_string_equal(register_at("ep=n1&d=a&base=coap://h2", "</new>"), "/rd/1");
	assert_string_equal(links("ep=n1&d=a"), "<coap://h2/new>");
	assert_string_equal(links(NULL), "<coap://h2/new>,<coap://h/other>");
	assert_string_equal(endpoints("x"), "");
}

static void bad_registrations_are_refused(void **state)
{
	static const char *const queries[] = {
		NULL, "d=x", "ep=", "ep=a&ep=b", "ep=a&lt=0", "ep=a&lt=4294967296", "ep=a&lt=1h",
		"ep=a&lt=", "ep=a&lt=1&lt=2", "ep=a&base=", "ep=a&base=/x", "ep=a&base=h",
		"ep=a&base=coap://", "ep=a&base=coap://a b", "ep=a&base=coap://h?q",
		"ep=a&rt=x", "ep=a&page=1", "ep=a&=x", "ep=a&a b=1", "ep=a&et=core.rd-group",
		"ep=a&a\xff", "ep=0123456789012345678901234567890123456789012345678901234567890123",
	};
	static const char *const bodies[] = {
		"t", "</a", "</a>;rt=\"x", "<a>", "<>", "<//h/a>", "</a>;anchor=\"b\"", "</a></b>",
		"</a b>", "</a\"b>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(queries) / sizeof(*queries); i++)
		assert_int_equal(code_of(GCOAP_POST, "/rd", queries[i], "</a>"),
				 GCOAP_BAD_REQUEST);
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		assert_int_equal(code_of(GCOAP_POST, "/rd", "ep=a", bodies[i]),
				 GCOAP_BAD_REQUEST);
	assert_string_equal(endpoints(NULL), "");
	register_at("ep=012345678901234567890123456789012345678901234567890123456789012", NULL);
}

static void other_content_formats_are_refused(void **state)
{
	struct gcoap_msg m;
	uint8_t store[4];

	(void)state;
	fx_request(&m, GCOAP_NON, GCOAP_POST, 900, "/rd");
	gcoap_msg_add_text(&m, GCOAP_URI_QUERY, "ep=a");
	gcoap_msg_add_uint(&m, GCOAP_CONTENT_FORMAT, 50, store);
	fx_one(&f, 0, &m);
	fx_run(&f, f.now);
	assert_int_equal(fx_msg(&f, 0).code, GCOAP_UNSUPPORTED_FORMAT);
	fx_request(&m, GCOAP_NON, GCOAP_GET, 901, "/rd-lookup/ep");
	gcoap_msg_add_uint(&m, GCOAP_ACCEPT, 50, store);
	fx_one(&f, 0, &m);
	fx_run(&f, f.now);
	assert_int_equal(fx_msg(&f, 1).code, GCOAP_NOT_ACCEPTABLE);
}

static void a_lifetime_ends_and_an_update_revives(void **state)
{
	(void)state;
	register_at("ep=short&lt=60", "</a>");
	register_at("ep=long", "</b>");
	advance(59);
	assert_non_null(strstr(endpoints(NULL), "short"));
	advance(1);
	assert_null(strstr(endpoints(NULL), "short"));
	assert_null(strstr(links(NULL), "/a>"));
	assert_int_equal(gcoap_rd_count(rd, f.now), 1);
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", NULL, NULL), GCOAP_CHANGED);
	assert_non_null(strstr(endpoints(NULL), "short"));
	advance(60);
	assert_null(strstr(endpoints(NULL), "short"));
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", "lt=100000", NULL), GCOAP_CHANGED);
	advance(89000);
	assert_non_null(strstr(endpoints(NULL), "long"));
	advance(1000);
	assert_null(strstr(endpoints(NULL), "long"));
	assert_non_null(strstr(endpoints(NULL), "short"));
}

static void what_has_expired_for_a_day_is_gone(void **state)
{
	(void)state;
	register_at("ep=a&lt=60", "</a>");
	advance(60 + 86399);
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", "lt=1", NULL), GCOAP_CHANGED);
	advance(1 + 86400);
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", NULL, NULL), GCOAP_NOT_FOUND);
	assert_string_equal(register_at("ep=a", NULL), "/rd/2");
}

static void an_update_changes_what_it_names(void **state)
{
	(void)state;
	register_at("ep=a&et=x&size=1&base=coap://h", "</a>;anchor=\"/b\"");
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", "base=coap://[2001:db8::1]:9&size=2&flag",
				 NULL), GCOAP_CHANGED);
	assert_string_equal(endpoints(NULL), "</rd/1>;ep=\"a\";et=\"x\";size=\"2\";flag;"
			    "base=\"coap://[2001:db8::1]:9\";rt=\"core.rd-ep\"");
	assert_string_equal(links(NULL), "<coap://[2001:db8::1]:9/a>;"
			    "anchor=\"coap://[2001:db8::1]:9/b\"");
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", "ep=b", NULL), GCOAP_BAD_REQUEST);
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", "lt=x", NULL), GCOAP_BAD_REQUEST);
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", NULL, "</b>"), GCOAP_BAD_REQUEST);
}

static void a_removed_registration_is_gone(void **state)
{
	(void)state;
	register_at("ep=a", "</a>");
	register_at("ep=b", "</b>");
	assert_int_equal(code_of(GCOAP_DELETE, "/rd/1", NULL, NULL), GCOAP_DELETED);
	assert_int_equal(code_of(GCOAP_DELETE, "/rd/1", NULL, NULL), GCOAP_NOT_FOUND);
	assert_string_equal(links(NULL), "<coap://192.0.2.200:40000/b>");
	assert_string_equal(register_at("ep=a", NULL), "/rd/3");
}

static void unknown_locations_are_not_found(void **state)
{
	static const char *const paths[] = { "/rd/1", "/rd/0", "/rd/01", "/rd/x", "/rd/2/3",
					     "/rd/4294967297", "/rd/18446744073709551617" };

	(void)state;
	register_at("ep=a&base=coap://h", NULL);
	assert_int_equal(code_of(GCOAP_POST, "/rd/1", NULL, NULL), GCOAP_CHANGED);
	for (size_t i = 1; i < sizeof(paths) / sizeof(*paths); i++)
		assert_int_equal(code_of(GCOAP_POST, paths[i], NULL, NULL), GCOAP_NOT_FOUND);
	assert_int_equal(code_of(GCOAP_GET, "/rd", NULL, NULL), GCOAP_METHOD_NOT_ALLOWED);
}

static void register_three(void)
{
	register_at("ep=lamp&d=up&base=coap://h1", "</l>;rt=\"light x.lamp\";ct=\"0 110\";obs,"
		    "</v>;if=core.rp");
	register_at("ep=probe&base=coap://h2", "</t>;rt=temp;title=\"a, b; c\","
		    "<http://other.example/x>;rel=\"describedby\";anchor=\"/t\"");
	register_at("ep=lights&et=core.rd-group&base=coap://[ff35:30:2001:db8:f1::8000:1]",
		    "</light>;rt=light");
}

static void filters_of_links_and_of_endpoints_combine(void **state)
{
	static const struct {
		const char *query, *found; /* first letters of the links */
	} rows[] = {
		{ "rt=light", "</rd/1></rd/3>" }, { "rt=li*", "</rd/1></rd/3>" },
		{ "rt=light&d=up", "</rd/1>" }, { "ep=l*", "</rd/1></rd/3>" },
		{ "ep=l*&rt=temp", "" }, { "et=core.rd-group", "</rd/3>" },
		{ "base=coap://h2", "</rd/2>" }, { "base=coap://h*", "</rd/1></rd/2>" },
		{ "ct=110", "</rd/1>" }, { "obs", "</rd/1>" }, { "if=core.rp&rt=x.lamp", "</rd/1>" },
		{ "href=/rd/2", "</rd/2>" }, { "href=coap://h2/t", "</rd/2>" },
		{ "anchor=coap://h2/t", "</rd/2>" }, { "anchor=/t", "" }, { "title=a, b; c", "</rd/2>" },
		{ "rt=core.rd-ep&d", "</rd/1>" }, { "href=/t", "" }, { "rt=none", "" },
	};

	(void)state;
	register_three();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *text = endpoints(rows[i].query);
		char found[200] = "";
		size_t n = 0;

		for (const char *p = strchr(text, '<'); p; p = strchr(p + 1, '<'))
			n += (size_t)snprintf(found + n, sizeof(found) - n, "%.*s",
					      (int)strcspn(p, ";,"), p);
		assert_string_equal(found, rows[i].found);
	}
}

static void links_are_found_by_their_own_and_their_endpoints_attributes(void **state)
{
	(void)state;
	register_three();
	assert_string_equal(links("rt=temp"), "<coap://h2/t>;rt=temp;title=\"a, b; c\"");
	assert_string_equal(links("ep=lamp"), "<coap://h1/l>;rt=\"light x.lamp\";ct=\"0 110\";obs,"
			    "<coap://h1/v>;if=core.rp");
	assert_string_equal(links("ep=lamp&if=core.rp"), "<coap://h1/v>;if=core.rp");
	assert_string_equal(links("et=core.rd-group"),
			    "<coap://[ff35:30:2001:db8:f1::8000:1]/light>;rt=light");
	assert_string_equal(links("href=/rd/3"),
			    "<coap://[ff35:30:2001:db8:f1::8000:1]/light>;rt=light");
	assert_string_equal(links("rel=describedby"), "<http://other.example/x>;"
			    "rel=\"describedby\";anchor=\"coap://h2/t\"");
}

static void pages_divide_the_answer(void **state)
{
	static const char *const bad[] = { "page=0", "count=0", "count=x", "count=", "page=x&count=1",
					   "count=99999999999" };

	(void)state;
	register_three();
	assert_string_equal(links("count=2&page=1"), "<coap://h2/t>;rt=temp;title=\"a, b; c\","
			    "<http://other.example/x>;rel=\"describedby\";anchor=\"coap://h2/t\"");
	assert_string_equal(links("count=2&page=3"), "");
	assert_string_equal(links("count=1&rt=temp"), "<coap://h2/t>;rt=temp;title=\"a, b; c\"");
	assert_string_equal(links("count=1&page=4294967295"), "");
	assert_non_null(strstr(endpoints("page=2&count=1"), "</rd/3>"));
	assert_null(strchr(endpoints("page=2&count=1"), ','));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(code_of(GCOAP_GET, "/rd-lookup/res", bad[i], NULL),
				 GCOAP_BAD_REQUEST);
}

static void names_are_quoted(void **state)
{
	(void)state;
	register_at("ep=a\"b\\c&base=coap://h", "</a>");
	assert_string_equal(endpoints("ep=a\"b\\c"), "</rd/1>;ep=\"a\\\"b\\\\c\";"
			    "base=\"coap://h\";rt=\"core.rd-ep\"");
}

/* All blocks of a look-up, @size bytes each; the whole length. */
static size_t read_blocks(const char *query, uint8_t szx, char *out)
{
	struct gcoap_block b = { .szx = szx };
	struct gcoap_bytes etag = { 0 };
	uint8_t store[4], first[8];
	struct gcoap_msg m;
	size_t n = 0;

	do {
		fx_forget(&f);
		fx_request(&m, GCOAP_CON, GCOAP_GET, ++next_mid, "/rd-lookup/res");
		gcoap_msg_add_text(&m, GCOAP_URI_QUERY, query);
		gcoap_msg_add(&m, GCOAP_BLOCK2,
			      (struct gcoap_bytes){ store, gcoap_block_encode(&b, store) });
		fx_one(&f, 0, &m);
		fx_run(&f, f.now);
		m = fx_msg(&f, 0);
		assert_int_equal(m.code, GCOAP_CONTENT);
		if (!n) {
			etag = gcoap_msg_find(&m, GCOAP_ETAG)->value;
			memcpy(first, etag.ptr, etag.len);
			etag.ptr = first;
		}
		assert_true(gcoap_bytes_equal(gcoap_msg_find(&m, GCOAP_ETAG)->value, etag));
		memcpy(out + n, m.payload.ptr, m.payload.len);
		n += m.payload.len;
		gcoap_block_decode(gcoap_msg_find(&m, GCOAP_BLOCK2)->value, &b, NULL);
		b.num++;
	} while (b.more);
	return n;
}

static void a_long_answer_comes_in_blocks(void **state)
{
	static char text[20000];
	char query[64];
	size_t len;

	(void)state;
	for (int i = 0; i < 90; i++) {
		snprintf(query, sizeof(query), "ep=n%d&base=coap://h%d", i, i);
		register_at(query, "</a>;rt=\"one\",</b>;rt=\"two\"");
	}
	len = read_blocks("rt=one", 2, text);
	assert_int_equal(len, 10 * strlen("<coap://h1/a>;rt=\"one\"") +
				      80 * strlen("<coap://h10/a>;rt=\"one\"") + 89);
	assert_memory_equal(text + len - 22, "coap://h89/a>;rt=\"one\"", 22);
	assert_int_equal(read_blocks("rt=*", 5, text), 2 * len + 1);
}

/* One 16-byte block of a registration; the code that it is answered with. */
static uint8_t put_block(const char *query, uint32_t num, bool more, const char *part)
{
	struct gcoap_block b = { .num = num, .more = more };
	struct gcoap_msg m;
	uint8_t store[4];

	fx_forget(&f);
	fx_request(&m, GCOAP_CON, GCOAP_POST, ++next_mid, "/rd");
	gcoap_msg_add_text(&m, GCOAP_URI_QUERY, query);
	gcoap_msg_add(&m, GCOAP_BLOCK1,
		      (struct gcoap_bytes){ store, gcoap_block_encode(&b, store) });
	m.payload = gcoap_bytes_text(part);
	fx_one(&f, 0, &m);
	assert_int_equal(fx_run(&f, f.now), 1);
	return fx_msg(&f, 0).code;
}

static void two_registrations_in_blocks_do_not_mix(void **state)
{
	(void)state;
	assert_int_equal(put_block("ep=a", 0, true, "</a1>;rt=\"first\""), GCOAP_CONTINUE);
	assert_int_equal(put_block("ep=b", 0, true, "</b1>;rt=\"other\""), GCOAP_CONTINUE);
	assert_int_equal(put_block("ep=a", 1, false, ",</a2>"), GCOAP_CREATED);
	assert_int_equal(put_block("ep=b", 1, false, ",</b2>"), GCOAP_CREATED);
	assert_string_equal(links("ep=a"), "<coap://192.0.2.200:40000/a1>;rt=\"first\","
			    "<coap://192.0.2.200:40000/a2>");
	assert_string_equal(links("ep=b"), "<coap://192.0.2.200:40000/b1>;rt=\"other\","
			    "<coap://192.0.2.200:40000/b2>");
}

static void the_etag_changes_with_the_registrations(void **state)
{
	struct gcoap_msg m;
	uint8_t tag[8];
	size_t len;

	(void)state;
	register_at("ep=a&lt=10", "</a>");
	m = ask(GCOAP_GET, "/rd-lookup/ep", NULL, NULL);
	len = gcoap_msg_find(&m, GCOAP_ETAG)->value.len;
	memcpy(tag, gcoap_msg_find(&m, GCOAP_ETAG)->value.ptr, len);
	m = ask(GCOAP_GET, "/rd-lookup/ep", NULL, NULL);
	assert_memory_equal(gcoap_msg_find(&m, GCOAP_ETAG)->value.ptr, tag, len);
	advance(10);
	m = ask(GCOAP_GET, "/rd-lookup/ep", NULL, NULL);
	assert_memory_not_equal(gcoap_msg_find(&m, GCOAP_ETAG)->value.ptr, tag, len);
}

static void entries_and_bytes_are_bounded(void **state)
{
	static char many[900];
	char query[32];
	uint8_t code = 0;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		snprintf(query, sizeof(query), "ep=n%d&lt=%d", i, i == 50 ? 60 : 9000);
		register_at(query, "</a>");
	}
	assert_int_equal(code_of(GCOAP_POST, "/rd", "ep=full", "</a>"), GCOAP_UNAVAILABLE);
	register_at("ep=n7", "</b>"); /* no new one */
	advance(60);
	register_at("ep=full", "</a>"); /* in the place of what has expired */
	assert_int_equal(code_of(GCOAP_POST, "/rd/51", NULL, NULL), GCOAP_NOT_FOUND);
	memset(many, 'x', sizeof(many) - 1);
	memcpy(many, "</a>;x=\"", 8);
	many[sizeof(many) - 2] = '"';
	for (i = 0; i < 100 && code != GCOAP_UNAVAILABLE; i++) {
		snprintf(query, sizeof(query), "ep=n%d", i == 50 ? 49 : i);
		code = code_of(GCOAP_POST, "/rd", query, many);
	}
	assert_int_equal(code, GCOAP_UNAVAILABLE);
	assert_in_range(i, 30, 80);
	assert_int_equal(gcoap_rd_count(rd, f.now), 100);
}

static void an_answer_that_is_too_long_is_refused(void **state)
{
	static char text[1100];
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s</>", i ? "," : "");
	close_directory(state);
	open_with(100, 4096);
	register_at("ep=a&base=coap://a.name.longer.than.all.its.links.example", text);
	assert_int_equal(code_of(GCOAP_GET, "/rd-lookup/res", NULL, NULL), GCOAP_UNAVAILABLE);
	assert_int_equal(code_of(GCOAP_GET, "/rd-lookup/res", NULL, NULL), GCOAP_UNAVAILABLE);
	assert_int_equal(strlen(links("count=10")), 10 * strlen("<coap://a.name.longer.than.all.its.links.example/>") + 9);
	assert_non_null(strstr(endpoints(NULL), "</rd/1>"));
}

/* Whatever cannot be allocated: an error code, and nothing is lost or leaks. */
static void memory_may_end_anywhere(void **state)
{
	static const struct gcoap_addr from = { .family = 4, .port = 5683 };
	struct gcoap_bytes params[] = { gcoap_bytes_text("ep=a"), gcoap_bytes_text("x=1") };
	struct gcoap_reply r;
	uint8_t room[GCOAP_REPLY_ROOM];
	struct gcoap_msg m;
	struct gcoap_call c = { .msg = &m, .accept = -1, .content_format = -1, .room = room };
	bool failed = true;
	uint32_t id;

	(void)state;
	gcoap_msg_init(&m, GCOAP_CON, GCOAP_GET);
	for (size_t n = 1; failed; n++) {
		struct gcoap_rd *d = NULL;
		uint8_t code = 0;
		int err;

		alloc_fail_at(n);
		err = gcoap_rd_new(&d, 10, 1000);
		if (err == 0) {
			code = gcoap_rd_add(d, params, 2, gcoap_bytes_text("</a>"), &from, 0, &id,
					    NULL);
			r = (struct gcoap_reply){ .code = GCOAP_CONTENT };
			err = gcoap_rd_resources(d, &c, &r);
		}
		failed = alloc_failed();
		assert_true(failed == (err < 0 || code == GCOAP_UNAVAILABLE));
		if (d && code == GCOAP_CREATED) {
			assert_int_equal(gcoap_rd_resources(d, &c, &r), 0);
			assert_int_equal(r.body.len, 18);
		}
		gcoap_rd_free(&d);
	}
}

#define test(t) cmocka_unit_test_setup_teardown(t, open_directory, close_directory)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_registration_has_a_location_and_is_found),
		test(without_base_it_is_where_the_request_came_from),
		test(the_same_endpoint_keeps_its_location_and_gets_new_links),
		test(bad_registrations_are_refused),
		test(other_content_formats_are_refused),
		test(a_lifetime_ends_and_an_update_revives),
		test(what_has_expired_for_a_day_is_gone),
		test(an_update_changes_what_it_names),
		test(a_removed_registration_is_gone),
		test(unknown_locations_are_not_found),
		test(filters_of_links_and_of_endpoints_combine),
		test(links_are_found_by_their_own_and_their_endpoints_attributes),
		test(pages_divide_the_answer),
		test(names_are_quoted),
		test(a_long_answer_comes_in_blocks),
		test(two_registrations_in_blocks_do_not_mix),
		test(the_etag_changes_with_the_registrations),
		test(entries_and_bytes_are_bounded),
		test(an_answer_that_is_too_long_is_refused),
		test(memory_may_end_anywhere),
	};

	return cmocka_run_group_tests_name("rd", tests, NULL, NULL);
}
