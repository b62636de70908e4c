#include "bench/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "common/cli.h"

static int failed(const struct bench_file *f, int error)
{
	return cli_file_error(f->option, f->path, error);
}

/* The place of a symbolic link's file is where the link shows to. */
static int temp_open(struct bench_file *f, bool exists)
{
	mode_t mask = umask(0);
	int fd;

	umask(mask);
	f->to = exists ? realpath(f->path, NULL) : strdup(f->path);
	f->temp = f->to ? malloc(strlen(f->to) + 8) : NULL;
	if (!f->temp)
		return -1;
	memcpy(f->temp, f->to, strlen(f->to));
	memcpy(f->temp + strlen(f->to), ".XXXXXX", 8);
	fd = mkostemp(f->temp, O_CLOEXEC);
	if (fd < 0) {
		free(f->temp);
		f->temp = NULL;
		return -1;
	}
	if (fchmod(fd, 0666 & ~mask) < 0) { /* a file system without modes */
	}
	return fd;
}

int bench_file_open(struct bench_file *f, const char *option, const char *path)
{
	struct stat st;
	bool exists = stat(path, &st) == 0;
	int fd, error;

	*f = (struct bench_file){ .option = option, .path = path };
	if (strcmp(path, "-") == 0) {
		f->out = stdout;
		return CLI_OK;
	}
	if (exists && S_ISDIR(st.st_mode))
		return failed(f, EISDIR);
	if (exists && !S_ISREG(st.st_mode))
		fd = open(path, O_WRONLY | O_CLOEXEC);
	else
		fd = temp_open(f, exists);
	if (fd >= 0)
		f->out = fdopen(fd, "w");
	if (f->out)
		return CLI_OK;
	error = errno;
	if (fd >= 0)
		close(fd);
	bench_file_abort(f);
	return failed(f, error);
}

/* stdio keeps that an earlier write failed, not why: the next one fails for the same. */
static int lost_to(const struct bench_file *f)
{
	return write(fileno(f->out), "\n", 1) < 0 ? errno : EIO;
}

int bench_file_try(const char *option, const char *path)
{
	struct bench_file f = { .option = option, .path = path };
	struct stat st;
	int status;

	/* Who reads a pipe would take a writer that leaves for the end. */
	if (stat(path, &st) == 0 && S_ISFIFO(st.st_mode))
		return access(path, W_OK) < 0 ? failed(&f, errno) : CLI_OK;
	status = bench_file_open(&f, option, path);
	if (status == CLI_OK)
		bench_file_abort(&f);
	return status;
}

int bench_file_commit(struct bench_file *f)
{
	bool bad;
	int error;

	bad = ferror(f->out);
	errno = 0;
	bad = fflush(f->out) != 0 || bad;
	error = bad && errno == 0 ? lost_to(f) : errno;
	if (f->out == stdout) {
		f->out = NULL;
		if (bad)
			cli_output_failed(error); /* cli_finish() says so */
		return bad ? CLI_LOCAL : CLI_OK;
	}

	if (fclose(f->out) != 0 && !bad) {
		bad = true;
		error = errno;
	}
	f->out = NULL;
	if (!bad && f->temp && rename(f->temp, f->to) < 0) {
		bad = true;
		error = errno;
	}
	if (!bad) {
		free(f->temp);
		f->temp = NULL;
	}
	bench_file_abort(f);
	return bad ? failed(f, error) : CLI_OK;
}

void bench_file_abort(struct bench_file *f)
{
	if (f->out && f->out != stdout)
		fclose(f->out);
	if (f->temp)
		unlink(f->temp);
	free(f->temp);
	free(f->to);
	f->out = NULL;
	f->temp = f->to = NULL;
}
