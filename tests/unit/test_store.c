/* The client's cache on disk. */
#include <test.h>

#include <errno.h>
#include <fcntl.h>
#include <gcoap/store.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[64], path[128];

static int make_dir(void **state)
{
	snprintf(dir, sizeof(dir), "/tmp/test_store.XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/a/b/cache.db", dir);
	return 0;
}

static int remove_dir(void **state)
{
	char name[512];
	static const char *const below[] = { "a/b/cache.db", "a/b/cache.db-wal", "a/b/cache.db-shm",
					     "a/b", "a" };

	for (size_t i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "%s/%s", dir, below[i]);
		(void)remove(name);
	}
	(void)remove(dir);
	return 0;
}

static struct gcoap_store *open_store(uint64_t max)
{
	struct gcoap_store_config c = { .path = path, .max_size = max };
	struct gcoap_diag diag = { 0 };
	struct gcoap_store *s;
	int r = gcoap_store_open(&s, &c, &diag);

	if (r < 0)
		fail_msg("%s: %s", diag.name, diag.what);
	return s;
}

static struct gcoap_addr server(const char *text)
{
	struct gcoap_addr a;

	assert_int_equal(gcoap_addr_parse(&a, text, 5683), 0);
	return a;
}

static void put(struct gcoap_store *s, const char *key, const char *from, const char *message,
		gcoap_time at)
{
	struct gcoap_stored e = { .key = gcoap_bytes_text(key), .server = server(from), .at = at,
				  .fresh_until = at + 60, .etag = gcoap_bytes_text("\xa1\xb2"),
				  .message = gcoap_bytes_text(message) };

	assert_int_equal(gcoap_store_put(s, &e), 0);
}

static int collect(void *arg, const struct gcoap_stored *e)
{
	char *out = arg, text[GCOAP_ADDR_TEXT];
	size_t n = strlen(out);

	snprintf(out + n, 300 - n, "%s=%.*s ", gcoap_addr_format(&e->server, text),
		 (int)e->message.len, (const char *)e->message.ptr);
	return 0;
}

static void keeps_answers_by_request_and_server(void **state)
{
	struct gcoap_store *s = open_store(0);
	struct gcoap_addr a = server("10.0.0.2"), b = server("[fe80::1]:7000");
	struct gcoap_stored e;
	char all[300] = "";

	put(s, "GET /a", "10.0.0.2", "two", 5);
	put(s, "GET /a", "10.0.0.1", "one", 6);
	put(s, "GET /a", "[fe80::1]:7000", "six", 7);
	put(s, "GET /b", "10.0.0.2", "other", 8);
	put(s, "GET /a", "10.0.0.2", "two again", 9);
	assert_int_equal(gcoap_store_get(s, gcoap_bytes_text("GET /a"), &a, 10, &e), 1);
	assert_memory_equal(e.message.ptr, "two again", 9);
	assert_int_equal(e.at, 9);
	assert_int_equal(e.fresh_until, 69);
	assert_int_equal(e.etag.len, 2);
	assert_int_equal(gcoap_store_get(s, gcoap_bytes_text("GET /b"), &b, 10, &e), 0);
	assert_int_equal(gcoap_store_each(s, gcoap_bytes_text("GET /a"), collect, all), 0);
	assert_string_equal(all, "10.0.0.1:5683=one 10.0.0.2:5683=two again [fe80::1]:7000=six ");
	assert_int_equal(gcoap_store_close(&s), 0);
	s = open_store(0);
	assert_int_equal(gcoap_store_get(s, gcoap_bytes_text("GET /a"), &b, 10, &e), 1);
	assert_int_equal(gcoap_store_remove(s, gcoap_bytes_text("GET /a"), &b), 1);
	assert_int_equal(gcoap_store_remove(s, gcoap_bytes_text("GET /a"), NULL), 2);
	assert_int_equal(gcoap_store_remove(s, (struct gcoap_bytes){ 0 }, NULL), 1);
	assert_int_equal(gcoap_store_close(&s), 0);
}

static void the_file_is_private_and_must_be(void **state)
{
	struct gcoap_store_config c = { .path = path };
	struct gcoap_store *s = open_store(0);
	struct gcoap_diag diag = { 0 };
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(gcoap_store_close(&s), 0);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(gcoap_store_open(&s, &c, &diag), GCOAP_EPERMISSION);
	assert_string_equal(diag.name, "mode");
	assert_int_equal(chmod(path, 0600), 0);
}

static void a_damaged_file_is_set_aside(void **state)
{
	struct gcoap_store *s = open_store(0);
	const char *aside;
	char kept[16] = "";
	FILE *f;

	put(s, "k", "10.0.0.1", "m", 1);
	assert_int_equal(gcoap_store_close(&s), 0);
	f = fopen(path, "w");
	fputs("this is no database at all, but it is somebody's", f);
	fclose(f);
	s = open_store(0);
	aside = gcoap_store_aside(s);
	assert_non_null(aside);
	f = fopen(aside, "r");
	assert_non_null(f);
	assert_non_null(fgets(kept, sizeof(kept), f));
	fclose(f);
	assert_memory_equal(kept, "this is no data", 15);
	assert_int_equal(unlink(aside), 0);
	put(s, "k", "10.0.0.1", "m", 1);
	assert_int_equal(gcoap_store_close(&s), 0);
}

static void the_least_recently_used_make_room(void **state)
{
	struct gcoap_store *s = open_store(40000);
	struct gcoap_addr first = server("10.0.0.1"), second = server("10.0.0.2");
	struct gcoap_stored e;
	uint64_t entries, size;
	char body[901], key[16];

	memset(body, 'x', 900);
	body[900] = 0;
	put(s, "used", "10.0.0.1", body, 1);
	put(s, "unused", "10.0.0.2", body, 1);
	for (int i = 0; i < 60; i++) {
		snprintf(key, sizeof(key), "k%d", i);
		put(s, key, "10.0.0.3", body, 10 + i);
		assert_int_equal(gcoap_store_get(s, gcoap_bytes_text("used"), &first, 1000 + i, &e),
				 1);
		assert_int_equal(gcoap_store_commit(s), 0);
	}
	assert_int_equal(gcoap_store_totals(s, &entries, &size), 0);
	assert_true(size <= 40000);
	assert_true(entries > 30);
	assert_int_equal(gcoap_store_get(s, gcoap_bytes_text("unused"), &second, 2000, &e), 0);
	assert_int_equal(gcoap_store_close(&s), 0);
}

static void two_processes_see_each_others_entries(void **state)
{
	struct gcoap_store *a = open_store(0), *b = open_store(0);
	struct gcoap_addr one = server("10.0.0.1");
	struct gcoap_stored e;

	put(a, "k", "10.0.0.1", "of a", 1);
	assert_int_equal(gcoap_store_commit(a), 0);
	assert_int_equal(gcoap_store_get(b, gcoap_bytes_text("k"), &one, 2, &e), 1);
	assert_memory_equal(e.message.ptr, "of a", 4);
	put(b, "k", "10.0.0.1", "of b", 3);
	assert_int_equal(gcoap_store_close(&b), 0);
	assert_int_equal(gcoap_store_get(a, gcoap_bytes_text("k"), &one, 4, &e), 1);
	assert_memory_equal(e.message.ptr, "of b", 4);
	assert_int_equal(gcoap_store_close(&a), 0);
}

static void what_is_too_long_is_refused(void **state)
{
	struct gcoap_store *s = open_store(1000);
	struct gcoap_stored e = { .key = gcoap_bytes_text("k"), .server = server("10.0.0.1") };
	static uint8_t body[400];

	e.message = (struct gcoap_bytes){ body, sizeof(body) };
	assert_int_equal(gcoap_store_put(s, &e), GCOAP_ELIMIT);
	assert_int_equal(gcoap_store_close(&s), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, make_dir, remove_dir)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		T(keeps_answers_by_request_and_server), T(the_file_is_private_and_must_be),
		T(a_damaged_file_is_set_aside), T(the_least_recently_used_make_room),
		T(two_processes_see_each_others_entries), T(what_is_too_long_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
