/* The config file: what it gives, and every fault with its place. */
#include "test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/config.h"

static char dir[] = "/tmp/gcoap-test-config-XXXXXX";
static char path[64];
static char said[1024], hinted[256];

static void heard(void *arg, int code, const char *what, const char *const *hints, size_t n_hints)
{
	snprintf(said, sizeof(said), "%s", what);
	snprintf(hinted, sizeof(hinted), "%s", n_hints ? hints[0] : "");
}

static int setup(void **state)
{
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/c", dir);
	unsetenv("GCOAP_CONFIG");
	setenv("XDG_CONFIG_HOME", dir, 1);
	cli_start("gcoap-get");
	cli_quiet(2);
	cli_on_error(heard, NULL);
	return 0;
}

static int teardown(void **state)
{
	config_clear();
	unlink(path);
	return rmdir(dir);
}

static void write_file(const void *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	fclose(f);
}

static int load(const char *text)
{
	write_file(text, strlen(text));
	said[0] = hinted[0] = '\0';
	return config_load(path, "gcoap-get");
}

static void sections_give_what_they_say(void **state)
{
	struct gcoap_addr a;
	struct gcoap_registry r;

	assert_int_equal(load("# comment\n; another\n[defaults]\ntimeout = 3s\nexpect: 4 ; inline\n"
			      "[gcoap-get]\ntimeout = 2s\n\n[gcoap-observe]\nlive = yes\n"
			      "[group lab]\nuri = coap://224.0.1.187\ninterface = eth0\n"
			      "members = 10.77.0.2, hall\n"
			      "[names]\n10.77.0.2 = kitchen\n10.77.0.3:5690 = hall\n"
			      "2001:db8::1 = six\n[2001:db8::2]:5700 = port six\n"
			      "[options]\nMulti-ETag = 65013\n"), 0);
	assert_string_equal(config_option("timeout"), "2s");
	assert_true(config_option_in_tool("timeout"));
	assert_string_equal(config_option("expect"), "4");
	assert_false(config_option_in_tool("expect"));
	assert_null(config_option("live"));
	assert_string_equal(config_group("lab")->interface, "eth0");
	assert_string_equal(config_group("lab")->members, "10.77.0.2, hall");
	assert_null(config_group("bal"));
	assert_string_equal(config_group_at(0), "lab");
	gcoap_addr_parse(&a, "10.77.0.2:999", 0);
	assert_string_equal(config_name_of(&a), "kitchen");
	gcoap_addr_parse(&a, "10.77.0.3", 5683);
	assert_null(config_name_of(&a));
	gcoap_addr_parse(&a, "10.77.0.3:5690", 0);
	assert_string_equal(config_name_of(&a), "hall");
	gcoap_addr_parse(&a, "[2001:db8::1]:1", 0);
	assert_string_equal(config_name_of(&a), "six");
	gcoap_addr_parse(&a, "[2001:db8::2]:5700", 0);
	assert_string_equal(config_name_of(&a), "port six");
	assert_int_equal(config_addr_of("hall", &a), 0);
	assert_int_equal(a.port, 5690);
	gcoap_registry_init(&r);
	assert_int_equal(config_options(&r), CLI_OK);
	assert_int_equal(gcoap_registry_find_name(&r, "Multi-ETag")->number, 65013);
}

static void faults_name_the_file_the_line_and_the_column(void **state)
{
	static const struct {
		const char *text, *at, *what, *hint;
	} rows[] = {
		{ "[defalts]\n", ":1:1: ", "unknown section [defalts]", "did you mean defaults?" },
		{ "a = b\n", ":1:1: ", "before the first section", "" },
		{ "[names]\n  10.0.0.300 = x\n", ":2:3: ", "not an address", "" },
		{ "[names]\n10.0.0.1 =\n", ":2:11: ", "has no name", "" },
		{ "[names]\n10.0.0.1 = a\n10.0.0.1 = b\n", ":3:1: ", "there twice", "" },
		{ "[options]\nMulti-ETag = x\n", ":2:14: ", "expected a number", "" },
		{ "[options]\nMulti-ETag = 0\n", ":2:14: ", "expected a number", "" },
		{ "[options]\nA = 1\na = 2\n", ":3:1: ", "there twice", "" },
		{ "[defaults]\na = 1\na = 2\n", ":3:1: ", "there twice, first in line 2", "" },
		{ "[defaults]\n[names]\n[defaults]\n", ":3:1: ", "there twice", "" },
		{ "[group a]\nuri = x\nurl = y\n", ":3:1: ", "unknown key url", "did you mean uri?" },
		{ "[group a]\nuri = x\nuri = y\n", ":3:1: ", "there twice", "" },
		{ "\n[group a]\nmembers = x\n", ":2:1: ", "group a has no uri", "" },
		{ "[group a/b]\nuri = x\n", ":1:1: ", "no name for a group", "" },
		{ "[group demo]\nuri = x\n", ":1:1: ", "no name for a group", "" },
		{ "[names]\nnonsense\n", ":2:1: ", "expected [section] or key = value", "" },
		{ "[names\n", ":1:1: ", "expected [section] or key = value", "" },
		{ "[names]\n10.0.0.1 = a\x01\n", ":2:13: ", "control character 0x01", "" },
		{ "[names]\n10.0.0.1 = \xff\n", ":1:1: ", "not UTF-8", "" },
		{ "[names]\ra = b\n", ":1:8: ", "control character 0x0d", "" },
	};
	char where[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (load(rows[i].text) != CLI_USAGE)
			fail_msg("taken: %s", rows[i].text);
		snprintf(where, sizeof(where), "%s%s", path, rows[i].at);
		if (strncmp(said, where, strlen(where)) || !strstr(said, rows[i].what))
			fail_msg("%s says: %s", rows[i].text, said);
		assert_string_equal(hinted, rows[i].hint);
		assert_null(config_group_at(0));
	}
}

static void tabs_crlf_and_a_byte_order_mark_are_fine(void **state)
{
	assert_int_equal(load("\xef\xbb\xbf[defaults]\r\n\ttimeout\t=\t3s\r\n\r\n[names]\r\n"), 0);
	assert_string_equal(config_option("timeout"), "3s");
}

static void a_nul_is_a_fault(void **state)
{
	write_file("[defaults]\na\0b = c\n", 19);
	assert_int_equal(config_load(path, "gcoap-get"), CLI_USAGE);
	assert_non_null(strstr(said, ":2:2: control character 0x00"));
}

static void long_lines_and_large_files_are_refused(void **state)
{
	size_t n = CONFIG_SIZE_MAX + 1;
	char *big = malloc(n);

	memset(big, '\n', n);
	write_file(big, n);
	assert_int_equal(config_load(path, "gcoap-get"), CLI_USAGE);
	assert_non_null(strstr(said, "larger than 1 MiB"));
	memset(big, '#', 9000);
	write_file(big, 9000);
	assert_int_equal(config_load(path, "gcoap-get"), CLI_USAGE);
	assert_non_null(strstr(said, "the line is longer"));
	free(big);
}

static void what_is_no_regular_file_is_refused_at_once(void **state)
{
	char fifo[64];

	snprintf(fifo, sizeof(fifo), "%s/fifo", dir);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	assert_int_equal(config_load(fifo, "gcoap-get"), CLI_USAGE);
	unlink(fifo);
	assert_int_equal(config_load("/dev/zero", "gcoap-get"), CLI_USAGE);
	assert_int_equal(config_load(dir, "gcoap-get"), CLI_USAGE);
	assert_non_null(strstr(said, "is a directory"));
	assert_int_equal(config_load("/nonexistent/x", "gcoap-get"), CLI_USAGE);
}

static void a_default_file_need_not_exist_but_a_named_one_must(void **state)
{
	assert_int_equal(config_load(NULL, "gcoap-get"), 0);
	assert_int_equal(config_load("none", "gcoap-get"), 0);
	setenv("GCOAP_CONFIG", "/nonexistent/x", 1);
	assert_int_equal(config_load(NULL, "gcoap-get"), CLI_USAGE);
	unsetenv("GCOAP_CONFIG");
}

static void option_numbers_may_be_swapped(void **state)
{
	struct gcoap_registry r;
	char text[128];
	uint32_t a;

	gcoap_registry_init(&r);
	a = gcoap_registry_find_name(&r, "Multi-ETag")->number;
	snprintf(text, sizeof(text), "[options]\nMulti-ETag = 64999\nReply-From = %u\n", a);
	assert_int_equal(load(text), 0);
	assert_int_equal(config_options(&r), CLI_OK);
	assert_int_equal(gcoap_registry_find_name(&r, "Reply-From")->number, a);
	snprintf(text, sizeof(text), "[options]\nMulti-ETag = 4\n");
	assert_int_equal(load(text), 0);
	assert_int_equal(config_options(&r), CLI_USAGE);
	assert_int_equal(load("[options]\nMulti-Etga = 65000\n"), 0);
	assert_int_equal(config_options(&r), CLI_USAGE);
	assert_string_equal(hinted, "did you mean Multi-ETag?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_give_what_they_say),
		cmocka_unit_test(faults_name_the_file_the_line_and_the_column),
		cmocka_unit_test(tabs_crlf_and_a_byte_order_mark_are_fine),
		cmocka_unit_test(a_nul_is_a_fault),
		cmocka_unit_test(long_lines_and_large_files_are_refused),
		cmocka_unit_test(what_is_no_regular_file_is_refused_at_once),
		cmocka_unit_test(a_default_file_need_not_exist_but_a_named_one_must),
		cmocka_unit_test(option_numbers_may_be_swapped),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
