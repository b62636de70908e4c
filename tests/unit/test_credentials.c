/* Files with keys: what is in them, who may see them, and what is never said. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "common/cli.h"
#include "common/credentials.h"

#define CANARY "5ec2e7c0ffee5ec2e7"

static char dir[] = "/tmp/gcoap-credentials-XXXXXX";
static char path[64], other[64], log_path[64];

static void put(const char *name, const char *text, size_t len, mode_t mode)
{
	int fd;

	unlink(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int load(const char *psk_file, const char *file, struct credentials *c)
{
	struct credentials_args args = { psk_file, file };

	return credentials_load(c, &args);
}

static int psk_status(const char *text)
{
	struct credentials c;
	int status;

	put(path, text, strlen(text), 0600);
	status = load(path, NULL, &c);
	credentials_clear(&c);
	return status;
}

static int file_status(const char *text)
{
	struct credentials c;
	int status;

	put(path, text, strlen(text), 0600);
	status = load(NULL, path, &c);
	credentials_clear(&c);
	return status;
}

static void without_files_there_is_nothing(void **state)
{
	struct credentials c;

	assert_int_equal(load(NULL, NULL, &c), CLI_OK);
	assert_int_equal(c.all.n_psk, 0);
	assert_null(c.all.cert_file);
	assert_false(credentials_serve(&c));
	credentials_clear(&c);
}

static void a_psk_file_has_a_key_a_line(void **state)
{
	static const char text[] = "# remark\n\nalice:00ff10\n  bob : \"with: colon\"  \r\n"
				   "aa:bb:cc:0102\nlast:ab";
	struct credentials c;

	put(path, text, strlen(text), 0600);
	assert_int_equal(load(path, NULL, &c), CLI_OK);
	assert_int_equal(c.all.n_psk, 4);
	assert_string_equal(c.all.psk[0].identity, "alice");
	assert_true(gcoap_bytes_equal(c.all.psk[0].key,
				      (struct gcoap_bytes){ (const uint8_t *)"\0\xff\x10", 3 }));
	assert_string_equal(c.all.psk[1].identity, "bob");
	assert_true(gcoap_bytes_equal(c.all.psk[1].key, gcoap_bytes_text("with: colon")));
	assert_string_equal(c.all.psk[2].identity, "aa:bb:cc");
	assert_string_equal(c.all.psk[3].identity, "last");
	assert_true(credentials_serve(&c));
	credentials_clear(&c);
	assert_null(c.keys);
}

static void bad_lines_of_a_psk_file_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "# nothing\n", "alice\n", "alice:\n", ":00\n", "alice:0\n", "alice:0g\n",
		"alice:\"\"\n", "alice:\"open\n", "alice:00\nalice:01\n",
	};
	char text[400];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(psk_status(bad[i]), CLI_SECURITY);
	snprintf(text, sizeof(text), "a:%0128d", 0);
	assert_int_equal(psk_status(text), CLI_OK);
	snprintf(text, sizeof(text), "a:%0130d", 0);
	assert_int_equal(psk_status(text), CLI_SECURITY);
	snprintf(text, sizeof(text), "%0128d:00", 0);
	assert_int_equal(psk_status(text), CLI_OK);
	snprintf(text, sizeof(text), "%0129d:00", 0);
	assert_int_equal(psk_status(text), CLI_SECURITY);
}

static void a_credentials_file_names_a_key_and_a_certificate(void **state)
{
	static const char text[] = "; remark\n[psk]\nidentity = op\nkey=\"phrase\"\n"
				   "[certificate]\ncert=/c.pem\nkey = other\nca=ca.pem\n"
				   "any-name = yes\n";
	struct credentials c;
	char ca[80];

	put(other, "x", 1, 0600);
	put(path, text, strlen(text), 0600);
	assert_int_equal(load(NULL, path, &c), CLI_OK);
	assert_string_equal(c.all.psk[0].identity, "op");
	assert_true(gcoap_bytes_equal(c.all.psk[0].key, gcoap_bytes_text("phrase")));
	assert_string_equal(c.all.cert_file, "/c.pem");
	assert_string_equal(c.all.key_file, other);
	snprintf(ca, sizeof(ca), "%s/ca.pem", dir);
	assert_string_equal(c.all.ca_file, ca);
	assert_true(c.all.any_name);
	credentials_clear(&c);
	/* The private key of the certificate is as secret as the rest. */
	put(other, "x", 1, 0640);
	assert_int_equal(load(NULL, path, &c), CLI_SECURITY);
	credentials_clear(&c);
}

static void bad_credentials_files_are_refused(void **state)
{
	static const char *const bad[] = {
		"identity=a\n", "[other]\n", "[psk]\nname=a\n", "[psk]\nidentity=a\n",
		"[psk]\nkey=00\n", "[psk]\nidentity=a\nkey=00\nkey=01\n", "[psk]\nidentity\n",
		"[certificate]\ncert=a\n", "[certificate]\nany-name=maybe\n", "[psk\n",
		"[psk]\nidentity=a\nkey=0\n",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(file_status(bad[i]), CLI_SECURITY);
	assert_int_equal(file_status("[psk]\n"), CLI_OK);
	assert_int_equal(file_status("[certificate]\nca=x\nany-name=no"), CLI_OK);
}

static void only_a_private_regular_file_is_read(void **state)
{
	static const mode_t open_to_others[] = { 0604, 0640, 0602, 0620, 0601, 0610, 0644, 0777 };
	static char big[CREDENTIALS_SIZE_MAX + 1];
	struct credentials c;
	char name[80];

	for (size_t i = 0; i < sizeof(open_to_others) / sizeof(*open_to_others); i++) {
		put(path, "a:00\n", 5, open_to_others[i]);
		assert_int_equal(load(path, NULL, &c), CLI_SECURITY);
		credentials_clear(&c);
	}
	put(path, "a:00\n", 5, 0400);
	assert_int_equal(load(path, NULL, &c), CLI_OK);
	credentials_clear(&c);
	unlink(other);
	assert_int_equal(symlink(path, other), 0);
	assert_int_equal(load(other, NULL, &c), CLI_SECURITY);
	unlink(other);
	assert_int_equal(mkfifo(other, 0600), 0);
	assert_int_equal(load(other, NULL, &c), CLI_SECURITY);
	assert_int_equal(load(dir, NULL, &c), CLI_SECURITY);
	assert_int_equal(load("/dev/null", NULL, &c), CLI_SECURITY);
	snprintf(name, sizeof(name), "%s/none", dir);
	assert_int_equal(load(name, NULL, &c), CLI_SECURITY);
	memset(big, '\n', sizeof(big));
	memcpy(big, "a:00", 4);
	put(path, big, sizeof(big), 0600);
	assert_int_equal(load(path, NULL, &c), CLI_SECURITY);
	put(path, big, sizeof(big) - 1, 0600);
	assert_int_equal(load(path, NULL, &c), CLI_OK);
	credentials_clear(&c);
}

static void another_users_file_is_refused(void **state)
{
	struct credentials c;

	put(path, "a:00\n", 5, 0600);
	if (chown(path, 12345, (gid_t)-1) < 0)
		skip();
	assert_int_equal(load(path, NULL, &c), CLI_SECURITY);
	assert_int_equal(chown(path, geteuid(), (gid_t)-1), 0);
}

/* All that the tests above have caused to be said, and some with a canary. */
static void no_message_shows_a_secret(void **state)
{
	static const char *const with_canary[] = {
		"alice:" CANARY "0\n", "alice:" CANARY "xx\n", "alice:\"" CANARY "\n",
		CANARY "\n", "alice:" CANARY "\nalice:" CANARY "\n",
	};
	static const char *const in_file[] = {
		"[psk]\n" CANARY "\n", "[psk]\nkey=" CANARY "0\nidentity=a\n", CANARY "=1\n",
		"[psk]\nkey=" CANARY "\nkey=" CANARY "\n", "[" CANARY "]\n",
	};
	char said[65536];
	size_t n;
	FILE *f;

	for (size_t i = 0; i < 5; i++)
		assert_int_equal(psk_status(with_canary[i]), CLI_SECURITY);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(file_status(in_file[i]), CLI_SECURITY);
	f = fopen(log_path, "r");
	assert_non_null(f);
	n = fread(said, 1, sizeof(said) - 1, f);
	fclose(f);
	said[n] = '\0';
	assert_true(n > 0);
	assert_null(strstr(said, CANARY));
}

static int setup(void **state)
{
	cli_start("test");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/file", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	snprintf(log_path, sizeof(log_path), "%s/log", dir);
	cli_quiet(2);
	return cli_log_file(log_path);
}

static int teardown(void **state)
{
	unlink(path);
	unlink(other);
	unlink(log_path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_files_there_is_nothing),
		cmocka_unit_test(a_psk_file_has_a_key_a_line),
		cmocka_unit_test(bad_lines_of_a_psk_file_are_refused),
		cmocka_unit_test(a_credentials_file_names_a_key_and_a_certificate),
		cmocka_unit_test(bad_credentials_files_are_refused),
		cmocka_unit_test(only_a_private_regular_file_is_read),
		cmocka_unit_test(another_users_file_is_refused),
		cmocka_unit_test(no_message_shows_a_secret),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
