/* gcoap help TOPIC: the manual page, installed or in the source tree. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "common/cli.h"
#include "shell.h"

/* Sections of the family's pages, tried in this order. */
static const char sections[] = "1753";

/* @where/PAGE.S, or with @sorted @where/manS/PAGE.S. */
static bool find_in(const char *where, bool sorted, const char *page, char path[SHELL_PATH])
{
	for (const char *s = sections; *s != '\0'; s++) {
		if (sorted)
			snprintf(path, SHELL_PATH, "%s/%s/man%c/%s.%c", shell_folder(), where, *s,
				 page, *s);
		else
			snprintf(path, SHELL_PATH, "%s/%s/%s.%c", shell_folder(), where, page, *s);
		if (access(path, R_OK) == 0)
			return true;
	}
	return false;
}

static bool find_page(const char *page, char path[SHELL_PATH])
{
	return find_in("../../man", false, page, path) || /* build/bin in the source tree */
	       find_in("../share/man", true, page, path);
}

/* Does not return unless there is no reader at all. */
static int read_page(const char *path)
{
	static const char *const hints[] = { "apt install man-db, or mandoc", NULL };

	execlp("man", "man", "-l", path, (char *)NULL);
	if (errno == ENOENT)
		execlp("mandoc", "mandoc", "-a", path, (char *)NULL);
	return cli_error(CLI_LOCAL, hints, "no program to read %s: %s", path, strerror(errno));
}

int shell_help(int argc, char **argv)
{
	static const char *const hints[] = { "see the list: gcoap --help", NULL };
	const char *topic = argc > 1 ? argv[1] : "gcoap";
	char page[128], path[SHELL_PATH];

	if (argc > 2)
		return cli_usage("help: one topic, such as get");
	snprintf(page, sizeof(page), "gcoap-%s", topic);
	if (strchr(topic, '/') == NULL && (find_page(page, path) || find_page(topic, path)))
		return read_page(path);
	return cli_error(CLI_USAGE, hints, "no manual page on %s", topic);
}
