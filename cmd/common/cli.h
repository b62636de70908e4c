/* What every tool shares: its name, its messages, its exit statuses. */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stdio.h>

enum cli_exit {
	CLI_OK = 0,
	CLI_SOME_ERROR = 1,  /* answers came, some 4.xx/5.xx or an incomplete body */
	CLI_USAGE = 2,
	CLI_SILENCE = 3,     /* nobody answered in time */
	CLI_FEWER = 4,	     /* fewer or other servers than expected */
	CLI_LOCAL = 5,	     /* could not send, or answers were lost here */
	CLI_RESOLVE = 6,
	CLI_PROXY = 7,
	CLI_SECURITY = 8,
	CLI_MALFORMED = 9,   /* malformed answers only */
	CLI_CONDITION = 10,  /* a stated condition failed */
	CLI_BUG = 70,
	CLI_INTERRUPT = 130
};

/* First call of main(). Also: SIGPIPE ignored, locale set, stdout's failure remembered. */
void cli_start(const char *tool);
const char *cli_tool(void);

/* "tool: text" on stderr, one line: what a terminal could obey is escaped here. */
void cli_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* As cli_warn() for what is no fault ("saved 3 files"): not printed at -q. */
void cli_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A line without the tool's name, for traces and summaries; @text was escaped before. */
void cli_line(const char *text);
/* "  hint: text" on stderr, behind a cli_warn(). */
void cli_hint(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* cli_warn(), then "hint: try '<tool> --help'"; returns CLI_USAGE. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* No notes at -q (1), nothing at -qq (2); --log-file gets all of it. */
void cli_quiet(int level);
/* Append every message to @path (0600, no symbolic link). 0 or CLI_LOCAL after saying why. */
int cli_log_file(const char *path);
/* The log file for text that does not go through cli_line(), after the time of now was written
 * to it; NULL: none. */
FILE *cli_log_entry(void);
/* What the library says (gcoap/log.h): as "* TEXT" to the log file, and to stderr from -v (1) on,
 * what it tried, too, from -vv on. cli_finish() ends that. */
void cli_listen(int verbose);
/* From here on messages wait until cli_release(), or cli_finish(), so that they stand below the
 * table that a renderer prints at the end; cli_line() does not wait. */
void cli_hold(void);
void cli_release(void);
/* A cli_warn() with its hints can be mirrored as an `error` record: set by renderers. */
void cli_on_error(void (*call)(void *arg, int code, const char *what, const char *const *hints,
			       size_t n_hints), void *arg);
/* One message with its exit status and hints (NULL-terminated): stderr, log file, error record. */
int cli_error(int code, const char *const *hints, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "--html x.html: No space left on device" and what helps; @option NULL: the path alone. @error
 * 0: what failed is not known, but some of it is missing. Returns CLI_LOCAL. */
int cli_file_error(const char *option, const char *path, int error);

/* The one that goes first when several apply: 70 2 5 6 8 7 130 3 4 9 1 10. */
int cli_worse(int a, int b);

/* A write to stdout failed with errno value @error: what cli_finish() will say. */
void cli_output_failed(int error);
/* Flush stdout; a full disk or closed pipe becomes CLI_LOCAL (quietly for a pipe: its reader
 * has seen enough), and so does a log file that could not be written. CLI_BUG says how to report it. Last call of main(). */
int cli_finish(int status);

#endif
