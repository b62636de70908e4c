/* The rows, and what does not go together. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "common/cli.h"
#include "tool.h"

#define CLIENTS_MAX 1000
#define OUTSTANDING_MAX (1 << 24) /* gcoap/load.h */

static int read_rate(void *group, const char *text);

#define ROW(type, member) type, offsetof(struct bench_own, member)

static const struct opt load_opts[] = {
	{ 'N', "requests", "N", "end after so many requests", ROW(OPT_UINT, requests) },
	{ 'd', "duration", "DUR", "end after so long", ROW(OPT_DURATION, duration),
	  .shown = "10s without --requests" },
	{ 'r', "rate", "RATE", "requests are due so often, answered or not: 2, 30/m, 1/h, 10k/s; "
	  "max: one follows the other", ROW(OPT_CALL, gap), .shown = "1/s", .call = read_rate },
	{ 0, "outstanding", "N", "at most so many requests are open", ROW(OPT_UINT, outstanding),
	  .shown = "not limited; with -r max one a client" },
	{ 0, "warmup", "DUR", "do not count the requests of so long at the start",
	  ROW(OPT_DURATION, warmup), .shown = "0" },
	{ 0, "clients", "N", "ask from so many endpoints in turn", ROW(OPT_UINT, clients),
	  .shown = "1" },
	{ 0, "allow-flood", NULL, "more than 10 group requests/s outside loopback",
	  ROW(OPT_FLAG, allow_flood) },
	{ 0 },
};

static const struct opt report_opts[] = {
	{ 0, "hist", NULL, "show a histogram", ROW(OPT_FLAG, hist) },
	{ 0, "assert", "EXPR", "exit 10 unless it holds: 'last.p99<6s' 'loss<1%'; repeatable",
	  ROW(OPT_LIST, asserts) },
	{ 0, "compare", "F", "compare with an earlier run: its --json output",
	  ROW(OPT_STRING, compare) },
	{ 0, "html", "F", "write a report with plots; - is stdout", ROW(OPT_STRING, html) },
	{ 0, "csv", "F", "write all figures, comma-separated; - is stdout", ROW(OPT_STRING, csv) },
	{ 0, "hgrm", "F", "write percentiles for HdrHistogram's plotter; - is stdout",
	  ROW(OPT_STRING, hgrm) },
	{ 0, "samples", "F", "write a JSON line for each answer; - is stdout, in place of the table",
	  ROW(OPT_STRING, samples) },
	{ 0 },
};

/* Rows of the shared tables that mean something here: the names of each. */
static struct opt wait_rows[4], request_rows[8], proxy_rows[4], output_rows[13];
static const struct pick {
	struct opt *to;
	size_t cap;
	const struct opt *from;
	const char *names;
} picks[] = {
	{ wait_rows, 4, ask_wait_opts, " timeout expect expect-from " },
	{ request_rows, 8, ask_request_opts, " accept option query no-response con non " },
	{ proxy_rows, 4, ask_proxy_opts, " proxy proxy-timeout proxy-form " },
	{ output_rows, 13, output_opts,
	  " json format no-headings width ascii verbose quiet color summary fail log-file " },
};
/* What they mean here in other words. */
static const struct {
	const char *name, *help, *choices;
} other_words[] = {
	{ "timeout", "a request is over so long after it was due", NULL },
	{ "expect", "a request is complete with N distinct servers; fewer in all: exit 4", NULL },
	{ "json", "JSON Lines: the request, each server, the summary", NULL },
	{ "format", "how to show the statistics", "table jsonl json csv" },
	{ "summary", "the lines below the table", NULL },
};

static const struct opt *const others[] = {
	ask_wait_opts, ask_request_opts, ask_body_opts, ask_proxy_opts, output_opts,
	output_payload_opts, run_cache_opts, NULL
};

static const struct opt_group groups[] = {
	{ "The load", load_opts, offsetof(struct bench_args, own) },
	{ "The report", report_opts, offsetof(struct bench_args, own) },
	{ "Where to ask", ask_where_opts, offsetof(struct bench_args, run.ask.where) },
	{ "How long to wait", wait_rows, offsetof(struct bench_args, run.ask.wait) },
	{ "What to send", ask_method_opts, offsetof(struct bench_args, run.ask.request) },
	{ "The request", request_rows, offsetof(struct bench_args, run.ask.request) },
	{ "Dialects of the drafts", ask_dialect_opts,
	  offsetof(struct bench_args, run.ask.dialect) },
	{ "Through a proxy", proxy_rows, offsetof(struct bench_args, run.ask.proxy) },
	{ "Output", output_rows, offsetof(struct bench_args, run.output) },
	{ "Keys and certificates", credentials_opts, offsetof(struct bench_args, run.secrets) },
	{ "The run", run_how_opts, offsetof(struct bench_args, run.how) },
	{ 0 },
};

const struct opt_command bench_command = {
	.name = "gcoap-bench",
	.usage = "[OPTION]... TARGET...",
	.promise = "latency and loss of a CoAP group or a proxy under an open-loop load",
	.example = "  gcoap-bench -r 2 -d 60s -n 3 @lab/temp      twice a second for a minute\n"
		   "  gcoap-bench -r 1/m -d 1h --html day.html @lab/temp\n"
		   "  gcoap-bench -n 3 --assert 'last.p99<6s' 'loss<1%' @lab/temp\n"
		   "  gcoap-bench -r max --outstanding 64 -d 5s 10.77.0.2/temp\n",
	.groups = groups,
	.others = others,
};

static bool is_word(const char *words, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = words; (at = strstr(at, name)) != NULL; at += len) {
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	}
	return false;
}

static void say_otherwise(struct opt *row)
{
	for (size_t i = 0; i < sizeof(other_words) / sizeof(*other_words); i++) {
		if (strcmp(other_words[i].name, row->name) != 0)
			continue;
		row->help = other_words[i].help;
		if (other_words[i].choices != NULL)
			row->choices = other_words[i].choices;
	}
}

void bench_options(void)
{
	for (size_t i = 0; i < sizeof(picks) / sizeof(*picks); i++) {
		const struct pick *p = &picks[i];
		size_t n = 0;

		for (const struct opt *row = p->from; row->name != NULL; row++) {
			if (!is_word(p->names, row->name) || n + 1 >= p->cap)
				continue;
			p->to[n] = *row;
			say_otherwise(&p->to[n++]);
		}
	}
}

/* "2", "0.5", "30/m", "10k/s": the time between two. */
static int rate_parse(const char *text, gcoap_time *gap)
{
	static const struct {
		const char *name;
		double seconds;
	} per[] = { { "", 1 }, { "/s", 1 }, { "/m", 60 }, { "/h", 3600 } };
	size_t digits = strspn(text, "0123456789.");
	char *end;
	double n = strtod(text, &end), time;

	if (digits == 0 || end != text + digits || n <= 0)
		return -1;
	if (*end == 'k' || *end == 'M')
		n *= *end++ == 'k' ? 1e3 : 1e6;
	for (size_t i = 0; i < sizeof(per) / sizeof(*per); i++) {
		if (strcmp(end, per[i].name) != 0)
			continue;
		time = per[i].seconds * (double)GCOAP_SECOND / n;
		/* Never oftener, but for what a double has too much. */
		if (time < 1 || time > 1e18)
			return -1;
		time = time - floor(time) < 1e-12 * time ? floor(time) : ceil(time);
		*gap = (gcoap_time)time;
		return 0;
	}
	return -1;
}

static int read_rate(void *group, const char *text)
{
	static const char *const hints[] = {
		"expected a rate such as 2, 0.5, 30/m, 1/h, 10k/s, or max", NULL
	};
	struct bench_own *own = group;

	own->gap = 0;
	if (strcmp(text, "max") == 0 || rate_parse(text, &own->gap) == 0)
		return 0;
	cli_error(CLI_USAGE, hints, "--rate: bad value \"%s\"", text);
	return -1;
}

/* The next option with "-" at or behind @from, which moves on; NULL: none. */
static const char *next_stdout(const struct bench_own *own, size_t *from)
{
	const struct {
		const char *option, *path;
	} all[] = { { "--samples", own->samples }, { "--csv", own->csv },
		    { "--hgrm", own->hgrm }, { "--html", own->html } };

	while (*from < sizeof(all) / sizeof(*all)) {
		size_t i = (*from)++;

		if (all[i].path != NULL && strcmp(all[i].path, "-") == 0)
			return all[i].option;
	}
	return NULL;
}

bool bench_has_table(const struct bench_own *own)
{
	size_t at = 0;

	return next_stdout(own, &at) == NULL;
}

static int check_stdout(const struct bench_own *own, const char *format)
{
	static const char *const hints[] = {
		"--json has it, --hgrm F and --html F all of it", NULL
	};
	size_t at = 0;
	const char *one = next_stdout(own, &at), *other = one ? next_stdout(own, &at) : NULL;
	bool table = strcmp(format, "table") == 0;

	if (one != NULL && !table)
		return cli_usage("%s - has stdout for itself: no --json or --format", one);
	if (other != NULL)
		return cli_usage("%s - has stdout for itself: no %s -", one, other);
	if (own->hist && (one != NULL || strcmp(format, "csv") == 0))
		return cli_error(CLI_USAGE, hints, "--hist goes with the table and JSON, not with %s%s",
				 one != NULL ? one : "--format ", one != NULL ? " -" : format);
	return CLI_OK;
}

int bench_check(const struct bench_args *args)
{
	const struct bench_own *own = &args->own;

	if (own->requests == 0 && opt_given("requests"))
		return cli_usage("--requests 0: nothing would be sent");
	if (own->duration == 0 && opt_given("duration"))
		return cli_usage("--duration 0: nothing would be sent");
	if (own->outstanding == 0 && opt_given("outstanding"))
		return cli_usage("--outstanding 0: nothing would be sent");
	if (own->outstanding > OUTSTANDING_MAX)
		return cli_usage("--outstanding %u: want 1 to %d", own->outstanding,
				 OUTSTANDING_MAX);
	if (own->clients < 1 || own->clients > CLIENTS_MAX)
		return cli_usage("--clients %u: want 1 to %d", own->clients, CLIENTS_MAX);
	if (own->outstanding > 0 && own->outstanding < own->clients)
		return cli_usage("--outstanding %u is not one for each of --clients %u",
				 own->outstanding, own->clients);
	if (own->gap == 0 && own->warmup > 0 && own->requests > 0)
		return cli_usage("--warmup with -r max: how many requests it takes is not known, "
				 "--requests does not go with it");
	return check_stdout(own, args->run.output.format);
}

/* One condition, or several with commas between them. */
static int add_conditions(struct bench *b, const char *text)
{
	struct bench_assert *more;
	char *copy = strdup(text), *at = copy, *one;
	int status = copy != NULL ? CLI_OK : CLI_LOCAL;

	while (status == CLI_OK && (one = strsep(&at, ",")) != NULL) {
		more = realloc(b->asserts, (b->n_asserts + 1) * sizeof(*more));
		if (more == NULL) {
			status = CLI_LOCAL;
			break;
		}
		b->asserts = more;
		one = strdup(one);
		status = one != NULL ? bench_assert_parse(one, &more[b->n_asserts]) : CLI_LOCAL;
		more[b->n_asserts].expr = one;
		b->n_asserts++;
	}
	free(copy);
	if (status == CLI_LOCAL)
		cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	return status;
}

int bench_conditions(struct bench *b, int *argc, char **argv)
{
	const struct opt_list *list = &b->own->asserts;
	int status = CLI_OK, n = 0;

	for (size_t i = 0; i < list->n && status == CLI_OK; i++)
		status = add_conditions(b, list->items[i]);
	for (int i = 0; i < *argc && status == CLI_OK; i++) {
		if (!bench_assert_like(argv[i]))
			argv[n++] = argv[i];
		else if (list->n == 0)
			return cli_usage("\"%s\" is no target; to state a condition: --assert '%s'",
					 argv[i], argv[i]);
		else
			status = add_conditions(b, argv[i]);
	}
	*argc = n;
	return status;
}
