/* The tools of the family: which there are, and how to become one. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "common/cli.h"
#include "common/suggest.h"
#include "shell.h"

const struct shell_tool shell_tools[] = {
	{ "get", "one request, every server's answer" },
	{ "discover", "which servers of a group have which resources" },
	{ "observe", "follow a resource on every server of a group" },
	{ "etag", "is what we hold of a group's answers still right?" },
	{ "bench", "latency and loss of a group or a proxy under a load" },
	{ "decode", "explain bytes: messages, option values, captures" },
	{ "proxy", "one request to a group through a proxy, every answer relayed" },
	{ "sim", "a simulated group: one process plays 1 to 10,000 servers" },
	{ 0 },
};

const char *shell_folder(void)
{
	static char folder[SHELL_PATH];
	ssize_t n = readlink("/proc/self/exe", folder, sizeof(folder) - 1);
	char *slash;

	folder[n > 0 ? n : 0] = '\0';
	slash = strrchr(folder, '/');
	if (slash != NULL)
		*slash = '\0';
	return folder;
}

static bool in_folder(const char *folder, size_t len, const char *word, char path[SHELL_PATH])
{
	int n = snprintf(path, SHELL_PATH, "%.*s/gcoap-%s", (int)len, folder, word);

	return n > 0 && n < SHELL_PATH && access(path, X_OK) == 0;
}

static bool along_path(const char *word, char path[SHELL_PATH])
{
	const char *at = getenv("PATH");

	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, ":");

		if (len > 0 && in_folder(at, len, word, path))
			return true;
		at += len + (at[len] == ':');
	}
	return false;
}

bool shell_find(const char *word, char path[SHELL_PATH])
{
	const char *folder = shell_folder();

	if (strchr(word, '/') != NULL)
		return false;
	if (folder[0] != '\0' && in_folder(folder, strlen(folder), word, path))
		return true;
	return along_path(word, path);
}

bool shell_in_path(const char *word)
{
	char path[SHELL_PATH], real[SHELL_PATH], ours[SHELL_PATH];

	return along_path(word, path) && realpath(path, real) != NULL &&
	       in_folder(shell_folder(), strlen(shell_folder()), word, ours) &&
	       strcmp(real, ours) == 0;
}

void shell_list(void)
{
	char path[SHELL_PATH], left[64];

	printf("Usage: gcoap COMMAND [ARGUMENT]...\n"
	       "CoAP group communication: one request, every server's answer\n\n"
	       "New here? Try: gcoap demo\n\nTools (gcoap get is gcoap-get):\n");
	for (const struct shell_tool *t = shell_tools; t->word != NULL; t++) {
		if (shell_find(t->word, path))
			printf("  %-16s %s\n", t->word, t->help);
	}
	printf("\nCommands:\n");
	for (const struct shell_command *c = shell_commands; c->word != NULL; c++) {
		snprintf(left, sizeof(left), "%s %s", c->word, c->args);
		printf("  %-16s %s\n", left, c->help);
	}
	printf("\nEach tool has --help, and a page: gcoap help TOOL\n");
}

static int unknown(const char *word)
{
	struct suggest s = { .word = word };
	char path[SHELL_PATH], hint[128] = "see the list: gcoap --help";
	const char *hints[] = { hint, NULL };

	for (const struct shell_tool *t = shell_tools; t->word != NULL; t++) {
		if (shell_find(t->word, path))
			suggest_try(&s, t->word);
	}
	for (const struct shell_command *c = shell_commands; c->word != NULL; c++)
		suggest_try(&s, c->word);
	if (s.best != NULL)
		snprintf(hint, sizeof(hint), "did you mean gcoap %s?", s.best);
	return cli_error(CLI_USAGE, hints, "unknown command %s", word);
}

int shell_dispatch(int argc, char **argv)
{
	char path[SHELL_PATH], name[64];

	if (!shell_find(argv[0], path))
		return unknown(argv[0]);
	snprintf(name, sizeof(name), "gcoap-%s", argv[0]);
	argv[0] = name;
	execv(path, argv);
	return cli_error(CLI_LOCAL, NULL, "%s: %s", path, strerror(errno));
}
