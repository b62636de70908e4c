/* The file of the store: made private, checked, set aside when it is damaged. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The folders above the file, private like it. */
static int make_folders(const char *path)
{
	char *copy = strdup(path), *slash;
	int r = 0;

	if (!copy)
		return GCOAP_ENOMEM;
	for (slash = strchr(copy + 1, '/'); slash && r >= 0; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			r = errno == ENOSPC || errno == EDQUOT ? GCOAP_ESPACE : GCOAP_ESYSTEM;
		*slash = '/';
	}
	free(copy);
	return r;
}

static int system_fail(struct gcoap_diag *diag, const char *what)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return gcoap_fail(diag, GCOAP_ESPACE, 0, "space", "the disk is full");
	return gcoap_fail(diag, GCOAP_ESYSTEM, 0, "file", what);
}

/* An empty file when there is none: SQLite would make it with the umask's mode. One that is
 * there is not opened: closing it would end the locks that this process has on it. */
static int make_file(struct gcoap_store *s, struct gcoap_diag *diag)
{
	struct stat st;
	int fd;

	if (lstat(s->path, &st) < 0 && errno == ENOENT) {
		fd = open(s->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 && errno != EEXIST)
			return system_fail(diag, "the file cannot be made");
		if (fd >= 0)
			close(fd);
	}
	if (lstat(s->path, &st) < 0)
		return system_fail(diag, "the file cannot be examined");
	s->inode = st.st_ino;
	if (!S_ISREG(st.st_mode))
		return gcoap_fail(diag, GCOAP_EPERMISSION, 0, "not-a-file",
				  "this is no regular file");
	if (st.st_uid != geteuid())
		return gcoap_fail(diag, GCOAP_EPERMISSION, 0, "owner",
				  "the file belongs to another user");
	if (st.st_mode & 077)
		return gcoap_fail(diag, GCOAP_EPERMISSION, 0, "mode",
				  "others may read or write the file: chmod 600");
	return 0;
}

static int rename_with(const char *path, const char *aside, const char *suffix)
{
	char from[4200], to[4200];

	snprintf(from, sizeof(from), "%s%s", path, suffix);
	snprintf(to, sizeof(to), "%s%s", aside, suffix);
	return rename(from, to);
}

int gcoap__store_set_aside(struct gcoap_store *s)
{
	char name[4096];
	struct stat st;
	unsigned n = 0;

	if (s->db)
		s->module->close(s->db);
	s->db = NULL;
	/* another process did it meanwhile: the file of that name is a new one */
	if (lstat(s->path, &st) < 0 || st.st_ino != s->inode)
		return 0;
	do { /* never over one that was set aside before */
		snprintf(name, sizeof(name), "%s.damaged-%lld-%u", s->path,
			 (long long)time(NULL), n);
	} while (lstat(name, &st) == 0 && ++n < 1000);
	if (rename_with(s->path, name, "") < 0)
		return GCOAP_ESYSTEM;
	(void)rename_with(s->path, name, "-wal");
	(void)rename_with(s->path, name, "-shm");
	free(s->aside);
	s->aside = strdup(name);
	return s->aside ? 0 : GCOAP_ENOMEM;
}

int gcoap__store_file(struct gcoap_store *s, struct gcoap_diag *diag)
{
	int r = make_folders(s->path);

	if (r < 0)
		return gcoap_fail(diag, r, 0, "mkdir", "its folder cannot be made");
	for (int tries = 0; tries < 2; tries++) {
		r = make_file(s, diag);
		if (r < 0)
			return r;
		r = s->module->open(&s->db, s->path);
		if (r != GCOAP_EMALFORMED)
			break;
		r = gcoap__store_set_aside(s);
		if (r < 0)
			return gcoap_fail(diag, r, 0, "damaged",
					  "the file is damaged and cannot be set aside");
	}
	if (r == GCOAP_ERANGE)
		return gcoap_fail(diag, r, 0, "version", "the file is of a newer version");
	if (r == GCOAP_EINVALID)
		return gcoap_fail(diag, r, 0, "foreign", "the file is another program's database");
	if (r < 0)
		return gcoap_fail(diag, r, 0, "sqlite", gcoap_strerror(r));
	return 0;
}
