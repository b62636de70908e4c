#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <gcoap/log.h>
#include <gcoap/version.h>
#include "payload.h"
#include "progress.h"

#define TEXT_MAX 2048
#define ESCAPED_MAX (2 * TEXT_MAX)
#define SHOWN 3 /* whatever -q says */

static struct {
	const char *tool;
	int quiet, verbose;
	FILE *log;
	const char *log_path; /* an argument */
	bool hold;
	char held[8 * ESCAPED_MAX]; /* messages that wait: they need no memory to be said */
	size_t held_len;
	int output_error; /* errno of the first failed write to stdout */
	void (*on_error)(void *arg, int code, const char *what, const char *const *hints,
			 size_t n_hints);
	void *on_error_arg;
} cli = { .tool = "gcoap" };

/* A closed descriptor 0 … 2 would be given to the next socket, and data written to it. */
static void keep_standard_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			if (open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
				_exit(CLI_LOCAL);
}

void cli_start(const char *tool)
{
	const char *slash = strrchr(tool, '/');

	cli.tool = slash ? slash + 1 : tool;
	keep_standard_descriptors();
	setlocale(LC_CTYPE, "");
	signal(SIGPIPE, SIG_IGN);
}

const char *cli_tool(void)
{
	return cli.tool;
}

void cli_quiet(int level)
{
	cli.quiet = level;
}

int cli_log_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "a");

	if (!f) {
		if (fd >= 0)
			close(fd);
		return cli_file_error("--log-file", path, errno);
	}
	setvbuf(f, NULL, _IOLBF, 0);
	if (cli.log)
		fclose(cli.log);
	cli.log = f;
	cli.log_path = path;
	return 0;
}

void cli_on_error(void (*call)(void *arg, int code, const char *what, const char *const *hints,
			       size_t n_hints), void *arg)
{
	cli.on_error = call;
	cli.on_error_arg = arg;
}

void cli_hold(void)
{
	cli.hold = true;
}

void cli_release(void)
{
	if (!cli.hold)
		return;
	cli.hold = false;
	progress_hide();
	if (fflush(stdout) != 0)
		cli_output_failed(errno);
	fwrite(cli.held, 1, cli.held_len, stderr);
	cli.held_len = 0;
}

/* Keep a line for cli_release(); false: there is no room. */
static bool keep(const char *before, const char *between, const char *text)
{
	size_t room = sizeof(cli.held) - cli.held_len;
	int n = snprintf(cli.held + cli.held_len, room, "%s%s%s\n", before, between, text);

	if (n < 0 || (size_t)n >= room)
		return false;
	cli.held_len += (size_t)n;
	return true;
}

FILE *cli_log_entry(void)
{
	struct timespec ts;
	struct tm tm;
	char when[32] = "";

	if (!cli.log)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &ts);
	if (gmtime_r(&ts.tv_sec, &tm))
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ ", &tm);
	fputs(when, cli.log);
	return cli.log;
}

/* @before "gcoap-get: " or "  hint: "; to stderr while the quiet level is below @until. */
static void emit(const char *before, const char *between, const char *text, int until)
{
	bool wait = cli.hold && between[0];
	FILE *log = cli_log_entry();

	if (cli.quiet < until && !(wait && keep(before, between, text))) {
		progress_hide();
		if (fflush(stdout) != 0)
			cli_output_failed(errno);
		fprintf(stderr, "%s%s%s\n", before, between, text);
	}
	if (log)
		fprintf(log, "%s%s%s\n", before, between, text);
}

/* Format and escape: a message may quote anything. */
__attribute__((format(printf, 3, 0)))
static void compose(char *out, size_t cap, const char *format, va_list ap)
{
	char text[TEXT_MAX];

	vsnprintf(text, sizeof(text), format, ap);
	payload_escape(gcoap_bytes_text(text), out, cap, true, 0, false);
}

__attribute__((format(printf, 3, 0)))
static void say(const char *before, int until, const char *format, va_list ap)
{
	char text[ESCAPED_MAX];

	compose(text, sizeof(text), format, ap);
	emit(before, ": ", text, until);
}

void cli_warn(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(cli.tool, 2, format, ap);
	va_end(ap);
}

void cli_note(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(cli.tool, 1, format, ap);
	va_end(ap);
}

void cli_line(const char *text)
{
	emit("", "", text, 1);
}

static void on_log(void *arg, enum gcoap_log_level level, const char *text)
{
	int wanted = level == GCOAP_LOG_DEBUG ? 2 : 1, saved = errno;
	char escaped[ESCAPED_MAX];

	(void)arg;
	if (cli.verbose >= wanted || (cli.log && wanted == 1)) {
		payload_escape(gcoap_bytes_text(text), escaped, sizeof(escaped), true, 0, false);
		emit("* ", "", escaped, cli.verbose >= wanted ? SHOWN : 0);
	}
	errno = saved;
}

void cli_listen(int verbose)
{
	cli.verbose = verbose;
	gcoap_log_set(verbose || cli.log ? on_log : NULL, NULL);
}

void cli_hint(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say("  hint", 2, format, ap);
	va_end(ap);
}

static void mirror(int code, const char *what, const char *const *hints)
{
	size_t n = 0;

	while (hints && hints[n])
		n++;
	if (cli.on_error)
		cli.on_error(cli.on_error_arg, code, what, hints, n);
}

int cli_error(int code, const char *const *hints, const char *format, ...)
{
	char text[ESCAPED_MAX];
	va_list ap;

	va_start(ap, format);
	compose(text, sizeof(text), format, ap);
	va_end(ap);
	emit(cli.tool, ": ", text, 2);
	for (size_t i = 0; hints && hints[i]; i++)
		cli_hint("%s", hints[i]);
	mirror(code, text, hints);
	return code;
}

int cli_usage(const char *format, ...)
{
	char text[ESCAPED_MAX], try[128];
	const char *hints[] = { try, NULL };
	va_list ap;

	va_start(ap, format);
	compose(text, sizeof(text), format, ap);
	va_end(ap);
	snprintf(try, sizeof(try), "try '%s --help'", cli.tool);
	emit(cli.tool, ": ", text, 2);
	cli_hint("%s", try);
	mirror(CLI_USAGE, text, hints);
	return CLI_USAGE;
}

static const char *file_hint(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return "the folder that it is in must be there";
	case EISDIR:
		return "name a file in this folder";
	case EACCES:
	case EPERM:
	case EROFS:
		return "name a file in a folder that you may write to";
	case ELOOP:
		return "no symbolic link is followed: name the file itself";
	case ENOSPC:
	case EDQUOT:
	case 0:
		return "df shows which disk is full";
	default:
		return NULL;
	}
}

int cli_file_error(const char *option, const char *path, int error)
{
	const char *const hints[] = { file_hint(error), NULL };

	return cli_error(CLI_LOCAL, hints, "%s%s%s: %s", option ? option : "", option ? " " : "",
			 path, error ? strerror(error) : "not all of it could be written");
}

int cli_worse(int a, int b)
{
	static const int order[] = {
		CLI_BUG, CLI_USAGE, CLI_LOCAL, CLI_RESOLVE, CLI_SECURITY, CLI_PROXY,
		CLI_INTERRUPT, CLI_SILENCE, CLI_FEWER, CLI_MALFORMED, CLI_SOME_ERROR,
		CLI_CONDITION
	};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a ? a : b;
}

void cli_output_failed(int error)
{
	if (!cli.output_error)
		cli.output_error = error ? error : EIO;
}

/* What could not be logged is said where there is no log. */
static int log_close(void)
{
	FILE *log = cli.log;
	bool failed = log && (fflush(log) != 0 || ferror(log));

	cli.log = NULL;
	if (log)
		fclose(log);
	if (failed)
		cli_file_error("--log-file", cli.log_path, 0);
	return failed ? -1 : 0;
}

/* stdio keeps that a write failed, not why: has the reader of stdout gone? */
static bool reader_gone(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&p, 1, 0) == 1 && (p.revents & (POLLERR | POLLHUP));
}

int cli_finish(int status)
{
	progress_hide();
	gcoap_log_set(NULL, NULL);
	cli.on_error = NULL;
	if (fflush(stdout) != 0)
		cli_output_failed(errno);
	if (ferror(stdout))
		cli_output_failed(reader_gone() ? EPIPE : EIO);
	if (cli.output_error) {
		if (cli.output_error != EPIPE)
			cli_warn("cannot write to stdout: %s", strerror(cli.output_error));
		status = cli_worse(status, CLI_LOCAL);
	}
	if (status == CLI_BUG) {
		cli_warn("this is a bug in gcoap %s", gcoap_version());
		cli_hint("please report it with the command line and the lines above");
	}
	return log_close() < 0 ? cli_worse(status, CLI_LOCAL) : status;
}
