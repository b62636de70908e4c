/* Files that hold secrets: ours, regular, and closed to everybody else. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cli.h"
#include "credentials.h"

/* Neither a core file nor a debugger of the same user shall show them. */
static void protect(void)
{
	const struct rlimit none = { 0 };

	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)setrlimit(RLIMIT_CORE, &none);
}

static int refuse(const char *path, const char *what, const char *hint)
{
	const char *const hints[] = { hint, NULL };

	return cli_error(CLI_SECURITY, hints, "%s: %s", path, what);
}

static int check(const char *path, const struct stat *st)
{
	char what[80];

	if (!S_ISREG(st->st_mode))
		return refuse(path, "not a regular file", "copy the secret into a file of yours");
	if (st->st_uid != geteuid())
		return refuse(path, "belongs to another user", "copy it to a file of yours");
	if ((st->st_mode & 077) != 0) {
		snprintf(what, sizeof(what), "mode %04o: others can use it",
			 (unsigned)st->st_mode & 07777);
		return refuse(path, what, "chmod 600 it");
	}
	if (st->st_size > CREDENTIALS_SIZE_MAX)
		return refuse(path, "longer than 64 KiB", "is this the right file?");
	return CLI_OK;
}

/* A descriptor, or -1 with *@status set. */
static int open_private(const char *path, const char *named_by, int *status, off_t *size)
{
	char hint[128];
	const char *const hints[] = { hint, NULL };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		snprintf(hint, sizeof(hint), "it is named by %s: a file of yours, mode 0600", named_by);
		*status = errno == ELOOP ? refuse(path, "a symbolic link", "name the file itself") :
					   cli_error(CLI_SECURITY, hints, "%s: %s", path, strerror(errno));
		return -1;
	}
	*status = fstat(fd, &st) < 0 ? cli_error(CLI_SECURITY, NULL, "%s: %s", path, strerror(errno)) :
				       check(path, &st);
	*size = st.st_size;
	if (*status != CLI_OK) {
		close(fd);
		fd = -1;
	}
	return fd;
}

int credentials_check(const char *path, const char *named_by)
{
	off_t size;
	int status, fd = open_private(path, named_by, &status, &size);

	if (fd >= 0)
		close(fd);
	protect();
	return status;
}

int credentials_read(const char *path, const char *named_by, char **out, size_t *len)
{
	size_t used = 0, cap;
	off_t size;
	int status, fd = open_private(path, named_by, &status, &size);
	ssize_t n;

	*out = NULL;
	*len = 0;
	if (fd < 0)
		return status;
	protect();
	cap = (size_t)size + 1;
	*out = calloc(1, cap + 1);
	for (n = 1; *out && n > 0 && used < cap; used += n > 0 ? (size_t)n : 0)
		n = read(fd, *out + used, cap - used);
	close(fd);
	*len = used;
	if (*out && n == 0)
		return CLI_OK;
	credentials_release(*out, used);
	*out = NULL;
	return cli_error(CLI_SECURITY, NULL, "%s: cannot be read", path);
}

void credentials_release(char *text, size_t len)
{
	if (text)
		explicit_bzero(text, len);
	free(text);
}
