/* What the user may ask of the output: the rows, and the words in them. */
#include "render.h"

#include <string.h>
#include "cli.h"
#include "columns.h"
#include "payload.h"
#include "suggest.h"

#define ROW(type, member) type, offsetof(struct output_args, member)

const struct opt output_opts[] = {
	{ 0, "json", NULL, "JSON Lines, one record a line; the same as --format jsonl",
	  ROW(OPT_FLAG, json) },
	{ 0, "format", "FORMAT", "how to show what came", ROW(OPT_CHOICE, format),
	  .env = "GCOAP_FORMAT", .shown = "table",
	  .choices = "table jsonl json csv pairs raw short" },
	{ 'w', "write-out", "FMT", "print FMT for each answer: '%{server} %{code} %{payload}\\n'",
	  ROW(OPT_STRING, write_out) },
	{ 'c', "columns", "LIST", "columns of table, csv, pairs and short", ROW(OPT_LIST, columns),
	  .shown = "server,name,code,rtt,format,payload" },
	{ 0, "sort", "K", "sort the table's rows by a column; -K: backwards", ROW(OPT_STRING, sort),
	  .shown = "as they come" },
	{ 0, "no-headings", NULL, "no line of headings", ROW(OPT_FLAG, no_headings) },
	{ 0, "width", "N", "columns of the screen", ROW(OPT_UINT, width),
	  .shown = "$COLUMNS, else the terminal's" },
	{ 0, "ascii", NULL, "ASCII only", ROW(OPT_FLAG, ascii) },
	{ 'v', "verbose", NULL, "show messages: a line each, -vv with options, -vvv with bytes",
	  ROW(OPT_COUNT, verbose) },
	{ 'q', "quiet", NULL, "data only; -qq: only the exit status", ROW(OPT_COUNT, quiet) },
	{ 0, "color", "WHEN", "when to use colour", ROW(OPT_CHOICE, color), .shown = "auto",
	  .choices = "auto always never" },
	{ 0, "time", "FORM", "how times are written", ROW(OPT_CHOICE, time), .shown = "iso",
	  .choices = "iso unix rel none" },
	{ 0, "summary", "WHEN", "the line behind the answers", ROW(OPT_CHOICE, summary),
	  .shown = "auto", .choices = "auto on off" },
	{ 0, "fail", "WHEN", "exit 1 when any answer is an error, when all are, or never",
	  ROW(OPT_CHOICE, fail), .shown = "any", .choices = "any all never" },
	{ 0, "log-file", "F", "append all messages to a file", ROW(OPT_STRING, log_file) },
	{ 0 },
};

const struct opt output_payload_opts[] = {
	{ 0, "payload-as", "VIEW", "how payloads are shown", ROW(OPT_CHOICE, payload_as),
	  .shown = "auto", .choices = "auto text json diag hex b64 none" },
	{ 0, "save", "DIR", "save each server's payload to a file of DIR", ROW(OPT_STRING, save) },
	{ 0, "force", NULL, "overwrite saved files; raw bytes to a terminal",
	  ROW(OPT_FLAG, force) },
	{ 0, "show", "LIST", "what to show: req, opts, payload, dup, late", ROW(OPT_LIST, show),
	  .shown = "payload", .choices = "req opts payload dup late" },
	{ 0 },
};

static int unknown(const char *option, const char *word, const struct suggest *s,
		   const char *all)
{
	char hint[256];
	const char *hints[] = { hint, NULL };

	if (s->best)
		snprintf(hint, sizeof(hint), "did you mean %s?", s->best);
	else
		snprintf(hint, sizeof(hint), "expected: %s", all);
	return cli_error(CLI_USAGE, hints, "--%s: unknown word \"%s\"", option, word);
}

static int check_show(const struct opt_list *show)
{
	static const char *const words[] = { "req", "opts", "payload", "dup", "late" };

	for (size_t i = 0; i < show->n; i++) {
		struct suggest s = { .word = show->items[i] };
		bool known = false;

		for (size_t k = 0; k < 5; k++) {
			known |= !strcmp(words[k], show->items[i]);
			suggest_try(&s, words[k]);
		}
		if (!known)
			return unknown("show", show->items[i], &s, "req opts payload dup late");
	}
	return 0;
}

static int check_column(const char *option, const char *name)
{
	struct suggest s = { .word = name };
	char all[512];
	size_t n = 0;

	if (column_find(name))
		return 0;
	for (size_t i = 0; columns[i].name && n < sizeof(all); i++) {
		suggest_try(&s, columns[i].name);
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s", n ? " " : "",
				      columns[i].name);
	}
	return unknown(option, name, &s, all);
}

int output_apply(const struct output_args *args)
{
	int status = check_show(&args->show);

	for (size_t i = 0; !status && i < args->columns.n; i++)
		status = check_column("columns", args->columns.items[i]);
	if (!status && args->sort)
		status = check_column("sort", args->sort + (args->sort[0] == '-'));
	if (!status && args->width && args->width < 20)
		status = cli_usage("--width: at least 20 columns");
	cli_quiet(args->quiet);
	if (!status && args->log_file)
		status = cli_log_file(args->log_file);
	cli_listen(args->verbose);
	return status;
}
