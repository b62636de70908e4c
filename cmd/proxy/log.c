/* Where the access log and the trace go, and what their lines have in common. */
#include "proxy.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "common/cli.h"

int proxy_log_open(struct proxy *p)
{
	const char *const hints[] = { "a file in a folder that we may write to; no symbolic link", NULL };
	const char *path = p->args->log_file;
	int fd;
	FILE *f;

	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "a");
	if (!f) {
		if (fd >= 0)
			close(fd);
		return cli_error(CLI_LOCAL, hints, "--log-file %s: %s", path, strerror(errno));
	}
	proxy_log_close(p);
	p->log = f;
	return 0;
}

void proxy_log_close(struct proxy *p)
{
	if (p->log && fclose(p->log) != 0)
		cli_warn("--log-file: %s", strerror(errno));
	p->log = NULL;
}

/* Where nobody reads, there is nothing to say so to. */
void proxy_say(const char *text)
{
	struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };

	if (poll(&fd, 1, 0) != 0)
		cli_line(text);
}

/* A pipe that nobody reads: relaying does not wait for its reader. */
static bool is_full(struct proxy *p, FILE *f)
{
	struct pollfd fd = { .fd = fileno(f), .events = POLLOUT };

	if (poll(&fd, 1, 0) == 0) {
		if (!p->unlogged++)
			cli_warn("the log is not read: lines are left out");
		return true;
	}
	if (p->unlogged)
		cli_warn("%" PRIu64 " lines were left out of the log", p->unlogged);
	p->unlogged = 0;
	return false;
}

void proxy_log_line(struct proxy *p, const char *text, size_t len)
{
	FILE *f = p->log ? p->log : stdout;
	int error;

	if (is_full(p, f))
		return;
	fwrite(text, 1, len, f);
	fputc('\n', f);
	if (fflush(f) == 0)
		return;
	error = errno;
	if (f == stdout) {
		if (error == EPIPE && !p->unread) {
			cli_warn("the reader of stdout has left: ending");
			cli_hint("--log-file F has the log in a file");
		}
		p->unread = true;
		cli_output_failed(error);
		gcoap_loop_stop(p->loop);
	} else {
		cli_warn("--log-file %s: %s", p->args->log_file, strerror(errno));
		clearerr(f);
	}
}

char *proxy_time(gcoap_time at, char buf[32])
{
	gcoap_time wall = at + gcoap_wall_offset();
	time_t seconds = (time_t)(wall / GCOAP_SECOND);
	struct tm tm;
	size_t n = strftime(buf, 32, "%Y-%m-%dT%H:%M:%S", gmtime_r(&seconds, &tm));

	snprintf(buf + n, 32 - n, ".%06uZ", (unsigned)(wall % GCOAP_SECOND / GCOAP_US));
	return buf;
}

void proxy_put_key(struct jsonw *w, const char *key)
{
	jsonw_lit(w, ",");
	jsonw_text(w, key);
	jsonw_lit(w, ":");
}

void proxy_put_time(struct jsonw *w, gcoap_time at)
{
	char buf[32];

	proxy_put_key(w, "ts");
	jsonw_text(w, proxy_time(at, buf));
}

void proxy_put_id(struct jsonw *w, uint64_t id)
{
	proxy_put_key(w, "id");
	if (!id) {
		jsonw_lit(w, "null");
		return;
	}
	jsonw_lit(w, "\"p");
	jsonw_uint(w, id);
	jsonw_lit(w, "\"");
}
