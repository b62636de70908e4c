/* What the rows say of themselves: --help, completion, versions. */
#include "opt_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <gcoap/version.h>
#include "cli.h"
#include "versions.h"

#define HELP_COLUMN_MAX 30

static size_t help_width(void)
{
	struct winsize ws;
	const char *columns = getenv("COLUMNS");
	uint32_t width = 80;

	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) && ws.ws_col)
		width = ws.ws_col;
	else if (columns)
		opt_uint(columns, &width);
	return width < 50 ? 50 : width > 100 ? 100 : width;
}

/* "  -t, --timeout DUR": the left side of a row; returns its length. */
static size_t left_side(const struct opt *row, char *buf, size_t cap)
{
	char letter[8] = "     ";

	if (row->letter)
		snprintf(letter, sizeof(letter), " -%c, ", row->letter);
	return (size_t)snprintf(buf, cap, " %s--%s%s%s", letter, row->name, row->value ? " " : "",
				row->value ? row->value : "");
}

/* @text in lines of at most @width, the first one starting at column @at. */
static void wrapped(const char *text, size_t at, size_t indent, size_t width)
{
	while (*text) {
		size_t len = strcspn(text, " ");

		if (at > indent && at + 1 + len > width) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		}
		at += (size_t)printf("%s%.*s", at > indent ? " " : "", (int)len, text);
		text += len + strspn(text + len, " ");
	}
	putchar('\n');
}

static void row_help(const struct opt *row, size_t column, size_t width)
{
	char left[96], text[512];
	size_t n = left_side(row, left, sizeof(left)), len;

	len = (size_t)snprintf(text, sizeof(text), "%s", row->help);
	if (row->choices && !strchr(row->value ? row->value : "", '|') && len < sizeof(text))
		len += (size_t)snprintf(text + len, sizeof(text) - len, " (%s)", row->choices);
	if (row->shown && len < sizeof(text))
		len += (size_t)snprintf(text + len, sizeof(text) - len, " [%s]", row->shown);
	if (row->env && len < sizeof(text))
		snprintf(text + len, sizeof(text) - len, " [$%s]", row->env);
	printf("%s", left);
	if (n + 2 > column)
		printf("\n%*s", (int)column, "");
	else
		printf("%*s", (int)(column - n), "");
	wrapped(text, column, column, width);
}

static size_t help_column(const struct opt_table *t)
{
	size_t column = 0;
	char left[96];

	for (size_t i = 0; i < t->n; i++) {
		size_t n = left_side(t->slots[i].row, left, sizeof(left));

		if (!opt__hidden(t->slots[i].row) && n + 2 > column && n + 2 <= HELP_COLUMN_MAX)
			column = n + 2;
	}
	return column ? column : HELP_COLUMN_MAX;
}

static void rows_help(const char *title, const struct opt *rows, size_t column, size_t width)
{
	printf("\n%s:\n", title);
	for (; rows->name; rows++)
		if (!opt__hidden(rows))
			row_help(rows, column, width);
}

void opt__print_help(const struct opt_table *t)
{
	const struct opt_command *cmd = t->cmd;
	size_t column = help_column(t), width = help_width();

	printf("Usage: %s %s\n%s\n", cmd->name, cmd->usage, cmd->promise);
	if (cmd->example)
		printf("\nExamples:\n%s%s", cmd->example,
		       cmd->example[strlen(cmd->example) - 1] == '\n' ? "" : "\n");
	for (const struct opt_group *g = cmd->groups; g->rows; g++)
		rows_help(g->title, g->rows, column, width);
	rows_help("General", opt_shared, column, width);
	printf("\nDurations: 300ms 7s 2m, a plain number is seconds. Flags go before the\n"
	       "environment, the environment before the config file.\n");
}

/* One row a line: name, letter, value word, choices, help; tabs between them. */
void opt__print_rows(const struct opt_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct opt *row = t->slots[i].row;

		if (opt__hidden(row))
			continue;
		printf("%s\t%.*s\t%s\t%s\t%s\n", row->name, row->letter ? 1 : 0, &row->letter,
		       row->value ? row->value : "", row->choices ? row->choices : "", row->help);
	}
}

static void print_version(void *arg, const char *name, const char *version)
{
	printf("%s %s\n", name, version);
}

/* The front door has no options of its own: it speaks for the family. */
static void print_modules(struct opt_table *t)
{
	static const char *const modules[] = { "capture", "stream", "store" };
	static const char *const brought_by[][2] = {
		{ "pcap" }, { "psk-file" }, { "no-store", "state" }
	};
	bool all = !t->cmd->groups->rows;

	for (size_t i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
		bool has = all;

		for (size_t k = 0; k < 2 && !has; k++)
			has = brought_by[i][k] && opt__find(t, brought_by[i][k]);
		if (has)
			versions_module(modules[i], print_version, NULL);
	}
}

void opt__print_versions(struct opt_table *t)
{
	printf("%s %s\nlibgcoap %s\n", cli_tool(), GCOAP_VERSION, gcoap_version());
	versions_each(print_version, NULL);
	print_modules(t);
	printf("drafts: groupcomm-proxy-05 with groupcomm-bis-03 (tiloca-05), "
	       "groupcomm-proxy-07 with groupcomm-bis-18 (ietf)\n");
}
