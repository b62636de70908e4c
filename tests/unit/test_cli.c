/* Messages and the progress line, on a terminal of the test's own. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/progress.h"

static int master;

/* stderr is a new terminal; what is written to it can be read from @master. */
static int setup(void **state)
{
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return -1;
	assert_non_null(freopen(ptsname(master), "w", stderr));
	cli_start("/usr/bin/gcoap-get");
	return 0;
}

/* What was written since the last call. A terminal hands it over when it comes to that, so wait
 * for a mark behind it. */
static const char *seen(void)
{
	static char text[4096];
	struct pollfd ready = { .fd = master, .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	fflush(stderr);
	assert_int_equal(write(fileno(stderr), "\x01", 1), 1);
	while (!len || text[len - 1] != '\x01') {
		assert_int_equal(poll(&ready, 1, 10000), 1);
		n = read(master, text + len, sizeof(text) - 1 - len);
		assert_true(n > 0);
		len += (size_t)n;
	}
	text[len - 1] = '\0';
	return text;
}

static void messages_carry_the_name_and_are_escaped(void **state)
{
	static const char *const hints[] = { "do this", NULL };

	assert_string_equal(cli_tool(), "gcoap-get");
	cli_warn("a\x1b[31m\nb");
	assert_string_equal(seen(), "gcoap-get: a\\x1b[31m\\nb\r\n");
	assert_int_equal(cli_error(CLI_SILENCE, hints, "nobody answered %s", "x"), CLI_SILENCE);
	assert_string_equal(seen(), "gcoap-get: nobody answered x\r\n  hint: do this\r\n");
	assert_int_equal(cli_usage("bad"), CLI_USAGE);
	assert_string_equal(seen(), "gcoap-get: bad\r\n  hint: try 'gcoap-get --help'\r\n");
}

static void quiet_leaves_errors_and_very_quiet_nothing(void **state)
{
	cli_quiet(1);
	cli_note("saved");
	cli_line("summary");
	assert_string_equal(seen(), "");
	cli_warn("wrong");
	assert_string_equal(seen(), "gcoap-get: wrong\r\n");
	cli_quiet(2);
	cli_warn("wrong");
	assert_string_equal(seen(), "");
	cli_quiet(0);
	cli_note("saved");
	assert_string_equal(seen(), "gcoap-get: saved\r\n");
}

static int mirrored;

static void heard(void *arg, int code, const char *what, const char *const *hints, size_t n_hints)
{
	mirrored = code;
	assert_string_equal(what, "x");
	assert_int_equal(n_hints, 1);
}

static void errors_are_mirrored_and_logged_even_when_quiet(void **state)
{
	static const char *const hints[] = { "do this", NULL };
	char path[] = "/tmp/gcoap-test-cli-XXXXXX", text[256] = "";
	int fd = mkstemp(path);

	assert_int_equal(cli_log_file(path), 0);
	cli_on_error(heard, NULL);
	cli_quiet(2);
	cli_error(CLI_FEWER, hints, "x");
	cli_quiet(0);
	cli_on_error(NULL, NULL);
	assert_int_equal(mirrored, CLI_FEWER);
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, "Z gcoap-get: x\n"));
	assert_non_null(strstr(text, "Z   hint: do this\n"));
	close(fd);
	unlink(path);
	assert_int_equal(symlink("/tmp/none", path), 0);
	assert_int_equal(cli_log_file(path), CLI_LOCAL);
	unlink(path);
	seen();
}

static void progress_waits_300_ms_and_goes_before_any_message(void **state)
{
	progress_start(true, 0);
	progress_show(299 * GCOAP_MS, 7 * GCOAP_SECOND, 1, 3);
	assert_string_equal(seen(), "");
	progress_show(3900 * GCOAP_MS, 7 * GCOAP_SECOND, 2, 3);
	assert_string_equal(seen(), "\r\033[Kwaiting 3.1 s more: 2 of 3 answered");
	progress_show(4 * GCOAP_SECOND, 7 * GCOAP_SECOND, 2, 0);
	assert_string_equal(seen(), "\r\033[Kwaiting 3.0 s more: 2 answered");
	cli_warn("x");
	assert_string_equal(seen(), "\r\033[Kgcoap-get: x\r\n");
	progress_hide();
	assert_string_equal(seen(), "");
	progress_start(false, 0);
	progress_show(4 * GCOAP_SECOND, 7 * GCOAP_SECOND, 2, 0);
	assert_string_equal(seen(), "");
}

static void a_failed_write_to_stdout_decides_the_status(void **state)
{
	cli_output_failed(ENOSPC);
	assert_int_equal(cli_finish(CLI_SOME_ERROR), CLI_LOCAL);
	assert_string_equal(seen(), "gcoap-get: cannot write to stdout: No space left on device\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_carry_the_name_and_are_escaped),
		cmocka_unit_test(quiet_leaves_errors_and_very_quiet_nothing),
		cmocka_unit_test(errors_are_mirrored_and_logged_even_when_quiet),
		cmocka_unit_test(progress_waits_300_ms_and_goes_before_any_message),
		cmocka_unit_test(a_failed_write_to_stdout_decides_the_status),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
