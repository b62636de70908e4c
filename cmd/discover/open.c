/* The command line: targets with their path, filters as queries, the view. */
#include <stdlib.h>
#include <string.h>
#include <gcoap/format.h>
#include "common/cli.h"
#include "discover.h"

#define CORE "/.well-known/core"

/* Add "NAME=VALUE" to the queries; @rows outlive the run. */
static int add_query(struct run_args *args, const char *name, const char *value)
{
	struct opt_list *list = &args->ask.request.query;
	const char **items = realloc(NULL, (list->n + 1) * sizeof(*items));
	char *text = NULL;

	if (items == NULL || asprintf(&text, "%s=%s", name, value) < 0) {
		free(items);
		return cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	}
	if (list->n > 0)
		memcpy(items, list->items, list->n * sizeof(*items));
	items[list->n] = text;
	list->items = items;
	list->n++;
	return CLI_OK;
}

/*
 * One filter goes out, since RFC 6690 defines one (Section 4.1); all are looked at again here.
 * "obs" never does: servers differ in what they make of a filter without a value.
 */
static int add_filter(const struct discover *d, struct run_args *args)
{
	const struct discover_own *o = d->own;

	if (o->groups)
		return add_query(args, "rt", "core.rd*");
	if (o->rt != NULL)
		return add_query(args, "rt", o->rt);
	if (o->iface != NULL)
		return add_query(args, "if", o->iface);
	if (o->href != NULL)
		return add_query(args, "href", o->href);
	if (o->ct != NULL)
		return add_query(args, "ct", d->ct + 3);
	return CLI_OK;
}

static int check_filters(struct discover *d)
{
	const struct discover_own *o = d->own;
	const char *const all[] = { o->rt, o->iface, o->href };
	static const char *const names[] = { "rt", "if", "href" };
	uint16_t number;

	for (size_t i = 0; i < 3; i++) {
		if (all[i] != NULL && (all[i][0] == '\0' || strlen(all[i]) > 240))
			return cli_usage("--%s: want 1 to 240 bytes", names[i]);
	}
	if (o->ct == NULL)
		return CLI_OK;
	if (gcoap_format_parse(o->ct, &number) < 0) {
		cli_usage("--ct: \"%s\" is not a Content-Format", o->ct);
		cli_hint("a name such as json, cbor, senml+json, link-format, or a number");
		return CLI_USAGE;
	}
	snprintf(d->ct, sizeof(d->ct), "ct=%u", number);
	return CLI_OK;
}

static int check_own(struct discover *d)
{
	const struct discover_own *o = d->own;

	if (o->tree + o->flat + o->matrix + o->links > 1)
		return cli_usage("--tree, --flat, --matrix and --links exclude each other");
	if ((o->matrix || o->links) && (opt_given("sort") || opt_given("columns")))
		return cli_usage("--sort and --columns are for --tree and --flat");
	if (opt_given("follow") && o->follow <= 0)
		return cli_usage("--follow: want a time above 0");
	if (o->groups && (o->diff != NULL || o->save != NULL || o->follow > 0))
		return cli_usage("--groups goes with none of --save, --diff and --follow");
	return check_filters(d);
}

/* The operand with /.well-known/core behind it, unless it has a path of its own. */
static char *with_path(const char *operand)
{
	const char *scheme = strstr(operand, "://");
	const char *host = scheme != NULL ? scheme + 3 : operand;
	size_t len = (size_t)(host - operand) + strcspn(host, "/?");
	char *text;

	if (operand[len] == '/' && operand[len + 1] != '\0' && operand[len + 1] != '?')
		return strdup(operand);
	if (asprintf(&text, "%.*s" CORE "%s", (int)len, operand,
		     operand + len + (operand[len] == '/')) < 0)
		return NULL;
	return text;
}

static int open_run(struct discover *d, int argc, char **argv)
{
	static char all[] = "all", directories[] = "all-rd";
	char *defaults[] = { all, directories };
	int status = CLI_OK;

	if (argc == 0) {
		argv = defaults;
		argc = d->own->groups ? 2 : 1;
	}
	d->operands = calloc((size_t)argc, sizeof(*d->operands));
	for (int i = 0; i < argc && d->operands != NULL && status == CLI_OK; i++) {
		d->operands[i] = with_path(argv[i]);
		if (d->operands[i] == NULL)
			status = CLI_LOCAL;
		else
			d->n_operands++;
	}
	if (d->operands == NULL || status != CLI_OK)
		status = cli_error(CLI_LOCAL, NULL, "%s", gcoap_strerror(GCOAP_ENOMEM));
	else
		status = run_open(&d->run, argc, d->operands);
	/* Nodes and directories are asked for one thing: both silent, or neither. */
	for (size_t i = 0; argv == defaults && i < d->run.n_targets; i++)
		d->run.targets[i].text = all;
	return status;
}

int discover_open(struct discover *d, const struct discover_args *args, int argc, char **argv)
{
	static struct run_args run_args;
	int status;

	memset(d, 0, sizeof(*d));
	store_init(&d->store);
	d->own = &args->own;
	run_args = args->run;
	run_init(&d->run, &run_args);
	d->run.open_render = discover_front_open;
	d->run.next = discover_next;
	d->run.ended = discover_ended;
	d->run.judge = discover_judge;
	if (args->own.follow > 0) {
		d->run.n_rounds = UINT32_MAX;
		d->run.interval = args->own.follow;
	}
	status = check_own(d);
	if (status == CLI_OK)
		status = add_filter(d, &run_args);
	if (status == CLI_OK && args->own.diff != NULL)
		status = discover_read_before(d);
	if (status == CLI_OK)
		status = open_run(d, argc, argv);
	if (status == CLI_OK && args->own.groups)
		status = directories_open(d);
	return status;
}

void discover_close(struct discover *d)
{
	directories_close(d);
	run_close(&d->run);
	if (d->out != NULL)
		d->out->close(d->out);
	store_clear(&d->store);
	snapshot_free(&d->before);
	free(d->missing);
	for (size_t i = 0; i < d->n_operands; i++)
		free(d->operands[i]);
	free(d->operands);
}
